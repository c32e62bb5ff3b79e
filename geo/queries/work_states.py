"""How far is what was found along the boundary lines: the work items of given subjects?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from geo.queries.admin import Reader

_STATES = text(
    """SELECT DISTINCT ON (w.subject_code) w.subject_code, w.id,
        (SELECT e.step FROM work_event e WHERE e.item_id = w.id AND e.step <> 'due'
           AND e.on_date <= CAST(:on AS date) ORDER BY e.id DESC LIMIT 1) AS state,
        (SELECT e.due_on FROM work_event e WHERE e.item_id = w.id AND e.due_on IS NOT NULL
           AND e.on_date <= CAST(:on AS date) ORDER BY e.id DESC LIMIT 1) AS due_on
    FROM work_item w WHERE w.subject_type = :type AND w.subject_code = ANY(:codes)
    ORDER BY w.subject_code, w.id DESC"""
)


@dataclass(frozen=True, slots=True)
class WorkState:
    """The newest work item of a subject as it stands on a day; state None: not yet found then."""

    item_id: int
    state: str | None
    due_on: date | None


def work_states(
    session: Reader, subject_type: str, codes: Sequence[str], *, on: date
) -> dict[str, WorkState]:
    """The newest work item of each subject that has one."""
    asked = {"type": subject_type, "codes": list(codes), "on": on}
    return {
        row.subject_code: WorkState(row.id, row.state, row.due_on)
        for row in session.execute(_STATES, asked)
    }
