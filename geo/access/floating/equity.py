"""How evenly is access spread over people, and what does each street get?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.access.costs import Floats, amounts, sums
from geo.errors import BadArray, both


@dataclass(frozen=True)
class Lorenz:
    """Cumulated shares from 0 to 1: `share` of the whole held by the `people` who have least."""

    people: Floats
    share: Floats


def lorenz(values: ArrayLike, weights: ArrayLike | None = None) -> Lorenz:
    """The Lorenz curve of `values` per head among `weights` heads (one each where None).

    Points from (0, 0) to (1, 1), poorest first (Lorenz 1905). Where the weights or the total are
    0 there is no curve: `share` (and `people` where nobody is counted) is NaN after the first 0.
    """
    amount = amounts(values, np.size(values), "values")
    heads = np.ones_like(amount) if weights is None else amounts(weights, amount.size, "weights")
    order = np.argsort(amount, kind="stable")
    with np.errstate(invalid="ignore"):
        return Lorenz(_cumulated(heads[order]), _cumulated((amount * heads)[order]))


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """The Gini coefficient of `values` per head: 0 = all alike, towards 1 = one has everything.

    1 − 2 × the area below the Lorenz curve, so for n heads Σ_i Σ_j |x_i − x_j| / (2 n² mean)
    (Gini 1912; weighted by heads). NaN where nobody is counted or there is nothing to share.
    """
    curve = lorenz(values, weights)
    if curve.people.size < 2:
        return float("nan")
    return float(1 - np.sum(np.diff(curve.people) * (curve.share[1:] + curve.share[:-1])))


def beds_per_thousand(beds: ArrayLike, elders: ArrayLike) -> Floats:
    """Beds per 1 000 elders of each area; NaN (unknown, not 0) where there are no elders."""
    places = amounts(beds, np.size(beds), "beds")
    heads = amounts(elders, places.size, "elders")
    unknown = np.full_like(places, np.nan)
    return np.divide(1000 * places, heads, out=unknown, where=heads > 0)


def mean_by_group(values: ArrayLike, weights: ArrayLike, group: ArrayLike, groups: int) -> Floats:
    """The weighted mean of `values` in each of `groups` areas; NaN where an area has no weight.

    `group` (n,) is the position of each point's street, −1 for a point in none of them.
    """
    amount = amounts(values, np.size(values), "values")
    heads = amounts(weights, amount.size, "weights")
    place: NDArray[np.int64] = np.asarray(group)
    if place.shape != amount.shape or place.dtype.kind not in "iu" or (place >= groups).any():
        raise BadArray(
            both(
                f"group 须为长度 {amount.size} 的整数数组，小于 {groups}。",
                f"group must hold {amount.size} whole numbers below {groups}.",
            ),
            parameter="group",
        )
    inside = place >= 0
    place, heads, amount = place[inside], heads[inside], amount[inside]
    total = sums(place, heads, groups)
    held = sums(place, heads * amount, groups)
    means: Floats = np.divide(held, total, out=np.full(groups, np.nan), where=total > 0)
    return means


def catchment_radius(size: ArrayLike, bounds: ArrayLike, radii: ArrayLike) -> Floats:
    """The catchment of each facility by its size: `radii[k]` up to and including `bounds[k]`.

    `bounds` ascending, one fewer than `radii`; larger facilities take the last radius. The result
    goes to `floating_catchment(…, radius=…)`.
    """
    sizes = amounts(size, np.size(size), "size")
    edges = amounts(bounds, np.size(bounds), "bounds")
    reach = amounts(radii, edges.size + 1, "radii", unlimited=True)
    if (np.diff(edges) <= 0).any():
        raise BadArray(both("bounds 须递增。", "bounds must ascend."), parameter="bounds")
    found: Floats = reach[np.searchsorted(edges, sizes, side="left")]
    return found


def _cumulated(values: Floats) -> Floats:
    running = np.concatenate(([0.0], np.cumsum(values)))
    shares: Floats = running / running[-1]
    shares[0] = 0.0
    return shares
