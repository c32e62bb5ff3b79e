"""How do building projects look, one by one, by class and by month?"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from pydantic import Field

from api.schemas.answers import Answer
from api.schemas.standards.rules import SumTold, common, sum_told
from geo.access.indicators import ProjectReport
from geo.access.indicators.projects import METHOD, METHOD_EN, Month, Progress, Project


class ProjectTold(Answer):
    """One project; money in yuan."""

    code: str
    name: str
    project_class: str | None
    lead_role: str | None
    stage: str | None
    progress_percent: float | None
    funding_planned_cny: float | None
    funding_paid_cny: float | None
    funding_source: str | None
    started_on: date | None
    due_on: date | None
    finished_on: date | None
    facility_code: str | None
    district_code: str | None
    lon: float | None
    lat: float | None
    source: str | None
    source_date: date | None
    is_synthetic: bool
    has_begun: bool | None
    is_overdue: bool | None


class ProgressTold(Answer):
    """Projects of a class in numbers."""

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
    planned_all_cny: float | None = Field(description="planned, of all projects that state it")
    has_synthetic: bool
    start_rate: float | None
    paid_share: float | None


class ProjectsAnswer(Answer):
    """All projects, by class."""

    city: str
    on: date
    rows: list[ProjectTold]
    classes: list[ProgressTold]
    total: ProgressTold
    check: SumTold = Field(description="do the classes add up to the number of projects")
    money_check: SumTold | None = Field(description="the same of planned money, yuan")
    method: str
    method_en: str
    sources: list[str]
    has_synthetic: bool
    computed_at: datetime


class MonthTold(Answer):
    """All projects at the end of a month, by class, and what began and ended in it."""

    month: str
    on: date = Field(description="the last day of the month; of the current one, the day asked")
    newly_begun: int
    newly_finished: int
    total: ProgressTold
    classes: list[ProgressTold]
    stages: dict[str, int] = Field(description="stage → projects; 未知: none is told")


class MonthlyAnswer(Answer):
    """The table by month of a year, up to the day asked."""

    city: str
    year: int
    on: date
    months: list[MonthTold]
    method: str
    method_en: str
    has_synthetic: bool


def months_told(found: tuple[Month, ...], city: str, year: int, on: date) -> dict[str, Any]:
    """The table by month as it is told."""
    return {
        "city": city, "year": year, "on": on,
        "months": [
            {"month": one.month, "on": one.on, "newly_begun": one.newly_begun,
             "newly_finished": one.newly_finished, "total": _progress(one.progress),
             "classes": [_progress(row) for row in one.classes], "stages": one.stages}
            for one in found
        ],
        "method": METHOD, "method_en": METHOD_EN,
        "has_synthetic": any(one.progress.has_synthetic for one in found),
    }  # fmt: skip


def projects_told(found: ProjectReport) -> dict[str, Any]:
    """Projects as they are told."""
    return {
        **common(found, ProjectsAnswer),
        "rows": [_project(row, found.on) for row in found.rows],
        "classes": [_progress(row) for row in found.classes],
        "total": _progress(found.total),
        "check": sum_told(found.check),
        "money_check": None if found.money_check is None else sum_told(found.money_check),
    }


def _project(row: Project, on: date) -> dict[str, Any]:
    return {**asdict(row), "has_begun": row.has_begun(on), "is_overdue": row.is_overdue(on)}


def _progress(row: Progress) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ProgressTold.model_fields}
