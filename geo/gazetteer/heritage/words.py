"""What are levels, classes and eras of lists called? Read from `data/placenames/`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parents[3] / "data" / "placenames"


@dataclass(frozen=True, slots=True)
class Level:
    """A level of lists; a place on lists of two levels is still one place."""

    code: str
    zh: str
    short_zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ListClass:
    """A class within a system of lists; status unverified until compared with the published text.

    Systems stand side by side: a class of one is none of another.
    """

    system: str
    system_zh: str
    family: str
    code: str
    zh: str
    en: str
    status: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Era:
    """A stretch of the time line, by astronomical years (0 = 1 BCE); None: open."""

    code: str
    zh: str
    en: str
    from_year: int | None
    to_year: int | None
    words: tuple[str, ...]


UNKNOWN = Era("unknown", "年代未知", "era unknown", None, None, ())


@cache
def levels() -> dict[str, Level]:
    """Levels by code, the highest first."""
    rows = _rows("heritage-levels.csv")
    return {r["code"]: Level(r["code"], r["zh"], r["short_zh"], r["en"]) for r in rows}


@cache
def classes() -> tuple[ListClass, ...]:
    """Classes of every system, in the order of each."""
    names = ListClass.__slots__
    return tuple(
        ListClass(**{name: row[name] for name in names}) for row in _rows("heritage-classes.csv")
    )


@cache
def eras() -> dict[str, Era]:
    """Eras by code, the oldest first."""
    return {
        row["code"]: Era(
            row["code"], row["zh"], row["en"], _year(row["from_year"]), _year(row["to_year"]),
            tuple(row["words"].split("|")),
        )
        for row in _rows("eras.csv")
    }  # fmt: skip


def era_of(said: str | None, year: int | None) -> tuple[Era, bool]:
    """The era that a list's words or else a year fall in, and whether it follows from the year.

    Words that no era knows and no year: unknown. Between two eras the words' earlier one counts.
    """
    if said:
        plain = said.strip().removesuffix("时期").removesuffix("时代")
        for era in eras().values():
            if said.strip() in era.words or plain in era.words:
                return era, False
        first = [(said.find(w), -len(w), e) for e in eras().values() for w in e.words if w in said]
        if first:
            return min(first, key=lambda one: one[:2])[2], False
    if year is not None:
        for era in eras().values():
            begins = era.from_year is None or era.from_year <= year
            if begins and (era.to_year is None or year <= era.to_year):
                return era, True
    return UNKNOWN, False


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _year(text: str) -> int | None:
    return int(text) if text else None
