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

from geo.access.sites.answer import Plan
from geo.errors import BadInput, NotFound, both
from geo.loaders.personal import public_text
from geo.models.account import ROLES
from geo.models.kinds import KINDS
from geo.models.scenario import CHANGES
from geo.queries.admin import Reader, full_code, unit
from geo.queries.filters import check_point, kind_code

MOST_CHANGES = 500
MOST_CHARACTERS = 100
ACTIONS_ZH = {"add": "新增", "close": "停用", "move": "迁移"}


@dataclass(frozen=True, slots=True)
class Change:
    """One change. add: at a candidate site or a position; close: a facility; move: a facility to a
    candidate site or a position. lon, lat in EPSG:4490; year: None is at once."""

    action: str
    facility_code: str | None = None
    candidate_code: str | None = None
    name: str | None = None
    lon: float | None = None
    lat: float | None = None
    year: int | None = None


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
        raise _bad("kind", "请指明一种设施。", "name one kind of facility")
    if owner_role not in ROLES:
        raise _bad("owner_role", f"角色：{'、'.join(ROLES)}。", f"roles: {', '.join(ROLES)}")
    name = name.strip()
    _check_words("name", name, is_needed=True)
    _check_words("note", note)
    taken = session.execute(_TAKEN, {"city": code, "name": name}).first()
    if taken is not None:
        raise _bad("name", f"已有名为「{name}」的方案。", f"there is a scenario {name!r} already")
    settled = _settled(session, code, kind, on, changes)
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
            for number, one in enumerate(settled, 1)
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


def _settled(
    session: Reader, city: str, kind: str, on: date, changes: Sequence[Change]
) -> list[Change]:
    """The changes, each with its place; facilities and candidates are looked up once."""
    if not 1 <= len(changes) <= MOST_CHANGES:
        raise _bad("changes", f"须有 1 到 {MOST_CHANGES} 项变化。", f"1 to {MOST_CHANGES} changes")
    named = [one.facility_code for one in changes if one.facility_code]
    twice = {code for code in named if named.count(code) > 1}
    used = [one.candidate_code for one in changes if one.candidate_code]
    twice |= {code for code in used if used.count(code) > 1}
    if twice:
        raise _bad(
            "changes",
            f"{'、'.join(sorted(twice))} 出现在多项变化中。",
            f"{', '.join(sorted(twice))}: in more than one change",
        )
    asked = {"on": on, "kind": kind, "codes": named}
    known = {row.code for row in session.execute(_FACILITIES, asked)}
    places = {row.code: row for row in session.execute(_CANDIDATES, {"on": on, "codes": used})}
    for what, lacking in (("设施 facilities", set(named) - known),
                          ("候选点 candidates", set(used) - set(places))):  # fmt: skip
        if lacking:
            shown = ", ".join(sorted(lacking)[:5])
            raise NotFound(
                both(f"{on} 没有这些{what}:{shown}。", f"{on}: there are no such {what}: {shown}")
            )
    return [_placed(one, number, places) for number, one in enumerate(changes, 1)]


def _placed(one: Change, number: int, places: dict[str, Any]) -> Change:
    """A change with the position of its candidate. Raises BadInput for one that cannot be."""
    where = f"changes.{number}"
    if one.action not in CHANGES:
        raise _bad(where, f"变化只能是：{' '.join(CHANGES)}。", f"one of {', '.join(CHANGES)}")
    _check_words(where, one.name)
    if (one.action == "add") == bool(one.facility_code):
        raise _bad(
            where,
            "停用、迁移须给出设施编码，新增不给。",
            "close and move name a facility, add none",
        )
    if one.year is not None and not 2000 <= one.year <= 2100:
        raise _bad(where, "年份为 2000 到 2100。", "a year from 2000 to 2100")
    if one.candidate_code:
        site = places[one.candidate_code]
        if site.lon is None:
            raise _bad(where, "候选点没有位置。", "the candidate has no position")
        one = replace(one, lon=site.lon, lat=site.lat, name=one.name or site.name)
    has_place = one.lon is not None and one.lat is not None
    if has_place == (one.action == "close"):
        raise _bad(
            where, "新增、迁移须给出候选点或经纬度，停用不给。",
            "add and move need a candidate or lon and lat, close none",
        )  # fmt: skip
    if one.lon is not None and one.lat is not None:
        check_point(one.lon, one.lat)
    return one


def _check_words(parameter: str, value: str | None, *, is_needed: bool = False) -> None:
    """Plain words without anybody's number, of a length that can be shown."""
    if value is None and not is_needed:
        return
    said = (value or "").strip()
    if not said or len(said) > MOST_CHARACTERS or any(ord(sign) < 32 for sign in said):
        raise _bad(
            parameter,
            f"须为 1 到 {MOST_CHARACTERS} 个字。",
            f"1 to {MOST_CHARACTERS} characters are needed",
        )
    if public_text(said, None) != said:
        raise _bad(parameter, "不能含有个人信息。", "no personal data may stand here")


def _bad(parameter: str, zh: str, en: str) -> BadInput:
    return BadInput(both(f"{parameter}:{zh}", f"{parameter}: {en}"), parameter=parameter)


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
_FACILITIES = text(
    """SELECT f.code FROM facility f WHERE f.code = ANY(CAST(:codes AS text[]))
      AND f.kinds && ARRAY[CAST(:kind AS text)] AND f.state = 'open'
      AND f.validity @> CAST(:on AS date)"""
)
_CANDIDATES = text(
    """SELECT c.code, c.name, ST_X(p.at) AS lon, ST_Y(p.at) AS lat
    FROM candidate_site c CROSS JOIN LATERAL (SELECT ST_PointOnSurface(c.geom) AS at) p
    WHERE c.code = ANY(CAST(:codes AS text[])) AND c.validity @> CAST(:on AS date)"""
)
