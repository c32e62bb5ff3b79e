"""Which pages tell of the walks along boundaries? A list, and a story that prints as a sheet."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.deps import CityAsked, DoorsHere
from api.routes.pages import Lang, Large, as_page, page_for
from api.schemas.walks import WalkCode
from geo.approvals import is_served
from geo.joint.walks.kept import KeptWalk, kept_walk, kept_walks
from maps.walks import draw_walk, draw_walks

router = APIRouter(include_in_schema=False)


@router.get("/walks", name="page /walks")
def walks(
    request: Request, doors: DoorsHere, city: CityAsked, lang: Lang = "zh", large: Large = False
) -> Response:
    """Published walks, the newest first."""
    with doors.public() as connection:
        seen = page_for(request, connection, city, lang=lang, large=large)
        found = kept_walks(connection)
    return as_page(draw_walks(seen, found), seen.nonce)


@router.get("/walks/{code}", name="page /walks/{code}")
def walk(
    request: Request,
    doors: DoorsHere,
    city: CityAsked,
    code: WalkCode,
    lang: Lang = "zh",
    large: Large = False,
) -> Response:
    """The story of a published walk."""
    with doors.public() as connection:
        seen = page_for(request, connection, city, lang=lang, large=large)
        found = kept_walk(connection, code)
    return as_page(draw_walk(seen, found, drawn=_drawn(found)), seen.nonce)


def _drawn(one: KeptWalk) -> bool:
    """Whether its route may be shown: an old boundary needs a number of its own."""
    return is_served("lines" if one.is_current else "old-lines")
