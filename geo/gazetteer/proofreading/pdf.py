"""Which text stands in a PDF, on which page, and why can a PDF not be read?"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.errors import BadInput, both
from geo.gazetteer.proofreading import pdf_child
from geo.gazetteer.proofreading.paragraphs import join_pages
from geo.gazetteer.proofreading.proofread import LONGEST_TEXT, Pages
from geo.loaders.reading.confined import confined

MEMORY = 1024**3
"""Bytes that the reading process may take."""
SECONDS = 30
"""Of the processor."""
MOST_BYTES = 50_000_000
MOST_PAGES = 300
UNREADABLE_FROM = 0.2
"""A page with a greater part of its characters unknown is not read."""
_BEGINS = re.compile(rb"^(?:\xef\xbb\xbf)?\s*%PDF-")
_TOO_LARGE = (
    f"PDF 需要超过 {MEMORY >> 30} GB 内存或 {SECONDS} 秒，或嵌套过深；"
    "请另存为较小的 PDF，或粘贴文字。",
    f"the PDF takes over {MEMORY >> 30} GB or {SECONDS} s, or nests too deeply: save a smaller one "
    "or paste the text",
)
_REFUSALS = {
    pdf_child.PASSWORD: (
        "PDF 有打开密码；请去掉密码，或粘贴文字。",
        "the PDF opens by a password: remove it, or paste the text",
    ),
    pdf_child.DAMAGED: (
        "PDF 已损坏或传输不完整；请重新导出，或粘贴文字。",
        "the PDF is damaged or cut off: export it again, or paste the text",
    ),
    pdf_child.TOO_MANY_PAGES: (
        f"PDF 超过 {MOST_PAGES} 页；请分册校对。",
        f"the PDF has over {MOST_PAGES} pages: send it in parts",
    ),
    pdf_child.TOO_LONG: (
        f"PDF 的文字超过 {LONGEST_TEXT} 字；请分册校对。",
        f"the PDF holds over {LONGEST_TEXT} characters: send it in parts",
    ),
}
_NO_TEXT = (
    "PDF 没有文字层（如扫描件）；请先做文字识别，或粘贴文字。",
    "the PDF has no text layer (a scan?): recognise its text first, or paste the text",
)
_UNKNOWN_FONT = (
    "PDF 的字体没有字符对照表，文字无法识别；请从原文件重新导出（保留文字），或粘贴文字。",
    "the fonts of the PDF do not tell their characters: export it again from its source, or paste "
    "the text",
)


@dataclass(frozen=True)
class PdfText:
    """The text of a PDF and its pages.

    A page is not read where it is a picture or its fonts do not tell their characters.
    """

    text: str
    pages: Pages


def is_pdf(data: bytes) -> bool:
    """Do the bytes begin like a PDF?"""
    return _BEGINS.match(data[:1024]) is not None


def read_pdf(data: bytes) -> PdfText:
    """Read a PDF from memory by a process that may only take `MEMORY` and `SECONDS`.

    Raises BadInput for what is damaged, locked, too large, or holds no text that can be known.
    """
    if len(data) > MOST_BYTES:
        raise _refused(
            f"PDF 超过 {MOST_BYTES // 1_000_000} MB；请分册校对。",
            f"the PDF is over {MOST_BYTES // 1_000_000} MB: send it in parts",
        )
    pages = _pages_of(data)
    unknown = [_is_unknown(page) for page in pages]
    said = ["" if odd else page["text"] for page, odd in zip(pages, unknown, strict=True)]
    if not any(text.strip() for text in said):
        raise _refused(*(_UNKNOWN_FONT if any(unknown) else _NO_TEXT))
    joined = join_pages(said)
    unread = tuple(
        number
        for number, (page, odd) in enumerate(zip(pages, unknown, strict=True), start=1)
        if odd or page["drawn"]
    )
    return PdfText(joined.text, Pages(joined.starts, unread))


def _pages_of(data: bytes) -> list[dict[str, Any]]:
    limits = (str(MOST_PAGES), str(LONGEST_TEXT))
    program = Path(pdf_child.__file__)
    with confined(program, *limits, memory=MEMORY, seconds=SECONDS, takes_input=True) as child:
        out, _ = child.communicate(data)
    if child.returncode:
        raise _refused(*_REFUSALS.get(child.returncode, _TOO_LARGE))
    return [json.loads(line) for line in out.splitlines()]


def _is_unknown(page: dict[str, Any]) -> bool:
    characters = len("".join(page["text"].split()))
    return bool(page["strange"] > UNREADABLE_FROM * characters)


def _refused(zh: str, en: str) -> BadInput:
    return BadInput(both(zh, en), parameter="file")
