"""Which rows does an Excel workbook hold, and in which of its sheets?"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo.loaders.reading import sheet_child
from geo.loaders.reading.archives import begins_with, members
from geo.loaders.reading.confined import confined
from geo.loaders.reading.drafts import (
    MAX_CELL,
    MAX_COLUMNS,
    Draft,
    refuse_too_long,
    refuse_too_wide,
    refused,
)
from geo.loaders.reading.grid import MOST_TITLES, find_heading, read_grid

MEMORY = 2 * 1024**3
"""Bytes that the reading process may take; a sheet of a million rows stays below."""
SECONDS = 60
"""Of the processor."""
_NOTES_FOR_PEOPLE = ("说明", "填写说明", "填表说明", "选项", "notes", "readme")
_MOST_HEADINGS = 3
Line = list[str]


@dataclass(slots=True)
class _Sheet:
    """A sheet's lines of cells, its merged ranges (top, left, bottom, right), its lost digits and
    how much of it a person does not see.
    """

    name: str
    width: int
    merged: list[tuple[int, int, int, int]]
    lines: list[Line] = field(default_factory=list)
    long: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_columns: list[int] = field(default_factory=list)


def check_workbook(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse an XLSX whose parts define XML entities or whose sizes are those of a bomb."""
    for member in members(archive, name):
        if member.ending in (".xml", ".rels"):
            head = begins_with(archive, member, 65_536, name).replace(b"\x00", b"")
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise refused(
                    name,
                    f"{member.name} 含有 XML 实体定义，正常的表格没有；未读取。",
                    f"{member.name} defines XML entities, which no honest sheet does: not read.",
                )


def read_workbook(path: Path, name: str, layer: str | None) -> Draft:
    """Rows of one sheet: the one asked for, else the first that is a table.

    Titles above the heading are skipped, headings in two lines are joined, merged cells are filled
    with their value. Raises DeliveryRefused when the workbook cannot be read, has no table, or has
    several sheets with the same heading and none was asked for.
    """
    sheets, hidden = _sheets_of(path, name)
    chosen, others = _choose(sheets, name, layer)
    draft = _read_sheet(chosen, f"{name} [{chosen.name}]")
    draft.layer = chosen.name
    draft.evidence = "Excel 文件自带编码 · workbooks state their encoding"
    if others:
        shown = ", ".join(others[:10])
        draft.notes.append(
            f"读取工作表「{chosen.name}」；未读：{shown}（可用 --layer 指定） · "
            f"sheet {chosen.name!r} was read; not read: {shown} (choose by --layer)"
        )
    if hidden:
        shown = ", ".join(hidden[:10])
        draft.notes.append(f"隐藏的工作表未读：{shown} · hidden sheets were not read: {shown}")
    return draft


def _choose(sheets: list[_Sheet], name: str, layer: str | None) -> tuple[_Sheet, list[str]]:
    shown = ", ".join(sheet.name for sheet in sheets[:20])
    if layer is not None:
        chosen = next((sheet for sheet in sheets if sheet.name == layer), None)
        if chosen is None:
            raise refused(
                name,
                f"没有工作表「{layer}」；现有：{shown}。",
                f"there is no sheet {layer!r}; there are: {shown}.",
            )
        refuse_too_wide(f"{name} [{chosen.name}]", chosen.width)
        return chosen, []
    filled = [
        sheet
        for sheet in sheets
        if sheet.width and sheet.name.strip().casefold() not in _NOTES_FOR_PEOPLE
    ]
    for sheet in filled:
        refuse_too_wide(f"{name} [{sheet.name}]", sheet.width)
    tables = [sheet for sheet in filled if len(sheet.lines) > 1] or filled
    if not tables:
        raise refused(name, "工作簿中没有数据。", "there is no data in the workbook.")
    chosen = next((sheet for sheet in tables if sheet.width > 1), tables[0])
    heading = _heading(chosen)
    alike = [sheet.name for sheet in tables if sheet is not chosen and _heading(sheet) == heading]
    if alike:
        both = ", ".join([chosen.name, *alike][:20])
        raise refused(
            name,
            f"几个工作表的表头相同（{both}）；请用 --layer 指定一个，或合并到一个工作表。",
            f"sheets share one heading ({both}): choose one by --layer or join them.",
        )
    return chosen, [sheet.name for sheet in filled if sheet is not chosen]


def _heading(sheet: _Sheet) -> Line:
    at = _heading_line(sheet)
    return [] if at is None else sheet.lines[at]


def _heading_line(sheet: _Sheet) -> int | None:
    """Which line of the sheet is the (first line of the) heading; None in an empty sheet.

    A cell over several columns counts for all of them, but in a line of one or two it is a title.
    """
    wide: dict[int, list[tuple[int, int]]] = {}
    for top, left, _, right in sheet.merged:
        wide.setdefault(top, []).append((left, right))
    filled = [n for n, line in enumerate(sheet.lines) if any(cell.strip() for cell in line)]
    counted = []
    for n in filled[:MOST_TITLES]:
        line = list(sheet.lines[n])
        if sum(bool(cell.strip()) for cell in line) > 2:
            for left, right in wide.get(n, ()):
                line[left : right + 1] = [line[left]] * (right + 1 - left)
        counted.append(line)
    return filled[find_heading(counted)] if filled else None


