"""Do the commands print lines, tri-junctions and faults in words, and write the places?"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest
import shapely
import typer
from sqlalchemy import text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.errors import BadInput, DeliveryRefused, GeoError
from geo.survey import check_cli, lines_cli
from geo.survey.cli import register
from tests.factories import make_city, make_unit

Run = Callable[..., str]
WEST, EAST = shapely.box(119.8, 31.6, 119.9, 31.8), shapely.box(119.9, 31.6, 120.0, 31.8)
ON = ("--on", "2026-06-01")


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call a command on the test's own session, as on a wide terminal."""

    @contextmanager
    def opened(what: str = ""):
        yield session

    monkeypatch.setattr(lines_cli, "open_session", opened)
    monkeypatch.setattr(check_cli, "open_session", opened)
    app = typer.Typer()
    register(app)
    make_city(session, name="常州市")
    make_unit(session, "320402000000", name="[/]天宁区", geom=WEST)
    make_unit(session, "320411000000", name="新北区", geom=EAST)

    def call(*words: str, code: int = 0) -> str:
        made = CliRunner().invoke(app, ["survey", *words], env={"COLUMNS": "240"})
        if isinstance(made.exception, GeoError):
            raise made.exception
        assert made.exit_code == code, made.output
        return made.output

    return call


def write(path: Path, rows: list[tuple[dict, shapely.Geometry]]) -> str:
    features = [
        {"type": "Feature", "properties": told, "geometry": shapely.geometry.mapping(shape)}
        for told, shape in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(path)


def test_lines_are_listed_written_and_stored(run: Run, session: Session, tmp_path: Path) -> None:
    out = tmp_path / "lines.geojson"
    said = run("lines", "--city", "常州市", *ON, "--out", str(out), "--store")
    assert "县级" in said
    assert "[/]天宁区" in said
    assert "量算值" in said
    assert "不作划界依据" in said
    assert "新增 1" in said
    features = json.loads(out.read_text())["features"]
    [shared] = [
        f["properties"] for f in features
        if f["properties"]["left_code"] and f["properties"]["right_code"]
    ]  # fmt: skip
    assert shared["basis"] == "derived"
    assert shared["name"] is None
    assert shared["length_m"] > 22_000
    assert session.scalar(text("SELECT count(*) FROM boundary_line")) == 1


def test_tri_junctions_are_counted(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "points.geojson"
    said = run("trijunctions", "--city", "320400", *ON, "--out", str(out))
    assert "三交点 2 个，四交点 0 个" in said
    assert "非实测位置" in said
    assert len(json.loads(out.read_text())["features"]) == 2


def test_a_sound_city(run: Run) -> None:
    said = run("check", "--city", "320400", *ON)
    assert "无差错" in said
    assert "V − E + F = 1 + C 成立" in said


def test_a_file_with_faults(run: Run, tmp_path: Path) -> None:
    wide = shapely.box(119.88, 31.6, 120, 31.8)
    file = write(tmp_path / "a.geojson", [({"code": "320402", "name": "甲区"}, WEST),
                                          ({"code": "320411", "name": "乙区"}, wide)])  # fmt: skip
    out, mended = tmp_path / "places.geojson", tmp_path / "mended.geojson"
    said = run("check", file, "--out", str(out), "--repaired", str(mended), code=3)
    assert "重叠 · overlap" in said
    assert "划去" in said
    assert "公顷" in said
    assert "未经采纳" in said
    assert {f["properties"]["kind"] for f in json.loads(out.read_text())["features"]} == {"overlap"}
    assert "原数据未改动" in said
    assert "无差错" in run("check", str(mended))


def test_a_file_of_lines(run: Run, tmp_path: Path) -> None:
    line = shapely.LineString([(119.9, 31.6), (119.9, 31.8)])
    told = {"界线名称": "甲乙线", "左侧": "320402", "右侧": "320402"}
    file = write(tmp_path / "lines.geojson", [(told, line)])
    said = run("check", file, code=3)
    assert "两侧同码" in said
    assert "甲乙线" in said


def test_what_cannot_be_checked(run: Run, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="请给出一个文件"):
        run("check")
    points = write(tmp_path / "p.geojson", [({"name": "甲"}, shapely.Point(119, 31))])
    with pytest.raises(BadInput, match="没有面或线"):
        run("check", points)
    with pytest.raises(DeliveryRefused):
        run("check", str(tmp_path / "none.geojson"))
    secret = write(tmp_path / "秘密.geojson", [({"name": "甲"}, WEST)])
    with pytest.raises(DeliveryRefused, match="密级"):
        run("check", secret)
    file = write(tmp_path / "a.geojson", [({"code": "320402"}, WEST)])
    with pytest.raises(BadInput, match="写不到"):
        run("check", file, "--out", str(tmp_path / "no" / "folder.geojson"))
