"""How do the rows of a batch reach the temporary table `stage`, and what lies around them there?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from sqlalchemy import text

from geo.loaders.report import Placement
from geo.loaders.staging import Target, copy_batches, hexadecimal
from geo.loaders.things.spec import Batch, Spec
from geo.models import STORED_SRID

MOST_OUTSIDE_SHARE = 0.1
"""An area that lies outside its stated division by more than this share is reported: boundaries of
two sources differ by a few percent along every edge."""

_ROWS = 2_000
"""Rows that are copied at one time: each may have a shape of many vertices."""
_TYPES = {"int": pa.int64(), "float8": pa.float64(), "date": pa.date32(), "bool": pa.bool_()}

_MULTI: dict[str, Callable[..., Any]] = {
    "MULTIPOLYGON": shapely.multipolygons,
    "MULTILINESTRING": shapely.multilinestrings,
}


def stage_batch(session: Target, batch: Batch, spec: Spec, keys: tuple[str, ...]) -> None:
    """COPY the batch to `stage`: keys, fields, `extra`, `geom`, and columns to be filled in SQL."""
    columns = {f.name: f.sql for f in spec.fields if not f.is_personal}
    columns |= {key: "text" for key in keys if key not in columns}
    columns |= dict(spec.extra_stage)
    filled = {**dict(spec.derived), "stated_code": "text", "outside_share": "float8",
              "away_m": "float8", "old_id": "bigint", "fate": "text"}  # fmt: skip
    listed = ", ".join(f"{n} {kind}" for n, kind in (columns | filled).items())
    session.execute(text("DROP TABLE IF EXISTS pg_temp.stage"))
    session.execute(
        text(
            f"CREATE TEMP TABLE stage (row_number int NOT NULL, {listed}, extra jsonb, "
            f"geom geometry({spec.stored_type}, {STORED_SRID})) ON COMMIT DROP"
        )
    )
    names = ["row_number", *columns, "extra", "geom"]
    copy_batches(session, "stage", names, _parts(batch, columns, spec.stored_type, keys[0]))
    # Nothing is planned by what shapes are like, and they cost most to look at.
    compared = [n for n, kind in columns.items() if not kind.startswith(("geometry", "jsonb"))]
    session.execute(text(f"ANALYZE stage (row_number, {', '.join(compared)})"))


def _parts(
    batch: Batch, columns: dict[str, str], stored_type: str, key: str
) -> Iterator[dict[str, pa.Array]]:
    """The staged columns, some thousand rows at a time."""
    for start in range(0, len(batch.things), _ROWS):
        things = batch.things[start : start + _ROWS]
        part = {
            name: _column([thing.values.get(name) for thing in things], kind)
            for name, kind in columns.items()
        }
        part["row_number"] = pa.array([thing.number for thing in things], pa.int32())
        part[key] = pa.array([thing.code for thing in things], pa.string())
        part["extra"] = pa.array([_json(thing.extra or None) for thing in things], pa.string())
        part["geom"] = _ewkb(batch.shapes[start : start + _ROWS], stored_type)
        yield part


def _column(values: list[Any], kind: str) -> pa.Array:
    """The values of a column of a type of PostgreSQL, as `copy_batches` takes them."""
    if kind == "jsonb":
        return pa.array([_json(value) for value in values], pa.string())
    if kind.startswith("geometry"):
        return _ewkb(np.array([*values, None], dtype=object)[:-1], "GEOMETRY")
    if kind.endswith("[]"):
        return pa.array(values, pa.list_(pa.string()))
    if kind == "text":
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    return pa.array(values, _TYPES.get(kind))


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _ewkb(shapes: Any, stored_type: str) -> pa.Array:
    """Hexadecimal EWKB, single parts made multi where the column wants that; None stays null."""
    made = shapes.copy()
    if stored_type in _MULTI:
        single = np.flatnonzero(np.isin(shapely.get_type_id(shapes), (1, 3)))
        if single.size:
            made[single] = _MULTI[stored_type](shapes[single], indices=np.arange(single.size))
    return hexadecimal(shapely.to_wkb(shapely.set_srid(made, STORED_SRID), include_srid=True))


# The stated division is a code or a name, which may begin with its superiors; where a name belongs
# to several divisions (鼓楼区) the nearest one is meant.
_STATED = """
WITH said AS (SELECT DISTINCT stated_unit FROM stage WHERE stated_unit IS NOT NULL),
named AS MATERIALIZED (
    SELECT DISTINCT said.stated_unit, u.code, u.geom FROM said JOIN admin_unit u
      ON said.stated_unit IN (u.name, u.short_name)
      OR right(said.stated_unit, length(u.name)) = u.name
      OR rpad(said.stated_unit, 12, '0') = u.code
    WHERE u.level <= 4 AND u.validity @> CAST(:on AS date)
),
best AS (
    SELECT DISTINCT ON (s.row_number) s.row_number, n.code, n.geom AS unit,
           count(*) OVER (PARTITION BY s.row_number) AS candidates
    FROM stage s JOIN named n ON n.stated_unit = s.stated_unit
    ORDER BY s.row_number, ST_Distance(n.geom, ST_PointOnSurface(s.geom)) NULLS LAST, n.code
)
UPDATE stage s SET
    stated_code = CASE WHEN b.candidates = 1 OR s.geom IS NOT NULL THEN b.code END,
    away_m = CASE WHEN b.unit IS NULL OR s.geom IS NULL THEN NULL
                  WHEN ST_Intersects(b.unit, s.geom) THEN 0
                  ELSE ST_Distance(b.unit::geography, s.geom::geography) END,
    outside_share = CASE WHEN b.unit IS NULL OR ST_Dimension(s.geom) < 2 THEN NULL
        WHEN ST_CoveredBy(s.geom, b.unit) THEN 0
        ELSE ST_Area(ST_Difference(s.geom, b.unit)::geography)
             / nullif(ST_Area(s.geom::geography), 0) END
