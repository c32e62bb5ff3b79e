"""Has the private cluster the roles, the database and the extensions that the tables need?"""

from __future__ import annotations

from typing import LiteralString

from psycopg import Connection, sql

from geo.db.configuration import DATABASE, OWNER, PUBLIC
from geo.db.postmaster import connect_admin

EXTENSIONS: tuple[LiteralString, ...] = ("postgis", "btree_gist")


def prepare(folder: str) -> None:
    """Bring the cluster behind the socket in `folder` to what the migrations expect.

    Role `atlas` owns the database and is no superuser; role `atlas_public` may log in and read,
    and sees schema `atlas_public` alone. Whatever is there already stays as it is.
    """
    with connect_admin(folder) as admin:
        for role in (OWNER, PUBLIC):
            if not _exists(admin, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        admin.execute("ALTER ROLE atlas SET search_path = atlas, public")
        admin.execute("ALTER ROLE atlas_public SET search_path = atlas_public, public")
        admin.execute("ALTER ROLE atlas_public SET default_transaction_read_only = on")
    make_database(folder, DATABASE)


def make_database(folder: str, name: str, *, template: str | None = None) -> None:
    """Make a database owned by `atlas` with PostGIS in schema public, if it is not there.

    `template` names a database to copy whole (tests copy a migrated one); nobody may be connected
    to it at that moment.
    """
    with connect_admin(folder) as admin:
        if not _exists(admin, "SELECT 1 FROM pg_database WHERE datname = %s", name):
            statement = sql.SQL("CREATE DATABASE {} OWNER atlas").format(sql.Identifier(name))
            if template:
                statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
                if admin.info.server_version >= 150_000:
                    statement += sql.SQL(" STRATEGY FILE_COPY")
            admin.execute(statement)
            for text in ("REVOKE ALL ON DATABASE {} FROM PUBLIC",
                         "GRANT CONNECT ON DATABASE {} TO atlas_public"):  # fmt: skip
                admin.execute(sql.SQL(text).format(sql.Identifier(name)))
    with connect_admin(folder, name) as admin:
        for extension in EXTENSIONS:
            _bring_extension(admin, extension)
        admin.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")  # PostgreSQL 14's default
        admin.execute(_NO_LARGE_OBJECTS)


# Everybody may make large objects by default: a reading role could fill the disk with them.
_NO_LARGE_OBJECTS = """
DO $$
DECLARE made regprocedure;
BEGIN
    FOR made IN SELECT oid FROM pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN
            ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lowrite', 'lo_import')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', made);
    END LOOP;
END $$
"""


def _bring_extension(admin: Connection[tuple[str, ...]], name: LiteralString) -> None:
    """Create the extension, or bring it to the version of the programs when those were updated."""
    found = admin.execute(
        "SELECT installed_version, default_version FROM pg_available_extensions WHERE name = %s",
        (name,),
    ).fetchone()
    installed, newest = found if found else (None, None)
    if installed is None:
        admin.execute(sql.SQL("CREATE EXTENSION {} SCHEMA public").format(sql.Identifier(name)))
    elif installed != newest:
        admin.execute(sql.SQL("ALTER EXTENSION {} UPDATE").format(sql.Identifier(name)))


def _exists(admin: Connection[tuple[str, ...]], query: LiteralString, name: str) -> bool:
    return admin.execute(query, (name,)).fetchone() is not None
