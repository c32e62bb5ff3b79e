"""Where does what is loaded come from: which file, licence, date and coordinate system?"""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import DoorsHere, checked
from api.schemas.divisions import Sources
from api.schemas.geojson import Json
from api.schemas.problem import ALWAYS
from geo.queries.sources import source_register

router = APIRouter(
    prefix="/api",
    tags=["sources"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses=ALWAYS,
)


@router.get("/sources", summary="数据来源 · Sources", responses={200: {"model": Sources}})
def sources(doors: DoorsHere) -> Response:
    """Every loaded file that is public, with licence, date, checksum and coordinate system."""
    with doors.public() as connection:
        return Json({"sources": source_register(connection)})
