"""What does a tile cost beside bare ST_AsMVT, and what does one cost that has not changed?

Run `.venv/bin/python benchmarks/tiles.py [points] [--times N]`: by default 20 000 seeded points in
one tile of level 4, and 400 seeded areas in one of level 5, in a private database of their own.
Each of these is run in turn, N times; the medians and their ratios are shown:

- bare: `ST_AsMVT(ST_AsMVTGeom(ST_Transform(geom, 3857), …))` with the same columns, no order, no
  date, no check;
- cold: our tile, rendered; kept: our tile from the cache, with the question to the log.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, text

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geo.db import read_engine
from geo.db.embedded import embedded
from geo.db.engine import make_engine
from geo.migrations import migrate
from geo.queries.collections import COLLECTIONS
from geo.queries.items import Question
from geo.queries.matrices import MATRIX_SETS
from geo.queries.moments import on_day
from geo.queries.tile_sql import shown
from geo.queries.tiles import Asked, TileCache, tile

DAY = date(2026, 11, 1)
POINTS = """
INSERT INTO facility (code, name, kinds, admin_code, beds_total, geom, is_published, is_synthetic,
                      source)
SELECT 'S-' || i, '示例设施' || i, ARRAY[CASE WHEN i % 2 = 0 THEN 'canteen' ELSE 'home' END],
       '320402000000', i % 300,
       ST_SetSRID(ST_Point(113 + 20 * random(), 24 + 15 * random()), 4490), true, true, 'benchmark'
FROM generate_series(1, :n) i"""
AREAS = """
INSERT INTO admin_unit (code, name, level, geom, is_published, is_synthetic, source)
SELECT lpad(i::text, 12, '0'), '示例区' || i, 3, ST_Multi(ST_Buffer(ST_SetSRID(ST_Point(
       113 + (i % 20) * 0.5, 32 + (i / 20) * 0.4), 4490), 0.25, 500)), true, true, 'benchmark'
FROM generate_series(1, 400) i"""
BARE = """SELECT ST_AsMVT(m, 'bare') FROM (SELECT {columns}, ST_AsMVTGeom(
    ST_Transform(t.geom, 3857), ST_TileEnvelope({z}, {x}, {y})) AS g FROM {source}
    WHERE t.geom && ST_Transform(ST_TileEnvelope({z}, {x}, {y}), 4490)) AS m"""


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that a piece of work takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def compare(connection: Connection, name: str, z: int, row: int, col: int, times: int) -> str:
    """A line of the table: one tile of a collection, bare, cold and kept in turn."""
    one = COLLECTIONS[name]
    asked = Asked(Question(one, on_day(DAY)), MATRIX_SETS["WebMercatorQuad"], z, row, col)
    columns = ", ".join(f"{sql} AS {column}" for column, sql in shown(one).items())
    bare = text(BARE.format(columns=columns, source=one.source, z=z, x=col, y=row))
    spent: dict[str, list[float]] = {"bare": [], "cold": [], "kept": []}
    for _ in range(times):
        cache = TileCache()
        spent["bare"].append(timed(lambda: connection.execute(bare).scalar_one()))
        spent["cold"].append(timed(lambda: tile(connection, asked, cache)))  # noqa: B023
        spent["kept"].append(timed(lambda: tile(connection, asked, cache)))  # noqa: B023
    made = tile(connection, asked, TileCache())
    b, c, k = (median(spent[key]) for key in ("bare", "cold", "kept"))
    return (
        f"| {name} z{z} | {made.shown} | {len(made.body)} | {b:.1f} | {c:.1f} | {k:.2f} |"
        f" {c / b:.2f} | {c / k:.0f} |"
    )


@contextmanager
def home() -> Iterator[Path]:
    """A folder that the user who runs PostgreSQL may enter; gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"


def main() -> None:
    """Make the database, run, print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("points", type=int, nargs="?", default=20_000)
    parser.add_argument("--times", type=int, default=9)
    given = parser.parse_args()
    with (
        home() as folder,
        embedded(folder, what="benchmarks/tiles.py") as running,
    ):
        migrate(running.database.owner_url)
        with make_engine(running.database.owner_url).begin() as owner:
            owner.execute(text("SELECT setseed(0.4490)"))
            owner.execute(text(POINTS), {"n": given.points})
            owner.execute(text(AREAS))
        with make_engine(running.database.owner_url, autocommit=True).connect() as owner:
            owner.execute(text("VACUUM ANALYZE"))
        with read_engine(running.database).connect() as connection:
            print(
                "| tile | features | bytes | bare ms | cold ms | kept ms | cold/bare | cold/kept |"
            )
            print("|---|---:|---:|---:|---:|---:|---:|---:|")
            print(compare(connection, "facilities", 4, 6, 13, given.times))
            print(compare(connection, "units", 5, 12, 26, given.times))


if __name__ == "__main__":
    main()
