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
from geo.loaders.journal import confirmed, journalled
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
    {", ".join(f"{name} {kind}" for name, kind in FIELD_TYPES.items())},
    extra jsonb, geom geometry(Point, {STORED_SRID}) NOT NULL,
    is_first bool, admin_code text, code text, fate text, old_id bigint
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
    keys = ["row_number", "by_name", "by_address", "is_alone", "is_first"]
    columns = [*keys, *FIELD_TYPES]
    points = shapely.set_srid(shapely.points(lon, lat), STORED_SRID)
    wkb = np.asarray(shapely.to_wkb(points, hex=True, include_srid=True))
    statement = f"COPY stage ({', '.join(columns)}, extra, geom) FROM STDIN"
    with driver_connection(target).cursor() as cursor, cursor.copy(statement) as copy:
        for site, geom in zip(sites, wkb, strict=True):
            values = dict(site.row.values, kinds=[site.row.values["kind"]])
            values["state"] = values.get("state") or "open"
            extra = json.dumps(site.row.extra, ensure_ascii=False) if site.row.extra else None
            copy.write_row(
                (site.row.number, site.by_name, site.by_address, site.is_alone, site.is_first,
                 *(values.get(name) for name in FIELD_TYPES), extra, geom)
            )  # fmt: skip
    target.execute(text("ANALYZE stage"))


