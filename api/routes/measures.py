"""Who is served twice, within capacity, since when, and what lies within minutes of a facility?

Counts rest on what the public sees and leave rounded, as those of coverage do.
"""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import CityAsked, Day, DoorsHere, checked
from api.measuring import AskedOfCity, AskedOfPolygons, AskedOverYears, MeasuredHow
from api.planners import BODY, Planner, drawn, private, sends_geojson, threshold
from api.schemas.areas import AreasSent
from api.schemas.geojson import GeoJson, Json, layer_of
from api.schemas.measures import (
    CanteensAnswer,
    IsochroneAnswer,
    MeasuresAnswer,
    SeriesAnswer,
    canteens_told,
    measures_told,
    series_told,
)
from api.schemas.parameters import (
    FacilityAsked,
    Fallback,
    FloatingMethod,
    MinutesList,
    Month,
    NetworkAsked,
    Pace,
    SupplyAsked,
    Years,
)
from api.schemas.problem import ALWAYS, problems
from geo.access.canteens import canteens, publishable_canteens
from geo.access.measures import measures, publishable_measures
from geo.access.series import days_of, publishable_series, series
from geo.access.walking.around import around_facility, around_geojson
from geo.validity import today_in_china

router = APIRouter(
    prefix="/api/access",
    tags=["access"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(404)},
)


@router.get("/measures", summary="服务水平 · Measures", responses={200: {"model": MeasuresAnswer}})
def measured(
    doors: DoorsHere,
    asked: AskedOfCity,
    supply: SupplyAsked = None,
    floating: FloatingMethod = "2sfca",
) -> Response:
    """Served twice, within capacity, supply per 1 000 elders, access, Gini, gain, disabled."""
    with doors.counting() as connection:
        found = measures(connection, **asked, supply=supply, method=floating)
    return Json(measures_told(publishable_measures(found, threshold())))


@router.post(
    "/measures",
    summary="自定范围的服务水平 · Measures of polygons of one's own",
    dependencies=[Depends(sends_geojson)],
    responses={200: {"model": MeasuresAnswer}, **BODY},
)
def measured_within(
    doors: DoorsHere,
    day: Day,
    caller: Planner,
    sent: AreasSent,
    asked: AskedOfPolygons,
    supply: SupplyAsked = None,
    floating: FloatingMethod = "2sfca",
) -> Response:
    """The same for up to 200 polygons; nothing of them is kept. Needs the role planner."""
    with doors.counting() as connection:
        polygons = drawn(connection, caller, sent, day)
        found = measures(connection, polygons=polygons, **asked, supply=supply, method=floating)
    return private(measures_told(publishable_measures(found, threshold())))


@router.get("/series", summary="历年覆盖 · Series", responses={200: {"model": SeriesAnswer}})
def over_years(doors: DoorsHere, years: Years, asked: AskedOverYears) -> Response:
    """Coverage at the end of each year, or on days, from the versions then in force."""
    with doors.counting() as connection:
        found = series(connection, days_of(years, today=today_in_china()), **asked)
    return Json(series_told(publishable_series(found, threshold())))


@router.get("/canteens", summary="供餐 · Canteens", responses={200: {"model": CanteensAnswer}})
def in_month(
    doors: DoorsHere, day: Day, city: CityAsked, how: MeasuredHow, month: Month = None
) -> Response:
    """Each canteen's capacity in a month and the elders around it; meals served where known."""
    with doors.counting() as connection:
        found = canteens(connection, city=city, **how, on=day, month=month, published_only=True)
    return Json(canteens_told(publishable_canteens(found, threshold())))


@router.get(
    "/isochrone",
    summary="步行等时圈 · Isochrones",
    response_class=GeoJson,
    responses={200: {"model": IsochroneAnswer}},
)
def within_minutes(
    doors: DoorsHere,
    day: Day,
    facility: FacilityAsked,
    minutes: MinutesList = "5,10,15",
    pace: Pace = "elder",
    network: NetworkAsked = None,
    fallback: Fallback = "none",
) -> Response:
    """What can be reached on foot from a facility within 5, 10 and 15 minutes, as areas."""
    asked = (5.0, 10.0, 15.0) if isinstance(minutes, str) else cast("tuple[float, ...]", minutes)
    with doors.counting() as connection:
        found = around_facility(
            connection,
            facility,
            minutes=asked,
            pace=pace,
            on=day,
            network=network,
            fallback=fallback,
            published_only=True,
        )
    return layer_of(day)(around_geojson(found))
