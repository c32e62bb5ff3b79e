"""Does `atlas survey export` write what the public sees, and the rest only when it is asked to?"""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import ezdxf
import pyogrio
import pytest
import typer
from sqlalchemy import text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.errors import BadInput, GeoError
from geo.survey import exports_cli
from geo.survey.drawn import zone_of
from tests.frontier import AGREED, DISPUTED, build_frontier

Run = Callable[..., None]
ON = ("--on", "2026-11-01")


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> Run:
    @contextmanager
    def opened(what: str = "") -> Iterator[Session]:
        yield session
        session.execute(text("SET LOCAL search_path = atlas, public"))

    monkeypatch.setattr(exports_cli, "open_session", opened)
    app = typer.Typer()
    exports_cli.register(app)
    app.command("other")(lambda: None)
    build_frontier(session)

    def call(*words: str) -> None:
        made = CliRunner().invoke(app, ["export", "--city", "320400", *ON, *words])
        if isinstance(made.exception, GeoError):
            raise made.exception
        assert made.exit_code == 0, made.output

    return call


def test_a_file_holds_what_the_public_sees_unless_it_is_internal(
    run: Run, session: Session, tmp_path: Path
) -> None:
    session.execute(
        text("UPDATE boundary_line SET is_published = false WHERE code LIKE 'DERIVED-3-320404%'")
    )
    path = tmp_path / "lines.gpkg"
    run("--out", str(path), "--level", "3")
    assert set(pyogrio.read_dataframe(path, layer="界线")["代码"]) == {AGREED}
    assert [name for name, _ in pyogrio.list_layers(path)] == ["界线"]
    run("--out", str(path), "--level", "3", "--internal")
    inside = pyogrio.read_dataframe(path, layer="界线")
    assert {AGREED, DISPUTED} < set(inside["代码"])
    assert len(pyogrio.read_dataframe(path, layer="界桩")) == 3


def test_a_text_of_many_lines_breaks_no_file(run: Run, session: Session, tmp_path: Path) -> None:
    session.execute(
        text("UPDATE boundary_line SET name = :evil, source = :evil WHERE code = :code"),
        {"evil": "=1+1\n0\nEOF\x0b<script>", "code": AGREED},
    )
    for ending in ("gpx", "kml", "dxf", "xlsx"):
        run("--out", str(tmp_path / f"lines.{ending}"))
    for ending in ("gpx", "kml"):
        assert "<script>" in "".join(Xml.parse(tmp_path / f"lines.{ending}").getroot().itertext())
    assert len(ezdxf.readfile(tmp_path / "lines.dxf").modelspace().query("LWPOLYLINE")) >= 3


def test_what_cannot_be_written_is_said(run: Run, session: Session, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="后缀"):
        run("--out", str(tmp_path / "lines.shp"))
    with pytest.raises(BadInput, match="没有登记的界线"):
        run("--out", str(tmp_path / "lines.gpx"), "--level", "5")
    with pytest.raises(BadInput, match="写不到"):
        run("--out", str(tmp_path / "none" / "lines.gpx"))


@pytest.mark.parametrize(
    ("lon", "zone"),
    [(119.97, (40, 120, 4528)), (118.4, (39, 117, 4527)), (118.6, (40, 120, 4528)),
     (75.0, (25, 75, 4513)), (135.2, (45, 135, 4533)), (60.0, (25, 75, 4513))],
)  # fmt: skip
def test_the_zone_of_a_drawing(lon: float, zone: tuple[int, int, int]) -> None:
    assert zone_of(lon) == zone
