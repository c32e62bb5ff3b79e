"""Which units lack what they must have, and which cannot be judged?"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from geo.access.standards import Missing, WrittenRule, missing
from geo.access.standards.areas import area_checks
from geo.access.standards.circles import check_circle, circle_needs
from geo.errors import BadInput, NotFound
from tests.factories import (
    during,
    make_cell,
    make_city,
    make_facility,
    make_rule,
    make_unit,
    make_zone,
    square,
)

TODAY = date(2026, 6, 1)
NEEDS_HOME = {"kinds": ["rural_home", "nursing_home"], "unit_types": ["镇", "乡"], "value": 1}


@pytest.fixture
def towns(session: Session) -> Session:
    """A city with one district, two towns and a street with territory, and a town without."""
    make_city(session)
    make_unit(session, "320402000000")
    for code, name, west in (
        ("100", "甲镇", 119.90),
        ("101", "乙镇", 119.91),
        ("001", "丙街道", 119.92),
    ):
        make_unit(
            session, f"320402{code}000", name=name, level=4, unit_type=None,
            parent_code="320402000000", geom=square(west, 31.7, 0.01),
        )  # fmt: skip
    make_unit(
        session, "320402102000", name="丁镇", level=4, unit_type="镇", parent_code="320402000000",
        geom=None,
    )  # fmt: skip
    make_rule(session, "must_have", NEEDS_HOME, code="home")
    return session


def statuses(found: Missing) -> dict[str, str]:
    """Unit → status."""
    return {row.area_name: row.status for row in found.rows}


def test_lacking_present_and_unknown(towns: Session) -> None:
    make_facility(towns, (119.905, 31.705), kinds=["nursing_home"])
    found = missing(towns, city="320400", on=TODAY)
    assert statuses(found) == {"甲镇": "present", "乙镇": "lacking", "丁镇": "unknown"}
    assert [row.area_name for row in found.rows] == ["乙镇", "丁镇", "甲镇"]
    assert found.counts("home") == {"lacking": 1, "unknown": 1, "present": 1}


@pytest.mark.parametrize("state", ["under_construction", "planned", "paused"])
def test_what_is_not_open_is_shown_apart(towns: Session, state: str) -> None:
    make_facility(towns, (119.905, 31.705), kinds=["rural_home"], state=state)
    make_facility(towns, (119.915, 31.705), kinds=["rural_home"], state="closed")
    found = missing(towns, city="320400", on=TODAY)
    assert statuses(found) == {"甲镇": state, "乙镇": "lacking", "丁镇": "unknown"}
    row = next(row for row in found.rows if row.area_name == "甲镇")
    assert [facility.state for facility in row.facilities] == [state]


@pytest.mark.parametrize("stated", [{"admin_code": "320402102000"}, {"stated_unit": "丁镇"}])
def test_units_without_territory_are_judged_by_what_facilities_state(towns, stated) -> None:
    make_facility(towns, (119.98, 31.78), kinds=["rural_home"], **stated)
    found = missing(towns, city="320400", on=TODAY)
    assert statuses(found)["丁镇"] == "present"
    assert next(r for r in found.rows if r.area_name == "丁镇").judged_by == "stated"


@pytest.mark.parametrize(
    ("at", "admin_code", "status"),
    [
        ((126.6, 45.8), None, "unknown"),  # Harbin has a town of this name as well
        ((126.6, 45.8), "230102000000", "unknown"),
        ((126.6, 45.8), "320402000000", "present"),
        ((119.98, 31.78), None, "present"),
    ],
)
def test_a_stated_name_counts_only_within_the_units_own_district(
    towns: Session, at: tuple[float, float], admin_code: str | None, status: str
) -> None:
    make_facility(towns, at, kinds=["rural_home"], stated_unit="丁镇", admin_code=admin_code)
    assert statuses(missing(towns, city="320400", on=TODAY))["丁镇"] == status


def test_a_stated_name_that_two_units_bear_proves_nothing(towns: Session) -> None:
    make_unit(
        towns, "320402103000", name="丁镇", level=4, unit_type="镇", parent_code="320402000000",
        geom=None,
    )  # fmt: skip
    make_facility(towns, (119.98, 31.78), kinds=["rural_home"], stated_unit="丁镇")
    assert statuses(missing(towns, city="320400", on=TODAY))["丁镇"] == "unknown"


def test_more_than_one_may_be_asked(towns: Session) -> None:
    make_rule(towns, "must_have", NEEDS_HOME | {"value": 2}, code="two")
    make_facility(towns, (119.905, 31.705), kinds=["rural_home"])
    make_facility(towns, (119.905, 31.705), kinds=["nursing_home"], state="planned")
    rows = {
        (r.rule_code, r.area_name): r.status for r in missing(towns, city="320400", on=TODAY).rows
    }
    assert rows["home", "甲镇"] == "present"
    assert rows["two", "甲镇"] == "planned"


def test_rules_of_other_places_and_days_do_not_apply(towns: Session) -> None:
    make_rule(towns, "must_have", NEEDS_HOME, code="elsewhere", scope_code="330000000000")
    make_rule(towns, "must_have", NEEDS_HOME, code="own", scope_code="320400000000")
    make_rule(towns, "must_have", NEEDS_HOME, code="past", validity=during(None, TODAY))
    make_rule(towns, "estate_floor_area", {}, code="other subject")
    found = missing(towns, city="320400", on=TODAY)
    assert [rule.code for rule in found.rules] == ["home", "own"]


def test_zones_stand_in_for_townships(towns: Session) -> None:
    make_zone(towns, "Z", name="示例片区", geom=square(119.9, 31.7, 0.01), is_synthetic=True)
    found = missing(towns, city="320400", areas="zone", on=TODAY)
    assert statuses(found) == {"示例片区": "lacking"}
    assert found.has_synthetic


def test_bad_questions(towns: Session) -> None:
    with pytest.raises(BadInput):
        missing(towns, city="320400", areas="district", on=TODAY)
    with pytest.raises(NotFound):
        missing(towns, city="999900", on=TODAY)


def test_the_demo_city(city_session: Session) -> None:
    today = date.today()  # noqa: DTZ011
    townships = missing(city_session, city="320400", on=today)
    assert townships.rules
    assert {row.status for row in townships.rows} <= {"unknown", "present"}, "no territory, no lack"
    zones = missing(city_session, city="320400", areas="zone", on=today)
    assert len(zones.rows) == len(zones.rules) * len({row.area_code for row in zones.rows})


# --- life circles and amounts by area --------------------------------------------------------


def tier(minutes: int, low: int, high: int, *kinds: str) -> WrittenRule:
    said = {"minutes": minutes, "value": 100.0 * minutes, "persons": [low, high], "kinds": kinds}
    return WrittenRule(
        f"c{minutes}", "life_circle", None, "生活圈", "second_hand", "x", said, None, None, 0
    )


TIERS = [
    tier(15, 50_000, 100_000, "nursing_home"), tier(5, 5_000, 12_000, "day_care"),
    tier(10, 15_000, 25_000),
]  # fmt: skip


def test_a_circle_needs_its_own_tier_and_every_lower_one() -> None:
    needs = circle_needs(TIERS, minutes=15, persons=60_000, on=TODAY)
    assert [(need.minutes, need.least, need.most) for need in needs] == [
        (5, 5, 12), (10, None, None), (15, 1, 2),
    ]  # fmt: skip
    assert [n.minutes for n in circle_needs(TIERS, minutes=5, persons=1, on=TODAY)] == [5]
    found = check_circle(needs, {"day_care": 4, "nursing_home": 1, "canteen": 9})
    assert [check.status for check in found] == ["fail", "unknown", "pass"]
    assert "现有 4 处 < 至少 5 处" in found[0].words
    for bad in ({"minutes": 7, "persons": 1}, {"minutes": 5, "persons": -1}):
        with pytest.raises(BadInput):
            circle_needs(TIERS, on=TODAY, **bad)


def test_areas_have_enough_too_little_or_nobody_knows(session: Session) -> None:
    make_city(session)
    for code, west in (("320402", 119.9), ("320404", 120.0), ("320411", 120.1)):
        make_unit(session, f"{code}000000", geom=square(west, 31.7))
        make_cell(session, (west + 0.05, 31.75), 1000)
    make_rule(session, "beds_per_1000_elders", {"value": 40.0, "unit": "beds"}, code="beds")
    make_rule(session, "land_per_head", {"value": 0.1, "unit": "m2"}, code="land")
    make_rule(session, "nursing_bed_share", {"value": 0.55, "unit": "share"}, code="nursing")
    home = {"kinds": ["nursing_home"], "beds_nursing": 22}
    make_facility(session, (119.95, 31.75), beds_total=40, **home)
    make_facility(session, (119.95, 31.75), kinds=["nursing_home"])
    make_facility(session, (120.05, 31.75), beds_total=39, **home)
    make_facility(session, (120.15, 31.75), kinds=["nursing_home"])
    found = area_checks(session, city="320400", on=TODAY)
    status = {(row.subject, row.area_code[:6]): row.status for row in found.rows}
    assert status == {
        ("beds_per_1000_elders", "320402"): "pass",
        ("beds_per_1000_elders", "320404"): "fail",
        ("beds_per_1000_elders", "320411"): "unknown",
        ("nursing_bed_share", "320402"): "unknown",
        ("nursing_bed_share", "320404"): "pass",
        ("nursing_bed_share", "320411"): "unknown",
        ("land_per_head", "320402"): "unknown",
        ("land_per_head", "320404"): "unknown",
        ("land_per_head", "320411"): "unknown",
    }
    land = next(row for row in found.rows if row.subject == "land_per_head")
    assert (land.required, land.provided) == (400, None)
    assert "1,000 ÷ 1000 × 40 = 40" in found.rows[0].words
    assert found.without_rule == ("community_floor_area",)
