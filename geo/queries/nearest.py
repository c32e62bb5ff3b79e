"""Which facilities are nearest to a point, truly: in metres on the ellipsoid?

PostGIS walks its index in the order of the distance on a *sphere*, which differs from the ellipsoid
by up to half a percent: near the end of the list the order can be wrong, and the last place can go
to the wrong facility. So two steps. The first `limit` of the sphere's order give a bound: the
largest of their distances on the ellipsoid. Whatever is truly among the nearest cannot be further
than that; all within the bound are fetched by index and ranked by their true distance.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text

from geo.queries.admin import Reader
from geo.queries.filters import FacilityFilter, check_limit, check_point, where
from geo.queries.within import HERE, IN_TERRITORY, SUMMARY, Found, Territory, found, territory_of


def nearest(
    session: Reader,
    lon: float,
    lat: float,
    filter: FacilityFilter | None = None,
    *,
    on: date,
    limit: int = 5,
) -> list[Found]:
    """The `limit` facilities nearest to a point, nearest first, with `distance_m`.

    lon, lat in degrees, EPSG:4490. The distance is the geodesic on the CGCS2000 ellipsoid; equal
    distances rank by code. Fewer come back where fewer pass the filter.
    """
    shape, territory, binds = nearest_question(session, lon, lat, filter, on, limit)
    return found(session.execute(_statement(shape, territory), binds))


def nearest_question(
    session: Reader,
    lon: float,
    lat: float,
    filter: FacilityFilter | None,
    on: date,
    limit: int,
) -> tuple[tuple[str, ...], Territory, dict[str, Any]]:
    """Check a nearest question; its statement's shape and territory, and its bind values."""
    check_point(lon, lat)
    check_limit(limit, most=1000)
    asked = filter or FacilityFilter()
    territory, binds = territory_of(session, asked.within, on)
    values = {"lon": lon, "lat": lat, "on": on, "limit": limit}
    return asked.shape, territory, {**asked.binds(), **binds, **values}


def nearest_hits(shape: tuple[str, ...], territory: Territory) -> str:
    """SQL: id and distance of the nearest facilities, the bound first (see the module's text)."""
    condition = where(shape, IN_TERRITORY[territory])
    return f"""SELECT f.id, f.code, ST_Distance(f.geom::geography, {HERE}) AS distance_m
    FROM facility f
    WHERE {condition}
      AND ST_DWithin(f.geom::geography, {HERE}, (
        SELECT max(ST_Distance(first.geog, {HERE})) + 0.001 FROM (
            SELECT f.geom::geography AS geog FROM facility f WHERE {condition}
            ORDER BY f.geom::geography <-> {HERE} LIMIT :limit
        ) AS first))
    ORDER BY distance_m, f.code LIMIT :limit"""


@lru_cache(maxsize=256)
def _statement(shape: tuple[str, ...], territory: Territory) -> TextClause:
    return text(f"""WITH hit AS ({nearest_hits(shape, territory)})
    SELECT {SUMMARY}, hit.distance_m FROM hit JOIN facility f ON f.id = hit.id
    ORDER BY hit.distance_m, f.code""")
