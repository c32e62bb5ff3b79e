"""On which days is something asked about? The `datetime` of the OGC, read as days in China."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from geo.errors import BadInput, both
from geo.queries.collections import Days, Years
from geo.validity import CHINA_TIME

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class When:
    """A day (`since` = `until`, not `is_interval`) or a closed interval; None leaves it open."""

    since: date | None
    until: date | None
    is_interval: bool

    def condition(self, time: Days | Years | None) -> tuple[str, dict[str, Any]]:
        """The SQL condition that something was true then, and its values; unknown ends pass."""
        if time is None or (self.since is None and self.until is None):
            return "", {}
        if isinstance(time, Days):
            if not self.is_interval:
                return f"{time.sql} @> CAST(:on AS date)", {"on": self.since}
            span = "daterange(CAST(:since AS date), CAST(:until AS date), '[]')"
            return f"{time.sql} && {span}", {"since": self.since, "until": self.until}
        parts: list[str] = []
        values: dict[str, Any] = {}
        if self.until is not None:
            parts.append(f"coalesce({time.first} <= CAST(:last_year AS int), true)")
            values["last_year"] = self.until.year
        if self.since is not None and time.last is not None:
            parts.append(f"coalesce({time.last} >= CAST(:first_year AS int), true)")
            values["first_year"] = self.since.year
        return " AND ".join(parts), values


def on_day(day: date) -> When:
    """One day."""
    return When(day, day, False)


def as_it_is(time: Days | Years | None, day: date) -> When:
    """What one feature is looked up by: its version of the day, or itself where it has but one."""
    return on_day(day) if isinstance(time, Days) else When(None, None, True)


def read_when(text: str, parameter: str = "datetime") -> When:
    """The day or interval of `2020-01-31`, a date-time with zone, `a/b`, `../b` or `a/..`.

    Raises BadInput for anything else, also for an interval that ends before it begins.
    """
    first, slash, last = text.partition("/")
    if not slash:
        return on_day(read_day(first, parameter))
    since, until = (
        None if end in ("", "..") else read_day(end, parameter) for end in (first, last)
    )
    if since is not None and until is not None and since > until:
        raise _bad(text, parameter)
    return When(since, until, True)


def read_day(text: str, parameter: str = "datetime") -> date:
    """The day in China of a date, or of a date-time with its zone. Raises BadInput."""
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
        if _MOMENT.fullmatch(text):
            whole = re.sub(r"\.\d+", "", text.upper()).replace("Z", "+00:00")
            return datetime.fromisoformat(whole).astimezone(CHINA_TIME).date()
    except (ValueError, OverflowError):
        pass
    raise _bad(text, parameter)


def _bad(text: str, parameter: str) -> BadInput:
    return BadInput(
        both(
            f"参数 {parameter} 须为日期、带时区的时刻或区间，如 2020-01-31、"
            f"2020-01-31T00:00:00Z、2020-01-01/..，现为「{text[:60]}」。",
            f"parameter {parameter!r}: a date, a date-time with its zone or an interval such as "
            f"2020-01-01/.. that begins before it ends, not {text[:60]!r}",
        ),
        parameter=parameter,
    )
