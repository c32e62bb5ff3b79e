"""What follows from people, sites and costs: the best plans, and who gains? No database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo.access.costs import Indices, Pairs, reachable_pairs
from geo.access.radius.answer import tally, total_of
from geo.access.sites.costs import CostsOf, line_costs
from geo.access.sites.stock import Stock
from geo.access.sites.told import BestSites as BestSites
from geo.access.sites.told import Chosen as Chosen
from geo.access.sites.told import Plan as Plan
from geo.access.siting import (
    NextBest,
    Options,
    Siting,
    cover_all,
    cover_most,
    minimise_distance,
    minimise_worst,
    next_best,
)
from geo.access.siting.result import cheapest

Bools = NDArray[np.bool_]

TODAY_SHARE = 0.15
"""Of the time limit, what the question takes how many today's sites have room for."""


def plan_on(stock: Stock, costs: CostsOf = line_costs) -> BestSites:
    """The best plans on a stock; needs no database. `costs` says how far it is."""
    asked = stock.asked
    radius_m = asked.question.radius_m
    cost = costs(stock.demand, stock.positions, radius_m if asked.covers else np.inf)
    pairs = reachable_pairs(cost)
    standing = np.arange(len(stock.standing), dtype=np.int64)
    has_people = stock.weights > 0
    reach = np.bincount(pairs.demand, minlength=len(stock.weights)) > 0
    found = _plans(stock, pairs, has_people, reach)
    before = _covered(stock, pairs, standing)
    plans = tuple(_plan(stock, pairs, one, before) for one in found)
    after = _covered_by(stock, pairs, found[0].plan, before)
    rows_before, rows_after = tally(stock.ground, before), tally(stock.ground, after)
    left, lost = has_people & ~after, has_people & ~after & ~reach
    distance = _distances(stock, pairs, standing)
    return BestSites(
        asked=asked,
        plans=plans,
        before=rows_before,
        after=rows_after,
        total_before=total_of(rows_before),
        total_after=total_of(rows_after),
        people=float(stock.weights.sum()),
        covered_before=float(stock.weights[before].sum()),
        uncovered=float(stock.weights[left].sum()),
        uncovered_cells=int(left.sum()),
        unreachable=float(stock.weights[lost].sum()),
        unreachable_cells=int(lost.sum()),
        mean_before_m=distance[0],
        standing=len(stock.standing),
        candidates=stock.judged,
        thinning=None if stock.thinned is None else stock.thinned.in_words(),
        sources=stock.sources,
        computed_at=datetime.now(UTC),
    )


def _plans(stock: Stock, pairs: Pairs, has_people: Bools, reach: Bools) -> list[NextBest]:
    """The best plan and the next ones; nobody's cells ask for nothing."""
    asked = stock.asked
    options = _options(stock, asked.plans + 1)
    everybody = asked.goal in ("cover_most", "minimise_distance")
    rows = np.arange(len(has_people)) if everybody else np.flatnonzero(has_people)
    if asked.goal == "cover_all" and asked.leave_unreachable:
        rows = np.flatnonzero(has_people & reach)
    # Rows are taken out of the sparse matrix as they are: a stored 0 stays a distance of 0.
    matrix = sparse.csr_array((pairs.cost, (pairs.demand, pairs.site)), shape=pairs.shape)[rows]
    weights, radius_m = stock.weights[rows], asked.question.radius_m
    many = {"plans": asked.plans}
    if asked.goal == "cover_all":
        found = next_best(cover_all, matrix, radius_m, weights=weights, **many, **options)
    elif asked.goal == "cover_most":
        found = next_best(cover_most, matrix, weights, radius_m, asked.sites, **many, **options)
    elif asked.goal == "minimise_distance":
        found = next_best(minimise_distance, matrix, weights, asked.sites, **many, **options)
    else:
        found = next_best(minimise_worst, matrix, asked.sites, weights=weights, **many, **options)
    return [replace(one, plan=_onto(one.plan, rows, len(has_people))) for one in found]


def _options(stock: Stock, plans: int) -> Options:
    """The keyword arguments of every siting function; the time is shared by the plans."""
    share = 1 - TODAY_SHARE if _has_room(stock) else 1.0
    made = Options(
        fixed=np.arange(len(stock.standing), dtype=np.int64),
        time_limit_s=stock.asked.time_limit_s * share / plans,
    )
    if stock.capacity is not None:
        made["capacity"] = stock.capacity
    if stock.build_cost is not None:
        made["build_cost"] = stock.build_cost
        made["budget"] = stock.asked.budget_cny
    return made


