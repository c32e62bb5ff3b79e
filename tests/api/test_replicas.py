"""Do replicas answer what the public reads while they are fit, and the primary otherwise?"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text

from api.app import create_app
from api.reads import Doors
from geo.db import Database
from geo.db.addresses import socket_url
from geo.db.cluster import Cluster
from geo.db.configuration import hba, ident, postgresql_conf
from geo.db.ground import server_user
from geo.db.postmaster import PORT, SUPERUSER, connect_admin
from geo.db.preparation import prepare
from geo.db.programs import find_programs
from geo.db.replicas import Readers
from geo.errors import BadInput
from geo.migrations import migrate
from geo.settings import DatabaseSettings, read
from tests.machine import database_at

UNIT = (
    "INSERT INTO atlas.admin_unit (code, name, level, geometry_note, validity, is_published)"
    " VALUES (%s, %s, 3, '未交付图形', '[2015-01-01,)', true)"
)


@dataclass(frozen=True)
class Server:
    """One PostgreSQL of a pair."""

    cluster: Cluster
    data: Path
    socket: Path

    def run(self, program: str, *arguments: str) -> None:
        done = self.cluster.run(program, *arguments)
        assert done.returncode == 0, done.stderr + (
            self.data.with_suffix(".log").read_text() if self.data.exists() else ""
        )

    def start(self) -> None:
        log = str(self.data.with_suffix(".log"))
        self.run("pg_ctl", "start", "-D", str(self.data), "-w", "-s", "-l", log)

    def stop(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "stop", "-D", str(self.data), "-w", "-s", "-m", mode)

    def configure(self) -> None:
        """A primary's configuration and a replica's: the same but for the socket."""
        conf = postgresql_conf(self.socket, PORT, durable=False)
        conf = conf.replace("wal_level = minimal", "wal_level = replica")
        conf = conf.replace("max_wal_senders = 0", "max_wal_senders = 4") + "hot_standby = on\n"
        me = {self.cluster.user.name, "root"}
        for name, content in {
            "postgresql.conf": conf,
            "pg_hba.conf": hba() + "local replication all peer map=atlas\n",
            "pg_ident.conf": ident(me, SUPERUSER),
        }.items():
            path = self.data / name
            path.write_text(content)
            os.chown(path, self.cluster.user.uid, self.cluster.user.gid)


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Server, Server]]:
    """A migrated primary and a streaming replica of it."""
    folder = Path(tempfile.mkdtemp(prefix="minzheng-atlas-pair-"))
    folder.chmod(0o755)
    user = server_user(folder / "pg")
    cluster = Cluster(folder, find_programs(), user, durable=False)
    servers = []
    for name in ("p", "r"):
        home = folder / name
        (home / "s").mkdir(parents=True)
        for path in (home, home / "s"):
            os.chown(path, user.uid, user.gid)
        servers.append(Server(cluster, home / "pg", home / "s"))
    primary, replica = servers
    try:
        primary.run(
            "initdb", "-D", str(primary.data), "-U", SUPERUSER, "--auth", "peer",
            "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
        )  # fmt: skip
        primary.configure()
        primary.start()
        prepare(str(primary.socket))
        migrate(database_at(str(primary.socket), "atlas").owner_url)
        replica.run(
            "pg_basebackup", "-D", str(replica.data), "-h", str(primary.socket), "-p", str(PORT),
            "-U", SUPERUSER, "-R", "-X", "stream", "--no-sync", "-c", "fast",
        )  # fmt: skip
        replica.configure()
        replica.start()
        yield primary, replica
    finally:
        for server in servers:
            if (server.data / "postmaster.pid").exists():
                server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


def _until(is_so: Callable[[], object], patience_s: float = 120) -> None:
    deadline = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def _who_answers(doors: Doors) -> set[bool]:
    """Whether a replica answered, over some reads."""
    found = set()
    for _ in range(6):
        with doors.public() as connection:
            found.add(bool(connection.execute(text("SELECT pg_is_in_recovery()")).scalar()))
    return found


def test_a_streaming_replica_answers_while_it_is_fit(
    pair: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    primary, replica = pair
    database = database_at(str(primary.socket), "atlas")
    at_replica = socket_url(str(replica.socket), PORT, "atlas_public", "atlas")
    monkeypatch.setenv("ATLAS_READ_URLS", at_replica.replace("+psycopg", ""))
    monkeypatch.setenv("ATLAS_READ_LAG_S", "1")
    asked = "/api/units?level=2"
    with TestClient(create_app(database), raise_server_exceptions=False) as client:
        doors: Doors = client.app.state.doors  # type: ignore[attr-defined]
        _until(lambda: _who_answers(doors) == {True})
        with connect_admin(str(primary.socket), "atlas") as admin:
            admin.execute(UNIT, ("320400000000", "常州市"))
            admin.execute(UNIT.replace("3, '未", "2, '未"), ("320402000000", "天宁区"))
        _until(lambda: "天宁区" in client.get("/api/units/320402000000").text)

        with connect_admin(str(replica.socket), "atlas") as admin:
            admin.execute("SELECT pg_wal_replay_pause()")
        with connect_admin(str(primary.socket), "atlas") as admin:
            admin.execute("UPDATE atlas.admin_unit SET name = '新名区' WHERE name = '天宁区'")
        _until(lambda: _who_answers(doors) == {False})
        assert "新名区" in client.get("/api/units/320402000000").text, "no stale answer"
        with connect_admin(str(replica.socket), "atlas") as admin:
            admin.execute("SELECT pg_wal_replay_resume()")
        _until(lambda: _who_answers(doors) == {True})

        replica.stop("immediate")
        statuses = [client.get(asked).status_code for _ in range(20)]
        assert set(statuses) <= {200, 503}, statuses
        _until(lambda: {client.get(asked).status_code for _ in range(10)} == {200})
        assert _who_answers(doors) == {False}
        replica.start()
        _until(lambda: _who_answers(doors) == {True})


def test_a_replica_that_is_away_costs_nothing_but_its_help(database: Database) -> None:
    primary = create_engine(database.public_url)
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2")
    readers = Readers(primary, [nowhere])
    try:
        for _ in range(3):
            with readers.connect() as connection:
                assert connection.execute(text("SELECT 1")).scalar() == 1
        assert readers.lags_s() == [None]
    finally:
        readers.close()


def test_addresses_of_replicas_are_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_READ_URLS", "postgresql://a:geheim@b/c  postgres://d/e")
    assert len(read(DatabaseSettings).replica_urls) == 2
    monkeypatch.setenv("ATLAS_READ_URLS", "postgresql://a:geheim@b/c; b:geheim@c")
    with pytest.raises(BadInput, match="ATLAS_READ_URLS") as refused:
        read(DatabaseSettings)
    assert "geheim" not in str(refused.value)
