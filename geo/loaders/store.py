"""How do checked rows reach the facility table: staged, placed, compared, merged as versions?

Everything happens on one temporary table inside the caller's transaction. What a delivery does not
speak of stays as it is; what it changes begins a new version on the delivery's date.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import text

from geo.crs import Array
from geo.loaders.candidates import Candidates, Refusal
from geo.loaders.matching import Sites
from geo.loaders.offers import LISTS, hanging_of
from geo.loaders.placing import place
from geo.loaders.staging import (
    ROWS_AT_A_TIME,
    copy_batches,
    driver_connection,
    json_objects,
    points_as_ewkb,
)
from geo.loaders.versions import Destination, Merged, Target, find_known, merge_versions
from geo.models import STORED_SRID

__all__ = ["Target", "driver_connection", "keep_refused", "merge", "place", "stage"]

# Fields that a delivery may bring, with their types on the stage.
FIELD_TYPES = {
    "name": "text", "kinds": "text[]", "state": "text", "address": "text", "stated_unit": "text",
    "phone": "text", "website": "text", "hours": "jsonb", "services": "text[]",
    "beds_total": "int",
    "beds_nursing": "int", "beds_free": "int", "beds_on": "date", "meals_per_day": "int",
    "floor_area_m2": "float8", "uscc": "text", "filing_no": "text", "filed_on": "date",
    "checked_on": "date", "care_levels": "text[]", "has_lift": "bool", "has_ramp": "bool",
    "ownership": "text", "medical_link": "text", "fire_state": "text", "fire_checked_on": "date",
    "operation": "text",
}  # fmt: skip
_STAGE = f"""
CREATE TEMP TABLE stage (
    row_number int NOT NULL, by_name text NOT NULL, by_address text NOT NULL, is_alone bool,
    {", ".join(f"{name} {kind}" for name, kind in FIELD_TYPES.items())},
    {", ".join(f"{name} jsonb" for name in LISTS)},
    extra jsonb, geom geometry(Point, {STORED_SRID}) NOT NULL,
    is_first bool, admin_code text, code text, fate text, old_id bigint
) ON COMMIT DROP
"""


def stage(target: Target, sites: Sites, lon: Array, lat: Array) -> None:
    """COPY the sites with their positions (degrees, EPSG:4490) to the temporary table `stage`."""
    target.execute(text("DROP TABLE IF EXISTS pg_temp.stage"))
    target.execute(text(_STAGE))
    rows = sites.rows
    told = {name: rows.values[name] for name in (*FIELD_TYPES, *LISTS) if name in rows.values}
    columns = {
        "row_number": pa.array(rows.numbers),
        "by_name": sites.by_name,
        "by_address": sites.by_address,
        "is_alone": pa.array(sites.is_alone),
        "is_first": pa.array(sites.is_first),
        **told,
        "kinds": pc.binary_join_element_wise("{", rows.text("kind"), "}", ""),
        "state": pc.fill_null(rows.text("state"), "open"),
    }
    copy_batches(target, "stage", [*columns, "extra", "geom"], _batches(columns, rows, lon, lat))
    target.execute(text("ANALYZE stage"))


def _batches(
    columns: dict[str, pa.Array], rows: Candidates, lon: Array, lat: Array
) -> Iterator[dict[str, pa.Array]]:
    """The staged columns part by part, with what is only made for the way: `extra`, geometry."""
    for start in range(0, len(rows), ROWS_AT_A_TIME):
        part = slice(start, start + ROWS_AT_A_TIME)
        batch = {name: array[part] for name, array in columns.items()}
        extra = json_objects({name: array[part] for name, array in rows.extra.items()})
        batch["extra"] = pa.nulls(len(lon[part]), pa.string()) if extra is None else extra
        batch["geom"] = points_as_ewkb(lon[part], lat[part], STORED_SRID)
        yield batch


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


# What a delivery tells of a facility beside its columns.
_POSITION = {
    "position_note": "CAST(:note AS text)",
    "position_quality": "CASE WHEN CAST(:note AS text) LIKE '%近似%' THEN 'approximate' "
    "ELSE 'point' END",
}


def merge(
    target: Target, *, fields: set[str], delivery_id: int, on: date, secrecy: str, note: str | None
) -> Merged:
    """Bring the staged rows into `facility`; `fields` are those that the delivery speaks of.

    A site that is not stored becomes a version from `on`; one that differs gets a new version from
    `on`, or is corrected in place when its version began on that very day. A row that would change
    a version which a later one has already followed is not merged, nor one with the code of a
    made-up facility; `geo.loaders.versions` has the rules.
    """
    told = tuple(name for name in FIELD_TYPES if name in fields)
    into = Destination(
        "facility", (*told, "geom"), derived=("admin_code",), fixed=_POSITION,
        hanging=hanging_of(fields),
        start_unknown="自该日的交付起有记录，开办日期未知 · "
        "on record since this delivery; start unknown",
    )  # fmt: skip
    candidates = "SELECT by_name FROM stage UNION SELECT by_address FROM stage"
    find_known(target, into, on, among=candidates, also=", address")
    target.execute(text(_RESOLVE))
    return merge_versions(target, into, delivery_id=delivery_id, on=on, secrecy=secrecy, note=note)


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
