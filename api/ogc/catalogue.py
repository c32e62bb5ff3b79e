"""Which collections are in the catalogue, with which licence, source, date and 审图号?"""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp

from api.ogc import pages
from api.ogc.answers import GEOJSON, HTML, Answer, Call, as_json, link
from api.ogc.asked import DEFAULT_LIMIT, limit_of, skip_of
from api.ogc.described import about_catalogue, one_served, served
from api.ogc.features import map_words, offered
from api.ogc.negotiation import DOCUMENT, FEATURES, alternates, format_of
from geo.queries.catalogue import Facts, facts, licences
from geo.queries.collections import Collection
from geo.queries.moments import on_day, read_when
from geo.queries.reference_systems import read_box
from geo.validity import today_in_china

RECORDS = "http://www.opengis.net/spec/ogcapi-records-1/1.0/req/record-core"
UNKNOWN = "未知 · unknown"


def catalogue(call: Call) -> ASGIApp:
    """The catalogue as a collection of records."""
    call.only("f")
    chosen = format_of(call)
    body = about_catalogue(call, DOCUMENT[chosen])
    body["links"] = [*alternates(call, DOCUMENT, chosen), *body["links"][1:]]
    if chosen == "html":
        return Answer(pages.links_page(call, body), HTML)
    return as_json(body)


def records(call: Call) -> ASGIApp:
    """The records that fit the question; `q`: every word stands in title, text or keywords."""
    call.only("limit", "offset", "bbox", "datetime", "q", "f")
    chosen = format_of(call, FEATURES)
    given = dict(call.parameters)
    box = read_box(given["bbox"]) if "bbox" in given else None
    when = read_when(given["datetime"]) if "datetime" in given else None
    words = given.get("q", "").casefold().replace(",", " ").split()
    first, most = skip_of(given.get("offset"), None), limit_of(given.get("limit")) or DEFAULT_LIMIT
    found = []
    for one in served(call):
        known = _known(call, one)
        if (box is None or known.meets(box.boxes)) and (when is None or known.was(when)):
            told = _record(call, one, known)
            about = told["properties"]
            text = " ".join((about["title"], about["description"], *about["keywords"])).casefold()
            if all(word in text for word in words):
                found.append(told)
    shown = found[first : first + most]
    links = alternates(call, FEATURES, chosen)
    if first + most < len(found):
        following = call.again(offset=str(first + most))
        links.append(link(following, "next", FEATURES[chosen], "下一页 · next page"))
    body = {
        "type": "FeatureCollection",
        "numberMatched": len(found),
        "numberReturned": len(shown),
        "links": links,
        "features": shown,
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
    body = _record(call, one, _known(call, one))
    body["links"] = [*alternates(call, FEATURES, chosen), *body["links"][1:]]
    if chosen == "html":
        return Answer(pages.records(call, {"features": [body], "links": body["links"]}), HTML)
    return as_json(body, GEOJSON)


def _known(call: Call, one: Collection) -> Facts:
    with call.doors.public() as connection:
        return facts(connection, one)


def _record(call: Call, one: Collection, known: Facts) -> dict[str, Any]:
    """A record: a feature whose shape is the extent of the collection."""
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