def _read_sheet(sheet: _Sheet, name: str) -> Draft:
    """The sheet's rows with merged cells filled and a heading of several lines made one."""
    lines = sheet.lines
    at = _heading_line(sheet)
    if at is None:
        return Draft([], [])
    depth = _depth(sheet, at)
    _fill_merged(sheet, at if depth > 1 else at + 1)
    joined = _join_heading(lines[at : at + depth])
    above = [n for n, line in enumerate(lines[:at]) if any(cell.strip() for cell in line)]
    body = [lines[n] for n in above] + [joined] + lines[at + depth :]
    draft = read_grid(body, name, heading=len(above))
    draft.notes.insert(
        0,
        f"表头在第 {at + 1} 行，数据从第 {at + depth + 1} 行起（空行不计） · "
        f"heading in line {at + 1}, data from line {at + depth + 1} (blank lines not counted)",
    )
    if sheet.hidden_rows:
        draft.notes.append(
            f"有 {sheet.hidden_rows} 个隐藏行（筛选或手工隐藏），已一并读取，请核对 · "
            f"{sheet.hidden_rows} hidden rows were read like the others: check"
        )
    if sheet.hidden_columns:
        labels = [joined[n] or str(n + 1) for n in sheet.hidden_columns if n < len(joined)]
        shown = ", ".join(labels[:20])
        draft.notes.append(
            f"隐藏的列已一并读取：{shown} · hidden columns were read like the others: {shown}"
        )
    if sheet.long:
        row, column = sheet.long[0]
        label = joined[column] if column < len(joined) else str(column + 1)
        draft.notes.append(
            f"{len(sheet.long)} 个数字超过 {sheet_child.EXACT_DIGITS} 位"
            f"（如「{label}」第 {row + 1} 行），末位已丢失；代码列请设为文本 · "
            "numbers of more digits than a spreadsheet keeps: format columns of codes as text"
        )  # fmt: skip
    return draft


def _depth(sheet: _Sheet, at: int) -> int:
    """Lines of the heading: a heading cell over several columns has its parts below it."""
    heading = [range_ for range_ in sheet.merged if range_[0] == at]
    over = [
        (left, right)
        for _, left, _, right in heading
        if right > left and right - left + 1 < sheet.width
    ]
    down = max((bottom for _, _, bottom, _ in heading), default=at)
    if over and down == at and at + 1 < len(sheet.lines):
        below = enumerate(sheet.lines[at + 1])
        if any(
            cell.strip() and not any(left <= n <= right for left, right in over)
            for n, cell in below
        ):
            return 1  # what stands below are data, not parts of the heading
        down = at + 1
    return min(down - at + 1, _MOST_HEADINGS)


def _join_heading(lines: list[Line]) -> Line:
    """One name per column: the lowest, with the one above where the lowest occurs twice."""
    lowest = [
        next((line[n].strip() for line in reversed(lines) if line[n].strip()), "")
        for n in range(len(lines[0]))
    ]
    top = [cell.strip() for cell in lines[0]]
    return [
        f"{above} {name}" if name and lowest.count(name) > 1 and above != name else name
        for above, name in zip(top, lowest, strict=True)
    ]


def _fill_merged(sheet: _Sheet, first: int) -> None:
    """Give every cell of a merged range its value, from the heading on."""
    lines = sheet.lines
    for top, left, bottom, right in sheet.merged:
        if top < first or top >= len(lines) or left < 0 or left >= sheet.width:
            continue
        value = lines[top][left]
        for line in lines[top : bottom + 1]:
            for n in range(left, min(right + 1, sheet.width)):
                line[n] = value


def _sheets_of(path: Path, name: str) -> tuple[list[_Sheet], list[str]]:
    """The visible sheets and the names of the hidden ones.

    Read by a process that may only take `MEMORY` and `SECONDS`.
    """
    program = Path(sheet_child.__file__)
    limits = (str(path.absolute()), str(MAX_COLUMNS), str(MAX_CELL))
    with confined(program, *limits, memory=MEMORY, seconds=SECONDS) as child:
        assert child.stdout is not None
        hidden: list[str] = []
        sheets = list(_parse(child.stdout, name, hidden))
    if child.returncode:
        raise _failed(child.returncode, name)
    return sheets, hidden


def _parse(lines: Iterable[bytes], name: str, hidden: list[str]) -> Iterator[_Sheet]:
    sheet: _Sheet | None = None
    for line in lines:
        try:
            value: Any = json.loads(line)
        except ValueError:  # the process ended in the middle of a line; its code says why
            return
        if isinstance(value, list):
            assert sheet is not None
            sheet.lines.append(value)
            if len(sheet.lines) % 100_000 == 0:
                refuse_too_long(f"{name} [{sheet.name}]", len(sheet.lines))
        elif "sheet" in value:
            sheet = _Sheet(value["sheet"], value["width"], value["merged"])
            yield sheet
        elif "end" in value and sheet is not None:
            sheet.long = value["long"]
            sheet.hidden_rows, sheet.hidden_columns = value["hidden_rows"], value["hidden_columns"]
        elif "hidden" in value:
            hidden += value["hidden"]


def _failed(code: int, name: str) -> Exception:
    if code == sheet_child.PASSWORD:
        return refused(
            name,
            "工作簿有密码；请去掉密码后交付。",
            "the workbook is encrypted: deliver it without a password.",
        )
    if code == sheet_child.DAMAGED:
        return refused(
            name,
            "工作簿已损坏或传输不完整；请在表格软件中打开并另存为 XLSX。",
            "the workbook is damaged or cut off: open it and save it again as XLSX.",
        )
    return refused(
        name,
        f"工作簿需要超过 {MEMORY >> 30} GB 内存或 {SECONDS} 秒；请删除表外单元格，或改用 CSV。",
        f"the workbook takes over {MEMORY >> 30} GB or {SECONDS} s: delete the cells outside of "
        "the table, or deliver CSV.",
    )
