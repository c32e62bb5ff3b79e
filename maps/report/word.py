"""How is a report written as a Word document that can be edited further?

Tables are built as XML at once: python-docx walks a table anew for every cell, which takes minutes
for a thousand rows.
"""

from __future__ import annotations

import io
from typing import Any
from xml.sax.saxutils import escape

from docx import Document as new_document
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from maps.report.blocks import (
    Block,
    Cards,
    Cell,
    Column,
    Document,
    Heading,
    Paragraph,
    Picture,
    Sheet,
    Table,
    clean,
    shown,
)

SERIF, SANS = "宋体", "黑体"
GREEN, INK, SOFT, RED = "12695C", "22303A", "6B7780", "8A1C1C"
WIDTH_CM = 17.0
_NS = nsdecls("w")


def as_word(document: Document) -> bytes:
    """The report as .docx."""
    made = new_document()
    _styles(made)
    made.core_properties.title = clean(document.title)
    made.core_properties.subject = clean(document.subtitle)
    made.core_properties.author = ""
    made.core_properties.comments = clean(document.banner)
    _cover(made, document)
    _contents(made, document)
    number = 100
    for block in document.blocks:
        number += 1
        _block(made, block, number)
    raw = io.BytesIO()
    made.save(raw)
    return raw.getvalue()


def _styles(made: Any) -> None:
    page = made.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin, page.bottom_margin = Cm(2.3), Cm(2)
    normal = made.styles["Normal"]
    _font(normal, SERIF, 10.5, INK)
    normal.paragraph_format.line_spacing = 1.35
    normal.paragraph_format.space_after = Pt(5)
    for level, size, colour in ((1, 18, "0D3F39"), (2, 13, GREEN), (3, 11.5, "0D3F39")):
        style = made.styles[f"Heading {level}"]
        _font(style, SANS, size, colour)
        style.font.bold = True
        style.paragraph_format.space_before = Pt(14 if level > 1 else 0)
        style.paragraph_format.space_after = Pt(6)
        style.paragraph_format.keep_with_next = True


def _font(style: Any, name: str, size: float, colour: str) -> None:
    style.font.name = name
    style.font.size = Pt(size)
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for slot in ("w:ascii", "w:hAnsi", "w:eastAsia"):
        fonts.set(qn(slot), name)
    for slot in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(slot), None)


def _line(
    made: Any, text: str, *, size: float = 10.5, font: str = SERIF, colour: str = INK,
    bold: bool = False, align: Any = None, before: float = 0, after: float = 5,
) -> Any:  # fmt: skip
    """One paragraph of one look."""
    paragraph = made.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.space_after = Pt(after)
    if align is not None:
        paragraph.alignment = align
    run = paragraph.add_run(clean(text))
    run.bold = bold
    run.font.size = Pt(size)
    run.font.color.rgb = RGBColor.from_string(colour)
    run.font.name = font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return paragraph


def _shade(paragraph: Any, fill: str, edge: str) -> None:
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="8" w:space="6" w:color="{edge}"/>'
        for side in ("top", "left", "bottom", "right")
    )
    properties = paragraph._element.get_or_add_pPr()
    properties.append(parse_xml(f"<w:pBdr {_NS}>{borders}</w:pBdr>"))
    properties.append(parse_xml(f'<w:shd {_NS} w:val="clear" w:color="auto" w:fill="{fill}"/>'))


def _cover(made: Any, document: Document) -> None:
    centre = WD_ALIGN_PARAGRAPH.CENTER
    if document.banner:
        _shade(
            _line(made, document.banner, size=14, font=SANS, colour=RED, bold=True, align=centre),
            "FDECEA", RED,
        )  # fmt: skip
    _line(made, document.place, size=16, font=SANS, colour="46606A", align=centre, before=130)
    _line(made, document.title, size=28, font=SANS, colour="0D3F39", bold=True, align=centre,
          before=10, after=10)  # fmt: skip
    _line(made, document.subtitle, size=16, font=SANS, colour="46606A", align=centre, after=170)
    for line in document.cover_lines:
        _line(made, line, size=10.5, font=SANS, colour="3D4D56", align=centre)
    day = document.made
    _line(made, f"{day.year} 年 {day.month} 月 {day.day} 日", size=13, font=SANS, align=centre,
          before=24)  # fmt: skip
    section = made.add_section(WD_SECTION.NEW_PAGE)
    _margins(section, document)


