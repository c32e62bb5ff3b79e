"""What may be built, for whom and by when? The checked inputs that all siting functions share."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict

import numpy as np
from numpy.typing import ArrayLike

from geo.access.costs import Floats, Indices, Pairs, amounts, index_array, number, reachable_pairs
from geo.access.siting.gains import mark
from geo.access.siting.solver import Bools, Clock
from geo.errors import BadArray, both

MOST_PAIRS = 300_000
"""A programme over more pairs than these is hardly begun in the time of an answer."""


class Options(TypedDict, total=False):
    """The keyword arguments that every siting function takes."""

    fixed: ArrayLike | None
    closed: ArrayLike | None
    capacity: ArrayLike | None
    build_cost: ArrayLike | None
    budget: float | None
    time_limit_s: float | None
    excluded: Sequence[ArrayLike]


@dataclass(frozen=True)
class Frame:
    """Checked inputs: `pairs` without closed candidates, `free` may be opened, `fixed` stand."""

    pairs: Pairs
    shut: Pairs
    weights: Floats
    fixed: Indices
    free: Indices
    sites: int
    counted: bool
    capacity: Floats | None
    build_cost: Floats | None
    budget: float
    cuts: tuple[Indices, ...]
    clock: Clock

    @property
    def demands(self) -> int:
        """How many demand points."""
        return self.pairs.shape[0]

    @property
    def exact(self) -> bool:
        """Must exactly `sites` open? Yes where plans are excluded: filling up may restore one."""
        return bool(self.cuts) and self.counted and self.price is None

    @property
    def price(self) -> Floats | None:
        """The price of each free candidate, None where money does not bind."""
        if self.build_cost is None or not np.isfinite(self.budget):
            return None
        return self.build_cost[self.free]

    @property
    def small(self) -> bool:
        """Can a programme over all pairs be solved in the time of an answer?"""
        return self.pairs.cost.size <= MOST_PAIRS

    def unlimited(self) -> Frame:
        """The same question without capacities: as it is, or a relaxation with part of the time."""
        return (
            self
            if self.capacity is None
            else replace(self, capacity=None, clock=self.clock.share(0.2 if self.small else 0.5))
        )

    def place(self) -> Indices:
        """The position of each candidate among the free ones, −1 for all others."""
        place = np.full(self.pairs.shape[1], -1, dtype=np.int64)
        place[self.free] = np.arange(self.free.size)
        return place

    def stands(self, pairs: Pairs) -> Bools:
        """Which pairs belong to a fixed site?"""
        return mark(self.fixed, pairs.shape[1])[pairs.site]

    def fill(self, opened: Indices) -> Indices:
        """Chosen candidates, ascending: the fixed, the opened, and more up to the asked number.

        Without a budget exactly `sites` are opened where there are as many; those that add nothing
        are the lowest positions. With a budget nothing is bought for nothing.
        """
        chosen = np.union1d(self.fixed, opened)
        lacking = self.sites + self.fixed.size - chosen.size
        if self.price is None and lacking > 0:
            chosen = np.union1d(chosen, np.setdiff1d(self.free, chosen)[:lacking])
        return chosen.astype(np.int64)


def read_frame(
    cost: Any,
    *,
    weights: ArrayLike | None,
    sites: int | None,
    fixed: ArrayLike | None = None,
    closed: ArrayLike | None = None,
    capacity: ArrayLike | None = None,
    build_cost: ArrayLike | None = None,
    budget: float | None = None,
    time_limit_s: float | None = 60.0,
    excluded: Sequence[ArrayLike] = (),
) -> Frame:
    """Check the inputs of a siting problem; BadArray says what is wrong and where."""
    clock = Clock(None if time_limit_s is None else number(time_limit_s, "time_limit_s"))
    pairs = reachable_pairs(cost)
    demands, candidates = pairs.shape
    stand = index_array(fixed, candidates, "fixed")
    shut = index_array(closed, candidates, "closed")
    _check_apart(stand, shut)
    if budget is not None and build_cost is None:
        raise BadArray(
            both("给出 budget 时须给出 build_cost。", "A budget needs build_cost."),
            parameter="build_cost",
        )
    usable = ~mark(shut, candidates)
    free = np.setdiff1d(np.flatnonzero(usable), stand).astype(np.int64)
    return Frame(
        pairs=pairs.where(usable[pairs.site]),
        shut=pairs.where(~usable[pairs.site]),
        weights=np.ones(demands) if weights is None else amounts(weights, demands, "weights"),
        fixed=stand,
        free=free,
        sites=free.size if sites is None else min(sites, free.size),
        counted=sites is not None,
        capacity=(
            None if capacity is None else amounts(capacity, candidates, "capacity", unlimited=True)
        ),
        build_cost=None if build_cost is None else amounts(build_cost, candidates, "build_cost"),
        budget=np.inf if budget is None else number(budget, "budget"),
        cuts=_cuts(excluded, stand, shut, free, candidates),
        clock=clock,
    )


def _cuts(
    excluded: Sequence[ArrayLike], stand: Indices, shut: Indices, free: Indices, candidates: int
) -> tuple[Indices, ...]:
    plans = [index_array(plan, candidates, "excluded") for plan in excluded]
    plans = [plan for plan in plans if not np.isin(plan, shut).any()]
    return tuple(np.searchsorted(free, np.setdiff1d(plan, stand)) for plan in plans)


def _check_apart(fixed: Indices, closed: Indices) -> None:
    torn = np.intersect1d(fixed, closed)
    if torn.size:
        raise BadArray(
            both(
                f"候选点 {torn.tolist()} 同时在 fixed 和 closed 中。",
                f"Candidates {torn.tolist()} are both fixed and closed.",
            ),
            parameter="closed",
        )


def whole_number(sites: Any) -> int:
    """How many sites: a whole number of 0 or more. Raises BadArray."""
    try:
        read = operator.index(sites)
    except TypeError:
        read = -1
    if read < 0 or isinstance(sites, bool | np.bool_):
        raise BadArray(
            both(
                f"sites 须为不小于 0 的整数，得到 {sites!r}。",
                f"sites must be a whole number of 0 or more; it is {sites!r}.",
            ),
            parameter="sites",
        )
    return read
