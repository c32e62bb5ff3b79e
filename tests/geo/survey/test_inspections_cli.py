"""Do the commands of a joint inspection say in words what they did?"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.errors import GeoError
from geo.joint import inspections_cli as joint_cli
from geo.survey import inspections_cli, inspections_field_cli
from maps.inspection import cli as minutes_cli
from maps.pack import cli as pack_cli
from tests.geo.survey.inspected import LINE, ROLE_A, make_ground, marker_form, phone_file

Run = Callable[..., str]
ONE, ROLE = "LJ2026-001", ("--role", ROLE_A)


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call a command on the test's own session, as on a wide terminal."""

    @contextmanager
    def opened(what: str = ""):
        yield session

    app = typer.Typer()
    for module in (inspections_cli, inspections_field_cli, pack_cli, minutes_cli):
        monkeypatch.setattr(module, "open_session", opened)
        module.register(app)
    monkeypatch.setattr(joint_cli, "open_session", opened)
    app.command("mend")(joint_cli.mend)
    make_ground(session)

    def call(*words: str, code: int = 0) -> str:
        made = CliRunner().invoke(app, list(words), env={"COLUMNS": "240"})
        if isinstance(made.exception, GeoError):
            raise made.exception
        assert made.exit_code == code, made.output
        return made.output

    return call


def test_a_campaign_by_commands(run: Run, tmp_path: Path) -> None:
    due = run("due", "--on", "2026-05-01")
    assert due.index("甲丙线") < due.index("甲乙线")
    assert "未知" in due
    with pytest.raises(GeoError, match="在将来"):
        run("changed", LINE, "--change", "river", *ROLE, "--on", "2999-05-01")
    assert "已登记变化" in run("changed", LINE, "--change", "river", *ROLE, "--on", "2026-05-01")
    said = run(
        "campaign", "甲乙线联合检查", "--line", LINE, *ROLE, "--on", "2026-03-02", "--lead",
        "320402", "--side", f"320402={ROLE_A}",
    )  # fmt: skip
    assert f"已建立联检 {ONE}" in said
    assert "甲乙线联合检查" in run("campaigns")
    assert "已登记内业核对" in run("desk", ONE, f"{LINE}#01", "--agrees", "agrees", *ROLE)
    assert "内业完成" in run("step", ONE, LINE, "desk_done", *ROLE, "--note", "其余段上年已核对")

    pack = tmp_path / "pack.zip"
    assert "不得外传" in run("pack", ONE, "--out", str(pack))
    assert pack.stat().st_size > 50_000
    forms, track = tmp_path / "a.json", tmp_path / "a.gpx"
    forms.write_bytes(
        phone_file(ONE, "A", [marker_form("M1", values={"state": "lost"}), marker_form("M9")])
    )
    track.write_text(
        '<gpx><trk><trkseg><trkpt lat="31.85" lon="119.95"/><trkpt lat="31.8492" lon="119.95"/>'
        "</trkseg></trk></gpx>"
    )
    said = run("import", str(forms), str(track), "--campaign", ONE, *ROLE, code=3)
    assert "没有界桩「M9」" in said
    assert "轨迹 1" in said
    assert "已导入过" in run("import", str(track), "--campaign", ONE, *ROLE)
    assert "待乙方填报或确认" in run("differences", ONE)
    run("confirm", ONE, "M1", "--side", "A", "--take", "A", *ROLE)
    said = run("confirm", ONE, "M1", "--side", "B", "--take", "A", *ROLE)
    assert "各方已一致" in said
    assert "界桩 M1界桩丢失（各方一致；未建事项）" in run("progress", ONE)
    assert "新建事项 1 个" in run("mend", ONE)

    gaps = tmp_path / "gaps.geojson"
    assert "跳跃不计" in run("walked", ONE, "--within", "20", "--out", str(gaps))
    told = json.loads(gaps.read_text())
    assert told["features"][0]["properties"]["from_m"] == pytest.approx(109, abs=1)
    assert "内部资料" in told["note"]
    papers = [tmp_path / "r.docx", tmp_path / "r.xlsx"]
    run("minutes", ONE, "--out", str(papers[0]), "--out", str(papers[1]))
    assert all(paper.stat().st_size > 5000 for paper in papers)

    entry = said.partition("记录 ")[2].partition("；")[0]
    assert f"已撤销记录 {entry}" in run("undo", entry, *ROLE)
    assert f"撤销 {entry}" in run("log", ONE)


def test_what_cannot_be_is_said_in_words(run: Run, tmp_path: Path) -> None:
    for words, why in (
        (("pack", "nobody", "--out", "x.zip"), "没有编号"),
        (("minutes", ONE, "--out", "x.pdf"), "docx"),
        (("campaign", "x", "--line", LINE, "--side", "320402", *ROLE), "--side"),
        (("due", "--within", "无此城"), "无此城"),
    ):
        with pytest.raises(GeoError, match=why):
            run(*words)
