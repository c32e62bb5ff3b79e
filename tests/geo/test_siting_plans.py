"""Do capacities, next-best plans and phases give what counting out gives?"""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from geo.access.siting import (
    cover_all,
    cover_most,
    cover_most_in_phases,
    minimise_distance,
    minimise_worst,
    next_best,
)
from geo.errors import BadArray


def served_whole(cost, weights, room, chosen):
    """All ways to send each demand to one chosen site (−1: to none) that the rooms allow."""
    for sent in product([-1, *chosen], repeat=weights.size):
        load = np.zeros(room.size)
        for i, j in enumerate(sent):
            if j >= 0:
                load[j] += weights[i] if np.isfinite(cost[i, j]) else np.inf
        if (load <= room).all():
            yield np.array([cost[i, j] if j >= 0 else np.inf for i, j in enumerate(sent)])


@pytest.mark.parametrize("seed", range(25))
def test_capacities_counted_out(seed):
    chance = np.random.default_rng(seed)
    n, m = int(chance.integers(1, 6)), int(chance.integers(1, 5))
    cost = chance.integers(0, 9, (n, m)).astype(float)
    cost[chance.random((n, m)) < 0.2] = np.inf
    weights = chance.integers(1, 5, n).astype(float)
    room = chance.integers(2, 9, m).astype(float)
    radius, sites = float(chance.integers(2, 9)), int(chance.integers(0, m + 1))
    fixed = [0] if seed % 3 == 0 else []
    best: dict[str, float] = {}
    for size in range(m + 1):
        for new in combinations([j for j in range(m) if j not in fixed], size):
            for way in served_whole(cost, weights, room, sorted({*fixed, *new})):
                near, everybody = way <= radius, np.isfinite(way).all()
                values = {"all": len(new) + len(fixed) if near.all() else np.inf}
                if size <= sites:
                    values["most"] = -float(weights[near].sum())
                    values["median"] = float(weights @ way) if everybody else np.inf
                    values["worst"] = float(way.max()) if everybody else np.inf
                for kind, value in values.items():
                    best[kind] = min(best.get(kind, np.inf), value)
    options = {"fixed": fixed, "capacity": room}
    plans = {
        "all": cover_all(cost, radius, weights=weights, **options),
        "most": cover_most(cost, weights, radius, sites, **options),
        "median": minimise_distance(cost, weights, sites, **options),
        "worst": minimise_worst(cost, sites, weights=weights, **options),
    }
    for kind, plan in plans.items():
        if np.isinf(best[kind]):
            assert plan.status == "infeasible"
            assert plan.repair
            continue
        assert plan.status == "optimal"
        assert plan.objective == pytest.approx(abs(best[kind]))
        for j in plan.chosen.tolist():
            assert weights[plan.assignment == j].sum() <= room[j]


def test_a_demand_bigger_than_every_room_is_named():
    found = cover_all([[1.0], [1.0]], 2, weights=[9.0, 1.0], capacity=[5.0])
    assert found.status == "infeasible"
    assert found.uncovered.tolist() == [0]
    assert "9" in found.repair


def test_capacity_in_no_time_keeps_to_the_rooms():
    chance = np.random.default_rng(1)
    cost = chance.uniform(0, 10, (200, 30))
    weights, room = chance.integers(1, 9, 200).astype(float), np.full(30, 60.0)
    found = cover_most(cost, weights, 6, 5, capacity=room, time_limit_s=0)
    for j in found.chosen.tolist():
        assert weights[found.assignment == j].sum() <= 60
    assert found.objective <= found.bound


@pytest.mark.parametrize("seed", range(15))
def test_next_best_plans_counted_out(seed):
    chance = np.random.default_rng(seed)
    n, m = int(chance.integers(2, 9)), int(chance.integers(2, 6))
    cost = chance.integers(0, 9, (n, m)).astype(float)
    weights, sites = chance.integers(0, 6, n).astype(float), int(chance.integers(1, m))
    sets = [list(each) for each in combinations(range(m), sites)]
    least = [cost[:, each].min(axis=1) for each in sets]
    cases = [
        (cover_most, (cost, weights, 3, sites), [-(weights[x <= 3].sum()) for x in least]),
        (minimise_distance, (cost, weights, sites), [weights @ x for x in least]),
        (minimise_worst, (cost, sites), [x.max() for x in least]),
    ]
    for function, arguments, values in cases:
        found = next_best(function, *arguments, plans=4)
        expected = np.abs(np.sort(values)[:5])
        assert [each.plan.objective for each in found] == pytest.approx(expected.tolist())
        losses = np.abs(expected - expected[0]).tolist()
        assert [each.loss for each in found] == pytest.approx(losses)
        assert len({tuple(each.plan.chosen) for each in found}) == len(found)


def test_next_best_cover_adds_nothing_to_an_earlier_plan():
    found = next_best(cover_all, [[1.0, 1.0, 9.0], [9.0, 1.0, 1.0]], 2, plans=5)
    assert [each.plan.chosen.tolist() for each in found] == [[1], [0, 2]]
    assert [each.loss for each in found] == [0.0, 1.0]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("carry_over", [False, True])
def test_phases_counted_out(seed, carry_over):
    chance = np.random.default_rng(seed)
    n, m, years = 6, 4, 2
    cost = chance.integers(0, 9, (n, m)).astype(float)
    weights = chance.integers(0, 6, (years, n)).astype(float)
    price, budget = chance.integers(1, 4, m).astype(float), chance.integers(0, 6, years) * 1.0
    fixed = [0] if seed % 2 else []
    free = [j for j in range(m) if j not in fixed]
    best = 0.0
    for year in product(range(years + 1), repeat=len(free)):
        spent = np.array(
            [sum(price[j] for j, t in zip(free, year, strict=True) if t == k) for k in (0, 1)]
        )
        had, gone = (np.cumsum(budget), np.cumsum(spent)) if carry_over else (budget, spent)
        if (gone > had).any():
            continue
        total = 0.0
        for t in range(years):
            standing = fixed + [j for j, opened in zip(free, year, strict=True) if opened <= t]
            total += weights[t][cost[:, standing].min(axis=1, initial=np.inf) <= 3].sum()
        best = max(best, total)
    found = cover_most_in_phases(
        cost, weights, 3, build_cost=price, budget=budget, carry_over=carry_over, fixed=fixed
    )
    assert found.status == "optimal"
    assert found.objective == pytest.approx(best)
    assert set(found.years[0].chosen) <= set(found.years[1].chosen)


def test_phases_need_years():
    with pytest.raises(BadArray):
        cover_most_in_phases([[1.0]], [1.0], 2, sites=[1])
