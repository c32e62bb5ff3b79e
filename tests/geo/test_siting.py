"""Are the plans the best there are? Counted out, against the published case, in every corner."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from geo.access.siting import cover_all, cover_most, minimise_distance, minimise_worst
from geo.errors import BadArray

KINDS = ("all", "most", "median", "worst")


def solve(kind, cost, weights, radius, sites, **options):
    return {
        "all": lambda: cover_all(cost, radius, **options),
        "most": lambda: cover_most(cost, weights, radius, sites, **options),
        "median": lambda: minimise_distance(cost, weights, sites, **options),
        "worst": lambda: minimise_worst(cost, sites, **options),
    }[kind]()


def worth(kind, cost, weights, radius, chosen):
    """The objective of a set, None where it is no plan."""
    least = cost[:, chosen].min(axis=1, initial=np.inf)
    counted = weights > 0
    if kind == "most":
        return float(weights[least <= radius].sum())
    if kind == "all":
        return len(chosen) if (least <= radius).all() else None
    if kind == "median":
        reached = np.isfinite(least[counted]).all()
        return float(weights[counted] @ least[counted]) if reached else None
    return float(least.max(initial=0)) if np.isfinite(least).all() else None


def count_out(kind, cost, weights, radius, sites, fixed, closed, price, budget):
    candidates = cost.shape[1]
    free = [j for j in range(candidates) if j not in fixed and j not in closed]
    best = None
    for size in range(len(free) + 1 if kind == "all" else min(sites, len(free)) + 1):
        for new in combinations(free, size):
            if price[list(new)].sum() > budget:
                continue
            value = worth(kind, cost, weights, radius, sorted({*fixed, *new}))
            better = max if kind == "most" else min
            if value is not None:
                best = value if best is None else better(best, value)
    return best


def random_case(seed):
    chance = np.random.default_rng(seed)
    n, m = int(chance.integers(1, 14)), int(chance.integers(1, 9))
    cost = chance.integers(0, 12, (n, m)).astype(float)
    if seed % 2:
        cost += chance.random((n, m))
    if seed % 3:
        cost[chance.random((n, m)) < chance.random() * 0.6] = np.inf
    order = chance.permutation(m)
    stand = int(chance.integers(0, m + 1)) if seed % 5 < 2 else 0
    fixed, closed = order[:stand], order[stand : stand + int(chance.integers(0, 3))]
    price = chance.integers(0, 6, m).astype(float)
    budget = float(chance.integers(0, 12)) if seed % 7 < 3 else np.inf
    case = {
        "weights": chance.integers(0, 5, n).astype(float),
        "radius": float(chance.integers(0, 9)),
        "sites": int(chance.integers(0, m + 1)),
    }
    return cost, case, {"fixed": fixed, "closed": closed}, price, budget


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(60))
def test_no_plan_is_better(kind, seed):
    cost, case, options, price, budget = random_case(seed)
    spend = {} if np.isinf(budget) else {"build_cost": price, "budget": budget}
    found = solve(kind, cost, **case, **options, **spend)
    held = {name: set(values.tolist()) for name, values in options.items()}
    best = count_out(kind, cost, **case, **held, price=price, budget=budget)
    if best is None:
        assert found.status == "infeasible"
        assert found.chosen.size == 0
        assert np.isnan(found.objective)
        assert found.repair
        return
    assert found.status == "optimal"
    assert found.objective == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert found.bound == found.objective
    assert found.gap == 0
    chosen = set(found.chosen.tolist())
    assert held["fixed"] <= chosen
    assert not held["closed"] & chosen
    assert (np.diff(found.chosen) > 0).all()
    assert price[sorted(chosen - held["fixed"])].sum() <= budget
    new, free = chosen - held["fixed"], cost.shape[1] - len(held["fixed"]) - len(held["closed"])
    if kind != "all" and np.isinf(budget):
        assert len(new) == min(case["sites"], free)
    limit = case["radius"] if kind in ("all", "most") else np.inf
    check_assignment(found, np.where(cost <= limit, cost, np.inf), case["weights"], kind)


def check_assignment(found, cost, weights, kind):
    for i, row in enumerate(cost):
        reached = [j for j in found.chosen.tolist() if np.isfinite(row[j])]
        cheapest = min(reached, key=lambda j: (row[j], j)) if reached else -1
        assert found.assignment[i] == cheapest
    served = found.assignment >= 0
    heads = weights if kind in ("most", "median") else np.ones(weights.size)
    assert found.covered_weight == heads[served].sum()
    assert found.uncovered.tolist() == np.flatnonzero(~served).tolist()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(0, 60, 7))
def test_sparse_and_dense_give_the_same_plan(kind, seed):
    cost, case, options, _, _ = random_case(seed)
    row, column = np.nonzero(np.isfinite(cost))
    triples = sparse.coo_array((cost[row, column], (row, column)), shape=cost.shape)
    dense = solve(kind, cost, **case, **options)
    for form in (triples, triples.tocsr(), triples.tocsc()):
        loose = solve(kind, form, **case, **options)
        assert loose.chosen.tolist() == dense.chosen.tolist()
        assert loose.assignment.tolist() == dense.assignment.tolist()
        np.testing.assert_equal(loose.objective, dense.objective)


def san_francisco() -> tuple[np.ndarray, np.ndarray]:
    spec = find_spec("spopt")  # its data is wanted, not its slow import
    if spec is None or spec.origin is None:
        pytest.skip("spopt is not installed")
    data = Path(spec.origin).parent / "tests/test_locate/data"
    table = data / "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
    if not table.exists():
        pytest.skip(f"spopt is installed without its tutorial data ({table.name})")
    pairs = pd.read_csv(table)
    matrix = pairs.pivot_table(values="distance", index="DestinationName", columns="name")
    people = pairs.groupby("DestinationName")["demand"].first().loc[matrix.index]
    return matrix.to_numpy(), people.to_numpy(dtype=float)


def test_the_tutorial_of_san_francisco():
    cost, people = san_francisco()
    assert cost.shape == (205, 16)
    assert cover_all(cost, 5000).objective == 8
    assert cover_most(cost, people, 5000, 4).objective == 875_247
    total = minimise_distance(cost, people, 4).objective
    assert total / people.sum() == pytest.approx(2982.127, abs=5e-4)
    assert minimise_worst(cost, 4).objective == pytest.approx(7403.0638, abs=5e-5)


@pytest.mark.parametrize("seed", range(3))
def test_spopt_agrees(seed):
    pulp = pytest.importorskip("pulp")
    from spopt.locate import LSCP, MCLP, PCenter, PMedian

    chance = np.random.default_rng(seed)
    ends = chance.uniform(0, 10, (60, 2)), chance.uniform(0, 10, (15, 2))
    cost = np.hypot(*(ends[0][:, None] - ends[1][None]).transpose(2, 0, 1))
    weights = chance.integers(1, 50, 60)
    reach = float(cost.min(axis=1).max()) + 0.5
    tool = pulp.PULP_CBC_CMD(msg=False)

    def value(model):
        return pulp.value(model.solve(tool).problem.objective)

    assert cover_all(cost, reach).objective == value(LSCP.from_cost_matrix(cost, reach))
    most = value(MCLP.from_cost_matrix(cost, weights, 1.5, 4))
    assert cover_most(cost, weights, 1.5, 4).objective == most
    near = value(PMedian.from_cost_matrix(cost, weights, 4))
    assert minimise_distance(cost, weights, 4).objective == pytest.approx(near)
    worst = value(PCenter.from_cost_matrix(cost, 4))
    assert minimise_worst(cost, 4).objective == pytest.approx(worst)


@pytest.mark.parametrize("kind", KINDS)
def test_no_time_is_never_worse_than_greedy(kind):
    chance = np.random.default_rng(4)
    ends = chance.uniform(0, 10, (300, 2)), chance.uniform(0, 10, (60, 2))
    cost = np.hypot(*(ends[0][:, None] - ends[1][None]).transpose(2, 0, 1))
    weights = chance.integers(1, 50, 300).astype(float)
    hasty = solve(kind, cost, weights, 3.0, 8, time_limit_s=0)
    proven = solve(kind, cost, weights, 3.0, 8)
    assert hasty.status in ("feasible", "optimal")
    assert proven.status == "optimal"
    side = 1 if kind == "most" else -1
    assert side * hasty.objective <= side * proven.objective + 1e-9
    assert side * hasty.bound >= side * proven.objective - 1e-9
    if kind == "most":
        served = np.zeros(300, dtype=bool)
        for _ in range(8):
            gains = [weights[~served & (cost[:, j] <= 3)].sum() for j in range(60)]
            served |= cost[:, int(np.argmax(gains))] <= 3
        assert hasty.objective >= weights[served].sum()


def test_what_no_candidate_reaches_is_named_with_the_radius_that_mends_it():
    cost = np.array([[1.0, 9.0], [7.0, 8.0], [2.0, np.inf]])
    found = cover_all(cost, 5)
    assert found.status == "infeasible"
    assert found.uncovered.tolist() == [1]
    assert found.repair_radius == 7
    assert "7" in found.repair
    assert cover_all(cost, found.repair_radius).status == "optimal"


def test_too_few_sites_say_how_many_would_do():
    cost = np.array([[1.0, np.inf], [np.inf, 1.0]])
    for found in (minimise_distance(cost, [1, 1], 1), minimise_worst(cost, 1)):
        assert found.status == "infeasible"
        assert found.repair_sites == 2
        assert found.uncovered.size == 1


def test_too_little_money_says_how_much_would_do():
    cost = np.array([[1.0, 9.0], [9.0, 1.0]])
    found = cover_all(cost, 2, build_cost=[3, 4], budget=5)
    assert found.status == "infeasible"
    assert found.repair_budget == 7
    assert cover_all(cost, 2, build_cost=[3, 4], budget=7).objective == 2
    assert cover_all(cost, 2, fixed=[1], build_cost=[3, 4], budget=3).objective == 2


def test_demand_of_no_weight_needs_no_site_to_travel_to():
    found = minimise_distance([[1.0], [np.inf]], [2.0, 0.0], 1)
    assert found.objective == 2.0
    assert found.assignment.tolist() == [0, -1]


@pytest.mark.parametrize("sites", [None, -1, 1.5, True, "1"])
def test_how_many_must_be_a_whole_number(sites):
    for call in (
        lambda: cover_most([[1.0]], [1], 5, sites),
        lambda: minimise_distance([[1.0]], [1], sites),
        lambda: minimise_worst([[1.0]], sites),
    ):
        with pytest.raises(BadArray) as caught:
            call()
        assert caught.value.parameter == "sites"


def test_nothing_to_reach_and_nothing_to_build():
    nowhere = np.full((3, 2), np.inf)
    found = cover_most(nowhere, [1, 1, 1], 5, 1)
    assert (found.objective, found.gap, found.status) == (0.0, 0.0, "optimal")
    assert cover_most([[1.0]], [3.0], 5, 0).chosen.size == 0
    assert cover_most([[1.0]], [3.0], 5, 9).chosen.tolist() == [0]
    empty = np.zeros((0, 2))
    assert cover_all(empty, 1).objective == 0
    assert minimise_distance(empty, [], 1).objective == 0
    assert minimise_worst(empty, 1).objective == 0
    assert minimise_distance([[1.0]], [1.0], 0).status == "infeasible"


def test_a_cost_of_zero_is_within_a_radius_of_zero():
    stored = sparse.coo_array(([0.0], ([0], [1])), shape=(1, 2)).tocsr()
    assert cover_all(stored, 0).chosen.tolist() == [1]


@pytest.mark.parametrize(
    "options",
    [
        {"cost": [[np.nan]]},
        {"cost": [[-1.0]]},
        {"cost": [1.0]},
        {"weights": [1.0, 2.0]},
        {"weights": [-1.0]},
        {"weights": [np.inf]},
        {"radius": -1},
        {"radius": np.nan},
        {"sites": -1},
        {"sites": 1.5},
        {"fixed": [1]},
        {"fixed": [-1]},
        {"fixed": [0.5]},
        {"fixed": [True]},
        {"fixed": [0], "closed": [0]},
        {"capacity": [1.0, 1.0]},
        {"capacity": [np.nan]},
        {"build_cost": [-1.0]},
        {"budget": 3.0},
        {"build_cost": [1.0], "budget": np.nan},
        {"time_limit_s": -1},
    ],
)
def test_wrong_inputs_are_refused(options):
    given = {"cost": [[1.0]], "weights": [1.0], "radius": 2.0, "sites": 1} | options
    with pytest.raises(BadArray) as caught:
        cover_most(
            given.pop("cost"),
            given.pop("weights"),
            given.pop("radius"),
            given.pop("sites"),
            **given,
        )
    assert isinstance(caught.value, ValueError)
