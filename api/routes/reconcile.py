"""How does OpenRefine connect? The Reconciliation Service API 0.2 at `/reconcile`.

Its own specification describes it, so it stands in `docs/api.md` and not in the OpenAPI document.
Every answer, refusals too, allows cross-origin reading; JSONP takes a plain function name only.
Unknown parameters are let pass: clients add their own (`_` against caches).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from api.deps import Day, DoorsHere
from api.outside import base_of
from api.problems import problem
from geo.errors import BadInput, GeoError, NotFound, both
from geo.gazetteer import history, reconcile
from maps.place_page import draw_preview

router = APIRouter(prefix="/reconcile", include_in_schema=False)

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Accept",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREVIEW_PX = (400, 200)
"""Width and height of the frame that a preview is made for."""
LONGEST = 200_000
"""Longest batch, in characters."""
_CALLBACK = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,60}(\.[A-Za-z_$][A-Za-z0-9_$]{0,60}){0,4}")

Callback = Annotated[str | None, Query()]
Prefix = Annotated[str, Query(max_length=1_000)]
Cursor = Annotated[int, Query(ge=0, le=1_000)]
Written = Annotated[str | None, Query()]
Sent = Annotated[str | None, Form()]


@router.get("")
def asked(
    request: Request,
    doors: DoorsHere,
    day: Day,
    queries: Written = None,
    extend: Written = None,
    callback: Callback = None,
) -> Response:
    """The manifest; with `queries` candidates, with `extend` values of properties."""
    return _answer(request, callback, lambda: _asked(request, doors, day, queries, extend))


@router.post("")
def sent(
    request: Request,
    doors: DoorsHere,
    day: Day,
    queries: Sent = None,
    extend: Sent = None,
    callback: Callback = None,
) -> Response:
    """The same by a form: the way in which OpenRefine asks."""

    def made() -> Any:
        if queries is None and extend is None:
            raise BadInput(
                both("表单须有 queries 或 extend。", "the form has neither queries nor extend"),
                parameter="queries",
            )
        return _asked(request, doors, day, queries, extend)

    return _answer(request, callback, made)


@router.get("/suggest/{what}")
def suggest(
    request: Request,
    doors: DoorsHere,
    day: Day,
    what: str,
    prefix: Prefix = "",
    cursor: Cursor = 0,
    callback: Callback = None,
) -> Response:
    """Places, types or properties that begin as typed."""

    def made() -> Any:
        if what == "type":
            return {"result": reconcile.suggest_types(prefix, cursor=cursor)}
        if what == "property":
            return {"result": reconcile.suggest_properties(prefix, cursor=cursor)}
        if what != "entity":
            raise NotFound(both("只有 entity、type、property。", "only entity, type, property"))
        with doors.public() as connection:
            found = reconcile.suggest_entities(connection, prefix, cursor=cursor, on=day)
        return {"result": found}

    return _answer(request, callback, made)


@router.get("/properties")
def properties(
    request: Request,
    type: Annotated[str, Query(max_length=100)] = "place",
    limit: Annotated[int | None, Query(ge=1, le=1_000)] = None,
    callback: Callback = None,
) -> Response:
    """Which properties may be fetched for a type."""
    return _answer(request, callback, lambda: reconcile.propose(type, limit))


@router.get("/preview")
def preview(
    request: Request, doors: DoorsHere, day: Day, id: Annotated[str, Query(max_length=300)]
) -> Response:
    """A small page about a place, made to be framed by the client."""
    try:
        with doors.public() as connection:
            card = history.card(connection, id, on=day)
    except GeoError as wrong:
        status = 404 if isinstance(wrong, NotFound) else 400
        return problem(request, status, str(wrong), parameter="id", headers=CORS)
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors *"
    return Response(
        draw_preview(card, base_of(request) + "/id/"),
        media_type="text/html; charset=utf-8",
        headers={**CORS, "Content-Security-Policy": policy},
    )


@router.options("")
@router.options("/{rest:path}")
async def preflight(rest: str = "") -> Response:
    """Leave for another origin to ask."""
    return Response(status_code=204, headers=CORS)


def _asked(
    request: Request, doors: DoorsHere, day: Day, queries: str | None, extend: str | None
) -> Any:
    if queries is None and extend is None:
        return manifest(base_of(request))
    if len(queries or extend or "") > LONGEST:
        raise BadInput(
            both("一批过长，请分批。", "the batch is too long: send parts"), parameter="too_many"
        )
    if queries is not None:
        wanted = reconcile.read_queries(queries)
        with doors.public() as connection:
            return reconcile.reconcile(connection, wanted, on=day)
    extension = reconcile.read_extension(extend or "")
    with doors.public() as connection:
        return reconcile.extend(connection, extension, on=day)


def manifest(base: str) -> dict[str, Any]:
    """What the service offers, with the addresses of its parts."""
    here = f"{base}/reconcile"
    width, height = PREVIEW_PX
    suggested = {
        what: {"service_url": here, "service_path": f"/suggest/{what}"}
        for what in ("entity", "property", "type")
    }
    year = {
        "name": "year", "type": "number", "default": 0, "label": "年份 · year",
        "help_text": "仅用于 called_in；0 为不查 · for called_in only; 0 asks nothing",
    }  # fmt: skip
    return {
        "versions": ["0.1", "0.2"],
        "name": "民政一张图地名 · Minzheng Atlas place names",
        "identifierSpace": f"{base}/id/",
        "schemaSpace": f"{base}/docs",
        "documentation": f"{base}/docs",
        "defaultTypes": [reconcile.PLACE, *reconcile.suggest_types("")[1:]],
        "view": {"url": f"{base}/id/{{{{id}}}}"},
        "preview": {"url": f"{here}/preview?id={{{{id}}}}", "width": width, "height": height},
        "suggest": suggested,
        "extend": {
            "propose_properties": {"service_url": here, "service_path": "/properties"},
            "property_settings": [year],
        },
        "batchSize": reconcile.BATCH,
    }


def _answer(request: Request, callback: str | None, make: Callable[[], Any]) -> Response:
    """What `make` answers, as JSON or JSONP, or its refusal; both readable from other origins."""
    try:
        if callback is not None and not _CALLBACK.fullmatch(callback):
            raise BadInput(
                both("callback 须为函数名。", "callback is no function name"), parameter="callback"
            )
        body = orjson.dumps(make())
    except GeoError as wrong:
        status = 404 if isinstance(wrong, NotFound) else 400
        parameter = getattr(wrong, "parameter", None)
        if parameter == "too_many":
            status, parameter = 413, "queries"
        return problem(request, status, str(wrong), parameter=parameter, headers=CORS)
    if callback is None:
        return Response(body, media_type="application/json", headers=CORS)
    # These two end a line in older JavaScript; inside JSON strings they may be escaped.
    for sign, escaped in (("\u2028", b"\\u2028"), ("\u2029", b"\\u2029")):
        body = body.replace(sign.encode(), escaped)
    script = b"/**/" + callback.encode() + b"(" + body + b");"
    return Response(script, media_type="application/javascript", headers=CORS)
