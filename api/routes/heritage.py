"""Which names are on lists, and how do they come there? The public reads, names officers write."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import Day, DoorsHere, checked
from api.planners import BODY, FOR_PLANNERS, lies_within, private, reaches, sends_json
from api.schemas.geojson import Json, MapLayer
from api.schemas.heritage import (
    EraWanted,
    HeritageList,
    HeritageStepSent,
    HeritageWords,
    ListClassWanted,
    NominationCode,
    NominationList,
    NominationSent,
    NominationTold,
    ScoredTold,
    ScoresSent,
    SheetWanted,
    StateWanted,
    nomination_told,
    places_told,
    scored_told,
    words_told,
)
from api.schemas.parameters import (
    Family,
    FeatureClass,
    LimitToMany,
    ListLevel,
    Offset,
    TextWanted,
    Within,
)
from api.schemas.problem import ALWAYS, problems
from api.security import Caller, requires
from geo.gazetteer.heritage.files import as_csv, as_xlsx
from geo.gazetteer.heritage.nominated import nomination, nominations
from geo.gazetteer.heritage.places import Wanted, listed_places
from geo.gazetteer.heritage.sheets import score, scored, sheet_named, sheets
from geo.gazetteer.heritage.steps import Proposed, nominate, take_step
from geo.queries.admin import Reader
from geo.settings import NamingSettings, read
from geo.validity import today_in_china

router = APIRouter(
    prefix="/api/heritage",
    tags=["heritage"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(404)},
)
NamesOfficer = Annotated[Caller, Depends(requires("names_officer"))]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CsvFile(Response):
    """A table as text."""

    media_type = "text/csv"


class XlsxFile(Response):
    """A workbook."""

    media_type = XLSX


def asked_places(
    family: Family = None,
    list_level: ListLevel = None,
    era: EraWanted = None,
    feature_class: FeatureClass = None,
    within: Within = None,
    list_class: ListClassWanted = None,
    q: TextWanted = None,
) -> Wanted:
    """Which places are meant; conditions are joined by AND."""
    return Wanted(family, list_level, era, feature_class, within, list_class, q)


Asked = Annotated[Wanted, Depends(asked_places)]


@router.get(
    "",
    summary="名录中的地名 · Places on lists",
    response_class=MapLayer,
    responses={200: {"model": HeritageList}},
)
def places(
    doors: DoorsHere, day: Day, wanted: Asked, limit: LimitToMany = 1000, offset: Offset = 0
) -> Response:
    """Places on lists of heritage and red names, each once, with story, era, lists and state."""
    with doors.public() as connection:
        found = listed_places(connection, wanted, on=day)
    return MapLayer(places_told(found, day, limit=limit, offset=offset))


@router.get(
    "/words",
    summary="级别、类别、时代、评分表 · Levels, classes, eras, sheets",
    responses={200: {"model": HeritageWords}},
)
def words() -> Response:
    """What a list may say: data of this place, each class with status and source."""
    return Json(words_told(sheets(read(NamingSettings).heritage_sheets)))


def _file(media: str) -> dict[int | str, dict[str, Any]]:
    schema = {"$ref": "#/components/schemas/HeritageTable"}
    return {200: {"description": media, "content": {media: {"schema": schema}}}}


@router.get(
    "/directory.csv", summary="名录表 CSV · The directory as CSV", response_class=CsvFile,
    responses=_file("text/csv"),
)  # fmt: skip
def directory_csv(doors: DoorsHere, day: Day, wanted: Asked) -> Response:
    """One row an entry, with sources, levels and days."""
    with doors.public() as connection:
        found = listed_places(connection, wanted, on=day)
    name = {"Content-Disposition": 'attachment; filename="heritage.csv"'}
    return CsvFile(as_csv(found), headers=name)


@router.get(
    "/directory.xlsx", summary="名录表 XLSX · The directory as a workbook",
    response_class=XlsxFile, responses=_file(XLSX),
)  # fmt: skip
def directory_xlsx(doors: DoorsHere, day: Day, wanted: Asked) -> Response:
    """The same with a sheet of numbers that never adds levels."""
    with doors.public() as connection:
        found = listed_places(connection, wanted, on=day)
    name = {"Content-Disposition": 'attachment; filename="heritage.xlsx"'}
    return XlsxFile(as_xlsx(found, on=day), headers=name)


@router.get(
    "/nominations",
    summary="提名 · Nominations",
    responses={200: {"model": NominationList}, **FOR_PLANNERS},
)
def list_nominations(
    doors: DoorsHere, caller: NamesOfficer, nomination_state: StateWanted = None
) -> Response:
    """Nominations with their history, the newest first; those of the token's division."""
    today = today_in_china()
    with doors.staff() as connection:
        found = [
            one
            for one in nominations(connection, state=nomination_state)
            if reaches(connection, caller, one.admin_code, today)
        ]
    told = [nomination_told(one) for one in found]
    return private({"numberReturned": len(told), "nominations": told})


