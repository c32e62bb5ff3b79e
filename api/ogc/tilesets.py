"""Which tiles are there, and how is a map told of them? Tile sets, matrix sets, TileJSON."""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp

from api.ogc import described, door, landing, openapi, pages
from api.ogc.answers import HTML, JSON, Answer, Call, as_json, link
from api.ogc.callers import caller, has_right, refuse_unapproved
from api.ogc.features import map_words
from api.ogc.negotiation import DOCUMENT, alternates, format_of
from api.ogc.tile_paths import SETS, TILEJSON, paths
from api.ogc.tiles import MVT, one_tile, when_asked
from geo.queries.catalogue import facts
from geo.queries.collections import Collection
from geo.queries.collections import collection as collection_of
from geo.queries.matrices import DEEPEST, MATRIX_SETS, MatrixSet, definition, matrix_set
from geo.queries.tile_sql import SHOWN

_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
_SPEC = "http://www.opengis.net/spec/"
CONFORMS = (
    *(
        f"{_SPEC}ogcapi-tiles-1/1.0/conf/{one}"
        for one in ("core", "tileset", "tilesets-list", "geodata-tilesets", "datetime", "mvt",
                    "tilejson", "oas30")
    ),
    *(
        f"{_SPEC}tms/2.0/conf/{one}"
        for one in ("tilematrixset", "json-tilematrixset", "tilesetmetadata",
                    "json-tilesetmetadata")
    ),
)  # fmt: skip
MAPPED = 18
"""The deepest level that a map is told to ask for; deeper ones are answered too."""


def matrix_sets(call: Call) -> ASGIApp:
    """The tile matrix sets."""
    call.only("f")
    chosen = format_of(call)
    told: list[dict[str, Any]] = [
        {
            "id": one.id, "title": f"{one.zh} · {one.en}", **_uri(one, "uri"), "crs": one.crs,
            "links": [link(call.address("tileMatrixSets", one.id), f"{_REL}tiling-scheme", JSON,
                           one.zh)],
        }
        for one in MATRIX_SETS.values()
    ]  # fmt: skip
    if chosen == "html":
        links = [item for one in told for item in one["links"]]
        return _page(call, "瓦片矩阵集 · Tile matrix sets", "", links)
    return as_json({"tileMatrixSets": told, "links": alternates(call, DOCUMENT, chosen)})


def one_matrix_set(call: Call) -> ASGIApp:
    """The definition of a tile matrix set."""
    call.only("f")
    one = matrix_set(call.parts[1])
    if format_of(call) == "html":
        links = alternates(call, DOCUMENT, "html")
        return _page(call, f"{one.zh} · {one.en}", f"{one.id}，{one.crs}", links)
    return as_json(definition(one.id))


def tilesets(call: Call) -> ASGIApp:
    """The tile sets of a collection: one for each matrix set."""
    call.only("f", "datetime")
    chosen = format_of(call)
    one = _seen(call)
    told = [_brief(call, one, tiling) for tiling in MATRIX_SETS.values()]
    if chosen == "html":
        links = [item for made in told for item in made["links"]]
        return _page(call, f"{one.zh} · 瓦片 · tiles", one.about_zh, links)
    return as_json({"tilesets": told, "links": alternates(call, DOCUMENT, chosen)})


