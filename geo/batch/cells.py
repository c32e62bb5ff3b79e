"""Into which pieces is a nation cut, and how far beyond each must one look? Pure arrays.

Pieces are cells of a grid of degrees, closed on their western and southern side and open on the
others, so that a point on a cut line lies in exactly one; or they are labels, such as divisions.
Everything within a radius of a piece lies in its window widened by that radius:

- Latitude. Along any curve |dφ/ds| ≤ 1/M(φ), and the meridian's radius of curvature M is nowhere
  less than b²/a. So r metres change the latitude by at most r·a/b².
- Longitude. |dλ/ds| ≤ 1/(N(φ) cos φ) with N ≥ a, and a curve of length r stays in the latitudes
  found just now. So r metres change the longitude by at most r/(a·cos φ) at the largest |φ| of
  these; where that is a pole, every longitude is within reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, degrees, inf, radians

import numpy as np
from numpy.typing import NDArray

from geo.access.radius.distance import CGCS2000, Floats, Indices
from geo.errors import BadArray, BadInput, both

_SLACK_DEG = 1e-9
"""Room for rounding in the bounds: 0.1 mm."""


@dataclass(frozen=True, slots=True)
class Window:
    """A box of degrees, all sides included; west > east where it spans the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
        """Which points lie in the window."""
        across = self.west > self.east
        inside = (lon >= self.west) | (lon <= self.east) if across else (
            (lon >= self.west) & (lon <= self.east)
        )  # fmt: skip
        return np.asarray(inside & (lat >= self.south) & (lat <= self.north))

    def widened(self, radius_m: float) -> Window:
        """The window that holds all that is within `radius_m` (metres, geodesic) of this one."""
        up = degrees(radius_m * CGCS2000.a / CGCS2000.b**2) + _SLACK_DEG
        south, north = self.south - up, self.north + up
        if south <= -90 or north >= 90:
            return Window(-180.0, max(south, -90.0), 180.0, min(north, 90.0))
        highest = max(abs(south), abs(north))
        along = degrees(radius_m / (CGCS2000.a * cos(radians(highest)))) + _SLACK_DEG
        width = self.east - self.west + (360 if self.west > self.east else 0)
        if width + 2 * along >= 360:
            return Window(-180.0, south, 180.0, north)
        return Window(_turned(self.west - along), south, _turned(self.east + along), north)


def _turned(lon: float) -> float:
    """A longitude brought back into −180 … 180."""
    if lon < -180:
        return lon + 360
    return lon - 360 if lon > 180 else lon


def window_of(lon: Floats, lat: Floats) -> Window:
    """The smallest window that holds the points; it spans the antimeridian where that is shorter.

    Raises BadArray without points.
    """
    if not len(lon):
        raise BadArray("没有点就没有范围。\nThere is no window without points.", parameter="lon")
    south, north = float(lat.min()), float(lat.max())
    west, east = float(lon.min()), float(lon.max())
    if east - west > 180:
        around = np.sort(lon)
        gaps = np.diff(around)
        widest = int(np.argmax(gaps))
        if gaps[widest] > 360 - (east - west):
            return Window(float(around[widest + 1]), south, float(around[widest]), north)
    return Window(west, south, east, north)


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid of degrees by the western and southern edges of its columns and rows."""

    west_edges: Floats
    south_edges: Floats

    def cell_of(self, lon: Floats, lat: Floats) -> Indices:
        """The number of the one cell that each point lies in."""
        column = np.searchsorted(self.west_edges, lon, side="right") - 1
        row = np.searchsorted(self.south_edges, lat, side="right") - 1
        return np.asarray(row * len(self.west_edges) + column, dtype=np.int64)

    def window(self, column: int, row: int) -> Window:
        """The window of a cell, its open sides included."""
        return Window(
            float(self.west_edges[column]), float(self.south_edges[row]),
            _edge(self.west_edges, column + 1, 180.0), _edge(self.south_edges, row + 1, 90.0),
        )  # fmt: skip

    def ends(self, column: int, row: int) -> tuple[float, float]:
        """Where a cell ends, itself not included: longitude and latitude; inf at the last edge."""
        return _edge(self.west_edges, column + 1, inf), _edge(self.south_edges, row + 1, inf)


def _edge(edges: Floats, number: int, last: float) -> float:
    return float(edges[number]) if number < len(edges) else last


def grid_of(size_deg: float) -> Grid:
    """The grid whose cells are `size_deg` degrees wide and high, counted from 180° W, 90° S.

    Raises BadInput for sizes below 0.001° or above 360°.
    """
    if not 0.001 <= size_deg <= 360:
        raise BadInput(
            both(f"切块大小 {size_deg} 度须在 0.001 至 360 之间。",
                 f"pieces of {size_deg} degrees: the size must be from 0.001 to 360"),
            parameter="cut",
        )  # fmt: skip
    return Grid(
        -180 + size_deg * np.arange(int(np.ceil(360 / size_deg)), dtype=np.float64),
        -90 + size_deg * np.arange(int(np.ceil(180 / size_deg)), dtype=np.float64),
    )


def pieces_of(label: NDArray[np.generic], longest: int) -> list[Indices]:
    """The rows of every label, in the labels' order; none longer than `longest` rows.

    Each row is in exactly one piece, and the pieces are the same for the same labels.
    """
    order = np.argsort(label, kind="stable")
    starts = np.flatnonzero(label[order][1:] != label[order][:-1]) + 1
    return [
        group[at : at + longest]
        for group in np.split(order, starts)
        for at in range(0, len(group), longest)
    ]


def checked_points(lon: Floats, lat: Floats, what: str) -> tuple[Floats, Floats]:
    """Longitudes and latitudes as 64-bit arrays of one length, in range.

    Raises BadArray that names the first row at fault.
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise BadArray(
            both(f"{what} 的经纬度长度不一致。", f"{what}: lon and lat must be of one length"),
            parameter=what,
        )
    bad = ~((np.abs(x) <= 180) & (np.abs(y) <= 90))
    if bad.any():
        row = int(np.argmax(bad))
        raise BadArray(
            both(f"{what} 第 {row} 行的经纬度（{x[row]}, {y[row]}）不是度数。",
                 f"{what}: row {row} has lon {x[row]}, lat {y[row]}, which are no degrees"),
            parameter=what,
        )  # fmt: skip
    return x, y
