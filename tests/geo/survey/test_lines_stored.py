"""Are a city's lines derived from what is on record, stored once, and agreed ones left alone?"""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotFound
from geo.models import BoundaryLine
from geo.survey.derived.city import lines_of_city, units_of_city
from geo.survey.derived.store import METHOD, store_lines
from tests.conftest import AsPublic
from tests.factories import during, make_city, make_delivery, make_unit, stored

TODAY = date(2026, 6, 1)
WEST, EAST = shapely.box(119.8, 31.6, 119.9, 31.8), shapely.box(119.9, 31.6, 120.0, 31.8)
BEYOND = shapely.box(120.0, 31.6, 120.1, 31.8)


@pytest.fixture
def city(session: Session) -> Session:
    """Two districts of 常州, one county-level neighbour in 无锡, and 江苏 above."""
    make_unit(session, "320000000000", name="江苏省", level=1, parent_code=None, geom=None)
    make_city(session, name="常州市")
    make_city(session, "320200000000", name="无锡市")
    make_unit(session, "320402000000", name="天宁区", geom=WEST, source_date=date(2026, 7, 3))
    make_unit(session, "320411000000", name="新北区", geom=EAST, is_published=True)
    make_unit(session, "320281000000", name="江阴市", parent_code="320200000000", geom=BEYOND)
    return session


def rows(session: Session) -> list[dict]:
    found = session.execute(
        text("SELECT *, ST_NPoints(geom) AS points FROM boundary_line ORDER BY level, code")
    )
    return [dict(row._mapping) for row in found]


def test_the_units_and_their_superiors_by_stated_parents(city: Session) -> None:
    given = units_of_city(city, "320400", on=TODAY)
    assert given.own == {"320402000000", "320411000000"}
    assert given.units.codes == ("320281000000", "320402000000", "320411000000")
    assert given.units.superiors[2][0] == ("320200000000", "无锡市")
    assert given.units.superiors[1] == (("320000000000", "江苏省"),) * 3


def test_lines_of_the_districts_and_of_the_city_itself(city: Session) -> None:
    found = lines_of_city(city, "320400", on=TODAY)
    labels = {at: {found.lines[at].labels[i] for i in rows} for at, rows in found.chosen.items()}
    assert labels[2] == {"无常线（示意线）", "常州市外缘（对侧未知，示意线）"}
    assert {"天新线（示意线）", "江新线（示意线）"} < labels[3]
    assert not any("江阴市外缘" in one for one in labels[3]), "not the neighbour's own edge"
    assert 1 not in found.chosen, "of the province only a part is known"


def test_derived_lines_are_stored_without_name_and_say_how(city: Session) -> None:
    done = store_lines(city, "320400", on=TODAY)
    assert (done.begun, done.corrected, done.unchanged, done.left) == (3, 0, 0, ())
    assert done.outer == 3
    stored_rows = rows(city)
    assert [row["code"] for row in stored_rows] == [
        "DERIVED-2-320200-320400", "DERIVED-3-320281-320411", "DERIVED-3-320402-320411",
    ]  # fmt: skip
    for row in stored_rows:
        assert (row["name"], row["basis"], row["method"]) == (None, "derived", METHOD)
        assert row["published_length_m"] is None, "a measured length is no published one"
        assert row["is_published"]
        assert "示意线" in row["extra"]["label"]
    last = stored_rows[2]
    assert last["source_date"] == date(2026, 7, 3)
    assert "2026-07-03" in last["validity_note"]
    assert (last["left_code"], last["right_code"]) == ("320411000000", "320402000000")
    assert stored_rows[1]["extra"]["grade"] == 2


def test_townships_give_lines_of_their_own_level_only(city: Session) -> None:
    for number, box in enumerate(((119.8, 31.6, 119.9, 31.7), (119.8, 31.7, 119.9, 31.8)), start=1):
        make_unit(
            city, f"32040200{number}000", name=f"第{number}街道", level=4,
            parent_code="320402000000", geom=shapely.box(*box),
        )  # fmt: skip
    store_lines(city, "320400", on=TODAY)
    before = rows(city)
    done = store_lines(city, "320400", on=TODAY, level=4)
    assert (done.begun, done.corrected, done.ended) == (1, 0, ())
    after = rows(city)
    assert after[:3] == before
    assert after[3]["code"] == "DERIVED-4-320402001-320402002"


def test_again_changes_nothing_and_a_new_outline_corrects(city: Session) -> None:
    store_lines(city, "320400", on=TODAY)
    before = [(row["id"], row["row_version"]) for row in rows(city)]
    again = store_lines(city, "320400", on=TODAY)
    assert (again.begun, again.corrected, again.unchanged) == (0, 0, 3)
    assert [(row["id"], row["row_version"]) for row in rows(city)] == before
    corner = shapely.union(EAST, shapely.Polygon([(119.9, 31.6), (119.9, 31.8), (119.89, 31.7)]))
    for code, shape in (("320411", corner), ("320402", WEST.difference(corner))):
        city.execute(
            text("UPDATE admin_unit SET geom = ST_Multi(ST_GeomFromEWKT(:g)) WHERE code = :c"),
            {"g": stored(shape), "c": code.ljust(12, "0")},
        )
    changed = store_lines(city, "320400", on=TODAY)
    assert (changed.begun, changed.corrected, changed.unchanged) == (0, 1, 2)
    assert [row["points"] for row in rows(city)][2] == 3


