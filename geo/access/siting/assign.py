"""Which sites open and who is served whole by which, by one 0-1 programme with room limits?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from geo.access.costs import Floats, Indices, Pairs, nth_smallest
from geo.access.siting.frame import MOST_PAIRS, Frame
from geo.access.siting.gains import mark
from geo.access.siting.loading import Loaded
from geo.access.siting.solver import Answer, Bools, Programme, solve

MOST_LINKS = 20_000


@dataclass(frozen=True)
class Found:
    """A plan (`chosen` empty and `assignment` None: none), its bound, and what is proven."""

    chosen: Indices
    assignment: Indices | None
    bound: float
    optimal: bool
    infeasible: bool


def solvable(pairs: Pairs) -> bool:
    """Is the whole programme small enough to be solved, and to bound the objective?"""
    return pairs.cost.size <= MOST_PAIRS


def assign(
    frame: Frame,
    pairs: Pairs,
    reward: Floats,
    seed: Loaded,
    *,
    everybody: bool,
    maximise: bool,
    whole: bool,
) -> Found:
    """Solve the programme over y (free candidates) and x (pairs), from `seed` if it is a plan.

    Of too many pairs a seed that is a plan is the answer; else one is sought among each demand's
    cheapest pairs, which says nothing of the others: `bound` is then infinite.
    """
    counted = frame.weights > 0 if not whole and not maximise else np.ones(frame.demands, np.bool_)
    good = allowed(frame, seed) and not (everybody and (seed.assignment[counted] < 0).any())
    unbounded = np.inf if maximise else -np.inf
    is_whole = solvable(pairs)
    if not is_whole and good:
        return Found(np.union1d(frame.fixed, seed.opened), seed.assignment, unbounded, False, False)
    if not is_whole:
        near = _cheapest(pairs)
        reward = np.concatenate((reward[: frame.free.size], reward[frame.free.size :][near]))
        pairs = pairs.where(near)
    programme = _programme(frame, pairs, reward, counted, everybody=everybody, maximise=maximise)
    point = None
    if good:
        taken = seed.assignment[pairs.demand] == pairs.site
        point = np.concatenate((mark(frame.place()[seed.opened], frame.free.size), taken))
        point = point.astype(np.float64)
    gap = 1 - 1e-6 if whole else 1e-6
    answer: Answer = solve(programme, frame.clock, start=point, absolute_gap=gap)
    if answer.point is None and not is_whole:
        return Found(frame.fixed, None, unbounded, False, False)
    if answer.point is None:
        return Found(frame.fixed, None, answer.bound, False, answer.infeasible)
    opened = frame.free[answer.point[: frame.free.size] > 0.5]
    taken = answer.point[frame.free.size :] > 0.5
    assignment = np.full(frame.demands, -1, dtype=np.int64)
    assignment[pairs.demand[taken]] = pairs.site[taken]
    chosen = np.union1d(frame.fixed, opened).astype(np.int64)
    if not is_whole:
        return Found(chosen, assignment, unbounded, False, False)
    return Found(chosen, assignment, answer.bound, answer.optimal, False)


def _cheapest(pairs: Pairs) -> Bools:
    """Of each demand as many of the cheapest pairs as make a solvable programme."""
    starts = np.searchsorted(pairs.demand, np.arange(pairs.shape[0] + 1))
    place = np.minimum(np.diff(starts), max(MOST_PAIRS // max(pairs.shape[0], 1), 1)) - 1
    limit = nth_smallest(pairs.cost, starts, np.maximum(place, 0))
    return np.asarray(pairs.cost <= limit[pairs.demand])


def allowed(frame: Frame, seed: Loaded) -> bool:
    """Is the set of sites none of the plans that are cut off, and of the right number?"""
    inside = mark(frame.place()[seed.opened], frame.free.size)
    return not any(cut.size == 0 or inside[cut].all() for cut in frame.cuts) and (
        not frame.exact or seed.opened.size == frame.sites
    )


def _programme(
    frame: Frame,
    pairs: Pairs,
    reward: Floats,
    counted: Bools,
    *,
    everybody: bool,
    maximise: bool,
) -> Programme:
    assert frame.capacity is not None
    free, entries = frame.free.size, np.arange(pairs.cost.size)
    place, x = frame.place()[pairs.site], frame.free.size + np.arange(pairs.cost.size)
    blocks: list[tuple[Indices, Indices, Floats]] = []
    low: list[Floats] = []
    high: list[Floats] = []

    def add(row: Indices, column: Indices, value: Floats, floor: Floats, ceiling: Floats) -> None:
        above = sum(each.size for each in low)
        blocks.append((row + above, column, value))
        low.append(floor)
        high.append(ceiling)

    demands = frame.demands
    must = np.where(counted & np.bool_(everybody), 1.0, -np.inf)
    add(pairs.demand, x, np.ones(entries.size), must, np.ones(demands))
    # With room limits the links only tighten the relaxation; too many of them cost more than that.
    linked = place >= 0
    if entries.size > MOST_LINKS:
        linked &= ~(np.isfinite(frame.capacity)[pairs.site] & (frame.weights[pairs.demand] > 0))
    tied = np.flatnonzero(linked)
    link = np.arange(tied.size)
    add(
        np.concatenate((link, link)),
        np.concatenate((x[tied], place[tied])),
        np.concatenate((np.ones(tied.size), -np.ones(tied.size))),
        np.full(tied.size, -np.inf),
        np.zeros(tied.size),
    )
    limited = np.isfinite(frame.capacity)
    rows = np.cumsum(limited) - 1
    loads = np.flatnonzero(limited[pairs.site])
    opens = np.flatnonzero(limited[frame.free])
    ceiling = np.where(mark(frame.fixed, limited.size), frame.capacity, 0.0)[limited]
    add(
        np.concatenate((rows[pairs.site[loads]], rows[frame.free[opens]])),
        np.concatenate((x[loads], opens)),
        np.concatenate((frame.weights[pairs.demand[loads]], -frame.capacity[frame.free[opens]])),
        np.full(ceiling.size, -np.inf),
        ceiling,
    )
    for columns, value, ceiling_one in _side_rows(frame):
        floor = np.full(1, -np.inf)
        add(np.zeros(columns.size, np.int64), columns, value, floor, np.array([ceiling_one]))
    if frame.exact:
        add(
            np.zeros(free, np.int64),
            np.arange(free),
            np.ones(free),
            *[np.full(1, float(frame.sites))] * 2,
        )
    row, column, value = (np.concatenate(part) for part in zip(*blocks, strict=True))
    floors, ceilings = np.concatenate(low), np.concatenate(high)
    size = free + entries.size
    matrix = sparse.csr_array((value, (row, column)), shape=(floors.size, size))
    everything = np.ones(size)
    return Programme(
        reward,
        np.zeros(size),
        everything,
        everything.astype(np.bool_),
        matrix,
        floors,
        ceilings,
        maximise,
    )


def _side_rows(frame: Frame) -> list[tuple[Indices, Floats, float]]:
    free = np.arange(frame.free.size)
    sides = [(free, np.ones(free.size), float(frame.sites))]
    if frame.price is not None:
        sides.append((free, frame.price, frame.budget))
    sides += [(cut, np.ones(cut.size), cut.size - 1.0) for cut in frame.cuts]
    return sides
