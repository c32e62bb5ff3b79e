"""Which value of a record can its column not hold? A file of ours may have been edited by hand."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Date, Integer, SmallInteger

from geo.gazetteer.exchange.read import PARTS
from geo.gazetteer.exchange.record import SCALARS, PlaceRecord
from geo.models import Base
from geo.models.placename import POSITION_QUALITIES

_INTEGERS = ((SmallInteger, 2**15), (Integer, 2**31))


def misfit(place: PlaceRecord) -> str | None:
    """Answer the first field of a record that could not be stored (`listings.list_name`)."""
    for name, kind, may_lack, most in _columns("place", SCALARS):
        if not _fits(getattr(place, name), kind, may_lack, most):
            return name
    for part, (table, _, columns, _) in PARTS.items():
        for name, kind, may_lack, most in _columns(table, columns):
            for row in getattr(place, part):
                if not _fits(getattr(row, name), kind, may_lack, most):
                    return f"{part}.{name}"
    odd = any(position.quality not in POSITION_QUALITIES for position in place.positions)
    return "positions.quality" if odd else None


@cache
def _columns(table: str, names: tuple[str, ...]) -> list[tuple[str, type, bool, int]]:
    """Name, kind of value, whether it may lack, and the bound of a number."""
    found: list[tuple[str, type, bool, int]] = []
    for name in names:
        column = Base.metadata.tables[table].c[name]
        most = next((most for kind, most in _INTEGERS if isinstance(column.type, kind)), 0)
        plain = (bool if isinstance(column.type, Boolean) else
                 date if isinstance(column.type, Date) else int if most else str)  # fmt: skip
        found.append((name, plain, bool(column.nullable), most))
    return found


def _fits(value: Any, kind: type, may_lack: bool, most: int) -> bool:
    if value is None:
        return may_lack
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        return False
    return not isinstance(value, int) or not most or -most <= value < most
