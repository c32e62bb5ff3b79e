"""How does the atlas stand on this machine: what runs, where the data lie, how is it stopped?"""

from __future__ import annotations

import os
import platform
import signal
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.engine import make_url

from geo.db.embedded import State, shut_down, state
from geo.db.existing import use_existing
from geo.db.programs import find_programs
from geo.errors import DatabaseProblem
from geo.settings import CHECKOUT, DatabaseSettings, HomeSettings, read

STOP_WAIT_S = 30.0


def tell_status(console: Console) -> None:
    """Print what runs and where the data lie; starts and changes nothing."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    settings = read(DatabaseSettings)
    rows = [("版本 · version", _version()), ("程序 · checkout", str(CHECKOUT))]
    if settings.database_url is None:
        rows += _private_rows(settings.pg_bin)
    else:
        rows += _existing_rows(settings)
    for name, value in rows:
        table.add_row(name, escape(value))
    console.print(table)


def _version() -> str:
    try:
        own = version("minzheng-atlas")
    except PackageNotFoundError:  # run from the checkout
        from tomllib import loads

        own = loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
    return f"{own} (Python {platform.python_version()})"


def _private_rows(pg_bin: Path | None) -> list[tuple[str, str]]:
    now = state(read(HomeSettings).folder)
    rows = [("数据目录 · home", f"{now.home} ({_size(now.home)})")]
    try:
        programs = find_programs(pg_bin)
        rows.append(("PostGIS", f"PostgreSQL {programs.version}, PostGIS {programs.postgis}"))
    except DatabaseProblem as problem:
        rows.append(("PostGIS", str(problem)))
    rows.append(("数据库 · database", _database(now)))
    rows += [
        ("命令 · command", f"{user.what} (pid {user.pid}, {user.since}) {user.url}".rstrip())
        for user in now.users
    ]
    return rows


def _database(now: State) -> str:
    if not now.made:
        return "尚未建立 · not made yet (./atlas up)"
    if now.pid is None:
        return "未运行 · not running"
    alone = "" if now.users else "，无命令使用 · used by no command (./atlas down)"
    return f"运行中 · running (pid {now.pid}, {now.socket}){alone}"


def _existing_rows(settings: DatabaseSettings) -> list[tuple[str, str]]:
    """What ATLAS_DATABASE_URL leads to, with the password hidden."""
    assert settings.database_url is not None
    url, public = settings.database_url.get_secret_value(), settings.public_database_url
    try:
        database = use_existing(url, public.get_secret_value() if public else None)
    except DatabaseProblem as problem:
        return [("数据库 · database", str(problem))]
    shown = make_url(database.owner_url).render_as_string(hide_password=True)
    rows = [("数据库 · database", shown)]
    return [*rows, ("公开读取 · public reads", database.note)] if database.note else rows


def _size(folder: Path) -> str:
    """The size of a folder in MB, as far as this user may look."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(root, name)).st_size
            except OSError:
                continue
    return f"{total / 1024**2:.0f} MB"


def wind_down(console: Console) -> None:
    """End the commands that serve, then stop the private database.

    A command that is at other work (a load) is never cut off: then DatabaseProblem names it.
    """
    home = read(HomeSettings).folder
    serving = [user for user in state(home).users if user.url]
    for user in serving:
        os.kill(user.pid, signal.SIGTERM)
        console.print(f"正在停止 · stopping {user.what} (pid {user.pid}) {user.url}")
    deadline = time.monotonic() + STOP_WAIT_S
    pids = {user.pid for user in serving}
    while pids & {user.pid for user in state(home).users} and time.monotonic() < deadline:
        time.sleep(0.2)
    stopped = shut_down(home) or bool(serving)
    console.print("已停止 · stopped" if stopped else "没有在运行 · nothing was running")
