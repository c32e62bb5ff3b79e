"""Where do boundary lines run and meet, on what do they rest, and how do they leave as files?

The public answers read the public views: no disputed stretch, no marker's place. The register needs
a surveyor's token and never leaves without it.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import CityAsked, Day, DoorsHere, checked
from api.schemas.changes import LevelAsked
from api.schemas.geojson import GeoJson
from api.schemas.lines import (
    JunctionMap,
    LineCode,
    LineMap,
    MarkerPlaces,
    QualityMap,
    Register,
    file_answer,
    junctions_told,
    lines_told,
    marker_places_told,
)
from api.schemas.parameters import Level, Within
from api.schemas.problem import ALWAYS, problems
from api.security import Caller, requires
from geo.approvals import approval_of, is_served
from geo.errors import NotAllowed, both
from geo.queries.admin import Reader, ancestors, unit
from geo.survey.derived.city import lines_of_city, units_of_city
from geo.survey.exports import MEDIA, Sheet, write_sheet
from geo.survey.quality import as_geojson, check_units, concerning
from geo.survey.register import line_on_record, lines_on_record, markers_on_record
from geo.survey.trijunctions import junctions
from geo.validity import today_in_china

Surveying = Annotated[Caller, Depends(requires("surveyor"))]
NO_STORE = {"Cache-Control": "no-store"}

router = APIRouter(
    prefix="/api/survey",
    tags=["boundary lines"],
    dependencies=[Depends(checked)],
    default_response_class=GeoJson,
    responses={**ALWAYS, **problems(404)},
)
_WITH_TOKEN = problems(401, 403)


@router.get("/lines", summary="界线 · Boundary lines", responses={200: {"model": LineMap}})
def lines(
    doors: DoorsHere, day: Day, city: CityAsked, within: Within = None, level: Level = None
) -> Response:
    """The public lines of a division and of all under it, each with its basis and measured length;
    a derived one is a sketch without an official name."""
    with doors.public() as connection:
        found = lines_on_record(connection, within or city, on=day, level=level)
    layer = _layer(day)
    return GeoJson(lines_told(found, on=day, approval=_words(layer), drawn=is_served(layer)))


@router.get("/lines/{code}", summary="一条界线 · One line", responses={200: {"model": LineMap}})
def line(doors: DoorsHere, day: Day, code: LineCode) -> Response:
    """One public line, as a collection of one."""
    with doors.public() as connection:
        found = line_on_record(connection, code, on=day)
    layer = _layer(day)
    return GeoJson(lines_told((found,), on=day, approval=_words(layer), drawn=is_served(layer)))


@router.get(
    "/trijunctions", summary="三交点 · Tri-junctions", responses={200: {"model": JunctionMap}}
)
def trijunctions(
    doors: DoorsHere, day: Day, city: CityAsked, within: Within = None, level: LevelAsked = 3
) -> Response:
    """Where lines meet, derived from the outlines of a level, not surveyed; four sides flagged."""
    with doors.public() as connection:
        found = lines_of_city(connection, within or city, on=day, level=level)
    given = found.given
    met = [one for one in junctions(found.lines[level]) if given.own & set(one.codes)]
    layer = _layer(day)
    told = junctions_told(met, given.facts, on=day, approval=_words(layer), drawn=is_served(layer))
    return GeoJson(told | {"missing": given.missing})


@router.get(
    "/register",
    summary="界线登记（内部）· Register of lines",
    responses={200: {"model": Register}, **_WITH_TOKEN},
)
def register(
    doors: DoorsHere, caller: Surveying, day: Day, city: CityAsked, within: Within = None,
    level: Level = None,
) -> Response:  # fmt: skip
    """All lines with those that are not public and disputed stretches; surveyors only."""
    with doors.staff() as connection:
        place = _mine(connection, caller, within or city, day)
        found = lines_on_record(connection, place, on=day, level=level, internal=True)
    told = lines_told(found, on=day, approval=_words(_layer(day)), drawn=True)
    return GeoJson(told, headers=NO_STORE)


@router.get(
    "/register/markers",
    summary="界桩位置（内部）· Places of markers",
    responses={200: {"model": MarkerPlaces}, **_WITH_TOKEN},
)
def marker_places(
    doors: DoorsHere, caller: Surveying, day: Day, city: CityAsked, within: Within = None
) -> Response:
    """The markers of a division's lines where their archives put them; surveyors only."""
    with doors.staff() as connection:
        place = _mine(connection, caller, within or city, day)
        found = lines_on_record(connection, place, on=day, internal=True)
        rows = markers_on_record(connection, [one.code for one in found], on=day)
    return GeoJson(marker_places_told(rows, day), headers=NO_STORE)


