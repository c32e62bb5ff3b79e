"""How do building projects look, one by one, by class and by month?"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from api.schemas.answers import Answer
from api.schemas.standards.rules import SumTold, common, sum_told
from geo.access.indicators import ProjectReport
from geo.access.indicators.projects import Progress, Project


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
    check: SumTold
    method: str
    method_en: str
    sources: list[str]
    has_synthetic: bool
    computed_at: datetime


def projects_told(found: ProjectReport) -> dict[str, Any]:
    """Projects as they are told."""
    return {
        **common(found, ProjectsAnswer),
        "rows": [_project(row, found.on) for row in found.rows],
        "classes": [_progress(row) for row in found.classes],
        "total": _progress(found.total),
        "check": sum_told(found.check),
    }


def _project(row: Project, on: date) -> dict[str, Any]:
    return {**asdict(row), "has_begun": row.has_begun(on), "is_overdue": row.is_overdue(on)}


def _progress(row: Progress) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ProgressTold.model_fields}
