"""How did coverage change over the years? The same question on several days, from versions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from geo.access.coverage import coverage
from geo.access.publishing import publishable_coverage
from geo.access.radius.answer import Coverage
from geo.errors import BadInput, both
from geo.queries.admin import Reader

MOST_DAYS = 40

_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Series:
    """Coverage on several days, the earliest first.

    Facilities, divisions and zones are those in force on each day; people are the last count not
    after it, so a step may come from a new count (`base_year` of each answer tells); roads are
    today's.
    """

    answers: tuple[Coverage, ...]

    @property
    def has_synthetic(self) -> bool:
        """Some of the people, facilities or roads are made up for demonstration."""
        return any(each.has_synthetic for each in self.answers)

    @property
    def base_years(self) -> tuple[int | None, ...]:
        """Which count of people each day rests on."""
        return tuple(each.question.base_year for each in self.answers)

    @property
    def note(self) -> str:
        """What must be known when days are compared, in Chinese."""
        told = "设施与区划按各日在用版本；人口取不晚于当日的最近一次统计；路网为现存版本。"
        if len({year for year in self.base_years if year is not None}) > 1:
            told += "各日人口基准年不同，变化中含人口统计更新的影响。"
        return told

    @property
    def note_en(self) -> str:
        """The same in English."""
        told = "Facilities and divisions as of each day; people by the last count before it;"
        told += " roads as stored today."
        if len({year for year in self.base_years if year is not None}) > 1:
            told += " The days rest on different counts of people: part of the change is theirs."
        return told


def series(session: Reader, days: Sequence[date], **asked: Any) -> Series:
    """Coverage on each of some days; asked: as `geo.access.coverage.coverage` takes them, no `on`.

    Raises BadInput for no day or more than MOST_DAYS; otherwise as `coverage`. A day before
    anything was on record is answered with unknown.
    """
    if not 1 <= len(set(days)) <= MOST_DAYS:
        raise BadInput(
            both(
                f"可问 1–{MOST_DAYS} 个日期，现为 {len(set(days))} 个。",
                f"1 to {MOST_DAYS} days can be asked, not {len(set(days))}",
            ),
            parameter="days",
        )
    return Series(tuple(coverage(session, on=day, **asked) for day in sorted(set(days))))


def publishable_series(found: Series, base: float) -> Series:
    """The series with publishable counts: the rule of coverage for each day."""
    return replace(found, answers=tuple(publishable_coverage(each, base) for each in found.answers))


def days_of(written: str, *, today: date) -> list[date]:
    """The days that "2020-2026" or "2020,2023,2026-06-30" stand for; a year is its last day.

    A year that is not over yet stands for `today`. Raises BadInput for anything else.
    """
    days: list[date] = []
    for part in (piece.strip() for piece in written.split(",")):
        years = _YEARS.fullmatch(part)
        try:
            if years is None:
                days.append(_day(part))
                continue
            first, last = int(years[1]), int(years[2] or years[1])
            if last < first or last - first >= MOST_DAYS:
                raise ValueError
            days += [min(date(year, 12, 31), max(today, date(year, 1, 1)))
                     for year in range(first, last + 1)]  # fmt: skip
        except ValueError:
            raise BadInput(
                both(
                    f"看不懂「{part[:40]}」：请写作 2020-2026、2020,2023 或 2026-06-30。",
                    f"{part[:40]!r} is no year or day: write 2020-2026, 2020,2023 or 2026-06-30",
                ),
                parameter="years",
            ) from None
    return sorted(set(days))


def _day(written: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", written, re.ASCII):
        raise ValueError(written)
    return date.fromisoformat(written)
