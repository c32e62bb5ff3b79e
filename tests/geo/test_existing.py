"""Is each trouble with a server named in ATLAS_DATABASE_URL told apart from the others?"""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geo.db import existing, make_engine, open_database
from geo.db.cluster import Cluster, open_cluster, start, stop
from geo.db.existing import use_existing
from geo.db.postmaster import connect_admin
from geo.errors import DatabaseProblem
from geo.migrations import migrate
from tests.machine import free_port

SET_UP = (
    "CREATE ROLE bureau LOGIN PASSWORD 'right'",
    "CREATE ROLE reader LOGIN PASSWORD 'right'",
    "CREATE ROLE guest LOGIN PASSWORD 'right'",
    "CREATE DATABASE civil OWNER bureau",
    "CREATE DATABASE bare OWNER bureau",
    "CREATE DATABASE latin OWNER bureau ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A real server on a TCP port with passwords; answers `127.0.0.1:port`."""
    home = Path(tempfile.mkdtemp(prefix="minzheng-atlas-existing-"))
    home.chmod(0o755)
    cluster = open_cluster(home, durable=False)
    folder = start(cluster).socket
    with connect_admin(folder) as admin:
        for statement in SET_UP:
            admin.execute(statement)  # type: ignore[arg-type]
    with connect_admin(folder, "civil") as admin:
        admin.execute("CREATE EXTENSION postgis; CREATE EXTENSION btree_gist")
        admin.execute("CREATE SCHEMA hiding; GRANT USAGE ON SCHEMA hiding TO bureau")
        admin.execute("CREATE VIEW hiding.pg_available_extensions AS SELECT * FROM"
                      " pg_catalog.pg_available_extensions WHERE name <> 'postgis'")  # fmt: skip
        admin.execute("GRANT SELECT ON hiding.pg_available_extensions TO bureau")
    stop(cluster)
    yield f"127.0.0.1:{_listen(cluster)}"
    cluster.run("pg_ctl", "stop", "-D", str(cluster.data), "-m", "immediate", "-w")
    shutil.rmtree(home)


def _listen(cluster: Cluster) -> int:
    """Start the server again, this time on a free TCP port, with passwords."""
    port = free_port()
    start(cluster)  # writes the usual configuration
    stop(cluster)
    with (cluster.data / "postgresql.conf").open("a") as conf:
        conf.write(f"listen_addresses = '127.0.0.1'\nport = {port}\n")
        conf.write("unix_socket_directories = ''\n")
    with (cluster.data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 127.0.0.1/32 scram-sha-256\n")
    began = cluster.run("pg_ctl", "start", "-D", str(cluster.data), "-l", str(cluster.log), "-w")
    assert began.returncode == 0, began.stdout + cluster.log.read_text()
    return port


def _refusal(url: str, public: str | None = None) -> str:
    with pytest.raises(DatabaseProblem) as caught:
        use_existing(url, public)
    message = str(caught.value)
    assert message.count("\n") == 1  # Chinese first, then English
    assert "right" not in message.replace("rights", "")  # the password
    return message


def test_a_good_server_is_used(address: str) -> None:
    database = use_existing(f"postgres://bureau:right@{address}/civil")
    assert (database.embedded, database.own_public_role) == (False, False)
    assert "ATLAS_PUBLIC_DATABASE_URL" in database.note


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://a@h/b", "postgresql://bureau@host", "postgresql://h:port/b", ""]
)
def test_what_is_no_address(url: str) -> None:
    assert "不是有效地址" in _refusal(url)


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        assert "连接不上数据库服务器" in _refusal(
            f"postgresql://bureau:right@127.0.0.1:{port}/civil"
        )


def test_an_unknown_host() -> None:
    assert "连接不上数据库服务器" in _refusal(
        "postgresql://bureau:right@no-such-host.invalid/civil"
    )


@pytest.mark.parametrize("login", ["bureau:wrong", "nobody:right"])
def test_a_refused_login(address: str, login: str) -> None:
    assert "拒绝了用户" in _refusal(f"postgresql://{login}@{address}/civil")


def test_a_missing_database(address: str) -> None:
    message = _refusal(f"postgresql://bureau:right@{address}/elsewhere")
    assert "没有数据库 elsewhere" in message
    assert "CREATE DATABASE elsewhere OWNER bureau" in message


def test_postgis_not_created_and_no_right_to(address: str) -> None:
    message = _refusal(f"postgresql://bureau:right@{address}/bare")
    assert "CREATE EXTENSION postgis" in message


def test_postgis_not_on_the_server(address: str) -> None:
    hidden = "?options=-csearch_path%3Dhiding,pg_catalog,public"
    message = _refusal(f"postgresql://bureau:right@{address}/civil{hidden}")
    assert "没有安装扩展 postgis" in message


def test_postgis_too_old(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(existing, "OLDEST_POSTGIS", (99, 0))
    assert "PostGIS 版本为 3." in _refusal(f"postgresql://bureau:right@{address}/civil")


def test_postgresql_too_old(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(existing, "OLDEST_POSTGRESQL", 99)
    assert "服务器是 PostgreSQL 1" in _refusal(f"postgresql://bureau:right@{address}/civil")


def test_another_encoding(address: str) -> None:
    assert "编码是 LATIN1" in _refusal(f"postgresql://bureau:right@{address}/latin")


def test_no_right_to_make_schemas(address: str) -> None:
    message = _refusal(f"postgresql://guest:right@{address}/civil")
    assert "GRANT CREATE ON DATABASE civil TO guest" in message


def test_the_public_address_must_be_the_same_database(address: str) -> None:
    good, other = (f"postgresql://bureau:right@{address}/{name}" for name in ("civil", "bare"))
    assert "不同的数据库" in _refusal(good, other)


def test_a_refused_public_login(address: str) -> None:
    good = f"postgresql://bureau:right@{address}/civil"
    assert "拒绝了用户 reader" in _refusal(good, f"postgresql://reader:wrong@{address}/civil")


def test_without_a_public_role_reads_are_read_only(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_DATABASE_URL", f"postgresql://bureau:right@{address}/civil")
    with open_database("atlas test") as opened:
        migrate(opened.database.owner_url)
        engine = make_engine(opened.database.public_url, role="public", threads=2)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT current_schema()")) == "atlas_public"
            assert connection.scalar(text("SELECT count(*) FROM facility")) == 0
            with pytest.raises(DBAPIError, match="read-only transaction"):
                connection.execute(text("CREATE TABLE mine (a int)"))
        engine.dispose()
