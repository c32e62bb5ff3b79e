"""How do areas stand by indicator and by written rule, and what has to be done about it?

Indicators that rest on published rows are public. Estates, projects, fire checks, rankings and work
items are for planners; a token that is limited to a division opens what lies in it.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.deps import CityAsked, Day, DoorsHere, checked
from api.schemas.geojson import Json
from api.schemas.parameters import ThingCode
from api.schemas.problem import ALWAYS, problems
from api.schemas.standards import (
    ByAreas,
    EstatesAnswer,
    FireAnswer,
    IndicatorAnswer,
    IndicatorList,
    ItemAnswer,
    ItemNumber,
    LeagueAnswer,
    OverdueOnly,
    ProjectsAnswer,
    Since,
    StandardsAnswer,
    StepSent,
    WorkAnswer,
    WorkKind,
    WorkSent,
    estates_told,
    fire_told,
    history_told,
    indicator_told,
    item_told,
    league_told,
    projects_told,
    standards_told,
    values_told,
)
from api.security import Caller, requires
from geo.access.estates import estates_checked
from geo.access.indicators import (
    catalogue,
    compute_indicator,
    fire_report,
    league_of,
    projects_report,
)
from geo.access.standards.areas import area_checks
from geo.access.work_items import (
    Finding,
    Item,
    history,
    open_item,
    take_step,
    work_item,
    work_items,
)
from geo.errors import BadInput, NotAllowed, both
from geo.queries.admin import Reader, ancestors
from geo.settings import CitySettings, read
from geo.validity import today_in_china

router = APIRouter(
    prefix="/api/access",
    tags=["standards"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(404)},
)
Planner = Annotated[Caller, Depends(requires("planner"))]
_FOR_PLANNERS = problems(401, 403)


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
    doors: DoorsHere, day: Day, city: CityAsked, code: ThingCode, areas: ByAreas = "district"
) -> Response:
    """An indicator by area, from published rows only; internal ones answer 403."""
    with doors.counting() as connection:
        found = compute_indicator(
            connection,
            code,
            city=city,
            by=areas,
            on=day,
            published_only=True,
            rounded_to=read(CitySettings).small_count_threshold,
        )
    return Json(values_told(found))


@router.get(
    "/planning/indicators/{code}",
    summary="一个指标（内部口径）· One indicator, for planners",
    responses={200: {"model": IndicatorAnswer}, **_FOR_PLANNERS},
)
def indicator_for_planners(
    doors: DoorsHere, day: Day, city: CityAsked, caller: Planner, code: ThingCode,
    areas: ByAreas = "district",
) -> Response:  # fmt: skip
    """The same from all rows, also unpublished ones, with exact counts, and internal indicators."""
    with doors.counting() as connection:
        _lies_within(connection, caller, city, day)
        return _private(
            values_told(compute_indicator(connection, code, city=city, by=areas, on=day))
        )


@router.get(
    "/planning/indicators/{code}/league",
    summary="排名 · League table",
    responses={200: {"model": LeagueAnswer}, **_FOR_PLANNERS},
)
def indicator_league(
    doors: DoorsHere, day: Day, city: CityAsked, caller: Planner, code: ThingCode,
    areas: ByAreas = "district", since: Since = None,
) -> Response:  # fmt: skip
    """Areas by value: equal values share a rank, unknown ones have none; `since` compares."""
    with doors.counting() as connection:
        _lies_within(connection, caller, city, day)
        now = compute_indicator(connection, code, city=city, by=areas, on=day)
        before = None
        if since is not None:
            before = compute_indicator(connection, code, city=city, by=areas, on=since)
    return _private(league_told(league_of(now, before), day, since))


@router.get(
    "/planning/estates",
    summary="配建核对 · Estates",
    responses={200: {"model": EstatesAnswer}, **_FOR_PLANNERS},
)
def estates(
    doors: DoorsHere, day: Day, city: CityAsked, caller: Planner, since: Since = None
) -> Response:
    """Every estate under the rule of its place, type and day of approval, with the sum in words."""
    with doors.staff() as connection:
        _lies_within(connection, caller, city, day)
        return _private(estates_told(estates_checked(connection, city=city, on=day, since=since)))


@router.get(
    "/planning/standards",
    summary="标准核对 · Areas under the written rules",
    responses={200: {"model": StandardsAnswer}, **_FOR_PLANNERS},
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
        _lies_within(connection, caller, city, day)
        return _private(standards_told(area_checks(connection, city=city, by=areas, on=day)))


@router.get(
    "/planning/projects",
    summary="建设项目 · Projects",
    responses={200: {"model": ProjectsAnswer}, **_FOR_PLANNERS},
)
def projects(doors: DoorsHere, day: Day, city: CityAsked, caller: Planner) -> Response:
    """Projects by class: begun, finished, overdue, money; the classes are checked to add up."""
    with doors.staff() as connection:
        _lies_within(connection, caller, city, day)
        return _private(projects_told(projects_report(connection, city=city, on=day)))


@router.get(
    "/planning/fire",
    summary="消防 · Fire checks",
    responses={200: {"model": FireAnswer}, **_FOR_PLANNERS},
)
def fire(doors: DoorsHere, day: Day, city: CityAsked, caller: Planner) -> Response:
    """Homes by fire check, overdue ones first with their positions, and open hazards."""
    with doors.staff() as connection:
        _lies_within(connection, caller, city, day)
        return _private(fire_told(fire_report(connection, city=city, on=day)))


@router.get(
    "/planning/work-items",
    summary="工作事项 · Work items",
    responses={200: {"model": WorkAnswer}, **_FOR_PLANNERS},
)
def list_work(
    doors: DoorsHere, day: Day, city: CityAsked, caller: Planner, kind: WorkKind = None,
    overdue: OverdueOnly = False,
) -> Response:  # fmt: skip
    """Work items as they stood on the day, overdue ones first."""
    with doors.staff() as connection:
        _lies_within(connection, caller, city, day)
        items = work_items(connection, within=city, on=day, kind=kind, overdue_only=overdue)
    return _private(
        {
            "city": city,
            "on": day,
            "numberReturned": len(items),
            "has_synthetic": any(item.is_synthetic for item in items),
            "items": [item_told(item, day) for item in items],
        }
    )


@router.get(
    "/planning/work-items/{item}",
    summary="一个事项 · One work item",
    responses={200: {"model": ItemAnswer}, **_FOR_PLANNERS},
)
def one_work(doors: DoorsHere, day: Day, caller: Planner, item: ItemNumber) -> Response:
    """An item as it stood on the day, with its whole history."""
    with doors.staff() as connection:
        found = work_item(connection, item, on=day)
        _holds(connection, caller, found)
        return _private(history_told(found, history(connection, item), day))


async def _sends_json(request: Request) -> None:
    """Raise 415 for a body that is not sent as JSON."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "请以 application/json 发送 / send application/json")


