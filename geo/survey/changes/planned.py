"""Which changes of divisions are planned, and what would the map look like?

Off unless ATLAS_PLANNED_CHANGES is on, in tables of their own, never in force: no question about
divisions reads them. Every door here asks the setting first; who may come to the door is for the
caller to decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from sqlalchemy import text

from geo.errors import NotAllowed, NotFound, both
from geo.loaders.personal import public_text
from geo.models.account import ROLES
from geo.queries.admin import Reader, full_code, unit
from geo.settings import PlanSettings, read
from geo.survey.changes.law import LAW_KINDS
from geo.survey.changes.sketch import PlannedUnit, apart, bad, grounds, sound

MOST_UNITS = 100
MOST_CHARACTERS = 100
NOT_IN_FORCE = "规划方案，未生效，不得对外公布 · a plan, not in force, not for publication"


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned change; `on_date` is the day whose divisions it begins with."""

    id: int
    title: str
    within_code: str
    level: int
    law_kinds: tuple[str, ...]
    on_date: date
    owner_role: str
    note: str | None
    made_at: datetime
    units: tuple[PlannedUnit, ...]


def ask_for_plans() -> None:
    """Raises NotAllowed unless the setting lets planned changes be kept and read."""
    if not read(PlanSettings).planned_changes:
        raise NotAllowed(
            both(
                "区划变更方案功能未启用；由管理员设置 ATLAS_PLANNED_CHANGES=true 后方可使用。",
                "planned changes are off; an administrator sets ATLAS_PLANNED_CHANGES=true",
            )
        )


def keep_plan(
    session: Reader,
    *,
    title: str,
    within: str,
    level: int,
    law_kinds: Sequence[str],
    units: Sequence[PlannedUnit],
    on: date,
    owner_role: str,
    note: str | None = None,
) -> Plan:
    """Check and store a plan; the caller commits.

    Raises NotAllowed where plans are off, BadInput that names what is wrong (a taken title, units
    that overlap, ground that is not known), NotFound for an unknown division.
    """
    ask_for_plans()
    top = unit(session, within, on)
    if not top.level < level <= 5:
        raise bad("level", f"级别须低于 {top.name}。", "the level must lie below `within`")
    _check(law_kinds, owner_role)
    title = _words("title", title)
    note = _words("note", note) if note else None
    asked = {"within": top.code, "title": title}
    if session.execute(_TAKEN, asked).first() is not None:
        raise bad("title", f"已有名为「{title}」的方案。", f"there is a plan {title!r} already")
    settled = _settled(session, units, on)
    planned_id = session.execute(
        _INSERT,
        {**asked, "level": level, "kinds": list(dict.fromkeys(law_kinds)), "on": on,
         "role": owner_role, "note": note},
    ).scalar_one()  # fmt: skip
    session.execute(
        _INSERT_UNIT,
        [
            {"planned": planned_id, "position": number, "name": one.name,
             "made_of": list(one.made_of), "wkb": one.outline and shapely.to_wkb(one.outline)}
            for number, one in enumerate(settled, 1)
        ],
    )  # fmt: skip
    return plan(session, planned_id)


def _check(law_kinds: Sequence[str], owner_role: str) -> None:
    """Raises BadInput for a kind that the law does not know, or a role that there is not."""
    strange = [kind for kind in law_kinds if kind not in LAW_KINDS]
    if strange or not law_kinds:
        raise bad(
            "law_kinds", f"变更种类：{'、'.join(LAW_KINDS)}。", f"one of {', '.join(LAW_KINDS)}"
        )
    if owner_role not in ROLES:
        raise bad("owner_role", f"角色：{'、'.join(ROLES)}。", f"roles: {', '.join(ROLES)}")


def plans(session: Reader, *, within: str | None = None) -> tuple[Plan, ...]:
    """Every plan that is kept (in a division), the newest first. Raises NotAllowed when off."""
    ask_for_plans()
    code = None if within is None else full_code(within)
    rows = session.execute(_SELECT, {"within": code, "id": None}).all()
    return tuple(_read(session, row) for row in rows)


