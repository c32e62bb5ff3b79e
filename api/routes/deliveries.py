"""How are files delivered over HTTP, how far is a loading, and what became of it?"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import anyio
import anyio.to_thread
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.delivering import (
    ROLES,
    Loading,
    TakingBack,
    kind_of_delivery,
    kinds_of,
    may_deliver,
)
from api.deps import DoorsHere, checked
from api.jobs import JOBS, Job, Jobs, forget
from api.problems import answer_to
from api.schemas.deliveries import (
    ACCEPTED,
    WORKBOOK,
    XLSX,
    Deliveries,
    DeliveryId,
    JobId,
    JobTold,
    Report,
    TemplateKind,
    Undone,
    Wait,
    form_document,
    form_of,
)
from api.schemas.geojson import Json
from api.schemas.parameters import LimitToThousand, Offset
from api.schemas.problem import ALWAYS, problems
from api.security import Caller, requires
from api.uploads import receive
from geo.errors import BadInput, NotFound
from geo.loaders.listing import listed, report_of
from geo.loaders.refused import write_refused
from geo.loaders.templates import write_template

ADDRESS = "/api/deliveries"
UPLOAD_DEADLINE_S = 1800.0
"""Longest that an upload with `wait` may take."""
WAIT_FOR_LOADING_S, WAIT_FOR_UNDOING_S = 900.0, 30.0
"""How long `wait` waits, before the answer is 202 after all."""

router = APIRouter(
    prefix="/api",
    tags=["deliveries"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses=ALWAYS,
)


class Workbook(Response):
    """An XLSX."""

    media_type = XLSX


async def _jobs(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


JobsHere = Annotated[Jobs, Depends(_jobs)]
Deliverer = Annotated[Caller, Depends(requires(*ROLES))]
_WITH_TOKEN = problems(401, 403)


@router.post(
    "/deliveries",
    summary="交付 · Deliver files",
    status_code=202,
    responses={
        200: {"model": Report, "description": "wait=true: the report"}, 202: ACCEPTED,
        **_WITH_TOKEN, **problems(413, 415),
    },
    openapi_extra={"requestBody": form_document()},
)  # fmt: skip
async def deliver(
    request: Request, doors: DoorsHere, jobs: JobsHere, caller: Deliverer, wait: Wait = False
) -> Response:
    """Load files of one kind, all or none, as `atlas load` does, with the same checks and report.

    Answers 202 with the job's address in Location; with `wait` the report itself.
    """
    kinds_of(caller)
    jobs.refuse_when_full()
    folder = await anyio.to_thread.run_sync(jobs.folder)
    try:
        sent = await receive(request, folder)
        form = form_of(sent.fields)
        may_deliver(caller, form.kind)
        work = Loading(doors, form, sent.files, folder).checked()
        job = Job(form.kind, caller.token_id, folder, work)
    except BaseException:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(forget, folder)
        raise
    await anyio.to_thread.run_sync(jobs.submit, job)
    return await _answer(request, job, WAIT_FOR_LOADING_S if wait else 0.0)


async def _answer(request: Request, job: Job, wait_s: float) -> Response:
    """What the job answers once it is over, or 202 when that takes longer than `wait_s`."""
    with anyio.move_on_after(wait_s):
        pause_s = 0.02
        while not job.is_over:
            await anyio.sleep(pause_s)
            pause_s = min(pause_s * 1.5, 0.5)
    if not job.is_over or wait_s == 0:
        address = f"{request.scope.get('root_path', '')}{JOBS}/{job.id}"
        told = await anyio.to_thread.run_sync(job.told)
        return _private(Json(told, 202, {"Location": address, "Retry-After": "1"}))
    if job.error is not None:
        return _private(answer_to(request, job.error))
    return _private(Json(job.report))


@router.get(
    "/deliveries",
    summary="交付列表 · Deliveries",
    responses={200: {"model": Deliveries}, **_WITH_TOKEN},
)
def list_deliveries(
    doors: DoorsHere, caller: Deliverer, limit: LimitToThousand = 100, offset: Offset = 0
) -> Response:
    """What was delivered of the kinds that the caller's role delivers, the newest first."""
    kinds = kinds_of(caller)
    with doors.staff() as connection:
        found = listed(connection, kinds=kinds, limit=limit, offset=offset)
    return _private(Json({"deliveries": found}))


