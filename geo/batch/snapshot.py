"""How does a worker read its own piece of people and facilities from PostGIS?

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
from sqlalchemy import Connection, Engine

from geo.access.radius.distance import Floats
from geo.batch.cells import Window, window_of
from geo.batch.sources import Around, Demand
from geo.db.engine import make_engine
from geo.errors import BadInput, both
from geo.models.demand import BASES
from geo.models.kinds import kinds_of

PEOPLE = ("people_60", "people_65", "people_80", "people_total")
COUNT = "c.basis = %(basis)s AND c.base_year = %(base_year)s AND c.projection = %(projection)s"
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
                    both(f"{name} 须为 {'、'.join(known)} 之一，不是 {value}。",
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
        with reading(self) as connection:
            demand = demand_of(connection, self)
            if not len(demand.id):
                return demand, np.empty(0), np.empty(0)
            around = window_of(demand.lon, demand.lat).widened(radius_m)
            return (demand, *sites_around(connection, self.asked, around))


@contextmanager
def reading(piece: StoredPiece) -> Iterator[Connection]:
    """A connection that sees the run's snapshot for the length of a `with` block."""
    with engine_of(piece.url).connect() as plain:
        connection = plain.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        # PostgreSQL's own identifier (00000004-0000000B-1); the statement takes no bind value.
        connection.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{piece.snapshot}'")
        yield connection


@lru_cache(maxsize=2)
def engine_of(url: str) -> Engine:
    """A worker's engine on a database."""
    return make_engine(url, threads=1)


def demand_of(connection: Connection, piece: StoredPiece) -> Demand:
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
        WHERE {COUNT} AND {place}""",
        5,
        {**count_of(asked), **piece.where, "areas": list(piece.areas[1:])},
    )
    ids = rows[:, 0].astype(np.int64)
    order = np.argsort(ids)
    rows = rows[order]
    return Demand(ids[order], rows[:, 1], rows[:, 2], rows[:, 3], rows[:, 4].astype(np.int64))


def sites_around(connection: Connection, asked: Asked, around: Window) -> tuple[Floats, Floats]:
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
            {"kinds": sorted(kinds_of(asked.kind)), "on": asked.on, **sides_of(half)},
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


def count_of(asked: Asked) -> dict[str, Any]:
    """The bind values of `COUNT`."""
    return {
        "basis": asked.basis, "base_year": asked.base_year, "projection": asked.projection,
    }  # fmt: skip


def sides_of(window: Window) -> dict[str, float]:
    """The bind values of a box."""
    return {
        "west": window.west, "south": window.south, "east": window.east, "north": window.north,
    }  # fmt: skip
