"""How does a Word report look: fonts with what stands in for them, cover, contents, margins?"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from geo.text.cells import clean
from maps.report.blocks import Document, Heading

SERIF, SANS, BODY = "宋体", "黑体", "仿宋"
STAND_INS = {
    SERIF: "SimSun,Songti SC,Noto Serif CJK SC",
    SANS: "SimHei,Heiti SC,Noto Sans CJK SC",
    BODY: "FangSong,FangSong_GB2312,STFangsong,Noto Serif CJK SC",
}
"""What a reader without these fonts is shown instead."""
GREEN, DARK, INK, SOFT, RED = "12695C", "0D3F39", "22303A", "6B7780", "8A1C1C"
UPRIGHT_CM, ACROSS_CM = 17.0, 25.7
TWIPS_CM = 567
_NS = nsdecls("w")


def set_styles(made: Any) -> None:
    """Page, fonts and headings of a new document."""
    page = made.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin, page.bottom_margin = Cm(2.3), Cm(2)
    page.header_distance = page.footer_distance = Cm(1.1)
    normal = made.styles["Normal"]
    _font(normal, BODY, 11, INK)
    normal.paragraph_format.line_spacing = 1.35
    normal.paragraph_format.space_after = Pt(5)
    for level, size, colour in ((1, 18, DARK), (2, 13.5, GREEN), (3, 11.5, DARK)):
        style = made.styles[f"Heading {level}"]
        _font(style, SANS, size, colour)
        style.font.bold = True
        style.paragraph_format.space_before = Pt(12 if level > 1 else 0)
        style.paragraph_format.space_after = Pt(6)
        style.paragraph_format.keep_with_next = True
    _name_stand_ins(made)


def _font(style: Any, name: str, size: float, colour: str) -> None:
    style.font.name = name
    style.font.size = Pt(size)
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for slot in ("w:ascii", "w:hAnsi", "w:eastAsia"):
        fonts.set(qn(slot), name)
    for slot in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(slot), None)


def _name_stand_ins(made: Any) -> None:
    """Write into the font table which fonts may take the place of ours."""
    for part in made.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            fonts = "".join(
                f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(others)}/>"
                '<w:charset w:val="86"/><w:pitch w:val="variable"/></w:font>'
                for name, others in STAND_INS.items()
            )
            part._blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")


def line(
    made: Any, text: str, *, size: float = 11, font: str = BODY, colour: str = INK,
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


def frame(paragraph: Any, fill: str, edge: str) -> None:
    """A frame and a ground for a paragraph that must be seen."""
    sides = ("top", "left", "bottom", "right")
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="8" w:space="6" w:color="{edge}"/>' for side in sides
    )
    _put(paragraph, f"<w:pBdr {_NS}>{borders}</w:pBdr>")
    shade = f'<w:shd {_NS} w:val="clear" w:color="auto" w:fill="{fill}"/>'
    _put(paragraph, shade)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Cm(0.3)


_AFTER = {
    "pBdr": ("shd", "tabs", "spacing", "ind", "jc"),
    "shd": ("tabs", "spacing", "ind", "jc"),
    "tabs": ("spacing", "ind", "jc"),
}
"""Property of a paragraph → those that the schema wants after it, of the ones used here."""


def _put(paragraph: Any, xml: str) -> None:
    """Add a property of a paragraph where the schema wants it."""
    made = parse_xml(xml)
    properties = paragraph._element.get_or_add_pPr()
    later = _AFTER[made.tag.rpartition("}")[2]]
    first = next((one for one in properties if one.tag.rpartition("}")[2] in later), None)
    if first is None:
        properties.append(made)
    else:
        first.addprevious(made)


def add_cover(made: Any, document: Document) -> None:
    """Title, what kind of report it is, room for the bureau's stamp; then a new section."""
    centre = WD_ALIGN_PARAGRAPH.CENTER
    if document.banner:
        frame(
            line(made, document.banner, size=14, font=SANS, colour=RED, bold=True, align=centre),
            "FDECEA", RED,
        )  # fmt: skip
    line(made, document.place, size=18, font=BODY, colour="46606A", align=centre, before=120)
    title = line(made, document.title, size=28, font=SANS, colour=DARK, bold=True, align=centre,
                 before=8, after=14)  # fmt: skip
    rule = f'<w:bottom w:val="single" w:sz="18" w:space="12" w:color="{GREEN}"/>'
    _put(title, f"<w:pBdr {_NS}>{rule}</w:pBdr>")
    line(made, document.subtitle, size=16, font=BODY, colour="46606A", align=centre, after=120)
    for said in document.cover_lines:
        line(made, said, size=10.5, colour="3D4D56", align=centre, after=3)
    line(made, "编制单位（盖章）：＿＿＿＿＿＿＿＿＿＿＿＿", size=14, align=centre, before=46)
    day = document.made
    line(made, f"{day.year} 年 {day.month} 月 {day.day} 日", size=14, align=centre, before=4)
    section = made.add_section(WD_SECTION.NEW_PAGE)
    _margins(section, document)


