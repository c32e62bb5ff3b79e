"""How is a name written in pinyin by the rules for Chinese place names (DOMAIN D.5)?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from geo.text.generics import GENERIC_READINGS
from geo.text.names import generic_part, search_key, segments
from geo.text.readings import (
    POLYPHONES,
    UNVERIFIED,
    Reading,
    alone,
    is_doubtful,
    reading_of,
    reviewed_readings,
)
from geo.text.words import RULES, is_han, spelled

_NEITHER_LETTER_NOR_DIGIT = re.compile("[^a-z0-9]+")
# 儿 after a syllable is no syllable of its own (盆儿 Pénr), but in 幼儿, 女儿, 儿童 it is.
_RETROFLEX = re.compile("(?<=[^幼婴女孤小男少])儿(?![童科河江])")


@dataclass(frozen=True)
class Romanised:
    """A name in pinyin: text with tones, a toned syllable per character, and how sure that is.

    `status` is `reviewed` (a confirmed reading decides every doubtful character), `library`
    (nothing doubtful) or `uncertain` (`doubtful` names the characters); `none` for a name
    without Chinese characters, which is left as it is. `rules` are the keys of `words.RULES` that
    the spelling followed, `reading` the entry of the reviewed table that was taken.
    """

    text: str
    syllables: tuple[str, ...]
    status: str
    doubtful: str = ""
    rules: tuple[str, ...] = ()
    reading: Reading | None = None


def romanise(
    name: str,
    readings: Mapping[str, Reading] | None = None,
    *,
    feature_class: str | None = None,
    joined: bool = False,
    around: Sequence[str] = (),
) -> Romanised:
    """Answer a name in pinyin; specific and generic part apart, first letters capital.

    `readings` (default: the project's reviewed table) win over the library when they are the name
    or its beginning. `feature_class` decides what is generic: A splits only the generic parts of
    divisions, P joins natural villages and towns (Wángcūn), others split all (Tàiháng Shān).
    `joined` is for names known to have no generic part, such as the short name 沙市 (Shāshì).
    `around`: codes of the divisions around the place, the smallest first, for readings that hold
    only there (十里铺 in Beijing).
    """
    known = reviewed_readings() if readings is None else readings
    parts = segments(name)
    if not any(is_han(c) for c in name) or not parts:
        return Romanised(name.strip(), tuple(search_key(name)), "none")
    read = [_read(part, known, around) for part in parts]
    made = [
        spelled(part, one.syllables, feature_class=feature_class, joined=joined,
                retroflex=one.retroflex)
        for part, one in zip(parts, read, strict=True)
    ]  # fmt: skip
    texts = [" ".join(one.words) for one in made]
    text = texts[0] + "".join(f" ({inner})" for inner in texts[1:])
    doubtful = "".join(dict.fromkeys("".join(one.doubtful for one in read)))
    taken = next((one.reading for one in read if one.reading is not None), None)
    status = "uncertain" if doubtful else "reviewed" if taken else "library"
    rules = [rule for one in made for rule in one.rules]
    if any(one.retroflex for one in read):
        rules.append("retroflex")
    return Romanised(
        text, tuple(syllable for one in read for syllable in one.syllables), status, doubtful,
        tuple(rule for rule in RULES if rule in rules), taken,
    )  # fmt: skip


def pinyin(
    name: str,
    readings: Mapping[str, Reading] | None = None,
    *,
    feature_class: str | None = None,
) -> str:
    """Answer a name in pinyin with tones: 常州市 → Chángzhōu Shì. See `romanise`."""
    return romanise(name, readings, feature_class=feature_class).text


def pinyin_key(text: str) -> str:
    """Answer the tone-less key of pinyin as written or typed: Xī'ān Shì → xianshi; ü and v → u."""
    plain = unicodedata.normalize("NFKD", text).lower()
    letters = _NEITHER_LETTER_NOR_DIGIT.sub("", plain)
    letters = re.sub(r"(?<=[a-z])[1-5](?=[a-z]|$)", "", letters)  # tones typed as digits
    return letters.replace("v", "u")


def initials(name: str, readings: Mapping[str, Reading] | None = None) -> str:
    """Answer the first letters of a name's syllables: 常州 → cz."""
    return syllable_initials(romanise(name, readings).syllables)


def syllable_initials(syllables: Iterable[str]) -> str:
    """Answer the first letters of syllables, without marks."""
    return "".join(unicodedata.normalize("NFD", s)[:1] for s in syllables).lower()


def other_readings(
    name: str, syllables: tuple[str, ...], *, most: int = 4
) -> list[tuple[str, ...]]:
    """Answer further readings that a reader may type for a name with doubtful characters."""
    characters = [c for part in segments(name) for c in part if search_key(c)]
    if len(characters) != len(syllables):
        return []
    options = [
        (s, *(r for r in POLYPHONES[c] if r != s)) if is_doubtful(c) else (s,)
        for c, s in zip(characters, syllables, strict=True)
    ]
    return list(islice(product(*options), 1, most + 1))


@dataclass(slots=True)
class _Read:
    """Toned syllables per character, the doubtful ones, the reading taken, places of 儿 as r."""

    syllables: list[str]
    doubtful: str
    reading: Reading | None
    retroflex: frozenset[int]


def _read(part: str, known: Mapping[str, Reading], around: Sequence[str]) -> _Read:
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(part, style=Style.TONE, errors=list)  # type: ignore[arg-type]
    for at, character in enumerate(part):  # 长滩 is Chángtān, though 长 alone is zhǎng
        if is_doubtful(character) and syllables[at] == alone(character):
            syllables[at] = POLYPHONES[character][0]
    generic = generic_part(part).replace("·", "")
    if generic in GENERIC_READINGS:
        syllables[-1] = GENERIC_READINGS[generic]
    settled = len(part) - len(generic)
    reviewed, start = reading_of(part, known, around), 0
    if reviewed is not None:
        start = len(reviewed.syllables)
        syllables[:start] = reviewed.syllables
    retroflex = frozenset(found.start() for found in _RETROFLEX.finditer(part, start))
    if reviewed is not None and reviewed.status == UNVERIFIED:
        start = 0  # taken, but still on the list of readings to confirm
    doubtful = "".join(c for c in part[start:settled] if is_doubtful(c))
    if reviewed is not None and reviewed.status == UNVERIFIED and not doubtful:
        doubtful = part[: len(reviewed.syllables)]
    return _Read(syllables, doubtful, reviewed, retroflex)
