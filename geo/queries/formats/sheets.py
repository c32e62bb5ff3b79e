"""How do features become a workbook of which nothing is a formula?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from geo.errors import BadInput, both
from geo.queries.formats.asked import Told, Wanted
from geo.queries.formats.batches import fields, read
from geo.queries.formats.files import sentence
from geo.queries.formats.texts import FORMULA

SHEET_ROWS = 1_048_576
"""Rows of a sheet of XLSX, its head included."""
CELL_CHARACTERS = 32_767
_EPOCH = (date(1970, 1, 1) - date(1899, 12, 31)).days
_RUN = "^<r>"
Write = Callable[[int, int, Any], object]


@dataclass(frozen=True, slots=True)
class Looks:
    """Formats of the library: of a day, of a text that is no formula, of nothing in particular."""

    day: Any
    inert: Any
    plain: Any


def xlsx(driver: psycopg.Connection[Any], wanted: Wanted, known: Told, path: Path) -> None:
    """A sheet of rows and one that says what they rest on. Nothing in it is a formula.

    Raises BadInput where a sheet cannot hold the rows, or a cell one of the texts.
    """
    if known.rows >= SHEET_ROWS:
        raise BadInput(
            both(
                f"XLSX 每张表最多 {SHEET_ROWS - 1:,} 条，所问有 {known.rows:,} 条；"
                "请缩小范围，或改用 csv、gpkg、parquet。",
                f"a sheet of XLSX holds {SHEET_ROWS - 1:,} rows, and there are {known.rows:,};"
                " ask for less, or for csv, gpkg or parquet",
            ),
            parameter="f",
        )
    digits = wanted.collection.digits
    placed = [
        (axis, pa.float64(), f"round({sql}(ST_PointOnSurface({wanted.geom}))::numeric, {digits})")
        for axis, sql in (("lon", "ST_X"), ("lat", "ST_Y"))
    ]
    columns = [*fields(wanted), *placed]
    made = xlsxwriter.Workbook(str(path), {
        "constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False,
        "strings_to_urls": False, "strings_to_numbers": False,
    })  # fmt: skip
    told = known.lines(wanted)
    made.set_properties({"title": told["title"], "comments": sentence(told)})
    with closing(read(driver, wanted, columns)) as parts:
        _write_rows(made, columns, parts)
    about = made.add_worksheet("说明 about")
    for number, line in enumerate(told.items()):
        about.write_row(number, 0, line)
    made.close()


def _write_rows(
    made: Any, columns: list[tuple[str, pa.DataType, str]], parts: Iterator[pa.RecordBatch]
) -> None:
    """Write the rows below their head, column by column told how: most cells need no look."""
    sheet = made.add_worksheet("数据 data")
    bold = made.add_format({"bold": True})
    looks = Looks(made.add_format({"num_format": "yyyy-mm-dd"}),
                  made.add_format({"quote_prefix": True}), made.add_format())  # fmt: skip
    for number, (name, _, _) in enumerate(columns):
        sheet.write_string(0, number, name, bold)
    row = 0
    for part in parts:
        told = [
            (number, _writer(sheet, looks, column, name, row), _cells(column))
            for number, ((name, _, _), column) in enumerate(zip(columns, part.columns, strict=True))
            if column.null_count < len(column)
        ]
        for at in range(len(part)):
            row += 1
            for number, write, cells in told:
                value = cells[at]
                if value is not None:
                    write(row, number, value)


def _cells(column: pa.Array) -> list[Any]:
    """The values of a column; a day as the number by which a workbook counts it."""
    if column.type != pa.date32():
        return list(column.to_pylist())
    since = pc.add(column.cast(pa.int32()), _EPOCH)  # days since 1899-12-31
    return list(pc.if_else(pc.greater(since, 59), pc.add(since, 1), since).to_pylist())


def _writer(sheet: Any, looks: Looks, column: pa.Array, name: str, before: int) -> Write:
    """What writes the cells of a column of which `before` rows were written."""
    if column.type == pa.date32():
        return lambda row, number, value: sheet.write_number(row, number, value, looks.day)
    if column.type == pa.bool_():
        return cast(Write, sheet.write_boolean)
    if column.type != pa.string():
        return cast(Write, sheet.write_number)
    for at in pc.indices_nonzero(pc.greater(pc.utf8_length(column), CELL_CHARACTERS // 2)):
        _fits(column[at.as_py()].as_py(), name, before + at.as_py() + 1)
    if not pc.any(pc.match_substring_regex(column, f"{FORMULA}|{_RUN}")).as_py():
        return cast(Write, sheet.write_string)
    is_formula, is_run = re.compile(FORMULA).match, re.compile(_RUN).match

    def write(row: int, number: int, value: str) -> None:
        if is_run(value):  # the library would take it for its own markup
            sheet.write_rich_string(row, number, value[0], looks.plain, value[1:], looks.plain)
        else:
            sheet.write_string(row, number, value, looks.inert if is_formula(value) else None)

    return write


def _fits(value: str, name: str, row: int) -> None:
    """A cell is measured in units of UTF-16, of which a rare character takes two."""
    units = len(value.encode("utf-16-le")) // 2
    if units > CELL_CHARACTERS:
        raise BadInput(
            both(
                f"第 {row} 行「{name}」有 {units} 个字，"
                f"XLSX 的单元格最多 {CELL_CHARACTERS} 个；请改用 csv 或 gpkg。",
                f"{name!r} of row {row} has {units} characters, a cell of XLSX holds"
                f" {CELL_CHARACTERS}; ask for csv or gpkg",
            ),
            parameter="f",
        )
