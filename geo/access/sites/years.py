"""What should be built in which year, with the elders forecast and the money of each year?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from geo.access.candidates import Candidates, Limits
from geo.access.costs import Indices, Pairs, reachable_pairs
from geo.access.radius.ground import Floats, Source, read_ground
from geo.access.sites.answer import Chosen, in_order
from geo.access.sites.costs import CostsOf, line_costs
from geo.access.sites.question import Asked
from geo.access.sites.stock import Stock, read_stock, weights_of
from geo.access.siting import Phases, cover_most_in_phases
from geo.errors import BadInput, both
from geo.queries.admin import Reader

MOST_YEARS = 15


@dataclass(frozen=True, slots=True)
class Year:
    """A year's means and its elders: a stored forecast (`base_year`, `projection`), or today's
    elders times `factor`, which is then an assumption and is told as one."""

    year: int
    sites: int | None = None
    budget_cny: float | None = None
    base_year: int | None = None
    projection: str | None = None
    factor: float = 1.0

    def in_words(self) -> tuple[str, str]:
        """Where the elders of the year come from, in Chinese and in English."""
        if self.base_year is not None:
            name = self.projection or "none"
            return f"{self.base_year} 年人口（{name}）", f"people of {self.base_year} ({name})"
        return (
            f"现有老人 × {self.factor:g}（假定）" if self.factor != 1 else "现有老人",
            f"today's elders × {self.factor:g} (assumed)" if self.factor != 1 else "today's elders",
        )


@dataclass(frozen=True, slots=True)
class PhasedYear:
    """What opens in a year, and who is covered at its end; `before` without any new site."""

    year: Year
    chosen: tuple[Chosen, ...]
    people: float
    before: float
    covered: float
    cost_cny: float | None


@dataclass(frozen=True, slots=True)
class PhasedPlan:
    """A plan over years. `phases` holds bound, gap and status of the covered elders, summed."""

    asked: Asked
    years: tuple[PhasedYear, ...]
    phases: Phases
    candidates: Candidates
    sources: tuple[Source, ...]

    @property
    def has_synthetic(self) -> bool:
        """Some of what it rests on is made up."""
        return any(one.is_synthetic for one in self.sources)


def best_years(
    session: Reader,
    asked: Asked,
    years: Sequence[Year],
    *,
    limits: Limits | None = None,
    codes: Sequence[str] | None = None,
    costs: CostsOf = line_costs,
    carry_over: bool = False,
) -> PhasedPlan:
    """Which sites to open in which year so that most elders are covered, added over the years.

    asked: its goal is cover_most, its `sites` and `budget_cny` are those of the years. What is
    built stays; money that is left stays only with `carry_over`. Raises as `best_sites` does.
    """
    _check(asked, years)
    with_money = replace(asked, budget_cny=sum(year.budget_cny or 0 for year in years))
    is_paid = years[0].budget_cny is not None
    stock = read_stock(session, with_money if is_paid else asked, limits=limits, codes=codes)
    people = np.array([_people(session, stock, year) for year in years])
    radius_m = asked.question.radius_m
    cost = costs(stock.demand, stock.positions, radius_m)
    pairs = reachable_pairs(cost)
    most = len(stock.options)
    phases = cover_most_in_phases(
        cost,
        people,
        radius_m,
        sites=[most if year.sites is None else year.sites for year in years],
        build_cost=stock.build_cost,
        budget=[year.budget_cny or 0.0 for year in years] if is_paid else None,
        carry_over=carry_over,
        fixed=np.arange(len(stock.standing), dtype=np.int64),
        time_limit_s=asked.time_limit_s,
    )
    told = []
    for number, year in enumerate(years):
        then = replace(stock, weights=people[number])
        told.append(_told(then, pairs, year, phases, number))
    return PhasedPlan(stock.asked, tuple(told), phases, stock.judged, stock.sources)


def _told(stock: Stock, pairs: Pairs, year: Year, phases: Phases, number: int) -> PhasedYear:
    """One year of the plan; what opened before counts as standing."""
    plan, opened = phases.years[number], phases.opened[number]
    standing = np.setdiff1d(plan.chosen, opened)
    price = stock.build_cost
    return PhasedYear(
        year,
        in_order(stock, pairs, plan, opened, standing=standing),
        float(stock.weights.sum()),
        float(stock.weights[_reached(pairs, np.arange(len(stock.standing)))].sum()),
        plan.objective,
        None if price is None else float(price[opened].sum()),
    )


def _reached(pairs: Pairs, sites: Indices) -> Indices:
    """The cells that these sites reach."""
    return np.unique(pairs.demand[np.isin(pairs.site, sites)])


def _people(session: Reader, stock: Stock, year: Year) -> Floats:
    """The elders of a year in the cells of the stock. Raises BadInput for another grid."""
    if year.base_year is None:
        return stock.weights * year.factor
    question = replace(
        stock.asked.question, base_year=year.base_year, projection=year.projection or "none"
    )
    ground = read_ground(session, question, kinds=[question.kind], longest_m=1.0)
    weights = weights_of(ground, stock.asked.age)
    place = {(lon, lat): number for number, (lon, lat) in enumerate(stock.demand.tolist())}
    made = np.zeros(len(stock.weights))
    for lon, lat, people in zip(ground.cell_lon, ground.cell_lat, weights, strict=True):
        number = place.get((float(lon), float(lat)))
        if number is None:
            raise BadInput(
                both(
                    f"{year.year} 年的预测人口与现有人口不是同一格网。",
                    f"the forecast for {year.year} stands on another grid than today's people",
                ),
                parameter="years",
            )
        made[number] += people
    return made


def _check(asked: Asked, years: Sequence[Year]) -> None:
    order = [year.year for year in years]
    wrong: tuple[str, str] | None = None
    if not 1 <= len(years) <= MOST_YEARS or order != sorted(set(order)):
        wrong = (f"须有 1 到 {MOST_YEARS} 个年份，依次递增。", f"1 to {MOST_YEARS} rising years")
    elif asked.goal != "cover_most" or asked.use_capacity or asked.plans:
        wrong = (
            "分年只支持 cover_most，不计容量与备选方案。",
            "years are planned for cover_most only, without capacities and next-best plans",
        )
    elif len({year.budget_cny is None for year in years}) > 1:
        wrong = ("预算须每年都给，或都不给。", "give a budget for every year or for none")
    elif any(year.budget_cny is None and year.sites is None for year in years):
        wrong = ("每年须给出处数或预算。", "give sites or a budget for every year")
    elif any((year.sites or 0) < 0 or (year.budget_cny or 0) < 0 for year in years):
        wrong = ("处数与预算不能为负。", "sites and budgets are 0 or more")
    elif any(not 0 <= year.factor <= 100 for year in years):
        wrong = ("系数应在 0 到 100 之间。", "a factor lies in 0 … 100")
    if wrong is not None:
        raise BadInput(both(*wrong), parameter="years")
