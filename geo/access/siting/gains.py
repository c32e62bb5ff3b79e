"""How much would each set of sites gain, when every demand takes the best that is open?

Maximal cover and p-median are one problem: maximise Σ_i max over open j of gain_ij, where a gain is
what i saves against what it has anyway (an existing site, or nothing). Only gains are stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo.access.costs import Floats, Indices, sums
from geo.access.siting.solver import Bools


@dataclass(frozen=True)
class Gains:
    """Entries sorted by row, then column; `required` rows must be reached by an open column.

    Open at most `most` columns (exactly so many where `exact`), of `price` within `purse`, and
    never all columns of one of the `cuts`.
    """

    row: Indices
    column: Indices
    gain: Floats
    required: Bools
    columns: int
    most: int
    price: Floats | None = None
    purse: float = np.inf
    cuts: tuple[Indices, ...] = ()
    exact: bool = False

    @property
    def rows(self) -> int:
        """How many demands."""
        return self.required.size

    def reached(self, opened: Indices) -> tuple[Floats, Bools]:
        """For every row the best gain of the opened columns (0 for none), and whether any is."""
        inside = mark(opened, self.columns)[self.column]
        best = np.zeros(self.rows)
        np.maximum.at(best, self.row[inside], self.gain[inside])
        return best, mark(self.row[inside], self.rows)

    def value(self, opened: Indices) -> float:
        """The sum of gains; −inf where the set is not allowed."""
        best, met = self.reached(opened)
        allowed = self.allows(opened) and not (self.required & ~met).any()
        return float(best.sum()) if allowed else -np.inf

    def allows(self, opened: Indices) -> bool:
        """Is the set small enough, cheap enough and no plan that is cut off?"""
        inside = mark(opened, self.columns)
        return (
            (opened.size == self.most if self.exact else opened.size <= self.most)
            and (self.price is None or self.price[inside].sum() <= self.purse * (1 + 1e-12))
            and not any(cut.size == 0 or inside[cut].all() for cut in self.cuts)
        )

    def whole(self) -> bool:
        """Can the sum only be a whole number?"""
        return bool((self.gain == np.rint(self.gain)).all()) and self.gain.sum() < 2**52


def mark(positions: NDArray[np.integer], size: int) -> Bools:
    """A mask of `size` that is true at `positions`."""
    mask = np.zeros(size, dtype=np.bool_)
    mask[positions] = True
    return mask


def with_prizes(gains: Gains) -> Gains:
    """The same gains for a search: to reach a required row is worth more than all other gains."""
    loose = gains.required & (np.bincount(gains.row, minlength=gains.rows) < gains.columns)
    if not loose.any():
        return gains
    prize = float(gains.gain.sum()) + 1.0
    return replace(gains, gain=gains.gain + np.where(loose, prize, 0.0)[gains.row])


def settle(gains: Gains, inside: Indices, outside: Indices) -> tuple[Gains, Indices]:
    """The problem that is left once some columns are surely open and others surely not.

    Returns it with the old position of each of its columns.
    """
    best, met = gains.reached(inside)
    known = mark(np.concatenate((inside, outside)), gains.columns)
    left = np.flatnonzero(~known)
    place = np.full(gains.columns, -1, dtype=np.int64)
    place[left] = np.arange(left.size)
    rest = gains.gain - best[gains.row]
    # A required row that is still unmet keeps its entries of gain 0: they reach it.
    keep = ~known[gains.column] & ((rest > 0) | (gains.required & ~met)[gains.row])
    shut = mark(outside, gains.columns)
    cuts = tuple(
        place[cut[place[cut] >= 0]] for cut in gains.cuts if cut.size and not shut[cut].any()
    )
    price = gains.price
    smaller = replace(
        gains,
        row=gains.row[keep],
        column=place[gains.column[keep]],
        gain=rest[keep],
        required=gains.required & ~met,
        columns=left.size,
        most=gains.most - inside.size,
        price=None if price is None else price[left],
        purse=gains.purse if price is None else gains.purse - float(price[inside].sum()),
        cuts=cuts,
    )
    return smaller, left


def merge_rows(gains: Gains) -> Gains:
    """Join rows that gain alike from the same columns, and drop those that nothing reaches.

    Only rows with one gain throughout are joined: their gains add up. Rows are compared by a
    seeded random 64-bit sum of their columns, so that a false match is out of reach.
    """
    counts = np.bincount(gains.row, minlength=gains.rows)
    starts = np.concatenate(([0], np.cumsum(counts)))
    low, high = _row_range(gains)
    alike = (counts > 0) & (low == high) & ~gains.required
    codes = np.random.default_rng(0).integers(0, 2**64 - 1, gains.columns, dtype=np.uint64)
    running = np.concatenate((np.zeros(1, np.uint64), np.cumsum(codes[gains.column])))
    joined = np.flatnonzero(alike)
    keys = (running[starts[1:]] - running[starts[:-1]])[joined]
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    total = np.zeros(gains.rows)
    total[joined[first]] = sums(group.reshape(-1), high[joined], first.size)
    stays = gains.required | ((counts > 0) & ~alike)
    stays[joined[first]] = True
    place = np.cumsum(stays) - 1
    keep = stays[gains.row]
    row = gains.row[keep]
    return replace(
        gains,
        row=place[row],
        column=gains.column[keep],
        gain=np.where(alike[row], total[row], gains.gain[keep]),
        required=gains.required[stays],
    )


def useless_columns(gains: Gains) -> Indices:
    """Columns that another one can replace at no loss: it reaches the same rows and more.

    Of equal columns the cheapest stays, then the lowest. Searched where every row has one gain;
    elsewhere only columns without any gain are found. None where plans are cut off.
    """
    if gains.cuts or gains.exact:
        return np.zeros(0, dtype=np.int64)
    degree = np.bincount(gains.column, minlength=gains.columns)
    low, high = _row_range(gains)
    work = np.sum(np.bincount(gains.row, minlength=gains.rows).astype(float) ** 2)
    if work > 2e7 or (low < high).any():
        return np.flatnonzero(degree == 0)
    return np.flatnonzero((degree == 0) | _dominated(gains, degree))


def _dominated(gains: Gains, degree: NDArray[np.integer]) -> Bools:
    few, many = inclusions(gains.column, gains.row, gains.columns, gains.rows)
    price = np.zeros(gains.columns) if gains.price is None else gains.price
    equal = degree[few] == degree[many]
    earlier = (price[many] < price[few]) | ((price[many] == price[few]) & (many < few))
    return mark(few[np.where(equal, earlier, price[many] <= price[few])], gains.columns)


def inclusions(
    group: Indices, member: Indices, groups: int, members: int
) -> tuple[Indices, Indices]:
    """All pairs (few, many) of different groups where each member of `few` belongs to `many`."""
    ones = sparse.csr_array((np.ones(group.size), (group, member)), shape=(groups, members))
    shared = (ones @ ones.T).tocoo()
    size = np.bincount(group, minlength=groups)
    inside = (shared.data == size[shared.row]) & (shared.row != shared.col)
    return shared.row[inside].astype(np.int64), shared.col[inside].astype(np.int64)


def _row_range(gains: Gains) -> tuple[Floats, Floats]:
    """The lowest and the highest gain of each row; inf and 0 for a row without entries."""
    low, high = np.full(gains.rows, np.inf), np.zeros(gains.rows)
    starts = np.flatnonzero(np.diff(gains.row, prepend=-1))
    if starts.size:
        reached = gains.row[starts]
        low[reached] = np.minimum.reduceat(gains.gain, starts)
        high[reached] = np.maximum.reduceat(gains.gain, starts)
    low[high < low] = 0.0
    return low, high
