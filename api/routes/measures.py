"""Who is served twice, within capacity, since when, and what lies within minutes of a facility?

Counts rest on what the public sees and leave rounded, as those of coverage do.
"""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import CityAsked, Day, DoorsHere, checked
from api.measuring import MeasuredHow
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
    AcrossBorder,
    Areas,
    FacilityAsked,
    Fallback,
    FloatingMethod,
    KindAsked,
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
from geo.settings import CitySettings, read
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
    day: Day,
    city: CityAsked,
    kind: KindAsked,
    how: MeasuredHow,
    areas: Areas = "district",
    across_border: AcrossBorder = True,
    supply: SupplyAsked = None,
    floating: FloatingMethod = "2sfca",
) -> Response:
    """Served twice, within capacity, supply per 1 000 elders, access, Gini, gain, disabled."""
    with doors.counting() as connection:
        found = measures(
            connection,
            city=city,
            areas=areas,
            kind=kind,
            **how,
            on=day,
            across_border=across_border,
            published_only=True,
            supply=supply,
            method=floating,
        )
    return Json(measures_told(publishable_measures(found, _threshold())))


@router.get("/series", summary="历年覆盖 · Series", responses={200: {"model": SeriesAnswer}})
def over_years(
    doors: DoorsHere,
    city: CityAsked,
    kind: KindAsked,
    years: Years,
    how: MeasuredHow,
    areas: Areas = "district",
    across_border: AcrossBorder = True,
) -> Response:
    """Coverage at the end of each year, or on days, from the versions then in force."""
    with doors.counting() as connection:
        found = series(
            connection,
            days_of(years, today=today_in_china()),
            city=city,
            areas=areas,
            kind=kind,
            **how,
            across_border=across_border,
            published_only=True,
        )
    return Json(series_told(publishable_series(found, _threshold())))


@router.get("/canteens", summary="供餐 · Canteens", responses={200: {"model": CanteensAnswer}})
def in_month(
    doors: DoorsHere, day: Day, city: CityAsked, how: MeasuredHow, month: Month = None
) -> Response:
    """Each canteen's capacity in a month and the elders around it; meals served where known."""
    with doors.counting() as connection:
        found = canteens(connection, city=city, **how, on=day, month=month, published_only=True)
    return Json(canteens_told(publishable_canteens(found, _threshold())))


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


def _threshold() -> int:
    """Counts of people below this are withheld, others rounded to it."""
    return read(CitySettings).small_count_threshold
