"""Is the service alive, is it ready, which version is it, and which kinds of facility are there?"""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.deps import DoorsHere, checked
from api.schemas.answers import Health, KindList, Version
from api.schemas.geojson import Json
from api.schemas.problem import problems
from geo.models.kinds import GROUPS, KINDS

router = APIRouter(
    prefix="/api",
    tags=["service"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses=problems(400, 406, 500),
)


@router.get("/health", summary="存活 · Alive?", responses={200: {"model": Health}})
async def health() -> Response:
    """The process answers; the database is not asked."""
    return Json({"status": "ok"})


@router.get(
    "/health/ready",
    summary="就绪 · Ready?",
    responses={200: {"model": Health}, **problems(503)},
)
def ready(doors: DoorsHere) -> Response:
    """The database answers too; 503 where it does not."""
    doors.ping()
    return Json({"status": "ok"})


@router.get("/version", summary="版本 · Version", responses={200: {"model": Version}})
async def version(request: Request) -> Response:
    """Name and version of the service."""
    return Json({"name": "minzheng-atlas", "version": request.app.version})


@router.get("/kinds", summary="设施种类 · Kinds", responses={200: {"model": KindList}})
async def kinds() -> Response:
    """Every kind and group of facilities with its names, mark and colour."""
    return Json(
        {
            "groups": [asdict(group) for group in GROUPS.values()],
            "kinds": [asdict(kind) for kind in KINDS.values()],
        }
    )
