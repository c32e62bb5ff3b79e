"""What was asked for a figure, what came out, and under which short id does it stand?

An id follows from the question, the state of the data and the values alone: the same report on the
same data bears the same ids, and any other value another one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from geo.errors import BadInput, both

Values = Mapping[str, float | None]

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: without I, L, O, U, which are misread on paper."""

SHORTEST = 4
LONGEST = 16


_RARE: dict[str, Any] = {
    "measure": "line", "network": None, "sites": 0, "scenario": 0, "indicator": "",
}  # fmt: skip
"""What few topics ask for → its value where it is not asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that a report puts to the data; every part that decides the answer.

    topic: a key of `TOPICS`. areas: city, district, township or zone. kind, radius_m (metres, as
    `measure` counts them: line or walk, along `network`): of facilities, where the topic asks for
    them. basis, base_year, projection: which count of people. published_only with rounded_to: what
    the public is told. sites: how many are to be built. scenario: number of a stored one.
    indicator: id in the catalogue.
    """

    topic: str
    city: str
    on: date
    areas: str = "district"
    kind: str = ""
    radius_m: float = 0.0
    basis: str = "resident"
    base_year: int | None = None
    projection: str = "none"
    published_only: bool = False
    rounded_to: float = 0.0
    measure: str = "line"
    network: str | None = None
    sites: int = 0
    scenario: int = 0
    indicator: str = ""

    def to_dict(self) -> dict[str, Any]:
        """All parts as JSON knows them; those of one topic only where they are asked.

        So a figure keeps its id when other topics learn to ask for more.
        """
        made = asdict(self) | {"on": self.on.isoformat()}
        return {k: v for k, v in made.items() if k not in _RARE or v != _RARE[k]}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Asked:
        """The question of a register. Raises BadInput for one that is none."""
        try:
            known = _RARE | {
                field.name: said[field.name]
                for field in fields(cls)
                if field.name in said or field.name not in _RARE
            }
            return cls(**(known | {"on": date.fromisoformat(known["on"])}))
        except (KeyError, TypeError, ValueError) as problem:
            raise BadInput(
                both("编号登记册已损坏。", f"the register of figures is damaged: {problem}")
            ) from None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where some rows behind an answer come from; `what`: areas, people, facilities, roads …"""

    what: str
    source: str | None
    source_date: date | None
    is_synthetic: bool
    rows: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an answer: values by name, None = unknown; `note` says why something is."""

    key: str
    name: str
    values: Values
    is_synthetic: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Lines by key, with all that the answer rests on. stamp: the state of the data it saw."""

    asked: Asked
    lines: tuple[Line, ...]
    method: str
    origins: tuple[Origin, ...]
    tables: tuple[str, ...]
    stamp: int

    @property
    def has_synthetic(self) -> bool:
        """Some of it rests on made-up rows."""
        return any(o.is_synthetic for o in self.origins) or any(
            line.is_synthetic for line in self.lines
        )

    def line(self, key: str) -> Line | None:
        """The line of a key; None where there is no such line (any more)."""
        return next((line for line in self.lines if line.key == key), None)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of an answer as it stands in a report. digest: the id in full."""

    letter: str
    digest: str
    asked: Asked
    key: str
    name: str
    values: Values
    stamp: int
    is_synthetic: bool

    def id(self, length: int) -> str:
        """The printed id, e.g. C-3F2A, of so many characters."""
        return f"{self.letter}-{self.digest[:length]}"


def figure(made: Answer, line: Line, letter: str) -> Figure:
    """The figure that a line of an answer is."""
    said = {
        "asked": made.asked.to_dict(),
        "key": line.key,
        "stamp": made.stamp,
        "values": {name: told(value) for name, value in sorted(line.values.items())},
    }
    raw = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    number = int.from_bytes(hashlib.sha256(raw).digest()[: LONGEST * 5 // 8])
    digest = "".join(ALPHABET[number >> 5 * i & 31] for i in reversed(range(LONGEST)))
    return Figure(
        letter, digest, made.asked, line.key, line.name, dict(line.values), made.stamp,
        made.has_synthetic,
    )  # fmt: skip


def shortest(figures: Sequence[Figure]) -> int:
    """How many characters tell all of these figures apart: the length of the printed ids."""
    whole = {(one.letter, one.digest) for one in figures}
    for length in range(SHORTEST, LONGEST):
        if len({(letter, digest[:length]) for letter, digest in whole}) == len(whole):
            return length
    return LONGEST


def told(value: float | None) -> str:
    """A value so that equal ones look equal: twelve digits, more than any sum's rounding spares."""
    return "" if value is None else f"{value:.12g}"
