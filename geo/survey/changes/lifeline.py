"""What was a division called, under which code, and since when?

Built on the stored versions and on the changes that tie codes together. A change that only takes a
unit up (撤销 into a neighbour) makes it part of the other's ground, not one of its names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geo.queries.admin import Reader, Unit, full_code, versions
from geo.queries.succession import Event, Member
from geo.survey.changes.law import law_kinds_of
from geo.survey.changes.succession import Step, Succession
from geo.survey.changes.trails import Trails

ITSELF, TAKEN_UP, WENT_INTO, BRANCH = "itself", "taken_up", "went_into", "branch"
ROLES_ZH = {
    ITSELF: "本单位",
    TAKEN_UP: "并入的单位",
    WENT_INTO: "归入的单位",
    BRANCH: "析出的单位",
}
Node = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Stage:
    """One state of a unit: its code, name and superior, from a day until another; None is unknown.

    role: the unit itself, one that it took up, one that it went into, or one that branched off.
    has_version False: known from changes only.
    """

    code: str
    name: str
    level: int | None
    parent_code: str | None
    valid_from: date | None
    valid_until: date | None
    role: str
    has_version: bool
    has_geometry: bool
    validity_note: str | None
    source: str | None
    source_date: date | None
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class LifeLine:
    """All names and codes of a unit through time, and the changes between them, oldest first.

    others: different units that bore the same code; their history is not in here.
    """

    code: str
    name: str
    on: date
    stages: tuple[Stage, ...]
    events: tuple[Event, ...]
    others: tuple[Member, ...]

    @property
    def has_synthetic(self) -> bool:
        """Some state is made up for demonstration."""
        return any(stage.is_synthetic for stage in self.stages)


def life_line(session: Reader, code: str, *, on: date, name: str | None = None) -> LifeLine:
    """The life line of the unit that bears a code on a day, or else bore it last.

    name: which unit is meant where a code changed hands. Raises NotFound for a code (with that
    name) that neither a version nor a change knows.
    """
    whole = full_code(code)
    trails = Trails(session, whole)
    start = trails.meant(name, on)
    roles, events = _kin(trails.succession, start, on)
    stages = _stages(session, roles, events)
    used = {event.id: event for event in events}
    others = [one for one in trails.known if (one.code, one.name) not in roles]
    return LifeLine(whole, start.name, on, stages, tuple(used.values()), tuple(others))


def _kin(
    succession: Succession, start: Member, on: date
) -> tuple[dict[Node, str], tuple[Event, ...]]:
    """The role of every unit tied to one, and the changes between them in order."""
    roles: dict[Node, str] = {(start.code, start.name): ITSELF}
    steps: dict[tuple[int, str, str], Step] = {}
    forward = [step for trail in succession.forward(start, None, on) for step in trail.steps]
    branches = {s.event.id for s in forward if _siblings(forward, s) > 1}
    for step in forward:
        before = roles.get((step.old.code, step.old.name), ITSELF)
        role = WENT_INTO if _only_ends(step) else BRANCH if step.event.id in branches else before
        roles.setdefault((step.new.code, step.new.name), role)
        steps[step.event.id, step.old.code, step.new.code] = step
    back = succession.backward(start, on)
    for step in reversed(back):
        after = roles.get((step.new.code, step.new.name), ITSELF)
        merged = _only_ends(step) or len(step.event.predecessors) > 1
        role = TAKEN_UP if merged else after
        roles.setdefault((step.old.code, step.old.name), role)
        steps[step.event.id, step.old.code, step.new.code] = step
    events = {step.event.id: step.event for step in steps.values()}
    return roles, tuple(sorted(events.values(), key=lambda e: (e.counted_from, e.id)))


def _siblings(steps: list[Step], one: Step) -> int:
    day = one.event.counted_from
    return len({s.new.code for s in steps if s.old == one.old and s.event.counted_from == day})


def _only_ends(step: Step) -> bool:
    """Whether a change only abolished the predecessor: its ground went to another unit."""
    return law_kinds_of(step.event) == ("abolish",) and step.old.code != step.new.code


def _stages(
    session: Reader, roles: dict[Node, str], events: tuple[Event, ...]
) -> tuple[Stage, ...]:
    """The stored versions of the units, and a stage from changes where none is stored."""
    stages: list[Stage] = []
    for code in {code for code, _ in roles}:
        for version in versions(session, code):
            role = roles.get((code, version.name))
            if role is not None:
                stages.append(_of_version(version, role))
    stored = {(stage.code, stage.name) for stage in stages}
    for node, role in roles.items():
        if node not in stored:
            stages.append(_of_events(node, role, events))
    return tuple(sorted(stages, key=lambda s: (s.valid_from or date.min, s.code)))


def _of_version(version: Unit, role: str) -> Stage:
    return Stage(
        version.code, version.name, version.level, version.parent_code, version.valid_from,
        version.valid_until, role, True, version.has_geometry, version.validity_note,
        version.source, version.source_date, version.is_synthetic,
    )  # fmt: skip


def _of_events(node: Node, role: str, events: tuple[Event, ...]) -> Stage:
    """A state that only changes tell of: from the one that made it to the one that ended it."""
    began = [e for e in events if node in {(m.code, m.name) for m in e.successors}]
    ended = [e for e in events if node in {(m.code, m.name) for m in e.predecessors}]
    told = [m for e in (*began, *ended) for m in (*e.successors, *e.predecessors)]
    parent = next((m.parent_code for m in told if (m.code, m.name) == node), None)
    source = next((e.source for e in (*began, *ended)), None)
    return Stage(
        *node, None, parent, began[0].counted_from if began else None,
        ended[-1].counted_from if ended else None, role, False, False,
        "仅见于变更资料 · known from changes only", source, None, False,
    )  # fmt: skip
