"""What do the rows of a delivery say, field by field, kept by columns?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike

from geo.loaders.columns import BATCH, Numbers
from geo.loaders.report import Problem


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that may become a facility: values by field, other columns, and what was odd."""

    number: int
    values: dict[str, Any]
    extra: dict[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that cannot be a facility, with its cells but never a personal one."""

    problem: Problem
    data: dict[str, str]


class Candidates(Sequence[Candidate]):
    """Candidates by columns: per field and per other column one Arrow array, null for unknown.

    It reads like a list of `Candidate`, each made when asked for; whole columns are the cheap way.
    """

    def __init__(
        self, numbers: Numbers, values: dict[str, pa.Array], extra: dict[str, pa.Array]
    ) -> None:
        self.numbers = numbers
        self.values = values
        self.extra = extra

    @classmethod
    def of(cls, rows: Iterable[Candidate]) -> Candidates:
        """Single candidates by columns."""
        if isinstance(rows, Candidates):
            return rows
        rows = list(rows)
        fields = dict.fromkeys(name for row in rows for name in row.values)
        others = dict.fromkeys(name for row in rows for name in row.extra)
        values = {name: pa.array([row.values.get(name) for row in rows]) for name in fields}
        return cls(
            np.array([row.number for row in rows], dtype=np.int64),
            {n: pc.cast(a, pa.string()) if a.type == pa.null() else a for n, a in values.items()},
            {name: pa.array([row.extra.get(name) for row in rows], pa.string()) for name in others},
        )

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, at: int) -> Candidate: ...
    @overload
    def __getitem__(self, at: slice) -> list[Candidate]: ...
    def __getitem__(self, at: int | slice) -> Candidate | list[Candidate]:
        if isinstance(at, slice):
            return [self[index] for index in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        values = {name: array[at].as_py() for name, array in self.values.items()}
        extra = {name: array[at].as_py() for name, array in self.extra.items()}
        return Candidate(
            int(self.numbers[at]), values, {k: v for k, v in extra.items() if v is not None}
        )

    def __iter__(self) -> Iterator[Candidate]:
        for start in range(0, len(self), BATCH):
            part = self.take(np.arange(start, min(start + BATCH, len(self))))
            values = {name: array.to_pylist() for name, array in part.values.items()}
            extra = {name: array.to_pylist() for name, array in part.extra.items()}
            for at, number in enumerate(part.numbers.tolist()):
                yield Candidate(
                    number,
                    {name: column[at] for name, column in values.items()},
                    {name: column[at] for name, column in extra.items() if column[at] is not None},
                )

    def take(self, indices: ArrayLike) -> Candidates:
        """The candidates at the given places, in that order."""
        places = np.asarray(indices, dtype=np.int64)
        if len(places) == len(self) and np.array_equal(places, np.arange(len(self))):
            return self
        at = pa.array(places)
        return Candidates(
            self.numbers[places],
            {name: array.take(at) for name, array in self.values.items()},
            {name: array.take(at) for name, array in self.extra.items()},
        )

    def keep_only(self, *fields: str) -> None:
        """Forget all other values: of a million rows they are worth a hundred megabytes."""
        for name in [name for name in self.values if name not in fields]:
            del self.values[name]
        self.extra.clear()

    def text(self, field: str) -> pa.Array:
        """A field's texts; all null when the delivery does not have it."""
        found = self.values.get(field)
        return pa.nulls(len(self), pa.string()) if found is None else found


@dataclass(frozen=True, slots=True)
class Readings:
    """What the rows of a table say, field by field, before their coordinates are looked at.

    `problems` are the first in the order of rows; `problems_left_off` counts the others.
    """

    candidates: Candidates
    refused: list[Refusal]
    problems: list[Problem]
    problems_left_off: int = 0
