"""How does the text of a document come in, and how does it go out with its names marked?

Everything happens in memory: a document that is checked is never written to a disk.
"""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.text.run import Run

from geo.errors import BadInput, both
from geo.gazetteer.proofreading.proofread import Mark, Proofread
from geo.text import decode

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_UNPACKED = 100_000_000
MOST_MEMBERS = 5_000
STATUS_WORDS = {"marked": "不规范地名", "possible": "请核对"}
_STYLE = (
    "body{font-family:'Noto Serif CJK SC',SimSun,serif;line-height:1.8;max-width:48em;"
    "margin:2em auto;padding:0 1em}p{white-space:pre-wrap}mark.possible{background:#cdeefd}"
    "table{border-collapse:collapse;font-size:.9em}td,th{border:1px solid #888;padding:.2em .5em;"
    "text-align:left;vertical-align:top}"
)


@dataclass(frozen=True)
class Piece:
    """A stretch of text in the document's tree and where it begins in the whole text."""

    element: Any
    start: int
    text: str


@dataclass(frozen=True)
class WordText:
    """A Word document, its text, and the pieces that the text was put together from."""

    document: Any
    text: str
    pieces: tuple[Piece, ...]


def text_of(data: bytes) -> str:
    """Answer the text of a plain file, in whichever encoding. Raises DeliveryRefused."""
    return decode(data).text.replace("\r\n", "\n").replace("\r", "\n")


def is_word(data: bytes) -> bool:
    """Do the bytes begin like a .docx (a zip)?"""
    return data[:4] == b"PK\x03\x04"


