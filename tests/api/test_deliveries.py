"""Can those with the right deliver over HTTP as at the command line, and nobody else?"""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
import uvicorn
from python_calamine import CalamineWorkbook
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from api.app import create_app
from api.delivering import DELIVERED_BY
from api.job_board import Board
from api.jobs import _PREFIX, Job, Jobs, sweep
from api.schemas.deliveries import DeliveryForm
from api.security import issue
from api.serving import take_port
from api.uploads import last_part
from geo.db import Database, make_engine
from geo.db.embedded import Embedded
from geo.errors import BadInput, NotFound, Unavailable
from geo.loaders.journal import ONE_AT_A_TIME
from geo.loaders.load import KINDS_OF_DELIVERY
from geo.loaders.templates import columns_of
from geo.loaders.things import Options
from tests.api.test_problems import read_problem
from tests.machine import free_port, worker_database

TABLES = "delivery, facility, refused_row, delivery_change, api_token"
FATES = ("kept", "merged", "updated", "unchanged", "refused")


@pytest.fixture(scope="module")
def database(home: Path, cluster: Embedded) -> Database:
    """A database of these tests' own: what is delivered here is committed."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return worker_database(home, cluster.socket, f"deliveries_{worker}")


@pytest.fixture(scope="module")
def engine(database: Database) -> Iterator[Engine]:
    made = make_engine(database.owner_url)
    yield made
    made.dispose()


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files: empty before, and it must be empty afterwards."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


class Served:
    """The service on a real port."""

    def __init__(self, database: Database) -> None:
        self.app = create_app(database)
        self.socket = take_port("127.0.0.1", 0)
        self.port = self.socket.getsockname()[1]
        self.server = uvicorn.Server(uvicorn.Config(self.app, log_level="warning", lifespan="on"))
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],), daemon=True)
        self.thread.start()
        until(lambda: self.server.started)
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60)

    def stop(self) -> None:
        self.client.close()
        self.server.should_exit = True
        self.thread.join(timeout=120)
        assert not self.thread.is_alive(), "it went on serving"
        self.socket.close()


def until(is_so: Callable[[], Any], patience_s: float = 120) -> Any:
    deadline = time.monotonic() + patience_s
    while not (found := is_so()):
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)
    return found


def clear(connection: Connection) -> None:
    """Empty the tables; histories, from which nothing may be taken away, stand in the way."""
    histories = connection.scalars(
        text("SELECT DISTINCT CAST(CAST(tgrelid AS regclass) AS text) FROM pg_trigger"
             " WHERE tgname LIKE 'keep_%'")
    ).all()  # fmt: skip
    for table in histories:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    connection.execute(text(f"TRUNCATE {TABLES} RESTART IDENTITY CASCADE"))
    for table in histories:
        connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


@pytest.fixture
def served(database: Database, engine: Engine, uploads: Path) -> Iterator[Served]:
    running = Served(database)
    yield running
    running.stop()
    with engine.begin() as connection:
        clear(connection)
    assert list(uploads.iterdir()) == [], "an upload was left behind"


def token(engine: Engine, role: str, division: str | None = None) -> dict[str, str]:
    with Session(engine) as session:
        made = issue(session, label="试验", role=role, division_code=division, days=1)
        session.commit()
    return {"Authorization": f"Bearer {made.secret}"}


@pytest.fixture
def planner(engine: Engine, served: Served) -> dict[str, str]:
    return token(engine, "planner")


def csv(*rows: str, heading: str = "名称,经度,纬度") -> bytes:
    return "\n".join([heading, *rows, ""]).encode()


def send(
    served: Served,
    headers: dict[str, str],
    *files: tuple[str, bytes],
    wait: bool = True,
    **said: Any,
) -> Any:
    form = {"kind": "facilities", "crs": "4490", **said}
    data = {name: value for name, value in form.items() if value is not None}
    return served.client.post(
        "/api/deliveries" + ("?wait=true" if wait else ""), headers=headers, data=data,
        files=[("files", one) for one in files],
    )  # fmt: skip


def sheets(content: bytes) -> list[list[list[Any]]]:
    """The rows of each sheet of a workbook."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def count(engine: Engine, table: str = "facility") -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


