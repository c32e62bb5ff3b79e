"""How far is a set of building projects: begun, finished, overdue, paid?

start rate = begun ÷ (begun + not begun); whose beginning is unknown stands beside it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

STAGES = ("立项", "动工", "主体", "装修", "验收", "投用")
"""The stages in their order; from 动工 on a project has begun."""


@dataclass(frozen=True, slots=True)
class Project:
    """One project as it is recorded; None is unknown, money is in yuan."""

    code: str
    name: str
    project_class: str | None = None
    lead_role: str | None = None
    stage: str | None = None
    progress_percent: float | None = None
    funding_planned_cny: float | None = None
    funding_paid_cny: float | None = None
    funding_source: str | None = None
    started_on: date | None = None
    due_on: date | None = None
    finished_on: date | None = None
    facility_code: str | None = None
    district_code: str | None = None
    lon: float | None = None
    lat: float | None = None
    source: str | None = None
    source_date: date | None = None
    is_synthetic: bool = False

    def has_begun(self, on: date) -> bool | None:
        """Whether works had begun on a day; None where neither a date nor a stage says so."""
        if self.started_on is not None:
            return self.started_on <= on
        if self.stage not in STAGES:
            return None
        return STAGES.index(self.stage) >= 1

    def is_finished(self, on: date) -> bool:
        """Whether it was finished on a day: by its date, else by its stage."""
        if self.finished_on is not None:
            return self.finished_on <= on
        return self.stage == STAGES[-1]

    def is_overdue(self, on: date) -> bool | None:
        """Whether it should have been finished before the day; None without a due date."""
        return None if self.due_on is None else self.due_on < on and not self.is_finished(on)


@dataclass(frozen=True, slots=True)
class Progress:
    """One class of projects (or all): counts, money (yuan), and how much of it is known.

    planned_cny, paid_cny: of projects of which both are known; planned_all_cny: of all that state
    what is planned.
    """

    name: str
    projects: int
    begun: int
    not_begun: int
    begun_unknown: int
    finished: int
    overdue: int
    without_due_date: int
    planned_cny: float | None
    paid_cny: float | None
    money_unknown: int
    has_synthetic: bool
    planned_all_cny: float | None = None

    @property
    def start_rate(self) -> float | None:
        """Begun of those of which it is known."""
        known = self.begun + self.not_begun
        return self.begun / known if known else None

    @property
    def paid_share(self) -> float | None:
        """Paid of planned, over projects of which both are known."""
        if not self.planned_cny or self.paid_cny is None:
            return None
        return self.paid_cny / self.planned_cny


def progress_of(name: str, projects: Sequence[Project], on: date) -> Progress:
    """Count a set of projects on a day."""
    begun = [project.has_begun(on) for project in projects]
    both = [
        (p.funding_planned_cny, p.funding_paid_cny)
        for p in projects
        if p.funding_planned_cny is not None and p.funding_paid_cny is not None
    ]
    stated = [p.funding_planned_cny for p in projects if p.funding_planned_cny is not None]
    return Progress(
        name,
        len(projects),
        sum(state is True for state in begun),
        sum(state is False for state in begun),
        sum(state is None for state in begun),
        sum(project.is_finished(on) for project in projects),
        sum(project.is_overdue(on) is True for project in projects),
        sum(project.due_on is None for project in projects),
        sum(planned for planned, _ in both) if both else None,
        sum(paid for _, paid in both) if both else None,
        len(projects) - len(both),
        any(project.is_synthetic for project in projects),
        sum(stated) if stated else None,
    )


def classes_of(rows: Sequence[Project], on: date) -> tuple[Progress, ...]:
    """The same by class, by name; a project that tells none is 未分类."""
    return tuple(
        progress_of(name, [row for row in rows if (row.project_class or "未分类") == name], on)
        for name in sorted({row.project_class or "未分类" for row in rows})
    )


def stages_of(rows: Sequence[Project]) -> dict[str, int]:
    """Stage → number of projects, in the order of the works; other words and 未知 come last."""
    told = [row.stage or "未知" for row in rows]
    names = [*STAGES, *sorted(set(told) - {*STAGES, "未知"}), "未知"]
    return {name: told.count(name) for name in names if name in told}
