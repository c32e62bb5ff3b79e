"""How do the catalogue, an indicator by area and a league table look?"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from pydantic import Field

from api.schemas.answers import Answer
from api.schemas.standards.rules import RuleTold, SumTold, rule_told, sum_told
from geo.access.indicators import Computation, Indicator
from geo.access.league import League


class IndicatorTold(Answer):
    """One entry of the catalogue."""

    id: str
    title: str
    title_en: str
    definition: str
    formula: str
    unit: str
    unit_zh: str
    levels: list[str]
    period: str
    source: str
    is_internal: bool = Field(description="only at the planner's address")
    has_distance: bool = Field(description="can be measured on foot: measure=walk")
    higher_is_better: bool
    threshold_subject: str | None


class IndicatorList(Answer):
    """The catalogue."""

    numberReturned: int
    indicators: list[IndicatorTold]


class ValueTold(Answer):
    """The value of one area; null is unknown, or too small to be published."""

    area_code: str
    area_name: str
    value: float | None = Field(description="numerator / denominator, times the scale of the unit")
    numerator: float | None
    denominator: float | None
    unknown: int = Field(description="cases that count on neither side")
    meets: bool | None = Field(description="whether the target is met; null without one")
    note: str
    is_synthetic: bool
    mark: str = Field(description="合成 where anything of the table is made up")


class IndicatorAnswer(Answer):
    """An indicator by area."""

    title: str
    indicator: IndicatorTold
    city: str
    areas: str
    on: date
    measure: str = Field(description="line or walk, where a distance is measured")
    published_only: bool
    rounded_to: float
    threshold: RuleTold | None
    rows: list[ValueTold]
    total: ValueTold
    check: SumTold = Field(description="do the areas add up to the whole")
    method: str
    method_en: str
    sources: list[str]
    has_synthetic: bool
    computed_at: datetime


class StandingTold(Answer):
    """One row of a league table."""

    rank: int | None = Field(description="null: the value is unknown")
    is_tied: bool
    area_code: str
    area_name: str
    value: float | None
    numerator: float | None
    denominator: float | None
    change: float | None = Field(description="since the day compared with")
    rank_change: int | None = Field(description="places won (positive) or lost")
    notes: list[str]
    mark: str


class LeagueAnswer(Answer):
    """A league table with its method."""

    title: str
    method: str
    method_en: str
    on: date
    compared_with: date | None
    has_synthetic: bool
    rows: list[StandingTold]


def indicator_told(one: Indicator) -> dict[str, Any]:
    """An entry of the catalogue as it is told."""
    return {name: getattr(one, name) for name in IndicatorTold.model_fields}


def values_told(found: Computation) -> dict[str, Any]:
    """An indicator by area as it is told."""
    return {
        "title": found.title,
        "indicator": indicator_told(found.indicator),
        "city": found.asked.city,
        "areas": found.asked.by,
        "on": found.asked.on,
        "measure": found.asked.measure,
        "published_only": found.asked.published_only,
        "rounded_to": found.asked.rounded_to,
        "threshold": rule_told(found.threshold),
        "rows": found.rows,
        "total": found.total,
        "check": sum_told(found.check),
        "method": found.method,
        "method_en": found.method_en,
        "sources": found.sources,
        "has_synthetic": found.has_synthetic,
        "computed_at": found.computed_at,
    }


def league_told(found: League, on: date, since: date | None) -> dict[str, Any]:
    """A league table as it is told."""
    return {**asdict(found), "on": on, "compared_with": since}
