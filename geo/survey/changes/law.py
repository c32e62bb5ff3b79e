"""Which kinds of change does the law know, who approves each, and by when is it carried out?

Kinds are those of the 行政区划管理条例 (2018). Terms and approvers are rows of `standard_rule` with
their source and status (`data/standards/division-changes.toml`), never constants here.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from geo.queries.admin import Reader
from geo.queries.succession import Event

LAW_KINDS = {
    "establish": "设立",
    "abolish": "撤销",
    "rename": "更名",
    "superior": "隶属关系变更",
    "line_major": "行政区域界线重大变更",
    "line_part": "部分行政区域界线变更",
    "line": "行政区域界线变更（重大或部分未载明）",
    "seat": "人民政府驻地迁移",
    "province_name": "省级简称或排列顺序变更",
}
"""Code of a kind → its Chinese name."""

OF_LINES = frozenset({"line_major", "line_part", "line"})
KEEPS_UNITS = OF_LINES | {"seat", "province_name"}
"""Kinds that begin and end no division."""

AGENCIES = ("街道", "地区", "区公所")
"""Types of units that are agencies (派出机关) of a government, not governments."""

_ACTS: dict[str, tuple[str, ...]] = {
    "设立": ("establish",), "新设": ("establish",), "撤销": ("abolish",), "更名": ("rename",),
    "隶属变更": ("superior",), "隶属关系变更": ("superior",), "驻地迁移": ("seat",),
    "界线重大变更": ("line_major",), "部分界线变更": ("line_part",), "界线变更": ("line",),
    "区划调整": ("line",), "划转": ("line",), "省级简称变更": ("province_name",),
    "同名改码": (), "改码": (), "码位改派": (),
}  # fmt: skip
# 撤县设市, 撤市设区, 撤地设市 …: one is abolished, another set up.
_TURNED = ("撤", "设")


def law_kinds_of(event: Event) -> tuple[str, ...]:
    """The kinds of the law that a change is of; empty for a mere change of code.

    As the record states them; else by the source's word, with a change of superior added where both
    sides name different ones. A word nobody knows gives none.
    """
    if event.law_kinds is not None:
        return event.law_kinds
    kinds = _ACTS.get(event.kind)
    if kinds is None:
        turned = event.kind.startswith(_TURNED[0]) and _TURNED[1] in event.kind
        kinds = ("abolish", "establish") if turned else ()
    if "superior" not in kinds and _changes_superior(event):
        kinds = (*kinds, "superior")
    return kinds


def _changes_superior(event: Event) -> bool:
    """Whether one unit went on under another superior: both sides single, of the same name."""
    if len(event.predecessors) != 1 or len(event.successors) != 1:
        return False
    old, new = event.predecessors[0], event.successors[0]
    both_known = old.parent_code is not None and new.parent_code is not None
    return both_known and old.name == new.name and old.parent_code != new.parent_code


def ends_units(event: Event) -> bool:
    """Whether the predecessors of a change end with it."""
    kinds = law_kinds_of(event)
    return not kinds or not KEEPS_UNITS.issuperset(kinds)


@dataclass(frozen=True, slots=True)
class Rule:
    """A stored rule about changes: `told` holds step, from, value, law_kinds …"""

    code: str
    title: str
    status: str
    source: str | None
    told: dict[str, Any]


_RULES = text(
    """SELECT r.code, r.title, r.status, r.source, r.rule AS told FROM standard_rule r
    WHERE r.subject = :subject AND r.validity @> CAST(:on AS date) ORDER BY r.code"""
)


def rules(session: Reader, subject: str, on: date) -> tuple[Rule, ...]:
    """The rules of a subject in force on a day; empty where none is stored."""
    rows = session.execute(_RULES, {"subject": subject, "on": on})
    return tuple(Rule(**row._mapping) for row in rows)


@dataclass(frozen=True, slots=True)
class Term:
    """By when a step of a change was due. due_on None: the day from which it counts is unknown.

    latest_on: with the longest extension; it has to be approved. state: done, late, open,
    extension (over the term, within its extension), overdue, or unknown.
    """

    rule: str
    title: str
    step: str
    due_on: date | None
    latest_on: date | None
    done_on: date | None
    state: str
    source: str | None
    status: str


STATES_ZH = {
    "done": "按期完成",
    "late": "逾期完成",
    "open": "未到期",
    "extension": "已过期限，在可延长期内",
    "overdue": "逾期，未载完成",
    "unknown": "未知",
}


def terms(event: Event, held: Iterable[Rule], on: date) -> tuple[Term, ...]:
    """The terms of a change by rules `division_change_term`, as they stand on a day; pure.

    A step without a date counts as not on record: what is overdue may have been done unrecorded.
    """
    return tuple(_term(event, rule, on) for rule in held)


def _term(event: Event, rule: Rule, on: date) -> Term:
    start: date | None = getattr(event, str(rule.told["from"]))
    done: date | None = getattr(event, str(rule.told["step"]))
    months = int(rule.told["value"])
    due = latest = None
    if start is not None:
        due = months_after(start, months)
        latest = months_after(start, months + int(rule.told.get("extension", 0)))
    return Term(
        rule.code, rule.title, str(rule.told["step"]), due, latest, done,
        _state(due, latest, done, on), rule.source, rule.status,
    )  # fmt: skip


def _state(due: date | None, latest: date | None, done: date | None, on: date) -> str:
    if due is None or latest is None:
        return "unknown"
    if done is not None:
        return "done" if done <= latest else "late"
    if on <= due:
        return "open"
    return "extension" if on <= latest else "overdue"


def months_after(day: date, months: int) -> date:
    """The same day of a later month; its last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def approver(
    held: Sequence[Rule], kind: str, level: int, unit_type: str | None = None
) -> Rule | None:
    """The rule that says who approves a kind of change of a level; None where none does.

    An agency (街道 …) has a rule of its own.
    """
    agency = unit_type in AGENCIES
    for rule in held:
        fits = rule.told.get("level") == level and kind in rule.told.get("law_kinds", ())
        if fits and bool(rule.told.get("agency", False)) == agency:
            return rule
    return None
