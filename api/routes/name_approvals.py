"""Which approved names must be filed, made public or put on signs by when, and by which rules?

For names officers; only the rules themselves are public.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import CityAsked, DoorsHere, checked
from api.planners import BODY, FOR_PLANNERS, lies_within, private, sends_json
from api.schemas.geojson import Json
from api.schemas.naming.approvals import (
    ApprovalHistory,
    ApprovalNumber,
    ApprovalSent,
    ApprovalsTold,
    RulesTold,
    StepSent,
    approvals_told,
    history_told,
    rules_told,
)
from api.schemas.problem import ALWAYS, problems
from api.security import Caller, requires
from geo.gazetteer.naming import rule_book
from geo.gazetteer.naming.approvals import Approval, approval, approvals, entries
from geo.gazetteer.naming.approving import enter, record
from geo.queries.admin import Reader
from geo.validity import today_in_china

router = APIRouter(
    prefix="/api/names",
    tags=["naming"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(404)},
)
NamesOfficer = Annotated[Caller, Depends(requires("names_officer"))]


@router.get(
    "/rules", summary="命名规则 · The rules of naming", responses={200: {"model": RulesTold}}
)
def rules() -> Response:
    """Kinds with scopes and generic parts, rules with articles, terms after approval."""
    return Json(rules_told(rule_book()))


@router.get(
    "/approvals",
    summary="批准、备案与公告 · Approved names and what is due",
    responses={200: {"model": ApprovalsTold}, **FOR_PLANNERS},
)
def list_approvals(doors: DoorsHere, city: CityAsked, caller: NamesOfficer) -> Response:
    """Approved names in a division with each duty, the most pressing first."""
    today = today_in_china()
    with doors.staff() as connection:
        lies_within(connection, caller, city, today)
        found = approvals(connection, within=city, today=today)
    return private(approvals_told(found, today))


@router.post(
    "/approvals",
    summary="登记批准的地名 · Enter an approved name",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": ApprovalHistory}, **BODY},
)
def add_approval(doors: DoorsHere, caller: NamesOfficer, sent: ApprovalSent) -> Response:
    """Enter a name that an authority approved, with the day of approval."""
    today = today_in_china()
    with doors.writing() as session:
        lies_within(session, caller, sent.admin_code, today)
        number = enter(session, sent.named(), role=sent.role, note=sent.note, today=today)
        return _told(session, approval(session, number, today=today), today)


@router.get(
    "/approvals/{number}",
    summary="一条批准记录 · One approved name",
    responses={200: {"model": ApprovalHistory}, **FOR_PLANNERS},
)
def one_approval(doors: DoorsHere, caller: NamesOfficer, number: ApprovalNumber) -> Response:
    """An approved name with all that was entered of it."""
    today = today_in_china()
    with doors.staff() as connection:
        found = approval(connection, number, today=today)
        lies_within(connection, caller, found.admin_code, today)
        return _told(connection, found, today)


@router.post(
    "/approvals/{number}/steps",
    summary="登记备案、公告 · Enter filing, notice or signs",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": ApprovalHistory}, **BODY},
)
def add_step(
    doors: DoorsHere, caller: NamesOfficer, number: ApprovalNumber, sent: StepSent
) -> Response:
    """Enter, correct or take back the day of a step; entries are added, never changed."""
    today = today_in_china()
    with doors.writing() as session:
        known = approval(session, number, today=today)
        lies_within(session, caller, known.admin_code, today)
        found = record(
            session, number, sent.step, on_date=sent.on_date, role=sent.role, note=sent.note,
            today=today,
        )  # fmt: skip
        return _told(session, found, today)


def _told(session: Reader, found: Approval, today: date) -> Response:
    return private(history_told(found, entries(session, found.number), today))
