"""How do fire checks and open hazards look?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from api.schemas.answers import Answer, Collection
from api.schemas.standards.rules import common
from api.schemas.standards.work import ItemTold, item_told
from geo.access.indicators import FireReport
from geo.access.indicators.safety import FireRow
from geo.queries.filters import VALUE_WORDS


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


class FireSpot(Answer):
    """A home on the map by its fire check."""

    code: str
    name: str
    district_code: str
    fire_state: str | None = Field(description="passed, failed …; null is unknown")
    fire_state_zh: str
    fire_checked_on: date | None
    next_check_on: date | None
    is_overdue: bool | None = Field(description="null: no date, or no rule about the interval")
    overdue_days: int | None
    hazards: list[str]
    is_synthetic: bool


class FireMap(Collection[FireSpot]):
    """Homes by fire check as points, overdue ones first."""

    city: str
    on: date
    interval_months: int | None
    overdue: int
    method: str
    method_en: str


def fire_map_told(found: FireReport, *, overdue_only: bool) -> dict[str, Any]:
    """Homes by fire check as GeoJSON; lon, lat of CGCS2000."""
    rows = found.overdue if overdue_only else found.rows
    return {
        "type": "FeatureCollection", "numberReturned": len(rows),
        "has_synthetic": found.has_synthetic, "city": found.city, "on": found.on,
        "interval_months": found.interval_months, "overdue": len(found.overdue),
        "method": found.method, "method_en": found.method_en,
        "features": [_spot(row, found.on) for row in rows],
    }  # fmt: skip


def _spot(row: FireRow, on: date) -> dict[str, Any]:
    late = (on - row.next_check_on).days if row.is_overdue and row.next_check_on else None
    names = FireSpot.model_fields.keys() - {"fire_state_zh", "overdue_days"}
    told = {name: getattr(row, name) for name in names}
    told |= {"fire_state_zh": VALUE_WORDS.get(row.fire_state or "", "未知"), "overdue_days": late}
    place = {"type": "Point", "coordinates": [row.lon, row.lat]}
    return {"type": "Feature", "geometry": place, "properties": told}


def fire_told(found: FireReport) -> dict[str, Any]:
    """Fire checks as they are told."""
    return {
        **common(found, FireAnswer),
        "hazards": [item_told(item, found.on) for item in found.hazards],
    }
