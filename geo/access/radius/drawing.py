"""What does the uncovered ground of an area look like? Polygons for drawing, from pure geometry.

A facility's reach is drawn as the circle of points at exactly the radius along geodesics (64 of
them, joined by straight lines in longitude and latitude: the polygon lies inside the true circle by
at most 0.12 % of the radius). The numbers do not depend on the drawing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.access.radius.distance import CGCS2000, Floats, Indices
from geo.access.radius.ground import Ground

CORNERS = 64
LONE_CELL_M = 10.0
"""Radius of the spot drawn around uncovered cells where the drawn reach leaves nothing free."""


@dataclass(frozen=True, slots=True)
class Part:
    """A connected uncovered part of an area (by number) and the uncovered cells assigned to it."""

    area: int
    shape: BaseGeometry
    cells: Indices


def reach_circles(lon: Floats, lat: Floats, radius_m: float) -> np.ndarray:
    """The polygon of points at `radius_m` metres around each site; shapely polygons (n,)."""
    azimuth = np.linspace(0, 360, CORNERS, endpoint=False)
    around = (len(lon), CORNERS)
    corner_lon, corner_lat, _ = CGCS2000.fwd(
        np.broadcast_to(lon[:, None], around),
        np.broadcast_to(lat[:, None], around),
        np.broadcast_to(azimuth, around),
        np.full(around, radius_m),
    )
    rings = np.stack([corner_lon, corner_lat], axis=-1)
    return np.asarray(shapely.polygons(np.concatenate([rings, rings[:, :1]], axis=1)))


def uncovered_parts(
    ground: Ground, kinds: list[str], radius_m: float, *, across_border: bool, cells: Indices
) -> list[Part]:
    """Cut every area, minus the reach of what counts for it, into connected parts with people.

    kinds: base kinds that count. cells: the uncovered cells, which are all assigned: to the part
    that holds the point, else to the nearest part of the cell's own area, so that people of an
    area's parts add up to its uncovered people exactly.
    """
    every = range(len(ground.area_shapes))
    return parts_of_circles(
        ground, kinds, radius_m, across_border=across_border, cells=cells, areas=every
    )


def parts_of_circles(
    ground: Ground,
    kinds: list[str],
    radius_m: float,
    *,
    across_border: bool,
    cells: Indices,
    areas: Iterable[int],
) -> list[Part]:
    """The same for some areas, by number."""
    sites = [site for site in ground.sites if set(site.kinds).intersection(kinds)]
    lon = np.array([site.lon for site in sites], dtype=np.float64)
    lat = np.array([site.lat for site in sites], dtype=np.float64)
    circles = reach_circles(lon, lat, radius_m)
    tree = shapely.STRtree(circles)
    parts: list[Part] = []
    for number in areas:
        shape = ground.area_shapes[number]
        if shape is None:
            continue
        whole = shape if shape.is_valid else shapely.make_valid(shape)
        near = tree.query(whole, predicate="intersects")
        if not across_border:
            near = np.array([i for i in near if number in sites[i].homes], dtype=np.int64)
        free = shapely.difference(whole, shapely.union_all(circles[near])) if len(near) else whole
        own = cells[ground.cell_area[cells] == number]
        parts += with_cells(ground, number, polygons_of(free), own)
    return parts


def with_cells(ground: Ground, area: int, shapes: list[BaseGeometry], cells: Indices) -> list[Part]:
    """The parts of one area with their cells."""
    lon, lat = ground.cell_lon[cells], ground.cell_lat[cells]
    if not shapes and len(cells):
        shapes = [shapely.union_all(reach_circles(lon, lat, LONE_CELL_M))]
    if not shapes:
        return []
    at = np.full(len(cells), -1, dtype=np.int64)
    for i, shape in enumerate(shapes):
        shapely.prepare(shape)
        open_cells = np.flatnonzero(at < 0)
        at[open_cells[shapely.intersects_xy(shape, lon[open_cells], lat[open_cells])]] = i
    for lone in np.flatnonzero(at < 0):
        at[lone] = int(np.argmin(shapely.distance(shapely.Point(lon[lone], lat[lone]), shapes)))
    return [Part(area, shape, cells[at == i]) for i, shape in enumerate(shapes)]


def polygons_of(shape: BaseGeometry) -> list[BaseGeometry]:
    """The polygons of a geometry; lines and points that a difference leaves behind fall away."""
    return [
        part
        for piece in shapely.get_parts(shape)
        for part in shapely.get_parts(piece)
        if part.geom_type == "Polygon" and not part.is_empty
    ]
