"""What do the tests of the page of coverage and gaps share? A service on a small town with ways."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from geo.db import make_engine
from geo.db.embedded import Embedded
from tests.conftest import served
from tests.factories import during, make_cell, make_city, make_facility, make_unit, square
from tests.geo.test_walking import east, make_road
from tests.machine import worker_database

EAST = (119.95, 31.65)


def make_town(session: Session) -> None:
    """Two districts: the west has streets and a river, the east has no ways at all."""
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=square(119.7, 31.6, 0.2))
    make_unit(session, "320404000000", name="东区", geom=square(119.9, 31.6, 0.1))
    for one, other in (((0, 0), (0, 600)), ((0, 600), (100, 600)), ((100, 600), (100, 0))):
        make_road(session, east(*one), east(*other), source="合成道路", is_synthetic=True)
    since = during(date(2024, 3, 1))
    make_facility(session, east(100), code="W", name="对岸食堂", meals_per_day=200)
    make_facility(
        session, east(100, 400), code="N", name="桥头食堂", meals_per_day=50, validity=since
    )
    make_facility(session, EAST, code="E", name="东区食堂")
    for place, people in ((east(0), 1200), (east(0, 500), 800), (east(90, 300), 400), (EAST, 900)):
        make_cell(session, place, people)
    make_cell(session, east(0), 1000, basis="registered")


@pytest.fixture(scope="session")
def town(home: Path, cluster: Embedded) -> Iterator[str]:
    """The address of a service on that town."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"access_page_{worker}")
    engine = make_engine(database.owner_url)
    with Session(engine) as session:
        make_town(session)
        session.commit()
    engine.dispose()
    with served(database) as address:
        yield address
