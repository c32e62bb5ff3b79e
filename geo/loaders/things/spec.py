"""What does a kind of delivery consist of: fields, their headings, shapes and checks?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from geo.loaders.checks import Refusal
from geo.loaders.fields import Mapping
from geo.loaders.report import Placement, Problem
from geo.loaders.shapes import Shapes
from geo.loaders.staging import Target
from geo.loaders.versions import Destination

UNIT_HEADINGS = (
    "区", "区县", "县区", "所属区", "所在区", "行政区", "所属区县", "政区", "所属区划", "上级",
    "district", "county", "parentname",
)  # fmt: skip
POLYGONS = ("Polygon", "MultiPolygon")
LINES = ("LineString", "MultiLineString")
POINTS = ("Point",)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a row says: headings, how it is read, and where it goes.

    `is_stored` False: needed while loading only. `is_personal`: read, counted, never stored, also
    not in refused rows.
    """

    name: str
    headings: tuple[str, ...]
    parse: Callable[[str], Any] = str
    sql: str = "text"
    rule: str = "value"
    is_needed: bool = False
    is_stored: bool = True
    is_personal: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class Options:
    """What the deliverer states about all rows of a file, where no column says it."""

    basis: str | None = None
    base_year: int | None = None
    within: str | None = None
    name_kind: str | None = None
    list_name: str | None = None
    list_level: str | None = None
    network: str | None = None


@dataclass(slots=True)
class Thing:
    """A row on its way: its number in the file, its values by field, other columns, its key."""

    number: int
    values: dict[str, Any]
    extra: dict[str, str]
    code: str | None = None


@dataclass(slots=True)
class Batch:
    """The rows of a file that are still in the running, with a shape (or None) for each.

    `stem` is the file's name without its ending; `cells` answers a row's public cells for the
    refused ones; `merged` counts exact repeats and `review` look-alikes that were kept apart.
    """

    mapping: Mapping
    columns: list[str]
    stem: str
    cells: Callable[[int], dict[str, str]]
    things: list[Thing] = field(default_factory=list)
    shapes: Shapes = field(default_factory=lambda: np.empty(0, dtype=object))
    problems: list[Problem] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    repairs: list[dict[str, Any]] = field(default_factory=list)
    merged: int = 0
    review: int = 0
    placement: Placement = field(default_factory=Placement)
    has_shapes: bool = False
    faults: dict[int, str] = field(default_factory=dict)

    def heading(self, name: str) -> str | None:
        """The column that a field was read from."""
        at = self.mapping.fields.get(name)
        return None if at is None else self.columns[at]

    def report(self, thing: Thing, name: str | None, rule: str, message: str) -> None:
        """Say something about a row that is kept."""
        self.problems.append(self._problem(thing, name, rule, message))

    def refuse(self, why: Sequence[tuple[Thing, str | None, str, str]]) -> None:
        """Take rows out: (thing, field, rule, message) each; the first reason of a row counts."""
        gone: set[int] = set()
        for thing, name, rule, message in why:
            if thing.number not in gone:
                gone.add(thing.number)
                problem = self._problem(thing, name, rule, message)
                self.refused.append(Refusal(problem, self.cells(thing.number)))
        self.keep([index for index, t in enumerate(self.things) if t.number not in gone])

    def keep(self, indices: Sequence[int]) -> None:
        """Go on with these rows only."""
        if len(indices) != len(self.things):
            self.things = [self.things[index] for index in indices]
            self.shapes = self.shapes[list(indices)]

    def _problem(self, thing: Thing, name: str | None, rule: str, message: str) -> Problem:
        value = thing.values.get(name) if name else None
        shown = None if value is None else str(value)[:80]
        return Problem(thing.number, self.heading(name or "") or name, shown, rule, message)


def _one_layer(thing: Thing) -> None:
    """All shapes of a delivery are compared with each other."""
    return None


@dataclass(frozen=True, slots=True)
class Spec:
    """A kind of delivery.

    `identify` gives every thing of a batch its `code` (and may refuse some); `check` looks at the
    staged rows in the database and refuses or reports. `destination` says how told fields reach
    the table. `asks` names what the file as a whole lacks, `settle` fills in what the deliverer
    states. `tiles` says what neighbours of one layer (`layer_of`) are searched for: "overlap",
    "gap". `past` names dates that cannot lie after the day of the delivery, `parts` pairs of
    fields of which the first is part of the second. `example` and `notes` are for the template, by
    field: a row that is plainly made up, and what to write where the parser does not say it.
    """

    kind: str
    zh: str
    table: str
    fields: tuple[Field, ...]
    identify: Callable[[Target, Batch, date, Options], None]
    destination: Callable[[tuple[str, ...]], Destination]
    shape_types: tuple[str, ...] = ()
    stored_type: str = "GEOMETRY"
    needs_shape: bool = False
    tiles: tuple[str, ...] = ()
    layer_of: Callable[[Thing], Any] = _one_layer
    past: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    marks_approximate: bool = False
    asks: Callable[[Mapping, Options], list[str]] | None = None
    settle: Callable[[Batch, Options], None] | None = None
    derived: tuple[tuple[str, str], ...] = ()
    check: Callable[[Target, Batch, date], None] | None = None
    finish: Callable[[Target, int], None] | None = None
    extra_stage: tuple[tuple[str, str], ...] = ()
    example: Mapped[str, str] = field(default_factory=dict)
    notes: Mapped[str, str] = field(default_factory=dict)

    def field(self, name: str) -> Field:
        """The field of that name."""
        return next(f for f in self.fields if f.name == name)
