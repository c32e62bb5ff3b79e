"""Are delivered values, codes and neighbours checked against each other, the day and the record?"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.loaders.report import Report
from geo.loaders.things import Options
from tests.factories import make_event, make_unit, square
from tests.geo.test_things import geojson, load, rules

ON = date(2026, 1, 1)
WUJIN = (
    "320421 武进县 →(1995 撤县设市)→ 320483 武进市; 320483 武进市 →(2002 撤市设区)→ 320412 武进区"
)


@pytest.fixture
def record(session: Session) -> None:
    """武进 as it is on record: a county, a city from 1995, a district from 2002."""
    make_unit(session, "320412000000", name="武进区", geom=square(119.9, 31.6))
    make_unit(session, "320402000000", name="天宁区", geom=square(119.9, 31.7))
    for old, new, kind, year in (
        (("320421000000", "武进县"), ("320483000000", "武进市"), "撤县设市", 1995),
        (("320483000000", "武进市"), ("320412000000", "武进区"), "撤市设区", 2002),
    ):
        make_event(session, [old], [new], kind=kind, event_year=year)
    make_event(
        session, [("320499000000", "分区")],
        [("320402000000", "天宁区"), ("320412000000", "武进区")], event_year=2010,
    )  # fmt: skip


HERE = shapely.Point(119.95, 31.65)
AREA = square(119.91, 31.61, 0.01)
ROWS: dict[str, tuple[Any, dict[str, Any]]] = {
    "zones": (AREA, {"名称": "某片区"}),
    "estates": (HERE, {"名称": "某小区", "类型": "新建", "户数": 3}),
    "projects": (HERE, {"名称": "某项目"}),
    "candidates": (HERE, {"名称": "某闲置用房"}),
    "demand": (HERE, {"60+": 10, "口径": "常住", "年份": 2020}),
    "place-names": (HERE, {"标准名称": "某村"}),
}


def bring(session: Session, folder: Path, kind: str, *rows: Any, **options: Any) -> Report:
    return load(session, kind, geojson(folder / "a.geojson", list(rows)), on=ON, **options)


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize("kind", ROWS)
def test_an_old_code_of_the_stated_division_is_followed_with_its_path(
    session: Session, tmp_path: Path, kind: str
) -> None:
    shape, said = ROWS[kind]
    report = bring(session, tmp_path, kind, (shape, {**said, "区": "320421"}))
    [old] = [problem for problem in report.problems if problem.rule == "old_code"]
    assert WUJIN in old.message
    assert report.placement.inside == 1
    again = bring(session, tmp_path, kind, (shape, {**said, "区": "320412"}))
    assert (again.counts.unchanged, rules(again)) == (1, [])


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize("kind", ROWS)
def test_codes_that_lead_nowhere_or_to_several_are_told(
    session: Session, tmp_path: Path, kind: str
) -> None:
    shape, said = ROWS[kind]
    for code, rule in (("329999", "unknown_code"), ("320499", "old_code")):
        report = bring(session, tmp_path, kind, (shape, {**said, "区": code}))
        assert rules(report) == [rule]
        assert report.placement.not_checked == 1
    assert "320402 天宁区、320412 武进区" in report.problems[0].message
    by_option = bring(session, tmp_path, kind, (shape, said), options=Options(within="320483"))
    assert rules(by_option) == ["old_code"]
    assert by_option.placement.inside == 1


@pytest.mark.usefixtures("record")
def test_an_old_code_counts_from_the_year_of_its_change(session: Session, tmp_path: Path) -> None:
    shape, said = ROWS["zones"]
    file = geojson(tmp_path / "a.geojson", [(shape, {**said, "区": "320483"})])
    report = load(session, "zones", file, on=date(2001, 1, 1))
    assert rules(report) == ["unknown_code"]


@pytest.mark.usefixtures("record")
def test_units_and_lines_follow_the_same_path(session: Session, tmp_path: Path) -> None:
    row = {"区划代码": "320421", "名称": "武进县"}
    units = bring(session, tmp_path, "admin-units", (square(119.9, 31.6), row))
    assert [WUJIN in p.message for p in units.problems if p.rule == "old_code"] == [True]
    township = {"区划代码": "320412009", "名称": "某镇", "上级": "320483"}
    below = bring(session, tmp_path, "admin-units", (AREA, township))
    assert below.counts.kept == 1
    assert WUJIN.partition("; ")[2] in below.problems[0].message
    parent = session.scalar(text("SELECT parent_code FROM admin_unit WHERE code = '320412009000'"))
    assert parent == "320412000000"
    line = shapely.LineString([(119.9, 31.7), (120, 31.7)])
    sides = {"左侧": "320402", "右侧": "320421", "依据": "推导"}
    lines = bring(session, tmp_path, "boundary-lines", (line, sides))
    assert [WUJIN in p.message for p in lines.problems if p.rule == "old_code"] == [True]


def test_cells_that_overlap_count_people_twice_unless_they_count_others(
    session: Session, tmp_path: Path
) -> None:
    said = {"60+": 10, "口径": "常住", "年份": 2020}
    shifted = square(119.915, 31.61, 0.01)
    report = bring(session, tmp_path, "demand", (AREA, said), (shifted, said))
    assert rules(report) == ["overlap", "overlap_total"]
    other = {**said, "口径": "户籍"}
    assert rules(bring(session, tmp_path, "demand", (AREA, said), (shifted, other))) == []


def test_neighbours_of_one_kind_and_one_level_only(session: Session, tmp_path: Path) -> None:
    zones = [(AREA, {"名称": "甲", "类型": kind}) for kind in ("规划片区", "分析片区")]
    assert rules(bring(session, tmp_path, "zones", *zones)) == []
    county = (square(119.9, 31.6), {"区划代码": "320412", "名称": "武进区"})
    town = (AREA, {"区划代码": "320412001", "名称": "某镇"})
    both = bring(session, tmp_path, "admin-units", county, town)
    assert [rule for rule in rules(both) if "overlap" in rule] == []
    nameless = (square(119.915, 31.61, 0.01), {"区划代码": "", "名称": "另镇"})
    mixed = bring(session, tmp_path, "admin-units", town, nameless)
    assert "overlap" in rules(mixed)


@pytest.mark.parametrize(
    ("kind", "more", "rule"),
    [
        ("estates", {"移交面积": 100, "最大单处面积": 120}, "part"),
        ("estates", {"批准日期": "2026-05-01"}, "future"),
        ("projects", {"计划投资": "10万元", "已拨付": "11万元"}, "part"),
        ("projects", {"完工日期": "2026-05-01"}, "future"),
        ("demand", {"失能": 11}, "part"),
        ("place-names", {"启用年份": 2027}, "future"),
    ],
)
def test_values_that_cannot_go_together_are_told_and_kept(
    session: Session, tmp_path: Path, kind: str, more: dict[str, Any], rule: str
) -> None:
    shape, said = ROWS[kind]
    report = bring(session, tmp_path, kind, (shape, {**said, **more}))
    assert (report.counts.kept, rules(report)) == (1, [rule])


@pytest.mark.parametrize(
    ("phone", "is_one"),
    [("0519-81234567", True), ("（0519）8123 4567", True), ("400-123-4567转801", True),
     ("+81 3-3311-1234", True), ("(212) 555-1234 ext. 12", True), ("12345", True),
     ("0519-81234567、81234568", True), ("０５１９－８１２３４５６７", True), ("见官网", False),
     ("81", False), ("05198123456781234567", False), ("0519-8123456A", False)],
)  # fmt: skip
def test_phones_that_have_not_their_form_are_told_and_kept(
    session: Session, tmp_path: Path, phone: str, is_one: bool
) -> None:
    path = tmp_path / "食堂.csv"
    path.write_text(f'名称,经度,纬度,电话\n某食堂,119.95,31.75,"{phone}"\n', "utf-8")
    report = load(session, "facilities", path, crs="4490", on=ON)
    assert rules(report) == ([] if is_one else ["phone"])
    assert session.scalar(text("SELECT phone FROM facility")) == phone


@pytest.mark.usefixtures("record")
def test_the_level_of_a_line_fits_its_sides(session: Session, tmp_path: Path) -> None:
    make_unit(session, "320402001000", name="某街道", level=4, parent_code="320402000000")
    line = shapely.LineString([(119.9, 31.7), (120, 31.7)])
    said = {"依据": "推导", "左侧": "320402"}
    fine = {**said, "界线代码": "A", "右侧": "320412", "等级": "市"}
    low = {**said, "界线代码": "B", "右侧": "320412", "等级": "乡"}
    uneven = {**said, "界线代码": "C", "右侧": "320402001"}
    rows = [(line, row) for row in (fine, low, uneven)]
    report = bring(session, tmp_path, "boundary-lines", *rows)
    assert report.counts.kept == 3
    assert [(p.row, p.rule) for p in report.problems] == [(2, "level"), (3, "level")]
