"""What does a saved page hold? The API's own answers, asked of the same queries, for one city.

Everything but counts over demand cells is read as the public reads it: only published rows leave
in a file. Counts come from the owner's side, rest on published rows only, and go through the same
disclosure rule as in the API.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from geo.access.coverage import coverage
from geo.access.features import coverage_geojson, gaps_geojson
from geo.access.gaps import gaps
from geo.access.publishing import publishable_coverage, publishable_gaps
from geo.access.standards import missing
from geo.errors import NotFound
from geo.gazetteer.card import card
from geo.gazetteer.heritage import listings_geojson
from geo.gazetteer.heritage.places import Wanted, listed_places
from geo.gazetteer.history import names_near
from geo.models.facility import STATES
from geo.queries import features
from geo.queries.admin import Reader
from geo.queries.filters import FacilityFilter
from geo.queries.neighbours import MEASURED, neighbours
from geo.queries.succession import history
from maps.heritage import saved_data

FIRST_YEAR = 1980
MOST_PLACES = 100

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose data, of which day, and for coverage of which kind and radius."""

    city: str
    on: date
    kind: str = "canteen"
    radius_m: float = 500
    threshold: int = 10


@dataclass(frozen=True, slots=True)
class Place:
    """The city of a page: its name and bounds (west, south, east, north), None without outline."""

    name: str
    bounds: tuple[float, float, float, float] | None


def city_of_page(public: Reader, asked: Asked) -> Place:
    """Answer the name and the bounds of the city. Raises NotFound where it is not loaded."""
    found = _read(features.units_geojson(public, on=asked.on, code=asked.city))["features"][0]
    return Place(found["properties"]["name"], bounds_of(found["geometry"]))


