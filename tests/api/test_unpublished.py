"""Does anything that is not published leave by the public answers about access?

The service runs on the test's own transaction, in which some of the rows are not published.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shapely import Point
from shapely.geometry import shape
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from api.app import create_app
from geo.db import Database
from tests.conftest import AsPublic
from tests.factories import (
    make_cell,
    make_city,
    make_facility,
    make_rule,
    make_unit,
    make_zone,
    square,
)

HIDDEN = (119.97, 31.78)
CITY = "320400000000"


class OneTransaction:
    """The doors of a service that runs inside a test's transaction."""

    def __init__(self, session: Session, as_public: AsPublic) -> None:
        self.session = session
        self.as_public = as_public

    @contextmanager
    def public(self) -> Iterator[Connection]:
        with self.as_public(self.session):
            yield self.session.connection()

    @contextmanager
    def counting(self) -> Iterator[Connection]:
        yield self.session.connection()

    def close(self) -> None:
        """Nothing: the test's fixture does."""


@pytest.fixture
def service(session: Session, as_public: AsPublic, database: Database) -> TestClient:
    """A city with an open and an unpublished facility and zone; the service on it."""
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=square(119.90, 31.70))
    make_zone(session, "OPEN", name="公开片区", geom=square(119.90, 31.70, 0.05))
    make_zone(
        session, "HIDDEN", name="内部片区", geom=square(119.95, 31.75, 0.05), is_published=False
    )
    make_rule(
        session,
        "must_have",
        {"kinds": ["canteen"], "unit_types": [], "value": 1},
        is_published=True,
    )
    make_cell(session, (119.92, 31.72), 500)
    make_cell(session, HIDDEN, 300)
    make_facility(session, (119.92, 31.72), name="公开食堂")
    make_facility(session, HIDDEN, name="内部食堂", source="内部.csv", is_published=False)
    session.flush()
    app = create_app(database, city_code=CITY)
    app.state.doors.close()
    app.state.doors = OneTransaction(session, as_public)
    return TestClient(app)


def asked(service: TestClient, path: str, **question: object) -> Any:
    """An answer of the service."""
    answer = service.get(f"/api/access/{path}", params={"city": "320400"} | question)
    assert answer.status_code == 200, answer.text
    assert "内部" not in answer.text
    assert "HIDDEN" not in answer.text
    return answer.json()


def test_coverage_counts_published_facilities_only(service: TestClient) -> None:
    told = asked(service, "coverage", kind="canteen", radius_m=300)
    assert told["summary"]["facilities"] == 1
    assert told["summary"]["total"]["covered_60"] == 500
    assert told["summary"]["published_only"] is True
    assert {source["rows"] for source in told["sources"] if source["what"] == "facilities"} == {1}
    zones = asked(service, "coverage", kind="canteen", areas="zone")
    assert [one["properties"]["area_code"] for one in zones["features"]] == ["OPEN"]


def test_gaps_have_no_hole_where_an_unpublished_facility_stands(service: TestClient) -> None:
    told = asked(service, "gaps", kind="canteen", radius_m=300)
    around = [one for one in told["features"] if shape(one["geometry"]).contains(Point(HIDDEN))]
    assert [one["properties"]["people_60"] for one in around] == [300]


def test_missing_names_published_facilities_only(service: TestClient) -> None:
    told = asked(service, "missing", areas="zone")
    assert [row["area_code"] for row in told["rows"]] == ["OPEN"]
    assert [held["name"] for held in told["rows"][0]["facilities"]] == ["公开食堂"]


def test_gaps_come_by_people_or_by_area(service: TestClient, session: Session) -> None:
    make_unit(session, "320404000000", name="小区", geom=square(120.1, 31.70, 0.02))
    make_cell(session, (120.11, 31.71), 900)
    for order, first in (("people", "小区"), ("area", "西区")):
        told = asked(service, "gaps", kind="canteen", radius_m=300, order=order, limit=1)
        (gap,) = told["features"]
        assert (gap["properties"]["rank"], gap["properties"]["area_name"]) == (1, first)
        assert told["summary"]["gap_count"] == 2
    bad = service.get("/api/access/gaps", params={"kind": "canteen", "order": "name"})
    assert (bad.status_code, bad.json()["parameter"]) == (400, "order")


@pytest.mark.parametrize("on", ["0001-01-01", "2019-12-31"])
def test_days_before_any_record_have_no_numbers(service: TestClient, on: str) -> None:
    told = asked(service, "coverage", kind="canteen", on=on)
    for row in (told["summary"]["total"], *(one["properties"] for one in told["features"])):
        assert row["status"] == "no_record"
        assert {row["people_60"], row["covered_60"], row["share_60"]} == {None}
    assert told["summary"]["base_year"] is None
    assert told["summary"]["facilities"] is None
    assert told["summary"]["unplaced"] is None
    gaps = asked(service, "gaps", kind="canteen", on=on)
    assert (gaps["features"], gaps["summary"]["gap_count"]) == ([], None)
