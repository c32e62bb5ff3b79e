"""How many minutes is it between two places: by a lengthened straight line, or along the roads?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from geo.access.radius.distance import CGCS2000, Floats
from geo.access.walking.travel import TRAVEL_ZH, travel_minutes
from geo.errors import BadInput, both
from geo.queries.admin import Reader

SPEED_KMH = 30.0
DETOUR = 1.4
"""Assumed, to be confirmed: driving speed in town and village, road length over straight line."""

TRAVELS = {
    "line": (
        f"直线距离 × {DETOUR:g} ÷ {SPEED_KMH:g} 千米/时（假定，待核实）",
        f"straight line × {DETOUR:g} at {SPEED_KMH:g} km/h (assumed)",
    ),
    "drive": (f"沿路网行车，按{TRAVEL_ZH}", "driving along the stored roads, by the class of road"),
    "walk": ("沿路网步行", "on foot along the stored roads"),
}
"""Measure → how the travel time is found, in words."""

MinutesOf = Callable[[Floats, Floats], Floats]
"""(from (n, 2), to (m, 2)) → minutes (n, m), inf where there is no way; longitude and latitude."""


def straight_minutes(speed_kmh: float = SPEED_KMH, detour: float = DETOUR) -> MinutesOf:
    """Minutes by a straight line made longer by `detour` at `speed_kmh`."""
    if not 1 <= speed_kmh <= 120 or not 1 <= detour <= 5:
        raise BadInput(
            both("车速为 1–120 千米/时，绕行系数为 1–5。", "speed is 1–120 km/h, detour 1–5"),
            parameter="speed_kmh",
        )

    def minutes(start: Floats, end: Floats) -> Floats:
        return np.asarray(metres_between(start, end) * detour / (speed_kmh * 1000 / 60))

    return minutes


def road_minutes(session: Reader, profile: str, network: str | None = None) -> MinutesOf:
    """Minutes along the stored roads: drive, by the class of the road, or walk."""

    def minutes(start: Floats, end: Floats) -> Floats:
        return travel_minutes(session, start, end, profile, network=network)

    return minutes


def places_of(rows: Sequence[Any]) -> Floats:
    """Longitude and latitude of facilities (n, 2)."""
    return np.array([(row.lon, row.lat) for row in rows], dtype=np.float64)


def metres_between(start: Floats, end: Floats) -> Floats:
    """Geodesics (n, m) on the CGCS2000 ellipsoid."""
    row, column = (part.ravel() for part in np.indices((len(start), len(end))))
    _, _, metres = CGCS2000.inv(start[row, 0], start[row, 1], end[column, 0], end[column, 1])
    return np.asarray(metres, dtype=np.float64).reshape(len(start), len(end))
