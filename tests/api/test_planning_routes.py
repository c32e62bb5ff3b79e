"""Do planners get walks, drawn areas, months and maps, and is every wrong question refused plainly?

The town holds the figures of the requirement documents: 9 of 15 homes, 64 of 70 townships, 19
projects.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from api.schemas.coverage import CoverageAnswer, GapsAnswer
from api.schemas.measures import MeasuresAnswer
from api.schemas.siting import ComparisonAnswer, GroupsAnswer
from api.schemas.standards import (
    FireMap,
    IndicatorAnswer,
    LeagueAnswer,
    MonthlyAnswer,
    ProjectsAnswer,
    WorkAnswer,
)
from api.security import issue
from geo.access.indicators import catalogue
from geo.db import Database, session_factory
from geo.db.embedded import Embedded
from tests.api.test_problems import read_problem
from tests.factories import (
    make_candidate,
    make_cell,
    make_city,
    make_facility,
    make_project,
    make_rule,
    make_unit,
    make_zone,
    square,
    stored,
)
from tests.geo.test_walking import east, make_road
from tests.machine import worker_database

CITY, WEST, EAST = "320400000000", "320402000000", "320404000000"
ACCESS, PLANNING = "/api/access", "/api/access/planning"
KIND = "rehab_rental"
HERE = {"city": "320400", "on": "2026-06-15"}
OFFICERS = text(
    """INSERT INTO stated_figure (admin_code, figure, value, unit, counted_on, source, source_date)
    VALUES (:code, 'civil_affairs_officers', :value, '人', '2026-01-01', '填报', '2026-01-01')"""
)


@pytest.fixture(scope="module")
def town(home: Any, cluster: Embedded) -> Database:
    """A river with a bridge 600 m to the north, on a database of its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"planning_{worker}")
    with session_factory(database).begin() as session:
        make_city(session)
        make_unit(session, WEST, name="西区", geom=square(119.7, 31.6, 0.2))
        make_unit(session, EAST, name="东区", geom=square(119.9, 31.6, 0.1))
        for one, other in ((east(0), east(0, 600)), (east(0, 600), east(100, 600)),
                           (east(100, 600), east(100))):  # fmt: skip
            make_road(session, one, other, drivable=True)
        make_cell(session, east(0), 40)
        make_cell(session, (119.95, 31.65), 50)
        make_facility(session, east(100), kinds=[KIND], code="R1")
        make_facility(session, east(0), kinds=["care_complex"], code="H1")
        make_facility(session, east(100), kinds=["day_care"], code="S1")
        make_candidate(session, east(0), code="K1")
        make_zone(session, parent_code=WEST, geom=square(119.7, 31.6, 0.1))
        _homes(session)
        _townships(session)
        _projects(session)
    return database


def _homes(session: Any) -> None:
    """15 public homes, 9 of them run privately; the check of one is overdue, of one unknown."""
    make_rule(session, "fire_check_interval", {"value": 12, "unit": "months"}, code="interval")
    for number in range(15):
        make_facility(
            session, (119.95, 31.65), kinds=["rural_home"], code=f"M{number:02d}",
            ownership="public", operation="private_nonprofit" if number < 9 else "public",
            fire_state="passed", beds_total=40,
            fire_checked_on=None if number == 14 else date(2024 if number == 0 else 2026, 3, 1),
        )  # fmt: skip


def _townships(session: Any) -> None:
    make_rule(session, "township_staffing", {"value": 3, "unit": "persons"}, code="three")
    for number in range(70):
        code = f"320402{100 + number}000"
        make_unit(session, code, name=f"第{number}镇", level=4, unit_type="镇", parent_code=WEST,
                  geom=None)  # fmt: skip
        session.execute(OFFICERS, {"code": code, "value": 3 if number < 64 else 2})


