"""How far along a line is something, and which parts of the line lie near what was walked?

Pure functions. Chainage (里程) counts geodesic metres from the line's first vertex through all its
parts in their order; distances aside are taken on the 3° Gauss–Krüger plane of the line's middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geo.survey.bearings import plane_of, zone_meridian

Floats = NDArray[np.float64]
CGCS2000 = Geod(ellps="GRS80")
ARC_STEPS = 32
"""Steps of a quarter circle around a track: the circle is 0.03 % too small at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Ruler:
    """A line cut into its edges. a, b: ends in degrees (n, 2); start_m: chainage of each a."""

    a: Floats
    b: Floats
    on_plane: NDArray[np.object_]
    start_m: Floats
    length_m: Floats
    meridian: int

    @property
    def total_m(self) -> float:
        """The whole line, geodesic metres (量算值)."""
        return float(self.length_m.sum())

    def to_plane(self, geometry: Any) -> Any:
        """A geometry in degrees on the line's plane, metres east and north."""
        plane = plane_of(self.meridian)
        return shapely.transform(geometry, lambda xy: np.column_stack(plane(xy[:, 0], xy[:, 1])))

    def at(self, chainage_m: float) -> tuple[float, float]:
        """The point in degrees at a chainage; beyond the ends, the end."""
        i = int(np.clip(np.searchsorted(self.start_m, chainage_m, "right") - 1, 0, len(self.a) - 1))
        share = np.clip((chainage_m - self.start_m[i]) / max(self.length_m[i], 1e-12), 0.0, 1.0)
        x, y = self.a[i] + share * (self.b[i] - self.a[i])
        return float(x), float(y)


def ruler_of(line: Any) -> Ruler:
    """The ruler of a LineString or MultiLineString in degrees (EPSG:4490)."""
    parts = [np.asarray(part.coords)[:, :2] for part in getattr(line, "geoms", [line])]
    a = np.concatenate([part[:-1] for part in parts])
    b = np.concatenate([part[1:] for part in parts])
    _, _, length = CGCS2000.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])
    length = np.asarray(length)
    start = np.concatenate([[0.0], np.cumsum(length)[:-1]])
    meridian = int(zone_meridian(float((a[:, 0].min() + b[:, 0].max()) / 2)))
    plane = plane_of(meridian)
    ends = np.stack([np.column_stack(plane(*a.T)), np.column_stack(plane(*b.T))], axis=1)
    return Ruler(a, b, np.asarray(shapely.linestrings(ends), dtype=object), start, length, meridian)


def chainage_of(ruler: Ruler, lon: float, lat: float) -> tuple[float, float]:
    """(chainage, distance aside) in metres of the place on the line nearest to a point."""
    point = ruler.to_plane(shapely.Point(lon, lat))
    aside = shapely.distance(ruler.on_plane, point)
    i = int(np.argmin(aside))
    share = shapely.line_locate_point(ruler.on_plane[i], point, normalized=True)
    return float(ruler.start_m[i] + share * ruler.length_m[i]), float(aside[i])


def covered_stretches(ruler: Ruler, area: Any) -> list[tuple[float, float]]:
    """The stretches (from, to) by chainage that lie within an area of the ruler's plane."""
    inside = shapely.intersection(ruler.on_plane, area)
    found: list[tuple[float, float]] = []
    for i in np.flatnonzero(~shapely.is_empty(inside)):
        plane_length = shapely.length(ruler.on_plane[i])
        if plane_length == 0:
            continue
        scale = ruler.length_m[i] / plane_length
        first = shapely.get_coordinates(ruler.on_plane[i])[0]
        for piece in shapely.get_parts(inside[i]):
            away = np.hypot(*(shapely.get_coordinates(piece) - first).T) * scale
            found.append((ruler.start_m[i] + away.min(), ruler.start_m[i] + away.max()))
    return _joined(found)


def the_rest(stretches: Sequence[tuple[float, float]], total_m: float) -> list[tuple[float, float]]:
    """What the stretches leave of a line of this length."""
    left, at = [], 0.0
    for start, end in stretches:
        if start - at > TOUCH_M:
            left.append((at, start))
        at = max(at, end)
    if total_m - at > TOUCH_M:
        left.append((at, total_m))
    return left


TOUCH_M = 0.01
"""Stretches as near as this are one."""


def _joined(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    made: list[tuple[float, float]] = []
    for start, end in sorted(stretches):
        if made and start - made[-1][1] <= TOUCH_M:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return [(start, end) for start, end in made if end - start > TOUCH_M]


def stretch(ruler: Ruler, start_m: float, end_m: float) -> Any:
    """The geometry in degrees between two chainages, a MultiLineString of its edges' runs."""
    runs: list[list[tuple[float, float]]] = []
    for i in range(len(ruler.a)):
        low, high = ruler.start_m[i], ruler.start_m[i] + ruler.length_m[i]
        if high <= start_m or low >= end_m or high == low:
            continue
        ends = [
            tuple(ruler.a[i] + (at - low) / (high - low) * (ruler.b[i] - ruler.a[i]))
            for at in (max(low, start_m), min(high, end_m))
        ]
        if runs and np.allclose(runs[-1][-1], ends[0], rtol=0, atol=1e-12):
            runs[-1].append(ends[1])
        else:
            runs.append(ends)
    return shapely.MultiLineString(runs)
