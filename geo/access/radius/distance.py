"""How far is it from each point to the nearest of many sites, on the ellipsoid? Pure arrays.

A k-d tree over Cartesian coordinates proposes by chord, geodesics decide. A chord c bounds its
geodesic s from below (c ≤ s), and since no curve of the ellipsoid bends more than a circle of
radius R = b²/a, also from above: s ≤ 2 R asin(c / 2R) (Schur's comparison of chords). So the true
nearest is among the sites whose chord is not longer than the upper bound of the shortest chord;
these are all measured. The answer is exact, not approximate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod
from scipy.spatial import KDTree

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

CGCS2000 = Geod(a=6378137.0, rf=298.257222101)
"""The ellipsoid of the stored CRS; it differs from WGS 84's by 0.1 mm in the semi-minor axis."""

_TIGHTEST_M = CGCS2000.b**2 / CGCS2000.a


@dataclass(frozen=True, slots=True)
class Nearest:
    """For every point the geodesic distance (m) to its nearest site and the site's position.

    inf and −1 where there is no site; equal distances take the lowest position.
    """

    distance_m: Floats
    site: Indices


def nearest_site(lon: Floats, lat: Floats, site_lon: Floats, site_lat: Floats) -> Nearest:
    """The nearest site of every point; degrees of EPSG:4490, metres on the CGCS2000 ellipsoid."""
    count = len(lon)
    distance_m = np.full(count, np.inf)
    site = np.full(count, -1, dtype=np.int64)
    if not len(site_lon) or not count:
        return Nearest(distance_m, site)
    tree = KDTree(cartesian(site_lon, site_lat))
    points = cartesian(lon, lat)
    open_rows, k = np.arange(count), min(4, len(site_lon))
    while len(open_rows):
        chord, candidate = tree.query(points[open_rows], k=k)
        chord, candidate = chord.reshape(-1, k), candidate.reshape(-1, k)
        longest = longest_geodesic(chord[:, 0])
        done = (chord[:, -1] > longest) | (k == len(site_lon))
        rows = open_rows[done]
        distance_m[rows], site[rows] = _measured(
            lon[rows], lat[rows], site_lon, site_lat, candidate[done], chord[done], longest[done]
        )
        open_rows, k = open_rows[~done], min(2 * k, len(site_lon))
    return Nearest(distance_m, site)


def pairs_within(
    lon: Floats, lat: Floats, site_lon: Floats, site_lat: Floats, limit_m: float
) -> tuple[Indices, Indices, Floats]:
    """Every pair (point, site) whose geodesic is not longer than the limit, with its metres."""
    if not len(lon) or not len(site_lon):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    trees = (KDTree(cartesian(lon, lat)), KDTree(cartesian(site_lon, site_lat)))
    # A chord is not longer than its geodesic; a micrometre for rounding.
    near = trees[0].sparse_distance_matrix(trees[1], limit_m + 1e-6, output_type="ndarray")
    point, site = near["i"].astype(np.int64), near["j"].astype(np.int64)
    metres = np.asarray(CGCS2000.inv(lon[point], lat[point], site_lon[site], site_lat[site])[2])
    kept = metres <= limit_m
    return point[kept], site[kept], metres[kept]


def _measured(
    lon: Floats,
    lat: Floats,
    site_lon: Floats,
    site_lat: Floats,
    candidate: Indices,
    chord: Floats,
    longest: Floats,
) -> tuple[Floats, Indices]:
    """Geodesics to the candidates that can be nearest; the smallest and its site."""
    row, place = np.nonzero(chord <= longest[:, None])
    chosen = candidate[row, place]
    _, _, metres = CGCS2000.inv(lon[row], lat[row], site_lon[chosen], site_lat[chosen])
    order = np.lexsort((chosen, metres, row))
    first = np.concatenate([[True], np.diff(row[order]) > 0]) if len(row) else order.astype(bool)
    return np.asarray(metres)[order][first], chosen[order][first]


def longest_geodesic(chord: Floats) -> Floats:
    """The longest geodesic (m) that a chord (m) on the CGCS2000 ellipsoid can belong to.

    2R asin(c / 2R) with R = b²/a, see above, and a micrometre for rounding.
    """
    ratio = np.minimum(chord / (2 * _TIGHTEST_M), 1.0)
    return np.asarray(2 * _TIGHTEST_M * np.arcsin(ratio) + 1e-6)


def cartesian(lon: Floats, lat: Floats) -> Floats:
    """Geocentric coordinates (n, 3) in metres of points in degrees on the CGCS2000 ellipsoid.

    The chord between two such points is never longer than their geodesic.
    """
    along, up = np.radians(lon), np.radians(lat)
    normal = CGCS2000.a / np.sqrt(1 - CGCS2000.es * np.sin(up) ** 2)
    return np.column_stack(
        [
            normal * np.cos(up) * np.cos(along),
            normal * np.cos(up) * np.sin(along),
            normal * (1 - CGCS2000.es) * np.sin(up),
        ]
    )
