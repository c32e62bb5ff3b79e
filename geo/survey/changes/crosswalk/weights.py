"""How is what was counted by old divisions shared out to new ones? Pure functions on arrays.

share(i, j)  = |old i ∩ new j| / |old i|      by area, on the ellipsoid of CGCS2000 (量算值)
             = people(i ∩ j) / people(i)      by people, at the points where they are counted
new(j)       = Σ_i old(i) · share(i, j)       whole numbers by largest remainders, row by row

What lies in no new division keeps a column of its own, so that every old figure is shared out
whole: Σ_j new(j) + outside = Σ_i old(i), to the last person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.errors import BadArray, both

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Indices = NDArray[np.int64]
Shapes = NDArray[np.object_]

LEAST_SHARE = 0.005
"""A smaller share of an old division is taken for a difference of drawing, not for a transfer."""

# Equal-area on the ellipsoid: areas of intersections add up, and are those of the ground but for
# the bow of long edges. PROJ keeps longitude first with always_xy.
_EQUAL_AREA = pyproj.Transformer.from_crs(
    "EPSG:4490", "+proj=cea +ellps=GRS80 +units=m", always_xy=True
)


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of old divisions in new ones, as pairs; arrays of equal length.

    old, new: indices; share: of the old one, 0 to 1. outside: for each old one the share that lies
    in no new one. drawn_away: for each old one the share of slivers that was given to the others,
    in proportion. NaN in `outside`: nothing is known of that old one (no area, no people).
    """

    old: Indices
    new: Indices
    share: Floats
    outside: Floats
    drawn_away: Floats


def area_weights(
    old: Sequence[BaseGeometry], new: Sequence[BaseGeometry], *, least_share: float = LEAST_SHARE
) -> Weights:
    """Shares by area. old, new: valid polygons in EPSG:4490; those of one side do not overlap.

    Shares under `least_share`, also of what lies outside, are slivers of drawing. Where new ones
    overlap by more than that, shares are cut down to sum 1. Raises BadArray for a shape that is no
    valid polygon.
    """
    before, after = _polygons(old, "old"), _polygons(new, "new")
    i, j = _pairs(before, after)
    shared = areas_m2(np.asarray(shapely.intersection(before[i], after[j])))
    return _settled(i, j, shared, areas_m2(before), least_share)


def areas_m2(shapes: Shapes) -> Floats:
    """Areas in square metres of shapes in EPSG:4490, by an equal-area map of the ellipsoid."""
    flat = shapely.transform(shapes, lambda c: np.column_stack(_EQUAL_AREA.transform(*c.T)))
    return np.asarray(shapely.area(flat), dtype=np.float64)


def area_m2(shape: BaseGeometry) -> float:
    """The area of one shape as `areas_m2` measures it."""
    return float(areas_m2(np.array([shape], dtype=object))[0])


def people_weights(
    old: Sequence[BaseGeometry],
    new: Sequence[BaseGeometry],
    points: Floats,
    people: Floats,
    *,
    least_share: float = 0.0,
) -> Weights:
    """Shares by people counted at points. points (n, 2): lon, lat in EPSG:4490; people (n).

    A point on a border belongs to the first that holds it, so nobody counts twice. Raises BadArray
    for arrays that do not fit, and for counts that are negative or unknown.
    """
    if points.shape != (len(people), 2) or not (np.isfinite(people).all() and (people >= 0).all()):
        raise BadArray(
            both(
                "人口点须为 (n, 2)，人数为 n 个不小于 0 的已知数。",
                "points must be (n, 2) and people n known numbers ≥ 0",
            ),
            parameter="people",
        )
    made: Shapes = np.asarray(shapely.points(points), dtype=object)
    home, away = holder(old, made), holder(new, made)
    base = _sums(home[home >= 0], people[home >= 0], len(old))
    inside = (home >= 0) & (away >= 0)
    flat = home[inside] * len(new) + away[inside]
    table = _sums(flat, people[inside], len(old) * len(new)).reshape(len(old), len(new))
    i, j = np.nonzero(table)
    return _settled(i, j, table[i, j], base, least_share)


def enclosed(weights: Weights) -> Weights:
    """The same weights where nothing may lie outside: that share goes to the others in proportion.

    An old division that lies outside as a whole, or of which nothing is known, stays as it is.
    """
    inside = _sums(weights.old, weights.share, len(weights.outside))
    moves = (inside > 0) & (weights.outside > 0)
    scale = np.where(moves, np.where(inside > 0, inside, 1.0), 1.0)
    return Weights(
        weights.old, weights.new, weights.share / scale[weights.old],
        np.where(moves, 0.0, weights.outside),
        weights.drawn_away + np.where(moves, weights.outside, 0.0),
    )  # fmt: skip


