"""How is a report written as a Word document that can be edited further?"""

from __future__ import annotations

import io
from typing import Any
from xml.sax.saxutils import escape

from docx import Document as new_document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm, Pt

from geo.text.cells import clean
from maps.report.blocks import (
    Block,
    Cards,
    Column,
    Document,
    Heading,
    Paragraph,
    Picture,
    Sheet,
    Table,
    stretches,
)
from maps.report.word_look import (
    ACROSS_CM,
    INK,
    RED,
    SANS,
    SOFT,
    UPRIGHT_CM,
    add_contents,
    add_cover,
    frame,
    line,
    set_styles,
    turn,
)
from maps.report.word_table import add_table

PICTURE_CM = 14.6
"""So wide that two maps with their captions stand on a page."""
_NS = nsdecls("w")


def as_word(document: Document) -> bytes:
    """The report as .docx."""
    made = new_document()
    set_styles(made)
    made.core_properties.title = clean(document.title)
    made.core_properties.subject = clean(document.subtitle)
    made.core_properties.author = ""
    made.core_properties.comments = clean(document.banner)
    add_cover(made, document)
    add_contents(made, document)
    number = 100
    was_wide, is_first = False, True
    for is_wide, blocks in stretches(document.blocks):
        turned = is_wide != was_wide
        if turned:
            turn(made, document, is_wide=is_wide)
        elif is_first:
            made.add_page_break()  # type: ignore[no-untyped-call]
        for at, block in enumerate(blocks):
            number += 1
            _block(made, block, number, is_wide=is_wide, on_new_page=at == 0 and turned)
        was_wide, is_first = is_wide, False
    raw = io.BytesIO()
    made.save(raw)
    return raw.getvalue()


def _block(made: Any, block: Block, number: int, *, is_wide: bool, on_new_page: bool) -> None:
    width_cm = ACROSS_CM if is_wide else UPRIGHT_CM
    if isinstance(block, Heading):
        _heading(made, block, number, breaks=block.breaks and not on_new_page)
    elif isinstance(block, Paragraph):
        _paragraph(made, block)
    elif isinstance(block, Cards):
        _cards(made, block)
    elif isinstance(block, Table):
        _table(made, block, width_cm)
    elif isinstance(block, Picture):
        _picture(made, block)
    else:
        _sheet(made, block)


def _heading(made: Any, block: Heading, number: int, *, breaks: bool) -> None:
    paragraph = made.add_heading(clean(block.text), block.level)
    paragraph.paragraph_format.page_break_before = breaks
    mark = f'w:id="{number}"'
    name = escape(block.key)
    paragraph._element.append(parse_xml(f'<w:bookmarkStart {_NS} {mark} w:name="_{name}"/>'))
    paragraph._element.append(parse_xml(f"<w:bookmarkEnd {_NS} {mark}/>"))


def _paragraph(made: Any, block: Paragraph) -> None:
    if block.look == "warning":
        framed = line(made, block.text, size=10, font=SANS, colour="6F1616", before=6, after=8)
        frame(framed, "FDECEA", RED)
    elif block.look == "note":
        line(made, block.text, size=9, colour=SOFT)
    else:
        paragraph = line(made, block.text)
        paragraph.paragraph_format.first_line_indent = Pt(22)


def _cards(made: Any, block: Cards) -> None:
    heads = tuple(Column(card.label, 1, "center") for card in block.cards)
    values = tuple(f"{card.number.text} {card.unit}".strip() for card in block.cards)
    beside = tuple(card.beside for card in block.cards)
    ids = tuple(card.id for card in block.cards)
    add_table(made, heads, (values, beside, ids), 19, UPRIGHT_CM, big_first=True)


def _table(made: Any, block: Table, width_cm: float) -> None:
    title = line(made, block.title, size=10.5, font=SANS, bold=True, before=8, after=3)
    title.paragraph_format.keep_with_next = True
    if block.rows:
        add_table(
            made, block.columns, block.rows, 16 if block.dense else 18, width_cm,
            bold_last=block.bold_last, keep=block.keep,
        )  # fmt: skip
    else:
        line(made, "没有可列的内容。", size=9, colour=SOFT)
    note = line(made, f"注：{block.note}" if block.note else "", size=8, colour=SOFT, before=2)
    note.paragraph_format.line_spacing = 1.15


def _picture(made: Any, block: Picture) -> None:
    made.add_picture(io.BytesIO(block.png), width=Cm(PICTURE_CM))
    held = made.paragraphs[-1]
    held.paragraph_format.keep_with_next = True
    held.paragraph_format.space_after = Pt(0)
    held.alignment = 1
    held._element.xpath(".//wp:docPr")[0].set("descr", clean(block.title))
    caption = line(made, block.title, size=9.5, font=SANS, colour=INK, bold=True, after=8)
    caption.alignment = 1
    if block.alt:
        told = caption.add_run(clean(f"　{block.alt}"))
        told.font.size = Pt(8.5)


def _sheet(made: Any, block: Sheet) -> None:
    heading = made.add_heading(clean(block.name), 3)
    heading.paragraph_format.space_before = Pt(10)
    facts = tuple(Column(fact.label, 1, "center") for fact in block.facts)
    values = tuple(f"{fact.number.text} {fact.unit}" for fact in block.facts)
    ids = tuple(fact.id for fact in block.facts)
    add_table(made, facts, (values, ids), 16, UPRIGHT_CM, big_first=True, keep=True)
    gap = line(made, "", size=2, after=0)
    gap.paragraph_format.keep_with_next = True
    add_table(made, block.table.columns, block.table.rows, 14, UPRIGHT_CM, keep=True)
    for one in block.advice:
        line(made, one, size=9, after=2, before=2)
