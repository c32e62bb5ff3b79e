"""How are the cells of a million rows kept, by columns, without an object for each row?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo.loaders.tables import Row

Numbers = NDArray[np.int64]
BATCH = 20_000
"""Rows that are Python objects at one time."""


class TextRows(Sequence[Row]):
    """Rows by columns: one Arrow string array per column, '' for an empty cell.

    It reads like a list of `Row`, each made when asked for; whole columns are the cheap way.
    """

    def __init__(self, numbers: Numbers, columns: list[pa.Array]) -> None:
        self.numbers = numbers
        self._columns = columns

    @classmethod
    def of(cls, rows: Iterable[Row], width: int) -> TextRows:
        """The rows of any source by columns; `width` cells each, taken in batches."""
        numbers: list[Numbers] = []
        parts: list[list[pa.Array]] = [[] for _ in range(width)]
        for batch in batches(rows):
            numbers.append(np.array([row.number for row in batch], dtype=np.int64))
            for part, cells in zip(parts, zip(*(row.cells for row in batch), strict=True),
                                   strict=True):  # fmt: skip
                part.append(pa.array(cells, pa.string()))
        columns = []
        while parts:  # one after the other: a large file is not held twice
            columns.append(pa.chunked_array(parts.pop(0), pa.string()).combine_chunks())
            release_memory()
        return cls(np.concatenate([np.empty(0, np.int64), *numbers]), columns)

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            return [self[index] for index in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        return Row(int(self.numbers[at]), [column[at].as_py() for column in self._columns])

    def __iter__(self) -> Iterator[Row]:
        for start in range(0, len(self), BATCH):
            numbers = self.numbers[start : start + BATCH].tolist()
            columns = [column.slice(start, BATCH).to_pylist() for column in self._columns]
            cells = zip(*columns, strict=True) if columns else ([] for _ in numbers)
            for number, row in zip(numbers, cells, strict=True):
                yield Row(number, list(row))

    def column(self, index: int) -> pa.Array:
        """All cells of a column, in the order of the rows."""
        return self._columns[index]


def release_memory() -> None:
    """Give back what Arrow keeps for later: work on a large file comes in few large steps."""
    pa.default_memory_pool().release_unused()


def batches(rows: Iterable[Row], size: int = BATCH) -> Iterator[list[Row]]:
    """The rows in lists of at most `size`."""
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def column_of(rows: Sequence[Row], index: int) -> pa.Array:
    """All cells of one column of rows however they are kept."""
    if isinstance(rows, TextRows):
        return rows.column(index)
    return pa.array([row.cells[index] for row in rows], pa.string())


def numbers_of_rows(rows: Sequence[Row]) -> Numbers:
    """The numbers of the rows in the file."""
    if isinstance(rows, TextRows):
        return rows.numbers
    return np.array([row.number for row in rows], dtype=np.int64)


def rows_numbered(rows: Sequence[Row], numbers: Iterable[int]) -> dict[int, Row]:
    """The rows of the given numbers; numbers grow along a file."""
    known = numbers_of_rows(rows)
    wanted = np.array(sorted(set(numbers)), dtype=np.int64)
    at = np.searchsorted(known, wanted)
    return {int(number): rows[int(index)] for number, index in zip(wanted, at, strict=True)}


_PLAIN_NUMBER = r"^[+-]?[0-9]{1,15}(\.[0-9]{1,15})?$"


def plain_numbers(text: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Cells written as plain decimal numbers, as floats; and which ones are (the rest is NaN)."""
    text = pc.utf8_trim_whitespace(text)
    is_plain = pc.fill_null(pc.match_substring_regex(text, _PLAIN_NUMBER), False)
    # Arrow's numbers take no plus sign.
    numbers = pc.cast(pc.if_else(is_plain, pc.utf8_ltrim(text, "+"), None), pa.float64())
    return to_numpy(numbers, np.nan), to_numpy(is_plain)


def to_numpy(array: pa.Array, missing: Any = None) -> NDArray[Any]:
    """An Arrow array of numbers or truths as numpy, with `missing` where it is null."""
    if array.null_count:
        array = pc.fill_null(array, missing)
    return np.asarray(array.to_numpy(zero_copy_only=False))


def codes_of(array: pa.Array) -> NDArray[np.int32]:
    """Equal values get equal codes from 0; null gets -1. Lists are compared as a whole."""
    if pa.types.is_list(array.type):
        array = pc.binary_join(array, "\x1f")
    if pa.types.is_dictionary(array.type):
        return to_numpy(array.indices, -1).astype(np.int32)
    codes = to_numpy(pc.dictionary_encode(array).indices, -1).astype(np.int32)
    release_memory()
    return codes
