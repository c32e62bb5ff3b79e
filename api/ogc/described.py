"""Which collections are there, and how is each described: extent, systems, properties, links?"""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp

from api.ogc import pages
from api.ogc.answers import GEOJSON, HTML, Answer, Call, as_json, link
from api.ogc.callers import caller, has_right, refuse_unapproved
from api.ogc.features import map_words, offered
from api.ogc.negotiation import DOCUMENT, FEATURES, alternates, format_of
from geo.approvals import is_served
from geo.queries.catalogue import Facts, facts
from geo.queries.collections import COLLECTIONS, Collection, Property
from geo.queries.collections import collection as collection_of
from geo.queries.moments import on_day
from geo.queries.reference_systems import CRS84_URI, STORAGE_URI, SYSTEMS
from geo.validity import today_in_china

SCHEMA = "application/schema+json"
_JSON_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "day": {"type": "string", "format": "date"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "object": {"type": "object"},
    "objects": {"type": "array", "items": {"type": "object"}},
}


def served(call: Call) -> list[Collection]:
    """The collections that the caller may see today."""
    who = caller(call)
    return [
        one for one in COLLECTIONS.values()
        if one.layer is None or is_served(one.layer) or has_right(who, one)
    ]  # fmt: skip


def one_served(call: Call) -> Collection:
    """The collection that the address names. Raises NotFound, NotAllowed."""
    found = collection_of(call.parts[1])
    if not has_right(caller(call), found):
        refuse_unapproved(found, on_day(today_in_china()))
    return found


def collections(call: Call) -> ASGIApp:
    """Every collection that is served."""
    call.only("f")
    chosen = format_of(call)
    with call.doors.public() as connection:
        told = [described(call, one, facts(connection, one)) for one in served(call)]
    if chosen != "html":
        told.append(about_catalogue(call, DOCUMENT["json"]))
    body = {
        "links": alternates(call, DOCUMENT, chosen),
        "crs": list(SYSTEMS),
        "numberMatched": len(told),
        "numberReturned": len(told),
        "collections": told,
    }
    if chosen == "html":
        return Answer(pages.collections(call, body), HTML)
    return as_json(body)


def collection(call: Call) -> ASGIApp:
    """One collection."""
    call.only("f")
    chosen = format_of(call)
    found = one_served(call)
    with call.doors.public() as connection:
        body = described(call, found, facts(connection, found))
    own = [*alternates(call, DOCUMENT, chosen), *body["links"][1:]]
    body = {**body, "links": own, "crs": list(SYSTEMS)}
    if chosen == "html":
        return Answer(pages.collection(call, body), HTML)
    return as_json(body)


def described(call: Call, one: Collection, known: Facts) -> dict[str, Any]:
    """The description of a collection."""
    extent: dict[str, Any] = {
        "temporal": {
            "interval": [[_moment(known.since), _moment(known.until)]],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        }
    }
    if known.bbox is not None:
        extent["spatial"] = {"bbox": [list(known.bbox)], "crs": CRS84_URI}
    return {
        "id": one.id,
        "title": f"{one.zh} · {one.en}",
        "description": f"{one.about_zh} {one.about_en}",
        "keywords": list(one.keywords),
        "attribution": "；".join(o.source for o in known.origins[:5] if o.source) or "未知",
        "extent": extent,
        "itemType": "feature",
        "crs": ["#/crs"],
        "storageCrs": STORAGE_URI,
        "storageCrsCoordinateEpoch": 2000.0,
        "sourceDate": known.latest and known.latest.isoformat(),
        "hasSynthetic": known.has_synthetic,
        **map_words(one, on_day(today_in_china())),
        "links": _links(call, one),
    }


def about_catalogue(call: Call, media: str) -> dict[str, Any]:
    """The description of the catalogue, a collection of records."""
    return {
        "id": "catalogue",
        "type": "Collection",
        "itemType": "record",
        "title": "数据目录 · Catalogue",
        "description": "每个集合一条记录：许可、来源、日期、审图号。 "
        "One record for each collection: licence, source, date, map approval.",
        "links": [
            link(call.address("catalogue"), "self", media, "本页 · this"),
            link(call.address("catalogue", "items"), "items", GEOJSON, "记录 · records"),
        ],
    }


def _moment(day: Any) -> str | None:
    return None if day is None else f"{day.isoformat()}T00:00:00Z"


def _links(call: Call, one: Collection) -> list[dict[str, Any]]:
    """What belongs to a collection: its items in every format, its properties, its record."""
    at = ("collections", one.id)
    made = [link(call.address(*at), "self", "application/json", one.zh)]
    for word, media in offered().items():
        if word == "json":
            continue
        # Files are told apart from pages: a client takes the last `items` of its type.
        rel, title = ("items", "要素 · items") if word in FEATURES else ("enclosure", "文件 · file")
        href = call.address(*at, "items", f=word)
        made.append(link(href, rel, media.split(";")[0], f"{title} ({word})"))
    base = "http://www.opengis.net/def/rel/ogc/1.0/"
    for word, title in (
        ("queryables", "可查询属性 · queryables"), ("sortables", "可排序属性 · sortables"),
        ("schema", "属性 · schema"),
    ):  # fmt: skip
        made.append(link(call.address(*at, word), base + word, SCHEMA, title))
    made.append(
        link(call.address("catalogue", "items", one.id), "describedby", "application/geo+json",
             "目录 · record")
    )  # fmt: skip
    return [*made, *MORE_LINKS(call, one)]


def _none(call: Call, one: Collection) -> list[dict[str, Any]]:
    return []


MORE_LINKS = _none
"""Links that other doors add to a collection (tiles)."""


def queryables(call: Call) -> ASGIApp:
    """What features can be filtered by, as JSON Schema."""
    found = one_served(call)
    told = [one for one in found.properties if not one.is_nested]
    return _schema(call, found, told, "可查询属性 · queryables", with_geometry=True)


def sortables(call: Call) -> ASGIApp:
    """What features can be sorted by, as JSON Schema."""
    found = one_served(call)
    told = [one for one in found.properties if one.is_plain]
    return _schema(call, found, told, "可排序属性 · sortables", with_geometry=False)


def schema(call: Call) -> ASGIApp:
    """Every property of the features, as JSON Schema."""
    found = one_served(call)
    return _schema(call, found, [*found.properties], "属性 · properties", with_geometry=True)


_ON_DEMAND = (
    "单个要素和文件中给出；要素列表须用 properties 点名 · "
    "given for one feature and in files; in lists where `properties` names it"
)


def _schema(
    call: Call, one: Collection, told: list[Property], title: str, *, with_geometry: bool
) -> ASGIApp:
    call.only("f")
    offered_here = {"json": SCHEMA, "html": HTML}
    chosen = format_of(call, offered_here)
    properties: dict[str, Any] = {}
    if with_geometry:
        form = "any" if one.geometry == "Geometry" else one.geometry.lower()
        properties["geometry"] = {
            "title": "图形 · geometry", "x-ogc-role": "primary-geometry",
            "format": f"geometry-{form}",
        }  # fmt: skip
    for each in told:
        properties[each.name] = {"title": f"{each.zh} · {each.en}", **_JSON_TYPES[each.kind]}
        if not each.in_lists:
            properties[each.name]["description"] = _ON_DEMAND
    body = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": call.again(f=None),
        "type": "object",
        "title": f"{one.zh} · {title}",
        "properties": properties,
        "additionalProperties": False,
    }
    if chosen == "html":
        return Answer(pages.properties(call, body), HTML)
    return as_json(body, SCHEMA)
