"""How do candidate sites look, and why are some excluded?"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from api.schemas.answers import Answer
from geo.access.candidates import STATUS_ZH, Candidate, Candidates, Limit


class ReasonTold(Answer):
    """Why a candidate is excluded."""

    code: str
    zh: str
    en: str
    source: str
    status: str = Field(description="verified, second_hand, unverified (待核实) or given")
    rule: str | None = Field(description="id of the written rule; null: no rule is needed")


class CandidateTold(Answer):
    """A candidate site; null is unknown."""

    code: str
    name: str
    candidate_kind: str | None
    floor: str | None = Field(description="1 = ground, -1 = basement, M = mezzanine")
    land_use: str | None
    area_m2: float | None
    use_right: str | None
    build_cost_cny: float | None
    capacity: int | None
    admin_code: str | None
    lon: float | None
    lat: float | None
    source: str | None
    source_date: date | None
    is_synthetic: bool
    unknown: list[str] = Field(description="what the limits ask for and it does not tell")
    reasons: list[ReasonTold]


class LimitTold(Answer):
    """A ground for exclusion and where it comes from."""

    code: str
    zh: str
    en: str
    source: str
    status: str
    status_zh: str
    limit: str = Field(description="which limit; permitted and forbidden uses share a code")
    rule: str | None = Field(description="id of the written rule; null: no rule is needed")
    title: str
    title_en: str
    value: float | None = Field(description="m² or storey")
    words: list[str] = Field(description="uses, or kinds of zones")


class CandidatesAnswer(Answer):
    """The candidates of a city for a kind of facility."""

    city: str
    kind: str
    on: date
    has_synthetic: bool
    method: str
    method_en: str
    limits: list[LimitTold]
    usable: list[CandidateTold]
    excluded: list[CandidateTold]


def candidate_told(one: Candidate) -> dict[str, Any]:
    """A candidate with its reasons."""
    names = set(CandidateTold.model_fields) - {"reasons", "unknown"}
    reasons = [
        {"code": r.code, "zh": r.zh, "en": r.en, "source": r.limit.source,
         "status": r.limit.status, "rule": r.limit.rule}
        for r in one.reasons
    ]  # fmt: skip
    told = {name: getattr(one, name) for name in names}
    return told | {"unknown": list(one.unknown), "reasons": reasons}


def candidates_told(found: Candidates) -> dict[str, Any]:
    """All candidates, and every limit with its source."""
    zh, en = found.in_words()
    return {
        "city": found.city, "kind": found.kind, "on": found.on,
        "has_synthetic": found.has_synthetic, "method": zh, "method_en": en,
        "limits": [_limit_told(one) for one in found.limits],
        "usable": [candidate_told(one) for one in found.usable],
        "excluded": [candidate_told(one) for one in found.excluded],
    }  # fmt: skip


def _limit_told(one: Limit) -> dict[str, Any]:
    names = set(LimitTold.model_fields) - {"status_zh", "words"}
    told = {name: getattr(one, name) for name in names}
    return told | {"status_zh": STATUS_ZH[one.status], "words": list(one.words)}