def plan(session: Reader, planned_id: int) -> Plan:
    """One plan. Raises NotAllowed when plans are off, NotFound."""
    ask_for_plans()
    row = session.execute(_SELECT, {"within": None, "id": planned_id}).one_or_none()
    if row is None:
        raise _unknown(planned_id)
    return _read(session, row)


def drop_plan(session: Reader, planned_id: int) -> None:
    """Delete a plan; the caller commits. Raises NotAllowed when plans are off, NotFound."""
    ask_for_plans()
    if session.execute(_DELETE, {"id": planned_id}).first() is None:
        raise _unknown(planned_id)


def _read(session: Reader, row: Any) -> Plan:
    units = tuple(
        PlannedUnit(one.name, tuple(one.made_of), one.wkb and shapely.from_wkb(bytes(one.wkb)))
        for one in session.execute(_SELECT_UNITS, {"id": row.id})
    )
    values = {**row._mapping, "law_kinds": tuple(row.law_kinds), "units": units}
    return Plan(**values)


def _settled(session: Reader, units: Sequence[PlannedUnit], on: date) -> list[PlannedUnit]:
    """The units with full codes and sound outlines, none of them over another."""
    if not 1 <= len(units) <= MOST_UNITS:
        raise bad("units", f"须有 1 到 {MOST_UNITS} 个单位。", f"1 to {MOST_UNITS} units")
    settled = []
    for number, one in enumerate(units, 1):
        where = f"units.{number}"
        name = _words(where, one.name)
        codes = tuple(dict.fromkeys(full_code(code) for code in one.made_of))
        if bool(codes) == (one.outline is not None):
            raise bad(
                where, "须给出组成的区划或图形之一。", "give either made_of or an outline, not both"
            )
        outline = sound(where, one.outline) if one.outline is not None else None
        settled.append(PlannedUnit(name, codes, outline))
    apart(grounds(session, settled, on))
    return settled


def _words(parameter: str, value: str) -> str:
    """Plain words without anybody's number, of a length that can be shown."""
    said = value.strip()
    if not said or len(said) > MOST_CHARACTERS or any(ord(sign) < 32 for sign in said):
        raise bad(
            parameter, f"须为 1 到 {MOST_CHARACTERS} 个字。", f"1 to {MOST_CHARACTERS} characters"
        )
    if public_text(said, None) != said:
        raise bad(parameter, "不能含有个人信息。", "no personal data may stand here")
    return said


def _unknown(planned_id: int) -> NotFound:
    return NotFound(both(f"没有编号为 {planned_id} 的方案。", f"there is no plan {planned_id}"))


_TAKEN = text("SELECT id FROM planned_change WHERE within_code = :within AND title = :title")
_INSERT = text(
    """INSERT INTO planned_change (title, within_code, level, law_kinds, on_date, owner_role, note)
    VALUES (:title, :within, :level, :kinds, :on, :role, :note) RETURNING id"""
)
_INSERT_UNIT = text(
    """INSERT INTO planned_unit (planned_id, position, name, made_of, geom)
    VALUES (:planned, :position, :name, :made_of,
        ST_SetSRID(ST_GeomFromWKB(CAST(:wkb AS bytea)), 4490))"""
)
_SELECT = text(
    """SELECT id, title, within_code, level, law_kinds, on_date, owner_role, note, made_at
    FROM planned_change
    WHERE (CAST(:within AS text) IS NULL OR within_code = :within)
      AND (CAST(:id AS bigint) IS NULL OR id = :id)
    ORDER BY made_at DESC, id DESC"""
)
_SELECT_UNITS = text(
    """SELECT name, made_of, ST_AsBinary(geom) AS wkb FROM planned_unit
    WHERE planned_id = :id ORDER BY position"""
)
_DELETE = text("DELETE FROM planned_change WHERE id = :id RETURNING id")
