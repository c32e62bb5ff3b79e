"""How fast does the first card come, at 1 000 and at 40 000 facilities with streets around?

Run `.venv/bin/python benchmarks/elder_care.py [facilities …]`. A private PostGIS gets that many
made-up facilities over a city of 60 × 60 km and a mesh of streets of 100 m in its middle. Then, in
turn: the page with its first card, the same question as JSON, and the bare statements that the
question sends, replayed on one raw connection. Printed are medians and ratios, from a real server
over a real socket; the client is a bare `http.client`.
"""

from __future__ import annotations

import contextlib
import http.client
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode, urlsplit

import uvicorn
from fastapi import FastAPI
from sqlalchemy import event, text
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from api.app import create_app
from api.serving import take_port
from geo.db import Database, make_engine
from geo.db.embedded import embedded
from geo.migrations import migrate
from geo.validity import today_in_china

RUNS = 15
LON, LAT = 119.95, 31.77
CITY = "320400000000"
HERE = {"lon": LON + 0.003, "lat": LAT + 0.002}
CASES = {
    "nearest canteens": {"what": "canteen", **HERE},
    "open, ≤ 10 yuan, step-free": {
        "what": "canteen", "open_now": "true", "max_price": "10", "barrier_free": "true", **HERE,
    },
    "within 15 minutes": {"what": "canteen", "within_min": "15", **HERE},
    "the story (homes)": {
        "what": "home", "care_level": "partial", "max_price": "4000", "free_beds": "true", **HERE,
    },
    "without a start": {"what": "canteen"},
    "nothing found": {"what": "home", "max_price": "1", "rating": "5", **HERE},
}  # fmt: skip

_FACILITIES = """
INSERT INTO facility (code, name, kinds, state, geom, validity, is_published, is_synthetic, source,
    source_date, hours, beds_total, beds_free, beds_on, care_levels, has_lift, has_ramp, fire_state,
    medical_link, ownership)
SELECT 'B-' || n, '合成机构-' || n,
    ARRAY[(ARRAY['canteen', 'nursing_home', 'day_care', 'service_station'])[1 + n % 4]], 'open',
    ST_SetSRID(ST_Point(:lon + (random() - 0.5) * 0.6, :lat + (random() - 0.5) * 0.54), 4490),
    daterange('2020-01-01', NULL), true, true, 'benchmark', DATE '2026-01-01',
    CASE WHEN n % 10 > 0 THEN
        '{"mon": [["10:30", "12:30"]], "tue": [["00:00", "24:00"]]}'::jsonb END,
    100, CASE WHEN n % 7 > 0 THEN n % 20 END, DATE '2026-11-01',
    CASE WHEN n % 9 > 0 THEN ARRAY['partial', 'full'] END,
    CASE WHEN n % 5 > 0 THEN n % 2 = 0 END, CASE WHEN n % 5 > 0 THEN n % 3 > 0 END,
    'passed', 'contract', 'public'
FROM generate_series(1, :count) AS n"""
_PRICES = """
INSERT INTO facility_price (facility_id, item, low, high, unit)
SELECT f.id, i.item, i.low + f.id % 8 * i.step, i.low + f.id % 8 * i.step + i.step, i.unit
FROM facility f, (VALUES ('lunch', 6, 2, 'meal'), ('partial', 2000, 500, 'month'),
    ('full', 3500, 500, 'month')) AS i (item, low, step, unit)
WHERE (i.unit = 'meal') = ('canteen' = ANY(f.kinds)) AND f.id % 11 > 0"""
_STREETS = """
INSERT INTO road_edge (network, code, from_node, to_node, length_m, walkable, geom, is_synthetic,
    source)
SELECT 'mesh', concat_ws('-', x, y, h), concat(x, ',', y), concat(x + h, ',', y + 1 - h),
    ST_Length(line::geography), true, line, true, 'benchmark'
FROM generate_series(-45, 45) AS x, generate_series(-45, 45) AS y, generate_series(0, 1) AS h,
LATERAL (SELECT ST_SetSRID(ST_MakeLine(
    ST_Point(:lon + x * 0.00106, :lat + y * 0.0009),
    ST_Point(:lon + (x + h) * 0.00106, :lat + (y + 1 - h) * 0.0009)), 4490) AS line) AS drawn
WHERE (x * 7 + y * 13 + h * 5) % 11 > 1"""


