"""What may the public read? Declared here, never discovered: one plain view per table.

The views carry the tables' own names in the schema `atlas_public`; the role `atlas_public` has only
that schema on its `search_path`, so one statement serves staff and public. They are plain views
without a security barrier: PostGIS operators are not leakproof, and a barrier (or row-level
security) turns every bbox query into a sequential scan.
"""

from __future__ import annotations

from sqlalchemy import Table

from geo.models.base import Base

# Table → which of its rows are public. What is not named here is not public at all: demand cells
# (small counts), markers (coordinates), deliveries, refused rows, tokens.
PUBLIC_ROWS = {
    "admin_unit": "t.is_published",
    "succession_event": "t.is_published",
    "succession_member": (
        "EXISTS (SELECT FROM atlas.succession_event e WHERE e.id = t.event_id AND e.is_published)"
    ),
    "boundary_line": "t.is_published AND NOT t.is_disputed",
    "place": "t.is_published",
    "place_name": "EXISTS (SELECT FROM atlas.place p WHERE p.id = t.place_id AND p.is_published)",
    "place_position": (
        "EXISTS (SELECT FROM atlas.place p WHERE p.id = t.place_id AND p.is_published)"
    ),
    **{
        table: "EXISTS (SELECT FROM atlas.place p WHERE p.id = t.place_id AND p.is_published)"
        for table in ("place_text", "place_relation", "place_media")
    },
    "heritage_listing": (
        "EXISTS (SELECT FROM atlas.place p WHERE p.id = t.place_id AND p.is_published)"
    ),
    "name_key": (
        "EXISTS (SELECT FROM atlas.place_name n JOIN atlas.place p ON p.id = n.place_id"
        " WHERE n.id = t.name_id AND p.is_published)"
    ),
    "operator": "t.is_published",
    "facility": "t.is_published",
    "facility_rating": (
        "EXISTS (SELECT FROM atlas.facility f WHERE f.id = t.facility_id AND f.is_published)"
    ),
    "facility_price": (
        "EXISTS (SELECT FROM atlas.facility f WHERE f.id = t.facility_id AND f.is_published)"
    ),
    "planning_zone": "t.is_published",
    "standard_rule": "t.is_published",
    "programme_tag": "t.is_published",
}


# A version that is not published ends the one before it, but takes nothing off the public map: the
# public goes on seeing the last published version until another published one begins.
PUBLIC_VALUES = {"validity": "coalesce(t.public_validity, t.validity) AS validity"}

SOURCE_REGISTER = """
CREATE VIEW atlas_public.source_register AS
SELECT d.id, d.kind, d.file_name, d.sha256, d.size_bytes, d.licence, d.received_at, d.crs_stated,
       d.crs_used, d.report -> 'about' AS about
FROM atlas.delivery d
WHERE d.status = 'loaded' AND d.secrecy = 'public'
""".strip()


def public_columns(table: Table) -> list[str]:
    """The columns of a table that the public may read."""
    return [column.name for column in table.columns if not column.info.get("private")]


def view_statements() -> list[str]:
    """The DDL of every public view, in the order of the declaration above."""
    made = []
    for name, rows in PUBLIC_ROWS.items():
        columns = ", ".join(
            PUBLIC_VALUES.get(column, f"t.{column}")
            for column in public_columns(Base.metadata.tables[name])
        )
        body = f"SELECT {columns}\nFROM atlas.{name} t\nWHERE {rows}"
        made.append(f"CREATE VIEW atlas_public.{name} AS\n{body}")
    return [*made, SOURCE_REGISTER]
