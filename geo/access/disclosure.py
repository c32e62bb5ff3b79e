"""Which small numbers must a public table hide, and which more, so that none can be worked out?

Primary suppression: a count above 0 and below the threshold is hidden. Complementary suppression:
where the total of a column is published and the hidden counts of that column could be worked out
from it (one of them alone, or several that together stay below the threshold), the smallest counts
that are still shown are hidden too. Zero says that nobody is there and is shown.

Columns tied by a difference are hidden together: of people, covered and uncovered any two give the
third, so a small uncovered count hides the covered one, although that one may be large.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from geo.access.radius.answer import AGES, AreaCoverage
from geo.errors import BadInput

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Suppressed(Generic[Row]):
    """Rows in which hidden counts are None, and which were hidden: (number of the row, column).

    totals: columns whose total must be hidden as well, because nothing is left to hide beside the
    small count.
    """

    rows: tuple[Row, ...]
    hidden: frozenset[tuple[int, str]]
    totals: frozenset[str] = frozenset()


def suppress_small(
    rows: Sequence[Row],
    threshold: float,
    *,
    columns: Sequence[str] = ("people_60", "people_65", "people_80"),
    has_total: bool = True,
) -> Suppressed[Row]:
    """Hide counts above 0 and below `threshold`, and what would give them away.

    rows: dataclasses with the columns as fields; None is unknown and stays. has_total: the columns'
    totals are published beside the rows. threshold 0 hides nothing. Raises BadInput for a negative
    threshold.
    """
    if threshold < 0:
        raise BadInput(f"threshold must be 0 or more, not {threshold}", parameter="threshold")
    hidden: set[tuple[int, str]] = set()
    for column in columns:
        values = _values(rows, column)
        small = {i for i, value in values.items() if 0 < value < threshold}
        hidden |= {(i, column) for i in _with_complements(small, values, threshold, has_total)}
    return _suppressed(rows, hidden, threshold)


def suppress_coverage(
    rows: Sequence[AreaCoverage], threshold: float, *, has_total: bool = True
) -> Suppressed[AreaCoverage]:
    """Hide small counts of a coverage table: of people, of covered and of uncovered people.

    A small covered or uncovered count hides `covered_…` (with it the share); small people hide
    both. Complements are hidden per column where totals are published.
    """
    if threshold < 0:
        raise BadInput(f"threshold must be 0 or more, not {threshold}", parameter="threshold")
    hidden: set[tuple[int, str]] = set()
    for age in AGES:
        whole, part = f"people_{age}", f"covered_{age}"
        people = _values(rows, whole)
        covered = _values(rows, part)
        few = {i for i, value in people.items() if 0 < value < threshold}
        few = _with_complements(few, people, threshold, has_total)
        tied = few & covered.keys()
        for i, value in covered.items():
            if 0 < value < threshold or 0 < people[i] - value < threshold:
                tied.add(i)
        tied = _with_complements(tied, covered, threshold, has_total)
        hidden |= {(i, whole) for i in few} | {(i, part) for i in tied}
    return _suppressed(rows, hidden, threshold)


def _suppressed(
    rows: Sequence[Row], hidden: set[tuple[int, str]], threshold: float
) -> Suppressed[Row]:
    """The rows without what is hidden, and the totals that would still give something away."""
    totals = set()
    for column in {column for _, column in hidden}:
        gone = [getattr(rows[i], column) for i, name in hidden if name == column]
        if sum(1 for value in gone if value > 0) < 2 or sum(gone) < threshold:
            totals.add(column)
    return Suppressed(_without(rows, hidden), frozenset(hidden), frozenset(totals))


def _with_complements(
    small: set[int], values: dict[int, float], threshold: float, has_total: bool
) -> set[int]:
    """The rows to hide in one column, so that total minus shown tells no small number."""
    hidden = set(small)
    if not has_total or not hidden:
        return hidden
    shown = sorted((value, i) for i, value in values.items() if i not in hidden and value > 0)
    for _, i in shown:
        if len(hidden) > 1 and sum(values[k] for k in hidden) >= threshold:
            break
        hidden.add(i)
    return hidden


def _values(rows: Sequence[Any], column: str) -> dict[int, float]:
    return {i: value for i, row in enumerate(rows) if (value := getattr(row, column)) is not None}


def _without(rows: Sequence[Row], hidden: set[tuple[int, str]]) -> tuple[Row, ...]:
    """The rows with None in the hidden places."""
    made = []
    for i, row in enumerate(rows):
        gone: dict[str, Any] = {column: None for k, column in hidden if k == i}
        made.append(replace(row, **gone) if gone else row)  # type: ignore[type-var]
    return tuple(made)
