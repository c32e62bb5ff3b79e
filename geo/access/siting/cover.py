"""Where to build so that everybody is covered with the fewest sites, or most with a given number?

LSCP: minimise Σ_j y_j so that Σ_{j within the radius of i} y_j ≥ 1 for every demand i (Toregas,
Swain, ReVelle and Bergman 1971, doi:10.1287/opre.19.6.1363). MCLP: maximise Σ_i w_i z_i with
z_i ≤ Σ_{j within the radius of i} y_j and Σ_j y_j ≤ p (Church and ReVelle 1974,
doi:10.1007/BF01942293).
"""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
from numpy.typing import ArrayLike

from geo.access.costs import Indices, Pairs, number
from geo.access.siting.capacity import cover_all_limited, cover_most_limited
from geo.access.siting.fewest import fewest
from geo.access.siting.frame import Frame, Options, read_frame, whole_number
from geo.access.siting.gains import Gains, mark
from geo.access.siting.maximise import maximise
from geo.access.siting.result import (
    Siting,
    cheapest,
    impossible,
    not_in_time,
    out_of_reach,
    planned,
)
from geo.errors import both


def cover_all(
    cost: Any, radius: float, *, weights: ArrayLike | None = None, **options: Unpack[Options]
) -> Siting:
    """The fewest sites that bring every demand within `radius` of one (LSCP).

    `cost` (demand, candidates), dense (inf = unreachable) or sparse (absent = unreachable, a
    stored 0 counts). Options: `fixed` (index array of sites that stand and cost nothing),
    `closed` (candidates that may not open), `capacity` (candidates,) in the unit of `weights`
    (1 for each demand where None; each demand is served whole by one site), `build_cost`
    (candidates,) and `budget` for the sites that are opened, `time_limit_s` (60 unless given, None
    for no limit), `excluded` (plans that may not come back, nor any that contains one).
    `objective` = sites opened, the fixed included. Demands of weight 0 must be covered as well.
    Raises BadArray for wrong inputs; what cannot be done is a result of status "infeasible".
    """
    limit = number(radius, "radius")
    frame = read_frame(cost, weights=weights, sites=None, **options)
    within = frame.pairs.within(limit)
    unreached = np.flatnonzero(np.bincount(within.demand, minlength=frame.demands) == 0)
    if unreached.size:
        return out_of_reach(frame, within, unreached)
    relaxed = _cover_all(frame.unlimited(), within)
    return relaxed if frame.capacity is None else cover_all_limited(frame, within, relaxed)


def _cover_all(frame: Frame, within: Pairs) -> Siting:
    found = fewest(open_cover(frame, within), frame.clock)
    if found.columns is None:
        return _too_dear(frame, within) if found.infeasible else not_in_time(frame)
    chosen = np.union1d(frame.fixed, frame.free[found.columns]).astype(np.int64)
    assignment, _ = cheapest(within, chosen)
    bound = frame.fixed.size + found.bound
    return planned(frame, chosen, assignment, chosen.size, bound, found.optimal)


def cover_most(
    cost: Any, weights: ArrayLike, radius: float, sites: int, **options: Unpack[Options]
) -> Siting:
    """The `sites` that bring most weight within `radius`, besides the fixed (MCLP).

    Inputs and options as in `cover_all`. `objective` = covered weight, that of the fixed sites
    included. Without a budget exactly `sites` are opened where there are as many candidates; with
    `build_cost` and `budget` at most so many. Never infeasible unless every plan is `excluded`.
    """
    limit = number(radius, "radius")
    frame = read_frame(cost, weights=weights, sites=whole_number(sites), **options)
    within = frame.pairs.within(limit)
    relaxed = _cover_most(frame.unlimited(), within)
    return relaxed if frame.capacity is None else cover_most_limited(frame, within, relaxed)


def _cover_most(frame: Frame, within: Pairs) -> Siting:
    served = mark(within.demand[frame.stands(within)], frame.demands)
    had = float(frame.weights[served].sum())
    found = maximise(cover_gains(frame, within), frame.clock)
    if found.columns is None:
        return no_other_plan(frame) if found.infeasible else not_in_time(frame)
    chosen = frame.fill(frame.free[found.columns])
    assignment, _ = cheapest(within, chosen)
    covered = float(frame.weights[assignment >= 0].sum())
    return planned(frame, chosen, assignment, covered, had + found.bound, found.optimal)


def cover_gains(frame: Frame, within: Pairs) -> Gains:
    """The weight that each free candidate adds to what the fixed sites cover."""
    served = mark(within.demand[frame.stands(within)], frame.demands)
    worth = np.where(served, 0.0, frame.weights)
    useful = ~frame.stands(within) & (worth[within.demand] > 0)
    return Gains(
        row=within.demand[useful],
        column=frame.place()[within.site[useful]],
        gain=worth[within.demand[useful]],
        required=np.zeros(frame.demands, dtype=np.bool_),
        columns=frame.free.size,
        most=frame.sites,
        price=frame.price,
        purse=frame.budget,
        cuts=frame.cuts,
        exact=frame.exact,
    )


def open_cover(frame: Frame, within: Pairs, *, unlimited: bool = False) -> Gains:
    """The demands that no fixed site covers, each required, as rows over the free candidates."""
    served = mark(within.demand[frame.stands(within)], frame.demands)
    useful = ~served[within.demand]
    place = np.cumsum(~served) - 1
    return Gains(
        row=place[within.demand[useful]],
        column=frame.place()[within.site[useful]],
        gain=np.ones(int(useful.sum())),
        required=np.ones(int((~served).sum()), dtype=np.bool_),
        columns=frame.free.size,
        most=frame.free.size if unlimited else frame.sites,
        price=None if unlimited else frame.price,
        purse=np.inf if unlimited else frame.budget,
        cuts=() if unlimited else frame.cuts,
        exact=frame.exact and not unlimited,
    )


def no_other_plan(frame: Frame) -> Siting:
    """Every plan is excluded."""
    return impossible(
        frame,
        np.zeros(0, dtype=np.int64),
        both("除已排除的方案外没有其他方案。", "There is no plan but those excluded."),
    )


def _too_dear(frame: Frame, within: Pairs) -> Siting:
    """All could be covered, but not for the budget (or only by plans that are excluded)."""
    if frame.price is None:
        return no_other_plan(frame)
    return short_of_money(frame, open_cover(frame, within, unlimited=True), within)


def short_of_money(frame: Frame, cover: Gains, within: Pairs) -> Siting:
    """Name the budget from which on all are reached, and who is left out with this one."""
    assert frame.price is not None
    least = fewest(cover, frame.clock, paid=frame.price)
    if least.columns is None or least.value <= frame.budget:
        return no_other_plan(frame)
    return impossible(
        frame,
        left_out(frame, within),
        both(
            f"预算 {frame.budget:g} 不够覆盖全部需求；至少需要 {least.value:g}。",
            f"The budget of {frame.budget:g} does not reach all demands; {least.value:g} would.",
        ),
        budget=least.value,
    )


def left_out(frame: Frame, within: Pairs) -> Indices:
    """The demands that stay unreached by the plan that reaches most of them."""
    cover = open_cover(frame, within)
    loose = Gains(
        cover.row,
        cover.column,
        cover.gain,
        np.zeros(cover.rows, dtype=np.bool_),
        cover.columns,
        cover.most,
        cover.price,
        cover.purse,
    )
    found = maximise(loose, frame.clock)
    opened = frame.fixed if found.columns is None else frame.fill(frame.free[found.columns])
    return np.flatnonzero(cheapest(within, opened)[0] < 0)