@router.post(
    "/nominations",
    summary="提名一个地名 · Nominate a place",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": NominationTold}, **BODY},
)
def propose(doors: DoorsHere, caller: NamesOfficer, sent: NominationSent) -> Response:
    """Propose a place for a list; it reaches the public only when it is published."""
    day = sent.on or today_in_china()
    proposed = Proposed(
        sent.place, sent.family, sent.list_name, sent.list_level, sent.admin_code,
        sent.list_class, sent.era, sent.batch,
    )  # fmt: skip
    with doors.writing() as session:
        lies_within(session, caller, sent.admin_code, today_in_china())
        found = nominate(session, proposed, on=day, role=sent.role, reasons=sent.reasons)
        return private(nomination_told(found))


@router.get(
    "/nominations/{code}",
    summary="一个提名 · One nomination",
    responses={200: {"model": NominationTold}, **FOR_PLANNERS},
)
def one_nomination(doors: DoorsHere, caller: NamesOfficer, code: NominationCode) -> Response:
    """A nomination with its whole history."""
    with doors.staff() as connection:
        _reached(connection, caller, code)
        return private(nomination_told(nomination(connection, code)))


@router.post(
    "/nominations/{code}/steps",
    summary="推进提名 · Take the next step",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": NominationTold}, **BODY},
)
def step(
    doors: DoorsHere, caller: NamesOfficer, code: NominationCode, sent: HeritageStepSent
) -> Response:
    """An opinion, publishing, returning, withdrawing; only steps that may follow."""
    with doors.writing() as session:
        _reached(session, caller, code)
        found = take_step(
            session, code, sent.step, on=sent.on or today_in_china(), role=sent.role,
            reasons=sent.reasons, verdict=sent.verdict,
        )  # fmt: skip
        return private(nomination_told(found))


@router.get(
    "/nominations/{code}/scores",
    summary="评分 · Marks of a nomination",
    responses={200: {"model": ScoredTold}, **FOR_PLANNERS},
)
def marks(
    doors: DoorsHere, caller: NamesOfficer, code: NominationCode, sheet: SheetWanted = "example"
) -> Response:
    """Sums and spread by a sheet; a missing mark is unknown."""
    chosen = sheet_named(sheet, read(NamingSettings).heritage_sheets)
    with doors.staff() as connection:
        _reached(connection, caller, code)
        return private(scored_told(scored(connection, code, chosen)))


@router.post(
    "/nominations/{code}/scores",
    summary="登记评分 · Enter marks",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": ScoredTold}, **BODY},
)
def enter_marks(
    doors: DoorsHere, caller: NamesOfficer, code: NominationCode, sent: ScoresSent
) -> Response:
    """Enter one role's marks; its later marks count instead of its earlier ones."""
    chosen = sheet_named(sent.sheet, read(NamingSettings).heritage_sheets)
    day = sent.on or today_in_china()
    with doors.writing() as session:
        _reached(session, caller, code)
        found = score(session, code, chosen, dict(sent.marks), on=day, role=sent.role)
        return private(scored_told(found))


def _reached(connection: Reader, caller: Caller, code: str) -> None:
    """Raise NotAllowed where the nomination is another division's."""
    lies_within(connection, caller, nomination(connection, code).admin_code, today_in_china())
