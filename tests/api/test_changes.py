"""Do the addresses about divisions through time answer as documented, and are plans shut off?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from fastapi.testclient import TestClient

from api.app import create_app
from api.schemas.changes import (
    ChangedMap,
    ChangesAnswer,
    CodeAnswer,
    CrosswalkAnswer,
    LifeLineAnswer,
    TermsAnswer,
)
from api.schemas.planned import EffectsAnswer, PlanDropped, PlanList, PlanTold, SketchMap
from api.security import issue
from geo.db import Database, session_factory
from geo.db.embedded import Embedded
from tests.api.test_problems import read_problem
from tests.factories import make_cell, make_city, make_facility, make_unit, multi
from tests.machine import worker_database

PLAN: dict[str, Any] = {
    "title": "甲区东缘划入乙区", "within": "320400", "law_kinds": ["line_part"], "on": "2026-01-01",
    "units": [{"name": "乙区", "geometry": {"type": "Polygon", "coordinates": [
        [[119.78, 31.7], [119.9, 31.7], [119.9, 31.8], [119.78, 31.8], [119.78, 31.7]]]}}],
}  # fmt: skip


def get(client: TestClient, address: str, **headers: str) -> Any:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


# --- the city of the demonstration, as the public sees it -------------------------------------


def test_what_changed_since_1994(client: TestClient) -> None:
    told = get(client, "/api/survey/changes?city=320400&since=1994-01-01")
    found = ChangesAnswer.model_validate(told)
    changed = {row.code[:6]: row for row in found.changes}
    assert changed["320405"].kinds == ["ended"]
    assert [member.name for member in changed["320405"].became] == ["武进区"]
    assert changed["320411"].kinds == ["renamed"]
    assert [member.name for member in changed["320412"].came_from] == ["武进县", "戚墅堰区"]
    assert changed["320413"].path[-1] == "320482 金坛市 →(2015 撤市设区)→ 320413 金坛区"
    assert {"2002 撤市设区", "2015 撤销"} <= {f"{e.event_year} {e.kind}" for e in found.events}
    turned = next(e for e in found.events if e.kind == "撤市设区")
    assert turned.law_kinds == ["abolish", "establish"]
    assert turned.document_no is None, "no number is made up"


def test_the_map_of_changes_draws_what_is_drawn(client: TestClient) -> None:
    told = get(client, "/api/survey/changes/map?city=320400&since=2014-01-01&until=2016-01-01")
    found = ChangedMap.model_validate(told)
    assert {f.properties.name_before for f in found.features} == {
        None, "戚墅堰区", "金坛市",
    }  # fmt: skip
    assert all(f.geometry is None for f in found.features), "outlines of 2026 are not of 2016"


def test_the_life_line_and_the_code_of_today(client: TestClient) -> None:
    line = LifeLineAnswer.model_validate(get(client, "/api/survey/lifeline/320412"))
    own = [(s.code[:6], s.name) for s in line.stages if s.role == "itself"]
    assert own[:4] == [("322622", "武进县"), ("320421", "武进县"), ("320483", "武进市"),
                       ("320412", "武进区")]  # fmt: skip
    assert [s.name for s in line.stages if s.role == "taken_up"] == ["戚墅堰区"]
    found = CodeAnswer.model_validate(get(client, "/api/survey/codes/322622"))
    [answer] = found.answers
    assert (answer.code, answer.share_area, len(answer.path)) == ("320412000000", 1.0, 3)
    lost = CodeAnswer.model_validate(get(client, "/api/survey/codes/320403"))
    assert (lost.answers[0].into_superior, lost.answers[0].share_area) == (True, None)


def test_old_figures_by_todays_districts(client: TestClient) -> None:
    asked = "/api/survey/crosswalk?city=320400&since=2010-01-01&figures=320405:80001,320412:900002"
    found = CrosswalkAnswer.model_validate(get(client, asked))
    assert found.figures is not None
    assert {row.name: row.value for row in found.figures if row.value} == {"武进区": 980003}
    assert (found.total, found.is_complete) == (980003, True)
    assert found.check is not None
    assert found.check.adds_up
    assert "一致" in (found.check_words or "")
    refused = client.get(asked.replace("320405", "110101"))
    assert read_problem(refused).parameter == "figures"


def test_terms_are_unknown_where_no_day_is_known(client: TestClient) -> None:
    found = TermsAnswer.model_validate(get(client, "/api/survey/terms/320412"))
    states = {term.state for change in found.changes for term in change.terms}
    assert states == {"unknown"}
    assert all(term.source for change in found.changes for term in change.terms)


def test_public_mode_withholds_old_outlines(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_PUBLIC_MODE", "true")
    address = "/api/survey/changes/map?city=320400&since=2026-08-01&unchanged=true"
    assert {f["geometry"] for f in get(client, address)["features"]} == {None}
    monkeypatch.setenv("ATLAS_OLD_MAP_APPROVAL_NUMBER", "test")
    assert all(f["geometry"] for f in get(client, address)["features"])


# --- planned changes, in a town of their own --------------------------------------------------


@pytest.fixture(scope="module")
def tokens(home: Any, cluster: Embedded) -> Iterator[tuple[TestClient, dict[str, str]]]:
    """A town of two districts, and tokens by role."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database: Database = worker_database(home, cluster.socket, f"planned_{worker}")
    with session_factory(database).begin() as session:
        make_city(session, geom=shapely.box(119.7, 31.7, 119.9, 31.8))
        make_unit(session, "320402000000", name="甲区",
                  geom=multi(shapely.box(119.7, 31.7, 119.8, 31.8)))  # fmt: skip
        make_unit(session, "320404000000", name="乙区",
                  geom=multi(shapely.box(119.8, 31.7, 119.9, 31.8)))  # fmt: skip
        make_cell(session, (119.75, 31.75), 104)
        make_cell(session, (119.79, 31.75), 7)
        make_facility(session, (119.79, 31.75), code="F-1", kinds=["nursing_home"])
        secrets = {
            role: issue(session, label=role, role=role, division_code=None, days=1).secret
            for role in ("planner", "surveyor", "names_officer")
        }
        secrets["elsewhere"] = issue(
            session, label="other", role="planner", division_code="500000000000", days=1
        ).secret
    with TestClient(create_app(database), raise_server_exceptions=False) as client:
        yield client, {role: f"Bearer {secret}" for role, secret in secrets.items()}


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_PLANNED_CHANGES", "true")


