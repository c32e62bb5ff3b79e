"""Of which directed edges do the rings of polygons consist, each unit on the left of its own?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.survey.topology.units import Shapes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
OUTSIDE = -1
"""Stands for what lies beyond the coverage: unknown ground."""


@dataclass(frozen=True, slots=True, eq=False)
class Rings:
    """All rings of an array of polygons as one row of vertices, without the closing ones.

    xy: n × 2 degrees. Vertex i begins the edge to vertex following[i], which bounds unit[i] on
    its left. vertex: equal numbers for equal points, ordered by longitude, then latitude. ring:
    the ring of each vertex; first: where each ring begins.
    """

    xy: Floats
    vertex: Ints
    following: Ints
    unit: Ints
    ring: Ints
    first: Ints

    @property
    def ends(self) -> Ints:
        """The vertex number at the end of each edge."""
        return self.vertex[self.following]

    @property
    def preceding(self) -> Ints:
        """The place before each place, round the ring."""
        before = np.empty_like(self.following)
        before[self.following] = np.arange(len(before))
        return before

    def twins(self) -> Ints:
        """The place of the same edge run the other way, OUTSIDE where nobody has it.

        Where several rings run it, one of them.
        """
        span = np.int64(self.vertex.max(initial=0) + 1)
        there, back = self.vertex * span + self.ends, self.ends * span + self.vertex
        if not len(there):
            return there
        order = np.argsort(there, kind="stable")
        found = np.searchsorted(there[order], back)
        at = order[np.minimum(found, len(order) - 1)]
        return np.where(there[at] == back, at, OUTSIDE)

    def repeats(self) -> Ints:
        """Places of edges that an earlier place runs in the same direction."""
        span = np.int64(self.vertex.max(initial=0) + 1)
        there = self.vertex * span + self.ends
        order = np.argsort(there, kind="stable")
        again = np.flatnonzero(there[order][1:] == there[order][:-1]) + 1
        return np.sort(order[again])


def rings_of(shapes: Shapes) -> Rings:
    """The rings of polygons and multipolygons, shells counter-clockwise, holes clockwise."""
    rings, of_unit, is_hole = _rings(shapes)
    turned = shapely.is_ccw(rings) == is_hole
    rings = np.where(turned, shapely.reverse(rings), rings)
    xy, of_ring = shapely.get_coordinates(rings, return_index=True)
    last = np.append(of_ring[1:] != of_ring[:-1], True)[: len(xy)]
    xy, of_ring = xy[~last] + 0.0, of_ring[~last].astype(np.int64)  # minus zero is zero
    first = np.flatnonzero(np.append(True, of_ring[1:] != of_ring[:-1])[: len(xy)])
    following = np.arange(1, len(xy) + 1)
    following[np.append(first[1:], len(xy))[: len(first)] - 1] = first
    return Rings(xy, numbered(xy), following, of_unit[of_ring], of_ring, first)


def numbered(xy: Floats) -> Ints:
    """Equal numbers for equal points, ordered by x, then y."""
    points = np.ascontiguousarray(xy).view(np.complex128).ravel()
    return np.asarray(np.unique(points, return_inverse=True)[1], dtype=np.int64)


def _rings(shapes: Shapes) -> tuple[Shapes, Ints, NDArray[np.bool_]]:
    parts, of_unit = shapely.get_parts(shapes, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    is_hole = np.append(False, of_part[1:] == of_part[:-1]) if len(rings) else np.zeros(0, bool)
    found: Any = of_unit[of_part].astype(np.int64)
    return rings, found, is_hole
