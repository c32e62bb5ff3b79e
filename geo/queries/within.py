"""Which facilities lie within a radius of a point, or within an area?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import TextClause, text

from geo.errors import NotFound, both
from geo.queries.admin import BELOW, Reader, not_loaded
from geo.queries.filters import FacilityFilter, check_limit, check_point, check_radius, where

HERE = "ST_SetSRID(ST_Point(:lon, :lat), 4490)::geography"
"""The asked point; distances to it run on the CGCS2000 ellipsoid (its SRID is 4490)."""

SUMMARY = """f.code, f.name, f.kinds, f.state, f.address, f.phone, f.admin_code,
    ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat, f.is_synthetic, f.source, f.source_date"""

# A scalar subquery is evaluated once and feeds the spatial index; a join would not always.
IN_TERRITORY = {
    "unit": """ST_Intersects(f.geom, (SELECT w.geom FROM admin_unit w
        WHERE w.code = :within AND w.validity @> CAST(:on AS date)))""",
    "zone": """ST_Intersects(f.geom, (SELECT w.geom FROM planning_zone w
        WHERE w.code = :within AND w.validity @> CAST(:on AS date)))""",
    "codes": "f.admin_code = ANY(:within_codes)",
    "everywhere": "true",
}

Territory = Literal["unit", "zone", "codes", "everywhere"]

_WHAT_IS = text(
    """SELECT 'unit' AS what, u.geom IS NOT NULL AS drawn FROM admin_unit u
       WHERE u.code = :code AND u.validity @> CAST(:on AS date)
    UNION ALL
       SELECT 'zone', true FROM planning_zone z
       WHERE z.code = :within AND z.validity @> CAST(:on AS date)
    LIMIT 1"""
)

_CODES_BELOW = text(f"WITH RECURSIVE {BELOW} SELECT code FROM below")


@dataclass(frozen=True, slots=True)
class Found:
    """A facility in a few words; `distance_m` on the ellipsoid where a point was asked for."""

    code: str
    name: str
    kinds: tuple[str, ...]
    state: str
    address: str | None
    phone: str | None
    admin_code: str | None
    lon: float
    lat: float
    is_synthetic: bool
    source: str | None
    source_date: date | None
    distance_m: float | None = None


def within_radius(
    session: Reader,
    lon: float,
    lat: float,
    radius_m: float,
    filter: FacilityFilter | None = None,
    *,
    on: date,
    limit: int = 1000,
) -> list[Found]:
    """The facilities at most `radius_m` metres from a point, nearest first.

    lon, lat in degrees, EPSG:4490; the distance is the geodesic on the CGCS2000 ellipsoid, and a
    facility exactly at the radius is inside.
    """
    shape, territory, binds = radius_question(session, lon, lat, radius_m, filter, on, limit)
    return found(session.execute(radius_statement(shape, territory), binds))


def within_area(
    session: Reader,
    code: str,
    filter: FacilityFilter | None = None,
    *,
    on: date,
    limit: int = 10_000,
) -> list[Found]:
    """The facilities in or on the border of a division or planning zone, by code.

    A division without geometry is answered by the division that each facility is stored under.
    Raises NotFound where the code is neither a division nor a zone on that day.
    """
    check_limit(limit)
    asked = filter or FacilityFilter()
    territory, binds = territory_of(session, code, on)
    values = {**asked.binds(), **binds, "on": on, "limit": limit}
    return found(session.execute(_area_statement(asked.shape, territory), values))


def territory_of(session: Reader, within: str | None, on: date) -> tuple[Territory, dict[str, Any]]:
    """How a facility's being `within` is decided on that day, and the values that this needs.

    A division or zone with a geometry: by position. A division without: by the stored code of it
    or of any division under it. None: everywhere. Raises NotFound for an unknown code.
    """
    if within is None:
        return "everywhere", {}
    padded = within.ljust(12, "0") if within.isascii() and within.isdigit() else within
    row = session.execute(_WHAT_IS, {"code": padded, "within": within, "on": on}).one_or_none()
    if row is None:
        raise NotFound(
            both(
                f"{on} 没有代码为「{within[:40]}」的区划或片区。{not_loaded(session, padded)[0]}",
                f"no division or planning zone {within[:40]!r} is in force on {on}. "
                + not_loaded(session, padded)[1],
            )
        )
    if row.what == "zone":
        return "zone", {"within": within}
    if row.drawn:
        return "unit", {"within": padded}
    codes = session.execute(_CODES_BELOW, {"code": padded, "on": on}).scalars().all()
    return "codes", {"within_codes": list(codes)}


def radius_question(
    session: Reader,
    lon: float,
    lat: float,
    radius_m: float,
    filter: FacilityFilter | None,
    on: date,
    limit: int,
) -> tuple[tuple[str, ...], Territory, dict[str, Any]]:
    """Check a radius question; its statement's shape and territory, and its bind values."""
    check_point(lon, lat)
    check_radius(radius_m)
    check_limit(limit)
    asked = filter or FacilityFilter()
    territory, binds = territory_of(session, asked.within, on)
    values = {"lon": lon, "lat": lat, "radius_m": radius_m, "on": on, "limit": limit}
    return asked.shape, territory, {**asked.binds(), **binds, **values}


def radius_hits(shape: tuple[str, ...], territory: Territory) -> str:
    """SQL: id and distance of the facilities within `:radius_m` of the point, nearest first."""
    condition = where(
        shape,
        IN_TERRITORY[territory],
        f"ST_DWithin(f.geom::geography, {HERE}, CAST(:radius_m AS float8))",
    )
    return f"""SELECT f.id, f.code, ST_Distance(f.geom::geography, {HERE}) AS distance_m
    FROM facility f WHERE {condition} ORDER BY distance_m, f.code LIMIT :limit"""


@lru_cache(maxsize=256)
def radius_statement(shape: tuple[str, ...], territory: Territory) -> TextClause:
    """The statement of `within_radius`, built once per shape of filter."""
    return text(f"""WITH hit AS ({radius_hits(shape, territory)})
    SELECT {SUMMARY}, hit.distance_m FROM hit JOIN facility f ON f.id = hit.id
    ORDER BY hit.distance_m, f.code""")


@lru_cache(maxsize=256)
def _area_statement(shape: tuple[str, ...], territory: Territory) -> TextClause:
    return text(f"""SELECT {SUMMARY} FROM facility f
    WHERE {where(shape, IN_TERRITORY[territory])} ORDER BY f.id LIMIT :limit""")


def found(rows: Any) -> list[Found]:
    """Rows of SUMMARY (and distance_m) as results."""
    return [Found(**{**row._mapping, "kinds": tuple(row.kinds)}) for row in rows]
