"""What does a person at the command line see of a loading, and which exit code ends it?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from api.cli import app


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A runner whose commands use the test's session."""

    @contextmanager
    def opened(what: str = "atlas") -> Iterator[Session]:
        yield session

    monkeypatch.setattr("geo.db.engine.open_session", opened)
    return CliRunner()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "canteens.csv"
    path.write_text(
        "名称,经度,纬度,联系人\n甲食堂,119.95,31.75,某某甲\n乙食堂,0,0,某某乙\n", "utf-8"
    )
    return path


def test_some_refused_ends_with_3_and_a_report(
    run: CliRunner, session: Session, file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report.json"
    done = run.invoke(app, ["load", "facilities", str(file), "--crs", "4490", "--report", str(out)])
    assert done.exit_code == 3
    assert "联系人" in done.output
    assert "0,0" in done.output
    assert "某某" not in done.output + out.read_text("utf-8")
    report = json.loads(out.read_text("utf-8"))
    fates = ("kept", "merged", "updated", "unchanged", "refused")
    assert report["rows_read"] == 2 == sum(report[fate] for fate in fates)
    assert session.execute(text("SELECT count(*) FROM facility")).scalar() == 1
    listed = run.invoke(app, ["deliveries"])
    assert listed.exit_code == 0
    assert "2=1+0+0+0+1" in listed.output


def test_all_kept_ends_with_0(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("名称,经度,纬度\n甲,119.95,31.75\n", "utf-8")
    options = ["--crs", "4490", "--kind", "canteen", "--on", "2026-01-01", "--secrecy", "public"]
    assert run.invoke(app, ["load", "facilities", str(path), *options]).exit_code == 0


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--crs", "xian80"],
        ["--crs", "4490", "--on", "soon"],
        ["--crs", "4490", "--secrecy", "绝密"],
        ["--crs", "4490", "--kind", "网吧"],
        ["--crs", "xian80", "--datum-shift", "1,2"],
        ["--crs", "4490", "--report", "/nowhere/at/all.json"],
    ],
)
def test_what_is_refused_whole_ends_with_2_in_plain_words(
    run: CliRunner, session: Session, file: Path, options: list[str]
) -> None:
    done = run.invoke(app, ["load", "facilities", str(file), *options])
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert done.output.strip()
    assert session.execute(text("SELECT count(*) FROM delivery")).scalar() == 0


def test_an_older_datum_loads_with_its_parameters(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "canteens.csv"
    path.write_text("名称,纵坐标,横坐标\n甲食堂,3516000,497000\n", "utf-8")
    options = ["--crs", "EPSG:2385", "--datum-shift", "10,20,30"]
    assert run.invoke(app, ["load", "facilities", str(path), *options]).exit_code == 0


def test_demo_of_a_city_that_is_not_there(run: CliRunner) -> None:
    done = run.invoke(app, ["demo", "999900"])
    assert done.exit_code == 2
    assert "999900" in done.output


def test_review_lists_what_may_be_one_site(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "养老院.csv"
    path.write_text("名称,经度,纬度\n甲养老院,119.8,31.75\n甲养老服务中心,119.8,31.75\n", "utf-8")
    out = tmp_path / "report.json"
    done = run.invoke(app, ["load", "facilities", str(path), "--crs", "4490", "--report", str(out)])
    assert done.exit_code == 0, done.output
    report = json.loads(out.read_text("utf-8"))
    listed = run.invoke(app, ["deliveries", "review", str(report["delivery_id"])])
    assert listed.exit_code == 0
    assert report["review"] == 1
    assert report["review_list"][0]["other"] in listed.output.replace("\n", "")
    assert run.invoke(app, ["deliveries", "review", "999999"]).exit_code == 2


def test_a_mapping_file_is_used_and_remembered(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "养老院.csv"
    path.write_text("全名,甲,乙\n示例,119.8,31.75\n", "utf-8")
    said = tmp_path / "said.json"
    said.write_text('{"全名": "name", "甲": "lon", "乙": "lat"}', "utf-8")
    load = ["load", "facilities", str(path), "--crs", "4490"]
    assert run.invoke(app, load).exit_code == 2
    assert run.invoke(app, [*load, "--mapping", str(said)]).exit_code == 0
    assert run.invoke(app, load).exit_code == 0


def test_an_undeclared_crs_shows_scores_and_a_delivery_is_undone(
    run: CliRunner, session: Session, file: Path
) -> None:
    asked = run.invoke(app, ["load", "facilities", str(file)])
    assert asked.exit_code == 2
    assert "GCJ-02" in asked.output
    assert "--crs auto" in asked.output
    assert run.invoke(app, ["load", "facilities", str(file), "--crs", "auto"]).exit_code == 2
    assert run.invoke(app, ["load", "facilities", str(file), "--crs", "4490"]).exit_code == 3
    delivery = str(session.execute(text("SELECT max(id) FROM delivery")).scalar())
    done = run.invoke(app, ["undo", delivery])
    assert (done.exit_code, session.execute(text("SELECT count(*) FROM facility")).scalar()) == (
        0, 0,
    )  # fmt: skip
    again = run.invoke(app, ["undo", delivery])
    assert again.exit_code == 2
    assert "已经撤销过" in again.output
