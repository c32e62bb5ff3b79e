"""Which pages tell of listed names? A map with stories, and one page a name to print and cite."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.deps import CityAsked, Day, DoorsHere
from api.outside import base_of
from api.routes.pages import Lang, Large, as_page, page_for
from api.schemas.geojson import layer_allowed
from api.schemas.parameters import ThingCode
from api.schemas.written import full_division, plain_text
from geo.errors import NotFound
from geo.gazetteer.exchange.addresses import Addresses
from geo.gazetteer.heritage.places import Wanted, listed_place, listed_places
from geo.gazetteer.heritage.protection import latest
from geo.gazetteer.history import life_line
from geo.queries import features
from geo.queries.admin import Reader, unit
from maps.heritage import Question, draw_heritage
from maps.heritage_leaf import draw_leaf

router = APIRouter(include_in_schema=False)


def _asked(request: Request) -> Wanted:
    """What the reader chose. A form without scripts sends every field: an empty one is no choice.

    Raises BadInput for a word that is not known.
    """
    told = {name: value for name, value in request.query_params.items() if value.strip()}
    return Wanted(
        told.get("family"), told.get("list_level"), told.get("era"), told.get("feature_class"),
        full_division(told["within"]) if "within" in told else None,
        told["list_class"][:100] if "list_class" in told else None,
        plain_text(told["q"][:100]) if "q" in told else None,
    ).checked()  # fmt: skip


def _offset(request: Request) -> int:
    """How many places come before the first one; anything but a number is none."""
    told = request.query_params.get("offset", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 7 else 0


@router.get("/heritage", name="page /heritage")
def heritage(
    request: Request, doors: DoorsHere, day: Day, city: CityAsked,
    wanted: Annotated[Wanted, Depends(_asked)], offset: Annotated[int, Depends(_offset)],
    lang: Lang = "zh", large: Large = False,
) -> Response:  # fmt: skip
    """Listed names with their stories; what is chosen stands in the address."""
    with doors.public() as connection:
        seen = page_for(request, connection, city, lang=lang, large=large)
        whole = listed_places(connection, Wanted(within=city), on=day)
        inside = Wanted(
            wanted.family, wanted.level, None, wanted.kind, wanted.within or city,
            wanted.list_class, wanted.text,
        )  # fmt: skip
        fitting = whole if inside == Wanted(within=city) else listed_places(
            connection, inside, on=day
        )  # fmt: skip
        chosen = Wanted(
            inside.family, inside.level, wanted.era, inside.kind, inside.within,
            inside.list_class, inside.text,
        )  # fmt: skip
        around = _children(connection, city, day)
    districts = tuple((one["code"], one["name"]) for one in around)
    stated = city if "city" in request.query_params else ""
    question = Question(chosen, offset, districts, stated)
    html = draw_heritage(seen, question, fitting, whole)
    return as_page(html, seen.nonce, tile_url=seen.tile_url)


@router.get("/heritage/{code}", name="page /heritage/{code}")
def leaf(
    request: Request, doors: DoorsHere, day: Day, city: CityAsked, code: ThingCode,
    lang: Lang = "zh", large: Large = False,
) -> Response:  # fmt: skip
    """One listed name: its story, names, lists, protection, a small map, how to cite it."""
    with doors.public() as connection:
        seen = page_for(request, connection, city, lang=lang, large=large)
        place = listed_place(connection, code, on=day)
        life, kept = life_line(connection, code), latest(connection, code, on=day)
        outlines: list[Any] = []
        is_old = place.feature_class == "A" and not layer_allowed(old=True)
        if layer_allowed():
            outlines = _outlines(connection, city, day)
    address = Addresses(f"{base_of(request)}/id/").of(code)
    html = draw_leaf(
        seen, place, life, kept, outlines, address=address, on=day,
        drawn=layer_allowed() and not is_old,
    )  # fmt: skip
    return as_page(html, seen.nonce)


def _children(connection: Reader, city: str, day: Any) -> list[dict[str, Any]]:
    """Code and name of the districts of a city."""
    found = orjson.loads(features.units_geojson(connection, on=day, parent=city))
    told = [one["properties"] for one in found["features"]]
    return sorted(told, key=lambda one: str(one["code"]))


def _outlines(connection: Reader, city: str, day: Any) -> list[Any]:
    """The districts of a city with their outlines; the city itself where it has none."""
    found = orjson.loads(features.units_geojson(connection, on=day, parent=city))["features"]
    if any(one["geometry"] for one in found):
        return list(found)
    try:
        code = unit(connection, city, day).code
    except NotFound:
        return []
    return list(orjson.loads(features.units_geojson(connection, on=day, code=code))["features"])
