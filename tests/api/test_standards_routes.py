"""Do the planner's answers hold what they say, and does the public get published figures only?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.app import create_app
from api.schemas.standards import (
    EstatesAnswer,
    FireAnswer,
    HazardList,
    IndicatorAnswer,
    IndicatorList,
    ItemAnswer,
    LeagueAnswer,
    ProjectsAnswer,
    StandardsAnswer,
    WorkAnswer,
)
from api.security import issue
from geo.access.indicators import catalogue
from geo.db import Database
from geo.validity import today_in_china
from tests.api.test_problems import read_problem
from tests.factories import (
    make_cell,
    make_city,
    make_estate,
    make_facility,
    make_project,
    make_rule,
    make_unit,
    square,
    stored,
)

BASE = "/api/access/planning"
ITEMS = f"{BASE}/work-items"
HERE = {"city": "320400"}
WEST, EAST = (119.95, 31.75), (120.05, 31.75)
TABLES = (
    "work_event, work_item, stated_figure, api_token, facility, estate, construction_project, "
    "demand_cell, standard_rule, admin_unit, coverage_run"
)


@pytest.fixture(scope="module")
def town(engine: Engine) -> Iterator[Session]:
    """A small city that the service sees; everything of it is taken away afterwards."""
    with Session(engine, expire_on_commit=False) as session:
        make_city(session)
        make_unit(session, "320402000000", geom=square(119.9, 31.7))
        make_unit(session, "320404000000", geom=square(120.0, 31.7))
        make_cell(session, WEST, 1000)
        make_cell(session, EAST, 3)
        rule = {"value": 20.0, "unit": "m2 per 100 households", "estate_type": "new"}
        make_rule(session, "estate_floor_area", rule, code="estate-new")
        make_rule(session, "beds_per_1000_elders", {"value": 40, "unit": "beds"}, code="beds",
                  is_published=True)  # fmt: skip
        make_rule(session, "hazard_code", {"unit": "code", "title_en": "Fire equipment"},
                  code="hazard-equipment", title="消防设施待整改")  # fmt: skip
        make_estate(session, code="E1", handed_over_m2=90, handed_over_on=date(2024, 1, 1),
                    geom=stored(WEST))  # fmt: skip
        make_project(session, due_on=date(2020, 1, 1), geom=stored(EAST), funding_planned_cny=1e6)
        home = {"kinds": ["nursing_home"], "beds_total": 40, "beds_nursing": 20}
        make_facility(session, WEST, fire_state="passed", **home)
        make_facility(session, WEST, is_published=False, **home)
        session.commit()
        yield session
        session.rollback()
        # The owner of the tables may do what no statement of the service does.
        session.execute(text("ALTER TABLE work_event DISABLE TRIGGER keep_history"))
        session.execute(text(f"TRUNCATE {TABLES} CASCADE"))
        session.execute(text("ALTER TABLE work_event ENABLE TRIGGER keep_history"))
        session.commit()


@pytest.fixture(scope="module")
def service(town: Session, database: Database) -> Iterator[TestClient]:
    with TestClient(create_app(database), raise_server_exceptions=False) as client:
        yield client


def token(session: Session, role: str = "planner", division: str | None = None) -> dict[str, str]:
    made = issue(session, label="试验", role=role, division_code=division, days=1)
    session.commit()
    return {"Authorization": f"Bearer {made.secret}"}


@pytest.fixture(scope="module")
def planner(town: Session) -> dict[str, str]:
    return token(town)


def test_the_catalogue_is_public(service: TestClient) -> None:
    told = IndicatorList.model_validate(service.get("/api/access/indicators").json())
    assert {one.id for one in told.indicators} == set(catalogue())


def test_the_public_gets_published_rows_and_rounded_people(service: TestClient) -> None:
    answer = service.get("/api/access/indicators/beds-per-1000", params=HERE)
    told = IndicatorAnswer.model_validate(answer.json())
    rows = {row.area_code[:6]: (row.numerator, row.denominator, row.value) for row in told.rows}
    assert rows == {"320402": (40, 1000, 40), "320404": (0, None, None)}
    assert told.published_only
    assert told.rows[0].meets is True
    assert told.threshold is not None
    assert told.threshold.status == "unverified"


def test_internal_indicators_are_for_planners(service: TestClient, planner: dict[str, str]) -> None:
    address = "indicators/estate-pass-rate"
    assert read_problem(service.get(f"/api/access/{address}", params=HERE)).status == 403
    answer = service.get(f"{BASE}/{address}", params=HERE, headers=planner)
    told = IndicatorAnswer.model_validate(answer.json())
    assert (told.total.numerator, told.total.denominator) == (0, 1)
    assert answer.headers["cache-control"] == "no-store"
    exact = service.get(f"{BASE}/indicators/beds-per-1000", params=HERE, headers=planner).json()
    assert [row["numerator"] for row in exact["rows"]] == [80, 0]
    assert exact["rows"][1]["denominator"] == 3


@pytest.mark.parametrize(
    ("address", "model"),
    [
        ("indicators/nursing-bed-share/league?since=2025-01-01", LeagueAnswer),
        ("estates", EstatesAnswer),
        ("estates?since=2020-01-01", EstatesAnswer),
        ("standards", StandardsAnswer),
        ("projects", ProjectsAnswer),
        ("fire", FireAnswer),
        ("work-items", WorkAnswer),
        ("hazards", HazardList),
        ("work-items?kind=funeral_rectification&overdue=true", WorkAnswer),
    ],
)
def test_every_answer_is_as_documented(
    service: TestClient, planner: dict[str, str], address: str, model: type
) -> None:
    city = "&city=320400" if "?" in address else "?city=320400"
    answer = service.get(f"{BASE}/{address}{city}", headers=planner)
    assert answer.status_code == 200, answer.text
    model.model_validate(answer.json())


def test_an_estate_with_its_sum(service: TestClient, planner: dict[str, str]) -> None:
    told = service.get(f"{BASE}/estates", params=HERE, headers=planner).json()
    (row,) = told["rows"]
    assert (row["status"], row["required_m2"], row["provided_m2"]) == ("fail", 100, 90)
    assert "500 户 ÷ 100 × 20 ㎡ = 100.0 ㎡" in row["words"]
    assert told["total"]["due"] == 1


def test_a_work_item_from_entry_to_the_end(service: TestClient, planner: dict[str, str]) -> None:
    sent = {"kind": "wrong_information", "title": "电话有误", "lon": WEST[0], "lat": WEST[1]}
    answer = service.post(ITEMS, json=sent, headers=planner)
    number = ItemAnswer.model_validate(answer.json()).item.id
    steps = f"{ITEMS}/{number}/steps"
    due = str(today_in_china() + timedelta(days=5))
    for step in (
        {"step": "assigned", "role": "区民政局", "due_on": due}, {"step": "done"},
        {"step": "verified"},
    ):  # fmt: skip
        answer = service.post(steps, json=step, headers=planner)
        assert answer.status_code == 200, answer.text
    told = ItemAnswer.model_validate(service.get(f"{ITEMS}/{number}", headers=planner).json())
    assert (told.item.state, str(told.item.due_on)) == ("verified", due)
    assert [step.step for step in told.history] == ["found", "assigned", "done", "verified"]
    refused = service.post(steps, json={"step": "done"}, headers=planner)
    assert (read_problem(refused).status, read_problem(refused).parameter) == (400, "step")


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"kind": "zzz", "title": "x"}, "kind"),
        ({"kind": "gap", "title": "联系 13812345678", "admin_code": "320402"}, "title"),
        ({"kind": "gap", "title": "x", "lon": 181, "lat": 0}, None),
        ({"kind": "gap", "title": "x", "extra": 1}, None),
        ({"kind": "gap"}, None),
        ({"kind": "gap", "title": "x"}, "admin_code"),
        ({"kind": "gap", "title": "x", "lon": 1, "lat": 1}, "admin_code"),
        ({"kind": "gap", "title": "x", "admin_code": "zzz"}, "code"),
        ({"kind": "gap", "title": "x\u0000", "admin_code": "320402"}, "title"),
        ([], None),
    ],
)
def test_bad_items_are_refused(service, planner, body, parameter) -> None:
    problem = read_problem(service.post(ITEMS, json=body, headers=planner))
    assert problem.status == 400
    if parameter:
        assert problem.parameter == parameter


def test_a_body_is_json_and_a_step_is_not_of_tomorrow(service, planner) -> None:
    headers = {**planner, "Content-Type": "text/plain"}
    assert read_problem(service.post(ITEMS, content=b"x", headers=headers)).status == 415
    tomorrow = str(today_in_china() + timedelta(days=1))
    body = {"kind": "gap", "title": "x"}
    problem = read_problem(service.post(f"{ITEMS}?on={tomorrow}", json=body, headers=planner))
    assert (problem.status, problem.parameter) == (400, "on")


def test_every_listed_hazard_may_be_entered(service: TestClient, planner: dict[str, str]) -> None:
    told = service.get(f"{BASE}/hazards", params=HERE, headers=planner).json()
    codes = {one["code"]: one for one in told["hazards"]}
    assert "hazard-equipment" in codes
    assert codes["hazard-equipment"]["zh"].startswith("消防")
    assert codes["hazard-equipment"]["en"].startswith("Fire")
    body = {"kind": "fire_hazard", "title": "x", "admin_code": "320402000000"}
    for code in codes:
        entered = service.post(ITEMS, json=body | {"hazard_code": code}, headers=planner)
        assert entered.json()["item"]["hazard_code"] == code
    refused = service.post(ITEMS, json=body | {"hazard_code": "zzz"}, headers=planner)
    assert read_problem(refused).parameter == "hazard_code"


@pytest.mark.parametrize("role", [None, "public", "surveyor", "names_officer"])
def test_others_are_not_let_in(service: TestClient, town: Session, role: str | None) -> None:
    headers = token(town, role) if role else {}
    for address in ("estates", "standards", "projects", "fire", "hazards", "work-items/1"):
        status = read_problem(service.get(f"{BASE}/{address}", headers=headers)).status
        assert status == (403 if role else 401), address


def test_a_limited_token_opens_its_division_only(
    service: TestClient, town: Session, planner: dict[str, str]
) -> None:
    mine = token(town, division="320402000000")
    for place, status in (("320402", 200), ("320404", 403), ("320400", 403)):
        answer = service.get(f"{BASE}/estates", params={"city": place}, headers=mine)
        assert answer.status_code == status, place
    sent = {"kind": "gap", "title": "x", "lon": EAST[0], "lat": EAST[1]}
    listed = {"city": "320404"}
    before = service.get(ITEMS, params=listed, headers=planner).json()["numberReturned"]
    for body in (sent, {**sent, "admin_code": "320402"}, {**sent, "admin_code": "320404"}):
        assert read_problem(service.post(ITEMS, json=body, headers=mine)).status == 403
    after = service.get(ITEMS, params=listed, headers=planner).json()["numberReturned"]
    assert before == after, "what was refused is not stored"
    inside = {"kind": "gap", "title": "x", "admin_code": "320402000000"}
    assert service.post(ITEMS, json=inside, headers=mine).status_code == 200
    other = service.post(ITEMS, json=sent, headers=planner).json()["item"]["id"]
    assert read_problem(service.get(f"{ITEMS}/{other}", headers=mine)).status == 403
    step = service.post(f"{ITEMS}/{other}/steps", json={"step": "done"}, headers=mine)
    assert read_problem(step).status == 403


def test_what_is_not_there(service: TestClient, planner: dict[str, str]) -> None:
    for address in ("work-items/999999999", "indicators/zzz?city=320400", "estates?city=999900"):
        assert read_problem(service.get(f"{BASE}/{address}", headers=planner)).status == 404
    for address, parameter in (
        ("indicators/occupancy?city=320400&areas=street", "areas"),
        ("standards?city=320400&areas=city", "areas"),
        ("estates?city=320400&since=9999-01-01", "since"),
        ("work-items?city=320400&kind=zzz", "kind"),
        ("fire?city=320400&zzz=1", "zzz"),
    ):
        problem = read_problem(service.get(f"{BASE}/{address}", headers=planner))
        assert (problem.status, problem.parameter) == (400, parameter), address
