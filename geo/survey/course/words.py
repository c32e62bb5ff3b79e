"""Which words does a 走向说明 use, and how are lengths and directions written?"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geo.survey.bearings import DIRECTIONS16
from geo.survey.course.features import Mark

WORDS_FILE = Path(__file__).with_name("words.toml")


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of `words.toml` as patterns, longest words first."""

    relations: dict[str, str]
    relation: str
    parts: str
    terrain: str
    joining: str


@cache
def words() -> Words:
    """The words that texts are read by."""
    told = tomllib.loads(WORDS_FILE.read_text(encoding="utf-8"))
    relations = {word: kind for kind, listed in told["relations"].items() for word in listed}
    return Words(
        relations, _any(relations), _any(told["parts"]["words"]), _any(told["terrain"]["words"]),
        _any(told["joining"]["words"]),
    )  # fmt: skip


def _any(listed: object) -> str:
    return "|".join(re.escape(word) for word in sorted(map(str, listed), key=len, reverse=True))  # type: ignore[call-overload]


DIRECTION = "|".join(sorted(DIRECTIONS16, key=len, reverse=True))
"""The 16 directions as a pattern, longest first."""


def length_words(metres: float) -> str:
    """345米, 1.23千米: whole metres below a kilometre, else two decimals; a measured value."""
    if round(metres) < 1000:
        return f"{max(round(metres), 1)}米"
    return f"{metres / 1000:.2f}千米"


def mark_words(mark: Mark) -> str:
    """A feature with its relation: 沿…, 穿过…, 跨过… for water, 经…附近."""
    if mark.relation == "along":
        return f"沿{mark.name}"
    if mark.relation == "past":
        return f"经{mark.name}附近"
    return f"{'跨过' if mark.kind == 'water' else '穿过'}{mark.name}"
