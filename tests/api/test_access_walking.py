"""Do walking distances, isochrones, series and measures leave as promised, and small counts not?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import shapely
from fastapi.testclient import TestClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from api.app import create_app
from api.schemas.coverage import CoverageAnswer, GapsAnswer
from api.schemas.measures import CanteensAnswer, IsochroneAnswer, MeasuresAnswer, SeriesAnswer
from geo.db import Database
from tests.api.test_problems import read_problem
from tests.factories import make_cell, make_city, make_facility, make_unit, square
from tests.geo.test_walking import east, make_road

HERE = {"city": "320400", "kind": "canteen"}


class OneConnection:
    """The doors of a service that runs inside a test's transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @contextmanager
    def counting(self) -> Iterator[Connection]:
        yield self.connection

    def board(self) -> None:
        """None: nothing is loaded here."""

    def close(self) -> None:
        """Nothing: the test's fixture does."""


@pytest.fixture
def service(session: Session, database: Database) -> TestClient:
    """A service that sees the test's own rows: a river with a bridge 600 m to the north."""
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=square(119.7, 31.6, 0.2))
    make_unit(session, "320404000000", name="东区", geom=square(119.9, 31.6, 0.1))
    make_road(session, east(0), east(0, 600))
    make_road(session, east(0, 600), east(100, 600))
    make_road(session, east(100, 600), east(100))
    make_facility(session, east(100), code="shown", meals_per_day=30)
    make_facility(session, east(0), code="hidden", is_published=False)
    make_cell(session, east(0), 40)
    make_cell(session, east(100, 100), 3)
    make_cell(session, (119.95, 31.65), 50)
    app = create_app(database, city_code="320400000000")
    app.state.doors.close()
    app.state.doors = OneConnection(session.connection())
    return TestClient(app, raise_server_exceptions=False)


def get(service: TestClient, path: str, **asked: Any) -> dict[str, Any]:
    answer = service.get(f"/api/access/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_coverage_on_foot(service: TestClient) -> None:
    line = get(service, "coverage", **HERE)
    walk = get(service, "coverage", **HERE, measure="walk")
    CoverageAnswer.model_validate(walk)
    assert line["features"][0]["properties"]["covered_60"] == 40
    west, east_ = (feature["properties"] for feature in walk["features"])
    # 40 of 43 are too far on foot, the three that are near too few to tell.
    assert (west["people_60"], west["covered_60"], west["measured_by"]) == (40, None, "walk")
    assert (east_["status"], east_["people_60"], east_["covered_60"]) == ("no_network", 50, None)
    told = walk["summary"]
    assert (told["measure"], told["network"], told["fallback"]) == ("walk", "test", "none")
    assert told["on_foot"]["facilities"] == []
    assert line["summary"]["network"] is None
    fallen = get(service, "coverage", **HERE, measure="walk", fallback="line")
    assert [f["properties"]["measured_by"] for f in fallen["features"]] == ["walk", "line"]
    far = get(service, "coverage", **HERE, measure="walk", minutes=25, pace="planning")
    assert (far["summary"]["radius_m"], far["summary"]["total"]["covered_60"]) == (1500, 40)


def test_gaps_on_foot(service: TestClient) -> None:
    found = get(service, "gaps", **HERE, measure="walk", minutes=10)
    GapsAnswer.model_validate(found)
    assert found["summary"]["radius_m"] == 480
    homes = [f for f in found["features"] if f["properties"]["people_60"] == 40]
    assert len(homes) == 1
    assert homes[0]["properties"]["nearest_m"] == 1300
    assert shapely.from_geojson(str(homes[0]["geometry"]).replace("'", '"')).is_valid


def test_metres_or_minutes_and_networks_that_are_not_there(service: TestClient) -> None:
    def refused(status: int, **asked: Any) -> dict[str, Any]:
        answer = service.get("/api/access/coverage", params=HERE | asked)
        assert answer.status_code == status
        return read_problem(answer).model_dump()

    assert refused(400, radius_m=500, minutes=5)["parameter"] == "minutes"
    assert refused(400, network="test")["parameter"] == "network"
    assert refused(400, fallback="line")["parameter"] == "fallback"
    assert refused(400, measure="fly")["parameter"] == "measure"
    refused(404, measure="walk", network="nowhere")


def test_isochrones_leave_as_areas(service: TestClient) -> None:
    found = get(service, "isochrone", facility="shown")
    IsochroneAnswer.model_validate(found)
    assert [f["properties"]["metres"] for f in found["features"]] == [720, 480, 240]
    assert (found["network"], found["beside_m"]) == ("test", 0)
    two = get(service, "isochrone", facility="shown", minutes="1,2.5", pace="planning")
    assert [f["properties"]["metres"] for f in two["features"]] == [150, 60]
    for code in ("hidden", "nothing"):
        answer = service.get("/api/access/isochrone", params={"facility": code})
        assert answer.status_code == 404
        read_problem(answer)


def test_isochrones_without_an_approval_number_have_no_outline(
    service: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_PUBLIC_MODE", "true")
    found = get(service, "isochrone", facility="shown")
    assert {feature["geometry"] for feature in found["features"]} == {None}


def test_measures_and_series_and_canteens(service: TestClient) -> None:
    found = get(service, "measures", **HERE, measure="walk", minutes=30, floating="gaussian")
    MeasuresAnswer.model_validate(found)
    west = found["rows"][0]
    assert (found["supply"], west["seated_60"], west["covered_60"]) == ("meals", 30, 40)
    assert (west["access"], found["gini"]) == (None, None), "of too few people to be told"
    days = get(service, "series", **HERE, years="2021,2024-06-01")
    SeriesAnswer.model_validate(days)
    assert [day["summary"]["on"] for day in days["days"]] == ["2021-12-31", "2024-06-01"]
    assert days["days"][0]["rows"][0]["covered_60"] == 40
    month = get(service, "canteens", city="320400", month="2026-02", radius_m=500)
    CanteensAnswer.model_validate(month)
    assert [(row["code"], row["capacity"], row["meals"]) for row in month["rows"]] == [
        ("shown", 840, None)
    ]
    assert month["rows"][0]["catchment_60"] == 40
