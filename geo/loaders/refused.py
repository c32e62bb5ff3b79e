"""How do the refused rows of a delivery get back to those who can correct them?"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from geo.errors import BadInput, NotFound
from geo.loaders.crs_settled import is_packed
from geo.loaders.fields import ALIASES
from geo.loaders.personal import safe_file_name
from geo.loaders.reading.drafts import MAX_CELL
from geo.loaders.reading.grid import FOR_PEOPLE
from geo.loaders.tables import WKT
from geo.loaders.templates import open_workbook
from geo.loaders.things import SPECS
from geo.loaders.things.headings import MOST_PARTS, fields_of, part_of_wkt
from geo.loaders.versions import Target
from geo.text import search_key

REASONS = tuple(f"{FOR_PEOPLE}{name}" for name in ("拒绝原因", "所在列", "原行号"))
"""Columns in front of the cells: for people, the loader does not read them."""
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_CHARACTERS = 32_767
"""Characters that a cell of a workbook holds."""
_LINE = "拒绝行"
_SHAPES = "图形"
"""The sheet of shapes that are too long for the columns of their row, in parts."""


@dataclass(frozen=True, slots=True)
class RefusedRows:
    """What was written: how many rows, of which file, and the command that loads them again."""

    rows: int
    file_name: str
    command: str


def write_refused(target: Target, delivery_id: int, path: Path) -> RefusedRows:
    """Write the refused rows of a delivery as XLSX: reasons in front, then the cells.

    The file loads again as it is once the cells are corrected. Cells that begin like a formula are
    marked as text, so that no program runs them. Raises NotFound when there is no such delivery,
    BadInput when it has no refused rows or the path cannot be written.
    """
    delivery = target.execute(
        text("SELECT kind, file_name, crs_used, secrecy, report FROM delivery WHERE id = :id"),
        {"id": delivery_id},
    ).one_or_none()
    if delivery is None:
        raise NotFound(
            f"没有编号为 {delivery_id} 的交付；见 atlas deliveries。\n"
            f"There is no delivery {delivery_id}; see atlas deliveries."
        )
    rows = target.execute(
        text("""
