"""Into which invented zones is each district cut, for analysis below the district?

The real townships have no open polygons; the zones stand in for their number, never for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geo.crs import Array
from geo.demo.ground import Ground
from geo.demo.people import People, Whole

WITHOUT_TOWNSHIPS = 8
"""Zones of a district whose townships are not known."""


@dataclass(frozen=True)
class Zone:
    """A zone: code, name, index of its district, shape in degrees."""

    code: str
    name: str
    district: int
    geom: BaseGeometry


def cut_zones(ground: Ground, people: People, seed: int) -> list[Zone]:
    """Cut each district into as many zones as it has townships: an exact partition.

    The seeds are drawn where people live and moved twice to the middle of their people; each
    place belongs to the nearest seed of its own district. All borders are noded together, so that
    neighbours share every corner.
    """
    rng = ground.rng(seed, 2)
    seeds = [_seeds(ground, people, index, rng) for index in range(len(ground.districts))]
    edges = [
        shapely.transform(_edges(points, district.flat), ground.to_degrees)
        for points, district in zip(seeds, ground.districts, strict=True)
    ]
    borders = [shapely.boundary(district.geom) for district in ground.districts]
    faces = shapely.get_parts(
        shapely.polygonize(shapely.get_parts(shapely.union_all([*borders, *edges])))
    )
    owner, nearest = _owners(ground, seeds, faces)
    zones = []
    for index, district in enumerate(ground.districts):
        for number in range(len(seeds[index])):
            own = faces[(owner == index) & (nearest == number)]
            shape = shapely.union_all(own)
            name = f"示例片区-{district.short_name}-{number + 1:02d}"
            zones.append(Zone(f"DEMO-{district.code[:6]}-Z{number + 1:02d}", name, index, shape))
    return zones


def _seeds(ground: Ground, people: People, index: int, rng: np.random.Generator) -> Array:
    """Seed points (metres) of a district's zones, from north-west to south-east."""
    own = np.flatnonzero(people.district == index)
    count = min(ground.districts[index].townships or WITHOUT_TOWNSHIPS, len(own))
    weight = people.total[own] ** 0.5
    chosen = own[rng.choice(len(own), size=count, replace=False, p=weight / weight.sum())]
    points = people.xy[chosen]
    for _ in range(2):
        nearest = cKDTree(points).query(people.xy[own])[1]
        mass = np.bincount(nearest, weight, count)
        moved = [np.bincount(nearest, weight * people.xy[own, axis], count) for axis in (0, 1)]
        points = np.column_stack(moved) / mass[:, None]
    return points[np.lexsort((points[:, 0], -points[:, 1]))]


def _edges(points: Array, district: BaseGeometry) -> BaseGeometry:
    """The borders between the seeds (Voronoi's), a little beyond the district's own border."""
    if len(points) < 2:
        return shapely.MultiLineString()
    around = district.envelope.buffer(1000)
    lines: Any = shapely.voronoi_polygons(
        shapely.multipoints(points), extend_to=around, only_edges=True
    )
    within: BaseGeometry = shapely.intersection(lines, district.buffer(30, quad_segs=1))
    return within


def _owners(ground: Ground, seeds: list[Array], faces: NDArray[np.object_]) -> tuple[Whole, Whole]:
    """District and nearest seed of each face; -1 for faces outside every district."""
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    owner = np.full(len(faces), -1)
    nearest = np.full(len(faces), -1)
    metres = ground.to_metres(inside)
    for index, district in enumerate(ground.districts):
        own = shapely.contains_xy(district.geom, inside)
        owner[own] = index
        nearest[own] = cKDTree(seeds[index]).query(metres[own])[1]
    return owner, nearest


def zone_of_cells(zones: list[Zone], people: People) -> Whole:
    """Index of the zone of each cell's representative point; -1 where none holds it."""
    tree = shapely.STRtree([zone.geom for zone in zones])
    cells, found = tree.query(shapely.points(people.lonlat), predicate="intersects")
    zone = np.full(len(people), -1)
    zone[cells] = found
    return zone
