"""Is a PostgreSQL server running on this data folder, and is it really ours?"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

SUPERUSER = "atlas_admin"
PORT = 5432  # names the socket only; nothing listens on the network


@dataclass(frozen=True)
class Running:
    """A server that answers: its process and the folder of its socket."""

    pid: int
    socket: str


def find_running(data: Path, *, wait_s: float = 30.0) -> Running | None:
    """Answer the server that runs on the data now, None where there is none.

    The pid file alone proves nothing: after a crash its number may belong to a stranger. A
    postmaster that is ours but starting or stopping is given `wait_s` seconds to make up its mind;
    one that lives but cannot be reached (its socket was cleared away) is stopped.
    """
    deadline = time.monotonic() + wait_s
    while True:
        lines = _pid_file(data)
        pid = int(lines[0]) if lines and lines[0].strip().isdigit() else 0
        if not pid or not _is_postmaster(pid, data):
            return None
        folder = lines[4].strip() if len(lines) > 4 else ""
        if folder and _answers(folder, data):
            return Running(pid, folder)
        if time.monotonic() > deadline or (folder and not Path(folder).exists()):
            os.kill(pid, signal.SIGQUIT)  # immediate shutdown: it recovers from its log
            _wait_until_gone(pid, data)
            return None
        time.sleep(0.1)


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _is_postmaster(pid: int, data: Path) -> bool:
    """Whether process `pid` is a PostgreSQL server on `data` (it works inside its data folder)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    if Path("/proc/self").exists():
        try:
            return Path(os.readlink(f"/proc/{pid}/cwd")) == data.resolve()
        except OSError:
            return False  # gone meanwhile, or a stranger's
    listed = subprocess.run(
        ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True
    )
    return "postgres" in listed.stdout and str(data) in listed.stdout


def _answers(folder: str, data: Path) -> bool:
    """Whether the server behind the socket takes sessions and serves exactly this data folder."""
    try:
        with connect_admin(folder) as connection:
            row = connection.execute("SELECT current_setting('data_directory')").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(row[0]).resolve() == data.resolve()


def connect_admin(folder: str, database: str = "postgres") -> psycopg.Connection[tuple[str, ...]]:
    """Connect as the cluster's superuser, each statement on its own; for set-up only."""
    return psycopg.connect(
        host=folder, port=PORT, user=SUPERUSER, dbname=database,
        autocommit=True, connect_timeout=10, application_name="atlas set-up",
    )  # fmt: skip


def _wait_until_gone(pid: int, data: Path, wait_s: float = 10.0) -> None:
    deadline = time.monotonic() + wait_s
    while _is_postmaster(pid, data) and time.monotonic() < deadline:
        time.sleep(0.1)
