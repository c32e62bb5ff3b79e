"""Do the commands about the words for lines do what they print?"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import pytest
import shapely
import typer
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.errors import BadInput
from geo.survey import course_cli
from tests.factories import make_city, make_line, make_unit


@pytest.fixture
def app(session: Session, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    make_city(session)
    make_unit(session, "320402000000", name="天宁区")
    make_unit(session, "320404000000", name="钟楼区")
    geom = shapely.LineString([(119.9, 31.7), (119.95, 31.7), (119.95, 31.65)])
    make_line(session, "320402000000", "320404000000", code="L-1", geom=geom)

    @contextmanager
    def opened(_what: str):
        yield session

    monkeypatch.setattr(course_cli, "open_session", opened)
    made = typer.Typer()
    course_cli.register(made)
    return made


def test_a_draft_is_written_and_agrees(app: typer.Typer, tmp_path: Path) -> None:
    out = tmp_path / "draft.txt"
    shown = CliRunner().invoke(app, ["course", "L-1", "--out", str(out)])
    assert shown.exit_code == 0, shown.output
    assert "【草稿，须人工核定】" in shown.output
    assert "示意线" in shown.output
    assert "本线无界桩登记" in shown.output
    checked = CliRunner().invoke(app, ["course-check", "L-1", str(out)])
    assert checked.exit_code == 0, checked.output
    assert "核对 2 段：不符 0 处，未读懂 0 处" in checked.output


def test_what_disagrees_is_listed_with_code_3(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "old.txt"
    file.write_bytes("从界线起点起，边界线向西，沿某某河，至界线止点，长12公里。".encode("gb18030"))
    checked = CliRunner().invoke(app, ["course-check", "L-1", str(file)])
    assert checked.exit_code == 3
    assert "不符 2 处" in checked.output
    assert "未核 · not checked：沿某某河" in checked.output


def test_a_text_without_a_stretch_is_not_sound(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "other.txt"
    file.write_text("请准备会议材料。", "utf-8")
    assert CliRunner().invoke(app, ["course-check", "L-1", str(file)]).exit_code == 3


def test_files_that_are_not_there(app: typer.Typer, tmp_path: Path) -> None:
    for arguments in (
        ["course-check", "L-1", str(tmp_path / "none.txt")],
        ["course", "L-1", "--out", str(tmp_path / "no" / "draft.txt")],
    ):
        failed = CliRunner().invoke(app, arguments)
        assert isinstance(failed.exception, BadInput), failed.output
