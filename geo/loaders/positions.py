"""Where does each delivered row lie, and is that believable?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from geo.crs import Array, DatumShift, Stored, to_stored
from geo.loaders.angles import EAST, NORTH, numbers
from geo.loaders.candidates import Candidates, Refusal
from geo.loaders.checks import public_cells
from geo.loaders.columns import rows_numbered
from geo.loaders.crs_readings import Mask, on_earth, other_zone, rows_turned
from geo.loaders.crs_settled import columns_swapped, is_packed, settle_crs
from geo.loaders.fields import Mapping
from geo.loaders.personal import redact
from geo.loaders.references import references
from geo.loaders.report import MOST_PROBLEMS, CrsReading, Problem
from geo.loaders.tables import Table


@dataclass(frozen=True, slots=True)
class LocatedRows:
    """Rows with believable positions (degrees, EPSG:4490), and those without."""

    rows: Candidates
    lon: Array
    lat: Array
    note: str | None
    crs: CrsReading
    problems: list[Problem]
    refused: list[Refusal]


def locate_rows(
    target: Session | Connection,
    rows: Candidates,
    table: Table,
    mapping: Mapping,
    *,
    name: str,
    declared: str | None,
    on: date,
    datum_shift: DatumShift | None = None,
) -> LocatedRows:
    """Settle the CRS of a file, convert its rows and part those that have no believable position.

    `declared` is what `--crs` says, "auto" included. Raises CrsError where nobody can tell.
    """
    x, y, named = _columns(rows, packed=is_packed(declared))
    known = references(
        target, rows.text("stated_unit"), rows.text("name"), on=on, sha256=table.sha256,
        addresses=rows.text("address"),
    )  # fmt: skip
    settled = settle_crs(
        x, y, name=name, declared=declared, of_file=table.crs, known=known,
        datum_shift=datum_shift, by_default=table.crs_by_default, numbers=rows.numbers,
    )  # fmt: skip
    if settled.swapped:
        x, y = y, x
    located = locate(x, y, settled.crs, datum_shift=datum_shift)
    problems = list(settled.problems)
    turned = located.swapped
    if named.size and named.all():
        problems.append(columns_swapped())
    else:
        turned = turned | named
    shown = _Shown(rows, table, mapping)
    problems += [shown.put_right(int(at)) for at in np.flatnonzero(turned)[:MOST_PROBLEMS]]
    broken, refused = shown.refused(located.rules)
    good = np.flatnonzero(~broken)
    return LocatedRows(
        rows.take(good), located.stored.lon[good], located.stored.lat[good], located.stored.note,
        _told(settled.reading, int(turned.sum())), problems, refused,
    )  # fmt: skip


def _columns(rows: Candidates, *, packed: bool) -> tuple[Array, Array, Mask]:
    """Both columns as numbers, and the rows whose cells name the axes the other way round."""
    x, says_x = numbers(rows.text("lon"), packed=packed)
    y, says_y = numbers(rows.text("lat"), packed=packed)
    same = (says_x == says_y) & (says_x != 0)  # two latitudes are no position
    turned = ((says_x == NORTH) | (says_y == EAST)) & ~same
    x, y = np.where(same, np.nan, x), np.where(same, np.nan, y)
    return np.where(turned, y, x), np.where(turned, x, y), turned


@dataclass(frozen=True, slots=True)
class PositionRule:
    """Why positions are refused: a rule, its words, and which rows break it."""

    rule: str
    message: str
    broken: Mask


@dataclass(frozen=True, slots=True)
class Located:
    """Positions of all rows, which had their axes put right, and what refuses rows."""

    stored: Stored
    swapped: Mask
    rules: list[PositionRule]


def locate(x: Array, y: Array, crs: str, *, datum_shift: DatumShift | None = None) -> Located:
    """Convert all rows (x is east) to EPSG:4490; single rows with swapped axes are put right."""
    stored, turned, looks_swapped = rows_turned(
        x, y, crs, to_stored(x, y, crs, datum_shift=datum_shift), datum_shift
    )
    rules = [
        PositionRule(
            "coordinate_number",
            "坐标不是有限的数，请补上 · coordinates are missing or no finite numbers",
            ~(np.isfinite(x) & np.isfinite(y)),
        ),
        PositionRule(
            "zero_position",
            "坐标为 0,0，等于没有 · 0,0 stands for a missing position",
            (x == 0) & (y == 0),
        ),
        PositionRule(
            "axes_swapped",
            "两轴疑似颠倒，但无从证实，请核对 · the axes look swapped; nothing proves it: check",
            looks_swapped,
        ),
        PositionRule(
            "zone_prefix",
            "横坐标的带号与所用坐标系不符 · the zone number of the easting is not that of the CRS",
            other_zone(np.where(turned, y, x), crs),
        ),
        PositionRule(
            "coordinate_range",
            "坐标超出地球或所声明坐标系的范围 · outside the earth or the stated CRS",
            ~on_earth(stored.lon, stored.lat),
        ),
    ]
    return Located(stored, turned, rules)


@dataclass(frozen=True, slots=True)
class _Shown:
    """Rows as a report shows them."""

    rows: Candidates
    table: Table
    mapping: Mapping

    def problem(self, at: int, rule: str, message: str) -> Problem:
        """A problem of the coordinates of the row at a place."""
        row = self.rows[at]
        columns = [self.table.columns[self.mapping.fields[axis]] for axis in ("lon", "lat")]
        value = redact(f"{row.values.get('lon')}, {row.values.get('lat')}")[:80]
        return Problem(row.number, ", ".join(columns), value, rule, message)

    def put_right(self, at: int) -> Problem:
        """Tell that the axes of a row were exchanged."""
        message = "本行两轴颠倒，已对调 · the axes of this row were swapped; put right"
        return self.problem(at, "axes_swapped", message)

    def refused(self, rules: list[PositionRule]) -> tuple[Mask, list[Refusal]]:
        """Which rows are refused, each by the first rule that it breaks."""
        broken = np.zeros(len(self.rows), dtype=bool)
        problems: list[Problem] = []
        for rule in rules:
            for at in np.flatnonzero(rule.broken & ~broken):
                problems.append(self.problem(int(at), rule.rule, rule.message))
            broken |= rule.broken
        cells = rows_numbered(self.table.rows, [p.row for p in problems if p.row is not None])
        return broken, [
            Refusal(problem, public_cells(cells[problem.row], self.table.columns, self.mapping))
            for problem in problems
            if problem.row is not None
        ]


def _told(reading: CrsReading, rows: int) -> CrsReading:
    """The reading, telling beside the CRS in use how many rows were put right."""
    if not rows:
        return reading
    said = f"; {rows} 行两轴颠倒，已对调 · {rows} rows with swapped axes put right"
    first, *others = reading.candidates
    return replace(reading, candidates=[{**first, "evidence": first["evidence"] + said}, *others])
