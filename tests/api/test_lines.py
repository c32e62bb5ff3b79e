"""Do lines leave with their basis, and does nothing that is not public leave without the right?"""

from __future__ import annotations

import io
import os
import sqlite3
import xml.etree.ElementTree as Xml
import zipfile
from collections.abc import Iterator
from pathlib import Path

import ezdxf
import pyogrio
import pytest
from fastapi.testclient import TestClient
from pyproj import Geod, Transformer

from api.app import create_app
from geo.db import session_factory
from geo.db.embedded import Embedded
from tests.frontier import AGREED, CITY, DISPUTED, SECRET_PLACE, build_frontier, surveyor
from tests.machine import worker_database

ENDINGS = ("gpkg", "gpx", "kml", "xlsx", "dxf")
INTERNAL = ("/register", "/register/markers", "/quality", *(f"/register.{one}" for one in ENDINGS))
LATITUDE = "31.7234"
"""The digits of the secret place that no public answer may hold."""


@pytest.fixture(scope="module")
def tokens() -> dict[str, str]:
    return {}


@pytest.fixture(scope="module")
def border(home: Path, cluster: Embedded, tokens: dict[str, str]) -> Iterator[TestClient]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"frontier_api_{worker}")
    with session_factory(database).begin() as session:
        build_frontier(session)
        tokens["surveyor"] = surveyor(session)
        tokens["planner"] = surveyor(session, role="planner")
        tokens["elsewhere"] = surveyor(session, division="321100000000")
    app = create_app(database, city_code=CITY)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


def test_lines_tell_their_basis_and_derived_ones_have_no_name(border: TestClient) -> None:
    told = border.get("/api/survey/lines?level=3").json()
    rows = {one["properties"]["code"]: one["properties"] for one in told["features"]}
    assert DISPUTED not in rows
    agreed = rows.pop(AGREED)
    assert (agreed["name"], agreed["basis"], agreed["is_derived"]) == ("甲乙线", "agreement", False)
    assert agreed["grade"] == 3
    assert "is_disputed" not in agreed
    assert rows, "the other sides come from outlines"
    for one in rows.values():
        assert one["is_derived"]
        assert one["name"] is None
        assert "示意线" in one["label"]
        assert one["measure"] == "量算值"
        assert one["grade"] == 2, "it parts two cities"
    length = Geod(ellps="GRS80").inv(120.0, 31.7, 120.0, 31.8)[2]
    assert agreed["length_m"] == pytest.approx(length, abs=0.1)
    assert "不作为划界依据" in told["note"]
    assert border.get(f"/api/survey/lines/{AGREED}").json()["numberReturned"] == 1
    assert border.get(f"/api/survey/lines/{DISPUTED}").status_code == 404


def test_where_three_districts_meet(border: TestClient) -> None:
    told = border.get("/api/survey/trijunctions").json()
    inner = [one for one in told["features"] if not one["properties"]["with_outside"]]
    assert [one["geometry"]["coordinates"] for one in inner] == [[120.0, 31.8]]
    assert set(inner[0]["properties"]["names"]) == {"甲东区", "乙西区", "丙县"}
    assert inner[0]["properties"]["kind"] == "trijunction"


@pytest.mark.parametrize("address", INTERNAL)
def test_nothing_internal_leaves_without_the_right(
    border: TestClient, tokens: dict[str, str], address: str
) -> None:
    def ask(token: str | None) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return border.get(f"/api/survey{address}", headers=headers).status_code

    assert ask(None) == 401
    assert ask("mza_wrong") == 401
    assert ask(tokens["planner"]) == 403
    assert ask(tokens["elsewhere"]) == 403
    answer = border.get(
        f"/api/survey{address}", headers={"Authorization": f"Bearer {tokens['surveyor']}"}
    )
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


