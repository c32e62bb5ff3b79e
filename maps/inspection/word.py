"""How does the report of a joint inspection look in Word: as an office files it, to be signed?

The page follows the habit of official papers: 3.7/3.5/2.8/2.6 cm margins, a title in large Song,
text in 仿宋 of 16 pt, headings 一、 in 黑体, page numbers as — 1 —.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from docx import Document as new_document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt

from geo.text.cells import clean
from maps.inspection.tables import Sheet

FANG, HEI, SONG, KAI = "仿宋", "黑体", "宋体", "楷体"
WIDTH_CM = 15.6
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


class Paper:
    """A Word document in the habit of official papers, written from top to bottom."""

    def __init__(self, title: str, notice: str) -> None:
        self.made = new_document()
        page = self.made.sections[0]
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        page.top_margin, page.bottom_margin = Cm(3.7), Cm(3.5)
        page.left_margin, page.right_margin = Cm(2.8), Cm(2.6)
        self._font(self.made.styles["Normal"], FANG, 16)
        for level, font in ((1, HEI), (2, KAI)):
            style = self.made.styles[f"Heading {level}"]
            self._font(style, font, 16)
            style.font.bold = False
            style.paragraph_format.space_before = Pt(10)
            style.paragraph_format.space_after = Pt(2)
            style.paragraph_format.keep_with_next = True
        self.made.core_properties.title = clean(title)
        self.made.core_properties.author = ""
        self.made.core_properties.comments = notice
        self._page_number(page)
        self._tables = 0

    @staticmethod
    def _font(style: Any, name: str, size: float) -> None:
        style.font.name, style.font.size = name, Pt(size)
        style.font.color.rgb = None
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for slot in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(slot), name)
        for slot in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(slot), None)
        for colour in style.element.rPr.findall(qn("w:color")):
            style.element.rPr.remove(colour)

    def _page_number(self, page: Any) -> None:
        foot = page.footer.paragraphs[0]
        foot.alignment = CENTRE
        self._run(foot, "— ", SONG, 14)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        foot._element.append(field)
        self._run(foot, " —", SONG, 14)

    @staticmethod
    def _run(paragraph: Any, text: str, font: str, size: float, *, bold: bool = False) -> None:
        run = paragraph.add_run(clean(text))
        run.font.name, run.font.size, run.bold = font, Pt(size), bold
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)

    def line(
        self, text: str, *, font: str = FANG, size: float = 16, align: Any = None,
        indent: bool = False, bold: bool = False, after: float = 0, before: float = 0,
    ) -> Any:  # fmt: skip
        """One paragraph."""
        paragraph = self.made.add_paragraph()
        paragraph.alignment = align
        shape = paragraph.paragraph_format
        shape.space_before, shape.space_after = Pt(before), Pt(after)
        shape.line_spacing = Pt(28) if size >= 14 else 1.25
        if indent:
            shape.first_line_indent = Pt(2 * size)
        self._run(paragraph, text, font, size, bold=bold)
        return paragraph

    def heading(self, text: str) -> None:
        """一、… in 黑体."""
        self.made.add_heading(clean(text), 1)

    def note(self, text: str) -> None:
        """A small remark below a table or picture."""
        self.line(text, size=10.5, after=4, before=2)

    def pairs(self, rows: Sequence[tuple[str, str]]) -> None:
        """A table of labels and words, as the minutes begin."""
        table = self._grid(len(rows), (1.0, 4.2))
        for at, (label, words) in enumerate(rows):
            self._cell(table.cell(at, 0), label, bold=True, align=CENTRE, fill=True)
            self._cell(table.cell(at, 1), words)

    def table(self, sheet: Sheet) -> None:
        """A numbered table with its heading row on every page."""
        self._tables += 1
        heading = self.line(f"表 {self._tables}  {sheet.title}", font=HEI, size=12, align=CENTRE,
                            before=8, after=3)  # fmt: skip
        heading.paragraph_format.keep_with_next = True
        if not sheet.rows:
            self.line("无。", size=12, align=CENTRE, after=4)
            return
        table = self._grid(len(sheet.rows) + 1, sheet.widths)
        for at, words in enumerate(sheet.heads):
            self._cell(table.cell(0, at), words, bold=True, align=CENTRE, fill=True)
        repeat = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(repeat)
        for number, row in enumerate(sheet.rows, 1):
            for at, words in enumerate(row):
                short = len(words) <= 8
                self._cell(table.cell(number, at), words, align=CENTRE if short else None)
        if sheet.note:
            self.note(f"注：{sheet.note}")

    def _grid(self, rows: int, widths: Sequence[float]) -> Any:
        table = self.made.add_table(rows, len(widths))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        whole = sum(widths)
        for at, width in enumerate(widths):
            size = Cm(WIDTH_CM * width / whole)
            table.columns[at].width = size
            for cell in table.columns[at].cells:
                cell.width = size
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        return table

    def _cell(
        self, cell: Any, text: str, *, bold: bool = False, align: Any = None, fill: bool = False
    ) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.alignment = align
        paragraph.paragraph_format.line_spacing = 1.1
        paragraph.paragraph_format.space_after = Pt(1)
        self._run(paragraph, text, HEI if bold else SONG, 10.5)
        shape = cell._tc.get_or_add_tcPr()
        if fill:
            shape.append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="F2F2F2"/>'))
        shape.append(parse_xml(f'<w:vAlign {nsdecls("w")} w:val="center"/>'))

    def picture(self, content: bytes, caption: str, words: str) -> None:
        """One picture across the page; words say what it shows."""
        self.made.add_picture(io.BytesIO(content), width=Cm(WIDTH_CM))
        paragraph = self.made.paragraphs[-1]
        paragraph.alignment = CENTRE
        paragraph.paragraph_format.keep_with_next = True
        paragraph._element.xpath(".//wp:docPr")[0].set("descr", clean(words))
        self.line(caption, font=HEI, size=12, align=CENTRE, after=4)

    def photos(self, shots: Sequence[tuple[bytes, str]]) -> None:
        """Photos two in a row, each with its caption."""
        table = self.made.add_table((len(shots) + 1) // 2, 2)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for at, (content, caption) in enumerate(shots):
            cell = table.cell(at // 2, at % 2)
            paragraph = cell.paragraphs[0]
            paragraph.alignment = CENTRE
            paragraph.add_run().add_picture(io.BytesIO(content), width=Cm(7.2), height=Cm(5.4))
            paragraph._element.xpath(".//wp:docPr")[0].set("descr", clean(caption))
            below = cell.add_paragraph()
            below.alignment = CENTRE
            below.paragraph_format.space_after = Pt(6)
            self._run(below, caption, SONG, 10.5)
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))

    def signatures(self, labels: Sequence[str], made: date) -> None:
        """Empty places for both sides to sign and seal by hand."""
        table = self._grid(2, [1.0] * len(labels))
        for at, label in enumerate(labels):
            self._cell(table.cell(0, at), label, bold=True, align=CENTRE, fill=True)
            cell = table.cell(1, at)
            self._cell(cell, "负责岗位（签字）：")
            for text in ("", "", "单位（盖章）：", "", "        年    月    日"):
                self._run(cell.add_paragraph(), text, SONG, 10.5)

    def content(self) -> bytes:
        """The document as .docx."""
        raw = io.BytesIO()
        self.made.save(raw)
        return raw.getvalue()
