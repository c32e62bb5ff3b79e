"""Do delivered areas lie apart from their neighbours, and without gaps between them?

Areas that fit share whole edges. Where every edge of some areas belongs to two of them or to the
outline of all, cancelling the shared ones leaves the outline: they overlap nowhere just when it
holds as much ground as they do together. So a sound covering costs one sort of its edges, and only
what is around the other edges is compared shape by shape.

All areas are measured on the ellipsoid of CGCS2000 (量算值); shapes are in degrees, EPSG:4490.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.loaders.shapes import Shapes, area_m2

Mask = NDArray[np.bool_]
_ROUNDING = 1e-12
"""Share of their area by which sums of areas may differ though nothing overlaps."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two shapes that share ground, and how much."""

    first: int
    second: int
    area_m2: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Ground that neighbours enclose and none of them holds."""

    shape: Any
    area_m2: float
    neighbours: list[int]


@dataclass(frozen=True, slots=True)
class Compared:
    """What is wrong between neighbours, the largest first."""

    overlaps: list[Overlap]
    gaps: list[Gap]


def compare_neighbours(shapes: Shapes, *, least_m2: float = 1.0) -> Compared:
    """Pairs of valid polygons that share more than `least_m2`, and gaps larger than it.

    A gap is a hole in the union that more than one polygon bounds. Anything but polygons is left
    out; indices are those of `shapes`.
    """
    wanted = np.flatnonzero(np.isin(shapely.get_type_id(shapes), (3, 6)))
    if len(wanted) < 2:
        return Compared([], [])
    chosen = shapes[wanted]
    unfit, joined = _parted(chosen)
    tree = shapely.STRtree(chosen)
    crossing = [
        Overlap(int(wanted[one]), int(wanted[other]), area)
        for one, other, area in _shared(chosen, unfit, tree, least_m2)
    ]
    whole = shapely.union_all([joined, *chosen[unfit]]) if unfit.any() else joined
    open_ground = []
    for hole in _holes(whole):
        around = sorted(int(wanted[i]) for i in tree.query(hole, predicate="intersects"))
        area = area_m2(hole)
        if area > least_m2 and len(around) > 1:
            open_ground.append(Gap(hole, area, around))
    return Compared(
        sorted(crossing, key=lambda overlap: -overlap.area_m2),
        sorted(open_ground, key=lambda gap: -gap.area_m2),
    )


def _parted(shapes: Shapes) -> tuple[Mask, Any]:
    """Which polygons may overlap others, and the union of those that surely do not."""
    near = _near(shapes, _has_lonely_edge(shapes))
    unfit = np.zeros(len(shapes), dtype=bool)
    unfit[near] = _invalid_edges(shapes[near])
    joined = _joined(shapes[~unfit])
    if joined is not None:
        return unfit, joined
    # As where one sound covering lies on another: every edge is paired within its own.
    return np.ones(len(shapes), dtype=bool), shapely.MultiPolygon()


def _joined(shapes: Shapes) -> Any | None:
    """The union of polygons that share whole edges, None when any of them overlap all the same."""
    try:
        joined = shapely.coverage_union_all(shapes)
    except shapely.GEOSException:  # polygons that overlap leave no outline
        return None
    apart = float(np.sum(shapely.area(shapes)))
    is_whole = abs(shapely.area(joined) - apart) <= _ROUNDING * apart and shapely.is_valid(joined)
    return joined if is_whole else None


def _invalid_edges(shapes: Shapes) -> Mask:
    """Which valid polygons have edges that do not fit their neighbours' exactly."""
    return np.asarray(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))


def _has_lonely_edge(shapes: Shapes) -> Mask:
    """Which polygons have an edge that is not the edge of exactly one other polygon too."""
    rings, of_shape = shapely.get_rings(shapes, return_index=True)
    points, of_ring = shapely.get_coordinates(rings, return_index=True)
    vertices = _mixed(points)
    inside = of_ring[1:] == of_ring[:-1]  # a ring's last vertex begins no edge
    edges = (vertices[1:] + vertices[:-1])[inside]
    owners = of_shape[of_ring[:-1][inside]]
    order = np.argsort(edges)
    ordered = edges[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    counts = np.diff(np.concatenate([starts, [len(ordered)]]))
    lonely = np.zeros(len(shapes), dtype=bool)
    lonely[owners[order[np.repeat(counts != 2, counts)]]] = True
    return lonely


def _mixed(points: NDArray[np.float64]) -> NDArray[np.uint64]:
    """A number of 64 bits for each point, the same for equal points.

    Two points could share one; the sums of areas would show what was paired wrongly.
    """
    bits = (points + 0.0).view(np.uint64)  # minus zero is zero
    mixed = bits[:, 0] * np.uint64(0x9E3779B97F4A7C15) ^ bits[:, 1]
    for shift, factor in ((32, 0xD6E8FEB86659FD93), (29, 0xBF58476D1CE4E5B9)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray(mixed ^ (mixed >> np.uint64(32)))


def _near(shapes: Shapes, lonely: Mask) -> NDArray[np.intp]:
    """The places of the lonely polygons and of all whose boxes meet theirs."""
    found = shapely.STRtree(shapes).query(shapes[lonely])[1]
    return np.unique(np.concatenate([np.flatnonzero(lonely), found]))


def _shared(
    shapes: Shapes, unfit: Mask, tree: shapely.STRtree, least_m2: float
) -> list[tuple[int, int, float]]:
    """The pairs of polygons that share ground, and how much."""
    pairs = tree.query(shapes[unfit], predicate="intersects")
    first, second = np.flatnonzero(unfit)[pairs[0]], pairs[1]
    ordered = np.unique(np.sort(np.column_stack([first, second]), axis=1), axis=0)
    ordered = ordered[ordered[:, 0] != ordered[:, 1]]
    common = shapely.intersection(shapes[ordered[:, 0]], shapes[ordered[:, 1]])
    areas = [area_m2(one) for one in common]
    return [
        (int(one), int(other), area)
        for (one, other), area in zip(ordered, areas, strict=True)
        if area > least_m2
    ]


def _holes(whole: Any) -> list[Any]:
    return [
        shapely.polygons(ring)
        for part in shapely.get_parts(whole)
        for ring in shapely.get_rings(part)[1:]
    ]
