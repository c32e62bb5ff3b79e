"""What was found, who has to mend it by when, and was it done and checked? History only grows.

    found → assigned → done → verified;  done → returned → assigned or done again

A due day may be set or moved in every state but the last. Nothing is ever changed or deleted: a
work item is what its steps say, and the database refuses to alter them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotFound, both
from geo.loaders.personal import redact
from geo.models.work import WorkEvent, WorkItem
from geo.queries.admin import BELOW, Reader, unit, unit_at

FOUND, ASSIGNED, DUE = "found", "assigned", "due"
DONE, RETURNED, VERIFIED = "done", "returned", "verified"
STATE_WORDS = {
    FOUND: ("已发现", "found"),
    ASSIGNED: ("已交办", "assigned"),
    RETURNED: ("已退回", "returned"),
    DONE: ("已整改", "done"),
    VERIFIED: ("已核验", "verified"),
}
STEP_WORDS = {**STATE_WORDS, DUE: ("限期", "due day set")}

_NEXT = {
    FOUND: {ASSIGNED, DUE, DONE},
    ASSIGNED: {ASSIGNED, DUE, DONE},
    RETURNED: {ASSIGNED, DUE, DONE},
    DONE: {VERIFIED, RETURNED, DUE},
    VERIFIED: set(),
}
"""State → the steps that may follow."""

LONGEST = 500


@dataclass(frozen=True, slots=True)
class WorkKind:
    """A kind of work item; an internal one is never told to the public."""

    code: str
    zh: str
    en: str
    is_internal: bool = True


KINDS = {
    kind.code: kind
    for kind in (
        WorkKind("gap", "服务缺口", "Service gap"),
        WorkKind("missing_facility", "应有未有", "Facility that must be there and is not"),
        WorkKind("estate", "配建不达标", "Estate below its standard"),
        WorkKind("fire_hazard", "消防隐患", "Fire or safety hazard"),
        WorkKind("fire_overdue", "消防检查逾期", "Fire check overdue"),
        WorkKind("wrong_information", "信息有误", "Wrong information on the map"),
        WorkKind("funeral_rectification", "殡葬整治", "Rectification of burial sites"),
        WorkKind("project_overdue", "项目逾期", "Project overdue"),
        WorkKind("minor_protection", "未保阵地缺失", "Minors' protection base missing"),
        WorkKind("boundary_fault", "界线界桩问题", "Fault of a boundary line or marker"),
    )
}

_BELOW = f"""{BELOW},
    district AS MATERIALIZED (
        SELECT u.code, u.geom FROM below b
        JOIN admin_unit u ON u.code = b.code AND u.validity @> CAST(:on AS date)
        WHERE u.level = 3)"""
_AROUND = """district AS MATERIALIZED (
        SELECT u.code, u.geom FROM work_item w JOIN admin_unit u
          ON ST_Intersects(u.geom, w.geom) OR u.code = w.admin_code OR u.code = (
            SELECT t.parent_code FROM admin_unit t
            WHERE t.code = w.admin_code AND t.validity @> CAST(:on AS date))
        WHERE w.id = :id AND u.level = 3 AND u.validity @> CAST(:on AS date))"""
_ITEMS = """WITH RECURSIVE {districts},
    told AS (
        SELECT e.item_id,
            (array_agg(e.step ORDER BY e.id DESC) FILTER (WHERE e.step <> 'due'))[1] AS state,
            (array_agg(e.role ORDER BY e.id DESC) FILTER (WHERE e.step = 'assigned'))[1]
                AS assigned_to,
            (array_agg(e.due_on ORDER BY e.id DESC) FILTER (WHERE e.due_on IS NOT NULL))[1]
                AS due_on,
            min(e.on_date) FILTER (WHERE e.step = 'found') AS found_on,
            max(e.on_date) FILTER (WHERE e.step = 'done') AS done_on,
            max(e.on_date) FILTER (WHERE e.step = 'verified') AS verified_on,
            max(e.on_date) AS last_on
        FROM work_event e WHERE e.on_date <= CAST(:on AS date) GROUP BY e.item_id)
    SELECT w.id, w.kind, w.hazard_code, w.title, w.subject_type, w.subject_code, w.admin_code,
        coalesce((SELECT min(d.code) FROM district d WHERE ST_Intersects(d.geom, w.geom)),
            (SELECT d.code FROM district d WHERE d.code = w.admin_code),
            (SELECT u.parent_code FROM admin_unit u WHERE u.code = w.admin_code AND u.level = 4
               AND u.validity @> CAST(:on AS date))) AS district_code,
        ST_X(w.geom) AS lon, ST_Y(w.geom) AS lat, w.source, w.is_synthetic,
        t.state, t.assigned_to, t.due_on, t.found_on, t.done_on, t.verified_on, t.last_on
    FROM work_item w JOIN told t ON t.item_id = w.id
    WHERE {chosen} ORDER BY w.id"""

_WITHIN = text(
    _ITEMS.format(
        districts=_BELOW,
        chosen="""(w.admin_code IN (SELECT code FROM below)
        OR EXISTS (SELECT FROM district d WHERE ST_Intersects(d.geom, w.geom)))
      AND (CAST(:kind AS text) IS NULL OR w.kind = :kind)""",
    )
)
_ONE = text(_ITEMS.format(districts=_AROUND, chosen="w.id = :id"))
_OPEN_SUBJECTS = text(
    """SELECT w.kind, w.subject_type, w.subject_code FROM work_item w
    WHERE w.subject_code = ANY(:codes)
      AND NOT EXISTS (SELECT FROM work_event e WHERE e.item_id = w.id AND e.step = 'verified')"""
)
_STEPS = text("SELECT * FROM work_event WHERE item_id = :id ORDER BY id")
_HAZARDS = text("SELECT code FROM standard_rule WHERE subject = 'hazard_code' AND code = :code")


@dataclass(frozen=True, slots=True)
class Item:
    """A work item as it stands on a day: what its steps up to that day say."""

    id: int
    kind: str
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
    assigned_to: str | None
    due_on: date | None
    found_on: date
    done_on: date | None
    verified_on: date | None
    last_on: date

    @property
    def kind_zh(self) -> str:
        """The kind in Chinese."""
        return KINDS[self.kind].zh if self.kind in KINDS else self.kind

    @property
    def state_zh(self) -> str:
        """The state in Chinese."""
        return STATE_WORDS[self.state][0]

    def is_overdue(self, on: date) -> bool:
        """Whether it should have been done before the day and is neither done nor verified."""
        return self.due_on is not None and self.due_on < on and self.state not in (DONE, VERIFIED)


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of an item's history."""

    step: str
    on_date: date
    role: str | None
    due_on: date | None
    note: str | None
    recorded_at: datetime


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
                f"没有「{finding.kind[:40]}」这种事项。可用:{known}。",
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
    if step not in STEP_WORDS or step == FOUND or step not in _NEXT[item.state]:
        allowed = "、".join(f"{STEP_WORDS[s][0]} {s}" for s in STEP_WORDS if s in _NEXT[item.state])
        raise BadInput(
            both(
                f"事项 {item_id} 现为「{item.state_zh}」,下一步可为:{allowed or '无'}。",
                f"item {item_id} is {item.state}; next: {sorted(_NEXT[item.state]) or 'nothing'}",
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


def work_item(session: Reader, item_id: int, *, on: date) -> Item:
    """One item as it stands on a day. Raises NotFound where there was none yet."""
    row = session.execute(_ONE, {"id": item_id, "on": on}).first()
    if row is None:
        raise NotFound(both(f"没有编号为 {item_id} 的事项。", f"no work item {item_id}"))
    return Item(**row._mapping)


def history(session: Reader, item_id: int) -> tuple[Step, ...]:
    """Every step of an item, in the order in which they were entered."""
    steps = tuple(
        Step(row.step, row.on_date, row.role, row.due_on, row.note, row.recorded_at)
        for row in session.execute(_STEPS, {"id": item_id})
    )
    if not steps:
        raise NotFound(both(f"没有编号为 {item_id} 的事项。", f"no work item {item_id}"))
    return steps


def work_items(
    session: Reader,
    *,
    within: str,
    on: date,
    kind: str | None = None,
    states: Sequence[str] = (),
    overdue_only: bool = False,
) -> tuple[Item, ...]:
    """The items of a division as they stand on a day: overdue ones first, then by due day.

    Raises NotFound for an unknown division, BadInput for an unknown kind or state.
    """
    _known(kind, tuple(KINDS), "kind")
    for state in states:
        _known(state, tuple(STATE_WORDS), "state")
    place = unit(session, within, on)
    rows = session.execute(_WITHIN, {"code": place.code, "on": on, "kind": kind})
    items = [Item(**row._mapping) for row in rows]
    chosen = [
        item
        for item in items
        if (not states or item.state in states) and (not overdue_only or item.is_overdue(on))
    ]
    return tuple(sorted(chosen, key=lambda i: (not i.is_overdue(on), i.due_on or date.max, i.id)))


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
                "坐标不在任何已载入的区划之内,请给出区划代码。",
                "the position lies in no known division; give the division's code",
            ),
            parameter="admin_code",
        )
    return around[-1].code


def _known(value: str | None, words: tuple[str, ...], parameter: str) -> None:
    """Raise BadInput for a word that is none of the known ones."""
    if value is not None and value not in words:
        raise BadInput(
            both(
                f"没有「{value[:40]}」;可用:{'、'.join(words)}。",
                f"unknown {parameter} {value[:40]!r}; known: {', '.join(words)}",
            ),
            parameter=parameter,
        )


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
                "内容含有身份证号、手机号或联系人姓名,不予保存;请改写为单位或岗位。",
                "it holds an identity or mobile number or a person's name; write an office or role",
            ),
            parameter=parameter,
        )
    return plain or None
