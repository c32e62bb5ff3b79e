"""Between which nodes does each stretch of border run, and which unit lies on each side of it?

Rings are cut where three or more edges meet, so that each arc is a run of one ring and its vertices
are those that were delivered; nothing is intersected.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.survey.topology.rings import OUTSIDE, Floats, Ints, Rings, rings_of
from geo.survey.topology.units import Shapes


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Stretches of border between nodes, each once, and where they stand in their units' rings.

    lines: LineStrings in degrees. left, right: the place of the unit on each side, OUTSIDE (−1)
    where none is known. start, end: rows of `nodes` (m × 2 degrees). left_run, right_run: the order
    of the arc within the rings of the unit on that side (the right one runs it backwards);
    run_ring: the ring of each run.
    """

    lines: NDArray[np.object_]
    left: Ints
    right: Ints
    start: Ints
    end: Ints
    nodes: Floats
    left_run: Ints
    right_run: Ints
    run_ring: Ints

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True, slots=True, eq=False)
class Misfit:
    """Places at which the areas of a coverage do not fit: n × 2 degrees, and the units there."""

    points: Floats
    units: tuple[tuple[int, ...], ...]


def arcs_of(shapes: Shapes) -> Arcs:
    """Cut the borders of noded polygons into arcs.

    Where polygons overlap, the sides of arcs contradict each other: see `misfits`.
    """
    rings = rings_of(shapes)
    if not len(rings.xy):
        none = np.zeros(0, dtype=np.int64)
        lines = np.zeros(0, dtype=object)
        return Arcs(lines, none, none, none, none, np.zeros((0, 2)), none, none, none)
    twin = rings.twins()
    across = np.where(twin >= 0, rings.unit[twin], OUTSIDE)
    is_node = _nodes(rings, twin, across)[rings.vertex]
    order = _from_node_to_node(rings, is_node)
    begins = np.flatnonzero(is_node[order])
    run_of = np.empty(len(order), dtype=np.int64)
    run_of[order] = np.cumsum(is_node[order]) - 1
    head = order[begins]
    other = np.where(twin[head] >= 0, run_of[twin[head]], OUTSIDE)
    kept = np.flatnonzero((other < 0) | (np.arange(len(head)) <= other))
    long = np.diff(np.append(begins, len(order)))[kept]
    lines = _lines(rings, order, begins[kept], long)
    last = order[begins[kept] + long - 1]
    ends = np.concatenate([rings.vertex[head[kept]], rings.ends[last]])
    points = np.concatenate([rings.xy[head[kept]], rings.xy[rings.following[last]]])
    _, at, node = np.unique(ends, return_index=True, return_inverse=True)
    return Arcs(
        lines, rings.unit[head[kept]], across[head[kept]], node[: len(kept)], node[len(kept) :],
        points[at], kept, other[kept], rings.ring[head],
    )  # fmt: skip


def _nodes(rings: Rings, twin: Ints, across: Ints) -> NDArray[np.bool_]:
    """Which vertices end arcs: where not just two edges meet, or the neighbour changes.

    A ring without any gets its westernmost vertex, as does the ring that it fills.
    """
    once = (twin < 0) | (np.arange(len(twin)) < twin)
    count = int(rings.vertex.max(initial=-1) + 1)
    degree = np.bincount(rings.vertex[once], minlength=count)
    degree += np.bincount(rings.ends[once], minlength=count)
    is_node: NDArray[np.bool_] = degree != 2
    is_node[rings.vertex[across != across[rings.preceding]]] = True
    has_one = np.logical_or.reduceat(is_node[rings.vertex], rings.first)
    is_node[np.minimum.reduceat(rings.vertex, rings.first)[~has_one]] = True
    return is_node


def _from_node_to_node(rings: Rings, is_node: NDArray[np.bool_]) -> Ints:
    """The places ring by ring, each ring turned so that it begins at a node."""
    place = np.arange(len(rings.xy))
    size = np.diff(np.append(rings.first, len(place)))
    first = np.minimum.reduceat(np.where(is_node, place, len(place)), rings.first)
    order: Ints = np.lexsort([(place - first[rings.ring]) % size[rings.ring], rings.ring])
    return order


def _lines(rings: Rings, order: Ints, begins: Ints, long: Ints) -> NDArray[np.object_]:
    """LineStrings from places in `order`, each with the end of its last edge."""
    size = long + 1
    total = np.cumsum(size)
    within = np.arange(total[-1] if len(total) else 0) - np.repeat(total - size, size)
    is_last = within == np.repeat(long, size)
    place = order[np.repeat(begins, size) + within - is_last]
    place = np.where(is_last, rings.following[place], place)
    made = shapely.linestrings(rings.xy[place], indices=np.repeat(np.arange(len(long)), size))
    return np.asarray(made, dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """The ends of arcs at nodes, going round each node counter-clockwise.

    node, arc: of each end; forward: whether the arc begins there; side: the unit on the left when
    leaving the node, that is in the sector up to the next end; behind: the one on the right.
    """

    node: Ints
    arc: Ints
    forward: NDArray[np.bool_]
    side: Ints
    behind: Ints


def ends_of(arcs: Arcs) -> Ends:
    """Both ends of each arc, in order round their nodes."""
    count = shapely.get_num_points(arcs.lines)
    offset = np.cumsum(count) - count
    xy = shapely.get_coordinates(arcs.lines)
    leave = np.concatenate([
        xy[offset + 1] - xy[offset], xy[offset + count - 2] - xy[offset + count - 1],
    ])  # fmt: skip
    node = np.concatenate([arcs.start, arcs.end])
    order = np.lexsort([np.arctan2(leave[:, 1], leave[:, 0]), node])
    number = np.tile(np.arange(len(arcs)), 2)[order]
    forward = order < len(arcs)
    side = np.where(forward, arcs.left[number], arcs.right[number])
    behind = np.where(forward, arcs.right[number], arcs.left[number])
    return Ends(node[order], number, forward, side, behind)


def misfits(shapes: Shapes, arcs: Arcs) -> Misfit:
    """Where noded polygons contradict each other.

    That is one edge claimed twice on one side, or sectors round a node with two owners. Empty for a
    coverage that fits wherever its borders meet.
    """
    rings = rings_of(shapes)
    again = rings.repeats()
    ends = ends_of(arcs)
    following = np.arange(1, len(ends.node) + 1)
    starts = np.flatnonzero(np.append(True, ends.node[1:] != ends.node[:-1])[: len(ends.node)])
    following[np.append(starts[1:], len(ends.node))[: len(starts)] - 1] = starts
    torn = np.flatnonzero(ends.side != ends.behind[following])
    points = np.concatenate([rings.xy[again], arcs.nodes[ends.node[torn]]])
    units: list[tuple[int, ...]] = [(int(one),) for one in rings.unit[again]]
    units += [
        tuple(sorted({int(ends.side[i]), int(ends.behind[following[i]])} - {OUTSIDE})) for i in torn
    ]
    return Misfit(points, tuple(units))
