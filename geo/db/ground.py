"""On which ground does the private database stand: which user, which folders, which socket?"""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from geo.errors import DatabaseProblem

LONGEST_SOCKET_PATH = 90  # bytes; Linux allows 107, macOS 103, and PostgreSQL appends a lock file
_SOCKET_NAME = "/.s.PGSQL.5432.lock"
_OWN_USER = "minzheng-atlas"


@dataclass(frozen=True)
class ServerUser:
    """The unprivileged account that the server runs as; PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        """Whether this process is that user already."""
        return os.geteuid() == self.uid


def server_user(data: Path) -> ServerUser:
    """Answer who runs the server on `data`: its owner, else the caller, else (as root) a stand-in.

    Raises DatabaseProblem when the data belong to somebody whom the caller cannot act for.
    """
    me = os.geteuid()
    if data.exists():
        owner = data.stat().st_uid
        if owner != 0 and me in (0, owner):
            return _account(owner)
        raise DatabaseProblem(
            f"数据目录 {data} 属于用户 {_name(owner)}，当前用户 {_name(me)} 不能使用。"
            "请改用该用户运行，或用 ATLAS_HOME 指定另一个目录。\n"
            f"{data} belongs to {_name(owner)}, not to {_name(me)}. Run as that user, or name"
            " another folder in ATLAS_HOME."
        )
    return _account(me) if me != 0 else _stand_in()


def _stand_in() -> ServerUser:
    """The account that runs the server for root: postgres' own, else one made for the purpose."""
    for name in ("postgres", _OWN_USER):
        try:
            return _account(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _OWN_USER]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        raise DatabaseProblem(
            "PostgreSQL 不能以 root 运行，而系统没有 postgres 用户，也不能新建。请运行："
            f"{' '.join(command)}\nPostgreSQL cannot run as root and no account could be made for"
            f" it ({problem}). Run: {' '.join(command)}"
        ) from problem
    return _account(pwd.getpwnam(_OWN_USER).pw_uid)


def _account(uid: int) -> ServerUser:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as problem:  # peer authentication needs the account's name
        raise DatabaseProblem(
            f"用户号 {uid} 没有用户名（容器中常见），数据库无法识别。请以有名称的用户运行。\n"
            f"User id {uid} has no name on this system; run as a user that has one."
        ) from problem
    return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def make_folder(path: Path, user: ServerUser, mode: int = 0o700) -> None:
    """Make a folder that belongs to the server's user; its parents stay the caller's."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    path.mkdir(mode=mode)
    if not user.is_me:
        os.chown(path, user.uid, user.gid)


def check_reachable(folder: Path, user: ServerUser) -> None:
    """Make sure that the server's user can enter `folder`; only root can get this wrong."""
    if user.is_me:
        return
    for parent in [*reversed(folder.parents), folder]:
        entered = subprocess.run(["test", "-x", parent], user=user.uid, group=user.gid, cwd="/")
        if entered.returncode != 0:
            raise DatabaseProblem(
                f"数据库由用户 {user.name} 运行，但它不能进入 {parent}。请用 ATLAS_HOME 指定别处"
                "（例如 /var/lib/minzheng-atlas）。\n"
                f"The database runs as {user.name}, who cannot enter {parent}. Name another folder"
                " in ATLAS_HOME, for example /var/lib/minzheng-atlas."
            )


def socket_folder(home: Path, user: ServerUser) -> Path:
    """Answer a folder for the socket: 0700, the server user's, short enough for the system.

    In $XDG_RUNTIME_DIR where the caller has one, else in /tmp. A folder of that name that someone
    else made is never used: then the name gets a random ending.
    """
    key = hashlib.sha256(os.fsencode(home)).hexdigest()[:10]
    for base in _socket_bases(user):
        folder = base / f"minzheng-atlas-{user.uid}-{key}"
        if len(os.fsencode(folder)) + len(_SOCKET_NAME) >= LONGEST_SOCKET_PATH:
            continue
        try:
            make_folder(folder, user)
        except FileExistsError:
            if not _is_private(folder, user):
                folder = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=base))
                os.chown(folder, user.uid, user.gid)
        except OSError:
            continue
        return folder
    raise DatabaseProblem(
        "没有可放置数据库套接字的目录：/tmp 不可写或路径过长。\n"
        "No folder can hold the database's socket: /tmp is not writable or its path is too long."
    )


def _socket_bases(user: ServerUser) -> list[Path]:
    bases = [Path("/tmp")]  # noqa: S108  # made 0700 there, and checked
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and user.is_me and Path(runtime).is_dir() and os.access(runtime, os.W_OK | os.X_OK):
        bases.insert(0, Path(runtime))
    return bases


def _is_private(folder: Path, user: ServerUser) -> bool:
    """Whether it is a real folder (no link) that only the server's user may enter."""
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == user.uid and found.st_mode & 0o077 == 0
