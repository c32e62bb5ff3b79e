"""Do the commands on names answer in plain tables and sentences?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import typer
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.errors import BadInput
from geo.gazetteer import cli
from geo.loaders.city import load_city


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The commands on Changzhou's names, on the test's own session."""
    load_city(session, "320400")

    @contextmanager
    def opened(what: str = "") -> Iterator[Session]:
        yield session

    monkeypatch.setattr(cli, "open_session", opened)
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


def app() -> typer.Typer:
    made = typer.Typer()
    cli.register(made)
    return made


def test_find_and_names(run: CliRunner) -> None:
    refreshed = run.invoke(app(), ["names", "refresh"])
    assert refreshed.exit_code == 0, refreshed.output
    assert "names done" in refreshed.output
    assert "0 个名称" in run.invoke(app(), ["names", "refresh"]).output

    found = run.invoke(app(), ["find", "毗陵"])
    assert found.exit_code == 0, found.output
    assert "常州市" in found.output
    assert "曾用名" in found.output
    assert "武进区" in run.invoke(app(), ["find", "wujin", "--limit", "1"]).output
    assert "兰陵" in run.invoke(app(), ["find", "兰陵", "--family", "heritage"]).output
    assert "没有找到" in run.invoke(app(), ["find", "龘龘龘"]).output

    uncertain = run.invoke(app(), ["names", "pinyin"])
    assert uncertain.exit_code == 0, uncertain.output
    assert "新桥" not in uncertain.output
    assert "to be confirmed" in uncertain.output


def test_a_bad_question_is_one_sentence(run: CliRunner) -> None:
    failed = run.invoke(app(), ["find", "常州", "--family", "blue"])
    assert isinstance(failed.exception, BadInput)
    assert "heritage, red" in str(failed.exception)
