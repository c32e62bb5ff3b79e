"""A red name goes its whole way: proposed, looked at, published, read by the public, withdrawn."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.security import issue
from geo.db import Database, session_factory
from geo.db.embedded import Embedded
from geo.loaders.city import load_city
from tests.machine import worker_database

PLACE = "red:320400:塘马村"
LIST = "溧阳市红色地名名录"


@pytest.fixture(scope="module")
def liyang(home: Any, cluster: Embedded) -> Database:
    """The real lists of Changzhou: 15 heritage names, 8 red ones."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"heritage_story_{worker}")
    with session_factory(database).begin() as session:
        load_city(session, "常州市")
    return database


@pytest.fixture(scope="module")
def service(liyang: Database) -> Iterator[TestClient]:
    with TestClient(create_app(liyang, city_code="320400000000")) as client:
        yield client


def test_the_real_lists_are_all_shown(service: TestClient) -> None:
    told = service.get("/api/heritage", params={"within": "320400"}).json()
    assert told["counts"]["places"] == told["numberMatched"] == 23
    assert told["counts"]["by_family"] == {"heritage": 15, "red": 8}
    assert told["counts"]["by_level"] == {"province": 23}
    properties = [one["properties"] for one in told["features"]]
    assert [one["name"] for one in properties][:1] == ["延陵"], "the oldest era first"
    for one in properties:
        assert one["lists"][0]["citation"]
        assert bool(one["story"]) == bool(one["story_source"])
        assert (one["era"] == "unknown") == (one["era_said"] is None)
        assert one["protection"] is one["sign"] is one["surveyed_on"] is None
    assert sum(bool(one["story"]) for one in properties) == 11
    page = service.get("/heritage").text
    assert all(one["name"] in page for one in properties)


def test_a_red_name_comes_onto_the_list_of_its_city(service: TestClient, liyang: Database) -> None:
    with session_factory(liyang).begin() as session:
        made = issue(
            session, label="溧阳", role="names_officer", division_code="320481000000", days=1
        )
    headers = {"Authorization": f"Bearer {made.secret}"}

    def step(number: str, word: str, role: str, verdict: str | None = None) -> dict[str, Any]:
        body = {"step": word, "role": role, "reasons": "按程序办理", "verdict": verdict}
        answer = service.post(
            f"/api/heritage/nominations/{number}/steps",
            json={name: value for name, value in body.items() if value}, headers=headers,
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    proposed = service.post("/api/heritage/nominations", headers=headers, json={
        "place": PLACE, "list_name": LIST, "list_level": "district", "admin_code": "320481",
        "era": "抗日战争时期", "batch": "第一批", "role": "溧阳市民政局区划地名科",
        "reasons": "塘马战斗发生地，名称沿用",
    })  # fmt: skip
    assert proposed.status_code == 200, proposed.text
    number = proposed.json()["code"]
    assert LIST not in service.get("/heritage?family=red").text
    step(number, "opinion", "溧阳市退役军人事务局", "agree")
    step(number, "expert", "地名专家组", "agree")
    step(number, "published", "溧阳市民政局")
    told = service.get("/api/heritage", params={"family": "red"}).json()
    assert told["counts"]["by_level"] == {"province": 8, "district": 1}
    assert told["counts"]["places"] == 8, "on two lists and still one place"
    assert told["counts"]["on_several_levels"] == 1
    leaf = service.get(f"/heritage/{PLACE}").text
    assert LIST in leaf
    assert "抗日战争时期" in leaf
    assert step(number, "withdrawn", "溧阳市民政局")["state"] == "withdrawn"
    assert LIST not in service.get(f"/heritage/{PLACE}").text
