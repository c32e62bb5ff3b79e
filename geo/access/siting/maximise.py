"""Which allowed set of sites gains most, and is that proven?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from geo.access.costs import Floats, Indices, sums
from geo.access.siting.bounds import proven, relax, settled
from geo.access.siting.gains import Gains, merge_rows, settle, useless_columns
from geo.access.siting.search import allowed_neighbour, greedy, improve
from geo.access.siting.solver import LARGE, Answer, Clock, Programme, solve

LARGEST_PROGRAMME = 4_000_000


@dataclass(frozen=True)
class Opened:
    """The columns to open (None: no set is known), their gain, what any can gain at most."""

    columns: Indices | None
    value: float
    bound: float
    optimal: bool
    infeasible: bool = False


def maximise(gains: Gains, clock: Clock, *, known: Indices | None = None) -> Opened:
    """The best set of columns: reduce, search, bound, settle, then HiGHS on what is left.

    The result is never worse than `known`, a set that the caller has found.
    """
    gains = merge_rows(gains)
    if np.bincount(gains.row, minlength=gains.rows)[gains.required].min(initial=1) == 0:
        return Opened(None, -np.inf, -np.inf, False, infeasible=True)
    inner, kept = settle(gains, np.zeros(0, dtype=np.int64), useless_columns(gains))
    if inner.exact and inner.most > inner.columns:
        return Opened(None, -np.inf, -np.inf, False, infeasible=True)
    if inner.most >= inner.columns and inner.price is None and not inner.cuts:
        value = gains.value(kept)
        return Opened(kept, value, value, True)
    starts = [start(inner, clock)]
    if known is not None:
        starts.append(np.flatnonzero(np.isin(kept, known)))
    opened = max(starts, key=inner.value)
    value = inner.value(opened)
    if inner.row.size == 0 and np.isfinite(value):
        return Opened(kept[opened], value, value, True)
    # Where the programme will hardly be small enough for HiGHS, only this brings the bound down.
    relaxed = relax(inner, opened, clock.share(0.3 if inner.row.size <= LARGE else 0.7))
    opened, value = relaxed.opened, relaxed.value
    if proven(inner, value, relaxed.bound):
        return Opened(kept[opened], value, value, True)
    surely, never = settled(inner, relaxed)
    found = _by_programme(inner, surely, never, opened, clock)
    if found.columns is not None and found.value > value:
        opened, value = found.columns, found.value
    if not np.isfinite(value):
        return Opened(None, value, relaxed.bound, False, infeasible=found.infeasible)
    bound = max(value, min(relaxed.bound, found.bound))
    optimal = found.optimal or found.infeasible or proven(inner, value, bound)
    return Opened(kept[opened], value, value if optimal else bound, optimal)


def start(gains: Gains, clock: Clock) -> Indices:
    """Greedy, exchanges, and where that set is cut off its best allowed neighbour."""
    opened = greedy(gains)
    if gains.exact and opened.size < gains.most:
        spare = np.setdiff1d(np.arange(gains.columns), opened)
        opened = np.sort(np.concatenate((opened, spare[: gains.most - opened.size])))
    opened = improve(gains, opened, clock.share(0.3))
    if gains.cuts and not gains.allows(opened):
        other = allowed_neighbour(gains, opened)
        opened = opened if other is None else other
    return opened


def _by_programme(
    gains: Gains, surely: Indices, never: Indices, opened: Indices, clock: Clock
) -> Opened:
    """HiGHS over the columns that are not settled; `bound` holds for all sets, as do the settled.

    Better sets than `opened` keep to the settled columns, so if none is found `opened` is best.
    """
    if clock.left() <= 0:
        return Opened(None, -np.inf, np.inf, False)
    reached = gains.reached(surely)[0].sum()
    rest, left = settle(gains, surely, never)
    if rest.cuts and any(cut.size == 0 for cut in rest.cuts):
        return Opened(None, -np.inf, -np.inf, False, infeasible=True)
    rest = merge_rows(rest)
    inner, kept = settle(rest, np.zeros(0, dtype=np.int64), useless_columns(rest))
    if inner.row.size * 2 > LARGEST_PROGRAMME:
        return Opened(None, -np.inf, np.inf, False)
    programme, levels = gains_programme(inner)
    place = np.full(gains.columns, -1, dtype=np.int64)
    place[left[kept]] = np.arange(kept.size)
    fits = np.isin(surely, opened).all() and (place[np.setdiff1d(opened, surely)] >= 0).all()
    point = None
    if fits and np.isfinite(gains.value(opened)):
        point = _point(inner, levels, place[np.setdiff1d(opened, surely)])
    whole = 1 - 1e-6 if gains.whole() else 1e-6
    answer = solve(programme, clock, start=point, absolute_gap=whole)
    return _read(gains, answer, surely, left[kept], float(reached))


def _read(
    gains: Gains, answer: Answer, surely: Indices, columns: Indices, reached: float
) -> Opened:
    bound = answer.bound + reached
    if answer.point is None:
        return Opened(None, -np.inf, bound, False, infeasible=answer.infeasible)
    chosen = columns[answer.point[: columns.size] > 0.5]
    opened = np.sort(np.concatenate((surely, chosen)))
    return Opened(opened, gains.value(opened), bound, answer.optimal)


@dataclass(frozen=True)
class Levels:
    """Entries by falling gain: the variable of each step of each row, and what reaches it."""

    row: Indices
    gain: Floats
    variable: Indices
    entry: Indices
    step: Indices


def gains_programme(gains: Gains) -> tuple[Programme, Levels]:
    """The sparse 0-1 programme: maximise Σ (gain of step k − gain of step k + 1) z_ik.

    z_ik = 1 where row i is served at its k-th best distinct gain or better, so
    z_ik ≤ z_i,k−1 + Σ y_j over the columns of step k (García, Labbé and Marín 2011,
    doi:10.1287/ijoc.1100.0418). With one gain a row this is maximal cover (Church and ReVelle
    1974). A first step with a single column is that column's own variable.
    """
    order = np.lexsort((gains.column, -gains.gain, gains.row))
    row, gain, column = gains.row[order], gains.gain[order], gains.column[order]
    fresh = np.concatenate(([True], (row[1:] != row[:-1]) | (gain[1:] != gain[:-1])))[: row.size]
    step = np.cumsum(fresh) - 1
    heads = np.flatnonzero(fresh)
    step_row, step_gain = row[heads], gain[heads]
    first = np.concatenate(([True], step_row[1:] != step_row[:-1]))[: heads.size]
    last = np.concatenate((first[1:], [True]))[: heads.size]
    single = (
        first & (np.bincount(step, minlength=heads.size) == 1) & ~(last & gains.required[step_row])
    )
    own = np.flatnonzero(~single)
    variable = np.empty(heads.size, dtype=np.int64)
    variable[own] = gains.columns + np.arange(own.size)
    variable[single] = column[heads[single]]
    size = gains.columns + own.size
    rise = step_gain - np.where(last, 0.0, np.append(step_gain[1:], 0.0)[: heads.size])
    reward = sums(variable, rise, size)
    floor = np.zeros(size)
    floor[variable[last & gains.required[step_row]]] = 1.0
    number = np.full(heads.size, -1, dtype=np.int64)
    number[own] = np.arange(own.size)
    chained, entries = own[~first[own]], np.flatnonzero(~single[step])
    rows = np.concatenate((number[own], number[chained], number[step[entries]]))
    columns = np.concatenate((variable[own], variable[chained - 1], column[entries]))
    values = np.concatenate((np.ones(own.size), -np.ones(chained.size), -np.ones(entries.size)))
    programme = _with_side_rows(gains, reward, floor, (rows, columns, values), own.size)
    return programme, Levels(step_row, step_gain, variable, column, step)


def _with_side_rows(
    gains: Gains,
    reward: Floats,
    floor: Floats,
    triples: tuple[Indices, Indices, Floats],
    rows: int,
) -> Programme:
    """Add how many columns, at what price, and the plans that are cut off."""
    size = reward.size
    all_columns = np.arange(gains.columns)
    sides: list[tuple[Indices, Floats, float, float]] = [
        (
            all_columns,
            np.ones(gains.columns),
            float(gains.most) if gains.exact else -np.inf,
            float(gains.most),
        )
    ]
    if gains.price is not None and np.isfinite(gains.purse):
        sides.append((all_columns, gains.price, -np.inf, gains.purse))
    sides += [(cut, np.ones(cut.size), -np.inf, cut.size - 1.0) for cut in gains.cuts]
    row = np.concatenate(
        [triples[0]] + [np.full(side[0].size, rows + k) for k, side in enumerate(sides)]
    )
    column = np.concatenate([triples[1]] + [side[0] for side in sides])
    value = np.concatenate([triples[2]] + [side[1] for side in sides])
    matrix = sparse.csr_array((value, (row, column)), shape=(rows + len(sides), size))
    whole = np.zeros(size, dtype=np.bool_)
    whole[: gains.columns] = True
    return Programme(
        reward,
        floor,
        np.ones(size),
        whole,
        matrix,
        np.concatenate((np.full(rows, -np.inf), [side[2] for side in sides])),
        np.concatenate((np.zeros(rows), [side[3] for side in sides])),
        maximise=True,
    )


def _point(gains: Gains, levels: Levels, opened: Indices) -> Floats:
    """The point of a set of columns in `gains_programme`."""
    size = int(max(gains.columns, levels.variable.max(initial=-1) + 1))
    point = np.zeros(size)
    point[opened] = 1.0
    reached = np.zeros(levels.row.size, dtype=np.bool_)
    reached[levels.step[point[levels.entry] > 0.5]] = True
    # Once a step of a row is served, so are all the later steps of that row.
    best = np.full(gains.rows, levels.row.size, dtype=np.int64)
    np.minimum.at(best, levels.row[reached], np.flatnonzero(reached))
    own = levels.variable >= gains.columns
    point[levels.variable[own]] = (np.arange(levels.row.size) >= best[levels.row])[own]
    return point
