"""At which addresses is the database: to write as its owner, to read as the public?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import URL, make_url


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
