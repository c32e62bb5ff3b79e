"""Which collections are in the catalogue, with which licence, source, date and 审图号?"""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp

from api.ogc import pages
from api.ogc.answers import GEOJSON, HTML, Answer, Call, as_json, link
from api.ogc.described import one_served, served
from api.ogc.features import map_words, offered
from api.ogc.negotiation import DOCUMENT, FEATURES, alternates, format_of
from geo.queries.catalogue import Facts, facts, licences
from geo.queries.collections import Collection
from geo.queries.moments import on_day
from geo.validity import today_in_china

RECORDS = "http://www.opengis.net/spec/ogcapi-records-1/1.0/req/record-core"
UNKNOWN = "未知 · unknown"


def catalogue(call: Call) -> ASGIApp:
    """The catalogue as a collection of records."""
    call.only("f")
    chosen = format_of(call)
    items = call.address("catalogue", "items")
    body = {
        "id": "catalogue",
        "type": "Collection",
        "itemType": "record",
        "title": "数据目录 · Catalogue",
        "description": "每个集合一条记录：许可、来源、日期、审图号。 "
        "One record for each collection: licence, source, date, map approval.",
        "links": [
            *alternates(call, DOCUMENT, chosen),
            link(items, "items", GEOJSON, "记录 · records"),
        ],
    }
    if chosen == "html":
        return Answer(pages.links_page(call, body), HTML)
    return as_json(body)


def records(call: Call) -> ASGIApp:
    """Every record."""
    call.only("f")
    chosen = format_of(call, FEATURES)
    told = [_record(call, one) for one in served(call)]
    body = {
        "type": "FeatureCollection",
        "numberMatched": len(told),
        "numberReturned": len(told),
        "links": alternates(call, FEATURES, chosen),
        "features": told,
    }
    if chosen == "html":
        return Answer(pages.records(call, body), HTML)
    return as_json(body, GEOJSON)


def record(call: Call) -> ASGIApp:
    """One record."""
    call.only("f")
    chosen = format_of(call, FEATURES)
    name = call.parts[2]
    call.parts = ("collections", name)
    one = one_served(call)
    call.parts = ("catalogue", "items", name)
    body = _record(call, one)
    body["links"] = [*alternates(call, FEATURES, chosen), *body["links"][1:]]
    if chosen == "html":
        return Answer(pages.records(call, {"features": [body], "links": body["links"]}), HTML)
    return as_json(body, GEOJSON)


def _record(call: Call, one: Collection) -> dict[str, Any]:
    """A record: a feature whose shape is the extent of the collection."""
    with call.doors.public() as connection:
        known = facts(connection, one)
    with call.doors.staff() as connection:
        stated = licences(connection, one)
    words = map_words(one, on_day(today_in_china()))
    return {
        "type": "Feature",
        "id": one.id,
        "conformsTo": [RECORDS],
        "time": {"interval": [known.since or "..", known.until or ".."]},
        "geometry": _outline(known),
        "properties": {
            "type": "dataset",
            "title": f"{one.zh} · {one.en}",
            "description": f"{one.about_zh} {one.about_en}",
            "keywords": list(one.keywords),
            "language": {"code": "zh-CN", "name": "中文"},
            "license": "；".join(stated) or UNKNOWN,
            "sources": [
                {
                    "source": origin.source or UNKNOWN, "date": origin.latest,
                    "features": origin.features, "synthetic": origin.is_synthetic,
                }
                for origin in known.origins
            ],
            "updated": known.latest,
            "hasSynthetic": known.has_synthetic,
            "mapApproval": words.get("mapApproval", "不需要 · none needed"),
            "formats": [{"name": word, "mediaType": m} for word, m in offered().items()],
        },
        "links": [
            link(call.address("catalogue", "items", one.id), "self", GEOJSON, one.zh),
            link(call.address("collections", one.id), "collection", "application/json", one.zh),
            link(call.address("collections", one.id, "items"), "items", GEOJSON, "要素 · items"),
        ],
    }  # fmt: skip


def _outline(known: Facts) -> dict[str, Any] | None:
    """The box around a collection."""
    if known.bbox is None:
        return None
    west, south, east, north = known.bbox
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
