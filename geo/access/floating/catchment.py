"""How much supply does each demand point reach, shared with all who reach it too (2SFCA family)?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from geo.access.costs import (
    Floats,
    Pairs,
    amounts,
    check_not_negative,
    number,
    reachable_pairs,
    sums,
)
from geo.errors import BadArray, BadInput, both

Decay = Callable[[Floats], Any]

METHODS = ("2sfca", "e2sfca", "gaussian", "3sfca", "m2sfca", "mh3sfca", "bfca")


@dataclass(frozen=True)
class FloatingCatchment:
    """`access` (demand,): supply per head; `ratio` (supply,): supply per head who come to it."""

    access: Floats
    ratio: Floats


def floating_catchment(
    supply: ArrayLike,
    demand: ArrayLike,
    cost: Any,
    *,
    radius: ArrayLike,
    decay: Decay | None = None,
    method: str = "2sfca",
) -> FloatingCatchment:
    """Supply per head by floating catchments.

    `supply` (s,) for example beds, `demand` (n,) for example elders, `cost` (n, s) in any unit,
    dense (inf = unreachable) or sparse (absent = unreachable, a stored 0 counts). A pair counts
    where cost ≤ `radius`: one number in the unit of `cost`, or one for each facility (s,).
    `decay(costs) -> weights ≥ 0` replaces the default W of the method. `access` is in units of
    supply per unit of demand, 0.0 where nothing is reached; `ratio` is 0.0 where no demand reaches.

    With P demand, S supply, W weight, sums over the pairs that count:

    - 2sfca: R_j = S_j / Σ_i P_i W_ij, A_i = Σ_j R_j W_ij; W = 1
      (Luo and Wang 2003, doi:10.1068/b29120)
    - e2sfca: the same; W = 1, 0.68, 0.22 up to a third, two thirds, the whole of the radius, upper
      bounds included (Luo and Qi 2009, doi:10.1016/j.healthplace.2009.06.002)
    - gaussian: the same; W = (e^(−½(d/r)²) − e^(−½)) / (1 − e^(−½)), so 0 at the radius
      (Dai 2010, doi:10.1016/j.healthplace.2010.06.012)
    - 3sfca: G_ij = W_ij / Σ_k W_ik, R_j = S_j / Σ_i P_i G_ij W_ij, A_i = Σ_j R_j G_ij W_ij
      (Wan, Zou and Sternberg 2012, doi:10.1080/13658816.2011.624987)
    - m2sfca: R as 2sfca, A_i = Σ_j R_j W_ij² (Delamater 2013,
      doi:10.1016/j.healthplace.2013.07.012)
    - mh3sfca: H_ij = S_j W_ij / Σ_k S_k W_ik, R_j = S_j / Σ_i P_i H_ij, A_i = Σ_j R_j H_ij W_ij
      (Subal, Paal and Krisp 2021, doi:10.1186/s12942-021-00263-3)
    - bfca: R_j = S_j / Σ_i P_i W_ij / Σ_k W_ik, A_i = Σ_j R_j W_ij / Σ_k W_kj
      (Páez, Higgins and Vivona 2019, doi:10.1371/journal.pone.0218773)

    The last four publish no decay of their own that suits every service: their default W is that
    of gaussian. Σ access × demand = Σ supply of the facilities that some demand reaches with a
    weight above 0, for 2sfca, e2sfca, gaussian and 3sfca; m2sfca and mh3sfca give out less by
    design; for bfca Σ access = Σ ratio. Raises BadArray for wrong arrays, BadInput for an unknown
    method; both are ValueErrors.
    """
    if method not in METHODS:
        names = ", ".join(METHODS)
        raise BadInput(
            both(
                f"未知方法 {method!r}；可用：{names}。",
                f"Unknown method {method!r}; one of {names}.",
            ),
            parameter="method",
        )
    pairs = reachable_pairs(cost)
    people = amounts(demand, pairs.shape[0], "demand")
    beds = amounts(supply, pairs.shape[1], "supply")
    pairs, reach = _within_radius(pairs, radius)
    weight = _weights(decay, pairs.cost, reach, method)
    asked, given = _shares(method, weight, pairs, beds)
    load = sums(pairs.site, asked * people[pairs.demand], pairs.shape[1])
    ratio = _divide(beds, load)
    access = sums(pairs.demand, given * ratio[pairs.site], pairs.shape[0])
    return FloatingCatchment(access, ratio)


def _shares(method: str, weight: Floats, pairs: Pairs, beds: Floats) -> tuple[Floats, Floats]:
    """The share of a demand that asks at a site, and the share of a ratio that comes back."""
    if method == "m2sfca":
        return weight, weight * weight
    if method == "3sfca":
        chosen = weight * _share_of_sum(weight, pairs.demand, pairs.shape[0])
        return chosen, chosen
    if method == "mh3sfca":
        huff = _share_of_sum(weight * beds[pairs.site], pairs.demand, pairs.shape[0])
        return huff, huff * weight
    if method == "bfca":
        return (
            _share_of_sum(weight, pairs.demand, pairs.shape[0]),
            _share_of_sum(weight, pairs.site, pairs.shape[1]),
        )
    return weight, weight


def _share_of_sum(values: Floats, group: Any, groups: int) -> Floats:
    return _divide(values, sums(group, values, groups)[group])


def _divide(above: Floats, below: Floats) -> Floats:
    """`above / below`, and 0.0 where there is nothing to divide by."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _within_radius(pairs: Pairs, radius: ArrayLike) -> tuple[Pairs, Floats]:
    if np.ndim(radius) == 0:
        limit = number(radius, "radius")
        pairs = pairs.within(limit)
        return pairs, np.array(limit)
    limits = amounts(radius, pairs.shape[1], "radius", unlimited=True)
    pairs = pairs.where(pairs.cost <= limits[pairs.site])
    return pairs, limits[pairs.site]


