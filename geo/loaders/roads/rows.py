"""What do the rows of a road network say, and which of them cannot be an edge at all?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from geo.loaders.angles import numbers
from geo.loaders.checks import Refusal, public_cells
from geo.loaders.columns import codes_of, column_of, numbers_of_rows
from geo.loaders.fields import Mapping, public_column
from geo.loaders.reading.graph import NO_NUMBER, UNKNOWN_NODE
from geo.loaders.reading.shapes import NOT_FINITE
from geo.loaders.report import Problem
from geo.loaders.roads.classes import is_closed, oneway_of, slope_of, speed_of, use_of
from geo.loaders.tables import HEIGHT, LAT, LON, Table
from geo.loaders.things.roads import TAGS
from geo.loaders.things.rows import _shapes_of
from geo.loaders.things.spec import LINES
from geo.loaders.values import UNKNOWN

Bools = NDArray[np.bool_]
Shapes = NDArray[np.object_]
_ENDS = ("from_lon", "from_lat", "to_lon", "to_lat")
MICROMETRE = 6
"""Decimals of a length in metres: two directions of a road differ in the last digits of floats."""
_LENGTH = re.compile(r"([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(m|米|km|公里|千米)?", re.IGNORECASE)
_KILOMETRES = re.compile(r"km|公里|千米", re.IGNORECASE)
_SIDES = {"F": (True, False), "T": (True, True), "B": (False, False), "": (None, False)}
"""Traffic along the line, against it, or both ways, as some exports of road maps write it."""
_CLOSED_WORDS = {
    "military": "军事用途的道路不导入，内容不保存 · a military road is never taken",
    "private": "不对外通行的道路不导入，内容不保存 · a private road is never taken",
}


@dataclass(slots=True)
class Rows:
    """The rows of a delivered network: their shapes in the CRS of the file, and which are left."""

    table: Table
    mapping: Mapping
    numbers: NDArray[np.int64]
    shapes: Shapes
    is_left: Bools
    refused: list[Refusal] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> pa.Array | None:
        """The cells of a field, trimmed; '' where they say nothing. None without such a column."""
        at = self.mapping.fields.get(name)
        if at is None:
            return None
        texts = pc.utf8_trim_whitespace(column_of(self.table.rows, at))
        said = pc.is_in(pc.utf8_lower(texts), pa.array(sorted(UNKNOWN)))
        return pc.if_else(said, "", texts)

    def cells(self, number: int) -> dict[str, str]:
        """The public cells of a row, as refused rows keep them."""
        row = self.table.rows[int(np.searchsorted(self.numbers, number))]
        kept = public_cells(row, self.table.columns, self.mapping)
        return {name: cell for name, cell in kept.items() if name not in (LON, LAT, HEIGHT)}

    def refuse(
        self, broken: Bools, name: str | None, rule: str, message: str | Sequence[str], *,
        keeps: bool = True,
    ) -> None:  # fmt: skip
        """Take rows out that are still in; without `keeps` nothing of their cells is kept."""
        texts = self.text(name) if name else None
        at = self.mapping.fields.get(name or "")
        column = None if at is None else self.table.columns[at]
        for index in np.flatnonzero(broken & self.is_left).tolist():
            number = int(self.numbers[index])
            why = message if isinstance(message, str) else message[index]
            value = None if texts is None or not keeps else texts[index].as_py()[:80]
            problem = Problem(number, column or name, value, rule, why)
            self.refused.append(Refusal(problem, self.cells(number) if keeps else {}))
        self.is_left &= ~broken

    def refuse_edge(
        self, number: int, name: str | None, value: str | None, rule: str, message: str
    ) -> None:
        """Refuse one edge of a row, whatever becomes of others of the same row."""
        self.refused.append(
            Refusal(Problem(number, name, value, rule, message), self.cells(number))
        )

    def say(self, rule: str, message: str, row: int | None = None) -> None:
        """Report something of a row or of the file."""
        self.problems.append(Problem(row, None, None, rule, message))


def read_rows(table: Table, mapping: Mapping, crs: str | None) -> Rows | None:
    """The rows with the lines that they bring or that run straight between two positions.

    None where nothing in the table gives a line. Rows without one, or with another shape, are
    refused, as are military and private ones, of which nothing is kept.
    """
    fields = mapping.fields
    if all(name in fields for name in _ENDS) and table.geometry is None and "wkt" not in fields:
        shapes = _between_positions(table, mapping)
    else:
        found = _shapes_of(table, mapping, crs)
        if found is None:
            return None
        shapes = found
    rows = Rows(
        table, mapping, numbers_of_rows(table.rows), shapes, np.ones(len(shapes), dtype=bool)
    )
    rows.refused = [Refusal(problem, {}) for problem in table.unreadable]
    _refuse_closed(rows)
    _refuse_shapes(rows)
    return rows


def _between_positions(table: Table, mapping: Mapping) -> Shapes:
    x1, y1, x2, y2 = (numbers(column_of(table.rows, mapping.fields[name])).values for name in _ENDS)
    pairs = np.stack([np.column_stack([x1, y1]), np.column_stack([x2, y2])], axis=1)
    shapes = np.full(len(pairs), None, dtype=object)
    there = np.isfinite(pairs).all(axis=(1, 2))
    shapes[there] = shapely.linestrings(pairs[there])
    return shapes


def _refuse_closed(rows: Rows) -> None:
    """Military and private roads."""
    why = by_distinct(rows, TAGS, lambda tags: is_closed(tags) or "")
    for word, message in _CLOSED_WORDS.items():
        rows.refuse(why == word, None, word, message, keeps=False)


def _refuse_shapes(rows: Rows) -> None:
    """Rows without a line: an unknown node, numbers that are none, no or another geometry."""
    missing = shapely.is_missing(rows.shapes) | shapely.is_empty(rows.shapes)
    faults = [rows.table.faults.get(int(number), "") for number in rows.numbers]
    none = "没有可用的坐标或图形，请补上 · no usable coordinates or geometry: fill them in"
    said = [fault or none for fault in faults]
    unknown, no_number = UNKNOWN_NODE[:3], NO_NUMBER[:3]
    for rule, begins in (
        ("unknown_node", (unknown,)), ("coordinate_number", (no_number, NOT_FINITE[:4]))
    ):  # fmt: skip
        broken = np.array([fault.startswith(begins) for fault in faults], dtype=bool)
        rows.refuse(missing & broken, None, rule, said)
    unread = missing & _has_text(rows)
    bad = "坐标或图形无法读取，请改正 · coordinates that cannot be read: correct them"
    rows.refuse(unread, None, "coordinate_number", bad)
    rows.refuse(missing, None, "no_geometry", said)
    kinds = np.array([shape.geom_type if shape is not None else "" for shape in rows.shapes])
    message = "图形不是线，道路需要 LineString · roads are lines: LineString is needed"
    rows.refuse(~np.isin(kinds, LINES), None, "geometry_type", message)


def _has_text(rows: Rows) -> Bools:
    """Which rows have something in a column of coordinates or WKT, of tables without geometry."""
    given = np.zeros(len(rows.numbers), dtype=bool)
    if rows.table.geometry is None:
        for name in (*_ENDS, "wkt"):
            texts = rows.text(name)
            if texts is not None:
                given |= pc.not_equal(texts, "").to_numpy(zero_copy_only=False)
    return given


def by_distinct(
    rows: Rows, keys: dict[str, str], answer: Callable[[dict[str, str]], Any]
) -> NDArray[np.object_]:
    """An answer for each row by its tags (field → key), made once for all rows that agree."""
    texts = {key: column for name, key in keys.items() if (column := rows.text(name)) is not None}
    out = np.empty(len(rows.numbers), dtype=object)
    if not texts:
        out[:] = [answer({})] * len(out)
        return out
    codes = np.column_stack([codes_of(column) for column in texts.values()])
    _, first, inverse = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    answers = np.empty(len(first), dtype=object)
    for n, at in enumerate(first.tolist()):
        answers[n] = answer({key: column[at].as_py() for key, column in texts.items()})
    out[:] = answers[np.ravel(inverse)]
    return out


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the rows say, one value a row: use, traffic, speeds (NaN unknown), lengths, names."""

    uses: NDArray[np.object_]
    oneway: NDArray[np.object_]
    is_backwards: Bools
    speed_kmh: NDArray[np.float64]
    slope: NDArray[np.float64]
    stated_m: NDArray[np.float64]
    names: pa.Array | None

    def use(self, name: str) -> NDArray[np.object_]:
        """One attribute of the uses."""
        return np.array([getattr(use, name) for use in self.uses], dtype=object)


