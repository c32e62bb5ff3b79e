"""How does a matched table leave: every row as it came, with what was found beside it?"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from geo.errors import BadInput, both
from geo.gazetteer.exchange.tables import cell as written
from geo.gazetteer.matched.rows import Candidate, MatchedRow
from geo.gazetteer.matched.verdicts import STATES
from geo.gazetteer.matching import KINDS
from geo.loaders.tables import Table

HEADINGS = (
    "行号", "匹配结果", "地名代码", "标准名称", "拼音", "类别", "所在区划代码", "所在区划", "经度",
    "纬度", "位置", "匹配名称", "匹配名称种类", "匹配方式", "得分", "距离（米）", "候选",
    "待定事项", "来源", "标注",
)  # fmt: skip
"""What is added behind the columns of the table."""
MOST_XLSX = 1_048_575
LONGEST_CELL = 32_000
_SHEET, _NOTES = "匹配结果", "说明"


def cells_of(row: MatchedRow) -> list[Any]:
    """Answer the cells under HEADINGS; what is unknown or not decided is empty."""
    best = row.best
    return [
        row.asked.number, STATES[row.state][0], *(_place_cells(best) if best else [None] * 14),
        "；".join(_short(one) for one in row.candidates) or None, row.open_zh or None,
        best.place.source if best else None,
        "合成" if best and best.place.is_synthetic else None,
    ]  # fmt: skip


def _place_cells(best: Candidate) -> list[Any]:
    place = best.place
    return [
        place.code, place.name, place.pinyin, place.feature_class, place.in_unit_code,
        place.in_unit_name, place.lon, place.lat, place.position_quality, best.matched_name,
        KINDS[best.matched_kind][0], best.how_zh, best.score, best.distance_m,
    ]  # fmt: skip


def _short(one: Candidate) -> str:
    around = f"，{one.place.in_unit_name}" if one.place.in_unit_name else ""
    return f"{one.place.name}（{one.place.code}{around}，{one.score:g}）"


def write_matched(
    rows: Iterable[MatchedRow], table: Table | None, out: Path, notes: Sequence[str] = ()
) -> dict[str, int]:
    """Write a .csv or .xlsx: the columns of `table`, then HEADINGS; answer rows by state.

    Rows keep their order. Texts are never formulas or links. `notes` (what was hidden or not read
    in the file) stand on a sheet of their own, of a .csv in a file beside it. Raises BadInput for
    another ending.
    """
    writers: dict[str, Callable[..., dict[str, int]]] = {".csv": _as_csv, ".xlsx": _as_xlsx}
    write = writers.get(out.suffix.casefold())
    if write is None:
        raise BadInput(
            both(f"输出文件须为 {'、'.join(writers)}。", f"write to {', '.join(writers)}"),
            parameter="out",
        )
    columns = list(table.columns) if table is not None else ["名称"]
    return write(_lines(rows, table), columns, out, [*notes])


def _lines(rows: Iterable[MatchedRow], table: Table | None) -> Iterable[tuple[str, list[Any]]]:
    """The state and the cells of each row: those that were delivered, then what was found."""
    delivered = iter(table.rows) if table is not None else None
    waiting = next(delivered, None) if delivered is not None else None
    for row in rows:
        if table is None or delivered is None:
            own = [row.asked.name]
        elif waiting is not None and waiting.number == row.asked.number:
            own = list(waiting.cells)
            waiting = next(delivered, None)
        else:  # a line that could not be read as a row
            own = [""] * len(table.columns)
        yield row.state, [*own, *cells_of(row)]


def _as_csv(
    lines: Iterable[tuple[str, list[Any]]], columns: list[str], out: Path, notes: list[str]
) -> dict[str, int]:
    counts = dict.fromkeys(STATES, 0)
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([written(title) for title in (*columns, *HEADINGS)])
        for state, cells in lines:
            counts[state] += 1
            writer.writerow([written(cell) for cell in cells])
    if notes:
        out.with_name(f"{out.stem}-说明.txt").write_text("\n".join(notes) + "\n", encoding="utf-8")
    return counts


def _as_xlsx(
    lines: Iterable[tuple[str, list[Any]]], columns: list[str], out: Path, notes: list[str]
) -> dict[str, int]:
    counts = dict.fromkeys(STATES, 0)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(out), options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(_SHEET)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) + len(HEADINGS) - 1, 16)
        for at, title in enumerate((*columns, *HEADINGS)):
            sheet.write_string(0, at, str(written(title))[:LONGEST_CELL], bold)
        for number, (state, cells) in enumerate(lines, 1):
            if number > MOST_XLSX:
                raise BadInput(
                    both("行数超过 XLSX 的上限，请输出 .csv。", "too many rows for XLSX: use .csv"),
                    parameter="out",
                )
            counts[state] += 1
            for at, cell in enumerate(cells):
                if isinstance(cell, int | float) and not isinstance(cell, bool):
                    sheet.write_number(number, at, cell)
                elif cell is not None and cell != "":
                    sheet.write_string(number, at, str(written(cell))[:LONGEST_CELL])
        told = book.add_worksheet(_NOTES)
        for number, note in enumerate(notes):
            told.write_string(number, 0, str(written(note)))
    return counts
