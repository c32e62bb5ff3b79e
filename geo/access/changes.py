"""Can the changes of a scenario be made: are the facilities open, have the places a position?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import text

from geo.errors import BadInput, NotFound, both
from geo.loaders.personal import public_text
from geo.models.scenario import CHANGES
from geo.queries.admin import Reader
from geo.queries.filters import check_point

MOST_CHANGES = 500
MOST_CHARACTERS = 100


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


def settled(
    session: Reader, city: str, kind: str, on: date, changes: Sequence[Change]
) -> list[Change]:
    """The changes, each with its place; facilities and candidates are looked up once."""
    if not 1 <= len(changes) <= MOST_CHANGES:
        raise refused(
            "changes", f"须有 1 到 {MOST_CHANGES} 项变化。", f"1 to {MOST_CHANGES} changes"
        )
    named = [one.facility_code for one in changes if one.facility_code]
    twice = {code for code in named if named.count(code) > 1}
    used = [one.candidate_code for one in changes if one.candidate_code]
    twice |= {code for code in used if used.count(code) > 1}
    if twice:
        raise refused(
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
                both(f"{on} 没有这些{what}：{shown}。", f"{on}: there are no such {what}: {shown}")
            )
    return [_placed(one, number, places) for number, one in enumerate(changes, 1)]


def _placed(one: Change, number: int, places: dict[str, Any]) -> Change:
    """A change with the position of its candidate. Raises BadInput for one that cannot be."""
    where = f"changes.{number}"
    if one.action not in CHANGES:
        raise refused(where, f"变化只能是：{' '.join(CHANGES)}。", f"one of {', '.join(CHANGES)}")
    check_words(where, one.name)
    if (one.action == "add") == bool(one.facility_code):
        raise refused(
            where,
            "停用、迁移须给出设施编码，新增不给。",
            "close and move name a facility, add none",
        )
    if one.year is not None and not 2000 <= one.year <= 2100:
        raise refused(where, "年份为 2000 到 2100。", "a year from 2000 to 2100")
    if one.candidate_code:
        site = places[one.candidate_code]
        if site.lon is None:
            raise refused(where, "候选点没有位置。", "the candidate has no position")
        one = replace(one, lon=site.lon, lat=site.lat, name=one.name or site.name)
    has_place = one.lon is not None and one.lat is not None
    if has_place == (one.action == "close"):
        raise refused(
            where, "新增、迁移须给出候选点或经纬度，停用不给。",
            "add and move need a candidate or lon and lat, close none",
        )  # fmt: skip
    if one.lon is not None and one.lat is not None:
        check_point(one.lon, one.lat)
    return one


def check_words(parameter: str, value: str | None, *, is_needed: bool = False) -> None:
    """Plain words without anybody's number, of a length that can be shown."""
    if value is None and not is_needed:
        return
    said = (value or "").strip()
    if not said or len(said) > MOST_CHARACTERS or any(ord(sign) < 32 for sign in said):
        raise refused(
            parameter,
            f"须为 1 到 {MOST_CHARACTERS} 个字。",
            f"1 to {MOST_CHARACTERS} characters are needed",
        )
    if public_text(said, None) != said:
        raise refused(parameter, "不能含有个人信息。", "no personal data may stand here")


def refused(parameter: str, zh: str, en: str) -> BadInput:
    """What is raised for the part at fault."""
    return BadInput(both(f"{parameter}:{zh}", f"{parameter}: {en}"), parameter=parameter)


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
