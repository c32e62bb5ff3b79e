"""Is a start found by estate, road, division, old name, pinyin, initials, one wrong character?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from geo.errors import BadInput
from geo.gazetteer.search import refresh_keys
from geo.joint.starting import chosen, starts
from tests.conftest import AsPublic
from tests.factories import (
    make_city,
    make_estate,
    make_facility,
    make_name,
    make_place,
    make_unit,
    square,
    stored,
)

TODAY = date(2026, 6, 2)


@pytest.fixture
def town(session: Session) -> Session:
    make_city(session, name="常州市")
    make_unit(session, "320402000000", name="天宁区", geom=square(119.9, 31.7))
    make_place(session, "红梅新村", (119.97, 31.78), feature_class="P", code="E:1")
    make_place(session, "延陵西路", (119.95, 31.77), feature_class="R", code="R:1")
    gate = make_place(session, "天宁寺", (119.96, 31.77), feature_class="S", code="S:1")
    make_name(session, gate, "广福禅院", kind="former")
    make_place(session, "天宁区", (119.95, 31.75), feature_class="A", code="A:1",
               quality="district", unit_code="320402000000")  # fmt: skip
    make_facility(session, (119.94, 31.76), code="F1", name="茶山街道示例食堂",
                  address="和平中路12号")  # fmt: skip
    make_facility(session, (119.94, 31.76), code="HIDDEN", name="茶山内部食堂", is_published=False)
    make_estate(
        session, code="X1", name="东方花园", geom=stored((119.93, 31.74)), is_published=True
    )
    make_estate(
        session,
        code="X2",
        name="西方花园",
        geom=stored(square(119.91, 31.74, 0.01)),
        is_published=True,
    )
    make_estate(session, code="HIDDEN2", name="内部花园", geom=stored((119.93, 31.74)),
                is_published=False)  # fmt: skip
    make_unit(session, "320402006000", name="兰陵街道", level=4, unit_type="街道",
              parent_code="320402000000", geom=None)  # fmt: skip
    make_place(session, "兰陵街道", None, feature_class="A", code="A:2", quality="township",
               unit_code="320402006000", position={"unit_code": "320402006000"})  # fmt: skip
    make_place(session, "兰陵", None, code="H:1", quality="township",
               position={"unit_code": "320402006000"})  # fmt: skip
    make_place(session, "烈士陵园", None, feature_class="S", code="H:2", quality="district",
               position={"unit_code": "320402000000"})  # fmt: skip
    make_place(session, "无处", None, code="H:3", quality="city",
               position={"unit_code": "320400000000"})  # fmt: skip
    refresh_keys(session)
    return session


@pytest.mark.parametrize(
    ("typed", "code", "kind"),
    [
        ("兰陵", "A:2", "division"),
        ("兰陵街道", "A:2", "division"),
        ("lanling", "A:2", "division"),
        ("兰", "A:2", "division"),
        ("烈士", "H:2", "site"),
        ("东方", "X1", "estate"),
        ("茶山", "F1", "facility"),
        ("红梅新村", "E:1", "settlement"),
        ("延陵西路", "R:1", "road"),
        ("天宁区", "A:1", "division"),
        ("广福禅院", "S:1", "site"),
        ("hongmeixincun", "E:1", "settlement"),
        ("hmxc", "E:1", "settlement"),
        ("红梅星村", "E:1", "settlement"),
        ("茶山街道示例食堂", "F1", "facility"),
        ("茶山街道", "F1", "facility"),
        ("茶山街道示列食堂", "F1", "facility"),
        ("chashanjiedao", "F1", "facility"),
        ("csjd", "F1", "facility"),
        ("和平中路", "F1", "facility"),
        ("　红梅新村 ", "E:1", "settlement"),
        ("东方花园", "X1", "estate"),
        ("东方花圆", "X1", "estate"),
        ("dongfanghuayuan", "X1", "estate"),
        ("dfhy", "X1", "estate"),
    ],
)
def test_found_first(town: Session, as_public: AsPublic, typed: str, code: str, kind: str) -> None:
    with as_public(town):
        found = starts(town, typed, on=TODAY)
    assert found, typed
    assert (found[0].code, found[0].kind) == (code, kind)
    assert found[0].how_zh
    assert found[0].how_en
    assert not {"HIDDEN", "HIDDEN2"} & {start.code for start in found}


def test_a_district_is_a_vague_start(town: Session) -> None:
    assert starts(town, "天宁区", on=TODAY)[0].is_vague
    assert not starts(town, "红梅新村", on=TODAY)[0].is_vague
    assert not starts(town, "西方花园", on=TODAY)[0].is_vague


def test_a_street_without_an_outline_is_offered_by_its_district(town: Session) -> None:
    """Nobody gave the place of 兰陵 in 天宁区: offered, told so, never taken unasked."""
    found = starts(town, "兰陵", on=TODAY)
    assert [one.code for one in found] == ["A:2"], "the name on a list is that of the street"
    (street,) = found
    district = starts(town, "天宁区", on=TODAY)[0]
    assert (street.lon, street.lat) == (district.lon, district.lat)
    assert street.about_zh == "确切位置未知，按天宁区中心算，距离只是大约"
    assert (street.is_vague, street.is_stand_in, street.is_alike) == (True, True, False)
    assert (district.about_zh, district.is_stand_in) == ("天宁区中心，距离只是大约", False)
    assert chosen(found, "兰陵") is chosen(found, "兰陵街道") is None
    assert starts(town, "无处", on=TODAY) == [], "a city's middle says nothing"
    make_place(town, "兰陵", (119.97, 31.77), code="P:1")
    refresh_keys(town)
    found = starts(town, "兰陵", on=TODAY)
    assert [one.code for one in found] == ["P:1", "A:2"], "what has a position comes first"


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("兰陵公园", ["A:2"]),
        ("天宁区政府", ["A:1"]),
        ("天宁区兰陵公园", ["A:1", "A:2"]),
        ("东方医院", ["X1"]),
        ("红梅新村三期", ["E:1"]),
        ("文化宫", []),
        ("怀德", []),
    ],
)
def test_what_is_not_here_offers_what_shares_its_characters(
    town: Session, typed: str, codes: list[str]
) -> None:
    found = starts(town, typed, on=TODAY)
    assert [one.code for one in found][: len(codes)] == codes
    assert bool(found) == bool(codes)
    assert all(one.is_alike and one.how_zh for one in found)
    assert chosen(found, typed) is None, "nothing of that name is known: never taken unasked"


def test_only_what_is_sure_is_chosen(town: Session) -> None:
    def meant(typed: str) -> Any:
        one = chosen(starts(town, typed, on=TODAY), typed)
        return one and one.code

    assert meant("红梅新村") == "E:1"
    make_place(town, "红梅新村", (119.8, 31.6), feature_class="P", code="E:2")
    refresh_keys(town)
    assert meant("红梅新村") is None, "two estates of one name: the person has to choose"
    assert len(starts(town, "红梅新村", on=TODAY)) == 2
    assert starts(town, "没有这个地方", on=TODAY) == []


@pytest.mark.parametrize("typed", ["", "   ", "，。", "街" * 101, "红\0梅"])
def test_nothing_to_look_for_is_refused(town: Session, typed: str) -> None:
    with pytest.raises(BadInput):
        starts(town, typed, on=TODAY)


@pytest.mark.parametrize("typed", ["%", "_", "%%%", "a_b%c", "\\", "'; DROP TABLE facility; --",
                                   "<script>", "😀😀😀", "(((", "红%梅_新村"])  # fmt: skip
def test_hostile_text_is_text(town: Session, typed: str) -> None:
    try:
        found = starts(town, typed, on=TODAY)
    except BadInput:
        return
    assert all(start.how != "part" for start in found)
