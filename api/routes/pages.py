"""Which pages does a person open? The shell and its maps come from `maps`; here they get addresses.

A page takes `lang`, `large` and `city`; everything else in its address belongs to its own modules
and is left alone, so that a link shows the same view.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from html import escape
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI, Query, Request
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.staticfiles import StaticFiles

from api.deps import CityAsked, DoorsHere
from api.extents import extent_of
from geo.approvals import LAYERS, approval_of
from geo.queries.admin import Reader, unit
from geo.settings import MapSettings, ServeSettings, read
from geo.validity import today_in_china
from maps.access import draw_access
from maps.base import STATIC, Page
from maps.gazetteer import draw_names
from maps.home import draw_home
from maps.naming import draw_naming
from maps.planning import draw_planning
from maps.sources import draw_data
from maps.survey import draw_boundaries, draw_survey

router = APIRouter(include_in_schema=False)

Lang = Annotated[Literal["zh", "en"], Query()]
Large = Annotated[bool, Query()]

DRAWN: dict[str, Callable[[Page], str]] = {
    "/": draw_home,
    "/access": draw_access,
    "/planning": draw_planning,
    "/boundaries": draw_boundaries,
    "/survey": draw_survey,
    "/names": draw_names,
    "/naming": draw_naming,
    "/data": draw_data,
}


def page_for(request: Request, connection: Reader, city: str, *, lang: Lang, large: bool) -> Page:
    """Who looks at which city, under which rules for maps, with a nonce of its own."""
    approved = approval_of("units")
    today = today_in_china()
    shown = unit(connection, city, today)
    return Page(
        lang=lang,
        large=large,
        city_code=shown.code,
        city_name=shown.name,
        bounds=extent_of(request.app.state.doors, connection, shown, today).bounds,
        approval_number=approved.words if approved else "",
        approvals={one: found.words for one in LAYERS if (found := approval_of(one))},
        nonce=secrets.token_urlsafe(16),
        root_path=request.scope.get("root_path", ""),
        tile_url=read(MapSettings).tile_url,
        public_mode=read(ServeSettings).public_mode,
    )


def _serve(path: str, draw: Callable[[Page], str]) -> None:
    """Give a page its address."""

    @router.get(path, name=f"page {path}")
    def page(
        request: Request,
        doors: DoorsHere,
        city: CityAsked,
        lang: Lang = "zh",
        large: Large = False,
    ) -> Response:
        with doors.public() as connection:
            seen = page_for(request, connection, city, lang=lang, large=large)
        return as_page(draw(seen), seen.nonce, tile_url=seen.tile_url)


for _path, _draw in DRAWN.items():
    _serve(_path, _draw)


@router.get("/docs", name="page /docs")
async def documentation(request: Request) -> Response:
    """The documentation of the API: Swagger UI from our own files, no request to another host."""
    nonce = secrets.token_urlsafe(16)
    root = escape(request.scope.get("root_path", ""), quote=True)
    return as_page(_DOCS.format(root=root, nonce=nonce), nonce)


def as_page(html: str | Iterator[str], nonce: str, *, tile_url: str = "") -> Response:
    """Answer a page under a policy that runs only scripts with this nonce and our own files.

    A page in pieces leaves piece by piece.
    """
    images = "'self' data:"
    if tile_url.startswith(("https://", "http://")):
        parts = urlsplit(tile_url)
        images += f" {parts.scheme}://{parts.netloc.replace('{s}', '*')}"
    policy = (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
        f"img-src {images}; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy}
    if isinstance(html, str):
        return HTMLResponse(html, headers=headers)
    # The first piece is drawn before the head leaves: what fails in it is answered as a fault.
    begun = _pieces(next(html, ""), html)
    return StreamingResponse(begun, media_type="text/html", headers=headers)


async def _pieces(first: str, others: Iterator[str]) -> AsyncIterator[str]:
    yield first
    async for piece in iterate_in_threadpool(others):
        yield piece


def mount_static(app: FastAPI) -> None:
    """Serve the scripts, styles and marks of the pages from this machine."""
    app.mount("/static", StaticFiles(directory=STATIC), name="static")


_DOCS = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>接口说明 · API — 民政一张图</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{root}/static/vendor/swagger-ui-dist/swagger-ui.css">
</head>
<body>
<div id="docs"><p>接口说明 · API documentation:
<a href="{root}/api/openapi.json">OpenAPI</a></p></div>
<script src="{root}/static/vendor/swagger-ui-dist/swagger-ui-bundle.js"></script>
<script nonce="{nonce}">
SwaggerUIBundle({{
  url: "{root}/api/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null
}});
</script>
</body>
</html>
"""
