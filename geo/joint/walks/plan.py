"""What is a walk along a stretch of boundary: its route, stops, distance and time?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np
import shapely

from geo.access.walking.pace import speed_of
from geo.errors import BadInput, both
from geo.joint.walks.found import WalkStop, junctions_along, markers_along, old_names
from geo.joint.walks.roads import way_on_roads
from geo.queries.admin import Reader
from geo.survey.bearings import EARTH
from geo.survey.course.track import Track, tracks_of
from geo.survey.register import LineOnRecord, line_on_record

Way = Literal["line", "roads"]
CAUTION = (
    "路线为示意，不作为划界依据；沿界线不等于可以通行，请走公共道路，勿入危险、私有和军事区域；"
    "长度和时间为量算值"
)
LONGEST_M = 100_000.0


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk. from_m, to_m: chainages on stretch `part` of the line; geom: route in degrees.

    length_m: geodesic metres of the route (量算值); aside_m: to and from ways, in straight lines,
    0 along the line; minutes at `pace`, without stops. stops in the order of the line.
    """

    line: LineOnRecord
    part: int
    from_m: float
    to_m: float
    way: Way
    network: str | None
    geom: Any
    length_m: float
    aside_m: float
    pace: str
    minutes: float
    near_m: float
    on: date
    stops: tuple[WalkStop, ...]
    caution: str = CAUTION

    @property
    def has_synthetic(self) -> bool:
        """Whether the line or a stop is made up."""
        return self.line.is_synthetic or any(one.is_synthetic for one in self.stops)

    @property
    def public_stops(self) -> tuple[WalkStop, ...]:
        """Stops that may be told with their places: never a marker."""
        return tuple(one for one in self.stops if one.is_public and one.kind != "marker")

    @property
    def marker_numbers(self) -> tuple[str, ...]:
        """Numbers of the markers on the stretch, by number and not by place."""
        return tuple(sorted(one.code or "" for one in self.stops if one.kind == "marker"))


def plan_walk(
    session: Reader,
    code: str,
    *,
    on: date,
    part: int | None = None,
    from_m: float = 0.0,
    to_m: float | None = None,
    near_m: float = 500.0,
    way: Way = "line",
    network: str | None = None,
    pace: str = "planning",
) -> Walk:
    """A walk along a line on record, for staff: it reads markers' places and disputed lines.

    from_m, to_m: chainages on a stretch of the line (default: the whole of its longest one).
    way: along the line itself, or on the ways of a loaded network from stop to stop; markers are
    no points of a way on roads, so that a route never leads to one. Raises NotFound for an unknown
    line, BadInput for chainages outside the stretch or a walk over 100 km.
    """
    line = line_on_record(session, code, on=on, internal=True)
    part, track = _track(line, part)
    start, end = _bounds(track, from_m, to_m)
    if not 0 < near_m <= 5000:
        raise _bad("near_m", "须大于 0、不超过 5000 米。", "lies above 0 and up to 5000 m")
    stops = [
        *old_names(session, track, start, end, on=on, near_m=near_m),
        *markers_along(session, line, track, start, end, on=on),
        *junctions_along(session, line, track, start, end, on=on),
    ]
    whole = _with_ends(track, start, end, stops)
    geom, length, aside, used = _route(session, track, start, end, whole, way, network)
    minutes = (length + aside) / speed_of(pace) / 60
    return Walk(
        line, part, start, end, way, used, geom, length, aside, pace, minutes, near_m, on, whole
    )


def _track(line: LineOnRecord, part: int | None) -> tuple[int, Track]:
    tracks = tracks_of(line.geom)
    if part is None:
        part = int(np.argmax([track.length_m for track in tracks])) + 1
    if not 1 <= part <= len(tracks):
        raise _bad("part", f"本线有 {len(tracks)} 段。", f"the line has {len(tracks)} stretches")
    return part, tracks[part - 1]


def _bounds(track: Track, from_m: float, to_m: float | None) -> tuple[float, float]:
    end = track.length_m if to_m is None else to_m
    if not 0 <= from_m < end <= track.length_m + 1.0:
        words = f"0 ≤ from < to ≤ {track.length_m:.0f}"
        raise _bad("from_m", f"里程须为 {words} 米。", f"chainages: {words} m")
    if end - from_m > LONGEST_M:
        raise _bad("to_m", "一次行走不超过 100 千米。", "a walk is 100 km at most")
    return from_m, min(end, track.length_m)


def _with_ends(
    track: Track, start: float, end: float, stops: list[WalkStop]
) -> tuple[WalkStop, ...]:
    (lon, lat), (to_lon, to_lat) = (map(float, one) for one in track.points_at([start, end]))
    first = WalkStop("start", "起点", 0.0, 0.0, lon, lat)
    last = WalkStop("end", "终点", end - start, 0.0, to_lon, to_lat)
    between = sorted(stops, key=lambda one: (one.at_m, one.offset_m, one.name))
    return (first, *(replace(one, at_m=max(one.at_m, 0.0)) for one in between), last)


def _route(
    session: Reader, track: Track, start: float, end: float, stops: tuple[WalkStop, ...], way: Way,
    network: str | None,
) -> tuple[Any, float, float, str | None]:  # fmt: skip
    if way == "line":
        return shapely.MultiLineString([track.stretch(start, end)]), end - start, 0.0, None
    places = np.array([
        (one.lon, one.lat) for one in stops if one.is_public and one.kind != "marker"
    ])  # fmt: skip
    found = way_on_roads(session, places, network=network)
    return found.geom, found.length_m, found.aside_m, found.network


def length_of(geom: Any) -> float:
    """Geodesic metres of a line in degrees (量算值)."""
    return float(EARTH.geometry_length(geom))


def _bad(parameter: str, zh: str, en: str) -> BadInput:
    return BadInput(both(f"{parameter}：{zh}", f"{parameter}: {en}"), parameter=parameter)
