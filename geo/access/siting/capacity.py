"""Where to build when each site can serve only so many?

Every demand is served whole by one site (single sourcing), so with demands bigger than any capacity
some stay unserved. Models after Current and Storbeck (1988, doi:10.1068/b150153) for cover and
Sridharan (1995, doi:10.1016/0377-2217(95)00042-O) for distance:
Σ_j x_ij = 1 (≤ 1 for most cover), x_ij ≤ y_j, Σ_i w_i x_ij ≤ capacity_j y_j.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from geo.access.costs import Floats, Indices, Pairs
from geo.access.siting.assign import Found, allowed, assign, solvable
from geo.access.siting.frame import Frame
from geo.access.siting.gains import mark
from geo.access.siting.halving import Halving
from geo.access.siting.loading import Loaded, closest, grow, lists_of, load, swap
from geo.access.siting.mending import shorten
from geo.access.siting.result import (
    Siting,
    cheapest,
    impossible,
    not_in_time,
    planned,
    proven_impossible,
)
from geo.access.siting.solver import Bools
from geo.errors import both

Rate = Callable[[Loaded], float]


def cover_all_limited(frame: Frame, within: Pairs, relaxed: Siting) -> Siting:
    """`cover_all` under capacities."""
    pairs = _room_for_one(frame, within)
    refused = _too_big(frame, pairs, np.ones(frame.demands, dtype=np.bool_))
    if refused is not None:
        return refused
    if proven_impossible(relaxed):
        return relaxed
    seed = grow(frame, lists_of(frame, pairs), frame.free.size, everybody=True)
    reward = np.concatenate((np.ones(frame.free.size), np.zeros(pairs.cost.size)))
    found = assign(frame, pairs, reward, seed, everybody=True, maximise=False, whole=True)
    if found.assignment is None:
        return _no_plan(frame, pairs, found)
    opened = float(found.chosen.size)
    floor = max(frame.fixed.size + found.bound, _known(relaxed, 0.0))
    bound = min(opened, float(np.ceil(floor - 1e-6)))
    return planned(
        frame, found.chosen, found.assignment, opened, bound, found.optimal or bound >= opened
    )


def cover_most_limited(frame: Frame, within: Pairs, relaxed: Siting) -> Siting:
    """`cover_most` under capacities."""
    pairs = _room_for_one(frame, within)
    seed = _seed(frame, pairs, relaxed, lambda plan: plan.served, everybody=False)
    worth = frame.weights[pairs.demand]
    reward = np.concatenate((np.zeros(frame.free.size), worth))
    whole = bool((frame.weights == np.rint(frame.weights)).all())
    found = assign(frame, pairs, reward, seed, everybody=False, maximise=True, whole=whole)
    if found.assignment is None:
        return _no_plan(frame, pairs, found)
    covered = float(frame.weights[found.assignment >= 0].sum())
    reachable = mark(pairs.demand, frame.demands)
    most = min(float(frame.weights[reachable].sum()), _known(relaxed, np.inf))
    bound = max(min(found.bound, most), covered)
    chosen = frame.fill(found.chosen)
    return planned(
        frame, chosen, found.assignment, covered, bound, found.optimal or bound == covered
    )


def minimise_distance_limited(frame: Frame, relaxed: Siting) -> Siting:
    """`minimise_distance` under capacities."""
    asked = frame.pairs.where(frame.weights[frame.pairs.demand] > 0)
    pairs = _room_for_one(frame, asked)
    refused = _too_big(frame, pairs, frame.weights > 0)
    if refused is not None:
        return refused
    if proven_impossible(relaxed):
        return relaxed
    seed = _seed(frame, pairs, relaxed, lambda plan: -plan.travel, everybody=True)
    reward = np.concatenate((np.zeros(frame.free.size), frame.weights[pairs.demand] * pairs.cost))
    found = assign(frame, pairs, reward, seed, everybody=True, maximise=False, whole=False)
    if found.assignment is None:
        return _no_plan(frame, pairs, found)
    served = pairs.where(found.assignment[pairs.demand] == pairs.site)
    total = float(frame.weights[served.demand] @ served.cost)
    chosen = frame.fill(found.chosen)
    # Demands of weight 0 need no room: they go to the cheapest.
    assignment = np.where(frame.weights > 0, found.assignment, cheapest(frame.pairs, chosen)[0])
    bound = min(total, max(found.bound, _known(relaxed, 0.0)))
    return planned(frame, chosen, assignment, total, bound, found.optimal or bound == total)


def minimise_worst_limited(frame: Frame, relaxed: Siting) -> Siting:
    """`minimise_worst` under capacities: halve the list of distinct costs."""
    pairs = _room_for_one(frame, frame.pairs)
    refused = _too_big(frame, pairs, np.ones(frame.demands, dtype=np.bool_))
    if refused is not None:
        return refused
    if proven_impossible(relaxed):
        return relaxed
    _, least = cheapest(pairs, np.arange(pairs.shape[1]))
    levels = np.unique(pairs.cost[pairs.cost >= least.max(initial=0.0)])
    levels = levels[levels >= _known(relaxed, 0.0)]
    levels = levels if levels.size else np.zeros(1)
    search = Halving(levels.size)
    best = _by_rule(frame, pairs, relaxed, levels)
    if best is not None and best.assignment is not None:
        search.works(int(np.searchsorted(levels, _worst(pairs, best.assignment))))
    while (probe := search.probe()) is not None:
        near = pairs.within(float(levels[probe]))
        seed = _seed(frame, near, relaxed, lambda plan: plan.served, everybody=True)
        share = frame.clock.share(0.5 if best is None else 0.25)
        timed = replace(frame, clock=share)
        reward = np.zeros(frame.free.size + near.cost.size)
        found = assign(timed, near, reward, seed, everybody=True, maximise=False, whole=True)
        if found.assignment is not None:
            best = found
            worst = _worst(near, found.assignment)
            search.works(min(probe, int(np.searchsorted(levels, worst))))
        elif best is None:
            return _no_plan(frame, pairs, found)
        elif found.infeasible:
            search.fails(probe)
        else:
            search.unknown(probe)
        if frame.clock.left() <= 0:
            break
    assert best is not None
    assert best.assignment is not None
    worst, chosen = _worst(pairs, best.assignment), frame.fill(best.chosen)
    floor = max(float(levels[search.low]), _known(relaxed, 0.0))
    return planned(
        frame, chosen, best.assignment, worst, min(floor, worst), search.done or floor >= worst
    )


def _by_rule(frame: Frame, pairs: Pairs, relaxed: Siting, levels: Floats) -> Found | None:
    """The plan without capacities, or the greedy one, that serves everybody nearest by a rule."""
    lists = lists_of(frame, pairs)
    exchange = frame.price is None and not frame.cuts
    found: list[tuple[int, Loaded]] = []
    for opened in (np.setdiff1d(relaxed.chosen, frame.fixed), None):
        if opened is None:
            if found and exchange:
                break  # exchanges mend the first, and growing over all pairs takes long
            opened = grow(frame, lists, frame.sites, everybody=True).opened
        level = closest(frame, lists, opened, levels)
        plan = None if level is None else load(frame, lists, opened, float(levels[level]))
        if level is not None and plan is not None and allowed(frame, plan):
            found.append((level, plan))
    if not found:
        return None
    plan = min(found, key=lambda one: one[0])[1]
    if exchange:
        plan = shorten(frame, pairs, plan, frame.clock.share(0.1 if solvable(pairs) else 0.7))
    chosen = np.union1d(frame.fixed, plan.opened).astype(np.int64)
    return Found(chosen, plan.assignment, -np.inf, False, False)


def _seed(frame: Frame, pairs: Pairs, relaxed: Siting, rate: Rate, *, everybody: bool) -> Loaded:
    """A start: greedy, or the sites of the plan without capacities if they do better, exchanged."""
    lists = lists_of(frame, pairs)
    plans = [grow(frame, lists, frame.sites, everybody=everybody)]
    if relaxed.chosen.size:
        plans.append(load(frame, lists, np.setdiff1d(relaxed.chosen, frame.fixed)))
    best = max(plans, key=lambda plan: (round(plan.served, 6), rate(plan)))
    return swap(frame, lists, best, rate, frame.clock.share(0.2 if solvable(pairs) else 0.9))


def _known(relaxed: Siting, otherwise: float) -> float:
    """What no plan can be better than, by the question without capacities."""
    return relaxed.bound if np.isfinite(relaxed.bound) else otherwise


def _worst(pairs: Pairs, assignment: Indices) -> float:
    return float(pairs.cost[assignment[pairs.demand] == pairs.site].max(initial=0.0))


def _room_for_one(frame: Frame, pairs: Pairs) -> Pairs:
    """Without the pairs whose site is too small for that demand alone."""
    assert frame.capacity is not None
    return pairs.where(frame.weights[pairs.demand] <= frame.capacity[pairs.site] * (1 + 1e-12))


def _too_big(frame: Frame, pairs: Pairs, counted: Bools) -> Siting | None:
    """Demands that no site in reach has room for even alone."""
    alone = counted & (np.bincount(pairs.demand, minlength=frame.demands) == 0)
    if not alone.any():
        return None
    found = np.flatnonzero(alone)
    largest = float(frame.weights[found].max())
    return impossible(
        frame,
        found,
        both(
            f"需求点 {found[:10].tolist()} 大于所及任何候选点的容量；"
            f"容量须达 {largest:g}，或把这些需求点分小。",
            f"Demands {found[:10].tolist()} exceed every capacity within reach; a site there needs "
            f"room for {largest:g}, or the demands must be split.",
        ),
    )


def _no_plan(frame: Frame, pairs: Pairs, found: Found) -> Siting:
    if not found.infeasible:
        return not_in_time(frame)
    assert frame.capacity is not None
    plan = grow(frame, lists_of(frame, pairs), frame.sites, everybody=False)
    room = float(frame.capacity[np.concatenate((frame.fixed, frame.free))].sum())
    asked = float(frame.weights.sum())
    return impossible(
        frame,
        np.flatnonzero((plan.assignment < 0) & (frame.weights > 0)),
        both(
            f"在容量、数量和预算之内不能服务全部需求（需求合计 {asked:g}，可用容量合计 {room:g}）；"
            "请增加容量、增设站点或提高预算。",
            f"Capacities, number and budget do not serve all demands (demand {asked:g} in all, "
            f"usable capacity {room:g}); add room, sites or money.",
        ),
    )
