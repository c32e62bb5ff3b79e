"""How is a report written as a workbook: one sheet a table, numbers as numbers, texts as texts?

Nothing in a cell is ever a formula: text is written as text whatever it begins with.
"""

from __future__ import annotations

import io
import re
from typing import Any

import xlsxwriter

from geo.text.cells import clean
from maps.report.blocks import Cell, Column, Document, Number, Picture, Sheet, Table, shown
from maps.report.excel_front import (
    LINE_PT,
    LONGEST_TEXT,
    Looks,
    height_of,
    write_front,
    write_maps,
)

_UNFIT = re.compile(r"[\[\]:*?/\\']")


def as_excel(document: Document) -> bytes:
    """The report as .xlsx."""
    raw = io.BytesIO()
    book = xlsxwriter.Workbook(
        raw,
        {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )  # fmt: skip
    book.set_properties(
        {"title": clean(document.title), "subject": clean(document.subtitle),
         "comments": clean(document.banner)}
    )  # fmt: skip
    looks = Looks(book)
    tables = [*(b for b in document.blocks if isinstance(b, Table)), *document.details]
    guide = _guide(document)
    names = _names([*(t.sheet or t.title for t in tables), guide.sheet])
    write_front(book, looks, document, [*tables, guide], names)
    for table, name in zip([*tables, guide], names, strict=True):
        _write(book.add_worksheet(name), looks, document, table)
    pictures = [b for b in document.blocks if isinstance(b, Picture)]
    if pictures:
        write_maps(book.add_worksheet("地图"), looks, document, pictures)
    book.close()
    return raw.getvalue()


def _guide(document: Document) -> Table:
    """The guide sheets as one long table: every coverage of every street with its id."""
    rows: list[tuple[Cell, ...]] = []
    columns: tuple[Column, ...] = ()
    for sheet in document.blocks:
        if not isinstance(sheet, Sheet):
            continue
        columns = (Column("区域", 1.8, "left"), *sheet.table.columns)
        own: list[tuple[Cell, ...]] = [
            (sheet.name, f"{fact.label}({fact.unit})", fact.number, "", "", fact.id)
            for fact in sheet.facts
        ]
        own += [(sheet.name, *row) for row in sheet.table.rows]
        own += [(sheet.name, one) for one in sheet.advice]
        rows += [row + ("",) * (len(columns) - len(row)) for row in own]
    return Table("分街道（片区）指引与覆盖明细", columns, tuple(rows), sheet="覆盖明细")


def _names(wanted: list[str]) -> list[str]:
    """Sheet names as Excel allows them: up to 31 characters, no special ones, each once."""
    taken = {"说明", "地图", "history"}
    made = []
    for name in wanted:
        plain = _UNFIT.sub("", clean(name)).strip()[:28] or "表"
        unique, number = plain, 2
        while unique.lower() in taken:
            unique, number = f"{plain}_{number}", number + 1
        taken.add(unique.lower())
        made.append(unique)
    return made


def _write(page: Any, looks: Looks, document: Document, table: Table) -> None:
    """One table: title, banner, head, rows as numbers and texts, note; printed on A4 across."""
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer(f"&L{_printable(document.approval)}&C{_printable(document.banner)}&R&P / &N")
    page.write_string(0, 0, clean(table.title), looks.of(bold=True, font_size=14))
    page.write_string(1, 0, clean(document.banner), looks.of(bold=True, font_color="#8A1C1C"))
    head = looks.of(bold=True, bg_color="#E4EFEC", text_wrap=True, align="center", bottom=1,
                    top=1, border_color="#12695C")  # fmt: skip
    widths = [_width(column) for column in table.columns]
    for at, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        page.set_column(at, at, width)
        page.write_string(2, at, clean(column.name), head)
    page.set_row(2, max(height_of(c.name, w) for c, w in zip(table.columns, widths, strict=True)))
    for number, row in enumerate(table.rows):
        is_total = table.bold_last and number == len(table.rows) - 1
        for at, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            _cell(page, looks, 3 + number, at, column, cell, is_total)
        high = max(height_of(shown(c), w) for c, w in zip(row, widths, strict=True))
        if high > LINE_PT:
            page.set_row(3 + number, high)
    page.freeze_panes(3, 1)
    page.repeat_rows(2)
    if table.rows:
        last = 2 + len(table.rows) - (1 if table.bold_last else 0)
        page.autofilter(2, 0, last, len(table.columns) - 1)
    if table.note:
        _note(page, looks, 4 + len(table.rows), "注：" + table.note, widths)


def _width(column: Column) -> float:
    """Characters that a column is wide: room for ids, and for every title in three lines."""
    return max(
        10.0 if column.small else 8.0, 6.5 + (11 if column.width > 2.4 else 7) * column.width
    )


def _note(page: Any, looks: Looks, row: int, text: str, widths: list[float]) -> None:
    """A note across the table, as high as it needs, so that it does not widen the page."""
    told = clean(text)[:LONGEST_TEXT]
    look = looks.of(font_size=9, font_color="#6B7780", text_wrap=True, valign="top")
    page.set_row(row, height_of(told, sum(widths)))
    if len(widths) > 1:
        page.merge_range(row, 0, row, len(widths) - 1, "", look)
    page.write_string(row, 0, told, look)


def _cell(
    page: Any, looks: Looks, row: int, at: int, column: Column, cell: Cell, bold: bool
) -> None:
    look: dict[str, Any] = {
        "bottom": 4, "bottom_color": "#D6DFE1", "align": column.align,
        "text_wrap": not isinstance(cell, Number) and not column.small,
    }  # fmt: skip
    if bold:
        look |= {"bold": True, "bg_color": "#EEF4F2"}
    if column.small:
        look |= {"font_size": 8, "font_color": "#6B7780"}
    if isinstance(cell, Number) and cell.value is not None:
        page.write_number(row, at, cell.value, looks.of(num_format=cell.excel_format, **look))
    else:
        page.write_string(row, at, shown(cell)[:LONGEST_TEXT], looks.of(**look))


def _printable(text: str) -> str:
    """Text for a footer, where & begins a code; at most 255 characters in all."""
    return clean(text).replace("&", "&&")[:80]
