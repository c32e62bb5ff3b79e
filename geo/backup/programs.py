"""How are PostgreSQL's own programs for dumps called: which of them, and as whom?"""

from __future__ import annotations

import os
import shutil

from sqlalchemy.engine import URL

from geo.db.addresses import with_psycopg
from geo.db.programs import find_programs
from geo.errors import DatabaseProblem
from geo.settings import DatabaseSettings, read


def program(name: str) -> str:
    """Answer the path of `pg_dump`, `pg_restore` or `psql`.

    The newest on this machine: one that is older than the server refuses its work. Raises
    DatabaseProblem where there is none.
    """
    try:
        folder = find_programs(read(DatabaseSettings).pg_bin).folder
    except DatabaseProblem:  # a server elsewhere, clients only on this machine
        folder = None
    path = shutil.which(name, path=folder) or shutil.which(name)
    if path is None:
        raise DatabaseProblem(
            f"本机没有 {name}，请安装 PostgreSQL 客户端（Debian/Ubuntu：postgresql-client）。\n"
            f"{name} was not found on this machine; install PostgreSQL's client programs"
            " (postgresql-client)."
        )
    return path


def address_and_environment(url: str) -> tuple[str, dict[str, str]]:
    """Answer the address for `--dbname` and the environment: no password among the arguments,
    which every user of the machine can read.
    """
    target: URL = with_psycopg(url).set(drivername="postgresql")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    if target.password is not None:
        kept["PGPASSWORD"] = str(target.password)
    plain = URL.create(
        "postgresql",
        username=target.username,
        host=target.host,
        port=target.port,
        database=target.database,
        query=target.query,
    )
    return plain.render_as_string(hide_password=False), {**kept, "LC_ALL": "C.UTF-8"}


def told(name: str, said: str) -> DatabaseProblem:
    """Answer what one of these programs said, as a problem to raise."""
    last = " / ".join([line for line in said.strip().splitlines() if line.strip()][-3:])
    return DatabaseProblem(f"{name} 失败：{last}\n{name} failed: {last}")
