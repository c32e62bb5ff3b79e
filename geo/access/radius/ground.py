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
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.access.radius import far
from geo.access.radius.areas import Polygons, area_statement, polygon_binds
from geo.access.radius.question import Question, no_areas
from geo.access.radius.sites import Reach, Site
from geo.access.walking.ground import Walked, walked_ground
from geo.errors import NotFound
from geo.models.kinds import kinds_of
from geo.queries.admin import Reader

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_COUNT = "c.basis = :basis AND c.base_year = :base_year AND c.projection = :projection"

_AREAS = """SELECT a.code, a.name, ST_AsBinary(a.geom) AS wkb,
    a.source, a.source_date, a.is_synthetic
FROM area a ORDER BY a.no"""

# What is read of a cell; the order of `_cells`.
_CELL = """ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, c.people_60, c.people_65, c.people_80,
    c.disabled_est, c.source, c.source_date, c.is_synthetic"""

_PLACED = f"""placed AS MATERIALIZED (
    SELECT DISTINCT ON (c.id) c.id, a.no AS area, {_CELL}
    FROM area a JOIN demand_cell c ON ST_Intersects(a.geom, c.geom)
    WHERE {_COUNT}
    ORDER BY c.id, a.no
)"""

_CELLS_OF_AREAS = "SELECT * FROM placed ORDER BY id"

# With the people of the city whom no area holds (area −1): counted under it by code or position.
# NOT IN is hashed whatever the planner expects; as an anti-join it took a minute, seen when the
# planner took the areas for one.
_CELLS_OF_CITY = f"""SELECT * FROM placed
UNION ALL
SELECT c.id, -1, {_CELL} FROM demand_cell c
WHERE {_COUNT} AND c.id NOT IN (SELECT p.id FROM placed p)
  AND (c.admin_code IN (SELECT b.code FROM below b) OR ST_Intersects(c.geom, (
    SELECT u.geom FROM admin_unit u WHERE u.code = :code AND u.validity @> CAST(:on AS date))))
ORDER BY id"""

# The box of the areas, wider by the radius: 1° of latitude has more than 110 574 m. ST_Distance
# decides; the box only keeps far-away facilities out of the join.
_SITES = """extent AS (
    SELECT ST_SetSRID(ST_Extent(a.geom)::geometry, 4490) AS box,
        greatest(cos(radians(least(89, max(greatest(
            abs(ST_YMin(a.geom)), abs(ST_YMax(a.geom))))))), 0.02) AS shrink
    FROM area a
), site AS MATERIALIZED (
    SELECT f.id, f.code, f.name, f.kinds, f.geom, f.source, f.source_date, f.is_synthetic,
        (SELECT array_agg(a.no ORDER BY a.no) FROM area a
            WHERE ST_Intersects(a.geom, f.geom)) AS homes
    FROM facility f
    WHERE f.kinds && CAST(:kinds AS text[]) AND f.state = 'open'
      AND f.validity @> CAST(:on AS date)
      AND f.geom && (SELECT ST_Expand(box, :longest_m / 100000.0 / shrink + 0.01,
          :longest_m / 100000.0 + 0.01) FROM extent)
)"""

