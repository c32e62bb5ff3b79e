"""What is sent of approved names and their days, and how do the answers look?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import Field

from api.schemas.answers import Answer
from api.schemas.naming.sent import KindWord
from api.schemas.naming.told import DueTold
from api.schemas.parameters import Division, Text
from api.schemas.sent import Dated, Sent
from geo.gazetteer.naming.approvals import Approval, Entry
from geo.gazetteer.naming.approving import Named
from geo.gazetteer.naming.rules import SCOPES, SEVERITIES, RuleBook

StepWord = Literal["approved", "filed", "noticed", "signed", "withdrawn"]
ApprovalNumber = Annotated[
    int, Path(ge=1, le=2**62, description="批准记录编号 · number of the approval")
]


class ApprovalSent(Sent):
    """An approved name; offices and roles, no persons."""

    name: Text = Field(examples=["新河路"])
    kind: KindWord = Field(examples=["street"])
    admin_code: Division = Field(description="division that it lies in", examples=["320402"])
    approved_on: Dated = Field(description="day of approval")
    place_code: Text | None = None
    document_no: Text | None = Field(None, description="number of the approving document")
    approver: Text | None = Field(None, description="authority that approved")
    role: Text = Field(description="office or role that enters it")
    note: Text | None = None

    def named(self) -> Named:
        """The same as it is stored."""
        return Named(**self.model_dump(exclude={"role", "note"}))


class StepSent(Sent):
    """The day of a step; a later entry of a step replaces it, null takes it back."""

    step: StepWord
    on_date: Dated | None = Field(description="null takes the step back")
    role: Text = Field(description="office or role that enters it")
    note: Text | None = None


class ApprovalTold(Answer):
    """An approved name with its duties; `state` is that of the most pressing one."""

    number: int
    name: str
    kind: str
    admin_code: str
    admin_name: str | None
    place_code: str | None
    document_no: str | None
    approver: str | None
    source: str | None
    is_synthetic: bool
    approved_on: date | None
    is_withdrawn: bool
    state: Literal["overdue", "due_soon", "contradictory", "open", "done", "withdrawn"]
    due_on: date | None = Field(description="the next last day")
    duties: list[DueTold]


class EntryTold(Answer):
    """One entry; `on_date` null took the step back."""

    step: StepWord
    on_date: date | None
    role: str
    note: str | None
    recorded_at: datetime


class ApprovalsTold(Answer):
    """Approved names, the most pressing first."""

    on: date
    numberReturned: int
    has_synthetic: bool
    items: list[ApprovalTold]


class ApprovalHistory(Answer):
    """An approved name with all that was entered of it."""

    on: date
    item: ApprovalTold
    entries: list[EntryTold]


class KindTold(Answer):
    """A kind of named thing: within which area its names are compared, by which generic parts."""

    id: str
    zh: str
    en: str
    scope_zh: str
    article: str
    generics: list[str]


class RuleKept(Answer):
    """A rule, where it is written, and how sure that is."""

    id: str
    zh: str
    en: str
    article: str
    source: str
    status: str
    severity: str
    severity_zh: str


class DeadlineTold(Answer):
    """A term after approval in calendar days; `place` (12 digits) is where it holds, null: all."""

    what: str
    step: str
    zh: str
    en: str
    days: int
    warn_days: int
    article: str
    status: str
    place: str | None


class RulesTold(Answer):
    """The rules of naming as this service keeps them."""

    text_status: str
    kinds: list[KindTold]
    rules: list[RuleKept]
    deadlines: list[DeadlineTold]


def approval_told(one: Approval) -> dict[str, Any]:
    """An approved name as it is sent."""
    return {
        **vars(one), "state": one.state, "due_on": one.due_on,
        "duties": [vars(due) for due in one.duties],
    }  # fmt: skip


def approvals_told(found: Sequence[Approval], on: date) -> dict[str, Any]:
    """A list of approved names as it is sent."""
    return {
        "on": on, "numberReturned": len(found),
        "has_synthetic": any(one.is_synthetic for one in found),
        "items": [approval_told(one) for one in found],
    }  # fmt: skip


def history_told(one: Approval, entries: Sequence[Entry], on: date) -> dict[str, Any]:
    """An approved name with its entries as it is sent."""
    return {"on": on, "item": approval_told(one), "entries": [vars(entry) for entry in entries]}


def rules_told(book: RuleBook) -> dict[str, Any]:
    """The rule book as it is sent."""
    return {
        "text_status": book.text_status,
        "kinds": [
            {"id": k.id, "zh": k.zh, "en": k.en, "scope_zh": SCOPES[k.scope],
             "article": k.article, "generics": list(k.generics)}
            for k in book.kinds.values()
        ],
        "rules": [
            {"id": r.id, "zh": r.zh, "en": r.en, "article": r.article, "source": r.source,
             "status": r.status, "severity": r.severity, "severity_zh": SEVERITIES[r.severity]}
            for r in book.rules
        ],
        "deadlines": [vars(one) for one in book.deadlines],
    }  # fmt: skip