FROM best b WHERE b.row_number = s.row_number
"""
_IS_OUTSIDE = "(away_m > 0 OR away_m = 0 AND coalesce(outside_share, 0) > :most)"
_PLACEMENT = f"""
SELECT count(*) FILTER (WHERE away_m IS NULL), count(*) FILTER (WHERE NOT {_IS_OUTSIDE}),
       count(*) FILTER (WHERE {_IS_OUTSIDE}) FROM stage
"""
_OUTSIDE = f"""
SELECT row_number, away_m, outside_share FROM stage WHERE {_IS_OUTSIDE} ORDER BY row_number
"""


def place_in_units(session: Target, batch: Batch, on: date) -> None:
    """Find the stated division of each staged row and report those that lie outside of it."""
    session.execute(text(_STATED), {"on": on})
    most = {"most": MOST_OUTSIDE_SHARE}
    unchecked, inside, outside = session.execute(text(_PLACEMENT), most).one()
    things = {thing.number: thing for thing in batch.things} if outside else {}
    for number, away_m, share in session.execute(text(_OUTSIDE), most):
        thing = things[number]
        stated = thing.values.get("stated_unit")
        how = (
            f"{away_m:.0f} 米（{away_m:.0f} m）"
            if away_m
            else f"面积的 {share:.0%}（{share:.0%} of its area）"
        )
        message = f"位于所述的{stated}之外 {how}，量算值，已保留 · outside {stated}; kept"
        batch.report(thing, "stated_unit", "outside_stated_unit", message)
    batch.placement = Placement(inside, outside, unchecked)


def fill_unit_by_position(session: Target, column: str, on: date, *, most_level: int = 5) -> None:
    """Fill `column` with the stated division, else the smallest one with a shape that holds it."""
    session.execute(
        text(f"""
UPDATE stage s SET {column} = coalesce(s.{column}, s.stated_code, (
    SELECT u.code FROM admin_unit u
    WHERE u.validity @> CAST(:on AS date) AND u.geom IS NOT NULL AND u.level <= :level
      AND ST_Covers(u.geom, ST_PointOnSurface(s.geom))
    ORDER BY u.level DESC, u.code LIMIT 1))"""),
        {"on": on, "level": most_level},
    )
