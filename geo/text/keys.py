"""What may a reader type to find a name?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from geo.text.names import core, search_key, segments
from geo.text.readings import Reading
from geo.text.romanise import (
    Romanised,
    other_readings,
    pinyin_key,
    romanise,
    syllable_initials,
)

DELETION = "-"
BIGRAM = "~"
BEGIN = "^"
"""Marks that keep the keys of bulky kinds apart in the one index: `-武区`, `~常州`, `^常`."""
LONGEST_FOR_DELETION = 20
BEGINNING = 2
BEGINNING_IN_LETTERS = 4
"""Beginnings of so many characters are keys of their own; longer ones are ranges of keys."""


class NameKeyRow(NamedTuple):
    """A key, its kind (exact core pinyin initials deletion bigram begin) and rank, 0 first."""

    key: str
    kind: str
    rank: int


def name_keys(
    name: str,
    *,
    rank: int = 0,
    romanised: Romanised | None = None,
    readings: Mapping[str, Reading] | None = None,
) -> list[NameKeyRow]:
    """Answer every key of a name, each once per kind, ranks from `rank` on.

    `romanised` saves the reading when the caller has it (it costs most of the time).
    """
    whole = search_key(name)
    if not whole:
        return []
    read = romanised or romanise(name, readings)
    found: dict[tuple[str, str], int] = {}

    def add(key: str, kind: str, more: int = 0) -> None:
        if key:
            found[key, kind] = min(found.get((key, kind), 32_767), rank + more)

    inner = segments(name) if len(whole) < len(name) else [name]
    parts = [whole] if len(inner) == 1 else [search_key(part) for part in inner]
    add(whole, "exact")
    for part in parts[:2] if len(parts) > 1 else []:
        add(part, "exact", 1)
    for part in parts or [whole]:
        add(core(part) if core(part) != part else "", "core")
    _add_sounds(add, name, parts[0] if parts else whole, read)
    for part in {whole, *parts}:
        for key in one_deleted(part):
            add(DELETION + key, "deletion")
        for key in bigrams(part):
            add(BIGRAM + key, "bigram")
    for (key, kind), place in list(found.items()):
        if kind == "pinyin" or (kind == "exact" and not key[0].isascii()):
            for beginning in beginnings(key):
                add(BEGIN + beginning, "begin", place - rank)
    return [NameKeyRow(key, kind, place) for (key, kind), place in found.items()]


def _add_sounds(
    add: Callable[[str, str, int], None], name: str, first: str, read: Romanised
) -> None:
    if read.status == "none":  # a name in Latin letters is its own pinyin
        add(pinyin_key(name), "pinyin", 0)
        return
    others = other_readings(name, read.syllables) if read.status == "uncertain" else []
    for syllables, more in [(read.syllables, 0), *((other, 3) for other in others)]:
        for length in {len(syllables), len(first), len(core(first))}:
            add(pinyin_key("".join(syllables[:length])), "pinyin", more)
            short = syllable_initials(syllables[:length])
            add(short if len(short) >= 2 else "", "initials", more)


def one_deleted(key: str) -> list[str]:
    """Answer a key with one character left out, each place once; nothing for very short ones."""
    if not 3 <= len(key) <= LONGEST_FOR_DELETION or key.isascii():
        return []
    return list(dict.fromkeys(key[:at] + key[at + 1 :] for at in range(len(key))))


def bigrams(key: str) -> list[str]:
    """Answer the pairs of neighbouring characters."""
    if key.isascii() or re.fullmatch(r"\d+", key):
        return []
    return list(dict.fromkeys(key[at : at + 2] for at in range(len(key) - 1)))


def beginnings(key: str) -> list[str]:
    """Answer the short beginnings of a key, the shortest first: one and two characters, or one to
    four letters; a key that is shorter gives no more than itself.
    """
    most = BEGINNING_IN_LETTERS if key.isascii() else BEGINNING
    return [key[:length] for length in range(1, min(most, len(key)) + 1)]
