"""How do work items look, and what is sent to enter one or take a step?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from api.schemas.answers import Answer
from api.schemas.parameters import Number, Text
from api.schemas.sent import Dated, Sent
from geo.access.standards import STATUS_WORDS, WrittenRule
from geo.access.work_items import Item, Step


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


class HazardTold(Answer):
    """A code that a work item of the kind fire_hazard may carry."""

    code: str
    zh: str
    en: str | None
    source: str | None
    status_zh: str = Field(description="how sure the list is")


class HazardList(Answer):
    """The codes of hazards that are in force on the day."""

    city: str
    on: date
    numberReturned: int
    hazards: list[HazardTold]


class WorkSent(Sent):
    """A work item to be entered."""

    kind: Text
    title: Annotated[str, Field(min_length=1, max_length=500)]
    subject_type: Text | None = None
    subject_code: Text | None = None
    admin_code: Text | None = Field(None, description="division, 12 digits")
    lon: Annotated[Number, Field(ge=-180, le=180)] | None = None
    lat: Annotated[Number, Field(ge=-90, le=90)] | None = None
    hazard_code: Text | None = Field(None, description="one of /planning/hazards")
    role: Text | None = Field(None, description="who found it: an office or role, no person")
    note: Annotated[str, Field(max_length=500)] | None = None


class StepSent(Sent):
    """The next step of an item."""

    step: Text = Field(description="assigned, due, done, returned or verified")
    role: Text | None = Field(None, description="assigned: to whom; an office or role, no person")
    due_on: Dated | None = None
    note: Annotated[str, Field(max_length=500)] | None = None


def hazard_told(rule: WrittenRule) -> dict[str, Any]:
    """A hazard code as it is told."""
    return {
        "code": rule.code, "zh": rule.title, "en": rule.rule.get("title_en"),
        "source": rule.source, "status_zh": STATUS_WORDS[rule.status][0],
    }  # fmt: skip


def item_told(item: Item, on: date) -> dict[str, Any]:
    """A work item as it is told."""
    names = ItemTold.model_fields.keys() - {"is_overdue"}
    return {name: getattr(item, name) for name in names} | {"is_overdue": item.is_overdue(on)}


def history_told(item: Item, steps: tuple[Step, ...], on: date) -> dict[str, Any]:
    """An item with its history as it is told."""
    return {"item": item_told(item, on), "history": steps}
