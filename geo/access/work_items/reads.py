"""How do work items stand on a day? What their steps up to that day say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text

from geo.access.work_items.kinds import DONE, KINDS, STATE_WORDS, VERIFIED
from geo.errors import BadInput, NotFound, both
from geo.queries.admin import BELOW, Reader, unit

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
_STEPS = text("SELECT * FROM work_event WHERE item_id = :id ORDER BY id")


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


def _known(value: str | None, words: tuple[str, ...], parameter: str) -> None:
    """Raise BadInput for a word that is none of the known ones."""
    if value is not None and value not in words:
        raise BadInput(
            both(
                f"没有「{value[:40]}」；可用：{'、'.join(words)}。",
                f"unknown {parameter} {value[:40]!r}; known: {', '.join(words)}",
            ),
            parameter=parameter,
        )
