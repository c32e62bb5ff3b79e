"""Does every public read find its rows by an index when there are many?

The service runs on the test's own transaction, as the role of the public; every statement that it
sends is explained afterwards with the values that it was sent with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

from api.app import create_app
from geo.db import Database
from tests.conftest import AsPublic

MANY = 20_000
UNITS = 5_000
BIG = {
    "facility", "facility_price", "facility_rating", "admin_unit", "planning_zone", "place",
    "place_name", "place_position", "name_key", "heritage_listing", "succession_event",
    "succession_member",
}  # fmt: skip

# 20 000 of each thing, 5 000 divisions, on a grid of 0.05° from 110° E, 25° N; all published.
SEED = f"""
CREATE TEMP TABLE g ON COMMIT DROP AS
SELECT i, 110 + (i % 200) * 0.05 AS x, 25 + (i / 200) * 0.05 AS y,
       lpad((100101 + i % 1900)::text, 6, '0') || '000000' AS county
FROM generate_series(0, {MANY - 1}) i;
INSERT INTO facility (code, name, kinds, geom, admin_code, is_published)
SELECT 'f' || i, '设施' || i,
       ARRAY[CASE WHEN i % 50 = 0 THEN 'marriage_office'
                  WHEN i % 3 = 0 THEN 'canteen' ELSE 'day_care' END],
       ST_SetSRID(ST_Point(x + 0.01, y + 0.01), 4490), county, true FROM g;
INSERT INTO facility_price (facility_id, item, low, high, unit)
SELECT id, 'full', 1000 + id % 500, 2000 + id % 500, 'month' FROM facility;
INSERT INTO facility_rating (facility_id, scheme, level)
SELECT id, 'GB/T 37276', '三级' FROM facility;
INSERT INTO admin_unit (code, name, level, parent_code, geom, is_published)
SELECT lpad((100000 + i)::text, 6, '0') || '000000', '单元' || i,
       CASE WHEN i = 0 THEN 1 WHEN i <= 100 THEN 2 WHEN i <= 2000 THEN 3 ELSE 4 END,
       CASE WHEN i = 0 THEN NULL WHEN i <= 100 THEN '100000000000'
            WHEN i <= 2000 THEN lpad((100001 + i % 100)::text, 6, '0') || '000000'
            ELSE county END,
       ST_Multi(ST_SetSRID(ST_MakeEnvelope(x, y, x + 0.05, y + 0.05), 4490)), true
FROM g WHERE i < {UNITS};
INSERT INTO succession_event (kind, event_year, is_published) SELECT '更名', 1990, true FROM g;
INSERT INTO succession_member (event_id, side, code, name)
SELECT id, 'predecessor', lpad((100000 + id % {UNITS})::text, 6, '0') || '000000', '旧'
FROM succession_event;
INSERT INTO planning_zone (code, name, kind, parent_code, geom, is_published)
SELECT 'z' || i, '片区' || i, '分析片区', county,
       ST_Multi(ST_SetSRID(ST_MakeEnvelope(x, y, x + 0.05, y + 0.05), 4490)), true FROM g;
INSERT INTO place (code, feature_class, located_in, is_published)
SELECT 'p' || i, 'P', county, true FROM g;
INSERT INTO place_name (place_id, name, kind) SELECT id, '村' || code, 'standard' FROM place;
INSERT INTO place_position (place_id, geom, quality)
SELECT p.id, ST_SetSRID(ST_Point(x, y), 4490), 'point' FROM place p JOIN g ON p.code = 'p' || i;
INSERT INTO heritage_listing (place_id, list_name, family, list_level)
SELECT id, '名录', CASE WHEN id % 500 = 0 THEN 'red' ELSE 'heritage' END, 'province' FROM place;
INSERT INTO name_key (key, kind, name_id, rank)
SELECT n.name, 'exact', n.id, 50 FROM place_name n
UNION ALL SELECT 'cun' || n.id, 'pinyin', n.id, 50 FROM place_name n;
ANALYZE facility, facility_price, facility_rating, admin_unit, succession_event, succession_member,
    planning_zone, place, place_name, place_position, heritage_listing, name_key;
