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
EDGES_AT_ONCE = 500
"""Edges of a line that are compared with a track at one time: bounds the memory."""


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


def stretches_near(
    ruler: Ruler, a: Floats, b: Floats, within_m: float
) -> list[tuple[float, float]]:  # fmt: skip
    """The stretches (from, to) by chainage within `within_m` metres of any segment from a to b.

    a, b: (n, 2) on the ruler's plane; where both are one point, a disc. What lies near a segment is
    convex, so of each edge it covers one interval, and that is exact: two discs and the strip
    between them.
    """
    if len(a) == 0:
        return []
    lines = np.asarray(shapely.linestrings(np.stack([a, b], axis=1)), dtype=object)
    # A line without length is no geometry that a distance could be taken to.
    points = np.asarray(shapely.points(a), dtype=object)
    tree = shapely.STRtree(np.where((a == b).all(axis=1), points, lines))
    ends = shapely.get_coordinates(ruler.on_plane).reshape(-1, 2, 2)
    found: list[tuple[float, float]] = []
    for first in range(0, len(ends), EDGES_AT_ONCE):
        chosen = ruler.on_plane[first : first + EDGES_AT_ONCE]
        edge, segment = tree.query(chosen, predicate="dwithin", distance=within_m)
        edge += first
        low, high = _within_capsule(
            ends[edge, 0], ends[edge, 1], a[segment], b[segment], within_m
        )  # fmt: skip
        hit = high > low
        start, length = ruler.start_m[edge[hit]], ruler.length_m[edge[hit]]
        found += _joined(
            list(
                zip(
                    (start + low[hit] * length).tolist(),  # plain floats: these go into JSON
                    (start + high[hit] * length).tolist(),
                    strict=True,
                )
            )
        )
    return _joined(found)


def _within_capsule(
    p: Floats, q: Floats, a: Floats, b: Floats, radius: float
) -> tuple[Floats, Floats]:  # fmt: skip
    """For each row the share (low, high) of the edge p–q within `radius` of the segment a–b."""
    d, u = q - p, b - a
    long = np.hypot(*u.T)
    along = np.where(long[:, None] > 0, u / np.where(long > 0, long, 1.0)[:, None], [1.0, 0.0])
    across = np.column_stack([-along[:, 1], along[:, 0]])
    lows, highs = [], []
    for centre in (a, b):
        low, high = _within_disc(p - centre, d, radius)
        lows.append(low)
        highs.append(high)
    x0, dx = ((p - a) * along).sum(1), (d * along).sum(1)
    y0, dy = ((p - a) * across).sum(1), (d * across).sum(1)
    x = _within_slab(x0, dx, np.zeros_like(long), long)
    y = _within_slab(y0, dy, np.full_like(long, -radius), np.full_like(long, radius))
    low, high = np.maximum(x[0], y[0]), np.minimum(x[1], y[1])
    is_empty = high < low
    lows.append(np.where(is_empty, np.inf, low))
    highs.append(np.where(is_empty, -np.inf, high))
    return np.clip(np.min(lows, axis=0), 0.0, 1.0), np.clip(np.max(highs, axis=0), 0.0, 1.0)


def _within_disc(f: Floats, d: Floats, radius: float) -> tuple[Floats, Floats]:
    """The shares t with |f + t·d| ≤ radius, cut to 0…1; (inf, −inf) where there are none."""
    square = (d * d).sum(1)
    half = (f * d).sum(1)
    rest = half**2 - square * ((f * f).sum(1) - radius**2)
    root = np.sqrt(np.maximum(rest, 0.0))
    low = np.maximum((-half - root) / square, 0.0)
    high = np.minimum((-half + root) / square, 1.0)
    is_empty = (rest < 0) | (high < low)
    return np.where(is_empty, np.inf, low), np.where(is_empty, -np.inf, high)


def _within_slab(x: Floats, dx: Floats, least: Floats, most: Floats) -> tuple[Floats, Floats]:
    """The shares t in 0…1 with least ≤ x + t·dx ≤ most."""
    is_flat = np.abs(dx) < 1e-12
    safe = np.where(is_flat, 1.0, dx)
    one, other = (least - x) / safe, (most - x) / safe
    low = np.maximum(np.minimum(one, other), 0.0)
    high = np.minimum(np.maximum(one, other), 1.0)
    is_in = (x >= least) & (x <= most)
    return (
        np.where(is_flat, np.where(is_in, 0.0, np.inf), low),
        np.where(is_flat, np.where(is_in, 1.0, -np.inf), high),
    )


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
