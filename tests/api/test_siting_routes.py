"""Do planners, and nobody else, ask where to build and keep scenarios over HTTP?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from api.app import create_app
from api.schemas.siting import (
    CandidatesAnswer,
    ComparisonAnswer,
    GroupsAnswer,
    PhasesAnswer,
    ScenarioDropped,
    ScenarioList,
    ScenarioTold,
    SitingAnswer,
)
from api.security import issue
from geo.db import Database, session_factory
from geo.db.embedded import Embedded
from tests.api.test_problems import read_problem
from tests.factories import (
    make_candidate,
    make_cell,
    make_city,
    make_facility,
    make_unit,
    square,
)
from tests.machine import worker_database

CITY = "320400000000"
KIND = "rehab_rental"
ASKED: dict[str, Any] = {"kind": KIND, "sites": 1, "radius_m": 300, "on": "2026-01-01"}
PLAN: dict[str, Any] = {
    "name": "方案甲", "kind": KIND, "on": "2026-01-01",
    "changes": [{"action": "add", "candidate_code": "K1"},
                {"action": "close", "facility_code": "F0"}],
}  # fmt: skip


def spot(east: float) -> tuple[float, float]:
    return (round(119.91 + east * 0.01, 6), 31.71)


@pytest.fixture(scope="module")
def town(home: Any, cluster: Embedded) -> Database:
    """A small town of its own: three cells, an open shop, two candidates and a cellar."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"siting_{worker}")
    with session_factory(database).begin() as session:
        make_city(session)
        make_unit(session, "320402000000", geom=square(119.9, 31.7))
        make_unit(session, "320404000000", geom=square(119.6, 31.7))
        for place, people in enumerate((104, 83, 7)):
            make_cell(session, spot(place), people)
        make_facility(session, spot(0), kinds=[KIND], code="F0")
        make_facility(session, spot(0), kinds=["care_complex"], code="H0")
        make_candidate(session, spot(1), code="K1", name="候选一")
        make_candidate(session, spot(2), code="K2", name="候选二")
        make_candidate(session, spot(2), code="K3", name="地下室", floor="-1")
    return database


@pytest.fixture(scope="module")
def service(town: Database) -> Iterator[TestClient]:
    app = create_app(town, city_code=CITY)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def token(town: Database, role: str = "planner", division: str | None = None) -> dict[str, str]:
    with session_factory(town).begin() as session:
        assert isinstance(session, Session)
        made = issue(session, label="试验", role=role, division_code=division, days=1)
    return {"Authorization": f"Bearer {made.secret}"}


@pytest.fixture(scope="module")
def planner(town: Database) -> dict[str, str]:
    return token(town)


def test_the_best_place_is_answered_with_rounded_counts(
    service: TestClient, planner: dict[str, str]
) -> None:
    answer = service.post("/api/access/siting", json=ASKED | {"plans": 1}, headers=planner)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    told = SitingAnswer.model_validate_json(answer.content)
    assert [[one.code for one in plan.chosen] for plan in told.plans] == [["K1"], ["K2"]]
    assert (told.plans[0].status, told.plans[0].gap) == ("optimal", 0)
    assert told.plans[0].chosen[0].gained == 80
    assert (told.covered_before, told.plans[0].covered, told.people) == (100, 190, 190)
    assert told.plans[1].chosen[0].gained is None, "seven people are withheld"
    assert told.uncovered is None
    assert [one.code for one in told.excluded] == ["K3"]
    assert told.excluded[0].reasons[0].zh.startswith("位于地下")
    assert told.total.covered_60_before == 100
    assert "候选点 2 处可用" in told.method


def test_years_are_planned_together(service: TestClient, planner: dict[str, str]) -> None:
    asked = {"kind": KIND, "radius_m": 300, "on": "2026-01-01"}
    years = [{"year": 2027, "sites": 1}, {"year": 2030, "sites": 1, "factor": 3}]
    answer = service.post(
        "/api/access/siting/phases", json=asked | {"years": years}, headers=planner
    )
    assert answer.status_code == 200, answer.text
    told = PhasesAnswer.model_validate_json(answer.content)
    assert [[one.code for one in year.chosen] for year in told.years] == [["K1"], ["K2"]]
    assert [(year.before, year.covered, year.people) for year in told.years] == [
        (100, 190, 190), (310, 580, 580),
    ]  # fmt: skip
    assert (told.status, told.gap, told.status_zh) == ("optimal", 0, "已证明为最优方案。")
    assert "候选点 2 处可用" in told.method
    assert told.years[1].elders_zh == "现有老人 × 3（假定）"
    assert [one.code for one in told.excluded] == ["K3"]
    assert told.has_synthetic is False


@pytest.mark.parametrize(
    "years",
    [[], [{"year": 2030, "sites": 1}, {"year": 2027, "sites": 1}], [{"year": 2027}], "2027"],
)
def test_years_that_make_no_sense_are_named(
    service: TestClient, planner: dict[str, str], years: Any
) -> None:
    asked = {"kind": KIND, "radius_m": 300, "on": "2026-01-01", "years": years}
    answer = service.post("/api/access/siting/phases", json=asked, headers=planner)
    told = read_problem(answer)
    assert (told.status, (told.parameter or "").removeprefix("body.")) == (400, "years")


def test_candidates_are_listed_with_their_limits(
    service: TestClient, planner: dict[str, str]
) -> None:
    answer = service.get(f"/api/access/siting/candidates?kind={KIND}", headers=planner)
    told = CandidatesAnswer.model_validate_json(answer.content)
    assert [one.code for one in told.usable] == ["K1", "K2"]
    assert {one.code for one in told.limits} >= {"basement", "mezzanine", "too_small"}


