"""How are the syllables of a name parted and joined to words, and by which rule (DOMAIN D.5)?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass, field

from geo.text.generics import AUTONOMOUS, DIVISION_GENERICS, PEOPLES, WHOLE_NAMES
from geo.text.names import generic_part

RULES = {
    "parts": ("专名与通名分写", "specific and generic part apart (rule 1)"),
    "modifier": ("单音节修饰成分连写", "one-syllable modifier joined (rule 2)"),
    "ordinal": ("多音节修饰成分分写", "longer modifier apart (rule 2)"),
    "settlement": ("村镇名称连写", "name of a village or town joined (rule 3)"),
    "turned": ("通名已转为专名，连写", "generic part turned specific, joined (rule 4)"),
    "numerals": ("数词用拼音书写", "numerals in letters (rule 6)"),
    "digits": ("代码与序数街巷用数字", "codes and ordinal streets in digits (rule 7)"),
    "capitals": ("每一部分首字母大写", "first letter of each part capital (rule 10)"),
    "apostrophe": ("a、o、e 前用隔音符号", "apostrophe before a, o, e (rule 11)"),
    "retroflex": ("儿化写作 r", "儿 as r (rule 12)"),
    "works": ("设施、纪念地专名与通名分写", "works and sites: parts apart (rule 14)"),
    "county": ("单音节专名的县分写", "a county of one syllable is written apart"),
    "peoples": ("民族名称分写", "names of peoples apart"),
}
"""The rules of spelling that a name may call for, in words."""

_DIGITS = {"零": 0, "〇": 0, "○": 0, **{c: n for n, c in enumerate("一二三四五六七八九", start=1)}}
_NUMERAL = "[一二三四五六七八九十百零〇○]+"
# Ordinal streets carry digits (rule 7). 东四 and 西四 end in a numeral that is not the ordinal's;
# 经五路 and 第九弄 have the ordinal before the generic part.
_ORDINAL_STREET = re.compile(
    rf"^((?:东四|西四)(?=[一二三四五六七八九十])|[^一二三四五六七八九十百零〇○]*)"
    rf"({_NUMERAL})(条|马路|环路|号路|经路|纬路|路|街|巷|弄|道街)$"
)
_NUMBERED = re.compile(rf"^第({_NUMERAL})(路|街|巷|弄|条|胡同)$")
_CODED = re.compile(r"^(\D*?)(\d+)(\D*)$")
# 一二马路 is no number; 五一路, 三八路, 八一街 keep a day in letters.
_ONE_TO_NINE = "[一二三四五六七八九]"
_TENS = f"{_ONE_TO_NINE}?十{_ONE_TO_NINE}?"
_NUMBER = re.compile(f"{_ONE_TO_NINE}?百(?:[零〇○]{_ONE_TO_NINE}|{_TENS})?|{_TENS}|{_ONE_TO_NINE}")
_ORDER = re.compile(rf"^(第{_NUMERAL})(?=..)")
# A one-syllable modifier joins the generic part of streets and waters (rule 2): 潮白新河, 景山后街.
_MODIFIED = frozenset("路街巷弄道河江渠桥港塘沟浜")
_MODIFIERS = re.compile("(?:[东西南北中前后上下内外]?[大小新老]|[东西南北中前后上下内外支])$")
_PEOPLE = re.compile("(" + "|".join(sorted(PEOPLES, key=len, reverse=True)) + ")")
_WORKS = frozenset("桥站寺庙塔亭阁楼园关门闸坝堰港")
_ONE_SYLLABLE_APART = frozenset("省市区县旗盟")
# A settlement's own generic parts are joined (rule 3); those of divisions stay apart.
_APART_IN_SETTLEMENTS = frozenset("省市区县镇乡盟旗")


@dataclass(slots=True)
class Spelled:
    """The words of a name and the rules (keys of RULES) that made them."""

    words: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)


def spelled(
    part: str,
    syllables: list[str],
    *,
    feature_class: str | None = None,
    joined: bool = False,
    retroflex: Container[int] = (),
) -> Spelled:
    """Answer the words of one name (without brackets) of which the syllables are known.

    `syllables`: one per character; `retroflex`: places of a 儿 that is no syllable of its own;
    `joined`: the name has no generic part. `feature_class` as in `romanise`.
    """
    made = Spelled()
    if joined:
        lengths = [len(part)]
    else:
        numbered = _numbered(part, syllables, retroflex, made)
        if numbered is not None:
            return _told(made, numbered, part)
        lengths = _lengths(part, feature_class, made)
    words, at = [], 0
    for length in lengths:
        end = at + length
        word = _word(part, syllables, at, end, retroflex)
        if word:
            words.append(word)
        at = end
    return _told(made, words, part)


def _told(made: Spelled, words: list[str], part: str) -> Spelled:
    """The words, with the rules that show in how they are written."""
    made.words = words
    text = " ".join(words)
    if "'" in text:
        made.rules.append("apostrophe")
    if re.search("[一二三四五六七八九十百]", part) and not re.search(r"\d", text):
        made.rules.append("numerals")
    made.rules.append("capitals")
    return made


def _numbered(
    part: str, syllables: list[str], retroflex: Container[int], made: Spelled
) -> list[str] | None:
    """二马路 → 2 Mǎlù, 经五路 → Jīng 5 Lù, 第九弄 → Dì-9 Lòng, 1203高地 → 1203 Gāodì; or None."""
    ordinal, order, coded = _ORDINAL_STREET.match(part), _NUMBERED.match(part), _CODED.match(part)
    if order and _NUMBER.fullmatch(order.group(1)):
        last = _word(part, syllables, len(part) - len(order.group(2)), len(part), retroflex)
        words = [f"Dì-{number(order.group(1))}", last]
    elif ordinal and _is_ordinal(*ordinal.groups()):
        before, numeral, generic = ordinal.groups()
        words = [_word(part, syllables, 0, len(before), retroflex)] if before else []
        last = _word(part, syllables, len(part) - len(generic), len(part), retroflex)
        words += [str(number(numeral)), last]
    elif coded and coded.group(3) and len(syllables) == len(part):
        before, digits, _ = coded.groups()
        start = len(before) + len(digits)
        rest = spelled(part[start:], syllables[start:]) if part[start:] else Spelled()
        # One syllable joins its generic part, as in 3 Huánlù: 1 Hàoqiáo.
        tail = "".join(rest.words[:1]) + "".join(w.lower() for w in rest.words[1:])
        ending = [tail] if len(part) - start <= 2 else rest.words
        if before.isascii():  # a code of letters and digits stays whole: K12
            words = [before + digits, *ending]
        else:
            words = [_word(part, syllables, 0, len(before), retroflex), digits, *ending]
    else:
        return None
    made.rules.append("digits")
    return words


def _is_ordinal(before: str, numeral: str, generic: str) -> bool:
    """Whether the numeral counts streets: not in 五一路, 双十路, 三八路 and 红五路."""
    if not _NUMBER.fullmatch(numeral):
        return False
    if generic not in ("路", "街", "巷", "弄", "道街"):
        return True
    # A day or a thing in two characters stays in letters; 经 and 纬 count, so does a whole name.
    return before in ("", "经", "纬") or (len(before) >= 2 and before[-1] not in "双第百千万数")


def number(numeral: str) -> int:
    """Answer the value of a Chinese numeral below a thousand: 十二 → 12, 一百零五 → 105."""
    total, last = 0, 0
    for character in numeral:
        if character == "百":
            total, last = total + max(last, 1) * 100, 0
        elif character == "十":
            total, last = total + max(last, 1) * 10, 0
        else:
            last = last * 10 + _DIGITS[character] if last else _DIGITS[character]
    return total + last


def _lengths(part: str, feature_class: str | None, made: Spelled) -> list[int]:
    """How many characters each word has."""
    generic = _generic_for(part, feature_class, made)
    words_of = _specific_words(part[: len(part) - len(generic.replace("·", ""))], generic, made)
    generics = [word for word in generic.split("·") if word]
    if generic and words_of and words_of[-1].startswith("+"):  # modifier that joins the generic
        made.rules.append("modifier")
        joined = words_of[-1][1:] + generics[0]
        return [len(word) for word in (*words_of[:-1], joined, *generics[1:])]
    if generic and words_of:
        is_work = generic[-1] in _WORKS or (len(generic) > 1 and generic not in DIVISION_GENERICS)
        made.rules.append("works" if feature_class == "S" and is_work else "parts")
        specific = "".join(words_of)
        if len(specific) == 1 and generic in _ONE_SYLLABLE_APART:
            made.rules.append("county")
        if len(specific) > 2 and (generic_part(specific) or specific in WHOLE_NAMES):
            made.rules.append("turned")
    return [len(word) for word in (*words_of, *generics)]


def _generic_for(part: str, feature_class: str | None, made: Spelled) -> str:
    generic = generic_part(part, divisions_only=feature_class == "A")
    bare = generic.replace("·", "")
    if feature_class == "P" and len(bare) == 1 and bare not in _APART_IN_SETTLEMENTS:
        made.rules.append("settlement")
        return ""
    return generic


def _specific_words(specific: str, generic: str, made: Spelled) -> list[str]:
    """The words of a specific part: peoples apart; a joining modifier marked with '+'."""
    if generic in AUTONOMOUS:
        words = [word for word in _PEOPLE.split(specific) if word]
        if len(words) > 1:
            made.rules.append("peoples")
        return words
    modifier = _MODIFIERS.search(specific)
    if generic[:1] and generic[-1] in _MODIFIED and modifier and modifier.start() >= 2:
        head = specific[: modifier.start()]
        if generic_part(head):
            made.rules.append("turned")
        return [head, "+" + modifier.group()]
    order = _ORDER.match(specific) if generic else None
    if order:  # 第二松花江 → Dì'èr Sōnghuā Jiāng
        made.rules.append("ordinal")
        return [order.group(1), specific[order.end() :]]
    return [specific] if specific else []


def _word(part: str, syllables: list[str], start: int, end: int, retroflex: Container[int]) -> str:
    """One word: joined, apostrophe before a, o, e, 儿 as r after its syllable, capital first."""
    word = ""
    for at in range(start, end):
        if at in retroflex:
            word += "r"
            continue
        syllable = syllables[at]
        vowel = unicodedata.normalize("NFD", syllable)[:1] in ("a", "o", "e")
        word += "'" + syllable if word and vowel and is_han(part[at]) else syllable
    word = word.strip()
    return word[:1].upper() + word[1:]


def is_han(character: str) -> bool:
    """Whether a character is a Chinese one."""
    return "㐀" <= character <= "鿿" or "\U00020000" <= character <= "\U0003ffff"
