"""How do questions and answers about planned changes of divisions look? For staff only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import orjson
import shapely
from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.schemas.answers import Answer, Collection, Geometry
from api.schemas.parameters import Division, Text, read_day
from geo.access.disclosure import publishable_count
from geo.access.publishing import publishable_coverage
from geo.access.radius.answer import Coverage
from geo.errors import BadInput, both
from geo.joint.planned_effects import Effects
from geo.survey.changes.law import LAW_KINDS
from geo.survey.changes.planned import NOT_IN_FORCE, Plan
from geo.survey.changes.sketch import PlannedUnit

PlanNumber = Annotated[int, Path(ge=1, le=2**62, description="方案编号 · number of a plan")]


class Sent(BaseModel):
    """A body holds what it says here and nothing else."""

    model_config = ConfigDict(extra="forbid")


class UnitSent(Sent):
    """A division as the plan would leave it: made of whole divisions, or sketched."""

    name: Text
    made_of: list[Division] = Field([], max_length=500, description="codes that it takes whole")
    geometry: Geometry | None = Field(None, description="GeoJSON, longitude first")

    def unit(self, where: str) -> PlannedUnit:
        """The unit that is meant. Raises BadInput for a geometry that is none."""
        outline = None
        if self.geometry is not None:
            try:
                outline = shapely.from_geojson(orjson.dumps(self.geometry.model_dump()))
            except (shapely.errors.GEOSException, orjson.JSONEncodeError):
                raise BadInput(
                    both("geometry 不是 GeoJSON 图形。", "geometry is no GeoJSON"), parameter=where
                ) from None
        return PlannedUnit(self.name, tuple(self.made_of), outline)


class PlanSent(Sent):
    """A plan to keep; its owner is the role of the token."""

    title: Text
    within: Division
    level: int = Field(3, ge=2, le=5)
    law_kinds: list[Text] = Field(min_length=1, max_length=9, description=" ".join(LAW_KINDS))
    on: Annotated[date, BeforeValidator(read_day)] | None = Field(
        None, description="the day whose divisions it begins with; default today"
    )
    note: Text | None = None
    units: list[UnitSent] = Field(min_length=1, max_length=100)


class PlannedUnitTold(Answer):
    """A unit of a plan."""

    name: str
    made_of: list[str]
    is_sketched: bool


class PlanTold(Answer):
    """A plan; not in force."""

    id: int
    title: str
    within: str
    level: int
    law_kinds: list[str]
    on: date
    owner_role: str
    note: str | None
    made_at: datetime
    units: list[PlannedUnitTold]
    warning: str


class PlanList(Answer):
    """Plans that are kept, the newest first."""

    numberReturned: int
    plans: list[PlanTold]
    warning: str


class PlanDropped(Answer):
    """A plan is deleted."""

    deleted: int


class SketchProperties(Answer):
    """A division on the before-map or the plan sketch."""

    code: str
    name: str
    side: str = Field(description="before or after")
    is_planned: bool


class SketchMap(Collection[SketchProperties]):
    """Both maps of a plan."""


class FacilityMoved(Answer):
    """A facility that would be in another division."""

    code: str
    name: str


class MovedTold(Answer):
    """What goes from one division to another; null is unknown or withheld."""

    from_code: str
    from_name: str
    to_code: str
    to_name: str
    facilities: list[FacilityMoved]
    elders_60: float | None


class AreaTold(Answer):
    """An area on one side. covered_60: facilities across the border count; own: they do not."""

    side: str
    code: str
    name: str
    facilities: int
    people_60: float | None
    covered_60: float | None
    covered_60_own: float | None


class EffectsAnswer(Answer):
    """What a plan does to facilities, elders and coverage; counts are rounded."""

    plan: PlanTold
    kind: str
    radius_m: float
    on: date
    moved: list[MovedTold]
    areas: list[AreaTold]
    method: str | None
    method_en: str | None
    sources: list[str]
    has_synthetic: bool
    warning: str


def plan_told(plan: Plan) -> dict[str, Any]:
    """A plan without its outlines."""
    units = [
        {"name": one.name, "made_of": one.made_of, "is_sketched": one.outline is not None}
        for one in plan.units
    ]
    return {
        "id": plan.id, "title": plan.title, "within": plan.within_code, "level": plan.level,
        "law_kinds": plan.law_kinds, "on": plan.on_date, "owner_role": plan.owner_role,
        "note": plan.note, "made_at": plan.made_at, "units": units, "warning": NOT_IN_FORCE,
    }  # fmt: skip


def effects_told(found: Effects, base: int) -> dict[str, Any]:
    """Effects with publishable counts."""
    moved = [
        {
            "from_code": one.from_code, "from_name": one.from_name, "to_code": one.to_code,
            "to_name": one.to_name, "elders_60": publishable_count(one.elders_60, base),
            "facilities": [{"code": code, "name": name} for code, name in one.facilities],
        }
        for one in found.moved
    ]  # fmt: skip
    sides = {
        "before": (_rows(found.open_before, base), _rows(found.own_before, base)),
        "after": (_rows(found.open_after, base), _rows(found.own_after, base)),
    }
    areas = []
    for one in found.facilities:
        across, own = (rows.get(one.code) for rows in sides[one.side])
        areas.append(
            {
                "side": one.side, "code": one.code, "name": one.name, "facilities": one.facilities,
                "people_60": across.people_60 if across else None,
                "covered_60": across.covered_60 if across else None,
                "covered_60_own": own.covered_60 if own else None,
            }
        )  # fmt: skip
    rule = found.open_after and publishable_coverage(found.open_after, base)
    return {
        "plan": plan_told(found.plan), "kind": found.kind, "radius_m": found.radius_m,
        "on": found.on, "moved": moved, "areas": areas, "method": rule and rule.method,
        "method_en": rule and rule.method_en, "sources": found.sources,
        "has_synthetic": found.has_synthetic, "warning": found.warning,
    }  # fmt: skip


def _rows(found: Coverage | None, base: int) -> dict[str, Any]:
    if found is None:
        return {}
    return {row.area_code: row for row in publishable_coverage(found, base).rows}
