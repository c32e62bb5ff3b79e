"""What lies under the elder-care list: districts to choose from, outlines for its sketch?

Outlines are read once per city and day and kept plain: a sketch needs no metre.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
import shapely

from api.reads import Doors
from geo.queries import features
from geo.queries.admin import Reader, units
from maps.elder_care.choices import District
from maps.elder_care.shown import Ground, Picked
from maps.elder_care.sketch import Area

KEPT_S = 600
_PLAIN = 0.0004
"""Degrees to which outlines are simplified: some 40 m."""


@dataclass(frozen=True, slots=True)
class Outlines:
    """The districts of a city and around it, and where their outlines come from."""

    areas: tuple[Area, ...]
    zh: str
    en: str


def ground_of(
    doors: Doors, reader: Reader, city: str, *, lang: str, within: str | None, on: date,
    picked: tuple[str, ...] = (), drawn: bool = True,
) -> Ground:  # fmt: skip
    """What the pages need to know of a city besides the answer."""
    slot = int(time.monotonic() // KEPT_S)
    outlines = _outlines(doors, city, on, slot) if drawn else Outlines((), "", "")
    credit = outlines.en if lang == "en" else outlines.zh
    names = {code: name for code in picked if (name := _name_of(reader, code, on))}
    return Ground(
        districts=tuple(_districts(reader, city, within, on)), areas=outlines.areas, credit=credit,
        picked=tuple(Picked(code, name) for code, name in names.items()),
    )  # fmt: skip


def _districts(reader: Reader, city: str, within: str | None, on: date) -> list[District]:
    """The districts of the city; under the chosen one, or that of a chosen street, its streets."""
    made = []
    for one in units(reader, parent=city, on=on):
        made.append(District(one.code, one.name))
        if within and within[:6] == one.code[:6]:
            under = units(reader, parent=one.code, on=on)
            made += [District(street.code, street.name, True) for street in under]
    return made


@lru_cache(maxsize=16)
def _outlines(doors: Doors, city: str, on: date, slot: int) -> Outlines:
    """The outlines of county level that touch the city's extent; `slot` lets them age."""
    with doors.public() as reader:
        found = orjson.loads(features.units_geojson(reader, on=on, level=3))["features"]
    drawn = [one for one in found if one["geometry"]]
    shapes = shapely.from_geojson([orjson.dumps(one["geometry"]) for one in drawn])
    own = [one["properties"]["parent_code"] == city for one in drawn]
    box = shapely.total_bounds([s for s, mine in zip(shapes, own, strict=True) if mine] or [None])
    near = shapely.box(*box).buffer(0.1) if not any(v != v for v in box) else None
    areas = tuple(
        Area(one["properties"]["name"], shapely.simplify(shape, _PLAIN), not mine)
        for one, shape, mine in zip(drawn, shapes, own, strict=True)
        if near is not None and shapely.intersects(shape, near)
    )
    return Outlines(areas, *_credit([one["properties"] for one in drawn]))


def _credit(drawn: list[dict[str, Any]]) -> tuple[str, str]:
    names = dict.fromkeys(one["source"] for one in drawn if one["source"])
    if not names:
        return "", ""
    newest = max((one["source_date"] for one in drawn if one["source_date"]), default="")
    return (
        f"区划图形：{'、'.join(names)} {newest}".rstrip(),
        f"Outlines: {', '.join(names)} {newest}".rstrip(),
    )


def _name_of(reader: Reader, code: str, on: date) -> str | None:
    from geo.errors import NotFound

    try:
        found = orjson.loads(features.facility_geojson(reader, code, on=on))
    except NotFound:
        return None
    name: str = found["features"][0]["properties"]["name"]
    return name
