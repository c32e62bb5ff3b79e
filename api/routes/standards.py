"""How do areas stand by indicator and by written rule, and what has to be done about it?

Indicators that rest on published rows are public. Estates, projects, fire checks, rankings and work
items are for planners; a token that is limited to a division opens what lies in it.
"""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import CityAsked, Day, DoorsHere, checked
from api.planners import (
    FOR_PLANNERS,
    Planner,
    lies_within,
    private,
    threshold,
)
from api.schemas.geojson import GeoJson, Json
from api.schemas.parameters import Measure, NetworkAsked, ThingCode
from api.schemas.problem import ALWAYS, problems
from api.schemas.standards import (
    ByAreas,
    ByLevel,
    EstatesAnswer,
    FireAnswer,
    FireMap,
    IndicatorAnswer,
    IndicatorList,
    LeagueAnswer,
    MonthlyAnswer,
    OverdueOnly,
    PlannedStated,
    ProjectsAnswer,
    Since,
    StandardsAnswer,
    TotalStated,
    YearAsked,
    estates_told,
    fire_map_told,
    fire_told,
    indicator_told,
    league_told,
    months_told,
    projects_told,
    standards_told,
    values_told,
)
from geo.access.estates import estates_checked
from geo.access.indicators import (
    catalogue,
    compute_indicator,
    fire_report,
    league_of,
    monthly,
    projects_report,
)
from geo.access.standards.areas import area_checks
from geo.errors import BadInput, both

router = APIRouter(
    prefix="/api/access",
    tags=["standards"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(404)},
)


@router.get(
    "/indicators", summary="指标目录 · Indicators", responses={200: {"model": IndicatorList}}
)
def indicators() -> Response:
    """The catalogue: id, definition, formula, unit, levels, period, source."""
    listed = [indicator_told(one) for one in catalogue().values()]
    return Json({"numberReturned": len(listed), "indicators": listed})


@router.get(
    "/indicators/{code}",
    summary="一个指标 · One indicator",
    responses={200: {"model": IndicatorAnswer}, **problems(403)},
)
def indicator_values(
    doors: DoorsHere, day: Day, city: CityAsked, code: ThingCode, areas: ByLevel = None,
    measure: Measure = "line", network: NetworkAsked = None,
) -> Response:  # fmt: skip
    """An indicator by area, from published rows only; internal ones answer 403."""
    with doors.counting() as connection:
        found = compute_indicator(
            connection,
            code,
            city=city,
            by=areas,
            on=day,
            published_only=True,
            rounded_to=threshold(),
            measure=measure,
            network=network,
        )
    return Json(values_told(found))


@router.get(
    "/planning/indicators/{code}",
    summary="一个指标（内部口径）· One indicator, for planners",
    responses={200: {"model": IndicatorAnswer}, **FOR_PLANNERS},
)
def indicator_for_planners(
    doors: DoorsHere, day: Day, city: CityAsked, caller: Planner, code: ThingCode,
    areas: ByLevel = None, measure: Measure = "line", network: NetworkAsked = None,
) -> Response:  # fmt: skip
    """The same from all rows, also unpublished ones, with exact counts, and internal indicators."""
    with doors.counting() as connection:
        lies_within(connection, caller, city, day)
        found = compute_indicator(
            connection, code, city=city, by=areas, on=day, measure=measure, network=network
        )
    return private(values_told(found))


@router.get(
    "/planning/indicators/{code}/league",
    summary="排名 · League table",
    responses={200: {"model": LeagueAnswer}, **FOR_PLANNERS},
)
def indicator_league(
    doors: DoorsHere, day: Day, city: CityAsked, caller: Planner, code: ThingCode,
    areas: ByLevel = None, since: Since = None,
) -> Response:  # fmt: skip
    """Areas by value: equal values share a rank, unknown ones have none; `since` compares."""
    with doors.counting() as connection:
        lies_within(connection, caller, city, day)
        now = compute_indicator(connection, code, city=city, by=areas, on=day)
        before = None
        if since is not None:
            before = compute_indicator(connection, code, city=city, by=areas, on=since)
    return private(league_told(league_of(now, before), day, since))