@router.get(
    "/quality",
    summary="图形质量（内部）· Quality of outlines",
    responses={200: {"model": QualityMap}, **_WITH_TOKEN},
)
def quality(
    doors: DoorsHere, caller: Surveying, day: Day, city: CityAsked, within: Within = None,
    level: LevelAsked = 3,
) -> Response:  # fmt: skip
    """Overlaps, gaps, slivers and the like between outlines; enclaves are no faults. Suggestions
    are never applied unasked."""
    with doors.counting() as connection:
        place = _mine(connection, caller, within or city, day)
        held = units_of_city(connection, place, on=day, level=level)
    found = concerning(check_units(held.units), held.own)
    told = as_geojson(found)
    more = {
        "numberReturned": len(told["features"]), "has_synthetic": False, "on": day, "level": level,
        "checked": len(held.own), "is_sound": found.is_sound, "missing": held.missing,
    }  # fmt: skip
    return GeoJson(told | more, headers=NO_STORE)


def _serve_files(ending: str) -> None:
    """Give one format its two addresses: what is public, and the register."""

    class File(Response):
        media_type = MEDIA[ending]

    name = ending.upper()

    @router.get(
        f"/lines.{ending}",
        name=f"lines {ending}",
        summary=f"界线文件 · Lines as {name}",
        description=f"The public lines as {name}; in public mode only with an approval number.",
        response_class=File,
        responses={200: file_answer(ending), **problems(403)},
    )
    def public_file(
        doors: DoorsHere, day: Day, city: CityAsked, within: Within = None, level: Level = None
    ) -> Response:
        layer = _layer(day)
        if ending != "xlsx" and not is_served(layer):
            raise NotAllowed(
                both("没有审图号，公开模式不提供图形。", "no approval number: no shapes in public")
            )
        with doors.public() as connection:
            place = unit(connection, within or city, day)
            found = lines_on_record(connection, place.code, on=day, level=level)
        sheet = Sheet(f"{place.name}界线", day, found, approval=_words(layer))
        return File(
            _written(sheet, f"lines-{place.code[:6]}.{ending}"),
            headers=_saved_as(place.code, ending),
        )

    @router.get(
        f"/register.{ending}",
        name=f"register {ending}",
        summary=f"界线与界桩文件（内部）· Register as {name}",
        description=f"All lines, disputed stretches and markers with their places as {name}; "
        "surveyors only.",
        response_class=File,
        responses={200: file_answer(ending), **_WITH_TOKEN},
    )
    def register_file(
        doors: DoorsHere, caller: Surveying, day: Day, city: CityAsked, within: Within = None,
        level: Level = None,
    ) -> Response:  # fmt: skip
        with doors.staff() as connection:
            code = _mine(connection, caller, within or city, day)
            place = unit(connection, code, day)
            found = lines_on_record(connection, code, on=day, level=level, internal=True)
            markers = markers_on_record(connection, [one.code for one in found], on=day)
        words = _words(_layer(day))
        sheet = Sheet(f"{place.name}界线", day, found, markers, words, internal=True)
        made = _written(sheet, f"register-{place.code[:6]}.{ending}")
        return File(made, headers=NO_STORE | _saved_as(place.code, ending, "register"))


for _ending in MEDIA:
    _serve_files(_ending)


def _written(sheet: Sheet, name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_sheet(sheet, path)
        return path.read_bytes()


def _saved_as(code: str, ending: str, what: str = "lines") -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{what}-{code[:6]}.{ending}"'}


def _layer(day: date) -> str:
    """Lines of a day that is past are old boundaries, which need a number of their own."""
    return "lines" if day >= today_in_china() else "old-lines"


def _words(layer: str) -> str | None:
    found = approval_of(layer)
    return found.words if found else None


def _mine(connection: Reader, caller: Caller, place: str, day: date) -> str:
    """The code, if the caller's token covers this division. Raises NotAllowed, NotFound."""
    code = unit(connection, place, day).code
    if caller.division_code is not None:
        above = {one.code for one in ancestors(connection, code, day)}
        if caller.division_code not in above:
            raise NotAllowed(
                both(
                    f"令牌仅限 {caller.division_code} 之内。", "the token covers that division only"
                )
            )
    return code
