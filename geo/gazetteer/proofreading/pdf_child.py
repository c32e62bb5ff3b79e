"""What text stands on the pages of a PDF? Run as a program of its own (see `confined`).

Reads the PDF from standard input and writes a JSON line per page: {"text", "strange", "drawn"}.
`strange` counts characters that no reader can know: in a font that does not tell its characters,
or private and unassigned ones. `drawn`: the page shows something that is no text.
Imports nothing of the project, so that it starts quickly.
"""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from typing import Any

PASSWORD, DAMAGED, TOO_LARGE, TOO_MANY_PAGES, TOO_LONG = 11, 12, 13, 14, 15
_STRANGE = ("Co", "Cn", "Cs", "Cc")
_DRAWN_FROM = 2_000
"""Bytes of drawing on a page without text; a frame and a rule take fewer."""


def main(most_pages: int, most_characters: int) -> int:
    """Write the pages of the PDF in standard input to standard output; answer the exit code."""
    from pypdf import PdfReader
    from pypdf.errors import LimitReachedError

    try:
        reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()))
        if reader.is_encrypted and not reader.decrypt(""):
            return PASSWORD
        if len(reader.pages) > most_pages:
            return TOO_MANY_PAGES
        characters = 0
        for page in reader.pages:
            told = told_of(page)
            characters += len(told["text"])
            if characters > most_characters:
                return TOO_LONG
            sys.stdout.write(json.dumps(told) + "\n")
    except (MemoryError, RecursionError, LimitReachedError):
        return TOO_LARGE
    except Exception:  # whatever the reader of a damaged file raises
        return DAMAGED
    return 0


def told_of(page: Any) -> dict[str, Any]:
    """The text of a page, and how much of the page is none."""
    untold = 0

    def came(text: str, _cm: Any, _tm: Any, font: Any, _size: Any) -> None:
        nonlocal untold
        if is_untold(font):
            untold += len("".join(text.split()))

    text = page.extract_text(visitor_text=came)
    strange = sum(is_strange(c) for c in text if not c.isspace())
    return {
        "text": text,
        "strange": max(strange, untold),
        "drawn": not text.strip() and is_drawn(page),
    }


def is_strange(character: str) -> bool:
    """Whether it is no character that people write."""
    return character == "\ufffd" or unicodedata.category(character) in _STRANGE


def is_untold(font: Any) -> bool:
    """Whether a font only numbers its glyphs and does not say which characters they are."""
    if not font or font.get("/Subtype") != "/Type0" or "/ToUnicode" in font:
        return False
    return str(font.get("/Encoding", "")).startswith("/Identity")


def is_drawn(page: Any) -> bool:
    """Whether a page holds a picture or much drawing."""
    pictures = page.get("/Resources", {}).get("/XObject")
    if pictures is not None and len(pictures.get_object()):
        return True
    contents = page.get_contents()
    return contents is not None and len(contents.get_data()) > _DRAWN_FROM


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
