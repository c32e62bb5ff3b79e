"""How does a work item begin and go on? Steps are added; nothing is ever changed or deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.access.work_items.kinds import ASSIGNED, DUE, FOUND, KINDS, NEXT, STEP_WORDS
from geo.access.work_items.reads import Item, work_item
from geo.errors import BadInput, both
from geo.loaders.personal import redact
from geo.models.work import WorkEvent, WorkItem
from geo.queries.admin import Reader, unit, unit_at

LONGEST = 500
_OPEN_SUBJECTS = text(
    """SELECT w.kind, w.subject_type, w.subject_code FROM work_item w
    WHERE w.subject_code = ANY(:codes)
      AND NOT EXISTS (SELECT FROM work_event e WHERE e.item_id = w.id AND e.step = 'verified')"""
)
_HAZARDS = text("SELECT code FROM standard_rule WHERE subject = 'hazard_code' AND code = :code")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to be mended, before it becomes a work item."""

    kind: str
    title: str
    subject_type: str | None = None
    subject_code: str | None = None
    admin_code: str | None = None
    lon: float | None = None
    lat: float | None = None
    hazard_code: str | None = None
    source: str | None = None
    is_synthetic: bool = False


def open_item(
    session: Session,
    finding: Finding,
    *,
    on: date,
    role: str | None = None,
    note: str | None = None,
) -> int:
    """Make a work item of a finding and answer its number. The caller commits.

    role: who found it, an office or role. Raises BadInput for an unknown kind or hazard, an empty
    title or place, and for text that holds an identity or mobile number; NotFound for an unknown
    division.
    """
    if finding.kind not in KINDS:
        known = "、".join(f"{kind.zh} {kind.code}" for kind in KINDS.values())
        raise BadInput(
            both(
                f"没有「{finding.kind[:40]}」这种事项。可用：{known}。",
                f"unknown kind of work item {finding.kind[:40]!r}; known: {', '.join(KINDS)}",
            ),
            parameter="kind",
        )
    code = finding.hazard_code
    if code is not None and session.execute(_HAZARDS, {"code": code}).first() is None:
        raise BadInput(
            both(f"没有「{code[:40]}」这个隐患代码。", f"unknown hazard code {code[:40]!r}"),
            parameter="hazard_code",
        )
    if not finding.title.strip():
        raise BadInput(both("事项需要标题。", "a work item needs a title"), parameter="title")
    division = _division(session, finding, on)
    point = None
    if finding.lon is not None and finding.lat is not None:
        point = f"SRID=4490;POINT({finding.lon!r} {finding.lat!r})"
    row = WorkItem(
        kind=finding.kind, hazard_code=code, title=_impersonal(finding.title, "title"),
        subject_type=finding.subject_type, subject_code=finding.subject_code,
        admin_code=division, geom=point, source=finding.source,
        is_synthetic=finding.is_synthetic,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _append(session, row.id, FOUND, on, role, None, note)
    return row.id


def open_items(session: Session, findings: Iterable[Finding], *, on: date) -> list[int]:
    """Make work items of findings, but for those whose subject has an unverified one already."""
    wanted = list(findings)
    codes = [finding.subject_code for finding in wanted if finding.subject_code]
    taken = {tuple(row) for row in session.execute(_OPEN_SUBJECTS, {"codes": codes})}
    made = []
    for finding in wanted:
        subject = (finding.kind, finding.subject_type, finding.subject_code)
        if finding.subject_code is None or subject not in taken:
            made.append(open_item(session, finding, on=on))
            taken.add(subject)
    return made


def take_step(
    session: Session,
    item_id: int,
    step: str,
    *,
    on: date,
    role: str | None = None,
    due_on: date | None = None,
    note: str | None = None,
) -> Item:
    """Add a step to an item and answer how it then stands. The caller commits.

    assigned needs a role, due a day. Raises NotFound for an unknown item, BadInput where the step
    does not follow from its state, lies before the last one, or falls due before it is given.
    """
    # Whoever comes second waits here and then sees the step of the first.
    session.execute(text("SELECT id FROM work_item WHERE id = :id FOR UPDATE"), {"id": item_id})
    item = work_item(session, item_id, on=date.max)
    if step not in STEP_WORDS or step == FOUND or step not in NEXT[item.state]:
        allowed = "、".join(f"{STEP_WORDS[s][0]} {s}" for s in STEP_WORDS if s in NEXT[item.state])
        raise BadInput(
            both(
                f"事项 {item_id} 现为「{item.state_zh}」，下一步可为：{allowed or '无'}。",
                f"item {item_id} is {item.state}; next: {sorted(NEXT[item.state]) or 'nothing'}",
            ),
            parameter="step",
        )
    if on < item.last_on:
        raise BadInput(
            both(f"日期早于上一步 {item.last_on}。", f"before the last step of {item.last_on}"),
            parameter="on",
        )
    if step == ASSIGNED and not (role or "").strip():
        raise BadInput(both("交办需要责任单位。", "assigning needs a role"), parameter="role")
    if step == DUE and due_on is None:
        raise BadInput(both("限期需要日期。", "a due day is needed"), parameter="due_on")
    if due_on is not None and due_on < on:
        raise BadInput(both("期限早于当日。", "due before the day it is given"), parameter="due_on")
    _append(session, item_id, step, on, role, due_on, note)
    return work_item(session, item_id, on=date.max)


def _division(session: Reader, finding: Finding, on: date) -> str:
    """The stated division in full, else the smallest that holds the position.

    An item without either would stand on nobody's list.

    Raises BadInput where neither is given, or the position lies in no known division.
    """
    if finding.admin_code is not None:
        return unit(session, finding.admin_code, on).code
    if finding.lon is None or finding.lat is None:
        raise BadInput(
            both("事项需要区划或坐标。", "a work item needs a division or a position"),
            parameter="admin_code",
        )
    around = unit_at(session, finding.lon, finding.lat, on)
    if not around:
        raise BadInput(
            both(
                "坐标不在任何已载入的区划之内，请给出区划代码。",
                "the position lies in no known division; give the division's code",
            ),
            parameter="admin_code",
        )
    return around[-1].code


def _append(
    session: Session,
    item_id: int,
    step: str,
    on: date,
    role: str | None,
    due_on: date | None,
    note: str | None,
) -> None:
    session.add(
        WorkEvent(
            item_id=item_id, step=step, on_date=on, role=_impersonal(role, "role"), due_on=due_on,
            note=_impersonal(note, "note"),
        )
    )  # fmt: skip
    session.flush()


def _impersonal(written: Any, parameter: str) -> Any:
    """The text as it is; BadInput where it is too long or holds what is personal."""
    if written is None:
        return None
    plain = str(written).strip()
    if len(plain) > LONGEST or "\0" in plain:
        raise BadInput(
            both(f"最多 {LONGEST} 字。", f"at most {LONGEST} characters"), parameter=parameter
        )
    if redact(plain) != plain:
        raise BadInput(
            both(
                "内容含有身份证号、手机号或联系人姓名，不予保存；请改写为单位或岗位。",
                "it holds an identity or mobile number or a person's name; write an office or role",
            ),
            parameter=parameter,
        )
    return plain or None
