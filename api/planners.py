"""What do all addresses for planners share: who may ask about which place, and how it is sent?

A token that is limited to a division opens what lies in it, and nothing of such an answer is kept
between here and the caller.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Request
from shapely.geometry.base import BaseGeometry
from starlette.exceptions import HTTPException

from api.schemas.areas import AreasSent, lie_within, polygons_of
from api.schemas.geojson import GeoJson, Json
from api.schemas.problem import problems
from api.security import Caller, requires
from geo.errors import NotAllowed, both
from geo.queries.admin import Reader, ancestors
from geo.queries.features import units_geojson
from geo.settings import CitySettings, read

Planner = Annotated[Caller, Depends(requires("planner"))]
FOR_PLANNERS = problems(401, 403)
BODY = problems(401, 403, 413, 415)


async def sends_json(request: Request) -> None:
    """Raise 415 for a body that is not sent as JSON."""
    if _media(request) not in ("", "application/json"):
        raise HTTPException(415, "请以 application/json 发送 / send application/json")


async def sends_geojson(request: Request) -> None:
    """Raise 415 for a body that is not sent as JSON of some kind."""
    kind = _media(request)
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise HTTPException(415, "请以 application/geo+json 发送 / send application/geo+json")


def _media(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def reaches(connection: Reader, caller: Caller, place: str, day: date) -> bool:
    """Does the caller's token cover this division on the day?"""
    if caller.division_code is None:
        return True
    return caller.division_code in {unit.code for unit in ancestors(connection, place, day)}


def lies_within(connection: Reader, caller: Caller, place: str, day: date) -> None:
    """Raise NotAllowed where a limited token asks about what lies outside its division."""
    if not reaches(connection, caller, place, day):
        raise limited(caller)


def drawn(
    connection: Reader, caller: Caller, sent: AreasSent, day: date
) -> list[tuple[str, str, BaseGeometry]]:
    """The polygons that were sent, all of them inside what the token covers."""
    polygons = polygons_of(sent)
    if caller.division_code is not None:
        outline = units_geojson(connection, code=caller.division_code, on=day)
        if not lie_within(polygons, outline):
            raise limited(caller)
    return polygons


def limited(caller: Caller) -> NotAllowed:
    """What is raised where the token covers another division."""
    return NotAllowed(
        both(f"令牌仅限 {caller.division_code} 之内。", "the token covers that division only")
    )


def threshold() -> int:
    """Counts of people below this are withheld, others rounded to it."""
    return read(CitySettings).small_count_threshold


def private(content: Any, *, sent_as: type[GeoJson] = Json) -> GeoJson:
    """An answer that no cache between here and the caller may keep."""
    return sent_as(content, headers={"Cache-Control": "no-store"})
