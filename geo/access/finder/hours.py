"""Is a place open at a moment, until when, or when does it open, with holidays counted?

The stored hours are those of an ordinary week. On a public holiday nobody has told them, and on a
weekend day that is worked instead it is open whether the weekend's or the weekday's hold: then the
answer is unknown, but where the hours leave no doubt (round the clock; the same on both days).
`conditions.py` says the same in SQL; a test compares the two.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from geo.access.finder.words import WEEKDAYS, Words
from geo.models.kinds import KINDS
from geo.queries.filters import DAYS
from geo.settings import CHECKOUT, FinderSettings, read

FILE = CHECKOUT / "data" / "standards" / "holidays.csv"
ALL_DAY = [["00:00", "24:00"]]
_DAYS_AHEAD = 14
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)


@dataclass(frozen=True, slots=True)
class Day:
    """A day in the calendar: ordinary, holiday, or workday (a weekend day that is worked).

    year_held: whether the holidays of its year are stored; if not, it only looks ordinary.
    """

    date: date
    kind: str
    name: str | None
    name_en: str | None
    year_held: bool
    source: str | None
    status: str | None

    @property
    def weekday(self) -> Words:
        """What the day of the week is called."""
        return WEEKDAYS[self.date.weekday()]

    @property
    def note(self) -> Words | None:
        """What has to be said about opening times on this day, if anything."""
        if not self.year_held:
            return (
                f"{self.date.year} 年节假日安排尚未载入，营业时间按平日计算。",
                f"The public holidays of {self.date.year} are not held: ordinary hours are used.",
            )
        if self.kind == "holiday":
            return (
                f"今天是{self.name}假期，营业时间可能不同，请先打电话。",
                f"Today is a public holiday ({self.name_en}): hours may differ, please phone.",
            )
        if self.kind == "workday":
            return (
                f"今天是{self.name}调休上班日，营业时间可能不同，请先打电话。",
                "Today is a weekend day that is worked: hours may differ, please phone.",
            )
        return None


@cache
def calendar() -> dict[date, dict[str, str]]:
    """Every special day that is held, and its row of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    days = {}
    for row in rows:
        first, last = date.fromisoformat(row["from"]), date.fromisoformat(row["to"])
        for step in range((last - first).days + 1):
            days[first + timedelta(days=step)] = row
    return days


@cache
def years_held() -> frozenset[int]:
    """The years of which the holidays are held."""
    return frozenset(int(row["year"]) for row in calendar().values())


def day_of(day: date) -> Day:
    """What kind of day it is."""
    row = calendar().get(day)
    if row is None:
        return Day(day, "ordinary", None, None, day.year in years_held(), None, None)
    return Day(day, row["kind"], row["name"], row["name_en"], True, row["source"], row["status"])


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a place is open, and what comes next; None is unknown.

    state: open, closed or unknown. closes_at, opens_at: HH:MM; opens_on: the day of opens_at.
    today: the hours of the day, None where they are not known.
    """

    state: str
    closes_at: str | None
    closes_soon: bool
    opens_on: date | None
    opens_at: str | None
    today: tuple[tuple[str, str], ...] | None


_UNKNOWN = Opening("unknown", None, False, None, None, None)


def opening(
    hours: Mapping[str, Any] | None, moment: datetime, soon_min: int | None = None
) -> Opening:
    """Whether a place with such weekly hours is open at a local time, and what comes next.

    soon_min: minutes before closing that are told as soon; None: the setting.
    """
    today = hours_on(hours, moment.date())
    if hours is None or today is None:
        return _UNKNOWN
    clock = f"{moment:%H:%M}"
    before = _stated(hours, moment.date() - timedelta(days=1))
    running = [end for start, end in before if end <= start and clock < end]
    running += [
        end for start, end in today if start <= clock and (clock < end or end <= start)
    ]  # fmt: skip
    if not running:
        opens_on, opens_at = _next(hours, moment)
        return Opening("closed", None, False, opens_on, opens_at, today)
    if today == (("00:00", "24:00"),):
        return Opening("open", None, False, None, None, today)
    end = max(running, key=lambda end: (end <= clock, end))
    return Opening("open", end, _is_soon(clock, end, soon_min), None, None, today)


def hours_on(hours: Mapping[str, Any] | None, day: date) -> tuple[tuple[str, str], ...] | None:
    """The hours of a day, () where it is closed all day, None where they are not known."""
    if not hours:
        return None
    kind = day_of(day).kind
    if kind == "holiday" and not is_always_open(hours):
        return None
    if kind == "workday" and hours.get(DAYS[day.weekday()]) != hours.get("mon"):
        return None
    return _stated(hours, day)


def speak_for(kinds: Iterable[str], asked: Iterable[str]) -> bool:
    """Whether a site's stored hours are those of what is asked for.

    kinds: of the site; asked: what somebody looks for. A site has one set of hours: of a home that
    serves meals or day care too they are the home's, so nobody knows when its canteen opens. What
    offers nothing of what is asked for is shown for itself, with its own hours.
    """
    kinds, asked = set(kinds), set(asked)
    if not kinds & asked or not is_home_besides(kinds):
        return True
    return any(KINDS[kind].is_residential for kind in kinds & asked)


def is_home_besides(kinds: Iterable[str]) -> bool:
    """Whether a site is a home and offers something else too: its hours are those of the beds."""
    return len({KINDS[kind].is_residential for kind in kinds}) == 2


def is_always_open(hours: Mapping[str, Any]) -> bool:
    """Whether it is open round the clock on every day of the week."""
    return all(hours.get(day) == ALL_DAY for day in DAYS)


def _stated(hours: Mapping[str, Any], day: date) -> tuple[tuple[str, str], ...]:
    """The intervals that the week states for a day; what is no interval is left out."""
    stated = hours.get(DAYS[day.weekday()])
    found = []
    for part in stated if isinstance(stated, list) else []:
        if isinstance(part, list) and len(part) == 2 and all(map(_is_clock, part)):
            found.append((part[0], part[1]))
    return tuple(sorted(found))


def _is_clock(value: Any) -> bool:
    return isinstance(value, str) and _CLOCK.fullmatch(value) is not None


def _next(hours: Mapping[str, Any], moment: datetime) -> tuple[date | None, str | None]:
    """The next opening; nothing where an unknown day comes first, or none comes soon."""
    clock = f"{moment:%H:%M}"
    for ahead in range(_DAYS_AHEAD):
        day = moment.date() + timedelta(days=ahead)
        intervals = hours_on(hours, day)
        if intervals is None:
            return None, None
        starts = [start for start, _ in intervals if ahead > 0 or start > clock]
        if starts:
            return day, starts[0]
    return None, None


def _is_soon(clock: str, end: str, soon_min: int | None) -> bool:
    """Whether closing time comes within so many minutes."""
    left = (_minutes(end) - _minutes(clock)) % 1440
    return left <= (read(FinderSettings).closes_soon_min if soon_min is None else soon_min)


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
