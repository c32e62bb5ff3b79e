"""How is one private PostgreSQL cluster made, started, recognised and stopped?"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from geo.db.configuration import hba, ident, postgresql_conf
from geo.db.ground import ServerUser, check_reachable, make_folder, server_user, socket_folder
from geo.db.postmaster import PORT, SUPERUSER, Running, find_running
from geo.db.programs import Programs, find_programs
from geo.errors import DatabaseProblem

LEAST_FREE_BYTES = 300 * 1024**2


@dataclass(frozen=True)
class Cluster:
    """One cluster: its home, its data, the programs and the account that run it."""

    home: Path
    programs: Programs
    user: ServerUser
    durable: bool = True

    @property
    def data(self) -> Path:
        """The data folder below the home."""
        return self.home / "pg"

    @property
    def log(self) -> Path:
        """What the server said."""
        return self.home / "postgresql.log"

    def run(
        self, program: str, *arguments: str, timeout: float = 300
    ) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the server's user, in a session of its own.

        A session of its own keeps the terminal's Ctrl-C from the server: we stop it, in order.
        """
        become = None if self.user.is_me else self.user
        try:
            return subprocess.run(
                [self.programs[program], *arguments],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                cwd="/", env=_environment(), umask=0o077, start_new_session=True, timeout=timeout,
                user=become.uid if become else None, group=become.gid if become else None,
                extra_groups=[] if become else None,
            )  # fmt: skip
        except subprocess.TimeoutExpired as problem:
            raise DatabaseProblem(
                f"{program} 在 {timeout:.0f} 秒内没有完成，请查看 {self.log}。\n"
                f"{program} did not finish within {timeout:.0f} s; see {self.log}."
            ) from problem


def open_cluster(home: Path, pg_bin: Path | None = None, *, durable: bool = True) -> Cluster:
    """Answer the cluster of `home`, made now if it is not there; it need not run yet.

    `durable=False` is for tests: no fsync, so a power cut may lose the data. The cluster is made
    under another name and renamed when whole: a command killed in the middle leaves no half one.
    Raises DatabaseProblem (no PostGIS, wrong version, full disk, a folder that cannot be used).
    """
    data = home / "pg"
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o755)
        version = int((data / "PG_VERSION").read_text()) if data.exists() else None
    except (OSError, ValueError) as problem:
        raise DatabaseProblem(
            f"目录 {home} 不能使用（{problem}）。请用 ATLAS_HOME 指定另一个目录。\n"
            f"The folder {home} cannot be used ({problem}). Name another one in ATLAS_HOME."
        ) from problem
    cluster = Cluster(home, find_programs(pg_bin, version=version), server_user(data), durable)
    if version is None:
        _make(cluster)
    return cluster


def _make(cluster: Cluster) -> None:
    """Make the data folder: initdb beside its place, then one rename."""
    for leftover in [*cluster.home.glob("pg.making-*"), *cluster.home.glob("pg.gone-*")]:
        shutil.rmtree(leftover, ignore_errors=True)
    check_reachable(cluster.home, cluster.user)
    free = shutil.disk_usage(cluster.home).free
    if free < LEAST_FREE_BYTES:
        raise disk_full(cluster.home)
    making = cluster.home / f"pg.making-{os.getpid()}"
    make_folder(making, cluster.user)
    made = cluster.run(
        "initdb", "--pgdata", str(making), "--username", SUPERUSER, "--auth", "peer",
        "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-instructions",
        *([] if cluster.durable else ["--no-sync"]),
    )  # fmt: skip
    if made.returncode != 0:
        shutil.rmtree(making, ignore_errors=True)
        raise _explained(cluster, "initdb", made.stderr or made.stdout)
    making.rename(cluster.data)


