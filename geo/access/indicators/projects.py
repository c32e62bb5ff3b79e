"""How far are the building projects: begun, finished, paid, overdue, by class and by month?

start rate = begun ÷ (begun + not begun); whose beginning is unknown stands beside it
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import text

from geo.queries.admin import BELOW, Reader, unit
from geo.sums import SumCheck, check_sum

STAGES = ("立项", "动工", "主体", "装修", "验收", "投用")
"""The stages in their order; from 动工 on a project has begun."""

METHOD = (
    "已开工：开工日期不晚于统计日，或阶段在动工及以后；阶段与开工日期都没有的为未知，不计入开工率；"
    "逾期：计划完工日已过而没有完工日期、阶段不是投用；资金为元，以统计日有效的记录为准。"
)
METHOD_EN = (
    "Begun: the start lies no later than the day, or the stage is 动工 or beyond; a project with "
    "neither is unknown and left out of the start rate. Overdue: the due date is past, there is no "
    "completion date and the stage is not 投用. Money is in yuan, by the version of the day."
)

# A row is the version in force on the day; a start or completion after the day is not yet true.
_PROJECTS = text(
    f"""WITH RECURSIVE {BELOW},
    district AS MATERIALIZED (
        SELECT u.code, u.geom FROM below b
        JOIN admin_unit u ON u.code = b.code AND u.validity @> CAST(:on AS date)
        WHERE u.level = 3)
    SELECT p.code, p.name, p.project_class, p.lead_role, p.stage, p.progress_percent,
        CAST(p.funding_planned_cny AS float8) AS funding_planned_cny,
        CAST(p.funding_paid_cny AS float8) AS funding_paid_cny,
        p.funding_source, p.started_on, p.due_on, p.finished_on, p.facility_code, coalesce(
            (SELECT min(d.code) FROM district d WHERE ST_Intersects(d.geom, p.geom)),
            (SELECT d.code FROM district d WHERE d.code = p.admin_code),
            (SELECT u.parent_code FROM admin_unit u WHERE u.code = p.admin_code AND u.level = 4
               AND u.validity @> CAST(:on AS date))) AS district_code,
        ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat, p.source, p.source_date, p.is_synthetic
    FROM construction_project p
    WHERE p.validity @> CAST(:as_of AS date)
      AND (p.admin_code IN (SELECT code FROM below)
        OR EXISTS (SELECT FROM district d WHERE ST_Intersects(d.geom, p.geom)))
    ORDER BY p.code"""
)


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
    """One class of projects (or all): counts, money (yuan), and how much of it is known."""

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


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """All projects of a place on a day, by class, and whether the classes add up to the total."""

    city: str
    on: date
    rows: tuple[Project, ...]
    classes: tuple[Progress, ...]
    total: Progress
    check: SumCheck
    sources: tuple[str, ...]
    computed_at: datetime
    method: str = METHOD
    method_en: str = METHOD_EN

    @property
    def has_synthetic(self) -> bool:
        """Some project is made up for demonstration."""
        return self.total.has_synthetic

    @property
    def overdue(self) -> tuple[Project, ...]:
        """The overdue ones, the longest overdue first."""
        late = [row for row in self.rows if row.is_overdue(self.on)]
        return tuple(sorted(late, key=lambda row: (row.due_on or date.max, row.code)))


@dataclass(frozen=True, slots=True)
class Month:
    """The state of all projects at the end of a month (or today, in the current one)."""

    month: str
    on: date
    progress: Progress
    newly_begun: int
    newly_finished: int


def progress_of(name: str, projects: Sequence[Project], on: date) -> Progress:
    """Count a set of projects on a day."""
    begun = [project.has_begun(on) for project in projects]
    both = [
        (p.funding_planned_cny, p.funding_paid_cny)
        for p in projects
        if p.funding_planned_cny is not None and p.funding_paid_cny is not None
    ]
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
    )


def projects_report(
    session: Reader, *, city: str, on: date, stated_total: int | None = None
) -> ProjectReport:
    """The projects of a city (or any division) that are on record on a day, for staff.

    stated_total: how many there are to be by the programme; it is checked against the sum of the
    classes. Raises NotFound for an unknown division.
    """
    place = unit(session, city, on)
    rows = _read(session, place.code, on, on)
    classes = tuple(
        progress_of(name, [row for row in rows if (row.project_class or "未分类") == name], on)
        for name in sorted({row.project_class or "未分类" for row in rows})
    )
    total = progress_of("合计", rows, on)
    stated = total.projects if stated_total is None else stated_total
    return ProjectReport(
        place.code, on, tuple(rows), classes, total,
        check_sum(stated, [one.projects for one in classes]),
        tuple(sorted({f"{r.source or '未知'}({r.source_date or '日期未知'})" for r in rows})),
        datetime.now(UTC),
    )  # fmt: skip


def monthly(session: Reader, *, city: str, year: int, until: date) -> tuple[Month, ...]:
    """The table by month of a year, up to the month of `until`: for the monthly report.

    Every month's row rests on the versions that were in force at its end, so that money paid grows
    as it was recorded then.
    """
    place = unit(session, city, until)
    table = []
    for month in range(1, 13):
        start = date(year, month, 1)
        if start > until:
            break
        end = min(date(year, month, calendar.monthrange(year, month)[1]), until)
        rows = _read(session, place.code, until, end)
        table.append(
            Month(
                f"{year}-{month:02d}", end, progress_of("合计", rows, end),
                sum(r.started_on is not None and start <= r.started_on <= end for r in rows),
                sum(r.finished_on is not None and start <= r.finished_on <= end for r in rows),
            )
        )  # fmt: skip
    return tuple(table)


def _read(session: Reader, code: str, on: date, as_of: date) -> list[Project]:
    rows = session.execute(_PROJECTS, {"code": code, "on": on, "as_of": as_of})
    return [Project(**row._mapping) for row in rows]
