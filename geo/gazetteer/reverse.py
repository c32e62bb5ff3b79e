"""What is this spot called on a date: which divisions hold it, which names lie near, which way?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection, Row, text
from sqlalchemy.orm import Session

from geo.errors import BadInput, both
from geo.gazetteer.history import MOST_NEAR
from geo.gazetteer.places import PlaceFacts, facts_of
from geo.gazetteer.years import NameInYear, names_in_year
from geo.queries.admin import Unit, unit_at
from geo.queries.filters import check_point, check_radius

DEFAULT_RADIUS_M = 2_000.0
MOST_LOOKED_AT = 2_000
"""So many of the nearest positions are judged by their years at most."""
DIRECTIONS_ZH = (
    "北", "北偏东北", "东北", "东偏东北", "东", "东偏东南", "东南", "南偏东南",
    "南", "南偏西南", "西南", "西偏西南", "西", "西偏西北", "西北", "北偏西北",
)  # fmt: skip
"""The sixteen directions from true north, clockwise, in the words of boundary descriptions."""
DIRECTIONS_EN = (
    "north", "north-northeast", "northeast", "east-northeast", "east", "east-southeast",
    "southeast", "south-southeast", "south", "south-southwest", "southwest", "west-southwest",
    "west", "west-northwest", "northwest", "north-northwest",
)  # fmt: skip

Standing = Literal["in_force", "possible", "not_in_force"]


@dataclass(frozen=True)
class SpotName(PlaceFacts):
    """A place near the spot: how far (metres, geodesic on GRS80) and in which direction it lies.

    `direction_zh`, `direction_en` are one of sixteen from true north as seen from the spot, None
    where the spot lies in or on the place. `standing`: whether a name of it was in force for
    certain, possibly (a date is unknown) or not; `in_year` is that name.
    """

    distance_m: float
    bearing_deg: float | None
    direction_zh: str | None
    direction_en: str | None
    standing: Standing
    in_year: NameInYear | None


@dataclass(frozen=True)
class Spot:
    """The divisions that hold a spot on a day, the largest first, and the names near it.

    `divisions_note` says what is not known of the divisions: none drawn there, or outlines of
    another day. `radius_m` is how far names were looked for.
    """

    on: date
    radius_m: float
    divisions: tuple[Unit, ...]
    divisions_note: str | None
    names: tuple[SpotName, ...]


_NEAR = text(
    """
    SELECT s.place_id, ST_Distance(s.geom::geography, spot.there) AS distance_m,
           degrees(ST_Azimuth(spot.there, ST_ClosestPoint(s.geom, spot.flat)::geography))
               AS bearing_deg
    FROM (SELECT CAST(ST_SetSRID(ST_Point(:lon, :lat), 4490) AS geography) AS there,
                 ST_SetSRID(ST_Point(:lon, :lat), 4490) AS flat) spot,
         place_position s
    WHERE s.quality IN ('surveyed', 'point', 'approximate') AND s.geom IS NOT NULL
      AND ST_DWithin(s.geom::geography,
                     CAST(ST_SetSRID(ST_Point(:lon, :lat), 4490) AS geography), :radius_m)
      AND (s.start_year IS NULL OR s.start_year <= :year)
      AND (s.end_year IS NULL OR s.end_year >= :year)
    ORDER BY 2, s.place_id
    LIMIT :most
    """
)


def spot(
    session: Session | Connection,
    lon: float,
    lat: float,
    *,
    on: date,
    radius_m: float = DEFAULT_RADIUS_M,
    limit: int = 10,
) -> Spot:
    """Answer what a spot (degrees of CGCS2000) is called on a day.

    Divisions hold the spot by their outlines, which may be of another day than `on`: that is said.
    Names within `radius_m` metres, those in force in the year of `on` first, each group by
    distance; places known only by their division are near nothing. Raises BadInput for a bad
    point, radius or limit.
    """
    check_point(lon, lat)
    check_radius(radius_m)
    if not 1 <= limit <= MOST_NEAR:
        raise BadInput(
            both(
                f"条数须在 1 至 {MOST_NEAR} 之间，现为 {limit}。",
                f"limit {limit} is not between 1 and {MOST_NEAR}",
            ),
            parameter="limit",
        )
    divisions = tuple(unit_at(session, lon, lat, on))
    asked = {"lon": lon, "lat": lat, "year": on.year, "radius_m": radius_m}
    rows = session.execute(_NEAR, {**asked, "most": MOST_LOOKED_AT}).all()
    nearest: dict[int, Row[Any]] = {}
    for row in rows:
        nearest.setdefault(row.place_id, row)
    called = names_in_year(session, list(nearest), on.year)
    chosen = sorted(nearest, key=lambda place: (place not in called, nearest[place].distance_m))
    names = _told(session, chosen[:limit], nearest, called, on)
    return Spot(on, radius_m, divisions, _note(divisions, on), names)


def _told(
    session: Session | Connection,
    places: Sequence[int],
    nearest: Mapping[int, Row[Any]],
    called: Mapping[int, list[NameInYear]],
    on: date,
) -> tuple[SpotName, ...]:
    facts = facts_of(session, places, on)
    made = []
    for place in places:
        if place not in facts:
            continue
        row = nearest[place]
        bearing = None if row.distance_m == 0 or row.bearing_deg is None else row.bearing_deg % 360
        name = called[place][0] if called.get(place) else None
        made.append(
            SpotName(
                **vars(facts[place]),
                distance_m=row.distance_m,
                bearing_deg=bearing,
                direction_zh=None if bearing is None else DIRECTIONS_ZH[_sector(bearing)],
                direction_en=None if bearing is None else DIRECTIONS_EN[_sector(bearing)],
                standing=_standing(name),
                in_year=name,
            )
        )
    return tuple(made)


def _standing(name: NameInYear | None) -> Standing:
    if name is None:
        return "not_in_force"
    return "in_force" if name.verdict == "certain" else "possible"


def _sector(bearing_deg: float) -> int:
    """Which of the sixteen directions: a boundary belongs to the clockwise one."""
    return math.floor(bearing_deg / 22.5 + 0.5) % 16


def _note(divisions: Sequence[Unit], on: date) -> str | None:
    if not divisions:
        return (
            f"{on} 没有区划的图形包含此点，所在区划未知 · "
            f"no outline held on {on} contains the point: its division is unknown"
        )
    later = [unit.name for unit in divisions if unit.outline_is_later]
    if not later:
        return None
    return (
        f"{'、'.join(later)}的图形为 {on} 之后的资料，当日归属未必如此 · outlines of a later day: "
        "whether the point belonged there on the day asked about is not known"
    )
