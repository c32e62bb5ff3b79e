"""What can be reached from one place in 5, 10 and 15 minutes, drawn as areas?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPolygon
from shapely.geometry import LineString
from shapely.ops import substring

from geo.access.network import Network, checks
from geo.access.network.checks import Floats
from geo.access.network.costs import ELDER_M_S
from geo.access.network.outline import frame_of, outline
from geo.access.network.snapping import Lines, as_lines

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
    lines: Sequence[LineString] | Lines,
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
    lines: the line of each edge from tail to head in plane coordinates in metres, see
    `straight_lines`. speed_m_s: how many units of the network's lengths go by in a second: on a
    network of seconds 1. used_m: what is used before the way is reached (a facility's snap
    distance). The same input gives the same areas. Raises BadArray.
    """
    drawn = as_lines(lines, network.tails.size)
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
    from_place = (int(at_edge[0]), float(part[0] * whole[0]), used)
    reached = [
        _stretches(_ways_within(network, drawn, distance, float(limit), from_place))
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


def _ways_within(
    network: Network, lines: Lines, distance: Floats, limit: float, place: tuple[int, float, float]
) -> Lines:
    """The lines, or the parts of them, that the limit reaches."""
    roads = np.flatnonzero(network.road == np.arange(network.road.size))
    length = network.lengths_m[roads]
    from_tail = np.clip(limit - distance[network.tails[roads]], 0.0, length)
    from_head = np.clip(limit - distance[network.heads[roads]], 0.0, length)
    whole = from_tail + from_head >= length
    tail_part = ~whole & (from_tail > 0)
    head_part = ~whole & (from_head > 0)
    edge, at, used = place
    left = max(limit - used, 0.0)
    low, high = np.clip(np.array([at - left, at + left]) / network.lengths_m[edge], 0.0, 1.0)
    return np.concatenate(
        [
            lines[roads[whole]],
            _cut(
                lines[np.concatenate([roads[tail_part], roads[head_part], [edge]])],
                np.concatenate(
                    [np.zeros(tail_part.sum()), (1 - from_head / length)[head_part], [low]]
                ),
                np.concatenate([(from_tail / length)[tail_part], np.ones(head_part.sum()), [high]]),
            ),
        ]
    )


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
