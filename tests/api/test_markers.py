"""Do the addresses about markers answer as documented, and does no coordinate leave unasked?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import shapely
from fastapi.testclient import TestClient

from api.app import create_app
from api.schemas.markers import (
    CheckAnswer,
    DeviationList,
    Kept,
    MarkerList,
    NumberAnswer,
    RecordAnswer,
)
from api.security import issue
from geo.db import Database, session_factory
from geo.db.embedded import Embedded
from tests.api.test_problems import read_problem
from tests.factories import during, make_line, make_marker, make_unit, stored
from tests.machine import worker_database

Desk = tuple[TestClient, dict[str, dict[str, str]]]
MEASURED = {
    "measured_at": "2026-05-01T09:30:00+08:00", "method": "gnss_rtk", "crs": "EPSG:4490",
    "x": 35.001, "y": 115.0, "sigma_m": 0.05, "role": "甲县勘界办",
    "present": [{"side": "A", "role": "勘界办代表", "office": "甲县民政局"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(home: Any, cluster: Embedded) -> Iterator[Desk]:
    """A line between two provinces with two markers, one of them published; tokens by role."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database: Database = worker_database(home, cluster.socket, f"markers_{worker}")
    with session_factory(database).begin() as session:
        for code in ("370000000000", "410000000000", "500000000000"):
            make_unit(session, code, name=f"省{code[:2]}", level=1, parent_code=None, geom=None)
        course = shapely.LineString([(115 + step / 1000, 35.0) for step in range(101)])
        make_line(session, "370000000000", "410000000000", code="3741", level=1,
                  basis="agreement", archive_scale=50_000, geom=course)  # fmt: skip
        for serial, crs in ((1, "EPSG:4490"), (2, "EPSG:4610")):
            make_marker(
                session, ["3741"], number=f"374100{serial}Q", serial=serial, archived_crs=crs,
                geom=stored((115.0 + serial / 100 - 0.01, 35.0)), archived_x=35.0,
                archived_y=115.0 + serial / 100 - 0.01, archived_sigma_m=0.5, state="intact",
                is_published=serial == 1, validity=during(date(2020, 1, 1)),
            )  # fmt: skip
        given = {"surveyor": None, "planner": None, "mine": "370000000000", "far": "500000000000"}
        secrets = {
            name: issue(
                session, label=name, role="planner" if name == "planner" else "surveyor",
                division_code=code, days=1,
            ).secret
            for name, code in given.items()
        }  # fmt: skip
    with TestClient(create_app(database, city_code="320400000000")) as client:
        yield client, {name: {"Authorization": f"Bearer {one}"} for name, one in secrets.items()}


def test_the_public_sees_numbers_lines_and_states_of_published_rows(desk: Desk) -> None:
    client, _ = desk
    answer = client.get("/api/survey/markers?on=2026-01-01")
    found = MarkerList.model_validate(answer.json())
    assert [(one.number, one.state) for one in found.markers] == [("3741001Q", "intact")]
    assert not any(word in answer.text for word in ("115", "35.0", "archived", "geom"))
    assert client.get("/api/survey/markers?line=9999").json()["markers"] == []


def test_anybody_may_read_a_number(desk: Desk) -> None:
    client, _ = desk
    made = client.get("/api/survey/markers/number?number=1253165C").json()
    found = NumberAnswer.model_validate(made)
    assert found.number is not None
    assert (found.number.line, found.number.serial, found.number.stands) == ("1253", 165, 3)
    stone = NumberAnswer.model_validate(
        client.get("/api/survey/markers/number", params={"number": "944/1(2)"}).json()
    )
    assert stone.number is None
    assert "国界" in stone.problems[0]


