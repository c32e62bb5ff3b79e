"""Which plans are kept: what is opened, closed and moved from a day's stock on?

A scenario is stored, named, dated and owned by a role, and no public read ever shows it. What it
changes is measured by `geo.access.comparison`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from geo.access.changes import Change as Change
from geo.access.changes import check_words, refused, settled
from geo.access.sites.answer import Plan
from geo.errors import NotFound, both
from geo.models.account import ROLES
from geo.models.kinds import KINDS
from geo.queries.admin import Reader, full_code, unit
from geo.queries.filters import kind_code

ACTIONS_ZH = {"add": "新增", "close": "停用", "move": "迁移"}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A stored plan with its changes in order; `owner_role` is a role, not a person."""

    id: int
    city_code: str
    name: str
    kind: str
    on_date: date
    owner_role: str
    note: str | None
    made_at: datetime
    changes: tuple[Change, ...]

    def by(self, year: int | None) -> Scenario:
        """The scenario as far as it is to be carried out by a year; None: all of it."""
        if year is None:
            return self
        done = tuple(one for one in self.changes if one.year is None or one.year <= year)
        return replace(self, changes=done)


def additions(plan: Plan, *, year: int | None = None) -> tuple[Change, ...]:
    """What a plan of `best_sites` opens, as changes of a scenario."""
    return tuple(
        Change("add", candidate_code=one.candidate.code, name=one.candidate.name, year=year)
        for one in plan.chosen
    )


def keep_scenario(
    session: Reader,
    *,
    city: str,
    name: str,
    kind: str,
    on: date,
    owner_role: str,
    changes: Sequence[Change],
    note: str | None = None,
) -> Scenario:
    """Check and store a scenario; the caller commits.

    Raises BadInput that names the part at fault (a taken name, a change that cannot be), NotFound
    for an unknown city, facility or candidate.
    """
    code = unit(session, city, on).code
    kind = kind_code(kind)
    if kind not in KINDS:
        raise refused("kind", "请指明一种设施。", "name one kind of facility")
    if owner_role not in ROLES:
        raise refused("owner_role", f"角色：{'、'.join(ROLES)}。", f"roles: {', '.join(ROLES)}")
    name = name.strip()
    check_words("name", name, is_needed=True)
    check_words("note", note)
    taken = session.execute(_TAKEN, {"city": code, "name": name}).first()
    if taken is not None:
        raise refused(
            "name", f"已有名为「{name}」的方案。", f"there is a scenario {name!r} already"
        )
    placed = settled(session, code, kind, on, changes)
    scenario_id = session.execute(
        _INSERT,
        {"city": code, "name": name, "kind": kind, "on": on, "role": owner_role, "note": note},
    ).scalar_one()
    session.execute(
        _INSERT_CHANGE,
        [
            {"scenario": scenario_id, "position": number, "action": one.action,
             "facility": one.facility_code, "candidate": one.candidate_code, "name": one.name,
             "year": one.year, "lon": one.lon, "lat": one.lat}
            for number, one in enumerate(placed, 1)
        ],
    )  # fmt: skip
    return scenario(session, scenario_id)


def scenarios(session: Reader, *, city: str | None = None) -> tuple[Scenario, ...]:
    """Every stored scenario (of a city), the newest first."""
    code = None if city is None else full_code(city)
    rows = session.execute(_SELECT, {"city": code, "id": None}).all()
    return tuple(_read(session, row) for row in rows)


def scenario(session: Reader, scenario_id: int) -> Scenario:
    """One stored scenario. Raises NotFound."""
    row = session.execute(_SELECT, {"city": None, "id": scenario_id}).one_or_none()
    if row is None:
        raise _unknown(scenario_id)
    return _read(session, row)


def drop_scenario(session: Reader, scenario_id: int) -> None:
    """Delete a scenario with its changes; the caller commits. Raises NotFound."""
    if session.execute(_DELETE, {"id": scenario_id}).first() is None:
        raise _unknown(scenario_id)


def _unknown(scenario_id: int) -> NotFound:
    return NotFound(
        both(f"没有编号为 {scenario_id} 的方案。", f"there is no scenario {scenario_id}")
    )


def _read(session: Reader, row: Any) -> Scenario:
    changes = session.execute(_SELECT_CHANGES, {"id": row.id})
    return Scenario(**row._mapping, changes=tuple(Change(*one) for one in changes))


_TAKEN = text("SELECT id FROM scenario WHERE city_code = :city AND name = :name")
_INSERT = text(
    """INSERT INTO scenario (city_code, name, kind, on_date, owner_role, note)
    VALUES (:city, :name, :kind, :on, :role, :note) RETURNING id"""
)
_INSERT_CHANGE = text(
    """INSERT INTO scenario_change
        (scenario_id, position, action, facility_code, candidate_code, name, year, geom)
    VALUES (:scenario, :position, :action, :facility, :candidate, :name, :year,
        ST_SetSRID(ST_Point(CAST(:lon AS float8), CAST(:lat AS float8)), 4490))"""
)
_SELECT = text(
    """SELECT id, city_code, name, kind, on_date, owner_role, note, made_at FROM scenario
    WHERE (CAST(:city AS text) IS NULL OR city_code = :city)
      AND (CAST(:id AS bigint) IS NULL OR id = :id)
    ORDER BY made_at DESC, id DESC"""
)
_SELECT_CHANGES = text(
    """SELECT action, facility_code, candidate_code, name, ST_X(geom), ST_Y(geom), year
    FROM scenario_change WHERE scenario_id = :id ORDER BY position"""
)
_DELETE = text("DELETE FROM scenario WHERE id = :id RETURNING id")
