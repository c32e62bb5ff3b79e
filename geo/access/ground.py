"""What lies on the ground of a question: areas, people in cells, facilities, and how far apart?

PostGIS answers, set by set: which area holds each cell, and for each cell and kind the smallest
geodesic distance to an open facility (CGCS2000 ellipsoid, SRID 4490; nothing is projected). The
answers come as arrays, so that every radius, kind, group and border rule is then a matter of
comparing and adding, and gaps and coverage rest on the very same numbers.

Rules fixed here. A cell is its representative point and belongs to one area: of those that hold it,
border included, the one with the smallest code. A facility belongs to every area that holds it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import TextClause, text

from geo.access.question import AREA_ROWS, Question
from geo.errors import BadInput, NotFound
from geo.models.kinds import kinds_of
from geo.queries.admin import BELOW, Reader

Polygons = Sequence[tuple[str, str, BaseGeometry]]
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_COUNT = "c.basis = :basis AND c.base_year = :base_year AND c.projection = :projection"

_AREAS = """SELECT a.code, a.name, ST_AsBinary(a.geom) AS wkb,
    a.source, a.source_date, a.is_synthetic
FROM area a ORDER BY a.no"""

_CELLS = f"""SELECT DISTINCT ON (c.id) c.id, a.no AS area, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat,
    c.people_60, c.people_65, c.people_80
FROM area a JOIN demand_cell c ON ST_Intersects(a.geom, c.geom)
WHERE {_COUNT}
ORDER BY c.id, a.no"""

# The box of the areas, wider by the radius: 1° of latitude has more than 110 574 m. ST_Distance
# decides; the box only keeps far-away facilities out of the join.
_SITES = """extent AS (
    SELECT ST_SetSRID(ST_Extent(a.geom)::geometry, 4490) AS box,
        greatest(cos(radians(least(89, max(greatest(
            abs(ST_YMin(a.geom)), abs(ST_YMax(a.geom))))))), 0.02) AS shrink
    FROM area a
), site AS MATERIALIZED (
    SELECT f.id, f.kinds, f.geom, f.source, f.source_date, f.is_synthetic,
        (SELECT array_agg(a.no ORDER BY a.no) FROM area a
            WHERE ST_Intersects(a.geom, f.geom)) AS homes
    FROM facility f
    WHERE f.kinds && CAST(:kinds AS text[]) AND f.state = 'open'
      AND f.validity @> CAST(:on AS date)
      AND f.geom && (SELECT ST_Expand(box, :longest_m / 100000.0 / shrink + 0.01,
          :longest_m / 100000.0 + 0.01) FROM extent)
)"""

_SITE_ROWS = """SELECT s.id, s.kinds, ST_X(s.geom) AS lon, ST_Y(s.geom) AS lat,
    coalesce(s.homes, '{}') AS homes, s.source, s.source_date, s.is_synthetic
FROM site s ORDER BY s.id"""

# Per kind, cell and home area of the facility the smallest distance; facilities that lie in no area
# stay apart, to tell which of them reach anybody.
_REACH = f"""SELECT k.kind, c.id, coalesce(h.area, -1) AS home,
    CASE WHEN h.area IS NULL THEN s.id ELSE -1 END AS outsider,
    min(ST_Distance(c.geom::geography, s.geom::geography)) AS distance_m
FROM site s
JOIN demand_cell c
  ON ST_DWithin(c.geom::geography, s.geom::geography, CAST(:longest_m AS float8)) AND {_COUNT}
CROSS JOIN LATERAL unnest(s.kinds) AS k (kind)
LEFT JOIN LATERAL unnest(s.homes) AS h (area) ON true
WHERE k.kind = ANY(CAST(:kinds AS text[]))
GROUP BY 1, 2, 3, 4"""

_BASE_YEAR = """SELECT coalesce(
    max(c.base_year) FILTER (WHERE c.base_year <= EXTRACT(year FROM CAST(:on AS date))),
    min(c.base_year))
FROM demand_cell c
WHERE c.basis = :basis AND c.projection = :projection AND (
    c.geom && (SELECT ST_SetSRID(ST_Extent(a.geom)::geometry, 4490) FROM area a)
    OR c.admin_code IN (SELECT b.code FROM below b))"""

# People of the city whom no area holds: counted under the city by code or by position.
_UNPLACED = f"""SELECT count(*) AS cells, coalesce(sum(c.people_60), 0) AS people_60,
    CASE WHEN count(*) = count(c.people_65) THEN coalesce(sum(c.people_65), 0) END AS people_65,
    CASE WHEN count(*) = count(c.people_80) THEN coalesce(sum(c.people_80), 0) END AS people_80
