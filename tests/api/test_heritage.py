"""Does the public read lists, and do names officers, within their division, keep them over HTTP?"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.schemas.heritage import (
    HeritageList,
    HeritageWords,
    NominationList,
    NominationTold,
    ScoredTold,
)
from api.schemas.protection import ProtectedList, RecordsTold
from geo.db import Database, session_factory
from geo.db.embedded import Embedded
from tests.api.officers import NORTH, SOUTH, served, token
from tests.api.test_problems import read_problem
from tests.factories import make_city, make_listing, make_place, make_unit, square, stored
from tests.machine import worker_database

SENT: dict[str, Any] = {
    "place": "test:north", "list_name": "北城区红色地名", "list_level": "district",
    "admin_code": NORTH, "role": "北城区民政局", "reasons": "有故事", "on": "2026-03-02",
}  # fmt: skip
STEP = {"role": "文化广电和旅游局", "reasons": "属实", "on": "2026-03-03"}


@pytest.fixture(scope="module")
def town(home: Any, cluster: Embedded) -> Database:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"heritage_{worker}")
    with session_factory(database).begin() as session:
        make_city(session, name="常州市")
        make_unit(session, NORTH, name="北城区", geom=square(119.9, 31.7))
        make_unit(session, SOUTH, name="南城区", geom=square(119.6, 31.7))
        for code, unit in (("test:north", NORTH), ("test:south", SOUTH)):
            place = make_place(session, code=code, located_in=unit)
            make_listing(session, place, era="明代", list_class="古镇地名")
        hidden = make_place(session, code="test:hidden", located_in=NORTH, is_published=False)
        make_listing(session, hidden)
    return database


@pytest.fixture(scope="module")
def service(town: Database) -> Iterator[TestClient]:
    yield from served(town)


@pytest.fixture(scope="module")
def officer(town: Database) -> dict[str, str]:
    return token(town, division=NORTH)


def listed(service: TestClient, **asked: str) -> HeritageList:
    answer = service.get("/api/heritage", params=asked)
    assert answer.status_code == 200, answer.text
    return HeritageList.model_validate(answer.json())


def test_the_public_reads_what_is_published(service: TestClient) -> None:
    found = listed(service)
    assert [one.properties.code for one in found.features] == ["test:north", "test:south"]
    assert found.counts.places == found.numberMatched == 2
    assert found.counts.by_era["ming-qing"] == 2
    assert listed(service, within=NORTH, era="ming-qing", list_class="古镇地名").numberMatched == 1
    page = listed(service, limit="1", offset="1")
    assert (page.numberReturned, page.numberMatched) == (1, 2)
    words = HeritageWords.model_validate(service.get("/api/heritage/words").json())
    assert {one.status for one in words.classes} == {"unverified"}
    assert words.eras[-1].code == "unknown"


def test_tables_leave_with_the_same_filters(service: TestClient) -> None:
    answer = service.get("/api/heritage/directory.csv", params={"within": SOUTH})
    assert answer.headers["content-type"].startswith("text/csv")
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["地名代码"], row["时代分期"], row["标志"]) == ("test:south", "明清", "未知")
    book = service.get("/api/heritage/directory.xlsx")
    assert book.content[:2] == b"PK"


def test_a_name_comes_onto_a_list(service: TestClient, town: Database, officer: Any) -> None:
    def post(path: str, body: dict[str, Any], status: int = 200) -> Any:
        answer = service.post(f"/api/heritage{path}", json=body, headers=officer)
        assert answer.status_code == status, answer.text
        return answer.json()

    made = NominationTold.model_validate(post("/nominations", SENT))
    steps = f"/nominations/{made.code}/steps"
    post(steps, STEP | {"step": "published"}, 400)
    post(steps, STEP | {"step": "opinion", "verdict": "agree"})
    post(steps, STEP | {"step": "published"}, 403)
    post(steps, STEP | {"step": "opinion"}, 400)
    assert listed(service, family="red").numberMatched == 0
    marks = {"marks": {"age": 8}, "role": "专家组", "on": "2026-03-03"}
    told = ScoredTold.model_validate(post(f"/nominations/{made.code}/scores", marks))
    assert told.by_role == {"专家组": None}
    assert told.mean is None
    post(f"/nominations/{made.code}/scores", {"marks": {"fame": 8}, "role": "专家组"}, 400)
    post(steps, STEP | {"step": "expert", "verdict": "agree"})
    done = NominationTold.model_validate(post(steps, STEP | {"step": "published"}))
    assert (done.state, done.next) == ("published", ["withdrawn"])
    assert listed(service, family="red").counts.places == 1
    assert listed(service).counts.places == 2, "on two lists and still one place"
    answer = service.get("/api/heritage/nominations", headers=officer)
    assert answer.headers["cache-control"] == "no-store"
    assert NominationList.model_validate(answer.json()).numberReturned == 1
    elsewhere = service.get("/api/heritage/nominations", headers=token(town, division=SOUTH))
    assert elsewhere.json()["numberReturned"] == 0
    same = service.get(f"/api/heritage/nominations/{made.code}", headers=officer)
    assert NominationTold.model_validate(same.json()) == done


def test_a_record_needs_a_measure_before_a_change(service: TestClient, officer: Any) -> None:
    path = "/api/heritage/test:north/records"
    change = {"kind": "name_change", "value": "新名", "role": "北城区民政局", "on": "2026-03-05"}
    refused = service.post(path, json=change, headers=officer)
    assert refused.status_code == 403
    assert "第二十五条" in read_problem(refused).detail
    measure = change | {"kind": "measure", "value": "archive"}
    assert service.post(path, json=measure, headers=officer).status_code == 200
    told = service.post(path, json=change, headers=officer)
    assert [one.kind for one in RecordsTold.model_validate(told.json()).records] == [
        "name_change", "measure",
    ]  # fmt: skip


def test_a_mistaken_entry_is_withdrawn(service: TestClient, officer: Any) -> None:
    path, role = "/api/heritage/test:north", "北城区民政局"
    survey = {"kind": "survey", "value": "done", "role": role, "on": "2026-03-05"}
    entered = service.post(f"{path}/records", json=survey, headers=officer)
    entry = max(RecordsTold.model_validate(entered.json()).records, key=lambda one: one.id)
    body = {"entry": entry.id, "role": role, "reasons": "日期有误"}
    told = service.post(f"{path}/withdrawals", json=body, headers=officer)
    assert told.headers["cache-control"] == "no-store"
    records = RecordsTold.model_validate(told.json()).records
    [found] = [one for one in records if one.id == entry.id]
    assert found.withdrawn is not None
    assert (found.withdrawn.role, found.withdrawn.reasons) == (role, "日期有误")
    assert service.get(f"{path}/records", headers=officer).json() == told.json()
    again = service.post(f"{path}/withdrawals", json=body, headers=officer)
    assert (again.status_code, read_problem(again).parameter) == (400, "entry")
    elsewhere = body | {"entry": entry.id + 1000}
    assert service.post(f"{path}/withdrawals", json=elsewhere, headers=officer).status_code == 404
    own = service.get("/api/heritage/protection", headers=officer).json()["names"]
    state = {one["code"]: one["survey_state"] for one in own}["test:north"]
    assert state == "never", "what was withdrawn is no survey"
    assert "2026-03-05" not in service.get("/heritage/test:north").text


def test_what_must_be_surveyed_comes_first(
    service: TestClient, town: Database, officer: Any
) -> None:
    def kept(**asked: str) -> ProtectedList:
        answer = service.get("/api/heritage/protection", params=asked, headers=token(town))
        assert answer.headers["cache-control"] == "no-store"
        return ProtectedList.model_validate(answer.json())

    sent = {"kind": "survey", "value": "done", "role": "民政局", "on": "2019-05-01"}
    for code, due in (("test:south", "2020-05-01"), ("test:hidden", "2999-01-01")):
        body = sent | {"due_on": due, "source": "普查"}
        answer = service.post(f"/api/heritage/{code}/records", json=body, headers=token(town))
        assert answer.status_code == 200, "a survey before the name was listed is kept too"
    found = kept()
    assert [(one.code, one.survey_state, one.is_public) for one in found.names] == [
        ("test:south", "due", True), ("test:north", "never", True), ("test:hidden", "set", False),
    ]  # fmt: skip
    assert found.counts == {"due": 1, "never": 1, "set": 1, "open": 0}
    assert [one.code for one in kept(within=SOUTH, limit="1").names] == ["test:south"]
    own = service.get("/api/heritage/protection", headers=officer).json()
    assert [one["code"] for one in own["names"]] == ["test:north", "test:hidden"]
    path = "/api/heritage/protection?within="
    assert service.get(path + SOUTH, headers=officer).status_code == 403
    assert service.get(path).status_code == 401
    words = HeritageWords.model_validate(service.get("/api/heritage/words").json())
    assert {one.code: len(one.values) for one in words.records}["name_change"] == 0
    leaf = service.get("/heritage/test:south").text
    assert "2019-05-01" in leaf
    assert "普查" in leaf
    assert "民政局" not in leaf.split("<main", 1)[1], "who entered it stays inside"


@pytest.mark.parametrize(
    "path",
    [
        "/nominations",
        "/nominations/{}/steps",
        "/nominations/{}/scores",
        "/test:north/records",
        "/test:north/withdrawals",
    ],
)
def test_only_officers_write_and_only_in_their_division(
    service: TestClient, town: Database, path: str
) -> None:
    body: dict[str, Any] = {
        "/nominations": SENT | {"list_name": "另一名录"},
        "/nominations/{}/steps": STEP | {"step": "withdrawn"},
        "/nominations/{}/scores": {"marks": {"age": 1}, "role": "专家组"},
        "/test:north/records": {"kind": "sign", "value": "none", "role": "民政局"},
        "/test:north/withdrawals": {"entry": 0, "reasons": "有误", "role": "民政局"},
    }[path]
    if path.endswith("withdrawals"):
        sent = {"kind": "sign", "value": "none", "role": "民政局"}
        made = service.post("/api/heritage/test:north/records", json=sent, headers=token(town))
        body["entry"] = made.json()["records"][0]["id"]
    if "{}" in path:
        sent = SENT | {"list_name": f"名录 {path}"}
        made = service.post("/api/heritage/nominations", json=sent, headers=token(town))
        path = path.format(NominationTold.model_validate(made.json()).code)
    address = f"/api/heritage{path}"
    assert service.post(address, json=body).status_code == 401
    for held in (token(town, "planner"), token(town, division=SOUTH)):
        assert service.post(address, json=body, headers=held).status_code == 403
    whole = token(town)
    typed = whole | {"Content-Type": "text/plain"}
    assert service.post(address, content="x=1", headers=typed).status_code == 415
    assert service.post(address, json=body | {"more": 1}, headers=whole).status_code == 400
    person = service.post(address, json=body | {"role": "王建国"}, headers=whole)
    assert person.status_code == 400


def test_the_page_takes_empty_fields_and_refuses_unknown_words(service: TestClient) -> None:
    page = service.get("/heritage?family=&q=&within=&era=ming-qing&list_level=&offset=")
    assert page.status_code == 200
    assert page.text.count('class="old-card"') == 2
    assert service.get("/heritage?era=tang").status_code == 400
    assert service.get("/heritage?within=abc").status_code == 400
    assert service.get("/heritage?era=qin-han").text.count('class="old-card"') == 0
    leaf = service.get("/heritage/test:north")
    assert "「测试地名」" in leaf.text
    assert service.get("/heritage/test:hidden").status_code == 404


def test_without_a_number_the_public_gets_the_list_and_no_map(
    service: TestClient, town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with session_factory(town).begin() as session:
        ground = make_place(
            session, "旧校场", None, code="test:ground", located_in=SOUTH, feature_class="L",
            position={"geom": stored(square(119.62, 31.72, 0.02))},
        )  # fmt: skip
        make_listing(session, ground)
    [one] = [f for f in listed(service).features if f.properties.code == "test:ground"]
    assert one.geometry is not None
    assert "<svg viewBox" in service.get("/heritage/test:ground").text.split("<main", 1)[1]
    monkeypatch.setenv("ATLAS_PUBLIC_MODE", "true")
    [one] = [f for f in listed(service).features if f.properties.code == "test:ground"]
    assert one.geometry is None
    page = service.get("/heritage").text
    assert "旧校场" in page
    assert "尚无审图号" in page
    leaf = service.get("/heritage/test:ground").text.split("<main", 1)[1]
    assert "<svg viewBox" not in leaf
    assert "尚无审图号" in leaf