def _weights(decay: Decay | None, costs: Floats, reach: Floats, method: str) -> Floats:
    if decay is not None:
        return _decayed(decay, costs)
    if method == "2sfca":
        return np.ones_like(costs)
    if method == "e2sfca":
        # A cost that equals the bound must not fall out by the rounding of radius / 3.
        third = reach / 3 * (1 + 1e-12)
        weights: Floats = np.where(costs <= third, 1.0, np.where(costs <= 2 * third, 0.68, 0.22))
        return weights
    # A radius of 0 leaves only costs of 0, which are at no distance.
    scaled = np.divide(costs, reach, out=np.zeros_like(costs), where=reach > 0)
    edge = np.exp(-0.5)
    gaussian: Floats = np.maximum((np.exp(-0.5 * scaled * scaled) - edge) / (1 - edge), 0.0)
    return gaussian


def _one_by_one(decay: Decay, costs: Floats) -> Floats:
    distinct, place = np.unique(costs, return_inverse=True)
    try:
        return np.array([decay(each) for each in distinct], dtype=np.float64)[place]
    except (TypeError, ValueError) as error:
        raise BadArray(
            both(
                "decay 须是由距离得出权重的函数。", "decay must be a function of costs to weights."
            ),
            parameter="decay",
        ) from error


def _decayed(decay: Decay, costs: Floats) -> Floats:
    """Weights of a caller's function, which may take an array or, as PySAL's steps, one cost."""
    if costs.size == 0:
        return np.zeros(0)
    try:
        weights = np.asarray(decay(costs), dtype=np.float64)
    except (TypeError, ValueError):
        weights = _one_by_one(decay, costs)
    if weights.shape not in ((), costs.shape):
        raise BadArray(
            both(
                f"decay 返回的形状是 {weights.shape}，应为 {costs.shape}。",
                f"decay returned the shape {weights.shape}; it must be {costs.shape}.",
            ),
            parameter="decay",
        )
    check_not_negative(weights.reshape(-1), "decay")
    if not np.isfinite(weights).all():
        raise BadArray(both("decay 返回了无穷大。", "decay returned infinity."), parameter="decay")
    return np.array(np.broadcast_to(weights, costs.shape))
