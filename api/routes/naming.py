"""Does a proposed name keep the rules, what is each name of a list, what is old in a document?

For names officers. What is sent is neither stored nor logged, and nothing answered is an approval.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import DoorsHere, checked
from api.planners import BODY, lies_within, limited, private, sends_json
from api.schemas.geojson import Json
from api.schemas.naming import (
    CheckTold,
    DocumentSent,
    ListSent,
    ListTold,
    NameSent,
    ProofreadTold,
    TableSent,
    TableTold,
    check_told,
    list_told,
    proofread_told,
    table_told,
)
from api.schemas.problem import ALWAYS, problems
from api.security import Caller, requires
from geo.gazetteer.naming import Lists, check_name, read_lists, rule_book
from geo.gazetteer.naming.listing import judge_list
from geo.gazetteer.naming.scopes import whereabouts
from geo.gazetteer.naming.tables import row_read, table_in
from geo.gazetteer.proofreading import documents, proofread
from geo.gazetteer.proofreading.opened import Opened, open_document
from geo.queries.admin import Reader
from geo.settings import NamingSettings, read
from geo.validity import today_in_china

router = APIRouter(
    prefix="/api/names",
    tags=["naming"],
    dependencies=[Depends(checked), Depends(sends_json)],
    default_response_class=Json,
    responses={**ALWAYS, **BODY, **problems(404)},
)
NamesOfficer = Annotated[Caller, Depends(requires("names_officer"))]


def _lists() -> Lists:
    return read_lists(read(NamingSettings).naming_lists)


@router.post(
    "/check", summary="核查拟用地名 · Check a proposed name", responses={200: {"model": CheckTold}}
)
def check(doors: DoorsHere, caller: NamesOfficer, sent: NameSent) -> Response:
    """Every rule: fired, not fired or unchecked, with its article and the names that it met."""
    day = sent.on or today_in_china()
    with doors.staff() as connection:
        _reaches(connection, caller, sent, day)
        found = check_name(
            connection, sent.proposal(), lists=_lists(), on=day, built_up=sent.area()
        )
    return private(check_told(found))


def _reaches(connection: Reader, caller: Caller, sent: NameSent, day: date) -> None:
    """Raise NotAllowed where a limited token asks for a name outside its division."""
    if caller.division_code is not None:
        where = whereabouts(connection, sent.proposal(), day)
        if caller.division_code not in where.codes:
            raise limited(caller)


@router.post(
    "/check/batch",
    summary="批量核查地名 · Judge a list of names",
    responses={200: {"model": ListTold}},
)
def check_batch(doors: DoorsHere, caller: NamesOfficer, sent: ListSent) -> Response:
    """Standard, not standard, former or unknown; the rules that fired; days due; a table back."""
    day = sent.on or today_in_china()
    with doors.counting() as connection:
        if caller.division_code is not None:
            for row in sent.rows:
                place = {"lon": row.lon, "lat": row.lat, "division": row.division or sent.division}
                one = NameSent(name=row.name, kind=row.kind or "street", **place)
                _reaches(connection, caller, one, day)
        judged = judge_list(
            connection, sent.entries(), lists=_lists(), on=day, division=sent.division,
            kind=sent.kind,
        )  # fmt: skip
    return private(list_told(judged, day, sent.output))


@router.post(
    "/check/table",
    summary="读取地名表 · Read a table of names",
    responses={200: {"model": TableTold}},
)
def read_names(doors: DoorsHere, caller: NamesOfficer, sent: TableSent) -> Response:
    """The rows of a .csv or .xlsx as the batch check takes them; nothing is judged or kept."""
    found, book, day = table_in(sent.data()), rule_book(), today_in_china()
    with doors.staff() as connection:
        rows = [row_read(connection, entry, book, day) for entry in found]
    return private(table_told(rows))


@router.post(
    "/proofread",
    summary="公文地名校对 · Proofread the names of a document",
    responses={200: {"model": ProofreadTold}},
)
def proofread_document(doors: DoorsHere, caller: NamesOfficer, sent: DocumentSent) -> Response:
    """Old and non-standard names of a text, .txt, .docx or .pdf with their standard form."""
    day = sent.on or today_in_china()
    data = sent.data()
    opened = Opened(sent.text or "") if data is None else open_document(data)
    within = sent.within or caller.division_code
    with doors.staff() as connection:
        if within is not None:
            lies_within(connection, caller, within, day)
        found = proofread(connection, opened.text, on=day, within=within, pages=opened.pages)
    page = documents.marked_html(opened.text, found) if sent.output == "html" else None
    file = None
    if sent.output == "docx":
        file = documents.marked_word(opened.as_word(), found)
    return private(proofread_told(found, page, file, None if data is None else opened.text))
