"""Which rows does a CSV or TSV hold?"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice

from geo.loaders.reading.drafts import MAX_BYTES, Draft, refused
from geo.loaders.reading.grid import read_grid

_MARKS = ",\t;|"


def read_delimited(text: str, name: str) -> Draft:
    """Rows of a CSV or TSV of any usual delimiter; a quoted cell may hold line breaks."""
    csv.field_size_limit(MAX_BYTES)
    delimiter = sniff_delimiter(text)
    lines = _Records(text, delimiter)
    try:
        return read_grid(lines, name)
    except csv.Error as problem:
        raise refused(
            name,
            f"第 {lines.start} 行起引号不成对或格式错误（读到第 {lines.at} 行：{problem}）；"
            "请改正引号（单元格内的引号要写两遍）或另存为 CSV。",
            f"the row that begins in line {lines.start} is not well-formed (line {lines.at}: "
            f"{problem}); correct its quotes (those within a cell are doubled) or save it as CSV.",
        ) from None


class _Records:
    """The records of a text, and in which line the one being read began."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
        self.start = 1

    @property
    def at(self) -> int:
        """The line that was read last."""
        return self._reader.line_num

    def __iter__(self) -> Iterator[list[str]]:
        for record in self._reader:
            self.start = self._reader.line_num + 1
            yield record


_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def _lines(text: str) -> Iterator[str]:
    """The lines of a text with their ends, one after the other: the text is not copied."""
    return (found[0] for found in _LINE.finditer(text))


def sniff_delimiter(text: str) -> str:
    """Comma, tab, semicolon or bar: whichever parts the heading into most cells.

    The heading is the first line that any of them parts: a title may stand above it.
    """
    for line in islice((line for line in _lines(text) if line.strip()), 10):
        counts = {mark: line.count(mark) for mark in _MARKS}
        if any(counts.values()):
            return max(_MARKS, key=lambda mark: _cells(line, mark) if counts[mark] else 0)
    return ","


def _cells(line: str, mark: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=mark), []))
    except csv.Error:
        return 0
