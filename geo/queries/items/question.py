"""Which features of a collection are meant? A question, its SQL conditions and what it binds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from geo.queries.admin import BELOW
from geo.queries.collections import Collection
from geo.queries.cql import Condition
from geo.queries.moments import When
from geo.queries.paging import Order
from geo.queries.reference_systems import CRS84, Area, ReferenceSystem


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a collection.

    properties: those that leave, None for all (on a page: for all that lists give). division: the
    division (12 digits) that the caller is limited to, None for no limit.
    """

    collection: Collection
    when: When
    area: Area | None = None
    filter: Condition | None = None
    order: tuple[Order, ...] = ()
    properties: tuple[str, ...] | None = None
    with_geometry: bool = True
    crs: ReferenceSystem = CRS84
    division: str | None = None
    equal: tuple[Condition, ...] = ()
    """Conditions of single properties."""

    def conditions(self) -> tuple[tuple[str, ...], dict[str, Any]]:
        """Every SQL condition on the rows, for after WHERE, and the values that they bind."""
        parts: list[str] = []
        values: dict[str, Any] = {}
        for sql, bound in self._conditions():
            if sql:
                parts.append(sql)
                values |= bound
        return tuple(parts), values

    def _conditions(self) -> Iterable[tuple[str, dict[str, Any]]]:
        yield self.when.condition(self.collection.time)
        if self.area is not None:
            yield self.area.condition(self.collection.geom)
        if self.filter is not None:
            yield self.filter.sql, self.filter.values
        for number, one in enumerate(self.equal):
            renamed = {f"e{number}{name}": value for name, value in one.values.items()}
            yield re.sub(r":(f\d+)\b", rf":e{number}\1", one.sql), renamed
        if self.division is not None:
            yield within_division(self.collection), {
                "code": self.division, "division_on": self.when.until or self.when.since,
            }  # fmt: skip

    @property
    def shape(self) -> Shape:
        """What decides the statement, without any value."""
        parts, _ = self.conditions()
        return Shape(
            self.collection, parts, self.order, self.properties, self.with_geometry, self.crs,
            self.when.is_interval,
        )  # fmt: skip


def within_division(collection: Collection) -> str:
    """SQL: a feature lies in the division `:code` or under it, by the superiors of a day."""
    tree = BELOW.replace(":on", "coalesce(CAST(:division_on AS date), current_date)")
    said = " OR ".join(f"{one} IN (SELECT b.code FROM below b)" for one in collection.divisions)
    return f"EXISTS (WITH RECURSIVE {tree} SELECT WHERE {said})"


@dataclass(frozen=True, slots=True)
class Shape:
    """A question without its values."""

    collection: Collection
    conditions: tuple[str, ...]
    order: tuple[Order, ...]
    properties: tuple[str, ...] | None
    with_geometry: bool
    crs: ReferenceSystem
    is_interval: bool

    def __hash__(self) -> int:
        return hash((self.collection.id, self.conditions, self.order, self.properties,
                     self.with_geometry, self.crs.uri, self.is_interval))  # fmt: skip
