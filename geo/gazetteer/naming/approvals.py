"""Which names were approved, what is overdue or soon due of each, and what was entered when?

An approval begins with its day; filing, notice and signs are entered as they happen. Entries are
added, never changed: a later one of the same step replaces it, one without a day takes it back.
Offices and roles are kept, never a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from geo.errors import NotFound, both
from geo.gazetteer.naming.deadlines import PRESSING, Due, duties
from geo.gazetteer.naming.rules import rule_book
from geo.gazetteer.naming.stored import paths_of
from geo.gazetteer.places import units_within
from geo.queries.admin import Reader
from geo.validity import today_in_china

STEP_WORDS = {
    "approved": ("批准", "approved"), "filed": ("备案", "filed"),
    "noticed": ("公告", "notice given"), "signed": ("设置标志", "signs set"),
    "withdrawn": ("撤销登记", "entry withdrawn"),
}  # fmt: skip

_LIST = text(
    """
    WITH last AS (
        SELECT DISTINCT ON (approval_id, step) approval_id, step, on_date
        FROM name_approval_event ORDER BY approval_id, step, id DESC)
    SELECT a.id, a.name, a.kind, a.admin_code, a.place_code, a.document_no, a.approver, a.source,
           a.is_synthetic, u.name AS admin_name,
           (SELECT jsonb_object_agg(step, on_date) FROM last WHERE approval_id = a.id) AS days
    FROM name_approval a
    LEFT JOIN LATERAL (
        SELECT name FROM admin_unit WHERE code = a.admin_code
        ORDER BY validity @> CAST(:today AS date) DESC, upper(validity) DESC NULLS FIRST LIMIT 1
    ) AS u ON true
    WHERE (CAST(:units AS text[]) IS NULL OR a.admin_code = ANY(:units))
      AND (CAST(:number AS bigint) IS NULL OR a.id = :number)
    ORDER BY a.id
    """
)
_ENTRIES = text(
    "SELECT step, on_date, role, note, recorded_at FROM name_approval_event"
    " WHERE approval_id = :id ORDER BY id"
)


@dataclass(frozen=True)
class Approval:
    """An approved name with its days and duties; `state` is that of the most pressing duty."""

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
    duties: tuple[Due, ...]

    @property
    def state(self) -> str:
        """The most pressing state of its duties; `withdrawn`, or `done` where nothing is left."""
        if self.is_withdrawn:
            return "withdrawn"
        states = {due.state for due in self.duties}
        return next((one for one in PRESSING if one in states), "done")

    @property
    def due_on(self) -> date | None:
        """The last day of the duty that comes first of those still to be done."""
        left = [due.due_on for due in self.duties if due.done_on is None and due.due_on]
        return min(left, default=None)


@dataclass(frozen=True)
class Entry:
    """One entry: `on_date` None takes the step back; `role` is an office, never a person."""

    step: str
    on_date: date | None
    role: str
    note: str | None
    recorded_at: datetime


def approvals(
    session: Reader, *, within: str | None = None, today: date | None = None,
    number: int | None = None,
) -> list[Approval]:  # fmt: skip
    """Answer approved names inside a division (code), the most pressing first.

    Raises NotFound for an unknown division.
    """
    day = today or today_in_china()
    units = None if within is None else units_within(session, within, day)
    rows = session.execute(_LIST, {"units": units, "number": number, "today": day}).all()
    around = paths_of(session, [row.admin_code for row in rows], day)
    found = [_approval(row, around.get(row.admin_code, frozenset()), day) for row in rows]
    order = [*PRESSING, "done", "withdrawn"]
    return sorted(found, key=lambda a: (order.index(a.state), a.due_on or date.max, a.number))


def approval(session: Reader, number: int, *, today: date | None = None) -> Approval:
    """Answer one approved name. Raises NotFound."""
    found = approvals(session, number=number, today=today)
    if not found:
        raise NotFound(both(f"没有编号 {number} 的批准记录。", f"there is no approval {number}"))
    return found[0]


def entries(session: Reader, number: int) -> list[Entry]:
    """Answer all that was entered of an approval, in order."""
    return [Entry(*row) for row in session.execute(_ENTRIES, {"id": number})]


def _approval(row: Any, around: frozenset[str], today: date) -> Approval:
    days = {step: date.fromisoformat(day) for step, day in (row.days or {}).items() if day}
    due = duties(
        days.get("approved"), days, today=today, deadlines=rule_book().deadlines, inside=around
    )
    return Approval(
        row.id, row.name, row.kind, row.admin_code, row.admin_name, row.place_code,
        row.document_no, row.approver, row.source, row.is_synthetic, days.get("approved"),
        "withdrawn" in days, due,
    )  # fmt: skip
