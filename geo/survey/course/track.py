"""Where along a line is a point: chainage from its start, distance from it, and back?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Proj

from geo.errors import BadInput, both
from geo.survey.bearings import EARTH

Floats = NDArray[np.float64]
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One unbroken stretch of a line. lonlat: its vertices in degrees (EPSG:4490); xy: the same on
    a transverse Mercator plane around its middle, metres; at_m: geodesic chainage of each vertex
    (量算值); flat_m: the same on the plane, for looking up only; flat: the line there.
    """

    lonlat: Floats
    xy: Floats
    at_m: Floats
    flat_m: Floats
    to_plane: Callable[..., Any]
    flat: shapely.LineString

    @classmethod
    def of(cls, line: shapely.LineString) -> Track:
        """The track of a LineString in degrees. Raises BadInput where it has no length."""
        lonlat = shapely.get_coordinates(line)
        if not bool(np.all(np.isfinite(lonlat))):
            raise _no_length()
        lonlat = lonlat[np.r_[True, np.any(np.diff(lonlat, axis=0) != 0, axis=1)][: len(lonlat)]]
        if len(lonlat) < 2:
            raise _no_length()
        middle = float(np.round((lonlat[:, 0].min() + lonlat[:, 0].max()) / 2, 3))
        plane = Proj(proj="tmerc", lon_0=middle, ellps="GRS80")
        steps = EARTH.inv(lonlat[:-1, 0], lonlat[:-1, 1], lonlat[1:, 0], lonlat[1:, 1])[2]
        xy = np.column_stack(plane(lonlat[:, 0], lonlat[:, 1]))
        flat = np.hypot(*np.diff(xy, axis=0).T)
        return cls(lonlat, xy, np.r_[0.0, np.cumsum(steps)], np.r_[0.0, np.cumsum(flat)], plane,
                   shapely.LineString(xy))  # fmt: skip

    @property
    def length_m(self) -> float:
        """Geodesic metres from end to end (量算值)."""
        return float(self.at_m[-1])

    @property
    def is_closed(self) -> bool:
        """Whether it ends where it starts."""
        return bool(np.all(self.lonlat[0] == self.lonlat[-1]))

    def reversed(self) -> Track:
        """The same line, run the other way."""
        return Track(
            self.lonlat[::-1], self.xy[::-1], self.at_m[-1] - self.at_m[::-1],
            self.flat_m[-1] - self.flat_m[::-1], self.to_plane, shapely.reverse(self.flat),
        )  # fmt: skip

    def on_plane(self, geometry: Any) -> Any:
        """A geometry in degrees on the plane of this track."""
        return shapely.transform(geometry, lambda c: np.column_stack(self.to_plane(*c.T)))

    def locate(self, lonlat: ArrayLike) -> tuple[Floats, Floats]:
        """Chainage and distance in metres of points (n × 2, degrees); each at its nearest place."""
        points = shapely.points(
            np.column_stack(self.to_plane(*np.asarray(lonlat).reshape(-1, 2).T))
        )
        flat = self.flat
        along = shapely.line_locate_point(flat, points)
        return self.chainage(along), np.asarray(shapely.distance(flat, points), dtype=np.float64)

    def chainage(self, flat_m: ArrayLike) -> Floats:
        """Geodesic chainages of lengths along the plane line."""
        wanted = np.asarray(flat_m, dtype=np.float64)
        return np.asarray(np.interp(wanted, self.flat_m, self.at_m), dtype=np.float64)

    def points_at(self, at_m: ArrayLike) -> Floats:
        """The points at chainages, n × 2 degrees."""
        wanted = np.atleast_1d(np.asarray(at_m, dtype=np.float64))
        return np.column_stack([np.interp(wanted, self.at_m, self.lonlat[:, k]) for k in (0, 1)])

    def flat_between(self, start_m: float, end_m: float) -> shapely.LineString:
        """The stretch between two chainages, on the plane."""
        ends = np.interp([start_m, end_m], self.at_m, self.flat_m)
        inside = (self.flat_m > ends[0]) & (self.flat_m < ends[1])
        outer = [[np.interp(e, self.flat_m, self.xy[:, k]) for k in (0, 1)] for e in ends]
        return shapely.LineString(np.vstack([outer[:1], self.xy[inside], outer[1:]]))

    def stretch(self, start_m: float, end_m: float) -> shapely.LineString:
        """The stretch between two chainages, in degrees, with the line's own vertices."""
        inside = (self.at_m > start_m + 1e-6) & (self.at_m < end_m - 1e-6)
        ends = self.points_at([start_m, end_m])
        return shapely.LineString(np.vstack([ends[:1], self.lonlat[inside], ends[1:]]))

    def intervals(self, pieces: Any) -> list[Interval]:
        """From–to chainages of pieces of the plane line, joined where they follow each other."""
        found: list[Interval] = []
        for piece in shapely.get_parts(pieces):
            if shapely.get_dimensions(piece) != 1 or piece.length == 0:
                continue
            middle = shapely.line_interpolate_point(piece, 0.5, normalized=True)
            along, half = float(shapely.line_locate_point(self.flat, middle)), piece.length / 2
            low, high = (float(one) for one in self.chainage([along - half, along + half]))
            found.append((low, high))
        return _joined(found)

    def bends(self, start_m: float, end_m: float, tolerance_m: float) -> Floats:
        """Chainages between two others where the simplified line bends (Douglas and Peucker)."""
        line = shapely.get_coordinates(self.flat_between(start_m, end_m))
        simple = shapely.simplify(shapely.LineString(line), tolerance_m, preserve_topology=False)
        kept = shapely.get_coordinates(simple)[1:-1]
        begins = np.interp(start_m, self.at_m, self.flat_m)
        before = int(np.searchsorted(self.flat_m, begins, "right"))
        at, made = 1, []
        for vertex in kept:  # kept vertices stand in the order of the line
            while not np.array_equal(line[at], vertex):
                at += 1
            made.append(self.at_m[before + at - 1])
            at += 1
        return np.array(made, dtype=np.float64)


def tracks_of(geometry: Any) -> list[Track]:
    """A track for each stretch of a LineString or MultiLineString; adjoining ones are joined."""
    parts = list(shapely.get_parts(geometry))
    joined: list[list[Any]] = []
    for part in parts:
        here = shapely.get_coordinates(part)
        if joined and np.array_equal(joined[-1][-1], here[0]):
            joined[-1] = [*joined[-1], *here[1:]]
        else:
            joined.append(list(here))
    return [Track.of(shapely.LineString(one)) for one in joined]


def _joined(found: list[Interval]) -> list[Interval]:
    made: list[Interval] = []
    for low, high in sorted(found):
        if made and low <= made[-1][1] + 1e-3:
            made[-1] = (made[-1][0], max(high, made[-1][1]))
        else:
            made.append((low, high))
    return made


def _no_length() -> BadInput:
    return BadInput(both("界线没有长度。", "the line has no length"), parameter="line")
