"""Which set of sites do the greedy rule and exchanges of one site for another find?"""

from __future__ import annotations

import heapq

import numpy as np

from geo.access.costs import Floats, Indices, sums
from geo.access.siting.gains import Gains, mark, with_prizes
from geo.access.siting.kernels import exchanges
from geo.access.siting.solver import Clock


def greedy(gains: Gains) -> Indices:
    """Open the column of the highest gain, again and again; ties take the lowest position.

    With prices also by gain per price, and the better of the two sets counts. Gains only shrink as
    columns open, so a stale gain is an upper bound and most columns are never looked at again.
    """
    boosted = with_prizes(gains)
    # Entries are sorted by row already; short numbers are sorted by their digits.
    short = np.uint16 if boosted.columns < 2**16 else np.int64
    order = np.argsort(boosted.column.astype(short), kind="stable")
    starts = np.concatenate(
        ([0], np.cumsum(np.bincount(boosted.column, minlength=boosted.columns)))
    )
    row, gain = boosted.row[order], boosted.gain[order]
    rules = [np.ones(gains.columns)]
    if gains.price is not None and np.isfinite(gains.purse):
        rules.append(np.maximum(gains.price, 1e-12))
    found = [_greedy(boosted, starts, row, gain, rule) for rule in rules]
    values = [float(boosted.reached(each)[0].sum()) for each in found]
    return np.sort(found[int(np.argmax(values))])


def _greedy(gains: Gains, starts: Indices, row: Indices, gain: Floats, scale: Floats) -> Indices:
    first = sums(gains.column, gains.gain, gains.columns) / scale
    heap = [(-value, j) for j, value in enumerate(first.tolist()) if value > 0]
    heapq.heapify(heap)
    best = np.zeros(gains.rows)
    opened: list[int] = []
    purse = gains.purse * (1 + 1e-12)
    while heap and len(opened) < gains.most:
        j = heapq.heappop(heap)[1]
        if gains.price is not None and gains.price[j] > purse:
            continue
        own = slice(starts[j], starts[j + 1])
        more = gain[own] - best[row[own]]
        value = float(more[more > 0].sum()) / scale[j]
        if value <= 0:
            continue
        if heap and (-value, j) > heap[0]:
            heapq.heappush(heap, (-value, j))
            continue
        opened.append(j)
        best[row[own]] = np.maximum(best[row[own]], gain[own])
        purse -= 0.0 if gains.price is None else float(gains.price[j])
    return np.array(opened, dtype=np.int64)


def improve(gains: Gains, opened: Indices, clock: Clock) -> Indices:
    """Exchange one open column for a closed one, or add one, while that gains; the best move first.

    After Teitz and Bart (1968), doi:10.1287/opre.16.5.955: each row knows its best and second best
    open column, so all exchanges are valued in one pass over the entries.
    """
    boosted = with_prizes(gains)
    least = 1e-9 * max(1.0, float(boosted.gain.max(initial=0.0)))
    price = np.zeros(gains.columns) if gains.price is None else gains.price
    while clock.left() > 0:
        change, leave, enter, added = _exchanges(boosted, opened)
        if enter.size == 0:
            break
        left = gains.purse - float(price[opened].sum())
        change[price[enter][None, :] - price[leave][:, None] > left] = -np.inf
        added[(price[enter] > left) | (opened.size >= gains.most)] = -np.inf
        moves = np.vstack((change, added))
        s, t = divmod(int(np.argmax(moves)), enter.size)
        if moves[s, t] <= least:
            break
        stay = opened if s == leave.size else opened[opened != leave[s]]
        opened = np.sort(np.append(stay, enter[t]))
    return opened


def allowed_neighbour(gains: Gains, opened: Indices) -> Indices | None:
    """The best set one exchange away that is allowed, for when `opened` itself is cut off."""
    boosted = with_prizes(gains)
    if opened.size == 0:
        return None
    change, leave, enter, _ = _exchanges(boosted, opened)
    for place in np.argsort(-change, axis=None, kind="stable")[:200].tolist():
        s, t = divmod(place, enter.size)
        other = np.sort(np.append(opened[opened != leave[s]], enter[t]))
        if np.isfinite(gains.value(other)):
            return other
    return None


def _exchanges(gains: Gains, opened: Indices) -> tuple[Floats, Indices, Indices, Floats]:
    """What the sum changes by when `leave[s]` closes and `enter[t]` opens, of shape (s, t).

    Returns it with `leave`, `enter` and what `enter[t]` adds when none closes.
    """
    inside = mark(opened, gains.columns)
    enter = np.flatnonzero(~inside)
    place = np.empty(gains.columns, dtype=np.int64)
    place[opened], place[enter] = np.arange(opened.size), np.arange(enter.size)
    change, added = exchanges(
        gains.row, gains.column, gains.gain, inside, place, gains.rows, opened.size, enter.size
    )
    return change, opened, enter, added
