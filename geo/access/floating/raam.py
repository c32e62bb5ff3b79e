"""What does care cost each place when people avoid both distance and crowds (RAAM)?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from geo.access.costs import Floats, amounts, number, reachable_pairs


@dataclass(frozen=True)
class RationalAgents:
    """The balance of travel and crowding; **lower cost is better access**.

    `cost` (demand,) travel / tau + crowding, inf where nothing is reached; `load` (supply,) people
    who come; `gap`: the part of all cost that somebody could still save by going elsewhere.
    """

    cost: Floats
    load: Floats
    gap: float


def raam(
    supply: ArrayLike,
    demand: ArrayLike,
    cost: Any,
    *,
    tau: float,
    rho: float | None = None,
    radius: float = np.inf,
    tolerance: float = 1e-5,
    sweeps: int = 2000,
) -> RationalAgents:
    """Rational Agent Access Model (Saxon and Snow 2019, doi:10.1080/24694452.2019.1629870).

    Everybody goes where travel and crowding together are least: going from i to j costs
    d_ij / tau + D_j / (rho × S_j), with D_j all who go to j. `tau` (unit of `cost`) is the travel
    that people accept to escape one mean load; `rho` is that load, Σ demand / Σ supply unless
    given. The published heuristic moves whole persons in shrinking steps; here each place in turn
    shares itself out exactly, given all others, until no more than the share `tolerance` of the
    cost can be saved (a convex problem: there is one least cost). `cost`, arrays and errors as in
    `floating_catchment`; facilities without supply take nobody.
    """
    from geo.access.floating.raam_kernel import settle

    pairs = reachable_pairs(cost)
    people = amounts(demand, pairs.shape[0], "demand")
    beds = amounts(supply, pairs.shape[1], "supply")
    scale = number(tau, "tau", above_zero=True)
    pairs = pairs.within(number(radius, "radius"))
    pairs = pairs.where(beds[pairs.site] > 0)
    mean_load = people.sum() / beds.sum() if beds.sum() > 0 else 1.0
    room = beds * (mean_load if rho is None else number(rho, "rho", above_zero=True))
    if not room.any():
        room = beds.copy()
    starts = np.searchsorted(pairs.demand, np.arange(pairs.shape[0] + 1))
    least, load, gap = settle(
        starts, pairs.site, pairs.cost / scale, people, room, tolerance, sweeps
    )
    return RationalAgents(least, load, float(gap))