def _onto(plan: Siting, rows: Indices, count: int) -> Siting:
    """The plan of some of the cells as one of all of them; positions are those of all."""
    assignment = np.full(count, -1, dtype=np.int64)
    assignment[rows] = plan.assignment
    return replace(plan, assignment=assignment, uncovered=rows[plan.uncovered])


def _has_room(stock: Stock) -> bool:
    """Do sites cover only as many as they have room for?"""
    return stock.capacity is not None and stock.asked.covers


def _covered(stock: Stock, pairs: Pairs, opened: Indices) -> Bools:
    """Which cells do these sites reach (under capacities: can they take in)?"""
    within = pairs.within(stock.asked.question.radius_m)
    if not _has_room(stock):
        return np.asarray(cheapest(within, opened)[0] >= 0)
    closed = np.setdiff1d(np.arange(pairs.shape[1]), opened)
    matrix = sparse.csr_array((within.cost, (within.demand, within.site)), shape=pairs.shape)
    taken = cover_most(
        matrix, stock.weights, stock.asked.question.radius_m, 0, fixed=opened, closed=closed,
        capacity=stock.capacity, time_limit_s=stock.asked.time_limit_s * TODAY_SHARE,
    )  # fmt: skip
    return np.asarray(taken.assignment >= 0)


def _covered_by(stock: Stock, pairs: Pairs, plan: Siting, before: Bools) -> Bools:
    """Which cells does a plan reach? Where there is none, those that are reached today."""
    if plan.status == "infeasible":
        return before
    if _has_room(stock):
        return np.asarray(plan.assignment >= 0)
    return _covered(stock, pairs, plan.chosen)


def _plan(stock: Stock, pairs: Pairs, one: NextBest, before: Bools) -> Plan:
    siting, first = one.plan, len(stock.standing)
    opened = siting.chosen[siting.chosen >= first]
    mean_m, worst_m = _distances(stock, pairs, siting.chosen)
    price = stock.build_cost
    share = None if np.isnan(one.loss_share) else float(one.loss_share)
    return Plan(
        rank=one.rank,
        chosen=in_order(stock, pairs, siting, opened),
        siting=siting,
        loss=one.loss,
        loss_share=share,
        covered=float(stock.weights[_covered_by(stock, pairs, siting, before)].sum()),
        mean_m=mean_m,
        worst_m=worst_m,
        cost_cny=None if price is None else float(price[opened].sum()),
    )


def in_order(
    stock: Stock,
    pairs: Pairs,
    siting: Siting,
    opened: Indices,
    *,
    standing: Indices | None = None,
) -> tuple[Chosen, ...]:
    """The opened candidates, always the one next that adds most elders (ties by code).

    standing: what stood before them; default what stands today.
    """
    within = pairs.within(stock.asked.question.radius_m)
    first = len(stock.standing)
    cells = {int(site): within.demand[within.site == site] for site in opened}
    before = np.arange(first, dtype=np.int64) if standing is None else standing
    reached = cheapest(within, before)[0] >= 0
    served = np.bincount(
        siting.assignment[siting.assignment >= 0],
        stock.weights[siting.assignment >= 0],
        minlength=pairs.shape[1],
    )
    made: list[Chosen] = []
    while cells:
        gains = {s: float(stock.weights[own[~reached[own]]].sum()) for s, own in cells.items()}
        best = max(gains, key=lambda site: (gains[site], -site))
        own = cells.pop(best)
        reached[own] = True
        made.append(
            Chosen(
                len(made) + 1, stock.options[best - first], gains[best],
                float(stock.weights[own].sum()), float(served[best]),
            )
        )  # fmt: skip
    return tuple(made)


def _distances(stock: Stock, pairs: Pairs, opened: Indices) -> tuple[float | None, float | None]:
    """The elders' mean and largest distance to the nearest of these; None without, or any."""
    if stock.asked.covers:
        return None, None
    _, metres = cheapest(pairs, opened)
    counted = stock.weights > 0
    if not len(opened) or not np.isfinite(metres[counted]).all() or not counted.any():
        return None, None
    mean: Any = stock.weights[counted] @ metres[counted] / stock.weights[counted].sum()
    return float(mean), float(metres[counted].max())