SELECT row_number, column_name, message, data FROM refused_row
WHERE delivery_id = :id ORDER BY row_number, id"""),
        {"id": delivery_id},
    ).all()
    if not rows:
        raise BadInput(
            f"交付 {delivery_id} 没有被拒绝的行。\nDelivery {delivery_id} has no refused rows."
        )
    cells = [_parted(row.data) for row in rows]
    too_long = {
        row.row_number: row.data[WKT]
        for row, parted in zip(rows, cells, strict=True)
        if row.data.get(WKT) and parted.get(WKT) == ""
    }
    columns = _in_order(delivery.kind, {name for row in cells for name in row})
    command = _command(delivery, path)
    _write(path, columns, list(zip(rows, cells, strict=True)), command, too_long)
    return RefusedRows(len(rows), delivery.file_name, command)


def _parted(cells: dict[str, str]) -> dict[str, str]:
    """The cells with a long shape over several columns, which the loader joins again."""
    shape = cells.get(WKT) or ""
    if len(shape) <= MAX_CELL:
        return cells
    parts = _parts(shape)
    if len(parts) > MOST_PARTS:
        return {**cells, WKT: ""}
    return {**cells, **{part_of_wkt(n): part for n, part in enumerate(parts, 1)}}


def _parts(shape: str) -> list[str]:
    """A shape as texts that a cell holds, parted behind commas."""
    parts = []
    while shape:
        end = len(shape) if len(shape) <= MAX_CELL else shape.rindex(",", 0, MAX_CELL) + 1
        parts.append(shape[:end])
        shape = shape[end:]
    return parts


def _in_order(kind: str, columns: set[str]) -> list[str]:
    """Columns in the order of the fields that they mean, others behind: JSON forgets the order."""
    fields = fields_of(SPECS[kind]) if kind in SPECS else ALIASES
    rank = {search_key(name): at for at, names in enumerate(fields.values()) for name in names}
    shape = {part_of_wkt(n): len(rank) + n for n in range(1, MOST_PARTS + 1)}
    order = {name: shape.get(name, rank.get(search_key(name), len(rank))) for name in columns}
    return sorted(columns, key=lambda name: (order[name], name))


def _command(delivery: Any, path: Path) -> str:
    """The command that loads the corrected rows as their file was loaded."""
    report = delivery.report or {}
    declared = (report.get("crs") or {}).get("declared")
    crs = declared if is_packed(declared) else delivery.crs_used
    said = {
        "crs": crs and crs.removeprefix("EPSG:"), "on": report.get("on"),
        **(report.get("options") or {}),
        "secrecy": delivery.secrecy if delivery.secrecy != "unknown" else None,
    }  # fmt: skip
    words = ["atlas", "load", delivery.kind, safe_file_name(path.name)]
    for option, value in said.items():
        words += [f"--{option.replace('_', '-')}", str(value)] if value else []
    return shlex.join(words)


def _write(
    path: Path, columns: list[str], rows: Sequence[tuple[Any, dict[str, str]]], command: str,
    too_long: dict[int, str],
) -> None:  # fmt: skip
    with open_workbook(path) as book:
        head = {"bold": True, "bg_color": "#E8EEF4", "quote_prefix": True}
        bold = book.add_format(head)
        reason = book.add_format({"bg_color": "#FCE4D6", "text_wrap": True, "quote_prefix": True})
        text_cell = book.add_format({"num_format": "@"})
        quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        sheet = book.add_worksheet(_LINE)
        sheet.freeze_panes(1, len(REASONS))
        sheet.set_column(0, 0, 50)
        sheet.set_column(1, len(REASONS) + len(columns), 16, text_cell)
        for at, heading in enumerate((*REASONS, *columns)):
            sheet.write_string(0, at, heading, bold)
        for line, (row, cells) in enumerate(rows, 1):
            told = (row.message, row.column_name or "", str(row.row_number))
            for at, value in enumerate(told):
                sheet.write_string(line, at, value[:_CHARACTERS], reason)
            for at, column in enumerate(columns, len(REASONS)):
                value = str(cells.get(column) or "")[:_CHARACTERS]
                if value:
                    is_risky = value.startswith(_FORMULA)
                    sheet.write_string(line, at, value, quoted if is_risky else text_cell)
        notes = book.add_worksheet("说明")
        notes.set_column(0, 0, 110)
        for line, note in enumerate(
            (
                "改正「拒绝行」中的单元格后，用下面的命令导入 · correct the cells, then load by:",
                command,
                f"以「{FOR_PEOPLE}」开头的列不会被读取 · columns with {FOR_PEOPLE} are not read",
                "个人信息已去除 · personal data was taken out",
                *([_told_of_shapes(too_long)] if too_long else []),
            )
        ):
            notes.write_string(line, 0, note)
        if too_long:
            _write_shapes(book.add_worksheet(_SHAPES), too_long)


def _told_of_shapes(too_long: dict[int, str]) -> str:
    shown = ", ".join(map(str, list(too_long)[:20]))
    return (
        f"原第 {shown} 行的图形过长，分段写在「{_SHAPES}」中，不会随本表导入；"
        f"改正后请以 GeoJSON 或 GeoPackage 交付 · the shapes of these rows are too long for "
        f"their columns: they stand in parts in sheet {_SHAPES} and are not loaded from here; "
        "deliver them as GeoJSON or GeoPackage"
    )


def _write_shapes(sheet: Any, too_long: dict[int, str]) -> None:
    """Each shape in parts below each other: joined in their order they are the whole."""
    for at, heading in enumerate(("原行号", "段", WKT)):
        sheet.write_string(0, at, heading)
    line = 0
    for row, shape in too_long.items():
        for number, part in enumerate(_parts(shape), 1):
            line += 1
            sheet.write_row(line, 0, (str(row), str(number), part))
