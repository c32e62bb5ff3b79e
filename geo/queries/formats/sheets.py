"""How do features become a workbook of which nothing is a formula?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import xlsxwriter

from geo.errors import BadInput, both
from geo.queries.formats.asked import Told, Wanted
from geo.queries.formats.batches import fields, read
from geo.queries.formats.files import sentence
from geo.queries.formats.texts import FORMULA

SHEET_ROWS = 1_048_576
"""Rows of a sheet of XLSX, its head included."""
CELL_CHARACTERS = 32_767


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
    sheet = made.add_worksheet("数据 data")
    bold = made.add_format({"bold": True})
    day = made.add_format({"num_format": "yyyy-mm-dd"})
    inert = made.add_format({"quote_prefix": True})
    is_formula = re.compile(FORMULA).match
    for number, (name, _, _) in enumerate(columns):
        sheet.write_string(0, number, name, bold)
    row = 0
    for part in parts:
        values = [column.to_pylist() for column in part.columns]
        for record in zip(*values, strict=True):
            row += 1
            for number, value in enumerate(record):
                if value is None:
                    continue
                if isinstance(value, str):
                    _fits(value, columns[number][0], row)
                    sheet.write_string(row, number, value, inert if is_formula(value) else None)
                elif isinstance(value, bool):
                    sheet.write_boolean(row, number, value)
                elif isinstance(value, int | float):
                    sheet.write_number(row, number, value)
                else:
                    sheet.write_datetime(row, number, value, day)


def _fits(value: str, name: str, row: int) -> None:
    if len(value) > CELL_CHARACTERS:
        raise BadInput(
            both(
                f"第 {row} 行「{name}」有 {len(value)} 个字，"
                f"XLSX 的单元格最多 {CELL_CHARACTERS} 个；请改用 csv 或 gpkg。",
                f"{name!r} of row {row} has {len(value)} characters, a cell of XLSX holds"
                f" {CELL_CHARACTERS}; ask for csv or gpkg",
            ),
            parameter="f",
        )
