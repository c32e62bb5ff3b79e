"""Is the service alive, is it ready, which version is it, and which kinds of facility are there?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.auditing import shows_no_rows
from api.deps import DoorsHere, checked
from api.schemas.answers import Health, KindList, Version
from api.schemas.geojson import Json
from api.schemas.problem import problems
from api.security import Caller, requires
from api.witness import metrics
from geo.models.kinds import GROUPS, KINDS

Administrator = Annotated[Caller, Depends(requires("administrator"))]

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


class Exposition(Response):
    """Metrics in the form that Prometheus reads."""

    media_type = "text/plain"


@router.get(
    "/metrics",
    summary="运行指标 · Metrics",
    response_class=Exposition,
    responses={
        200: {"content": {
            "text/plain": {"schema": {"$ref": "#/components/schemas/Exposition"}}
        }},
        **problems(401, 403, 503),
    },
)  # fmt: skip
def show_metrics(doors: DoorsHere, caller: Administrator) -> Response:
    """Requests by route and status, their seconds, connections in use: for Prometheus.

    Needs an administrator's token (`authorization` in Prometheus's configuration).
    """
    shows_no_rows()
    body, media_type = metrics(doors.in_use)
    return Response(body, media_type=media_type, headers={"Cache-Control": "no-store"})