def _margins(section: Any, document: Document) -> None:
    """Header with title and banner, footer with the approval line and the page."""
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
    head = section.header.paragraphs[0]
    _small(head, document.title, SOFT)
    if document.banner:
        _small(head, "    " + document.banner, RED)
    foot = section.footer.paragraphs[0]
    _small(foot, f"{document.approval} · 示意，不作为划界依据        第 ", SOFT)
    _field(foot, "PAGE")
    _small(foot, " 页", SOFT)


def _small(paragraph: Any, text: str, colour: str) -> None:
    run = paragraph.add_run(clean(text))
    run.font.size = Pt(8)
    run.font.color.rgb = RGBColor.from_string(colour)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), SANS)


def _field(paragraph: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._element.append(field)


def _contents(made: Any, document: Document) -> None:
    """A contents field that Word renews on request; until then the headings, each a link."""
    _line(made, "目录", size=18, font=SANS, colour="0D3F39", bold=True, after=10)
    open_ = (
        f'<w:r {_NS}><w:fldChar w:fldCharType="begin"/></w:r>',
        f'<w:r {_NS}><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h </w:instrText></w:r>',
        f'<w:r {_NS}><w:fldChar w:fldCharType="separate"/></w:r>',
    )
    headings = document.headings
    for number, heading in enumerate(headings):
        entry = made.add_paragraph()
        entry.paragraph_format.space_after = Pt(1)
        entry.paragraph_format.left_indent = Cm(0.8 * (heading.level - 1))
        if number == 0:
            for part in open_:
                entry._element.append(parse_xml(part))
        bold = "<w:b/>" if heading.level == 1 else ""
        entry._element.append(
            parse_xml(
                f'<w:hyperlink {_NS} w:anchor="_{escape(heading.key)}" w:history="1"><w:r><w:rPr>'
                f'<w:rFonts w:eastAsia="{SANS}"/>{bold}<w:sz w:val="20"/></w:rPr>'
                f'<w:t xml:space="preserve">{_t(heading.text)}</w:t></w:r></w:hyperlink>'
            )
        )
    if headings:
        entry._element.append(parse_xml(f'<w:r {_NS}><w:fldChar w:fldCharType="end"/></w:r>'))
    made.add_page_break()


def _block(made: Any, block: Block, number: int) -> None:
    if isinstance(block, Heading):
        _heading(made, block, number)
    elif isinstance(block, Paragraph):
        _paragraph(made, block)
    elif isinstance(block, Cards):
        heads = tuple(Column(card.label, 1, "center") for card in block.cards)
        values = tuple(f"{card.number.text} {card.unit}".strip() for card in block.cards)
        beside = tuple(card.beside for card in block.cards)
        ids = tuple(card.id for card in block.cards)
        _table(made, heads, (values, beside, ids), 20, big_first=True)
    elif isinstance(block, Table):
        _line(made, block.title, size=10, font=SANS, bold=True, before=8, after=3
              ).paragraph_format.keep_with_next = True  # fmt: skip
        if block.rows:
            _table(made, block.columns, block.rows, 15 if block.dense else 17, block.bold_last)
        else:
            _line(made, "没有可列的内容。", size=9, colour=SOFT)
        _line(made, f"注：{block.note}" if block.note else "", size=8, colour=SOFT, before=2)
    elif isinstance(block, Picture):
        made.add_picture(io.BytesIO(block.png), width=Cm(WIDTH_CM - 0.4))
        made.paragraphs[-1].paragraph_format.keep_with_next = True
        made.paragraphs[-1]._element.xpath(".//wp:docPr")[0].set("descr", clean(block.title))
        _line(made, f"{block.title}  {block.alt}", size=8.5, font=SANS, colour="46606A", after=8)
    else:
        _sheet(made, block)


def _heading(made: Any, block: Heading, number: int) -> None:
    if block.breaks:
        made.add_page_break()
    paragraph = made.add_heading(clean(block.text), block.level)
    mark = f'w:id="{number}"'
    name = escape(block.key)
    paragraph._element.append(parse_xml(f'<w:bookmarkStart {_NS} {mark} w:name="_{name}"/>'))
    paragraph._element.append(parse_xml(f"<w:bookmarkEnd {_NS} {mark}/>"))


def _paragraph(made: Any, block: Paragraph) -> None:
    if block.look == "warning":
        _shade(_line(made, block.text, size=9.5, font=SANS, colour="6F1616", before=4, after=8),
               "FDECEA", RED)  # fmt: skip
    elif block.look == "note":
        _line(made, block.text, size=8.5, colour=SOFT)
    else:
        paragraph = _line(made, block.text)
        paragraph.paragraph_format.first_line_indent = Pt(21)


def _sheet(made: Any, block: Sheet) -> None:
    made.add_heading(clean(block.name), 3)
    facts = tuple(Column(fact.label, 1, "center") for fact in block.facts)
    values = tuple(f"{fact.number.text} {fact.unit}" for fact in block.facts)
    _table(made, facts, (values, tuple(fact.id for fact in block.facts)), 16, big_first=True)
    _line(made, "", size=2, after=0)
    _table(made, block.table.columns, block.table.rows, 14)
    for one in block.advice:
        _line(made, one, size=9, font=SANS, after=2, before=2)


def _table(
    made: Any,
    columns: tuple[Column, ...],
    rows: tuple[tuple[Cell, ...], ...],
    half_points: int,
    bold_last: bool = False,
    *,
    big_first: bool = False,
) -> None:
    """Append a table as one piece of XML; its head is repeated on every page."""
    whole = sum(column.width for column in columns)
    twips = [int(column.width / whole * WIDTH_CM * 567) for column in columns]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    edge = f'w:val="single" w:sz="8" w:space="0" w:color="{GREEN}"'
    thin = 'w:val="single" w:sz="4" w:space="0" w:color="D6DFE1"'
    head = "".join(
        _cell(column.name, column, width, half_points, fill="E4EFEC", bold=True)
        for column, width in zip(columns, twips, strict=True)
    )
    body = []
    for at, row in enumerate(rows):
        bold = (bold_last and at == len(rows) - 1) or (big_first and at == 0)
        size = half_points + 4 if big_first and at == 0 else half_points
        fill = "EEF4F2" if bold and not big_first else ""
        cells = "".join(
            _cell(shown(cell), column, width, size, fill=fill, bold=bold)
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


def _cell(text: str, column: Column, width: int, half_points: int, *, fill: str, bold: bool) -> str:
    size = max(half_points - 3, 11) if column.small else half_points
    colour = SOFT if column.small else INK
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/>'
        f'</w:tcPr><w:p><w:pPr><w:spacing w:before="20" w:after="20" w:line="240" '
        f'w:lineRule="auto"/><w:jc w:val="{column.align}"/></w:pPr><w:r><w:rPr>'
        f'<w:rFonts w:ascii="{SANS}" w:hAnsi="{SANS}" w:eastAsia="{SANS}"/>'
        f'{"<w:b/>" if bold and not column.small else ""}<w:color w:val="{colour}"/>'
        f'<w:sz w:val="{size}"/></w:rPr><w:t xml:space="preserve">{_t(text)}</w:t></w:r></w:p>'
        "</w:tc>"
    )


def _t(text: str) -> str:
    return escape(clean(text))