def test_groups_are_told(service: TestClient, planner: dict[str, str]) -> None:
    answer = service.get("/api/access/siting/groups?areas=district", headers=planner)
    assert answer.status_code == 200, answer.text
    told = GroupsAnswer.model_validate_json(answer.content)
    assert [(group.code, len(group.areas)) for group in told.groups] == [("H0", 1)]
    assert [area.area_code for area in told.unknown_areas] == ["320404000000"]


def test_a_scenario_is_kept_compared_and_dropped(
    service: TestClient, planner: dict[str, str]
) -> None:
    kept = service.post("/api/access/scenarios", json=PLAN, headers=planner)
    assert kept.status_code == 200, kept.text
    made = ScenarioTold.model_validate_json(kept.content)
    assert (made.owner_role, [one.action for one in made.changes]) == ("planner", ["add", "close"])
    again = service.post("/api/access/scenarios", json=PLAN, headers=planner)
    assert read_problem(again).parameter == "name"
    listed = service.get("/api/access/scenarios", headers=planner)
    assert [one.id for one in ScenarioList.model_validate_json(listed.content).scenarios] == [
        made.id
    ]
    address = f"/api/access/scenarios/{made.id}"
    answer = service.get(f"{address}?radius_m=300", headers=planner)
    assert answer.status_code == 200, answer.text
    told = ComparisonAnswer.model_validate_json(answer.content)
    assert (told.total.covered_60_before, told.total.covered_60_after) == (100, 80)
    assert told.total.gained_60 == -20
    assert (told.today.facilities, told.planned.facilities) == (1, 1)
    dropped = service.delete(address, headers=planner)
    assert ScenarioDropped.model_validate_json(dropped.content).deleted == made.id
    assert read_problem(service.get(address, headers=planner)).status == 404
    assert read_problem(service.delete(address, headers=planner)).status == 404


ADDRESSES = [
    ("POST", "/api/access/siting", ASKED),
    ("POST", "/api/access/siting/phases", {"kind": KIND, "years": [{"year": 2027, "sites": 1}]}),
    ("GET", f"/api/access/siting/candidates?kind={KIND}", None),
    ("GET", "/api/access/siting/groups?areas=district", None),
    ("POST", "/api/access/scenarios", PLAN), ("GET", "/api/access/scenarios", None),
    ("GET", "/api/access/scenarios/1", None), ("DELETE", "/api/access/scenarios/1", None),
]  # fmt: skip


@pytest.mark.parametrize(("method", "address", "body"), ADDRESSES)
def test_nobody_but_planners_comes_in(
    service: TestClient, town: Database, method: str, address: str, body: Any
) -> None:
    assert read_problem(service.request(method, address, json=body)).status == 401
    for role in ("public", "surveyor", "names_officer"):
        answer = service.request(method, address, json=body, headers=token(town, role))
        assert read_problem(answer).status == 403


def test_a_token_of_a_division_stays_in_it(service: TestClient, town: Database) -> None:
    own, other = token(town, division="320402000000"), token(town, division="320404000000")
    inside = ASKED | {"city": "320402", "areas": "district"}
    for headers, body, status in ((own, ASKED, 403), (other, inside, 403)):
        answer = service.post("/api/access/siting", json=body, headers=headers)
        assert read_problem(answer).status == status
    assert service.post("/api/access/siting", json=inside, headers=own).status_code == 200
    made = service.post("/api/access/scenarios", json=PLAN | {"name": "丙"}, headers=token(town))
    number = made.json()["id"]
    for method in ("GET", "DELETE"):
        answer = service.request(method, f"/api/access/scenarios/{number}", headers=own)
        assert read_problem(answer).status == 403
    assert service.get("/api/access/scenarios", headers=own).json()["scenarios"] == []
    whole = token(town, division=CITY)
    assert service.delete(f"/api/access/scenarios/{number}", headers=whole).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"goal": "best"}, 400), ({"sites": 0}, 400), ({"sites": None}, 400),
        ({"kind": "nothing"}, 400), ({"city": "990000"}, 404), ({"unknown": 1}, 400),
        ({"close": ["X"]}, 404), ({"candidates": ["X"]}, 404), ({"radius_m": -1}, 400),
        ({"use_capacity": True}, 400), ({"measure": "walk"}, 404),
        ({"network": "x"}, 400), ({"measure": "walk", "network": "x"}, 404),
        ({"sites": 10**30}, 400), ({"radius_m": "NaN"}, 400), ({"on": "2026-02-30"}, 400),
        ({"time_limit_s": 999}, 400), ({"on": "1900-01-01"}, 404),
    ],
)  # fmt: skip
def test_wrong_questions_are_told_plainly(
    service: TestClient, planner: dict[str, str], wrong: dict[str, Any], status: int
) -> None:
    answer = service.post("/api/access/siting", json=ASKED | wrong, headers=planner)
    assert read_problem(answer).status == status, answer.text


def test_wrong_scenarios_are_told_plainly(service: TestClient, planner: dict[str, str]) -> None:
    for changes, status in (
        ([{"action": "burn"}], 400), ([{"action": "add"}], 400), ([], 400),
        ([{"action": "close", "facility_code": "X"}], 404),
        ([{"action": "add", "lon": 119.9, "lat": 31.7, "name": "a\u0000b"}], 400),
    ):  # fmt: skip
        answer = service.post(
            "/api/access/scenarios", json=PLAN | {"changes": changes}, headers=planner
        )
        assert read_problem(answer).status == status, answer.text
    plain = service.post(
        "/api/access/siting", content="x", headers=planner | {"Content-Type": "text/plain"}
    )
    assert read_problem(plain).status == 415
