"""How far is each of many sites from each of many people, in a straight line? Pure arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse
from scipy.spatial import KDTree

from geo.access.radius.distance import CGCS2000, Floats, Indices
from geo.errors import BadInput, both

CostsOf = Callable[[Floats, Floats, float], Any]
"""(demand (n, 2), sites (m, 2), limit_m) → costs (n, m) in metres, dense or sparse.

Positions are longitude and latitude in EPSG:4490; a pair beyond the limit is unreachable (inf or
absent). `line_costs` is the straight one; one on a road network has the same form.
"""
MOST_PAIRS = 40_000_000


def line_costs(demand: Floats, sites: Floats, limit_m: float) -> Any:
    """Geodesics on the CGCS2000 ellipsoid up to `limit_m` as a sparse matrix; all where it is inf.

    A chord is never longer than its geodesic, so a ball of chords holds every pair in question.
    Raises BadInput where there would be more than `MOST_PAIRS`.
    """
    shape = (len(demand), len(sites))
    if np.isfinite(limit_m):
        row, column = _near(demand, sites, limit_m)
    else:
        _refuse_too_many(shape[0] * shape[1])
        row, column = (part.ravel() for part in np.indices(shape))
    _, _, metres = CGCS2000.inv(demand[row, 0], demand[row, 1], sites[column, 0], sites[column, 1])
    cost = np.asarray(metres, dtype=np.float64)
    keep = cost <= limit_m
    return sparse.csr_array((cost[keep], (row[keep], column[keep])), shape=shape)


def _near(demand: Floats, sites: Floats, limit_m: float) -> tuple[Indices, Indices]:
    """The pairs whose chord is not longer than the limit (and a micrometre for rounding)."""
    if not len(demand) or not len(sites):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    reach = limit_m + 1e-6
    tree, points = KDTree(_cartesian(demand)), _cartesian(sites)
    counts = tree.query_ball_point(points, reach, return_length=True)
    _refuse_too_many(int(counts.sum()))
    found = tree.query_ball_point(points, reach, return_sorted=True)
    row = np.concatenate([np.asarray(one, dtype=np.int64) for one in found])
    return row, np.repeat(np.arange(len(sites), dtype=np.int64), counts)


def _refuse_too_many(pairs: int) -> None:
    if pairs > MOST_PAIRS:
        raise BadInput(
            both(
                f"人口格网与设施共 {pairs:,} 对，超过 {MOST_PAIRS:,}；请减少候选点或缩小半径。",
                f"{pairs:,} pairs of people and sites, more than {MOST_PAIRS:,}: use fewer "
                "candidates or a smaller radius",
            ),
            parameter="radius_m",
        )


def _cartesian(lonlat: Floats) -> Floats:
    """Geocentric coordinates (n, 3) in metres of points on the ellipsoid."""
    along, up = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    normal = CGCS2000.a / np.sqrt(1 - CGCS2000.es * np.sin(up) ** 2)
    return np.column_stack(
        [
            normal * np.cos(up) * np.cos(along),
            normal * np.cos(up) * np.sin(along),
            normal * (1 - CGCS2000.es) * np.sin(up),
        ]
    )
