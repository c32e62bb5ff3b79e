"""How do answers about indicators, estates, standards, projects, fire checks and work look?"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.schemas.answers import Answer
from api.schemas.parameters import Number, Text, read_day
from geo.access.estates import EstateCheck, EstateRate, EstateReport
from geo.access.indicators import Computation, FireReport, Indicator, ProjectReport
from geo.access.indicators.projects import Progress, Project
from geo.access.league import League
from geo.access.standards.areas import AreaReport
from geo.access.standards.written import WrittenRule
from geo.access.work_items import KINDS, Item, Step
from geo.sums import SumCheck

ByAreas = Annotated[
    Literal["city", "district", "township", "zone"],
    Query(description="统计单元 · areas: the whole city, district, township or planning zone"),
]
Since = Annotated[
    Annotated[date, BeforeValidator(read_day)] | None,
    Query(description="比较日或起始日 · the day compared with, or the first day of the period"),
]
WorkKind = Annotated[
    Text | None,
    Query(description="事项类别 · kind of work item: " + " ".join(KINDS), examples=["fire_hazard"]),
]
OverdueOnly = Annotated[bool, Query(description="只列逾期 · overdue ones only")]
ItemNumber = Annotated[int, Path(ge=1, le=2**62, description="事项编号 · number of the item")]


class RuleTold(Answer):
    """A written rule with its source; one that is not verified is shown as 待核实."""

    code: str
    title: str
    status: str = Field(description="verified, second_hand or unverified")
    source: str | None
    value: float | None
    unit: str


class SumTold(Answer):
    """Whether stated parts add up to their total."""

    total: float | None
    parts: list[float | None]
    sum: float | None
    difference: float | None
    adds_up: bool | None = Field(description="null: something is unknown")
    words: str
    words_en: str


class IndicatorTold(Answer):
    """One entry of the catalogue."""

    id: str
    title: str
    title_en: str
    definition: str
    formula: str
    unit: str
    levels: list[str]
    period: str
    source: str
    is_internal: bool = Field(description="only at the planner's address")
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


class EstateTold(Answer):
    """One estate under its rule, with the sum in words."""

    code: str
    name: str
    district_code: str | None
    estate_type: str
    households: int
    approved_on: date | None
    handed_over_on: date | None
    status: str = Field(description="pass, fail, unknown or not_due")
    status_zh: str
    required_m2: float | None
    provided_m2: float | None
    pool: list[str] = Field(description="estates that provide together")
    rule_code: str | None
    words: str
    words_en: str
    lon: float | None
    lat: float | None
    is_synthetic: bool


class RateTold(Answer):
    """How many estates of an area pass; due = passed + failed + unknown."""

    area_code: str
    area_name: str
    passed: int
    failed: int
    unknown: int
    not_due: int
    due: int
    rate: float | None = Field(description="passed / (passed + failed)")
    lowest: float | None = Field(description="if every unknown one failed")
    highest: float | None = Field(description="if every unknown one passed")
    has_synthetic: bool


class EstatesAnswer(Answer):
    """Every estate with its verdict, the most pressing first, and rates by district."""

    city: str
    on: date
    since: date | None
    undated: int = Field(description="left out of the period: no day of approval is known")
    rows: list[EstateTold]
    districts: list[RateTold]
    total: RateTold
    rules: list[RuleTold]
    method: str
    method_en: str
    sources: list[str]
    has_synthetic: bool
    computed_at: datetime


class AreaCheckTold(Answer):
    """One area under one rule."""

    area_code: str
    area_name: str
    subject: str
    unit: str
    required: float | None
    provided: float | None
    status: str = Field(description="pass, fail or unknown")
    rule: RuleTold
    words: str
    words_en: str
    is_synthetic: bool


class StandardsAnswer(Answer):
    """Areas under the written rules."""

    city: str
    areas: str
    on: date
    rows: list[AreaCheckTold]
    without_rule: list[str] = Field(description="subjects for which no rule is in force here")
    sources: list[str]
    has_synthetic: bool
    computed_at: datetime


class ProjectTold(Answer):
    """One project; money in yuan."""

    code: str
    name: str
    project_class: str | None
    lead_role: str | None
    stage: str | None
    progress_percent: float | None
    funding_planned_cny: float | None
    funding_paid_cny: float | None
    funding_source: str | None
    started_on: date | None
    due_on: date | None
    finished_on: date | None
    facility_code: str | None
    district_code: str | None
    lon: float | None
    lat: float | None
    source: str | None
    source_date: date | None
    is_synthetic: bool
    has_begun: bool | None
    is_overdue: bool | None


class ProgressTold(Answer):
    """Projects of a class in numbers."""

    name: str
    projects: int
    begun: int
    not_begun: int
    begun_unknown: int
    finished: int
    overdue: int
    without_due_date: int
    planned_cny: float | None
    paid_cny: float | None
    money_unknown: int
    has_synthetic: bool
    start_rate: float | None
    paid_share: float | None


class ProjectsAnswer(Answer):
    """All projects, by class."""

    city: str
    on: date
    rows: list[ProjectTold]
    classes: list[ProgressTold]
    total: ProgressTold
    check: SumTold
    method: str
    method_en: str
    sources: list[str]
    has_synthetic: bool
    computed_at: datetime


class ItemTold(Answer):
    """A work item as it stands on the day."""

    id: int
    kind: str
    kind_zh: str
    hazard_code: str | None
    title: str
    subject_type: str | None
    subject_code: str | None
    admin_code: str | None
    district_code: str | None
    lon: float | None
    lat: float | None
    source: str | None
    is_synthetic: bool
    state: str
    state_zh: str
    assigned_to: str | None
    due_on: date | None
    found_on: date
    done_on: date | None
    verified_on: date | None
    last_on: date
    is_overdue: bool


class StepTold(Answer):
    """One step of an item's history."""

    step: str
    on_date: date
    role: str | None
    due_on: date | None
    note: str | None
    recorded_at: datetime


