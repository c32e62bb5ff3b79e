"""Which lines are due for joint inspection, how far is one, and what came back from the field?

For surveyors only. A token that is limited to a division reaches the campaigns that its ground has
a side in, and files, confirms and undoes for that side alone.
"""

from __future__ import annotations

import re
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.deps import Day, DoorsHere, checked
from api.reads import Doors
from api.routes.lines import NO_STORE, Surveying
from api.routes.planned import sends_json
from api.schemas.geojson import GeoJson, Json
from api.schemas.inspections import (
    DOCX,
    XLSX,
    ZIP,
    CampaignList,
    CampaignSent,
    CampaignTold,
    ChangeSent,
    ConfirmationSent,
    DueList,
    Entered,
    GapMap,
    ImportsTold,
    LogTold,
    Number,
    ProgressTold,
    StepSent,
    UndoSent,
    WorkMade,
    campaign_told,
    due_told,
    file_of,
    gaps_told,
    imports_told,
    log_told,
    progress_told,
)
from api.schemas.parameters import Within
from api.schemas.problem import ALWAYS, problems
from api.security import Caller
from api.uploads import receive
from geo.errors import NotAllowed, NotFound, both
from geo.joint.inspection_work import open_work
from geo.queries.admin import Reader, ancestors
from geo.settings import MapSettings, read
from geo.survey.inspections.both_sides import confirm
from geo.survey.inspections.campaign import Campaign, campaign, campaigns, open_campaign, take_step
from geo.survey.inspections.due import YEARS, due_lines, report_change
from geo.survey.inspections.files.keep import Imported, import_file
from geo.survey.inspections.ground import ground_of
from geo.survey.inspections.log import undo, whole_log
from geo.survey.inspections.measured import measured_markers
from geo.survey.inspections.progress import progress_of
from geo.survey.inspections.words import NOTICE, SIDES
from geo.survey.register import line_on_record
from geo.validity import CHINA_TIME
from maps.inspection.photos import photos_of
from maps.inspection.register import as_register
from maps.inspection.report import as_report
from maps.pack.bundle import make_pack

FILES = re.compile(r"/api/survey/inspections/[^/]+/files")
"""Where files of the field are sent: larger and slower than other bodies."""
METHOD = (
    f"上次联检满 {YEARS} 年到期；从未联检的未知、列在最前；登记变化后须联检 · "
    f"{YEARS} years after the last inspection"
)
WithinM = Annotated[
    float | None, Query(ge=1, le=5000, description="多近算走过（米）· metres; default the setting")
]

router = APIRouter(
    prefix="/api/survey/inspections",
    tags=["joint inspection"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(401, 403, 404)},
)
_SENT = problems(413, 415)
_JSON = [Depends(sends_json)]


@router.get("/due", summary="联检到期清单（内部）· Lines due", responses={200: {"model": DueList}})
def due(doors: DoorsHere, caller: Surveying, day: Day, within: Within = None) -> Response:
    """Lines in the order in which they need attention; never inspected ones first, as unknown."""
    with doors.staff() as connection:
        place = within or caller.division_code
        if within:
            _inside(connection, caller, [within], day)
        found = due_lines(connection, on=day, within=place)
    told = {
        "on": day, "numberReturned": len(found), "lines": [due_told(one) for one in found],
        "method": METHOD, "has_synthetic": any(one.is_synthetic for one in found),
        "notice": NOTICE,
    }  # fmt: skip
    return _private(told)


@router.post(
    "/changes", summary="登记界线变化（内部）· Report a change along a line", dependencies=_JSON,
    responses={200: {"model": Entered}, **_SENT},
)  # fmt: skip
def changed(doors: DoorsHere, caller: Surveying, sent: ChangeSent) -> Response:
    """After a disaster, a river shift or a road change a line is due at once; the line stays."""
    with doors.writing() as session:
        line = line_on_record(session, sent.line, on=sent.on, internal=True)
        _inside(session, caller, [line.left_code, line.right_code], sent.on)
        entry = report_change(
            session, sent.line, change=sent.change, on=sent.on, role=sent.role,
            note=sent.note or "",
        )  # fmt: skip
    return _private({"entry": entry, "notice": NOTICE})


