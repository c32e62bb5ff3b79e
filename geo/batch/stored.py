"""How does each worker read its own piece of people and facilities from PostGIS?

All workers read one snapshot, exported by the transaction that began the run: whatever is written
meanwhile, and however often a piece is read again, the answer is about one state of the data.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, text

from geo.access.radius.distance import Floats
from geo.batch.cells import Window, grid_of, window_of
from geo.batch.sources import NO_AREA, Around, Demand
from geo.db.engine import make_engine
from geo.errors import BadInput, NotFound, both
from geo.models.demand import BASES
from geo.models.kinds import kinds_of

PEOPLE = ("people_60", "people_65", "people_80", "people_total")
BY_DIVISION = "division"

_COUNT = "c.basis = %(basis)s AND c.base_year = %(base_year)s AND c.projection = %(projection)s"
_BOX = "c.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4490)"
# A cell of the grid is open to the east and north; the box alone would take cut lines twice.
_CELL = f"""{_BOX} AND ST_X(c.geom) >= %(west)s AND ST_Y(c.geom) >= %(south)s
    AND ST_X(c.geom) < %(end_lon)s::float8 AND ST_Y(c.geom) < %(end_lat)s::float8"""
_DIVISION = "c.admin_code = %(division)s"
_NO_DIVISION = "c.admin_code IS NULL"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is read: kind (or group) of facility in force on a day, and one count of people."""

    kind: str
    on: date
    people: str = "people_60"
    basis: str = "resident"
    base_year: int | None = None
    projection: str = "none"

    def __post_init__(self) -> None:
        """Raise BadInput for an unknown kind, count or age."""
        kinds_of(self.kind)
        for value, known, name in (
            (self.people, PEOPLE, "people"), (self.basis, BASES, "basis"),
        ):  # fmt: skip
            if value not in known:
                raise BadInput(
                    both(f"{name} 须为 {'、'.join(known)} 之一,不是 {value}。",
                         f"{name} must be one of {', '.join(known)}, not {value}"),
                    parameter=name,
                )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredPiece:
    """The people of one grid cell or division, and the open facilities around them.

    where: the bind values that say which; areas: codes of divisions, NO_AREA first.
    """

    url: str = field(repr=False)
    snapshot: str
    asked: Asked
    where: dict[str, Any]
    areas: tuple[str, ...]

    def read(self, radius_m: float) -> Around:
        """Read both in the run's snapshot."""
        with _engine(self.url).connect() as plain:
            connection = plain.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            # PostgreSQL's own identifier (00000004-0000000B-1); the statement takes no bind value.
            connection.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{self.snapshot}'")
            demand = _demand(connection, self)
            if not len(demand.id):
                return demand, np.empty(0), np.empty(0)
            around = window_of(demand.lon, demand.lat).widened(radius_m)
            return (demand, *_sites(connection, self.asked, around))


@lru_cache(maxsize=2)
def _engine(url: str) -> Engine:
    return make_engine(url, threads=1)


def _demand(connection: Connection, piece: StoredPiece) -> Demand:
    """The piece's cells by id."""
    asked = piece.asked
    place = _CELL
    if "division" in piece.where:
        place = _NO_DIVISION if piece.where["division"] is None else _DIVISION
    # `people` is one of PEOPLE: checked when the question was asked.
    rows = _copied(
        connection,
        f"""SELECT c.id::float8, ST_X(c.geom), ST_Y(c.geom),
            coalesce(c.{asked.people}, 'NaN'), coalesce(a.no, 0)::float8
        FROM demand_cell c LEFT JOIN unnest(%(areas)s::text[]) WITH ORDINALITY AS a (code, no)
            ON a.code = c.admin_code
        WHERE {_COUNT} AND {place}""",
        5,
        {**_binds(asked), **piece.where, "areas": list(piece.areas[1:])},
    )
    ids = rows[:, 0].astype(np.int64)
    order = np.argsort(ids)
    rows = rows[order]
    return Demand(ids[order], rows[:, 1], rows[:, 2], rows[:, 3], rows[:, 4].astype(np.int64))


def _sites(connection: Connection, asked: Asked, around: Window) -> tuple[Floats, Floats]:
    """Open facilities of the kind in a window; where it spans the antimeridian, in both halves."""
    halves = [around]
    if around.west > around.east:
        halves = [replace(around, east=180.0), replace(around, west=-180.0)]
    found = [
        _copied(
            connection,
            f"""SELECT ST_X(c.geom), ST_Y(c.geom) FROM facility c
            WHERE c.kinds && %(kinds)s::text[] AND c.state = 'open'
              AND c.validity @> %(on)s::date AND {_BOX}""",
            2,
            {"kinds": sorted(kinds_of(asked.kind)), "on": asked.on, **_sides(half)},
        )
        for half in halves
    ]
    both_halves = np.concatenate(found)
    return both_halves[:, 0], both_halves[:, 1]


