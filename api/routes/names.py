"""How did a place live, what is a spot called, and where does an address line lead?"""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.codes import PLACE_CODE
from api.deps import DoorsHere, checked
from api.schemas.geojson import Json
from api.schemas.names import LifeTold
from api.schemas.parameters import ThingCode
from api.schemas.problem import ALWAYS, problems
from geo.gazetteer import history
from geo.gazetteer.exchange.read import record

router = APIRouter(
    prefix="/api/names",
    tags=["place names"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(404)},
)


@router.get(
    f"/{PLACE_CODE}/life",
    summary="地名生平 · The life of a place",
    responses={200: {"model": LifeTold}},
)
def life(doors: DoorsHere, code: ThingCode) -> Response:
    """Names, superiors, predecessors and successors through time; texts with source; media."""
    with doors.public() as connection:
        place = record(connection, code)  # none of a category that is never public
        return Json(history.life_line(connection, place.code))
