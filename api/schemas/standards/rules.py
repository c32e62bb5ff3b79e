"""How do a written rule and the check of a sum look in an answer?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pydantic import Field

from api.schemas.answers import Answer
from geo.access.standards.written import WrittenRule
from geo.sums import SumCheck


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


def common(found: Any, answer: type[Answer]) -> dict[str, Any]:
    """The members of an answer that the result has under the same name."""
    return {name: getattr(found, name) for name in answer.model_fields}
