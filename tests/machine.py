"""Where do the tests' own PostGIS, its databases and its leftovers live?"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import socket as sockets
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.db import make_engine
from geo.db.addresses import Database, socket_url
from geo.db.configuration import OWNER, PUBLIC
from geo.db.embedded import forget
from geo.db.postmaster import PORT, connect_admin
from geo.db.preparation import make_database
from geo.db.sharing import users
from geo.errors import GeoError
from geo.migrations import migrate

PREFIX = "minzheng-atlas-test-"
MIGRATED, DEMO = "migrated", "demo"


def make_home() -> Path:
    """Make a home for one run's cluster, in /tmp where any server's user can enter it.

    What killed runs of this user left behind is cleared away first.
    """
    for leftover in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError, ValueError, GeoError):
            if leftover.stat().st_uid == os.geteuid() and not _is_alive(leftover):
                remove_home(leftover)
    home = Path(tempfile.mkdtemp(prefix=PREFIX))
    home.chmod(0o755)
    (home / "controller").write_text(str(os.getpid()))
    return home


def remove_home(home: Path) -> None:
    """Stop what may run there and delete it."""
    with contextlib.suppress(GeoError):
        forget(home)
    shutil.rmtree(home, ignore_errors=True)


def _is_alive(home: Path) -> bool:
    """Whether the run that made this home still goes on, or a worker of it does."""
    if users(home):
        return True
    try:
        os.kill(int((home / "controller").read_text()), 0)
    except (ProcessLookupError, FileNotFoundError):
        return False
    return True


@contextmanager
def one_at_a_time(home: Path, name: str) -> Iterator[None]:
    """Let one worker of the run do a thing while the others wait for it."""
    with (home / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def database_at(socket: str, name: str) -> Database:
    """Answer the addresses of one of the cluster's databases."""
    return Database(
        owner_url=socket_url(socket, PORT, OWNER, name),
        public_url=socket_url(socket, PORT, PUBLIC, name),
        embedded=True,
    )


_TAKEN: dict[str, str] = {}
"""Which file has which database here: two under one name would spoil each other's rows."""


def worker_database(home: Path, socket: str, name: str) -> Database:
    """Answer a fresh migrated database for one worker; the migrations run once per run.

    Fresh each time: a file whose tests were stolen and came back sets its fixtures up once more.
    """
    _take(name)
    _migrated(home, socket)
    return _copied(home, socket, MIGRATED, name)


def demo_database(home: Path, socket: str, name: str) -> Database:
    """Answer a fresh database with Changzhou and its demonstration data, built once per run."""
    _take(name)
    _migrated(home, socket)
    with one_at_a_time(home, DEMO):
        if not (home / DEMO).exists():
            _build_demo(_copied(home, socket, MIGRATED, DEMO))
            (home / DEMO).touch()
    return _copied(home, socket, DEMO, name)


def _take(name: str) -> None:
    """Note which file asks for a database of this name; no second one may."""
    asker = sys._getframe(2).f_code.co_filename
    assert _TAKEN.setdefault(name, asker) == asker, f"{_TAKEN[name]} has a database named {name}"


def _migrated(home: Path, socket: str) -> None:
    """Make the database that the others are copied from, once per run."""
    with one_at_a_time(home, MIGRATED):
        if not (home / MIGRATED).exists():
            make_database(socket, MIGRATED)
            migrate(database_at(socket, MIGRATED).owner_url)
            with connect_admin(socket) as admin:
                # For the fixture `as_public`: the owner may look through the public's eyes.
                admin.execute("GRANT atlas_public TO atlas")
            (home / MIGRATED).touch()


def _build_demo(database: Database) -> None:
    """Fill the database that demonstration cities are copied from, and leave nobody connected."""
    from geo.demo import build_demo
    from geo.loaders.city import load_city

    engine = make_engine(database.owner_url)
    with Session(engine) as session, session.begin():
        load_city(session, "常州市")
        build_demo(session, "320400")
        session.execute(text("ANALYZE"))
    engine.dispose()


def _copied(home: Path, socket: str, template: str, name: str) -> Database:
    """Copy a database whole; what stood under the new name before is dropped."""
    # Making a database looks into its template: one at a time, or the other's copy is refused.
    with one_at_a_time(home, f"copy of {template}"):
        with connect_admin(socket) as admin:
            admin.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
        make_database(socket, name, template=template)
    return database_at(socket, name)


def city_database(home: Path, socket: str, build: Callable[[Database], object]) -> Database:
    """Answer the database of the city, built once per run by `build`, then read-only for all.

    A build that failed is not tried again by every test: the reason stands in `city.failed`.
    """
    database = database_at(socket, "city")
    with one_at_a_time(home, "city"):
        if (home / "city.failed").exists():
            raise RuntimeError(f"the city was not built: {(home / 'city.failed').read_text()}")
        if not (home / "city").exists():
            make_database(socket, "city")
            try:
                build(database)
            except BaseException as problem:
                (home / "city.failed").write_text(f"{type(problem).__name__}: {problem}")
                raise
            with connect_admin(socket) as admin:
                admin.execute("ALTER DATABASE city SET default_transaction_read_only = on")
            (home / "city").touch()
    return database


def free_port() -> int:
    """A port for a process that opens it later, where the system hands out none to others."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with contextlib.suppress(OSError), sockets.socket() as free:
            free.bind(("127.0.0.1", port))
            return port
