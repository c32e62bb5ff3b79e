"""Does the draft of a 走向说明 leave only with the right, and is a sent text checked?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from fastapi.testclient import TestClient

from api.app import create_app
from api.schemas.course import CheckTold, DraftTold
from api.security import issue
from geo.db import session_factory
from geo.db.embedded import Embedded
from geo.models import BoundaryMarker
from tests.api.test_problems import read_problem
from tests.factories import make_city, make_line, make_unit, stored
from tests.machine import worker_database

LINE = "/api/survey/course/L-1"


@pytest.fixture(scope="module")
def service(home: Any, cluster: Embedded) -> Iterator[tuple[TestClient, dict[str, str]]]:
    """A disputed line with a marker, and tokens by role."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"course_{worker}")
    with session_factory(database).begin() as session:
        make_city(session)
        make_unit(session, "320402000000", name="天宁区")
        make_unit(session, "320404000000", name="钟楼区")
        geom = shapely.LineString([(119.9, 31.7), (119.95, 31.7), (119.95, 31.65)])
        make_line(
            session, "320402000000", "320404000000", code="L-1", geom=geom, is_disputed=True,
            is_published=False,
        )  # fmt: skip
        session.add(
            BoundaryMarker(line_codes=["L-1"], number="3204001Q", geom=stored((119.9, 31.7)))
        )
        secrets = {
            role: issue(session, label=role, role=role, division_code=None, days=1).secret
            for role in ("planner", "surveyor")
        }
        secrets["elsewhere"] = issue(
            session, label="other", role="surveyor", division_code="500000000000", days=1
        ).secret
    with TestClient(create_app(database), raise_server_exceptions=False) as client:
        yield client, {role: f"Bearer {secret}" for role, secret in secrets.items()}


def test_a_draft_and_its_check(service: Any) -> None:
    client, secrets = service
    head = {"Authorization": secrets["surveyor"]}
    answer = client.get(LINE, headers=head)
    assert answer.headers["cache-control"] == "no-store"
    draft = DraftTold.model_validate(answer.json())
    assert draft.status == "草稿，须人工核定"
    assert [leg.direction for leg in draft.legs] == ["东", "南"]
    assert draft.text.startswith("从3204001Q号界桩起，边界线向东，至转折点1，长4.74千米；再转向南")
    assert draft.legs[0].true_deg == pytest.approx(
        draft.legs[0].grid_deg + draft.legs[0].convergence_deg, abs=0.002
    )
    sent = client.post(f"{LINE}/check", headers=head, json={"text": draft.text})
    assert CheckTold.model_validate(sent.json()).agrees
    wrong = draft.text.replace("向南", "向北") + "另有说明。"
    sent = client.post(f"{LINE}/check", headers=head, json={"text": wrong})
    checked = CheckTold.model_validate(sent.json())
    assert [one.kind_zh for one in checked.disagreements] == ["方向"]
    assert [one.phrase for one in checked.unparsed] == ["另有说明"]


def test_only_surveyors_of_the_place(service: Any) -> None:
    client, secrets = service
    assert client.get(LINE).status_code == 401
    for who in ("planner", "elsewhere"):
        head = {"Authorization": secrets[who]}
        assert client.get(LINE, headers=head).status_code == 403
        assert client.post(f"{LINE}/check", headers=head, json={"text": "向东"}).status_code == 403


@pytest.mark.parametrize(
    ("what", "parameter"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n "}, "text"),
        ({"text": "向东", "words": "x"}, "words"),
        ({}, "text"),
    ],
)
def test_bad_texts_are_refused_by_name(service: Any, what: Any, parameter: str) -> None:
    client, secrets = service
    head = {"Authorization": secrets["surveyor"]}
    answer = client.post(f"{LINE}/check", headers=head, json=what)
    assert answer.status_code == 400
    assert parameter in str(read_problem(answer))


def test_bad_tolerances_and_unknown_lines(service: Any) -> None:
    client, secrets = service
    head = {"Authorization": secrets["surveyor"]}
    assert client.get(f"{LINE}?turn_m=0", headers=head).status_code == 400
    assert client.get("/api/survey/course/nowhere", headers=head).status_code == 404
