"""How do 1+N groups look?"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field

from api.schemas.answers import Answer
from geo.access.groups import Groups

LimitMinutes = Annotated[
    float, Query(gt=0, le=600, description="行程上限（分钟）· minutes to a hub at most")
]


class SpokeTold(Answer):
    """A facility of the second rank and the hub that serves it."""

    code: str
    name: str
    kind: str
    stated: str | None
    nearest: str | None
    served_by: str | None
    minutes: float | None
    distance_m: float | None
    why: str


class ServedTold(Answer):
    """An area and the hub nearest to most of its elders."""

    area_code: str
    area_name: str
    status: str
    hub: str | None
    share: float | None
    minutes: float | None


class GroupTold(Answer):
    """A hub with its spokes and areas."""

    code: str
    name: str
    spokes: list[SpokeTold]
    areas: list[ServedTold]


class GroupsAnswer(Answer):
    """1+N groups and whom no hub serves."""

    city: str
    on: date
    hub_kind: str
    limit_min: float
    measure: str = Field(description="line, drive or walk")
    has_synthetic: bool
    method: str
    method_en: str
    groups: list[GroupTold]
    unserved_spokes: list[SpokeTold]
    unserved_areas: list[ServedTold]
    unknown_areas: list[ServedTold]


def groups_told(found: Groups) -> dict[str, Any]:
    """1+N groups; no count of people leaves."""

    def some(model: type[BaseModel], rows: Any) -> list[dict[str, Any]]:
        return [{name: getattr(row, name) for name in model.model_fields} for row in rows]

    return {
        "city": found.city, "on": found.on, "hub_kind": found.hub_kind,
        "limit_min": found.limit_min, "measure": found.measure,
        "has_synthetic": found.has_synthetic,
        "method": found.method, "method_en": found.method_en,
        "groups": [
            {"code": group.code, "name": group.name, "spokes": some(SpokeTold, group.spokes),
             "areas": some(ServedTold, group.areas)}
            for group in found.groups
        ],
        "unserved_spokes": some(SpokeTold, found.unserved_spokes),
        "unserved_areas": some(ServedTold, found.unserved_areas),
        "unknown_areas": some(ServedTold, found.unknown_areas),
    }  # fmt: skip