@router.get(
    "/planning/estates",
    summary="配建核对 · Estates",
    responses={200: {"model": EstatesAnswer}, **FOR_PLANNERS},
)
def estates(
    doors: DoorsHere, day: Day, city: CityAsked, caller: Planner, since: Since = None
) -> Response:
    """Every estate under the rule of its place, type and day of approval, with the sum in words."""
    with doors.staff() as connection:
        lies_within(connection, caller, city, day)
        return private(estates_told(estates_checked(connection, city=city, on=day, since=since)))


@router.get(
    "/planning/standards",
    summary="标准核对 · Areas under the written rules",
    responses={200: {"model": StandardsAnswer}, **FOR_PLANNERS},
)
def standards(
    doors: DoorsHere, day: Day, city: CityAsked, caller: Planner, areas: ByAreas = "district"
) -> Response:
    """Beds, nursing share, land, floor area and life circles, area by area."""
    if areas == "city":
        raise BadInput(
            both("可用：区县、乡镇街道、片区。", "district, township or zone"), parameter="areas"
        )
    with doors.counting() as connection:
        lies_within(connection, caller, city, day)
        return private(standards_told(area_checks(connection, city=city, by=areas, on=day)))


@router.get(
    "/planning/projects",
    summary="建设项目 · Projects",
    responses={200: {"model": ProjectsAnswer}, **FOR_PLANNERS},
)
def projects(
    doors: DoorsHere, day: Day, city: CityAsked, caller: Planner, total: TotalStated = None,
    planned_cny: PlannedStated = None,
) -> Response:  # fmt: skip
    """Projects by class: begun, finished, overdue, money; the classes are checked to add up."""
    with doors.staff() as connection:
        lies_within(connection, caller, city, day)
        found = projects_report(
            connection, city=city, on=day, stated_total=total, stated_planned_cny=planned_cny
        )
    return private(projects_told(found))


@router.get(
    "/planning/projects/monthly",
    summary="建设项目月表 · Projects by month",
    responses={200: {"model": MonthlyAnswer}, **FOR_PLANNERS},
)
def projects_by_month(
    doors: DoorsHere, day: Day, city: CityAsked, caller: Planner, year: YearAsked = None
) -> Response:
    """Stage, money planned and paid, overdue and start rate by class at the end of each month."""
    asked = year or day.year
    with doors.staff() as connection:
        lies_within(connection, caller, city, day)
        found = monthly(connection, city=city, year=asked, until=day)
    return private(months_told(found, city, asked, day))


@router.get(
    "/planning/fire",
    summary="消防 · Fire checks",
    responses={200: {"model": FireAnswer}, **FOR_PLANNERS},
)
def fire(doors: DoorsHere, day: Day, city: CityAsked, caller: Planner) -> Response:
    """Homes by fire check, overdue ones first with their positions, and open hazards."""
    with doors.staff() as connection:
        lies_within(connection, caller, city, day)
        return private(fire_told(fire_report(connection, city=city, on=day)))


@router.get(
    "/planning/fire/map",
    summary="消防检查地图 · Fire checks on the map",
    response_class=GeoJson,
    responses={200: {"model": FireMap}, **FOR_PLANNERS},
)
def fire_map(
    doors: DoorsHere, day: Day, city: CityAsked, caller: Planner, overdue: OverdueOnly = False
) -> Response:
    """Homes by fire check as points, overdue ones first; `overdue=true`: those alone."""
    with doors.staff() as connection:
        lies_within(connection, caller, city, day)
        found = fire_report(connection, city=city, on=day)
    return private(fire_map_told(found, overdue_only=overdue), sent_as=GeoJson)