"""

ADDRESSES = [
    "/api/facilities?limit=100",
    "/api/facilities?kind=marriage_office&limit=100",
    "/api/facilities?kind=canteen&limit=100&offset=1000",
    "/api/facilities?bbox=112,27,112.2,27.2",
    "/api/facilities?within=100150&limit=100",
    "/api/facilities?within=z77&kind=canteen",
    "/api/facilities?kind=marriage_office&max_price=1200&limit=10",
    "/api/facilities?q=设施1999&limit=10",
    "/api/facilities/nearest?lon=115&lat=27&kind=canteen",
    "/api/facilities/nearest?lon=115&lat=27&kind=marriage_office&limit=5",
    "/api/facilities/nearest?lon=115&lat=27&within=100150",
    "/api/facilities/within-radius?lon=115&lat=27&radius_m=20000&kind=canteen",
    "/api/facilities/f77",
    "/api/units?parent=100000",
    "/api/units?level=1",
    "/api/units?within=100150",
    "/api/units/at?lon=115.01&lat=27.01",
    "/api/units/100150",
    "/api/units/100150/children",
    "/api/units/104000/neighbours",
    "/api/units/100150/history",
    "/api/zones?within=100150",
    "/api/places?q=村p77",
    "/api/places?q=cun77",
    "/api/places/near?lon=115&lat=27",
    "/api/places/near?lon=115&lat=27&year=1930",
    "/api/places/heritage?family=red&within=100150",
    "/api/places/p77",
    "/api/places/p77?year=1930",
    "/api/names/near?lon=115&lat=27&radius_m=3000",
    "/api/names/address?q=单元77村p77幢12号",
    "/api/names/suggest?q=村p77",
    "/api/names/p77/life",
]


class OneConnection:
    """The doors of a service that runs inside a test's transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @contextmanager
    def public(self) -> Iterator[Connection]:
        yield self.connection

    def board(self) -> None:
        """None: nothing is loaded here."""

    def close(self) -> None:
        """Nothing: the test's fixture does."""


@pytest.fixture
def crowded(
    fresh_session: Session, as_public: AsPublic, database: Database
) -> Iterator[TestClient]:
    """The service on 20 000 rows of everything that the public may read."""
    connection = fresh_session.connection()
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute(SEED)
    app = create_app(database, city_code="100000000000")
    app.state.doors.close()
    app.state.doors = OneConnection(connection)
    with as_public(fresh_session), TestClient(app, raise_server_exceptions=False) as client:
        yield client


def scans(plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every (kind of scan, table) of a plan."""
    if "Relation Name" in plan:
        yield plan["Node Type"], plan["Relation Name"]
    for inner in plan.get("Plans", []):
        yield from scans(inner)


def test_every_public_read_uses_an_index(fresh_session: Session, crowded: TestClient) -> None:
    connection = fresh_session.connection()
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        sent.append((statement, values))

    slow: list[str] = []
    event.listen(connection, "before_cursor_execute", note)
    for address in ADDRESSES:
        sent.clear()
        answer = crowded.get(address)
        assert answer.status_code == 200, (address, answer.text)
        for statement, values in list(sent):
            if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
                continue
            explained = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values)
            plan = explained.scalar_one()
            plan = json.loads(plan) if isinstance(plan, str) else plan
            for kind, table in scans(plan[0]["Plan"]):
                if kind == "Seq Scan" and table in BIG:
                    slow.append(f"{address}: {table}: {' '.join(statement.split())[:300]}")
    event.remove(connection, "before_cursor_execute", note)
    assert not slow, "\n".join(slow)


def test_the_scan_finder_finds(session: Session) -> None:
    """The test above could not fail if a sequential scan were not seen."""
    session.execute(text("SET LOCAL enable_indexscan = off"))
    plan = session.execute(text("EXPLAIN (FORMAT JSON) SELECT * FROM facility WHERE name = 'x'"))
    assert ("Seq Scan", "facility") in set(scans(plan.scalar_one()[0]["Plan"]))