# The smallest division with a known shape that holds the point.
_PLACE = text("""
UPDATE stage s SET admin_code = (
    SELECT u.code FROM admin_unit u
    WHERE u.validity @> CAST(:on AS date) AND u.geom IS NOT NULL AND ST_Covers(u.geom, s.geom)
    ORDER BY u.level DESC, u.code LIMIT 1)
""")
# A name may belong to several divisions (鼓楼区): the nearest one is meant. The stated name may
# begin with its superiors (上海市杨浦区).
_STATED = text("""
WITH meant AS MATERIALIZED (
    SELECT said.stated_unit, u.geom FROM (SELECT DISTINCT stated_unit FROM stage) said
    JOIN admin_unit u ON said.stated_unit IN (u.name, u.short_name)
         OR right(said.stated_unit, length(u.name)) = u.name
    WHERE u.level IN (2, 3, 4) AND u.validity @> CAST(:on AS date) AND u.geom IS NOT NULL
)
SELECT s.row_number, s.stated_unit, s.name,
       min(CASE WHEN ST_Covers(m.geom, s.geom) THEN 0
                ELSE ST_Distance(m.geom::geography, s.geom::geography) END) AS away_m
FROM stage s LEFT JOIN meant m ON m.stated_unit = s.stated_unit
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


# The stored versions that any staged row may speak of, in one pass: rows are compared by hash
# joins, not one look into an index at a time.
_KNOWN = """
CREATE TEMP TABLE known ON COMMIT DROP AS
SELECT id, code, address, validity @> CAST(:on AS date) AS in_force, upper_inf(validity) AS lasts,
       lower(validity) AS begins
FROM facility WHERE code IN (SELECT by_name FROM stage UNION SELECT by_address FROM stage)
"""
# A row's site is stored under its name, or under name and address where names repeat.
_RESOLVE = """
UPDATE stage s SET code = CASE WHEN same.code IS NOT NULL AND (s.is_alone OR s.is_first)
                                    THEN s.by_name
                               WHEN exact.code IS NOT NULL THEN s.by_address
                               WHEN s.is_alone THEN s.by_name
                               ELSE s.by_address END
FROM stage o
LEFT JOIN known same ON same.code = o.by_name AND same.in_force
     AND same.address IS NOT DISTINCT FROM o.address
LEFT JOIN (SELECT DISTINCT code FROM known) exact ON exact.code = o.by_address
WHERE o.row_number = s.row_number
"""


def merge(
    target: Target, *, fields: set[str], delivery_id: int, on: date, secrecy: str, note: str | None
) -> Merged:
    """Bring the staged rows into `facility`; `fields` are those that the delivery speaks of.

    A site that is not stored becomes a version from `on`; one that differs gets a new version from
    `on`, or is corrected in place when its version began on that very day. A row that would change
    a version which a later one has already followed is not merged; its number is returned.
    """
    told = [name for name in FIELD_TYPES if name in fields]
    target.execute(text("DROP TABLE IF EXISTS pg_temp.known"))
    for statement in (_KNOWN, "ANALYZE known", _RESOLVE):
        target.execute(text(statement), {"on": on})
    target.execute(text(_FATE.format(old=_list("f", told), new=_list("s", told))), {"on": on})
    bound = {
        "on": on, "delivery": delivery_id, "note": note,
        "public": {"public": True, "internal": False}.get(secrecy),
    }  # fmt: skip
    _begin_versions(target, told, bound)
    assign = ", ".join(f"{name} = s.{name}" for name in told)
    insert = _INSERT.format(names=", ".join(told), values=_list("s", told))
    for statement in (
        journalled(
            _CORRECT.format(assign=assign), "facility", "f", "corrected",
            changed=(*told, *_CORRECTED),
        ),
        journalled(_REFRESH, "facility", "f", "corrected", changed=_REFRESHED),
        journalled(insert, "facility", "n", "began"),
        confirmed("facility", "SELECT old_id FROM stage WHERE fate = 'unchanged'"),
    ):  # fmt: skip
        target.execute(text(statement), bound)
    fates = target.execute(text("SELECT fate, count(*) FROM stage GROUP BY fate"))
    counts: dict[str, int] = {row[0]: row[1] for row in fates}
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
UPDATE stage s SET old_id = f.id, fate = CASE
    WHEN f.id IS NULL THEN CASE WHEN later.code IS NULL THEN 'new' ELSE 'too_old' END
    WHEN ROW({old}, f.geom) IS NOT DISTINCT FROM ROW({new}, s.geom)
         AND coalesce(f.extra, '{{}}') @> coalesce(s.extra, '{{}}') THEN 'unchanged'
    WHEN NOT upper_inf(f.validity) THEN 'too_old'
    WHEN lower(f.validity) = CAST(:on AS date) THEN 'corrected'
    ELSE 'changed' END
FROM stage o
LEFT JOIN known k ON k.code = o.code AND k.in_force
LEFT JOIN facility f ON f.id = k.id
LEFT JOIN (SELECT DISTINCT code FROM known WHERE begins > CAST(:on AS date)) later
     ON later.code = o.code
WHERE o.row_number = s.row_number
"""
_CORRECTED = ("geom", "admin_code", "extra", "position_note", "delivery_id", "is_published")
_CORRECT = """
UPDATE facility f SET {assign}, geom = s.geom, admin_code = s.admin_code,
    extra = nullif(coalesce(f.extra, '{{}}') || coalesce(s.extra, '{{}}'), '{{}}'),
    position_note = :note, delivery_id = :delivery,
    is_published = coalesce(CAST(:public AS bool), f.is_published)
FROM stage s WHERE s.fate = 'corrected' AND f.id = s.old_id
"""
# The division by position may become known later; that is no change of the facility.
_REFRESHED = ("admin_code", "is_published")
_REFRESH = """
UPDATE facility f SET admin_code = coalesce(s.admin_code, f.admin_code),
    is_published = coalesce(CAST(:public AS bool), f.is_published)
FROM stage s WHERE s.fate = 'unchanged' AND f.id = s.old_id
    AND (coalesce(s.admin_code, f.admin_code) IS DISTINCT FROM f.admin_code
         OR coalesce(CAST(:public AS bool), f.is_published) <> f.is_published)
"""
_INSERT = """
INSERT INTO facility AS n (code, {names}, geom, admin_code, extra, position_note, position_quality,
    validity, validity_note, source, source_date, is_published, delivery_id)
SELECT s.code, {values}, s.geom, s.admin_code, s.extra, :note,
    CASE WHEN CAST(:note AS text) LIKE '%近似%' THEN 'approximate' ELSE 'point' END,
    daterange(CAST(:on AS date), NULL),
    '自该日的交付起有记录, 开办日期未知 · on record since this delivery; start unknown',
    d.file_name, CAST(:on AS date), coalesce(CAST(:public AS bool), false), d.id
FROM stage s, delivery d WHERE s.fate = 'new' AND d.id = :delivery
"""


_END = """
UPDATE facility f SET validity = daterange(lower(f.validity), CAST(:on AS date))
FROM stage s WHERE s.fate = 'changed' AND f.id = s.old_id"""


def _begin_versions(target: Target, told: list[str], bound: dict[str, Any]) -> None:
    """End the present version of each changed site and begin another with what was told.

    What the delivery does not speak of, ratings and prices included, goes on into the new version.
    """
    target.execute(
        text(journalled(_END, "facility", "f", "ended", changed=["validity"])),
        bound,
    )
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
    begin = f"""
INSERT INTO facility AS n ({", ".join(names)}) SELECT {values}
FROM stage s JOIN facility f ON f.id = s.old_id, delivery d
WHERE s.fate = 'changed' AND d.id = :delivery"""
    target.execute(
        text(journalled(begin, "facility", "n", "began")),
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
JOIN stage s ON s.old_id = c.facility_id AND s.fate = 'changed'
JOIN facility n ON n.code = s.code AND n.validity @> CAST(:on AS date)"""),
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
