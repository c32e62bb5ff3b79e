"""How many columns does it take at least to reach every row, and which few do? By relaxation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.access.costs import Indices
from geo.access.siting.gains import Gains, mark
from geo.access.siting.kernels import column_sums, completed, row_counts
from geo.access.siting.solver import Clock

ROUNDS = 600


@dataclass(frozen=True)
class Covering:
    """Any cover has at least `bound` columns; `opened` is the smallest found."""

    bound: int
    opened: Indices


def bounded(cover: Gains, opened: Indices, clock: Clock, *, enough: int = 0) -> Covering:
    """Bound the number of columns of a cover from below, and improve the cover `opened`.

    For any u ≥ 0, Σ u_i + Σ_j min(0, 1 − Σ_{i in j} u_i) is at most the size of every cover; the
    subgradient method raises it (Beasley 1990, doi:10.1002/1520-6750(199002)37:1<151::AID-NAV32203
    70112>3.0.CO;2-2), and columns that it likes are completed to covers. Ends early where the cover
    is proven smallest, is small `enough`, or where none so small exists.
    """
    row, column = cover.row, cover.column
    order = np.argsort(column, kind="stable")
    starts = np.searchsorted(column[order], np.arange(cover.columns + 1))
    inside = row[order]
    size = np.maximum(np.diff(starts), 1)
    multiplier = np.full(cover.rows, np.inf)
    np.minimum.at(multiplier, row, 1.0 / size[column])
    best, pace, stale = -np.inf, 1.0, 0
    for step in range(ROUNDS):
        reduced = 1.0 - column_sums(starts, inside, multiplier)
        bound = float(multiplier.sum() + np.minimum(reduced, 0.0).sum())
        stale = 0 if bound > best + 1e-4 else stale + 1
        best = max(best, bound)
        if step % 20 == 0 or (stale == 0 and step % 5 == 0):
            other = completed(starts, inside, row, column, reduced, cover.rows)
            opened = other if other.size < opened.size else opened
        least = int(np.ceil(best - 1e-6))
        if least >= opened.size or opened.size <= enough or 0 < enough < least:
            break
        slope = 1.0 - row_counts(row, column, mark(np.flatnonzero(reduced < 0), cover.columns),
                                 cover.rows)  # fmt: skip
        slope[(multiplier <= 0) & (slope < 0)] = 0.0
        length = float(slope @ slope)
        if length < 1e-9 or pace < 5e-3 or clock.left() <= 0:
            break
        if stale >= 15:
            pace, stale = pace / 1.5, 0
        target = 1.02 * opened.size if enough == 0 else enough + 1.0
        rise = max(target - bound, 0.05)
        multiplier = np.maximum(multiplier + pace * rise / length * slope, 0.0)
    return Covering(int(np.ceil(best - 1e-6)), np.sort(opened))
