"""What does a plan say: which sites, who goes where, how good, how far from the best at most?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.access.costs import Floats, Indices, Pairs
from geo.access.siting.frame import Frame
from geo.access.siting.gains import mark
from geo.errors import both


@dataclass(frozen=True)
class Siting:
    """A plan of sites and what is proven about it.

    - `chosen` candidates, ascending, the fixed included; empty where nothing is possible
    - `assignment` (demand,): the candidate that serves each demand, −1 for none
    - `objective` and `bound` in the unit of the question; no plan is better than `bound`
    - `gap` = |objective − bound| / max(|objective|, 1e−9)
    - `status`: "optimal" (proven), "feasible" (the time was over) or "infeasible"
    - `covered_weight`: the weight of the demands that are served (their number without weights)
    - `uncovered`: positions of the demands that are not served; where infeasible, of those that
      cannot be
    - `repair`: in words, what would make an infeasible question possible (empty otherwise);
      `repair_radius`, `repair_sites`, `repair_budget` the same as numbers, None where they
      would not help
    """

    chosen: Indices
    assignment: Indices
    objective: float
    bound: float
    gap: float
    status: str
    covered_weight: float
    uncovered: Indices
    repair: str = ""
    repair_radius: float | None = None
    repair_sites: int | None = None
    repair_budget: float | None = None


def planned(
    frame: Frame, chosen: Indices, assignment: Indices, objective: float, bound: float, proven: bool
) -> Siting:
    """The result of a plan; a proven one has its own objective as bound."""
    bound = objective if proven else bound
    return Siting(
        chosen,
        assignment,
        float(objective),
        float(bound),
        abs(objective - bound) / max(abs(objective), 1e-9),
        "optimal" if proven else "feasible",
        float(frame.weights[assignment >= 0].sum()),
        np.flatnonzero(assignment < 0),
    )


def impossible(
    frame: Frame,
    uncovered: Indices,
    repair: str,
    *,
    radius: float | None = None,
    sites: int | None = None,
    budget: float | None = None,
) -> Siting:
    """The result where no plan exists (or none was found in time, as `repair` then says)."""
    return Siting(
        np.zeros(0, dtype=np.int64),
        np.full(frame.demands, -1, dtype=np.int64),
        np.nan,
        np.nan,
        np.nan,
        "infeasible",
        0.0,
        uncovered,
        repair,
        radius,
        sites,
        budget,
    )


def cheapest(pairs: Pairs, chosen: Indices) -> tuple[Indices, Floats]:
    """For each demand the cheapest chosen candidate (ties the lowest; −1) and its cost (inf)."""
    inside = np.flatnonzero(mark(chosen, pairs.shape[1])[pairs.site])
    demand, site, cost = pairs.demand[inside], pairs.site[inside], pairs.cost[inside]
    assignment = np.full(pairs.shape[0], -1, dtype=np.int64)
    least = np.full(pairs.shape[0], np.inf)
    if demand.size:
        # Pairs are sorted by demand, then site: of equal costs the first is the lowest site.
        heads = np.flatnonzero(np.diff(demand, prepend=-1))
        least[demand[heads]] = np.minimum.reduceat(cost, heads)
        best = np.flatnonzero(cost == least[demand])
        best = best[np.diff(demand[best], prepend=-1) > 0]
        assignment[demand[best]] = site[best]
    return assignment, least


def out_of_reach(frame: Frame, within: Pairs, unreached: Indices) -> Siting:
    """No usable candidate reaches some demands: say the radius or the site that would."""
    lone = mark(unreached, frame.demands)
    least = cheapest(frame.pairs, np.arange(frame.pairs.shape[1]))[1][unreached]
    radius = float(least.max()) if np.isfinite(least).all() else None
    reopen = np.unique(frame.shut.site[lone[frame.shut.demand]])
    some = f"{unreached[:10].tolist()}{' …' if unreached.size > 10 else ''}"
    chinese, english = [], []
    if radius is not None and within.cost.size < frame.pairs.cost.size:
        chinese.append(f"半径增至 {radius:g}")
        english.append(f"a radius of {radius:g}")
    if reopen.size:
        chinese.append(f"启用已关闭的候选点 {reopen[:10].tolist()} 之一（须在半径内）")
        english.append(f"one of the closed candidates {reopen[:10].tolist()} if near enough")
    chinese.append("在这些需求点近旁新增候选点")
    english.append("new candidates near these demands")
    return impossible(
        frame,
        unreached,
        both(
            f"{unreached.size} 个需求点 {some} 没有可用的候选点能到达；"
            f"可以：{'；'.join(chinese)}。",
            f"No usable candidate reaches {unreached.size} demands {some}; "
            f"this would help: {', or '.join(english)}.",
        ),
        radius=radius,
    )


OUT_OF_TIME = both(
    "在时限内没有找到可行方案，也没有证明无解；请放宽 time_limit_s。",
    "No plan was found in time and none is proven impossible; allow more time_limit_s.",
)


def not_in_time(frame: Frame) -> Siting:
    """The time was over before any plan was found, and none was proven impossible."""
    return impossible(frame, np.zeros(0, dtype=np.int64), OUT_OF_TIME)


def proven_impossible(plan: Siting) -> bool:
    """Is it proven that there is no plan (and not only that none was found in time)?"""
    return plan.status == "infeasible" and plan.repair != OUT_OF_TIME
