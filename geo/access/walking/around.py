"""What lies within 5, 10 and 15 minutes on foot of one facility, drawn as areas?

Only the ways around the facility are read, so an answer takes as long as its areas are large. The
areas are drawings; who is served is told by `geo.access.coverage.coverage(…, measure="walk")`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text

from geo.access.isochrones import isochrones
from geo.access.radius.drawing import reach_circles
from geo.access.radius.question import FALLBACKS
from geo.access.radius.seen import as_seen
from geo.access.walking.pace import metres_in, speed_of
from geo.access.walking.ways import Ways, sources_of, ways_within, wider
from geo.errors import BadInput, NotFound, both
from geo.queries.admin import Reader
from geo.settings import WalkSettings, read

MINUTES = (5.0, 10.0, 15.0)
MOST_AREAS = 6
LONGEST_MIN = 60.0
DIGITS = 6

_FACILITY = text(
    """SELECT f.code, f.name, ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat, f.is_synthetic
    FROM facility f WHERE f.code = :code AND f.validity @> CAST(:on AS date)"""
)


@dataclass(frozen=True, slots=True)
class WithinMinutes:
    """One area: minutes, the metres they are worth, metres of ways reached (量算值), its shape.

    measured_by: walk, line (a circle) or None where nothing can be said; then shape is None.
    """

    minutes: float
    metres: float
    ways_m: float | None
    measured_by: str | None
    shape: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class Around:
    """The areas around a facility, smallest first, and what they rest on.

    network: None where no ways are stored there. beside_m: metres from the nearest way. is_too_far:
    beyond the snap limit, so that no way is reached. roads: (source, date, is_synthetic, rows).
    """

    code: str
    name: str
    lon: float
    lat: float
    on: date
    pace: str
    network: str | None
    beside_m: float | None
    is_too_far: bool
    areas: tuple[WithinMinutes, ...]
    roads: tuple[tuple[str | None, date | None, bool, int], ...]
    has_synthetic: bool
    computed_at: datetime

    @property
    def method(self) -> str:
        """The rule in Chinese."""
        speed = f"{speed_of(self.pace):g} 米/秒"
        return (
            f"步行等时圈：设施接到最近的道路（接路段按直线计入），沿可步行道路以 {speed} 行走"
            "可达的路段，向两侧各画约 30 米；仅为示意，是否覆盖以步行距离计算为准。"
            f"路网 {self.network or '无'}，现存版本。"
        )

    @property
    def method_en(self) -> str:
        """The rule in English."""
        return (
            "Isochrones on foot: the facility is joined to the nearest way (what lies beside it "
            f"counts as walked straight); ways reached at {speed_of(self.pace):g} m/s, drawn about "
            "30 m wide on both sides. A drawing: who is covered is told by walking distances. "
            f"Network {self.network or 'none'}, as stored today."
        )


def around_facility(
    session: Reader,
    code: str,
    *,
    minutes: Sequence[float] = MINUTES,
    pace: str = "elder",
    on: date,
    network: str | None = None,
    fallback: str = "none",
    published_only: bool = False,
) -> Around:
    """The areas within so many minutes on foot of the facility with a code, in force on a day.

    minutes: up to six numbers up to 60. pace: elder (ATLAS_WALK_SPEED_MS) or planning (60 m a
    minute). fallback="line" draws circles where no ways are. Raises BadInput, NotFound for an
    unknown facility or network, Ambiguous where several networks lie there and none is named.
    """
    asked = _checked(minutes)
    if fallback not in FALLBACKS:
        raise BadInput(f"fallback is none or line, not {fallback[:40]!r}", parameter="fallback")
    metres = [metres_in(each, pace) for each in asked]
    with as_seen(session, published_only=published_only):
        found = session.execute(_FACILITY, {"code": code, "on": on}).one_or_none()
    if found is None:
        raise NotFound(
            both(f"{on} 没有编码为 {code} 的设施。", f"there is no facility {code!r} on {on}")
        )
    limit_m = read(WalkSettings).snap_limit_m
    box = wider((found.lon, found.lat, found.lon, found.lat), metres[-1] + limit_m)
    edges = ways_within(session, box, network=network)
    beside_m, is_too_far, areas = None, False, None
    roads = [] if edges is None else sources_of(session, edges.network, box)
    if edges is not None:
        ways = Ways.of(edges)
        beside_m, is_too_far, areas = _on_foot(ways, found, asked, pace, limit_m)
    if areas is None:
        areas = _straight(found, asked, metres, fallback if edges is None else "none")
    return Around(
        found.code, found.name, found.lon, found.lat, on, pace,
        None if edges is None else edges.network, beside_m, is_too_far, areas,
        tuple((row.source, row.source_date, row.is_synthetic, row.rows) for row in roads),
        found.is_synthetic or any(row.is_synthetic for row in roads),
        datetime.now(UTC),
    )  # fmt: skip


def around_geojson(found: Around) -> bytes:
    """The areas as a FeatureCollection, the largest first so that the smaller lie above it."""
    features = [
        {
            "type": "Feature",
            "geometry": None
            if area.shape is None
            else orjson.Fragment(shapely.to_geojson(area.shape)),
            "properties": {
                "minutes": area.minutes,
                "metres": round(area.metres),
                "ways_m": None if area.ways_m is None else round(area.ways_m),
                "measured_by": area.measured_by,
            },
        }
        for area in reversed(found.areas)
    ]
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "numberReturned": len(features),
            "facility": {
                "code": found.code,
                "name": found.name,
                "lon": round(found.lon, DIGITS),
                "lat": round(found.lat, DIGITS),
            },
            "on": found.on.isoformat(),
            "pace": found.pace,
            "speed_m_s": speed_of(found.pace),
            "network": found.network or "none",
            "beside_m": None if found.beside_m is None else round(found.beside_m),
            "is_too_far": found.is_too_far,
            "method": found.method,
            "method_en": found.method_en,
            "sources": [
                {"what": "roads", "source": s, "source_date": d, "is_synthetic": made, "rows": n}
                for s, d, made, n in found.roads
            ],
            "has_synthetic": found.has_synthetic,
            "computed_at": found.computed_at,
            "features": features,
        }
    )


def _checked(minutes: Sequence[float]) -> list[float]:
    asked = sorted({float(each) for each in minutes})
    if not 1 <= len(asked) <= MOST_AREAS or not all(0 < each <= LONGEST_MIN for each in asked):
        raise BadInput(
            both(
                f"minutes 为 1–{MOST_AREAS} 个大于 0、不超过 {LONGEST_MIN:g} 的数。",
                f"minutes are 1 to {MOST_AREAS} numbers above 0, up to {LONGEST_MIN:g}",
            ),
            parameter="minutes",
        )
    return asked


def _on_foot(
    ways: Ways, at: Any, minutes: list[float], pace: str, limit_m: float
) -> tuple[float, bool, tuple[WithinMinutes, ...] | None]:
    """Metres beside the ways, whether that is too far, and the areas where it is not."""
    lon, lat = np.array([at.lon]), np.array([at.lat])
    place = ways.places(lon, lat, limit_m)
    beside_m = float(place.beside_m[0])
    if place.is_far[0]:
        return beside_m, True, None
    drawn = isochrones(
        ways.graph,
        ways.grid,
        int(place.edge[0]),
        float(place.fraction[0]),
        minutes=minutes,
        speed_m_s=speed_of(pace),
        used_m=beside_m,
    )
    areas = tuple(
        WithinMinutes(
            each.minutes, each.limit, each.ways_m, "walk", _neat(ways.plane.round(each.area))
        )
        for each in drawn
    )
    return beside_m, False, areas


def _straight(
    at: Any, minutes: list[float], metres: list[float], fallback: str
) -> tuple[WithinMinutes, ...]:
    """Circles where the straight line was asked for; else no shape at all."""
    lon, lat = np.array([at.lon]), np.array([at.lat])
    return tuple(
        WithinMinutes(time, limit, None, "line", _neat(reach_circles(lon, lat, limit)[0]))
        if fallback == "line"
        else WithinMinutes(time, limit, None, None, None)
        for time, limit in zip(minutes, metres, strict=True)
    )


def _neat(shape: BaseGeometry) -> BaseGeometry:
    """Coordinates of about 0.1 m."""
    made: BaseGeometry = shapely.set_precision(shape, 10.0**-DIGITS)
    return made
