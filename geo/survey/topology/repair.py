"""Which sound coverage comes nearest to areas that overlap or leave gaps? Only when asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.loaders.shapes import area_m2, mend
from geo.survey.topology.arcs import arcs_of
from geo.survey.topology.noding import noded
from geo.survey.topology.rings import OUTSIDE, Ints
from geo.survey.topology.units import Shapes, Units


@dataclass(frozen=True, slots=True, eq=False)
class Repaired:
    """A coverage whose units share whole edges, and what that took (量算值, square metres).

    units: those that are left, lost: codes of those of which nothing is. overlap_m2: ground that
    had several owners and now has one; gap_m2: filled; mended: how many polygons were invalid.
    """

    units: Units
    lost: tuple[str, ...]
    overlap_m2: float
    gap_m2: float
    mended: int


def repaired(units: Units, *, fill_gaps_m2: float = 1.0) -> Repaired:
    """Make a sound coverage: mend each polygon, node all borders, give each face one owner.

    Ground with several owners goes to the smallest of them, so that no unit vanishes in a larger
    one; enclosed gaps up to `fill_gaps_m2` go to the neighbour with the longest border, larger ones
    stay. This is a proposal that people must confirm: nothing calls it unasked.
    """
    mended = mend(units.shapes)
    shapes = noded(mended.shapes).shapes
    lines = shapely.unary_union(shapely.boundary(shapes))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    owner, several = _owners(faces, shapes)
    owner, filled = _filled(faces, owner, fill_gaps_m2)
    there = np.unique(owner[owner >= 0])
    made = np.array(
        [shapely.coverage_union_all(faces[owner == unit]) for unit in there], dtype=object
    )
    lost = np.setdiff1d(np.arange(len(units)), there)
    return Repaired(
        units.chosen(there).replaced(made),
        tuple(units.codes[i] for i in lost),
        sum(area_m2(face) for face in faces[several]),
        filled,
        len(mended.repairs),
    )


def _owners(faces: Shapes, shapes: Shapes) -> tuple[Ints, NDArray[np.bool_]]:
    """The smallest unit over each face, OUTSIDE for none; and which faces several hold."""
    inner = shapely.point_on_surface(faces)
    face, unit = shapely.STRtree(shapes).query(inner, predicate="intersects")
    order = np.lexsort([unit, -shapely.area(shapes)[unit], face])
    owner = np.full(len(faces), OUTSIDE, dtype=np.int64)
    owner[face[order]] = unit[order]  # of several the last one written stays: the smallest
    return owner, np.bincount(face, minlength=len(faces)) > 1


def _filled(faces: Shapes, owner: Ints, most_m2: float) -> tuple[Ints, float]:
    """Give small enclosed faces without an owner to the neighbour with the longest border."""
    owner, total = owner.copy(), 0.0
    empty = np.flatnonzero(owner == OUTSIDE)
    if not len(empty):
        return owner, total
    arcs = arcs_of(faces)
    lengths = shapely.length(arcs.lines)
    for face in empty:
        touching = (arcs.left == face) | (arcs.right == face)
        area = area_m2(faces[face])
        beside = np.where(arcs.left == face, arcs.right, arcs.left)[touching]
        if area > most_m2 or (beside == OUTSIDE).any():
            continue
        claims = np.where(beside >= 0, owner[beside], OUTSIDE)
        if (claims >= 0).any():
            weight = np.bincount(claims[claims >= 0], weights=lengths[touching][claims >= 0])
            owner[face] = int(np.argmax(weight))
            total += area
    return owner, total
