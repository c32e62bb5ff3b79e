"""Do the planner's commands print sums, ranks and histories, and say what is unknown or made up?"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import date

import pytest
import typer
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.access import cli
from geo.access.cli import asking
from geo.errors import BadInput, GeoError
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
