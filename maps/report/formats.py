"""Which formats is a report written in, and how does its file come to be whole or not at all?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from geo.errors import BadInput, both
from maps.report.blocks import Document
from maps.report.excel import as_excel
from maps.report.pdf import as_pdf
from maps.report.word import as_word

FORMATS: dict[str, Callable[[Document], bytes]] = {
    ".docx": as_word,
    ".xlsx": as_excel,
    ".pdf": as_pdf,
}
"""Ending of the file → what writes it."""


def check_format(out: Path) -> str:
    """The format of a file name. Raises BadInput for another ending."""
    ending = out.suffix.lower()
    if ending not in FORMATS:
        raise BadInput(
            both(
                f"报告的文件名应以 {'、'.join(FORMATS)} 结尾，不是「{out.name[:60]}」。",
                f"a report ends in {', '.join(FORMATS)}, not {out.suffix or 'nothing'}",
            ),
            parameter="out",
        )
    return ending


def write(document: Document, ending: str) -> bytes:
    """The report in one format."""
    return FORMATS[ending](document)
