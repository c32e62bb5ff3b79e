"""How does an area look before and after?"""

from __future__ import annotations

from typing import Any

from api.schemas.answers import Answer
from geo.access.disclosure import publishable_area
from geo.access.radius.answer import AreaCoverage


class AreaTold(Answer):
    """One area on both sides; null is unknown or withheld."""

    area_code: str
    area_name: str
    status: str
    people_60: float | None
    covered_60_before: float | None
    covered_60_after: float | None
    gained_60: float | None
    people_80: float | None
    covered_80_before: float | None
    covered_80_after: float | None


def area_told(before: AreaCoverage, after: AreaCoverage, base: float) -> dict[str, Any]:
    """An area on both sides with publishable counts."""
    first, then = publishable_area(before, base), publishable_area(after, base)
    was, will = first.covered_60, then.covered_60
    return {
        "area_code": first.area_code, "area_name": first.area_name, "status": first.status,
        "people_60": first.people_60, "covered_60_before": was, "covered_60_after": will,
        "gained_60": None if was is None or will is None else will - was,
        "people_80": first.people_80, "covered_80_before": first.covered_80,
        "covered_80_after": then.covered_80,
    }  # fmt: skip


def rough(metres: float | None) -> float | None:
    """Distances of people leave in tens of metres: finer ones would tell where few of them live."""
    return None if metres is None else round(metres, -1)
