"""Do the floating catchments give their published numbers, whatever form the costs come in?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from access import fca, weights
from access.raam import raam as pysal_raam
from scipy import sparse

from geo.access.floating import METHODS, floating_catchment, raam
from geo.errors import GeoError

CONSERVING = ("2sfca", "e2sfca", "gaussian", "3sfca")


def random_case(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    cost = chance.uniform(0, 60, (40, 12))
    cost[chance.random(cost.shape) < 0.3] = np.inf
    cost[0, 0] = 0.0
    return chance.integers(0, 90, 12).astype(float), chance.integers(0, 500, 40) * 1.0, cost


def as_sparse(cost: np.ndarray, form: str = "csr") -> sparse.sparray:
    row, column = np.nonzero(np.isfinite(cost))
    return sparse.coo_array((cost[row, column], (row, column)), shape=cost.shape).asformat(form)


def frames(supply: np.ndarray, demand: np.ndarray, cost: np.ndarray) -> dict[str, pd.DataFrame]:
    row, column = np.nonzero(np.isfinite(cost))
    return {
        "demand_df": pd.DataFrame({"demand": demand}, index=pd.RangeIndex(demand.size)),
        "supply_df": pd.DataFrame({"supply": supply}, index=pd.RangeIndex(supply.size)),
        "cost_df": pd.DataFrame({"origin": row, "dest": column, "cost": cost[row, column]}),
    }


def by_hand(method: str, supply, demand, cost, radius, decay) -> np.ndarray:
    """The formulas of the docstring, one pair at a time."""
    n, s = cost.shape
    w = np.zeros((n, s))
    for i in range(n):
        for j in range(s):
            if cost[i, j] <= radius:
                w[i, j] = decay(cost[i, j])
    part = lambda a, b: a / b if b > 0 else 0.0  # noqa: E731
    ask, give = w.copy(), w.copy()
    for i in range(n):
        for j in range(s):
            if method == "m2sfca":
                give[i, j] = w[i, j] ** 2
            elif method == "3sfca":
                ask[i, j] = give[i, j] = w[i, j] * part(w[i, j], w[i].sum())
            elif method == "mh3sfca":
                ask[i, j] = part(supply[j] * w[i, j], (supply * w[i]).sum())
                give[i, j] = ask[i, j] * w[i, j]
            elif method == "bfca":
                ask[i, j] = part(w[i, j], w[i].sum())
                give[i, j] = part(w[i, j], w[:, j].sum())
    ratio = [part(supply[j], (demand * ask[:, j]).sum()) for j in range(s)]
    return np.array([sum(ratio[j] * give[i, j] for j in range(s)) for i in range(n)])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(3))
def test_every_method_follows_its_formula(method, seed):
    supply, demand, cost = random_case(seed)
    decay = weights.gaussian(20)
    found = floating_catchment(supply, demand, cost, radius=45, decay=decay, method=method)
    np.testing.assert_allclose(
        found.access, by_hand(method, supply, demand, cost, 45, decay), rtol=1e-12
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("form", ["csr", "csc", "coo", "lil"])
def test_dense_and_sparse_are_equal(method, form):
    supply, demand, cost = random_case(7)
    dense = floating_catchment(supply, demand, cost, radius=45, method=method)
    loose = floating_catchment(supply, demand, as_sparse(cost, form), radius=45, method=method)
    np.testing.assert_array_equal(dense.access, loose.access)
    np.testing.assert_array_equal(dense.ratio, loose.ratio)
    assert dense.access.shape == (40,)
    assert dense.ratio.shape == (12,)


def test_steps_include_their_upper_bound():
    costs = np.array([[0.0], [10.0], [10.1], [20.0], [20.1], [30.0], [30.1]])
    found = floating_catchment([1.0], np.ones(7), costs, radius=30, method="e2sfca")
    share = found.access / found.ratio[0]
    np.testing.assert_allclose(share, [1, 1, 0.68, 0.68, 0.22, 0.22, 0])


def test_a_third_of_the_radius_does_not_fall_out_by_rounding():
    found = floating_catchment([1.0], [1.0], [[0.1]], radius=0.3, method="e2sfca")
    assert found.access[0] == pytest.approx(1.0)


def test_gaussian_is_one_at_no_distance_and_nothing_at_the_radius():
    found = floating_catchment([8.0], [2.0, 5.0], [[0.0], [10.0]], radius=10, method="gaussian")
    np.testing.assert_allclose(found.access, [4.0, 0.0])
    assert floating_catchment([8.0], [2.0], [[0.0]], radius=0, method="gaussian").access == [4.0]


@pytest.mark.parametrize("method", ["2sfca", "e2sfca", "gaussian"])
@pytest.mark.parametrize("seed", range(3))
def test_pysal_agrees(method, seed):
    supply, demand, cost = random_case(seed)
    decay = {
        "2sfca": None,
        "e2sfca": weights.step_fn({15: 1, 30: 0.68, 45: 0.22}),
        "gaussian": weights.gaussian(20),
    }[method]
    theirs = fca.two_stage_fca(
        **frames(supply, demand, cost),
        max_cost=45,
        demand_index=True,
        weight_fn=decay,
    )
    ours = floating_catchment(supply, demand, cost, radius=45, decay=decay, method=method)
    expected = theirs.reindex(range(40), fill_value=0.0).to_numpy()
    # PySAL divides by zero where nobody asks.
    kept = np.isfinite(expected)
    assert kept.sum() > 30
    np.testing.assert_allclose(ours.access[kept], expected[kept], rtol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_pysal_agrees_on_three_steps(seed):
    supply, demand, cost = random_case(seed)
    # PySAL shares out over all pairs, also those beyond the limit: it is given none.
    cost[cost > 45] = np.inf
    decay = weights.gaussian(20)
    theirs = fca.three_stage_fca(
        **frames(supply, demand, cost), max_cost=45, demand_index=True, weight_fn=decay
    )
    ours = floating_catchment(supply, demand, cost, radius=45, decay=decay, method="3sfca")
    expected = theirs.reindex(range(40), fill_value=0.0).to_numpy()
    np.testing.assert_allclose(ours.access, expected, rtol=1e-9)


@pytest.mark.parametrize("method", CONSERVING)
@pytest.mark.parametrize("seed", range(4))
def test_what_is_reached_is_given_out(method, seed):
    supply, demand, cost = random_case(seed)
    cost[:, 3] = 59.0  # nobody reaches this one
    found = floating_catchment(supply, demand, cost, radius=45, method=method)
    reached = supply[(found.ratio > 0)].sum()
    assert found.ratio[3] == 0
    assert found.access @ demand == pytest.approx(reached, rel=1e-12)


def test_balanced_ratios_add_up_to_access():
    supply, demand, cost = random_case(1)
    found = floating_catchment(supply, demand, cost, radius=45, method="bfca")
    assert found.access.sum() == pytest.approx(found.ratio.sum(), rel=1e-12)


def test_nothing_reached_is_zero():
    found = floating_catchment([5.0, 5.0], [3.0, 3.0], [[9.0, np.inf], [1.0, np.inf]], radius=4)
    np.testing.assert_array_equal(found.access, [0.0, 5 / 3])
    np.testing.assert_array_equal(found.ratio, [5 / 3, 0.0])
    empty = floating_catchment([5.0], [], np.zeros((0, 1)), radius=4)
    assert empty.access.shape == (0,)
    assert empty.ratio.tolist() == [0.0]


def test_a_pair_stored_twice_is_not_added_up():
    twice = sparse.coo_array(([3.0, 2.0], ([0, 0], [0, 0])), shape=(1, 1))
    found = floating_catchment([4.0], [1.0], twice, radius=2)
    assert found.access.tolist() == [4.0]


def test_each_facility_may_have_a_radius_of_its_own():
    found = floating_catchment([4.0, 4.0], [2.0], [[5.0, 5.0]], radius=[4.0, 5.0])
    assert found.ratio.tolist() == [0.0, 2.0]


@pytest.mark.parametrize(
    "arguments",
    [
        {"supply": [1.0]},
        {"demand": [1.0, np.nan]},
        {"demand": [1.0, -1.0]},
        {"demand": [1.0, np.inf]},
        {"cost": [[1.0, np.nan], [1.0, 1.0]]},
        {"cost": [[1.0, -1.0], [1.0, 1.0]]},
        {"cost": sparse.csr_array(np.array([[1.0, -1.0], [1.0, 1.0]]))},
        {"cost": [1.0, 1.0]},
        {"cost": [["a", "b"], ["c", "d"]]},
        {"radius": -1.0},
        {"radius": np.nan},
        {"method": "4sfca"},
        {"decay": lambda costs: -costs - 1},
        {"decay": lambda costs: costs[:1]},
        {"decay": lambda costs: costs * np.inf},
        {"decay": lambda costs: "far"},
        {"decay": 3},
    ],
)
def test_wrong_inputs_are_refused(arguments):
    given = {
        "supply": [1.0, 2.0],
        "demand": [1.0, 1.0],
        "cost": [[1.0, 2.0], [3.0, 4.0]],
        "radius": 9.0,
    } | arguments
    with pytest.raises(GeoError) as caught:
        floating_catchment(given.pop("supply"), given.pop("demand"), given.pop("cost"), **given)
    assert isinstance(caught.value, ValueError)


def test_rational_agents_leave_nothing_to_gain():
    supply, demand, cost = random_case(3)
    found = raam(supply, demand, cost, tau=30, tolerance=1e-9)
    assert found.gap <= 1e-9
    assert found.load.sum() == pytest.approx(demand[np.isfinite(cost).any(axis=1)].sum())
    rho = demand.sum() / supply.sum()
    crowd = np.divide(found.load, rho * supply, out=np.full(12, np.inf), where=supply > 0)
    np.testing.assert_allclose(found.cost, (cost / 30 + crowd).min(axis=1), rtol=1e-9)


def test_rational_agents_are_near_the_published_heuristic():
    chance = np.random.default_rng(2)
    supply, demand = chance.integers(5, 20, 8), chance.integers(400, 900, 30)
    cost = chance.uniform(1, 60, (30, 8))
    tables = frames(supply, demand, cost)
    theirs = pysal_raam(**tables, tau=60).reindex(range(30)).to_numpy()
    ours = raam(supply, demand, cost, tau=60)
    np.testing.assert_allclose(ours.cost, theirs, rtol=0.02)


def test_rational_agents_without_reach_or_supply():
    found = raam([5.0, 0.0], [2.0, 3.0], [[1.0, 1.0], [np.inf, 1.0]], tau=1)
    assert np.isfinite(found.cost[0])
    assert found.cost[1] == np.inf
    np.testing.assert_allclose(found.load, [2.0, 0.0])
