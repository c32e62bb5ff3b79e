"""Where to build so that people travel least in all?

p-median: minimise Σ_i Σ_j w_i c_ij x_ij with Σ_j x_ij = 1, x_ij ≤ y_j, Σ_j y_j = p (Hakimi 1964,
doi:10.1287/opre.12.3.450; ReVelle and Swain 1970).
"""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
from numpy.typing import ArrayLike

from geo.access.costs import Floats, nth_smallest
from geo.access.siting.capacity import minimise_distance_limited
from geo.access.siting.cover import left_out, no_other_plan, open_cover, short_of_money
from geo.access.siting.fewest import fewest
from geo.access.siting.frame import Frame, Options, read_frame, whole_number
from geo.access.siting.gains import Gains
from geo.access.siting.maximise import maximise
from geo.access.siting.result import (
    Siting,
    cheapest,
    impossible,
    not_in_time,
    out_of_reach,
    planned,
)
from geo.access.siting.search import greedy
from geo.errors import both


def minimise_distance(
    cost: Any, weights: ArrayLike, sites: int, **options: Unpack[Options]
) -> Siting:
    """The `sites` that make Σ weight × cost to the nearest one least, besides the fixed (p-median).

    Inputs and options as in `cover_all`; every demand goes to its cheapest chosen site, under
    `capacity` whole to one with room. Mean cost = objective / Σ weights. Every demand with a
    weight above 0 must be reached, else the question is infeasible; demands of weight 0 may stay
    unreached (assignment −1). Without a budget exactly `sites` are opened where there are as many.
    """
    frame = read_frame(cost, weights=weights, sites=whole_number(sites), **options)
    asked = frame.pairs.where(frame.weights[frame.pairs.demand] > 0)
    seen = np.bincount(asked.demand, minlength=frame.demands) > 0
    unreached = np.flatnonzero(~seen & (frame.weights > 0))
    if unreached.size:
        return out_of_reach(frame, frame.pairs, unreached)
    relaxed = _minimise_distance(frame.unlimited())
    return relaxed if frame.capacity is None else minimise_distance_limited(frame, relaxed)


def _minimise_distance(frame: Frame) -> Siting:
    gains, most_cost = _gains(frame)
    known = greedy(_gains(frame, deep=True)[0]) if frame.price is None else None
    found = maximise(gains, frame.clock, known=known)
    if found.columns is None:
        return unreachable(frame) if found.infeasible else not_in_time(frame)
    chosen = frame.fill(frame.free[found.columns])
    assignment, least = cheapest(frame.pairs, chosen)
    counted = frame.weights > 0
    total = float(frame.weights[counted] @ least[counted])
    # Rounding of the two sums must not put the bound above the plan.
    _, nearest = cheapest(frame.pairs, np.arange(frame.pairs.shape[1]))
    floor = float(frame.weights[counted] @ nearest[counted])  # if every candidate were open
    bound = min(total, max(most_cost - found.bound, floor))
    return planned(frame, chosen, assignment, total, bound, found.optimal)


def _gains(frame: Frame, *, deep: bool = False) -> tuple[Gains, float]:
    """What each free candidate saves each demand, against a cost that it has at most anyway.

    That cost is the nearest fixed site's; or, where exactly p of m candidates open, that of the
    (m − p + 1)-th nearest, for one of those is always open; else that of the farthest candidate,
    and then the demand is `required`: some candidate of its list must open. With `deep` always
    the farthest: so the greedy rule adds one median after the other, as it is known.
    """
    pairs, stands = frame.pairs, frame.stands(frame.pairs)
    _, near = cheapest(pairs, frame.fixed)
    free = pairs.where(
        ~stands & (frame.weights[pairs.demand] > 0) & (pairs.cost < near[pairs.demand])
    )
    demand, site, cost = free.demand, free.site, free.cost
    starts = np.searchsorted(demand, np.arange(frame.demands + 1))
    count = np.diff(starts)
    filled = frame.price is None and not deep
    depth = frame.free.size - frame.sites + 1 if filled and frame.sites > 0 else frame.free.size + 1
    sure = (count >= depth) | np.isfinite(near) | (frame.weights == 0)
    ceiling = nth_smallest(cost, starts, np.maximum(np.minimum(count, depth) - 1, 0))
    ceiling = np.where((count >= depth) | ~np.isfinite(near), ceiling, near)
    ceiling[frame.weights == 0] = 0.0
    saving: Floats = frame.weights[demand] * (ceiling[demand] - cost)
    keep = ((saving > 0) | ~sure[demand]) & (cost <= ceiling[demand])
    most_cost = float(frame.weights @ np.where(np.isfinite(ceiling), ceiling, 0.0))
    gains = Gains(
        row=demand[keep],
        column=frame.place()[site[keep]],
        gain=saving[keep],
        required=~sure,
        columns=frame.free.size,
        most=frame.sites,
        price=frame.price,
        purse=frame.budget,
        cuts=frame.cuts,
        exact=frame.exact,
    )
    return gains, most_cost


def unreachable(frame: Frame) -> Siting:
    """Each demand has a candidate, but no allowed plan reaches all of them: say what would."""
    asked = frame.pairs.where(frame.weights[frame.pairs.demand] > 0)
    cover = open_cover(frame, asked, unlimited=True)
    empty = np.bincount(cover.row, minlength=cover.rows) == 0
    if empty.any():  # rows of demands without weight
        keep = np.flatnonzero(~empty)
        place = np.cumsum(~empty) - 1
        cover = Gains(
            place[cover.row],
            cover.column,
            cover.gain,
            np.ones(keep.size, dtype=np.bool_),
            cover.columns,
            cover.most,
        )
    least = fewest(cover, frame.clock)
    if least.columns is not None and least.columns.size > frame.sites:
        needed = int(least.columns.size)
        return impossible(
            frame,
            _weighty(frame, left_out(frame, asked)),
            both(
                f"新开 {frame.sites} 处到达不了全部需求；新开 {needed} 处可以。",
                f"{frame.sites} new sites do not reach all demands; {needed} would.",
            ),
            sites=needed,
        )
    if frame.price is not None:
        return short_of_money(frame, cover, asked)
    return no_other_plan(frame)


def _weighty(frame: Frame, demands: Any) -> Any:
    return demands[frame.weights[demands] > 0]
