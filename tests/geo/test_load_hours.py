"""Are opening hours read as they are written, and never guessed?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.loaders.hours import weekly_hours
from geo.loaders.load import load_delivery

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = {day: [["00:00", "24:00"]] for day in WEEK}
OFFICE = {day: [["08:30", "12:00"], ["13:30", "17:00"]] for day in WEEK[:5]}
MEALS = {day: [["06:30", "08:30"], ["10:30", "12:30"]] for day in WEEK}


def days(names: str, *spans: tuple[str, str]) -> dict[str, list[list[str]]]:
    return {day: [list(span) for span in spans] for day in names.split()}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("周一至周五 8:30-12:00，13:30-17:00", OFFICE),
        ("星期一到星期五：08：30～12：00、13：30—17：00；周六周日休息", OFFICE),
        ("工作日 上午8:30-12:00 下午1:30-5:00", OFFICE),
        ("Mo-Fr 08:30-12:00,13:30-17:00; Sa,Su off", OFFICE),
        ("Monday to Friday 8:30-12:00 13:30-17:00", OFFICE),
        (json.dumps(OFFICE), OFFICE),
        ("每天 早餐6:30-8:30 午餐10:30-12:30", MEALS),
        ("24小时营业", ALWAYS),
        ("24/7", ALWAYS),
        ("每天全天", ALWAYS),
        ("周一至周五24小时", days("mon tue wed thu fri", ("00:00", "24:00"))),
        ("周一、三、五 9点-17点半", days("mon wed fri", ("09:00", "17:30"))),
        ("周五至周一 10:00-12:00", days("mon fri sat sun", ("10:00", "12:00"))),
        ("周六日 早上7点到晚上8点", days("sat sun", ("07:00", "20:00"))),
        ("周日 8:00-12:00 22:00-06:00", days("sun", ("08:00", "12:00"), ("22:00", "06:00"))),
    ],
)
def test_a_week_is_read_as_it_is_written(written: str, meant: dict[str, list[list[str]]]) -> None:
    assert json.loads(weekly_hours(written)) == meant


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("9:00-17:00", "没有写是星期几"),
        ("全天", "没有写是星期几"),
        ("周一至周五", "没有写时间"),
        ("周六休息", "没有写几点"),
        ("每天 9:00-5:00", "先后颠倒"),
        ("每天 8:30-11:30 1:30-5:00", "重叠或先后颠倒"),
        ("每天 下午5:00-1:00", "先后颠倒"),
        ("每天 8:00-12:00 11:00-13:00", "重叠"),
        ("周一8:00-9:00 周一10:00-11:00", "写了两次"),
        ("每天 8:00-17:00，周三休息", "写了两次"),
        ("每天 25:00-26:00", "没有 25:00"),
        ("周一至周五 9:00-17:00（法定节假日休息）", "看不懂「法定节假日"),
        ("夏季 8:00-18:00", "看不懂「夏季"),
        ("0.354166", "看不懂"),
        ('{"mon": 3}', "不认识"),
        ('{"mon": [[8, 9]]}', "不认识"),
        ('{"someday": [["08:00", "09:00"]]}', "不认识"),
        ("周" * 5000, "太长"),
    ],
)
def test_what_is_not_plainly_written_is_not_guessed(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as problem:
        weekly_hours(written)
    assert "请写成「周一至周五 08:30-12:00" in str(problem.value)


def test_a_delivery_brings_hours_and_keeps_what_is_unreadable(
    session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "老年食堂.csv"
    path.write_text(
        "名称,经度,纬度,营业时间\n甲食堂,119.95,31.75,每天 10:30-12:30\n"
        "乙食堂,119.96,31.75,看季节\n丙食堂,119.97,31.75,\n",
        encoding="utf-8",
    )
    report = load_delivery(session, "facilities", path, crs="4490", on=date(2026, 1, 1))
    assert report.counts.kept == 3
    [problem] = report.problems
    assert (problem.row, problem.column, problem.rule) == (2, "营业时间", "hours")
    stored = "SELECT name, hours, extra ->> '营业时间' FROM facility"
    told = {name: rest for name, *rest in session.execute(text(stored))}
    lunch = {day: [["10:30", "12:30"]] for day in WEEK}
    assert told == {"甲食堂": [lunch, None], "乙食堂": [None, "看季节"], "丙食堂": [None, None]}
    again = load_delivery(session, "facilities", path, crs="4490", on=date(2026, 2, 1))
    assert again.counts.unchanged == 3
