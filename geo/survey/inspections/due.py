"""Which boundary lines are due for joint inspection, when, and who has to call for it?

The law asks for one every five years, and for another after a disaster or when a river or road
that carries the line has moved. A line that was never inspected has no known due day: it is listed
first, as 未知.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, both
from geo.queries.admin import BELOW, Reader
from geo.survey.inspections.log import (
    Entry,
    append,
    impersonal,
    reported_changes,
    steps_of_all,
)
from geo.survey.inspections.words import CHANGES

YEARS = 5
SOON_DAYS = 365
"""A line is planned for the coming year when it falls due within it."""

_LINES = """SELECT l.code, l.name, l.level, l.basis, l.left_code, l.right_code,
        lu.name AS left_name, ru.name AS right_name, l.last_inspected_on, l.is_disputed,
        l.is_synthetic, l.source, l.extra ->> 'lead_code' AS lead_code
    FROM boundary_line l
    LEFT JOIN admin_unit lu ON lu.code = l.left_code AND lu.validity @> CAST(:on AS date)
    LEFT JOIN admin_unit ru ON ru.code = l.right_code AND ru.validity @> CAST(:on AS date)
    WHERE l.validity @> CAST(:on AS date)"""
_ALL = text(_LINES)
_WITHIN = text(
    f"""WITH RECURSIVE {BELOW}
    {_LINES} AND (l.left_code IN (SELECT code FROM below)
              OR l.right_code IN (SELECT code FROM below))"""
)
_LINE = text("SELECT 1 FROM boundary_line WHERE code = :code")


@dataclass(frozen=True, slots=True)
class Due:
    """A line and its next joint inspection.

    status: never (no inspection is known), reported (a change calls for one now), overdue, soon
    (within a year) or later. due_on, days_left: None where no day can be told. lead_code: the side
    that has to call for it, None = not registered.
    """

    code: str
    label: str
    level: int
    basis: str
    left_code: str
    left_name: str | None
    right_code: str
    right_name: str | None
    last_on: date | None
    due_on: date | None
    days_left: int | None
    status: str
    changes: tuple[Entry, ...]
    lead_code: str | None
    lead_name: str | None
    is_disputed: bool
    is_synthetic: bool


STATUS_WORDS = {
    "never": "从未联检（未知）", "reported": "变化后须联检", "overdue": "已逾期",
    "soon": "一年内到期", "later": "未到期",
}  # fmt: skip


def five_years_after(day: date) -> date:
    """The day five years on; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + YEARS)
    except ValueError:
        return day.replace(year=day.year + YEARS, day=28)


def due_lines(session: Reader, *, on: date, within: str | None = None) -> tuple[Due, ...]:
    """The lines in force on a day in the order in which they need attention.

    within: only lines of a division and those below it. The last inspection is the later one of
    what the register states and what was concluded here.
    """
    asked = {"on": on} | ({"code": within} if within else {})
    rows = session.execute(_WITHIN if within else _ALL, asked).all()
    concluded: dict[str, date] = {}
    for step in steps_of_all(session):
        if step.data.get("step") == "concluded" and step.line_code and step.on_date <= on:
            before = concluded.get(step.line_code, date.min)
            concluded[step.line_code] = max(before, step.on_date)
    changes: dict[str, list[Entry]] = {}
    for entry in reported_changes(session):
        if entry.line_code and entry.on_date <= on:
            changes.setdefault(entry.line_code, []).append(entry)
    found = [_due(row, concluded.get(row.code), changes.get(row.code, []), on) for row in rows]
    order = list(STATUS_WORDS)
    return tuple(sorted(found, key=lambda d: (order.index(d.status), d.due_on or date.min, d.code)))


def _due(row: Any, concluded: date | None, changes: list[Entry], on: date) -> Due:
    known = [day for day in (row.last_inspected_on, concluded) if day is not None and day <= on]
    last = max(known) if known else None
    open_changes = tuple(one for one in changes if last is None or one.on_date > last)
    due_on = five_years_after(last) if last else None
    left = (due_on - on).days if due_on else None
    if left is None:
        status = "never"
    elif open_changes:
        status = "reported"
    else:
        status = "overdue" if left < 0 else "soon" if left <= SOON_DAYS else "later"
    names = {row.left_code: row.left_name, row.right_code: row.right_name}
    lead = row.lead_code if row.lead_code in names else None
    return Due(
        row.code, line_label(row.name, row.left_name or row.left_code,
                             row.right_name or row.right_code),
        row.level, row.basis, row.left_code, row.left_name, row.right_code, row.right_name, last,
        due_on, left, status, open_changes, lead, names.get(lead or ""), row.is_disputed,
        row.is_synthetic,
    )  # fmt: skip


def line_label(name: str | None, left: str, right: str) -> str:
    """The official name, or both units where a line has none."""
    return name or f"{left}—{right}"


def report_change(
    session: Session, line_code: str, *, change: str, on: date, role: str, note: str = ""
) -> int:
    """Enter that something has changed along a line, and answer the entry's number.

    change: disaster, river, road or other. The agreed line stays where it is: what changes is that
    an inspection is due. Raises BadInput for an unknown line or kind of change.
    """
    if change not in CHANGES:
        known = "、".join(f"{zh} {code}" for code, zh in CHANGES.items())
        raise BadInput(
            both(f"变化种类：{known}。", f"kinds of change: {', '.join(CHANGES)}"),
            parameter="change",
        )
    if session.execute(_LINE, {"code": line_code}).first() is None:
        raise BadInput(
            both(f"没有界线 {line_code[:40]}。", f"no line {line_code[:40]}"), parameter="line"
        )
    return append(
        session, "change_reported", line_code=line_code, role=role, on=on,
        data={"change": change, "note": impersonal(note)},
    )  # fmt: skip