def test_a_new_version_of_a_side_begins_a_new_version_of_the_line(city: Session) -> None:
    store_lines(city, "320400", on=TODAY)
    city.execute(
        text("UPDATE admin_unit SET validity = '[,2026-07-01)' WHERE code = '320402000000'")
    )
    smaller = WEST.difference(shapely.box(119.8, 31.75, 119.95, 31.8))
    validity = during(date(2026, 7, 1))
    make_unit(city, "320402000000", name="天宁区", geom=smaller, validity=validity)
    done = store_lines(city, "320400", on=date(2026, 7, 2))
    assert done.begun == 1
    spans = {
        (row["validity"].lower, row["validity"].upper)
        for row in rows(city)
        if row["code"] == "DERIVED-3-320402-320411"
    }
    assert spans == {(None, date(2026, 7, 1)), (date(2026, 7, 1), None)}


@pytest.mark.parametrize("basis", ["agreement", "detailed_map"])
def test_agreed_lines_stand(city: Session, basis: str) -> None:
    agreed = BoundaryLine(
        code="0412", name="天新线", level=3, left_code="320402000000",
        right_code="320411000000", basis=basis, document_no="苏政办发〔2001〕1号",
        geom=stored(shapely.MultiLineString([[(119.9, 31.8), (119.91, 31.6)]])),
    )  # fmt: skip
    city.add(agreed)
    city.flush()
    before = next(row for row in rows(city) if row["code"] == "0412")
    done = store_lines(city, "320400", on=TODAY)
    assert done.left == ("天新线（示意线）",)
    assert done.begun == 2
    assert next(row for row in rows(city) if row["code"] == "0412") == before
    assert "DERIVED-3-320402-320411" not in {row["code"] for row in rows(city)}


def test_a_sketch_gives_way_to_the_agreed_line_that_comes_later(city: Session) -> None:
    store_lines(city, "320400", on=TODAY)
    city.add(BoundaryLine(
        code="0412", level=3, left_code="320402000000", right_code="320411000000",
        basis="agreement", validity=during(TODAY),
        geom=stored(shapely.MultiLineString([[(119.9, 31.8), (119.91, 31.6)]])),
    ))  # fmt: skip
    city.flush()
    done = store_lines(city, "320400", on=TODAY)
    assert (done.ended, done.begun) == (("DERIVED-3-320402-320411",), 0)
    [ended] = [row for row in rows(city) if row["code"] == "DERIVED-3-320402-320411"]
    assert ended["validity"].upper == TODAY
    assert store_lines(city, "320400", on=TODAY).ended == ()
    assert store_lines(city, "320400", on=TODAY).unchanged == 2


def derived_row(code: str, delivery_id: int) -> BoundaryLine:
    return BoundaryLine(
        code=code, level=3, left_code="320402000000", right_code="320411000000", basis="derived",
        geom=stored(shapely.MultiLineString([[(119.9, 31.8), (119.9, 31.6)]])),
        delivery_id=delivery_id,
    )  # fmt: skip


def test_the_demonstrations_line_gives_way(city: Session) -> None:
    delivery = make_delivery(city)
    city.add(derived_row("DERIVED-320402-320411", delivery.id))
    city.flush()
    assert store_lines(city, "320400", on=TODAY).begun == 3
    assert "DERIVED-320402-320411" not in {row["code"] for row in rows(city)}


def test_a_delivered_line_stands_though_it_was_derived(city: Session) -> None:
    delivery = make_delivery(city)
    city.add(derived_row("示例-01", delivery.id))
    city.flush()
    done = store_lines(city, "320400", on=TODAY)
    assert (done.begun, done.left) == (2, ("天新线（示意线）",))
    assert "示例-01" in {row["code"] for row in rows(city)}


def test_a_line_without_a_border_any_more_ends(city: Session) -> None:
    store_lines(city, "320400", on=TODAY)
    city.execute(
        text("UPDATE admin_unit SET validity = '[,2026-07-01)' WHERE code = '320281000000'")
    )
    done = store_lines(city, "320400", on=date(2026, 7, 2))
    assert set(done.ended) == {"DERIVED-2-320200-320400", "DERIVED-3-320281-320411"}
    on_record = city.scalar(
        text("SELECT count(*) FROM boundary_line WHERE validity @> DATE '2026-07-02'")
    )
    assert on_record == 1


def test_lines_of_unpublished_units_are_not_public(city: Session, as_public: AsPublic) -> None:
    city.execute(text("UPDATE admin_unit SET is_published = false WHERE code = '320402000000'"))
    store_lines(city, "320400", on=TODAY)
    with as_public(city):
        seen = city.execute(text("SELECT code FROM boundary_line ORDER BY code")).scalars().all()
    assert seen == ["DERIVED-2-320200-320400", "DERIVED-3-320281-320411"]


def test_what_has_no_outline_is_named(city: Session) -> None:
    make_unit(city, "320404000000", name="钟楼区", geom=None)
    assert store_lines(city, "320400", on=TODAY).missing == ("钟楼区",)
    with pytest.raises(NotFound, match="没有"):
        lines_of_city(city, "320400", on=TODAY, level=4)
    with pytest.raises(NotFound):
        lines_of_city(city, "330100", on=TODAY)
    with pytest.raises(BadInput, match="级别应为 3 至 5"):
        lines_of_city(city, "320400", on=TODAY, level=2)


def test_overlapping_outlines_store_nothing(city: Session) -> None:
    make_unit(city, "320404000000", name="钟楼区", geom=shapely.box(119.85, 31.65, 119.95, 31.7))
    with pytest.raises(BadInput, match="重叠"):
        store_lines(city, "320400", on=TODAY)
    assert rows(city) == []
