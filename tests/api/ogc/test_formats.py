"""Do whole collections leave as files: negotiated, streamed, let go when their reader goes away?"""

from __future__ import annotations

import csv
import io
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import geopandas as gpd
import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api.ogc import formats as doors
from api.security import issue
from geo.db import Database, make_engine, session_factory
from geo.db.embedded import Embedded
from geo.queries.formats import FORMATS
from tests.conftest import served
from tests.factories import make_facility, make_unit
from tests.machine import worker_database

ITEMS = "/ogc/collections/facilities/items"
MANY = 4_000


@pytest.fixture(scope="module")
def database(home: Path, cluster: Embedded) -> Database:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    made = worker_database(home, cluster.socket, f"format_doors_{worker}")
    with session_factory(made).begin() as session:
        for number in range(12):
            make_facility(session, (119.9 + number / 100, 31.7), code=f"C{number:02d}",
                          is_synthetic=number == 3)  # fmt: skip
        make_facility(session, code="hidden", is_published=False)
        make_unit(session)
        session.execute(text("""INSERT INTO facility (code, name, kinds, geom, is_published, source)
            SELECT 'M' || i, repeat('示例', 800), '{home}',
                   ST_SetSRID(ST_Point(100 + (i % 173) / 100.0, 30 + i / 173 / 100.0), 4490),
                   true, 'test' FROM generate_series(1, :n) i"""), {"n": MANY})  # fmt: skip
    return made


@pytest.fixture(scope="module")
def owner(database: Database) -> Iterator[Engine]:
    engine = make_engine(database.owner_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def address(database: Database) -> Iterator[str]:
    """A real server: what is streamed has to pass a real socket."""
    with served(database) as made:
        yield made


def few(address: str, word: str, more: str = "") -> httpx.Response:
    asked = f"{address}{ITEMS}?f={word}&bbox=119,31,121,32{more}"
    return httpx.get(asked, timeout=60)


@pytest.mark.parametrize("word", FORMATS)
def test_each_format_by_its_word_and_by_accept(address: str, word: str) -> None:
    answer = few(address, word)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == FORMATS[word].media
    assert FORMATS[word].ending in answer.headers["content-disposition"]
    assert "Accept" in answer.headers["vary"]
    if word == "geojson-file":
        return  # by its media type, pages of GeoJSON are meant
    media = FORMATS[word].media.split(";")[0]
    again = httpx.get(f"{address}{ITEMS}?bbox=119,31,121,32", headers={"Accept": media}, timeout=60)
    assert again.headers["content-type"] == FORMATS[word].media
    if word in ("fgb", "gpkg"):
        rows = gpd.read_file(io.BytesIO(again.content))
        assert sorted(rows["code"]) == [f"C{number:02d}" for number in range(12)]
        assert int(again.headers["content-length"]) == len(again.content)


def test_the_question_counts(address: str) -> None:
    sorted_by_code = few(address, "csv", "&limit=3&properties=code&sortby=-code").text
    rows = csv.DictReader(io.StringIO(sorted_by_code))
    assert [row["code"] for row in rows] == ["C11", "C10", "C09"]
    filtered = few(address, "geojsonseq", "&filter=code IN ('C01','C02')").text
    assert filtered.count("\x1e") == 2


@pytest.mark.parametrize(
    ("more", "parameter"),
    [
        ("&cursor=x", "cursor"),
        ("&crs=http://www.opengis.net/def/crs/EPSG/0/3857", "crs"),
        ("&limit=x", "limit"),
        ("&nothing=1", "nothing"),
        ("&filter=nothing=1", "filter"),
    ],
)
def test_a_wrong_question_is_refused(address: str, more: str, parameter: str) -> None:
    answer = few(address, "csv", more)
    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter


def test_a_whole_collection_streams(address: str) -> None:
    with httpx.stream("GET", f"{address}{ITEMS}?f=geojsonseq", timeout=60) as answer:
        assert "content-length" not in answer.headers
        assert sum(part.count(b"\x1e") for part in answer.iter_bytes()) == MANY + 12


def test_staff_gets_all_and_it_is_stored_nowhere(address: str, database: Database) -> None:
    with session_factory(database).begin() as session:
        token = issue(session, label="t", role="planner", division_code=None, days=1).secret
    asked = f"{address}{ITEMS}?f=csv&bbox=119,31,121,32"
    answer = httpx.get(asked, headers={"Authorization": f"Bearer {token}"}, timeout=60)
    assert "hidden" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "hidden" not in httpx.get(asked, timeout=60).text


def test_units_need_their_number_in_public_mode(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_PUBLIC_MODE", "true")
    for word in FORMATS:
        assert (
            httpx.get(f"{address}/ogc/collections/units/items?f={word}", timeout=60).status_code
            == 403
        )


def test_a_head_sends_nothing(address: str) -> None:
    answer = httpx.head(f"{address}{ITEMS}?f=fgb&limit=1", timeout=60)
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) > 0


@pytest.mark.parametrize("word", ["geojsonseq", "csv", "gpkg"])
def test_a_reader_who_goes_away_holds_nothing(
    address: str, owner: Engine, word: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(doors, "PATIENCE_S", 60)  # a busy machine is late to notice who is gone
    where = urlsplit(address)
    assert where.hostname is not None
    assert where.port is not None
    for _ in range(doors.AT_ONCE + 2):  # more than have a turn at one time
        with socket.create_connection((where.hostname, where.port)) as gone:
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            gone.sendall(f"GET {ITEMS}?f={word} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert gone.recv(100).startswith(b"HTTP/1.1 200")
    busy = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name = 'atlas public' AND state <> 'idle'")  # fmt: skip
    deadline = time.monotonic() + 120
    with owner.connect() as watching:
        while watching.scalar(busy) and time.monotonic() < deadline:
            watching.rollback()
            time.sleep(0.1)
        assert watching.scalar(busy) == 0
    assert few(address, word).status_code == 200
    while list(tmp_path.iterdir()):  # the last file goes after its last byte was sent
        assert time.monotonic() < deadline, "files were left behind"
        time.sleep(0.1)


def test_too_many_at_one_time_are_told_to_come_again(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "PATIENCE_S", 0.1)
    with ExitStack() as held:
        for number in range(doors.AT_ONCE):
            held.enter_context(doors.TURNS.held("busy", patience_s=10, address=str(number)))
        answer = few(address, "csv")
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
    assert few(address, "csv").status_code == 200


def test_one_slow_reader_leaves_a_turn_for_others(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "PATIENCE_S", 0.1)
    with ExitStack() as held:
        for _ in range(doors.AT_ONCE - 1):
            held.enter_context(doors.TURNS.held("busy", patience_s=10, address="127.0.0.1"))
        assert few(address, "csv").status_code == 503
        with doors.TURNS.held("busy", patience_s=0.1, address="192.0.2.1"):
            pass


def test_the_document_names_every_format(address: str) -> None:
    operation = httpx.get(f"{address}/ogc/api", timeout=60).json()["paths"][
        "/collections/{collectionId}/items"
    ]
    offered = set(operation["get"]["responses"]["200"]["content"])
    assert {one.media.split(";")[0] for one in FORMATS.values()} <= offered


def test_client_without_a_deadline(database: Database) -> None:
    """The parts work where no envelope set a limit."""
    from api.app import create_app

    with TestClient(create_app(database)) as client:
        assert client.get(f"{ITEMS}?f=xlsx&limit=2").status_code == 200
