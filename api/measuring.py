"""How shall it be measured: to which length, by line or on foot, for whom, along which roads?"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request

from api.deps import CityAsked, Day
from api.schemas.parameters import (
    AcrossBorder,
    Areas,
    Fallback,
    KindAsked,
    Measure,
    Minutes,
    NetworkAsked,
    Pace,
    RadiusM,
)
from geo.access.walking.pace import metres_in
from geo.errors import BadInput, both

Basis = Annotated[
    Literal["resident", "registered"],
    Query(description="人口口径 · resident 常住 or registered 户籍, never mixed"),
]


async def _how(
    request: Request,
    radius_m: RadiusM = 500,
    minutes: Minutes = None,
    pace: Pace = "elder",
    measure: Measure = "line",
    network: NetworkAsked = None,
    fallback: Fallback = "none",
    basis: Basis = "resident",
) -> dict[str, Any]:
    """The measure of a question. Raises BadInput where both metres and minutes are given."""
    if minutes is not None:
        if "radius_m" in request.query_params:
            raise BadInput(
                both("radius_m 与 minutes 只能给一个。", "give either radius_m or minutes"),
                parameter="minutes",
            )
        radius_m = metres_in(minutes, pace)
    return {
        "radius_m": radius_m, "measure": measure, "network": network, "fallback": fallback,
        "basis": basis,
    }  # fmt: skip


MeasuredHow = Annotated[dict[str, Any], Depends(_how)]


async def _over_years(
    city: CityAsked,
    kind: KindAsked,
    how: MeasuredHow,
    areas: Areas = "district",
    across_border: AcrossBorder = True,
) -> dict[str, Any]:
    """What is asked of the areas of a city; only what the public sees counts."""
    return {
        "city": city, "areas": areas, "kind": kind, **how, "across_border": across_border,
        "published_only": True,
    }  # fmt: skip


AskedOverYears = Annotated[dict[str, Any], Depends(_over_years)]


async def _of_city(asked: AskedOverYears, day: Day) -> dict[str, Any]:
    """The same on a day."""
    return {**asked, "on": day}


AskedOfCity = Annotated[dict[str, Any], Depends(_of_city)]


async def _of_polygons(
    day: Day, kind: KindAsked, how: MeasuredHow, across_border: AcrossBorder = True
) -> dict[str, Any]:
    """What is asked of areas that are sent."""
    return {
        "kind": kind, **how, "on": day, "across_border": across_border, "published_only": True,
    }  # fmt: skip


AskedOfPolygons = Annotated[dict[str, Any], Depends(_of_polygons)]
