"""Which states did each division have, and since when? Derived from yearly change events.

The events know years, not days: a change of year Y is counted from 1 January of Y, and the version
says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from geo.loaders.city.changes import ABOLISHED, Change, Member

Node = tuple[str, str]
"""A unit of the event list: its 6-digit code and its name, since early codes changed hands."""

KEEPS_UNITS = {"驻地迁移", "区划调整", "划转"}
"""Kinds of event that begin and end no unit."""

START_UNKNOWN = "起始日期未知（所用资料始于 1980 年） · start unknown: the source begins in 1980"
YEAR_ONLY = (
    "{} 年变更，具体日期未知，自当年 1 月 1 日计 · only the year is known, counted from 1 January"
)
RETURN_UNKNOWN = (
    "资料未载何时恢复，自上次撤销计 · the source does not say when it came back; from its last end"
)
END_UNKNOWN = (
    "已撤销，日期未知，早于资料日期 · abolished on an unknown day before the date of the source"
)


@dataclass(frozen=True, slots=True)
class UnitVersion:
    """One state of a division by its code; years None = unknown or lasting."""

    code: str
    name: str
    level: int
    parent: str | None
    start_year: int | None
    end_year: int | None
    ended: bool = False
    note: str | None = None

    @property
    def validity_note(self) -> str | None:
        """What is not known about the dates."""
        notes = []
        if self.start_year is None:
            notes.append(START_UNKNOWN)
        years = [year for year in (self.start_year, self.end_year) if year is not None]
        if years:
            notes.append(YEAR_ONLY.format("、".join(map(str, years))))
        if self.ended and self.end_year is None:
            notes.append(END_UNKNOWN)
        return "; ".join(notes) or None


@dataclass(frozen=True, slots=True)
class Kin:
    """The events and codes that belong to the history of some units."""

    numbers: frozenset[int]
    codes: frozenset[str]


def kin_of(changes: Iterable[Change], units: Iterable[Node], city: str) -> Kin:
    """What leads to the units or happened under the city, with every superior of that time.

    Predecessors are followed back as far as the events go, over links that are not in doubt. Of
    each code all events are taken, so that its versions do not depend on who asks for it.
    """
    changes = list(changes)
    into: dict[Node, list[Change]] = defaultdict(list)
    queue = list(units)
    for change in changes:
        if change.new:
            into[(change.new.code, change.new.name)].append(change)
        for side in (change.old, change.new):
            if side and side.parent == city:
                queue.append((side.code, side.name))
    seen: set[Node] = set()
    while queue:
        node = queue.pop()
        if node not in seen:
            seen.add(node)
            before = [change for change in into[node] if change.old and not change.doubt]
            queue += [(change.old.code, change.old.name) for change in before if change.old]
    codes = {code for code, _ in seen}
    codes |= {
        side.parent
        for change in changes
        for side in (change.old, change.new)
        if side and side.parent and (side.code, side.name) in seen
    }
    return Kin(frozenset(_numbers(changes, codes)), frozenset(codes))


def _numbers(changes: list[Change], codes: set[str]) -> set[int]:
    """The events that touch the codes, and those that the judging of these rests on.

    That is: where the destinations of abolitions began, and provinces that were set up.
    """
    kept = [c for c in changes if any(side and side.code in codes for side in (c.old, c.new))]
    grounds = {change.new.code for change in kept if change.new and change.kind == ABOLISHED}
    grounds |= {f"{change.new.code[:2]}0000" for change in kept if change.new}
    return {change.number for change in kept} | {
        change.number
        for change in changes
        if change.new and change.new.code in grounds and change.kind != ABOLISHED
    }


@dataclass
class _Timeline:
    """What the events say about one code: year, what happened, state, doubt."""

    marks: list[tuple[int, int, Member, str | None]] = field(default_factory=list)
    level: int = 3


_ENDS, _BEGINS, _GROWS = range(3)


def derive_versions(
    changes: Iterable[Change],
    codes: Iterable[str],
    today: Mapping[str, Member],
    levels: Mapping[str, int],
) -> list[UnitVersion]:
    """The states of the given codes, oldest first for each code.

    `today` holds the units that exist now with their present superior; `levels` their levels.
    A code that the events leave open but that does not exist today is closed without a year. A
    unit that takes up another one begins a new version: its territory changed.
    """
    timelines: dict[str, _Timeline] = defaultdict(_Timeline)

    def mark(change: Change, what: int, side: Member, doubt: str | None = None) -> None:
        timelines[side.code].marks.append((change.year, what, side, doubt))
        if what != _GROWS:
            timelines[side.code].level = change.level

    for change in changes:
        if change.kind in KEEPS_UNITS:
            continue
        is_other_unit = change.doubt is not None and change.kind != ABOLISHED
        if change.old and not is_other_unit:
            mark(change, _ENDS, change.old)
        if change.new and change.kind != ABOLISHED:
            mark(change, _BEGINS, change.new, _origin_note(change))
        elif change.new and change.old and not (change.doubt or change.method):
            is_superior = change.new.code == change.old.parent
            if not is_superior:
                mark(change, _GROWS, change.new)
    return [
        version
        for code in sorted(codes)
        for version in _versions_of(
            code, levels.get(code, timelines[code].level), timelines[code], today.get(code)
        )
    ]


def _origin_note(change: Change) -> str | None:
    """Why the source's predecessor of a doubtful change is not taken as one."""
    if not change.doubt or not change.old:
        return None
    return f"资料中该变更的前身为「{change.old.name}」（{change.old.code}）：{change.doubt}"


