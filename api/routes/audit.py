"""Who wrote, and who read what is not public? For administrators."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.deps import DoorsHere, checked
from api.record import on_record
from api.schemas.audit import Record
from api.schemas.geojson import Json
from api.schemas.parameters import LimitToThousand, Whole
from api.schemas.problem import ALWAYS, problems
from api.security import Caller, requires

Administrator = Annotated[Caller, Depends(requires("administrator"))]

router = APIRouter(
    prefix="/api",
    tags=["service"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses=ALWAYS,
)


@router.get(
    "/audit",
    summary="操作记录 · Record of writes and readings",
    responses={200: {"model": Record}, **problems(401, 403)},
)
def audit(
    doors: DoorsHere,
    caller: Administrator,
    since: Annotated[date | None, Query(description="自某日起，含当日 · from that day on")] = None,
    until: Annotated[date | None, Query(description="至某日，含当日 · to that day")] = None,
    action: Annotated[
        Literal["write", "read", "refused"] | None, Query(description="类别 · sort of entry")
    ] = None,
    token: Annotated[Whole | None, Query(ge=1, description="令牌编号 · id of a token")] = None,
    before: Annotated[
        Whole | None, Query(ge=1, description="早于该条编号，用于翻页 · older than this entry")
    ] = None,
    limit: LimitToThousand = 100,
) -> Response:
    """Entries of the record, the newest first. Reading it goes on record, too."""
    with doors.staff() as connection:
        found = on_record(
            connection, since=since, until=until, action=action, token_id=token, before=before,
            limit=limit,
        )  # fmt: skip
    return Json(
        {"entries": [asdict(kept) for kept in found]}, headers={"Cache-Control": "no-store"}
    )