FROM demand_cell c
WHERE {_COUNT}
  AND (c.admin_code IN (SELECT b.code FROM below b) OR ST_Intersects(c.geom, (
    SELECT u.geom FROM admin_unit u WHERE u.code = :code AND u.validity @> CAST(:on AS date))))
  AND c.id NOT IN (
    SELECT i.id FROM area a JOIN demand_cell i ON ST_Intersects(a.geom, i.geom))"""

_PEOPLE_SOURCES = f"""SELECT c.source, c.source_date, c.is_synthetic, count(*) AS rows
FROM area a JOIN demand_cell c ON ST_Intersects(a.geom, c.geom)
WHERE {_COUNT} GROUP BY 1, 2, 3 ORDER BY 1, 2"""


@dataclass(frozen=True, slots=True)
class Source:
    """Where some of the counted rows come from; `what` is areas, people or facilities."""

    what: str
    source: str | None
    source_date: date | None
    is_synthetic: bool
    rows: int


@dataclass(frozen=True, slots=True)
class Site:
    """An open facility that can count: where it is and which areas (by number) hold it."""

    id: int
    kinds: tuple[str, ...]
    lon: float
    lat: float
    homes: tuple[int, ...]
    source: str | None
    source_date: date | None
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """Distances of one kind: per row a cell, a home area and the smallest distance in metres.

    cell: index into `Ground.cells_*`; home: number of the area that holds the facility, −1 = none;
    outsider: id of the facility where home is −1, else −1.
    """

    cell: Indices
    home: Indices
    outsider: Indices
    distance_m: Floats


@dataclass(frozen=True, slots=True)
class Unplaced:
    """People of the city in cells that lie in none of the areas."""

    cells: int
    people_60: float
    people_65: float | None
    people_80: float | None


@dataclass(frozen=True, slots=True)
class Ground:
    """Areas (a), cells (c), facilities and distances up to `longest_m`, as arrays.

    area_shapes: shapely geometry or None where no territory is known; cell_area: (c,) number of the
    area of each cell; people: (c, 3) aged 60+, 65+, 80+, NaN = unknown.
    """

    longest_m: float
    area_codes: tuple[str, ...]
    area_names: tuple[str, ...]
    area_shapes: tuple[BaseGeometry | None, ...]
    cell_area: Indices
    cell_lon: Floats
    cell_lat: Floats
    people: Floats
    sites: tuple[Site, ...]
    reaches: dict[str, Reach]
    sources: tuple[Source, ...]
    unplaced: Unplaced | None


def read_ground(
    session: Reader,
    question: Question,
    *,
    kinds: Sequence[str],
    longest_m: float,
    polygons: Polygons | None = None,
) -> Ground:
    """Read everything that answers questions on these areas for these kinds (or groups).

    question: its areas, day and count of people; its base year must be set (`base_year_of`).
    longest_m: the largest radius that will be asked. Raises NotFound where there are no areas.
    """
    members = sorted({member for kind in kinds for member in kinds_of(kind)})
    values: dict[str, Any] = question.binds() | polygon_binds(polygons)
    values |= {"kinds": members, "longest_m": float(longest_m)}
    areas = session.execute(_statement(question.areas, _AREAS), values).all()
    if not areas:
        raise NotFound(
            f"no areas of the kind {question.areas!r} are known under {question.city} "
            f"on {question.on}"
        )
    cells = session.execute(_statement(question.areas, _CELLS), values).all()
    sites = session.execute(_statement(question.areas, _SITES, _SITE_ROWS), values).all()
    reach = session.execute(_statement(question.areas, _SITES, _REACH), values).all()
    sources = session.execute(_statement(question.areas, _PEOPLE_SOURCES), values).all()
    people = _column(cells, "people_60", "people_65", "people_80")
    return Ground(
        longest_m=float(longest_m),
        area_codes=tuple(a.code for a in areas),
        area_names=tuple(a.name for a in areas),
        area_shapes=tuple(None if a.wkb is None else shapely.from_wkb(a.wkb) for a in areas),
        cell_area=np.array([c.area for c in cells], dtype=np.int64),
        cell_lon=_column(cells, "lon")[:, 0],
        cell_lat=_column(cells, "lat")[:, 0],
        people=people,
        sites=tuple(
            Site(**{**s._mapping, "kinds": tuple(s.kinds), "homes": tuple(s.homes)}) for s in sites
        ),
        reaches=_reaches(members, np.array([c.id for c in cells], dtype=np.int64), reach),
        sources=(*_area_sources(areas), *(Source("people", *s) for s in sources)),
        unplaced=_unplaced(session, question, values),
    )


def base_year_of(session: Reader, question: Question, polygons: Polygons | None = None) -> int:
    """The base year that is meant: the one asked for, or the last not after the asked day.

    Where all are later, the earliest. Raises NotFound where no people are stored for the areas.
    """
    if question.base_year is not None:
        return question.base_year
    values = question.binds() | polygon_binds(polygons)
    year = session.execute(_statement(question.areas, _BASE_YEAR), values).scalar_one()
    if year is None:
        raise NotFound(
            f"no {question.basis} population is stored for {question.city or 'the given areas'}; "
            "load demand cells first"
        )
    return int(year)


def polygon_binds(polygons: Polygons | None) -> dict[str, Any]:
    """Given polygons as bind values. Raises BadInput for repeated codes and unusable shapes."""
    if polygons is None:
        return {}
    codes = [code for code, _, _ in polygons]
    if not codes or len(set(codes)) < len(codes):
        raise BadInput(
            "areas need at least one polygon, each with a code of its own", parameter="areas"
        )
    for code, _, shape in polygons:
        if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
            raise BadInput(f"area {code!r} is no polygon but {shape.geom_type}", parameter="areas")
        if not shape.is_valid:
            reason = shapely.is_valid_reason(shape)
            raise BadInput(f"area {code!r} is no valid polygon: {reason}", parameter="areas")
    return {
        "codes": codes,
        "names": [name for _, name, _ in polygons],
        "wkbs": [shapely.to_wkb(shape) for _, _, shape in polygons],
    }


def _area_sources(rows: Sequence[Any]) -> list[Source]:
    """The sources of the areas with how many of them each gave."""
    counts = Counter((r.source, r.source_date, r.is_synthetic) for r in rows)
    return [Source("areas", *key, rows=number) for key, number in counts.items()]


def _unplaced(session: Reader, question: Question, values: dict[str, Any]) -> Unplaced | None:
    """Given polygons claim no whole, so nobody is left out of them."""
    if question.areas == "polygon":
        return None
    row = session.execute(_statement(question.areas, _UNPLACED), values).one()
    return Unplaced(**row._mapping)


def _reaches(members: list[str], cell_ids: Indices, rows: Sequence[Any]) -> dict[str, Reach]:
    """Distances by kind, with cells as indices; cells that lie in no area fall away."""
    of_kind: dict[str, list[Any]] = {member: [] for member in members}
    for row in rows:
        of_kind[row.kind].append(row)
    made = {}
    for kind, found in of_kind.items():
        ids = np.array([r.id for r in found], dtype=np.int64)
        at = np.searchsorted(cell_ids, ids)
        known = (at < len(cell_ids)) & (cell_ids[np.minimum(at, len(cell_ids) - 1)] == ids)
        made[kind] = Reach(
            at[known].astype(np.int64),
            np.array([r.home for r in found], dtype=np.int64)[known],
            np.array([r.outsider for r in found], dtype=np.int64)[known],
            np.array([r.distance_m for r in found], dtype=np.float64)[known],
        )
    return made


def _column(rows: Sequence[Any], *names: str) -> Floats:
    """Columns of rows as an array (rows, names); NULL becomes NaN."""
    values = [[getattr(row, name) for name in names] for row in rows]
    return np.array(values, dtype=np.float64).reshape(len(rows), len(names))


@lru_cache(maxsize=64)
def _statement(areas: str, *parts: str) -> TextClause:
    """The areas of a question, numbered by code from 0, and what is asked of them."""
    numbered = f"""area AS MATERIALIZED (
    SELECT (row_number() OVER (ORDER BY r.code) - 1)::integer AS no, r.*
    FROM ({AREA_ROWS[areas]}) AS r
)"""
    ctes = ",\n".join([f"WITH RECURSIVE {BELOW}", numbered, *parts[:-1]])
    return text(f"{ctes}\n{parts[-1]}")
