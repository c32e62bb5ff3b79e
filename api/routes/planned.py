"""Which changes of divisions are planned, and what would they do? Off by default; for staff only.

Everything here needs the right, and the setting ATLAS_PLANNED_CHANGES; no public address tells of
a plan.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.deps import DoorsHere, checked
from api.schemas.geojson import GeoJson, Json
from api.schemas.parameters import KindAsked, RadiusM, Within
from api.schemas.planned import (
    EffectsAnswer,
    PlanDropped,
    PlanList,
    PlanNumber,
    PlanSent,
    PlanTold,
    SketchMap,
    effects_told,
    plan_told,
)
from api.schemas.problem import ALWAYS, problems
from api.security import Caller, requires
from geo.errors import NotAllowed, both
from geo.joint.planned_effects import planned_effects
from geo.queries.admin import Reader, ancestors
from geo.settings import CitySettings, read
from geo.survey.changes.planned import (
    NOT_IN_FORCE,
    Plan,
    ask_for_plans,
    drop_plan,
    keep_plan,
    plan,
    plans,
)
from geo.survey.changes.sketch import sketch, sketch_geojson
from geo.validity import today_in_china

Planning = Annotated[Caller, Depends(requires("planner", "surveyor"))]
NO_STORE = {"Cache-Control": "no-store"}

router = APIRouter(
    prefix="/api/survey/planned",
    tags=["planned changes"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(401, 403, 404)},
)


def sends_json(request: Request) -> None:
    """Raise 415 for a body that is not sent as JSON."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise HTTPException(415, "请以 application/json 发送 / send application/json")


@router.get("", summary="规划方案 · Plans", responses={200: {"model": PlanList}})
def kept(doors: DoorsHere, caller: Planning, within: Within = None) -> Response:
    """Plans that are kept, the newest first; of a token's division only."""
    with doors.staff() as connection:
        found = [
            one for one in plans(connection, within=within) if _reaches(connection, caller, one)
        ]
    told = [plan_told(one) for one in found]
    return _private({"numberReturned": len(told), "plans": told, "warning": NOT_IN_FORCE})


@router.post(
    "",
    summary="保存方案 · Keep a plan",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": PlanTold}, **problems(413, 415)},
)
def keep(doors: DoorsHere, caller: Planning, sent: PlanSent) -> Response:
    """Keep a planned change, apart from everything in force; its owner is the token's role."""
    ask_for_plans()
    day = sent.on or today_in_china()
    units = [one.unit(f"units.{number}") for number, one in enumerate(sent.units, 1)]
    with doors.writing() as session:
        if not _covers(session, caller, sent.within, day):
            raise _elsewhere(caller)
        made = keep_plan(
            session, title=sent.title, within=sent.within, level=sent.level,
            law_kinds=sent.law_kinds, units=units, on=day, owner_role=caller.role, note=sent.note,
        )  # fmt: skip
    return _private(plan_told(made))


@router.get("/{planned_id}", summary="一个方案 · One plan", responses={200: {"model": PlanTold}})
def shown(doors: DoorsHere, caller: Planning, planned_id: PlanNumber) -> Response:
    """A plan without its outlines."""
    with doors.staff() as connection:
        return _private(plan_told(_mine(connection, caller, planned_id)))


@router.delete(
    "/{planned_id}", summary="删除方案 · Delete a plan", responses={200: {"model": PlanDropped}}
)
def dropped(doors: DoorsHere, caller: Planning, planned_id: PlanNumber) -> Response:
    """Delete a plan."""
    with doors.writing() as session:
        _mine(session, caller, planned_id)
        drop_plan(session, planned_id)
    return _private({"deleted": planned_id})


@router.get(
    "/{planned_id}/map",
    summary="现状图与方案图 · Before-map and sketch",
    response_class=GeoJson,
    responses={200: {"model": SketchMap}},
)
def sketched(doors: DoorsHere, caller: Planning, planned_id: PlanNumber) -> Response:
    """The divisions that a plan touches, as they are and as it would leave them."""
    with doors.staff() as connection:
        one = _mine(connection, caller, planned_id)
        found = sketch(
            connection, one.units, within=one.within_code, level=one.level, on=one.on_date
        )
    return GeoJson(sketch_geojson(found), headers=NO_STORE)


@router.get(
    "/{planned_id}/effects",
    summary="方案影响 · Effects of a plan",
    responses={200: {"model": EffectsAnswer}},
)
def effects(
    doors: DoorsHere,
    caller: Planning,
    planned_id: PlanNumber,
    kind: KindAsked = "elder_home",
    radius_m: RadiusM = 1000,
) -> Response:
    """Which facilities and elders would be in another division, and coverage on both sides."""
    with doors.counting() as connection:
        one = _mine(connection, caller, planned_id)
        found = planned_effects(connection, one, kind=kind, radius_m=radius_m)
    return _private(effects_told(found, read(CitySettings).small_count_threshold))


def _mine(connection: Reader, caller: Caller, planned_id: int) -> Plan:
    """The plan, if the caller's token covers its division. Raises NotAllowed, NotFound."""
    one = plan(connection, planned_id)
    if not _reaches(connection, caller, one):
        raise _elsewhere(caller)
    return one


def _reaches(connection: Reader, caller: Caller, one: Plan) -> bool:
    return _covers(connection, caller, one.within_code, one.on_date)


def _covers(connection: Reader, caller: Caller, place: str, day: date) -> bool:
    """Does the caller's token cover this division?"""
    if caller.division_code is None:
        return True
    return caller.division_code in {unit.code for unit in ancestors(connection, place, day)}


def _elsewhere(caller: Caller) -> NotAllowed:
    return NotAllowed(
        both(f"令牌仅限 {caller.division_code} 之内。", "the token covers that division only")
    )


def _private(content: object) -> Response:
    """No cache between here and the caller keeps it."""
    return Json(content, headers=NO_STORE)
