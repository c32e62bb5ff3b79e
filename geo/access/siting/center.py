"""Where to build so that nobody has far to go?

p-center: minimise the largest cost from a demand to its nearest site (Hakimi 1964). The answer is
one of the distinct costs, and r suffices where p sites cover all within r, so it is found by
halving the list of costs with a set cover question each time (Minieka 1970,
doi:10.1137/1012016).
"""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
from numpy.typing import ArrayLike

from geo.access.costs import Floats, Indices
from geo.access.siting.capacity import minimise_worst_limited
from geo.access.siting.cover import open_cover
from geo.access.siting.fewest import fewest
from geo.access.siting.frame import Frame, Options, read_frame, whole_number
from geo.access.siting.halving import Halving
from geo.access.siting.kernels import one_by_one
from geo.access.siting.median import unreachable
from geo.access.siting.result import Siting, cheapest, not_in_time, out_of_reach, planned


def minimise_worst(
    cost: Any, sites: int, *, weights: ArrayLike | None = None, **options: Unpack[Options]
) -> Siting:
    """The `sites` that make the largest cost to the nearest one least, besides `fixed` (p-center).

    Inputs and options as in `cover_all`. `objective` = the largest cost, `bound` = the smallest
    cost that is not yet proven impossible. Every demand must be reached, also one of weight 0;
    `weights` count for `capacity` and `covered_weight` only. Without a budget exactly `sites` are
    opened where there are as many.
    """
    frame = read_frame(cost, weights=weights, sites=whole_number(sites), **options)
    seen = np.bincount(frame.pairs.demand, minlength=frame.demands) > 0
    if not seen.all():
        return out_of_reach(frame, frame.pairs, np.flatnonzero(~seen))
    relaxed = _halve(frame.unlimited())
    return relaxed if frame.capacity is None else minimise_worst_limited(frame, relaxed)


def _halve(frame: Frame) -> Siting:
    levels = possible_levels(frame)
    search = Halving(levels.size)
    plan = _one_by_one(frame)
    if plan is not None:
        worst = float(cheapest(frame.pairs, plan)[1].max(initial=0.0))
        search.works(int(np.searchsorted(levels, worst)))
    while (probe := search.probe()) is not None:
        within = frame.pairs.within(float(levels[probe]))
        # What is left of the time is spread over the probes to come.
        clock = frame.clock.share(0.25) if plan is not None else frame.clock
        found = fewest(open_cover(frame, within), clock, enough=frame.sites)
        if found.columns is not None:
            plan = frame.fill(frame.free[found.columns])
            worst = float(cheapest(frame.pairs, plan)[1].max(initial=0.0))
            search.works(min(probe, int(np.searchsorted(levels, worst))))
        elif found.infeasible and plan is None:
            return unreachable(frame)
        elif found.infeasible:
            search.fails(probe)
        elif plan is None:
            return not_in_time(frame)
        else:
            search.unknown(probe)
        if frame.clock.left() <= 0:
            break
    assert plan is not None
    assignment, least = cheapest(frame.pairs, plan)
    worst = float(least.max(initial=0.0))
    return planned(frame, plan, assignment, worst, float(levels[search.low]), search.done)


def _one_by_one(frame: Frame) -> Indices | None:
    """The greedy plan: add the site that leaves fewest unreached, then the smallest largest cost.

    None where it reaches not all, and where money or exclusions bind.
    """
    if frame.price is not None or frame.cuts or not frame.free.size:
        return None
    free = frame.pairs.where(~frame.stands(frame.pairs))
    order = np.argsort(free.site, kind="stable")
    starts = np.searchsorted(free.site[order], np.append(frame.free, frame.pairs.shape[1]))
    _, least = cheapest(frame.pairs, frame.fixed)
    opened = one_by_one(starts, free.demand[order], free.cost[order], least, frame.sites)
    if np.isinf(least).any():
        return None
    return frame.fill(frame.free[np.unique(opened)])


def possible_levels(frame: Frame) -> Floats:
    """The distinct costs that the answer can be, ascending: from what the best placed sites allow
    to what the fixed sites leave."""
    _, least = cheapest(frame.pairs, np.arange(frame.pairs.shape[1]))
    floor = float(least.max(initial=0.0))
    _, near = cheapest(frame.pairs, frame.fixed)
    costs = frame.pairs.cost[frame.pairs.cost < near[frame.pairs.demand]]
    levels = np.unique(np.concatenate((costs, near[np.isfinite(near)], [floor])))
    return levels[levels >= floor]