class WorkAnswer(Answer):
    """Work items, overdue ones first."""

    city: str
    on: date
    numberReturned: int
    has_synthetic: bool
    items: list[ItemTold]


class ItemAnswer(Answer):
    """One item with its history, which only grows."""

    item: ItemTold
    history: list[StepTold]


class FireRowTold(Answer):
    """One home and its fire check."""

    code: str
    name: str
    district_code: str
    fire_state: str | None
    fire_checked_on: date | None
    next_check_on: date | None
    is_overdue: bool | None = Field(description="null: no date, or no rule about the interval")
    hazards: list[str] = Field(description="codes of hazards that are not verified as mended")
    lon: float
    lat: float
    is_synthetic: bool


class FireAnswer(Answer):
    """Homes by fire check, overdue ones first, and open hazards."""

    city: str
    on: date
    interval_months: int | None
    passed: int
    known: int
    unknown: int
    rate: float | None
    rows: list[FireRowTold]
    hazards: list[ItemTold]
    method: str
    method_en: str
    has_synthetic: bool
    computed_at: datetime


Dated = Annotated[date, BeforeValidator(read_day)]


class Sent(BaseModel):
    """A body holds what it says here and nothing else."""

    model_config = ConfigDict(extra="forbid")


class WorkSent(Sent):
    """A work item to be entered."""

    kind: Text
    title: Annotated[str, Field(min_length=1, max_length=500)]
    subject_type: Text | None = None
    subject_code: Text | None = None
    admin_code: Text | None = Field(None, description="division, 12 digits")
    lon: Annotated[Number, Field(ge=-180, le=180)] | None = None
    lat: Annotated[Number, Field(ge=-90, le=90)] | None = None
    hazard_code: Text | None = None
    role: Text | None = Field(None, description="who found it: an office or role, no person")
    note: Annotated[str, Field(max_length=500)] | None = None


class StepSent(Sent):
    """The next step of an item."""

    step: Text = Field(description="assigned, due, done, returned or verified")
    role: Text | None = Field(None, description="assigned: to whom; an office or role, no person")
    due_on: Dated | None = None
    note: Annotated[str, Field(max_length=500)] | None = None


def rule_told(rule: WrittenRule | None) -> dict[str, Any] | None:
    """A rule as it is told."""
    if rule is None:
        return None
    value = rule.rule.get("value")
    return {
        "code": rule.code, "title": rule.title, "status": rule.status, "source": rule.source,
        "value": None if value is None else float(value), "unit": rule.unit,
    }  # fmt: skip


def sum_told(check: SumCheck) -> dict[str, Any]:
    """A check of a sum as it is told."""
    return {**asdict(check), "words": check.words, "words_en": check.words_en}


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


def estates_told(found: EstateReport) -> dict[str, Any]:
    """Estates as they are told."""
    return {
        **_common(found, EstatesAnswer),
        "rows": [_estate(check) for check in found.rows],
        "districts": [_rate(rate) for rate in found.districts],
        "total": _rate(found.total),
        "rules": [rule_told(rule) for rule in found.rules],
    }


def _estate(check: EstateCheck) -> dict[str, Any]:
    own = {
        "status": check.status, "status_zh": check.status_zh, "required_m2": check.required_m2,
        "provided_m2": check.provided_m2, "pool": check.pool, "words": check.words,
        "words_en": check.words_en, "rule_code": check.rule.code if check.rule else None,
    }  # fmt: skip
    names = EstateTold.model_fields.keys() - own.keys()
    return own | {name: getattr(check.estate, name) for name in names}


def _rate(rate: EstateRate) -> dict[str, Any]:
    return {name: getattr(rate, name) for name in RateTold.model_fields}


def standards_told(found: AreaReport) -> dict[str, Any]:
    """Areas under the rules as they are told."""
    rows = [
        {name: getattr(row, name) for name in AreaCheckTold.model_fields}
        | {"rule": rule_told(row.rule)}
        for row in found.rows
    ]
    names = StandardsAnswer.model_fields.keys() - {"areas", "rows"}
    told = {name: getattr(found, name) for name in names}
    return {**told, "areas": found.by, "rows": rows}


def projects_told(found: ProjectReport) -> dict[str, Any]:
    """Projects as they are told."""
    return {
        **_common(found, ProjectsAnswer),
        "rows": [_project(row, found.on) for row in found.rows],
        "classes": [_progress(row) for row in found.classes],
        "total": _progress(found.total),
        "check": sum_told(found.check),
    }


def _project(row: Project, on: date) -> dict[str, Any]:
    return {**asdict(row), "has_begun": row.has_begun(on), "is_overdue": row.is_overdue(on)}


def _progress(row: Progress) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ProgressTold.model_fields}


def fire_told(found: FireReport) -> dict[str, Any]:
    """Fire checks as they are told."""
    return {
        **_common(found, FireAnswer),
        "hazards": [item_told(item, found.on) for item in found.hazards],
    }


def item_told(item: Item, on: date) -> dict[str, Any]:
    """A work item as it is told."""
    names = ItemTold.model_fields.keys() - {"is_overdue"}
    return {name: getattr(item, name) for name in names} | {"is_overdue": item.is_overdue(on)}


def history_told(item: Item, steps: tuple[Step, ...], on: date) -> dict[str, Any]:
    """An item with its history as it is told."""
    return {"item": item_told(item, on), "history": steps}


def _common(found: Any, answer: type[Answer]) -> dict[str, Any]:
    """The members of an answer that the result has under the same name."""
    return {name: getattr(found, name) for name in answer.model_fields}
