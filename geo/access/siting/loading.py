"""Who is served by which open site while there is room, by simple rules?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geo.access.costs import Indices, Pairs, sums
from geo.access.siting.frame import Frame
from geo.access.siting.gains import mark
from geo.access.siting.solver import Clock


@dataclass(frozen=True)
class Loaded:
    """Opened candidates (without the fixed), who goes where (or −1), weight served, Σ w × c."""

    opened: Indices
    assignment: Indices
    served: float
    travel: float


def load(frame: Frame, pairs: Pairs, opened: Indices) -> Loaded:
    """Fill the open sites: the heaviest demands first, each to the cheapest site with room."""
    assert frame.capacity is not None
    chosen = mark(np.concatenate((frame.fixed, opened)), pairs.shape[1])
    entries = np.flatnonzero(chosen[pairs.site])
    demand, site, cost = pairs.demand[entries], pairs.site[entries], pairs.cost[entries]
    weight = frame.weights[demand]
    order = np.lexsort((site, cost, demand, -weight))
    room = (frame.capacity * (1 + 1e-12)).tolist()
    assignment = np.full(frame.demands, -1, dtype=np.int64)
    travel = served = 0.0
    done = -1
    steps = (part[order].tolist() for part in (demand, site, cost, weight))
    for i, j, distance, need in zip(*steps, strict=True):
        if i == done or room[j] < need:
            continue
        room[j] -= need
        assignment[i], done = j, i
        served, travel = served + need, travel + need * distance
    return Loaded(np.sort(opened), assignment, served, travel)


def grow(frame: Frame, pairs: Pairs, sites: int, *, everybody: bool) -> Loaded:
    """Open the site that the most weight could still fill, again and again, within the budget.

    With `everybody` until all are served, then up to `sites` are used anyway: for shorter ways.
    """
    assert frame.capacity is not None
    plan = load(frame, pairs, np.zeros(0, dtype=np.int64))
    purse = frame.budget * (1 + 1e-12)
    price = np.zeros(pairs.shape[1]) if frame.build_cost is None else frame.build_cost
    usable = mark(frame.free, pairs.shape[1])
    while plan.opened.size < sites:
        waiting = plan.assignment[pairs.demand] < 0
        pull = sums(
            pairs.site[waiting],
            np.maximum(frame.weights[pairs.demand[waiting]], 1e-9),
            pairs.shape[1],
        )
        pull = np.where(usable & (price <= purse), np.minimum(pull, frame.capacity), -1.0)
        best = int(np.argmax(pull)) if pull.size else -1
        if best < 0 or pull[best] <= 0:
            break
        usable[best] = False
        purse -= price[best]
        plan = load(frame, pairs, np.append(plan.opened, best))
        if everybody and sites == frame.free.size and (plan.assignment >= 0).all():
            break
    return plan


def swap(
    frame: Frame, pairs: Pairs, plan: Loaded, rate: Callable[[Loaded], float], clock: Clock
) -> Loaded:
    """Exchange one opened site for another while nobody is lost and `rate` rises."""
    price = np.zeros(pairs.shape[1]) if frame.build_cost is None else frame.build_cost
    better = True
    while better and clock.left() > 0:
        better = False
        for leave in plan.opened.tolist():
            for enter in np.setdiff1d(frame.free, plan.opened).tolist():
                opened = np.append(plan.opened[plan.opened != leave], enter)
                if clock.left() <= 0 or price[opened].sum() > frame.budget:
                    continue
                other = load(frame, pairs, opened)
                if other.served >= plan.served and rate(other) > rate(plan) + 1e-9:
                    plan, better = other, True
                    break
    return plan
