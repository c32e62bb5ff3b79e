"""Do names officers, and nobody else, check names and documents over HTTP, leaving no trace?"""

from __future__ import annotations

import base64
import io
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from fastapi.testclient import TestClient

from api.schemas.naming import CheckTold, ListTold, ProofreadTold
from geo.db import Database, session_factory
from geo.db.embedded import Embedded
from geo.gazetteer.index import refresh_keys
from tests.api.officers import NORTH, SOUTH, served, token
from tests.api.test_problems import read_problem
from tests.factories import make_city, make_name, make_place, make_unit, square
from tests.machine import worker_database
from tests.papers import paper

NAME = {"name": "长江路", "kind": "street", "lon": 119.95, "lat": 31.75, "on": "2026-03-20"}
SENT: dict[str, dict[str, Any]] = {
    "/api/names/check": NAME,
    "/api/names/check/batch": {"rows": [{"name": "长江路"}], "kind": "street", "division": NORTH},
    "/api/names/check/table": {"file_base64": base64.b64encode("名称\n长江路\n".encode()).decode()},
    "/api/names/proofread": {"text": "在扬子江路办理。"},
}


@pytest.fixture(scope="module")
def town(home: Any, cluster: Embedded) -> Database:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"naming_{worker}")
    with session_factory(database).begin() as session:
        make_city(session, name="常州市")
        make_unit(session, NORTH, name="北城区", geom=square(119.9, 31.7))
        make_unit(session, SOUTH, name="南城区", geom=square(119.6, 31.7))
        road = make_place(session, "长江路", (119.96, 31.76), feature_class="R", located_in=NORTH)
        make_name(session, road, "扬子江路", kind="popular")
        refresh_keys(session)
    return database


@pytest.fixture(scope="module")
def service(town: Database) -> Iterator[TestClient]:
    yield from served(town)


@pytest.fixture(scope="module")
def officer(town: Database) -> dict[str, str]:
    return token(town)


def test_a_name_is_checked(service: TestClient, officer: dict[str, str]) -> None:
    answer = service.post("/api/names/check", json=NAME, headers=officer)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    told = CheckTold.model_validate(answer.json())
    results = {one.rule.id: one for one in told.results}
    assert results["same-name"].status == "fired"
    assert results["same-name"].evidence[0].distance_m == pytest.approx(1457, abs=5)
    assert results["person"].status == "unchecked"
    assert "不是审批意见" in told.statement_zh
    area = square(119.0, 31.0)
    elsewhere: dict[str, Any] = {
        **NAME,
        "built_up": {"type": "Polygon", "coordinates": [list(map(list, area.exterior.coords))]},
    }
    ring = elsewhere["built_up"]["coordinates"][0]
    for some_high in (ring, [ring[0], [*ring[1], 12.5], *ring[2:]]):
        elsewhere["built_up"]["coordinates"] = [some_high]
        answer = service.post("/api/names/check", json=elsewhere, headers=officer)
        told = CheckTold.model_validate(answer.json())
        assert {one.rule.id: one.status for one in told.results}["same-name"] == "not_fired"


def test_restricted_names_are_not_told(
    service: TestClient, officer: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "leaders.txt").write_text("甲乙丙\n", encoding="utf-8")
    monkeypatch.setenv("ATLAS_NAMING_LISTS", str(tmp_path))
    sent = {**NAME, "name": "新甲乙丙路"}
    told = service.post("/api/names/check", json=sent, headers=officer).json()
    (person,) = (one for one in told["results"] if one["rule"]["id"] == "person")
    assert (person["status"], person["zh"], person["evidence"]) == ("fired", "涉及限制类人名。", [])


def test_a_list_is_judged(service: TestClient, officer: dict[str, str]) -> None:
    rows = [
        {"name": "长江路", "approved_on": "2026-03-01"}, {"name": "扬子江路"}, {"name": "新河路"},
        {"name": "坏路", "division": "999999"},
    ]  # fmt: skip
    sent = {"rows": rows, "kind": "street", "division": NORTH, "on": "2026-03-20", "output": "csv"}
    answer = service.post("/api/names/check/batch", json=sent, headers=officer)
    assert answer.status_code == 200, answer.text
    told = ListTold.model_validate(answer.json())
    assert [row.verdict for row in told.rows] == ["standard", "not_standard", "unknown", None]
    assert told.rows[0].duties[0].state == "overdue"
    assert told.file_name == "地名核查-2026-03-20.csv"
    assert "扬子江路,非标准,长江路" in base64.b64decode(told.file_base64 or "").decode("utf-8-sig")


