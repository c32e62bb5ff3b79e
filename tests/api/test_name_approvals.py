"""Do names officers, and nobody else, keep the days of approved names over HTTP?"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.schemas.naming import TableTold
from api.schemas.naming.approvals import ApprovalHistory, ApprovalsTold, RulesTold
from api.security import issue
from geo.db import Database, session_factory
from geo.db.embedded import Embedded
from geo.validity import today_in_china
from tests.api.test_problems import read_problem
from tests.factories import make_city, make_unit, square
from tests.machine import worker_database

CITY, NORTH, SOUTH = "320400000000", "320402000000", "320404000000"
TODAY = today_in_china()
APPROVED = {
    "name": "新河路", "kind": "street", "admin_code": "320402", "role": "地名科",
    "approved_on": str(TODAY - timedelta(20)), "document_no": "常地名〔2026〕1号",
}  # fmt: skip
Headers = dict[str, str]


@pytest.fixture(scope="module")
def town(home: Path, cluster: Embedded) -> Database:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"name_approvals_{worker}")
    with session_factory(database).begin() as session:
        make_city(session, name="常州市")
        make_unit(session, NORTH, name="北城区", geom=square(119.9, 31.7))
        make_unit(session, SOUTH, name="南城区", geom=square(119.6, 31.7))
    return database


@pytest.fixture(scope="module")
def service(town: Database) -> Iterator[TestClient]:
    with TestClient(create_app(town, city_code=CITY), raise_server_exceptions=False) as client:
        yield client


def token(town: Database, role: str = "names_officer", division: str | None = None) -> Headers:
    with session_factory(town).begin() as session:
        made = issue(session, label="试验", role=role, division_code=division, days=1)
        return {"Authorization": f"Bearer {made.secret}"}


@pytest.fixture(scope="module")
def officer(town: Database) -> Headers:
    return token(town)


def entered(service: TestClient, officer: Headers, **more: Any) -> dict[str, Any]:
    answer = service.post("/api/names/approvals", json=APPROVED | more, headers=officer)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    told: dict[str, Any] = answer.json()
    ApprovalHistory.model_validate(told)
    return told


def test_an_approved_name_is_kept_with_its_days(service: TestClient, officer: Headers) -> None:
    item = entered(service, officer)["item"]
    assert (item["state"], item["admin_name"]) == ("overdue", "北城区")
    steps = f"/api/names/approvals/{item['number']}/steps"
    filed = {"step": "filed", "on_date": str(TODAY), "role": "地名科"}
    told = service.post(steps, json=filed, headers=officer).json()
    assert [due["state"] for due in told["item"]["duties"]] == ["done_late", "overdue"]
    told = service.post(steps, json={**filed, "on_date": None}, headers=officer).json()
    assert [due["state"] for due in told["item"]["duties"]] == ["overdue", "overdue"]
    one = service.get(f"/api/names/approvals/{item['number']}", headers=officer).json()
    assert [e["on_date"] for e in ApprovalHistory.model_validate(one).model_dump()["entries"]] == [
        TODAY - timedelta(20), TODAY, None,
    ]  # fmt: skip
    entered(service, officer, name="近路", approved_on=str(TODAY - timedelta(12)))
    found = service.get("/api/names/approvals", headers=officer).json()
    states = [one.state for one in ApprovalsTold.model_validate(found).items]
    assert states == sorted(states, key=["overdue", "due_soon", "open", "done"].index)
    south = service.get("/api/names/approvals?city=320404", headers=officer).json()
    assert south["items"] == []


def test_only_names_officers_come_in(service: TestClient, town: Database, officer: Headers) -> None:
    number = entered(service, officer)["item"]["number"]
    step = {"step": "filed", "on_date": str(TODAY), "role": "地名科"}
    asked: list[tuple[str, str, Any]] = [
        ("GET", "/api/names/approvals?city=320402", None),
        ("POST", "/api/names/approvals", APPROVED),
        ("GET", f"/api/names/approvals/{number}", None),
        ("POST", f"/api/names/approvals/{number}/steps", step),
    ]  # fmt: skip
    for method, path, body in asked:
        assert service.request(method, path, json=body).status_code == 401, path
        for role, division, status in (
            ("planner", None, 403), ("names_officer", SOUTH, 403), ("names_officer", NORTH, 200),
        ):  # fmt: skip
            headers = token(town, role, division)
            answer = service.request(method, path, json=body, headers=headers)
            assert answer.status_code == status, (path, role, division)


@pytest.mark.parametrize(
    ("more", "parameter"),
    [({"kind": "planet"}, "body.kind"), ({"role": "经办 13800138000"}, "role"),
     ({"approved_on": str(TODAY + timedelta(2))}, "approved_on"), ({"x": 1}, "body.x"),
     ({"approved_on": "昨天"}, "body.approved_on"), ({"name": " "}, "body.name")],
)  # fmt: skip
def test_bad_bodies_are_refused(
    service: TestClient, officer: Headers, more: dict[str, Any], parameter: str
) -> None:
    answer = service.post("/api/names/approvals", json=APPROVED | more, headers=officer)
    assert (answer.status_code, read_problem(answer).parameter) == (400, parameter)


def test_an_unknown_number_is_not_found(service: TestClient, officer: Headers) -> None:
    assert service.get("/api/names/approvals/999999", headers=officer).status_code == 404
    assert service.get("/api/names/approvals/0", headers=officer).status_code in (400, 404)


def test_the_rules_are_public(service: TestClient) -> None:
    told = RulesTold.model_validate(service.get("/api/names/rules").json())
    assert {one.step: (one.days, one.place) for one in told.deadlines} == {
        "filed": (15, None), "noticed": (15, None), "signed": (60, "330200000000"),
    }  # fmt: skip
    assert {one.status for one in told.rules} == {"in_force", "local", "house"}
    assert "路" in next(kind for kind in told.kinds if kind.id == "street").generics


def test_a_table_is_read_row_by_row(service: TestClient, officer: Headers) -> None:
    table = (
        "名称,类别,区划,批准日期\n新河路,街路巷,北城区,2026/3/1\n坏路,星球,,\n,,,\n坏路,,无此区,\n"
    )
    sent = {"file_base64": base64.b64encode(table.encode()).decode()}
    answer = service.post("/api/names/check/table", json=sent, headers=officer)
    rows = TableTold.model_validate(answer.json()).rows
    assert (rows[0].kind, rows[0].division, str(rows[0].approved_on)) == (
        "street", NORTH, "2026-03-01",
    )  # fmt: skip
    assert "未知类别" in (rows[1].problem or "")
    assert rows[-1].problem
    bad = {"file_base64": base64.b64encode("甲,乙\n1,2\n".encode()).decode()}
    refused = service.post("/api/names/check/table", json=bad, headers=officer)
    assert (refused.status_code, read_problem(refused).parameter) == (400, "name")