def meaning_of(rows: Rows, *, is_osm: bool, needs_length: bool = False) -> Meaning:
    """Read the tags of each row; a stated length that is no positive number refuses the row.

    With `needs_length` so does a missing one.
    """
    if is_osm and "oneway" not in rows.mapping.fields:
        traffic = by_distinct(rows, TAGS, lambda tags: oneway_of({**tags, "oneway": ""}))
    else:
        traffic = by_distinct(rows, TAGS, oneway_of)
    if _counts_sides(rows):
        traffic = by_distinct(rows, {"oneway": "side"}, lambda tags: _SIDES[tags["side"].upper()])
    uses: NDArray[np.object_] = by_distinct(rows, TAGS, use_of)
    slopes = _numbers(rows, "slope", slope_of)
    grades = _numbers(rows, "grade", _ratio)
    names = rows.text("name")
    if names is not None:
        names, changed = public_column(names, "name")
        for index in changed:
            message = "单元格中的个人信息已去除 · a personal value was taken out"
            rows.say("personal_value", message, int(rows.numbers[index]))
    return Meaning(
        uses,
        np.array([said[0] for said in traffic], dtype=object),
        np.array([said[1] for said in traffic], dtype=bool),
        _numbers(rows, "speed_kmh", speed_of),
        np.where(np.isnan(slopes), grades, slopes),
        _stated_lengths(rows, needs_length),
        names,
    )  # fmt: skip


