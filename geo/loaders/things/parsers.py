"""What number, word, code or list does a cell of a closed kind say?

A parser answers the value or raises ValueError with what is wrong, in words for the report. Those
that are objects also tell the template what may be written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geo.text import search_key


@dataclass(frozen=True, slots=True)
class Number:
    """A parser of decimal numbers in a range; thousands commas and the given units may follow."""

    least: float
    most: float
    units: str = ""

    @property
    def note(self) -> str:
        """What may be written, for people."""
        unit = self.units.partition("|")[0]
        return f"{self.least:,.0f} – {self.most:,.0f}{f' {unit}' if unit else ''}"

    def __call__(self, cell: str) -> float:
        """The number of a cell."""
        plain = re.sub(r"[,\s]", "", cell.translate(_HALF))
        found = re.fullmatch(rf"([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?:{self.units})?", plain)
        if not found or not self.least <= float(found[1]) <= self.most:
            raise ValueError(
                f"不是 {self.least:g} 到 {self.most:g} 之间的数 · "
                f"no number from {self.least:g} to {self.most:g}"
            )
        return float(found[1])


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """A parser of whole numbers in a range."""

    number: Number

    @property
    def note(self) -> str:
        """What may be written, for people."""
        return f"整数，{self.number.note} · whole number"

    def __call__(self, cell: str) -> int:
        """The number of a cell."""
        number = self.number(cell)
        if number != int(number):
            raise ValueError("不是整数 · no whole number")
        return int(number)


def number_of(*, least: float = 0, most: float = 1e12, units: str = "") -> Number:
    """A parser of decimal numbers from `least` to `most`; `units` may follow, parted by |."""
    return Number(least, most, units)


def integer_of(*, least: int = 0, most: int = 10**9, units: str = "") -> WholeNumber:
    """A parser of whole numbers from `least` to `most`."""
    return WholeNumber(Number(least, most, units))


@dataclass(frozen=True)
class Word:
    """A parser of a closed list of words, in simplified or traditional signs, of any width.

    A message shows the words.
    """

    words: Mapping[str, Any]

    def __call__(self, cell: str) -> Any:
        """What the word of a cell means."""
        found = self.words.get(cell.strip(), self)
        if found is self:
            found = self._by_key.get(search_key(cell), self)
        if found is self:
            raise ValueError(f"不认识，可用：{' '.join(self.words)} · unknown word")
        return found

    @cached_property
    def _by_key(self) -> dict[str, Any]:
        return {search_key(word): meaning for word, meaning in self.words.items()}

    @property
    def choices(self) -> tuple[str, ...]:
        """The first word of each meaning: Chinese where there is one."""
        first: dict[str, str] = {}
        for word, meaning in self.words.items():
            first.setdefault(repr(meaning), word)
        return tuple(first.values())


def word_of(words: Mapping[str, Any]) -> Word:
    """A parser of a closed list of words, word → meaning."""
    return Word(words)


YES_OR_NO = Word({
    "是": True, "有": True, "yes": True, "true": True, "1": True, "y": True,
    "否": False, "无": False, "no": False, "false": False, "0": False, "n": False,
})  # fmt: skip
"""A parser of 是/否, yes/no, 1/0."""
_HALF = str.maketrans("０１２３４５６７８９．，－", "0123456789.,-")


def unit_code(cell: str) -> str:
    """A division's code as 12 digits: 2, 4, 6, 9 or 12 digits are understood.

    天地图 writes 156 (China, ISO 3166) before the six digits; no township code begins so.
    """
    plain = re.sub(r"\s|\.0+$", "", cell.translate(_HALF))
    if re.fullmatch(r"156[1-9]\d{5}", plain):
        plain = plain.removeprefix("156")
    if not re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}", plain):
        raise ValueError("区划代码应为 6、9 或 12 位数字 · a division code has 6, 9 or 12 digits")
    return plain.ljust(12, "0")


def list_of(cell: str) -> list[str]:
    """Names or codes parted by 、 , ; / or spaces."""
    return [part for part in re.split(r"[、,，;；/|\s]+", cell) if part]
