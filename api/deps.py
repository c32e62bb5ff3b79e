"""What does a route need besides its own parameters? The database, the day, the city, the check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api.reads import Doors
from api.schemas.parameters import (
    BarrierFree,
    BBox,
    CareLevel,
    City,
    FireState,
    KindsWanted,
    MaxPrice,
    On,
    OpenAt,
    Ownership,
    States,
    TextWanted,
    WithFreeBeds,
    WithinArea,
    WithMedical,
)
from geo.errors import BadInput
from geo.queries.filters import FacilityFilter
from geo.settings import CitySettings, read
from geo.validity import today_in_china


async def _doors(request: Request) -> Doors:
    doors: Doors = request.app.state.doors
    return doors


DoorsHere = Annotated[Doors, Depends(_doors)]


async def _day(on: On = None) -> date:
    """The day asked about; without one, today in China."""
    return on or today_in_china()


Day = Annotated[date, Depends(_day)]


@dataclass
class HomeCity:
    """The city that is meant when a caller names none: found once, on first use."""

    code: str | None = None
    find: Callable[[], str] = field(default=lambda: _city_of_the_settings())

    def resolve(self) -> str:
        """Its 12-digit code. Raises BadInput when the setting names no city."""
        if self.code is None:
            self.code = self.find()
        return self.code


def _city_of_the_settings() -> str:
    """ATLAS_CITY as a code; a name is looked up as `atlas up --city` does."""
    wanted = read(CitySettings).city.strip()
    if wanted.isascii() and wanted.isdigit():
        return wanted.ljust(12, "0")
    from geo.loaders.city import resolve_city  # brings the national package: only when needed

    return resolve_city(wanted).code.ljust(12, "0")


def _city(request: Request, city: City = None) -> str:
    return city or request.app.state.home_city.resolve()


CityAsked = Annotated[str, Depends(_city)]


async def _facility_filter(
    kind: KindsWanted = None,
    state: States = None,
    within: WithinArea = None,
    bbox: BBox = None,
    care_level: CareLevel = None,
    max_price: MaxPrice = None,
    with_free_beds: WithFreeBeds = False,
    with_medical: WithMedical = False,
    barrier_free: BarrierFree = False,
    fire_state: FireState = None,
    ownership: Ownership = None,
    open_at: OpenAt = None,
    q: TextWanted = None,
) -> FacilityFilter:
    """Which facilities are meant; conditions are joined by AND."""
    # The types of these parameters say what is written in the address; their readers made tuples.
    return FacilityFilter(
        kinds=cast("tuple[str, ...] | None", kind),
        states=cast("tuple[str, ...] | None", state) or ("open",),
        within=within,
        bbox=cast("tuple[float, float, float, float] | None", bbox),
        care_level=care_level,
        max_price=max_price,
        with_free_beds=with_free_beds,
        with_medical=with_medical,
        barrier_free=barrier_free,
        fire_state=fire_state,
        ownership=ownership,
        open_at=open_at,
        text=q,
    )


WantedFacilities = Annotated[FacilityFilter, Depends(_facility_filter)]


async def checked(request: Request) -> None:
    """The one check that every route shares: known parameters, each once, and a format we have.

    Raises BadInput for a parameter that the route does not name or that comes twice, and 406 when
    the Accept header shuts out what the route sends.
    """
    route = request.scope["route"]
    known = _parameters_of(route)
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in known:
            listed = ", ".join(sorted(known)) or "无 / none"
            raise BadInput(
                f"未知参数 {name[:50]!r}；可用参数：/ unknown parameter; known: {listed}",
                parameter=name[:50],
            )
        if name in seen:
            raise BadInput(f"参数 {name} 出现了两次 / it is given twice", parameter=name)
        seen.add(name)
    _accepts(request.headers.get("accept"), route.response_class)


_PARAMETERS: dict[Any, frozenset[str]] = {}


def _parameters_of(route: APIRoute) -> frozenset[str]:
    """The query parameters that a route and its dependencies name; worked out once per route."""
    if route.endpoint not in _PARAMETERS:
        _PARAMETERS[route.endpoint] = frozenset(_names(route.dependant))
    return _PARAMETERS[route.endpoint]


def _names(dependant: Dependant) -> Iterator[str]:
    """Every query parameter of a dependant and of what it depends on."""
    for parameter in dependant.query_params:
        yield parameter.alias
    for inner in dependant.dependencies:
        yield from _names(inner)


def _accepts(accept: str | None, response_class: Any) -> None:
    """Raise 406 unless the Accept header (RFC 9110, 12.5.1) lets in what the route sends."""
    if not accept:
        return
    own = response_class.media_type.split(";")[0]
    sent = getattr(response_class, "media_types", (own,))
    fits = {"*/*", "application/*", "application/json", *sent}
    for offer in accept.lower().split(","):
        media, *parameters = (part.strip() for part in offer.split(";"))
        refused = any(
            parameter in ("q=0", "q=0.0", "q=0.00", "q=0.000") for parameter in parameters
        )
        if media in fits and not refused:
            return
    raise HTTPException(406, f"此地址只提供 / this address offers only: {', '.join(sent)}")
