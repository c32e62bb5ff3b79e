"""How does the code reach the database: as its owner, or as the public that may only read?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session, sessionmaker

from geo.settings import DatabaseSettings, read

Role = Literal["owner", "public"]

# Set per connection and not only on the role: an existing server's roles are not ours to alter.
_OPTIONS: dict[Role, str] = {
    "owner": "-c search_path=atlas,public -c jit=off",
    "public": "-c search_path=atlas_public,public -c jit=off"
    " -c default_transaction_read_only=on -c statement_timeout=30s",
}


@dataclass(frozen=True)
class Database:
    """Where the tables are: one address to write as their owner, one to read as the public.

    `own_public_role` is False where the server gives no role `atlas_public`: public reads are
    then read-only sessions of the owner, still confined to schema `atlas_public` by search_path
    only. `note` says so in words, for `atlas status`; `embedded` marks the private database.
    """

    owner_url: str
    public_url: str
    own_public_role: bool = True
    embedded: bool = False
    note: str = ""


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
    engine = create_engine(
        target,
        pool_size=size,
        max_overflow=2,
        pool_timeout=10,
        pool_pre_ping=over_network,  # a socket to our own server does not go stale
        connect_args={"options": _OPTIONS[role], "application_name": f"atlas {role}"},
    )
    return engine.execution_options(isolation_level="AUTOCOMMIT") if autocommit else engine


def read_engine(database: Database, *, threads: int | None = None) -> Engine:
    """Make the engine for hot public reads: AUTOCOMMIT, read-only, schema `atlas_public`."""
    return make_engine(database.public_url, role="public", autocommit=True, threads=threads)


def session_factory(database: Database, *, role: Role = "owner") -> sessionmaker[Session]:
    """Make sessions on the database; the caller commits once per command or request."""
    url = database.owner_url if role == "owner" else database.public_url
    return sessionmaker(make_engine(url, role=role), expire_on_commit=False)


def with_psycopg(url: str | URL) -> URL:
    """Answer the URL for psycopg 3, whichever way PostgreSQL was spelled (`postgres://` too).

    Raises sqlalchemy.exc.ArgumentError where it is no URL at all.
    """
    target = make_url(
        url.replace("postgres://", "postgresql://", 1) if isinstance(url, str) else url
    )
    return target.set(drivername="postgresql+psycopg")


def socket_url(folder: str, port: int, user: str, database: str) -> str:
    """Answer the URL of a database reached through a Unix socket in `folder`."""
    url = URL.create(
        "postgresql+psycopg",
        username=user,
        database=database,
        query={"host": folder, "port": str(port)},
    )
    return url.render_as_string(hide_password=False)
