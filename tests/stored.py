"""How does a test put one text into everything that a database holds for people to read?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

# Columns that hold words for people, by name, wherever they stand; and addresses to follow.
WORDS = (
    "name", "short_name", "title", "address", "note", "position_note", "validity_note", "citation",
    "hours", "phone", "material", "reason", "label", "origin", "attribution", "era", "batch",
    "stated_unit", "geometry_note", "filing_no", "position_text", "custodian", "value", "licence",
    "caption", "method", "document_no", "programme", "subject_label", "line_label", "list_name",
    "source", "other", "stage", "funding_source", "lead_role", "owner_role", "land_use",
    "use_right", "floor", "role", "message", "file_name", "delivered_by", "agreement_no",
    "pool_code",
)  # fmt: skip
LINKS = ("website", "uri")
LISTS = ("services", "references", "reference_objects", "extra")


def poison(engine: Engine, evil: str, link: str, *, is_first: bool = False) -> tuple[set[str], int]:
    """Put a text behind (or before) all words of every such column, a link into those of links.

    Answers which columns took it, and how many cells.
    """
    taken, count = set(), 0
    columns = text(
        "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c JOIN"
        " information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.table_schema = 'atlas' AND t.table_type = 'BASE TABLE'"
        " AND c.table_name NOT IN ('api_token', 'audit_entry', 'name_key', 'change_commit')"
        " ORDER BY 1, 2"
    )
    with engine.connect() as connection:
        found = connection.execute(columns).all()
        connection.rollback()
        for table, column, kind in found:
            given: Any = link if column in LINKS else evil
            if kind == "text" and column in (*WORDS, *LINKS):
                held = f"coalesce(\"{column}\", '')"
                words = f":given || {held}" if is_first else f"{held} || :given"
                value = ":given" if column in LINKS else words
            elif kind == "ARRAY" and column in LISTS:
                value = "ARRAY[:given]"
            else:
                continue
            try:
                done = connection.execute(
                    text(f'UPDATE atlas."{table}" SET "{column}" = {value}'), {"given": given}
                )
                connection.commit()
            except DBAPIError:  # a word that the table itself allows only from a list
                connection.rollback()
                continue
            taken |= {f"{table}.{column}"} if done.rowcount else set()
            count += done.rowcount
    return taken, count
