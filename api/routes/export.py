"""How does a result leave over HTTP as GeoPackage, GeoJSON, GeoParquet or CSV?

What the public may be told rests on published rows, with counts rounded and, while there is no
approval number (审图号), without shapes. Results for staff need a planner's token.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.deps import CityAsked, Day, DoorsHere, checked
from api.measuring import MeasuredHow
from api.planners import FOR_PLANNERS, lies_within, threshold
from api.schemas.exported import (
    EXPORTED,
    FORMATS_SENT,
    AreasToExport,
    Exported,
    FacilityToExport,
    FileFormat,
    IndicatorAsked,
    KindToExport,
    ResultName,
    ScenarioAsked,
    SitesAsked,
    YearsToExport,
    format_of,
)
from api.schemas.parameters import AcrossBorder
from api.schemas.problem import ALWAYS, problems
from api.security import Caller, if_given, no_token
from geo.access.export import RESULTS, Layer, Wanted, result, write
from geo.access.scenario import scenario
from geo.access.series import days_of
from geo.errors import NotAllowed, both
from geo.queries.admin import Reader
from geo.settings import MapSettings, read
from geo.validity import today_in_china

router = APIRouter(
    prefix="/api/access", tags=["access"], dependencies=[Depends(checked)],
    responses={**ALWAYS, **FOR_PLANNERS, **problems(404)},
)  # fmt: skip

Anybody = Annotated[Caller | None, Depends(if_given("planner"))]


async def _wanted(
    name: ResultName, city: CityAsked, day: Day, how: MeasuredHow,
    kind: KindToExport = "canteen", areas: AreasToExport = "district",
    across_border: AcrossBorder = True, years: YearsToExport = None,
    indicator: IndicatorAsked = None, facility: FacilityToExport = None,
    scenario: ScenarioAsked = None, sites: SitesAsked = 5,
) -> Wanted:  # fmt: skip
    """What is asked of the result; public unless it is for staff only."""
    today = today_in_china()
    days = days_of(years or str(day.year), today=today) if name == "series" else ()
    return Wanted(
        city=city, on=day, kind=kind, areas=areas, **how, across_border=across_border, days=days,
        indicator=indicator or "", facility=facility or "", scenario=scenario or 0, sites=sites,
        published_only=not RESULTS[name].is_internal, rounded_to=float(threshold()),
    )  # fmt: skip


@router.get(
    "/export/{name}", summary="下载结果 · A result as a file", response_class=Exported,
    responses={200: EXPORTED},
)  # fmt: skip
def exported(
    request: Request, doors: DoorsHere, name: ResultName, caller: Anybody,
    wanted: Annotated[Wanted, Depends(_wanted)], f: FileFormat = None,
) -> Response:  # fmt: skip
    """The result as a file to be saved, each row with its unit, day, source and method."""
    made = f or format_of(request.headers.get("accept"))
    ending, media = FORMATS_SENT[made]
    _may_ask(wanted, caller)
    with doors.counting() as connection:
        layer = _asked(connection, name, wanted, caller)
    file = f"{name}-{wanted.city[:6]}-{wanted.on.isoformat()}{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    if not wanted.published_only:
        headers["Cache-Control"] = "no-store"
    return Response(write(layer, ending), headers=headers, media_type=media)


def _may_ask(wanted: Wanted, caller: Caller | None) -> None:
    """Raise 401 without a token for staff's results, NotAllowed where nothing protects people."""
    if not wanted.published_only and caller is None:
        raise no_token()
    if wanted.published_only and not wanted.rounded_to:
        raise NotAllowed(
            both(
                "公开导出须设小数保护 ATLAS_SMALL_COUNT_THRESHOLD（如 10）。",
                "a public export needs ATLAS_SMALL_COUNT_THRESHOLD above 0",
            )
        )


def _asked(connection: Reader, name: str, wanted: Wanted, caller: Caller | None) -> Layer:
    """The result, as far as the caller's token reaches; without shapes where no map may leave."""
    if caller is not None and not wanted.published_only:
        if name == "scenario":
            kept = scenario(connection, wanted.scenario)
            lies_within(connection, caller, kept.city_code, kept.on_date)
        else:
            lies_within(connection, caller, wanted.city, wanted.on)
    layer = result(connection, name, wanted)
    if wanted.published_only and not read(MapSettings).map_approval_number.strip():
        return layer.without_shapes()
    return layer