def _projects(session: Any) -> None:
    """2 + 10 + 5 + 2 = 19; both new ones have begun, seven of the ten that are extended."""
    classes = (("新建", 2, 2), ("改扩建", 10, 7), ("维修", 5, 5), ("其他", 2, 0))
    for name, count, begun in classes:
        for number in range(count):
            make_project(
                session, project_class=name, geom=stored((119.95, 31.65)),
                started_on=date(2026, 3, 1) if number < begun else date(2027, 1, 1),
                due_on=date(2026, 5, 1) if name == "新建" else None,
                funding_planned_cny=100.0, funding_paid_cny=20.0, stage="动工",
            )  # fmt: skip


@pytest.fixture(scope="module")
def service(town: Database) -> Iterator[TestClient]:
    app = create_app(town, city_code=CITY)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def token(town: Database, role: str = "planner", division: str | None = None) -> dict[str, str]:
    with session_factory(town).begin() as session:
        made = issue(session, label="试验", role=role, division_code=division, days=1)
    return {"Authorization": f"Bearer {made.secret}"}


@pytest.fixture(scope="module")
def planner(town: Database) -> dict[str, str]:
    return token(town)


@pytest.fixture
def ask(service: TestClient, planner: dict[str, str]) -> Any:
    def get(address: str, **asked: Any) -> dict[str, Any]:
        answer = service.get(address, params=HERE | asked, headers=planner)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    return get


def drawn(*boxes: tuple[float, float, float, float]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"code": f"P{n}", "name": f"片{n}"},
             "geometry": {"type": "Polygon", "coordinates": [
                 [[w, s], [e, s], [e, n_], [w, n_], [w, s]]]}}
            for n, (w, s, e, n_) in enumerate(boxes)
        ],
    }  # fmt: skip


AREA = drawn((119.7, 31.6, 119.9, 31.8), (119.9, 31.6, 120.0, 31.7))


# --- on foot and by car ----------------------------------------------------------------------


def test_a_scenario_is_compared_on_foot(service: TestClient, planner: dict[str, str]) -> None:
    plan = {"name": "桥西", "kind": KIND, "on": "2026-06-15",
            "changes": [{"action": "add", "candidate_code": "K1"}]}  # fmt: skip
    number = service.post(f"{ACCESS}/scenarios", json=plan, headers=planner).json()["id"]

    def compared(**asked: Any) -> dict[str, Any]:
        answer = service.get(f"{ACCESS}/scenarios/{number}", params=asked, headers=planner)
        assert answer.status_code == 200, answer.text
        ComparisonAnswer.model_validate(answer.json())
        return dict(answer.json())

    line, walk = compared(), compared(measure="walk")
    assert (line["total"]["covered_60_before"], line["measure"]) == (40, "line")
    west, other = walk["areas"]
    assert (west["covered_60_before"], west["covered_60_after"], west["gained_60"]) == (0, 40, 40)
    assert (other["status"], other["covered_60_before"]) == ("no_network", None)
    assert (walk["measure"], walk["network"]) == ("walk", "test")
    assert "步行 500 米" in walk["method"]
    assert walk["today"]["mean_m"] == 1300
    assert walk["planned"]["mean_m"] == 0
    fallen = compared(measure="walk", fallback="line")
    assert fallen["areas"][1]["status"] == "measured"
    address = f"{ACCESS}/scenarios/{number}"
    for asked, status in (
        ({"measure": "fly"}, 400), ({"network": "test"}, 400), ({"fallback": "line"}, 400),
        ({"measure": "walk", "network": "nowhere"}, 404), ({"radius_m": "1e30"}, 400),
        ({"year": "20"}, 400), ({"basis": "registered"}, 404), ({"areas": "street"}, 400),
    ):  # fmt: skip
        answer = service.get(address, params=asked, headers=planner)
        assert read_problem(answer).status == status, (asked, answer.text)
    assert service.delete(address, headers=planner).status_code == 200