def test_a_document_is_proofread(service: TestClient, officer: dict[str, str]) -> None:
    address = "/api/names/proofread"
    answer = service.post(address, json={"text": "在扬子江路办理。"}, headers=officer)
    told = ProofreadTold.model_validate(answer.json())
    (mark,) = told.marks
    assert (mark.text, mark.start, mark.suggestion) == ("扬子江路", 1, "长江路")
    raw = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("在扬子江路办理。")
    document.save(raw)
    for data in (raw.getvalue(), "在扬子江路办理。".encode("gb18030")):
        sent = {"file_base64": base64.b64encode(data).decode(), "output": "docx"}
        told = ProofreadTold.model_validate(
            service.post(address, json=sent, headers=officer).json()
        )
        made = docx.Document(io.BytesIO(base64.b64decode(told.file_base64 or "")))
        assert [r.text for r in made.paragraphs[0].runs if r.text] == ["在", "扬子江路", "办理。"]
    pdf = paper([["第一页。"], ["在扬子江路办理。"]])
    sent = {"file_base64": base64.b64encode(pdf).decode()}
    told = ProofreadTold.model_validate(service.post(address, json=sent, headers=officer).json())
    assert (told.marks[0].page, told.unread_pages) == (2, [])
    assert (told.text or "")[told.marks[0].start : told.marks[0].end] == "扬子江路"
    page = service.post(
        address, json={"text": "<script>在扬子江路", "output": "html"}, headers=officer
    ).json()["html"]
    assert "<script>" not in page
    assert "长江路" in page


def test_nothing_that_was_sent_is_logged(
    service: TestClient, officer: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "机密词句"
    for sent in (
        {"text": f"{secret}在扬子江路"},
        {"text": [secret]},
        {"text": secret, "x": secret},
        {"file_base64": base64.b64encode(b"PK\x03\x04" + secret.encode()).decode()},
    ):
        answer = service.post("/api/names/proofread", json=sent, headers=officer)
        assert secret not in answer.text, sent
    assert secret not in caplog.text


@pytest.mark.parametrize("address", list(SENT))
def test_only_names_officers_come_in(service: TestClient, town: Database, address: str) -> None:
    assert service.post(address, json=SENT[address]).status_code == 401
    for role in ("planner", "surveyor", "public"):
        answer = service.post(address, json=SENT[address], headers=token(town, role))
        assert answer.status_code == 403, role
    assert service.post(address, json=SENT[address], headers=token(town)).status_code == 200
    administrator = token(town, "administrator")
    assert service.post(address, json=SENT[address], headers=administrator).status_code == 200
    assert service.post(address, content="x", headers=token(town)).status_code in (400, 415)


def test_a_limited_token_opens_its_division(service: TestClient, town: Database) -> None:
    north, south = token(town, division=NORTH), token(town, division=SOUTH)
    for address in ("/api/names/check", "/api/names/check/batch"):
        assert service.post(address, json=SENT[address], headers=north).status_code == 200
        assert service.post(address, json=SENT[address], headers=south).status_code == 403
    text = {"text": "在扬子江路办理。"}
    told = service.post("/api/names/proofread", json=text, headers=south).json()
    assert told["marks"] == []  # that road lies elsewhere
    refused = service.post("/api/names/proofread", json={**text, "within": NORTH}, headers=south)
    assert refused.status_code == 403


BAD = [
    ("/api/names/check", {**NAME, "kind": "planet"}, "body.kind"),
    ("/api/names/check", {**NAME, "lon": 200}, "body.lon"),
    ("/api/names/check", {**NAME, "lat": None}, "body.lon"),
    ("/api/names/check", {**NAME, "name": " "}, "body.name"),
    ("/api/names/check", {**NAME, "name": "。"}, "name"),
    ("/api/names/check", {**NAME, "more": 1}, "body.more"),
    ("/api/names/check", {**NAME, "on": "today"}, "body.on"),
    ("/api/names/check/batch", {"rows": []}, "body.rows"),
    ("/api/names/check/batch", {"rows": [{"name": "路"}] * 201}, "body.rows"),
    ("/api/names/check/table", {"file_base64": "***"}, "body.file_base64"),
    ("/api/names/proofread", {}, "body.text"),
    ("/api/names/proofread", {"text": "a", "file_base64": "YQ=="}, "body.text"),
    ("/api/names/proofread", {"file_base64": "***"}, "body.file_base64"),
    ("/api/names/proofread", {"file_base64": "UEsDBAAA"}, "file"),
    ("/api/names/proofread", {"file_base64": "JVBERi0xLjQK"}, "file"),
    ("/api/names/proofread", {"text": "a", "output": "pdf"}, "body.output"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "sent", "parameter"), BAD)
def test_bad_bodies_are_refused_and_named(
    service: TestClient, officer: dict[str, str], address: str, sent: Any, parameter: str
) -> None:
    answer = service.post(address, json=sent, headers=officer)
    told = read_problem(answer)
    assert (told.status, told.parameter) == (400, parameter)
