"""Which places do the names of a table mean? For names officers; nothing that is sent is kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import DoorsHere, checked
from api.planners import BODY, lies_within, private, sends_json
from api.schemas.geojson import Json
from api.schemas.name_tables import TableMatched, TableToMatch, table_matched
from api.schemas.problem import ALWAYS, problems
from api.security import Caller, requires
from geo.gazetteer.matched import match_rows
from geo.queries.admin import code_of
from geo.validity import today_in_china

router = APIRouter(
    prefix="/api/names",
    tags=["naming"],
    dependencies=[Depends(checked), Depends(sends_json)],
    default_response_class=Json,
    responses={**ALWAYS, **BODY, **problems(404)},
)
NamesOfficer = Annotated[Caller, Depends(requires("names_officer"))]


@router.post(
    "/match", summary="批量匹配地名 · Match a table", responses={200: {"model": TableMatched}}
)
def match(doors: DoorsHere, caller: NamesOfficer, sent: TableToMatch) -> Response:
    """Each row once, with the place that is meant, candidates with scores, and what is open."""
    day = sent.on or today_in_china()
    within = sent.within or caller.division_code
    asked = sent.asked()
    with doors.counting() as connection:
        if caller.division_code is not None:
            named = {row.division for row in asked if row.division}
            for place in {within, *(code_of(connection, one, day) for one in named)} - {None}:
                lies_within(connection, caller, str(place), day)
        rows = list(match_rows(connection, asked, on=day, within=within))
    return private(table_matched(rows, sent.output))
