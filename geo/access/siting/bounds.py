"""How much can any allowed set of sites gain at most? A Lagrangian bound, and what it settles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.access.costs import Floats, Indices, nth_smallest
from geo.access.siting.gains import Gains
from geo.access.siting.kernels import net_worths, times_served
from geo.access.siting.search import improve
from geo.access.siting.solver import Bools, Clock


@dataclass(frozen=True)
class Relaxed:
    """No allowed set gains more than `bound`; `worth`: what each column brings net at it."""

    bound: float
    worth: Floats
    opened: Indices
    value: float


def relax(gains: Gains, opened: Indices, clock: Clock, *, rounds: int = 2000) -> Relaxed:
    """Bound the sum of gains by Lagrangian relaxation, and improve `opened` on the way.

    Each row may count many columns, at the multiplier u_i for each one too many: the bound
    Σ u_i + Σ best columns of Σ_i max(0, gain_ij − u_i) holds for every u ≥ 0 (any u for required
    rows); the subgradient method lowers it (Held, Wolfe and Crowder 1974,
    doi:10.1007/BF01580223; for p-median Cornuéjols, Fisher and Nemhauser 1977,
    doi:10.1287/mnsc.23.8.789).
    """
    value = gains.value(opened)
    floor, strong = _near(gains)
    row, column, gain = gains.row[strong], gains.column[strong], gains.gain[strong]
    multiplier = np.maximum(0.8 * gains.reached(opened)[0], floor)
    best = Relaxed(np.inf, np.zeros(gains.columns), opened, value)
    direction = np.zeros(gains.rows)
    slack = _slack(gains)
    pace, stale = 1.5, 0
    for step in range(rounds):
        worth = net_worths(row, column, gain, multiplier, gains.columns)
        part, total, net = _best_columns(gains, worth)
        bound = float(multiplier.sum()) + total
        stale = 0 if bound < best.bound - 1e-6 * max(1.0, abs(best.bound)) else stale + 1
        if bound < best.bound:
            best = Relaxed(bound, net, best.opened, best.value)
        if step % 50 == 49:
            best = _better_start(gains, part, best, clock)
        if stale >= 12:
            pace, stale = pace / 1.6, 0
        slope = 1.0 - times_served(row, column, gain, multiplier, part)
        slope[(multiplier <= floor) & (slope > 0)] = 0.0
        direction = slope + 0.3 * direction
        length = float(direction @ direction)
        target = best.value if np.isfinite(best.value) else best.bound - 0.05 * abs(best.bound) - 1
        # Sums of gains are never negative: below 0, no set meets every required row.
        if length < 1e-9 or pace < 2e-3 or bound <= max(target + slack, -1.0):
            break
        if clock.left() <= 0:
            break
        multiplier = np.maximum(multiplier - pace * (bound - target) / length * direction, floor)
    return best


def _near(gains: Gains) -> tuple[Floats, Bools]:
    """How low each multiplier may go, and the entries that can then count.

    Any multipliers give a bound, so rows with many different gains keep theirs above that of a
    column that is far down their list: the bound hardly suffers and few entries are left to sum.
    """
    floor = np.where(gains.required, -np.inf, 0.0)
    depth = 8 + 5 * gains.columns // max(gains.most, 1)
    count = np.bincount(gains.row, minlength=gains.rows)
    if gains.row.size < 20_000 or (count <= depth).all():
        return floor, np.ones(gains.row.size, dtype=np.bool_)
    starts = np.concatenate(([0], np.cumsum(count)))
    place = np.where(count > depth, depth, count)
    limit = -nth_smallest(-gains.gain, starts, place)
    best = -nth_smallest(-gains.gain, starts, np.zeros_like(count))
    deep = np.isfinite(limit) & (limit < best)
    floor[deep] = limit[deep]
    return floor, gains.gain > floor[gains.row]


def settled(gains: Gains, relaxed: Relaxed) -> tuple[Indices, Indices]:
    """Columns that every better set must open, and those that no better set can open.

    A column is settled where the bound, changed by forcing it the other way, does not pass the
    best known value.
    """
    if not np.isfinite(relaxed.value) or gains.most >= gains.columns:
        none = np.zeros(0, dtype=np.int64)
        return none, none
    worth = relaxed.worth
    order = np.argsort(-worth, kind="stable")
    taken = np.zeros(worth.size, dtype=np.bool_)
    taken[order[: gains.most]] = worth[order[: gains.most]] > 0
    lowest = max(float(worth[order[gains.most - 1]]), 0.0)
    follower = max(float(worth[order[gains.most]]), 0.0)
    needed = relaxed.value + _slack(gains)
    inside = taken & (relaxed.bound - worth + follower < needed)
    outside = ~taken & (relaxed.bound - lowest + worth < needed)
    return np.flatnonzero(inside), np.flatnonzero(outside)


def proven(gains: Gains, value: float, bound: float) -> bool:
    """Is no set better than `value`, given the bound?"""
    return bound < value + _slack(gains)


def _slack(gains: Gains) -> float:
    """What a better set must gain more: 1 where sums are whole, else what rounding may blur."""
    return 1 - 1e-6 if gains.whole() else 1e-9 * max(1.0, float(gains.gain.max(initial=0.0)))


def _best_columns(gains: Gains, worth: Floats) -> tuple[Floats, float, Floats]:
    """How much of each column the relaxation opens, the sum of their worth, and the net worths.

    With prices the purse is relaxed too, at a price of money found by halving; at the best one the
    relaxation mixes the set that is just too dear with the one that is just not.
    """
    price = gains.price
    part, total = _top(gains, worth)
    if price is None or not np.isfinite(gains.purse) or part @ price <= gains.purse:
        return part, total, worth
    low, high = 0.0, float((worth / np.maximum(price, 1e-9)).max()) + 1.0
    dear, fine = part, np.zeros_like(part)
    best, net = total, worth
    for _ in range(25):
        rate = (low + high) / 2
        some, value = _top(gains, worth - rate * price)
        if value + rate * gains.purse < best:
            best, net = value + rate * gains.purse, worth - rate * price
        if some @ price > gains.purse:
            low, dear = rate, some
        else:
            high, fine = rate, some
    over, under = float(dear @ price), float(fine @ price)
    mix = (gains.purse - under) / (over - under) if over > under else 0.0
    return mix * dear + (1 - mix) * fine, best, net


def _top(gains: Gains, worth: Floats) -> tuple[Floats, float]:
    """The columns of the highest worth above 0, as a mask of numbers, and their sum."""
    order = np.argsort(-worth, kind="stable")[: gains.most]
    order = order[worth[order] > 0]
    part = np.zeros(worth.size)
    part[order] = 1.0
    return part, float(worth[order].sum())


def _better_start(gains: Gains, part: Floats, best: Relaxed, clock: Clock) -> Relaxed:
    opened = np.flatnonzero(part > 1 - 1e-9)
    if opened.size == 0 or (gains.exact and opened.size != gains.most):
        return best
    opened = improve(gains, opened, clock.share(0.3))
    value = gains.value(opened)
    return Relaxed(best.bound, best.worth, opened, value) if value > best.value else best