_WRITES = [Depends(_sends_json)]
_WRITING = problems(401, 403, 413, 415)


@router.post(
    "/planning/work-items",
    summary="登记事项 · Enter a work item",
    dependencies=_WRITES,
    responses={200: {"model": ItemAnswer}, **_WRITING},
)
def add_work(doors: DoorsHere, day: Day, caller: Planner, sent: WorkSent) -> Response:
    """Enter what was found; a position or a division says where."""
    _not_to_come(day)
    finding = Finding(
        sent.kind, sent.title, sent.subject_type, sent.subject_code, sent.admin_code, sent.lon,
        sent.lat, sent.hazard_code,
    )  # fmt: skip
    with doors.writing() as session:
        number = open_item(session, finding, on=day, role=sent.role, note=sent.note)
        found = work_item(session, number, on=day)
        _holds(session, caller, found)
        return _private(history_told(found, history(session, number), day))


@router.post(
    "/planning/work-items/{item}/steps",
    summary="推进事项 · Take the next step",
    dependencies=_WRITES,
    responses={200: {"model": ItemAnswer}, **_WRITING},
)
def step_work(
    doors: DoorsHere, day: Day, caller: Planner, item: ItemNumber, sent: StepSent
) -> Response:
    """Assign, set a due day, report as done, return or verify; steps are never changed."""
    _not_to_come(day)
    with doors.writing() as session:
        _holds(session, caller, work_item(session, item, on=today_in_china()))
        found = take_step(
            session, item, sent.step, on=day, role=sent.role, due_on=sent.due_on, note=sent.note
        )
        return _private(history_told(found, history(session, item), day))


def _lies_within(connection: Reader, caller: Caller, place: str, day: date) -> None:
    """Raise NotAllowed where a limited token asks about what lies outside its division."""
    if caller.division_code is None:
        return
    if caller.division_code not in _above(connection, place, day):
        raise NotAllowed(
            f"令牌仅限 {caller.division_code} 之内 / the token covers that division only"
        )


def _holds(connection: Reader, caller: Caller, item: Item) -> None:
    """The same for a work item: where it lies, else the division that it is stored under."""
    if caller.division_code is None:
        return
    today, limit = today_in_china(), caller.division_code
    around = _above(connection, item.district_code, today)
    stated = _above(connection, item.admin_code, today)
    # Where it lies goes before what it says; a limit below the district needs both to agree.
    if limit in around or (limit in stated and item.district_code in (None, *stated)):
        return
    raise NotAllowed(f"令牌仅限 {caller.division_code} 之内 / the token covers that division only")


def _above(connection: Reader, place: str | None, day: date) -> list[str]:
    """The codes of a division and its superiors; none where there is no division."""
    return [] if place is None else [unit.code for unit in ancestors(connection, place, day)]


def _not_to_come(day: date) -> None:
    """Raise BadInput for a step of a day that is still to come."""
    if day > today_in_china():
        raise BadInput(
            both("日期不能晚于今天。", "the day cannot be later than today"), parameter="on"
        )


def _private(content: Any) -> Json:
    """An answer that no cache between here and the planner may keep."""
    return Json(content, headers={"Cache-Control": "no-store"})
