"""Do the planner's commands print sums, ranks and histories, and say what is unknown or made up?"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import typer
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.access import cli
from geo.access.cli import asking
from geo.errors import BadInput, GeoError, NotFound
from tests.factories import (
    make_cell,
    make_city,
    make_estate,
    make_facility,
    make_project,
    make_rule,
    make_unit,
)

Run = Callable[..., str]


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call a command on the test's own session, as on a wide terminal."""

    @contextmanager
    def opened(what: str = ""):
        yield session

    monkeypatch.setattr(asking, "open_session", opened)
    app = typer.Typer()
    cli.register(app)
    make_city(session)
    make_unit(session, "320402000000", name="[/]甲区")
    make_cell(session, people_60=1000)

    def call(*words: str) -> str:
        made = CliRunner().invoke(app, list(words), env={"COLUMNS": "220"})
        if isinstance(made.exception, GeoError):
            raise made.exception
        assert made.exit_code == 0, made.exception
        return made.output

    return call


def test_an_indicator_and_its_ranking(run: Run, session: Session) -> None:
    home = {"kinds": ["nursing_home"], "beds_total": 40}
    make_facility(session, is_synthetic=True, **home)
    plain = run("indicator", "beds-per-1000", "--by", "district", "--on", "2026-06-01")
    assert "【合成】" in plain
    assert "[/]甲区" in plain
    assert "40.0" in plain
    ranked = run("indicator", "nursing-bed-share", "--since", "2025-06-01", "--on", "2026-06-01")
    assert "并列" in ranked
    assert "未知" in ranked, "no nursing beds are stated"
    assert "beds-per-1000" in run("indicators")


def test_estates_projects_fire_and_standards(run: Run, session: Session) -> None:
    rule = {"value": 20.0, "unit": "m2 per 100 households", "estate_type": "new"}
    make_rule(session, "estate_floor_area", rule, code="estate")
    make_rule(session, "fire_check_interval", {"value": 12, "unit": "months"}, code="interval")
    make_rule(session, "beds_per_1000_elders", {"value": 40, "unit": "beds"}, code="beds")
    make_estate(session, handed_over_m2=99, handed_over_on=date(2024, 1, 1))
    make_project(session, due_on=date(2026, 1, 1), name="示例项目")
    make_facility(session, kinds=["nursing_home"], fire_state="passed", name="示例院",
                  fire_checked_on=date(2024, 1, 1))  # fmt: skip
    on = ("--on", "2026-06-01")
    estates = run("estates", *on)
    assert "500 户 ÷ 100 × 20 ㎡ = 100.0 ㎡" in estates
    assert "0.0%" in estates
    projects = run("projects", "--total", "2", "--year", "2026", *on)
    assert "相差 +1" in projects
    assert "2026-05" in projects
    assert "未知" in projects, "the money is"
    fire = run("fire", *on)
    assert "示例院" in fire
    assert "达标 1 / 已知 1" in fire
    standards = run("standards", *on)
    assert "1,000 ÷ 1000 × 40 = 40" in standards
    assert "未知" in standards
    for what, number in (("estate", 1), ("project", 1), ("fire", 1), ("missing", 0), ("gap", 1)):
        assert f"新登记 {number} 项" in run("work", "find", what, *on)
        assert "新登记 0 项" in run("work", "find", what, *on), "each subject once"
    with pytest.raises(BadInput):
        run("work", "find", "zzz")


def test_a_work_item_on_the_command_line(run: Run) -> None:
    made = run("work", "add", "funeral_rectification", "硬化大墓", "--within", "320402",
               "--on", "2026-06-01")  # fmt: skip
    number = made.split("事项 ")[1].split()[0]
    run("work", "step", number, "assigned", "--role", "某办", "--due", "2026-06-10",
        "--on", "2026-06-02")  # fmt: skip
    listed = run("work", "list", "--overdue", "--on", "2026-06-11")
    assert "殡葬整治" in listed
    assert "逾期" in listed
    shown = run("work", "show", number)
    assert "某办" in shown
    assert "已交办" in shown


