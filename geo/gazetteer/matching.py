"""How well does a stored name answer what was typed, and in which words is that told?"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from geo.gazetteer.probes import Probe, is_latin
from geo.text import pinyin_key, romanise, search_key
from geo.text.keys import bigrams

# Points for the kind of match; standing and kind of name take up to seven away.
POINTS = {
    "exact": 100.0,
    "core": 99.0,
    "pinyin": 92.0,
    "initials": 80.0,
    "same_sound": 84.0,
    "other_generic": 78.0,
    "pinyin_prefix": 70.0,
    "one_missing": 71.0,  # every character typed is right
    "one_extra": 70.0,
    "one_wrong": 68.0,
    "part": 60.0,
}
HOW = {
    "exact": ("名称相同", "same name"),
    "core": ("专名相同", "same specific part"),
    "pinyin": ("拼音相同", "same pinyin"),
    "initials": ("拼音首字母相同", "same pinyin initials"),
    "same_sound": ("读音相同", "same sound"),
    "other_generic": ("专名相同,通名不同", "same specific part, another generic part"),
    "pinyin_prefix": ("拼音开头相同", "pinyin begins so"),
    "one_wrong": ("一字不同", "one character differs"),
    "one_missing": ("少一字", "one character missing"),
    "one_extra": ("多一字", "one character too many"),
    "part": ("名称包含", "name contains it"),
}
KINDS = {
    "standard": ("标准名称", "standard name"),
    "short": ("简称", "short name"),
    "alias": ("别名", "alias"),
    "former": ("曾用名", "former name"),
    "popular": ("俗称", "popular name"),
    "minority": ("少数民族语名称", "minority-language name"),
    "vanished": ("消失地名", "vanished name"),
    "reused_in_place": ("原址启用的老地名", "old name re-used in place"),
    "reused_moved": ("移位启用的老地名", "old name re-used elsewhere"),
}
PAST_KINDS = frozenset({"former", "vanished"})
# Less than this share of the typed pairs in common is no part of the name.
LEAST_SHARE = 0.6


@dataclass(frozen=True)
class Match:
    """One stored name that answers the typed text."""

    place_id: int
    name: str
    name_kind: str
    how: str
    score: float
    rank: int

    def words(self, shown: str) -> tuple[str, str]:
        """Answer in Chinese and English which name matched and how."""
        how_zh, how_en = HOW[self.how]
        kind_zh, kind_en = KINDS[self.name_kind]
        if self.name == shown:
            return how_zh, how_en
        return f"{kind_zh}「{self.name}」{how_zh}", f"{kind_en} “{self.name}”: {how_en}"


def judge(typed: str, row: Row[Any], probe: Probe, on: date) -> Match | None:
    """Answer how well a found name fits, or None where the key met by chance."""
    points = _points(typed, row, probe)
    if points is None:
        return None
    # A former name found on a date after its end, and a name that gave way, stand back.
    past = row.name_kind in PAST_KINDS or (row.end_latest is not None and row.end_latest < on.year)
    score = points - min(row.rank, 70) / 10 - (4 if past else 0)
    return Match(row.place_id, row.name, row.name_kind, probe.how, max(score, 0.0), row.rank)


def _points(typed: str, row: Row[Any], probe: Probe) -> float | None:
    points = POINTS[probe.how]
    key, name = _typed_key(typed), search_key(row.name)
    if probe.how == "exact" and is_latin(typed):
        # A stored spelling says no more than the pinyin of a Chinese name: standing decides.
        points = POINTS["pinyin"]
    if probe.how in ("pinyin", "pinyin_prefix"):
        tones_differ = _has_tones(typed) and not _same_tones(typed, row.pinyin)
        return points - (3 if tones_differ else 0) - _length_gap(row.key, probe.key)
    if probe.how in ("one_wrong", "one_missing", "one_extra"):
        distance = edit_distance(key, name)
        # The pinyin of both decides among equals: 武近区 sounds like 武进区.
        return points + _sound_alike(typed, row) if distance == 1 else None
    if probe.how == "part":
        if key in name:
            return points + (4 if name.startswith(key) else 0) - _length_gap(name, key)
        share = _shared_pairs(key, name)
        return 40 * share if share >= LEAST_SHARE else None
    return points


@lru_cache(maxsize=256)
def _typed_key(typed: str) -> str:
    return search_key(typed)


def edit_distance(one: str, other: str) -> int:
    """Answer how many characters must be changed, added or left out between two keys."""
    row = list(range(len(other) + 1))
    for at, character in enumerate(one, start=1):
        before, row[0] = row[0], at
        for there, opposite in enumerate(other, start=1):
            change = before + (character != opposite)
            before = row[there]
            row[there] = min(change, row[there] + 1, row[there - 1] + 1)
    return row[-1]


def _length_gap(longer: str, shorter: str) -> float:
    return min(len(longer) - len(shorter), 10) * 0.3


def _has_tones(typed: str) -> bool:
    return any(unicodedata.combining(c) for c in unicodedata.normalize("NFD", typed))


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalpha())


def _same_tones(typed: str, pinyin: str | None) -> bool:
    return pinyin is not None and _letters(pinyin).startswith(_letters(typed))


def _sound_alike(typed: str, row: Row[Any]) -> float:
    if row.pinyin is None:
        return 0.0
    return 6.0 if _sound(typed) == pinyin_key(row.pinyin) else 0.0


@lru_cache(maxsize=256)
def _sound(typed: str) -> str:
    return pinyin_key(romanise(typed).text)


def _shared_pairs(key: str, name: str) -> float:
    wanted, there = set(bigrams(key)[1:]), set(bigrams(name)[1:])
    return len(wanted & there) / len(wanted) if wanted else 0.0
