"""What can be reached from one place in 5, 10 and 15 minutes, drawn as areas?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPolygon
from shapely.geometry import LineString
from shapely.ops import substring

from geo.access.network import Network, WayGrid, checks, way_grid
from geo.access.network.checks import Floats
from geo.access.network.costs import ELDER_M_S
from geo.access.network.outline import frame_of, outline
from geo.access.network.snapping import Lines

MINUTES = (5.0, 10.0, 15.0)
BESIDE_M = 30.0
WIDER_M = 0.5
"""Each area is drawn so much wider than the one within it: rounding cannot make them cross."""


@dataclass(frozen=True, slots=True)
class Isochrone:
    """The area within some minutes of a place, in the plane coordinates of the lines.

    limit: what the minutes are worth on the network (metres, or seconds on a network of seconds).
    ways_m: metres of ways reached, as drawn. area: ready for `shapely.to_geojson` or `mapping`.
    """

    minutes: float
    limit: float
    ways_m: float
    area: MultiPolygon


def isochrones(
    network: Network,
    lines: WayGrid | Sequence[LineString] | Lines,
    edge: int,
    fraction: float,
    *,
    minutes: Sequence[float] = MINUTES,
    speed_m_s: float = ELDER_M_S,
    used_m: float = 0.0,
    beside_m: float = BESIDE_M,
) -> tuple[Isochrone, ...]:
    """The areas within so many minutes of the place at `fraction` of `edge`, smallest first.

    Ways are cut where the time is over; an area is what lies within `beside_m` of the ways reached
    (and WIDER_M more for every smaller area, which it then contains). It is a drawing: who is
    served is told by `Network.within`, not by lying in the area.
    lines: the line of each edge from tail to head in plane coordinates in metres (see
    `straight_lines`), or their `way_grid`, which is quicker the second time. speed_m_s: how many
    units of the network's lengths go by in a second: on a network of seconds 1. used_m: what is
    used before the way is reached (a facility's snap distance). The same input gives the same
    areas. Raises BadArray.
    """
    grid = lines if isinstance(lines, WayGrid) else way_grid(network, lines)
    at_edge = checks.indices("edge", [edge], below=network.tails.size)
    part = checks.fractions("fraction", [fraction])
    times = np.unique(checks.positive("minutes", minutes))
    speed = checks.amount("speed_m_s", speed_m_s, above_zero=True)
    used = checks.amount("used_m", used_m)
    margin = checks.amount("beside_m", beside_m, above_zero=True)
    limits = times * 60.0 * speed
    whole = network.lengths_m[at_edge]
    seeds = np.concatenate([network.tails[at_edge], network.heads[at_edge]])
    spent = np.concatenate([used + part * whole, used + whole - part * whole])
    distance, _ = network.reach(seeds, spent, float(limits.max(initial=0.0)))
    place = _as_drawn(network, grid, int(at_edge[0]), float(part[0]))
    reached = [
        _stretches(_ways_within(network, grid, distance, float(limit), place, float(limit) - used))
        for limit in limits
    ]
    vertices = np.concatenate([vertex for ends in reached for vertex in ends] or [np.empty((0, 2))])
    frame = frame_of(vertices, margin + times.size * WIDER_M)
    return tuple(
        Isochrone(
            float(time),
            float(limit),
            float(np.hypot(*(end - begin).T).sum()),
            outline(begin, end, margin + rank * WIDER_M, frame),
        )
        for rank, (time, limit, (begin, end)) in enumerate(zip(times, limits, reached, strict=True))
    )


def _stretches(ways: Lines) -> tuple[Floats, Floats]:
    """The straight stretches of the ways: where they begin and end."""
    vertex, of_way = shapely.get_coordinates(ways, return_index=True)
    step = np.flatnonzero(of_way[1:] == of_way[:-1])
    return vertex[step], vertex[step + 1]


def _as_drawn(network: Network, grid: WayGrid, edge: int, fraction: float) -> tuple[int, float]:
    """The place on the edge that is drawn for this one."""
    at = np.searchsorted(grid.ways, edge)
    if at < grid.ways.size and grid.ways[at] == edge:
        return edge, fraction
    road = int(network.road[edge])
    return road, fraction if network.tails[road] == network.tails[edge] else 1.0 - fraction


def _ways_within(
    network: Network,
    grid: WayGrid,
    distance: Floats,
    limit: float,
    place: tuple[int, float],
    left: float,
) -> Lines:
    """The lines, or the parts of them, that the limit reaches; `left` of it from the place on."""
    edge = grid.ways
    length = network.lengths_m[edge]
    until = np.clip((limit - distance[network.tails[edge]]) / length, 0.0, 1.0)
    since = 1.0 - np.clip((limit - distance[network.heads[edge]]) / length, 0.0, 1.0)
    own = int(np.searchsorted(edge, place[0]))
    share = max(left, 0.0) / length[own]
    low, high = max(place[1] - share, 0.0), min(place[1] + share, 1.0)
    if low <= until[own]:  # what is reached from the place joins what is reached from the ends
        until[own] = max(high, until[own])
    if high >= since[own]:
        since[own] = min(low, since[own])
    whole = until >= since
    tail_part = ~whole & (until > 0)
    head_part = ~whole & (since < 1)
    apart = np.array([not whole[own] and until[own] < low and high < since[own]])
    cut = _cut(
        grid.lines[np.concatenate([edge[tail_part], edge[head_part], edge[[own]][apart]])],
        np.concatenate([np.zeros(tail_part.sum()), since[head_part], np.array([low])[apart]]),
        np.concatenate([until[tail_part], np.ones(head_part.sum()), np.array([high])[apart]]),
    )
    return np.concatenate([grid.lines[edge[whole]], cut])


def _cut(lines: Lines, low: Floats, high: Floats) -> Lines:
    """The part of each line between two fractions of its length; empty parts are left out."""
    kept = (low < high) & (shapely.length(lines) > 0)
    lines, low, high = lines[kept], low[kept], high[kept]
    ends = [shapely.line_interpolate_point(lines, part, normalized=True) for part in (low, high)]
    straight = np.stack([shapely.get_coordinates(point) for point in ends], axis=1)
    cut = np.asarray(shapely.linestrings(straight), dtype=object)
    for bent in np.flatnonzero(shapely.get_num_points(lines) > 2):
        cut[bent] = substring(lines[bent], low[bent], high[bent], normalized=True)
    return cut
