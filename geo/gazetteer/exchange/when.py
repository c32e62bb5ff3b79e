"""How are years written as Linked Places and ISO 8601 do, and read again?

Stored years are astronomical, as in ISO 8601: 0 is 1 BCE, -221 is 222 BCE. LP-TSV counts
otherwise: its -320 is 320 BCE (`from_bce`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from geo.gazetteer.exchange.record import UNKNOWN_YEARS, Years

Json = dict[str, Any]
_ISO = re.compile(r"([+-]?)(\d{1,6})(?:-(\d{2})(?:-(\d{2})(?:T.*)?)?)?([~?%])?", re.ASCII)
EARLIEST, LATEST = -10_000, 9999
CERTAINTIES = ("certain", "less-certain", "uncertain")


class NoYear(ValueError):
    """A text that should be a year and is none."""


def iso(year: int) -> str:
    """A year with four digits at least: 676 → 0676, -221 → -0221."""
    return f"{'-' if year < 0 else ''}{abs(year):04d}"


def year_of(written: Any) -> int:
    """The year of an ISO 8601 date (month and day are left off). Raises NoYear."""
    found = _ISO.fullmatch(str(written).strip()) if isinstance(written, str | int) else None
    if isinstance(written, bool) or found is None:
        raise NoYear(str(written)[:40])
    year = int(found[2]) * (-1 if found[1] == "-" else 1)
    if not EARLIEST <= year <= LATEST:
        raise NoYear(str(written)[:40])
    return year


def from_bce(year: int) -> int:
    """The astronomical year of a historian's one: -320 (320 BCE) is -319; there is no year 0."""
    if year == 0:
        raise NoYear("0")
    return year + 1 if year < 0 else year


def when_of(years: Years) -> Json | None:
    """A `when` with one timespan, or None where no year is known.

    A timespan must have a start: where only the end is known, the start lies before that end, which
    `derived` marks as nothing that the source says.
    """
    if not years.is_known:
        return None
    start = _bounds(years.start_earliest, years.start_latest)
    end = _bounds(years.end_earliest, years.end_latest)
    span: Json = {"start": start or {"latest": iso(_last(years))}}
    if not start:
        span["start"]["derived"] = True
    if end:
        span["end"] = end
    return {"timespans": [span]}


def _last(years: Years) -> int:
    last = years.end_latest if years.end_latest is not None else years.end_earliest
    assert last is not None, "a known year that is no start is an end"
    return last


def _bounds(earliest: int | None, latest: int | None) -> Json:
    if earliest is not None and earliest == latest:
        return {"in": iso(earliest)}
    known = {"earliest": earliest, "latest": latest}
    return {name: iso(year) for name, year in known.items() if year is not None}


def spans_of(when: Any) -> Iterator[Years]:
    """The years of every timespan of a `when`; one of unknown years where there is none.

    Raises NoYear for what is no date, and for a bound that lies before its other one.
    """
    spans = when.get("timespans") if isinstance(when, dict) else None
    if not isinstance(spans, list) or not spans:
        yield UNKNOWN_YEARS
        return
    for span in spans:
        if not isinstance(span, dict):
            raise NoYear("timespan")
        yield Years(*_read(span.get("start")), *_read(span.get("end")))


def _read(bound: Any) -> tuple[int | None, int | None]:
    """Earliest and latest of a start or end; a plain date stands for {"in": …}."""
    if bound is None or bound == {} or (isinstance(bound, dict) and bound.get("derived") is True):
        return None, None
    if not isinstance(bound, dict):
        return year_of(bound), year_of(bound)
    if "in" in bound:
        return year_of(bound["in"]), year_of(bound["in"])
    earliest, latest = (
        None if bound.get(name) is None else year_of(bound[name]) for name in ("earliest", "latest")
    )
    if earliest is not None and latest is not None and earliest > latest:
        raise NoYear(f"{earliest} > {latest}")
    return earliest, latest
