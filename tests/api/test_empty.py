"""Does the service answer on a fresh database, before anything is loaded?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import make_url

from api.app import create_app
from geo.db import Database
from geo.db.embedded import Embedded
from geo.db.postmaster import connect_admin


@pytest.fixture(scope="module")
def empty(database: Database) -> Iterator[TestClient]:
    with TestClient(create_app(database), raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    "address",
    [
        "/api/facilities",
        "/api/facilities?kind=elder_home&state=open,paused&bbox=119,31,120,32&care_level=full"
        "&max_price=3000&with_free_beds=true&with_medical=true&barrier_free=true"
        "&fire_state=passed&ownership=public&open_at=2026-01-31T11:30&q=院&on=2026-01-31",
        "/api/facilities/nearest?lon=119.97&lat=31.78",
        "/api/facilities/within-radius?lon=119.97&lat=31.78&radius_m=500",
        "/api/units",
        "/api/units/at?lon=119.97&lat=31.78",
        "/api/zones",
        "/api/places?q=常州",
        "/api/places/near?lon=119.97&lat=31.78&year=1930",
        "/api/places/heritage",
    ],
)
def test_nothing_is_an_empty_collection(empty: TestClient, address: str) -> None:
    answer = empty.get(address)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["type"], body["features"], body["numberReturned"]) == ("FeatureCollection", [], 0)


@pytest.mark.parametrize(
    "address",
    [
        "/api/facilities/nobody",
        "/api/facilities?within=320402",
        "/api/units/320402",
        "/api/units/320402/children",
        "/api/units/320402/neighbours",
        "/api/units/320402/history",
        "/api/zones?within=320402",
        "/api/places/nobody",
        "/api/access/coverage?kind=canteen",
        "/api/access/gaps?kind=canteen",
        "/api/access/missing",
        "/elder-care",
    ],
)
def test_what_is_not_loaded_is_not_found(empty: TestClient, address: str) -> None:
    answer = empty.get(address)
    assert answer.status_code == 404, answer.text
    assert "such address" not in answer.json()["detail"]


def test_ready_and_without_sources(empty: TestClient) -> None:
    assert empty.get("/api/health/ready").json() == {"status": "ok"}
    assert empty.get("/api/sources").json() == {"sources": []}


def test_a_lost_connection_is_503_once_and_then_mended(
    empty: TestClient, cluster: Embedded, database: Database
) -> None:
    """What a restart of the database does to a connection that lay idle in the pool."""
    assert empty.get("/api/health/ready").status_code == 200
    with connect_admin(cluster.socket) as admin:
        ended = admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND application_name = 'atlas public'",
            (make_url(database.owner_url).database,),
        )
        assert ended.rowcount >= 1
    told = [empty.get("/api/units").status_code for _ in range(4)]
    assert set(told) <= {200, 503}
    assert told[-1] == 200
