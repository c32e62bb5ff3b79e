"""What has to be done, who does it by when, and was it checked? Work items, for planners only."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import CityAsked, Day, DoorsHere, checked
from api.planners import BODY, FOR_PLANNERS, Planner, lies_within, limited, private, sends_json
from api.schemas.geojson import Json
from api.schemas.problem import ALWAYS, problems
from api.schemas.standards import (
    HazardList,
    ItemAnswer,
    ItemNumber,
    OverdueOnly,
    StepSent,
    WorkAnswer,
    WorkKind,
    WorkSent,
    hazard_told,
    history_told,
    item_told,
)
from api.security import Caller
from geo.access.standards import rules_for
from geo.access.work_items import (
    Finding,
    Item,
    history,
    open_item,
    take_step,
    work_item,
    work_items,
)
from geo.errors import BadInput, both
from geo.queries.admin import Reader, ancestors
from geo.validity import today_in_china

router = APIRouter(
    prefix="/api/access",
    tags=["standards"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(404)},
)


@router.get(
    "/planning/work-items",
    summary="工作事项 · Work items",
    responses={200: {"model": WorkAnswer}, **FOR_PLANNERS},
)
def list_work(
    doors: DoorsHere, day: Day, city: CityAsked, caller: Planner, kind: WorkKind = None,
    overdue: OverdueOnly = False,
) -> Response:  # fmt: skip
    """Work items as they stood on the day, overdue ones first."""
    with doors.staff() as connection:
        lies_within(connection, caller, city, day)
        items = work_items(connection, within=city, on=day, kind=kind, overdue_only=overdue)
    return private(
        {
            "city": city,
            "on": day,
            "numberReturned": len(items),
            "has_synthetic": any(item.is_synthetic for item in items),
            "items": [item_told(item, day) for item in items],
        }
    )


@router.get(
    "/planning/hazards",
    summary="隐患代码 · Codes of hazards",
    responses={200: {"model": HazardList}, **FOR_PLANNERS},
)
def list_hazards(doors: DoorsHere, day: Day, city: CityAsked, caller: Planner) -> Response:
    """The codes that a hazard may be entered with."""
    with doors.staff() as connection:
        lies_within(connection, caller, city, day)
        rules = rules_for(
            connection, "hazard_code", place=city, on=day, today=today_in_china()
        )  # fmt: skip
    hazards = [hazard_told(rule) for rule in rules]
    return private({"city": city, "on": day, "numberReturned": len(rules), "hazards": hazards})


@router.get(
    "/planning/work-items/{item}",
    summary="一个事项 · One work item",
    responses={200: {"model": ItemAnswer}, **FOR_PLANNERS},
)
def one_work(doors: DoorsHere, day: Day, caller: Planner, item: ItemNumber) -> Response:
    """An item as it stood on the day, with its whole history."""
    with doors.staff() as connection:
        found = work_item(connection, item, on=day)
        _holds(connection, caller, found)
        return private(history_told(found, history(connection, item), day))


@router.post(
    "/planning/work-items",
    summary="登记事项 · Enter a work item",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": ItemAnswer}, **BODY},
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
        return private(history_told(found, history(session, number), day))


@router.post(
    "/planning/work-items/{item}/steps",
    summary="推进事项 · Take the next step",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": ItemAnswer}, **BODY},
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
        return private(history_told(found, history(session, item), day))


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
    raise limited(caller)


def _above(connection: Reader, place: str | None, day: date) -> list[str]:
    """The codes of a division and its superiors; none where there is no division."""
    return [] if place is None else [unit.code for unit in ancestors(connection, place, day)]


def _not_to_come(day: date) -> None:
    """Raise BadInput for a step of a day that is still to come."""
    if day > today_in_china():
        raise BadInput(
            both("日期不能晚于今天。", "the day cannot be later than today"), parameter="on"
        )
