"""Where is a canteen, home or day care that fits, how do some compare, what is wrong?"""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.deps import DoorsHere, checked
from api.elder_care import (
    answer_sent,
    answer_to,
    card_of,
    card_sent,
    comparison_of,
    comparison_sent,
    starts_for,
    take_report,
)
from api.planners import sends_json
from api.schemas.elder_care import (
    Asked,
    AskedFrom,
    CardAnswer,
    CodesWanted,
    CompareAnswer,
    FewStarts,
    FindAnswer,
    OptionsAnswer,
    ReportSent,
    ReportTaken,
    StartsAnswer,
    options,
)
from api.schemas.geojson import Json
from api.schemas.parameters import TextAsked, ThingCode
from api.schemas.problem import ALWAYS, problems

router = APIRouter(
    prefix="/api/elder-care",
    tags=["elder care"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS},
)


@router.get(
    "/find",
    summary="找食堂、养老院、日间照料 · Find a place",
    responses={200: {"model": FindAnswer}, **problems(404)},
)
def find_places(doors: DoorsHere, asked: Asked) -> Response:
    """Places that fit, nearest on foot first; those of which something is unknown stand apart."""
    return Json(answer_sent(answer_to(doors, asked)))


@router.get(
    "/compare",
    summary="比一比 · Compare two to four",
    responses={200: {"model": CompareAnswer}},
)
def compare_places(doors: DoorsHere, codes: CodesWanted, asked: AskedFrom) -> Response:
    """The same facts of two to four places, unknown ones marked, and what to ask by phone."""
    wanted = [code.strip() for code in codes.split(",") if code.strip()]
    return Json(comparison_sent(comparison_of(doors, wanted, asked)))


@router.get(
    "/facilities/{code}",
    summary="一家 · One place",
    responses={200: {"model": CardAnswer}, **problems(404)},
)
def one_place(doors: DoorsHere, code: ThingCode, asked: AskedFrom) -> Response:
    """The card of one place, in any state."""
    card = card_of(doors, code, asked)
    return Json({"card": card_sent(card, asked.lang), "has_synthetic": card.is_synthetic})


@router.get("/starts", summary="从哪里出发 · Where from", responses={200: {"model": StartsAnswer}})
def find_starts(doors: DoorsHere, q: TextAsked, limit: FewStarts = 8) -> Response:
    """Estates, roads, divisions, old names and facilities that what was typed may mean."""
    found = starts_for(doors, q, limit)
    return Json(
        {
            "query": q,
            "numberReturned": len(found),
            "has_synthetic": any(start.is_synthetic for start in found),
            "starts": found,
        }
    )


@router.get(
    "/options", summary="能问什么 · What can be asked", responses={200: {"model": OptionsAnswer}}
)
async def list_options() -> Response:
    """Kinds, filters and orders in plain words of both languages."""
    return Json(options())


@router.post(
    "/reports",
    summary="信息有误 · Report an error",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": ReportTaken}, **problems(404, 413, 415, 429)},
)
def report(request: Request, doors: DoorsHere, sent: ReportSent) -> Response:
    """Tell the office what is wrong: a work item without sender, never a mark on the map."""
    address = request.client.host if request.client else "-"
    number = take_report(doors, address, sent.code, sent.what, sent.text)
    return Json(
        {
            "status": "received",
            "number": number,
            "zh": f"已收到，编号 {number}。工作人员会核实。",
            "en": f"Received, number {number}. The office will check it.",
        },
        headers={"Cache-Control": "no-store"},
    )
