"""What to build in which year, when demand is forecast, money comes yearly and what is built stays?

Multi-period maximal cover (after Schilling 1980, doi:10.1111/j.1538-4632.1980.tb00028.x):
maximise Σ_t Σ_i w_ti z_ti with z_ti ≤ Σ_{j within the radius of i} y_tj, y_tj ≥ y_t−1,j,
Σ_j build_cost_j (y_tj − y_t−1,j) ≤ budget_t, Σ_j (y_tj − y_t−1,j) ≤ sites_t.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from geo.access.costs import Floats, Indices, Pairs, amounts, number
from geo.access.siting.cover import cover_most
from geo.access.siting.frame import Frame, read_frame
from geo.access.siting.gains import mark
from geo.access.siting.result import Siting, cheapest, planned
from geo.access.siting.solver import Clock, Programme, solve
from geo.errors import BadArray, both


@dataclass(frozen=True)
class Phases:
    """One plan a year, `opened` in each; `objective` = Σ over the years of the covered weight.

    `bound`, `gap` and `status` hold for the sum: each year's plan is a part of the whole, and its
    own bound says only that no more than all can be covered.
    """

    years: tuple[Siting, ...]
    opened: tuple[Indices, ...]
    objective: float
    bound: float
    gap: float
    status: str


def cover_most_in_phases(
    cost: Any,
    weights: ArrayLike,
    radius: float,
    *,
    sites: ArrayLike | None = None,
    build_cost: ArrayLike | None = None,
    budget: ArrayLike | None = None,
    carry_over: bool = False,
    fixed: ArrayLike | None = None,
    closed: ArrayLike | None = None,
    time_limit_s: float | None = 60.0,
) -> Phases:
    """Which sites to open in which year so that the covered weight, added over the years, is most.

    `weights` (years, demand): the forecast; `sites` (years,) new ones a year at most (None: any
    number); `build_cost` (candidates,) or (years, candidates) and `budget` (years,): money a year,
    what is left of it stays only with `carry_over`. What is built stays open. Other inputs as in
    `cover_most`. All years are planned together, begun from the plan made year by year, so the
    result is never worse than that one.
    """
    forecast = np.asarray(weights, dtype=np.float64)
    if forecast.ndim != 2 or (sites is None and budget is None):
        raise BadArray(
            both(
                "weights 须为（年，需求）二维数组，并给出 sites 或 budget。",
                "weights must have the shape (years, demand); give sites or budget as well.",
            ),
            parameter="weights",
        )
    years = forecast.shape[0]
    frame = read_frame(
        cost, weights=None, sites=None, fixed=fixed, closed=closed, time_limit_s=time_limit_s
    )
    rows = [amounts(year, frame.demands, "weights") for year in forecast]
    money = _money(frame, years, build_cost, budget)
    count = np.full(years, np.inf) if sites is None else amounts(sites, years, "sites")
    within = frame.pairs.within(number(radius, "radius"))
    seed = _year_by_year(frame, within, rows, count, money, carry_over)
    programme, entries = _programme(frame, within, rows, count, money, carry_over)
    answer = solve(programme, frame.clock, start=_point(frame, within, rows, seed, entries))
    opened = seed
    if answer.point is not None:
        standing = answer.point[: years * frame.free.size].reshape(years, -1) > 0.5
        new = np.diff(standing, axis=0, prepend=np.zeros((1, frame.free.size), dtype=np.bool_))
        opened = [frame.free[np.flatnonzero(year)] for year in new]
        if _total(frame, within, rows, opened) < _total(frame, within, rows, seed):
            opened = seed
    plans = _plans(frame, within, rows, opened)
    total = float(sum(plan.objective for plan in plans))
    # What the fixed sites cover is in the plans and not in the programme.
    had = float(sum(plan.objective for plan in _plans(frame, within, rows, [])))
    bound = max(total, min(answer.bound + had, float(sum(plan.bound for plan in plans))))
    bound = total if answer.optimal else bound
    gap = abs(total - bound) / max(abs(total), 1e-9)
    status = "optimal" if answer.optimal or gap == 0 else "feasible"
    return Phases(tuple(plans), tuple(opened), total, bound, gap, status)


@dataclass(frozen=True)
class _Money:
    price: Floats  # (years, candidates)
    budget: Floats  # (years,)


def _money(
    frame: Frame, years: int, build_cost: ArrayLike | None, budget: ArrayLike | None
) -> _Money | None:
    if budget is None:
        return None
    if build_cost is None:
        raise BadArray(
            both("给出 budget 时须给出 build_cost。", "A budget needs build_cost."),
            parameter="build_cost",
        )
    candidates = frame.pairs.shape[1]
    price = np.asarray(build_cost)
    rows = price if price.ndim == 2 else np.tile(price, (years, 1))
    if rows.shape[0] != years:
        raise BadArray(
            both(
                f"build_cost 应有 {years} 行。", f"build_cost must have {years} rows, one a year."
            ),
            parameter="build_cost",
        )
    checked = np.array([amounts(row, candidates, "build_cost") for row in rows])
    return _Money(checked.reshape(years, candidates), amounts(budget, years, "budget"))


def _year_by_year(
    frame: Frame,
    within: Pairs,
    rows: list[Floats],
    count: Floats,
    money: _Money | None,
    carry_over: bool,
) -> list[Indices]:
    """The plan of somebody who looks at one year at a time: the start of the whole plan."""
    matrix = sparse.coo_array((within.cost, (within.demand, within.site)), shape=within.shape)
    share = frame.clock.share(0.3)
    stand, shut = frame.fixed, np.setdiff1d(np.arange(within.shape[1]), frame.free)
    opened: list[Indices] = []
    saved = 0.0
    for t, weights in enumerate(rows):
        most = frame.free.size if np.isinf(count[t]) else int(count[t])
        limit = share.left() / (len(rows) - t)
        options: dict[str, Any] = {"time_limit_s": limit if np.isfinite(limit) else None}
        if money is not None:
            saved += float(money.budget[t])
            options |= {"build_cost": money.price[t], "budget": saved}
        plan = cover_most(
            matrix,
            weights,
            np.inf,
            most,
            fixed=stand,
            closed=np.setdiff1d(shut, stand),
            **options,
        )
        new = np.setdiff1d(plan.chosen, stand)
        if money is not None:
            saved = saved - float(money.price[t][new].sum()) if carry_over else 0.0
        opened.append(new)
        stand = np.union1d(stand, new).astype(np.int64)
    return opened


def _plans(frame: Frame, within: Pairs, rows: list[Floats], opened: list[Indices]) -> list[Siting]:
    plans = []
    chosen = frame.fixed
    for t, weights in enumerate(rows):
        if opened:
            chosen = np.union1d(chosen, opened[t]).astype(np.int64)
        assignment, _ = cheapest(within, chosen)
        covered = float(weights[assignment >= 0].sum())
        most = float(weights[mark(within.demand, weights.size)].sum())
        year = replace(frame, weights=weights, clock=Clock(None))
        plans.append(planned(year, chosen, assignment, covered, most, most == covered))
    return plans


def _total(frame: Frame, within: Pairs, rows: list[Floats], opened: list[Indices]) -> float:
    return float(sum(plan.objective for plan in _plans(frame, within, rows, opened)))


def _programme(
    frame: Frame,
    within: Pairs,
    rows: list[Floats],
    count: Floats,
    money: _Money | None,
    carry_over: bool,
) -> tuple[Programme, Pairs]:
    """y (years × free), then z (years × demands); rows: cover, stay, number, money."""
    years, free, demands = len(rows), frame.free.size, frame.demands
    served = mark(within.demand[frame.stands(within)], demands)
    entries = within.where(~served[within.demand] & (frame.place()[within.site] >= 0))
    place = frame.place()[entries.site]
    y = np.arange(years * free).reshape(years, free)
    z = years * free + np.arange(years * demands).reshape(years, demands)
    blocks: list[Any] = []
    size = years * (free + demands)

    def block(row: Any, column: Any, value: Any, height: int) -> None:
        blocks.append(sparse.csr_array((value, (row, column)), shape=(height, size)))

    ones = np.ones(entries.cost.size)
    for t in range(years):
        row = np.concatenate((np.arange(demands), entries.demand))
        block(
            row,
            np.concatenate((z[t], y[t][place])),
            np.concatenate((np.ones(demands), -ones)),
            demands,
        )
    if years > 1:
        line = np.arange((years - 1) * free)
        block(
            np.concatenate((line, line)),
            np.concatenate((y[:-1].reshape(-1), y[1:].reshape(-1))),
            np.concatenate((np.ones(line.size), -np.ones(line.size))),
            line.size,
        )
    high = [np.zeros(sum(each.shape[0] for each in blocks))]
    for values, limit, running in _yearly(frame, count, money, carry_over):
        row, column, value = _spent(y, values, running)
        block(row, column, value, years)
        high.append(limit)
    whole = np.zeros(size, dtype=np.bool_)
    whole[: years * free] = True
    reward = np.concatenate((np.zeros(years * free), np.concatenate(rows)))
    ceiling = np.ones(size)
    matrix = sparse.csr_array(sparse.vstack(blocks, format="csr"))
    top = np.concatenate(high)
    return (
        Programme(
            reward,
            np.zeros(size),
            ceiling,
            whole,
            matrix,
            np.full(top.size, -np.inf),
            top,
            maximise=True,
        ),
        entries,
    )


def _yearly(
    frame: Frame, count: Floats, money: _Money | None, carry_over: bool
) -> list[tuple[Floats, Floats, bool]]:
    limits = [(np.ones((count.size, frame.free.size)), count, False)]
    if money is not None:
        budget = np.cumsum(money.budget) if carry_over else money.budget
        limits.append((money.price[:, frame.free], budget, carry_over))
    return limits


def _spent(y: Indices, values: Floats, running: bool) -> tuple[Indices, Indices, Floats]:
    """Entries of Σ_j value_tj (y_tj − y_t−1,j) for each year, or (`running`) up to it."""
    years, free = y.shape
    matrix = np.zeros((years, years * free))
    for t in range(years):
        if running and t:
            matrix[t] = matrix[t - 1]
        matrix[t, y[t]] += values[t]
        if t:
            matrix[t, y[t - 1]] -= values[t]
    row, column = np.nonzero(matrix)
    return row, column, matrix[row, column]


def _point(
    frame: Frame, within: Pairs, rows: list[Floats], opened: list[Indices], entries: Pairs
) -> Floats:
    standing = np.zeros(frame.free.size, dtype=np.bool_)
    y, z = [], []
    for new in opened:
        standing = standing | mark(frame.place()[new], frame.free.size)
        y.append(standing.astype(np.float64))
        reached = entries.demand[standing[frame.place()[entries.site]]]
        z.append(mark(reached, frame.demands).astype(np.float64))
    return np.concatenate(y + z)
