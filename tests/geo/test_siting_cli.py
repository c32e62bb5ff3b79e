"""Do the commands on sites, scenarios and groups answer in plain tables and sentences?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import typer
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.access import cli
from geo.access.cli import asking
from geo.errors import BadInput
from tests.factories import make_candidate, make_cell, make_city, make_facility, make_unit

KIND = "rehab_rental"
ASKED = ["--kind", "康复辅具租赁点", "--on", "2026-01-01"]


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The commands on a small town, on the test's own session."""
    make_city(session)
    make_unit(session, "320402000000", name="天宁区")
    for place, people in enumerate((100, 80, 7)):
        make_cell(session, (119.91 + place * 0.01, 31.71), people)
    make_facility(session, (119.91, 31.71), kinds=[KIND], code="F0")
    make_facility(session, (119.91, 31.71), kinds=["care_complex"], code="H0", name="中心甲")
    make_candidate(session, (119.92, 31.71), code="K1", name="候选一", is_synthetic=True)
    make_candidate(session, (119.93, 31.71), code="K2", name="地下室", floor="-1")

    @contextmanager
    def opened(what: str = "") -> Iterator[Session]:
        yield session

    monkeypatch.setattr(asking, "open_session", opened)
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


def said(run: CliRunner, *words: str) -> str:
    app = typer.Typer()
    cli.register(app)
    done = run.invoke(app, list(words))
    if isinstance(done.exception, BadInput):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_the_best_site_is_told_with_what_is_proven(run: CliRunner) -> None:
    told = said(run, "site", "best", "--sites", "1", "--radius", "300", *ASKED)
    for words in ("候选一", "已证明为最优方案", "100 → 180 / 187", "+80", "仍未覆盖 7 人", "合成",
                  "不得直接对外发布"):  # fmt: skip
        assert words in told
    assert "没有可行方案" in said(
        run, "site", "best", "--goal", "cover_all", "--radius", "300", *ASKED
    )


def test_candidates_and_groups_are_told(run: CliRunner) -> None:
    told = said(run, "site", "candidates", *ASKED)
    assert "位于地下或半地下" in told
    assert "1 处可用，1 处排除" in told
    told = said(run, "site", "groups", "--areas", "district", "--on", "2026-01-01")
    assert "中心甲" in told
    assert "天宁区" in told


def test_a_scenario_is_kept_shown_and_dropped(run: CliRunner) -> None:
    made = said(
        run, "scenario", "make", "方案[甲]", "--add", "K1", "--move", "F0=119.93,31.71", *ASKED
    )
    number = made.split()[1].split("「")[0]
    assert "方案[甲]" in said(run, "scenario", "list")
    told = said(run, "scenario", "show", number, "--radius", "300")
    assert "新增 1、迁移 1" in told
    assert "-13" in told
    assert "已删除" in said(run, "scenario", "drop", number)
    with pytest.raises(BadInput):
        said(run, "scenario", "make", "乙", "--move", "F0", *ASKED)
