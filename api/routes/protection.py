"""How are listed names kept? Names officers read what is due, and enter what was seen or done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import DoorsHere, checked
from api.planners import BODY, FOR_PLANNERS, lies_within, limited, private, reaches, sends_json
from api.routes.heritage import Asked, NamesOfficer
from api.schemas.geojson import Json
from api.schemas.parameters import LimitToMany, Offset, ThingCode
from api.schemas.problem import ALWAYS, problems
from api.schemas.protection import (
    ProtectedList,
    RecordSent,
    RecordsTold,
    WithdrawalSent,
    protected_told,
    records_told,
)
from api.security import Caller
from geo.gazetteer.heritage.due import by_urgency
from geo.gazetteer.heritage.places import listed_place, listed_places
from geo.gazetteer.heritage.protection import record, records, withdraw
from geo.queries.admin import Reader
from geo.validity import today_in_china

router = APIRouter(
    prefix="/api/heritage",
    tags=["heritage"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(404)},
)


@router.get(
    "/protection",
    summary="名录保护 · Listed names and their surveys",
    responses={200: {"model": ProtectedList}, **FOR_PLANNERS},
)
def protected(
    doors: DoorsHere, caller: NamesOfficer, wanted: Asked, limit: LimitToMany = 1000,
    offset: Offset = 0,
) -> Response:  # fmt: skip
    """Listed names with their state, those to be surveyed first; also names that are not public."""
    today = today_in_china()
    inside = replace(wanted, within=wanted.within or caller.division_code)
    with doors.staff() as connection:
        if inside.within is not None:
            lies_within(connection, caller, inside.within, today)
        found = by_urgency(listed_places(connection, inside, on=today), today)
    with doors.public() as connection:
        public = {one.code for one in listed_places(connection, inside, on=today)}
    return private(protected_told(found, public, today, limit=limit, offset=offset))


@router.get(
    "/{code}/records",
    summary="保护记录 · The record of a listed name",
    responses={200: {"model": RecordsTold}, **FOR_PLANNERS},
)
def told_records(doors: DoorsHere, caller: NamesOfficer, code: ThingCode) -> Response:
    """States, signs, surveys, measures and changes of a listed name."""
    with doors.staff() as connection:
        _holds(connection, caller, code, today_in_china())
        return private(records_told(code, records(connection, code)))


@router.post(
    "/{code}/records",
    summary="登记保护记录 · Enter a state, survey or measure",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": RecordsTold}, **BODY},
)
def enter_record(
    doors: DoorsHere, caller: NamesOfficer, code: ThingCode, sent: RecordSent
) -> Response:
    """Enter what was seen or done; a change of name needs a prior measure (art. 25)."""
    with doors.writing() as session:
        _holds(session, caller, code, today_in_china())
        found = record(
            session, code, sent.kind, sent.value, on=sent.on or today_in_china(), role=sent.role,
            due_on=sent.due_on, note=sent.note, source=sent.source,
        )  # fmt: skip
        return private(records_told(code, found))


@router.post(
    "/{code}/withdrawals",
    summary="撤回保护记录 · Withdraw an entry",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": RecordsTold}, **BODY},
)
def withdraw_record(
    doors: DoorsHere, caller: NamesOfficer, code: ThingCode, sent: WithdrawalSent
) -> Response:
    """Take a mistaken entry back; it stays in the record with role and reasons, and counts no more.

    A measure on which alone a change of name rests is withdrawn after that change.
    """
    with doors.writing() as session:
        _holds(session, caller, code, today_in_china())
        found = withdraw(
            session, code, sent.entry, on=sent.on or today_in_china(), role=sent.role,
            reasons=sent.reasons,
        )  # fmt: skip
        return private(records_told(code, found))


def _holds(connection: Reader, caller: Caller, code: str, day: date) -> None:
    """Raise NotAllowed where the place lies outside the token's division."""
    unit = listed_place(connection, code, on=day).unit_code
    if caller.division_code is not None and (
        unit is None or not reaches(connection, caller, unit, day)
    ):
        raise limited(caller)