def test_everything_with_a_place_is_for_surveyors_of_the_division(desk: Desk) -> None:
    client, heads = desk
    for address in ("/api/survey/markers/3741001Q", "/api/survey/markers/check?line=3741",
                    "/api/survey/deviations?line=3741"):  # fmt: skip
        assert client.get(address).status_code == 401
        assert client.get(address, headers=heads["planner"]).status_code == 403
        assert client.get(address, headers=heads["far"]).status_code == 403
        allowed = client.get(address, headers=heads["mine"])
        assert (allowed.status_code, allowed.headers["cache-control"]) == (200, "no-store")
    for way in ("observations", "events"):
        address = f"/api/survey/markers/3741001Q/{way}"
        assert client.post(address, json={}).status_code in (400, 401)
        body = MEASURED if way == "observations" else {"kind": "note", "on": "2026-05-01",
                                                       "role": "勘界办"}  # fmt: skip
        assert client.post(address, json=body, headers=heads["far"]).status_code == 403
    within = client.get("/api/survey/deviations?within=370000", headers=heads["far"])
    assert within.status_code == 403


def test_from_a_measurement_to_a_verdict(desk: Desk) -> None:
    client, heads = desk
    head = heads["surveyor"]
    sent = client.post("/api/survey/markers/3741001Q/observations", json=MEASURED, headers=head)
    assert sent.status_code == 200, sent.text
    Kept.model_validate(sent.json())
    old = client.post("/api/survey/markers/3741002Q/observations", json=MEASURED, headers=head)
    assert old.status_code == 200
    event = client.post(
        "/api/survey/markers/3741001Q/events", headers=head,
        json={"kind": "state", "on": "2026-05-01", "state": "moved", "role": "甲县勘界办"},
    )  # fmt: skip
    assert event.status_code == 200, event.text
    told = client.get("/api/survey/deviations?line=3741&on=2026-06-01", headers=head).json()
    over, none = DeviationList.model_validate(told).deviations
    assert (over.number, over.verdict, over.state) == ("3741001Q", "over", "moved")
    assert over.distance_m == pytest.approx(110.9, abs=0.2)
    assert (over.tolerance_m, over.tolerance_status) == (5.0, "unverified")
    assert over.on_lines[0].measured is not None
    assert (none.verdict, none.distance_m) == ("none", None), "Xian 80 without parameters"
    record = RecordAnswer.model_validate(
        client.get("/api/survey/markers/3741001Q?on=2026-06-01", headers=head).json()
    )
    assert record.observations[0]["present"] == MEASURED["present"]
    assert (record.versions, record.events[0]["state_before"]) == (2, "intact")
    assert client.get("/api/survey/markers?on=2026-06-01").json()["markers"][0]["state"] == "moved"


def test_a_check_lists_what_does_not_fit(desk: Desk) -> None:
    client, heads = desk
    asked = "/api/survey/markers/check?line=3741&on=2026-01-01"
    told = client.get(asked, headers=heads["surveyor"]).json()
    found = CheckAnswer.model_validate(told)
    assert {one.kind for one in found.findings} == {"few_references"}
    assert found.unplaced == ["3741002Q"]
    gone = client.get("/api/survey/markers/check?line=0000", headers=heads["surveyor"])
    assert read_problem(gone).status == 404


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"x": "north"}, "body.x"), ({"method": "guess"}, "method"), ({"crs": "gcj02"}, "crs"),
        ({"measured_at": "2026-05-01T09:30:00"}, "measured_at"), ({"colour": 1}, "body.colour"),
        ({"role": "王小明"}, "role"), ({"sigma_m": -1}, "sigma_m"), ({"x": 1e400}, None),
        ({"replaces_id": 999999}, "replaces_id"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_named(desk: Desk, change: dict[str, Any], named: str) -> None:
    client, heads = desk
    if named is None:
        body: dict[str, Any] = {"content": '{"x": 1e400}'}
        body["headers"] = heads["surveyor"] | {"Content-Type": "application/json"}
    else:
        body = {"json": MEASURED | change, "headers": heads["surveyor"]}
    refused = client.post("/api/survey/markers/3741001Q/observations", **body)
    problem = read_problem(refused)
    assert problem.status == 400
    assert named is None or problem.parameter == named
    both = client.get("/api/survey/deviations", headers=heads["surveyor"])
    assert read_problem(both).parameter == "line"
    assert client.get("/api/survey/markers/none", headers=heads["surveyor"]).status_code == 404
