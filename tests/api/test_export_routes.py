"""Does every result leave over HTTP as a file, for the public rounded and without shapes?"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import geopandas as gpd
import pyogrio
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.schemas.exported import FORMATS_SENT, FileFormat, ResultName
from api.schemas.problem import Problem
from geo.access.export import FORMATS, RESULTS
from geo.db import Database, session_factory
from geo.db.embedded import Embedded
from tests.api.test_problems import read_problem
from tests.api.test_siting_routes import PLAN, token
from tests.factories import (
    make_candidate,
    make_cell,
    make_city,
    make_estate,
    make_facility,
    make_unit,
    square,
)
from tests.machine import worker_database

PUBLIC = [name for name, one in RESULTS.items() if not one.is_internal]
STAFF = [name for name, one in RESULTS.items() if one.is_internal]
ASKED: dict[str, dict[str, Any]] = {
    "missing": {"areas": "township"}, "isochrones": {"facility": "A", "fallback": "line"},
    "series": {"years": "2024-2025"}, "candidates": {"kind": "rehab_rental"},
    "sites": {"kind": "rehab_rental", "sites": 1},
}  # fmt: skip


@pytest.fixture(scope="module")
def town(home: Path, cluster: Embedded) -> Database:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"export_{worker}")
    with session_factory(database).begin() as session:
        make_city(session)
        make_unit(session, "320402000000", name="=甲区", geom=square(119.9, 31.7))
        make_unit(session, "320404000000", name="乙区", geom=square(120.0, 31.7))
        make_unit(
            session, "320402101000", name="丁镇", level=4, unit_type="镇",
            parent_code="320402000000", geom=square(119.92, 31.72, 0.02),
        )  # fmt: skip
        make_cell(session, (119.95, 31.75), 1234)
        make_cell(session, (120.05, 31.75), 6)
        make_facility(session, (119.951, 31.75), code="A", is_published=True)
        make_facility(session, (120.05, 31.75), code="hidden", is_published=False)
        make_facility(session, (120.05, 31.75), code="F0", kinds=["rehab_rental"])
        make_estate(session, code="E1", admin_code="320402000000")
        make_candidate(session, (119.952, 31.75), code="K1", name="候选一")
    return database


@pytest.fixture(scope="module")
def service(town: Database) -> Iterator[TestClient]:
    with TestClient(create_app(town, city_code="320400000000")) as client:
        client.headers["accept"] = "*/*"
        yield client


def get(service: TestClient, name: str, headers: Any = None, **asked: Any) -> Any:
    given = {"on": "2026-09-01"} | ASKED.get(name, {}) | asked
    return service.get(f"/api/access/export/{name}", params=given, headers=headers)


def refused(answer: Any, status: int) -> Problem:
    assert answer.status_code == status, answer.text
    return read_problem(answer)


def test_the_names_are_those_of_the_command_line() -> None:
    assert get_args(get_args(ResultName)[0]) == tuple(RESULTS)
    assert {ending for ending, _ in FORMATS_SENT.values()} == set(FORMATS)
    assert set(get_args(get_args(get_args(FileFormat)[0])[0])) == set(FORMATS_SENT)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_result_in_every_format(
    service: TestClient, tmp_path: Path, name: str
) -> None:
    counts = set()
    for f, (ending, media) in FORMATS_SENT.items():
        answer = get(service, name, f=f)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].split(";")[0] == media
        file = f'filename="{name}-320400-2026-09-01{ending}"'
        assert answer.headers["content-disposition"] == f"attachment; {file}"
        kept = tmp_path / f"r{ending}"
        kept.write_bytes(answer.content)
        if f == "gpkg":
            counts.add(pyogrio.read_info(kept)["features"])
        elif f == "geoparquet":
            frame = gpd.read_parquet(kept)
            assert frame.geometry.isna().all()
            counts.add(len(frame))
        elif f == "csv":
            text = answer.content.decode("utf-8-sig")
            assert "1234" not in text
            assert "\n=" not in text
            counts.add(len(list(csv.DictReader(io.StringIO(text)))))
        else:
            told = answer.json()
            assert all(one["geometry"] is None for one in told["features"])
            assert "未设审图号" in told["method"]
            counts.add(len(told["features"]))
    assert len(counts) == 1
    assert counts.pop() > 0 or name == "missing"  # no rule asks anything of a lone town


def test_an_approval_number_lets_the_shapes_out(
    service: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_MAP_APPROVAL_NUMBER", "example")
    shown = get(service, "coverage").json()["features"]
    assert [one["geometry"] is not None for one in shown] == [True, True, False]
    assert [one["properties"]["covered_60"] for one in shown] == [1230, None, None]


def test_only_published_rows_count(service: TestClient) -> None:
    on_line = get(service, "coverage", radius_m=1000, areas="district").json()["features"]
    assert on_line[1]["properties"]["people_60"] is None, "six people are withheld"
    registered = get(service, "coverage", basis="registered")
    refused(registered, 404)


@pytest.mark.parametrize("name", [*STAFF])
def test_what_is_for_staff_needs_a_planner(service: TestClient, town: Database, name: str) -> None:
    planner = token(town)
    asked: dict[str, Any] = {}
    if name == "scenario":
        changes = [PLAN["changes"][0]]
        made = service.post(
            "/api/access/scenarios", json=PLAN | {"changes": changes}, headers=planner
        )
        asked["scenario"] = made.json()["id"]
    refused(get(service, name, **asked), 401)
    refused(get(service, name, headers=token(town, "surveyor"), **asked), 403)
    elsewhere = token(town, division="320404000000")
    refused(get(service, name, headers=elsewhere, **asked), 403)
    for f in FORMATS_SENT:
        answer = get(service, name, headers=planner, f=f, **asked)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
    assert b"1234" not in get(service, name, headers=planner, f="csv", **asked).content


def test_the_accept_header_chooses_and_is_refused(service: TestClient) -> None:
    as_csv = get(service, "coverage", headers={"Accept": "text/csv"})
    assert as_csv.headers["content-type"].startswith("text/csv")
    chosen = get(service, "coverage", headers={"Accept": "application/*"}, f="csv")
    assert chosen.headers["content-type"].startswith("text/csv")
    told = refused(get(service, "coverage", headers={"Accept": "image/png"}), 406)
    assert "text/csv" in told.detail


@pytest.mark.parametrize(
    ("name", "asked", "parameter"),
    [
        ("nothing", {}, "name"),
        ("coverage", {"f": "shp"}, "f"),
        ("coverage", {"kind": "zzz"}, "kind"),
        ("coverage", {"radius_m": 500, "minutes": 5}, "minutes"),
        ("coverage", {"depth": 3}, "depth"),
        ("missing", {"areas": "district"}, "areas"),
        ("isochrones", {"facility": None}, "facility"),
        ("isochrones", {"facility": "\0"}, "facility"),
        ("series", {"years": "1900-2026"}, "years"),
        ("sites", {"sites": 21}, "sites"),
        ("scenario", {"scenario": 0}, "scenario"),
    ],
)
def test_nonsense_is_refused_by_name(
    service: TestClient, name: str, asked: dict[str, Any], parameter: str
) -> None:
    assert refused(get(service, name, **asked), 400).parameter == parameter


def test_what_is_not_there_is_not_found(service: TestClient, town: Database) -> None:
    refused(get(service, "isochrones", facility="gone"), 404)
    refused(get(service, "scenario", headers=token(town), scenario=99), 404)
    refused(get(service, "indicators", indicator="gone"), 404)


def test_without_a_threshold_nothing_public_leaves(
    service: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_SMALL_COUNT_THRESHOLD", "0")
    refused(get(service, "coverage"), 403)
