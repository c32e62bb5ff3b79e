"""From which division to which does a trail of changes lead, and by what share? Pure, no database.

A unit on the trail is its code with its name: early codes changed hands. A share is known where a
change has one successor (all of it), or where a source states it; it is never made up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import prod

from geo.queries.succession import Event, Member
from geo.survey.changes.law import ends_units

Shares = Mapping[tuple[int, str, str], tuple[float | None, float | None]]
"""(event id, predecessor, successor) → stated shares of its area and of its people."""


@dataclass(frozen=True, slots=True)
class Step:
    """One predecessor and one successor of a change.

    share_area, share_people: how much of `old` came to `new`; None is unknown. into_superior: the
    source names only the superior as destination, so which units took it up is unknown.
    """

    event: Event
    old: Member
    new: Member
    share_area: float | None
    share_people: float | None
    into_superior: bool

    @property
    def words(self) -> str:
        """The step in Chinese: 320483 武进市 →(2002 撤市设区)→ 320412 武进区."""
        old, new = (_told(member) for member in (self.old, self.new))
        return f"{old} →({self.event.event_year} {self.event.kind})→ {new}"


@dataclass(frozen=True, slots=True)
class Trail:
    """Where one branch of a unit's history ends, and how it came there.

    share_area, share_people: of the unit at the beginning; None is unknown. ended: the last change
    ended the unit and names no destination; into_superior: a step on the way names only a superior.
    """

    end: Member
    steps: tuple[Step, ...]
    ended: Event | None

    @property
    def share_area(self) -> float | None:
        """Share of the area that took this branch."""
        return _product([step.share_area for step in self.steps])

    @property
    def share_people(self) -> float | None:
        """Share of the people that took this branch."""
        return _product([step.share_people for step in self.steps])

    @property
    def into_superior(self) -> bool:
        """Whether a step on the way names only the superior as destination."""
        return any(step.into_superior for step in self.steps)


class Succession:
    """The steps of some changes, to be walked in either direction."""

    def __init__(self, events: Iterable[Event], shares: Shares | None = None) -> None:
        self._shares = shares or {}
        self._after: dict[str, list[Step]] = defaultdict(list)
        self._before: dict[str, list[Step]] = defaultdict(list)
        self._ends: dict[str, list[tuple[Event, Member]]] = defaultdict(list)
        self._names: dict[str, set[str]] = defaultdict(set)
        for event in sorted(events, key=lambda one: (one.counted_from, one.id)):
            for member in (*event.predecessors, *event.successors):
                self._names[member.code].add(member.name)
            for old in event.predecessors:
                steps = _steps(event, old, self._shares)
                for step in steps:
                    self._after[old.code].append(step)
                    self._before[step.new.code].append(step)
                if not steps and ends_units(event):
                    self._ends[old.code].append((event, old))

    def names_of(self, code: str) -> list[str]:
        """Every name under which changes know a code."""
        return sorted(self._names.get(code, ()))

    def forward(self, start: Member, since: date | None, until: date) -> tuple[Trail, ...]:
        """Where a unit of the day `since` (None: the beginning) went by the day `until`.

        One trail for each branch; a unit that no change touches is its own end.
        """
        found: list[Trail] = []
        queue: list[tuple[Member, tuple[Step, ...]]] = [(start, ())]
        while queue:
            at, path = queue.pop(0)
            taken = {step.event.id for step in path}
            last = path[-1].event.counted_from if path else since
            fresh = [
                step for step in self._after.get(at.code, ())
                if step.old.name == at.name and step.event.id not in taken
                and _is_later(step.event, last, strictly=not path)
                and step.event.counted_from <= until
            ]  # fmt: skip
            if not fresh:
                found.append(Trail(at, path, self._ended(at, path, last, until)))
                continue
            queue += [(step.new, (*path, step)) for step in self._at_once(fresh)]
        return tuple(found)

    def backward(self, start: Member, until: date, since: date | None = None) -> tuple[Step, ...]:
        """Every step that led to a unit of the day `until`, the oldest first."""
        steps: dict[tuple[int, str, str], Step] = {}
        queue: list[tuple[Member, date]] = [(start, until)]
        while queue:
            at, day = queue.pop(0)
            for step in self._before.get(at.code, ()):
                key = (step.event.id, step.old.code, step.new.code)
                happened = step.event.counted_from
                is_new = key not in steps and step.new.name == at.name and happened <= day
                if is_new and (since is None or happened > since):
                    steps[key] = step
                    queue.append((step.old, happened))
        return tuple(sorted(steps.values(), key=lambda s: (s.event.counted_from, s.event.id)))

    def _at_once(self, fresh: list[Step]) -> list[Step]:
        """The steps of the first day among them; a source may tell one split as several changes.

        What then looks whole by itself is not: only stated shares remain.
        """
        day = fresh[0].event.counted_from
        first = {step.new.code: step for step in fresh if step.event.counted_from == day}
        if len({step.event.id for step in first.values()}) == 1:
            return list(first.values())
        return [
            step if (step.event.id, step.old.code, step.new.code) in self._shares
            else replace(step, share_area=None, share_people=None)
            for step in first.values()
        ]  # fmt: skip

    def _ended(
        self, at: Member, path: tuple[Step, ...], last: date | None, until: date
    ) -> Event | None:
        """The change that ended a unit and names no destination, if there is one."""
        for event, old in self._ends.get(at.code, ()):
            is_later = _is_later(event, last, strictly=not path)
            if old.name == at.name and is_later and event.counted_from <= until:
                return event
        return None


def _steps(event: Event, old: Member, shares: Shares) -> list[Step]:
    """The steps from one predecessor; where it goes on itself, also that one."""
    goes_on = not ends_units(event)
    targets = [new for new in event.successors if not goes_on or new.code != old.code]
    if goes_on and targets:
        targets = [old, *targets]
    single = len(targets) == 1
    made = []
    for new in targets:
        above = new.code == old.parent_code
        stated = shares.get((event.id, old.code, new.code))
        area, people = stated or ((1.0, 1.0) if single and not above else (None, None))
        made.append(Step(event, old, new, area, people, above))
    return made


def _is_later(event: Event, last: date | None, *, strictly: bool) -> bool:
    """Whether a change comes after what is known: strictly after the day that is asked about."""
    if last is None:
        return True
    return event.counted_from > last if strictly else event.counted_from >= last


def _product(shares: list[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return prod(known) if len(known) == len(shares) else None


def _told(member: Member) -> str:
    code = member.code[:6] if member.code.endswith("000000") else member.code
    return f"{code} {member.name}"
