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
from geo.access.siting.frame import Frame, Options, read_frame
from geo.access.siting.maximise import Opened
from geo.access.siting.median import unreachable
from geo.access.siting.result import Siting, cheapest, not_in_time, out_of_reach, planned


def minimise_worst(
    cost: Any, sites: int, *, weights: ArrayLike | None = None, **options: Unpack[Options]
) -> Siting:
    """The `sites` that make the largest cost to the nearest one least, besides the fixed (p-center).

    Inputs and options as in `cover_all`. `objective` = the largest cost, `bound` = the smallest
    cost that is not yet proven impossible. Every demand must be reached, also one of weight 0;
    `weights` count for `capacity` and `covered_weight` only. Without a budget exactly `sites` are
    opened where there are as many.
    """
    frame = read_frame(cost, weights=weights, sites=sites, **options)
    seen = np.bincount(frame.pairs.demand, minlength=frame.demands) > 0
    if not seen.all():
        return out_of_reach(frame, frame.pairs, np.flatnonzero(~seen))
    if frame.capacity is not None:
        return minimise_worst_limited(frame)
    return _halve(frame)


def _halve(frame: Frame) -> Siting:
    levels = possible_levels(frame)
    low, high = 0, levels.size - 1
    plan, undecided = None, False
    # The whole list first: what the largest cost cannot do, no cost can.
    probe = high
    while True:
        found = _within(frame, float(levels[probe]), low, probe, levels.size)
        if found.columns is not None:
            plan = frame.fill(frame.free[found.columns])
            worst = float(cheapest(frame.pairs, plan)[1].max(initial=0.0))
            high = min(probe, int(np.searchsorted(levels, worst)))
        elif found.infeasible:
            if plan is None:
                return unreachable(frame)
            low = probe + 1
        else:
            undecided = True
        if undecided or low >= high:
            break
        probe = (low + high) // 2
    if plan is None:
        return not_in_time(frame)
    assignment, least = cheapest(frame.pairs, plan)
    worst = float(least.max(initial=0.0))
    return planned(frame, plan, assignment, worst, float(levels[low]), low >= high)


def possible_levels(frame: Frame) -> Floats:
    """The distinct costs that the answer can be, ascending: from what the best placed sites allow
    to what the fixed sites leave."""
    _, least = cheapest(frame.pairs, np.arange(frame.pairs.shape[1]))
    floor = float(least.max(initial=0.0))
    _, near = cheapest(frame.pairs, frame.fixed)
    costs = frame.pairs.cost[frame.pairs.cost < near[frame.pairs.demand]]
    levels = np.unique(np.concatenate((costs, near[np.isfinite(near)], [floor])))
    return levels[levels >= floor]


def _within(frame: Frame, radius: float, low: int, probe: int, count: int) -> Opened:
    cover = open_cover(frame, frame.pairs.within(radius))
    # Greedy alone may miss; what is left of the time is spread over the halvings to come.
    clock = frame.clock.share(0.5) if probe < count - 1 else frame.clock
    return fewest(cover, clock, enough=frame.sites)


def worst_of(frame: Frame, assignment: Indices) -> float:
    """The largest cost of an assignment."""
    served = frame.pairs.where(assignment[frame.pairs.demand] == frame.pairs.site)
    return float(served.cost.max(initial=0.0))
