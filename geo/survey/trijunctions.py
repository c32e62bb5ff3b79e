"""At which points do three divisions meet (三交点), and where do more than three?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.errors import BadInput, both
from geo.survey.lines import GRS80, Lines
from geo.survey.topology.arcs import Arcs, ends_of
from geo.survey.topology.rings import OUTSIDE, Floats, Ints

Kind = Literal["trijunction", "quadripoint", "touch"]
RADIUS_M = 6_378_137.0
KIND_ZH = {"trijunction": "三交点", "quadripoint": "四交点（请核对）", "touch": "自相接点"}
"""What the kinds of a junction are called."""


@dataclass(frozen=True, slots=True)
class Junction:
    """A point at which lines meet. lon, lat in degrees (derived from polygons, 推导).

    codes, names: the units around it, clockwise from the smallest code; None among them is unknown
    ground beyond the coverage. lines: how many lines end there. kind: trijunction: exactly three
    lines and three sides; quadripoint: four or more sides; touch: fewer sides than lines, as where
    a unit touches itself. spread_m: how far apart the points lie that were taken for one.
    """

    lon: float
    lat: float
    kind: Kind
    codes: tuple[str | None, ...]
    names: tuple[str | None, ...]
    lines: int
    with_outside: bool
    spread_m: float


def junctions(lines: Lines, *, tolerance_m: float = 0.0) -> tuple[Junction, ...]:
    """All points at which three or more lines meet, from west to east.

    Found by common vertices alone; with `tolerance_m` points that lie no further apart (through
    others, too) are one, and stretches between them do not count. Raises BadInput for a negative
    tolerance or one over 1 000 m.
    """
    if not 0 <= tolerance_m <= 1000:
        raise BadInput(
            both("容差应在 0 至 1000 米之间。", f"tolerance_m is 0 … 1000, not {tolerance_m}"),
            parameter="tolerance_m",
        )
    arcs = lines.arcs
    group = _grouped(arcs.nodes, tolerance_m)
    first = np.unique(group, return_index=True)[1]
    made = []
    for point, around in _around(arcs, group):
        if len(around) < 3:
            continue
        members = arcs.nodes[group == point] if tolerance_m else arcs.nodes[first[point]][None]
        made.append(_junction(lines, members, around))
    return tuple(sorted(made, key=lambda one: (one.lon, one.lat)))


def trijunctions(lines: Lines, *, tolerance_m: float = 0.0) -> tuple[Junction, ...]:
    """The points at which exactly three lines meet, each between three sides.

    One side may be unknown ground (`with_outside`): such a point stands where the line of two units
    reaches the edge of the coverage. Arguments as `junctions`.
    """
    found = junctions(lines, tolerance_m=tolerance_m)
    return tuple(one for one in found if one.kind == "trijunction")


def _grouped(nodes: Floats, tolerance_m: float) -> Ints:
    """The group of each node; one each without a tolerance."""
    count = len(nodes)
    if not tolerance_m or count < 2:
        return np.arange(count)
    lon, lat = np.radians(nodes).T
    on_ball = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    # The ball is a little off the ellipsoid (0.7 %): candidates first, then geodesic distances.
    reach = 1.01 * tolerance_m / RADIUS_M
    pairs = cKDTree(on_ball).query_pairs(reach, output_type="ndarray")
    one, other = nodes[pairs[:, 0]], nodes[pairs[:, 1]]
    apart = np.asarray(GRS80.inv(one[:, 0], one[:, 1], other[:, 0], other[:, 1])[2])
    pairs = pairs[apart <= tolerance_m]
    ties = coo_array((np.ones(len(pairs)), pairs.T), shape=(count, count))
    return np.asarray(connected_components(ties, directed=False)[1], dtype=np.int64)


def _around(arcs: Arcs, group: Ints) -> list[tuple[int, list[int]]]:
    """Each group of nodes with the sides between the arcs that leave it, counter-clockwise."""
    ends = ends_of(arcs)
    inner = group[arcs.start] == group[arcs.end]
    alone = np.bincount(group)[group[ends.node]] == 1
    leaving = np.flatnonzero(~inner[ends.arc] | alone)
    if not alone.all():
        leaving = leaving[_by_bearing(arcs, group, ends.node[leaving], ends.arc[leaving],
                                      ends.forward[leaving])]  # fmt: skip
    place = group[ends.node[leaving]]
    cuts = np.flatnonzero(np.diff(place)) + 1
    sides = np.split(ends.side[leaving], cuts)
    heads = place[np.concatenate([[0], cuts])] if len(place) else []
    return [(int(head), row.tolist()) for head, row in zip(heads, sides, strict=True)]


def _by_bearing(arcs: Arcs, group: Ints, node: Ints, arc: Ints, forward: NDArray[np.bool_]) -> Ints:
    """An order of leaving arcs by the direction of their far ends from the middle of the group."""
    count = np.bincount(group)
    middle = np.column_stack([np.bincount(group, weights=axis) / count for axis in arcs.nodes.T])
    half = shapely.get_coordinates(
        shapely.line_interpolate_point(arcs.lines[arc], 0.5, normalized=True)
    )
    away = np.where((count[group[node]] > 1)[:, None], half - middle[group[node]], 0.0)
    angle = np.arctan2(away[:, 1], away[:, 0])
    place = np.arange(len(node))
    order: Ints = np.lexsort([place, angle, group[node]])
    return order


def _junction(lines: Lines, members: Floats, around: list[int]) -> Junction:
    clockwise = around[::-1]
    sides = [
        side for at, side in enumerate(clockwise) if side != clockwise[at - 1] or len(around) == 1
    ]
    distinct = set(sides)
    codes = [None if side == OUTSIDE else lines.units.codes[side] for side in sides]
    known = [(code, at) for at, code in enumerate(codes) if code is not None]
    turn = min(known)[1] if known else 0
    sides = sides[turn:] + sides[:turn]
    kind: Kind = "trijunction"
    if len(distinct) >= 4:
        kind = "quadripoint"
    elif not len(distinct) == len(around) == 3:
        kind = "touch"
    lon, lat = members.mean(axis=0) if len(members) > 1 else members[0]
    apart = [GRS80.inv(lon, lat, *one)[2] for one in members] if len(members) > 1 else [0.0]
    return Junction(
        float(lon), float(lat), kind,
        tuple(None if side == OUTSIDE else lines.units.codes[side] for side in sides),
        tuple(None if side == OUTSIDE else lines.units.names[side] for side in sides),
        len(around), OUTSIDE in distinct, 2 * max(apart),
    )  # fmt: skip
