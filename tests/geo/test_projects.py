"""Are projects counted as begun, finished, overdue and paid, with what is unknown apart?"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from geo.access.indicators import compute_indicator, monthly, projects_report
from geo.access.indicators.projects import Project, progress_of
from tests.factories import during, make_city, make_project, make_unit

TODAY = date(2026, 6, 15)


@pytest.fixture
def town(session: Session) -> Session:
    make_city(session)
    make_unit(session, "320402000000")
    return session


def many(session: Session, count: int, **given) -> None:
    for _ in range(count):
        make_project(session, **given)


def test_nineteen_projects_in_four_classes(town: Session) -> None:
    """2 + 10 + 5 + 2 = 19; both new ones have begun, seven of the ten that are extended."""
    many(town, 2, project_class="新建", stage="动工")
    many(town, 7, project_class="改扩建", started_on=date(2026, 3, 1))
    many(town, 3, project_class="改扩建", stage="立项")
    many(town, 5, project_class="修缮")
    many(town, 2, project_class="储备中心", stage="投用")
    found = projects_report(town, city="320400", on=TODAY, stated_total=19)
    assert found.check.adds_up
    assert {one.name: one.projects for one in found.classes} == {
        "新建": 2, "改扩建": 10, "修缮": 5, "储备中心": 2,
    }  # fmt: skip
    rates = {one.name: one.start_rate for one in found.classes}
    assert rates == {"新建": 1.0, "改扩建": 0.7, "修缮": None, "储备中心": 1.0}
    assert (found.total.begun, found.total.not_begun, found.total.begun_unknown) == (11, 3, 5)
    short = projects_report(town, city="320400", on=TODAY, stated_total=20)
    assert short.check.adds_up is False
    assert "相差 +1" in short.check.words
    share = compute_indicator(town, "project-start-rate", city="320400", on=TODAY)
    assert (share.total.numerator, share.total.denominator, share.total.unknown) == (11, 14, 5)


@pytest.mark.parametrize(
    ("facts", "begun", "finished", "overdue"),
    [
        ({}, None, False, None),
        ({"stage": "立项"}, False, False, None),
        ({"stage": "主体"}, True, False, None),
        ({"stage": "说不清"}, None, False, None),
        ({"stage": "主体", "started_on": date(2026, 7, 1)}, False, False, None),
        ({"due_on": date(2026, 6, 14)}, None, False, True),
        ({"due_on": TODAY}, None, False, False),
        ({"due_on": date(2026, 1, 1), "finished_on": date(2026, 2, 1)}, None, True, False),
        ({"due_on": date(2026, 1, 1), "stage": "投用"}, True, True, False),
        ({"due_on": date(2026, 1, 1), "finished_on": date(2026, 7, 1)}, None, False, True),
    ],
)
def test_one_project_on_a_day(facts, begun, finished, overdue) -> None:
    one = Project("P", "甲项目", **facts)
    assert (one.has_begun(TODAY), one.is_finished(TODAY), one.is_overdue(TODAY)) == (
        begun, finished, overdue,
    )  # fmt: skip


def test_money_counts_where_both_sums_are_known() -> None:
    made = [
        Project("A", "a", funding_planned_cny=100.0, funding_paid_cny=25.0),
        Project("B", "b", funding_planned_cny=300.0),
        Project("C", "c", funding_planned_cny=100.0, funding_paid_cny=0.0),
    ]
    found = progress_of("合计", made, TODAY)
    assert (found.planned_cny, found.paid_cny, found.money_unknown) == (200, 25, 1)
    assert found.paid_share == 0.125
    assert progress_of("合计", [made[1]], TODAY).paid_share is None


def test_overdue_ones_are_listed_the_longest_first(town: Session) -> None:
    make_project(town, name="乙", due_on=date(2026, 5, 1))
    make_project(town, name="甲", due_on=date(2025, 5, 1))
    make_project(town, name="丙", due_on=date(2027, 5, 1), is_synthetic=True)
    found = projects_report(town, city="320400", on=TODAY)
    assert [project.name for project in found.overdue] == ["甲", "乙"]
    assert found.has_synthetic


def test_the_monthly_table_rests_on_what_was_recorded_then(town: Session) -> None:
    april = date(2026, 4, 1)
    same = {"code": "P1", "started_on": date(2026, 2, 10), "funding_planned_cny": 100}
    make_project(town, funding_paid_cny=10, validity=during(date(2026, 1, 5), april), **same)
    make_project(town, funding_paid_cny=60, validity=during(april), **same)
    table = monthly(town, city="320400", year=2026, until=TODAY)
    assert [row.month for row in table] == [f"2026-0{n}" for n in range(1, 7)]
    assert [row.progress.paid_cny for row in table] == [10, 10, 10, 60, 60, 60]
    assert isinstance(table[0].progress.paid_cny, float), "as all else: no Decimal"
    assert [row.progress.begun for row in table] == [0, 1, 1, 1, 1, 1]
    assert [row.newly_begun for row in table] == [0, 1, 0, 0, 0, 0]
    assert table[-1].on == TODAY
