"""What is asked of an indicator, and what does counting it give area by area?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from geo.access.radius.areas import AREA_ROWS
from geo.queries.admin import BELOW, Reader

_CITY = """SELECT u.code, u.name, u.geom, u.source, u.source_date, u.is_synthetic
    FROM admin_unit u WHERE u.code = :code AND u.validity @> CAST(:on AS date)"""

AREAS = {"city": _CITY} | {by: AREA_ROWS[by] for by in ("district", "township", "zone")}
"""Rows of areas by level; see `geo.access.radius.areas`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question about an indicator.

    city: 12 digits, or any division above the areas. published_only: only what the public sees.
    rounded_to: base to which counts of people are rounded before anything is computed of them; 0
    leaves them as they are. measure, network: how a distance is measured, where one is.
    """

    city: str
    by: str
    on: date
    published_only: bool = False
    rounded_to: float = 0
    measure: str = "line"
    network: str | None = None

    def binds(self) -> dict[str, object]:
        """The bind values of the statements."""
        return {"code": self.city, "on": self.on}


@dataclass(frozen=True, slots=True)
class Area:
    """An area that gets a value."""

    code: str
    name: str
    has_outline: bool
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in one area.

    numerator, denominator: None where unknown. unknown: cases that could not be counted on either
    side. sources: where the counted rows come from. note: what a reader must know besides.
    """

    area_code: str
    area_name: str
    numerator: float | None
    denominator: float | None
    unknown: int = 0
    is_synthetic: bool = False
    sources: frozenset[str] = frozenset()
    note: str = ""


def areas_of(session: Reader, asked: Asked) -> list[Area]:
    """The areas that get a value, by code."""
    statement = text(
        f"""WITH RECURSIVE {BELOW}
        SELECT a.code, a.name, a.geom IS NOT NULL AS has_outline, a.is_synthetic
        FROM ({AREAS[asked.by]}) AS a ORDER BY a.code"""
    )
    return [Area(**row._mapping) for row in session.execute(statement, asked.binds())]


def named(source: str | None, day: date | None) -> str:
    """A source with its date, as an answer lists it."""
    return f"{source or '来源未知'}（{day or '日期未知'}）"


def total_of(parts: Iterable[Counted], code: str, name: str) -> Counted:
    """Everything in one row; unknown numerators and denominators are left out and counted."""
    rows = list(parts)
    known = [r for r in rows if r.numerator is not None and r.denominator is not None]
    return Counted(
        code,
        name,
        sum(r.numerator or 0.0 for r in known) if known else None,
        sum(r.denominator or 0.0 for r in known) if known else None,
        sum(r.unknown for r in rows) + len(rows) - len(known),
        any(r.is_synthetic for r in rows),
        frozenset().union(*(r.sources for r in rows)),
    )
