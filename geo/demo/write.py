"""How do the synthetic rows reach the database? By COPY, flagged, under one delivery."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text

from geo.demo.attributes import Made
from geo.demo.figures import BASE_YEAR, DAY, SOURCE
from geo.demo.ground import Ground, Target
from geo.demo.lives import Life
from geo.demo.people import People
from geo.demo.zones import Zone
from geo.loaders.store import driver_connection
from geo.models import STORED_SRID

Row = dict[str, Any]
TABLES = (
    "facility", "operator", "demand_cell", "planning_zone", "estate", "construction_project",
    "programme_tag", "boundary_line", "candidate_site",
)  # fmt: skip
"""Tables with rows of the demo's delivery, in an order in which they can be deleted."""
_FACILITY_METHOD = "按合成人口随机布点，属性随机生成 · random sites near synthetic people"


def stamps(delivery_id: int, seed: int, method: str) -> Row:
    """The columns that flag a synthetic row."""
    return {
        "source": SOURCE, "source_date": DAY, "is_synthetic": True, "method": method,
        "seed": seed, "is_published": True, "delivery_id": delivery_id,
    }  # fmt: skip


def copy_rows(target: Target, table: str, rows: Iterable[Row]) -> int:
    """COPY rows with equal keys; lists become arrays, dicts JSON, geometries EWKB."""
    rows = list(rows)
    if not rows:
        return 0
    columns = list(rows[0])
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with driver_connection(target).cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([_plain(row[column]) for column in columns])
    return len(rows)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseGeometry):
        return shapely.to_wkb(shapely.set_srid(value, STORED_SRID), hex=True, include_srid=True)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value


def remove_demo(target: Target, delivery_ids: list[int]) -> None:
    """Take back what earlier demo deliveries brought; rows of others let go of its operators."""
    target.execute(
        text("""
UPDATE facility SET operator_id = NULL
WHERE operator_id IN (SELECT id FROM operator WHERE delivery_id = ANY(:ids))
  AND (delivery_id IS NULL OR delivery_id <> ALL (:ids))"""),
        {"ids": delivery_ids},
    )
    for table in TABLES:
        target.execute(
            text(f"DELETE FROM {table} WHERE delivery_id = ANY(:ids)"), {"ids": delivery_ids}
        )
    target.execute(text("DELETE FROM delivery WHERE id = ANY(:ids)"), {"ids": delivery_ids})


def write_cells(target: Target, ground: Ground, people: People, flags: Row) -> int:
    """COPY the population cells; they are not public, for small counts of people."""
    points = shapely.set_srid(shapely.points(people.lonlat), STORED_SRID)
    geoms = shapely.to_wkb(points, hex=True, include_srid=True)
    areas = shapely.to_wkb(
        shapely.set_srid(people.shapes, STORED_SRID), hex=True, include_srid=True
    )
    owners = [district.code for district in ground.districts]
    counts = zip(people.total.tolist(), people.over_60.tolist(), people.over_65.tolist(),
                 people.over_80.tolist(), people.disabled.tolist(), people.alone.tolist(),
                 strict=True)  # fmt: skip
    fixed = {"basis": "resident", "base_year": BASE_YEAR, **flags, "is_published": False}
    names = ("people_total", "people_60", "people_65", "people_80", "disabled_est", "alone_est")
    statement = (
        f"COPY demand_cell (code, admin_code, geom, area, {', '.join(names)}, "
        f"{', '.join(fixed)}) FROM STDIN"
    )
    rest = tuple(fixed.values())
    with driver_connection(target).cursor() as cursor, cursor.copy(statement) as copy:
        for code, district, geom, area, count in zip(
            people.codes, people.district.tolist(), geoms, areas, counts, strict=True
        ):
            copy.write_row((code, owners[district], geom, area, *count, *rest))
    return len(people)


def write_zones(target: Target, ground: Ground, zones: list[Zone], flags: Row) -> int:
    """COPY the zones."""
    return copy_rows(
        target,
        "planning_zone",
        (
            {
                "code": zone.code, "name": zone.name, "kind": "分析片区",
                "parent_code": ground.districts[zone.district].code,
                "geom": shapely.multipolygons(shapely.get_parts(zone.geom)), **flags,
            }
            for zone in zones
        ),
    )  # fmt: skip


def write_facilities(
    target: Target, ground: Ground, made: list[Made], hubs: dict[str, str], delivery_id: int,
    seed: int,
) -> int:  # fmt: skip
    """COPY the facilities with their versions, ratings and prices; answer how many there are.

    Ratings and prices hang on the version in which they were given: the last one that was open.
    """
    flags = stamps(delivery_id, seed, _FACILITY_METHOD)
    known = target.execute(
        text("SELECT code, id FROM operator WHERE delivery_id = :id"), {"id": delivery_id}
    )
    operators: dict[str, int] = {row[0]: row[1] for row in known}
    count = sum(len(one.lives) for one in made)
    ids = iter(_fresh_ids(target, count))
    rows: list[Row] = []
    ratings: list[Row] = []
    prices: list[Row] = []
    for one in made:
        for life, row in _versions(one, ground, hubs, operators):
            row_id = next(ids)
            rows.append({"id": row_id, **row, **flags})
            if life.state in ("open", "paused"):
                ratings.extend({"facility_id": row_id, **rating} for rating in one.ratings)
                prices.extend({"facility_id": row_id, **price} for price in one.prices)
    copy_rows(target, "facility", rows)
    copy_rows(target, "facility_rating", ratings)
    copy_rows(target, "facility_price", prices)
    return len(made)


def _fresh_ids(target: Target, count: int) -> list[int]:
    sequence = "nextval(pg_get_serial_sequence('facility', 'id'))"
    found = target.execute(text(f"SELECT {sequence} FROM generate_series(1, :n)"), {"n": count})
    return [row[0] for row in found]


_COLUMNS = (
    "kinds", "services", "care_levels", "beds_total", "beds_nursing", "beds_free", "beds_on",
    "meals_per_day", "floor_area_m2", "ownership", "operation", "fire_state", "fire_checked_on",
    "has_lift", "has_ramp", "medical_link", "filed_on", "checked_on", "hours",
)  # fmt: skip


def _versions(
    one: Made, ground: Ground, hubs: dict[str, str], operators: dict[str, int]
) -> Iterator[tuple[Life, Row]]:
    """The rows of a facility, one for each of its lives."""
    district = ground.districts[one.site.district]
    for life in one.lives:
        yield life, {
            "code": one.site.code, "name": one.site.name, "state": life.state,
            "address": f"{ground.city_name}{district.name}示例路{one.site.code[-3:]}号",
            "stated_unit": district.name, "admin_code": district.code,
            "geom": shapely.Point(one.site.lon, one.site.lat), "position_quality": "point",
            **{column: one.values.get(column) for column in _COLUMNS},
            "hub_code": hubs.get(one.site.code),
            "operator_id": operators.get(one.values.get("operator", "")),
            "validity": between(life.start, life.end),
        }  # fmt: skip


def between(start: date | None, end: date | None) -> str:
    """A half-open date range as PostgreSQL writes it."""
    return f"[{start or ''},{end or ''})"
