"""How did a place live, what is a spot called, and where does an address line lead?"""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.codes import PLACE_CODE
from api.deps import Day, DoorsHere, checked
from api.schemas.geojson import GeoJson, Json, as_points
from api.schemas.names import AddressTold, LifeTold, SpotTold
from api.schemas.parameters import (
    AddressLine,
    Lat,
    LimitToHundred,
    Lon,
    RadiusM,
    ThingCode,
    Within,
)
from api.schemas.problem import ALWAYS, problems
from geo.gazetteer import history
from geo.gazetteer.address import read_address
from geo.gazetteer.exchange.read import record
from geo.gazetteer.reverse import DEFAULT_RADIUS_M, spot

router = APIRouter(
    prefix="/api/names",
    tags=["place names"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(404)},
)


@router.get(
    "/near",
    summary="此处地名 · Names at and near a point",
    response_class=GeoJson,
    responses={200: {"model": SpotTold}},
)
def near(
    doors: DoorsHere,
    day: Day,
    lon: Lon,
    lat: Lat,
    radius_m: RadiusM = DEFAULT_RADIUS_M,
    limit: LimitToHundred = 10,
) -> Response:
    """The divisions that hold a point on a day, and the names near it with distance, direction."""
    with doors.public() as connection:
        here = spot(connection, lon, lat, on=day, radius_m=radius_m, limit=limit)
    told = {name: getattr(here, name) for name in ("on", "radius_m", "divisions", "divisions_note")}
    return GeoJson(as_points(here.names, **told))


@router.get(
    "/address", summary="拆解地址 · Read an address line", responses={200: {"model": AddressTold}}
)
def address(
    doors: DoorsHere, day: Day, q: AddressLine, within: Within = None, limit: LimitToHundred = 3
) -> Response:
    """Divisions, place and rest of an address line; what is not in the register gets no code."""
    with doors.public() as connection:
        return Json(read_address(connection, q, on=day, within=within, limit=limit))


@router.get(
    f"/{PLACE_CODE}/life",
    summary="地名生平 · The life of a place",
    responses={200: {"model": LifeTold}},
)
def life(doors: DoorsHere, code: ThingCode) -> Response:
    """Names, superiors, predecessors and successors through time; texts with source; media."""
    with doors.public() as connection:
        place = record(connection, code)  # none of a category that is never public
        return Json(history.life_line(connection, place.code))