def share_out(counts: Counts, weights: Weights, targets: int) -> tuple[Counts, Counts]:
    """Whole numbers of each pair, and of what goes nowhere, one per old division.

    counts: what was counted in each old division, whole numbers ≥ 0. Answers (pairs, outside) with
    pairs of one old division and its outside adding up to its count. Of an old division whose
    shares are unknown (`outside` NaN) everything goes nowhere. targets: how many new ones there
    are. Raises BadArray for negative counts or arrays that do not fit.
    """
    known = len(weights.outside)
    if len(counts) != known or (len(counts) and counts.min() < 0):
        raise BadArray(
            both(
                f"须为 {known} 个不小于 0 的整数，每个旧区划一个。",
                f"{known} whole numbers ≥ 0 are needed, one for each old division",
            ),
            parameter="figures",
        )
    if len(weights.new) and not 0 <= weights.new.min() <= weights.new.max() < targets:
        raise BadArray(
            both("新区划的序号超出范围。", "a new index is out of range"), parameter="new"
        )
    pairs = np.zeros(len(weights.share), dtype=np.int64)
    outside = np.array(counts, dtype=np.int64, copy=True)
    order = np.argsort(weights.old, kind="stable")
    starts = np.searchsorted(weights.old[order], np.arange(known + 1))
    for i in np.flatnonzero(~np.isnan(weights.outside)):
        mine = order[starts[i] : starts[i + 1]]
        if not len(mine):
            continue
        parts = np.append(weights.share[mine], weights.outside[i])
        whole = largest_remainders(int(counts[i]), parts)
        pairs[mine], outside[i] = whole[:-1], whole[-1]
    return pairs, outside


def largest_remainders(total: int, shares: Floats) -> Counts:
    """Whole parts of a whole number in proportion to shares ≥ 0 that add up to it.

    Each is the floor or the ceiling of its exact part (Hamilton's method); equal remainders go to
    the first. Raises BadArray where no share is above 0 but there is something to share out.
    """
    base = float(shares.sum()) if len(shares) else 0.0
    if not (np.isfinite(shares).all() and (shares >= 0).all()) or (base <= 0 and total > 0):
        raise BadArray(
            both("份额须为不小于 0 的数，且不全为 0。", "shares must be ≥ 0 and not all 0"),
            parameter="shares",
        )
    if total == 0:
        return np.zeros(len(shares), dtype=np.int64)
    exact = total * (shares / base)
    whole = np.floor(exact).astype(np.int64)
    rest = total - int(whole.sum())
    remainder = np.where(shares > 0, exact - whole, -1.0)
    whole[np.argsort(-remainder, kind="stable")[: max(rest, 0)]] += 1
    for _ in range(-rest):  # exact parts a hair above the whole: as rare as floating point allows
        whole[int(np.argmax(whole))] -= 1
    return whole


def _polygons(shapes: Sequence[BaseGeometry], parameter: str) -> Shapes:
    """The shapes as an array, all of them valid polygons."""
    made = np.empty(len(shapes), dtype=object)
    made[:] = list(shapes)
    for number, shape in enumerate(shapes, start=1):
        if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon"):
            raise BadArray(
                both(f"第 {number} 个图形不是面。", f"shape {number} is no polygon"),
                parameter=parameter,
            )
        if not shape.is_valid:
            reason = shapely.is_valid_reason(shape)
            raise BadArray(
                both(f"第 {number} 个图形无效。", f"shape {number} is not valid: {reason}"),
                parameter=parameter,
            )
    return made


def _pairs(before: Shapes, after: Shapes) -> tuple[Indices, Indices]:
    if not len(before) or not len(after):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    i, j = shapely.STRtree(after).query(before, predicate="intersects")
    order = np.lexsort((j, i))
    return i[order].astype(np.int64), j[order].astype(np.int64)


def holder(shapes: Sequence[BaseGeometry], points: Shapes) -> Indices:
    """The first shape that holds each point (shapely), its border included; −1 for none."""
    holder = np.full(len(points), -1, dtype=np.int64)
    if not len(shapes) or not len(points):
        return holder
    point, shape = shapely.STRtree(np.array(shapes, dtype=object)).query(
        points, predicate="intersects"
    )
    for p, s in zip(point[::-1], shape[::-1], strict=True):
        holder[p] = s if holder[p] < 0 else min(holder[p], s)
    return holder


def _settled(i: Indices, j: Indices, shared: Floats, base: Floats, least_share: float) -> Weights:
    """Shares from amounts: sums at most 1, slivers given to the others in proportion."""
    count = len(base)
    known = base > 0
    share = np.where(known[i], shared / np.where(known, base, 1.0)[i], 0.0)
    share = share / np.maximum(_sums(i, share, count), 1.0)[i]
    outside = np.clip(1.0 - _sums(i, share, count), 0.0, 1.0)
    keep = (share > 0) & (share >= least_share)
    stays_out = outside >= max(least_share, 1e-12)
    kept = _sums(i, np.where(keep, share, 0.0), count) + np.where(stays_out, outside, 0.0)
    is_crumbs = kept <= 0  # nothing but slivers: better nowhere than somewhere by chance
    whole = np.where(is_crumbs, 1.0, kept)
    out = np.where(is_crumbs, 1.0, np.where(stays_out, outside, 0.0) / whole)
    return Weights(
        i[keep], j[keep], share[keep] / whole[i[keep]],
        np.where(known, out, np.nan), np.where(known & ~is_crumbs, np.clip(1.0 - kept, 0, 1), 0.0),
    )  # fmt: skip


def _sums(i: Indices, values: Floats, count: int) -> Floats:
    """Sums of values by index; also where there are none."""
    return np.bincount(i, weights=values, minlength=count).astype(np.float64)
