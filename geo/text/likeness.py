"""Which characters are taken for each other, because they look or sound alike?"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / "data" / "placenames"
_FUZZY = (
    (re.compile("^([zcs])h"), r"\1"),
    (re.compile("^n(?=[aeiou])"), "l"),
    (re.compile("^f(?=[aeiou])"), "h"),
    (re.compile("([aei])ng$"), r"\1n"),
)
"""Sounds that many dialects confuse: zh z, ch c, sh s, n l, f h, ang an, eng en, ing in."""


@lru_cache(maxsize=1)
def look_alikes() -> dict[str, frozenset[str]]:
    """Answer, for a character, those that are taken for it in shape, from the project's own list.

    The naming check judges by these alone.
    """
    return grouped(_listed())


@lru_cache(maxsize=1)
def taken_for() -> dict[str, frozenset[str]]:
    """Answer, for a character, all that a reader or a scanner may take for it: to find, not judge.

    The project's own list, and from Unihan pairs that share a phonetic part (kPhonetic) or the
    corners (kFourCornerCode) and hardly differ in strokes; see docs/gazetteer.md.
    """
    groups = _listed()
    with (_FOLDER / "look-alikes-unihan.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            groups += [row["character"] + other for other in row["taken_for"]]
    return grouped(groups)


def _listed() -> list[str]:
    with (_FOLDER / "look-alikes.csv").open(encoding="utf-8", newline="") as file:
        return [row["characters"] for row in csv.DictReader(file)]


def grouped(groups: Iterable[str]) -> dict[str, frozenset[str]]:
    """Answer for each character of each group the others of its groups."""
    found: dict[str, set[str]] = {}
    for group in groups:
        for character in group:
            found.setdefault(character, set()).update(set(group) - {character})
    return {character: frozenset(others) for character, others in found.items()}


def look_alike(one: str, other: str) -> bool:
    """Is one character taken for the other in shape?"""
    return other in taken_for().get(one, ())


@lru_cache(maxsize=4096)
def blurred(syllable: str) -> str:
    """Answer a syllable without tone in which sounds that many confuse are the same."""
    for pattern, instead in _FUZZY:
        syllable = pattern.sub(instead, syllable)
    return syllable