def test_groups_by_driving_time(ask: Any) -> None:
    for measure, least, most in (("line", 0, 1), ("drive", 1, 10), ("walk", 20, 40)):
        told = ask(f"{ACCESS}/siting/groups", areas="district", measure=measure, limit_min=60)
        GroupsAnswer.model_validate(told)
        [spoke] = [s for group in told["groups"] for s in group["spokes"] if s["code"] == "S1"]
        assert least <= spoke["minutes"] <= most, measure
        assert told["measure"] == measure
    assert "沿路网步行" in told["method"]


def test_indicators_on_foot(ask: Any, service: TestClient) -> None:
    public = service.get(
        f"{ACCESS}/indicators/coverage-community-500", params=HERE | {"measure": "walk"}
    )
    told = IndicatorAnswer.model_validate(public.json())
    assert told.measure == "walk"
    assert "（步行）" in told.title
    rows = {row.area_code: row for row in told.rows}
    assert rows[EAST].value is None
    assert "路网" in rows[EAST].note
    exact = ask(f"{PLANNING}/indicators/coverage-elder-home-1000", measure="walk")
    assert exact["rows"][0]["value"] == 0
    for code, status, parameter in (
        ("beds-per-1000?measure=walk", 400, "measure"),
        ("coverage-community-500?network=test", 400, "network"),
        ("coverage-community-500?measure=walk&network=nowhere", 404, None),
    ):
        problem = read_problem(service.get(f"{ACCESS}/indicators/{code}&city=320400"))
        assert problem.status == status
        assert parameter is None or problem.parameter == parameter


# --- drawn polygons --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "model"),
    [("coverage", CoverageAnswer), ("gaps", GapsAnswer), ("measures", MeasuresAnswer)],
)
def test_polygons_of_ones_own(
    service: TestClient, town: Database, planner: dict[str, str], what: str, model: Any
) -> None:
    asked = {"kind": KIND, "radius_m": 500, "on": "2026-06-15"}

    def sent(headers: dict[str, str], body: Any = AREA, **more: Any) -> Any:
        return service.post(f"{ACCESS}/{what}", params=asked | more, json=body, headers=headers)

    for measure in ("line", "walk"):
        answer = sent(planner, measure=measure)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        model.model_validate(answer.json())
    if what == "measures":
        rows = sent(planner).json()["rows"]
        assert [(row["area_code"], row["covered_60"]) for row in rows] == [("P0", 40), ("P1", 0)]
    assert read_problem(sent({})).status == 401
    assert read_problem(sent(token(town, "surveyor"))).status == 403
    own = token(town, division=WEST)
    assert read_problem(sent(own)).status == 403
    assert sent(own, drawn((119.7, 31.6, 119.9, 31.8))).status_code == 200
    crossed = drawn((119.7, 31.6, 119.9, 31.8))
    crossed["features"][0]["geometry"]["coordinates"][0][2] = [500, 31.8]
    for body in (crossed, {}, [], {"type": "FeatureCollection", "features": []}):
        assert read_problem(sent(planner, body)).status == 400
    for more in ({"kind": "zzz"}, {"radius_m": "1e9"}, {"on": "2026-02-30"}, {"measure": "fly"}):
        assert read_problem(sent(planner, **more)).status == 400, more
    plain = service.post(
        f"{ACCESS}/{what}", params=asked, content=b"x",
        headers=planner | {"Content-Type": "text/plain"},
    )  # fmt: skip
    assert read_problem(plain).status == 415


# --- the figures of the requirement documents ------------------------------------------------


def test_nine_of_fifteen_and_sixty_four_of_seventy(ask: Any, service: TestClient) -> None:
    homes = ask(f"{ACCESS}/indicators/public-built-private-run", areas="city")["total"]
    assert (homes["numerator"], homes["denominator"], homes["value"]) == (9, 15, 0.6)
    staffed = ask(f"{PLANNING}/indicators/township-staffing")["total"]
    assert (staffed["numerator"], staffed["denominator"]) == (64, 70)
    assert staffed["value"] == pytest.approx(64 / 70)
    refused = service.get(f"{ACCESS}/indicators/township-staffing", params=HERE)
    assert read_problem(refused).status == 403


