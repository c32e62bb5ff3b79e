"""Where are lines parted into edges, so that edges meet at their ends only?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Parts:
    """Edges as runs of vertices: the places of their first and last one, both inclusive.

    `missing` are the places at which a stretch without coordinates begins.
    """

    first: Ints
    last: Ints
    missing: Ints

    def only(self, kept: Bools) -> Parts:
        """Some of the edges."""
        return Parts(self.first[kept], self.last[kept], self.missing)

    def vertices(self) -> tuple[Ints, Ints]:
        """The places of all vertices, edge after edge, and which edge each belongs to."""
        sizes = self.last - self.first + 1
        owner = np.repeat(np.arange(len(sizes)), sizes)
        starts = np.cumsum(sizes) - sizes
        at = np.arange(int(sizes.sum())) - np.repeat(starts - self.first, sizes)
        return at, owner


def part_lines(nodes: Ints, line_of: Ints, is_there: Bools) -> Parts:
    """Part lines at their ends, at vertices that come twice, and beside missing ones.

    `nodes` identifies the vertices of all lines one after the other, `line_of` tells their lines
    and `is_there` which of them have coordinates. A ring that meets others at one vertex only is
    parted in its middle too: no edge ends where it begins.
    """
    _, inverse, counts = np.unique(nodes, return_inverse=True, return_counts=True)
    is_shared = counts[inverse] > 1
    drawn = (line_of[:-1] == line_of[1:]) & is_there[:-1] & is_there[1:]
    begins = drawn & (is_shared[:-1] | ~np.concatenate([[False], drawn[:-1]])[: len(drawn)])
    first, last = _runs(drawn, begins)
    rings = (nodes[first] == nodes[last]) & (last - first > 1)
    if rings.any():
        begins[(first[rings] + last[rings]) // 2] = True
        first, last = _runs(drawn, begins)
    gone = ~is_there
    follows = np.zeros(len(nodes), dtype=bool)
    follows[1:] = gone[:-1] & (line_of[1:] == line_of[:-1])
    return Parts(first, last, np.flatnonzero(gone & ~follows))


def _runs(drawn: Bools, begins: Bools) -> tuple[Ints, Ints]:
    """The first and last vertex of each run of segments."""
    first = np.flatnonzero(begins)
    segments = np.flatnonzero(drawn)
    last = np.zeros(len(first), dtype=np.int64)
    np.maximum.at(last, np.cumsum(begins)[segments] - 1, segments + 1)
    return first, last