def _versions_of(
    code: str, level: int, timeline: _Timeline, now: Member | None
) -> list[UnitVersion]:
    """Walk along one code's marks; an end without a beginning began before the source does."""
    versions: list[UnitVersion] = []
    state: Member | None = None
    start: int | None = None
    note: str | None = None
    for year, what, member, doubt in sorted(timeline.marks, key=lambda mark: mark[:2]):
        if what == _ENDS:
            if state is None and versions:
                start, note = versions[-1].end_year, RETURN_UNKNOWN
            versions.append(_version(code, level, state or member, start, year, note))
            state, start, note = None, None, None
        elif what == _GROWS:
            grown = state or now
            if grown is not None and start != year and not (state is None and versions):
                versions.append(_version(code, level, grown, start, year, note))
                state, start, note = grown, year, None
        elif state is None:
            state, start, note = member, year, doubt
        elif (state.name, state.parent) != (member.name, member.parent):
            versions.append(_version(code, level, state, start, year, note))
            state, start, note = member, year, doubt
    if now is not None:
        if state is None and versions:
            # The events end a unit that today's polygons still show: its last state goes on.
            last = versions.pop()
            start, note = last.start_year, last.note
        if state is not None and state.name != now.name:
            note = f"变更资料中名为「{state.name}」 · named {state.name} in the change events"
        versions.append(UnitVersion(code, now.name, level, now.parent, start, None, False, note))
    elif state is not None:
        versions.append(_version(code, level, state, start, None, note))
    return [v for v in versions if v.start_year is None or v.start_year != v.end_year]


def _version(
    code: str, level: int, state: Member, start: int | None, end: int | None, note: str | None
) -> UnitVersion:
    return UnitVersion(code, state.name, level, state.parent, start, end, True, note)


def parents_named_in(changes: Iterable[Change]) -> dict[str, str]:
    """Names of superior units by code as the paths of the newest events spell them out."""
    names: dict[str, str] = {}
    for change in sorted(changes, key=lambda change: change.year):
        sides = [(change.new, change.new_path)]
        if not change.doubt:
            sides.append((change.old, change.old_path))
        for side, path in sides:
            is_spelt = side and side.parent and not side.parent.endswith("0000")
            if side and side.parent and is_spelt and len(path) >= 2 and path[-1] == side.name:
                names[side.parent] = path[-2]
    return names