@router.get("", summary="联检（内部）· Campaigns", responses={200: {"model": CampaignList}})
def listed(doors: DoorsHere, caller: Surveying) -> Response:
    """Joint inspections that the token reaches, the newest first."""
    with doors.staff() as connection:
        found = [one for one in campaigns(connection) if _sides(connection, caller, one)]
    told = [campaign_told(one) for one in found]
    return _private({"numberReturned": len(told), "campaigns": told, "notice": NOTICE})


@router.post(
    "", summary="组织联检（内部）· Open a campaign", dependencies=_JSON,
    responses={200: {"model": CampaignTold}, **_SENT},
)  # fmt: skip
def opened(doors: DoorsHere, caller: Surveying, sent: CampaignSent) -> Response:
    """The units on both sides of the lines are its sides."""
    with doors.writing() as session:
        made = open_campaign(
            session, title=sent.title, line_codes=sent.lines, opened_on=sent.opened_on,
            role=sent.role, reason=sent.reason, until_on=sent.until_on, offices=sent.offices,
            lead_code=sent.lead,
        )  # fmt: skip
        _reached(session, caller, made)
    return _private(campaign_told(made))


@router.get(
    "/{campaign_no}", summary="联检进度（内部）· How far it is",
    responses={200: {"model": ProgressTold}},
)  # fmt: skip
def progress(
    doors: DoorsHere, caller: Surveying, day: Day, campaign_no: Number
) -> Response:  # fmt: skip
    """Lines, differences between the sides, faults with their work items, refused rows."""
    with doors.counting() as connection:
        _mine(connection, caller, campaign_no)
        return _private(progress_told(progress_of(connection, campaign_no, on=day)))


@router.get(
    "/{campaign_no}/walked", summary="走线（内部）· What was not walked", response_class=GeoJson,
    responses={200: {"model": GapMap}},
)  # fmt: skip
def not_walked(
    doors: DoorsHere, caller: Surveying, day: Day, campaign_no: Number, within_m: WithinM = None
) -> Response:
    """The share of each line near the tracks, and the stretches that are not, by chainage."""
    with doors.counting() as connection:
        _mine(connection, caller, campaign_no)
        found = progress_of(connection, campaign_no, on=day, within_m=within_m)
    return GeoJson(Json(gaps_told(found)).body, headers=NO_STORE)


@router.get(
    "/{campaign_no}/log", summary="联检日志（内部）· The log", responses={200: {"model": LogTold}}
)
def told_log(doors: DoorsHere, caller: Surveying, campaign_no: Number) -> Response:
    """Every entry with its role and time, the undone ones too."""
    with doors.staff() as connection:
        one = _mine(connection, caller, campaign_no)
        return _private(log_told(whole_log(connection, one.id)))


class Zip(Response):
    """A zip."""

    media_type = ZIP


class Word(Response):
    """A DOCX."""

    media_type = DOCX


class Workbook(Response):
    """An XLSX."""

    media_type = XLSX


@router.get(
    "/{campaign_no}/pack.zip", summary="离线包（内部）· Offline pack", response_class=Zip,
    responses={200: file_of(ZIP, "离线包 · the offline pack")},
)  # fmt: skip
def pack(doors: DoorsHere, caller: Surveying, day: Day, campaign_no: Number) -> Response:
    """Map, phone form, XLSX forms, GeoPackage, GPX and KML in one zip that needs no network."""
    with doors.counting() as connection:
        _mine(connection, caller, campaign_no)
        found = progress_of(connection, campaign_no, on=day)
    made = make_pack(
        found, made_at=datetime.now(CHINA_TIME), approval=read(MapSettings).map_approval_number
    )
    return Zip(made, headers=NO_STORE | _saved_as(f"{found.campaign.code}.zip"))


