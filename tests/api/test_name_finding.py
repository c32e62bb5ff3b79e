"""Are a spot, an address line, a life and a table of names answered over HTTP?"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.schemas.name_tables import MOST_ROWS, TableMatched
from api.schemas.names import AddressTold, LifeTold, SpotTold
from geo.db import Database, session_factory
from geo.db.embedded import Embedded
from geo.gazetteer.index import refresh_keys
from geo.models.place_history import PlaceMedia, PlaceText
from tests.api.officers import CITY, NORTH, SOUTH, served, token
from tests.api.test_problems import read_problem
from tests.factories import HOME, make_city, make_name, make_place, make_unit, square
from tests.machine import worker_database

FOREIGN = "lp:https://names.example.org/place/1"


@pytest.fixture(scope="module")
def town(home: Any, cluster: Embedded) -> Database:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"finding_{worker}")
    with session_factory(database).begin() as session:
        make_city(session, name="常州市")
        make_place(session, "常州市", None, code=f"unit:{CITY}", unit_code=CITY, feature_class="A")
        for code, name, lon in ((NORTH, "北城区", 119.9), (SOUTH, "南城区", 119.6)):
            make_unit(session, code, name=name, geom=square(lon, 31.7))
            make_place(session, name, None, code=f"unit:{code}", unit_code=code, feature_class="A")
        temple = make_place(session, "天宁寺", HOME, code=FOREIGN, feature_class="S",
                            located_in=NORTH, quality="point")  # fmt: skip
        make_name(session, temple, "广福寺", kind="former", start_earliest=-100, start_latest=-90,
                  end_earliest=900, end_latest=960, citation="试验志")  # fmt: skip
        session.add(PlaceText(place_id=temple.id, kind="origin", value="来历", citation="志"))
        session.add(PlaceMedia(place_id=temple.id, kind="image", uri="https://example.org/1.jpg"))
        hidden = make_place(session, "未公开寺", HOME, code="t:hidden", quality="point")
        hidden.is_published = False
        military = make_place(session, "某营", HOME, code="t:camp", quality="point")
        military.category = "27500"
        session.flush()
        refresh_keys(session)
    return database


@pytest.fixture(scope="module")
def service(town: Database) -> Iterator[TestClient]:
    yield from served(town)


def test_a_life_is_told_of_a_code_with_slashes(service: TestClient) -> None:
    answer = service.get(f"/api/names/{FOREIGN}/life")
    assert answer.status_code == 200, answer.text
    life = LifeTold.model_validate(answer.json())
    assert [(one.name, one.kind) for one in life.periods] == [
        ("广福寺", "former"), ("天宁寺", "standard"),
    ]  # fmt: skip
    assert (life.periods[0].years.start_earliest, life.periods[0].citation) == (-100, "试验志")
    assert [(one.kind, one.value, one.citation) for one in life.texts] == [("origin", "来历", "志")]
    assert [one.uri for one in life.media] == ["https://example.org/1.jpg"]


@pytest.mark.parametrize("code", ["t:hidden", "t:camp", "nothing"])
def test_what_is_not_public_has_no_life(service: TestClient, code: str) -> None:
    assert service.get(f"/api/names/{code}/life").status_code == 404


def test_a_spot(service: TestClient) -> None:
    asked = {"lon": HOME[0], "lat": HOME[1] - 0.001}
    answer = service.get("/api/names/near", params=asked)
    assert answer.headers["content-type"] == "application/geo+json"
    told = SpotTold.model_validate(answer.json())
    assert [unit.name for unit in told.divisions] == ["常州市", "北城区"]
    names = {one.properties.name: one.properties for one in told.features}
    assert "未公开寺" not in names
    assert names["天宁寺"].direction_zh == "北"
    assert names["天宁寺"].distance_m == pytest.approx(110.9, abs=0.1)
    then = service.get("/api/names/near", params={**asked, "on": "0800-01-01"}).json()
    first = next(f["properties"] for f in then["features"] if f["properties"]["code"] == FOREIGN)
    assert first["in_year"]["name"] == "广福寺"


def test_an_address(service: TestClient) -> None:
    answer = service.get("/api/names/address", params={"q": "常州北城区天宁寺12号旁"})
    told = AddressTold.model_validate(answer.json())
    reading = told.readings[0]
    assert (reading.unit_code, reading.place_code, reading.rest) == (NORTH, FOREIGN, "旁")
    assert [part.written for part in reading.parts] == ["常州", "北城区", "天宁寺", "12号"]
    assert service.get("/api/names/address", params={"q": "，"}).status_code == 400


def test_a_table(town: Database, service: TestClient) -> None:
    rows = [{"name": "天宁寺"}, {"name": "广福寺", "division": "北城区"}, {"name": "=龘"},
            {"name": ""}]  # fmt: skip
    known = token(town)
    answer = service.post("/api/names/match", json={"rows": rows}, headers=known)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    told = TableMatched.model_validate(answer.json())
    assert [row.state for row in told.rows] == ["matched", "matched", "none", "unreadable"]
    assert [row.code for row in told.rows] == [FOREIGN, FOREIGN, None, None]
    assert told.counts == {"matched": 2, "likely": 0, "several": 0, "none": 1, "unreadable": 1}
    sent = {"rows": rows, "output": "csv"}
    file = service.post("/api/names/match", json=sent, headers=known).json()["file_base64"]
    lines = base64.b64decode(file).decode("utf-8-sig").splitlines()
    assert len(lines) == 5
    assert lines[3].startswith("'=龘")
    book = service.post("/api/names/match", json={**sent, "output": "xlsx"}, headers=known).json()
    assert base64.b64decode(book["file_base64"])[:2] == b"PK"


def test_a_table_needs_the_right_and_an_end(town: Database, service: TestClient) -> None:
    rows = [{"name": "天宁寺"}]
    assert service.post("/api/names/match", json={"rows": rows}).status_code == 401
    other = token(town, role="surveyor")
    assert service.post("/api/names/match", json={"rows": rows}, headers=other).status_code == 403
    known = token(town)
    for bad, parameter in (
        ({"rows": []}, "body.rows"), ({"rows": rows * (MOST_ROWS + 1)}, "body.rows"),
        ({"rows": [{"name": "甲", "lon": 1}]}, "body.rows.0.lon"),
        ({"rows": rows, "colour": "red"}, "body.colour"),
    ):  # fmt: skip
        problem = read_problem(service.post("/api/names/match", json=bad, headers=known))
        assert (problem.status, problem.parameter) == (400, parameter), problem


def test_a_limited_token_opens_its_own_division(town: Database, service: TestClient) -> None:
    mine = token(town, division=NORTH)
    inside = service.post("/api/names/match", json={"rows": [{"name": "天宁寺"}]}, headers=mine)
    assert inside.json()["rows"][0]["code"] == FOREIGN
    for bad in ({"within": SOUTH}, {"rows": [{"name": "天宁寺", "division": "南城区"}]}):
        sent = {"rows": [{"name": "天宁寺"}], **bad}
        assert service.post("/api/names/match", json=sent, headers=mine).status_code == 403
