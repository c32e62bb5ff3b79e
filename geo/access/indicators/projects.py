"""How far are the building projects of a place, by class and by month?"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy import text

from geo.access.indicators.progress import STAGES as STAGES
from geo.access.indicators.progress import Progress as Progress
from geo.access.indicators.progress import Project as Project
from geo.access.indicators.progress import classes_of, stages_of
from geo.access.indicators.progress import progress_of as progress_of
from geo.queries.admin import BELOW, Reader, unit
from geo.sums import SumCheck, check_sum

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
class ProjectReport:
    """All projects of a place on a day, by class, and whether the classes add up to the total.

    check: of the numbers of projects; money_check: of the planned money, in yuan.
    """

    city: str
    on: date
    rows: tuple[Project, ...]
    classes: tuple[Progress, ...]
    total: Progress
    check: SumCheck
    sources: tuple[str, ...]
    computed_at: datetime
    money_check: SumCheck | None = None
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
    """The state of all projects at the end of a month (or today, in the current one).

    classes: the same by class. stages: how many stand at each stage, 未知 where none is told.
    """

    month: str
    on: date
    progress: Progress
    newly_begun: int
    newly_finished: int
    classes: tuple[Progress, ...] = ()
    stages: dict[str, int] = field(default_factory=dict)


def projects_report(
    session: Reader,
    *,
    city: str,
    on: date,
    stated_total: int | None = None,
    stated_planned_cny: float | None = None,
) -> ProjectReport:
    """The projects of a city (or any division) that are on record on a day, for staff.

    stated_total, stated_planned_cny: how many there are to be, and how much money, by the
    programme; both are checked against the sum of the classes. Raises NotFound for an unknown
    division.
    """
    place = unit(session, city, on)
    rows = _read(session, place.code, on, on)
    classes = classes_of(rows, on)
    total = progress_of("合计", rows, on)
    stated = total.projects if stated_total is None else stated_total
    return ProjectReport(
        place.code, on, tuple(rows), classes, total,
        check_sum(stated, [one.projects for one in classes]),
        tuple(sorted({f"{r.source or '未知'}（{r.source_date or '日期未知'}）" for r in rows})),
        datetime.now(UTC),
        check_sum(
            total.planned_all_cny if stated_planned_cny is None else stated_planned_cny,
            [one.planned_all_cny for one in classes],
        ),
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
                classes_of(rows, end), stages_of(rows),
            )
        )  # fmt: skip
    return tuple(table)


def _read(session: Reader, code: str, on: date, as_of: date) -> list[Project]:
    rows = session.execute(_PROJECTS, {"code": code, "on": on, "as_of": as_of})
    return [Project(**row._mapping) for row in rows]
