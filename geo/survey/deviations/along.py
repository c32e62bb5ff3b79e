"""How far from its line does a marker stand, and how far along the line?

The foot on the line is found on the Gauss–Krüger plane of the marker's zone, where a straight edge
of the line is straight enough; what is told is geodesic on CGCS2000: the distance from marker to
foot, and the chainage (里程) as the sum of the line's edges from its beginning to the foot. Both
are 量算值, computed from the line as it is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import BadInput, both
from geo.survey.bearings import EARTH, Array, zone_meridian
from geo.survey.markers.positions import from_plane, gauss_kruger


@dataclass(frozen=True, slots=True)
class Foot:
    """The nearest point of a line: chainage from its beginning, and the offset from it in metres.

    offset_m is positive where the marker stands left of the line (looking along it), negative right
    of it; distance_m is its size. At an end of the line the side is that of the last edge.
    """

    chainage_m: float
    distance_m: float
    offset_m: float
    lon: float
    lat: float


def feet_on(
    line: shapely.MultiLineString | shapely.LineString, lon: Sequence[float], lat: Sequence[float]
) -> list[Foot]:
    """The foot of each place (degrees, EPSG:4490) on a line whose parts follow each other.

    A gap between parts counts nothing. Raises BadInput for a line without an edge.
    """
    xy, starts = _edges(line)
    lons, lats = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    steps = np.asarray(EARTH.inv(*xy[:-1].T, *xy[1:].T)[2])
    steps = np.where(starts, steps, 0.0)
    before = np.concatenate([[0.0], np.cumsum(steps)])
    made: list[Foot | None] = [None] * len(lons)
    meridians = zone_meridian(lons)
    for meridian in np.unique(meridians):
        chosen = np.flatnonzero(meridians == meridian)
        edges = _edges_on_plane(xy, starts, int(meridian))
        for at in chosen:
            made[at] = _foot(edges, xy, before, float(lons[at]), float(lats[at]), int(meridian))
    return [foot for foot in made if foot is not None]


def _edges(
    line: shapely.MultiLineString | shapely.LineString,
) -> tuple[Array, NDArray[np.bool_]]:
    """The vertices of all parts in order, and which of them an edge leaves."""
    xy, part = shapely.get_coordinates(shapely.get_parts(line), return_index=True)
    starts = np.asarray(part[1:] == part[:-1]) & np.asarray((xy[1:] != xy[:-1]).any(axis=1))
    if not starts.any():
        raise BadInput(both("界线没有长度。", "the line has no length"), parameter="line")
    return xy, starts


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """Edges on a plane: where each begins (north, east), its vector, its squared length, its place
    among the vertices."""

    north: Array
    east: Array
    to_north: Array
    to_east: Array
    squared: Array
    vertex: NDArray[np.intp]


def _edges_on_plane(xy: Array, starts: NDArray[np.bool_], meridian: int) -> _Edges:
    plane = gauss_kruger(xy[:, 0], xy[:, 1], meridian)
    vertex = np.flatnonzero(starts)
    north, east = plane.north_m[vertex], plane.east_m[vertex]
    to_north, to_east = plane.north_m[vertex + 1] - north, plane.east_m[vertex + 1] - east
    return _Edges(north, east, to_north, to_east, to_north**2 + to_east**2, vertex)


def _foot(edges: _Edges, xy: Array, before: Array, lon: float, lat: float, meridian: int) -> Foot:
    """The nearest point of all edges to one place."""
    own = gauss_kruger(lon, lat, meridian)
    north, east = float(own.north_m) - edges.north, float(own.east_m) - edges.east
    part = np.clip((north * edges.to_north + east * edges.to_east) / edges.squared, 0.0, 1.0)
    off_north, off_east = north - part * edges.to_north, east - part * edges.to_east
    nearest = int(np.argmin(off_north**2 + off_east**2))
    foot_lon, foot_lat = from_plane(
        edges.north[nearest] + part[nearest] * edges.to_north[nearest],
        edges.east[nearest] + part[nearest] * edges.to_east[nearest],
        meridian,
    )
    vertex = int(edges.vertex[nearest])
    from_lon, from_lat = (float(one) for one in xy[vertex])
    along = float(EARTH.inv(from_lon, from_lat, float(foot_lon), float(foot_lat))[2])
    distance = float(EARTH.inv(lon, lat, float(foot_lon), float(foot_lat))[2])
    left = edges.to_east[nearest] * north[nearest] - edges.to_north[nearest] * east[nearest]
    return Foot(
        float(before[vertex]) + along, distance, distance if left >= 0 else -distance,
        float(foot_lon), float(foot_lat),
    )  # fmt: skip