def start(cluster: Cluster) -> Running:
    """Start the server and wait until it answers; one that runs already is adopted.

    What a killed predecessor left behind (pid file, socket) is cleared away first.
    """
    running = find_running(cluster.data)
    if running:
        return running
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)
    folder = socket_folder(cluster.home, cluster.user)
    for leftover in folder.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)
    try:
        _configure(cluster, folder)
    except OSError as problem:
        raise _explained(cluster, "postgresql.conf", str(problem)) from problem
    said_before = cluster.log.stat().st_size
    started = cluster.run(
        "pg_ctl", "start", "--pgdata", str(cluster.data), "--log", str(cluster.log),
        "--wait", "--timeout", "120", "--silent",
    )  # fmt: skip
    running = find_running(cluster.data)
    if started.returncode != 0 or running is None:
        said = cluster.log.read_bytes()[said_before:].decode(errors="replace")
        raise _explained(cluster, "pg_ctl start", said or started.stderr)
    return running


def stop(cluster: Cluster) -> None:
    """Stop the server: let statements go and write everything down; at once where that hangs."""
    if find_running(cluster.data) is None:
        return
    arguments = ["stop", "--pgdata", str(cluster.data), "--wait", "--silent"]
    stopped = cluster.run("pg_ctl", *arguments, "--mode", "fast", "--timeout", "60")
    if stopped.returncode != 0 and find_running(cluster.data, wait_s=5):
        cluster.run("pg_ctl", *arguments, "--mode", "immediate", "--timeout", "20")
    folder = socket_folder(cluster.home, cluster.user)
    if not any(folder.iterdir()):
        folder.rmdir()


def delete(home: Path) -> None:
    """Delete the data of a stopped cluster, and what is left of its socket."""
    data = home / "pg"
    shutil.rmtree(socket_folder(home, server_user(data)))
    gone = home / f"pg.gone-{os.getpid()}"
    data.rename(gone)
    shutil.rmtree(gone)


def _configure(cluster: Cluster, folder: Path) -> None:
    """Write the server's configuration anew, so that it is always this version's."""
    files = {
        "postgresql.conf": postgresql_conf(folder, PORT, durable=cluster.durable),
        "pg_hba.conf": hba(),
        "pg_ident.conf": ident({cluster.user.name, _my_name()}, SUPERUSER),
    }
    for name, text in files.items():
        path = cluster.data / name
        path.write_text(text, encoding="utf-8")
        _give(path, cluster.user)
    if not cluster.log.exists() or cluster.log.stat().st_size > 5_000_000:
        cluster.log.write_text("")
    _give(cluster.log, cluster.user)


def _give(path: Path, user: ServerUser) -> None:
    path.chmod(0o600)
    if not user.is_me:
        os.chown(path, user.uid, user.gid)


def _my_name() -> str:
    return pwd.getpwuid(os.geteuid()).pw_name


def _environment() -> dict[str, str]:
    """The environment for PostgreSQL's programs: nobody's PGDATA or PGHOST, plain English."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return {**kept, "LC_ALL": "C.UTF-8", "LANGUAGE": "C"}


def disk_full(folder: Path) -> DatabaseProblem:
    """Answer the problem to raise when the disk of `folder` has no space left."""
    free = shutil.disk_usage(folder).free // 1024**2
    return DatabaseProblem(
        f"磁盘空间不足：{folder} 所在磁盘只剩 {free} MB。请清理磁盘，或用 ATLAS_HOME 指定另一处。\n"
        f"The disk of {folder} is full ({free} MB left). Free some space, or name another place in"
        " ATLAS_HOME."
    )


def _explained(cluster: Cluster, step: str, said: str) -> DatabaseProblem:
    """Turn what the server said into what a person should do."""
    if "No space left on device" in said:
        return disk_full(cluster.home)
    lines = said.strip().splitlines()
    telling = [line for line in lines if re.search(r"\b(FATAL|PANIC|ERROR|error)\b", line)]
    last = " / ".join((telling or lines)[-3:])
    return DatabaseProblem(
        f"数据库未能启动（{step}）：{last}。完整记录见 {cluster.log}。\n"
        f"The database could not be started ({step}): {last}. The whole log is {cluster.log}."
    )
