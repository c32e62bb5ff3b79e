"""A district office hands in its list of canteens; does it reach the map, and stay true later?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from geo.db import Database, session_factory
from geo.db.embedded import Embedded
from geo.loaders.city import load_city
from geo.loaders.load import load_delivery
from geo.loaders.report import Report
from tests.machine import worker_database

JANUARY, JUNE = date(2026, 1, 1), date(2026, 6, 1)
HEADING = "名称,所在区,地址,经度,纬度,电话,午餐价格说明,负责人身份证"
# GCJ-02 positions in the middle of Tianning and Zhonglou; the identity number has a right check
# digit and belongs to nobody: its date of birth lies in 1900.
ROWS = [
    "红梅老年食堂,天宁区,红梅街道甲路1号,119.990,31.790,0519-80000001,十元两荤两素,110101190001010016",
    "兰陵老年食堂,天宁区,兰陵街道乙路2号,119.975,31.760,,,",
    "西林老年食堂,钟楼区,西林街道丙路3号,119.895,31.775,,,",
    "没有位置的食堂,钟楼区,丁路4号,,,,,",
    "西林老年食堂,钟楼区,西林街道丙路3号,119.895,31.775,,,",
]


@pytest.fixture(scope="module")
def bureau(home: Path, cluster: Embedded) -> Database:
    """A bureau's own database: the real units of Changzhou and nothing made up."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"delivery_story_{worker}")
    with session_factory(database).begin() as session:
        load_city(session, "常州市")
    return database


@pytest.fixture(scope="module")
def visitor(bureau: Database) -> Iterator[TestClient]:
    from api.app import create_app

    with TestClient(create_app(bureau), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deliveries")


def hand_in(bureau: Database, path: Path, rows: list[str], on: date, **how: Any) -> Report:
    """Load the rows as a GB18030 file, as an office's own program writes it."""
    path.write_bytes("\r\n".join([HEADING, *rows, ""]).encode("gb18030"))
    with session_factory(bureau).begin() as session:
        return load_delivery(session, "facilities", path, crs="gcj02", on=on, **how)


def nearest(visitor: TestClient, on: date) -> list[dict[str, Any]]:
    answer = visitor.get(
        "/api/facilities/nearest",
        params={"lon": 119.99, "lat": 31.79, "kind": "canteen", "on": on.isoformat()},
    )
    assert answer.status_code == 200, answer.text
    return [feature["properties"] for feature in answer.json()["features"]]


def test_a_list_reaches_the_map_and_keeps_its_history(
    bureau: Database, visitor: TestClient, folder: Path
) -> None:
    path = folder / "老年食堂.csv"

    first = hand_in(bureau, path, ROWS, JANUARY)
    assert first.encoding == "gb18030"
    counts = first.counts
    assert (counts.rows_read, counts.kept, counts.merged, counts.refused) == (5, 3, 1, 1)
    assert first.placement.inside == 3
    assert nearest(visitor, JUNE) == [], "what has no stated 密级 is not public"

    path = folder / "老年食堂-公开.csv"
    public = hand_in(bureau, path, ROWS, JANUARY, secrecy="public")
    assert public.counts.refused == 1
    shown = nearest(visitor, JUNE)
    assert [one["name"] for one in shown] == ["红梅老年食堂", "兰陵老年食堂", "西林老年食堂"]
    assert shown[0]["phone"] == "0519-80000001"
    assert shown[1]["phone"] is None
    # GCJ-02 lies some hundred metres off here: the stored point is not where the list says.
    assert 300 < shown[0]["distance_m"] < 800

    again = hand_in(bureau, path, ROWS, JUNE, secrecy="public")
    assert (again.counts.unchanged, again.counts.kept, again.counts.updated) == (3, 0, 0)

    moved = [ROWS[0].replace("0519-80000001", "0519-80000009"), *ROWS[1:]]
    third = hand_in(bureau, path, moved, JUNE, secrecy="public")
    assert (third.counts.updated, third.counts.unchanged) == (1, 2)
    assert nearest(visitor, JANUARY)[0]["phone"] == "0519-80000001"
    assert nearest(visitor, JUNE)[0]["phone"] == "0519-80000009"


def test_an_identity_number_is_nowhere(bureau: Database, folder: Path) -> None:
    hand_in(bureau, folder / "老年食堂.csv", ROWS, JANUARY, dry_run=True)
    from sqlalchemy import text

    with session_factory(bureau)() as session:
        tables = session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'atlas'")
        ).all()
        for table in tables:
            found = session.scalar(
                text(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%110101190001010016%'")
            )
            assert found == 0, table
