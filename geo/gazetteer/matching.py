"""How well does a stored name answer what was typed, and in which words is that told?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from geo.gazetteer.probes import Probe, is_latin
from geo.text import generic_part, pinyin_key, romanise, search_key
from geo.text.keys import bigrams
from geo.text.likeness import blurred, look_alike

# Points for the kind of match; standing and kind of name take up to seven away.
POINTS = {
    "exact": 100.0,
    "core": 99.0,
    "english": 95.0,
    "pinyin": 92.0,
    "english_specific": 86.0,
    "same_sound": 84.0,
    "initials": 80.0,
    "other_generic": 78.0,
    "look_alike": 76.0,
    "sound_alike": 75.0,
    "swapped": 73.0,
    "begins": 72.0,
    "one_missing": 71.0,  # every character typed is right
    "one_extra": 70.0,
    "pinyin_prefix": 70.0,
    "one_wrong": 68.0,
    "one_letter": 62.0,
    "part": 60.0,
    "specific": 54.0,
    "shared": 50.0,
}
HOW = {
    "exact": ("名称相同", "same name"),
    "core": ("专名相同", "same specific part"),
    "pinyin": ("拼音相同", "same pinyin"),
    "english": ("英文写法相符", "English spelling of the name"),
    "english_specific": (
        "英文写法的专名相同，通名不同",
        "specific part of the English spelling, another generic part",
    ),
    "initials": ("拼音首字母相同", "same pinyin initials"),
    "same_sound": ("读音相同", "same sound"),
    "other_generic": ("专名相同，通名不同", "same specific part, another generic part"),
    "look_alike": ("一字形近", "one character looks alike"),
    "sound_alike": ("一字音近", "one character sounds alike"),
    "swapped": ("相邻两字颠倒", "two neighbouring characters swapped"),
    "begins": ("名称开头相同", "name begins so"),
    "pinyin_prefix": ("拼音开头相同", "pinyin begins so"),
    "one_wrong": ("一字不同", "one character differs"),
    "one_missing": ("少一字", "one character missing"),
    "one_extra": ("多一字", "one character too many"),
    "one_letter": ("拼音一个字母不同", "one letter of the pinyin differs"),
    "part": ("名称包含", "name contains it"),
    "specific": ("只有专名相同", "only the specific part is the same"),
    "shared": ("名称有相同的字", "shares characters of the name"),
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
USES = {
    "in_use": ("", ""),
    "ended": ("（该日已不用）", " (no longer in use on that day)"),
    "not_yet": ("（该日尚未启用）", " (not yet in use on that day)"),
}
# Less than this share of the typed pairs in common is no part of the name.
LEAST_SHARE = 0.6
OUT_OF_USE = 4.0
OTHER_TIER = 9.0
_TIERS = {
    "省 自治区": 0, "市 区 县 自治县 旗 盟 新区 林区 特区": 1,
    "街道 镇 乡 民族乡 苏木": 2, "村 社区": 3,
}  # fmt: skip
_TIER = {generic: tier for words, tier in _TIERS.items() for generic in words.split()}
"""Generic parts of one tier are taken for each other: 武进县 for 武进区, seldom 九龙镇."""
_TIER_OF_RANK = (0, 1, 1, 2, 3, 3, 3)
WRONG_TONE = 3.0


@dataclass(frozen=True)
class Match:
    """One stored name that answers the typed text.

    `use`: `in_use`, or known not to be in use on the day asked: `ended`, `not_yet`.
    """

    place_id: int
    name: str
    name_kind: str
    how: str
    use: str
    score: float
    rank: int

    @property
    def order(self) -> tuple[float, int, int, int]:
        """By which matches are sorted, the best first."""
        return (-self.score, self.rank, len(self.name), self.place_id)

    def words(self, shown: str) -> tuple[str, str]:
        """Answer in Chinese and English which name matched and how."""
        how_zh, how_en = HOW[self.how]
        kind_zh, kind_en = KINDS[self.name_kind]
        use_zh, use_en = USES[self.use]
        if self.name == shown:
            return how_zh + use_zh, how_en + use_en
        return (
            f"{kind_zh}「{self.name}」{how_zh}{use_zh}",
            f"{kind_en} “{self.name}”: {how_en}{use_en}",
        )


def judge(typed: str, row: Row[Any], probe: Probe, on: date) -> Match | None:
    """Answer how well a found name fits, or None where the key met by chance."""
    fits = _points(typed, row, probe)
    if fits is None:
        return None
    how, points = fits
    use = _use(row, on.year)
    # A former name, and one that is not in use on the day, stand back.
    back = OUT_OF_USE if use != "in_use" or row.name_kind in PAST_KINDS else 0.0
    score = points - min(row.rank, 70) / 10 - back
    return Match(row.place_id, row.name, row.name_kind, how, use, max(score, 0.0), row.rank)


def best_by_place(matches: Sequence[Match]) -> dict[int, Match]:
    """Answer the best match of each place, by the place's id."""
    best: dict[int, Match] = {}
    for match in matches:
        if match.place_id not in best or match.score > best[match.place_id].score:
            best[match.place_id] = match
    return best


