"""Which divisions border on one, and how long is the shared border?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from geo.errors import BadInput, both
from geo.queries.admin import Reader, unit

MEASURED = "量算值"
"""Stands beside every length taken from geometry: it is no published length of a boundary."""

_GRID_DEGREES = 1e-8
# Borders are compared on a grid of about 1 mm: floating-point dust of a conversion is no gap.

# Degrees per metre, on the safe side for latitudes up to 70°: only to find candidates by index.
_DEGREES_PER_METRE = 1 / 38_000

_NEIGHBOURS = text(
    f"""WITH own AS MATERIALIZED (
        SELECT u.geom, ST_Boundary(u.geom) AS border, u.level FROM admin_unit u
        WHERE u.code = :code AND u.validity @> CAST(:on AS date)
    ), shared AS (
        SELECT n.code, n.name, n.unit_type, n.parent_code, n.level,
            ST_CollectionExtract(ST_Intersection(own.border, CASE
                WHEN CAST(:tolerance_m AS float8) = 0 THEN ST_Boundary(n.geom)
                ELSE ST_SetSRID(ST_Buffer(ST_Boundary(n.geom)::geography,
                    :tolerance_m)::geometry, 4490) END, {_GRID_DEGREES}), 2
            ) AS line
        FROM own JOIN admin_unit n
          ON ST_DWithin(n.geom, own.geom,
            :tolerance_m * {_DEGREES_PER_METRE} + {_GRID_DEGREES})
        WHERE n.code <> :code AND n.level = own.level AND n.validity @> CAST(:on AS date)
    )
    SELECT code, name, unit_type, parent_code, level,
        ST_Length(line::geography) AS shared_border_m
    FROM shared ORDER BY shared_border_m DESC, code"""
)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A division of the same level beside another, and how much border they share.

    shared_border_m: metres on the CGCS2000 ellipsoid, measured from the stored geometries (量算值);
    0 where they only touch in points. tolerance_m: how far apart two drawings of one border may
    lie.
    """

    code: str
    name: str
    unit_type: str | None
    parent_code: str | None
    level: int
    shared_border_m: float
    tolerance_m: float
    measure: str = MEASURED


def neighbours(
    session: Reader, code: str, on: date, *, tolerance_m: float = 0.0
) -> list[Neighbour]:
    """The divisions of the same level that touch one on a day, longest shared border first.

    tolerance_m = 0: the line that both borders have in common, to the millimetre (geometries
    without gaps and overlaps). Above 0 (at most 100 m): the part of the division's own border that
    lies within that distance of the neighbour's, for drawings that do not fit; it may be longer by
    up to twice the tolerance at each end. Empty where the division has no geometry.
    Raises NotFound for a division that is not in force on that day.
    """
    if not 0 <= tolerance_m <= 100:
        raise BadInput(
            both(
                f"容差须在 0 至 100 米之间，现为 {tolerance_m}。",
                f"tolerance_m lies in 0 … 100 m, not {tolerance_m}",
            ),
            parameter="tolerance_m",
        )
    found = unit(session, code, on)
    values = {"code": found.code, "on": on, "tolerance_m": float(tolerance_m)}
    rows = session.execute(_NEIGHBOURS, values)
    return [Neighbour(**row._mapping, tolerance_m=tolerance_m) for row in rows]