def test_nineteen_projects_and_sums_that_do_not_add_up(ask: Any) -> None:
    told = ask(f"{PLANNING}/projects", total=19, planned_cny=1900)
    ProjectsAnswer.model_validate(told)
    assert sorted(row["projects"] for row in told["classes"]) == [2, 2, 5, 10]
    rates = {row["name"]: row["start_rate"] for row in told["classes"]}
    assert (rates["新建"], rates["改扩建"]) == (1, 0.7)
    assert told["check"]["adds_up"] is told["money_check"]["adds_up"] is True
    assert told["total"]["overdue"] == 2
    short = ask(f"{PLANNING}/projects", total=20, planned_cny=2920)
    assert (short["check"]["adds_up"], short["check"]["difference"]) == (False, 1)
    assert (short["money_check"]["adds_up"], short["money_check"]["difference"]) == (False, 1020)
    assert "请核对" in short["money_check"]["words"]


def test_projects_month_by_month(ask: Any) -> None:
    told = ask(f"{PLANNING}/projects/monthly")
    MonthlyAnswer.model_validate(told)
    assert [month["month"] for month in told["months"]][-1] == "2026-06"
    march, june = told["months"][2], told["months"][5]
    assert (march["newly_begun"], june["on"]) == (14, "2026-06-15")
    rates = {row["name"]: row["start_rate"] for row in june["classes"]}
    assert rates["改扩建"] == 0.7
    assert june["total"]["planned_cny"] == 1900
    assert june["total"]["overdue"] == 2
    assert june["stages"] == {"动工": 19}
    assert ask(f"{PLANNING}/projects/monthly", year=2027)["months"] == []


def test_fire_checks_on_a_map(ask: Any) -> None:
    whole = ask(f"{PLANNING}/fire/map")
    FireMap.model_validate(whole)
    assert (whole["numberReturned"], whole["overdue"]) == (15, 1)
    late = whole["features"][0]
    assert late["geometry"]["coordinates"] == [119.95, 31.65]
    assert (late["properties"]["code"], late["properties"]["overdue_days"]) == ("M00", 471)
    assert [f["properties"]["code"] for f in whole["features"]
            if f["properties"]["is_overdue"] is None] == ["M14"]  # fmt: skip
    assert ask(f"{PLANNING}/fire/map", overdue="true")["numberReturned"] == 1


def test_protection_of_minors_at_three_levels(ask: Any) -> None:
    for code, level in (("county", "city"), ("township", "district"), ("village", "district")):
        told = ask(f"{ACCESS}/indicators/minor-protection-{code}", areas=level)
        IndicatorAnswer.model_validate(told)
    listed = ask(f"{PLANNING}/work-items", kind="funeral_rectification")
    WorkAnswer.model_validate(listed)


@pytest.mark.parametrize("code", catalogue())
def test_every_indicator_is_computed_at_every_level(ask: Any, code: str) -> None:
    one = catalogue()[code]
    for level in one.levels:
        told = ask(f"{PLANNING}/indicators/{code}", areas=level)
        IndicatorAnswer.model_validate(told)
        for row in (*told["rows"], told["total"]):
            assert row["value"] is not None or row["note"], (code, level, row)
    LeagueAnswer.model_validate(
        ask(f"{PLANNING}/indicators/{code}/league", areas=one.levels[-1], since="2025-01-01")
    )


# --- the error side --------------------------------------------------------------------------

