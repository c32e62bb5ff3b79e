"""Within which area is a proposed name compared, and is all of that area in this database?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.errors import NotFound, both
from geo.gazetteer.naming.lists import Lists
from geo.gazetteer.naming.proposal import Proposal
from geo.gazetteer.naming.rules import SCOPES, Kind
from geo.queries.admin import Unit, ancestors, code_of, unit_at
from geo.queries.filters import check_point

# A municipality has districts directly below it: then its whole province is loaded.
_HELD = text(
    """
    SELECT EXISTS (SELECT FROM admin_unit b WHERE b.parent_code = :code AND b.level = 3
                   AND b.validity @> CAST(:on AS date))
    """
)


@dataclass(frozen=True)
class Scope:
    """An area of comparison.

    `code`: its division, None for the nation; `area`: the built-up area as it was given.
    `is_wider`: the built-up area was not given, the whole city stands for it: nothing found is
    sure, something found may lie outside. `gap_zh`/`gap_en`: why "nothing found" cannot be said,
    or None where the area's names are all here.
    """

    id: str
    zh: str
    code: str | None
    is_wider: bool
    gap_zh: str | None
    gap_en: str | None
    area: BaseGeometry | None = None


@dataclass(frozen=True)
class Whereabouts:
    """Where a proposal lies: its point and the divisions around it, the smallest first."""

    lon: float | None
    lat: float | None
    units: tuple[Unit, ...]

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the divisions around."""
        return frozenset(unit.code for unit in self.units)

    def at_level(self, *levels: int) -> Unit | None:
        """The division around of the first of these levels that there is."""
        for level in levels:
            for unit in self.units:
                if unit.level == level:
                    return unit
        return None


def whereabouts(session: Session | Connection, proposal: Proposal, on: date) -> Whereabouts:
    """Answer where a proposal lies, from its division or else from its point.

    Raises BadInput for a bad point, NotFound for a division that is not stored.
    """
    lon, lat = proposal.lon, proposal.lat
    if lon is not None and lat is not None:
        check_point(lon, lat)
    if proposal.division is not None:
        code = code_of(session, proposal.division, on)
        around = ancestors(session, code, on)
        if not around:
            raise NotFound(
                both(f"{on} 库中没有区划 {code}。", f"division {code} is not stored on {on}")
            )
        return Whereabouts(lon, lat, tuple(around))
    if lon is None or lat is None:
        return Whereabouts(None, None, ())
    found = sorted(unit_at(session, lon, lat, on), key=lambda unit: -unit.level)
    if not found:
        return Whereabouts(lon, lat, ())
    return Whereabouts(lon, lat, tuple(ancestors(session, found[0].code, on)))


def scope_of(
    session: Session | Connection, kind: Kind, where: Whereabouts, lists: Lists, on: date,
    built_up: BaseGeometry | None = None,
) -> Scope:  # fmt: skip
    """Answer the area in which a kind's names are compared, and whether it is all here."""
    zh = SCOPES[kind.scope]
    if kind.scope == "nation":
        return Scope("nation", zh, None, False, *nation_gap(lists))
    levels: dict[str, Sequence[int]] = {
        "province": (1,), "county": (3,), "built_up": (2, 1), "city": (2, 1),
    }  # fmt: skip
    unit = where.at_level(*levels[kind.scope])
    if unit is None:
        gap = "未给出位置或所在区划，不能确定比对范围。", "no position or division was given"
        return Scope(kind.scope, zh, None, False, *gap)
    gap_zh = gap_en = None
    if kind.scope == "province" and not _holds(session, unit.code, lists, on):
        gap_zh = f"库中只有{unit.name}的一部分地名。"
        gap_en = f"only a part of the names of {unit.code} is stored"
    wider = kind.scope == "built_up" and built_up is None
    name = f"{zh}（{unit.name}" + ("全域，建成区范围未提供）" if wider else "）")
    return Scope(kind.scope, name, unit.code, wider, gap_zh, gap_en, built_up)


def nation_gap(lists: Lists) -> tuple[str | None, str | None]:
    """Why nothing can be said of the whole nation; None where the officer states all is loaded."""
    if "nation" in lists.complete:
        return None, None
    return (
        "库中没有全国地名，全国范围须另查国家地名信息库。",
        "the names of the nation are not here",
    )


def _holds(session: Session | Connection, code: str, lists: Lists, on: date) -> bool:
    if code in lists.complete or "nation" in lists.complete:
        return True
    return bool(session.execute(_HELD, {"code": code, "on": on}).scalar())
