"""Which divisions come back on a day, at a point, under a superior, beside one another?"""

from __future__ import annotations

import json
from datetime import date

import pytest
import shapely
from pyproj import Geod
from sqlalchemy.orm import Session

from geo.errors import Ambiguous, BadInput, NotFound
from geo.queries import admin, succession
from geo.queries.features import (
    facilities_geojson,
    facility_geojson,
    nearest_geojson,
    unit_at_geojson,
    units_geojson,
    within_geojson,
    zones_geojson,
)
from geo.queries.neighbours import neighbours
from tests.factories import (
    HOME,
    during,
    make_city,
    make_event,
    make_facility,
    make_price,
    make_rating,
    make_unit,
    make_zone,
    square,
)

TODAY = date(2026, 6, 1)
GRS80 = Geod(ellps="GRS80")


@pytest.fixture
def small_city(session: Session) -> Session:
    """Province, city, three districts in a row, one township without territory."""
    make_unit(
        session, "320000000000", name="测试省", level=1, parent_code=None, geom=square(118, 30, 4)
    )
    make_city(session)
    for number, west in (("02", 119.6), ("04", 119.7), ("11", 119.8)):
        make_unit(session, f"3204{number}000000", geom=square(west, 31.7))
    make_unit(
        session, "320402100000", name="测试镇", level=4, parent_code="320402000000", geom=None
    )
    return session


@pytest.mark.parametrize(
    ("typed", "code"),
    [("32", "320000000000"), ("320402", "320402000000"), (" 320402001 ", "320402001000")],
)
def test_codes_are_padded(typed: str, code: str) -> None:
    assert admin.full_code(typed) == code


