"""How is a tile of a collection asked of PostGIS? The text of the statements, built once each.

The tile's edges stand in a statement as plain values and nowhere behind a subquery, so that the
planner, where it is asked anew for each tile, knows how many of the features lie in it: of a few
it follows the spatial index, of most it reads the table in the order of its rows.
"""

from __future__ import annotations

from functools import lru_cache

from geo.queries.collections import COLLECTIONS, Collection
from geo.queries.items.statements import written
from geo.queries.matrices import MATRIX_SETS, MatrixSet

EXTENT = 4096
BUFFER = 64
MARGIN = BUFFER / EXTENT
"""What is drawn beyond the tile's edge, so that symbols and strokes are whole: share of a side."""

SHOWN = {
    "units": ("code", "name", "short_name", "level", "unit_type", "parent_code"),
    "lines": ("code", "name", "level", "left_code", "right_code", "basis"),
    "facilities": ("code", "name", "kinds", "state", "admin_code", "beds_total"),
    "zones": ("code", "name", "kind", "status", "parent_code"),
    "place-names": ("name", "kind", "place_code", "category", "feature_class"),
    "heritage-names": ("name", "family", "list_name", "list_level", "place_code"),
}
"""Properties of a tile's features beside `source` and `is_synthetic`: what a map draws by."""

_NEAR = "ST_MakeEnvelope(:west, :south, :east, :north, 4490)"
_TILE = "CAST(ST_MakeEnvelope(:left, :bottom, :right, :top, 4490) AS box2d)"


def shown(collection: Collection) -> dict[str, str]:
    """The properties of a tile's features: name → SQL of a number, a truth or a text."""
    made = {}
    for name in (*SHOWN[collection.id], "source", "is_synthetic"):
        one = collection.by_name[name]
        made[name] = {
            "texts": f"array_to_string({one.sql}, ',')",
            "day": f"CAST({one.sql} AS text)",
        }.get(one.kind, one.sql)
    return made


@lru_cache(maxsize=256)
def whole_tile(collection: str, matrix_set: str, conditions: tuple[str, ...]) -> str:
    """All features of a tile in the order of their keys, at most `:most` + 1: MVT bytes, how many
    there are, and how many of them have a shape at this scale."""
    one = COLLECTIONS[collection]
    return written(f"""SELECT ST_AsMVT(m, '{one.id}', {EXTENT}, 'g', 'fid') AS body,
       count(*) AS matched, count(m.g) AS shown
FROM (SELECT {_columns(one)}, {_drawn(one, MATRIX_SETS[matrix_set])} AS g
      FROM ({_found(one, conditions)}) AS s{_kept(one)}
      ORDER BY s.fid LIMIT :most + 1) AS m""")


@lru_cache(maxsize=256)
def thinned_tile(collection: str, matrix_set: str, conditions: tuple[str, ...]) -> str:
    """One feature of each cell of `:side` by `:side` over the tile, that of the lowest key.

    Each says in `tile_shown` and `tile_matched` how many of how many the tile holds.
    """
    one = COLLECTIONS[collection]
    box = f"box2d({one.geom})"
    column = _cell(f"(ST_XMin({box}) + ST_XMax({box})) / 2", "west", "east")
    row = _cell(f"(ST_YMin({box}) + ST_YMax({box})) / 2", "south", "north")
    chosen = f"{one.key} IN (SELECT k FROM chosen)"
    return written(f"""WITH chosen AS MATERIALIZED (
    SELECT min({one.key}) AS k, count(*) AS n
    FROM {one.source} WHERE {_where(one, conditions)} GROUP BY {column}, {row})
SELECT ST_AsMVT(m, '{one.id}', {EXTENT}, 'g', 'fid') AS body,
       CAST((SELECT sum(n) FROM chosen) AS bigint) AS matched, count(*) AS shown
FROM (SELECT d.*, count(*) OVER () AS tile_shown,
             CAST((SELECT sum(n) FROM chosen) AS bigint) AS tile_matched
      FROM (SELECT {_columns(one)}, {_drawn(one, MATRIX_SETS[matrix_set])} AS g
            FROM ({_found(one, (*conditions, chosen))}) AS s) AS d
      WHERE d.g IS NOT NULL ORDER BY d.fid) AS m""")


def _cell(middle: str, start: str, end: str) -> str:
    """The number, 0 … side − 1, of the cell that holds a coordinate."""
    share = f"({middle} - :{start}) / (:{end} - :{start}) * :side"
    return f"least(greatest(floor({share}), 0), :side - 1)"


def _found(one: Collection, conditions: tuple[str, ...]) -> str:
    """The features that touch the tile: key, properties and what of the shape is near it."""
    columns = ", ".join(f"{sql} AS {name}" for name, sql in shown(one).items())
    near = one.geom
    if one.geometry != "Point":
        near = f"ST_Simplify(ST_ClipByBox2D({one.geom}, CAST({_NEAR} AS box2d)), :tolerance, true)"
    if one.geometry == "Geometry":
        near = f"CASE WHEN ST_Dimension({one.geom}) = 0 THEN {one.geom} ELSE {near} END"
    return f"""SELECT {one.key} AS fid, {columns}, {near} AS near
            FROM {one.source} WHERE {_where(one, conditions)}"""


def _columns(one: Collection) -> str:
    """Key and properties, without the shape as it is stored."""
    return ", ".join(f"s.{name}" for name in ("fid", *shown(one)))


def _where(one: Collection, conditions: tuple[str, ...]) -> str:
    return " AND ".join((f"{one.geom} && {_NEAR}", *conditions))


def _kept(one: Collection) -> str:
    """A box may touch the tile where the shape does not."""
    return "" if one.geometry == "Point" else " WHERE NOT ST_IsEmpty(s.near)"


def _drawn(one: Collection, matrix_set: MatrixSet) -> str:
    """The shape in the tile's grid; one too small for it leaves a mark of a cell or two."""
    shape = _projected("s.near", matrix_set)
    drawn = f"ST_AsMVTGeom({{}}, {_TILE}, {EXTENT}, {BUFFER}, true)"
    if one.geometry == "Point":
        return drawn.format(shape)
    middle = _projected("ST_Centroid(s.near)", matrix_set)
    mark = {
        "MultiPolygon": f"ST_Expand({middle}, :unit)",
        "Geometry": middle,
    }.get(one.geometry, f"ST_MakeLine({middle}, ST_Translate({middle}, 2 * :unit, 0))")
    return f"coalesce({drawn.format(shape)}, {drawn.format(mark)})"


def _projected(shape: str, matrix_set: MatrixSet) -> str:
    """From the stored CRS to the set's; 4490 and 4326 are the same but for the label."""
    if matrix_set.srid == 4490:
        return shape
    return f"ST_Transform(ST_SetSRID({shape}, 4326), {matrix_set.srid})"