def one_tileset(call: Call) -> ASGIApp:
    """A tile set: what is in it and how a tile is asked for; as TileJSON for maps."""
    call.only("f", "datetime")
    chosen = format_of(call, SETS)
    one, tiling = _seen(call), matrix_set(call.parts[3])
    with call.doors.public() as connection:
        box = facts(connection, one).bbox
    if chosen == "tilejson":
        return as_json(_tilejson(call, one, tiling, box), TILEJSON)
    told = _brief(call, one, tiling)
    told["links"] = [*alternates(call, SETS, chosen), *told["links"][1:]]
    if chosen == "html":
        return _page(call, told["title"], one.about_zh, told["links"])
    told["layers"] = [_layer(one)]
    told["accessConstraints"] = "unclassified"
    if box is not None:
        west, south, east, north = box
        told["boundingBox"] = {
            "lowerLeft": [west, south], "upperRight": [east, north],
            "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        }  # fmt: skip
    return as_json(told | map_words(one, when_asked(call)))


def _seen(call: Call) -> Collection:
    """The collection of the address, if the caller may see it on the day asked about."""
    found = collection_of(call.parts[1])
    if not has_right(caller(call), found):
        refuse_unapproved(found, when_asked(call))
    return found


def _brief(call: Call, one: Collection, tiling: MatrixSet) -> dict[str, Any]:
    at = ("collections", one.id, "tiles", tiling.id)
    day = call.get("datetime")
    return {
        "title": f"{one.zh} · {one.en} ({tiling.id})",
        "dataType": "vector",
        "crs": tiling.crs,
        **_uri(tiling, "tileMatrixSetURI"),
        "tileMatrixSetId": tiling.id,
        "links": [
            link(call.address(*at, datetime=day), "self", JSON, one.zh),
            link(call.address("tileMatrixSets", tiling.id), f"{_REL}tiling-scheme", JSON,
                 tiling.zh),
            link(_template(call, one, tiling, ("tileMatrix", "tileRow", "tileCol")), "item", MVT,
                 "瓦片 · tiles", templated=True),
            link(call.address(*at, datetime=day, f="tilejson"), "describedby", TILEJSON,
                 "TileJSON"),
        ],
    }  # fmt: skip


def _uri(tiling: MatrixSet, name: str) -> dict[str, Any]:
    """The URI of a matrix set that the OGC has registered: clients find the sets by it."""
    uri = definition(tiling.id).get("uri")
    return {} if uri is None else {name: uri}


def _template(call: Call, one: Collection, tiling: MatrixSet, names: tuple[str, str, str]) -> str:
    """The address of a tile with three names in braces."""
    base = call.address("collections", one.id, "tiles", tiling.id)
    day = call.get("datetime")
    end = "" if day is None else "?" + call.address(datetime=day).partition("?")[2]
    return base + "".join(f"/{{{name}}}" for name in names) + end


def _layer(one: Collection) -> dict[str, Any]:
    known = one.by_name
    kinds = {"integer": "integer", "number": "number", "boolean": "boolean"}
    dimension = {"Point": 0, "LineString": 1, "MultiLineString": 1, "MultiPolygon": 2}
    made: dict[str, Any] = {
        "id": one.id, "title": f"{one.zh} · {one.en}", "dataType": "vector",
        "minTileMatrix": "0", "maxTileMatrix": str(DEEPEST),
        "propertiesSchema": {
            "type": "object",
            "properties": {
                name: {"title": f"{known[name].zh} · {known[name].en}",
                       "type": kinds.get(known[name].kind, "string")}
                for name in _fields(one)
            },
        },
    }  # fmt: skip
    if one.geometry in dimension:
        made["geometryDimension"] = dimension[one.geometry]
    return made


def _fields(one: Collection) -> tuple[str, ...]:
    return (*SHOWN[one.id], "source", "is_synthetic")


def _tilejson(
    call: Call, one: Collection, tiling: MatrixSet, box: tuple[float, float, float, float] | None
) -> dict[str, Any]:
    """TileJSON 3.0.0. What has to stand beside a map layer is its attribution."""
    words = map_words(one, when_asked(call))
    kinds = {"integer": "Number", "number": "Number", "boolean": "Boolean"}
    made: dict[str, Any] = {
        "tilejson": "3.0.0", "name": f"{one.zh} · {one.en}",
        "description": f"{one.about_zh} {one.about_en}", "scheme": "xyz",
        "tiles": [_template(call, one, tiling, ("z", "y", "x"))],
        "minzoom": 0, "maxzoom": MAPPED, "crs": tiling.crs,
        "attribution": "；".join(str(said) for said in words.values()),
        "vector_layers": [
            {
                "id": one.id, "description": one.about_zh, "minzoom": 0, "maxzoom": MAPPED,
                "fields": {name: kinds.get(one.by_name[name].kind, "String")
                           for name in _fields(one)},
            }
        ],
    }  # fmt: skip
    if box is not None:
        made["bounds"] = list(box)
    return made


def _page(call: Call, title: str, description: str, links: list[dict[str, Any]]) -> Answer:
    body = {"title": title, "description": description, "links": links}
    return Answer(pages.links_page(call, body), HTML)


def _links(call: Call, one: Collection) -> list[dict[str, Any]]:
    """What a collection says of its tiles."""
    href = call.address("collections", one.id, "tiles")
    return [link(href, f"{_REL}tilesets-vector", JSON, "矢量瓦片 · vector tiles")]


def install() -> None:
    """Open this door beside that of the features; once."""
    if "/tileMatrixSets" in openapi.PATHS:
        return
    at = door.at
    door.add(
        at("collections/*/tiles/*/*/*/*", GET=one_tile),
        at("collections/*/tiles/*", GET=one_tileset),
        at("collections/*/tiles", GET=tilesets),
        at("tileMatrixSets", GET=matrix_sets),
        at("tileMatrixSets/*", GET=one_matrix_set),
    )
    openapi.PATHS.update(paths())
    landing.CONFORMS.extend(CONFORMS)
    landing.LINKS.append(
        ("tileMatrixSets", f"{_REL}tiling-schemes", JSON, "瓦片矩阵集 · tile matrix sets")
    )
    described.MORE_LINKS = _links
