"""How does a table become one piece of Word's XML?

At once, because python-docx walks a table anew for every cell, which takes minutes for a thousand
rows.
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from geo.text.cells import clean
from maps.report.blocks import Cell, Column, shown
from maps.report.word_look import GREEN, INK, SANS, SERIF, SOFT, TWIPS_CM

_NS = nsdecls("w")


def add_table(
    made: Any,
    columns: tuple[Column, ...],
    rows: tuple[tuple[Cell, ...], ...],
    half_points: int,
    width_cm: float,
    *,
    bold_last: bool = False,
    big_first: bool = False,
    keep: bool = False,
) -> None:
    """Append a table; its head is repeated on every page, and no row is torn in two.

    half_points: size of its letters. big_first: the first row is of headline numbers. keep: the
    whole table stays on one page with what follows its title.
    """
    whole = sum(column.width for column in columns)
    twips = [int(column.width / whole * width_cm * TWIPS_CM) for column in columns]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    edge = f'w:val="single" w:sz="8" w:space="0" w:color="{GREEN}"'
    thin = 'w:val="single" w:sz="4" w:space="0" w:color="D6DFE1"'
    head = "".join(
        _cell(column.name, column, width, half_points, fill="E4EFEC", bold=True, holds=True)
        for column, width in zip(columns, twips, strict=True)
    )
    body = []
    for at, row in enumerate(rows):
        bold = (bold_last and at == len(rows) - 1) or (big_first and at == 0)
        size = half_points + 4 if big_first and at == 0 else half_points
        fill = "EEF4F2" if bold and not big_first else ""
        # The last row lets go, else the table would hold what comes after it as well.
        holds = at < 2 or (keep and at < len(rows) - 1)
        cells = "".join(
            _cell(shown(cell), column, width, size, fill=fill, bold=bold, holds=holds)
            for cell, column, width in zip(row, columns, twips, strict=True)
        )
        body.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
    xml = (
        f'<w:tbl {_NS}><w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/>'
        f"<w:tblBorders><w:top {edge}/><w:bottom {edge}/><w:insideH {thin}/></w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/>'
        '<w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{''.join(body)}</w:tbl>"
    )
    body_element = made.element.body
    body_element.insert(len(body_element) - 1, parse_xml(xml))


def _cell(
    text: str, column: Column, width: int, half_points: int, *, fill: str, bold: bool, holds: bool
) -> str:
    size = max(half_points - 3, 13) if column.small else half_points
    colour = SOFT if column.small else INK
    font = SANS if bold else SERIF
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    keep = "<w:keepNext/>" if holds else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/>'
        f'</w:tcPr><w:p><w:pPr>{keep}<w:spacing w:before="20" w:after="20" '
        f'w:line="240" w:lineRule="auto"/><w:jc w:val="{column.align}"/></w:pPr><w:r><w:rPr>'
        f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}"/>'
        f'{"<w:b/>" if bold and not column.small else ""}<w:color w:val="{colour}"/>'
        f'<w:sz w:val="{size}"/></w:rPr><w:t xml:space="preserve">{_t(text)}</w:t></w:r></w:p>'
        "</w:tc>"
    )


def _t(text: str) -> str:
    return escape(clean(text))
