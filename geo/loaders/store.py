"""How do checked rows reach the facility table: staged, placed, compared, merged as versions?

Everything happens on one temporary table inside the caller's transaction. What a delivery does not
speak of stays as it is; what it changes begins a new version on the delivery's date.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.crs import Array
from geo.loaders.checks import Refusal
from geo.loaders.match import Site
from geo.loaders.report import Placement, Problem
from geo.models import STORED_SRID, Facility, FacilityPrice, FacilityRating

Target = Session | Connection

# Fields that a delivery may bring, with their types on the stage.
FIELD_TYPES = {
    "name": "text", "kinds": "text[]", "state": "text", "address": "text", "stated_unit": "text",
    "phone": "text", "website": "text", "services": "text[]", "beds_total": "int",
    "beds_nursing": "int", "beds_free": "int", "beds_on": "date", "meals_per_day": "int",
    "floor_area_m2": "float8", "uscc": "text", "filing_no": "text", "filed_on": "date",
    "checked_on": "date",
}  # fmt: skip
_STAGE = f"""
CREATE TEMP TABLE stage (
    row_number int NOT NULL, by_name text NOT NULL, by_address text NOT NULL, is_alone bool,
    stated_city text, {", ".join(f"{name} {kind}" for name, kind in FIELD_TYPES.items())},
    extra jsonb, geom geometry(Point, {STORED_SRID}) NOT NULL,
    admin_code text, code text, fate text
) ON COMMIT DROP
"""


@dataclass(frozen=True, slots=True)
class Merged:
    """How many sites are new, changed or as before; those that the stored history refuses."""

    kept: int
    updated: int
    unchanged: int
    too_old: list[int]


def driver_connection(target: Target) -> Any:
    """The psycopg connection below a session or connection, for COPY; never committed here."""
    connection = target.connection() if isinstance(target, Session) else target
    return connection.connection.driver_connection


def stage(target: Target, sites: list[Site], lon: Array, lat: Array) -> None:
    """COPY the sites with their positions (degrees, EPSG:4490) to the temporary table `stage`."""
    target.execute(text("DROP TABLE IF EXISTS pg_temp.stage"))
    target.execute(text(_STAGE))
    columns = ["row_number", "by_name", "by_address", "is_alone", "stated_city", *FIELD_TYPES]
    points = shapely.set_srid(shapely.points(lon, lat), STORED_SRID)
    wkb = np.asarray(shapely.to_wkb(points, hex=True, include_srid=True))
    statement = f"COPY stage ({', '.join(columns)}, extra, geom) FROM STDIN"
    with driver_connection(target).cursor() as cursor, cursor.copy(statement) as copy:
        for site, geom in zip(sites, wkb, strict=True):
            values = dict(site.row.values, kinds=[site.row.values["kind"]])
            values["state"] = values.get("state") or "open"
            extra = json.dumps(site.row.extra, ensure_ascii=False) if site.row.extra else None
            copy.write_row(
                (site.row.number, site.by_name, site.by_address, site.is_alone,
                 values.get("stated_city"), *(values.get(name) for name in FIELD_TYPES),
                 extra, geom)
            )  # fmt: skip
    target.execute(text("ANALYZE stage"))


# The smallest division with a known shape that holds the point.
_PLACE = text("""
UPDATE stage s SET admin_code = (
    SELECT u.code FROM admin_unit u
    WHERE u.validity @> CAST(:on AS date) AND u.geom IS NOT NULL AND ST_Covers(u.geom, s.geom)
    ORDER BY u.level DESC, u.code LIMIT 1)
""")
# A name may belong to several divisions (鼓楼区): the nearest one is meant.
_STATED = text("""
SELECT s.row_number, s.stated_unit, s.name,
       min(CASE WHEN ST_Covers(u.geom, s.geom) THEN 0
                ELSE ST_Distance(u.geom::geography, s.geom::geography) END) AS away_m
FROM stage s
LEFT JOIN admin_unit u ON s.stated_unit IN (u.name, u.short_name)
     AND u.level IN (2, 3, 4) AND u.validity @> CAST(:on AS date) AND u.geom IS NOT NULL
