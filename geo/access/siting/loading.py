"""Who is served by which open site while there is room, by simple rules?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geo.access.costs import Floats, Indices, Pairs, sorted_rows
from geo.access.siting.frame import Frame
from geo.access.siting.gains import mark
from geo.access.siting.kernels import fill, pulls
from geo.access.siting.solver import Clock


@dataclass(frozen=True)
class Loaded:
    """Opened candidates (without the fixed), who goes where (or −1), weight served, Σ w × c."""

    opened: Indices
    assignment: Indices
    served: float
    travel: float


@dataclass(frozen=True)
class Lists:
    """Demands, the heaviest first, and of each the sites that it may go to, cheapest first."""

    order: Indices
    starts: Indices
    site: Indices
    cost: Floats


def lists_of(frame: Frame, pairs: Pairs) -> Lists:
    """Sort the pairs once; many sets of sites are then filled at little cost."""
    starts = np.searchsorted(pairs.demand, np.arange(frame.demands + 1))
    by_cost = sorted_rows(pairs.cost, starts)  # of equal costs the lowest site comes first
    order = np.argsort(-frame.weights, kind="stable")
    return Lists(order, starts, pairs.site[by_cost], pairs.cost[by_cost])


def load(frame: Frame, lists: Lists, opened: Indices, limit: float = np.inf) -> Loaded:
    """Fill the open sites: the heaviest demands first, each to the cheapest site with room.

    No demand goes to a site that costs more than `limit`.
    """
    assert frame.capacity is not None
    is_open = mark(np.concatenate((frame.fixed, opened)), frame.capacity.size)
    room = frame.capacity * (1 + 1e-12)
    filled = fill(
        lists.order, lists.starts, lists.site, lists.cost, frame.weights, is_open, room, limit
    )
    return Loaded(np.sort(opened), *filled)


def closest(frame: Frame, lists: Lists, opened: Indices, levels: Floats) -> int | None:
    """The first of the ascending `levels` found by halving at which everybody is served by a rule.

    It need not be the first at which everybody can be. None where not even the last one does.
    """
    low, high = 0, levels.size
    while low < high:
        middle = (low + high) // 2
        if (load(frame, lists, opened, float(levels[middle])).assignment >= 0).all():
            high = middle
        else:
            low = middle + 1
    return low if low < levels.size else None


def grow(frame: Frame, lists: Lists, sites: int, *, everybody: bool) -> Loaded:
    """Open the site that the most weight could still fill, again and again, within the budget.

    With `everybody` until all are served, then up to `sites` are used anyway: for shorter ways.
    """
    assert frame.capacity is not None
    plan = load(frame, lists, np.zeros(0, dtype=np.int64))
    purse = frame.budget * (1 + 1e-12)
    price = np.zeros(frame.pairs.shape[1]) if frame.build_cost is None else frame.build_cost
    usable = mark(frame.free, price.size)
    while plan.opened.size < sites:
        pull = pulls(lists.starts, lists.site, frame.weights, plan.assignment, usable.size)
        pull = np.where(usable & (price <= purse), np.minimum(pull, frame.capacity), -1.0)
        best = int(np.argmax(pull)) if pull.size else -1
        if best < 0 or pull[best] <= 0:
            break
        usable[best] = False
        purse -= price[best]
        plan = load(frame, lists, np.append(plan.opened, best))
        if everybody and sites == frame.free.size and (plan.assignment >= 0).all():
            break
    return plan


def swap(
    frame: Frame, lists: Lists, plan: Loaded, rate: Callable[[Loaded], float], clock: Clock
) -> Loaded:
    """Exchange one opened site for another while nobody is lost and `rate` rises."""
    price = frame.build_cost
    better = True
    while better and clock.left() > 0:
        better = False
        for leave in plan.opened.tolist():
            for enter in np.setdiff1d(frame.free, plan.opened).tolist():
                opened = np.append(plan.opened[plan.opened != leave], enter)
                if clock.left() <= 0:
                    return plan
                if price is not None and price[opened].sum() > frame.budget:
                    continue
                other = load(frame, lists, opened)
                if other.served >= plan.served and rate(other) > rate(plan) + 1e-9:
                    plan, better = other, True
                    break
    return plan
