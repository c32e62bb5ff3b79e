"""Which walks along boundaries may the public take (老地名·边界行), and who publishes them?

A walk holds no marker's place: markers on its stretch are told by number, published ones only.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.deps import DoorsHere, checked
from api.routes.lines import NO_STORE, Surveying
from api.routes.planned import sends_json
from api.schemas.geojson import Json
from api.schemas.problem import ALWAYS, problems
from api.schemas.walks import (
    WITHHELD,
    Position,
    WalkCode,
    WalkList,
    WalkStepSent,
    WalkTold,
    file_answer,
    walk_told,
)
from api.security import Caller
from geo.approvals import is_served
from geo.errors import NotAllowed, both
from geo.joint.walks.files import WalkSheet, gpx_of, kml_of, sheet_of_kept
from geo.joint.walks.kept import (
    KeptWalk,
    kept_walk,
    kept_walks,
    picture_of,
    publish_walk,
    withdraw_walk,
)
from geo.queries.admin import Reader, ancestors
from geo.survey.register import line_on_record

router = APIRouter(
    prefix="/api/walks",
    tags=["walks"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(404)},
)


class Jpeg(Response):
    """A picture."""

    media_type = "image/jpeg"


class Gpx(Response):
    """A GPX file."""

    media_type = "application/gpx+xml"


class Kml(Response):
    """A KML file."""

    media_type = "application/vnd.google-earth.kml+xml"


@router.get("", summary="边界行 · Walks", responses={200: {"model": WalkList}})
def walks(request: Request, doors: DoorsHere) -> Response:
    """Published walks, the newest first."""
    with doors.public() as connection:
        found = kept_walks(connection)
    told = [walk_told(one, _root(request), drawn=_drawn(one)) for one in found]
    made_up = any(one["has_synthetic"] for one in told)
    return Json({"numberReturned": len(told), "has_synthetic": made_up, "walks": told})


@router.get(
    "/{code}.gpx",
    summary="路线 GPX",
    response_class=Gpx,
    responses={**file_answer(Gpx.media_type), **problems(403)},
)
def as_gpx(doors: DoorsHere, code: WalkCode) -> Response:
    """A published walk as GPX: route and public stops."""
    return Gpx(_file(doors, code, gpx_of), headers=_named(code, "gpx"))


@router.get(
    "/{code}.kml",
    summary="路线 KML",
    response_class=Kml,
    responses={**file_answer(Kml.media_type), **problems(403)},
)
def as_kml(doors: DoorsHere, code: WalkCode) -> Response:
    """A published walk as KML: route and public stops."""
    return Kml(_file(doors, code, kml_of), headers=_named(code, "kml"))


@router.get("/{code}", summary="一条路线 · One walk", responses={200: {"model": WalkTold}})
def one_walk(request: Request, doors: DoorsHere, code: WalkCode) -> Response:
    """A published walk with its stops, texts with their sources, and pictures."""
    with doors.public() as connection:
        found = kept_walk(connection, code)
    return Json(walk_told(found, _root(request), drawn=_drawn(found)))


@router.get(
    "/{code}/pictures/{position}.jpg",
    summary="图片 · Picture",
    response_class=Jpeg,
    responses=file_answer(Jpeg.media_type),
)
def picture(doors: DoorsHere, code: WalkCode, position: Position) -> Response:
    """A picture of a published walk, without metadata."""
    with doors.public() as connection:
        return Jpeg(picture_of(connection, code, position))


_STEPS = {**problems(401, 403, 413, 415), 200: {"model": WalkTold}}


@router.post(
    "/{code}/publish", summary="公开路线（内部）· Publish", dependencies=[Depends(sends_json)],
    responses=_STEPS,
)  # fmt: skip
def publish(
    request: Request, doors: DoorsHere, caller: Surveying, code: WalkCode, sent: WalkStepSent
) -> Response:
    """Let the public see a walk; refused for disputed lines and where it would tell of a marker."""
    with doors.writing() as session:
        _mine(session, caller, code)
        publish_walk(session, code, role=sent.role)
        found = kept_walk(session, code)
    return Json(walk_told(found, _root(request), drawn=True), headers=NO_STORE)


@router.post(
    "/{code}/withdraw", summary="撤回路线（内部）· Withdraw", dependencies=[Depends(sends_json)],
    responses=_STEPS,
)  # fmt: skip
def withdraw(
    request: Request, doors: DoorsHere, caller: Surveying, code: WalkCode, sent: WalkStepSent
) -> Response:
    """Take a walk off the public page."""
    with doors.writing() as session:
        _mine(session, caller, code)
        withdraw_walk(session, code, role=sent.role)
        found = kept_walk(session, code)
    return Json(walk_told(found, _root(request), drawn=True), headers=NO_STORE)


def _file(doors: DoorsHere, code: str, write: Callable[[WalkSheet], bytes]) -> bytes:
    with doors.public() as connection:
        found = kept_walk(connection, code)
    if not _drawn(found):
        raise NotAllowed(WITHHELD)
    return write(sheet_of_kept(found))


def _mine(session: Reader, caller: Caller, code: str) -> None:
    """Raise NotAllowed unless one side of the line lies in the division of the caller's token."""
    found = kept_walk(session, code)
    if caller.division_code is None:
        return
    line = line_on_record(session, found.line_code, on=found.planned_on, internal=True)
    around = {
        unit.code
        for side in (line.left_code, line.right_code)
        for unit in ancestors(session, side, found.planned_on)
    }
    if caller.division_code not in around:
        raise NotAllowed(
            both(f"令牌仅限 {caller.division_code} 之内。", "the token covers that division only")
        )


def _drawn(one: KeptWalk) -> bool:
    """Whether its route may leave: an old boundary needs a number of its own."""
    return is_served("lines" if one.is_current else "old-lines")


def _named(code: str, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{code}.{ending}"'}


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))