ONE = ("养老院.csv", csv("甲养老院,119.95,31.75"))


def test_ten_thousand_rows_some_refused(
    served: Served, engine: Engine, planner: dict[str, str]
) -> None:
    rows = [f"第{n}养老院,{119 + n / 20000:.5f},31.75" for n in range(9990)]
    bad = [f"坏{n}养老院,0,0" for n in range(10)]
    answer = send(served, planner, ("养老院.csv", csv(*rows, *bad)), wait=False)
    assert answer.status_code == 202, answer.text
    assert answer.headers["cache-control"] == "no-store"
    address = answer.headers["location"]
    told: list[dict[str, Any]] = []

    def over() -> bool:
        told.append(served.client.get(address, headers=planner).json())
        return bool(told[-1]["state"] not in ("queued", "running"))

    until(over, 60)
    job = told[-1]
    assert job["state"] == "done", job
    report = job["report"]
    assert (report["rows_read"], report["kept"], report["refused"]) == (10_000, 9990, 10)
    assert report["rows_read"] == sum(report[fate] for fate in FATES)
    assert (count(engine), count(engine, "refused_row")) == (9990, 10)
    number = report["delivery_id"]
    kept = served.client.get(f"/api/deliveries/{number}", headers=planner).json()
    assert kept == {**report, "status": "loaded"}
    (listed,) = served.client.get("/api/deliveries", headers=planner).json()["deliveries"]
    assert (listed["id"], listed["counts"]["refused"], listed["status"]) == (number, 10, "loaded")
    refused = served.client.get(f"/api/deliveries/{number}/refused.xlsx", headers=planner)
    assert refused.status_code == 200
    assert len(sheets(refused.content)[0]) == 11
    assert f'filename="refused-{number}.xlsx"' in refused.headers["content-disposition"]


def test_the_report_is_that_of_the_command_line(
    served: Served, planner: dict[str, str], engine: Engine
) -> None:
    report = send(served, planner, ONE, secrecy="public", on="2026-01-01", by="养老科").json()
    assert (report["kept"], report["secrecy"], report["on"]) == (1, "public", "2026-01-01")
    assert report["crs"]["declared"] == "4490"
    again = send(served, planner, ONE, secrecy="public", on="2026-01-01").json()
    assert (again["kept"], again["unchanged"]) == (0, 1)
    tried = send(served, planner, ("乙.csv", ONE[1]), dry_run="true").json()
    assert (tried["dry_run"], tried["delivery_id"]) == (True, None)
    assert count(engine, "delivery") == 2


def test_several_files_all_or_none(served: Served, planner: dict[str, str], engine: Engine) -> None:
    other = ("乙.csv", csv("乙养老院,119.96,31.75"))
    broken = ("坏.csv", b"")
    refused = send(served, planner, ONE, other, broken)
    told = read_problem(refused)
    assert told.status == 400
    assert "第 3 个文件" in told.detail
    assert (count(engine), count(engine, "delivery")) == (0, 0)
    report = send(served, planner, ONE, other, crs=["4490", "gcj02"]).json()
    assert [one["crs"]["used"] for one in report["files"]] == ["EPSG:4490", "GCJ-02"]
    assert (report["rows_read"], report["kept"], report["crs"]) == (2, 2, None)
    assert count(engine, "delivery") == 2
    assert read_problem(send(served, planner, ONE, crs=["4490", "gcj02"])).parameter == "crs"


def test_undeclared_crs_is_asked_for(served: Served, planner: dict[str, str]) -> None:
    answer = send(served, planner, ONE, crs=None)
    told = read_problem(answer)
    assert (told.status, told.parameter) == (400, "crs")
    assert "GCJ-02" in told.detail
    job = served.client.get(
        send(served, planner, ONE, crs=None, wait=False).headers["location"], headers=planner
    )
    told = until(lambda: (j := served.client.get(job.url, headers=planner).json())["problem"] and j)
    assert told["state"] == "refused"
    assert told["problem"]["parameter"] == "crs"


