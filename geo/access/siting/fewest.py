"""Which is the smallest (or the cheapest) set of sites that reaches every demand?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from geo.access.costs import Floats, Indices
from geo.access.siting.covering import bounded
from geo.access.siting.gains import Gains, inclusions, mark, settle, useless_columns
from geo.access.siting.maximise import Opened
from geo.access.siting.search import greedy, improve
from geo.access.siting.solver import Clock, Programme, solve


def fewest(
    cover: Gains, clock: Clock, *, paid: Floats | None = None, enough: int | None = None
) -> Opened:
    """The fewest columns that reach every row; with `paid` the cheapest in all at these prices.

    `enough`: any set of so few will do, none is better. `cover.most`, price and cuts hold.
    `Opened.value` and `bound` are the number (or the price) of the columns; the bound is from
    below.
    """
    if np.bincount(cover.row, minlength=cover.rows).min(initial=1) == 0:
        return Opened(None, np.inf, np.inf, False, infeasible=True)
    priced = cover if paid is None else replace(cover, price=paid, purse=np.inf)
    inner, kept = settle(_without_slack_rows(cover), _none(), useless_columns(priced))
    cost = np.ones(inner.columns) if paid is None else paid[kept]
    opened = _by_search(inner, clock.share(0.2), enough) if inner.rows else _none()
    lowest = float(_apart(inner)) if paid is None else 0.0
    if paid is None and inner.rows and opened.size > max(lowest, enough or 0):
        relaxed = bounded(inner, opened, clock.share(0.3), enough=enough or 0)
        opened, lowest = relaxed.opened, max(lowest, float(relaxed.bound))
        if lowest > inner.most:
            return Opened(None, np.inf, lowest, False, infeasible=True)
    good = inner.allows(opened) and bool(inner.reached(opened)[1].all())
    value = float(cost[opened].sum()) if good else np.inf
    if value <= max(lowest, -np.inf if enough is None else enough):
        return Opened(kept[opened], value, lowest, value <= lowest)
    answer = solve(
        _programme(inner, cost),
        clock,
        start=mark(opened, inner.columns).astype(np.float64) if good else None,
        absolute_gap=1 - 1e-6 if paid is None else 1e-6,
        target=None if enough is None else float(enough),
    )
    if answer.infeasible:
        return Opened(None, np.inf, np.inf, False, infeasible=True)
    bound = max(lowest, answer.bound)
    bound = float(np.ceil(bound - 1e-6)) if paid is None and np.isfinite(bound) else bound
    if answer.point is not None:
        found = np.flatnonzero(answer.point > 0.5)
        if cost[found].sum() < value or not good:
            opened, value, good = found, float(cost[found].sum()), True
    if not good:
        return Opened(None, np.inf, bound, False)
    bound = min(bound, value)
    return Opened(kept[opened], value, bound, answer.optimal or bound >= value - 1e-9)


def _by_search(cover: Gains, clock: Clock, enough: int | None) -> Indices:
    """Greedy, then without what is not needed, then with one column fewer while exchanges do."""
    loose = replace(
        cover,
        required=np.zeros(cover.rows, dtype=np.bool_),
        most=cover.columns,
        price=None,
        exact=False,
    )
    opened = greedy(loose)
    times = np.bincount(cover.row[mark(opened, cover.columns)[cover.column]], minlength=cover.rows)
    for column in opened[::-1].tolist():
        own = cover.row[cover.column == column]
        if (times[own] > 1).all():
            times[own] -= 1
            opened = opened[opened != column]
    while opened.size > max(1, enough or 1) and clock.left() > 0:
        lost = [int((times[cover.row[cover.column == j]] == 1).sum()) for j in opened.tolist()]
        small = replace(loose, most=opened.size - 1)
        fewer = improve(small, np.delete(opened, int(np.argmin(lost))), clock)
        if not loose.reached(fewer)[1].all():
            break
        opened = fewer
        times = np.bincount(
            cover.row[mark(opened, cover.columns)[cover.column]], minlength=cover.rows
        )
    return opened


def _without_slack_rows(cover: Gains) -> Gains:
    """Drop a row that is reached whenever another one is."""
    work = np.sum(np.bincount(cover.column, minlength=cover.columns).astype(float) ** 2)
    if work > 2e7 or cover.rows == 0:
        return cover
    few, many = inclusions(cover.row, cover.column, cover.rows, cover.columns)
    size = np.bincount(cover.row, minlength=cover.rows)
    slack = mark(many[(size[few] < size[many]) | (few < many)], cover.rows)
    place = np.cumsum(~slack) - 1
    keep = ~slack[cover.row]
    return replace(
        cover,
        row=place[cover.row[keep]],
        column=cover.column[keep],
        gain=cover.gain[keep],
        required=cover.required[~slack],
    )


def _apart(cover: Gains) -> int:
    """How many rows share no column at all, so that each needs one of its own? (A lower bound.)"""
    starts = np.searchsorted(cover.row, np.arange(cover.rows + 1))
    taken = np.zeros(cover.columns, dtype=np.bool_)
    found = 0
    for i in np.argsort(np.diff(starts), kind="stable").tolist():
        own = cover.column[starts[i] : starts[i + 1]]
        if not taken[own].any():
            taken[own] = True
            found += 1
    return found


def _programme(cover: Gains, cost: Floats) -> Programme:
    """Minimise cost · y so that every row has an open column, within number, price and cuts."""
    everything = np.arange(cover.columns)
    sides = [(everything, np.ones(cover.columns), float(cover.most))]
    if cover.price is not None and np.isfinite(cover.purse):
        sides.append((everything, cover.price, cover.purse))
    sides += [(cut, np.ones(cut.size), cut.size - 1.0) for cut in cover.cuts]
    row = np.concatenate(
        [cover.row] + [np.full(side[0].size, cover.rows + k) for k, side in enumerate(sides)]
    )
    column = np.concatenate([cover.column] + [side[0] for side in sides])
    value = np.concatenate([np.ones(cover.row.size)] + [side[1] for side in sides])
    low = np.concatenate((np.ones(cover.rows), np.full(len(sides), -np.inf)))
    if cover.exact:
        low[cover.rows] = float(cover.most)
    return Programme(
        cost,
        np.zeros(cover.columns),
        np.ones(cover.columns),
        np.ones(cover.columns, dtype=np.bool_),
        sparse.csr_array((value, (row, column)), shape=(low.size, cover.columns)),
        low,
        np.concatenate((np.full(cover.rows, np.inf), [side[2] for side in sides])),
        maximise=False,
    )


def _none() -> Indices:
    return np.zeros(0, dtype=np.int64)
