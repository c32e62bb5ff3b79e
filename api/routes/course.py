"""How is a boundary line told in words, and does a text agree with it? For surveyors only.

A draft names markers and where the line turns between them: it never leaves without the right.
"""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import Day, DoorsHere, checked
from api.routes.lines import NO_STORE, Surveying
from api.routes.planned import sends_json
from api.schemas.course import CheckTold, DraftTold, TextSent, TurnM, check_told, draft_told
from api.schemas.geojson import Json
from api.schemas.lines import LineCode
from api.schemas.problem import ALWAYS, problems
from api.security import Caller
from geo.errors import NotAllowed, both
from geo.queries.admin import Reader, ancestors
from geo.survey.course.stored import Told, check_of_line, draft_of_line
from geo.survey.register import line_on_record

router = APIRouter(
    prefix="/api/survey/course",
    tags=["words for lines"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(401, 403, 404)},
)


@router.get(
    "/{code}",
    summary="走向说明草稿（内部）· Draft of the words for a line",
    responses={200: {"model": DraftTold}},
)
def draft(
    doors: DoorsHere, caller: Surveying, day: Day, code: LineCode, turn_m: TurnM = None
) -> Response:
    """From marker to marker: direction of 16 from true north, measured lengths, named features
    followed or crossed. 草稿，须人工核定."""
    with doors.staff() as connection:
        _mine(connection, caller, code, day)
        told = draft_of_line(connection, code, on=day, turn_m=turn_m)
    return Json(draft_told(told), headers=NO_STORE)


@router.post(
    "/{code}/check",
    summary="核对走向说明（内部）· Check a text against a line",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": CheckTold}, **problems(413, 415)},
)
def check(
    doors: DoorsHere, caller: Surveying, day: Day, code: LineCode, sent: TextSent,
    turn_m: TurnM = None,
) -> Response:  # fmt: skip
    """Phrases of a text that the line does not bear out; what is not understood is listed, never
    guessed. The text is not kept."""
    with doors.staff() as connection:
        _mine(connection, caller, code, day)
        told: Told = check_of_line(connection, code, sent.text, on=day, turn_m=turn_m)
    return Json(check_told(told), headers=NO_STORE)


def _mine(connection: Reader, caller: Caller, code: str, day: date) -> None:
    """Raise NotAllowed unless one side of the line lies in the division of the caller's token."""
    if caller.division_code is None:
        return
    line = line_on_record(connection, code, on=day, internal=True)
    around = {
        unit.code
        for side in (line.left_code, line.right_code)
        for unit in ancestors(connection, side, day)
    }
    if caller.division_code not in around:
        raise NotAllowed(
            both(f"令牌仅限 {caller.division_code} 之内。", "the token covers that division only")
        )
