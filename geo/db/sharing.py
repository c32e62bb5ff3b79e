"""Which commands use the private database now, and who is the last to leave?

Every command holds a lock (flock) on a small file of its own below `running/`. The system drops
the lock when the command ends, however it ends, so a killed one is seen as gone. All coming and
going passes one gate, a second lock: nobody starts a server that another is just stopping.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from geo.errors import DatabaseProblem

GATE_WAIT_S = 180.0  # making a cluster on a slow disk takes a minute


@dataclass(frozen=True)
class User:
    """A running command: its process, what it is, since when, and the address that it serves."""

    pid: int
    what: str
    since: str
    url: str = ""


@contextmanager
def gate(home: Path) -> Iterator[None]:
    """Let one command at a time start or stop the server."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "gate.lock").open("a+") as lock:
        deadline = time.monotonic() + GATE_WAIT_S
        while not _locked(lock):
            if time.monotonic() > deadline:
                raise DatabaseProblem(
                    f"另一个 atlas 命令已占用数据库超过 {GATE_WAIT_S:.0f} 秒，"
                    " 请用 ./atlas status 查看。\n"
                    f"Another atlas command has held the database for {GATE_WAIT_S:.0f} s; see"
                    " ./atlas status."
                )
            time.sleep(0.05)
        yield


class Presence:
    """This command's own entry below `running/`, held until `leave`."""

    def __init__(self, home: Path, what: str) -> None:
        folder = home / "running"
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{os.getpid()}-{time.monotonic_ns()}"
        self._file = self._path.open("w+")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._user = User(os.getpid(), what, time.strftime("%Y-%m-%d %H:%M:%S"))
        self._write()

    def serves(self, url: str) -> None:
        """Note the address at which this command serves, for `atlas status`."""
        self._user = User(self._user.pid, self._user.what, self._user.since, url)
        self._write()

    def leave(self) -> None:
        """Take the entry away; call it inside the gate."""
        self._path.unlink(missing_ok=True)
        self._file.close()

    def _write(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        json.dump(asdict(self._user), self._file)
        self._file.flush()


def users(home: Path) -> list[User]:
    """Answer the commands that use the database now; entries of killed ones are cleared away."""
    found = []
    for path in sorted((home / "running").glob("*-*")):
        try:
            with path.open("r+") as entry:
                if _locked(entry):
                    path.unlink(missing_ok=True)
                else:
                    found.append(_read(entry))
        except FileNotFoundError:
            continue
    return found


def _read(entry: IO[str]) -> User:
    try:
        return User(**json.load(entry))
    except (ValueError, TypeError):  # being written at this moment
        return User(int(Path(entry.name).name.split("-")[0]), "atlas", "")


def _locked(file: IO[str]) -> bool:
    """Take the lock if it is free; answer whether it is ours now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
