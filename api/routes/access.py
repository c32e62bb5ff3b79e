"""How many elders are within reach, where are the gaps, which areas lack what they must have?

The counts run as the owner, in a read-only transaction, because cells of people are not public; all
else that they rest on is: published facilities and areas only. Counts leave rounded, small ones not
at all (`geo.access.disclosure`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.deps import CityAsked, Day, DoorsHere, checked
from api.measuring import AskedOfCity, AskedOfPolygons
from api.planners import BODY, Planner, drawn, private, sends_geojson, threshold
from api.schemas.areas import AreasSent
from api.schemas.coverage import CoverageAnswer, GapsAnswer, MissingAnswer, missing_told
from api.schemas.geojson import GeoJson, Json, layer_of
from api.schemas.parameters import LimitToThousand, MustHave
from api.schemas.problem import ALWAYS, problems
from geo.access.coverage import coverage, coverage_of
from geo.access.features import coverage_geojson, gaps_geojson
from geo.access.gaps import gaps, gaps_of
from geo.access.publishing import publishable_coverage, publishable_gaps
from geo.access.standards import missing

router = APIRouter(
    prefix="/api/access",
    tags=["access"],
    dependencies=[Depends(checked)],
    default_response_class=GeoJson,
    responses={**ALWAYS, **problems(404)},
)

Order = Annotated[
    Literal["people", "area"], Query(description="排序：人数或面积 · most people or largest first")
]


@router.get("/coverage", summary="覆盖 · Coverage", responses={200: {"model": CoverageAnswer}})
def covered(doors: DoorsHere, day: Day, asked: AskedOfCity) -> Response:
    """Elders within reach of an open facility, by line or on foot, by area; nobody counts twice."""
    with doors.counting() as connection:
        found = publishable_coverage(coverage(connection, **asked), threshold())
        return layer_of(day)(coverage_geojson(connection, found))


@router.get("/gaps", summary="缺口 · Gaps", responses={200: {"model": GapsAnswer}})
def uncovered(
    doors: DoorsHere,
    day: Day,
    asked: AskedOfCity,
    order: Order = "people",
    limit: LimitToThousand = 100,
) -> Response:
    """The uncovered stretches of each area: those with the most elders first, or the largest."""
    with doors.counting() as connection:
        found = gaps(connection, **asked)
    return layer_of(day)(
        gaps_geojson(publishable_gaps(found, threshold(), order=order, limit=limit))
    )


@router.post(
    "/coverage",
    summary="自定范围的覆盖 · Coverage of polygons of one's own",
    dependencies=[Depends(sends_geojson)],
    responses={200: {"model": CoverageAnswer}, **BODY},
)
def covered_within(
    doors: DoorsHere, day: Day, caller: Planner, sent: AreasSent, asked: AskedOfPolygons
) -> Response:
    """The same for up to 200 polygons; nothing of them is kept. Needs the role planner."""
    with doors.counting() as connection:
        polygons = drawn(connection, caller, sent, day)
        found = publishable_coverage(coverage_of(connection, polygons, **asked), threshold())
        told = coverage_geojson(connection, found, polygons=polygons)
    return private(told, sent_as=GeoJson)


@router.post(
    "/gaps",
    summary="自定范围的缺口 · Gaps of polygons of one's own",
    dependencies=[Depends(sends_geojson)],
    responses={200: {"model": GapsAnswer}, **BODY},
)
def uncovered_within(
    doors: DoorsHere,
    day: Day,
    caller: Planner,
    sent: AreasSent,
    asked: AskedOfPolygons,
    order: Order = "people",
    limit: LimitToThousand = 100,
) -> Response:
    """The uncovered stretches of up to 200 polygons; nothing of them is kept."""
    with doors.counting() as connection:
        found = gaps_of(connection, drawn(connection, caller, sent, day), **asked)
    told = gaps_geojson(publishable_gaps(found, threshold(), order=order, limit=limit))
    return private(told, sent_as=GeoJson)


@router.get(
    "/missing",
    summary="应有而没有 · What must be there and is not",
    response_class=Json,
    responses={200: {"model": MissingAnswer}},
)
def lacking(doors: DoorsHere, day: Day, city: CityAsked, areas: MustHave = "township") -> Response:
    """Townships (or zones) judged by every rule in force: lacking, planned, present, unknown."""
    with doors.public() as connection:
        found = missing(connection, city=city, areas=areas, on=day)
    return Json(missing_told(found, city, day))
