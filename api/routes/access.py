"""How many elders are within reach, where are the gaps, which areas lack what they must have?

The counts run as the owner, in a read-only transaction, because cells of people are not public; all
else that they rest on is: published facilities and areas only. Counts leave rounded, small ones not
at all (`geo.access.disclosure`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.deps import CityAsked, Day, DoorsHere, checked
from api.measuring import MeasuredHow
from api.schemas.areas import AreasSent, lie_within, polygons_of
from api.schemas.coverage import CoverageAnswer, GapsAnswer, MissingAnswer, missing_told
from api.schemas.geojson import GeoJson, Json, layer_of
from api.schemas.parameters import (
    AcrossBorder,
    Areas,
    KindAsked,
    LimitToThousand,
    MustHave,
)
from api.schemas.problem import ALWAYS, problems
from api.security import Caller, requires
from geo.access.coverage import coverage, coverage_of
from geo.access.features import coverage_geojson, gaps_geojson
from geo.access.gaps import gaps
from geo.access.publishing import publishable_coverage, publishable_gaps
from geo.access.standards import missing
from geo.errors import NotAllowed
from geo.queries.features import units_geojson
from geo.settings import CitySettings, read

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
def covered(
    doors: DoorsHere,
    day: Day,
    city: CityAsked,
    kind: KindAsked,
    how: MeasuredHow,
    areas: Areas = "district",
    across_border: AcrossBorder = True,
) -> Response:
    """Elders within reach of an open facility, by line or on foot, by area; nobody counts twice."""
    with doors.counting() as connection:
        found = coverage(
            connection,
            city=city,
            areas=areas,
            kind=kind,
            **how,
            on=day,
            across_border=across_border,
            published_only=True,
        )
        return layer_of(day)(
            coverage_geojson(connection, publishable_coverage(found, _threshold()))
        )


@router.get("/gaps", summary="缺口 · Gaps", responses={200: {"model": GapsAnswer}})
def uncovered(
    doors: DoorsHere,
    day: Day,
    city: CityAsked,
    kind: KindAsked,
    how: MeasuredHow,
    areas: Areas = "district",
    across_border: AcrossBorder = True,
    order: Order = "people",
    limit: LimitToThousand = 100,
) -> Response:
    """The uncovered stretches of each area: those with the most elders first, or the largest."""
    with doors.counting() as connection:
        found = gaps(
            connection,
            city=city,
            areas=areas,
            kind=kind,
            **how,
            on=day,
            across_border=across_border,
            published_only=True,
        )
    return layer_of(day)(
        gaps_geojson(publishable_gaps(found, _threshold(), order=order, limit=limit))
    )


def _sends_geojson(request: Request) -> None:
    """Raise 415 for a body that is not sent as JSON."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise HTTPException(415, "请以 application/geo+json 发送 / send application/geo+json")


@router.post(
    "/coverage",
    summary="自定范围的覆盖 · Coverage of polygons of one's own",
    dependencies=[Depends(_sends_geojson)],
    responses={200: {"model": CoverageAnswer}, **problems(401, 403, 413, 415)},
)
def covered_within(
    doors: DoorsHere,
    day: Day,
    caller: Annotated[Caller, Depends(requires("planner"))],
    sent: AreasSent,
    kind: KindAsked,
    how: MeasuredHow,
    across_border: AcrossBorder = True,
) -> Response:
    """The same for up to 200 polygons; nothing of them is kept. Needs the role planner."""
    polygons = polygons_of(sent)
    with doors.counting() as connection:
        if caller.division_code is not None:
            outline = units_geojson(connection, code=caller.division_code, on=day)
            if not lie_within(polygons, outline):
                raise NotAllowed(
                    f"令牌仅限 {caller.division_code} 之内 / the token covers that division only"
                )
        found = coverage_of(
            connection,
            polygons,
            kind=kind,
            **how,
            on=day,
            across_border=across_border,
            published_only=True,
        )
        return GeoJson(
            coverage_geojson(
                connection, publishable_coverage(found, _threshold()), polygons=polygons
            )
        )


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


def _threshold() -> int:
    """Counts of people below this are withheld, others rounded to it."""
    return read(CitySettings).small_count_threshold
