"""Which divisions are there, which one is here, who are its neighbours, and what was it before?"""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import Day, DoorsHere, checked
from api.schemas.divisions import Neighbours, Units, Zones
from api.schemas.geojson import GeoJson, Json, layer_of
from api.schemas.parameters import DivisionCode, Lat, Level, Lon, Parent, Within
from api.schemas.problem import ALWAYS, problems
from geo.queries import features, neighbours, succession

router = APIRouter(
    prefix="/api",
    tags=["divisions"],
    dependencies=[Depends(checked)],
    default_response_class=GeoJson,
    responses={**ALWAYS, **problems(404)},
)


@router.get("/units", summary="区划 · Divisions", responses={200: {"model": Units}})
def units(
    doors: DoorsHere, day: Day, parent: Parent = None, level: Level = None, within: Within = None
) -> Response:
    """Divisions in force on the day: right under a superior, of a level, anywhere under one.

    A division without a known outline has geometry null and says why in `geometry_note`.
    """
    with doors.public() as connection:
        return layer_of(day)(
            features.units_geojson(connection, parent=parent, level=level, within=within, on=day)
        )


@router.get(
    "/units/at", summary="此处属于 · Divisions at a point", responses={200: {"model": Units}}
)
def units_at(doors: DoorsHere, day: Day, lon: Lon, lat: Lat) -> Response:
    """The divisions whose outline holds the point, largest first; both, where it lies on a line."""
    with doors.public() as connection:
        return layer_of(day)(features.unit_at_geojson(connection, lon, lat, on=day))


@router.get(
    "/units/{code}",
    summary="一个区划 · One division",
    responses={200: {"model": Units}},
)
def unit(doors: DoorsHere, day: Day, code: DivisionCode) -> Response:
    """The version of a division that is in force on the day, as a collection of one."""
    with doors.public() as connection:
        return layer_of(day)(features.units_geojson(connection, code=code, on=day))


@router.get(
    "/units/{code}/children",
    summary="下级 · Divisions right under it",
    responses={200: {"model": Units}},
)
def children(doors: DoorsHere, day: Day, code: DivisionCode) -> Response:
    """The divisions right under one, by their stated superior."""
    with doors.public() as connection:
        return layer_of(day)(features.units_geojson(connection, parent=code, on=day))


@router.get(
    "/units/{code}/neighbours",
    summary="邻接 · Neighbours",
    response_class=Json,
    responses={200: {"model": Neighbours}},
)
def neighbouring(doors: DoorsHere, day: Day, code: DivisionCode) -> Response:
    """Neighbours of the same level with the measured length of the shared border (量算值)."""
    with doors.public() as connection:
        found = neighbours.neighbours(connection, code, day)
    return Json({"code": code, "on": day, "neighbours": found})


@router.get(
    "/units/{code}/history",
    summary="沿革 · Versions and changes",
    response_class=Json,
    responses={200: {"model": succession.History}},
)
def history(doors: DoorsHere, code: DivisionCode) -> Response:
    """Every stored version of a division and the changes that name it, oldest first."""
    with doors.public() as connection:
        return Json(succession.history(connection, code))


@router.get("/zones", summary="规划片区 · Planning zones", responses={200: {"model": Zones}})
def zones(doors: DoorsHere, day: Day, within: Within = None) -> Response:
    """Planning zones in force on the day, all or those under a division."""
    with doors.public() as connection:
        return layer_of(day)(features.zones_geojson(connection, within=within, on=day))