def _copied(connection: Connection, query: str, columns: int, values: dict[str, Any]) -> Floats:
    """The rows of a query whose columns are all float8 and never NULL, through a binary COPY."""
    driver: Any = connection.connection.driver_connection
    copying = f"COPY ({query}) TO STDOUT (FORMAT BINARY)"
    with driver.cursor() as cursor, cursor.copy(copying, values) as out:
        content = b"".join(bytes(block) for block in out)
    # A count of fields, then for each its length and its value; 19 bytes before all, 2 after.
    each = [(f"length{i}", ">i4", f"v{i}", ">f8") for i in range(columns)]
    row = np.dtype([("fields", ">i2")] + [pair for a, b, c, d in each for pair in ((a, b), (c, d))])
    read = np.frombuffer(content, row, offset=19, count=(len(content) - 21) // row.itemsize)
    return np.column_stack([read[f"v{i}"].astype(np.float64) for i in range(columns)])


@dataclass(frozen=True, slots=True)
class StoredSource:
    """The pieces of a run on PostGIS, their areas, and what they rest on."""

    pieces: list[StoredPiece]
    areas: tuple[str, ...]
    asked: Asked
    has_synthetic: bool
    sources: tuple[str, ...]


@contextmanager
def stored_pieces(url: str, asked: Asked, cut: float | str) -> Iterator[StoredSource]:
    """Cut what is stored, by cells of `cut` degrees or by "division"; holds while the block runs.

    Only pieces with people are made. asked.base_year None: the last count not after the day.
    Raises NotFound where there are no people of that count.
    """
    with _engine(url).connect() as plain:
        connection = plain.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        asked = replace(asked, base_year=asked.base_year or _last_year(connection, asked))
        values = _binds(asked)
        codes = _column(
            connection, f"SELECT DISTINCT c.admin_code FROM demand_cell c WHERE {_COUNT}", values
        )
        areas = (NO_AREA, *sorted(code for code in codes if code))
        if cut == BY_DIVISION:
            places = [{"division": code} for code in sorted(codes, key=lambda code: code or "")]
        else:
            places = _cells_with_people(connection, float(cut), values)
        if not places:
            raise NotFound(
                both("没有符合条件的人口数据。", "there are no people of that count on record")
            )
        told = _told_sources(connection, asked)
        yield StoredSource(
            [StoredPiece(url, snapshot, asked, place, areas) for place in places],
            areas, asked, any(made_up for _, made_up in told),
            tuple(source for source, _ in told),
        )  # fmt: skip


def _cells_with_people(
    connection: Connection, size_deg: float, values: dict[str, Any]
) -> list[dict[str, Any]]:
    """The grid cells that hold people, by the same edges as `Grid.cell_of`."""
    grid = grid_of(size_deg)
    rows = connection.exec_driver_sql(
        f"""SELECT width_bucket(ST_X(c.geom), %(west_edges)s::float8[]) - 1 AS cut_column,
            width_bucket(ST_Y(c.geom), %(south_edges)s::float8[]) - 1 AS cut_row
        FROM demand_cell c WHERE {_COUNT} GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2""",
        {**values, "west_edges": grid.west_edges.tolist(),
         "south_edges": grid.south_edges.tolist()},
    ).all()  # fmt: skip
    places = []
    for column, row in rows:  # the largest first: the last piece to end should be a small one
        end_lon, end_lat = grid.ends(column, row)
        sides = _sides(grid.window(column, row))
        places.append({**sides, "end_lon": end_lon, "end_lat": end_lat})
    return places


def _last_year(connection: Connection, asked: Asked) -> int:
    """The year of the last count not after the asked day."""
    found = connection.execute(
        text(
            "SELECT max(base_year) FROM demand_cell WHERE basis = :basis "
            "AND projection = :projection AND base_year <= :year"
        ),
        {"basis": asked.basis, "projection": asked.projection, "year": asked.on.year},
    ).scalar_one()
    if found is None:
        raise NotFound(
            both(f"{asked.on.year} 年及以前没有人口数据。",
                 f"no people are on record up to {asked.on.year}")
        )  # fmt: skip
    return int(found)


def _told_sources(connection: Connection, asked: Asked) -> list[tuple[str, bool]]:
    """The sources of people and facilities in words, and whether one is made up."""
    people = connection.exec_driver_sql(
        f"""SELECT '人口 people', c.source, c.is_synthetic, count(*) FROM demand_cell c
        WHERE {_COUNT} GROUP BY 2, 3 ORDER BY 2, 3""",
        _binds(asked),
    ).all()
    sites = connection.exec_driver_sql(
        """SELECT '设施 facilities', f.source, f.is_synthetic, count(*) FROM facility f
        WHERE f.kinds && %(kinds)s::text[] AND f.state = 'open' AND f.validity @> %(on)s::date
        GROUP BY 2, 3 ORDER BY 2, 3""",
        {"kinds": sorted(kinds_of(asked.kind)), "on": asked.on},
    ).all()
    return [
        (f"{what}: {source or '未知'} ({rows} 行{',合成' if made_up else ''})", bool(made_up))
        for what, source, made_up, rows in (*people, *sites)
    ]


def _binds(asked: Asked) -> dict[str, Any]:
    return {
        "basis": asked.basis, "base_year": asked.base_year, "projection": asked.projection,
    }  # fmt: skip


def _sides(window: Window) -> dict[str, float]:
    return {
        "west": window.west, "south": window.south, "east": window.east, "north": window.north,
    }  # fmt: skip


def _column(connection: Connection, query: str, values: dict[str, Any]) -> list[str | None]:
    return [row[0] for row in connection.exec_driver_sql(query, values)]
