"""How do scenarios look, what is sent to keep one, and how does one compare with today?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import Field

from api.schemas.answers import Answer
from api.schemas.coverage import SourceLine
from api.schemas.parameters import Division, Text
from api.schemas.sent import Dated, Sent
from api.schemas.siting.sides import AreaTold, area_told, rough
from geo.access.comparison import AreaDifference, Comparison, Side
from geo.access.disclosure import publishable_count
from geo.access.scenario import Scenario

ScenarioNumber = Annotated[int, Path(ge=1, le=2**62, description="方案编号 · number of a scenario")]
DueBy = Annotated[
    Annotated[int, Field(ge=2000, le=2100)] | None,
    Query(description="截至年份 · only what is to be done by this year"),
]


class ChangeSent(Sent):
    """One change of a scenario: add and move need a candidate or lon and lat."""

    action: Literal["add", "close", "move"]
    facility_code: Text | None = None
    candidate_code: Text | None = None
    name: Text | None = None
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    year: int | None = Field(None, ge=2000, le=2100)


class ScenarioSent(Sent):
    """A scenario to keep; its owner is the role of the token."""

    name: Text
    kind: Text
    city: Division | None = None
    on: Dated | None = Field(None, description="the day whose stock it begins with; default today")
    note: Text | None = None
    changes: list[ChangeSent] = Field(min_length=1, max_length=500)


class ChangeTold(Answer):
    """One change as it is kept."""

    action: str
    facility_code: str | None
    candidate_code: str | None
    name: str | None
    lon: float | None
    lat: float | None
    year: int | None


class ScenarioTold(Answer):
    """A scenario as it is kept."""

    id: int
    city_code: str
    name: str
    kind: str
    on_date: date
    owner_role: str
    note: str | None
    made_at: datetime
    changes: list[ChangeTold]


class ScenarioList(Answer):
    """Scenarios, the newest first."""

    numberReturned: int
    scenarios: list[ScenarioTold]


class SideTold(Answer):
    """One side of a comparison."""

    facilities: int | None
    mean_m: float | None = Field(description="mean distance of elders to the nearest one")
    beyond_60: float | None = Field(description="elders without any within 20 km")


class ComparisonAnswer(Answer):
    """A scenario beside today, by the same measures."""

    scenario: ScenarioTold
    year: int | None
    radius_m: float
    measure: str = Field(description="line or walk")
    network: str | None = Field(description="on foot: the road network; null: none lies there")
    rounded_to: float
    has_synthetic: bool
    method: str
    method_en: str
    today: SideTold
    planned: SideTold
    areas: list[AreaTold]
    total: AreaTold
    sources: list[SourceLine]


class ScenarioDropped(Answer):
    """A scenario that is gone."""

    deleted: int


def scenario_told(one: Scenario) -> dict[str, Any]:
    """A scenario as it is kept."""
    names = set(ScenarioTold.model_fields) - {"changes"}
    changes = [{name: getattr(c, name) for name in ChangeTold.model_fields} for c in one.changes]
    return {name: getattr(one, name) for name in names} | {"changes": changes}


def comparison_told(found: Comparison, base: float) -> dict[str, Any]:
    """A comparison with publishable counts."""
    today = found.today.coverage
    return {
        "scenario": scenario_told(found.scenario), "year": found.year,
        "radius_m": today.question.radius_m, "measure": found.measure,
        "network": today.question.network, "rounded_to": base,
        "has_synthetic": found.has_synthetic, "method": today.method,
        "method_en": today.method_en, "today": _side_told(found.today, base),
        "planned": _side_told(found.planned, base),
        "areas": [_row_told(row, base) for row in found.rows],
        "total": _row_told(found.total, base), "sources": today.sources,
    }  # fmt: skip


def _row_told(row: AreaDifference, base: float) -> dict[str, Any]:
    return area_told(row.today, row.planned, base)


def _side_told(side: Side, base: float) -> dict[str, Any]:
    return {
        "facilities": side.coverage.facilities, "mean_m": rough(side.mean_m),
        "beyond_60": publishable_count(side.beyond, base),
    }  # fmt: skip
