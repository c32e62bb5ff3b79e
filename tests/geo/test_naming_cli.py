"""Do the commands on proposed names, lists and documents answer in tables, files and sentences?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docx
import pytest
import typer
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.errors import BadInput
from geo.gazetteer import approvals_cli, cli, naming_cli
from geo.gazetteer.index import refresh_keys
from tests.factories import make_city, make_name, make_place, make_unit, square
from tests.papers import paper


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    make_city(session, name="常州市")
    make_unit(session, name="北城区", geom=square(119.9, 31.7))
    road = make_place(session, "长江路", feature_class="R", located_in="320402000000")
    make_name(session, road, "扬子江路", kind="popular")
    refresh_keys(session)

    @contextmanager
    def opened(what: str = "") -> Iterator[Session]:
        yield session

    monkeypatch.setattr(naming_cli, "open_session", opened)
    monkeypatch.setattr(approvals_cli, "open_session", opened)
    monkeypatch.setenv("COLUMNS", "240")
    return CliRunner()


def app() -> typer.Typer:
    made = typer.Typer()
    cli.register(made)
    return made


def test_check_shows_every_rule_and_no_approval(run: CliRunner, tmp_path: Path) -> None:
    place = ["--kind", "街路巷", "--at", "119.95,31.75"]
    shown = run.invoke(app(), ["names", "check", "长江路", *place])
    assert shown.exit_code == 0, shown.output
    for words in ("第九条（七）（八）", "有发现", "未检查", "不是审批意见", "距离", "119.95"):
        assert words in shown.output, words
    (tmp_path / "area.json").write_text(
        json.dumps({"type": "Polygon",
                    "coordinates": [[[119, 31], [119.1, 31], [119.1, 31.1], [119, 31]]]}),
        encoding="utf-8",
    )  # fmt: skip
    elsewhere = run.invoke(
        app(), ["names", "check", "长江路", *place, "--built-up", str(tmp_path / "area.json"),
                "--json"])  # fmt: skip
    told = {one["rule"]["id"]: one for one in json.loads(elsewhere.output)["results"]}
    assert told["same-name"]["status"] == "not_fired"  # the other one lies outside the area


def test_bad_options_are_told_in_a_sentence(run: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("{}", encoding="utf-8")
    for options in (["--kind", "星球"], ["--kind", "street", "--at", "here"],
                    ["--kind", "street", "--built-up", str(tmp_path / "no.json")],
                    ["--kind", "street", "--lists", str(tmp_path / "none")]):  # fmt: skip
        answer = run.invoke(app(), ["names", "check", "长江路", *options])
        assert isinstance(answer.exception, BadInput), options


def test_check_list_writes_a_table(run: CliRunner, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("名称,批准日期\n扬子江路,2020-01-01\n新河路,\n", encoding="utf-8")
    for ending in ("csv", "xlsx"):
        out = tmp_path / f"out.{ending}"
        answer = run.invoke(
            app(), ["names", "check-list", str(source), "--out", str(out), "--kind", "street",
                    "--division", "北城区"])  # fmt: skip
        assert answer.exit_code == 0, answer.output
        assert "逾期 1 个" in answer.output
        assert out.stat().st_size > 100
    assert "非标准,长江路" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    answer = run.invoke(app(), ["names", "check-list", str(source), "--out", "x.pdf"])
    assert isinstance(answer.exception, BadInput)


def test_proofread_writes_marked_documents(run: CliRunner, tmp_path: Path) -> None:
    source = tmp_path / "in.txt"
    source.write_text("请到扬子江路办理。", encoding="utf-8")
    for ending in ("docx", "html", "json"):
        out = tmp_path / f"out.{ending}"
        answer = run.invoke(app(), ["names", "proofread", str(source), "--out", str(out)])
        assert answer.exit_code == 0, answer.output
        assert "标准名称：长江路" in answer.output
        assert "不保存" in answer.output
    assert docx.Document(str(tmp_path / "out.docx")).paragraphs[0].text == "请到扬子江路办理。"
    told = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert told["marks"][0]["meant"][0]["standard_name"] == "长江路"
    again = run.invoke(
        app(), ["names", "proofread", str(tmp_path / "out.docx"), "--within", "北城区"]
    )
    assert "标注 1 处" in again.output
    (tmp_path / "in.pdf").write_bytes(paper([["第一页。"], ["请到扬子江路办理。"]]))
    of_pdf = run.invoke(app(), ["names", "proofread", str(tmp_path / "in.pdf")])
    assert "第 2 页「扬子江路」不规范地名" in of_pdf.output
    (tmp_path / "in.pdf").write_bytes(paper([[]]))
    scan = run.invoke(app(), ["names", "proofread", str(tmp_path / "in.pdf")])
    assert scan.exit_code != 0
    assert "请先做文字识别" in str(scan.exception or scan.output)


def test_approved_names_are_kept_and_told_when_due(
    run: CliRunner, session: Session, tmp_path: Path
) -> None:
    office = ["--role", "地名科"]
    given = ["--kind", "街路巷", "--division", "北城区", "--on", "2026-03-01", *office]
    entered = run.invoke(app(), ["names", "approve", "新河路", *given])
    assert entered.exit_code == 0, entered.output
    assert "已逾期" in entered.output
    shown = run.invoke(app(), ["names", "approvals", "--on", "2026-03-12", "--json"])
    (told,) = json.loads(shown.output)
    assert (told["state"], told["due_on"]) == ("due_soon", "2026-03-16")
    number = str(told["number"])
    for more in (["filed", "--on", "2026-03-10"], ["filed", "--take-back"], ["noticed"]):
        assert run.invoke(app(), ["names", "approval-step", number, *more, *office]).exit_code == 0
    one = run.invoke(app(), ["names", "approvals", number])
    for words in ("批准 2026-03-01", "备案 2026-03-10", "备案 撤回", "地名科", "逾期 1"):
        assert words in one.output, words
    out = tmp_path / "due.xlsx"
    assert run.invoke(
        app(), ["names", "approvals", "--only", "overdue", "--out", str(out)]
    ).exit_code == 0  # fmt: skip
    assert out.read_bytes()[:2] == b"PK"
    for wrong in (["--only", "x"], ["--out", "x.pdf"]):
        found = run.invoke(app(), ["names", "approvals", *wrong])
        assert isinstance(found.exception, BadInput)