def test_two_at_once_take_turns(served: Served, planner: dict[str, str], engine: Engine) -> None:
    rows = [f"第{n}养老院,{119 + n / 2000:.5f},31.75" for n in range(1000)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda n: send(served, planner, (f"{n}.csv", csv(*rows)), on="2026-01-01"), (1, 2)
            )
        )
    assert [answer.status_code for answer in answers] == [200, 200]
    fates = sorted((a.json()["kept"], a.json()["unchanged"]) for a in answers)
    assert fates == [(0, 1000), (1000, 0)]
    assert count(engine) == 1000


def test_a_full_queue_says_when_to_come_again(
    database: Database, engine: Engine, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_UPLOADS_WAITING", "1")
    served = Served(database)
    try:
        headers = token(engine, "planner")
        with engine.begin() as holding:  # another loading has its turn
            holding.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
            first = send(served, headers, ONE, wait=False)
            address = first.headers["location"]
            until(lambda: _state(served, address, headers) == "running")
            waiting = send(served, headers, ONE, wait=False)
            assert waiting.json()["state"] == "queued"
            full = send(served, headers, ONE, wait=False)
            assert read_problem(full).status == 503
            assert int(full.headers["retry-after"]) > 0
            assert count(engine) == 0
        for one in (first, waiting):
            until(lambda one=one: _state(served, one.headers["location"], headers) == "done")
        assert count(engine) == 1
    finally:
        served.stop()
        with engine.begin() as connection:
            clear(connection)
    assert list(uploads.iterdir()) == []


def _state(served: Served, address: str, headers: dict[str, str]) -> str:
    return str(served.client.get(address, headers=headers).json()["state"])


def test_the_end_of_the_service_stops_the_loading_whole(
    database: Database, engine: Engine, uploads: Path
) -> None:
    served = Served(database)
    try:
        headers = token(engine, "planner")
        with engine.begin() as holding:
            holding.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
            address = send(served, headers, ONE, wait=False).headers["location"]
            until(lambda: _state(served, address, headers) == "running")
            served.stop()  # while the lock is held: it waits for no end of the loading
        assert (count(engine), count(engine, "delivery")) == (0, 0)
        assert list(uploads.iterdir()) == []
        served = Served(database)  # another process tells what the ended one wrote down last
        told = served.client.get(address, headers=headers).json()
        assert (told["state"], told["problem"]["status"]) == ("failed", 503)
        assert "没有保存" in told["problem"]["detail"]
    finally:
        served.stop()
        with engine.begin() as connection:
            clear(connection)


SERVE = """
import sys, uvicorn
from api.app import create_app
from geo.db import Database
owner, public, port = sys.argv[1:]
uvicorn.run(create_app(Database(owner, public)), port=int(port), log_level="warning")
"""


def test_a_killed_service_leaves_nothing_half(
    database: Database, engine: Engine, uploads: Path
) -> None:
    port = free_port()
    command = [sys.executable, "-c", SERVE, database.owner_url, database.public_url, str(port)]
    headers = token(engine, "planner")
    rows = csv(*(f"第{n}养老院,{119 + n / 20000:.5f},31.75" for n in range(5000)))
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
        process = _started(command, client, uploads)
        with engine.begin() as holding:  # it cannot have ended before it is killed
            holding.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
            answer = client.post(
                "/api/deliveries", headers=headers, files=[("files", ("养老院.csv", rows))],
                data={"kind": "facilities", "crs": "4490"},
            )  # fmt: skip
            address = answer.headers["location"]
            until(lambda: client.get(address, headers=headers).json()["state"] == "running")
            process.kill()
            process.wait()
        until(lambda: not _sessions(engine))
        state = (count(engine), count(engine, "delivery"), count(engine, "delivery_change"))
        assert state == (0, 0, 0)
        assert list(uploads.rglob("*.csv")), "nobody could remove it yet"
        process = _started(command, client, uploads)
        try:
            assert list(uploads.rglob("*.csv")) == []
            until(lambda: client.get(address, headers=headers).status_code == 404)  # no more beats
            read_problem(client.get(address, headers=headers))
        finally:
            process.terminate()
            process.wait()
    with engine.begin() as connection:
        clear(connection)


def _started(command: list[str], client: httpx.Client, uploads: Path) -> subprocess.Popen[bytes]:
    """The service in a process of its own, once it answers."""
    process = subprocess.Popen(
        command, cwd=Path(__file__).parents[2], env={**os.environ, "TMPDIR": str(uploads)}
    )

    def answers() -> bool:
        assert process.poll() is None, "the service ended"
        with contextlib.suppress(httpx.TransportError):
            return bool(client.get("/api/health").status_code == 200)
        return False

    until(answers)
    return process


def _sessions(engine: Engine) -> int:
    """Sessions of the owner on this database besides our own."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = 'atlas owner' AND state <> 'idle' AND pid <> pg_backend_pid()"
    )
    with engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def test_a_cut_upload_leaves_nothing(
    served: Served, planner: dict[str, str], engine: Engine, uploads: Path
) -> None:
    body = b'--cut\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n' + csv(
        *(f"第{n}养老院,119.9,31.75" for n in range(100_000))
    )
    head = (
        "POST /api/deliveries HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: {planner['Authorization']}\r\n"
        "Content-Type: multipart/form-data; boundary=cut\r\n"
        f"Content-Length: {len(body) * 2}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", served.port)) as line:
        line.sendall(head.encode() + body)
        until(lambda: list(uploads.rglob("lock")))
    until(lambda: [one.name for one in uploads.glob("*/*")] == ["lock"])
    assert served.client.get("/api/health").status_code == 200
    assert count(engine, "delivery") == 0
    short = served.client.post(
        "/api/deliveries?wait=true", content=body,
        headers={**planner, "Content-Type": "multipart/form-data; boundary=cut"},
    )  # fmt: skip
    assert read_problem(short).status == 400, "its last boundary is missing"


def test_too_large(
    database: Database, engine: Engine, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_UPLOAD_MB", "1")
    served = Served(database)
    try:
        answer = send(served, token(engine, "planner"), ("a.csv", b"x" * 1_500_000))
        assert read_problem(answer).status == 413
        until(lambda: not list(uploads.glob("*/tmp*")))
    finally:
        served.stop()


def test_a_marked_file_is_refused(served: Served, planner: dict[str, str], engine: Engine) -> None:
    inside = ("a.csv", csv("甲养老院,119.9,31.7,机密★10年", heading="名称,经度,纬度,备注"))
    long = "长" * 300 + "秘密.csv"
    for file in (inside, ("机密养老院.csv", ONE[1]), (long, ONE[1])):
        told = read_problem(send(served, planner, file))
        assert told.status == 400
        assert "密" in told.detail
    assert count(engine, "delivery") == 0


def test_persons_reach_no_answer_no_table_no_log(
    served: Served, planner: dict[str, str], engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    rows = csv(
        "甲养老院,119.9,31.7,王小明,13812345678,110105194912310021",
        "乙养老院,0,0,李小红,13912345678,110105194912310021",
        heading="名称,经度,纬度,联系人,手机,身份证号",
    )
    answer = send(served, planner, ("王小明13812345678.csv", rows))
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert set(report["personal_columns"]) == {"联系人", "手机", "身份证号"}
    number = report["delivery_id"]
    refused = served.client.get(f"/api/deliveries/{number}/refused.xlsx", headers=planner)
    cells = [str(cell) for sheet in sheets(refused.content) for row in sheet for cell in row]
    with engine.connect() as connection:
        stored = [
            str(row) for table in TABLES.split(", ") if table != "api_token"
            for row in connection.execute(text(f"SELECT CAST({table} AS text) FROM {table}"))
        ]  # fmt: skip
    listed = served.client.get("/api/deliveries", headers=planner).text
    everywhere = "\n".join([answer.text, listed, caplog.text, *cells, *stored])
    for personal in ("小明", "小红", "13812345678", "13912345678", "110105194912310021"):
        assert personal not in everywhere


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("../../../etc/cron.d/evil.csv", "evil.csv"), ("..\\..\\evil.csv", "evil.csv"),
        ("/etc/passwd", "passwd"), ("..", "upload"), ("", "upload"), (None, "upload"),
        ("a\x00b\u202e.csv", "ab.csv"), (".bashrc", "bashrc"),
        ("养\u3000老 院.csv", "养 老 院.csv"),
    ],
)  # fmt: skip
def test_a_name_is_never_a_path(name: str | None, meant: str) -> None:
    assert last_part(name) == meant


def test_hostile_names_stay_in_their_folder(
    served: Served, planner: dict[str, str], uploads: Path
) -> None:
    for name in ("../../../../养老院.csv", "..\\养老院.csv", "/养老院.csv", "a" * 600 + ".csv"):
        report = send(served, planner, (name, ONE[1])).json()
        assert report["rows_read"] == 1, report
        assert "/" not in report["file_name"]
    assert not list(uploads.glob("*.csv"))
    assert not list(uploads.parent.glob("*.csv"))


def test_parts_of_a_shapefile_belong_together(
    served: Served, planner: dict[str, str], tmp_path: Path
) -> None:
    import geopandas
    from shapely.geometry import Point

    made = geopandas.GeoDataFrame(
        {"name": ["甲养老院"]}, geometry=[Point(119.9, 31.75)], crs="EPSG:4490"
    )
    made.to_file(tmp_path / "a.shp", encoding="utf-8")
    parts = [(f"a{end}", (tmp_path / f"a{end}").read_bytes()) for end in (".dbf", ".shp", ".shx")]
    report = send(served, planner, *parts, facility_kind="nursing_home").json()
    assert (report["rows_read"], report["kept"], report["format"]) == (1, 1, "Shapefile")


def test_who_may_deliver_what(served: Served, engine: Engine) -> None:
    assert read_problem(send(served, {}, ONE)).status == 401
    assert read_problem(send(served, {"Authorization": "Bearer no"}, ONE)).status == 401
    assert read_problem(send(served, token(engine, "public"), ONE)).status == 403
    assert read_problem(send(served, token(engine, "surveyor"), ONE)).status == 403
    limited = token(engine, "planner", "320402000000")
    assert read_problem(send(served, limited, ONE)).status == 403
    assert count(engine, "delivery") == 0
    assert send(served, token(engine, "administrator"), ONE).status_code == 200
    surveyor = token(engine, "surveyor")
    assert served.client.get("/api/deliveries", headers=surveyor).json() == {"deliveries": []}
    for address in ("/api/deliveries/1", "/api/deliveries/1/refused.xlsx"):
        assert read_problem(served.client.get(address, headers=surveyor)).status == 403
        assert read_problem(served.client.get(address)).status == 401
    undo = "/api/deliveries/1/undo"
    assert read_problem(served.client.post(undo, headers=surveyor)).status == 403
    assert read_problem(served.client.post(undo)).status == 401
    assert count(engine) == 1


def test_every_kind_has_its_role_and_every_option_its_field() -> None:
    roles = [kind for kinds in DELIVERED_BY.values() for kind in kinds]
    assert set(KINDS_OF_DELIVERY) <= set(roles)
    assert len(roles) == len(set(roles))
    assert {f.name for f in fields(Options)} <= set(DeliveryForm.model_fields)


def test_a_job_belongs_to_its_token(
    served: Served, planner: dict[str, str], engine: Engine
) -> None:
    address = send(served, planner, ONE, wait=False).headers["location"]
    assert served.client.get(address, headers=planner).status_code == 200
    other = token(engine, "planner")
    assert read_problem(served.client.get(address, headers=other)).status == 404
    assert read_problem(served.client.get(address)).status == 401
    until(lambda: _state(served, address, planner) == "done")


def test_undo(served: Served, planner: dict[str, str], engine: Engine) -> None:
    number = send(served, planner, ONE).json()["delivery_id"]
    address = f"/api/deliveries/{number}/undo"
    undone = served.client.post(f"{address}?wait=true", headers=planner)
    assert undone.status_code == 200, undone.text
    assert undone.json()["removed"] == 1
    assert count(engine) == 0
    told = served.client.get(f"/api/deliveries/{number}", headers=planner).json()
    assert told["status"] == "undone"
    again = served.client.post(f"{address}?wait=true", headers=planner)
    assert read_problem(again).status == 400
    later = served.client.post(address, headers=planner)
    assert later.status_code == 202
    until(lambda: _state(served, later.headers["location"], planner) == "refused")
    unknown = served.client.post("/api/deliveries/999/undo", headers=planner)
    assert read_problem(unknown).status == 404


@pytest.mark.parametrize(
    ("said", "parameter"),
    [
        ({"kind": "nonsense"}, "kind"), ({"on": "yesterday"}, "on"), ({"on": "2026-02-30"}, "on"),
        ({"secrecy": "top"}, "secrecy"), ({"colour": "red"}, "colour"),
        ({"dry_run": "perhaps"}, "dry_run"), ({"by": "王小明"}, "by"),
        ({"datum_shift": "1,2"}, "datum_shift"), ({"base_year": "soon"}, "base_year"),
        ({"mapping": "{"}, "mapping"), ({"mapping": '{"名称": "nonsense"}'}, "mapping"),
        ({"facility_kind": "网吧"}, "kind"), ({"crs": "nonsense"}, "crs"),
        ({"on": ["2026-01-01", "2026-01-02"]}, "on"), ({"layer": "x\x00y"}, "layer"),
        ({"kind": None}, "kind"),
    ],
)  # fmt: skip
def test_what_is_said_wrongly_is_named(
    served: Served, planner: dict[str, str], said: dict[str, Any], parameter: str
) -> None:
    told = read_problem(send(served, planner, ONE, **said))
    assert told.status == 400, told
    assert (told.parameter or "").split(".")[0] == parameter, told


def test_a_mapping_is_taken_as_json(served: Served, planner: dict[str, str]) -> None:
    file = ("养老院.csv", csv("示例,119.8,31.75", heading="全名,甲,乙"))
    assert read_problem(send(served, planner, file)).status == 400
    said = json.dumps({"全名": "name", "甲": "lon", "乙": "lat"})
    assert send(served, planner, file, mapping=said).json()["kept"] == 1


def test_bodies_that_are_no_form(served: Served, planner: dict[str, str]) -> None:
    post = served.client.post
    assert read_problem(post("/api/deliveries", json={}, headers=planner)).status == 415
    assert read_problem(post("/api/deliveries", headers=planner)).status == 415
    headers = {**planner, "Content-Type": "multipart/form-data"}
    assert read_problem(post("/api/deliveries", content=b"x", headers=headers)).status == 400
    headers["Content-Type"] += "; boundary=b"
    for body in (b"", b"x", b"--b\r\n\r\nx\r\n--b--\r\n", b"--b--\r\n"):
        assert read_problem(post("/api/deliveries", content=body, headers=headers)).status == 400
    nofile = post("/api/deliveries", headers=planner, files=[("kind", (None, "facilities"))])
    assert read_problem(nofile).parameter == "files"
    wrong = post("/api/deliveries", headers=planner, files=[("picture", ONE)])
    assert read_problem(wrong).parameter == "picture"
    twice = post("/api/deliveries?wait=x", headers=planner, files=[("files", ONE)])
    assert read_problem(twice).parameter == "wait"


def test_addresses_that_lead_nowhere(served: Served, planner: dict[str, str]) -> None:
    get = served.client.get
    for address in ("999", "999/refused.xlsx", "jobs/nobody"):
        assert read_problem(get(f"/api/deliveries/{address}", headers=planner)).status == 404
    for address in ("x", "0", "-1", "1" * 30, "x/refused.xlsx"):
        assert read_problem(get(f"/api/deliveries/{address}", headers=planner)).status == 400
    clean = send(served, planner, ONE).json()["delivery_id"]
    none = get(f"/api/deliveries/{clean}/refused.xlsx", headers=planner)
    assert read_problem(none).status == 404
    assert read_problem(get("/api/templates/nonsense.xlsx")).status == 404
    assert read_problem(get("/api/templates/..%2F..%2Fetc.xlsx")).status == 404
    assert read_problem(get("/api/deliveries?limit=0", headers=planner)).parameter == "limit"


@pytest.mark.parametrize("kind", ["facilities", "place-names"])
def test_a_template_of_each_kind(served: Served, kind: str) -> None:
    answer = served.client.get(f"/api/templates/{kind}.xlsx")
    assert answer.status_code == 200
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    (headings, *_), *_ = sheets(answer.content)
    assert {column.heading for column in columns_of(kind)} <= set(headings)


def test_a_fault_of_ours_is_a_problem_and_its_log_holds_no_cells(
    served: Served, planner: dict[str, str], engine: Engine, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    cell = "王" + "小明"  # put together: the log shows lines of code, and may

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError(cell)

    monkeypatch.setattr("api.delivering.load_several", broken)
    answer = send(served, planner, ONE)
    assert read_problem(answer).status == 500
    assert "没有保存" in answer.json()["detail"]
    assert "RuntimeError" in caplog.text
    assert cell not in answer.text + caplog.text
    assert count(engine) == 0


def test_only_so_many_finished_jobs_are_remembered(tmp_path: Path) -> None:
    jobs = Jobs(waiting=50)
    made = [Job("zones", 1, tmp_path / str(n), lambda job: b"{}") for n in range(30)]
    for job in made:
        jobs.submit(job)
        until(lambda job=job: job.is_over)
    assert json.loads(jobs.told(1, made[-1].id))["report"] == {}
    with pytest.raises(NotFound):
        jobs.told(1, made[0].id)
    jobs.close()
    with pytest.raises(Unavailable):
        jobs.submit(Job("zones", 1, tmp_path / "x", lambda job: b"{}"))


def test_every_process_tells_of_every_loading(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()

    def load(job: Job) -> bytes:
        job.tell(3, 10, "读取 · reading")
        assert goes_on.wait(20)
        raise BadInput("第 2 行不能用。\nrow 2 cannot be used", parameter="kind")

    mine, other = Jobs(5, Board(engine)), Jobs(5, Board(engine))
    job = Job("zones", 7, tmp_path / "a", load)
    mine.submit(job)
    until(lambda: json.loads(other.told(7, job.id))["progress"]["done"] == 3)
    assert json.loads(other.told(7, job.id))["state"] == "running"
    with pytest.raises(NotFound):
        other.told(8, job.id)
    monkeypatch.setattr("api.job_board.SILENT_S", -60.0)
    with pytest.raises(NotFound):
        other.told(7, job.id)  # as when nothing was heard for long
    goes_on.set()
    until(lambda: job.is_over)
    until(lambda: Board(engine).read(job.id, 7) is not None)
    told = json.loads(other.told(7, job.id))
    assert (told["state"], told["problem"]["status"]) == ("refused", 400)
    assert told["problem"]["instance"] == f"/api/deliveries/jobs/{job.id}"
    assert told == json.loads(mine.told(7, job.id))
    mine.close()
    other.close()


def test_what_a_killed_service_left_is_swept_away(uploads: Path) -> None:
    mine, dead = Jobs(1), uploads / f"{_PREFIX}dead"
    used = mine.folder()
    dead.mkdir()
    (dead / "lock").touch()
    (dead / "persons.csv").write_text("…")
    sweep()
    assert not dead.exists()
    assert used.exists(), "in use"
    mine.close()
    assert not used.exists()
