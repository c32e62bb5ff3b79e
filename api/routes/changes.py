"""How did divisions change, what is an old code today, and what do old figures make by today's?"""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import CityAsked, Day, DoorsHere, checked
from api.schemas.changes import (
    ChangedMap,
    ChangesAnswer,
    Closed,
    CodeAnswer,
    CrosswalkAnswer,
    Figures,
    LevelAsked,
    LifeLineAnswer,
    NameMeant,
    SinceAsked,
    TermsAnswer,
    Unchanged,
    UntilAsked,
    UsedOn,
    changes_told,
    crosswalk_told,
    life_line_told,
    terms_told,
)
from api.schemas.geojson import GeoJson, Json, OldMapLayer
from api.schemas.parameters import DivisionCode, Within
from api.schemas.problem import ALWAYS, problems
from geo.queries.succession import history
from geo.survey.changes.between import changed, changed_geojson
from geo.survey.changes.crosswalk.links import crosswalk
from geo.survey.changes.crosswalk.series import restate
from geo.survey.changes.law import rules, terms
from geo.survey.changes.lifeline import life_line
from geo.survey.changes.today import code_today
from geo.validity import today_in_china

router = APIRouter(
    prefix="/api/survey",
    tags=["divisions through time"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(404)},
)


@router.get("/changes", summary="区划变化 · Changes", responses={200: {"model": ChangesAnswer}})
def changes(
    doors: DoorsHere,
    city: CityAsked,
    since: SinceAsked,
    until: UntilAsked = None,
    within: Within = None,
    level: LevelAsked = 3,
    unchanged: Unchanged = False,
) -> Response:
    """What changed in the divisions of a level from one day to a later one, and the changes on
    record in between with their kinds of the law."""
    with doors.public() as connection:
        found = changed(
            connection, since=since, until=until or today_in_china(), within=within or city,
            level=level, unchanged=unchanged,
        )  # fmt: skip
    return Json(changes_told(found))


@router.get(
    "/changes/map",
    summary="区划变化图 · Map of changes",
    response_class=GeoJson,
    responses={200: {"model": ChangedMap}},
)
def changes_map(
    doors: DoorsHere,
    city: CityAsked,
    since: SinceAsked,
    until: UntilAsked = None,
    within: Within = None,
    level: LevelAsked = 3,
    unchanged: Unchanged = False,
) -> Response:
    """The same as a map: each unit, and where outlines changed the ground gained and lost."""
    with doors.public() as connection:
        found = changed(
            connection, since=since, until=until or today_in_china(), within=within or city,
            level=level, unchanged=unchanged,
        )  # fmt: skip
    return OldMapLayer(changed_geojson(found))


@router.get(
    "/lifeline/{code}", summary="沿革 · Life line", responses={200: {"model": LifeLineAnswer}}
)
def lifeline(doors: DoorsHere, day: Day, code: DivisionCode, name: NameMeant = None) -> Response:
    """All names and codes of a unit through time, with the changes between them."""
    with doors.public() as connection:
        return Json(life_line_told(life_line(connection, code, on=day, name=name)))


@router.get(
    "/codes/{code}",
    summary="旧代码对今代码 · An old code today",
    responses={200: {"model": CodeAnswer}},
)
def code_now(
    doors: DoorsHere, day: Day, code: DivisionCode, since: UsedOn = None, name: NameMeant = None
) -> Response:
    """What a code is on the day, with path, year and share; several answers after a split."""
    with doors.public() as connection:
        return Json(code_today(connection, code, on=day, since=since, name=name))


@router.get(
    "/terms/{code}", summary="法定期限 · Legal terms", responses={200: {"model": TermsAnswer}}
)
def legal_terms(doors: DoorsHere, day: Day, code: DivisionCode) -> Response:
    """By when the changes of a division had to be carried out and its new code given."""
    with doors.public() as connection:
        events = history(connection, code).events
        held = rules(connection, "division_change_term", day)
    return Json(terms_told(code, day, [(event, terms(event, held, day)) for event in events]))


@router.get(
    "/crosswalk", summary="区划对应 · Crosswalk", responses={200: {"model": CrosswalkAnswer}}
)
def crosswalks(
    doors: DoorsHere,
    city: CityAsked,
    since: SinceAsked,
    until: UntilAsked = None,
    within: Within = None,
    level: LevelAsked = 3,
    closed: Closed = False,
    figures: Figures = None,
) -> Response:
    """Which part of each division of one day lies in which of another, by area; `figures` of the
    first day are given by the divisions of the second, each sum kept to the last person."""
    with doors.public() as connection:
        walk = crosswalk(
            connection, since=since, until=until or today_in_china(), within=within or city,
            level=level, closed=closed,
        )  # fmt: skip
    made = restate(walk, figures) if figures else None  # type: ignore[arg-type]
    return Json(crosswalk_told(walk, made))
