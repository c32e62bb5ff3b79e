"""Which features of a collection fit a question, page by page, and which one has this id?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.types import ASGIApp

from api.ogc import pages
from api.ogc.answers import GEOJSON, HTML, Answer, Call, link, names_tag
from api.ogc.asked import Asked, asked_of, one_asked
from api.ogc.callers import eyes, layers
from api.ogc.exports import EXPORTS
from api.ogc.negotiation import FEATURES, alternates, format_of
from geo.approvals import approval_of
from geo.queries.collections import Collection
from geo.queries.collections import collection as collection_of
from geo.queries.items import Page, page
from geo.queries.items import item as one_item
from geo.queries.moments import When

NOT_APPROVED = "未经地图审核，仅限内部演示"
SKETCH = "示意，不作为划界依据"


def offered() -> dict[str, str]:
    """Every format of features: word → media type."""
    return {**FEATURES, **{name: one.media for name, one in EXPORTS.items()}}


def items(call: Call) -> ASGIApp:
    """The features of a collection that fit the question."""
    collection = collection_of(call.parts[1])
    asked = asked_of(call, collection)
    formats = offered() if EXPORTS else FEATURES
    chosen = format_of(call, formats)
    if chosen in EXPORTS:
        return EXPORTS[chosen].write(call, asked)
    question = asked.question
    with eyes(call, collection, question.when) as seen:
        if seen.division is not None:
            question = replace(question, division=seen.division)
        found = page(seen.connection, question, asked.page, asked.after, asked.skip)
    about = _about(call, collection, question.when, found)
    about["links"] = _links(call, collection, asked, found, formats, chosen)
    headers = {
        "Content-Crs": f"<{question.crs.uri}>",
        "Vary": "Accept, Authorization",
        "OGC-NumberReturned": str(len(found.features)),
        "OGC-NumberMatched": ("~" if found.is_estimate else "") + str(found.matched),
    }
    if seen.is_staff:
        headers["Cache-Control"] = "no-store"
    if chosen == "html":
        shown = pages.items(call, collection, about, found.features)
        return Answer(shown, HTML, 200, headers)
    head = orjson.dumps(about)
    body = b"".join((head[:-1], b',"features":[', b",".join(found.features), b"]}"))
    return Answer(body, GEOJSON, 200, headers)


def _about(call: Call, collection: Collection, when: When, found: Page) -> dict[str, Any]:
    """The members of a FeatureCollection beside its features."""
    made: dict[str, Any] = {
        "type": "FeatureCollection",
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberMatched": found.matched,
        "numberReturned": len(found.features),
        "has_synthetic": found.has_synthetic,
    }
    if found.is_estimate:
        made["numberMatchedIsEstimate"] = True
    return made | map_words(collection, when)


def map_words(collection: Collection, when: When) -> dict[str, Any]:
    """What has to stand beside a map layer: its 审图号, and that it is a sketch."""
    if collection.layer is None:
        return {}
    known = [approval_of(layer) for layer in layers(collection, when)]
    words = [one.words for one in known if one is not None]
    told = "；".join(words) if len(words) == len(known) else NOT_APPROVED
    return {"mapApproval": told, "note": SKETCH}


def _links(
    call: Call, collection: Collection, asked: Asked, found: Page, formats: dict[str, str],
    chosen: str,
) -> list[dict[str, Any]]:  # fmt: skip
    """self, alternates, next and the collection."""
    made: list[dict[str, Any]] = [*alternates(call, formats, chosen)]
    if found.next is not None:
        following = call.again(cursor=found.next.written(), offset=None)
        media = formats[chosen].split(";")[0]
        made.append(link(following, "next", media, "下一页 · next page"))
    made.append(
        link(call.address("collections", collection.id), "collection", "application/json",
             collection.zh)
    )  # fmt: skip
    return made


def item(call: Call) -> ASGIApp:
    """One feature of a collection, with its row version as ETag."""
    collection = collection_of(call.parts[1])
    question = one_asked(call, collection)
    chosen = format_of(call, FEATURES)
    with eyes(call, collection, question.when) as seen:
        if seen.division is not None:
            question = replace(question, division=seen.division)
        found = one_item(seen.connection, question, call.parts[3])
    words = map_words(collection, question.when)
    headers = {
        "Content-Crs": f"<{question.crs.uri}>", "Vary": "Accept, Authorization",
        "ETag": etag(found.version, call, chosen, words.get("mapApproval", "")),
    }  # fmt: skip
    if seen.is_staff:
        headers["Cache-Control"] = "no-store"
    if names_tag(call.header(b"if-none-match"), headers["ETag"]):
        return Answer(b"", "", 304, headers)
    links = [*alternates(call, FEATURES, chosen)]
    links.append(
        link(call.address("collections", collection.id), "collection", "application/json",
             collection.zh)
    )  # fmt: skip
    more = {"links": links} | words
    if chosen == "html":
        return Answer(pages.item(call, collection, found.feature, more), HTML, 200, headers)
    body = found.feature[:-1] + b"," + orjson.dumps(more)[1:]
    return Answer(body, GEOJSON, 200, headers)


def etag(version: int, call: Call, chosen: str, approval: str = "") -> str:
    """The tag of a feature: its row version, and what else decides the bytes.

    What follows the version is only for caches; who writes compares the version.
    """
    said = "&".join(f"{name}={value}" for name, value in sorted(call.parameters) if name != "f")
    is_plain = not said and not approval and chosen != "html"
    more = "" if is_plain else f".{_mixed(f'{chosen}&{said}&{approval}')}"
    return f'"{version}{more}"'


def _mixed(words: str) -> str:
    """A short hash."""
    import hashlib

    return hashlib.sha256(words.encode()).hexdigest()[:10]
