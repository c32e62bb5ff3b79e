"""Which statement answers a question? Built once for each shape; every value is bound.

Each row is the JSON text of one feature, made by PostGIS.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache

from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from geo.queries.collections import Collection, Days
from geo.queries.items.question import Shape

Fixed = tuple[tuple[str, int | date], ...]
"""Numbers and days that a statement holds itself, by name."""
COUNTED = 50_000
"""Features that are counted one by one; of more the planner's estimate is told."""

# What is visible is the same while no transaction ended: two equal snapshots see the same rows.
SNAPSHOT = "(SELECT pg_postmaster_start_time()::text || ' ' || pg_current_snapshot()::text)"
_DIALECT = postgresql.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]


def columns(shape: Shape) -> str:
    """SQL of the properties of a feature, each under its name."""
    found = shape.collection.by_name
    names = found if shape.properties is None else shape.properties
    return ", ".join(f'{found[name].sql} AS "{name}"' for name in names)


def identity(collection: Collection, *, is_interval: bool) -> str:
    """SQL of a feature's id. In an interval one code has many versions: their first day is told."""
    if is_interval and isinstance(collection.time, Days):
        first = f"coalesce(lower({collection.time.sql})::text, '..')"
        return f"{collection.identity} || '@' || {first}"
    return collection.identity


def feature(shape: Shape) -> str:
    """SQL of one feature as JSON text; `own` is the record of its properties."""
    made = shape.collection
    geometry = "'null'"
    if shape.with_geometry:
        digits = made.digits if shape.crs.is_degrees else shape.crs.digits
        geometry = f"coalesce(ST_AsGeoJSON({shape.crs.sql(made.geom)}, {digits}, 0), 'null')"
    told = columns(shape)
    properties = "row_to_json(own)::text" if told else "'{}'"
    id = identity(made, is_interval=shape.is_interval)
    return (
        f"""'{{"type":"Feature","id":' || to_json({id})"""
        f""" || ',"geometry":' || {geometry} || ',"properties":' || {properties} || '}}'"""
    )


def from_where(shape: Shape, *more: str) -> str:
    """SQL: FROM … WHERE … of a question, with further conditions."""
    conditions = " AND ".join([*shape.conditions, *more]) or "true"
    told = columns(shape)
    record = f" CROSS JOIN LATERAL (SELECT {told}) AS own" if told else ""
    return f"FROM {shape.collection.source}{record} WHERE {conditions}"


def written(sql: str, fixed: Fixed = ()) -> str:
    """A statement with `:names` as the driver takes it; `fixed` ones stand in it as they are."""
    for name, value in fixed:
        literal = f"'{value.isoformat()}'" if isinstance(value, date) else str(int(value))
        sql = re.sub(rf"(?<!:):{name}\b", literal, sql)
    return str(text(sql).compile(dialect=_DIALECT))


@lru_cache(maxsize=1_000)
def page_statement(
    shape: Shape, after: str | None, fixed: Fixed = (), *, skips: bool = False
) -> str:
    """Rows of feature, flag of synthetic data, key, snapshot and the values in order; `:limit`.

    With `skips` the first `:skip` of them are left out.
    """
    shape = _listed(shape)
    keys = "".join(f", ({one.by.sql})::text" for one in shape.order)
    order = ", ".join([*(one.sql for one in shape.order), shape.collection.key])
    return written(
        f"SELECT {feature(shape)}, t.is_synthetic, {shape.collection.key}, {SNAPSHOT}{keys} "
        f"{from_where(shape, *([after] if after else []))} ORDER BY {order} LIMIT :limit"
        + (" OFFSET :skip" if skips else ""),
        fixed,
    )


def _listed(shape: Shape) -> Shape:
    """The same with the properties that a page gives where none were named."""
    if shape.properties is not None:
        return shape
    names = tuple(one.name for one in shape.collection.properties if one.in_lists)
    return replace(shape, properties=names)


@lru_cache(maxsize=1_000)
def count_statement(shape: Shape) -> str:
    """How many there are, up to COUNTED + 1, and the snapshot in which they were counted."""
    counted = f"SELECT {_bare(shape)} LIMIT {COUNTED + 1}"
    return written(f"SELECT count(*), {SNAPSHOT} FROM ({counted}) AS counted")


@lru_cache(maxsize=1_000)
def explain_statement(shape: Shape) -> str:
    """What the planner takes their number for."""
    return written(f"EXPLAIN (FORMAT JSON) SELECT {_bare(shape)}")


def _bare(shape: Shape) -> str:
    """FROM and WHERE without the record of properties."""
    conditions = " AND ".join(shape.conditions) or "true"
    return f"FROM {shape.collection.source} WHERE {conditions}"


@lru_cache(maxsize=1_000)
def item_statement(shape: Shape, is_version: bool) -> str:
    """One feature by `:id` (and the first day `:begins` of its version), and its row version."""
    made = shape.collection
    begins = ["lower(t.validity) IS NOT DISTINCT FROM CAST(:begins AS date)"] if is_version else []
    return written(
        f"SELECT {feature(shape)}, {made.version} {from_where(shape, made.lookup, *begins)}"
    )
