"""What does the OpenAPI document say of tiles?"""

from __future__ import annotations

from typing import Any

from api.ogc import openapi
from api.ogc.answers import HTML, JSON
from api.ogc.tiles import MVT
from geo.queries.matrices import DEEPEST, MATRIX_SETS

TILEJSON = "application/vnd.mapbox.tilejson+json"
SETS = {"json": JSON, "tilejson": TILEJSON, "html": HTML}
"""Formats of a tile set: word of `f` → media type."""


def paths() -> dict[str, Any]:
    """The addresses of this door for the OpenAPI document."""
    one, sets = "/collections/{collectionId}/tiles", [*MATRIX_SETS]
    tiling = {"name": "tileMatrixSetId", "in": "path", "required": True,
              "schema": {"type": "string", "enum": sets}}  # fmt: skip
    numbers = [
        {"name": name, "in": "path", "required": True,
         "schema": {"type": "integer", "minimum": 0, "maximum": most}}
        for name, most in (("tileMatrix", DEEPEST), ("tileRow", 2**DEEPEST - 1),
                           ("tileCol", 2 ** (DEEPEST + 1) - 1))
    ]  # fmt: skip
    f_sets = {"name": "f", "in": "query", "schema": {"type": "string", "enum": [*SETS]}}
    f_tile = {"name": "f", "in": "query", "schema": {"type": "string", "enum": ["mvt"]}}
    get, answer, faults = openapi.reading, openapi.answered, openapi.refusals
    tiles = {"description": "瓦片", "content": {MVT: {"schema": {"type": "string",
                                                             "format": "binary"}}}}  # fmt: skip
    more = {"204": {"description": "空 · empty"}, "304": {"description": "未变 · not changed"}}
    paths = {
        "/tileMatrixSets": get("瓦片矩阵集 · Tile matrix sets", "tileMatrixSets",
                               answer("瓦片矩阵集", JSON, HTML), "f"),
        "/tileMatrixSets/{tileMatrixSetId}": get(
            "一个瓦片矩阵集 · One tile matrix set", "tileMatrixSet",
            answer("瓦片矩阵集", JSON, HTML), "f", more=faults("404")),
        one: get("瓦片集 · Tile sets", "tilesets", answer("瓦片集", JSON, HTML), "collectionId",
                 "datetime", "f"),
        f"{one}/{{tileMatrixSetId}}": get("一个瓦片集 · One tile set", "tileset",
                                          answer("瓦片集", *SETS.values()), "collectionId",
                                          "datetime"),
        f"{one}/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": get(
            "矢量瓦片 · A vector tile", "tile", tiles, "collectionId", "datetime", more=more),
    }  # fmt: skip
    for path, operation in paths.items():
        if "{tileMatrixSetId}" in path:
            operation["parameters"].append(tiling)
        if path.endswith("{tileMatrixSetId}") and path.startswith(one):
            operation["parameters"].append(f_sets)
        if path.endswith("{tileCol}"):
            operation["parameters"] += [*numbers, f_tile]
    return {path: {"get": operation} for path, operation in paths.items()}
