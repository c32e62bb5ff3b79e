"""Which markers, directions, features and lengths does a 走向说明 state, in which order?

The text is read from left to right; what fits no pattern is listed as it stands, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from geo.errors import BadInput, both
from geo.survey.course.words import DIRECTION, words

MOST_CHARACTERS = 200_000
Kind = Literal["start", "end", "direction", "along", "across", "past", "length", "unchecked"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of the text. at: where it begins. value: name of the stop or feature, direction, or
    words that no data here can prove; number, step, about: of a length in metres, the worth of its
    last digit, and whether it says 约; numbers: of a marker.
    """

    kind: Kind
    text: str
    at: int
    value: str
    numbers: tuple[str, ...] = ()
    number: float = 0.0
    step: float = 0.0
    about: bool = False


@dataclass(frozen=True, slots=True)
class SaidLeg:
    """A stretch as it is told; None where the text does not say. part: stretch of the line."""

    part: int | None
    start: Phrase | None = None
    end: Phrase | None = None
    direction: Phrase | None = None
    length: Phrase | None = None
    features: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """The sequence that a text states; unparsed: what was not understood, with its place."""

    legs: tuple[SaidLeg, ...]
    phrases: tuple[Phrase, ...]
    unchecked: tuple[Phrase, ...]
    unparsed: tuple[tuple[str, int], ...]


def parse_course(text: str, names: Iterable[str] = ()) -> Said:
    """Read a description. `names`: features that are known here; the longest that fits is meant,
    else a name ends before the next joining word. Raises BadInput for an empty or huge text.
    """
    if not text.strip() or len(text) > MOST_CHARACTERS:
        raise BadInput(
            both(
                f"走向说明须有内容，不超过 {MOST_CHARACTERS} 字。",
                f"a description has 1 to {MOST_CHARACTERS} characters",
            ),
            parameter="text",
        )
    reader = _Reader(
        text.translate(_NARROW), text, tuple(sorted(set(names), key=len, reverse=True))
    )
    reader.read()
    return Said(
        tuple(_legs(reader.found)), tuple(p for p, _ in reader.found),
        tuple(p for p, _ in reader.found if p.kind == "unchecked"), tuple(_whole(reader.unparsed)),
    )  # fmt: skip


# Full-width letters and digits become narrow ones; one character stays one, so places stay right.
_NARROW = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B),
                                          *range(0xFF41, 0xFF5B), 0xFF0E)}  # fmt: skip
_STOP_MARK = "，。；：、,;:（）()\\s"
_NUMBER = r"(?:[0-9]+[A-Za-z]?|[0-9A-Za-z][0-9A-Za-z\-—/]*)"
_MARKER = rf"(?P<numbers>{_NUMBER}(?:[、和]{_NUMBER})*)号?(?:界桩|桩)"
_OWN = r"(?P<own>转折点[0-9]+|界线[起止]点|第[0-9]+段[起止]点|三交点)"
_IGNORED = re.compile(
    r"【[^】\n]*】|(?:^|(?<=\n))(?:#|说明：|注：)[^\n]*|(?:^|(?<=\n))[^\n]*走向说明(?=\n|$)"
)
_LENGTH = re.compile(
    r"(?:全长|长度|长|距离|距|行程|行)?为?(?P<about>大?约)?"
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)\s?"
    r"(?P<unit>千米|公里|[kK][mM]|米|m(?![a-zA-Z]))(?!高|等高)"
)  # fmt: skip
_DIRECTION = re.compile(
    r"(?:边界线|界线)?(?:大致|总体|继续|再|又|先|后|仍)*"
    r"(?:(?:转折|折|转)(?:向|往|朝)?|向|往|朝)正?"
    rf"(?P<word>{DIRECTION})(?:方向)?(?![偏东南西北°0-9])"
)
_PART = re.compile(r"第(?P<part>[0-9]+)段[：:]")
_START = re.compile("(?:从|自)")
_END = re.compile("(?:止于|到达|抵达|直至|[上下]?至|[上下]?到|抵|达)")


