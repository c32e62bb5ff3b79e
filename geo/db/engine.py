"""How does the code reach the database: as its owner, or as the public that may only read?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session, sessionmaker

from geo.db.addresses import Database, with_psycopg
from geo.db.auditing import Entry, note_if_written
from geo.db.opening import open_database
from geo.errors import DatabaseProblem
from geo.settings import DatabaseSettings, read

Role = Literal["owner", "public"]

# Set per connection and not only on the role: an existing server's roles are not ours to alter.
_OPTIONS: dict[Role, str] = {
    "owner": "-c search_path=atlas,public -c jit=off",
    "public": "-c search_path=atlas_public,public -c jit=off"
    " -c default_transaction_read_only=on -c statement_timeout=30s",
}


def make_engine(
    url: str | URL, *, role: Role = "owner", autocommit: bool = False, threads: int | None = None
) -> Engine:
    """Make a psycopg 3 engine whose sessions see the schema of `role`.

    `owner`: schema `atlas`; `public`: schema `atlas_public`, read-only, 30 s per statement.
    `autocommit` is for hot reads: no BEGIN and COMMIT around a single SELECT. The pool holds
    `threads` connections (default ATLAS_THREADS), so that no thread of the service waits for one.
    """
    target = with_psycopg(url)
    over_network = bool(target.host) and not str(target.host).startswith("/")
    size = threads or read(DatabaseSettings).threads
    # Set once per connection: set and taken back around each read it costs as much as the read.
    plain: dict[str, Any] = {}
    if autocommit:
        plain = {"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None}
    return create_engine(
        target,
        pool_size=size,
        max_overflow=2,
        pool_timeout=10,
        pool_pre_ping=over_network,  # a socket to our own server does not go stale
        hide_parameters=True,  # bound values may be personal; no log may hold them
        connect_args={"options": _OPTIONS[role], "application_name": f"atlas {role}"},
        **plain,
    )


def read_engine(
    database: Database, *, threads: int | None = None, url: str | None = None
) -> Engine:
    """Make the engine for hot public reads: AUTOCOMMIT, read-only, schema `atlas_public`.

    `url`: of a replica instead of the database's own address.
    """
    target = url or database.public_url
    return make_engine(target, role="public", autocommit=True, threads=threads)


def session_factory(database: Database, *, role: Role = "owner") -> sessionmaker[Session]:
    """Make sessions on the database; the caller commits once per command or request."""
    url = database.owner_url if role == "owner" else database.public_url
    return sessionmaker(make_engine(url, role=role), expire_on_commit=False)


@contextmanager
def open_session(what: str = "atlas") -> Iterator[Session]:
    """Give a command its session: the owner's, on the database of the settings.

    Starts the private database if need be; puts a write on record and commits, once at the end, or
    not at all when something was raised. `what` names the command in `atlas status` and on record.
    Raises DatabaseProblem, also where no tables have been made yet.
    """
    with open_database(what) as opened, session_factory(opened.database)() as session:
        if session.scalar(text("SELECT to_regclass('atlas.alembic_version')")) is None:
            raise DatabaseProblem(
                "数据库中还没有数据表，请先运行 ./atlas up（或 ./atlas migrate）。\n"
                "The database has no tables yet; run ./atlas up (or ./atlas migrate) first."
            )
        yield session
        note_if_written(session, Entry("write", what))
        session.commit()
