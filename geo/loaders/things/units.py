"""Which stored division does a row mean by a name or a code, and is that code right on the day?

A name is never enough by itself: it counts within the stated superior, or within the division in
which the shape lies. An old code is followed through the succession events to today's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from geo.loaders.staging import Target
from geo.text import core


@dataclass(frozen=True, slots=True)
class Unit:
    """A stored division as far as matching needs it."""

    code: str
    name: str
    level: int
    parent_code: str | None


def units_in_force(session: Target, on: date) -> dict[str, Unit]:
    """Every division in force on the day, by its 12-digit code."""
    rows = session.execute(
        text(
            "SELECT code, name, level, parent_code FROM admin_unit "
            "WHERE validity @> CAST(:on AS date)"
        ),
        {"on": on},
    )
    return {row.code: Unit(row.code, row.name, row.level, row.parent_code) for row in rows}


@dataclass(frozen=True, slots=True)
class CodeFinding:
    """What a delivered code means on the day.

    `code` is the code in force, None where it is not known or not settled; `path` shows how an old
    code led there; `choices` are the successors of a code that several followed.
    """

    code: str | None
    path: str | None = None
    choices: tuple[str, ...] = ()


_EVENTS = text("""
SELECT p.code AS old_code, p.name AS old_name, s.code, s.name, e.kind, e.event_year
FROM succession_member p JOIN succession_event e ON e.id = p.event_id
JOIN succession_member s ON s.event_id = e.id AND s.side = 'successor'
WHERE p.side = 'predecessor' AND e.event_year <= :year ORDER BY e.event_year, e.id
""")


def find_codes(
    session: Target, codes: Iterable[str], on: date, units: dict[str, Unit]
) -> dict[str, CodeFinding]:
    """What each code means on the day: itself when in force, else its one successor in force."""
    wanted = set(codes)
    found = {code: CodeFinding(code) for code in wanted if code in units}
    if missing := wanted - found.keys():
        after: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in session.execute(_EVENTS, {"year": on.year}):
            if row.old_code != row.code:
                step = f"{row.old_code[:6]} {row.old_name} →({row.event_year} {row.kind})→ "
                after[row.old_code].append((row.code, f"{step}{row.code[:6]} {row.name}"))
        found |= {code: _follow(code, after, units) for code in missing}
    return found


def _follow(
    code: str, after: dict[str, list[tuple[str, str]]], units: dict[str, Unit]
) -> CodeFinding:
    """Walk from an old code to the codes in force; several ends are choices, not an answer."""
    ends: dict[str, str] = {}
    seen = {code}
    queue: list[tuple[str, str]] = [(code, "")]
    while queue:
        at, path = queue.pop(0)
        for successor, step in after.get(at, []):
            longer = f"{path}; {step}" if path else step
            if successor in units:
                ends.setdefault(successor, longer)
            elif successor not in seen:
                seen.add(successor)
                queue.append((successor, longer))
    if len(ends) == 1:
        [(end, path)] = ends.items()
        return CodeFinding(end, path)
    return CodeFinding(None, None, tuple(f"{c[:6]} {units[c].name}" for c in sorted(ends)))


class UnitNames:
    """Divisions by the names that a delivery may use for them."""

    def __init__(self, units: dict[str, Unit]) -> None:
        self.units = units
        self._by_name: dict[str, list[Unit]] = defaultdict(list)
        for unit in units.values():
            self._by_name[unit.name].append(unit)

    def named(self, stated: str) -> list[Unit]:
        """The divisions whose name is the stated one, or its end (上海市杨浦区 → 杨浦区)."""
        exact = self._by_name.get(stated, [])
        if exact:
            return exact
        for start in range(1, len(stated) - 1):
            if found := self._by_name.get(stated[start:]):
                return self._below_named(found, stated[:start])
        return []

    def _below_named(self, units: list[Unit], before: str) -> list[Unit]:
        """Of equally named units those whose superior's name the words before end with."""
        fitting = [
            unit for unit in units
            if any(before.endswith(above.name) for above in self.above(unit))
        ]  # fmt: skip
        return fitting or units

    def above(self, unit: Unit) -> list[Unit]:
        """The superiors of a unit, the nearest first."""
        found: list[Unit] = []
        while unit.parent_code in self.units and len(found) < 5:
            unit = self.units[unit.parent_code]
            found.append(unit)
        return found

    def below(self, superior: Unit) -> list[Unit]:
        """Every division somewhere below the superior."""
        return [unit for unit in self.units.values() if self.is_below(unit, superior)]

    def is_below(self, unit: Unit, superior: Unit) -> bool:
        """Whether the superior stands anywhere above the unit."""
        return any(above.code == superior.code for above in self.above(unit))


_OFFICE = re.compile(r"(地区|街道)?办事处$|地区$|街道$")


def is_same_but_ending(name: str, other: str) -> bool:
    """Whether two names differ only in their generic ending or in superiors written before.

    良乡地区办事处 and 良乡镇 do; 宛平城地区办事处 and 宛平街道 do not.
    """
    if min(len(name), len(other)) > 2 and (name.endswith(other) or other.endswith(name)):
        return True
    return any(len(stem) > 1 for stem in _stems(name) & _stems(other))


def _stems(name: str) -> set[str]:
    bare = _OFFICE.sub("", name)
    return {bare, core(bare)} | ({core(name)} if bare == name else set())
