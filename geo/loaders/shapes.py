"""Are delivered shapes sound: valid, apart from their neighbours, and without gaps between them?

All areas are measured on the ellipsoid of CGCS2000 (量算值); shapes are in degrees, EPSG:4490.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geo.crs import Array, DatumShift, to_stored

Shapes = NDArray[np.object_]
_GRS80 = Geod(ellps="GRS80")
_AREAL = ("Polygon", "MultiPolygon")


def area_m2(shape: Any) -> float:
    """The geodesic area of a valid polygon or multipolygon in square metres; 0 for any other."""
    total = 0.0
    for part in shapely.get_parts(shapely.get_parts(shape)):
        if part.geom_type == "Polygon" and not part.is_empty:
            outer, *holes = (_ring_area_m2(ring) for ring in shapely.get_rings(part))
            total += outer - sum(holes)
    return total


def _ring_area_m2(ring: Any) -> float:
    """What a ring encloses; the lobes of a ring that crosses itself cancel out."""
    coordinates = shapely.get_coordinates(ring)
    return abs(float(_GRS80.polygon_area_perimeter(coordinates[:, 0], coordinates[:, 1])[0]))


@dataclass(frozen=True, slots=True)
class Moved:
    """Shapes in EPSG:4490, how they came there, and the coordinates from which they came."""

    shapes: Shapes
    note: str | None
    given_x: Array
    given_y: Array
    lon: Array
    lat: Array
    owner: NDArray[np.intp]


def move_to_stored(shapes: Shapes, crs: str, shift: DatumShift | None = None) -> Moved:
    """Bring shapes (None among them allowed) from `crs` to EPSG:4490, vertex by vertex.

    `owner` tells which shape each vertex belongs to. A shape with a vertex that cannot be converted
    keeps its own coordinates: the caller refuses it by `lon`, `lat`. Raises CrsError.
    """
    given, owner = shapely.get_coordinates(shapes, return_index=True)
    stored = to_stored(given[:, 0], given[:, 1], crs, datum_shift=shift)
    lost = ~(np.isfinite(stored.lon) & np.isfinite(stored.lat))
    there = np.where(lost[:, None], given, np.column_stack([stored.lon, stored.lat]))
    moved = shapely.set_coordinates(shapes.copy(), there)
    return Moved(moved, stored.note, given[:, 0], given[:, 1], stored.lon, stored.lat, owner)


@dataclass(frozen=True, slots=True)
class Repair:
    """What was wrong with the shape at `index`, and its area before and after mending.

    `percent` is the change of area; None where nothing is left to compare with.
    """

    index: int
    reason: str
    before_m2: float
    after_m2: float

    @property
    def percent(self) -> float | None:
        """The change as a share of the mended area, unsigned."""
        if self.after_m2 == 0:
            return None
        return abs(self.after_m2 - self.before_m2) / self.after_m2 * 100


@dataclass(frozen=True, slots=True)
class Mended:
    """Valid shapes of one dimension, and what was done to those that were not valid."""

    shapes: Shapes
    repairs: list[Repair]


def mend(shapes: Shapes) -> Mended:
    """Make polygons valid as multipolygons by the even–odd rule; other types pass as they are.

    The area before counts each ring as it was delivered: holes inside the shell take away from it,
    a "hole" outside of it is a part of its own (so it comes out of flattened multipolygons), and
    the lobes of a shell that crosses itself cancel out.
    """
    mended = shapes.copy()
    repairs = []
    for index in np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)):
        shape = shapes[index]
        reason = str(shapely.is_valid_reason(shape))
        fixed = areal(shapely.make_valid(shape)) if shape.geom_type in _AREAL else shape
        mended[index] = fixed
        repairs.append(Repair(int(index), reason, _delivered_area_m2(shape), area_m2(fixed)))
    return Mended(mended, repairs)


def areal(shape: Any) -> Any:
    """The polygons of a geometry as one multipolygon; lines and points fall away."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def _delivered_area_m2(shape: Any) -> float:
    total = 0.0
    for part in shapely.get_parts(shape):
        shell, *holes = shapely.get_rings(part)
        total += _ring_area_m2(shell)
        inside = shapely.make_valid(shapely.polygons(shell))
        for hole in holes:
            middle = shapely.point_on_surface(shapely.make_valid(shapely.polygons(hole)))
            total += -_ring_area_m2(hole) if inside.intersects(middle) else _ring_area_m2(hole)
    return abs(total)


def unfit_edges(shapes: Shapes) -> NDArray[np.bool_]:
    """Which valid polygons have edges that do not fit their neighbours' exactly."""
    return np.asarray(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))


def union_of(shapes: Shapes) -> Any:
    """The union of valid polygons; those that fit their neighbours are joined along their edges."""
    unfit = unfit_edges(shapes)
    joined = shapely.coverage_union_all(shapes[~unfit])
    return shapely.union_all([joined, *shapes[unfit]])


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two shapes that share ground, and how much."""

    first: int
    second: int
    area_m2: float


def overlaps(shapes: Shapes, *, least_m2: float = 1.0) -> list[Overlap]:
    """The pairs of valid polygons that share more than `least_m2`, the largest first.

    Only shapes whose edges do not fit their neighbours' are compared: most of a sound coverage is
    passed over.
    """
    wanted = np.flatnonzero(np.isin(shapely.get_type_id(shapes), (3, 6)))
    if len(wanted) < 2:
        return []
    chosen = shapes[wanted]
    unfit = unfit_edges(chosen)
    pairs = shapely.STRtree(chosen).query(chosen[unfit], predicate="intersects")
    first, second = np.flatnonzero(unfit)[pairs[0]], pairs[1]
    ordered = np.unique(np.sort(np.column_stack([first, second]), axis=1), axis=0)
    ordered = ordered[ordered[:, 0] != ordered[:, 1]]
    shared = shapely.intersection(chosen[ordered[:, 0]], chosen[ordered[:, 1]])
    found = [
        Overlap(int(wanted[a]), int(wanted[b]), area)
        for (a, b), common in zip(ordered, shared, strict=True)
        if (area := area_m2(common)) > least_m2
    ]
    return sorted(found, key=lambda overlap: -overlap.area_m2)


@dataclass(frozen=True, slots=True)
class Gap:
    """Ground that neighbours enclose and none of them holds."""

    shape: Any
    area_m2: float
    neighbours: list[int]


def gaps(shapes: Shapes, *, least_m2: float = 1.0) -> list[Gap]:
    """The holes in the union of polygons that more than one of them bounds, the largest first."""
    wanted = np.flatnonzero(np.isin(shapely.get_type_id(shapes), (3, 6)))
    if len(wanted) < 2:
        return []
    chosen = shapes[wanted]
    whole = union_of(chosen)
    rings = [ring for part in shapely.get_parts(whole) for ring in shapely.get_rings(part)[1:]]
    tree = shapely.STRtree(chosen)
    found = []
    for ring in rings:
        hole = shapely.polygons(ring)
        around = sorted(int(wanted[i]) for i in tree.query(hole, predicate="intersects"))
        area = area_m2(hole)
        if area > least_m2 and len(around) > 1:
            found.append(Gap(hole, area, around))
    return sorted(found, key=lambda gap: -gap.area_m2)
