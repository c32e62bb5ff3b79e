"""What are the next-best plans, and what would choosing one of them lose?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.access.siting.result import Siting


@dataclass(frozen=True)
class NextBest:
    """A plan, its place (0 = the best) and its loss against the best, ≥ 0 in the objective's unit.

    `loss_share` = loss / |best objective| (NaN where that is 0).
    """

    rank: int
    plan: Siting
    loss: float
    loss_share: float


def next_best(
    function: Callable[..., Siting], *arguments: Any, plans: int = 3, **options: Any
) -> list[NextBest]:
    """The best plan of a siting function and the `plans` next-best ones, best first.

    `next_best(cover_most, cost, weights, radius, sites, plans=3, fixed=…)`. Each next plan is the
    best that holds none of the earlier sets of new sites: plans that only add a site to an earlier
    one are not new. Fewer are returned where no others exist. `time_limit_s` is for each plan; the
    losses are exact where the plans are optimal.
    """
    found: list[NextBest] = []
    excluded = list(options.pop("excluded", ()))
    for rank in range(plans + 1):
        plan = function(*arguments, excluded=excluded, **options)
        if plan.status == "infeasible":
            if rank == 0:
                found.append(NextBest(0, plan, np.nan, np.nan))
            break
        best = found[0].plan.objective if found else plan.objective
        loss = abs(plan.objective - best)
        share = loss / abs(best) if best else np.nan
        found.append(NextBest(rank, plan, float(loss), float(share)))
        excluded.append(plan.chosen)
    return found
