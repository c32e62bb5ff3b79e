"""Do the commands on listed names say in plain words what was done and what is not known?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.errors import BadInput, NotAllowed
from geo.gazetteer import heritage_cli
from geo.gazetteer.heritage import desk_cli
from tests.factories import make_city, make_listing, make_place, make_unit


@pytest.fixture
def code(session: Session, monkeypatch: pytest.MonkeyPatch) -> str:
    """A listed place; the commands work on the test's own session."""
    make_city(session)
    make_unit(session, name="天宁区")
    place = make_place(session, "青果巷", located_in="320402000000")
    make_listing(session, place, list_level="city")

    @contextmanager
    def opened(what: str = "") -> Iterator[Session]:
        yield session

    for module in (heritage_cli, desk_cli):
        monkeypatch.setattr(module, "open_session", opened)
    monkeypatch.setenv("COLUMNS", "200")
    made: str = place.code
    return made


def run(*words: str) -> str:
    app = typer.Typer()
    heritage_cli.register(app)
    done = CliRunner().invoke(app, ["heritage", *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return str(done.output)


SIGNED = ("--role", "天宁区民政局", "--reasons", "有故事", "--on", "2026-03-02")


def test_a_name_goes_its_way(code: str, tmp_path: Path) -> None:
    assert "1 个地名（一地一计）；市级 1；0 个列入多级" in run("list")
    told = run("nominate", code, "--list", "天宁区红色地名", "--level", "district",
               "--division", "天宁区", *SIGNED)  # fmt: skip
    assert "R-0001 青果巷" in told
    assert "下一步：部门意见 opinion" in told
    with pytest.raises(BadInput, match="下一步"):
        run("step", "R-0001", "published", *SIGNED)
    run("step", "R-0001", "opinion", "--verdict", "agree", *SIGNED)
    with pytest.raises(NotAllowed, match="专家意见"):
        run("step", "R-0001", "published", *SIGNED)
    told = run("score", "R-0001", "age=8", "--role", "专家组", "--on", "2026-03-02")
    assert "示例评分表（示例）" in told
    assert "总分（示例评分表，满分 10）：未知" in told
    run("step", "R-0001", "expert", "--verdict", "agree", *SIGNED)
    assert "已公布" in run("step", "R-0001", "published", *SIGNED)
    assert "区（县）级 1；1 个列入多级" in run("list")
    assert "专家意见 同意 天宁区民政局" in run("nominations")
    out = tmp_path / "名录.csv"
    assert "1 个地名写入" in run("export", "--out", str(out))
    assert out.read_bytes().count(b"\n") == 3
    assert "已有 2，拒收 0" in run("import", str(out), "--secrecy", "public")
    with pytest.raises(BadInput, match="xlsx"):
        run("export", "--out", str(tmp_path / "a.pdf"))


def test_states_are_entered_and_unknown_says_so(code: str) -> None:
    assert "存续状况 未知；标志 未知" in run("show", code)
    assert "未调查 青果巷" in run("due")
    signed = ("--role", "天宁区民政局", "--on", "2025-03-02")
    entered = run("record", code, "survey", "done", "--due", "2026-03-02", *signed)
    assert "2026-03-02 青果巷" in run("due")
    older = ("--role", "天宁区民政局", "--on", "2025-01-01")
    assert "：2025-01-01 标志" in run("record", code, "sign", "none", *older), "what was entered"
    number = entered.split("：")[0].removeprefix("记录 ")
    why = ("--role", "天宁区民政局", "--reasons", "下次日期误填")
    assert "调查 已调查，已撤回" in run("withdraw", code, number, *why)
    assert "未调查 青果巷" in run("due"), "what was withdrawn counts no more"
    assert "天宁区民政局：下次日期误填" in run("show", code)
    with pytest.raises(NotAllowed, match="第二十五条"):
        run("record", code, "name_change", "新名", *signed)
    assert "未核实" in run("classes")
    assert "不是官方规定" in run("sheets")
