"""How many meals does a canteen serve in a month, against its capacity and who lives around?"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import text

from geo.access.disclosure import publishable_count
from geo.access.pairs import reachable, sites_of
from geo.access.radius.ground import Ground, Source, read_ground
from geo.access.radius.question import Question, ask, kind_name
from geo.access.radius.record import on_record
from geo.access.radius.seen import as_seen
from geo.errors import BadInput, both
from geo.queries.admin import Reader

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_STATED = text("SELECT f.id, f.meals_per_day, f.hours FROM facility f WHERE f.id = ANY(:ids)")


@dataclass(frozen=True, slots=True)
class CanteenMonth:
    """One canteen in one month; None is unknown, never 0.

    capacity: meals a day × days open in the month; days_assumed: opening hours are unknown, every
    day counts. meals: served, as delivered. used: meals ÷ capacity. catchment_60: people aged 60
    and over within reach; nearest_60: those of them to whom no other canteen is nearer.
    """

    code: str
    name: str
    meals_per_day: int | None
    days_open: int
    days_assumed: bool
    capacity: float | None
    meals: float | None
    catchment_60: float | None
    nearest_60: float | None
    is_synthetic: bool

    @property
    def used(self) -> float | None:
        """Meals served as a share of the capacity."""
        return None if self.meals is None or not self.capacity else self.meals / self.capacity

    @property
    def meals_per_elder(self) -> float | None:
        """Meals served for each elder of the catchment."""
        return (
            None if self.meals is None or not self.catchment_60 else self.meals / self.catchment_60
        )


@dataclass(frozen=True, slots=True)
class Canteens:
    """The canteens of a city in a month, by code. rounded_to: as in coverage."""

    question: Question
    month: date
    rows: tuple[CanteenMonth, ...]
    sources: tuple[Source, ...]
    rounded_to: float | None = None

    @property
    def has_synthetic(self) -> bool:
        """Some of the people, canteens or roads are made up for demonstration."""
        return any(source.is_synthetic for source in self.sources)

    @property
    def method(self) -> str:
        """The rule in Chinese."""
        how = "步行距离" if self.question.measure == "walk" else "直线距离"
        return (
            f"月供餐能力 = 日供餐份数 × 当月营业天数（营业时间未知的按每日营业计，并注明）；"
            f"服务人口为{how} {self.question.radius_m:g} 米内 60+ 人口"
            f"（{'常住' if self.question.basis == 'resident' else '户籍'}，"
            f"基准年 {self.question.base_year or '未知'}），可重复计；"
            "就近人口只计入最近的一处；供餐份数未交付的为未知。"
        )

    @property
    def method_en(self) -> str:
        """The rule in English."""
        how = "on foot" if self.question.measure == "walk" else "in a straight line"
        return (
            "Capacity = meals a day × days open in the month (every day where hours are unknown,"
            f" and said so); catchment: people aged 60+ within {self.question.radius_m:g} m {how}"
            f" ({self.question.basis}, base year {self.question.base_year or 'unknown'}), counted"
            " for every canteen; nearest: for the nearest one only; meals served are unknown unless"
            " delivered."
        )


def canteens(
    session: Reader,
    *,
    city: str,
    radius_m: float,
    on: date,
    month: date | None = None,
    meals: Mapping[str, float] | None = None,
    kind: str = "canteen",
    **asked: Any,
) -> Canteens:
    """The canteens inside a city in the month that holds `month` (default: of the asked day).

    meals: code of a canteen → meals served in that month; who is not in it stays unknown. asked: as
    `geo.access.coverage.coverage` takes them. Raises as it does, BadInput for a code that is no
    canteen of the city on that day, and for counts below 0.
    """
    question = ask(city=city, areas="district", kind=kind, radius_m=radius_m, on=on, **asked)
    first = (month or on).replace(day=1)
    with as_seen(session, published_only=question.published_only):
        recorded = on_record(session, question)
        if recorded is None:
            return Canteens(question, first, (), ())
        ground = read_ground(session, recorded, kinds=[kind], longest_m=radius_m)
        sites = sites_of(ground, kind)
        ids = [ground.sites[i].id for i in sites]
        stated = {row.id: row for row in session.execute(_STATED, {"ids": ids})}
    served = dict(meals or {})
    rows = tuple(_rows(ground, recorded, stated, first, served))
    _check(served, rows)
    if ground.walked is not None:
        recorded = replace(recorded, network=ground.walked.network)
    return Canteens(recorded, first, rows, ground.sources)


def publishable_canteens(found: Canteens, base: float) -> Canteens:
    """The canteens with publishable counts of people; meals and capacity are the canteens' own."""
    if base == 0:
        return found
    rows = tuple(
        replace(
            row,
            catchment_60=publishable_count(row.catchment_60, base),
            nearest_60=publishable_count(row.nearest_60, base),
        )
        for row in found.rows
    )
    return replace(found, rows=rows, rounded_to=base)


def title_of(found: Canteens) -> str:
    """What the table is called."""
    return f"{kind_name(found.question.kind)} {found.month:%Y-%m} 供餐情况"


def title_en_of(found: Canteens) -> str:
    """The same in English."""
    return f"{kind_name(found.question.kind, 'en')}: meals in {found.month:%Y-%m}"


def _rows(
    ground: Ground,
    question: Question,
    stated: Mapping[int, Any],
    month: date,
    meals: Mapping[str, float],
) -> list[CanteenMonth]:
    sites = sites_of(ground, question.kind)
    people = ground.people[:, 0]
    pairs = reachable(ground, question, sites).tocoo()
    within = np.bincount(pairs.col, people[pairs.row], minlength=len(sites))
    order = np.lexsort((pairs.col, pairs.data, pairs.row))
    first = np.concatenate([[True], np.diff(pairs.row[order]) != 0]) if len(order) else order > 0
    own = order[first]
    nearest = np.bincount(pairs.col[own], people[pairs.row[own]], minlength=len(sites))
    rows = []
    for position, number in enumerate(sites):
        site = ground.sites[number]
        if not site.homes:
            continue
        a_day, hours = stated[site.id].meals_per_day, stated[site.id].hours
        days = _days_open(month, hours)
        rows.append(
            CanteenMonth(
                site.code, site.name, a_day, days, hours is None,
                None if a_day is None else float(a_day * days), meals.get(site.code),
                float(within[position]), float(nearest[position]), site.is_synthetic,
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: row.code)


def _days_open(month: date, hours: Mapping[str, Any] | None) -> int:
    """On how many days of a month is it open? Unknown hours count as every day."""
    weekday, days = monthrange(month.year, month.month)
    if hours is None:
        return days
    return sum(bool(hours.get(_WEEK[(weekday + day) % 7])) for day in range(days))


def _check(meals: Mapping[str, float], rows: tuple[CanteenMonth, ...]) -> None:
    strange = sorted(set(meals) - {row.code for row in rows})
    if strange:
        raise BadInput(
            both(
                f"供餐数据中的 {strange[0]} 不是当日在用的供餐点（共 {len(strange)} 个）。",
                f"{strange[0]} is no canteen in force on that day ({len(strange)} such)",
            ),
            parameter="meals",
        )
    for code, count in meals.items():
        if not 0 <= count < float("inf"):
            raise BadInput(
                both(f"{code} 的供餐份数 {count} 无效。", f"{count} meals at {code} cannot be"),
                parameter="meals",
            )
