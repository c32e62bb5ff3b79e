"""Can the server named in ATLAS_DATABASE_URL be used, and if not, exactly why?"""

from __future__ import annotations

import socket
from typing import NoReturn

import psycopg
from psycopg import Connection
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from geo.db.addresses import Database, with_psycopg
from geo.db.programs import OLDEST_POSTGIS, OLDEST_POSTGRESQL, version_numbers
from geo.errors import DatabaseProblem

CONNECT_TIMEOUT_S = 10


def use_existing(owner: str, public: str | None = None) -> Database:
    """Check an existing server thing by thing and answer how to use it.

    Checked apart: address, reachability, login, database, PostgreSQL's version, encoding, PostGIS
    (available, installed, version), the right to make schemas. `public` is the same database as a
    role that may only read. Raises DatabaseProblem with the one thing to mend.
    """
    target = _parse(owner, "ATLAS_DATABASE_URL")
    with _connect(target) as connection:
        _check_versions(connection)
        _check_extensions(connection)
        _check_rights(connection)
        name = _one(connection, "SELECT current_database()")
    if public is None:
        note = (
            "公开读取使用同一账号的只读会话；如需独立账号，请设置 ATLAS_PUBLIC_DATABASE_URL。"
            " Public reads are read-only sessions of the same role; name a role of its own in"
            " ATLAS_PUBLIC_DATABASE_URL."
        )
        return Database(_text(target), _text(target), own_public_role=False, note=note)
    reader = _parse(public, "ATLAS_PUBLIC_DATABASE_URL")
    with _connect(reader) as connection:
        if _one(connection, "SELECT current_database()") != name:
            _refuse(
                "ATLAS_PUBLIC_DATABASE_URL 与 ATLAS_DATABASE_URL 指向不同的数据库。",
                "ATLAS_PUBLIC_DATABASE_URL and ATLAS_DATABASE_URL name different databases.",
            )
    return Database(_text(target), _text(reader))


def _parse(url: str, setting: str) -> URL:
    try:
        target = with_psycopg(url)
        if not url.startswith(("postgresql", "postgres:")) or not target.database:
            raise ArgumentError("not a PostgreSQL address with a database name")
    except (ArgumentError, ValueError):
        _refuse(
            f"{setting} 不是有效地址，应为 postgresql://用户:密码@主机:5432/数据库。",
            f"{setting} is no valid address; expected postgresql://user:password@host:5432/name.",
        )
    return target


def _connect(target: URL, database: str | None = None) -> Connection[tuple[object, ...]]:
    """Connect, or find out which of reachability, login and database is the trouble."""
    plain = target.set(drivername="postgresql")
    if database is not None:
        plain = plain.set(database=database)
    try:
        return psycopg.connect(
            plain.render_as_string(hide_password=False),
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_S,
            application_name="atlas check",
        )
    except psycopg.OperationalError as problem:
        if database is not None:
            raise
        _explain_refusal(target, str(problem).strip().splitlines()[-1])


def _explain_refusal(target: URL, said: str) -> NoReturn:
    where = f"{target.host or 'localhost'}:{target.port or 5432}"
    if target.host and not target.host.startswith("/"):
        try:
            socket.create_connection((target.host, target.port or 5432), CONNECT_TIMEOUT_S).close()
        except OSError as problem:
            _refuse(
                f"连接不上数据库服务器 {where}（{problem}）。请检查主机、端口和防火墙。",
                f"The database server {where} cannot be reached ({problem}). Check host, port and"
                " firewall.",
            )
    for other in ("postgres", "template1"):
        try:
            _connect(target, other).close()
        except psycopg.OperationalError:
            continue
        _refuse(
            f"服务器 {where} 上没有数据库 {target.database}（或无权连接）：{said}"
            f" 请由管理员运行：CREATE DATABASE {target.database} OWNER {target.username}",
            f"The server {where} has no database {target.database}, or this role may not connect to"
            f" it. An administrator can run: CREATE DATABASE {target.database} OWNER"
            f" {target.username}",
        )
    _refuse(
        f"服务器 {where} 拒绝了用户 {target.username} 登录：{said}"
        " 请检查用户名、密码和 pg_hba.conf。",
        f"The server {where} refused the login of {target.username}. Check name, password and"
        " pg_hba.conf.",
    )


def _check_versions(connection: Connection[tuple[object, ...]]) -> None:
    if connection.info.server_version < OLDEST_POSTGRESQL * 10_000:
        major = connection.info.server_version // 10_000
        _refuse(
            f"服务器是 PostgreSQL {major}，需要 {OLDEST_POSTGRESQL} 或更高版本。",
            f"The server is PostgreSQL {major}; {OLDEST_POSTGRESQL} or newer is needed.",
        )
    encoding = _one(connection, "SELECT current_setting('server_encoding')")
    if encoding != "UTF8":
        _refuse(
            f"数据库编码是 {encoding}，需要 UTF8。请用 CREATE DATABASE … ENCODING 'UTF8' 新建。",
            f"The database's encoding is {encoding}; UTF8 is needed. Make one with ENCODING"
            " 'UTF8'.",
        )


def _check_extensions(connection: Connection[tuple[object, ...]]) -> None:
    """Make sure that PostGIS ≥ 3.3 and btree_gist are there; create them where that is allowed."""
    for name in ("postgis", "btree_gist"):
        row = connection.execute(
            "SELECT installed_version, default_version FROM pg_available_extensions"
            " WHERE name = %s",
            (name,),
        ).fetchone()
        if row is None:
            _refuse(
                f"服务器上没有安装扩展 {name} 的软件包。请由管理员安装（Debian/Ubuntu："
                "postgresql-<版本>-postgis-3；btree_gist 在 postgresql-contrib 中）。",
                f"Extension {name} is not available on the server: its package is not installed.",
            )
        installed, newest = row
        if name == "postgis" and version_numbers(str(installed or newest)) < OLDEST_POSTGIS:
            _refuse(
                f"PostGIS 版本为 {installed or newest}，需要 3.3 或更高版本。",
                f"PostGIS is {installed or newest}; 3.3 or newer is needed.",
            )
        if installed is None:
            _create_extension(connection, name)


def _create_extension(connection: Connection[tuple[object, ...]], name: str) -> None:
    statement = f"CREATE EXTENSION {name} SCHEMA public"
    try:
        connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        _refuse(
            f"数据库中还没有扩展 {name}，本账号无权创建。请由管理员在该数据库中运行：{statement};",
            f"Extension {name} is not created in the database and this role may not create it. An"
            f" administrator can run there: {statement};",
        )


def _check_rights(connection: Connection[tuple[object, ...]]) -> None:
    user, name = connection.info.user, connection.info.dbname
    may = _one(
        connection,
        "SELECT has_database_privilege(current_database(), 'CREATE') OR"
        " (SELECT count(*) = 2 FROM pg_namespace WHERE nspname IN ('atlas', 'atlas_public')"
        " AND has_schema_privilege(oid, 'CREATE'))",
    )
    if not may:
        _refuse(
            f"用户 {user} 在数据库 {name} 中没有建立模式的权限。请由管理员运行："
            f" GRANT CREATE ON DATABASE {name} TO {user};",
            f"Role {user} may not create schemas in {name}. An administrator can run: GRANT CREATE"
            f" ON DATABASE {name} TO {user};",
        )


def _one(connection: Connection[tuple[object, ...]], query: str) -> object:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _text(target: URL) -> str:
    return target.render_as_string(hide_password=False)


def _refuse(chinese: str, english: str) -> NoReturn:
    raise DatabaseProblem(f"{chinese}\n{english}")
