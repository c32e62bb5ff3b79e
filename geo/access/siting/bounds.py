"""How much can any allowed set of sites gain at most? A Lagrangian bound, and what it settles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.access.costs import Floats, Indices
from geo.access.siting.gains import Gains, mark
from geo.access.siting.search import improve
from geo.access.siting.solver import Bools, Clock


@dataclass(frozen=True)
class Relaxed:
    """No allowed set gains more than `bound`; `worth` of each column at the best multipliers."""

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
    pace, stale = 1.5, 0
    for step in range(rounds):
        rest = gain - multiplier[row]
        worth = np.bincount(column, np.maximum(rest, 0.0), minlength=gains.columns)
        taken, total = _best_columns(gains, worth)
        bound = float(multiplier.sum()) + total
        stale = 0 if bound < best.bound - 1e-6 * max(1.0, abs(best.bound)) else stale + 1
        if bound < best.bound:
            best = Relaxed(bound, worth, best.opened, best.value)
        if step % 50 == 49:
            best = _better_start(gains, taken, best, clock)
        if stale >= 12:
            pace, stale = pace / 1.6, 0
        served = (rest > 0) & mark(taken, gains.columns)[column]
        slope = 1.0 - np.bincount(row[served], minlength=gains.rows)
        slope[(multiplier <= floor) & (slope > 0)] = 0.0
        direction = slope + 0.3 * direction
        length = float(direction @ direction)
        target = best.value if np.isfinite(best.value) else best.bound - 0.05 * abs(best.bound) - 1
        # Sums of gains are never negative: a bound below 0 says that no set meets every required row.
        if length < 1e-9 or pace < 2e-3 or bound <= max(target + _slack(gains), -1.0):
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
    order = np.lexsort((-gains.gain, gains.row))
    starts = np.concatenate(([0], np.cumsum(count)))[:-1]
    deep = np.flatnonzero(count > depth)
    limit = gains.gain[order[starts[deep] + depth]]
    varied = limit < gains.gain[order[starts[deep]]]
    floor[deep[varied]] = limit[varied]
    return floor, gains.gain > floor[gains.row]


def settled(gains: Gains, relaxed: Relaxed) -> tuple[Indices, Indices]:
    """Columns that every better set must open, and those that no better set can open.

    A column is settled where the bound, changed by forcing it the other way, does not pass the
    best known value. Without prices only: there the bound's columns are simply the best.
    """
    none = np.zeros(0, dtype=np.int64)
    if gains.price is not None or not np.isfinite(relaxed.value) or gains.most >= gains.columns:
        return none, none
    order = np.argsort(-relaxed.worth, kind="stable")
    taken, left = order[: gains.most], order[gains.most :]
    needed = relaxed.value + _slack(gains)
    lowest, next_best = relaxed.worth[taken[-1]], relaxed.worth[left[0]]
    inside = taken[relaxed.bound - relaxed.worth[taken] + next_best < needed]
    outside = left[relaxed.bound - lowest + relaxed.worth[left] < needed]
    return np.sort(inside), np.sort(outside)


def proven(gains: Gains, value: float, bound: float) -> bool:
    """Is no set better than `value`, given the bound?"""
    return bound < value + _slack(gains)


def _slack(gains: Gains) -> float:
    """What a better set must gain more: 1 where sums are whole, else what rounding may blur."""
    return 1 - 1e-6 if gains.whole() else 1e-9 * max(1.0, float(gains.gain.max(initial=0.0)))


def _best_columns(gains: Gains, worth: Floats) -> tuple[Indices, float]:
    order = np.argsort(-worth, kind="stable")
    most = order[: gains.most]
    if gains.price is None or not np.isfinite(gains.purse):
        return most, float(worth[most].sum())
    if gains.price[most].sum() <= gains.purse:
        return most, float(worth[most].sum())
    # Two relaxations of the knapsack: ignore the purse, or buy the last column in part.
    rate = np.argsort(-worth / np.maximum(gains.price, 1e-12), kind="stable")
    before = np.cumsum(gains.price[rate]) - gains.price[rate]
    part = np.clip(
        (gains.purse - before) / np.maximum(gains.price[rate], 1e-12), 0.0, 1.0
    )
    part = np.where(gains.price[rate] <= 0, 1.0, part)
    whole = rate[part >= 1][: gains.most]
    return whole, min(float(worth[most].sum()), float((part * worth[rate]).sum()))


def _better_start(gains: Gains, taken: Indices, best: Relaxed, clock: Clock) -> Relaxed:
    if gains.exact and taken.size != gains.most:
        return best
    opened = improve(gains, np.sort(taken), clock.share(0.3))
    value = gains.value(opened)
    return Relaxed(best.bound, best.worth, opened, value) if value > best.value else best
