"""Who in one piece is within reach of a facility, and how many are that by area? Pure arrays.

A k-d tree over Cartesian coordinates proposes by chord, geodesics decide. For a chord c and its
geodesic s, c ≤ s ≤ 2R asin(c / 2R) with R = b²/a (`geo.access.radius.distance`); at 1 km the two
bounds are a micrometre apart, at 10 km a millimetre. So

- what is nearer than `radius_m` has a chord not longer than it, and the tree need look no further;
- where the second chord is longer than the first one's upper bound, the first site is the nearest;
  else (about one place in a million) every site that may be it is measured.

Every distance that is answered, and so every decision, is a geodesic of `pyproj.Geod`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from geo.access.radius.distance import (
    CGCS2000,
    Floats,
    Indices,
    cartesian,
    longest_geodesic,
    nearest_site,
)
from geo.batch.cells import window_of

PARTS = 2**20
"""People are added in whole parts of 2⁻²⁰: sums of whole numbers know no order."""

Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts by area (a), exact whatever the order in which pieces are added.

    places, covered_places: demand points. people, covered: in parts of 2⁻²⁰ of a person.
    unknown: points whose people are not known; while there is one, the area's sum is not either.
    too_far: points farther from any way than the snap limit.
    """

    places: Indices
    covered_places: Indices
    people: Indices
    covered: Indices
    unknown: Indices
    too_far: Indices

    def plus(self, other: Tally) -> Tally:
        """Both counts together."""
        return Tally(
            self.places + other.places,
            self.covered_places + other.covered_places,
            self.people + other.people,
            self.covered + other.covered,
            self.unknown + other.unknown,
            self.too_far + other.too_far,
        )


def no_tally(areas: int) -> Tally:
    """Nothing counted yet."""
    return Tally(*(np.zeros(areas, dtype=np.int64) for _ in range(6)))


def nearest_within(
    lon: Floats, lat: Floats, site_lon: Floats, site_lat: Floats, radius_m: float
) -> Floats:
    """The geodesic distance (m) from each point to its nearest site, inf beyond `radius_m`.

    Degrees of EPSG:4490, CGCS2000 ellipsoid. Sites outside the points' halo do no harm. The same
    numbers as `geo.access.radius.distance.nearest_site`, but that looks at any distance.
    """
    nearest_m = np.full(len(lon), np.inf)
    if not len(lon) or not len(site_lon):
        return nearest_m
    near = window_of(lon, lat).widened(radius_m).holds(site_lon, site_lat)
    # Several facilities at one address would all tie; one of them is enough.
    sites = np.unique(np.column_stack([site_lon, site_lat])[near], axis=0)
    if not len(sites):
        return nearest_m
    tree = KDTree(cartesian(sites[:, 0], sites[:, 1]))
    chord, found = tree.query(
        cartesian(lon, lat), k=[1, 2], distance_upper_bound=radius_m * (1 + 1e-9) + 1e-3
    )
    in_reach = np.isfinite(chord[:, 0])
    close = in_reach & (chord[:, 1] <= longest_geodesic(chord[:, 0]))
    one = np.flatnonzero(in_reach & ~close)
    site = sites[found[one, 0]]
    nearest_m[one] = CGCS2000.inv(lon[one], lat[one], site[:, 0], site[:, 1])[2]
    rows = np.flatnonzero(close)
    nearest_m[rows] = nearest_site(lon[rows], lat[rows], sites[:, 0], sites[:, 1]).distance_m
    nearest_m[nearest_m > radius_m] = np.inf
    return nearest_m


def tally(
    people: Floats,
    area: Indices,
    is_covered: Booleans,
    areas: int,
    is_far: Booleans | None = None,
) -> Tally:
    """Count points and people by area; NaN people are unknown."""
    known = np.isfinite(people)
    parts = np.rint(np.where(known, people, 0.0) * PARTS).astype(np.int64)
    counted = no_tally(areas)
    np.add.at(counted.places, area, 1)
    np.add.at(counted.covered_places, area[is_covered], 1)
    np.add.at(counted.people, area, parts)
    np.add.at(counted.covered, area[is_covered], parts[is_covered])
    np.add.at(counted.unknown, area[~known], 1)
    if is_far is not None:
        np.add.at(counted.too_far, area[is_far], 1)
    return counted
