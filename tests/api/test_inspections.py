"""Do inspections leave only to surveyors, and does a side act for itself alone?"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.schemas.inspections import (
    CampaignTold,
    DueList,
    GapMap,
    ImportsTold,
    LogTold,
    ProgressTold,
)
from api.security import issue
from geo.db import session_factory
from geo.db.embedded import Embedded
from tests.geo.survey.inspected import (
    EAST,
    LINE,
    ROLE_A,
    ROLE_B,
    WEST,
    make_ground,
    marker_form,
    phone_file,
)
from tests.machine import worker_database

BASE = "/api/survey/inspections"
ONE = f"{BASE}/LJ2026-001"


@pytest.fixture(scope="module")
def service(home: Any, cluster: Embedded) -> Iterator[tuple[TestClient, dict[str, Any]]]:
    """The made-up ground, an open campaign, and tokens: anywhere, of both sides, of elsewhere."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"inspections_{worker}")
    with session_factory(database).begin() as session:
        make_ground(session)
        secrets = {
            who: issue(session, label=who, role=role, division_code=code, days=1).secret
            for who, role, code in (
                ("surveyor", "surveyor", None), ("a", "surveyor", WEST), ("b", "surveyor", EAST),
                ("elsewhere", "surveyor", "500000000000"), ("planner", "planner", None),
            )
        }  # fmt: skip
    heads = {who: {"Authorization": f"Bearer {secret}"} for who, secret in secrets.items()}
    with TestClient(create_app(database), raise_server_exceptions=False) as client:
        sent = {"title": "甲乙线联合检查", "lines": [LINE], "role": ROLE_A,
                "opened_on": "2026-03-02"}  # fmt: skip
        made = client.post(BASE, json=sent, headers=heads["surveyor"])
        assert CampaignTold.model_validate(made.json()).code == "LJ2026-001", made.text
        yield client, heads


def send(client: TestClient, head: Any, side: str, role: str, *forms: Any) -> ImportsTold:
    content = phone_file("LJ2026-001", side, list(forms))
    answer = client.post(
        f"{ONE}/files", headers=head, data={"role": role},
        files={"files": (f"{side}.json", content, "application/json")},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return ImportsTold.model_validate(answer.json())


def test_only_surveyors_of_a_side_come_in(service: Any) -> None:
    client, heads = service
    for path in ("", "/walked", "/log", "/pack.zip", "/report.docx", "/register.xlsx"):
        assert client.get(ONE + path).status_code == 401
        for who in ("planner", "elsewhere"):
            assert client.get(ONE + path, headers=heads[who]).status_code == 403, path
        answer = client.get(ONE + path, headers=heads["a"])
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
    assert client.get(f"{BASE}/nobody", headers=heads["a"]).status_code == 404
    assert client.get(BASE, headers=heads["elsewhere"]).json()["campaigns"] == []


def test_due_lines_are_those_of_the_token(service: Any) -> None:
    client, heads = service
    asked = f"{BASE}/due?on=2026-05-01"
    told = DueList.model_validate(client.get(asked, headers=heads["surveyor"]).json())
    assert [one.status for one in told.lines] == ["never", "soon", "later"]
    assert told.lines[0].due_on is None
    assert client.get(asked, headers=heads["elsewhere"]).json()["numberReturned"] == 0
    other = client.get(f"{asked}&within=320411", headers=heads["a"])
    assert other.status_code == 403


def test_forms_come_in_confirmed_and_are_undone(service: Any) -> None:
    client, heads = service
    both = (marker_form("M1", values={"state": "leaning"}), marker_form("M1", "B"))
    told = send(client, heads["a"], "A", ROLE_A, *both)
    assert told.files[0].forms == 1
    assert "不能代乙方" in told.files[0].refused[0].reason
    assert send(client, heads["a"], "A", ROLE_A, *both).files[0].was_known
    send(client, heads["b"], "B", ROLE_B, marker_form("M1", "B"))
    found = ProgressTold.model_validate(client.get(ONE, headers=heads["a"]).json())
    differing = {one.subject: one.fields for one in found.differences}["M1"]
    assert differing == {"state": {"A": "倾斜", "B": "完好"}}

    sent = {"subject": "M1", "side": "B", "take": "A", "role": ROLE_B, "on": "2026-05-06"}
    assert client.post(f"{ONE}/confirmations", json=sent, headers=heads["a"]).status_code == 403
    for who, side in (("b", "B"), ("a", "A")):
        done = client.post(
            f"{ONE}/confirmations", json=sent | {"side": side}, headers=heads[who]
        )  # fmt: skip
        assert done.status_code == 200, done.text
    found = ProgressTold.model_validate(client.get(ONE, headers=heads["b"]).json())
    assert "M1" not in {one.subject for one in found.differences}
    made = client.post(f"{ONE}/work", headers=heads["a"])
    assert len(made.json()["items"]) == 1, made.text

    undo = {"entry": done.json()["entry"], "role": ROLE_A, "on": "2026-05-06"}
    assert client.post(f"{ONE}/undo", json=undo, headers=heads["b"]).status_code == 403
    assert client.post(f"{ONE}/undo", json=undo, headers=heads["a"]).status_code == 200
    entries = LogTold.model_validate(client.get(f"{ONE}/log", headers=heads["a"]).json()).entries
    assert entries[-1].undoes == undo["entry"]
    assert entries[-2].undone_by == entries[-1].id
    gaps = GapMap.model_validate(client.get(f"{ONE}/walked", headers=heads["a"]).json())
    assert gaps.shares == {LINE: None}


def test_steps_and_changes(service: Any) -> None:
    client, heads = service
    step = {"line": LINE, "step": "concluded", "role": ROLE_A, "on": "2026-05-06"}
    answer = client.post(f"{ONE}/steps", json=step, headers=heads["a"])
    assert answer.status_code == 400
    assert "下一步" in answer.json()["detail"]
    change = {"line": LINE, "change": "river", "role": ROLE_A, "on": "2026-05-06"}
    assert client.post(f"{BASE}/changes", json=change, headers=heads["a"]).status_code == 200
    refused = client.post(f"{BASE}/changes", json=change, headers=heads["elsewhere"])
    assert refused.status_code == 403
    bad = client.post(f"{BASE}/changes", json=change | {"change": "x"}, headers=heads["a"])
    assert bad.status_code == 400


@pytest.mark.parametrize("body", [{}, {"title": ""}, {"lines": []}, {"opened_on": "soon"}, []])
def test_a_bad_body_is_refused(service: Any, body: Any) -> None:
    client, heads = service
    assert client.post(BASE, json=body, headers=heads["a"]).status_code == 400


def test_the_pack_is_whole(service: Any) -> None:
    client, heads = service
    answer = client.get(f"{ONE}/pack.zip", headers=heads["b"])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
        assert "手机表单.html" in pack.namelist()
