"""Do the two roles see what they should, and nothing else?"""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from geo.db import Database, make_engine, read_engine
from geo.db.addresses import with_psycopg
from tests.conftest import AsPublic


def test_the_owner_sees_schema_atlas_and_is_no_superuser(session: Session) -> None:
    row = session.execute(
        text("SELECT current_schema(), current_user, rolsuper, rolcreaterole, rolcreatedb"
             " FROM pg_roles WHERE rolname = current_user")
    ).one()  # fmt: skip
    assert tuple(row) == ("atlas", "atlas", False, False, False)


def test_the_public_reads_its_own_schema_only(public_connection: Connection) -> None:
    assert public_connection.scalar(text("SELECT current_schema()")) == "atlas_public"
    assert public_connection.scalar(text("SELECT count(*) FROM facility")) == 0
    with pytest.raises(DBAPIError, match="permission denied"):
        public_connection.execute(text("SELECT * FROM atlas.facility"))


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.mine (a int)",
        "CREATE TABLE atlas_public.mine (a int)",
        "CREATE TEMPORARY TABLE mine (a int)",
        "DELETE FROM facility",
        "SET ROLE atlas",
    ],
)
def test_the_public_cannot_write_even_when_it_drops_its_guard(
    public_connection: Connection, statement: str
) -> None:
    public_connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"))
    public_connection.commit()
    with pytest.raises(DBAPIError, match=r"permission denied|cannot delete|must be|not permitted"):
        public_connection.execute(text(statement))


def test_hot_reads_run_without_a_transaction(database: Database) -> None:
    engine = read_engine(database, threads=2)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        raw = connection.connection.dbapi_connection
        assert raw is not None
        assert raw.autocommit is True  # type: ignore[attr-defined]
        assert connection.scalar(text("SELECT current_user")) == "atlas_public"
    engine.dispose()


def test_bound_values_stay_out_of_errors(database: Database) -> None:
    engine = make_engine(database.owner_url, threads=2)
    with engine.connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(text("SELECT 1 / (length(:name) - 11)"), {"name": "13800000000"})
    assert "13800000000" not in str(caught.value)
    engine.dispose()


def test_each_test_is_rolled_back_also_after_a_commit(session: Session) -> None:
    session.execute(text("CREATE TABLE left_behind (a int)"))
    session.commit()
    assert session.scalar(text("SELECT to_regclass('left_behind')")) is not None


def test_nothing_of_the_test_before_is_left(session: Session) -> None:
    assert session.scalar(text("SELECT to_regclass('left_behind')")) is None


def test_as_public_shows_uncommitted_rows_through_the_public_views(
    session: Session, as_public: AsPublic
) -> None:
    with as_public(session):
        assert session.scalar(text("SELECT current_user")) == "atlas_public"
        assert session.scalar(text("SELECT current_schema()")) == "atlas_public"
    assert session.scalar(text("SELECT current_user")) == "atlas"


@pytest.mark.parametrize(
    "url", ["postgres://a@h/b", "postgresql://a@h/b", "postgresql+psycopg://a@h/b"]
)
def test_every_spelling_of_postgresql_becomes_psycopg(url: str) -> None:
    assert with_psycopg(url).drivername == "postgresql+psycopg"


def test_what_is_no_url_is_refused() -> None:
    with pytest.raises(ArgumentError):
        with_psycopg("not a url")
