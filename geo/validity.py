"""When is a version in force? Half-open date ranges `[from, to)`."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import ColumnElement, bindparam
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.types import Date

CHINA_TIME = timezone(timedelta(hours=8))


def today_in_china() -> date:
    """The day that it is where the service is used, wherever the machine stands."""
    return datetime.now(CHINA_TIME).date()


def valid_between(start: date | None, end: date | None) -> Range[date]:
    """The half-open range `[start, end)`; None leaves that end open.

    Raises ValueError when the range would be empty.
    """
    if start is not None and end is not None and end <= start:
        raise ValueError(f"validity ends on {end}, not after its start {start}")
    return Range(start, end, bounds="[)")


def in_force(column: Any, on: date | None = None) -> ColumnElement[bool]:
    """The SQL condition that a row's `validity` contains the date.

    Without `on` the statement carries the bind parameter `:on`, so that it can be built once.
    """
    day = bindparam("on", type_=Date) if on is None else bindparam(None, on, type_=Date)
    condition: ColumnElement[bool] = column.op("@>", is_comparison=True)(day)
    return condition