@router.get(
    "/{campaign_no}/report.docx", summary="联检报告（内部）· Report", response_class=Word,
    responses={200: file_of(DOCX, "联检报告 · the report")},
)  # fmt: skip
def report(doors: DoorsHere, caller: Surveying, day: Day, campaign_no: Number) -> Response:
    """Minutes, counts, deviations, faults, unsolved differences, map and photos in Word."""
    with doors.counting() as connection:
        _mine(connection, caller, campaign_no)
        found = progress_of(connection, campaign_no, on=day)
        measured = measured_markers(connection, found)
    made = as_report(
        found, measured, photos_of(found), made=day,
        approval=read(MapSettings).map_approval_number,
    )  # fmt: skip
    return Word(made, headers=NO_STORE | _saved_as(f"{found.campaign.code}.docx"))


@router.get(
    "/{campaign_no}/register.xlsx", summary="界桩成果表和登记表（内部）· New register",
    response_class=Workbook, responses={200: file_of(XLSX, "成果表、登记表 · the register")},
)  # fmt: skip
def register(doors: DoorsHere, caller: Surveying, day: Day, campaign_no: Number) -> Response:
    """Results and entries of every marker; what the sides have not settled stays as archived."""
    with doors.counting() as connection:
        _mine(connection, caller, campaign_no)
        found = progress_of(connection, campaign_no, on=day)
    return Workbook(
        as_register(found), headers=NO_STORE | _saved_as(f"{found.campaign.code}.xlsx")
    )  # fmt: skip


@router.post(
    "/{campaign_no}/files", summary="导入轨迹和表（内部）· Bring files of the field in",
    responses={200: {"model": ImportsTold}, **_SENT},
    openapi_extra={
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
            "type": "object", "required": ["files", "role"],
            "properties": {
                "files": {"type": "array", "items": {"type": "string", "format": "binary"},
                          "description": "GPX, KML, KMZ, XLSX, JSON, ZIP"},
                "role": {"type": "string", "description": "office or role that signs"},
            },
        }}}}
    },
)  # fmt: skip
async def bring_in(
    request: Request, doors: DoorsHere, caller: Surveying, day: Day, campaign_no: Number
) -> Response:
    """Tracks and filled forms; the same file again changes nothing; bad rows are told and kept."""
    with tempfile.TemporaryDirectory() as folder:
        sent = await receive(request, Path(folder))
        role = (sent.fields.get("role") or [""])[0]
        reports = await anyio.to_thread.run_sync(
            _keep, doors, caller, campaign_no, sent.files, role, day
        )
    return _private(imports_told(reports))


def _keep(
    doors: Doors, caller: Caller, number: str, files: tuple[Path, ...], role: str, day: date
) -> list[Imported]:
    with doors.writing() as session:
        one = _mine(session, caller, number)
        ground = ground_of(session, one)
        sides = _sides(session, caller, one)
        return [
            told
            for path in files
            for told in import_file(
                session, one, ground, path.name, path.read_bytes(), role=role, on=day, sides=sides
            )
        ]


@router.post(
    "/{campaign_no}/steps", summary="下一步（内部）· One step on", dependencies=_JSON,
    responses={200: {"model": Entered}, **_SENT},
)  # fmt: skip
def stepped(
    doors: DoorsHere, caller: Surveying, campaign_no: Number, sent: StepSent
) -> Response:  # fmt: skip
    """A line is concluded only when nothing between its sides is open."""
    with doors.writing() as session:
        _mine(session, caller, campaign_no)
        found = progress_of(session, campaign_no, on=sent.on)
        own = found.line(sent.line)
        entry = take_step(
            session, found.campaign, found.entries, sent.line, sent.step, role=sent.role,
            on=sent.on, note=sent.note or "", still_open=own.still_open if own else (),
            desk=own.desk if own else (0, 0),
        )  # fmt: skip
    return _private({"entry": entry, "notice": NOTICE})


