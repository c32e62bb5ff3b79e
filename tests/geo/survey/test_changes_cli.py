"""Do the commands about divisions through time answer in plain tables, sentences and files?"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from geo.errors import BadInput, NotAllowed
from geo.joint import planned_cli
from geo.loaders.city import load_city
from geo.survey import changes_cli
from geo.survey.changes.crosswalk.files import read_figures
from geo.survey.changes.crosswalk.links import crosswalk
from tests.factories import make_cell


class Run:
    """Calls the commands on Changzhou, on the test's own session."""

    def __init__(self) -> None:
        self.app = typer.Typer()
        changes_cli.register(self.app)
        self.app.add_typer(planned_cli.planned, name="planned")

    def __call__(self, *words: str) -> str:
        result: Result = CliRunner().invoke(self.app, list(words))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> Run:
    load_city(session, "320400")

    @contextmanager
    def opened(what: str = "") -> Iterator[Session]:
        yield session

    for module in (changes_cli, planned_cli):
        monkeypatch.setattr(module, "open_session", opened)
    monkeypatch.setenv("COLUMNS", "220")
    return Run()


def test_changes_life_line_code_and_terms(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "changes.geojson"
    told = run("changes", "list", "--from", "1994-01-01", "--within", "常州市", "--out", str(out))
    assert "戚墅堰区" in told
    assert "（撤销、设立）" in told
    assert "文号未知" in told
    assert json.loads(out.read_bytes())["numberReturned"] > 3
    line = run("lifeline", "320412")
    assert all(name in line for name in ("武进县", "武进市", "并入的单位"))
    assert "322622 武进县 →(1983 同名改码)→ 320421 武进县" in run("code", "322622")
    assert "只载明归入上级" in run("code", "320403")
    assert "第十五条" in run("changes", "terms", "320412")


def test_old_figures_are_restated_to_a_file(run: Run, session: Session, tmp_path: Path) -> None:
    figures, out = tmp_path / "旧数.csv", tmp_path / "今数.csv"
    figures.write_bytes(
        "区划代码,年份,人数\n320405,2009,\"80,001\"\n320412,2009,900002\n320403,1985,1234\n"
        .encode("gb18030")
    )  # fmt: skip
    told = run("crosswalk", "--from", "2009-12-31", "--within", "320400", "--figures",
               str(figures), "--out", str(out))  # fmt: skip
    assert "980,003" in told
    assert "未能分配" in told
    rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
    assert sum(int(row["分得"]) for row in rows) == 80001 + 900002 + 1234
    lost = next(row for row in rows if row["原名称"] == "广化区")
    assert (lost["新代码"], lost["份额"], lost["分得"]) == ("", "未知", "1234")


def test_by_people_needs_a_count_and_says_which(run: Run, session: Session) -> None:
    words = ("crosswalk", "--from", "2026-08-01", "--to", "2026-09-01", "--by", "people")
    for lon in (119.95, 119.6):
        make_cell(session, (lon, 31.7), 50)
    assert "同一版本" in run(*words)
    asked: dict[str, Any] = {"since": date(2026, 8, 1), "until": date(2026, 9, 1)}
    walk = crosswalk(session, **asked, within="320400", by="people")
    assert walk.weights_source is not None
    assert walk.weights_source.startswith("2020 年常住人口")
    with pytest.raises(BadInput, match="people_60"):
        run(*words[:-1], "colour")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("代码,数值,年份\n320402,1.5,2010\n", "whole number"),
        ("代码\n320402\n", "no column"),
        ("代码,数值,日期\n320402,1,2010-13-01\n", "no day"),
        ("代码,数值\n320402,1\n", "has no day"),
        ("代码,数值,年份\n320402,1,2010\n320402,2,2010\n", "repeats"),
    ],
)  # fmt: skip
def test_tables_that_cannot_be_read_are_refused_by_row(
    tmp_path: Path, content: str, match: str
) -> None:
    path = tmp_path / "figures.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=match):
        read_figures(path)


def test_record_shows_doubts_and_a_dry_run_keeps_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "changes.json"
    path.write_text(json.dumps({"changes": [{
        "kind": "撤县设区", "effective_on": "2030-01-01", "source": "测试公告",
        "predecessors": [{"code": "320481", "name": "溧阳市"}],
        "successors": [{"code": "320414", "name": "溧阳区"}],
    }]}), encoding="utf-8")  # fmt: skip
    told = run("changes", "record", str(path))
    assert "待核" in told
    assert "已登记 1 项" in told
    assert "溧阳区" in run("lifeline", "320414", "--on", "2031-01-01")
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(BadInput, match="JSON object"):
        run("changes", "record", str(path))
    path.write_text("{", encoding="utf-8")
    with pytest.raises(BadInput, match="no JSON"):
        run("changes", "record", str(path))


PLAN = {
    "title": "钟楼并入天宁", "within": "320400", "law_kinds": ["abolish"],
    "units": [{"name": "天宁区", "made_of": ["320402", "320404"]}],
}  # fmt: skip


def test_plans_on_the_command_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = tmp_path / "plan.json", tmp_path / "maps.geojson"
    path.write_text(json.dumps(PLAN), encoding="utf-8")
    with pytest.raises(NotAllowed):
        run("planned", "keep", str(path))
    monkeypatch.setenv("ATLAS_PLANNED_CHANGES", "true")
    number = run("planned", "keep", str(path)).split("kept as ")[1].split()[0]
    assert "钟楼并入天宁" in run("planned", "list")
    assert "未生效" in run("planned", "show", number, "--out", str(out))
    assert len(json.loads(out.read_bytes())["features"]) == 3
    told = run("planned", "effects", number, "--kind", "养老院", "--radius", "500")
    assert "现状 未知" in told, "nobody is counted in this city yet"
    assert "已删除" in run("planned", "drop", number)
    path.write_text(json.dumps(PLAN | {"colour": 1}), encoding="utf-8")
    with pytest.raises(BadInput, match="object with"):
        run("planned", "keep", str(path))
