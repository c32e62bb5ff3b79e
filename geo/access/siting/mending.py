"""Which sites have room for everybody within a shorter way? Exchanges that may pass through worse.

Tabu search (Glover 1989, doi:10.1287/ijoc.1.3.190): a plan is held to a shorter longest way, which
leaves some unserved; sites that little is asked of are exchanged for sites near the unserved, the
best exchange each time even where it loses, and none is undone for a while.
"""

from __future__ import annotations

import numpy as np

from geo.access.costs import Indices, Pairs
from geo.access.siting.frame import Frame
from geo.access.siting.kernels import pulls
from geo.access.siting.loading import Lists, Loaded, grow, lists_of, load
from geo.access.siting.solver import Clock

STEPS = (0.85, 0.93, 0.97, 0.99)
"""How much shorter the longest way is tried, in turn: the next where one fails."""
ENTERING, LEAVING, REST, ROUNDS = 6, 12, 8, 60


def shorten(frame: Frame, pairs: Pairs, plan: Loaded, clock: Clock) -> Loaded:
    """A plan of at most `frame.sites` new ones that serves everybody, its longest way no longer.

    Without a budget only: an exchange asks nothing of the price.
    """
    steps = iter(STEPS)
    step = next(steps)
    while clock.left() > 0:
        limit = _longest(pairs, plan) * step
        near = pairs.within(limit)
        if (np.bincount(near.demand, minlength=frame.demands) == 0).any():
            other = None
        else:
            lists = lists_of(frame, near)
            grown = grow(frame, lists, frame.sites, everybody=False)
            starts = (load(frame, lists, plan.opened), grown)
            other = _mend(frame, lists, max(starts, key=_served), clock)
        if other is not None:
            plan = other
        elif (finer := next(steps, None)) is not None:
            step = finer
        else:
            break
    return plan


def _mend(frame: Frame, lists: Lists, plan: Loaded, clock: Clock) -> Loaded | None:
    """Exchange sites until all are served; None where that does not come about."""
    candidates = frame.pairs.shape[1]
    resting = np.zeros(candidates, dtype=np.int64)
    free = np.zeros(candidates, dtype=np.bool_)
    free[frame.free] = True
    for turn in range(ROUNDS):
        if (plan.assignment >= 0).all():
            return plan
        if clock.left() <= 0:
            return None
        usable = free & (resting <= turn)
        found = _best_exchange(frame, lists, plan, usable)
        if found is None:
            return None
        plan, entered, left = found
        resting[[entered, left]] = turn + REST
    return None


def _best_exchange(
    frame: Frame, lists: Lists, plan: Loaded, usable: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> tuple[Loaded, int, int] | None:
    """The exchange that serves most, also where it is less than before; ties the lowest sites."""
    pull = pulls(lists.starts, lists.site, frame.weights, plan.assignment, usable.size)
    pull = np.where(usable, pull, 0.0)
    pull[plan.opened] = 0.0
    enter = np.argsort(-pull, kind="stable")[:ENTERING]
    served = plan.assignment >= 0
    used = np.bincount(plan.assignment[served], frame.weights[served], minlength=usable.size)
    may_leave = plan.opened[usable[plan.opened]]
    leave = may_leave[np.argsort(used[may_leave], kind="stable")[:LEAVING]]
    best: tuple[Loaded, int, int] | None = None
    for entering in enter[pull[enter] > 0].tolist():
        for leaving in leave.tolist():
            other = load(frame, lists, _exchanged(plan.opened, leaving, entering))
            if best is None or _served(other) > _served(best[0]):
                best = other, entering, leaving
    return best


def _exchanged(opened: Indices, leaving: int, entering: int) -> Indices:
    return np.append(opened[opened != leaving], entering)


def _served(plan: Loaded) -> tuple[float, int]:
    """How much is served, and how many."""
    return round(plan.served, 6), int((plan.assignment >= 0).sum())


def _longest(pairs: Pairs, plan: Loaded) -> float:
    return float(pairs.cost[plan.assignment[pairs.demand] == pairs.site].max(initial=0.0))