@router.get(
    "/deliveries/jobs/{job}",
    summary="导入进度 · Progress of a loading",
    responses={200: {"model": JobTold}, **_WITH_TOKEN, **problems(404)},
)
def job(jobs: JobsHere, caller: Deliverer, job: JobId) -> Response:
    """How far a loading is, its report, or why it was refused; only for the token that sent it."""
    return _private(Json(jobs.told(caller.token_id, job)))


@router.get(
    "/deliveries/{delivery}",
    summary="交付报告 · Report of a delivery",
    responses={200: {"model": Report}, **_WITH_TOKEN, **problems(404)},
)
def delivery_report(doors: DoorsHere, caller: Deliverer, delivery: DeliveryId) -> Response:
    """The report of one delivery, with its `status`: loaded or undone."""
    with doors.staff() as connection:
        kind, report = report_of(connection, delivery)
    may_deliver(caller, kind)
    return _private(Json(report))


@router.get(
    "/deliveries/{delivery}/refused.xlsx",
    summary="被拒绝的行 · Refused rows",
    response_class=Workbook,
    responses={200: WORKBOOK, **_WITH_TOKEN, **problems(404)},
)
def refused_rows(doors: DoorsHere, caller: Deliverer, delivery: DeliveryId) -> Response:
    """The refused rows with their reasons, to be corrected and delivered again."""
    kind_of_delivery(doors, caller, delivery)
    with tempfile.TemporaryDirectory() as folder, doors.staff() as connection:
        path = Path(folder) / f"refused-{delivery}.xlsx"
        try:
            write_refused(connection, delivery, path)
        except BadInput as none:
            raise NotFound(str(none)) from None
        return _private(_workbook(path))


@router.post(
    "/deliveries/{delivery}/undo",
    summary="撤销交付 · Take a delivery back",
    status_code=202,
    responses={
        200: {"model": Undone, "description": "wait=true: what it changed"}, 202: ACCEPTED,
        **_WITH_TOKEN, **problems(404),
    },
)  # fmt: skip
async def undo(
    request: Request, doors: DoorsHere, jobs: JobsHere, caller: Deliverer, delivery: DeliveryId,
    wait: Wait = False,
) -> Response:  # fmt: skip
    """Take a delivery back whole, as `atlas undo` does; its report and refused rows stay."""
    kind = await anyio.to_thread.run_sync(kind_of_delivery, doors, caller, delivery)
    jobs.refuse_when_full()
    folder = await anyio.to_thread.run_sync(jobs.folder)
    job = Job(kind, caller.token_id, folder, TakingBack(doors, delivery))
    await anyio.to_thread.run_sync(jobs.submit, job)
    return await _answer(request, job, WAIT_FOR_UNDOING_S if wait else 0.0)


@router.get(
    "/templates/{kind}.xlsx",
    summary="模板 · Template to fill in",
    response_class=Workbook,
    responses={200: WORKBOOK, **problems(404)},
)
def template(kind: TemplateKind) -> Response:
    """An XLSX with headings, notes and drop-downs for a kind of delivery; needs no token."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        try:
            write_template(kind, path)
        except BadInput as unknown:
            raise NotFound(str(unknown)) from None
        path = path.rename(path.with_name(f"{kind}.xlsx"))
        return _workbook(path)


def _workbook(path: Path) -> Response:
    """A written workbook to be saved under its name."""
    headers = {"Content-Disposition": f'attachment; filename="{path.name}"'}
    return Workbook(path.read_bytes(), headers=headers)


def _private(answer: Response) -> Response:
    """No cache between here and the caller keeps it."""
    answer.headers["Cache-Control"] = "no-store"
    return answer
