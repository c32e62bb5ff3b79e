"""Does the service stand when its processes, its database or its proxy do not behave?"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from api.app import create_app
from api.security import issue
from geo.backup.programs import address_and_environment
from geo.db import Database, make_engine
from geo.db.embedded import Embedded, forget, state
from geo.errors import BadInput
from geo.settings import CHECKOUT
from tests.machine import free_port, worker_database

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
PATIENCE_S = 240
"""On a machine with other work a process needs many times what it needs alone."""


@pytest.fixture(scope="module")
def database(home: Path, cluster: Embedded) -> Database:
    """A migrated database for these tests."""
    return worker_database(home, cluster.socket, f"serving_{WORKER}")


@pytest.fixture(scope="module")
def administrator(database: Database) -> dict[str, str]:
    """The header of an administrator."""
    engine = make_engine(database.owner_url)
    with Session(engine) as session:
        made = issue(session, label="t", role="administrator", division_code=None, days=1)
        session.commit()
    engine.dispose()
    return {"Authorization": f"Bearer {made.secret}"}


@contextlib.contextmanager
def _serving(*arguments: str, **settings: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """`atlas serve` as a user starts it; the process and its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as said:  # a pipe that nobody reads stops who fills it
        process = subprocess.Popen(
            [sys.executable, "-m", "api", "serve", "--port", str(port), *arguments],
            cwd=CHECKOUT, env={**os.environ, **settings}, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            deadline = time.monotonic() + PATIENCE_S
            while True:
                if process.poll() is not None:
                    said.seek(0)
                    pytest.fail(f"it ended at once: {said.read().decode()}")
                assert time.monotonic() < deadline, f"it did not start within {PATIENCE_S} s"
                with contextlib.suppress(httpx.HTTPError):
                    path = settings.get("ATLAS_ROOT_PATH", "") + "/api/health/ready"
                    if httpx.get(address + path, timeout=30).status_code == 200:
                        break
                time.sleep(0.1)
            yield process, address
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()  # else who deletes its database is told that it is in use
                raise


def _private(database: Database) -> dict[str, str]:
    """The settings that lead to a database of the tests' cluster."""
    owner, public = (
        address_and_environment(url)[0] for url in (database.owner_url, database.public_url)
    )
    return {"ATLAS_DATABASE_URL": owner, "ATLAS_PUBLIC_DATABASE_URL": public}


def _children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in told if b"spawn_main" in _command(child)]


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):  # it ended since it was listed
        return b""


