"""Which pairs of demand and site can reach each other, and at what cost? Dense and sparse alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from geo.errors import BadArray, both

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """Reachable pairs, sorted by demand, then site; each pair once."""

    demand: Indices
    site: Indices
    cost: Floats
    shape: tuple[int, int]

    def where(self, keep: NDArray[np.bool_]) -> Pairs:
        """The pairs that `keep` marks."""
        return Pairs(self.demand[keep], self.site[keep], self.cost[keep], self.shape)

    def within(self, limit: float) -> Pairs:
        """The pairs whose cost is at most `limit`."""
        return self.where(self.cost <= limit)


def reachable_pairs(cost: Any) -> Pairs:
    """Read a cost matrix of shape (demand, sites), a dense array or any scipy sparse one.

    Dense: inf = unreachable. Sparse: absent (or a stored inf) = unreachable, a stored 0 = cost 0;
    of a pair that is stored twice the cheaper one counts, costs are never added. Raises BadArray
    for NaN, negative costs and anything that is not a matrix of numbers.
    """
    pairs = _sparse_pairs(cost) if sparse.issparse(cost) else _dense_pairs(cost)
    return pairs if pairs.cost.size == 0 or np.isfinite(pairs.cost.max()) else _finite(pairs)


def amounts(values: ArrayLike, count: int, name: str, *, unlimited: bool = False) -> Floats:
    """Read one number ≥ 0 for each of `count` things; inf only where `unlimited`."""
    array = _numbers(values, name)
    if array.shape != (count,):
        raise BadArray(
            both(
                f"{name} 的形状是 {array.shape}，应为 ({count},)。",
                f"{name} has the shape {array.shape}; it must be ({count},).",
            ),
            parameter=name,
        )
    check_not_negative(array, name)
    if not unlimited and array.size and not np.isfinite(array.max()):
        raise BadArray(both(f"{name} 含有无穷大。", f"{name} holds infinity."), parameter=name)
    return array


def index_array(values: ArrayLike | None, count: int, name: str) -> Indices:
    """Read positions in 0 … count - 1 (None: nowhere), ascending, each once."""
    array = np.asarray([] if values is None else values)
    whole = array.dtype.kind in "iu" or array.size == 0
    if not whole or array.ndim != 1:
        raise BadArray(
            both(
                f"{name} 应为整数下标的一维数组。",
                f"{name} must be a one-dimensional array of whole positions.",
            ),
            parameter=name,
        )
    found: Indices = np.unique(array).astype(np.int64)
    if found.size and (found[0] < 0 or found[-1] >= count):
        raise BadArray(
            both(
                f"{name} 的下标须在 0 到 {count - 1} 之间，得到 {found[0]} 到 {found[-1]}。",
                f"{name} must lie in 0 … {count - 1}; it spans {found[0]} … {found[-1]}.",
            ),
            parameter=name,
        )
    return found


def number(value: Any, name: str, *, above_zero: bool = False) -> float:
    """Read one number ≥ 0 (> 0 where `above_zero`); inf is allowed."""
    try:
        read = float(value)
    except (TypeError, ValueError) as error:
        raise BadArray(both(f"{name} 不是数。", f"{name} is no number."), parameter=name) from error
    if not read >= 0 or (above_zero and read == 0):
        sign = ">" if above_zero else "≥"
        raise BadArray(
            both(f"{name} 须 {sign} 0，得到 {read}。", f"{name} must be {sign} 0; it is {read}."),
            parameter=name,
        )
    return read


def sums(group: NDArray[np.integer], values: Floats, groups: int) -> Floats:
    """The sum of `values` in each group (of nothing, numpy's own counter makes whole numbers)."""
    return np.bincount(group, values, minlength=groups).astype(np.float64, copy=False)


def nth_smallest(values: Floats, starts: Indices, place: Indices) -> Floats:
    """Of each row the value at `place` (from 0) if it were sorted; inf beyond the end of the row.

    Row i is values[starts[i]:starts[i + 1]].
    """
    found = np.full(starts.size - 1, np.inf)
    some = np.flatnonzero(place < np.diff(starts))
    for nth in np.unique(place[some]).tolist():
        for rows, at in _blocks(starts, some[place[some] == nth]):
            found[rows] = np.partition(values[at], nth, axis=1)[:, nth]
    return found


def sorted_rows(values: Floats, starts: Indices) -> Indices:
    """The positions of the values, each row sorted by itself; equal ones keep their order."""
    order = np.empty(values.size, dtype=np.int64)
    for _, at in _blocks(starts, np.flatnonzero(np.diff(starts))):
        order[at] = np.take_along_axis(at, np.argsort(values[at], axis=1, kind="stable"), axis=1)
    return order


def _blocks(starts: Indices, rows: Indices) -> Iterator[tuple[Indices, Indices]]:
    """Rows of one length together, and the positions of their values (rows, length)."""
    size = np.diff(starts)[rows]
    for width in np.unique(size).tolist():
        own = rows[size == width]
        for part in np.array_split(own, own.size * width // 4_000_000 + 1):
            yield part, starts[part][:, None] + np.arange(width)


def check_not_negative(array: NDArray[Any], name: str) -> None:
    """Raise BadArray where a value is NaN or negative, naming the first such position."""
    if array.size == 0:
        return
    lowest = array.min()
    if lowest >= 0:
        return
    wrong = np.argwhere(np.isnan(array) | (array < 0))[0].tolist()
    where = wrong[0] if len(wrong) == 1 else tuple(wrong)
    raise BadArray(
        both(
            f"{name} 在位置 {where} 为 NaN 或负数。",
            f"{name} is NaN or negative at position {where}.",
        ),
        parameter=name,
    )


def _numbers(values: Any, name: str) -> Floats:
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "biuf" and array.size:
            raise TypeError
        return np.ascontiguousarray(array, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BadArray(
            both(f"{name} 应为数的数组。", f"{name} must be an array of numbers."), parameter=name
        ) from error


def _matrix_shape(shape: Sequence[int]) -> tuple[int, int]:
    if len(shape) != 2:
        raise BadArray(
            both(
                f"cost 应为二维（需求、设施），得到 {len(shape)} 维。",
                f"cost must have two dimensions (demand, sites); it has {len(shape)}.",
            ),
            parameter="cost",
        )
    return int(shape[0]), int(shape[1])


def _dense_pairs(cost: Any) -> Pairs:
    matrix = _numbers(cost, "cost")
    shape = _matrix_shape(np.shape(cost))
    check_not_negative(matrix, "cost")
    flat = np.flatnonzero(np.isfinite(matrix.reshape(-1)))
    demand, site = np.divmod(flat, max(shape[1], 1))
    return Pairs(demand, site, matrix.reshape(-1)[flat], shape)


def _sparse_pairs(cost: Any) -> Pairs:
    shape = _matrix_shape(cost.shape)
    if cost.format == "csr":
        demand = np.repeat(np.arange(shape[0], dtype=np.int64), np.diff(cost.indptr))
        site, stored = cost.indices.astype(np.int64), cost.data
    else:
        # Only COO can hold a pair twice, and its conversion to CSR would add the two.
        triples = cost.tocoo(copy=False)
        demand, site = triples.row.astype(np.int64), triples.col.astype(np.int64)
        stored = triples.data
    values = _numbers(stored, "cost")
    check_not_negative(values, "cost")
    key = demand * max(shape[1], 1) + site
    if key.size and not (key[1:] > key[:-1]).all():
        order = np.lexsort((values, key))
        key = key[order]
        first = np.concatenate(([True], key[1:] != key[:-1]))
        order = order[first]
        demand, site, values = demand[order], site[order], values[order]
    return Pairs(demand, site, values, shape)


def _finite(pairs: Pairs) -> Pairs:
    return pairs.where(np.isfinite(pairs.cost))
