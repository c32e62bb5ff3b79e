"""In which order and direction do the stretches of a line follow each other?

From west to east where its ends lie further apart in longitude, else from north to south. All
stretches keep one unit on their left; they follow each other along that unit's outline. A closed
line runs clockwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.survey.topology.arcs import Arcs
from geo.survey.topology.rings import OUTSIDE, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Oriented:
    """left, right: the units of each line. line, arc, backwards: of its stretches, in order."""

    left: Ints
    right: Ints
    line: Ints
    arc: Ints
    backwards: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Course:
    """One line's stretches in order, and the unit that lies on their left."""

    left: int
    right: int
    arcs: list[int]
    backwards: list[bool]


def oriented(arcs: Arcs) -> Oriented:
    """Put arcs with the same two sides together and give them an order and a direction."""
    low, high = np.minimum(arcs.left, arcs.right), np.maximum(arcs.left, arcs.right)
    order = np.lexsort([high, low])
    cuts = np.flatnonzero((np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)) + 1
    lengths = shapely.length(arcs.lines)
    groups = np.split(order, cuts) if len(order) else []
    courses = [_course(arcs, group, lengths[group]) for group in groups]
    counts = [len(one.arcs) for one in courses]
    return Oriented(
        np.array([one.left for one in courses], dtype=np.int64),
        np.array([one.right for one in courses], dtype=np.int64),
        np.repeat(np.arange(len(courses)), counts),
        np.array([arc for one in courses for arc in one.arcs], dtype=np.int64),
        np.array([turned for one in courses for turned in one.backwards], dtype=bool),
    )


def _course(arcs: Arcs, group: Ints, lengths: Floats) -> _Course:
    """The order of one line's arcs along the outline of a known side; then turned if need be."""
    side, other = sorted((int(arcs.left[group[0]]), int(arcs.right[group[0]])))
    if side == OUTSIDE:
        side, other = other, side
    with_it = arcs.left[group] == side
    runs = np.where(with_it, arcs.left_run[group], arcs.right_run[group])
    starts, ends = arcs.nodes[arcs.start[group]], arcs.nodes[arcs.end[group]]
    begins = np.where(with_it[:, None], starts, ends)
    finishes = np.where(with_it[:, None], ends, starts)
    chains = _chains(runs, arcs.run_ring[runs], begins, finishes)
    main = max(chains, key=lambda one: float(lengths[one].sum()))
    closed = (begins[main[0]] == finishes[main[-1]]).all()
    ring = _ring(arcs, group[main], with_it[main]) if closed else None
    forward, axis = _heading(begins[main[0]], finishes[main[-1]], ring)
    first = begins if forward else finishes
    if not forward:
        chains = [one[::-1] for one in chains]
    chains.sort(key=lambda one: (float(first[one[0], axis]) * (1 if axis == 0 else -1), one[0]))
    places = [place for one in chains for place in one]
    backwards = [bool(with_it[place]) != forward for place in places]
    sides = (side, other) if forward else (other, side)
    return _Course(*sides, [int(group[place]) for place in places], backwards)


def _chains(runs: Ints, ring: Ints, begins: Floats, finishes: Floats) -> list[list[int]]:
    """The arcs on each ring in the order of the ring, begun after its widest break."""
    if len(runs) == 1:  # as nearly all lines have it
        return [[0]]
    order = np.lexsort([runs, ring])
    made = []
    for one in np.split(order, np.flatnonzero(np.diff(ring[order])) + 1):
        breaks = np.hypot(*(begins[one] - finishes[np.roll(one, 1)]).T)
        made.append(np.roll(one, -int(np.argmax(breaks))).tolist())
    return made


def _heading(start: Floats, end: Floats, ring: Floats | None) -> tuple[bool, int]:
    """Whether a course already runs east or south, and by which axis (0 longitude) it is told.

    A closed line (its vertices given) runs clockwise: from its westernmost node over the north.
    """
    if ring is not None:
        x, y = (ring - ring[0]).T
        return bool(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) < 0), 0
    east = (end[0] - start[0]) * np.cos(np.radians((start[1] + end[1]) / 2))
    south = start[1] - end[1]
    return (bool(east > 0), 0) if abs(east) >= abs(south) else (bool(south > 0), 1)


def _ring(arcs: Arcs, chosen: Ints, with_it: NDArray[np.bool_]) -> Floats:
    """The vertices of arcs that close up, run with the chosen side on their left."""
    lines = arcs.lines[chosen]
    return shapely.get_coordinates(np.where(with_it, lines, shapely.reverse(lines)))