GROUP BY s.row_number, s.stated_unit, s.name ORDER BY s.row_number
""")


@dataclass(frozen=True, slots=True)
class Placed:
    """How many rows lie in the division that they state, and what to say of the others."""

    placement: Placement
    problems: list[Problem]


def place(target: Target, on: date) -> Placed:
    """Find each staged row's division by its position and compare it with the stated one."""
    target.execute(_PLACE, {"on": on})
    inside = outside = not_checked = 0
    problems = []
    for number, stated, name, away_m in target.execute(_STATED, {"on": on}):
        if away_m is None:
            not_checked += 1
        elif away_m == 0:
            inside += 1
        else:
            outside += 1
            message = (
                f"「{name}」位于所述的{stated}之外 {away_m:.0f} 米 (量算值), 已保留, 请核对 · "
                f"lies {away_m:.0f} m outside {stated}; kept, please check"
            )
            problems.append(Problem(number, "stated_unit", stated, "outside_stated_unit", message))
    return Placed(Placement(inside, outside, not_checked), problems)


# A row's site is stored under its name, or under name and address where names repeat.
_RESOLVE = text("""
UPDATE stage s SET code = CASE
    WHEN EXISTS (SELECT FROM facility f WHERE f.code = s.by_name
                 AND f.validity @> CAST(:on AS date)
                 AND f.address IS NOT DISTINCT FROM s.address) AND s.is_alone THEN s.by_name
    WHEN EXISTS (SELECT FROM facility f WHERE f.code = s.by_address) THEN s.by_address
    WHEN s.is_alone THEN s.by_name
    WHEN EXISTS (SELECT FROM facility f WHERE f.code = s.by_name
                 AND f.validity @> CAST(:on AS date)
                 AND f.address IS NOT DISTINCT FROM s.address)
         AND s.row_number = (SELECT min(o.row_number) FROM stage o WHERE o.by_name = s.by_name
                             AND o.address IS NOT DISTINCT FROM s.address) THEN s.by_name
    ELSE s.by_address END
""")


def merge(
    target: Target, *, fields: set[str], delivery_id: int, on: date, secrecy: str, note: str | None
) -> Merged:
    """Bring the staged rows into `facility`; `fields` are those that the delivery speaks of.

    A site that is not stored becomes a version from `on`; one that differs gets a new version from
    `on`, or is corrected in place when its version began on that very day. A row that would change
    a version which a later one has already followed is not merged; its number is returned.
    """
    told = [name for name in FIELD_TYPES if name in fields]
    target.execute(_RESOLVE, {"on": on})
    target.execute(text(_FATE.format(old=_list("f", told), new=_list("s", told))), {"on": on})
    bound = {
        "on": on, "delivery": delivery_id, "note": note,
        "public": {"public": True, "internal": False}.get(secrecy),
    }  # fmt: skip
    _begin_versions(target, told, bound)
    assign = ", ".join(f"{name} = s.{name}" for name in told)
    for statement in (_CORRECT.format(assign=assign), _REFRESH):
        target.execute(text(statement), bound)
    target.execute(text(_INSERT.format(names=", ".join(told), values=_list("s", told))), bound)
    fates = target.execute(text("SELECT fate, count(*) FROM stage GROUP BY fate"))
    counts: dict[str, int] = dict(fates.tuples().all())
    too_old = [
        row[0]
        for row in target.execute(
            text("SELECT row_number FROM stage WHERE fate = 'too_old' ORDER BY row_number")
        )
    ]
    updated = counts.get("changed", 0) + counts.get("corrected", 0)
    return Merged(counts.get("new", 0), updated, counts.get("unchanged", 0), too_old)


