"""How do the rows of a batch reach the temporary table `stage`, and what lies around them there?"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import shapely
from sqlalchemy import text

from geo.loaders.report import Placement
from geo.loaders.staging import Target
from geo.loaders.store import driver_connection
from geo.loaders.things.spec import Batch, Spec
from geo.models import STORED_SRID

MOST_OUTSIDE_SHARE = 0.1
"""An area that lies outside its stated division by more than this share is reported: boundaries of
two sources differ by a few percent along every edge."""

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
    wkb = _ewkb(batch.shapes, spec.stored_type)
    statement = f"COPY stage ({', '.join(names)}) FROM STDIN"
    with driver_connection(session).cursor() as cursor, cursor.copy(statement) as copy:
        for thing, geom in zip(batch.things, wkb, strict=True):
            values: dict[str, Any] = {**thing.values, keys[0]: thing.code}
            cells = [_cell(values.get(name), kind) for name, kind in columns.items()]
            extra = json.dumps(thing.extra, ensure_ascii=False) if thing.extra else None
            copy.write_row((thing.number, *cells, extra, geom))
    session.execute(text("ANALYZE stage"))


def _cell(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "jsonb":
        return json.dumps(value, ensure_ascii=False)
    if kind.startswith("geometry"):
        stored = shapely.set_srid(value, STORED_SRID)
        return str(shapely.to_wkb(stored, hex=True, include_srid=True))
    return value


def _ewkb(shapes: Any, stored_type: str) -> Any:
    """Hexadecimal EWKB, single parts made multi where the column wants that; None stays None."""
    made = shapes.copy()
    if stored_type in _MULTI:
        single = np.flatnonzero(np.isin(shapely.get_type_id(shapes), (1, 3)))
        if single.size:
            made[single] = _MULTI[stored_type](shapes[single], indices=np.arange(single.size))
    return shapely.to_wkb(shapely.set_srid(made, STORED_SRID), hex=True, include_srid=True)


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


def place_in_units(session: Target, batch: Batch, on: date) -> None:
    """Find the stated division of each staged row and report those that lie outside of it."""
    session.execute(text(_STATED), {"on": on})
    things = {thing.number: thing for thing in batch.things}
    inside = outside = unchecked = 0
    for number, away_m, share in session.execute(
        text("SELECT row_number, away_m, outside_share FROM stage ORDER BY row_number")
    ):
        thing = things[number]
        stated = thing.values.get("stated_unit")
        if away_m is None:
            unchecked += 1
        elif away_m == 0 and (share or 0) <= MOST_OUTSIDE_SHARE:
            inside += 1
        else:
            outside += 1
            how = (
                f"{away_m:.0f} 米 ({away_m:.0f} m)"
                if away_m
                else f"面积的 {share:.0%} ({share:.0%} of its area)"
            )
            message = f"位于所述的{stated}之外 {how}, 量算值, 已保留 · outside {stated}; kept"
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
