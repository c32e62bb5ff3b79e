"""How is a name written in pinyin by the rules for Chinese place names (DOMAIN D.5)?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice, product

from geo.text.generics import AUTONOMOUS, GENERIC_READINGS, PEOPLES
from geo.text.names import generic_part, search_key, segments
from geo.text.readings import (
    POLYPHONES,
    UNVERIFIED,
    Reading,
    alone,
    is_doubtful,
    reviewed_readings,
)

_DIGITS = {"零": 0, "〇": 0, **{c: n for n, c in enumerate("一二三四五六七八九", start=1)}}
# Ordinal streets carry digits (rule 7). 东四 and 西四 end in a numeral that is not the ordinal's.
_ORDINAL_STREET = re.compile(
    r"^((?:东四|西四)(?=[一二三四五六七八九十])|[^一二三四五六七八九十百零〇]*)"
    r"([一二三四五六七八九十百零〇]+)(条|马路|环路|号路|经路|纬路)$"
)
# A one-syllable modifier joins the generic part of streets and waters (rule 2): 潮白新河, 景山后街.
_MODIFIED = frozenset("路街巷弄道河江渠桥港塘沟浜")
_MODIFIERS = re.compile("(?:[东西南北中前后上下内外]?[大小新老]|[东西南北中前后上下内外支])$")
_NEITHER_LETTER_NOR_DIGIT = re.compile("[^a-z0-9]+")
_PEOPLE = re.compile("(" + "|".join(sorted(PEOPLES, key=len, reverse=True)) + ")")
# A settlement's own generic parts are joined (rule 3); those of divisions stay apart.
_APART_IN_SETTLEMENTS = frozenset("省市区县镇乡盟旗")
_RETROFLEX = re.compile("(?<=[^幼婴女孤小男少])儿(?![童科])")


@dataclass(frozen=True)
class Romanised:
    """A name in pinyin: text with tones, a toned syllable per character, and how sure that is.

    `status` is `reviewed` (a confirmed reading decides every doubtful character), `library`
    (nothing doubtful) or `uncertain` (`doubtful` names the characters); `none` for a name
    without Chinese characters, which is left as it is.
    """

    text: str
    syllables: tuple[str, ...]
    status: str
    doubtful: str = ""


def romanise(
    name: str,
    readings: Mapping[str, Reading] | None = None,
    *,
    feature_class: str | None = None,
    joined: bool = False,
) -> Romanised:
    """Answer a name in pinyin; specific and generic part apart, first letters capital.

    `readings` (default: the project's reviewed table) win over the library when they are the name
    or its beginning. `feature_class` decides what is generic: A splits only the generic parts of
    divisions, P joins natural villages and towns (Wángcūn), others split all (Tàiháng Shān).
    `joined` is for names known to have no generic part, such as the short name 沙市 (Shāshì).
    """
    known = reviewed_readings() if readings is None else readings
    parts = segments(name)
    if not any(_is_han(c) for c in name) or not parts:
        return Romanised(name.strip(), tuple(search_key(name)), "none")
    read = [_read(part, known) for part in parts]
    texts = [
        _word(part, syllables) if joined else " ".join(_words(part, syllables, feature_class))
        for part, (syllables, _, _) in zip(parts, read, strict=True)
    ]
    text = texts[0] + "".join(f" ({inner})" for inner in texts[1:])
    doubtful = "".join(dict.fromkeys("".join(d for _, d, _ in read)))
    reviewed = any(reviewed for *_, reviewed in read)
    status = "uncertain" if doubtful else "reviewed" if reviewed else "library"
    syllables = tuple(syllable for one, _, _ in read for syllable in one)
    return Romanised(text, syllables, status, doubtful)


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


def _is_han(character: str) -> bool:
    return "㐀" <= character <= "鿿" or "\U00020000" <= character <= "\U0003ffff"


def _read(part: str, known: Mapping[str, Reading]) -> tuple[list[str], str, bool]:
    """Toned syllables per character, the doubtful characters, and whether a review was used."""
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(part, style=Style.TONE, errors=list)  # type: ignore[arg-type]
    for at, character in enumerate(part):  # 长滩 is Chángtān, though 长 alone is zhǎng
        if is_doubtful(character) and syllables[at] == alone(character):
            syllables[at] = POLYPHONES[character][0]
    generic = generic_part(part).replace("·", "")
    if generic in GENERIC_READINGS:
        syllables[-1] = GENERIC_READINGS[generic]
    settled = len(part) - len(generic)
    # The longest reviewed name that the part begins with; not elsewhere: 第六安置区 is not 六安.
    reviewed = next((known[part[:n]] for n in range(len(part), 0, -1) if part[:n] in known), None)
    start = 0
    if reviewed is not None:
        syllables[: len(reviewed.syllables)] = reviewed.syllables
        start = len(reviewed.syllables)
        if reviewed.status == UNVERIFIED:  # taken, but still on the list of readings to confirm
            start = 0
    doubtful = "".join(c for c in part[start:settled] if is_doubtful(c))
    return syllables, doubtful, reviewed is not None


def _words(part: str, syllables: list[str], feature_class: str | None) -> list[str]:
    ordinal = _ORDINAL_STREET.match(part)
    if ordinal:
        before, numeral, generic = ordinal.groups()
        words = [_word(before, syllables[: len(before)])] if before else []
        return [*words, str(_number(numeral)), _word(generic, syllables[-len(generic) :])]
    generic = _generic_for(part, feature_class)
    cut = len(part) - len(generic.replace("·", ""))
    words_of = _specific_words(part[:cut], generic)
    lengths = [len(w) for w in words_of] + [len(w) for w in generic.split("·") if w]
    if generic and words_of and words_of[-1].startswith("+"):  # modifier that joins the generic
        words_of[-1] = words_of[-1][1:]
        first = generic.split("·")[0]
        lengths = [len(w) for w in words_of[:-1]] + [len(words_of[-1]) + len(first)]
        lengths += [len(w) for w in generic.split("·")[1:]]
    made, at = [], 0
    for length in lengths:
        made.append(_word(part[at : at + length], syllables[at : at + length]))
        at += length
    return [word for word in made if word]


def _generic_for(part: str, feature_class: str | None) -> str:
    generic = generic_part(part, divisions_only=feature_class == "A")
    bare = generic.replace("·", "")
    if feature_class == "P" and len(bare) == 1 and bare not in _APART_IN_SETTLEMENTS:
        return ""
    return generic


def _specific_words(specific: str, generic: str) -> list[str]:
    """The words of a specific part: peoples apart; a joining modifier marked with '+'."""
    if generic in AUTONOMOUS:
        return [word for word in _PEOPLE.split(specific) if word]
    modifier = _MODIFIERS.search(specific)
    if generic[:1] and generic[-1] in _MODIFIED and modifier and modifier.start() >= 2:
        return [specific[: modifier.start()], "+" + modifier.group()]
    return [specific]


def _word(characters: str, syllables: list[str]) -> str:
    """One word: joined, apostrophe before a, o, e, 儿 as r after its syllable, capital first."""
    word = ""
    for at, (character, syllable) in enumerate(zip(characters, syllables, strict=True)):
        if _RETROFLEX.match(characters, at):
            word += "r"
            continue
        vowel = unicodedata.normalize("NFD", syllable)[:1] in ("a", "o", "e")
        word += "'" + syllable if word and vowel and _is_han(character) else syllable
    word = word.strip()
    return word[:1].upper() + word[1:]


def _number(numeral: str) -> int:
    """The value of a Chinese numeral below a thousand: 十二 → 12, 一百零五 → 105."""
    total, last = 0, 0
    for character in numeral:
        if character == "百":
            total, last = total + max(last, 1) * 100, 0
        elif character == "十":
            total, last = total + max(last, 1) * 10, 0
        else:
            last = last * 10 + _DIGITS[character] if last else _DIGITS[character]
    return total + last
