"""What do the servers serve? The same rows: through our views, and as plain tables for the others.

The tables of the others hold the very columns that we send, with a primary key and a spatial index:
no view, no day and no right stands between them and their rows. Their points are in EPSG:4326, from
which nothing need be converted for GeoJSON (tipg answers 500 for a tile of EPSG:4490).
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from benchmarks.exports import ROWS
from benchmarks.tiles import AREAS
from geo.gazetteer.index import refresh_keys
from geo.queries.collections import FACILITIES, UNITS, Collection

SCHEMA = "peers"
PLACES = """
WITH made AS (INSERT INTO place (code, feature_class, is_published, is_synthetic, source)
    SELECT 'bench:' || i, 'P', true, true, 'benchmark' FROM generate_series(1, :n) i
    RETURNING id, code),
named AS (INSERT INTO place_name (place_id, name, kind)
    SELECT id, substr('东西南北上下大小新老', 1 + id::int % 10, 1)
        || substr('王李张刘陈杨赵黄周吴徐孙', 1 + id::int / 10 % 12, 1)
        || substr('家山河湖桥店坝湾坪岭', 1 + id::int / 120 % 10, 1)
        || substr('村庄屯镇坊里塘口', 1 + id::int / 1200 % 8, 1), 'standard' FROM made)
INSERT INTO place_position (place_id, geom, quality)
SELECT id, ST_SetSRID(ST_Point(113 + 20 * random(), 24 + 15 * random()), 4490), 'point' FROM made"""


def fill(owner: Connection, points: int) -> None:
    """Make facilities, divisions and names, and the others' tables of the first two."""
    owner.execute(text("SELECT setseed(0.4490)"))
    owner.execute(text(ROWS), {"first": 1, "last": points})
    owner.execute(text(AREAS))
    owner.execute(text(PLACES), {"n": points})
    refresh_keys(owner)
    owner.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    for one in (FACILITIES, UNITS):
        _copy(owner, one)
    owner.execute(text(f"GRANT USAGE ON SCHEMA {SCHEMA} TO atlas_public"))
    owner.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO atlas_public"))


def _copy(owner: Connection, one: Collection) -> None:
    columns = ", ".join(f'{each.sql} AS "{each.name}"' for each in one.properties)
    table = f"{SCHEMA}.{one.id}"
    owner.execute(
        text(
            f"CREATE TABLE {table} AS SELECT t.id, {columns},"
            " CAST(ST_SetSRID(t.geom, 4326) AS"
            f" geometry({one.geometry}, 4326)) AS geom FROM atlas_public.{one.source}"
        )
    )
    owner.execute(text(f"ALTER TABLE {table} ADD PRIMARY KEY (id)"))
    owner.execute(text(f"CREATE INDEX ON {table} USING gist (geom)"))
