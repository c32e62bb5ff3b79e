"""Does a loader killed at any moment leave its delivery whole or not at all, and the way free?"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import time
from collections.abc import Iterator
from datetime import date
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from geo.db import Database, make_engine, session_factory
from geo.db.embedded import Embedded
from geo.loaders.journal import ONE_AT_A_TIME
from geo.loaders.load import load_delivery
from geo.loaders.undo import undo_delivery
from tests.machine import worker_database

FULL = os.environ.get("ATLAS_TEST_FULL", "") not in ("", "0")
KILLS = 100 if FULL else 10
ROWS = 300
JANUARY, JUNE = date(2026, 1, 1), date(2026, 6, 1)
TABLES = ("delivery", "facility", "road_edge", "refused_row", "delivery_change")
CRS = {"facilities": "gcj02", "roads": "cgcs2000"}
FORKED = multiprocessing.get_context("forkserver")


def load_once(database: Database, kind: str, path: Path, pipe: Pipe) -> None:
    """What the killed process does: it says when it begins, and when all is committed."""
    with session_factory(database)() as session:
        session.execute(text("SELECT 1"))
        pipe.send("begun")
        load_delivery(session, kind, path, crs=CRS[kind], on=JUNE)
        session.commit()
    pipe.send("done")


def write(path: Path, beds: int, rows: int = ROWS) -> Path:
    lines = [
        f"第{n}养老院,{119.5 + n / 5000!r},31.75,{beds + n % 2},某路{n}号" for n in range(rows)
    ]
    path.write_text(
        "\n".join(["名称,经度,纬度,床位,地址", *lines, "无位置养老院,,,1,", ""]), "utf-8"
    )
    return path


@pytest.fixture
def database(home: Path, cluster: Embedded) -> Database:
    """A database of this test's own: what is killed here has really committed or not."""
    FORKED.set_forkserver_preload(["geo.loaders.load", "geo.db", __name__])
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return worker_database(home, cluster.socket, f"killed_{worker}")


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    made = make_engine(database.owner_url)
    yield made
    made.dispose()


def state(engine: Engine) -> tuple[object, ...]:
    """The rows of every table that loading writes, counted, and the facilities as one checksum.

    Waits for the lock, so for the end of what the server still did for a killed process.
    """
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        counts = [connection.scalar(text(f"SELECT count(*) FROM {t}")) for t in TABLES]
        content = connection.scalar(
            text("SELECT md5(string_agg(CAST(ROW(code, name, beds_total, validity, "
                 "ST_AsEWKB(geom)) AS text), '|' ORDER BY code, validity)) FROM facility")
        )  # fmt: skip
        roads = connection.scalar(
            text("SELECT md5(string_agg(CAST(ROW(code, name, ST_AsEWKB(geom)) AS text), "
                 "'|' ORDER BY code)) FROM road_edge")
        )  # fmt: skip
    return (*counts, content, roads)


def run(
    database: Database, path: Path, kill_after_s: float | None, kind: str = "facilities"
) -> float:
    """Load in a process of its own, killed after so many seconds; how long it went on."""
    mine, its = FORKED.Pipe()
    process = FORKED.Process(target=load_once, args=(database, kind, path, its))
    process.start()
    its.close()
    assert mine.recv() == "begun"
    begun = time.perf_counter()
    if kill_after_s is None:
        assert mine.recv() == "done"
    else:
        time.sleep(kill_after_s)
        process.kill()
    took_s = time.perf_counter() - begun
    process.join()
    return took_s


def newest(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT max(id) FROM delivery")).scalar_one())


@pytest.mark.timeout(3600 if FULL else 600)
def test_killed_at_random_moments(database: Database, engine: Engine, tmp_path: Path) -> None:
    old, new = write(tmp_path / "old.csv", 10), write(tmp_path / "new.csv", 11, ROWS + 100)
    with session_factory(database).begin() as session:
        load_delivery(session, "facilities", old, crs="gcj02", on=JANUARY)
    before = state(engine)

    def taken_back() -> None:
        with session_factory(database).begin() as session:
            undo_delivery(session, newest(engine))
            session.execute(text("DELETE FROM delivery WHERE status = 'undone'"))
        assert state(engine) == before

    lasts_s = run(database, new, None)
    after = state(engine)
    assert after[1] == 2 * ROWS + 100
    assert after[3] == 2
    taken_back()
    moments = random.Random(20221)
    whole = 0
    for number in range(KILLS):
        # The first at once: it comes in time also where the run that was timed was held up.
        run(database, new, moments.uniform(0, lasts_s * 1.2) if number else 0)
        found = state(engine)
        assert found in (before, after), f"kill {number}: neither whole nor nothing: {found}"
        if found == after:
            whole += 1
            taken_back()
    assert whole < KILLS, "no kill came in time"
    print(f"{KILLS} kills within {lasts_s:.2f} s: {whole} whole, {KILLS - whole} not at all")
    run(database, new, None)
    assert state(engine) == after


def write_roads(path: Path, rows: int, name: str) -> Path:
    """A street of so many lines, one behind the other."""
    lines = [
        {"type": "Feature", "properties": {"name": f"{name}{n}", "class": "residential"},
         "geometry": {"type": "LineString",
                      "coordinates": [[119.5 + at / 5000, 31.75] for at in (n, n + 1)]}}
        for n in range(rows)
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": lines}), "utf-8")
    return path


@pytest.mark.timeout(3600 if FULL else 600)
def test_roads_killed_at_random_moments(database: Database, engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    old = write_roads(tmp_path / "old" / "路网.geojson", ROWS, "旧路")
    new = write_roads(tmp_path / "路网.geojson", ROWS + 100, "新路")
    with session_factory(database).begin() as session:
        load_delivery(session, "roads", old, crs=CRS["roads"], on=JANUARY)
    before = state(engine)
    lasts_s = run(database, new, None, "roads")
    after = state(engine)
    assert after != before
    moments = random.Random(20222)
    whole = 0

    def taken_back() -> None:
        with session_factory(database).begin() as session:
            undo_delivery(session, newest(engine))
            session.execute(text("DELETE FROM delivery WHERE status = 'undone'"))
        assert state(engine) == before

    taken_back()
    kills = KILLS // 2
    for number in range(kills):
        run(database, new, moments.uniform(0, lasts_s * 1.2) if number else 0, "roads")
        found = state(engine)
        assert found in (before, after), f"kill {number}: neither whole nor nothing: {found}"
        if found == after:
            whole += 1
            taken_back()
    assert whole < kills, "no kill came in time"
    run(database, new, None, "roads")
    assert state(engine) == after
