"""Do the commands on names answer in plain tables and sentences?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
import typer
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.errors import BadInput, NotFound
from geo.gazetteer import cli, readings_cli
from geo.gazetteer.search import search
from geo.loaders.city import load_city


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The commands on Changzhou's names, on the test's own session."""
    load_city(session, "320400")

    @contextmanager
    def opened(what: str = "") -> Iterator[Session]:
        yield session

    for module in (cli, readings_cli):
        monkeypatch.setattr(module, "open_session", opened)
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
    assert "兰陵" in run.invoke(app(), ["find", "兰陵", "--level", "province"]).output
    assert "--level" in run.invoke(app(), ["find", "兰陵", "--level", "national"]).output
    old = run.invoke(app(), ["find", "武进县", "--in-use"]).output
    assert "武进县" not in old.replace("「武进县」", ""), "a name that has ended"
    assert "没有找到" in run.invoke(app(), ["find", "龘龘龘"]).output

    uncertain = run.invoke(app(), ["names", "pinyin"])
    assert "溧阳" in uncertain.output
    assert uncertain.exit_code == 0, uncertain.output
    assert "新桥" not in uncertain.output
    assert "to be confirmed" in uncertain.output


def test_a_bad_question_is_one_sentence(run: CliRunner) -> None:
    failed = run.invoke(app(), ["find", "常州", "--family", "blue"])
    assert isinstance(failed.exception, BadInput)
    assert "heritage, red" in str(failed.exception)


def test_positions_are_told_in_words(run: CliRunner) -> None:
    run.invoke(app(), ["names", "refresh"])
    city = run.invoke(app(), ["find", "常州市", "--limit", "1"]).output
    assert "区划图形推算的代表点" in city
    town = run.invoke(app(), ["find", "湟里镇", "--limit", "1"]).output
    assert "(位置近似)" in town, "a point of its own, not one taken from an outline"
    with cli.open_session() as session:
        hit = search(session, "湟里镇", on=date(2026, 11, 1), limit=1)[0]
    assert cli._position(replace(hit, lon=None, lat=None)) == "该区划无图形"
    nowhere = replace(hit, lon=None, lat=None, unit_code=None, position_quality="city")
    assert cli._position(nowhere) == "仅知所在城市"
    for word in ("(city)", "(district)", "(approximate)", "(unknown)"):
        assert word not in run.invoke(app(), ["find", "故居"]).output + city


def test_a_division_is_named_by_its_name(run: CliRunner) -> None:
    run.invoke(app(), ["names", "refresh"])
    found = run.invoke(app(), ["find", "湟里", "--within", "武进区"])
    assert found.exit_code == 0, found.exception
    assert "湟里镇" in found.output
    elsewhere = run.invoke(app(), ["find", "湟里镇", "--within", "天宁区"]).output
    assert "湟里镇 " not in elsewhere
    failed = run.invoke(app(), ["find", "湟里", "--within", "无此区"])
    assert isinstance(failed.exception, NotFound)


def test_an_unknown_class_lists_the_classes_in_words(run: CliRunner) -> None:
    failed = run.invoke(app(), ["find", "常州", "--class", "Z"])
    assert str(failed.exception).startswith("没有「Z」这种地名类别；可用：A 政区、H 水系")
