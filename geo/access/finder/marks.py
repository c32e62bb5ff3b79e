"""What does a part of the map show of an answer, when forty thousand places may fit?

Places that lie close together on the screen are gathered into one mark with their number: by a
grid whose cells are so many degrees wide. A map then holds some hundred marks at any zoom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import TextClause, text

from geo.access.finder.conditions import CONDITIONS
from geo.access.finder.question import Question
from geo.access.finder.ranking import Ground
from geo.errors import BadInput, both
from geo.queries.admin import Reader
from geo.queries.within import IN_TERRITORY, Territory

MOST = 2000
"""Marks in one answer; a screen has some hundred cells."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One place, or `count` of them around lon, lat; then code, name and kind are None."""

    lon: float
    lat: float
    count: int
    code: str | None
    name: str | None
    kind: str | None
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a part of the map; found: how many places they stand for."""

    found: int
    marks: tuple[Mark, ...]


def marks(
    session: Reader,
    asked: Question,
    bbox: tuple[float, float, float, float],
    cell_deg: float,
    without: Sequence[str] = (),
) -> Marks:
    """The places that fit inside west, south, east, north (degrees), gathered by cells.

    without: codes that the map shows by itself, with the numbers of the list. Minutes on foot are
    no condition here: a map would have to walk to every place. Raises BadInput for cells so small
    that more than MOST marks may come, NotFound for an unknown division.
    """
    west, south, east, north = bbox
    if not cell_deg > 0 or (east - west) / cell_deg * (north - south) / cell_deg > MOST:
        raise BadInput(
            both("格子太小，请放大格子或缩小范围。", "the cells are too small for that part"),
            parameter="cell",
        )
    ground = Ground.of(session, asked)
    box = {"west": west, "south": south, "east": east, "north": north, "cell": cell_deg,
           "without": list(without)}  # fmt: skip
    rows = session.execute(_statement(ground.shape, ground.territory), ground.binds | box)
    found = tuple(Mark(*row) for row in rows)
    return Marks(sum(mark.count for mark in found), found)


@lru_cache(maxsize=256)
def _statement(shape: tuple[str, ...], territory: Territory) -> TextClause:
    fits = "".join(f" AND ({CONDITIONS[name]})" for name in shape)
    return text(f"""SELECT avg(seen.lon), avg(seen.lat), count(*),
        CASE WHEN count(*) = 1 THEN min(seen.code) END,
        CASE WHEN count(*) = 1 THEN min(seen.name) END,
        CASE WHEN count(*) = 1 THEN min(seen.kind) END,
        bool_or(seen.is_synthetic)
    FROM (SELECT ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat, f.code, f.name, f.is_synthetic,
            (SELECT k FROM unnest(f.kinds) AS k WHERE k = ANY(:kinds) LIMIT 1) AS kind
        FROM facility f
        WHERE f.kinds && :kinds AND f.state = 'open' AND f.validity @> CAST(:on AS date)
          AND {IN_TERRITORY[territory]}{fits}
          AND f.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)
          AND NOT f.code = ANY(:without)) AS seen
    GROUP BY floor(seen.lon / CAST(:cell AS float8)), floor(seen.lat / CAST(:cell AS float8))
    ORDER BY 3 DESC, 1, 2""")
