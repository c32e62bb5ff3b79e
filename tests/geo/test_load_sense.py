"""Are a facility's stated division and dates held against the record and the day?"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.loaders.load import load_delivery
from geo.loaders.report import Report
from tests.factories import during, make_event, make_unit, square

DAY = date(2026, 1, 1)


@pytest.fixture
def wujin(session: Session) -> Session:
    """武进县 320421 became 武进市 320483 in 1995 and 武进区 320412 in 2002."""
    make_unit(session, "320412000000", name="武进区", geom=square(119.9, 31.7))
    make_unit(
        session, "320421000000", name="武进县", geom=None, validity=during(None, date(1995, 1, 1))
    )
    make_event(session, [("320421000000", "武进县")], [("320483000000", "武进市")], event_year=1995)
    make_event(session, [("320483000000", "武进市")], [("320412000000", "武进区")], event_year=2002)
    make_event(
        session, [("320499000000", "郊区")],
        [("320412000000", "武进区"), ("320411000000", "新北区")], event_year=2002,
    )  # fmt: skip
    make_unit(session, "320411000000", name="新北区", geom=square(120.0, 31.7))
    return session


def load(session: Session, folder: Path, content: str, **options: Any) -> Report:
    path = folder / "canteens.csv"
    path.write_text(content, encoding="utf-8")
    return load_delivery(session, "facilities", path, crs="cgcs2000", on=DAY, **options)


@pytest.mark.parametrize("code", ["320421", "320421000000"])
def test_an_old_code_is_followed_to_the_division_of_the_day(
    wujin: Session, tmp_path: Path, code: str
) -> None:
    rows = f"区划代码,名称,经度,纬度\n{code},甲食堂,119.95,31.75\n{code},乙食堂,120.05,31.75\n"
    report = load(wujin, tmp_path, rows)
    [first, second] = [p for p in report.problems if p.rule == "old_code"]
    assert (first.row, second.row, first.column, first.value) == (1, 2, "区划代码", code)
    for step in ("320421 武进县", "1995", "320483 武进市", "2002", "320412 武进区"):
        assert step in first.message
    assert (report.placement.inside, report.placement.outside) == (1, 1)
    [outside] = [p for p in report.problems if p.rule == "outside_stated_unit"]
    assert outside.row == 2
    stated = wujin.execute(text("SELECT DISTINCT stated_unit FROM facility")).scalars().all()
    assert stated == ["320412000000"]
    again = load(wujin, tmp_path, rows)
    assert (again.counts.unchanged, again.counts.updated) == (2, 0)


def test_a_code_in_force_is_no_problem_and_places_are_checked(
    wujin: Session, tmp_path: Path
) -> None:
    report = load(wujin, tmp_path, "区划代码,名称,经度,纬度\n320412,甲食堂,119.95,31.75\n")
    assert report.problems == []
    assert report.placement.inside == 1


@pytest.mark.parametrize(
    ("code", "rule", "said"),
    [
        ("320499", "old_code", "320411 新北区、320412 武进区"),
        ("999999", "unknown_code", "没有该代码"),
    ],
)
def test_a_code_that_leads_to_no_one_division_is_told_and_kept(
    wujin: Session, tmp_path: Path, code: str, rule: str, said: str
) -> None:
    report = load(wujin, tmp_path, f"区划代码,名称,经度,纬度\n{code},甲食堂,119.95,31.75\n")
    [problem] = report.problems
    assert (problem.rule, problem.value) == (rule, code)
    assert said in problem.message
    assert report.counts.kept == 1
    assert report.placement.not_checked == 1


def test_dates_after_the_delivery_are_told_and_kept(session: Session, tmp_path: Path) -> None:
    report = load(
        session, tmp_path,
        "名称,经度,纬度,备案日期,核实日期\n甲食堂,119.95,31.75,2026-01-02,2026-01-01\n"
        "乙食堂,119.96,31.76,2025-12-31,2027-05-01\n",
    )  # fmt: skip
    told = {(p.row, p.value) for p in report.problems if p.rule == "future"}
    assert told == {(1, "2026-01-02"), (2, "2027-05-01")}
    assert report.counts.kept == 2
