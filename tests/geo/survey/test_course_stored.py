"""Is a line on record told with its markers, places and roads, and is a text of it checked?"""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotFound
from geo.models import BoundaryMarker, RoadEdge
from geo.survey.course.stored import check_of_line, draft_of_line
from tests.factories import make_city, make_line, make_place, make_unit, stored

DAY = date(2026, 6, 1)
LINE = shapely.LineString([(119.9, 31.7), (119.93, 31.705), (119.96, 31.69), (119.99, 31.69)])


@pytest.fixture
def line(session: Session) -> str:
    """A line of two districts with two markers, a road, a river, a village and what is no part."""
    make_city(session)
    make_unit(session, "320402000000", name="天宁区")
    make_unit(session, "320411000000", name="新北区")
    code = make_line(
        session, "320402000000", "320411000000", code="DERIVED-3-320402-320411", geom=LINE
    ).code
    for number, at in (("3204001Q", (119.9, 31.7)), ("3204002Q", (119.96, 31.6901))):
        session.add(BoundaryMarker(line_codes=[code], number=number, geom=stored(at)))
    session.flush()
    make_place(session, "张家村", (119.975, 31.6904))
    make_place(session, "远村", (119.975, 31.75))
    make_place(session, "旧村", (119.98, 31.6904), position={"end_year": 1990})
    make_place(session, "测试区", (119.97, 31.69), feature_class="A")
    make_place(
        session, "美林河", feature_class="H", is_synthetic=True,
        position={"geom": stored(shapely.LineString([(119.93, 31.705), (119.96, 31.69)]))},
    )  # fmt: skip
    for k, (name, lon) in enumerate((("至善路", 119.915), (None, 119.92))):
        road = shapely.LineString([(lon, 31.71), (lon, 31.69)])
        session.add(
            RoadEdge(
                network="t", code=str(k), from_node=f"{k}a", to_node=f"{k}b", length_m=2200,
                geom=stored(road), name=name, source="测试路网",
            )
        )  # fmt: skip
    session.flush()
    return code


def test_the_draft_of_a_stored_line(session: Session, line: str) -> None:
    told = draft_of_line(session, line, on=DAY)
    assert told.draft is not None
    assert told.draft.text == (
        "从3204001Q号界桩起，边界线向东，穿过至善路，至转折点1，长2.90千米；再转向东偏东南，"
        "沿美林河，至3204002Q号界桩，长3.29千米。从3204002Q号界桩起，边界线向东，经张家村附近，"
        "至界线止点，长2.85千米。"
    )
    assert told.draft.title == "天新线（示意线）"
    assert "界线依据：推导（示意线）" in told.draft.whole
    assert told.has_synthetic, "the river is made up"
    assert told.draft.rules.turn_m == 50


def test_its_own_draft_agrees_and_a_changed_one_does_not(session: Session, line: str) -> None:
    told = draft_of_line(session, line, on=DAY)
    assert told.draft is not None
    checked = check_of_line(session, line, told.draft.whole, on=DAY).checked
    assert checked is not None
    assert checked.agrees
    wrong = told.draft.whole.replace("穿过至善路", "穿过远村")
    found = check_of_line(session, line, wrong, on=DAY).checked
    assert found is not None
    assert found.unmentioned == ("至善路",)
    assert "仅有点位" in {one.reason[:4] for one in found.unchecked}


def test_unknown_lines_and_empty_texts(session: Session, line: str) -> None:
    with pytest.raises(NotFound, match="没有代码"):
        draft_of_line(session, "nowhere", on=DAY)
    with pytest.raises(BadInput, match="须有内容"):
        check_of_line(session, line, " \n", on=DAY)


def test_the_scale_of_the_archive_sets_the_turning_points(session: Session, line: str) -> None:
    make_line(
        session, "320402000000", "320411000000", code="3204A", geom=LINE, basis="agreement",
        name="天新线", archive_scale=10_000, document_no="常勘〔1998〕1号",
    )  # fmt: skip
    draft = draft_of_line(session, "3204A", on=DAY).draft
    assert draft is not None
    assert draft.rules.turn_m == 20
    assert "界线依据：协议书 常勘〔1998〕1号" in draft.whole
    assert draft.text.startswith("从界线起点起")
