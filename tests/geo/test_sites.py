"""Is the best place found among stored candidates, and is what each adds counted rightly?"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from pyproj import Geod
from sqlalchemy.orm import Session

from geo.access.coverage import coverage
from geo.access.sites import (
    Year,
    asks,
    best_sites,
    best_years,
    line_costs,
    method,
    plan_on,
    read_stock,
    status,
)
from geo.access.sites.thinning import thin_out
from geo.access.sites.walk import walk_costs
from geo.errors import BadInput, NotFound
from tests.factories import (
    make_candidate,
    make_cell,
    make_city,
    make_facility,
    make_unit,
    square,
)
from tests.geo.test_walking import east, make_road

ON = date(2026, 1, 1)
CITY = "320400000000"
KIND = "rehab_rental"
EAST, WEST = "320402000000", "320404000000"
STEP = 0.01  # about 950 m


def spot(east: float, north: float = 0) -> tuple[float, float]:
    return (round(119.91 + east * STEP, 6), round(31.71 + north * STEP, 6))


@pytest.fixture
def town(session: Session) -> Session:
    """Two districts side by side; five cells in a row, an open shop at the first."""
    make_city(session)
    make_unit(session, WEST, geom=square(119.9, 31.7, 0.025))
    make_unit(session, EAST, geom=square(119.925, 31.7, 0.1))
    for place, people in enumerate((100, 80, 60, 40, 20)):
        make_cell(session, spot(place), people, code=f"C{place}")
    make_facility(session, spot(0), kinds=[KIND], code="F0", name="旧点")
    for place in (1, 2, 3, 4):
        make_candidate(session, spot(place), code=f"K{place}", name=f"候选{place}")
    return session


def ask_for(**given: Any) -> Any:
    return asks(**({"city": CITY, "kind": KIND, "on": ON, "radius_m": 300.0} | given))


def codes(plan: Any) -> list[str]:
    return [one.candidate.code for one in plan.chosen]


def test_most_elders_are_covered_and_each_gain_is_its_own(town: Session) -> None:
    found = best_sites(town, ask_for(sites=2))
    assert codes(found.best) == ["K1", "K2"]
    assert [one.gained for one in found.best.chosen] == [80, 60]
    assert (found.covered_before, found.best.covered, found.people) == (100, 240, 300)
    assert found.best.covered - found.covered_before == sum(o.gained for o in found.best.chosen)
    assert (found.uncovered, found.uncovered_cells) == (60, 2)
    assert found.unreachable_cells == 0
    assert (found.best.siting.status, found.best.siting.gap) == ("optimal", 0)
    assert found.best.siting.objective == found.best.siting.bound == 240
    assert status(found.best, found.asked)[0] == "已证明为最优方案。"
    zh, en = method(found)
    assert "现有 1 处保留" in zh
    assert "候选点 4 处可用" in zh
    assert "1 of which stay" in en


def test_before_is_the_coverage_that_is_told_elsewhere(town: Session) -> None:
    found = best_sites(town, ask_for(sites=2))
    told = coverage(town, city=CITY, kind=KIND, radius_m=300.0, on=ON)
    assert found.before == told.rows
    assert found.total_before == told.total
    gains = [(a.covered_60 or 0) - (b.covered_60 or 0)
             for a, b in zip(found.after, found.before, strict=True)]  # fmt: skip
    assert sum(gains) == found.best.covered - found.covered_before
    assert [row.area_code for row in found.after] == [EAST, WEST]
    assert gains == [60, 80]


def test_the_next_plans_come_with_their_loss(town: Session) -> None:
    found = best_sites(town, ask_for(sites=1, plans=2))
    assert [codes(plan) for plan in found.plans] == [["K1"], ["K2"], ["K3"]]
    assert [plan.loss for plan in found.plans] == [0, 20, 40]
    assert found.plans[1].loss_share == pytest.approx(20 / 180)


def test_everybody_is_covered_with_the_fewest(town: Session) -> None:
    found = best_sites(town, ask_for(goal="cover_all", radius_m=1000.0))
    assert (len(found.best.chosen), found.uncovered) == (1, 0)
    make_cell(town, spot(9.4), 7)
    lost = best_sites(town, ask_for(goal="cover_all", radius_m=1000.0))
    assert lost.best.siting.status == "infeasible"
    assert lost.best.chosen == ()
    assert (lost.unreachable, lost.unreachable_cells) == (7, 1)
    assert lost.after == lost.before
    zh, en = status(lost.best, lost.asked)
    assert zh.startswith("没有可行方案：1 个格网无法到达")
    assert "候选点" in zh
    assert "candidates" in en
    rest = best_sites(town, ask_for(goal="cover_all", radius_m=1000.0, leave_unreachable=True))
    assert (len(rest.best.chosen), rest.uncovered, rest.unreachable) == (1, 7, 7)
    make_cell(town, spot(9.4, 1), 0, code="empty")
    again = best_sites(town, ask_for(goal="cover_all", radius_m=1000.0, leave_unreachable=True))
    assert again.unreachable_cells == 1, "a cell without elders asks for nothing"


@pytest.mark.parametrize("goal", ["minimise_distance", "minimise_worst"])
def test_distances_are_as_small_as_by_trying_all(town: Session, goal: str) -> None:
    asked = ask_for(goal=goal, sites=2)
    found = best_sites(town, asked)
    stock = read_stock(town, asked)
    cost = line_costs(stock.demand, stock.positions, np.inf).toarray()
    worth = {
        pair: cost[:, [0, *pair]].min(axis=1) for pair in itertools.combinations(range(1, 5), 2)
    }
    value = (lambda m: m @ stock.weights) if goal == "minimise_distance" else max
    best = min(value(metres) for metres in worth.values())
    assert found.best.siting.objective == pytest.approx(best, rel=1e-12)
    assert found.mean_before_m is not None
    assert found.best.mean_m is not None
    assert found.best.mean_m < found.mean_before_m
    if goal == "minimise_worst":
        assert found.best.worst_m == pytest.approx(best, rel=1e-12)


def test_what_stands_counts_and_what_closes_does_not(town: Session) -> None:
    closed = best_sites(town, ask_for(sites=1, close=("F0",)))
    assert closed.covered_before == 0
    assert closed.standing == 0
    make_candidate(town, spot(0.05), code="K0")
    assert codes(best_sites(town, ask_for(sites=1, close=("F0",))).best) == ["K0"]
    assert codes(best_sites(town, ask_for(sites=1)).best) == ["K1"]
    with pytest.raises(NotFound):
        best_sites(town, ask_for(sites=1, close=("没有",)))


def test_capacity_limits_how_many_are_taken_in(town: Session) -> None:
    with pytest.raises(BadInput) as refused:
        best_sites(town, ask_for(sites=1, use_capacity=True))
    assert refused.value.parameter == "capacity_each"
    found = best_sites(town, ask_for(sites=2, use_capacity=True, capacity_each=60))
    assert found.covered_before == 0, "a hundred elders in one cell do not fit into sixty places"
    assert codes(found.best) == ["K2", "K3"]
    assert found.best.covered == 100
    assert [one.served for one in found.best.chosen] == [60, 40]
    shared = best_sites(
        town, ask_for(sites=2, use_capacity=True, capacity_each=60, units_per_elder=0.5)
    )
    assert shared.best.covered == 240
    assert "按容量" in method(shared)[0]


def test_money_limits_what_is_built(town: Session) -> None:
    with pytest.raises(BadInput) as refused:
        best_sites(town, ask_for(sites=4, budget_cny=100))
    assert refused.value.parameter == "cost_each"
    make_candidate(town, spot(1), code="K1b", build_cost_cny=10)
    found = best_sites(town, ask_for(sites=4, budget_cny=100, cost_each=50))
    assert codes(found.best) == ["K1b", "K2"]
    assert found.best.cost_cny == 60


def test_excluded_and_unnamed_candidates_are_not_built(town: Session) -> None:
    make_candidate(town, spot(1, 0.01), code="A0", floor="-1")
    found = best_sites(town, ask_for(sites=1))
    assert codes(found.best) == ["K1"]
    assert [one.code for one in found.candidates.excluded] == ["A0"]
    assert codes(best_sites(town, ask_for(sites=1), codes=["K3", "A0"]).best) == ["K3"]
    with pytest.raises(NotFound, match="候选点"):
        best_sites(town, ask_for(sites=1), codes=["A0"])


def test_another_way_of_measuring_can_be_brought(town: Session) -> None:
    def detour(demand: Any, sites: Any, limit_m: float) -> Any:
        cost = line_costs(demand, sites, np.inf).toarray() * 4 + 10
        return np.where(cost <= limit_m, cost, np.inf)

    found = best_sites(town, ask_for(sites=1, radius_m=1000.0, measure="test"), costs=detour)
    assert found.best.covered == 180
    assert best_sites(town, ask_for(sites=1, radius_m=1000.0)).best.covered == 300


def test_the_same_question_has_the_same_answer(town: Session) -> None:
    stock = read_stock(town, ask_for(sites=2, plans=3))
    first, second = plan_on(stock), plan_on(stock)
    assert [codes(plan) for plan in first.plans] == [codes(plan) for plan in second.plans]
    assert first.after == second.after


def test_ages_are_those_asked_for(town: Session) -> None:
    found = best_sites(town, ask_for(sites=1, age="80"))
    assert found.best.covered == 45
    make_cell(town, spot(3), 9, people_65=None, people_80=None)
    with pytest.raises(NotFound, match="80"):
        best_sites(town, ask_for(sites=1, age="80"))


@pytest.mark.parametrize(
    ("wrong", "parameter"),
    [
        ({"goal": "best"}, "goal"), ({"sites": None}, "sites"), ({"sites": 0}, "sites"),
        ({"goal": "cover_all", "sites": 2}, "sites"), ({"plans": 99}, "plans"),
        ({"age": "70"}, "age"), ({"time_limit_s": 0}, "time_limit_s"),
        ({"budget_cny": -1}, "budget_cny"), ({"kind": "community"}, "kind"),
        ({"radius_m": -5}, "radius_m"), ({"units_per_elder": float("nan")}, "units_per_elder"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_by_name(wrong: dict[str, Any], parameter: str) -> None:
    with pytest.raises(BadInput) as refused:
        ask_for(**({"sites": 1} | wrong))
    assert refused.value.parameter == parameter


def test_nothing_is_planned_without_people_or_candidates(session: Session) -> None:
    make_city(session)
    make_unit(session, EAST)
    with pytest.raises(NotFound):
        best_sites(session, ask_for(sites=1))
    make_cell(session)
    with pytest.raises(NotFound, match="load candidates"):
        best_sites(session, ask_for(sites=1))


def test_straight_lines_are_geodesics_and_complete() -> None:
    rng = np.random.default_rng(4)
    demand = np.column_stack([rng.uniform(119.9, 120.0, 60), rng.uniform(31.7, 31.8, 60)])
    more = np.column_stack([rng.uniform(119.9, 120.0, 20), rng.uniform(31.7, 31.8, 20)])
    sites = np.vstack([demand[:1], more])
    cost = line_costs(demand, sites, 2000.0)
    geod = Geod(ellps="GRS80")
    for i, j in itertools.product(range(60), range(21)):
        metres = geod.inv(*demand[i], *sites[j])[2]
        stored = {int(k): v for k, v in zip(cost[[i]].indices, cost[[i]].data, strict=True)}
        assert (j in stored) == (metres <= 2000.0)
        if j in stored:
            assert stored[j] == pytest.approx(metres, abs=1e-3)
    assert 0.0 in cost[[0]].data.tolist(), "a distance of 0 is stored"


def test_too_many_candidates_are_refused_or_thinned_with_a_statement(town: Session) -> None:
    for number in range(30):
        make_candidate(town, spot(1 + number / 10, 1), code=f"L{number:02d}")
    stock = read_stock(town, ask_for(sites=1))
    about = (stock.options, stock.demand, stock.weights, 300.0)
    assert thin_out(*about, is_asked=False, most=40) is None
    with pytest.raises(BadInput) as refused:
        thin_out(*about, is_asked=False, most=12)
    assert refused.value.parameter == "thin"
    thinned = thin_out(*about, is_asked=True, most=12)
    assert thinned is not None
    assert 4 <= len(thinned.kept) <= 12
    assert {"K1", "K2", "K3", "K4"} <= {one.code for one in thinned.kept}, "those with people"
    assert "34 处过多" in thinned.in_words()[0]
    found = plan_on(replace(stock, thinned=thinned))
    assert "方格" in method(found)[0]


# --- years --------------------------------------------------------------------


def test_years_are_planned_together_and_what_is_built_stays(town: Session) -> None:
    for place, people in enumerate((10, 10, 500, 10, 10)):
        make_cell(town, spot(place), people, base_year=2035, projection="high")
    years = [Year(2027, sites=1), Year(2035, sites=1, base_year=2035, projection="high")]
    found = best_years(town, ask_for(sites=1), years)
    opened = [[one.candidate.code for one in year.chosen] for year in found.years]
    assert opened == [["K1"], ["K2"]]
    first, second = found.years
    assert (first.people, second.people) == (300, 540)
    assert (first.before, second.before) == (100, 10)
    assert second.covered == 520
    assert found.phases.objective == first.covered + second.covered == 180 + 520
    assert [one.gained for one in first.chosen] == [80]
    assert found.phases.status == "optimal"
    assert Year(2030, sites=1, factor=1.2).in_words()[0] == "现有老人 × 1.2（假定）"


def test_money_of_a_year_is_spent_in_that_year(town: Session) -> None:
    years = [Year(2027, budget_cny=50), Year(2028, budget_cny=100, factor=2)]
    found = best_years(town, ask_for(sites=1, cost_each=50), years)
    assert [len(year.chosen) for year in found.years] == [1, 2]
    assert [year.cost_cny for year in found.years] == [50, 100]
    assert found.years[1].covered == 2 * (100 + 80 + 60 + 40)


@pytest.mark.parametrize(
    "years",
    [
        [], [Year(2028, sites=1), Year(2027, sites=1)], [Year(2027)],
        [Year(2027, sites=1), Year(2028, budget_cny=5)], [Year(2027, sites=-1)],
        [Year(2027, sites=1, factor=-1)],
    ],
)  # fmt: skip
def test_years_that_make_no_sense_are_refused(town: Session, years: list[Year]) -> None:
    with pytest.raises(BadInput) as refused:
        best_years(town, ask_for(sites=1), years)
    assert refused.value.parameter == "years"


def test_a_forecast_on_another_grid_is_refused(town: Session) -> None:
    make_cell(town, spot(0.5), 5, base_year=2035, projection="high")
    with pytest.raises(BadInput, match="格网"):
        best_years(town, ask_for(sites=1), [Year(2035, sites=1, base_year=2035, projection="high")])
    with pytest.raises(NotFound):
        best_years(town, ask_for(sites=1), [Year(2035, sites=1, base_year=2050)])


# --- on foot ------------------------------------------------------------------


def test_a_river_between_people_and_a_site_is_walked_around(session: Session) -> None:
    make_city(session)
    make_unit(session, EAST, geom=square(119.7, 31.6, 0.3))
    for at, people in ((east(0), 50), (east(100), 40)):
        make_cell(session, at, people)
    make_facility(session, east(5000), kinds=[KIND])
    make_candidate(session, east(0), code="K1")
    make_road(session, east(0), east(0, 600))
    make_road(session, east(0, 600), east(100, 600))
    make_road(session, east(100, 600), east(100))
    line = best_sites(session, ask_for(sites=1))
    assert line.best.covered == 90
    for limit_m, covered in ((300.0, 50), (1299.0, 50), (1301.0, 90)):
        asked = ask_for(sites=1, radius_m=limit_m, measure="walk")
        found = best_sites(session, asked, costs=walk_costs(session))
        assert found.best.covered == covered
    assert "步行" in method(found)[0]
    nearest = best_sites(
        session, ask_for(sites=1, goal="minimise_worst", measure="walk"), costs=walk_costs(session)
    )
    assert nearest.best.worst_m == pytest.approx(1300, abs=1)


def test_without_roads_walking_says_so(town: Session) -> None:
    with pytest.raises(NotFound, match="路网"):
        best_sites(town, ask_for(sites=1, measure="walk"), costs=walk_costs(town))