def main(sizes: list[int]) -> None:
    for count in sizes:
        with tempfile.TemporaryDirectory(prefix="minzheng-atlas-benchmark-") as folder:
            Path(folder).chmod(0o755)
            with embedded(Path(folder) / "home", what="benchmarks/elder_care.py") as running:
                fill(running.database, count)
                measure(running.database, count)


def fill(database: Database, count: int) -> None:
    """Tables, facilities, prices and streets."""
    migrate(database.owner_url)
    engine = make_engine(database.owner_url)
    with Session(engine) as session:
        session.execute(text("SELECT setseed(0.5)"))
        place = {"lon": LON, "lat": LAT}
        session.execute(text(_FACILITIES), {"count": count, **place})
        session.execute(text(_PRICES))
        session.execute(text(_STREETS), place)
        session.execute(
            text(
                "INSERT INTO admin_unit (code, name, level, unit_type, geom, validity,"
                " is_published) VALUES ('320400000000', '示例市', 2, '地级市',"
                " ST_Multi(ST_MakeEnvelope(119, 31,"
                " 121, 33, 4490)), '[,)', true)"
            )
        )
        session.commit()
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
    engine.dispose()


def measure(database: Database, count: int) -> None:
    """Print the medians of every case, measured in turn."""
    print(f"\n{count:,} facilities, {today_in_china()}")
    print(f"{'question':<28}{'first card':>12}{'page':>9}{'JSON':>9}{'bare SQL':>10}"
          f"{'card/JSON':>11}{'page/JSON':>11}{'JSON/SQL':>10}")  # fmt: skip
    with serving(database) as (address, app):
        for name, asked in CASES.items():
            query = urlencode(asked)
            # The page asks of its city; the JSON is asked the same.
            question = urlencode({**asked, "within": CITY})
            statements = recorded(app, lambda q=question: get(address, f"/api/elder-care/find?{q}"))
            took = in_turn(
                {
                    "page": partial(get, address, f"/elder-care?{query}"),
                    "card": partial(first_card, address, f"/elder-care?{query}"),
                    "json": partial(get, address, f"/api/elder-care/find?{question}"),
                    "sql": partial(replay, app, statements),
                }
            )
            print(
                f"{name:<28}{took['card']:>10.1f}ms{took['page']:>7.1f}ms{took['json']:>7.1f}ms"
                f"{took['sql']:>8.1f}ms{took['card'] / took['json']:>11.2f}"
                f"{took['page'] / took['json']:>11.2f}{took['json'] / took['sql']:>10.2f}"
            )


def in_turn(ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Milliseconds: the median of each, all of them once in every round, after a warm one."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    for run in range(RUNS + 2):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            if run > 1:
                took[name].append((time.perf_counter() - began) * 1e3)
    return {name: median(times) for name, times in took.items()}


def replay(app: FastAPI, statements: list[tuple[str, dict[str, object]]]) -> None:
    """Run statements as the public on one raw connection of the pool."""
    with app.state.doors.readers.primary.connect() as connection:
        cursor = connection.connection.cursor()
        for statement, values in statements:
            cursor.execute(statement, values)
            cursor.fetchall()


def recorded(app: FastAPI, way: Callable[[], object]) -> list[tuple[str, dict[str, object]]]:
    """The statements that a question sends to the public's door, with their values."""
    engine = app.state.doors.readers.primary
    sent: list[tuple[str, dict[str, object]]] = []

    def note(conn: Any, cursor: Any, statement: str, values: dict[str, object], *_: Any) -> None:
        sent.append((statement, dict(values)))

    way()  # warm: the ways are read once
    event.listen(engine, "before_cursor_execute", note)
    way()
    event.remove(engine, "before_cursor_execute", note)
    return sent


def first_card(address: str, path: str) -> bytes:
    """The same until the second card begins, or to the end where there is none."""
    return get(address, path, until=lambda body: body.count(b'<li class="card"') > 1)


def get(address: str, path: str, until: Callable[[bytes], bool] | None = None) -> bytes:
    """A GET on a connection of its own, as curl makes it."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = b""
    while piece := answer.read1():
        body += piece
        if until and until(body):
            break
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {body[:300]!r}")
    return body


@contextlib.contextmanager
def serving(database: Database) -> Iterator[tuple[str, FastAPI]]:
    """The service on a free port."""
    with take_port("127.0.0.1", 0) as taken:
        app = create_app(database, city_code="320400000000")
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([taken],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{taken.getsockname()[1]}", app
        server.should_exit = True
        thread.join(timeout=10)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1_000, 40_000])
