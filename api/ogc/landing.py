"""Where does a client of the OGC begin, and which parts of the standards hold here?"""

from __future__ import annotations

from starlette.types import ASGIApp

from api.ogc import pages
from api.ogc.answers import HTML, Answer, Call, as_json, link
from api.ogc.negotiation import DOCUMENT, alternates, format_of

OPENAPI_JSON = "application/vnd.oai.openapi+json;version=3.0"
_SPEC = "http://www.opengis.net/spec/"
CONFORMS = [
    *(f"{_SPEC}ogcapi-features-1/1.0/conf/{one}" for one in ("core", "oas30", "html", "geojson")),
    f"{_SPEC}ogcapi-features-2/1.0/conf/crs",
    *(
        f"{_SPEC}ogcapi-features-3/1.0/conf/{one}"
        for one in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"{_SPEC}ogcapi-features-4/1.0/conf/{one}"
        for one in ("create-replace-delete", "update", "features", "optimistic-locking-etags")
    ),
    *(
        f"{_SPEC}cql2/1.0/conf/{one}"
        for one in (
            "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators",
            "case-insensitive-comparison", "basic-spatial-functions",
            "basic-spatial-functions-plus", "spatial-functions", "temporal-functions",
            "array-functions", "property-property",
        )
    ),
]  # fmt: skip
"""The conformance classes that hold; other doors add theirs."""
LINKS: list[tuple[str, str, str, str]] = [
    ("api", "service-desc", OPENAPI_JSON, "接口描述 · the API"),
    ("api?f=html", "service-doc", "text/html", "接口说明 · the API as a page"),
    ("conformance", "conformance", "application/json", "符合性 · conformance"),
    ("collections", "data", "application/json", "数据集合 · collections"),
    ("catalogue", "http://www.opengis.net/def/rel/ogc/1.0/ogc-catalog", "application/json",
     "目录 · catalogue"),
]  # fmt: skip
"""What the landing page leads to: path, relation, media type, title; other doors add theirs."""
TITLE = "民政一张图 · Minzheng Atlas"
ABOUT = (
    "养老设施、行政区划、界线与地名；坐标为 CGCS2000 经纬度，未知为 null，合成数据均有标注。 "
    "Elder-care facilities, divisions, boundaries and place names; CGCS2000, unknown is null."
)


def landing(call: Call) -> ASGIApp:
    """The page that all begins with."""
    call.only("f")
    chosen = format_of(call)
    links = [dict(one) for one in alternates(call, DOCUMENT, chosen)]
    for path, rel, media, title in LINKS:
        links.append(link(f"{call.base}/{path}", rel, media, title))
        if rel in ("conformance", "data"):  # the relation that later parts use
            full = f"http://www.opengis.net/def/rel/ogc/1.0/{rel}"
            links.append(link(f"{call.base}/{path}", full, media, title))
    body = {"title": TITLE, "description": ABOUT, "links": links}
    if chosen == "html":
        return Answer(pages.landing(call, body), HTML)
    return as_json(body)


def conformance(call: Call) -> ASGIApp:
    """The conformance classes that hold."""
    call.only("f")
    chosen = format_of(call)
    body = {"links": alternates(call, DOCUMENT, chosen), "conformsTo": CONFORMS}
    if chosen == "html":
        return Answer(pages.conformance(call, body), HTML)
    return as_json(body)