@pytest.mark.parametrize("typed", ["", "3204021", "abc", "32040２", "3204020000000", "' OR 1=1"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        admin.full_code(typed)


def test_unit_at_a_point_largest_first(small_city: Session) -> None:
    levels = [u.level for u in admin.unit_at(small_city, 119.65, 31.75, TODAY)]
    assert levels == [1, 2, 3]
    on_the_border = [u.code[:6] for u in admin.unit_at(small_city, 119.7, 31.75, TODAY)]
    assert on_the_border[2:] == ["320402", "320404"]
    assert admin.unit_at(small_city, 0, 0, TODAY) == []


def test_tree_follows_stated_parents_not_prefixes(small_city: Session) -> None:
    make_unit(small_city, "329999000000", name="外码区", geom=square(119.9, 31.7))
    codes = [u.code[:6] for u in admin.descendants(small_city, "320400", TODAY, level=3)]
    assert codes == ["320402", "320404", "320411", "329999"]
    assert [u.name for u in admin.children(small_city, "320402", TODAY)] == ["测试镇"]
    assert admin.city_of(small_city, "320402100000", TODAY).code == "320400000000"
    assert [u.level for u in admin.ancestors(small_city, "320402100000", TODAY)] == [4, 3, 2, 1]


def test_district_of_a_municipality_belongs_to_it(session: Session) -> None:
    make_unit(session, "500000000000", name="测试直辖市", level=1, parent_code=None)
    make_unit(session, "500103000000", parent_code="500000000000")
    assert admin.city_of(session, "500103", TODAY).code == "500000000000"


def test_a_province_has_no_city_above(small_city: Session) -> None:
    with pytest.raises(NotFound, match="no city"):
        admin.city_of(small_city, "320000", TODAY)


def test_versions_answer_by_day(session: Session) -> None:
    turn = date(2002, 4, 3)
    make_unit(session, name="旧县", geom=None, validity=during(None, turn))
    make_unit(session, name="新区", validity=during(turn, None))
    assert admin.unit(session, "320402", date(2002, 4, 2)).name == "旧县"
    assert admin.unit(session, "320402", turn).name == "新区"
    assert admin.unit_at(session, 119.95, 31.75, date(1990, 1, 1)) == []
    make_event(session, [("320402000000", "旧县")], [("320402000000", "新区")], event_year=2002)
    past = succession.history(session, "320402")
    assert [v.name for v in past.versions] == ["旧县", "新区"]
    assert past.events[0].predecessors[0].name == "旧县"
    assert past.events[0].successors[0].name == "新区"


def test_unknown_and_ended_units_say_which(session: Session) -> None:
    with pytest.raises(NotFound, match="is not known"):
        admin.unit(session, "999999", TODAY)
    make_unit(session, name="旧县", validity=during(None, date(2000, 1, 1)))
    with pytest.raises(NotFound, match="旧县"):
        admin.unit(session, "320402", TODAY)
    with pytest.raises(NotFound):
        succession.history(session, "999999")


def test_shared_border_is_the_geodesic_length_of_the_common_line(small_city: Session) -> None:
    found = neighbours(small_city, "320404", TODAY)
    _, _, metres = GRS80.inv(119.7, 31.7, 119.7, 31.8)
    _, _, other = GRS80.inv(119.8, 31.7, 119.8, 31.8)
    assert {n.code[:6]: n.shared_border_m for n in found} == pytest.approx(
        {"320402": metres, "320411": other}, abs=1e-3
    )
    assert {n.measure for n in found} == {"量算值"}


def test_corners_touch_without_length_and_gaps_need_a_tolerance(session: Session) -> None:
    make_unit(session, "320402000000", geom=square(119.6, 31.7))
    make_unit(session, "320404000000", geom=square(119.7, 31.8), parent_code="320400000000")
    make_unit(session, "320411000000", geom=square(119.700004, 31.7), name="隔一道缝")
    exact = neighbours(session, "320402", TODAY)
    assert [(n.code[:6], n.shared_border_m) for n in exact] == [("320404", 0)]
    loose = neighbours(session, "320402", TODAY, tolerance_m=1)
    _, _, metres = GRS80.inv(119.7, 31.7, 119.7, 31.8)
    assert loose[0].name == "隔一道缝"
    assert loose[0].shared_border_m == pytest.approx(metres, abs=4)
    with pytest.raises(BadInput):
        neighbours(session, "320402", TODAY, tolerance_m=101)


def test_units_without_territory_keep_their_place(small_city: Session) -> None:
    made = json.loads(units_geojson(small_city, within="320400", on=TODAY))
    assert made["numberReturned"] == len(made["features"]) == 4
    assert "crs" not in made
    town = made["features"][-1]
    assert town["geometry"] is None
    assert town["properties"]["geometry_note"] == "无公开边界数据"
    assert made["features"][0]["geometry"]["type"] == "MultiPolygon"
    own = json.loads(units_geojson(small_city, code="320402", on=TODAY))
    assert [f["properties"]["code"] for f in own["features"]] == ["320402000000"]
    assert len(json.loads(units_geojson(small_city, parent="320400", on=TODAY))["features"]) == 3
    at = json.loads(unit_at_geojson(small_city, 119.65, 31.75, on=TODAY))
    assert [f["properties"]["level"] for f in at["features"]] == [1, 2, 3]


def test_zones_of_a_division(small_city: Session) -> None:
    make_zone(small_city, "Z1", is_synthetic=True)
    make_zone(small_city, "Z2", parent_code="330000000000")
    made = json.loads(zones_geojson(small_city, within="320400", on=TODAY))
    assert [f["properties"]["code"] for f in made["features"]] == ["Z1"]
    assert made["has_synthetic"] is True
    assert len(json.loads(zones_geojson(small_city, on=TODAY))["features"]) == 2


def test_a_facility_brings_all_that_is_known_and_null_for_the_rest(session: Session) -> None:
    facility = make_facility(session, name='</script>"\\', hours={"mon": [["08:00", "17:00"]]})
    make_price(session, facility, low=12.5, high=15, unit="meal", item="lunch")
    make_rating(session, facility)
    made = json.loads(facility_geojson(session, facility.code, on=TODAY))
    feature = made["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [*HOME]}
    known = feature["properties"]
    assert known["name"] == '</script>"\\'
    assert known["phone"] is None
    assert known["beds_free"] is None
    assert known["prices"][0]["low"] == 12.5
    assert known["ratings"][0]["level"] == "三级"
    assert "extra" not in known
    with pytest.raises(NotFound):
        facility_geojson(session, "no such", on=TODAY)


def test_pages_of_a_list_lose_nothing(session: Session) -> None:
    codes = {make_facility(session).code for _ in range(7)}
    seen = []
    for offset in (0, 3, 6):
        made = json.loads(facilities_geojson(session, on=TODAY, limit=3, offset=offset))
        seen += [f["properties"]["code"] for f in made["features"]]
    assert len(seen) == 7
    assert set(seen) == codes


def test_ranked_lists_carry_rank_and_distance(session: Session) -> None:
    for step in (3, 1, 2):
        make_facility(session, (HOME[0] + step / 1000, HOME[1]), name=str(step))
    for made in (
        nearest_geojson(session, *HOME, on=TODAY),
        within_geojson(session, *HOME, 1000, on=TODAY),
    ):
        features = json.loads(made)["features"]
        assert [f["properties"]["name"] for f in features] == ["1", "2", "3"]
        assert [f["properties"]["rank"] for f in features] == [1, 2, 3]
        _, _, metres = GRS80.inv(*HOME, HOME[0] + 0.001, HOME[1])
        assert features[0]["properties"]["distance_m"] == pytest.approx(metres, abs=0.01)


def test_the_public_sees_published_rows_only(session: Session, as_public) -> None:
    shown = make_facility(session, name="shown")
    make_price(session, shown)
    make_facility(session, name="hidden", is_published=False)
    make_unit(session)
    with as_public(session):
        for made in (
            facilities_geojson(session, on=TODAY),
            nearest_geojson(session, *HOME, on=TODAY),
            within_geojson(session, *HOME, 1000, on=TODAY),
        ):
            features = json.loads(made)["features"]
            assert [f["properties"]["name"] for f in features] == ["shown"]
            assert features[0]["properties"]["prices"][0]["unit"] == "month"
        assert json.loads(units_geojson(session, level=3, on=TODAY))["numberReturned"] == 1
        assert admin.unit(session, "320402", TODAY).level == 3
        assert neighbours(session, "320402", TODAY) == []


def test_dust_of_a_conversion_is_no_gap(session: Session) -> None:
    make_unit(session, "320402000000", geom=square(119.6, 31.7))
    bent = shapely.Polygon(
        [(119.7 + 1e-12, 31.7), (119.7 - 1e-12, 31.76), (119.7, 31.8), (119.8, 31.8)]
    )
    make_unit(session, "320404000000", geom=bent)
    _, _, metres = GRS80.inv(119.7, 31.7, 119.7, 31.8)
    found = neighbours(session, "320402", TODAY)
    assert found[0].shared_border_m == pytest.approx(metres, abs=0.01)


def test_bounds_come_from_the_unit_and_all_under_it(small_city: Session) -> None:
    assert admin.bounds_of(small_city, "320402", on=TODAY) == (119.6, 31.7, 119.7, 31.8)
    assert admin.bounds_of(small_city, "320402100", on=TODAY) is None


def test_a_division_is_named_by_code_or_name(small_city: Session) -> None:
    assert admin.code_of(small_city, " 320402 ", TODAY) == "320402000000"
    assert admin.code_of(small_city, "测试市", TODAY) == "320400000000"
    make_unit(small_city, "320481000000", name="甲市", short_name="甲")
    make_unit(small_city, "320482000000", name="甲", short_name=None, geom=square(119.5, 31.4))
    assert admin.code_of(small_city, "甲", TODAY) == "320482000000", "the full name comes first"
    with pytest.raises(NotFound, match=r"^2026-06-01 没有名为「无此市」的区划.*\./atlas up --city"):
        admin.code_of(small_city, "无此市", TODAY)
    with pytest.raises(BadInput):
        admin.code_of(small_city, "32040", TODAY)


def test_a_name_of_several_divisions_lists_them(small_city: Session) -> None:
    for code, parent in (("320402101000", "320402000000"), ("320404101000", "320404000000")):
        make_unit(small_city, code, name="新桥镇", level=4, parent_code=parent, geom=None)
    with pytest.raises(Ambiguous) as refused:
        admin.code_of(small_city, "新桥镇", TODAY)
    assert "320402101000 测试区02新桥镇、320404101000 测试区04新桥镇。" in str(refused.value)
    make_unit(
        small_city, "320402102000", name="旧镇", level=4, parent_code="320402000000", geom=None,
        validity=during(None, date(2000, 1, 1)),
    )  # fmt: skip
    assert admin.code_of(small_city, "旧镇", date(1999, 1, 1)) == "320402102000"
    with pytest.raises(NotFound):
        admin.code_of(small_city, "旧镇", TODAY)


def test_an_unknown_code_tells_how_to_load_its_city(small_city: Session) -> None:
    with pytest.raises(NotFound, match=r"\./atlas up --city 330100。\n.*--city 330100"):
        admin.unit(small_city, "330102", TODAY)
    with pytest.raises(NotFound, match="请核对代码") as refused:
        admin.unit(small_city, "320499", TODAY)
    assert "atlas up" not in str(refused.value), "its city is loaded: loading it again helps nobody"
    with pytest.raises(NotFound, match="--city 500000"):
        admin.unit(small_city, "500103", TODAY)