def _list(alias: str, names: list[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


# `extra` is compared only for the columns that this delivery brings.
_FATE = """
UPDATE stage s SET fate = coalesce((
    SELECT CASE
        WHEN ROW({old}, f.geom) IS NOT DISTINCT FROM ROW({new}, s.geom)
             AND coalesce(f.extra, '{{}}') @> coalesce(s.extra, '{{}}') THEN 'unchanged'
        WHEN NOT upper_inf(f.validity) THEN 'too_old'
        WHEN lower(f.validity) = CAST(:on AS date) THEN 'corrected'
        ELSE 'changed' END
    FROM facility f WHERE f.code = s.code AND f.validity @> CAST(:on AS date)),
    CASE WHEN EXISTS (SELECT FROM facility f WHERE f.code = s.code
                      AND lower(f.validity) > CAST(:on AS date)) THEN 'too_old' ELSE 'new' END)
"""
_CORRECT = """
UPDATE facility f SET {assign}, geom = s.geom, admin_code = s.admin_code,
    extra = nullif(coalesce(f.extra, '{{}}') || coalesce(s.extra, '{{}}'), '{{}}'),
    position_note = :note, delivery_id = :delivery,
    is_published = coalesce(CAST(:public AS bool), f.is_published)
FROM stage s WHERE s.fate = 'corrected' AND f.code = s.code AND f.validity @> CAST(:on AS date)
"""
# The division by position may become known later; that is no change of the facility.
_REFRESH = """
UPDATE facility f SET admin_code = coalesce(s.admin_code, f.admin_code),
    is_published = coalesce(CAST(:public AS bool), f.is_published)
FROM stage s WHERE s.fate = 'unchanged' AND f.code = s.code AND f.validity @> CAST(:on AS date)
    AND (coalesce(s.admin_code, f.admin_code) IS DISTINCT FROM f.admin_code
         OR coalesce(CAST(:public AS bool), f.is_published) <> f.is_published)
"""
_INSERT = """
INSERT INTO facility (code, {names}, geom, admin_code, extra, position_note, position_quality,
    validity, validity_note, source, source_date, is_published, delivery_id)
SELECT s.code, {values}, s.geom, s.admin_code, s.extra, :note,
    CASE WHEN CAST(:note AS text) LIKE '%近似%' THEN 'approximate' ELSE 'point' END,
    daterange(CAST(:on AS date), NULL),
    '自该日的交付起有记录, 开办日期未知 · on record since this delivery; start unknown',
    d.file_name, CAST(:on AS date), coalesce(CAST(:public AS bool), false), d.id
FROM stage s, delivery d WHERE s.fate = 'new' AND d.id = :delivery
"""


def _begin_versions(target: Target, told: list[str], bound: dict[str, Any]) -> None:
    """End the present version of each changed site and begin another with what was told.

    What the delivery does not speak of, ratings and prices included, goes on into the new version.
    """
    closed = target.execute(
        text("""
UPDATE facility f SET validity = daterange(lower(f.validity), CAST(:on AS date))
FROM stage s WHERE s.fate = 'changed' AND f.code = s.code AND f.validity @> CAST(:on AS date)
RETURNING f.id"""),
        bound,
    )
    old_ids = [row[0] for row in closed]
    if not old_ids:
        return
    replaced = {
        **{name: f"s.{name}" for name in told},
        "geom": "s.geom",
        "admin_code": "s.admin_code",
        "extra": "nullif(coalesce(f.extra, '{}') || coalesce(s.extra, '{}'), '{}')",
        "position_note": "CAST(:note AS text)",
        "validity": "daterange(CAST(:on AS date), NULL)",
        "validity_note": "NULL",
        "source": "d.file_name",
        "source_date": "CAST(:on AS date)",
        "is_published": "coalesce(CAST(:public AS bool), f.is_published)",
        "delivery_id": "d.id",
    }
    names = [c.name for c in Facility.__table__.columns if c.name not in ("id", "row_version")]
    values = ", ".join(replaced.get(name, f"f.{name}") for name in names)
    bound = {**bound, "old": old_ids}
    target.execute(
        text(f"""
INSERT INTO facility ({", ".join(names)}) SELECT {values}
FROM facility f JOIN stage s ON s.code = f.code, delivery d
WHERE f.id = ANY(:old) AND d.id = :delivery"""),
        bound,
    )
    for child in (FacilityRating, FacilityPrice):
        carried = [
            c.name
            for c in child.__table__.columns
            if c.name not in ("id", "row_version", "facility_id")
        ]
        target.execute(
            text(f"""
INSERT INTO {child.__tablename__} (facility_id, {", ".join(carried)})
SELECT n.id, {_list("c", carried)} FROM {child.__tablename__} c
JOIN facility o ON o.id = c.facility_id AND o.id = ANY(:old)
JOIN facility n ON n.code = o.code AND n.validity @> CAST(:on AS date)"""),
            bound,
        )


def keep_refused(target: Target, delivery_id: int, refused: list[Refusal]) -> None:
    """Store the refused rows with their reasons; they carry no personal columns or values."""
    statement = (
        "COPY refused_row (delivery_id, row_number, column_name, value, rule, message, data) "
        "FROM STDIN"
    )
    with driver_connection(target).cursor() as cursor, cursor.copy(statement) as copy:
        for refusal in refused:
            p = refusal.problem
            data = json.dumps(refusal.data, ensure_ascii=False)
            copy.write_row((delivery_id, p.row, p.column, p.value, p.rule, p.message, data))
