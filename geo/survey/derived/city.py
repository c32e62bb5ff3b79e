"""Between which divisions do a city's boundary lines run, by the outlines on record on a day?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from sqlalchemy import text

from geo.errors import BadInput, NotFound, both
from geo.queries.admin import BELOW, Reader, Unit, unit
from geo.survey.lines import Lines, lines_by_level
from geo.survey.topology.units import LEVEL_ZH, Superior, Units, make_units

# What touches the city's own units on the same level stands around them.
_UNITS = text(f"""
WITH RECURSIVE {BELOW}, own AS MATERIALIZED (
    SELECT u.code, u.geom FROM below b JOIN admin_unit u ON u.code = b.code
    WHERE u.level = :level AND u.validity @> CAST(:on AS date)
)
SELECT u.code, u.name, u.parent_code, ST_AsBinary(u.geom) AS wkb, lower(u.validity) AS begins,
       upper(u.validity) AS ends, u.source, u.source_date, u.is_synthetic, u.is_published,
       u.code IN (SELECT code FROM own) AS is_own
FROM admin_unit u
WHERE u.level = :level AND u.validity @> CAST(:on AS date)
  AND (u.code IN (SELECT code FROM own)
       OR EXISTS (SELECT FROM own WHERE ST_Intersects(own.geom, u.geom)))
ORDER BY u.code""")
_ABOVE = text("""
SELECT u.code, u.name, u.level, u.parent_code, lower(u.validity) AS begins,
       upper(u.validity) AS ends, u.source, u.source_date, u.is_synthetic, u.is_published
FROM admin_unit u WHERE u.level < :level AND u.validity @> CAST(:on AS date)""")


COUNTY = 3
"""Lines of higher levels come from outlines of counties; those of townships give only their own."""


@dataclass(frozen=True, slots=True, eq=False)
class CityUnits:
    """A city's units of a level and those around them. own: which are the city's.

    facts: code → what is on record of the unit or a superior. missing: the city's units whose
    outline is not known, by name: their lines are missing too.
    """

    city: Unit
    on: date
    units: Units
    own: frozenset[str]
    facts: dict[str, Any]
    missing: tuple[str, ...]


def units_of_city(session: Reader, city: str, *, on: date, level: int = 3) -> CityUnits:
    """The units of a level of a city with an outline, and their neighbours of that level.

    city: code of a division of any level above. Raises NotFound for an unknown city or where no
    outline of that level is on record.
    """
    found = unit(session, city, on)
    if not found.level < level <= 5:
        raise BadInput(
            both(
                f"「{found.name}」是{LEVEL_ZH[found.level]}单位，级别应为 {found.level + 1} 至 5。",
                f"level is {found.level + 1} … 5 below {found.name}, not {level}",
            ),
            parameter="level",
        )
    rows = session.execute(_UNITS, {"code": found.code, "on": on, "level": level}).all()
    drawn = [row for row in rows if row.wkb is not None]
    if not any(row.is_own for row in drawn):
        raise NotFound(
            both(
                f"{on} 没有「{found.name}」{LEVEL_ZH[level]}单位的图形，无法推导界线。",
                f"no outlines of level {level} of {found.name} are on record on {on}",
            )
        )
    above = {row.code: row for row in session.execute(_ABOVE, {"on": on, "level": level})}
    superiors = {
        higher: tuple(_superior(row.parent_code, higher, above) for row in drawn)
        for higher in range(1, level)
    }
    shapes = shapely.from_wkb([bytes(row.wkb) for row in drawn])
    units = make_units(
        [row.code for row in drawn], [row.name for row in drawn], level, shapes,
        {n: row for n, row in superiors.items() if any(one is not None for one in row)},
    )  # fmt: skip
    return CityUnits(
        found, on, units, frozenset(row.code for row in drawn if row.is_own),
        {row.code: row for row in [*above.values(), *drawn]},
        tuple(row.name for row in rows if row.is_own and row.wkb is None),
    )  # fmt: skip


def _superior(code: str | None, level: int, above: dict[str, Any]) -> Superior:
    """The superior of a level, by stated parents; None where the chain breaks or skips it."""
    seen = 0
    while code in above and seen < 6:
        row = above[code]
        if row.level == level:
            return row.code, row.name
        code, seen = row.parent_code, seen + 1
    return None


@dataclass(frozen=True, slots=True, eq=False)
class CityLines:
    """The lines of a city by level, of its own units only, and which of them: rows of `lines`.

    At levels above that of the units only lines of the city itself are there: of its superiors a
    part alone is known.
    """

    given: CityUnits
    lines: dict[int, Lines]
    chosen: dict[int, tuple[int, ...]]


def lines_of_city(session: Reader, city: str, *, on: date, level: int = 3) -> CityLines:
    """Derive the boundary lines of a city's units and of the city itself from stored outlines.

    Errors as `units_of_city`; BadInput where outlines overlap.
    """
    given = units_of_city(session, city, on=on, level=level)
    made = lines_by_level(given.units)
    chosen = {}
    for at, lines in made.items():
        wanted = _wanted(given, at)
        is_wanted = np.array([code in wanted for code in lines.units.codes] + [False])
        hit = is_wanted[lines.left] | is_wanted[lines.right]  # OUTSIDE, −1, is the last place
        if hit.any():
            chosen[at] = tuple(np.flatnonzero(hit).tolist())
    return CityLines(given, {at: made[at] for at in chosen}, chosen)


def _wanted(given: CityUnits, level: int) -> frozenset[str]:
    """Codes of the units of a level whose lines are the city's: its units, and itself."""
    if level == given.units.level:
        return given.own
    if level < given.city.level or given.units.level > COUNTY:
        return frozenset()
    mine = zip(given.units.codes, given.units.superiors[level], strict=True)
    return frozenset(above[0] for code, above in mine if above and code in given.own)
