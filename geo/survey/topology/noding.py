"""Do neighbours that draw one border with different vertices get the same ones?

A vertex of one polygon that lies on an edge of another becomes a vertex of both. Only edges that
no neighbour shares are looked at, so a coverage that fits already costs one sort.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.survey.topology.rings import OUTSIDE, Floats, Ints, numbered, rings_of
from geo.survey.topology.units import Shapes

DUST_DEGREES = 1e-9
"""Points this close (0.1 mm) are one point: floating-point dust of a conversion is no distance."""
_ROUNDS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Noded:
    """Polygons whose common borders have common vertices; how many were put in or moved."""

    shapes: Shapes
    inserted: int
    moved: int


def noded(shapes: Shapes, *, tolerance_deg: float = DUST_DEGREES) -> Noded:
    """Give neighbours common vertices where those of one lie on the edges of another.

    Vertices closer than `tolerance_deg` to each other become one, those closer than it to a foreign
    edge are put into that edge. Nothing else moves. Polygons that overlap or leave gaps go on doing
    so: that is told by `geo.survey.quality`.
    """
    shapes = _without_repeats(shapes)
    inserted = moved = 0
    for _ in range(_ROUNDS):
        lonely = _lonely_vertices(shapes)
        if not len(lonely):
            break
        shapes, snapped = _snapped(shapes, lonely, tolerance_deg)
        shapes, put_in = _split(shapes, tolerance_deg)
        moved, inserted = moved + snapped, inserted + put_in
        if not snapped and not put_in:
            break
    return Noded(shapes, inserted, moved)


def _without_repeats(shapes: Shapes) -> Shapes:
    """The polygons without vertices that only say again the one before."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    again = owner[1:][(xy[1:] == xy[:-1]).all(axis=1)]
    made = shapes.copy()
    touched = np.unique(again)
    made[touched] = shapely.remove_repeated_points(made[touched])
    return made


def _lonely_vertices(shapes: Shapes) -> Floats:
    """The points at the ends of edges that no neighbour shares."""
    rings = rings_of(shapes)
    lonely = rings.twins() == OUTSIDE
    ends = np.concatenate([rings.xy[lonely], rings.xy[rings.following[lonely]]])
    return np.unique(ends, axis=0)


def _snapped(shapes: Shapes, points: Floats, tolerance_deg: float) -> tuple[Shapes, int]:
    """Move lonely vertices that nearly meet onto the first of them."""
    pairs = cKDTree(points).query_pairs(tolerance_deg, output_type="ndarray")
    if not len(pairs):
        return shapes, 0
    ties = coo_array((np.ones(len(pairs)), pairs.T), shape=(len(points), len(points)))
    group = connected_components(ties, directed=False)[1]
    target = points[np.unique(group, return_index=True)[1][group]]
    changed = np.flatnonzero((target != points).any(axis=1))
    goes = {tuple(points[i]): target[i] for i in changed.tolist()}
    xy = shapely.get_coordinates(shapes)
    is_one = np.isin(_complex(xy), _complex(points[changed]))
    for i in np.flatnonzero(is_one):
        xy[i] = goes[tuple(xy[i])]
    made = shapely.set_coordinates(shapes.copy(), xy)
    touched = np.unique(shapely.get_coordinates(shapes, return_index=True)[1][is_one])
    made[touched] = shapely.remove_repeated_points(made[touched])
    return made, len(changed)


def _split(shapes: Shapes, tolerance_deg: float) -> tuple[Shapes, int]:
    """Put lonely vertices into the lonely edges on which they lie."""
    xy, offsets = _ragged(shapes)
    numbers = numbered(xy)
    closing = offsets[0][1:] - 1
    starts = np.setdiff1d(np.arange(len(xy)), closing, assume_unique=True)
    edges = np.sort(np.column_stack([numbers[starts], numbers[starts + 1]]), axis=1)
    _, of_edge, times = np.unique(
        edges[:, 0] * np.int64(len(xy)) + edges[:, 1], return_inverse=True, return_counts=True
    )
    alone = starts[times[of_edge] == 1]
    points = np.unique(np.concatenate([alone, alone + 1]))
    points = points[np.unique(numbers[points], return_index=True)[1]]
    segments: Any = shapely.linestrings(np.stack([xy[alone], xy[alone + 1]], axis=1))
    found = shapely.STRtree(segments).query(
        shapely.points(xy[points]), predicate="dwithin", distance=tolerance_deg
    )
    point, edge = points[found[0]], alone[found[1]]
    is_end = (numbers[point] == numbers[edge]) | (numbers[point] == numbers[edge + 1])
    point, edge = point[~is_end], edge[~is_end]
    if not len(point):
        return shapes, 0
    step = xy[edge + 1] - xy[edge]
    along = ((xy[point] - xy[edge]) * step).sum(axis=1) / (step**2).sum(axis=1)
    order = np.lexsort([along, edge])
    return _with_points(xy, offsets, edge[order] + 1, xy[point[order]]), len(point)


def _ragged(shapes: Shapes) -> tuple[Floats, list[Ints]]:
    """Vertices of multipolygons, and where rings, parts and shapes begin."""
    parts, of_shape = shapely.get_parts(shapes, return_index=True)
    held: Any = np.full(len(shapes), shapely.MultiPolygon(), dtype=object)
    shapely.multipolygons(parts, indices=of_shape, out=held)
    _, xy, offsets = shapely.to_ragged_array(held, include_z=False)
    return xy, [np.asarray(one, dtype=np.int64) for one in offsets]


def _with_points(xy: Floats, offsets: list[Ints], before: Ints, points: Floats) -> Shapes:
    made = np.insert(xy, before, points, axis=0)
    rings = offsets[0] + np.searchsorted(before, offsets[0], side="left")
    kind = shapely.GeometryType.MULTIPOLYGON
    built = shapely.from_ragged_array(kind, made, (rings, *offsets[1:]))
    return np.asarray(built, dtype=object)


def _complex(xy: Floats) -> NDArray[np.complex128]:
    return np.ascontiguousarray(xy + 0.0).view(np.complex128).ravel()
