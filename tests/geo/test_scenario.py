"""Is a scenario kept as it was made, and is what it changes counted by the same rule as today?"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.access.comparison import Comparison, compare
from geo.access.coverage import coverage
from geo.access.scenario import (
    Change,
    Scenario,
    additions,
    drop_scenario,
    keep_scenario,
    scenario,
    scenarios,
)
from geo.access.sites import asks, best_sites, line_costs
from geo.errors import BadInput, NotFound
from tests.factories import (
    make_candidate,
    make_cell,
    make_city,
    make_facility,
    make_unit,
    square,
)

ON = date(2026, 1, 1)
CITY = "320400000000"
KIND = "rehab_rental"
EAST, WEST = "320402000000", "320404000000"
STEP = 0.01


def spot(east: float, north: float = 0) -> tuple[float, float]:
    return (round(119.91 + east * STEP, 6), round(31.71 + north * STEP, 6))


@pytest.fixture
def town(session: Session) -> Session:
    """Two districts, five cells in a row, two open shops in the west, candidates in the east."""
    make_city(session)
    make_unit(session, WEST, geom=square(119.9, 31.7, 0.025))
    make_unit(session, EAST, geom=square(119.925, 31.7, 0.1))
    for place, people in enumerate((100, 80, 60, 40, 20)):
        make_cell(session, spot(place), people)
    make_facility(session, spot(0), kinds=[KIND], code="F0")
    make_facility(session, spot(0, 0.1), kinds=[KIND], code="F0b")
    for place in (2, 3, 4):
        make_candidate(session, spot(place), code=f"K{place}", name=f"候选{place}")
    return session


def keep(session: Session, *changes: Change, **given: Any) -> Scenario:
    asked: dict[str, Any] = {"city": CITY, "name": "方案甲", "kind": KIND, "on": ON}
    return keep_scenario(session, **(asked | {"owner_role": "planner", "changes": changes} | given))


def gains(found: Comparison) -> dict[str, float | None]:
    return {row.today.area_code: row.gained_60 for row in found.rows}


def test_a_scenario_is_kept_named_and_dated(town: Session) -> None:
    made = keep(
        town,
        Change("add", candidate_code="K2", year=2030),
        Change("close", facility_code="F0b"),
        Change("move", facility_code="F0", lon=spot(1)[0], lat=spot(1)[1]),
        note="给分管领导看",
    )
    assert scenario(town, made.id) == made
    assert (made.name, made.on_date, made.owner_role, made.note) == (
        "方案甲", ON, "planner", "给分管领导看",
    )  # fmt: skip
    first, second, third = made.changes
    assert (first.name, (first.lon, first.lat), first.year) == ("候选2", spot(2), 2030)
    assert (second.facility_code, second.lon) == ("F0b", None)
    assert (third.lon, third.lat) == spot(1)
    keep(town, Change("close", facility_code="F0"), name="方案乙")
    assert [one.name for one in scenarios(town, city="320400")] == ["方案乙", "方案甲"]
    assert scenarios(town, city="320500") == ()
    drop_scenario(town, made.id)
    assert [one.name for one in scenarios(town)] == ["方案乙"]
    assert town.scalar(text("SELECT count(*) FROM scenario_change")) == 1
    for gone in (lambda: scenario(town, made.id), lambda: drop_scenario(town, made.id)):
        with pytest.raises(NotFound):
            gone()


def test_what_is_added_closed_and_moved_changes_both_districts(town: Session) -> None:
    made = keep(
        town,
        Change("add", candidate_code="K2"),
        Change("add", lon=spot(4)[0], lat=spot(4)[1], name="新点"),
        Change("close", facility_code="F0b"),
        Change("move", facility_code="F0", lon=spot(1)[0], lat=spot(1)[1]),
    )
    found = compare(town, made, radius_m=300)
    assert gains(found) == {WEST: -20, EAST: 80}
    assert found.total.gained_60 == 60
    assert (found.total.today.covered_60, found.total.planned.covered_60) == (100, 160)
    assert (found.total.gained_65, found.total.gained_80) == (30, 15)
    assert (found.today.coverage.facilities, found.planned.coverage.facilities) == (2, 3)
    assert found.today.mean_m is not None
    assert found.planned.mean_m is not None
    assert found.planned.mean_m < found.today.mean_m
    assert found.today.beyond == 0
    told = coverage(town, city=CITY, kind=KIND, radius_m=300.0, on=ON)
    assert tuple(row.today for row in found.rows) == told.rows
    assert found.has_synthetic is False


def test_it_gives_what_the_best_plan_promised(town: Session) -> None:
    best = best_sites(town, asks(city=CITY, kind=KIND, on=ON, sites=2, radius_m=300.0)).best
    found = compare(town, keep(town, *additions(best)), radius_m=300)
    assert found.total.planned.covered_60 == best.covered
    assert found.total.gained_60 == sum(one.gained for one in best.chosen)


def test_a_year_takes_only_what_is_due(town: Session) -> None:
    made = keep(
        town, Change("add", candidate_code="K2", year=2028),
        Change("add", candidate_code="K3", year=2030), Change("add", candidate_code="K4"),
    )  # fmt: skip
    by_year = {year: compare(town, made, radius_m=300, year=year).total.gained_60
               for year in (2027, 2028, 2035, None)}  # fmt: skip
    assert by_year == {2027: 20, 2028: 80, 2035: 120, None: 120}


def test_the_same_scenario_gives_the_same_figures(town: Session) -> None:
    made = keep(town, Change("add", candidate_code="K3"), Change("close", facility_code="F0"))
    first, second = (compare(town, made, radius_m=300) for _ in range(2))
    assert (first.rows, first.total, first.planned.mean_m) == (
        second.rows, second.total, second.planned.mean_m,
    )  # fmt: skip


def test_borders_count_as_in_coverage(town: Session) -> None:
    made = keep(town, Change("add", lon=119.9251, lat=31.71, name="界边"))
    assert gains(compare(town, made, radius_m=600)) == {WEST: 80, EAST: 60}
    inside = compare(town, made, radius_m=600, across_border=False)
    assert gains(inside) == {WEST: 0, EAST: 60}


def test_another_measure_is_used_on_both_sides(town: Session) -> None:
    def twice(demand: Any, sites: Any, limit_m: float) -> Any:
        cost = line_costs(demand, sites, np.inf).toarray() * 2
        return np.where(cost <= limit_m, cost, np.inf)

    made = keep(town, Change("add", candidate_code="K2"))
    line = compare(town, made, radius_m=1000)
    same = compare(town, made, radius_m=1000, costs=line_costs)
    assert same.rows == line.rows
    assert same.planned.coverage.facilities == line.planned.coverage.facilities
    far = compare(town, made, radius_m=1000, costs=twice, measure="test")
    assert far.total.gained_60 == 60
    assert line.total.gained_60 == 100
    assert far.planned.mean_m == pytest.approx(2 * (line.planned.mean_m or 0))


def test_everything_closed_leaves_nobody_covered(town: Session) -> None:
    made = keep(town, Change("close", facility_code="F0"), Change("close", facility_code="F0b"))
    for costs in (None, line_costs):
        found = compare(town, made, radius_m=300, costs=costs)
        assert found.total.planned.covered_60 == 0
        assert (found.planned.mean_m, found.planned.beyond) == (None, 300)


@pytest.mark.parametrize(
    "change",
    [
        Change("build", lon=119.9, lat=31.7), Change("add"), Change("close"),
        Change("add", facility_code="F0", lon=119.9, lat=31.7),
        Change("close", facility_code="F0", lon=119.9, lat=31.7),
        Change("move", facility_code="F0"), Change("add", lon=400.0, lat=31.7),
        Change("add", candidate_code="K2", year=20), Change("add", lon=119.9),
        Change("add", lon=119.9, lat=31.7, name="找13812345678"),
        Change("add", lon=119.9, lat=31.7, name=" "),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused(town: Session, change: Change) -> None:
    with pytest.raises(BadInput):
        keep(town, change)


def test_what_is_not_there_cannot_be_planned_with(town: Session) -> None:
    make_facility(town, spot(0), kinds=["canteen"], code="C0")
    make_facility(town, spot(0), kinds=[KIND], code="P0", state="planned")
    for change in (
        Change("close", facility_code="X"), Change("close", facility_code="C0"),
        Change("close", facility_code="P0"), Change("add", candidate_code="X"),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            keep(town, change)


@pytest.mark.parametrize(
    ("wrong", "parameter"),
    [
        ({"name": ""}, "name"), ({"name": "甲" * 101}, "name"), ({"name": "a\nb"}, "name"),
        ({"owner_role": "王小明"}, "owner_role"), ({"kind": "community"}, "kind"),
        ({"note": "110101190001010016"}, "note"),
    ],
)  # fmt: skip
def test_its_own_words_are_checked(town: Session, wrong: dict[str, Any], parameter: str) -> None:
    with pytest.raises(BadInput) as refused:
        keep(town, Change("add", candidate_code="K2"), **wrong)
    assert refused.value.parameter == parameter


def test_names_and_changes_are_not_given_twice(town: Session) -> None:
    add = Change("add", candidate_code="K2")
    keep(town, add)
    for changes, given in (([add], {}), ([], {"name": "乙"}), ([add, add], {"name": "丙"})):
        with pytest.raises(BadInput):
            keep(town, *changes, **given)
