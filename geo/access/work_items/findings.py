"""Which gaps, missing facilities, estates, checks and projects call for work?"""

from __future__ import annotations

from geo.access.estates.facts import FAIL, EstateReport
from geo.access.indicators.projects import ProjectReport
from geo.access.indicators.safety import FireReport
from geo.access.radius.gap import Gaps
from geo.access.radius.question import kind_name
from geo.access.standards.must_have import LACKING, Missing
from geo.access.work_items.steps import Finding


def of_gaps(found: Gaps, least: float) -> list[Finding]:
    """The uncovered stretches with at least so many people aged 60 and over."""
    asked = found.coverage.question
    made = []
    for gap in found.gaps:
        if gap.people_60 is not None and gap.people_60 >= least:
            point = gap.shape.representative_point()
            made.append(
                Finding(
                    "gap",
                    f"{kind_name(asked.kind)} {asked.radius_m:g} 米未覆盖，60 岁以上约 "
                    f"{gap.people_60:,.0f} 人，{gap.area_name}",
                    "gap",
                    f"{asked.kind}:{asked.radius_m:g}:{gap.area_code}:{point.x:.4f},{point.y:.4f}",
                    gap.area_code if gap.area_code.isdigit() else None,
                    point.x,
                    point.y,
                    source="atlas gaps",
                    is_synthetic=found.coverage.has_synthetic,
                )
            )
    return made


def of_missing(found: Missing) -> list[Finding]:
    """Units that lack what they must have; unknown ones call for no work."""
    titles = {rule.code: rule.title for rule in found.rules}
    return [
        Finding(
            "missing_facility",
            f"{row.area_name}：缺 {titles[row.rule_code]}",
            "admin_unit",
            f"{row.rule_code}:{row.area_code}",
            row.area_code if row.area_code.isdigit() else row.parent_code,
            source="atlas missing",
            is_synthetic=found.has_synthetic,
        )
        for row in found.rows
        if row.status == LACKING
    ]


def of_estates(found: EstateReport) -> list[Finding]:
    """Estates that fail; those that are unknown have to be looked up first."""
    return [
        Finding(
            "estate",
            f"{check.estate.name}：配建不达标",
            "estate",
            check.estate.code,
            check.estate.district_code or found.city,
            check.estate.lon,
            check.estate.lat,
            source="atlas estates",
            is_synthetic=check.estate.is_synthetic,
        )
        for check in found.rows
        if check.status == FAIL
    ]


def of_fire(found: FireReport) -> list[Finding]:
    """Homes whose fire check is overdue."""
    return [
        Finding(
            "fire_overdue",
            f"{row.name}：消防检查逾期，应于 {row.next_check_on} 前",
            "facility",
            row.code,
            row.district_code,
            row.lon,
            row.lat,
            source="atlas fire",
            is_synthetic=row.is_synthetic,
        )
        for row in found.overdue
    ]


def of_projects(found: ProjectReport) -> list[Finding]:
    """Projects that should have been finished."""
    return [
        Finding(
            "project_overdue",
            f"{project.name}：逾期，应于 {project.due_on} 完工",
            "construction_project",
            project.code,
            project.district_code or found.city,
            project.lon,
            project.lat,
            source="atlas projects",
            is_synthetic=project.is_synthetic,
        )
        for project in found.overdue
    ]
