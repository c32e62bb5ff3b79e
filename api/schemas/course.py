"""How do a draft of a 走向说明 and the check of one look? For surveyors only."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from api.schemas.answers import Answer
from api.schemas.parameters import Number
from geo.survey.course.draft import Leg
from geo.survey.course.found import KIND_ZH
from geo.survey.course.parse import MOST_CHARACTERS
from geo.survey.course.stored import Told
from geo.survey.lines import MEASURED
from geo.survey.register import BASES_ZH

TurnM = Annotated[
    Number | None,
    Query(
        ge=1, le=10_000,
        description="转折点容差（米），默认档案图上 1 毫米 · metres from the chord at a turn",
        examples=[50],
    ),
]  # fmt: skip


class TextSent(BaseModel):
    """A description to check."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=MOST_CHARACTERS)


class MarkTold(Answer):
    """A named feature of a stretch."""

    name: str
    kind: Literal["road", "water", "other"]
    relation: Literal["along", "across", "past"]
    at_m: float


class LegTold(Answer):
    """From one stop to the next; azimuths in degrees, lengths in metres (量算值)."""

    part: int
    start: str
    end: str
    direction: str = Field(description="one of 16, from true north")
    true_deg: float
    grid_deg: float = Field(description="坐标方位角, from grid north of the 3° zone")
    convergence_deg: float
    from_m: float
    length_m: float
    features: list[MarkTold]


class Of(Answer):
    """What an answer about a line's words rests on."""

    line: str
    label: str
    basis: str
    basis_zh: str
    on: date
    markers: int = Field(description="markers on record on this line")
    measure: str
    tolerances: dict[str, float]
    has_synthetic: bool


class DraftTold(Of):
    """A draft; people settle it."""

    status: str
    title: str
    text: str
    notes: str
    legs: list[LegTold]
    unplaced: list[str] = Field(description="markers whose place is unknown")
    off_line_m: dict[str, float] = Field(description="markers too far from the line")
    sources: list[str]


class DisagreementTold(Answer):
    """A phrase that the line does not bear out; at: its place in the text."""

    kind: Literal["direction", "length", "feature", "marker", "order"]
    kind_zh: str
    phrase: str
    at: int
    said: str
    found: str
    tolerance: str


class PhraseLeft(Answer):
    """A phrase that was not understood (reason null), or that nothing here can prove."""

    phrase: str
    at: int
    reason: str | None


class LaidLeg(Answer):
    """A stretch of the text as it was laid on the line; chainages in metres (量算值)."""

    part: int
    start: str
    end: str
    start_m: float
    end_m: float
    said_direction: str | None
    found_direction: str
    true_deg: float


class CheckTold(Of):
    """What a text and a line have in common, and what not."""

    agrees: bool
    disagreements: list[DisagreementTold]
    unparsed: list[PhraseLeft]
    unchecked: list[PhraseLeft]
    unmentioned: list[str]
    backwards: list[int] = Field(description="stretches that the text tells from the other end")
    legs: list[LaidLeg]


def draft_told(told: Told) -> dict[str, Any]:
    """The answer of a draft."""
    draft = told.draft
    assert draft is not None
    return _of(told, draft.rules) | {
        "status": draft.status, "title": draft.title, "text": draft.text, "notes": draft.notes,
        "legs": [_leg(one) for one in draft.legs], "unplaced": list(draft.unplaced),
        "off_line_m": {number: round(metres, 1) for number, metres in draft.off},
        "sources": list(draft.sources),
    }  # fmt: skip


def check_told(told: Told) -> dict[str, Any]:
    """The answer of a check."""
    checked = told.checked
    assert checked is not None
    return _of(told, checked.rules) | {
        "agrees": checked.agrees,
        "disagreements": [
            {"kind_zh": KIND_ZH[one.kind], **_fields(one)} for one in checked.disagreements
        ],
        "unparsed": [{"phrase": t, "at": at, "reason": None} for t, at in checked.unparsed],
        "unchecked": [_fields(one) for one in checked.unchecked],
        "unmentioned": list(checked.unmentioned), "backwards": list(checked.backwards),
        "legs": [_rounded(_fields(one)) for one in checked.legs],
    }  # fmt: skip


def _of(told: Told, rules: Any) -> dict[str, Any]:
    return {
        "line": told.line.code, "label": told.line.label, "basis": told.line.basis,
        "basis_zh": BASES_ZH[told.line.basis], "on": told.on, "markers": told.markers,
        "measure": MEASURED, "tolerances": _fields(rules), "has_synthetic": told.has_synthetic,
    }  # fmt: skip


def _leg(one: Leg) -> dict[str, Any]:
    told = {
        "part": one.part, "start": one.start.name, "end": one.end.name, "direction": one.direction,
        "true_deg": one.true_deg, "grid_deg": one.grid_deg, "convergence_deg": one.convergence_deg,
        "from_m": one.start.at_m, "length_m": one.length_m,
    }  # fmt: skip
    return _rounded(told) | {"features": [_rounded(_fields(mark)) for mark in one.marks]}


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def _rounded(told: dict[str, Any]) -> dict[str, Any]:
    """Azimuths to a thousandth of a degree, metres to a decimetre."""
    return {
        name: round(value, 3 if name.endswith("_deg") else 1) if isinstance(value, float) else value
        for name, value in told.items()
    }