def _counts_sides(rows: Rows) -> bool:
    """Whether `oneway` is written as F, T and B; T and F alone may be true and false."""
    texts = rows.text("oneway")
    if texts is None:
        return False
    distinct = {str(text).upper() for text in pc.unique(texts).to_pylist()} - {""}
    return "B" in distinct and distinct <= _SIDES.keys()


def _ratio(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) <= 1 else None


def _numbers(rows: Rows, name: str, read: Callable[[str], float | None]) -> NDArray[np.float64]:
    """A column of numbers; what cannot be read is unknown, reported once, and kept in `extra`."""
    if rows.text(name) is None:
        return np.full(len(rows.numbers), np.nan)
    found = by_distinct(rows, {name: "is"}, lambda tags: (tags["is"], read(tags["is"])))
    unread = [said for said, number in found if said and number is None]
    if unread:
        shown = "、".join(sorted(set(unread))[:5])
        rows.say(
            name, f"{len(unread)} 行的 {name} 无法读取，原文保留在 extra：{shown} · {len(unread)} "
            f"values of {name} cannot be read; they stay in extra"
        )  # fmt: skip
    return np.array([np.nan if number is None else number for _, number in found], dtype=float)


def _stated_lengths(rows: Rows, is_needed: bool) -> NDArray[np.float64]:
    texts = rows.text("stated_length_m")
    if texts is None:
        return np.full(len(rows.numbers), np.nan)
    heading = rows.table.columns[rows.mapping.fields["stated_length_m"]]
    scale = 1000.0 if _KILOMETRES.search(heading) else 1.0
    raw = pc.utf8_trim_whitespace(
        column_of(rows.table.rows, rows.mapping.fields["stated_length_m"])
    )
    lengths = np.full(len(rows.numbers), np.nan)
    is_number = np.ones(len(lengths), dtype=bool)
    for index, text in enumerate(raw.to_pylist()):
        if text in ("", "-", "—"):
            is_number[index] = not is_needed
            continue
        found = _LENGTH.fullmatch(text)
        is_number[index] = bool(found)
        if found:
            kilometres = found[2] and _KILOMETRES.fullmatch(found[2])
            lengths[index] = float(found[1]) * (1000.0 if kilometres else scale)
    message = "长度不是数字，请改正 · the length is no number: correct it"
    rows.refuse(~is_number | np.isinf(lengths), "stated_length_m", "length_number", message)
    with np.errstate(invalid="ignore"):
        none = lengths <= 0
    message = "长度应大于 0，请改正 · the length must be above 0: correct it"
    rows.refuse(none, "stated_length_m", "length", message)
    return np.round(lengths, MICROMETRE)