def _use(row: Row[Any], year: int) -> str:
    if row.end_latest is not None and row.end_latest < year:
        return "ended"
    return "not_yet" if row.start_earliest is not None and row.start_earliest > year else "in_use"


def _points(typed: str, row: Row[Any], probe: Probe) -> tuple[str, float] | None:
    how, points = probe.how, POINTS[probe.how]
    if how == "exact" and is_latin(typed):
        # A stored spelling says no more than the pinyin of a Chinese name: standing decides.
        return how, POINTS["pinyin"]
    if how in ("pinyin", "pinyin_prefix", "begins"):
        wrong = WRONG_TONE if how != "begins" and not _same_tones(typed, row.pinyin) else 0.0
        return how, points - wrong - _length_gap(row.key.lstrip("^"), probe.key.lstrip("^"))
    if how in ("one_wrong", "one_missing", "one_extra"):
        return _one_off(_typed_key(typed), search_key(row.name), row, how)
    if how == "other_generic":
        return how, points - OTHER_TIER * _other_tier(_typed_key(typed), row.rank)
    if how == "part":
        return _part(_typed_key(typed), search_key(row.name))
    if how == "shared":  # the longer the part that is the same, the likelier
        return how, points * len(probe.key.lstrip("^")) / len(_typed_key(typed))
    return how, points


def _one_off(key: str, name: str, row: Row[Any], how: str) -> tuple[str, float] | None:
    """What differs between the typed key and a name, its specific part or its part in brackets."""
    against = row.key if row.key[0] not in "-~^" else name
    if edit_distance(key, against) != 1:
        return None
    if len(key) == len(against):
        how = _difference(key, against, row.pinyin if against == name else None)
    gap = 0.5 if against != name else 0.0
    return how, POINTS[how] - gap


def _difference(key: str, name: str, pinyin: str | None) -> str:
    """Of two keys of one length that differ once: swapped, look-alike, sound-alike or neither."""
    places = [at for at, (one, other) in enumerate(zip(key, name, strict=True)) if one != other]
    if len(places) == 2:
        return "swapped"
    typed, stored = key[places[0]], name[places[0]]
    if look_alike(typed, stored):
        return "look_alike"
    if pinyin is not None and _sound(key) == pinyin_key(pinyin):
        return "sound_alike"
    return "sound_alike" if _sounds_like(typed, stored) else "one_wrong"


@lru_cache(maxsize=4096)
def _sounds_like(one: str, other: str) -> bool:
    return blurred(_sound(one)) == blurred(_sound(other))


def _other_tier(key: str, rank: int) -> bool:
    """Does the typed generic part belong to divisions of another tier than the place's?"""
    tier = _TIER.get(generic_part(key, divisions_only=True).replace("·", ""))
    return tier is not None and tier != _TIER_OF_RANK[min(rank // 10, 6)]


def _part(key: str, name: str) -> tuple[str, float] | None:
    if key in name:
        return "part", POINTS["part"] + 4 * name.startswith(key) - _length_gap(name, key)
    share = _shared_pairs(key, name)
    return ("part", 40 * share) if share >= LEAST_SHARE else None


@lru_cache(maxsize=256)
def _typed_key(typed: str) -> str:
    return search_key(typed)


def edit_distance(one: str, other: str) -> int:
    """Answer how many characters must be changed, added, left out or swapped between two keys.

    A swap of neighbours is one step (optimal string alignment).
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, character in enumerate(one, start=1):
        earlier, before, row = before, row, [at]
        for there, opposite in enumerate(other, start=1):
            step = min(
                before[there - 1] + (character != opposite), before[there] + 1, row[there - 1] + 1
            )
            is_swap = at > 1 and there > 1 and one[at - 2] == opposite
            if is_swap and character == other[there - 2]:
                step = min(step, earlier[there - 2] + 1)
            row.append(step)
    return row[-1]


def _length_gap(longer: str, shorter: str) -> float:
    return min(max(len(longer) - len(shorter), 0), 10) * 0.3


_TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
_DIGIT_TONE = re.compile(r"(?<=[a-zü])[1-4](?=[^0-9]|$)")


@lru_cache(maxsize=4096)
def tones(text: str) -> str:
    """Answer the tones that pinyin tells, by marks or by digits: Chángzhōu and chang2zhou1 → 21."""
    marked = "".join(_TONES.get(c, "") for c in unicodedata.normalize("NFD", text))
    return marked or "".join(_DIGIT_TONE.findall(text.lower()))


def _same_tones(typed: str, pinyin: str | None) -> bool:
    told = tones(typed)
    return not told or (pinyin is not None and tones(pinyin).startswith(told))


@lru_cache(maxsize=4096)
def _sound(typed: str) -> str:
    return pinyin_key(romanise(typed).text)


def _shared_pairs(key: str, name: str) -> float:
    wanted, there = set(bigrams(key)), set(bigrams(name))
    return len(wanted & there) / len(wanted) if wanted else 0.0
