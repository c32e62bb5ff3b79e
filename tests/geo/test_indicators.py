"""Can every indicator of the catalogue be computed, and does each count what it says?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from geo.access.indicators import (
    COMPUTES,
    Computation,
    catalogue,
    compute_indicator,
    fire_report,
    indicator,
    league_of,
)
from geo.access.indicators.facilities import next_check
from geo.access.indicators.units import minor_level, share_at_least
from geo.access.work_items import Finding, open_item, take_step
from geo.errors import BadInput, NotAllowed, NotFound
from geo.models import StatedFigure
from tests.factories import (
    make_cell,
    make_city,
    make_estate,
    make_facility,
    make_project,
    make_rule,
    make_unit,
    square,
    stored,
)

TODAY = date(2026, 6, 1)
WEST, EAST = (119.95, 31.75), (120.05, 31.75)
FIRST, SECOND = "320402000000", "320404000000"


@pytest.fixture
def town(session: Session) -> Session:
    """A city of two districts, side by side."""
    make_city(session)
    make_unit(session, FIRST, geom=square(119.9, 31.7))
    make_unit(session, SECOND, geom=square(120.0, 31.7))
    return session


def asked(session: Session, id_: str, **given: Any) -> Computation:
    return compute_indicator(session, id_, **({"city": "320400", "on": TODAY} | given))


def sums(found: Computation) -> dict[str, tuple[float | None, float | None, int]]:
    return {row.area_code: (row.numerator, row.denominator, row.unknown) for row in found.rows}


def whole(found: Computation) -> tuple[float | None, float | None, int]:
    return found.total.numerator, found.total.denominator, found.total.unknown


def homes(session: Session, count: int, at: tuple[float, float] = WEST, **given: Any) -> None:
    for _ in range(count):
        make_facility(session, at, **({"kinds": ["nursing_home"]} | given))


def test_the_catalogue_and_the_registry_hold_each_other() -> None:
    assert {one.computes for one in catalogue().values()} == COMPUTES.keys()
    for one in catalogue().values():
        assert all((one.title, one.title_en, one.definition, one.formula, one.unit, one.source))
        assert one.period in ("month", "quarter", "year")
        assert set(one.levels) <= {"city", "district", "township", "zone"}
        assert "city" in one.levels, "the whole is always told"


@pytest.mark.parametrize("id_", catalogue())
def test_every_indicator_can_be_computed_at_every_level(town: Session, id_: str) -> None:
    make_cell(town, WEST, 100)
    homes(town, 1)
    for by in indicator(id_).levels:
        if by in ("city", "district"):
            found = asked(town, id_, by=by)
            assert len(found.rows) == (1 if by == "city" else 2)
            assert found.method
            for row in (*found.rows, found.total):
                if not row.denominator:
                    assert row.value is None, "nothing to count is unknown, not 0"


@pytest.mark.parametrize("id_", catalogue())
def test_the_demo_city(city_session: Session, id_: str) -> None:
    found = compute_indicator(
        city_session, id_, city="320400", by=indicator(id_).levels[-1],
        on=date.today(),  # noqa: DTZ011
    )  # fmt: skip
    for row in (*found.rows, found.total):
        if row.value is not None and found.indicator.scale == 1:
            assert 0 <= row.value <= 1
    if found.has_synthetic:
        assert found.title.startswith("【合成】")
        assert {row.mark for row in found.rows} <= {"合成"}


def test_nine_of_fifteen_public_homes_are_run_privately(town: Session) -> None:
    homes(town, 6, ownership="public", operation="private_nonprofit")
    homes(town, 3, EAST, ownership="public", operation="private_profit")
    homes(town, 6, EAST, ownership="public", operation="public")
    homes(town, 4, ownership="private", operation="private_profit")
    homes(town, 2, ownership="public")
    homes(town, 1)
    homes(town, 5, ownership="public", operation="public", state="closed")
    found = asked(town, "public-built-private-run")
    assert whole(found) == (9, 15, 3)
    assert found.total.value == 0.6
    assert sums(found) == {FIRST: (6, 6, 3), SECOND: (3, 9, 0)}
    assert found.check.adds_up


def officers(session: Session, code: str, number: float, on: date = date(2026, 1, 1)) -> None:
    session.add(
        StatedFigure(admin_code=code, figure="civil_affairs_officers", value=number, unit="人",
                     counted_on=on)
    )  # fmt: skip
    session.flush()


def test_sixty_four_of_seventy_townships_have_three_officers(town: Session) -> None:
    make_rule(town, "township_staffing", {"value": 3, "unit": "officers"}, code="officers")
    for number in range(72):
        parent = FIRST if number < 40 else SECOND
        code = f"{parent[:6]}{100 + number}000"
        make_unit(town, code, name=f"示例镇{number}", level=4, parent_code=parent, geom=None)
        if number < 70:
            officers(town, code, 2, date(2025, 1, 1))
            officers(town, code, 3 + number % 2 if number < 64 else 2)
        officers(town, code, 9, date(2026, 12, 31))
    found = asked(town, "township-staffing")
    assert whole(found) == (64, 70, 2)
    assert found.total.value == pytest.approx(64 / 70)
    assert sums(found) == {FIRST: (40, 40, 0), SECOND: (24, 30, 2)}


def test_at_least_so_many() -> None:
    assert share_at_least([3.0] * 60 + [4.0] * 4 + [2.0] * 6, 3) == (64, 70, 0)
    assert share_at_least([None, 3.0], 3) == (1, 1, 1)


def test_beds_per_thousand_with_a_target_of_the_place(town: Session) -> None:
    make_rule(town, "beds_per_1000_elders", {"value": 40.0, "unit": "beds"}, code="beds")
    make_cell(town, WEST, 1000)
    make_cell(town, EAST, 500)
    homes(town, 1, beds_total=50, beds_nursing=30)
    homes(town, 1, EAST, beds_total=10, beds_nursing=4)
    homes(town, 2, EAST)
    found = asked(town, "beds-per-1000")
    assert {row.area_code: row.value for row in found.rows} == {FIRST: 50, SECOND: 20}
    assert [row.meets for row in found.rows] == [True, False]
    assert (found.total.value, found.total.unknown) == (40, 2)
    assert found.total.meets is True
    assert "beds" in str(found.threshold)
    share = asked(town, "nursing-bed-share")
    assert whole(share) == (34, 60, 2)


def test_coverage_is_that_of_the_coverage_page(town: Session) -> None:
    make_cell(town, WEST, 80)
    make_cell(town, (119.99, 31.79), 20)
    make_cell(town, EAST, 50)
    make_facility(town, WEST)
    found = asked(town, "coverage-canteen-500")
    assert sums(found) == {FIRST: (80, 100, 0), SECOND: (0, 50, 0)}
    assert found.total.value == pytest.approx(80 / 150)
    assert found.rows[1].value == 0, "known and nobody reached is 0"


def test_people_without_cells_are_unknown(town: Session) -> None:
    make_cell(town, WEST, 80)
    homes(town, 1, EAST, beds_total=10)
    found = asked(town, "beds-per-1000")
    assert [row.value for row in found.rows] == [0, None]


def test_must_have_by_district(town: Session) -> None:
    make_rule(town, "must_have", {"kinds": ["care_complex"], "unit_types": ["街道"]},
              code="street-care-complex")  # fmt: skip
    outlines = (square(119.9, 31.7, 0.02), square(119.94, 31.74, 0.02), None)
    for number, geom in enumerate(outlines, 1):
        make_unit(town, f"32040200{number}000", name=f"街{number}街道", level=4, unit_type="街道",
                  parent_code=FIRST, geom=geom)  # fmt: skip
    make_facility(town, WEST, kinds=["care_complex"])
    make_facility(town, (119.91, 31.71), kinds=["care_complex"], state="planned")
    found = asked(town, "street-care-complex-rate")
    assert sums(found) == {FIRST: (1, 2, 1), SECOND: (0, 0, 0)}
    assert found.rows[1].value is None


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("甲县未成年人保护中心", 3),
        ("乙镇未成年人保护工作站", 4),
        ("丙村未成年人保护工作点", 5),
        ("丙村未成年人保护工作点（2）", 5),
        ("阳光之家", None),
    ],
)
def test_the_level_of_a_base_is_told_by_its_name(name: str, level: int | None) -> None:
    assert minor_level(name) == level


def test_minors_are_protected_at_three_levels(town: Session) -> None:
    make_unit(town, "320402001000", name="甲街道", level=4, parent_code=FIRST,
              geom=square(119.9, 31.7, 0.1))  # fmt: skip
    make_unit(town, "320404001000", name="乙街道", level=4, parent_code=SECOND, geom=None)
    make_unit(town, "320402001001", name="丙村", level=5, parent_code="320402001000",
              geom=square(119.94, 31.74, 0.02))  # fmt: skip
    make_facility(town, WEST, kinds=["minor_station"], name="甲街道未成年人保护工作站")
    make_facility(town, WEST, kinds=["minor_station"], name="丙村未成年人保护工作点")
    make_facility(town, EAST, kinds=["minor_station"], name="未成年人保护中心")
    found = {
        level: whole(asked(town, f"minor-protection-{level}", by="city"))
        for level in ("county", "township", "village")
    }
    assert found == {"county": (1, 2, 0), "township": (1, 1, 1), "village": (1, 1, 0)}


def test_fire_states_and_overdue_checks(town: Session) -> None:
    make_rule(town, "fire_check_interval", {"value": 12, "unit": "months"}, code="interval")
    make_rule(town, "hazard_code", {"unit": "code"}, code="hazard-unsafe-building")
    late = {"fire_state": "passed", "fire_checked_on": date(2025, 5, 31)}
    just = {"fire_state": "failed", "fire_checked_on": date(2025, 6, 1)}
    homes(town, 1, code="late", **late)
    homes(town, 1, code="just", **just)
    homes(town, 1, EAST, code="dark")
    make_facility(town, WEST, code="canteen", **late)
    number = open_item(
        town, Finding("fire_hazard", "危房", "facility", "just", lon=WEST[0], lat=WEST[1],
                      hazard_code="hazard-unsafe-building"), on=date(2026, 3, 1),
    )  # fmt: skip
    take_step(town, number, "assigned", on=date(2026, 3, 2), role="某办", due_on=date(2026, 4, 1))
    found = fire_report(town, city="320400", on=TODAY)
    assert (found.passed, found.known, found.unknown, found.rate) == (1, 2, 1, 0.5)
    assert [row.code for row in found.overdue] == ["late"]
    rows = {row.code: row for row in found.rows}
    assert rows["just"].is_overdue is False
    assert rows["just"].hazards == ("hazard-unsafe-building",)
    assert rows["dark"].is_overdue is None
    assert [item.id for item in found.overdue_hazards] == [number]
    assert whole(asked(town, "fire-passed")) == (1, 2, 1)
    assert whole(asked(town, "fire-checked-in-time")) == (1, 2, 1)


def test_the_next_check_of_a_long_month() -> None:
    assert next_check(date(2025, 8, 31), 6) == date(2026, 2, 28)
    assert next_check(date(2025, 12, 15), 12) == date(2026, 12, 15)


def test_estates_and_projects_as_indicators(town: Session) -> None:
    rule = {"value": 20.0, "unit": "m2 per 100 households", "estate_type": "new"}
    make_rule(town, "estate_floor_area", rule, code="estate")
    make_estate(town, handed_over_m2=100, handed_over_on=date(2024, 1, 1), geom=stored(WEST))
    make_estate(town, geom=stored(WEST))
    make_project(town, due_on=date(2026, 1, 1), geom=stored(EAST))
    assert sums(asked(town, "estate-pass-rate")) == {FIRST: (1, 1, 1), SECOND: (0, 0, 0)}
    assert sums(asked(town, "project-overdue-share")) == {FIRST: (0, 0, 0), SECOND: (1, 1, 0)}


def test_a_league_of_two_periods(town: Session) -> None:
    homes(town, 1, beds_total=10, beds_nursing=5)
    homes(town, 1, EAST, beds_total=10, beds_nursing=6, is_synthetic=True)
    now = asked(town, "nursing-bed-share")
    table = league_of(now, asked(town, "nursing-bed-share", on=date(2025, 6, 1)))
    assert table.title.startswith("【合成】护理型床位占比排名")
    assert [(row.area_code, row.rank, row.mark) for row in table.rows] == [
        (SECOND, 1, "合成"), (FIRST, 2, "合成"),
    ]  # fmt: skip
    assert {row.change for row in table.rows} == {0.0}
    with pytest.raises(BadInput):
        league_of(now, asked(town, "occupancy"))


def test_the_public_sees_published_rows_and_no_internal_indicator(town: Session) -> None:
    homes(town, 1, beds_total=10, beds_nursing=5)
    homes(town, 1, beds_total=10, beds_nursing=10, is_published=False)
    assert whole(asked(town, "nursing-bed-share")) == (15, 20, 0)
    assert whole(asked(town, "nursing-bed-share", published_only=True)) == (5, 10, 0)
    with pytest.raises(NotAllowed):
        asked(town, "estate-pass-rate", published_only=True)
    make_cell(town, WEST, 87)
    told = asked(town, "beds-per-1000", published_only=True, rounded_to=10)
    assert told.rows[0].denominator == 90
    make_cell(town, EAST, 3)
    told = asked(town, "beds-per-1000", published_only=True, rounded_to=10)
    assert told.rows[1].denominator is None
    assert told.rows[1].value is None


def test_bad_questions(town: Session) -> None:
    with pytest.raises(NotFound, match="没有「zzz」"):
        asked(town, "zzz")
    with pytest.raises(NotFound):
        asked(town, "occupancy", city="999900")
    with pytest.raises(BadInput):
        asked(town, "estate-pass-rate", by="zone")
