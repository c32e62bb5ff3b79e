"""How do answers about the care of listed names look, and what is sent to enter it?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.schemas.answers import Answer
from api.schemas.heritage import OnListTold
from api.schemas.parameters import Text
from api.schemas.sent import Dated, Sent
from geo.gazetteer.heritage.due import SURVEY_STATES, survey_state
from geo.gazetteer.heritage.places import ListedPlace
from geo.gazetteer.heritage.protection import ARTICLE_25, Record

SurveyWord = Literal["due", "never", "set", "open"]


class WithdrawalTold(Answer):
    """That an entry was taken back as a mistake: when, by which office, why."""

    on_date: date
    role: str
    reasons: str
    recorded_at: datetime


class RecordTold(Answer):
    """What was seen or done for a listed name; `withdrawn`: it was a mistake and counts no more."""

    id: int = Field(description="number of the entry, by which it is withdrawn")
    kind: str
    value: str
    on_date: date
    due_on: date | None
    role: str | None
    note: str | None
    source: str | None
    is_synthetic: bool
    withdrawn: WithdrawalTold | None


class RecordsTold(Answer):
    """The record of a listed name, the newest first; `law`: what a change of name needs."""

    code: str
    law_zh: str
    law_en: str
    records: list[RecordTold]


class ProtectedTold(Answer):
    """A listed name with its state, and how its next survey stands; null is unknown."""

    code: str
    name: str
    feature_class: str
    lists: list[OnListTold]
    unit_code: str | None
    unit_name: str | None
    protection: str | None
    sign: str | None
    surveyed_on: date | None
    survey_due: date | None
    survey_state: SurveyWord = Field(description="due, never surveyed, set for later, left open")
    is_public: bool = Field(description="everybody sees it on its page")
    is_synthetic: bool


class ProtectedList(Answer):
    """Listed names, those with a survey due first; `counts`: each name in one state."""

    on: date
    numberMatched: int
    numberReturned: int
    counts: dict[SurveyWord, int]
    names: list[ProtectedTold]


class RecordSent(Sent):
    """A state, sign, survey, measure or change of name."""

    kind: Literal["protection", "sign", "survey", "measure", "name_change"]
    value: Text
    role: Text
    on: Dated | None = None
    due_on: Dated | None = None
    note: str | None = Field(None, max_length=1000)
    source: str | None = Field(None, max_length=1000)


class WithdrawalSent(Sent):
    """An entry of the record was a mistake and is taken back."""

    entry: int = Field(ge=1, le=2**62)
    role: Text
    reasons: str = Field(min_length=1, max_length=1000)
    on: Dated | None = None


def protected_told(
    found: Sequence[ListedPlace], public: Collection[str], day: date, *, limit: int, offset: int
) -> dict[str, Any]:
    """The answer about these names, in their order; `public`: codes that everybody may see."""
    states = [survey_state(one, day) for one in found]
    names = [
        {name: getattr(one, name) for name in ProtectedTold.model_fields if hasattr(one, name)}
        | {
            "lists": [asdict(entry) for entry in one.lists],
            "survey_state": state, "is_public": one.code in public,
        }
        for one, state in zip(found, states, strict=True)
    ]  # fmt: skip
    shown = names[offset : offset + limit]
    return {
        "on": day,
        "numberMatched": len(names),
        "numberReturned": len(shown),
        "counts": {state: states.count(state) for state in SURVEY_STATES},
        "names": shown,
    }


def records_told(code: str, found: tuple[Record, ...]) -> dict[str, Any]:
    """The answer about a record."""
    told = [asdict(one) for one in found]
    return {"code": code, "law_zh": ARTICLE_25[0], "law_en": ARTICLE_25[1], "records": told}