_SITE_ROWS = """SELECT s.id, s.code, s.name, s.kinds, ST_X(s.geom) AS lon, ST_Y(s.geom) AS lat,
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


@dataclass(frozen=True, slots=True)
class Source:
    """Where some of the rows come from; `what` is areas, people, facilities or roads."""

    what: str
    source: str | None
    source_date: date | None
    is_synthetic: bool
    rows: int


@dataclass(frozen=True, slots=True)
class Unplaced:
    """People of the city in cells that lie in none of the areas; None is unknown or withheld."""

    cells: int
    people_60: float | None
    people_65: float | None
    people_80: float | None


@dataclass(frozen=True, slots=True)
class Ground:
    """Areas (a), cells (c), facilities and distances up to `longest_m`, as arrays.

    walked: what walking adds, where the question measures on foot.

    area_shapes: shapely geometry or None where no territory is known; cell_area: (c,) number of the
    area of each cell; people: (c, 3) aged 60+, 65+, 80+, NaN = unknown;
    disabled: (c,) 失能, estimated by the source, NaN = unknown.
    """

    longest_m: float
    area_codes: tuple[str, ...]
    area_names: tuple[str, ...]
    area_shapes: tuple[BaseGeometry | None, ...]
    cell_area: Indices
    cell_lon: Floats
    cell_lat: Floats
    people: Floats
    disabled: Floats
    sites: tuple[Site, ...]
    reaches: dict[str, Reach]
    sources: tuple[Source, ...]
    unplaced: Unplaced | None
    walked: Walked | None = None


def read_ground(
    session: Reader,
    question: Question,
    *,
    kinds: Sequence[str],
    longest_m: float,
    polygons: Polygons | None = None,
) -> Ground:
    """Read everything that answers questions on these areas for these kinds (or groups).

    question: its areas, day and count of people; its base year must be set (`record.on_record`).
    longest_m: the largest radius that will be asked. Raises NotFound where there are no areas.
    """
    members = sorted({member for kind in kinds for member in kinds_of(kind)})
    values: dict[str, Any] = question.binds() | polygon_binds(polygons)
    values |= {"kinds": members, "longest_m": float(longest_m)}
    areas = session.execute(area_statement(question.areas, _AREAS), values).all()
    if not areas:
        raise NotFound(no_areas(question))
    listed = _CELLS_OF_AREAS if question.areas == "polygon" else _CELLS_OF_CITY
    cells = _cells(session.execute(area_statement(question.areas, _PLACED, listed), values).all())
    sites = session.execute(area_statement(question.areas, _SITES, _SITE_ROWS), values).all()
    found = tuple(
        Site(**{**s._mapping, "kinds": tuple(s.kinds), "homes": tuple(s.homes)}) for s in sites
    )
    placed = cells.area >= 0
    here = (cells.area[placed], cells.lon[placed], cells.lat[placed])
    shapes = tuple(None if a.wkb is None else shapely.from_wkb(a.wkb) for a in areas)
    walked = None
    if question.measure == "walk":
        asked = (question.network, question.fallback, longest_m)
        walked = walked_ground(session, shapes, here, found, asked)
        reaches = {kind: walked.reach(kind) for kind in members}
    elif longest_m > far.FAR_M:
        reaches = {kind: far.far_reach(kind, found, *here, longest_m) for kind in members}
    else:
        pairs = session.execute(area_statement(question.areas, _SITES, _REACH), values).all()
        reaches = _reaches(members, cells.id[placed], pairs)
    return Ground(
        longest_m=float(longest_m),
        area_codes=tuple(a.code for a in areas),
        area_names=tuple(a.name for a in areas),
        area_shapes=shapes,
        cell_area=cells.area[placed],
        cell_lon=cells.lon[placed],
        cell_lat=cells.lat[placed],
        people=cells.people[placed],
        disabled=cells.disabled[placed],
        sites=found,
        reaches=reaches,
        sources=(
            *_counted("areas", [(a.source, a.source_date, a.is_synthetic) for a in areas]),
            *_counted("people", cells.sources),
            *(Source("roads", *row) for row in (walked.sources if walked else ())),
        ),
        unplaced=None if question.areas == "polygon" else _unplaced(cells.people[~placed]),
        walked=walked,
    )


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cells by id as arrays; area −1 = in none. sources: one entry per cell that lies in one."""

    id: Indices
    area: Indices
    lon: Floats
    lat: Floats
    people: Floats
    disabled: Floats
    sources: list[tuple[Any, ...]]


def _cells(rows: Sequence[Any]) -> _Cells:
    """Rows of `_CELL` as arrays; NULL becomes NaN."""
    columns: list[Any] = list(zip(*rows, strict=True)) or [()] * 11
    ids, area = (np.array(column, dtype=np.int64) for column in columns[:2])
    lon, lat, *people, disabled = (np.array(column, dtype=np.float64) for column in columns[2:8])
    sources = [key for key, no in zip(zip(*columns[8:], strict=True), area, strict=True) if no >= 0]
    return _Cells(ids, area, lon, lat, np.column_stack(people), disabled, sources)


def _counted(what: str, keys: Sequence[tuple[Any, ...]]) -> list[Source]:
    """Each source (its name, date, whether synthetic) with how many rows it gave."""
    return [Source(what, key[0], key[1], key[2], rows) for key, rows in Counter(keys).items()]


def _unplaced(people: Floats) -> Unplaced:
    """The sum of the cells that lie in no area; None for an age that is unknown for one of them."""
    sums = [float(value) for value in people.sum(axis=0)]
    known = [None if np.isnan(value) else value for value in sums]
    return Unplaced(len(people), sums[0], known[1], known[2])


def _reaches(members: list[str], cell_ids: Indices, rows: Sequence[Any]) -> dict[str, Reach]:
    """Distances by kind, with cells as indices; cells that lie in no area fall away."""
    columns: list[Any] = list(zip(*rows, strict=True)) or [()] * 5
    kind = np.array(columns[0], dtype=object)
    ids, home, outsider = (np.array(column, dtype=np.int64) for column in columns[1:4])
    distance_m = np.array(columns[4], dtype=np.float64)
    cell = np.searchsorted(cell_ids, ids)
    known = np.isin(ids, cell_ids)
    made = {}
    for member in members:
        own = known & (kind == member)
        made[member] = Reach(cell[own], home[own], outsider[own], distance_m[own])
    return made
