"""How do answers leave as GeoJSON? FeatureCollections made by PostGIS, handed on as bytes.

Geometry leaves as lon, lat of CGCS2000, which the WGS 84 of GeoJSON matches within its accuracy,
and without the `crs` member that PostGIS adds by default (option 0). Features are put together by
hand: `ST_AsGeoJSON(record)` writes `{"type": null}` for a missing geometry. Statements name public
columns only, so one text serves staff and public (`search_path` decides).
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text

from geo.errors import BadInput, NotFound, both
from geo.queries.admin import BELOW, UNIT, Reader, bad_level, unit
from geo.queries.filters import FacilityFilter, check_limit, check_point, where
from geo.queries.nearest import nearest_hits, nearest_question
from geo.queries.within import (
    IN_TERRITORY,
    Territory,
    radius_hits,
    radius_question,
    territory_of,
)

POINT_DIGITS = 7
LINE_DIGITS = 6

PRICES_OF = """(SELECT json_agg(json_build_object('item', p.item, 'low', p.low, 'high', p.high,
        'unit', p.unit, 'includes', p.includes, 'priced_on', p.priced_on)
        ORDER BY coalesce(p.low, p.high), p.id)
    FROM facility_price p WHERE p.facility_id = {}.id)"""
"""SQL: the prices of a facility, whose alias is filled in."""

RATINGS_OF = """(SELECT json_agg(json_build_object('scheme', r.scheme, 'level', r.level,
        'rated_on', r.rated_on, 'rated_in', r.rated_in, 'valid_until', r.valid_until,
        'issuer', r.issuer)
        ORDER BY coalesce(to_char(r.rated_on, 'YYYY-MM-DD'), r.rated_in) DESC NULLS LAST, r.id)
    FROM facility_rating r WHERE r.facility_id = {}.id)"""
"""SQL: its ratings, the latest first."""

PRICES, RATINGS = f"{PRICES_OF.format('f')} AS prices", f"{RATINGS_OF.format('f')} AS ratings"

FACILITY = f"""f.code, f.name, f.kinds, f.state, f.address, f.admin_code, f.position_quality,
    f.position_note, f.phone, f.website, f.hours, f.services, f.care_levels, f.beds_total,
    f.beds_nursing, f.beds_free, f.beds_on, f.meals_per_day, f.floor_area_m2, f.ownership,
    f.operation, f.fire_state, f.fire_checked_on, f.has_lift, f.has_ramp, f.medical_link, f.uscc,
    f.filing_no, f.filed_on, f.hub_code, f.checked_on, f.source, f.source_date, f.is_synthetic,
    f.method, {PRICES}, {RATINGS}"""

ZONE = """z.code, z.name, z.kind, z.status, z.parent_code, z.due_on,
    lower(z.validity) AS valid_from, upper(z.validity) AS valid_until,
    z.source, z.source_date, z.is_synthetic, z.method"""


def collection(
    source: str, properties: str, *, alias: str, place: str, digits: int = POINT_DIGITS
) -> str:
    """SQL: a FeatureCollection as text.

    source: what follows FROM; properties: the columns of each feature's properties; alias: the
    table that holds `geom` and `is_synthetic`; place: the expression that orders the features.
    A row without geometry keeps its place with `"geometry": null`.
    """
    return f"""SELECT '{{"type": "FeatureCollection", "numberReturned": ' || count(*)
        || ', "has_synthetic": ' || coalesce(bool_or({alias}.is_synthetic), false)
        || ', "features": [' || coalesce(string_agg(
            '{{"type": "Feature", "geometry": '
            || coalesce(ST_AsGeoJSON({alias}.geom, {digits}, 0), 'null')
            || ', "properties": ' || row_to_json(properties)::text || '}}',
            ', ' ORDER BY {place}), '') || ']}}'
    FROM {source} CROSS JOIN LATERAL (SELECT {properties}) AS properties"""


def facilities_geojson(
    session: Reader,
    filter: FacilityFilter | None = None,
    *,
    on: date,
    limit: int = 10_000,
    offset: int = 0,
) -> bytes:
    """The facilities that pass a filter, with prices and ratings, as a FeatureCollection.

    Ordered by an inner key that stays the same from page to page. `numberReturned` equal to
    `limit` means that there may be more. Raises NotFound for an unknown `within`.
    """
    check_limit(limit, most=50_000)
    if offset < 0:
        raise BadInput(
            both(
                f"跳过的条数不能小于 0，现为 {offset}。", f"offset must be 0 or more, not {offset}"
            ),
            parameter="offset",
        )
    asked = filter or FacilityFilter()
    territory, binds = territory_of(session, asked.within, on)
    values = {**asked.binds(), **binds, "on": on, "limit": limit, "offset": offset}
    return _bytes(session, _facilities(asked.shape, territory), values)


def facility_geojson(session: Reader, code: str, *, on: date) -> bytes:
    """One facility by code, in any state, as a FeatureCollection of one.

    Raises NotFound where no version is in force on that day.
    """
    made = _bytes(session, _FACILITY, {"code": code, "on": on})
    if _is_empty(made):
        raise NotFound(
            both(
                f"{on} 没有编码为「{code[:60]}」的设施；请核对编码和日期。",
                f"no facility {code[:60]!r} is in force on {on}; check the code and the day",
            )
        )
    return made


def nearest_geojson(
    session: Reader,
    lon: float,
    lat: float,
    filter: FacilityFilter | None = None,
    *,
    on: date,
    limit: int = 5,
) -> bytes:
    """The nearest facilities (see `geo.queries.nearest`) with `rank` and `distance_m`."""
    shape, territory, binds = nearest_question(session, lon, lat, filter, on, limit)
    return _bytes(session, _nearest(shape, territory), binds)


def within_geojson(
    session: Reader,
    lon: float,
    lat: float,
    radius_m: float,
    filter: FacilityFilter | None = None,
    *,
    on: date,
    limit: int = 1000,
) -> bytes:
    """The facilities within a radius, nearest first, with `rank` and `distance_m`."""
    shape, territory, binds = radius_question(session, lon, lat, radius_m, filter, on, limit)
    return _bytes(session, _within(shape, territory), binds)


def units_geojson(
    session: Reader,
    *,
    on: date,
    code: str | None = None,
    parent: str | None = None,
    within: str | None = None,
    level: int | None = None,
) -> bytes:
    """Divisions in force on a day with their territories as a FeatureCollection.

    code: this one; parent: those right under it; within: all under it, at any depth; level: 1 … 5.
    A division without geometry is there with `"geometry": null` and the reason in `geometry_note`.
    Raises NotFound where a named division is not in force on that day.
    """
    if level is not None and not 1 <= level <= 5:
        raise bad_level(level)
    shape = []
    values: dict[str, Any] = {"on": on}
    for name, given in (("own", code), ("parent", parent), ("code", within)):
        if given is not None:
            values[name] = unit(session, given, on).code
            shape.append(name)
    if level is not None:
        values["level"] = level
        shape.append("level")
    return _bytes(session, _units(tuple(shape)), values)


def unit_at_geojson(session: Reader, lon: float, lat: float, *, on: date) -> bytes:
    """The divisions that hold a point on a day, largest first, as a FeatureCollection."""
    check_point(lon, lat)
    return _bytes(session, _UNIT_AT, {"lon": lon, "lat": lat, "on": on})


def zones_geojson(session: Reader, *, on: date, within: str | None = None) -> bytes:
    """Planning zones in force on a day, of a division or of all under it, as a FeatureCollection.

    Raises NotFound where `within` is no division in force on that day.
    """
    if within is None:
        return _bytes(session, _zones(False), {"on": on})
    return _bytes(session, _zones(True), {"on": on, "code": unit(session, within, on).code})


@lru_cache(maxsize=256)
def _facilities(shape: tuple[str, ...], territory: Territory) -> TextClause:
    page = f"""(SELECT f.* FROM facility f WHERE {where(shape, IN_TERRITORY[territory])}
        ORDER BY f.id LIMIT :limit OFFSET :offset) AS f"""
    return text(collection(page, FACILITY, alias="f", place="f.id"))


@lru_cache(maxsize=256)
def _nearest(shape: tuple[str, ...], territory: Territory) -> TextClause:
    return _ranked(nearest_hits(shape, territory))


@lru_cache(maxsize=256)
def _within(shape: tuple[str, ...], territory: Territory) -> TextClause:
    return _ranked(radius_hits(shape, territory))


def _ranked(hits: str) -> TextClause:
    """Facilities with their rank and distance, from a statement that gives id and distance."""
    source = f"""(SELECT h.id, h.distance_m,
            row_number() OVER (ORDER BY h.distance_m, h.code) AS rank
        FROM ({hits}) AS h) AS hit JOIN facility f ON f.id = hit.id"""
    columns = f"hit.rank, round(hit.distance_m::numeric, 2) AS distance_m, {FACILITY}"
    return text(collection(source, columns, alias="f", place="hit.rank"))


@lru_cache(maxsize=32)
def _units(shape: tuple[str, ...]) -> TextClause:
    conditions = {
        "own": "u.code = :own",
        "parent": "u.parent_code = :parent",
        "code": "u.code <> :code AND u.code IN (SELECT b.code FROM below b)",
        "level": "u.level = :level",
    }
    asked = " AND ".join(["u.validity @> CAST(:on AS date)", *(conditions[s] for s in shape)])
    tree = f"WITH RECURSIVE {BELOW} " if "code" in shape else ""
    source = f"(SELECT u.* FROM admin_unit u WHERE {asked}) AS u"
    return text(
        tree + collection(source, UNIT, alias="u", place="u.level, u.code", digits=LINE_DIGITS)
    )


@lru_cache(maxsize=2)
def _zones(of_division: bool) -> TextClause:
    tree = f"WITH RECURSIVE {BELOW} " if of_division else ""
    asked = " AND z.parent_code IN (SELECT b.code FROM below b)" if of_division else ""
    source = f"""(SELECT z.* FROM planning_zone z
        WHERE z.validity @> CAST(:on AS date){asked}) AS z"""
    return text(tree + collection(source, ZONE, alias="z", place="z.code", digits=LINE_DIGITS))


_FACILITY = text(
    collection(
        """(SELECT f.* FROM facility f
        WHERE f.code = :code AND f.validity @> CAST(:on AS date)) AS f""",
        FACILITY,
        alias="f",
        place="f.id",
    )
)

_UNIT_AT = text(
    collection(
        """(SELECT u.* FROM admin_unit u
        WHERE ST_Intersects(u.geom, ST_SetSRID(ST_Point(:lon, :lat), 4490))
          AND u.validity @> CAST(:on AS date)) AS u""",
        UNIT,
        alias="u",
        place="u.level, u.code",
        digits=LINE_DIGITS,
    )
)


def _bytes(session: Reader, statement: TextClause, values: dict[str, Any]) -> bytes:
    """Run a statement that gives one text, and answer it as UTF-8."""
    made: str = session.execute(statement, values).scalar_one()
    return made.encode()


def _is_empty(made: bytes) -> bool:
    return made.startswith(b'{"type": "FeatureCollection", "numberReturned": 0,')
