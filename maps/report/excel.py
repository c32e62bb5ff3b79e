"""How is a report written as a workbook: one sheet a table, numbers as numbers, texts as texts?

Nothing in a cell is ever a formula: text is written as text whatever it begins with.
"""

from __future__ import annotations

import io
import re
from typing import Any

import xlsxwriter

from maps.report.blocks import (
    Cards,
    Cell,
    Column,
    Document,
    Heading,
    Number,
    Paragraph,
    Picture,
    Sheet,
    Table,
    clean,
    shown,
)

_UNFIT = re.compile(r"[\[\]:*?/\\']")
LONGEST_TEXT = 32_000


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
    looks = _Looks(book)
    tables = [*(b for b in document.blocks if isinstance(b, Table)), *document.details]
    guide = _guide(document)
    names = _names([*(t.sheet or t.title for t in tables), guide.sheet])
    _front(book, looks, document, [*tables, guide], names)
    for table, name in zip([*tables, guide], names, strict=True):
        _write(book.add_worksheet(name), looks, document, table)
    pictures = [b for b in document.blocks if isinstance(b, Picture)]
    if pictures:
        _maps(book.add_worksheet("地图"), looks, document, pictures)
    book.close()
    return raw.getvalue()


class _Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
        self._book, self._base = book, base
        self._kept: dict[tuple[Any, ...], Any] = {}

    def of(self, **look: Any) -> Any:
        """The format of a look."""
        key = tuple(sorted(look.items()))
        if key not in self._kept:
            self._kept[key] = self._book.add_format(self._base | look)
        return self._kept[key]


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
    return Table("分街道(片区)指引与覆盖明细", columns, tuple(rows), sheet="覆盖明细")


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


def _front(
    book: Any, looks: _Looks, document: Document, tables: list[Table], names: list[str]
) -> None:
    """The first sheet: title, banner, the text of the report, and links to the tables."""
    page = book.add_worksheet("说明")
    page.hide_gridlines(2)
    page.set_column(0, 0, 100)
    row = 0
    if document.banner:
        page.write_string(
            row,
            0,
            clean(document.banner),
            looks.of(
                bold=True, font_color="#8A1C1C", bg_color="#FDECEA", font_size=13, align="center"
            ),
        )
        row += 1
    page.write_string(row, 0, clean(document.title), looks.of(bold=True, font_size=20))
    page.write_string(row + 1, 0, clean(document.subtitle), looks.of(font_size=13))
    row += 2
    for line in (*document.cover_lines, f"编制日期:{document.made.isoformat()}"):
        page.write_string(row, 0, clean(line), looks.of(font_color="#46606A"))
        row += 1
    row += 1
    for block in document.blocks:
        if isinstance(block, Heading):
            look = looks.of(bold=True, font_size=13 if block.level == 1 else 11,
                            font_color="#12695C")  # fmt: skip
            page.write_string(row, 0, clean(block.text), look)
            row += 1
        elif isinstance(block, Paragraph):
            page.write_string(row, 0, clean(block.text)[:LONGEST_TEXT], looks.of(text_wrap=True))
            row += 1
        elif isinstance(block, Cards):
            for card in block.cards:
                text = f"{card.label}:{card.number.text} {card.unit} {card.beside} [{card.id}]"
                page.write_string(row, 0, clean(text), looks.of(bold=True))
                row += 1
    row += 1
    page.write_string(row, 0, "表目", looks.of(bold=True, font_size=13))
    link = looks.of(font_color="#12695C", underline=1)
    for table, name in zip(tables, names, strict=True):
        row += 1
        page.write_url(row, 0, f"internal:'{name}'!A1", link, clean(table.title)[:250])


def _write(page: Any, looks: _Looks, document: Document, table: Table) -> None:
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
    for at, column in enumerate(table.columns):
        page.set_column(at, at, 7 + 6 * column.width)
        page.write_string(2, at, clean(column.name), head)
    for number, row in enumerate(table.rows):
        is_total = table.bold_last and number == len(table.rows) - 1
        for at, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            _cell(page, looks, 3 + number, at, column, cell, is_total)
    page.freeze_panes(3, 1)
    page.repeat_rows(2)
    if table.rows:
        last = 2 + len(table.rows) - (1 if table.bold_last else 0)
        page.autofilter(2, 0, last, len(table.columns) - 1)
    if table.note:
        page.write_string(4 + len(table.rows), 0, clean("注：" + table.note)[:LONGEST_TEXT],
                          looks.of(font_size=9, font_color="#6B7780"))  # fmt: skip


def _cell(
    page: Any, looks: _Looks, row: int, at: int, column: Column, cell: Cell, bold: bool
) -> None:
    look: dict[str, Any] = {"bottom": 4, "bottom_color": "#D6DFE1", "align": column.align}
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


def _maps(page: Any, looks: _Looks, document: Document, pictures: list[Picture]) -> None:
    page.hide_gridlines(2)
    page.write_string(0, 0, clean(document.banner), looks.of(bold=True, font_color="#8A1C1C"))
    row = 2
    for picture in pictures:
        page.write_string(row, 0, clean(picture.title), looks.of(bold=True, font_size=13))
        page.insert_image(
            row + 1, 0, "map.png",
            {"image_data": io.BytesIO(picture.png), "x_scale": 0.55, "y_scale": 0.55,
             "description": clean(picture.title)},
        )  # fmt: skip
        row += 36
