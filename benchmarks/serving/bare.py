"""What would an endpoint cost that does nothing but ask PostGIS and send the bytes?

No links, no ids of requests, no rights, no limits, no checks, no other address: Starlette, psycopg
and one statement. Started by uvicorn like ours, with as many threads.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from queue import LifoQueue
from typing import Any

import psycopg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from geo.queries.collections import FACILITIES, UNITS

THREADS = 16
COLUMNS = {
    one.id: ", ".join(f't."{each.name}"' for each in one.properties) for one in (FACILITIES, UNITS)
}
ITEMS = """SELECT '{{"type":"Feature","id":' || to_json(t.code) || ',"geometry":'
    || ST_AsGeoJSON(t.geom, 7, 0) || ',"properties":' || row_to_json(own)::text || '}}'
    FROM peers.{name} t CROSS JOIN LATERAL (SELECT {columns}) own ORDER BY t.id LIMIT %s"""
TILE = """SELECT ST_AsMVT(m, '{name}') FROM (SELECT {columns}, ST_AsMVTGeom(
    ST_Transform(t.geom, 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64) AS g
    FROM peers.{name} t
    WHERE t.geom && ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4326)) AS m"""
_idle: LifoQueue[psycopg.Connection[tuple[bytes]]] = LifoQueue()


def _ask(statement: str, values: Sequence[Any] | Mapping[str, Any]) -> list[bytes]:
    connection = _idle.get() if not _idle.empty() else psycopg.connect(
        os.environ["BARE_DATABASE"], autocommit=True
    )  # fmt: skip
    try:
        cursor = connection.cursor(binary=True)
        found = cursor.execute(statement, values).pgresult
        assert found is not None
        return [found.get_value(at, 0) or b"" for at in range(found.ntuples)]
    finally:
        _idle.put(connection)


def items(request: Request) -> Response:
    """A page of features."""
    name = request.path_params["name"]
    limit = int(request.query_params["limit"])
    rows = _ask(ITEMS.format(name=name, columns=COLUMNS[name]), [limit])
    body = b'{"type":"FeatureCollection","features":[' + b",".join(rows) + b"]}"
    return Response(body, media_type="application/geo+json")


def tile(request: Request) -> Response:
    """A tile."""
    name, z, x, y = (request.path_params[key] for key in ("name", "z", "x", "y"))
    values = {"z": z, "x": x, "y": y}
    rows = _ask(TILE.format(name=name, columns=COLUMNS[name]), values)
    return Response(rows[0], media_type="application/vnd.mapbox-vector-tile")


app = Starlette(
    routes=[
        Route("/{name}/items", items),
        Route("/{name}/tiles/{z:int}/{x:int}/{y:int}", tile),
    ]
)
