"""What stands in a workbook beside its tables: the text of the report with links, and its maps?"""

from __future__ import annotations

import io
from math import ceil
from typing import Any

from geo.text.cells import clean
from maps.report.blocks import Cards, Document, Heading, Paragraph, Picture, Table

LONGEST_TEXT = 32_000
FRONT_WIDTH = 100
LINE_PT = 15.5
MOST_PT = 400.0
"""A row of Excel is at most 409 points high."""


class Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
        self._book, self._base = book, base
        self._kept: dict[tuple[Any, ...], Any] = {}

    def of(self, **look: Any) -> Any:
        """The format of a look."""
        key = tuple(sorted(look.items()))
        if key not in self._kept:
            self._kept[key] = self._book.add_format(self._base | look)
        return self._kept[key]


def height_of(text: str, width: float) -> float:
    """Points that a wrapped text needs in a column of a width in characters; Chinese count two."""
    units = sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)
    return min(MOST_PT, LINE_PT * max(1, ceil(units / max(width - 1, 1))))


def write_front(
    book: Any, looks: Looks, document: Document, tables: list[Table], names: list[str]
) -> None:
    """The first sheet: title, banner, the text of the report, and links to the tables."""
    page = book.add_worksheet("说明")
    page.hide_gridlines(2)
    page.set_column(0, 0, FRONT_WIDTH)
    page.set_paper(9)
    page.fit_to_pages(1, 0)
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
    page.set_row(row, 34)
    page.set_row(row + 1, 22)
    page.write_string(row, 0, clean(document.title), looks.of(bold=True, font_size=20))
    page.write_string(row + 1, 0, clean(document.subtitle), looks.of(font_size=13))
    row += 2
    for line in (*document.cover_lines, f"编制日期：{document.made.isoformat()}"):
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
            told = clean(block.text)[:LONGEST_TEXT]
            page.set_row(row, height_of(told, FRONT_WIDTH))
            page.write_string(row, 0, told, looks.of(text_wrap=True, valign="top"))
            row += 1
        elif isinstance(block, Cards):
            for card in block.cards:
                text = f"{card.label}：{card.number.text} {card.unit} {card.beside} [{card.id}]"
                page.write_string(row, 0, clean(text), looks.of(bold=True))
                row += 1
    row += 1
    page.write_string(row, 0, "表目", looks.of(bold=True, font_size=13))
    link = looks.of(font_color="#12695C", underline=1)
    for table, name in zip(tables, names, strict=True):
        row += 1
        page.write_url(row, 0, f"internal:'{name}'!A1", link, clean(table.title)[:250])


def write_maps(page: Any, looks: Looks, document: Document, pictures: list[Picture]) -> None:
    """Every map of the report, one below the other."""
    page.hide_gridlines(2)
    page.set_paper(9)
    page.fit_to_pages(1, 0)
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
