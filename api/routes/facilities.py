"""Which facilities are there, nearest, or within reach, and what is known of one?"""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import Day, DoorsHere, WantedFacilities, checked
from api.schemas.answers import Facilities, FacilitiesNear
from api.schemas.geojson import GeoJson
from api.schemas.parameters import (
    Lat,
    LimitToHundred,
    LimitToMany,
    Lon,
    Offset,
    RadiusM,
    ThingCode,
)
from api.schemas.problem import ALWAYS, problems
from geo.queries import features

router = APIRouter(
    prefix="/api/facilities",
    tags=["facilities"],
    dependencies=[Depends(checked)],
    default_response_class=GeoJson,
    responses={**ALWAYS, **problems(404)},
)


@router.get("", summary="设施 · Facilities", responses={200: {"model": Facilities}})
def facilities(
    doors: DoorsHere,
    wanted: WantedFacilities,
    day: Day,
    limit: LimitToMany = 1_000,
    offset: Offset = 0,
) -> Response:
    """Facilities that fit every condition, in the order of their codes."""
    with doors.public() as connection:
        return GeoJson(
            features.facilities_geojson(connection, wanted, on=day, limit=limit, offset=offset)
        )


@router.get("/nearest", summary="最近设施 · Nearest", responses={200: {"model": FacilitiesNear}})
def nearest(
    doors: DoorsHere,
    wanted: WantedFacilities,
    day: Day,
    lon: Lon,
    lat: Lat,
    limit: LimitToHundred = 10,
) -> Response:
    """The nearest facilities by true distance on the ellipsoid (`distance_m`), nearest first."""
    with doors.public() as connection:
        return GeoJson(features.nearest_geojson(connection, lon, lat, wanted, on=day, limit=limit))


@router.get(
    "/within-radius",
    summary="半径内设施 · Within a radius",
    responses={200: {"model": FacilitiesNear}},
)
def within_radius(
    doors: DoorsHere,
    wanted: WantedFacilities,
    day: Day,
    lon: Lon,
    lat: Lat,
    radius_m: RadiusM,
    limit: LimitToMany = 1_000,
) -> Response:
    """Facilities within a straight-line distance of a point, nearest first."""
    with doors.public() as connection:
        return GeoJson(
            features.within_geojson(connection, lon, lat, radius_m, wanted, on=day, limit=limit)
        )


@router.get(
    "/{code}",
    summary="设施详情 · One facility",
    responses={200: {"model": Facilities}},
)
def facility(doors: DoorsHere, day: Day, code: ThingCode) -> Response:
    """All that is published of one facility, in any state, as a collection of one."""
    with doors.public() as connection:
        return GeoJson(features.facility_geojson(connection, code, on=day))
