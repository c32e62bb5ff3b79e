"""Which places bear this name, what is this spot called, and what was it called in another year?"""

from __future__ import annotations

from typing import cast

import shapely
from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import Day, DoorsHere, checked
from api.planners import sends_json
from api.schemas.geojson import GeoJson, Json, as_points
from api.schemas.parameters import (
    BBox,
    CategoryAsked,
    Family,
    FeatureClass,
    InUse,
    Language,
    Lat,
    LimitToHundred,
    ListLevel,
    Lon,
    Near,
    SuggestionLimit,
    TextAsked,
    ThingCode,
    Within,
    Year,
)
from api.schemas.place_names import (
    HeritagePlaces,
    NamesNear,
    PlaceCard,
    PlaceHits,
    SearchSent,
    SuggestedNames,
)
from api.schemas.problem import ALWAYS, problems
from geo.gazetteer import heritage, history, search, suggest
from geo.validity import today_in_china

router = APIRouter(
    prefix="/api/places",
    tags=["place names"],
    dependencies=[Depends(checked)],
    default_response_class=GeoJson,
    responses={**ALWAYS, **problems(404)},
)
names_router = APIRouter(
    prefix="/api/names",
    tags=["place names"],
    dependencies=[Depends(checked)],
    responses={**ALWAYS},
)


@router.get("", summary="查地名 · Find a place", responses={200: {"model": PlaceHits}})
def places(
    doors: DoorsHere,
    day: Day,
    q: TextAsked,
    limit: LimitToHundred = 10,
    within: Within = None,
    feature_class: FeatureClass = None,
    category: CategoryAsked = None,
    family: Family = None,
    list_level: ListLevel = None,
    bbox: BBox = None,
    near: Near = None,
    in_use: InUse = False,
) -> Response:
    """Places by Chinese name, pinyin, initials, English or old name; one wrong character forgiven.

    Each hit tells which of its names matched and how, in Chinese and English.
    """
    # The types of these parameters say what stands in the address; their readers made tuples.
    box = cast("tuple[float, float, float, float] | None", bbox)
    with doors.public() as connection:
        hits = search.search(
            connection, q, on=day, limit=limit, within=within, feature_class=feature_class,
            category=category, family=family, level=list_level, in_use=in_use,
            area=None if box is None else shapely.box(*box),
            near=cast("tuple[float, float] | None", near),
        )  # fmt: skip
    return GeoJson(as_points(hits, query=q))


@router.post(
    "/search",
    summary="按图形查地名 · Find places inside a polygon",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": PlaceHits}, **problems(413, 415)},
)
def places_inside(doors: DoorsHere, sent: SearchSent) -> Response:
    """The same question with a GeoJSON polygon in which the places must have a known position."""
    polygon, near = sent.polygon(), sent.spot()
    with doors.public() as connection:
        hits = search.search(
            connection, sent.q, on=sent.on or today_in_china(), limit=sent.limit,
            within=sent.within, feature_class=sent.feature_class, category=sent.category,
            family=sent.family, level=sent.list_level, in_use=sent.in_use, area=polygon, near=near,
        )  # fmt: skip
    return GeoJson(as_points(hits, query=sent.q))


@names_router.get(
    "/suggest",
    summary="边输边查 · Names while typing",
    response_class=Json,
    responses={200: {"model": SuggestedNames}},
)
def suggestions(
    doors: DoorsHere,
    day: Day,
    q: TextAsked,
    limit: SuggestionLimit = 8,
    lang: Language = "zh",
) -> Response:
    """Places whose name is or begins as typed, in Chinese, pinyin or initials, and why."""
    with doors.public() as connection:
        found = suggest.suggest(connection, q, on=day, limit=limit)
    items = [{**vars(one), "reason": one.how_en if lang == "en" else one.how_zh} for one in found]
    has_synthetic = any(one.is_synthetic for one in found)
    return Json(
        {"query": q, "on": day, "lang": lang, "has_synthetic": has_synthetic, "items": items}
    )


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