def test_off_by_default_also_for_those_with_the_right(
    tokens: tuple[TestClient, dict[str, str]],
) -> None:
    client, secrets = tokens
    head = {"Authorization": secrets["planner"]}
    for answer in (
        client.get("/api/survey/planned", headers=head),
        client.post("/api/survey/planned", headers=head, json=PLAN),
        client.get("/api/survey/planned/1/effects", headers=head),
        client.delete("/api/survey/planned/1", headers=head),
    ):
        assert answer.status_code == 403
        assert "ATLAS_PLANNED_CHANGES" in answer.text


def test_switched_on_still_only_for_a_named_role(
    tokens: tuple[TestClient, dict[str, str]], on: None
) -> None:
    client, secrets = tokens
    assert client.get("/api/survey/planned").status_code == 401
    for role in ("names_officer",):
        answer = client.get("/api/survey/planned", headers={"Authorization": secrets[role]})
        assert answer.status_code == 403
    answer = client.post(
        "/api/survey/planned", headers={"Authorization": secrets["elsewhere"]}, json=PLAN
    )
    assert answer.status_code == 403


def test_a_plan_from_keeping_to_dropping(
    tokens: tuple[TestClient, dict[str, str]], on: None
) -> None:
    client, secrets = tokens
    head = {"Authorization": secrets["planner"]}
    seen = client.get("/api/units?within=320400").json()
    answer = client.post("/api/survey/planned", headers=head, json=PLAN)
    assert answer.status_code == 200, answer.text
    made = PlanTold.model_validate(answer.json())
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/api/units?within=320400").json() == seen
    surveyor = {"Authorization": secrets["surveyor"]}
    listed = PlanList.model_validate(client.get("/api/survey/planned", headers=surveyor).json())
    assert [one.title for one in listed.plans] == [PLAN["title"]]
    mine = f"/api/survey/planned/{made.id}"
    drawn = SketchMap.model_validate(client.get(f"{mine}/map", headers=head).json())
    assert [f.properties.side for f in drawn.features] == ["before"] * 2 + ["after"] * 2
    told = client.get(f"{mine}/effects?kind=nursing_home&radius_m=500", headers=head)
    found = EffectsAnswer.model_validate(told.json())
    moved = {(m.from_name, m.to_name): (m.elders_60, len(m.facilities)) for m in found.moved}
    assert moved == {("甲区", "甲区（余部）"): (100.0, 0), ("甲区", "乙区"): (None, 1)}, (
        "seven people are too few to be told"
    )
    other = {"Authorization": secrets["elsewhere"]}
    assert client.get(mine, headers=other).status_code == 403
    assert client.get("/api/survey/planned", headers=other).json()["plans"] == []
    dropped = client.delete(mine, headers=head)
    assert PlanDropped.model_validate(dropped.json()).deleted == made.id
    assert client.get(mine, headers=head).status_code == 404


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"law_kinds": ["magic"]}, "law_kinds"),
        ({"units": [{"name": "空"}]}, "units.1"),
        ({"units": [{"name": "坏", "geometry": {"type": "Polygon", "coordinates": [["x"]]}}]},
         "units.1"),
        ({"note": "联系人电话 13812345678"}, "note"),
    ],
)  # fmt: skip
def test_a_bad_plan_is_a_400_that_names_the_part(
    tokens: tuple[TestClient, dict[str, str]], on: None, changes: dict[str, Any], parameter: str
) -> None:
    client, secrets = tokens
    head = {"Authorization": secrets["planner"]}
    answer = client.post(
        "/api/survey/planned", headers=head, json=PLAN | {"title": "另一方案"} | changes
    )
    assert (answer.status_code, read_problem(answer).parameter) == (400, parameter)
