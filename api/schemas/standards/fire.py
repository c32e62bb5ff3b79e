"""How do fire checks and open hazards look?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from api.schemas.answers import Answer
from api.schemas.standards.rules import common
from api.schemas.standards.work import ItemTold, item_told
from geo.access.indicators import FireReport


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


def fire_told(found: FireReport) -> dict[str, Any]:
    """Fire checks as they are told."""
    return {
        **common(found, FireAnswer),
        "hazards": [item_told(item, found.on) for item in found.hazards],
    }
