"""Where does each boundary line run, how long is it, and which unit lies on which side?

A line is what two neighbours share, however many stretches it has. It is derived from polygons: it
has no official code or name and yields no verdict on where a boundary is. Pure functions on arrays;
the door to the database is `geo.survey.derived.store`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geo.survey.derived.checks import check_borders_agree, check_units_fit_for_lines
from geo.survey.derived.names import Shorten, edge_words, line_words, short_name, specific_name
from geo.survey.derived.order import Oriented, oriented
from geo.survey.topology.arcs import Arcs, arcs_of
from geo.survey.topology.noding import DUST_DEGREES, noded
from geo.survey.topology.rings import OUTSIDE, Floats, Ints
from geo.survey.topology.units import LEVEL_ZH, Units, levels_of

GRS80 = Geod(ellps="GRS80")
MEASURED = "量算值"
"""Stands beside every length: measured from geometry, no published length of a boundary."""
BASIS = "derived"


@dataclass(frozen=True, slots=True)
class Line:
    """One boundary line. Codes and names of its sides are None where the other side is unknown.

    level: of the units on both sides; grade: the highest level that it parts (1 province …), None
    where unknown. label: for display. length_m: geodesic metres on CGCS2000 (量算值).
    """

    left: str | None
    right: str | None
    left_name: str | None
    right_name: str | None
    level: int
    grade: int | None
    label: str
    geom: shapely.MultiLineString
    length_m: float
    basis: str = BASIS
    code: None = None
    name: None = None


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines of a coverage, one per pair of neighbours, and one per unit's outer edge.

    geoms: MultiLineStrings in degrees whose parts follow each other from west to east or north to
    south, all with `left` on their left. left, right: places in `units`, OUTSIDE (−1) for unknown
    ground. grade: highest level parted, 0 unknown. length_m: geodesic metres (量算值). units hold
    the noded shapes; arcs their stretches between nodes.
    """

    units: Units
    geoms: NDArray[np.object_]
    left: Ints
    right: Ints
    grade: Ints
    length_m: Floats
    labels: tuple[str, ...]
    arcs: Arcs

    def __len__(self) -> int:
        return len(self.geoms)

    def __getitem__(self, at: int) -> Line:
        left, right = int(self.left[at]), int(self.right[at])
        known = [one != OUTSIDE for one in (left, right)]
        return Line(
            self.units.codes[left] if known[0] else None,
            self.units.codes[right] if known[1] else None,
            self.units.names[left] if known[0] else None,
            self.units.names[right] if known[1] else None,
            self.units.level, int(self.grade[at]) or None, self.labels[at], self.geoms[at],
            float(self.length_m[at]),
        )  # fmt: skip

    def __iter__(self) -> Iterator[Line]:
        return (self[at] for at in range(len(self)))

    @property
    def is_shared(self) -> NDArray[np.bool_]:
        """Which lines have a known unit on both sides."""
        return np.asarray((self.left != OUTSIDE) & (self.right != OUTSIDE))

    def between(self, one: str, other: str) -> Line | None:
        """The line between two codes, None where they share none."""
        for at in np.flatnonzero(self.is_shared):
            if {one, other} == {self.units.codes[self.left[at]], self.units.codes[self.right[at]]}:
                return self[int(at)]
        return None


def shared_lines(
    units: Units,
    *,
    shorten: Shorten = short_name,
    tolerance_deg: float = DUST_DEGREES,
    most_overlap_m2: float = 1.0,
) -> Lines:
    """The boundary lines of a coverage, each once, with both sides, length and display label.

    Neighbours' vertices that lie on each other's edges are noded first. Raises BadInput where there
    are no units, codes repeat, polygons are invalid, or areas overlap by more than
    `most_overlap_m2`: then nobody can say which of two lines is meant, and `geo.survey.quality`
    lists the places. Gaps pass: their rims are outer edges.
    """
    check_units_fit_for_lines(units)
    fitted = units.replaced(noded(units.shapes, tolerance_deg=tolerance_deg).shapes)
    arcs = arcs_of(fitted.shapes)
    check_borders_agree(fitted, arcs, most_overlap_m2)
    found = oriented(arcs)
    return Lines(
        fitted, _geoms(arcs, found), found.left, found.right, _grades(fitted, found),
        _lengths(arcs, found), _labels(fitted, found, shorten), arcs,
    )  # fmt: skip


def lines_by_level(units: Units, *, shorten: Shorten = short_name) -> dict[int, Lines]:
    """The lines of the units and of all their superiors, by level; higher ones from the same arcs.

    Lines of a higher level are as complete as the units given: of a province of which some counties
    are there, only the border of those. Errors as `shared_lines`.
    """
    lowest = shared_lines(units, shorten=shorten)
    made = {units.level: lowest}
    for higher in levels_of(lowest.units):
        if higher.level not in made:
            made[higher.level] = shared_lines(higher, shorten=shorten)
    return made


def arc_lengths_m(lines: NDArray[np.object_]) -> Floats:
    """The geodesic length of each LineString on the ellipsoid of CGCS2000, in metres."""
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    same = owner[1:] == owner[:-1]
    start, end = xy[:-1][same], xy[1:][same]
    steps: Any = GRS80.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2]
    return _sums(owner[:-1][same], steps, len(lines))


def _sums(group: Ints, values: Floats, count: int) -> Floats:
    """The sum of the values of each group."""
    return np.asarray(np.bincount(group, weights=values, minlength=count), dtype=np.float64)


def _geoms(arcs: Arcs, found: Oriented) -> NDArray[np.object_]:
    pieces = arcs.lines[found.arc]
    pieces = np.where(found.backwards, shapely.reverse(pieces), pieces)
    made = np.empty(len(found.left), dtype=object)
    shapely.multilinestrings(pieces, indices=found.line, out=made)
    return made


def _lengths(arcs: Arcs, found: Oriented) -> Floats:
    lengths = arc_lengths_m(arcs.lines)[found.arc]
    return _sums(found.line, lengths, len(found.left))


def _grades(units: Units, found: Oriented) -> Ints:
    """The highest level at which the superiors of both sides differ."""
    is_known = (found.left != OUTSIDE) & (found.right != OUTSIDE)
    grade = np.where(is_known, units.level, 0)
    for level in sorted(units.superiors, reverse=True):
        above = units.superiors[level]
        for at in np.flatnonzero(is_known):
            sides = above[found.left[at]], above[found.right[at]]
            if None not in sides and sides[0] != sides[1]:
                grade[at] = level
    return grade


def _labels(units: Units, found: Oriented, shorten: Shorten) -> tuple[str, ...]:
    """The words of each line; where two lines would have the same, both get the longer ones."""
    said = list(zip(units.codes, units.names, strict=True))
    sides = list(zip(found.left.tolist(), found.right.tolist(), strict=True))

    def words(left: int, right: int, rule: Shorten) -> str:
        if OUTSIDE in (left, right):
            return edge_words(units.names[max(left, right)])
        return line_words(said[left], said[right], units.level, rule)

    short = [words(left, right, shorten) for left, right in sides]
    times = Counter(short)
    return tuple(
        label if times[label] == 1 else words(left, right, specific_name)
        for label, (left, right) in zip(short, sides, strict=True)
    )


def level_words(line: Line) -> str:
    """省级, 市级 … of the highest level that the line parts, 未知 where one side is unknown."""
    return LEVEL_ZH[line.grade] if line.grade else "未知"
