"""How does a command use the private PostGIS: find or make it, start it, share it, leave it?"""

from __future__ import annotations

import errno
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from psycopg.errors import DiskFull

from geo.db.addresses import Database, socket_url
from geo.db.cluster import Cluster, delete, disk_full, open_cluster, start, stop
from geo.db.configuration import DATABASE, OWNER, PUBLIC
from geo.db.postmaster import PORT, Running, find_running
from geo.db.preparation import prepare
from geo.db.sharing import Presence, User, gate, users
from geo.errors import DatabaseProblem


@dataclass(frozen=True)
class Embedded:
    """The private database while a command uses it."""

    database: Database
    socket: str
    pid: int
    presence: Presence


@contextmanager
def embedded(
    home: Path, *, what: str = "atlas", pg_bin: Path | None = None, durable: bool = True
) -> Iterator[Embedded]:
    """Use the private PostGIS of `home` for the length of a `with` block.

    The first to come makes and starts it, others join, the last to leave stops it. `what` names
    the command in `atlas status`. Raises DatabaseProblem with what is wrong and how to mend it.
    """
    presence = None
    try:
        with _disk_watched(home), gate(home):
            cluster = open_cluster(home, pg_bin, durable=durable)
            presence = Presence(home, what)
            running = _started(cluster)
            prepare(running.socket)
        yield Embedded(_database(running.socket), running.socket, running.pid, presence)
    finally:
        if presence is not None:
            with _undisturbed(), gate(home):
                _leave(home, presence, pg_bin)


def _started(cluster: Cluster) -> Running:
    """Start the server. A Ctrl-C meanwhile is obeyed when it runs and can be stopped: before it has
    written its pid file nobody would find it, and it would come up after us and stay."""
    with _undisturbed() as came:
        running = start(cluster)
    if came:
        raise KeyboardInterrupt if came[0] == signal.SIGINT else SystemExit(128 + came[0])
    return running


@contextmanager
def _disk_watched(home: Path) -> Iterator[None]:
    """Turn a full disk, whoever meets it first, into the one plain message."""
    try:
        yield
    except (OSError, DiskFull) as problem:
        if isinstance(problem, OSError) and problem.errno != errno.ENOSPC:
            raise
        raise disk_full(home) from problem


def _leave(home: Path, presence: Presence, pg_bin: Path | None) -> None:
    """Leave the database; the last one turns the light off. Call it inside the gate."""
    presence.leave()
    if not users(home) and (home / "pg").exists():
        stop(open_cluster(home, pg_bin))


def _database(socket: str) -> Database:
    return Database(
        owner_url=socket_url(socket, PORT, OWNER, DATABASE),
        public_url=socket_url(socket, PORT, PUBLIC, DATABASE),
        embedded=True,
    )


@dataclass(frozen=True)
class State:
    """What `atlas status` tells of the private database."""

    home: Path
    made: bool
    pid: int | None
    socket: str | None
    users: list[User]


def state(home: Path) -> State:
    """Answer how the private database of `home` is, without changing or starting anything."""
    data = home / "pg"
    running = find_running(data) if data.exists() else None
    return State(
        home=home,
        made=data.exists(),
        pid=running.pid if running else None,
        socket=running.socket if running else None,
        users=users(home),
    )


def shut_down(home: Path, pg_bin: Path | None = None) -> bool:
    """Stop the server of `home` when no command uses it; answer whether one ran.

    A server can be left without users when its command was killed. Raises DatabaseProblem that
    names the commands which still use it.
    """
    with gate(home):
        _refuse_while_used(home, "stop")
        data = home / "pg"
        if not data.exists() or find_running(data) is None:
            return False
        stop(open_cluster(home, pg_bin))
        return True


def forget(home: Path, pg_bin: Path | None = None) -> None:
    """Stop the server of `home` and delete its data, for `up --reset`."""
    with gate(home):
        _refuse_while_used(home, "delete")
        data = home / "pg"
        if data.exists():
            if find_running(data):
                stop(open_cluster(home, pg_bin))
            delete(home)


def _refuse_while_used(home: Path, what: str) -> None:
    present = users(home)
    if present:
        listed = ", ".join(f"{user.what} (pid {user.pid})" for user in present)
        verb = {"stop": "停止", "delete": "删除"}[what]
        raise DatabaseProblem(
            f"数据库正在被使用，不能{verb}：{listed}。"
            "请先结束这些命令（Ctrl-C 或 ./atlas down）。\n"
            f"Cannot {what} the database while it is used by {listed}. End those first."
        )


@contextmanager
def _undisturbed() -> Iterator[list[int]]:
    """Hold back Ctrl-C while the server is being started or stopped: a second, impatient one must
    not leave it running. Gives the signals that came."""
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)

    held = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, note) for number in held}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
