"""How do estates and areas under the written rules look?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from api.schemas.answers import Answer
from api.schemas.standards.rules import RuleTold, common, rule_told
from geo.access.estates import EstateCheck, EstateRate, EstateReport
from geo.access.standards.areas import AreaReport


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


def estates_told(found: EstateReport) -> dict[str, Any]:
    """Estates as they are told."""
    return {
        **common(found, EstatesAnswer),
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
