"""Do the commands about markers read numbers, keep measurements and tell deviations in words?"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import shapely
import typer
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.errors import BadInput, GeoError, NotFound
from geo.survey import markers_cli
from geo.survey.cli import register
from tests.factories import during, make_line, make_marker, stored

Run = Callable[..., str]
ON = ("--on", "2026-06-01")
AT = ("--at", "2026-05-01T09:30+08:00", "--role", "甲县勘界办", "--method", "gnss_rtk")


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call a command on the test's own session, as on a wide terminal."""

    @contextmanager
    def opened(what: str = ""):
        yield session

    monkeypatch.setattr(markers_cli, "open_session", opened)
    app = typer.Typer()
    register(app)
    course = shapely.LineString([(115 + step / 1000, 35.0) for step in range(101)])
    make_line(session, "370000000000", "410000000000", code="3741", level=1, basis="agreement",
              archive_scale=50_000, geom=course)  # fmt: skip
    for serial, lon in ((1, 115.0), (2, 115.05), (4, 115.03)):
        make_marker(
            session, ["3741"], number=f"374100{serial}Q", serial=serial, geom=stored((lon, 35.0)),
            archived_crs="EPSG:4490", archived_x=35.0, archived_y=lon, archived_sigma_m=0.5,
            validity=during(date(2020, 1, 1)), material="[/]石质", is_synthetic=True,
        )  # fmt: skip

    def call(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["survey", *words], env={"COLUMNS": "220"})
        if isinstance(result.exception, GeoError):
            raise result.exception
        assert result.exit_code == code, (result.output, result.exception)
        return result.output

    return call


def test_numbers_are_read_and_built(run: Run) -> None:
    told = run("marker", "number", "1253165Q")
    assert "线号 1253，序号 165，Q（单立）" in told
    assert "二手，待核实" in told
    assert "国界" in run("marker", "number", "944/1(2)", code=3)
    assert "没有适用" in run("marker", "number", "1253165Q", "--level", "3", code=3)
    assert "3741012Q" in run("marker", "build", "--line", "3741", "--serial", "12")
    pair = run(
        "marker", "build", "--line", "3741", "--serial", "12", "--side", "41", "--side", "37"
    )
    assert pair.index("3741012A  37") < pair.index("3741012B  41")
    with pytest.raises(BadInput):
        run("marker", "build", "--line", "37", "--serial", "12")


def test_from_register_to_deviation(run: Run, tmp_path: Path) -> None:
    told = run("markers", "--line", "3741", *ON)
    assert "共 3 座" in told
    assert "[/]石质" in told
    assert "合成" in told
    run("marker", "observe", "3741001Q", "--x", "35.00001", "--y", "115", "--crs", "4490",
        "--sigma", "0.05", *AT)  # fmt: skip
    run("marker", "observe", "3741002Q", "--x", "35", "--y", "115.05", "--crs", "西安80", *AT)
    run("marker", "event", "3741001Q", "--kind", "state", "--state", "leaning", "--role", "勘界办",
        "--on", "2026-05-01")  # fmt: skip
    shown = run("marker", "show", "3741001Q", *ON)
    assert "状态：倾斜" in shown
    assert "GNSS RTK" in shown
    assert "不得公开" in shown
    out = tmp_path / "d.geojson"
    told = run("deviations", "--line", "3741", *ON, "--out", str(out))
    assert "在限差内 1，待核 0，超限 0，不作判定 2" in told
    assert "3741002Q：实测坐标：无转换参数" in told
    assert "未核实" in told
    [feature] = json.loads(out.read_text("utf-8"))["features"]
    assert feature["properties"]["number"] == "3741001Q"
    with pytest.raises(NotFound, match="没有名为"):
        run("deviations", "--within", "无此市", *ON)
    with pytest.raises(NotFound, match="登记簿自 2020-01-01 起才有"):
        run("marker", "show", "3741001Q", "--on", "2019-01-01")
    with pytest.raises(BadInput, match="须给出状态"):
        run("marker", "event", "3741001Q", "--kind", "state", "--role", "勘界办", *ON)
    with pytest.raises(BadInput):
        run("deviations", *ON)
    with pytest.raises(BadInput):
        run("marker", "observe", "3741001Q", "--x", "35", "--y", "115", "--crs", "4490",
            "--datum-shift", "1,2", *AT)  # fmt: skip


def test_a_check_tells_what_does_not_fit(run: Run) -> None:
    told = run("markers", "--line", "3741", "--check", *ON, code=3)
    assert "序号缺号：缺序号 003" in told
    assert "里程与序号次序不符" in told
    assert "方位物不足三个" in told
    with pytest.raises(BadInput):
        run("markers", "--within", "370000", "--check", *ON)