WRONG = [
    (f"{ACCESS}/coverage?kind={KIND}&on=2026-02-30", 400, "on"),
    (f"{ACCESS}/coverage?kind={KIND}&on=86400", 400, "on"),
    (f"{ACCESS}/coverage?kind={KIND}&radius_m=1e300", 400, "radius_m"),
    (f"{ACCESS}/coverage?kind={KIND}&city=999900", 404, None),
    (f"{ACCESS}/gaps?kind={KIND}&limit=99999999999999999999", 400, "limit"),
    (f"{ACCESS}/measures?kind={KIND}&supply=cars", 400, "supply"),
    (f"{ACCESS}/measures?kind={KIND}&floating=magic", 400, "floating"),
    (f"{ACCESS}/measures?kind=x", 400, "kind"),
    (f"{ACCESS}/series?kind={KIND}&years=1-99999", 400, "years"),
    (f"{ACCESS}/canteens?month=2026-13", 400, "month"),
    (f"{ACCESS}/indicators/zzz", 404, None),
    (f"{ACCESS}/indicators/occupancy?areas=village", 400, "areas"),
    (f"{ACCESS}/indicators/occupancy?city=123456", 404, None),
    (f"{ACCESS}/siting/candidates?kind=zzz", 400, "kind"),
    (f"{ACCESS}/siting/candidates?kind={KIND}&city=999900", 404, None),
    (f"{ACCESS}/siting/groups?measure=fly", 400, "measure"),
    (f"{ACCESS}/siting/groups?limit_min=-1", 400, "limit_min"),
    (f"{ACCESS}/siting/groups?limit_min=1e9", 400, "limit_min"),
    (f"{ACCESS}/siting/groups?limit_min=nan", 400, "limit_min"),
    (f"{ACCESS}/siting/groups?measure=drive&network=nowhere", 404, None),
    (f"{ACCESS}/siting/groups?on=1800-01-01", 404, None),
    (f"{ACCESS}/scenarios/0", 400, "scenario_id"),
    (f"{ACCESS}/scenarios/99999999", 404, None),
    (f"{ACCESS}/scenarios/99999999999999999999999", 400, "scenario_id"),
    (f"{ACCESS}/scenarios/abc", 400, "scenario_id"),
    (f"{ACCESS}/scenarios?city=99", 400, "city"),
    (f"{PLANNING}/indicators/township-staffing/league?since=zzz", 400, "since"),
    (f"{PLANNING}/estates?since=9999-12-31", 400, "since"),
    (f"{PLANNING}/standards?areas=village", 400, "areas"),
    (f"{PLANNING}/projects?total=-1", 400, "total"),
    (f"{PLANNING}/projects?planned_cny=nan", 400, "planned_cny"),
    (f"{PLANNING}/projects/monthly?year=1", 400, "year"),
    (f"{PLANNING}/projects/monthly?year=二〇二六", 400, "year"),
    (f"{PLANNING}/projects/monthly?city=999900", 404, None),
    (f"{PLANNING}/fire/map?overdue=perhaps", 400, "overdue"),
    (f"{PLANNING}/fire/map?bbox=1,2,3,4", 400, "bbox"),
    (f"{PLANNING}/work-items?kind=zzz", 400, "kind"),
    (f"{PLANNING}/work-items/99999999999999999999999", 400, "item"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "status", "parameter"), WRONG)
def test_a_wrong_question_is_refused_plainly(
    service: TestClient, planner: dict[str, str], address: str, status: int, parameter: str | None
) -> None:
    problem = read_problem(service.get(address, headers=planner))
    assert problem.status == status, problem
    if parameter:
        assert problem.parameter == parameter


@pytest.mark.parametrize(
    "address",
    [f"{PLANNING}/projects/monthly", f"{PLANNING}/fire/map", f"{PLANNING}/projects",
     f"{ACCESS}/siting/groups?measure=drive", f"{ACCESS}/scenarios/1?measure=walk"],
)  # fmt: skip
def test_the_public_and_other_roles_stay_out(
    service: TestClient, town: Database, address: str
) -> None:
    assert read_problem(service.get(address)).status == 401
    wrong = {"Authorization": "Bearer nothing"}
    assert read_problem(service.get(address, headers=wrong)).status == 401
    assert read_problem(service.get(address, headers=token(town, "surveyor"))).status == 403
    if "scenarios" not in address:
        limited = token(town, division=WEST)
        assert read_problem(service.get(address, headers=limited)).status == 403
