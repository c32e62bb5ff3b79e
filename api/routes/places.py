"""Which places bear this name, what is this spot called, and what was it called in another year?"""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import Day, DoorsHere, checked
from api.schemas.geojson import GeoJson, Json, as_points
from api.schemas.parameters import (
    Family,
    Lat,
    LimitToHundred,
    Lon,
    TextAsked,
    ThingCode,
    Within,
    Year,
)
from api.schemas.place_names import HeritagePlaces, NamesNear, PlaceCard, PlaceHits
from api.schemas.problem import ALWAYS, problems
from geo.gazetteer import heritage, history, search

router = APIRouter(
    prefix="/api/places",
    tags=["place names"],
    dependencies=[Depends(checked)],
    default_response_class=GeoJson,
    responses={**ALWAYS, **problems(404)},
)


@router.get("", summary="查地名 · Find a place", responses={200: {"model": PlaceHits}})
def places(
    doors: DoorsHere,
    day: Day,
    q: TextAsked,
    limit: LimitToHundred = 10,
    within: Within = None,
    family: Family = None,
) -> Response:
    """Places by Chinese name, pinyin, initials or old name, with one wrong character forgiven."""
    with doors.public() as connection:
        hits = search.search(connection, q, on=day, limit=limit, within=within, family=family)
    return GeoJson(as_points(hits, query=q))


@router.get("/near", summary="附近地名 · Names near a point", responses={200: {"model": NamesNear}})
def near(
    doors: DoorsHere,
    day: Day,
    lon: Lon,
    lat: Lat,
    year: Year = None,
    limit: LimitToHundred = 10,
) -> Response:
    """The nearest names, today's or a year's; what is known only to its district is not near."""
    with doors.public() as connection:
        names = history.names_near(connection, lon, lat, year=year, limit=limit, on=day)
    return GeoJson(as_points(names, year=year))


@router.get(
    "/heritage",
    summary="名录 · Heritage and red names",
    responses={200: {"model": HeritagePlaces}},
)
def listed(doors: DoorsHere, day: Day, family: Family = None, within: Within = None) -> Response:
    """Places on lists. Where only the division is known, geometry is null: never an exact point."""
    with doors.public() as connection:
        return GeoJson(heritage.listings_geojson(connection, family=family, within=within, on=day))


@router.get(
    "/{code}",
    summary="一个地名 · One place",
    response_class=Json,
    responses={200: {"model": PlaceCard}},
)
def place(doors: DoorsHere, day: Day, code: ThingCode, year: Year = None) -> Response:
    """All that is known of a place with sources; with `year` also what it was called then."""
    with doors.public() as connection:
        card = history.card(connection, code, on=day)
        called = None if year is None else history.called_in(connection, code, year)
    return Json({"place": card, "year": year, "called": called})