def test_a_stated_figure(run: Run, session: Session) -> None:
    make_rule(session, "township_staffing", {"value": 3, "unit": "officers"}, code="officers")
    make_unit(session, "320402001000", name="乙镇", level=4, parent_code="320402000000", geom=None)
    figure = ("figure", "320402001", "civil_affairs_officers")
    run(*figure, "2", "--on", "2026-01-01")
    run(*figure, "3", "--on", "2026-01-01", "--source", "某办")
    assert "100.0%" in run("indicator", "township-staffing", "--on", "2026-06-01")
    for bad in (("figure", "320402001", "zzz", "1"), (*figure, "nan")):
        with pytest.raises(BadInput):
            run(*bad, "--on", "2026-01-01")


def test_stated_figures_come_in_from_a_list(run: Run, session: Session, tmp_path: Path) -> None:
    make_rule(session, "township_staffing", {"value": 3, "unit": "persons"}, code="three")
    rows = ["区划,人数"]
    for number in range(70):
        code = f"320402{100 + number}000"
        make_unit(
            session, code, name=f"第{number}镇", level=4, parent_code="320402000000", geom=None
        )
        rows.append(f"{code if number % 2 else f'第{number}镇'},{3 if number < 64 else 2}")
    path = tmp_path / "officers.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    words = (str(path), "civil_affairs_officers", "--on", "2026-01-01")
    assert "已保存 70 个区划" in run("figures", *words)
    told = run("indicator", "township-staffing", "--on", "2026-06-01")
    assert "91.4%" in told, "64 of 70"
    assert "占乡镇街道的比例" in told
    for wrong, where in (
        ("区划,姓名,人数\n第0镇,某某,3", "姓名"), ("区划,人数\n第0镇,many", "第 2 行"),
        ("区划,人数\n第0镇,3\n第0镇,3", "第 3 行"), ("", "两列|无法读取"),
    ):  # fmt: skip
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(BadInput, match=where):
            run("figures", *words)


def test_months_and_money_that_does_not_add_up(run: Run, session: Session) -> None:
    for name, planned in (("甲类", 20_400_000), ("乙类", 15_480_000)):
        make_project(session, project_class=name, funding_planned_cny=planned,
                     funding_paid_cny=1e6, stage="主体", is_synthetic=True)  # fmt: skip
    told = run("projects", "--monthly", "--planned", "2170", "--on", "2026-03-15")
    assert "2,040 + 1,548 = 3,588，合计写作 2,170" in told or "1,548 + 2,040" in told
    assert "请核对" in told
    assert "2026-03" in told
    assert "主体 2" in told
    assert "甲类（合成）" in told


def test_a_city_by_name_and_what_is_made_up(run: Run, session: Session) -> None:
    make_cell(session, (119.96, 31.76), 20, is_synthetic=True)
    make_facility(session, kinds=["canteen"])
    for command in (("coverage",), ("gaps",), ("measures", "--kind", "canteen")):
        told = run(*command, "--city", "测试市", "--on", "2026-06-01")
        assert "【合成】" in told, command
        assert "甲区（合成）" in told, command
    with pytest.raises(NotFound, match="某某市"):
        run("coverage", "--city", "某某市")


def test_groups_along_roads_that_are_not_there(run: Run, session: Session) -> None:
    make_facility(session, kinds=["care_complex"], name="中心")
    make_facility(session, kinds=["day_care"], name="站点")
    assert "中心" in run("site", "groups", "--areas", "district", "--on", "2026-06-01")
    with pytest.raises(NotFound, match="路网"):
        run("site", "groups", "--measure", "drive", "--areas", "district", "--on", "2026-06-01")
    with pytest.raises(BadInput, match="drive"):
        run("site", "groups", "--measure", "fly")