def bounds_of(geometry: Answer | None) -> tuple[float, float, float, float] | None:
    """Answer west, south, east, north of a GeoJSON geometry."""
    points = list(_points(geometry["coordinates"])) if geometry else []
    if not points:
        return None
    lons, lats = zip(*points, strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def elder_care_data(public: Reader, owner: Reader, asked: Asked) -> Answer:
    """Answer the facilities of every kind and state but closed, divisions and places."""
    wanted = FacilityFilter(states=tuple(s for s in STATES if s != "closed"), within=asked.city)
    return {
        "units": _today(public, asked),
        "facilities": _read(features.facilities_geojson(public, wanted, on=asked.on, limit=50_000)),
        "places": _places(public, asked),
    }


def coverage_data(public: Reader, owner: Reader, asked: Asked) -> Answer:
    """Answer coverage, gaps and what is missing for one kind and radius, by district and zone."""
    zones = _read(features.zones_geojson(public, on=asked.on, within=asked.city))
    levels = ["district", *(["zone"] if zones["features"] else [])]
    judged = "zone" if zones["features"] else "township"
    lacks = missing(public, city=asked.city, areas=judged, on=asked.on)
    kinds = FacilityFilter(kinds=(asked.kind,), within=asked.city)
    return {
        "units": _today(public, asked),
        "places": _places(public, asked),
        "zones": {**zones, "features": [{**zone, "geometry": None} for zone in zones["features"]]},
        "coverage": [_covered(owner, asked, areas) for areas in levels],
        "gaps": [_uncovered(owner, asked, areas) for areas in levels],
        "missing": asdict(lacks),
        "facilities": _read(features.facilities_geojson(public, kinds, on=asked.on, limit=50_000)),
    }


def boundaries_data(public: Reader, owner: Reader, asked: Asked) -> Answer:
    """Answer every version of the city's divisions since 1980, neighbours and histories."""
    versions: dict[tuple[str, str | None], Answer] = {}
    for day in (*_year_ends(asked.on), asked.on):
        for found in _in_force(public, asked.city, day):
            properties = found["properties"]
            versions[properties["code"], properties["valid_from"]] = found
    codes = sorted({code for code, _ in versions})
    return {
        "units": {"type": "FeatureCollection", "features": list(versions.values())},
        "neighbours": {
            code: _neighbours(public, code, asked.on)
            for code in codes
            if any(found["geometry"] for key, found in versions.items() if key[0] == code)
        },
        "history": {code: asdict(history(public, code)) for code in codes},
    }


def names_data(public: Reader, owner: Reader, asked: Asked) -> Answer:
    """Answer the lists of names, the places nearest to the city's centre and a card for each."""
    listed = _read(listings_geojson(public, within=asked.city, on=asked.on))
    places = _places(public, asked)
    codes = [found["properties"]["code"] for found in (*listed["features"], *places["features"])]
    cards = {
        code: {"place": asdict(card(public, code, on=asked.on))} for code in dict.fromkeys(codes)
    }
    for found in places["features"]:
        found["properties"]["names"] = cards[found["properties"]["code"]]["place"]["names"]
    return {"units": _today(public, asked), "heritage": listed, "places": places, "cards": cards}


def heritage_data(public: Reader, owner: Reader, asked: Asked) -> Answer:
    """Answer the places on lists with stories, and the districts of the city."""
    listed = listed_places(public, Wanted(within=asked.city), on=asked.on)
    units = _read(features.units_geojson(public, on=asked.on, parent=asked.city))
    return saved_data(listed, units)


def _covered(owner: Reader, asked: Asked, areas: str) -> Answer:
    found = coverage(
        owner, city=asked.city, areas=areas, kind=asked.kind, radius_m=asked.radius_m, on=asked.on,
        published_only=True,
    )  # fmt: skip
    return _read(coverage_geojson(owner, publishable_coverage(found, asked.threshold)))


def _uncovered(owner: Reader, asked: Asked, areas: str) -> Answer:
    found = gaps(
        owner, city=asked.city, areas=areas, kind=asked.kind, radius_m=asked.radius_m, on=asked.on,
        published_only=True,
    )  # fmt: skip
    return _read(gaps_geojson(publishable_gaps(found, asked.threshold, limit=100)))


def _today(public: Reader, asked: Asked) -> Answer:
    """The divisions of county level that are loaded, and the city itself."""
    counties = _read(features.units_geojson(public, on=asked.on, level=3))
    city = _read(features.units_geojson(public, on=asked.on, code=asked.city))
    return {**counties, "features": [*city["features"], *counties["features"]]}


def _in_force(public: Reader, city: str, day: date) -> Iterable[Answer]:
    """The city, what lies under it and the counties around it on a day; none where it was not."""
    try:
        within = _read(features.units_geojson(public, on=day, within=city))
        own = _read(features.units_geojson(public, on=day, code=city))
    except NotFound:
        return []
    around = _read(features.units_geojson(public, on=day, level=3))
    return [*own["features"], *within["features"], *around["features"]]


def _year_ends(until: date) -> list[date]:
    return [date(year, 12, 31) for year in range(FIRST_YEAR, until.year)]


def _neighbours(public: Reader, code: str, on: date) -> Answer:
    try:
        found = neighbours(public, code, on)
    except NotFound:  # a division of the past
        found = []
    return {"code": code, "on": on, "label": MEASURED, "neighbours": [asdict(n) for n in found]}


def _places(public: Reader, asked: Asked) -> Answer:
    """The named places nearest to the middle of the city, as features."""
    bounds = city_of_page(public, asked).bounds
    if bounds is None:
        return {"type": "FeatureCollection", "features": []}
    lon, lat = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    found = [asdict(near) for near in names_near(public, lon, lat, on=asked.on, limit=MOST_PLACES)]
    return {"type": "FeatureCollection", "features": [_as_feature(place) for place in found]}


def _as_feature(place: Answer) -> Answer:
    point = {"type": "Point", "coordinates": [place.pop("lon"), place.pop("lat")]}
    return {"type": "Feature", "geometry": point, "properties": place}


def _points(part: Any) -> Iterable[tuple[float, float]]:
    if part and isinstance(part[0], int | float):
        yield part[0], part[1]
    else:
        for inner in part:
            yield from _points(inner)


def _read(answer: bytes) -> Answer:
    found: Answer = json.loads(answer)
    return found
