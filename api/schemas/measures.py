"""How do measures of areas, series, canteens and isochrones look?"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.schemas.answers import Answer, Feature
from api.schemas.coverage import CoverageProperties, SourceLine, Summary
from geo.access.canteens import CanteenMonth, Canteens, title_en_of, title_of
from geo.access.features import area_properties, summary
from geo.access.measures import AreaMeasures, Measures
from geo.access.radius.answer import STATUS_ZH
from geo.access.series import Series


class AreaMeasured(Answer):
    """The measures of one area, people aged 60 and over; null is unknown or withheld."""

    area_code: str
    area_name: str
    status: str
    status_zh: str
    measured_by: str | None = Field(description="line or walk; a total also mixed")
    people_60: float | None
    people_65: float | None
    people_80: float | None
    disabled: float | None = Field(description="失能, estimated")
    disabled_by: str | None = Field(description="data, rate (the set share) or, of a total, mixed")
    disabled_covered: float | None = Field(description="of these within reach, estimated")
    covered_60: float | None
    served_2: float | None = Field(description="within reach of two facilities at least")
    served_3: float | None
    seated_60: float | None = Field(description="whom the supply suffices for, nearest first")
    supply: float | None = Field(description="beds, or meals a day, of facilities in the area")
    supply_unknown: int | None = Field(description="facilities there that state none")
    per_thousand: float | None = Field(description="supply per 1 000 elders of the area")
    access: float | None = Field(description="supply per 1 000 elders by floating catchments")
    own_60: float | None = Field(description="covered by facilities of their own area")
    gain_60: float | None = Field(description="covered besides by facilities across the border")


class MeasuresAnswer(Answer):
    """Every area with its measures."""

    city: str | None
    areas: str
    kind: str
    radius_m: float
    measure: str
    network: str | None = Field(description="on foot: the road network, or `none`")
    on: date
    basis: str = Field(description="resident 常住 or registered 户籍, never mixed")
    base_year: int | None
    across_border: bool
    supply: str = Field(description="beds or meals")
    floating: str = Field(description="method of the floating catchment")
    numberReturned: int
    rows: list[AreaMeasured]
    total: AreaMeasured
    gini: float | None = Field(description="of access among elders, 0 = all alike")
    lorenz: list[tuple[float, float]] | None = Field(
        description="up to 21 points: share of elders, least served first, and of supply"
    )
    facilities: int | None
    supply_unknown: int | None
    disabled_rate: float | None
    disabled_source: str
    rounded_to: float | None
    method: str = Field(description="the rules in Chinese")
    method_en: str
    sources: list[SourceLine]
    has_synthetic: bool
    computed_at: datetime


def measures_told(found: Measures) -> dict[str, Any]:
    """Answer the measures as they are published."""
    question = found.question
    foot = question.measure == "walk"
    return {
        "city": question.city or None,
        "areas": question.areas,
        "kind": question.kind,
        "radius_m": question.radius_m,
        "measure": question.measure,
        "network": (question.network or "none") if foot else None,
        "on": question.on,
        "basis": question.basis,
        "base_year": question.base_year,
        "across_border": question.across_border,
        "supply": found.supply,
        "floating": found.method,
        "numberReturned": len(found.rows),
        "rows": [_measured(row) for row in found.rows],
        "total": _measured(found.total),
        "gini": found.gini,
        "lorenz": found.lorenz,
        "facilities": found.facilities,
        "supply_unknown": found.supply_unknown,
        "disabled_rate": found.disabled_rate,
        "disabled_source": found.disabled_source,
        "rounded_to": found.rounded_to,
        "method": found.rule,
        "method_en": found.rule_en,
        "sources": found.sources,
        "has_synthetic": found.has_synthetic,
        "computed_at": found.computed_at,
    }


def _measured(row: AreaMeasures) -> dict[str, Any]:
    told = asdict(row) | {"status_zh": STATUS_ZH[row.status]}
    del told["held_by_few"]
    return told


class DayTold(Answer):
    """One day of a series."""

    summary: Summary
    rows: list[CoverageProperties]
    method: str
    method_en: str
    has_synthetic: bool


class SeriesAnswer(Answer):
    """Coverage on several days, the earliest first."""

    numberReturned: int
    note: str = Field(description="what must be known when days are compared")
    note_en: str
    has_synthetic: bool
    days: list[DayTold]


def series_told(found: Series) -> dict[str, Any]:
    """Answer a series as it is published."""
    return {
        "numberReturned": len(found.answers),
        "note": found.note,
        "note_en": found.note_en,
        "has_synthetic": found.has_synthetic,
        "days": [
            {
                "summary": summary(each),
                "rows": [area_properties(row) for row in each.rows],
                "method": each.method,
                "method_en": each.method_en,
                "has_synthetic": each.has_synthetic,
            }
            for each in found.answers
        ],
    }


class CanteenTold(Answer):
    """One canteen in one month; null is unknown or withheld."""

    code: str
    name: str
    meals_per_day: int | None
    days_open: int
    days_assumed: bool = Field(description="hours are unknown: every day counts")
    capacity: float | None = Field(description="meals a day × days open")
    meals: float | None = Field(description="served in the month; null where not delivered")
    used: float | None
    catchment_60: float | None
    nearest_60: float | None
    meals_per_elder: float | None
    is_synthetic: bool


class CanteensAnswer(Answer):
    """The canteens of a city in a month."""

    city: str
    month: str
    title: str
    title_en: str
    radius_m: float
    measure: str
    base_year: int | None
    rounded_to: float | None
    numberReturned: int
    rows: list[CanteenTold]
    method: str
    method_en: str
    sources: list[SourceLine]
    has_synthetic: bool


def canteens_told(found: Canteens) -> dict[str, Any]:
    """Answer the canteens as they are published."""
    question = found.question
    return {
        "city": question.city,
        "month": f"{found.month:%Y-%m}",
        "title": title_of(found) + ("（含合成数据）" if found.has_synthetic else ""),
        "title_en": title_en_of(found) + (" (synthetic in part)" if found.has_synthetic else ""),
        "radius_m": question.radius_m,
        "measure": question.measure,
        "base_year": question.base_year,
        "rounded_to": found.rounded_to,
        "numberReturned": len(found.rows),
        "rows": [_canteen(row) for row in found.rows],
        "method": found.method,
        "method_en": found.method_en,
        "sources": found.sources,
        "has_synthetic": found.has_synthetic,
    }


def _canteen(row: CanteenMonth) -> dict[str, Any]:
    return asdict(row) | {"used": row.used, "meals_per_elder": row.meals_per_elder}


class FacilityAround(Answer):
    """The facility in the middle."""

    code: str
    name: str
    lon: float
    lat: float


class WithinTold(Answer):
    """One area; geometry is null where nothing can be said."""

    minutes: float
    metres: int
    ways_m: int | None = Field(description="量算值 · metres of ways reached, as drawn")
    measured_by: str | None = Field(description="walk, or line: a circle; null: no way")


class IsochroneAnswer(Answer):
    """The areas within some minutes on foot, the largest first."""

    type: Literal["FeatureCollection"]
    numberReturned: int
    facility: FacilityAround
    on: date
    pace: str
    speed_m_s: float
    network: str
    beside_m: int | None = Field(description="metres from the nearest way")
    is_too_far: bool = Field(description="farther from any way than the snap limit")
    method: str
    method_en: str
    sources: list[SourceLine]
    has_synthetic: bool
    computed_at: datetime
    features: list[Feature[WithinTold]]