def turn(made: Any, document: Document, *, is_wide: bool) -> None:
    """A new section: upright, or turned to the side for wide tables."""
    last = made.paragraphs[-1] if made.paragraphs else None
    section = made.add_section(WD_SECTION.NEW_PAGE)
    if made.paragraphs and made.paragraphs[-1] is not last:
        made.paragraphs[-1].paragraph_format.space_after = Pt(0)
    section.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
    short, long = Cm(21), Cm(29.7)
    section.page_width, section.page_height = (long, short) if is_wide else (short, long)
    _margins(section, document, ACROSS_CM if is_wide else UPRIGHT_CM)


def _margins(section: Any, document: Document, width_cm: float = UPRIGHT_CM) -> None:
    """Header with title and banner, footer with the approval line and the page."""
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    for paragraph in (head, foot):
        paragraph.style = "Normal"
        _put(paragraph, _right_stop(width_cm, "none"))
    _small(head, document.title, SOFT)
    _small(head, "\t" + document.banner, RED)
    edge = f'<w:bottom w:val="single" w:sz="4" w:space="4" w:color="{GREEN}"/>'
    _put(head, f"<w:pBdr {_NS}>{edge}</w:pBdr>")
    _small(foot, f"{document.approval} · 示意，不作为划界依据\t第 ", SOFT)
    _field(foot, "PAGE")
    _small(foot, " 页 / 共 ", SOFT)
    _field(foot, "NUMPAGES")
    _small(foot, " 页", SOFT)


def _right_stop(width_cm: float, leader: str) -> str:
    """One stop at the right edge."""
    at = int(width_cm * TWIPS_CM)
    return f'<w:tabs {_NS}><w:tab w:val="right" w:leader="{leader}" w:pos="{at}"/></w:tabs>'


def _small(paragraph: Any, text: str, colour: str) -> None:
    run = paragraph.add_run(clean(text))
    run.font.size = Pt(8)
    run.font.color.rgb = RGBColor.from_string(colour)
    run.font.name = SANS
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), SANS)


def _field(paragraph: Any, code: str) -> None:
    look = (
        f'<w:rPr><w:rFonts w:eastAsia="{SANS}"/><w:color w:val="{SOFT}"/><w:sz w:val="16"/></w:rPr>'
    )
    paragraph._element.append(
        parse_xml(
            f'<w:fldSimple {_NS} w:instr="{code}"><w:r>{look}<w:t>1</w:t></w:r></w:fldSimple>'
        )
    )


def add_contents(made: Any, document: Document) -> None:
    """A table of contents: each heading a link, its page a field of its own.

    Not one field for the whole table: its page numbers would stay empty until someone renews it.
    """
    line(made, "目　录", size=18, font=SANS, colour=DARK, bold=True, after=8,
         align=WD_ALIGN_PARAGRAPH.CENTER)  # fmt: skip
    for heading in document.headings:
        entry = made.add_paragraph()
        entry.paragraph_format.space_after = Pt(0)
        entry.paragraph_format.space_before = Pt(3 if heading.level == 1 else 0)
        entry.paragraph_format.line_spacing = 1.08
        entry.paragraph_format.left_indent = Cm(0.8 * (heading.level - 1))
        _put(entry, _right_stop(UPRIGHT_CM, "dot"))
        entry._element.append(parse_xml(_entry(heading)))


def _entry(heading: Heading) -> str:
    """A heading with a dotted line to its page, both a link."""
    bold = "<w:b/>" if heading.level == 1 else ""
    font = SANS if bold else BODY
    look = f'<w:rPr><w:rFonts w:eastAsia="{font}"/>{bold}<w:sz w:val="20"/></w:rPr>'
    anchor = f"_{escape(heading.key)}"
    code = f'<w:instrText xml:space="preserve"> PAGEREF {anchor} \\h </w:instrText>'
    runs = (
        f'<w:t xml:space="preserve">{escape(clean(heading.text))}</w:t>', "<w:tab/>",
        '<w:fldChar w:fldCharType="begin" w:dirty="true"/>', code,
        '<w:fldChar w:fldCharType="separate"/>', "<w:t> </w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    )  # fmt: skip
    inner = "".join(f"<w:r>{look}{run}</w:r>" for run in runs)
    return f'<w:hyperlink {_NS} w:anchor="{anchor}" w:history="1">{inner}</w:hyperlink>'
