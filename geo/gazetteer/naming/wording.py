"""What do the rules say that look at a name alone: characters, lists, generic part, size?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from geo.gazetteer.naming.lists import Lists, SizeRule
from geo.gazetteer.naming.proposal import Proposal, Subject
from geo.gazetteer.naming.rules import Kind, RuleBook
from geo.text import generic_part

RESTRICTED = ("涉及限制类人名。", "A restricted personal name is involved.")
"""All that is ever said of the officer's lists of persons: neither the entry nor the list."""
LIST_WORDS = {
    "leaders": "限制类人名名单", "persons": "人名名单", "foreign": "外国人名、地名名单",
    "brands": "企业、商标名单", "famous": "国内著名自然地理实体名单",
}  # fmt: skip
_NUMERALS = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class Verdict:
    """What a rule says of a name: fired, not_fired, unchecked or not_applicable, and why."""

    status: str
    zh: str
    en: str


def fired(zh: str, en: str) -> Verdict:
    """The rule is broken, or may be."""
    return Verdict("fired", zh, en)


def quiet(zh: str = "未发现问题。", en: str = "nothing found") -> Verdict:
    """The rule was checked in full and found nothing."""
    return Verdict("not_fired", zh, en)


def unchecked(zh: str, en: str) -> Verdict:
    """The rule could not be checked (in full); why."""
    return Verdict("unchecked", f"未检查：{zh}", f"not checked: {en}")


def not_applicable(zh: str, en: str) -> Verdict:
    """The rule does not speak of this kind."""
    return Verdict("not_applicable", f"不适用：{zh}", f"not applicable: {en}")


def held_words(key: str, entries: frozenset[str]) -> list[str]:
    """Answer the entries of a list that a key holds, longest first; cost does not grow with it."""
    pieces = {key[a:b] for a in range(len(key)) for b in range(a + 2, len(key) + 1)}
    return sorted(pieces & entries, key=lambda word: (-len(word), word))


def person(subject: Subject, lists: Lists) -> Verdict:
    """Does the name hold one of the officer's personal names? Says no more than that."""
    supplied = [name for name in ("leaders", "persons") if name in lists.words]
    if any(held_words(subject.key, lists.words[name]) for name in supplied):
        return fired(*RESTRICTED)
    missing = [LIST_WORDS[name] for name in ("leaders", "persons") if name not in supplied]
    if missing:
        return unchecked(f"未提供{'、'.join(missing)}。", "lists of personal names were not given")
    return quiet()


def listed(subject: Subject, lists: Lists, name: str) -> Verdict:
    """Does the name hold an entry of a list (foreign, brands)?"""
    if name not in lists.words:
        return unchecked(f"未提供{LIST_WORDS[name]}。", f"the list {name} was not given")
    found = held_words(subject.key, lists.words[name])
    if not found:
        return quiet()
    return fired(f"含有{LIST_WORDS[name]}中的「{found[0]}」。", f"holds “{found[0]}” of the list")


def rare_character(name: str, lists: Lists) -> Verdict:
    """Does the name hold a Chinese character outside the table of general standard characters?"""
    rare = [c for c in dict.fromkeys(name) if is_han(c) and c not in lists.characters]
    if not rare:
        return quiet("各字均在通用规范汉字表内。", "every character is in the table")
    return fired(f"表外字：{'、'.join(rare)}。", f"outside the table: {', '.join(rare)}")


def national_script(name: str) -> Verdict:
    """Is there anything that is neither a Chinese character nor a number?"""
    plain = unicodedata.normalize("NFKC", name)
    strange = [c for c in dict.fromkeys(plain) if not (is_han(c) or _NUMERALS.fullmatch(c))]
    if not strange:
        return quiet("均为汉字或数字。", "only Chinese characters and digits")
    shown = "、".join("空格" if c.isspace() else c for c in strange if c.isprintable())
    return fired(
        f"含有汉字、数字以外的字符：{shown}。", "holds what is no Chinese character or digit"
    )


def is_han(character: str) -> bool:
    """Is it a Chinese character, or the numeral 〇?"""
    is_letter = character.isalpha() or character == "〇"
    return is_letter and unicodedata.name(character, "").startswith(("CJK", "IDEOGRAPHIC"))


def generic_kind(subject: Subject, kind: Kind, book: RuleBook) -> Verdict:
    """Does the name end with a generic part of its kind?"""
    if subject.generic in kind.generics and subject.specific:
        return quiet(f"通名「{subject.generic}」属于{kind.zh}。", "the generic part fits the kind")
    generic = subject.generic or generic_part(subject.key).replace("·", "")
    owners = [one.zh for one in book.kinds.values() if generic and generic in one.generics]
    if owners:
        return fired(
            f"通名「{generic}」属于{'、'.join(owners)}，与类别「{kind.zh}」不符。",
            f"the generic part “{generic}” belongs to another kind",
        )
    return fired(
        f"没有{kind.zh}的通名，可用：{'、'.join(kind.generics[:12])}。",
        "no generic part of the kind",
    )


_ASKED: tuple[tuple[str, Callable[[SizeRule], float | None], str, str], ...] = (
    ("land_m2", lambda r: r.least_land_m2, "用地面积", "平方米"),
    ("floor_m2", lambda r: r.least_floor_m2, "建筑面积", "平方米"),
    ("height_m", lambda r: r.least_height_m, "高度", "米"),
    ("green_percent", lambda r: r.least_green_percent, "绿地率", "%"),
)


def generic_size(proposal: Proposal, subject: Subject, lists: Lists) -> Verdict:
    """Is the thing as large as its generic part asks for, by the officer's local table?"""
    if not lists.sizes:
        return unchecked("未提供通名规模的地方规定。", "no local table of sizes was given")
    rules = [rule for rule in lists.sizes if rule.generic == subject.generic]
    if not rules:
        return not_applicable(
            f"地方规定未列通名「{subject.generic or '无'}」。", "not in the table"
        )
    short, unknown = [], []
    for rule in rules:
        for attribute, least_of, zh, unit in _ASKED:
            least, has = least_of(rule), getattr(proposal, attribute)
            if least is None:
                continue
            if has is None:
                unknown.append(zh)
            elif has < least:
                short.append(f"{zh} {has:g} {unit}，应不少于 {least:g} {unit}（{rule.source}）")
    if short:
        return fired("；".join(short) + "。", "smaller than the generic part asks for")
    if unknown:
        return unchecked(f"未填{'、'.join(dict.fromkeys(unknown))}。", "sizes are missing")
    return quiet("规模符合地方规定。", "as large as the local table asks for")


def meaning() -> Verdict:
    """Meaning is read by a person, never by a program."""
    return unchecked("含义须由人审定。", "a person reads the meaning")
