"""Does a database hold exactly the rows that another one held? One hash per table."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection

# How a value is written as text depends on these; a hash must not.
PLAIN = """
SET extra_float_digits = 1; SET datestyle = 'ISO, YMD'; SET timezone = 'UTC';
SET bytea_output = 'hex'; SET intervalstyle = 'postgres'; SET search_path = public;
SET statement_timeout = 0;
"""

# Of a sequence counts how far it came; its log count differs from server to server.
FUNCTION = """
CREATE FUNCTION pg_temp.fingerprints(OUT name text, OUT rows bigint, OUT sha256 text)
RETURNS SETOF record LANGUAGE plpgsql AS $function$
DECLARE
    is_sequence boolean;
BEGIN
    FOR name, is_sequence IN
        SELECT c.relname, c.relkind = 'S' FROM pg_class c
        WHERE c.relnamespace = 'atlas'::regnamespace AND c.relkind IN ('r', 'S')
        ORDER BY c.relname COLLATE "C"
    LOOP
        EXECUTE format(
            'SELECT count(*),'
            ' encode(sha256(coalesce(string_agg(h, '''' ORDER BY h), '''')), ''hex'')'
            ' FROM (SELECT sha256(convert_to(CAST(t.* AS text), ''UTF8'')) AS h FROM %s AS t) AS x',
            CASE WHEN is_sequence
                THEN format('(SELECT last_value, is_called FROM atlas.%I)', name)
                ELSE format('atlas.%I', name)
            END
        ) INTO rows, sha256;
        RETURN NEXT;
    END LOOP;
END $function$;
"""


@dataclass(frozen=True)
class Fingerprint:
    """How many rows a table has, and a SHA-256 over all of them in no particular order."""

    rows: int
    sha256: str


def fingerprints(connection: Connection[tuple[object, ...]]) -> dict[str, Fingerprint]:
    """Answer the fingerprint of every table and sequence of schema `atlas`, by name.

    A row is hashed as PostgreSQL writes it (geometry as EWKB, so to the last bit); the rows'
    hashes are sorted and hashed once more, so that neither the order on disk nor a server's
    collation changes the result. Costs one pass over each table and 32 bytes of memory a row.
    The connection's settings are changed: take one of your own.
    """
    connection.execute(PLAIN)
    connection.execute(FUNCTION)
    found = connection.execute("SELECT name, rows, sha256 FROM pg_temp.fingerprints()").fetchall()
    return {str(name): Fingerprint(int(str(rows)), str(sha256)) for name, rows, sha256 in found}
