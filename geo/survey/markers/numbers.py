"""What does the number of a marker say: which line, which serial, single, double or triple?

A number is line + serial + type letter (`NumberRule`): 1253|165|Q. Nothing is guessed: a number
that no rule reads keeps its reasons. Forms of stones on the national border are refused as such.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from geo.errors import BadInput, both
from geo.survey.markers.rules import NumberRule, Written

STANDS = {1: "单立", 2: "同号双立", 3: "同号三立"}
STANDS_EN = {1: "single", 2: "one of two of a number", 3: "one of three of a number"}


@dataclass(frozen=True, slots=True)
class MarkerNumber:
    """A number and its parts by one rule; `stands`: how many markers share the serial number."""

    text: str
    line: str
    serial: int
    letter: str
    stands: int
    rule: str
    rule_status: str

    @property
    def words(self) -> str:
        """The parts in words."""
        return f"线号 {self.line}，序号 {self.serial:03d}，{self.letter}（{STANDS[self.stands]}）"


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """What was made of a text: the parts, or why there are none; doubts do not refuse it."""

    text: str
    number: MarkerNumber | None
    problems: tuple[str, ...]
    doubts: tuple[str, ...] = ()


def read_number(
    written: str,
    rules: Sequence[NumberRule],
    *,
    other_forms: Sequence[Written] = (),
    line_rules: Sequence[Written] = (),
    level: int | None = None,
    division: str | None = None,
) -> ReadNumber:
    """Read a number by the first rule that fits level and division; pure, never raises for text.

    Full-width digits and letters and lower case count as their usual forms. `other_forms` are rules
    of forms that are no marker's (national border), `line_rules` of how line codes are made.
    """
    plain = unicodedata.normalize("NFKC", written).strip().upper()
    for row in other_forms:
        if any(re.fullmatch(form, plain, re.ASCII) for form in row.told.get("forms", ())):
            return ReadNumber(plain, None, (f"{row.title} · the form of another kind of stone",))
    fitting = [rule for rule in rules if rule.fits(level, division)]
    if not fitting:
        words = "没有适用于这一级别和地区的编号规则，请按本省规定补充 · no rule for this place"
        return ReadNumber(plain, None, (words,))
    problems: list[str] = []
    for rule in fitting:
        made = _by_rule(plain, rule)
        if isinstance(made, MarkerNumber):
            return ReadNumber(plain, made, (), _line_doubts(made, rule, line_rules))
        problems += made
    return ReadNumber(plain, None, tuple(problems))


def _by_rule(plain: str, rule: NumberRule) -> MarkerNumber | list[str]:
    """The parts, or what is wrong with each of them."""
    letters = "".join(rule.letters)
    digits, letter = plain[:-1], plain[-1:]
    if letter.isdigit():
        return [f"缺少类型码（{'、'.join(letters)} 之一） · the type letter is missing"]
    why = []
    if letter not in letters:
        why.append(f"类型码「{letter}」不在 {'、'.join(letters)} 之中 · unknown type letter")
    if not re.fullmatch(r"\d*", digits, re.ASCII):
        why.append("类型码之前只能是数字 · only digits may stand before the letter")
    elif len(plain) != rule.length:
        why.append(
            f"应有 {rule.length} 位：线号 {rule.line_digits}、序号 {rule.serial_digits}、类型码 1，"
            f"实有 {len(plain)} 位 · {rule.length} characters are needed"
        )
    elif int(digits[rule.line_digits :]) < rule.first_serial:
        why.append(
            f"序号从 {rule.first_serial:0{rule.serial_digits}d} 起 · serials begin with that"
        )
    if why:
        return why
    group = next(one for one in rule.letters if letter in one)
    return MarkerNumber(
        plain, digits[: rule.line_digits], int(digits[rule.line_digits :]), letter, len(group),
        rule.code, rule.status,
    )  # fmt: skip


def _line_doubts(
    made: MarkerNumber, rule: NumberRule, line_rules: Sequence[Written]
) -> tuple[str, ...]:
    """Where the line code is not made as a rule says; a doubt, as that rule may be unconfirmed."""
    found = []
    for row in line_rules:
        applies = row.told.get("value") == "two_province_codes"
        if applies and set(row.told.get("levels", ())) & set(rule.levels):
            first, second = made.line[:2], made.line[2:4]
            if not first < second:
                found.append(
                    f"线号 {made.line} 不是由小到大的两个省代码（规则 {row.status}） · "
                    "the line code is not two province codes, smaller first"
                )
    return tuple(found)


def build_number(line: str, serial: int, letter: str, rule: NumberRule) -> MarkerNumber:
    """The number of a marker by a rule. Raises BadInput that names the part that does not fit."""
    if not re.fullmatch(rf"\d{{{rule.line_digits}}}", line, re.ASCII):
        raise _bad("line", f"线号须为 {rule.line_digits} 位数字。", "digits of the line code")
    last = 10**rule.serial_digits - 1
    if not rule.first_serial <= serial <= last:
        raise _bad(
            "serial", f"序号须为 {rule.first_serial}–{last}。", f"{rule.first_serial} to {last}"
        )
    made = _by_rule(f"{line}{serial:0{rule.serial_digits}d}{letter.upper()}", rule)
    if not isinstance(made, MarkerNumber):
        raise _bad("type", f"{made[0].partition(' · ')[0]}。", made[0].partition(" · ")[2])
    return made


def build_numbers(
    line: str, serial: int, sides: Sequence[str], rule: NumberRule
) -> tuple[tuple[str, MarkerNumber], ...]:
    """The numbers of all markers of a serial, by the codes of the divisions on whose side each is.

    The smaller code gets the first letter: sides 37, 41 → A for 37, B for 41. One side: single.
    """
    group = next((one for one in rule.letters if len(one) == len(sides)), None)
    if group is None or len(set(sides)) != len(sides):
        raise _bad(
            "sides", "一个序号有一至三座界桩，各在不同的一侧。", "one to three different sides"
        )
    return tuple(
        (side, build_number(line, serial, letter, rule))
        for side, letter in zip(sorted(sides), group, strict=True)
    )


def _bad(parameter: str, zh: str, en: str) -> BadInput:
    return BadInput(both(zh, en), parameter=parameter)