def test_the_register_holds_what_the_public_does_not_see(
    border: TestClient, tokens: dict[str, str]
) -> None:
    headers = {"Authorization": f"Bearer {tokens['surveyor']}"}
    told = border.get("/api/survey/register?level=3", headers=headers).json()["features"]
    disputed = {one["properties"]["code"]: one["properties"]["is_disputed"] for one in told}
    assert disputed[DISPUTED] is True
    assert disputed[AGREED] is False
    places = border.get("/api/survey/register/markers", headers=headers).json()
    assert [one["properties"]["number"] for one in places["features"]] == [
        "3204001Q", "3204002Q", "3204003Q",
    ]  # fmt: skip
    assert places["features"][0]["geometry"]["coordinates"] == pytest.approx(SECRET_PLACE)
    assert "内部资料" in places["warning"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_public_file_tells_the_basis_and_keeps_secrets(
    border: TestClient, tokens: dict[str, str], ending: str
) -> None:
    public = _text(border.get(f"/api/survey/lines.{ending}").content, ending)
    headers = {"Authorization": f"Bearer {tokens['surveyor']}"}
    inside = _text(border.get(f"/api/survey/register.{ending}", headers=headers).content, ending)
    for words in ("甲乙线", "示意线", "量算值", "2026-01-01", "不作为划界依据", "未经地图审核"):
        assert words in public, words
    assert "未定甲丙线" not in public
    assert "3204001Q" not in public
    assert LATITUDE not in public
    assert "有争议" not in public
    assert "未定甲丙线" in inside
    assert "3204001Q" in inside
    if ending != "dxf":
        assert LATITUDE in inside
        assert "有争议" in inside
    assert "内部资料" in inside


def _text(content: bytes, ending: str) -> str:
    """All that a file tells, as text."""
    if ending == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "".join(book.read(name).decode() for name in book.namelist())
    if ending == "gpkg":
        held = sqlite3.connect(":memory:")
        held.deserialize(content)
        return "\n".join(held.iterdump())
    return content.decode()


def test_shapes_of_files_are_those_of_the_lines(border: TestClient, tmp_path: Path) -> None:
    for ending, layer in (("gpkg", "界线"), ("kml", "界线"), ("gpx", "tracks")):
        path = tmp_path / f"lines.{ending}"
        path.write_bytes(border.get(f"/api/survey/lines.{ending}?level=3").content)
        frame = pyogrio.read_dataframe(path, layer=layer)
        assert len(frame) == 2, ending
        assert frame.total_bounds == pytest.approx((120.0, 31.7, 120.1, 31.8))
        if ending == "gpkg":
            assert frame.crs.to_epsg() == 4490
    root = Xml.fromstring((tmp_path / "lines.gpx").read_bytes())
    assert root.get("version") == "1.1"


def test_a_drawing_states_its_zone_and_stands_in_it(border: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "lines.dxf"
    path.write_bytes(border.get("/api/survey/lines.dxf?level=3").content)
    drawing = ezdxf.readfile(path)
    assert not drawing.audit().has_errors
    assert drawing.header["$INSUNITS"] == 6, "metres"
    space = drawing.modelspace()
    texts = " ".join(one.dxf.text for one in space.query("TEXT"))
    assert "40 带" in texts
    assert "EPSG:4528" in texts
    assert "中央经线 120°E" in texts
    lines = {_told(one)["代码"]: one for one in space.query("LWPOLYLINE")}
    ends = [(x, y) for x, y, *_ in lines[AGREED].get_points()]
    to_zone = Transformer.from_crs(4490, 4528, always_xy=True)
    assert ends[0] == pytest.approx(to_zone.transform(120.0, 31.8), abs=1e-3)
    assert ends[0][0] == pytest.approx(40_500_000.0, abs=1e-3), "east carries the zone"
    told = _told(lines[AGREED])
    assert told["依据"] == "协议书"
    assert told["来源"] == "测试"
    assert any(name.startswith("长度_米_量算值") for name in told)


def _told(line: object) -> dict[str, str]:
    pairs = [value for code, value in line.get_xdata("MINZHENG_ATLAS") if code == 1000]  # type: ignore[attr-defined]
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def test_public_mode_serves_no_line_without_its_own_number(
    border: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def shapes(address: str) -> int:
        told = border.get(f"/api/survey/{address}").json()
        assert told["features"], "the list stays whole"
        return sum(one["geometry"] is not None for one in told["features"])

    today, past = "lines?level=3", "lines?level=3&on=2026-01-15"
    assert shapes(today) > 0
    monkeypatch.setenv("ATLAS_PUBLIC_MODE", "true")
    assert shapes(today) == shapes("trijunctions") == 0
    assert border.get("/api/survey/lines.dxf").status_code == 403
    assert border.get("/api/survey/lines.xlsx").status_code == 200
    register = tmp_path / "approvals.toml"
    register.write_text(
        '[[approval]]\nlayers = ["lines"]\nnumber = "示例号"\napprover = "示例机关"\n'
        'date = 2026-02-01\nscope = "甲市"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("ATLAS_MAP_APPROVALS", str(register))
    assert shapes(today) > 0
    assert (
        border.get("/api/survey/lines").json()["approval"] == "示例号（示例机关，2026-02-01，甲市）"
    )
    assert shapes(past) == 0, "old lines need a number of their own"
    monkeypatch.setenv("ATLAS_OLD_MAP_APPROVAL_NUMBER", "旧界示例号")
    assert shapes(past) > 0
