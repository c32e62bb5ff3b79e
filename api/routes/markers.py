"""Which markers stand on a line, what is on record of them, and how far are they from their place?

The public is told number, lines and state of published markers. Everything with a place is for
surveyors, within the division of their token, and leaves no copy in a cache.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.deps import Day, DoorsHere, checked
from api.schemas.geojson import Json
from api.schemas.markers import (
    CheckAnswer,
    DeviationList,
    Kept,
    LineAsked,
    LineNeeded,
    MarkerList,
    NumberAnswer,
    NumberAsked,
    NumberInPath,
    RecordAnswer,
    check_told,
    deviations_told,
    markers_told,
    number_told,
    record_told,
)
from api.schemas.markers_sent import EventSent, ObservationSent
from api.schemas.parameters import LimitToThousand, Offset, Within
from api.schemas.problem import ALWAYS, problems
from api.security import Caller, requires
from geo.errors import BadInput, NotAllowed, NotFound, both
from geo.queries.admin import Reader, ancestors
from geo.survey.deviations.line_check import check_line
from geo.survey.deviations.of_line import lines_on_record, standings
from geo.survey.markers.kept import marker_record
from geo.survey.markers.numbers import read_number
from geo.survey.markers.record import record_event, record_observation
from geo.survey.markers.register import marker, public_markers
from geo.survey.markers.rules import number_rules, written

Surveying = Annotated[Caller, Depends(requires("surveyor"))]
NO_STORE = {"Cache-Control": "no-store"}
_WITH_TOKEN = problems(401, 403)

router = APIRouter(
    prefix="/api/survey",
    tags=["markers"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(404)},
)


def _sends_json(request: Request) -> None:
    """Raise 415 for a body that is not sent as JSON."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise HTTPException(415, "请以 application/json 发送 / send application/json")


@router.get("/markers", summary="界桩 · Markers", responses={200: {"model": MarkerList}})
def public(
    doors: DoorsHere, day: Day, line: LineAsked = None, limit: LimitToThousand = 100,
    offset: Offset = 0,
) -> Response:  # fmt: skip
    """Published markers with number, lines and state; never where they stand."""
    with doors.public() as connection:
        rows = public_markers(connection, on=day, line=line, limit=limit, offset=offset)
    return Json(markers_told(rows, day))


@router.get(
    "/markers/number", summary="读编号 · Read a number", responses={200: {"model": NumberAnswer}}
)
def number_read(doors: DoorsHere, day: Day, number: NumberAsked) -> Response:
    """Line, serial and type of a marker's number by the written rules, or why it is none."""
    with doors.public() as connection:
        found = read_number(
            number, number_rules(written(connection, "marker_number", day)),
            other_forms=written(connection, "marker_other_forms", day),
            line_rules=written(connection, "marker_line_code", day),
        )  # fmt: skip
    return Json(number_told(found))


@router.get(
    "/markers/check",
    summary="核对登记簿（内部）· Check a register",
    responses={200: {"model": CheckAnswer}, **_WITH_TOKEN},
)
def check(doors: DoorsHere, caller: Surveying, day: Day, line: LineNeeded) -> Response:
    """Serials, letters, sides, reference objects and order of a line's markers; surveyors only."""
    with doors.staff() as connection:
        _reaches(connection, caller, (line,), day)
        return Json(check_told(check_line(connection, line, day)), headers=NO_STORE)


@router.get(
    "/markers/{number}",
    summary="一座界桩（内部）· One marker",
    responses={200: {"model": RecordAnswer}, **_WITH_TOKEN},
)
def record(doors: DoorsHere, caller: Surveying, day: Day, number: NumberInPath) -> Response:
    """All that is on record of a marker, with its places; surveyors only."""
    with doors.staff() as connection:
        found = marker_record(connection, number, day)
        _reaches(connection, caller, found.marker.line_codes, day)
    return Json(record_told(found), headers=NO_STORE)


@router.post(
    "/markers/{number}/observations",
    summary="登记实测（内部）· Enter a measurement",
    dependencies=[Depends(_sends_json)],
    responses={200: {"model": Kept}, **_WITH_TOKEN, **problems(413, 415)},
)
def observe(
    doors: DoorsHere, caller: Surveying, day: Day, number: NumberInPath, sent: ObservationSent
) -> Response:
    """Put a measurement on record; nothing is overwritten. Coordinates on an old datum stay
    without a place in CGCS2000."""
    told = sent.model_dump(exclude={"role"}, exclude_none=True)
    with doors.writing() as session:
        found = marker(session, number, day)
        _reaches(session, caller, found.line_codes, day)
        made = record_observation(session, found.number, told, role=sent.role)
    return Json({"id": made, "number": found.number}, headers=NO_STORE)


@router.post(
    "/markers/{number}/events",
    summary="登记变更（内部）· Enter an event",
    dependencies=[Depends(_sends_json)],
    responses={200: {"model": Kept}, **_WITH_TOKEN, **problems(413, 415)},
)
def enter_event(
    doors: DoorsHere, caller: Surveying, day: Day, number: NumberInPath, sent: EventSent
) -> Response:
    """Put a state or a change of a marker on record; a state makes a new version of it."""
    present = [one.model_dump() for one in sent.present or ()]
    with doors.writing() as session:
        found = marker(session, number, day)
        _reaches(session, caller, found.line_codes, day)
        made = record_event(
            session, found.number, kind=sent.kind, on=sent.on, role=sent.role, state=sent.state,
            document_no=sent.document_no, there=present, note=sent.note, source=sent.source,
        )  # fmt: skip
    return Json({"id": made, "number": found.number}, headers=NO_STORE)


@router.get(
    "/deviations",
    summary="界桩偏差（内部）· Deviations",
    responses={200: {"model": DeviationList}, **_WITH_TOKEN},
)
def deviations(
    doors: DoorsHere, caller: Surveying, day: Day, line: LineAsked = None, within: Within = None
) -> Response:
    """Measured against archived places of a line's or a division's markers, with verdicts."""
    if (line is None) == (within is None):
        raise BadInput(
            both("请给出 line 或 within 之一。", "give line or within"), parameter="line"
        )
    with doors.staff() as connection:
        if line is not None:
            _reaches(connection, caller, (line,), day)
        elif not _covers(connection, caller, (str(within),), day):
            raise _elsewhere(caller)
        rows = standings(connection, on=day, line=line, within=within)
    return Json(deviations_told(rows, day), headers=NO_STORE)


def _reaches(connection: Reader, caller: Caller, lines: tuple[str, ...], day: date) -> None:
    """Raise NotAllowed unless the token's division is on one side of one of the lines."""
    if caller.division_code is None:
        return
    found = lines_on_record(connection, lines, day).values()
    sides = {side for one in found for side in (one.left_code, one.right_code)}
    if not _covers(connection, caller, tuple(sorted(sides)), day):
        raise _elsewhere(caller)


def _covers(connection: Reader, caller: Caller, places: tuple[str, ...], day: date) -> bool:
    """Whether one of the divisions lies in that of the token; an unknown one does not."""
    if caller.division_code is None:
        return True
    for place in places:
        try:
            above = ancestors(connection, place, day)
        except NotFound:
            continue
        if caller.division_code in {one.code for one in above}:
            return True
    return False


def _elsewhere(caller: Caller) -> NotAllowed:
    return NotAllowed(
        both(f"令牌仅限 {caller.division_code} 之内。", "the token covers that division only")
    )
