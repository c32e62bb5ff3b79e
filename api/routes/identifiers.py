"""What does a stable identifier answer? One place as a page, as GeoJSON or as Linked Places.

`/id/{code}` answers directly (200) in the form that Accept or `format` asks for; Content-Location
names the form. A code never changes its place, so the address can be cited.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import AfterValidator, StringConstraints
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.codes import PLACE_CODE
from api.deps import Day, DoorsHere, checked
from api.outside import base_of
from api.schemas.geojson import layer_allowed
from api.schemas.problem import ALWAYS, problems
from api.schemas.written import plain_text
from geo.gazetteer import history
from geo.gazetteer.exchange import lpf_out, tables
from geo.gazetteer.exchange.addresses import Addresses
from geo.gazetteer.exchange.read import record
from geo.gazetteer.exchange.record import PlaceRecord
from geo.settings import MapSettings, read
from maps.place_page import draw_place

FORMS = {"html": "text/html", "geojson": "application/geo+json", "lpf": "application/ld+json"}
_ALSO = {"application/json": "geojson", "application/xhtml+xml": "html"}
LONGEST_CODE = 100
FORM_SCHEMAS: dict[str, Any] = {
    "PlaceInAForm": {
        "description": "a page to read and cite, a GeoJSON Feature, or a Linked Places collection"
    }
}
"""The schema of what leaves in one of the forms, for the OpenAPI document."""


class InAForm(Response):
    """A place in one of the forms."""

    media_type = "text/html"
    media_types = (*FORMS.values(), *_ALSO, "text/*")


_IN_A_FORM: dict[str, Any] = {
    "description": "地名 · the place in the form asked for",
    "content": {
        media: {"schema": {"$ref": "#/components/schemas/PlaceInAForm"}} for media in FORMS.values()
    },
}
router = APIRouter(
    tags=["place names"],
    dependencies=[Depends(checked)],
    responses={**ALWAYS, **problems(404), 200: _IN_A_FORM},
)

Code = Annotated[
    str,
    StringConstraints(max_length=LONGEST_CODE),
    AfterValidator(plain_text),
    Path(description="地名代码 · code of the place", examples=["unit:320400000000"]),
]
Form = Annotated[
    Literal["html", "geojson", "lpf"] | None,
    Query(description="格式 · form; default by Accept, else html", examples=["lpf"]),
]
Language = Annotated[Literal["zh", "en"], Query(description="语言 · language of the page")]


@router.get(
    f"/id/{PLACE_CODE}", summary="地名标识 · A place by its identifier", response_class=InAForm
)
def identified(
    request: Request,
    doors: DoorsHere,
    day: Day,
    code: Code,
    format: Form = None,
    lang: Language = "zh",
) -> Response:
    """One published place as a page, GeoJSON or Linked Places: by Accept or `format`; else 406."""
    form = format or wanted_form(request.headers.get("accept"))
    with doors.public() as connection:
        place = record(connection, code)
        card = history.card(connection, code, on=day)
        life = history.life_line(connection, code)
    base = base_of(request)
    addresses = Addresses(f"{base}/id/")
    here = addresses.of(place.code)
    if form == "html":
        body = draw_place(
            card, place, life, here, lang=lang, on=day,
            approval_number=read(MapSettings).map_approval_number,
            root_path=request.scope.get("root_path", ""),
        ).encode()  # fmt: skip
    else:
        body = orjson.dumps(_data(form, place, addresses, day, card.in_unit_name))
    headers = {
        "Vary": "Accept",
        "Content-Location": f"/id/{quote(place.code, safe=':')}?format={form}",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Link": f'<{here}>; rel="canonical"',
    }
    if form == "html":
        headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline' 'self'; img-src 'self' data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    kind = FORMS[form] + ("; charset=utf-8" if form == "html" else "")
    return Response(body, media_type=kind, headers=headers)


def _data(
    form: str, place: PlaceRecord, addresses: Addresses, day: date, around: str | None
) -> dict[str, Any]:
    """GeoJSON or Linked Places; outlines only where map layers may be served."""
    shapes = layer_allowed()
    if form == "lpf":
        one = lpf_out.feature(place, addresses, on=day, shapes=shapes)
        return {"type": "FeatureCollection", "@context": lpf_out.CONTEXT, "features": [one]}
    return tables.geojson_feature(place, addresses, shapes=shapes, around=around)


def wanted_form(accept: str | None) -> str:
    """The form that an Accept header (RFC 9110, 12.5.1) likes best. Raises 406 where it is none."""
    if not accept:
        return "html"
    best, found = 0.0, None
    for offer in accept.lower().split(","):
        media, *parameters = (part.strip() for part in offer.split(";"))
        weight = _weight(parameters)
        form = next((f for f, kind in FORMS.items() if kind == media), _ALSO.get(media))
        if form is None and media in ("*/*", "text/*"):
            form = "html"
        elif form is None and media == "application/*":
            form = "geojson"
        # Of equal weights the first one counts, and a named form before a wildcard.
        if form is not None and weight > best:
            best, found = weight, form
    if found is None:
        raise HTTPException(
            406, "此地址只提供 / this address offers only: " + ", ".join(FORMS.values())
        )
    return found


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
