"""Which lines of a page are one paragraph that only the page's width has broken?"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from geo.gazetteer.proofreading.radicals import plain

BROKEN_FROM = 30
"""Half widths: a line of fewer than 15 characters is a heading, an entry or a cell of a table."""
UNEVEN = 10
"""Half widths that a full line may be shorter than the next: an indent, a word that did not fit."""
EDGE = 2
"""So many lines at the top and at the bottom of a page may be its header and footer."""
_SENTENCE_ENDS = re.compile(r"[。！？；：…!?;:][”’」』）)》\"]*$")
_BEGINS_ANEW = re.compile(
    r"^(?:[一二三四五六七八九十百]+[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,3}[、．]|"
    r"\d{1,3}\.(?!\d)|第[一二三四五六七八九十百\d]+[编章节条款]|附件|抄送|[①-⑳])"
)
_PAGE_NUMBER = re.compile(
    r"^[\s\-–—－·.]*(?:第\s*)?\d{1,4}\s*页?(?:\s*[/／，,]?\s*(?:共\s*)?\d{1,4}\s*页?)?[\s\-–—－·.]*$"
)
_CHINESE = r"[\u3400-\u9fff]"
_SPACED = re.compile(rf"(?<={_CHINESE})[ \u3000](?={_CHINESE})")
_TOGETHER = re.compile(rf"(?={_CHINESE}{{2}})")


@dataclass(frozen=True)
class Joined:
    """A text of paragraphs, one a line, and where in it each page begins."""

    text: str
    starts: tuple[int, ...]


def join_pages(pages: Sequence[str]) -> Joined:
    """Answer the text of pages with broken lines put together again, over pages too; pure.

    Page numbers are left out; a header or footer that comes again stands once, at its first page.
    """
    parts: list[str] = []
    starts: list[int] = []
    at, last = 0, ""
    for lines in _without_furniture([_lines(page) for page in pages]):
        starts.append(at)
        for number, line in enumerate(lines):
            hyphen = _is_hyphenated(last, line)
            if hyphen:
                parts[-1], at = parts[-1][:-1], at - 1
            between = "" if not parts else _between(last, line, hyphen)
            if number == 0:
                starts[-1] = at + len(between)
            parts += [between, line]
            at, last = at + len(between) + len(line), line
    return Joined("".join(parts), tuple(starts))


def _lines(page: str) -> list[str]:
    """The lines of a page that say something, in characters that are meant and can be shown."""
    found = []
    for line in plain(page).split("\n"):
        shown = "".join(c if c.isprintable() else _instead(c) for c in line).strip()
        spaced = len(_SPACED.findall(shown))
        if spaced > len(_TOGETHER.findall(shown)):  # letters set apart, not words
            shown = _SPACED.sub("", shown)
        if shown:
            found.append(shown)
    return found


def _instead(character: str) -> str:
    """What stands for a sign that cannot be shown: nothing may join over one that is unknown."""
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in ("Cc", "Cf") else "□"


def _without_furniture(pages: Sequence[list[str]]) -> Iterator[list[str]]:
    edges = Counter(key for lines in pages for key in {_key(lines[n]) for n in _edge(len(lines))})
    often = max(2, len(pages) // 3)
    told: set[str] = set()
    for lines in pages:
        ends = set(_edge(len(lines)))
        first, body = [], []
        for n, line in enumerate(lines):
            if n not in ends or (edges[_key(line)] < often and not _PAGE_NUMBER.match(line)):
                body.append(line)
            elif not _PAGE_NUMBER.match(line) and _key(line) not in told:
                told.add(_key(line))
                first.append(line)
        yield first + body


def _edge(count: int) -> list[int]:
    return [n for n in range(count) if n < EDGE or n >= count - EDGE]


def _key(line: str) -> str:
    return re.sub(r"\d+", "0", line)


def _between(last: str, line: str, hyphen: bool) -> str:
    """What stands between two lines: a new line, a space between words, nothing in Chinese."""
    if hyphen:
        return ""
    if not _goes_on(last, line):
        return "\n"
    return " " if last[-1].isascii() and line[0].isascii() else ""


def _is_hyphenated(last: str, line: str) -> bool:
    return last[-1:] == "-" and last[-2:-1].isalpha() and line[:1].islower()


def _goes_on(last: str, line: str) -> bool:
    width = _width(last)
    return (
        width >= BROKEN_FROM
        and width >= _width(line) - UNEVEN
        and not _SENTENCE_ENDS.search(last)
        and not _BEGINS_ANEW.match(line)
        and not _is_row(last)
        and not _is_row(line)
    )


def _is_row(line: str) -> bool:
    """Do words stand apart in it as cells of a table do?"""
    return len(re.findall(rf"(?<={_CHINESE})\s+(?=[\u3400-\u9fff\d])", line)) >= 2


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
