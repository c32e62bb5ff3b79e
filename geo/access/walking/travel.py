"""How many minutes is it from some places to others, driving or on foot?

For 1+N groups and rural offices: a plain estimate by the class of the road. Cars keep to one-way
streets; turns and traffic are not counted, and an answer says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import ArrayLike
from sqlalchemy import text

from geo.access.network import checks
from geo.access.network.costs import DRIVING_KM_H, driving_seconds, walking_seconds
from geo.access.radius.distance import Floats
from geo.access.walking.pace import speed_of
from geo.access.walking.walks import Walks
from geo.access.walking.ways import Places, Ways, ways_within, wider
from geo.errors import NotFound, both
from geo.queries.admin import Reader
from geo.queries.roads import RoadEdges
from geo.settings import WalkSettings, read

HALO_M = 5000.0
BESIDE_KM_H = 15.0
UNSAID = "unclassified"

TRAVEL_ZH = "道路等级的一般车速估算，遵守单行，不计转弯、红绿灯和拥堵"

_CLASSES = text(
    "SELECT e.id, e.road_class, e.speed_kmh FROM road_edge e WHERE e.id = ANY(:ids) ORDER BY e.id"
)


def travel_minutes(
    session: Reader,
    origins: ArrayLike,
    targets: ArrayLike,
    profile: str = "drive",
    *,
    network: str | None = None,
    pace: str = "elder",
    speeds_km_h: Mapping[str, float] = DRIVING_KM_H,
) -> Floats:
    """Minutes from each origin to each target, shape (origins, targets); inf = no way.

    origins, targets: longitude and latitude in degrees (EPSG:4490), shapes (n, 2) and (m, 2).
    profile: drive, by the mean speed of each class (`speeds_km_h`; a road without a class takes its
    permitted speed, or that of `unclassified`; what lies beside the road at 15 km/h), one-way
    streets in their direction; walk, at `pace`, steps and slopes counted, one-way ignored. Places
    farther from any way than 10 × the snap limit (driving) or than it (on foot) have no way. Raises
    NotFound where no network lies there, Ambiguous where
    several do, BadInput for an unknown profile, BadArray for bad places.
    """
    start, end = checks.points("origins", origins), checks.points("targets", targets)
    if not len(start) or not len(end):
        return np.empty((len(start), len(end)))
    every = np.concatenate([start, end])
    (west, south), (east, north) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
    across = 111_000 * max(east - west, north - south)
    box = wider((west, south, east, north), max(HALO_M, across / 4))
    edges = ways_within(session, box, network=network, profile=profile)
    if edges is None:
        raise NotFound(
            both(
                "此处没有路网；请用 ./atlas load roads 导入。",
                "no road network lies here; load one by ./atlas load roads",
            )
        )
    beside_m_s, limit_m = speed_of(pace), read(WalkSettings).snap_limit_m
    if profile == "drive":
        edges, seconds = _driven(session, edges, speeds_km_h)
        beside_m_s, limit_m = BESIDE_KM_H / 3.6, 10 * limit_m
    else:
        rise = edges.slopes * edges.lengths_m
        seconds = walking_seconds(
            edges.lengths_m, speed_m_s=beside_m_s, steps=edges.is_steps, rise_m=rise
        )
    if not edges.tails.size:
        return np.full((len(start), len(end)), np.inf)
    outwards = len(start) <= len(end)
    directed = profile == "drive"
    if directed and not outwards:  # one search from each target, against the traffic
        edges = _turned(edges)
    ways = Ways.of(edges, seconds, directed=directed)
    from_, to = (_timed(ways, at, limit_m, beside_m_s) for at in (start, end))
    if outwards:
        return _minutes(Walks.between(ways, to, from_))
    return _minutes(Walks.between(ways, from_, to)).T


def _turned(edges: RoadEdges) -> RoadEdges:
    """The same edges, all drawn from head to tail."""
    lines = shapely.to_wkb(shapely.reverse(shapely.from_wkb(edges.lines)))
    turned = np.empty(len(lines), dtype=object)
    turned[:] = lines
    return replace(edges, tails=edges.heads, heads=edges.tails, lines=turned)


def _minutes(walks: Walks) -> Floats:
    """Minutes of shape (sites, places): one search from each site."""
    limit = float(np.inf)
    rows = [walks.to_nearest(np.array([site]), limit) for site in range(len(walks.sites))]
    return np.stack(rows) / 60.0


def _timed(ways: Ways, at: Floats, limit_m: float, beside_m_s: float) -> Places:
    """Places on the ways with seconds beside them."""
    found = ways.places(at[:, 0], at[:, 1], limit_m)
    return Places(
        found.edge, found.fraction, found.beside_m / beside_m_s, found.is_far, found.is_apart
    )


def _driven(
    session: Reader, edges: RoadEdges, speeds_km_h: Mapping[str, float]
) -> tuple[RoadEdges, Floats]:
    """The edges that cars use, and the seconds that each takes."""
    rows = session.execute(_CLASSES, {"ids": edges.edge_ids.tolist()}).all()
    classes = [(row.road_class or UNSAID).split(";")[0].strip() for row in rows]
    seconds = driving_seconds(
        edges.lengths_m, np.array(classes, dtype=str), speeds_km_h=speeds_km_h
    )
    for at, row in enumerate(rows):
        if row.road_class is None and row.speed_kmh:
            seconds[at] = edges.lengths_m[at] / (row.speed_kmh / 3.6)
    used = np.isfinite(seconds)
    kept = {
        name: getattr(edges, name)[used]
        for name in ("tails", "heads", "lengths_m", "oneway", "is_steps", "slopes", "edge_ids",
                     "lines")
    }  # fmt: skip
    return replace(edges, **kept), seconds[used]