class _Reader:
    """Goes through the text; `found` holds phrases with the number of their part."""

    def __init__(self, text: str, original: str, names: tuple[str, ...]) -> None:
        known = words()
        self.text, self.original, self.names = text, original, names
        self.found: list[tuple[Phrase, int | None]] = []
        self.unparsed: list[tuple[str, int]] = []
        self.part: int | None = None
        self.at = 0
        self.relations = known.relations
        self.relation = re.compile(known.relation)
        self.terrain = re.compile(known.terrain)
        self.suffix = re.compile(f"(?:的)?(?:{known.parts})")
        self.passed = re.compile(rf"[{_STOP_MARK}.]+|{known.joining}|长")
        stop = (
            rf"(?=以后|之后|后|再|转|折|向|往|至|到|长|起|止|附近|{known.parts}|[{_STOP_MARK}]|$)"
        )
        self.loose = re.compile(rf"[^{_STOP_MARK}]+?{stop}")

    def read(self) -> None:
        while self.at < len(self.text):
            if ignored := _IGNORED.match(self.text, self.at):
                self.at = ignored.end()
            elif not (self._part() or self._stop() or self._feature() or self._plain()):
                self.unparsed.append((self.original[self.at], self.at))
                self.at += 1

    def _part(self) -> bool:
        if here := _PART.match(self.text, self.at):
            self.part, self.at = int(here["part"]), here.end()
        return here is not None

    def _stop(self) -> bool:
        """从 or 至 with a marker, an end, a turning point or another name."""
        for kind, pattern in (("start", _START), ("end", _END)):
            word = pattern.match(self.text, self.at)
            if word is None:
                continue
            named = re.compile(f"{_MARKER}|{_OWN}").match(self.text, word.end())
            if named:
                numbers = re.split("[、和]", named["numbers"]) if named["numbers"] else []
                self._keep(kind, named.end(), named[0], numbers=tuple(numbers))
                return True
            if name := self._name(word.end()):
                self._keep(kind, self._with_part(word.end() + len(name)), name)
                return True
        return False

    def _feature(self) -> bool:
        if self.terrain.match(self.text, self.at):
            return False
        word = self.relation.match(self.text, self.at)
        if word is None:
            return False
        begin = word.end()
        known = any(self.text.startswith(name, begin) for name in self.names)
        if not known and (terrain := self.terrain.match(self.text, begin)):
            self._keep("unchecked", terrain.end(), self.text[self.at : terrain.end()])
            return True
        name = self._name(begin)
        if not name:
            return False
        self._keep(self.relations[word[0]], self._with_part(begin + len(name)), name)
        return True

    def _with_part(self, end: int) -> int:
        """The end of a name with the part of the thing that is meant (中心线, 东南侧)."""
        suffix = self.suffix.match(self.text, end)
        return suffix.end() if suffix else end

    def _plain(self) -> bool:
        """A direction, a length, words that are not checked, or joining words."""
        if here := _DIRECTION.match(self.text, self.at):
            self._keep("direction", here.end(), here["word"])
        elif here := _LENGTH.match(self.text, self.at):
            self._length(here)
        elif here := self.terrain.match(self.text, self.at):
            self._keep("unchecked", here.end(), here[0])
        elif here := self.passed.match(self.text, self.at):
            self.at = here.end()
        return here is not None

    def _name(self, begin: int) -> str:
        for name in self.names:
            if self.text.startswith(name, begin):
                return name
        loose = self.loose.match(self.text, begin)
        return loose[0] if loose else ""

    def _length(self, here: re.Match[str]) -> None:
        digits = here["number"].replace(",", "")
        worth = 1.0 if here["unit"] in ("米", "m") else 1000.0
        decimals = len(digits.partition(".")[2])
        self._keep(
            "length", here.end(), here[0], number=float(digits) * worth,
            step=worth / 10**decimals, about=bool(here["about"]),
        )  # fmt: skip

    def _keep(self, kind: str, end: int, value: str, **more: object) -> None:
        told = self.original[self.at : end]
        phrase = replace(Phrase("unchecked", told, self.at, value), kind=kind, **more)  # type: ignore[arg-type]
        self.found.append((phrase, self.part))
        self.at = end


def _legs(found: list[tuple[Phrase, int | None]]) -> list[SaidLeg]:
    """A new stretch begins with a start, another direction, or anything after the end but a
    length."""
    made: list[SaidLeg] = []
    for phrase, part in found:
        leg = made[-1] if made else None
        if phrase.kind == "unchecked":
            continue
        if leg is None or _begins(phrase, part, leg):
            made.append(leg := SaidLeg(part))
        if phrase.kind in ("along", "across", "past"):
            made[-1] = replace(leg, features=(*leg.features, phrase))
        else:
            made[-1] = replace(leg, **{str(phrase.kind): phrase})  # type: ignore[arg-type]
    return [leg for leg in made if leg != SaidLeg(leg.part, start=leg.start)]


def _begins(phrase: Phrase, part: int | None, leg: SaidLeg) -> bool:
    if part != leg.part or phrase.kind == "start":
        return True
    if phrase.kind == "length":
        return leg.length is not None
    if leg.end is not None:
        return True
    return phrase.kind == "direction" and leg.direction is not None


def _whole(single: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Characters that follow each other as one piece."""
    made: list[tuple[str, int]] = []
    for character, at in single:
        if made and made[-1][1] + len(made[-1][0]) == at:
            made[-1] = (made[-1][0] + character, made[-1][1])
        else:
            made.append((character, at))
    return made
