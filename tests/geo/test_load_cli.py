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


LOAD = ["load", "facilities"]


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone sits at the terminal and can answer."""
    monkeypatch.setattr("geo.cli._person_is_there", lambda: True)


@pytest.mark.usefixtures("at_terminal")
@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_no_takes_everything_back(
    run: CliRunner, session: Session, file: Path, tmp_path: Path, answer: str
) -> None:
    out = tmp_path / "report.json"
    done = run.invoke(app, [*LOAD, str(file), "--crs", "4490", "--report", str(out)], input=answer)
    assert done.exit_code == 2
    assert "拒绝 1 行" in done.output
    assert "保存吗？" in done.output
    assert "没有保存" in done.output
    told = json.loads(out.read_text("utf-8"))
    assert (told["delivery_id"], told["dry_run"], told["kept"]) == (None, True, 1)
    for table in ("delivery", "facility", "refused_row"):
        assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0


@pytest.mark.usefixtures("at_terminal")
@pytest.mark.parametrize(("options", "typed", "asked"), [([], "y\n", True), (["--yes"], "", False)])
def test_yes_saves(
    run: CliRunner, session: Session, file: Path, options: list[str], typed: str, asked: bool
) -> None:
    done = run.invoke(app, [*LOAD, str(file), "--crs", "4490", *options], input=typed)
    assert done.exit_code == 3
    assert ("保存吗？" in done.output) is asked
    assert session.execute(text("SELECT count(*) FROM facility")).scalar() == 1


@pytest.mark.usefixtures("at_terminal")
def test_nothing_is_asked_when_nothing_is_out_of_the_ordinary(
    run: CliRunner, tmp_path: Path
) -> None:
    path = tmp_path / "养老院.csv"
    path.write_text("名称,经度,纬度\n甲养老院,119.95,31.75\n", "utf-8")
    done = run.invoke(app, [*LOAD, str(path), "--crs", "4490"])
    assert (done.exit_code, "保存吗" in done.output) == (0, False), done.output
    tried = run.invoke(app, [*LOAD, str(path), "--crs", "4490", "--dry-run"])
    assert (tried.exit_code, "保存吗" in tried.output) == (0, False)
    assert "试运行" in tried.output


def test_nobody_at_a_terminal_is_asked_nothing(run: CliRunner, file: Path) -> None:
    done = run.invoke(app, [*LOAD, str(file), "--crs", "4490"])
    assert (done.exit_code, "保存吗" in done.output) == (3, False)


def test_several_files_of_two_systems(
    run: CliRunner, session: Session, file: Path, tmp_path: Path
) -> None:
    other, out = tmp_path / "other.csv", tmp_path / "report.json"
    other.write_text("名称,经度,纬度\n丙食堂,119.96,31.75\n", "utf-8")
    systems = ["--crs", "4490", "--crs", "gcj02"]
    done = run.invoke(app, [*LOAD, str(file), str(other), *systems, "--report", str(out)])
    assert done.exit_code == 3, done.output
    assert "canteens.csv" in done.output
    assert "other.csv" in done.output
    told = json.loads(out.read_text("utf-8"))
    assert (told["rows_read"], told["kept"], len(told["files"])) == (3, 2, 2)
    assert session.execute(text("SELECT count(*) FROM delivery")).scalar() == 2
    wrong = run.invoke(app, [*LOAD, str(file), str(other), str(tmp_path / "none.csv"), *systems])
    assert wrong.exit_code == 2


def test_the_screen_says_what_an_officer_has_to_know(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "养老院.csv"
    path.write_text(
        "名称,经度,纬度,联系人,床位\n"
        + "".join(f"第{n}养老院,{119.5 + n / 100},31.75,某,{n}\n" for n in range(20))
        + "".join(f"坏{n}养老院,0,0,某,1\n" for n in range(12)),
        "gb18030",
    )
    shown = run.invoke(app, [*LOAD, str(path), "--crs", "4490"]).output
    assert all(len_in_cells(line) <= 80 for line in shown.splitlines())
    plain = "".join(shown.split())
    for words in ("新增kept20", "拒绝refused12", "=读入rowsread32", "gb18030", "联系人",
                  "公开页面不显示这20行（密级未知）", "问题12条", "等12行", "CGCS2000",
                  "atlasdeliveriesrefused", "已保存为交付"):  # fmt: skip
        assert words in plain, words
    public = run.invoke(app, [*LOAD, str(path), "--crs", "4490", "--secrecy", "public"]).output
    assert "公开页面不显示" not in public


def len_in_cells(line: str) -> int:
    from rich.cells import cell_len

    return cell_len(line)


@pytest.mark.usefixtures("at_terminal")
def test_undo_asks_first(run: CliRunner, session: Session, file: Path) -> None:
    run.invoke(app, [*LOAD, str(file), "--crs", "4490", "--yes"])
    session.commit()  # as the command does by itself
    delivery = str(session.execute(text("SELECT max(id) FROM delivery")).scalar())
    kept = run.invoke(app, ["undo", delivery], input="n\n")
    assert kept.exit_code == 2
    assert "没有撤销" in kept.output
    assert "删除新增的 1 条" in kept.output
    assert session.execute(text("SELECT count(*) FROM facility")).scalar() == 1
    done = run.invoke(app, ["undo", delivery, "--yes"])
    assert (done.exit_code, "撤销这次交付吗" in done.output) == (0, False)
    assert session.execute(text("SELECT count(*) FROM facility")).scalar() == 0