def read_word(data: bytes) -> WordText:
    """Read a .docx from memory: body, tables, text boxes, headers and footers.

    Raises BadInput for what is no Word document, or unpacks to more than is sensible.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            too_large = sum(one.file_size for one in members) > MOST_UNPACKED
        if too_large or len(members) > MOST_MEMBERS:
            raise _refused("文档解压后过大。", "the document unpacks to too much")
        document = docx.Document(io.BytesIO(data))
    except BadInput:
        raise
    except Exception:  # whatever the reader of a damaged zip or XML raises; it may quote the text
        raise _refused("不是可读取的 .docx 文档。", "this is no readable .docx") from None
    return _told(document)


def word_of(written: str) -> WordText:
    """Make a Word document of plain text, one paragraph a line."""
    document = docx.Document()
    for line in written.split("\n"):
        document.add_paragraph("".join(c for c in line if c.isprintable() or c == "\t"))
    return _told(document)


def _told(document: Any) -> WordText:
    parts, pieces, at = [], [], 0
    for paragraph in _paragraphs(document):
        for element in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br")):
            if next(element.iterancestors(qn("w:p"))) is not paragraph:
                continue  # a text box inside: a paragraph of its own
            text = (element.text or "") if element.tag == qn("w:t") else "\t"
            pieces.append(Piece(element, at, text))
            parts.append(text)
            at += len(text)
        parts.append("\n")
        at += 1
    return WordText(document, "".join(parts), tuple(pieces))


def _paragraphs(document: Any) -> Iterator[Any]:
    yield from document.element.body.iter(qn("w:p"))
    for section in document.sections:
        for part in (section.header, section.footer):
            if not part.is_linked_to_previous:
                yield from part._element.iter(qn("w:p"))


def marked_word(word: WordText, found: Proofread) -> bytes:
    """Answer the document with its names highlighted, and a comment on each in the body."""
    for piece in word.pieces:
        end = piece.start + len(piece.text)
        inside = [mark for mark in found.marks if mark.start < end and mark.end > piece.start]
        if inside and piece.element.tag == qn("w:t"):
            _mark_piece(word.document, piece, inside)
    raw = io.BytesIO()
    word.document.save(raw)
    return raw.getvalue()


def _mark_piece(document: Any, piece: Piece, marks: Sequence[Mark]) -> None:
    """Cut the run of a piece so that each name has a run of its own, highlighted."""
    run = piece.element.getparent()
    if run.tag != qn("w:r"):
        return
    at, end = piece.start, piece.start + len(piece.text)
    cuts: list[tuple[int, int, Mark | None]] = []
    for mark in marks:
        begin, stop = max(mark.start, at), min(mark.end, end)
        cuts += [(at, begin, None), (begin, stop, mark)]
        at = stop
    cuts.append((at, end, None))
    others = [child for child in run if child.tag not in (qn("w:rPr"), qn("w:t"))]
    if others or len(run.findall(qn("w:t"))) > 1:
        # Breaks, pictures or notes beside the text: the run stays whole and is marked whole.
        _highlight(document, Run(run, document), marks[0], first=marks[0].start >= piece.start)
        return
    for begin, stop, cut_mark in cuts:
        if begin == stop:
            continue
        copy = deepcopy(run)
        text = copy.find(qn("w:t"))
        text.text = piece.text[begin - piece.start : stop - piece.start]
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.addprevious(copy)
        if cut_mark is not None:
            _highlight(document, Run(copy, document), cut_mark, first=begin == cut_mark.start)
    run.getparent().remove(run)


def _highlight(document: Any, run: Any, mark: Mark, *, first: bool) -> None:
    from docx.enum.text import WD_COLOR_INDEX

    run.font.highlight_color = (
        WD_COLOR_INDEX.YELLOW if mark.status == "marked" else WD_COLOR_INDEX.TURQUOISE
    )
    in_body = any(a.tag == qn("w:body") for a in run._r.iterancestors())
    in_box = any(a.tag == qn("w:txbxContent") for a in run._r.iterancestors())
    if first and in_body and not in_box:
        document.add_comment([run], text=remark(mark), author="地名校对", initials="校")


def where(mark: Mark) -> str:
    """Answer where a mark stands, as people look it up: its page, else its line."""
    return f"第 {mark.line} 行" if mark.page is None else f"第 {mark.page} 页"


def unread(found: Proofread) -> str:
    """Answer which pages could not be read, in both languages, or nothing."""
    if not found.unread_pages:
        return ""
    shown = [str(number) for number in found.unread_pages[:20]]
    count = len(found.unread_pages)
    more_zh, more_en = ("", "") if count <= 20 else (f"等 {count} 页", f" and {count - 20} more")
    return both(
        f"未校对：第 {'、'.join(shown)} 页{more_zh}没有文字层或字体无法识别。",
        f"not read: pages {', '.join(shown)}{more_en} have no text layer, or fonts that do not "
        "tell their characters",
    )


def remark(mark: Mark) -> str:
    """Answer what is said of a mark: its page, standard form, kind, years and source."""
    return said(mark) if mark.page is None else f"{where(mark)}：{said(mark)}"


def said(mark: Mark) -> str:
    """Answer what is said of a mark without its place."""
    told = []
    for one in mark.meant:
        form = (
            f"标准名称：{one.standard_name}" if one.standard_name
            else f"已无此地名，后续：{'、'.join(one.followed_by)}" if one.followed_by
            else "已无此地名"
        )  # fmt: skip
        years = f"{one.start_year if one.start_year is not None else '未知'}–" + (
            str(one.end_year) if one.end_year is not None else "未知"
        )
        where = f"，{one.in_unit_name}" if one.in_unit_name else ""
        source = f"，依据：{one.source}" if one.source else ""
        synthetic = "，合成数据" if one.is_synthetic else ""
        told.append(f"{form}（{one.name_kind_zh}，年代 {years}{where}{source}{synthetic}）")
    return f"{STATUS_WORDS[mark.status]}：{mark.zh}。" + "；".join(told)


def marked_html(written: str, found: Proofread) -> str:
    """Answer the text as a page of its own with its names marked and a table of them."""
    parts, at = [], 0
    for number, mark in enumerate(found.marks, start=1):
        parts.append(html.escape(written[at : mark.start]))
        parts.append(
            f'<mark class="{mark.status}" title="{html.escape(remark(mark))}">'
            f"{html.escape(mark.text)}<sup>{number}</sup></mark>"
        )
        at = mark.end
    parts.append(html.escape(written[at:]))
    lines = "".join(f"<p>{line}</p>\n" for line in "".join(parts).split("\n"))
    rows = "".join(
        f"<tr><td>{number}</td><td>{where(mark)}</td><td>{html.escape(mark.text)}</td>"
        f"<td>{html.escape(mark.suggestion or '—')}</td><td>{html.escape(said(mark))}</td></tr>\n"
        for number, mark in enumerate(found.marks, start=1)
    )
    synthetic = "含合成数据。" if found.has_synthetic else ""
    missing = f"<p>{html.escape(unread(found))}</p>\n" if found.unread_pages else ""
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>公文地名校对</title>'
        f"<style>{_STYLE}</style></head><body><p>{found.on.isoformat()} {synthetic}"
        f"{html.escape(found.notice_zh)}</p>\n{missing}{lines}"
        "<table><caption>校对意见</caption><tr><th>序号</th><th>位置</th><th>文中</th><th>标准名称</th>"
        f"<th>说明</th></tr>\n{rows}</table></body></html>\n"
    )


def _refused(zh: str, en: str) -> BadInput:
    return BadInput(both(zh, en), parameter="file")