@router.post(
    "/{campaign_no}/confirmations", summary="确认（内部）· One side confirms", dependencies=_JSON,
    responses={200: {"model": Entered}, **_SENT},
)  # fmt: skip
def confirmed(
    doors: DoorsHere, caller: Surveying, campaign_no: Number, sent: ConfirmationSent
) -> Response:
    """A side says whose form holds; it is settled once all sides say the same."""
    with doors.writing() as session:
        one = _mine(session, caller, campaign_no)
        _for_side(session, caller, one, sent.side.upper())
        found = progress_of(session, campaign_no, on=sent.on)
        entry = confirm(
            session, one, found.standings, sent.subject, side=sent.side, take=sent.take,
            role=sent.role, on=sent.on, note=sent.note or "",
        )  # fmt: skip
    return _private({"entry": entry, "notice": NOTICE})


@router.post(
    "/{campaign_no}/undo", summary="撤销记录（内部）· Undo an entry", dependencies=_JSON,
    responses={200: {"model": Entered}, **_SENT},
)  # fmt: skip
def undone(
    doors: DoorsHere, caller: Surveying, campaign_no: Number, sent: UndoSent
) -> Response:  # fmt: skip
    """A new entry undoes the old one; both stay in the log."""
    with doors.writing() as session:
        one = _mine(session, caller, campaign_no)
        entry = next((e for e in whole_log(session, one.id) if e.id == sent.entry), None)
        if entry is None:
            raise NotFound(both(f"本次联检没有记录 {sent.entry}。", f"no entry {sent.entry} here"))
        if entry.side is not None:
            _for_side(session, caller, one, entry.side)
        made = undo(session, sent.entry, role=sent.role, on=sent.on, note=sent.note or "")
    return _private({"entry": made, "notice": NOTICE})


@router.post(
    "/{campaign_no}/work", summary="问题转事项（内部）· Make work items of faults",
    responses={200: {"model": WorkMade}},
)  # fmt: skip
def mended(
    doors: DoorsHere, caller: Surveying, day: Day, campaign_no: Number
) -> Response:  # fmt: skip
    """Faults that have no open work item get one, to be followed until it is closed."""
    with doors.writing() as session:
        _mine(session, caller, campaign_no)
        found = progress_of(session, campaign_no, on=day)
        items = open_work(session, found, on=day)
    return _private({"items": items, "faults": len(found.faults), "notice": NOTICE})


def _mine(connection: Reader, caller: Caller, number: str) -> Campaign:
    """The campaign, if the token's ground has a side in it. Raises NotAllowed, NotFound."""
    one = campaign(connection, number)
    _reached(connection, caller, one)
    return one


def _reached(connection: Reader, caller: Caller, one: Campaign) -> None:
    if not _sides(connection, caller, one):
        raise _elsewhere(caller)


def _sides(connection: Reader, caller: Caller, one: Campaign) -> frozenset[str]:
    """The sides of a campaign for which the caller may act."""
    return frozenset(
        side.side
        for side in one.sides
        if caller.division_code is None
        or caller.division_code
        in {unit.code for unit in ancestors(connection, side.unit_code, one.opened_on)}
    )


def _for_side(connection: Reader, caller: Caller, one: Campaign, side: str) -> None:
    """Raise NotAllowed where the caller may not act for a side."""
    if one.side(side).side not in _sides(connection, caller, one):
        raise NotAllowed(
            both(f"令牌不能代{SIDES[side]}填报或确认。", f"the token may not act for side {side}")
        )


def _inside(connection: Reader, caller: Caller, codes: list[str], day: date) -> None:
    """Raise NotAllowed unless one of the divisions lies within the token's."""
    if caller.division_code is None:
        return
    around = {unit.code for code in codes for unit in ancestors(connection, code, day)}
    if caller.division_code not in around:
        raise _elsewhere(caller)


def _elsewhere(caller: Caller) -> NotAllowed:
    return NotAllowed(
        both(f"令牌仅限 {caller.division_code} 之内。", "the token covers that division only")
    )


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _private(content: Any) -> Response:
    """No cache between here and the caller keeps it."""
    return Json(content, headers=NO_STORE)