def test_two_processes_serve_and_a_killed_one_is_replaced(
    database: Database, administrator: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "atlas.log"
    settings = {
        **_private(database), "ATLAS_LOG": "json", "ATLAS_LOG_REQUESTS": "1",
        "ATLAS_LOG_FILE": str(log),
    }  # fmt: skip
    with _serving("--workers", "2", **settings) as (process, address):
        first = _children(process.pid)
        assert len(first) == 2
        with httpx.Client(base_url=address, timeout=60) as client:
            for number in range(20):
                answer = client.get(
                    "/api/kinds?secret=my%20home", headers={"X-Request-ID": f"r-{number}"}
                )
                assert answer.status_code == 400
            assert client.get("/api/health").status_code == 200
        os.kill(first[0], signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE_S
        while len(now := _children(process.pid)) < 2 or first[0] in now:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        until_ready = time.monotonic() + PATIENCE_S
        while httpx.get(f"{address}/api/health/ready", timeout=60).status_code != 200:
            assert time.monotonic() < until_ready
        told = httpx.get(f"{address}/api/metrics", headers=administrator, timeout=60)
        assert told.status_code == 200
        counted = [
            line for line in told.text.splitlines()
            if line.startswith('atlas_requests_total{method="GET",route="/api/kinds",status="400"}')
        ]  # fmt: skip
        assert [float(line.split()[-1]) for line in counted] == [20.0], "both processes' counts"
        assert httpx.get(f"{address}/api/metrics", timeout=60).status_code == 401
        process.terminate()
        assert process.wait(PATIENCE_S) in (0, -signal.SIGTERM, 128 + signal.SIGTERM)
        assert not any(Path(f"/proc/{pid}").exists() for pid in now), "nobody is left behind"
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    asked = [line for line in lines if line.get("path") == "/api/kinds"]
    assert {line["request_id"] for line in asked} == {f"r-{number}" for number in range(20)}
    assert {line["status"] for line in asked} == {400}
    assert "home" not in log.read_text("utf-8"), "what was asked for is nobody's business"


@pytest.mark.full
def test_processes_end_when_the_one_that_watches_them_is_killed(database: Database) -> None:
    with _serving("--workers", "2", **_private(database)) as (process, _):
        children = _children(process.pid)
        process.kill()
        process.wait()
        _wait_for_the_end_of(children)


@pytest.mark.full
def test_processes_that_still_start_end_with_the_killed_one_too(database: Database) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "serve", "--port", str(free_port()), "--workers", "2"],
        cwd=CHECKOUT, env={**os.environ, **_private(database)}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + PATIENCE_S
    while len(children := _children(process.pid)) < 2:
        assert time.monotonic() < deadline, "it started no other process"
        time.sleep(0.01)
    for pid in children:
        os.kill(pid, signal.SIGSTOP)  # they come to look for it when it is gone
    process.kill()
    process.wait()
    for pid in children:
        os.kill(pid, signal.SIGCONT)
    _wait_for_the_end_of(children)


def _wait_for_the_end_of(pids: list[int]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while any(_command(str(pid)) for pid in pids):
        assert time.monotonic() < deadline, "they went on serving"
        time.sleep(0.1)


@pytest.mark.parametrize("at", ["", "/gov/atlas"])
def test_a_proxy_may_strip_its_prefix_or_not(
    city: Database, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    monkeypatch.setenv("ATLAS_ROOT_PATH", "/gov/atlas")
    with TestClient(create_app(city)) as client:
        assert client.get(f"{at}/api/kinds").status_code == 200
        page = client.get(f"{at}/elder-care", headers={"Accept": "text/html"})
        own = re.findall(r'(?:href|src|action)="(/[^"]*)"', page.text)
        assert own
        assert all(address.startswith("/gov/atlas/") for address in own), own
        assert client.get(f"{at}/gov/atlas/api/kinds").status_code == (404 if at else 200)


@pytest.mark.parametrize("prefix", ["atlas", "/atlas/", "/a b", "//", "/<x>"])
def test_a_prefix_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, prefix: str) -> None:
    monkeypatch.setenv("ATLAS_ROOT_PATH", prefix)
    with pytest.raises(BadInput, match="ATLAS_ROOT_PATH"):
        create_app()


UNHURRIED = {"ATLAS_RATE_PER_S": "0"}
"""For a service under load: else how long a test takes decides whether it meets the limit."""


class Load:
    """Some callers that ask on and on; what they were answered, in turn."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.ended = threading.Event()
        self.answers: list[Any] = []
        self.threads = [threading.Thread(target=self._ask) for _ in range(6)]

    def __enter__(self) -> Load:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join(60)

    def _ask(self) -> None:
        with httpx.Client(base_url=self.address, timeout=60) as client:
            while not self.ended.is_set():
                for path in ("/api/health/ready", "/api/units?level=2", "/api/facilities?limit=5"):
                    try:
                        answer = client.get(path)
                        told: Any = answer.status_code
                        if told == 503:
                            assert answer.headers["retry-after"]
                            answer.json()
                    except Exception as problem:
                        told = repr(problem)
                    self.answers.append(told)
                    time.sleep(0.01)

    def told(self) -> Counter[Any]:
        """How often each status was answered."""
        return Counter(self.answers)

    def wait_for(self, status: int, times: int = 60) -> None:
        """Wait until so many answers from now on, one after the other, have a status."""
        began, deadline = len(self.answers), time.monotonic() + PATIENCE_S
        while self.answers[began:][-times:] != [status] * times:
            assert time.monotonic() < deadline, self.told()
            time.sleep(0.05)


def test_a_killed_database_is_back_without_a_restart_of_the_service(tmp_path: Path) -> None:
    home = tmp_path / "home"
    tmp_path.chmod(0o755)
    for folder in tmp_path.parents:
        if folder.stat().st_uid == os.geteuid() and str(folder).startswith("/tmp/"):
            folder.chmod(folder.stat().st_mode | 0o055)  # the server's user must get in
    try:
        with (
            _serving(ATLAS_HOME=str(home), **UNHURRIED) as (process, address),
            Load(address) as load,
        ):
            load.wait_for(200)
            postmaster = state(home).pid
            assert postmaster is not None
            os.kill(postmaster, signal.SIGKILL)
            deadline = time.monotonic() + PATIENCE_S
            while state(home).pid in (None, postmaster):
                assert time.monotonic() < deadline, "nobody started it again"
                time.sleep(0.2)
            while httpx.get(f"{address}/api/health/ready", timeout=60).status_code != 200:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            load.wait_for(200)
            assert process.poll() is None
        assert set(load.told()) <= {200, 503}, load.told()
        assert load.told()[503] > 0, "it was away"
    finally:
        forget(home)


@pytest.mark.full
def test_a_restarted_server_elsewhere_is_only_away(database: Database) -> None:
    """Another server's administrator ends all connections: what a restart looks like from here."""
    with _serving(**_private(database), **UNHURRIED) as (_, address), Load(address) as load:
        load.wait_for(200)
        for _ in range(5):
            with psycopg.connect(address_and_environment(database.owner_url)[0]) as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <>"
                    " pg_backend_pid() AND datname = current_database() AND usename = 'atlas'"
                )
            time.sleep(0.3)
        load.wait_for(200)
    assert set(load.told()) <= {200, 503}, load.told()


def test_a_log_file_that_cannot_be_written_is_named(database: Database) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "api", "serve", "--port", str(free_port())],
        cwd=CHECKOUT, capture_output=True, text=True, timeout=PATIENCE_S,
        env={**os.environ, **_private(database), "ATLAS_LOG_FILE": "/proc/nowhere/x.log"},
    )  # fmt: skip
    assert ran.returncode == 2
    assert "日志文件 /proc/nowhere/x.log" in ran.stderr
