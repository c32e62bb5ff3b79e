"""How does one get from stop to stop on foot, by the ways of a loaded network?"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geo.errors import BadInput, both
from geo.queries.admin import Reader
from geo.queries.roads import RoadEdges, edges_within
from geo.survey.bearings import EARTH

AROUND_DEG = 0.03
"""How far around the stretch ways are read: about 3 km."""
FARTHEST_M = 2000.0
"""A stop further from every junction of ways is not reached on them."""


@dataclass(frozen=True, slots=True)
class OnRoads:
    """A way on roads. geom in degrees; length_m along ways (geodesic); aside_m: from the stops to
    the nearest junctions and back, in straight lines, not in length_m.
    """

    geom: shapely.MultiLineString
    length_m: float
    aside_m: float
    network: str


def way_on_roads(
    session: Reader, stops: np.ndarray[Any, Any], *, network: str | None = None
) -> OnRoads:
    """The shortest way on foot through places (n × 2, degrees) in their order.

    From the junction nearest to each to the next one's. Raises NotFound without a network,
    Ambiguous for several, BadInput for a place far from all ways or ways that do not hang together.
    """
    west, south = stops.min(axis=0) - AROUND_DEG
    east, north = stops.max(axis=0) + AROUND_DEG
    edges = edges_within(
        session, (float(west), float(south), float(east), float(north)), network=network
    )
    if not len(edges.edge_ids):
        raise _unreachable("附近没有可步行的道路。", "there are no ways on foot nearby")
    nodes, aside = _nearest(edges, stops)
    graph, edge_of = _graph(edges)
    lines = shapely.from_wkb(edges.lines)
    pieces: list[Any] = []
    total = 0.0
    for k, (start, end) in enumerate(itertools.pairwise(nodes), 1):
        if start == end:
            continue
        reached, before = dijkstra(graph, directed=False, indices=start, return_predecessors=True)
        if not np.isfinite(reached[end]):
            raise _unreachable(
                f"路网不连通：第 {k} 站到第 {k + 1} 站走不到。",
                f"the ways do not join stop {k} with stop {k + 1}",
            )
        total += float(reached[end])
        pieces += _along(lines, edges, edge_of, before, int(start), int(end))
    return OnRoads(shapely.MultiLineString(pieces), total, aside, edges.network)


def _nearest(edges: RoadEdges, stops: np.ndarray[Any, Any]) -> tuple[list[int], float]:
    found, total = [], 0.0
    for lon, lat in stops:
        count = edges.node_count
        away = EARTH.inv(np.full(count, lon), np.full(count, lat), edges.lon, edges.lat)[2]
        nearest = int(np.argmin(away))
        if away[nearest] > FARTHEST_M:
            raise _unreachable(
                f"有一站离最近的路口 {away[nearest]:.0f} 米，走不到。",
                f"a stop lies {away[nearest]:.0f} m from the nearest junction",
            )
        found.append(nearest)
        total += float(away[nearest])
    return found, total


def _graph(edges: RoadEdges) -> tuple[Any, dict[tuple[int, int], int]]:
    """The shortest edge of each pair of junctions, both ways, and which edge it is."""
    low, high = np.minimum(edges.tails, edges.heads), np.maximum(edges.tails, edges.heads)
    edge_of: dict[tuple[int, int], int] = {}
    for k in np.argsort(-edges.lengths_m):
        if low[k] != high[k]:
            edge_of[int(low[k]), int(high[k])] = int(k)
    chosen = np.array(list(edge_of.values()), dtype=np.int64)
    size = (edges.node_count, edges.node_count)
    return coo_array(
        (edges.lengths_m[chosen], (low[chosen], high[chosen])), shape=size
    ).tocsr(), edge_of


def _along(
    lines: Any, edges: RoadEdges, edge_of: dict[tuple[int, int], int], before: Any, start: int,
    end: int,
) -> list[Any]:  # fmt: skip
    made = []
    at = end
    while at != start:
        last = int(before[at])
        k = edge_of[min(at, last), max(at, last)]
        made.append(lines[k] if edges.tails[k] == last else shapely.reverse(lines[k]))
        at = last
    return made[::-1]


def _unreachable(zh: str, en: str) -> BadInput:
    return BadInput(both(zh, en), parameter="way")
