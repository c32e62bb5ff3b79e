"""What became of a division: which versions had it, and which changes took part in its history?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from geo.errors import NotFound
from geo.queries.admin import Reader, Unit, full_code, unknown_code, versions

_EVENT = """e.id, e.kind, e.event_year, e.decided_on, e.effective_on, e.document_no, e.note,
    e.source, e.law_kinds, e.approver, e.announced_on, e.recoded_on, e.finished_on,
    m.side, m.code, m.name, m.parent_code"""
_IN_ORDER = "ORDER BY coalesce(e.effective_on, make_date(e.event_year, 1, 1)), e.id, m.side, m.code"

_EVENTS_OF = text(
    f"""SELECT {_EVENT} FROM succession_event e JOIN succession_member m ON m.event_id = e.id
    WHERE e.id IN (SELECT event_id FROM succession_member WHERE code = :code) {_IN_ORDER}"""
)

# All that is tied to a code by changes, however far; a code that changed hands ties more than the
# unit's own history, which the reader sorts out by names.
_EVENTS_AROUND = text(
    f"""WITH RECURSIVE kin AS (
        SELECT CAST(:code AS text) AS code
        UNION
        SELECT o.code FROM kin k
        JOIN succession_member m ON m.code = k.code
        JOIN succession_member o ON o.event_id = m.event_id
    )
    SELECT {_EVENT} FROM succession_event e JOIN succession_member m ON m.event_id = e.id
    WHERE e.id IN (SELECT s.event_id FROM succession_member s JOIN kin ON kin.code = s.code)
    {_IN_ORDER}"""
)

_EVENTS_BETWEEN = text(
    f"""SELECT {_EVENT} FROM succession_event e JOIN succession_member m ON m.event_id = e.id
    WHERE coalesce(e.effective_on, make_date(e.event_year, 1, 1)) > CAST(:since AS date)
      AND coalesce(e.effective_on, make_date(e.event_year, 1, 1)) <= CAST(:until AS date)
    {_IN_ORDER}"""
)


@dataclass(frozen=True, slots=True)
class Member:
    """A division on one side of a change, as it was then."""

    code: str
    name: str
    parent_code: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """A change of divisions with what stood before and after it; None is unknown.

    kind: the source's own word. law_kinds: kinds of the law where the record states them.
    """

    id: int
    kind: str
    event_year: int
    decided_on: date | None
    effective_on: date | None
    document_no: str | None
    note: str | None
    source: str | None
    law_kinds: tuple[str, ...] | None
    approver: str | None
    announced_on: date | None
    recoded_on: date | None
    finished_on: date | None
    predecessors: tuple[Member, ...]
    successors: tuple[Member, ...]

    @property
    def counted_from(self) -> date:
        """The day of effect; of a change whose year alone is known, 1 January of it."""
        return self.effective_on or date(self.event_year, 1, 1)


@dataclass(frozen=True, slots=True)
class History:
    """All stored versions of a code, oldest first, and the changes that name it."""

    code: str
    versions: tuple[Unit, ...]
    events: tuple[Event, ...]


def history(session: Reader, code: str) -> History:
    """All versions of a division and the changes in which it took part, oldest first.

    Raises NotFound where the code appears neither as a division nor in a change.
    """
    whole = full_code(code)
    found = tuple(versions(session, whole))
    events = _folded(session.execute(_EVENTS_OF, {"code": whole}).all())
    if not found and not events:
        raise NotFound(unknown_code(session, whole))
    return History(whole, found, events)


def events_around(session: Reader, code: str) -> tuple[Event, ...]:
    """Every change tied to a code directly or through others, oldest first."""
    return _folded(session.execute(_EVENTS_AROUND, {"code": full_code(code)}).all())


def events_between(session: Reader, since: date, until: date) -> tuple[Event, ...]:
    """The changes that took effect after a day and up to another, oldest first."""
    return _folded(session.execute(_EVENTS_BETWEEN, {"since": since, "until": until}).all())


def _folded(rows: Iterable[Any]) -> tuple[Event, ...]:
    """Fold the rows event × member into events; rows of one event stand together."""
    folded: dict[int, tuple[Any, dict[str, list[Member]]]] = {}
    for row in rows:
        _, sides = folded.setdefault(row.id, (row, {"predecessor": [], "successor": []}))
        sides[row.side].append(Member(row.code, row.name, row.parent_code))
    return tuple(
        Event(
            row.id, row.kind, row.event_year, row.decided_on, row.effective_on, row.document_no,
            row.note, row.source, tuple(row.law_kinds) if row.law_kinds is not None else None,
            row.approver, row.announced_on, row.recoded_on, row.finished_on,
            tuple(sides["predecessor"]), tuple(sides["successor"]),
        )
        for row, sides in folded.values()
    )  # fmt: skip
