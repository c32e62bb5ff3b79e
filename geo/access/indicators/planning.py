"""What do estates, projects and work items give as indicators, district by district?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from geo.access.estates import estates_checked
from geo.access.indicators.catalogue import Indicator
from geo.access.indicators.counted import Asked, Counted, areas_of, named
from geo.access.indicators.projects import Progress, Project, progress_of, projects_report
from geo.access.work_items import VERIFIED, work_items
from geo.queries.admin import Reader


def estate_pass_rate(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """Estates that pass, of those that could be judged; those not due yet do not count."""
    found = estates_checked(session, city=asked.city, on=asked.on)
    rates = {rate.area_code: rate for rate in found.districts} | {asked.city: found.total}
    made = []
    sources = frozenset(found.sources)
    for area in areas_of(session, asked):
        rate = rates.get(area.code)
        counts = (0, 0, 0) if rate is None else (rate.passed, rate.judged, rate.unknown)
        is_synthetic = rate is not None and rate.has_synthetic
        made.append(Counted(area.code, area.name, *counts, is_synthetic, sources))
    return made


def project_start_rate(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """Projects that have begun, of those of which it is known."""
    return _projects(session, asked, lambda p: (p.begun, p.begun + p.not_begun, p.begun_unknown))


def project_overdue_share(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """Overdue projects of those that have a due date."""
    return _projects(
        session, asked, lambda p: (p.overdue, p.projects - p.without_due_date, p.without_due_date)
    )


def project_paid_share(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """Yuan paid of yuan planned, over projects of which both are known."""
    return _projects(
        session, asked, lambda p: (p.paid_cny or 0, p.planned_cny or 0, p.money_unknown)
    )


def work_verified_share(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """Work items found by the day that are verified."""
    items = work_items(session, within=asked.city, on=asked.on)
    made = []
    for area in areas_of(session, asked):
        mine = [i for i in items if area.code in (asked.city, i.district_code)]
        made.append(
            Counted(
                area.code, area.name, sum(item.state == VERIFIED for item in mine), len(mine), 0,
                any(item.is_synthetic for item in mine),
                frozenset(item.source or "来源未知" for item in mine),
            )
        )  # fmt: skip
    return made


Sums = Callable[[Progress], tuple[float, float, int]]


def _projects(session: Reader, asked: Asked, sums: Sums) -> list[Counted]:
    """Count the projects of each area: numerator, denominator, unknown."""
    report = projects_report(session, city=asked.city, on=asked.on)
    made = []
    for area in areas_of(session, asked):
        mine: Sequence[Project] = [
            row for row in report.rows if area.code in (asked.city, row.district_code)
        ]
        part, whole, unknown = sums(progress_of(area.name, mine, asked.on))
        made.append(
            Counted(
                area.code, area.name, part, whole, unknown, any(row.is_synthetic for row in mine),
                frozenset(named(row.source, row.source_date) for row in mine),
            )
        )  # fmt: skip
    return made
