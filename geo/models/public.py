"""What may the public read? Declared here, never discovered: one plain view per table.

The views carry the tables' own names in the schema `atlas_public`; the role `atlas_public` has only
that schema on its `search_path`, so one statement serves staff and public. They are plain views
without a security barrier: PostGIS operators are not leakproof, and a barrier (or row-level
security) turns every bbox query into a sequential scan.
"""

from __future__ import annotations

from sqlalchemy import Table

from geo.models.base import Base
from geo.models.kinds import KINDS

# Table → which of its rows are public. What is not named here is not public at all: demand cells
# (small counts), observations and photos of markers, deliveries, refused rows, tokens. Of markers
# only number, lines and state are public columns, never a coordinate.
_PUBLIC_WALK = (
    "{0}.is_published AND EXISTS (SELECT FROM atlas.boundary_line l WHERE l.code = {0}.line_code"
    " AND l.is_published) AND NOT EXISTS (SELECT FROM atlas.boundary_line l"
    " WHERE l.code = {0}.line_code AND l.is_disputed)"
)
PUBLIC_ROWS = {
    "admin_unit": "t.is_published",
    "succession_event": "t.is_published",
    "succession_member": (
        "EXISTS (SELECT FROM atlas.succession_event e WHERE e.id = t.event_id AND e.is_published)"
    ),
    "succession_share": (
        "EXISTS (SELECT FROM atlas.succession_event e WHERE e.id = t.event_id AND e.is_published)"
    ),
    "boundary_line": "t.is_published AND NOT t.is_disputed",
    "boundary_marker": "t.is_published",
    "place": "t.is_published",
    "place_name": "EXISTS (SELECT FROM atlas.place p WHERE p.id = t.place_id AND p.is_published)",
    "place_position": (
        "EXISTS (SELECT FROM atlas.place p WHERE p.id = t.place_id AND p.is_published)"
    ),
    **dict.fromkeys(
        ("place_text", "place_relation", "place_media"),
        "EXISTS (SELECT FROM atlas.place p WHERE p.id = t.place_id AND p.is_published)",
    ),
    "heritage_listing": (
        "EXISTS (SELECT FROM atlas.place p WHERE p.id = t.place_id AND p.is_published)"
    ),
    # Measures and changes of names are the office's own business until they have come about.
    "heritage_record": (
        "t.kind IN ('protection', 'sign', 'survey')"
        " AND EXISTS (SELECT FROM atlas.place p WHERE p.code = t.place_code AND p.is_published)"
        " AND NOT EXISTS (SELECT FROM atlas.heritage_withdrawal w WHERE w.record_id = t.id)"
    ),
    # None: what was taken back is not among the public's records; one statement serves both doors.
    "heritage_withdrawal": "false",
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
    # Where and when, to tell whether a stored tile is still right; never what.
    "change_commit": "t.seq IS NOT NULL",
    "change_box": "t.is_public",
    # A walk leaves the public map at once when its line is withdrawn or disputed.
    "walk": _PUBLIC_WALK.format("t"),
    "walk_picture": (
        f"EXISTS (SELECT FROM atlas.walk w WHERE w.id = t.walk_id AND {_PUBLIC_WALK.format('w')})"
    ),
}


# A version that is not published ends the one before it, but takes nothing off the public map: the
# public goes on seeing the last published version until another published one begins.
PUBLIC_VALUES = {
    "validity": "coalesce(t.public_validity, t.validity) AS validity",
    "marker_numbers": (
        "ARRAY(SELECT m.number FROM atlas.boundary_marker m WHERE m.number = ANY(t.marker_numbers)"
        " AND m.is_published GROUP BY m.number ORDER BY m.number) AS marker_numbers"
    ),
}

# Of kinds that protect people the public sees the place to about a kilometre, and no address.
_SENSITIVE = f"t.kinds && ARRAY{sorted(kind.code for kind in KINDS.values() if kind.is_sensitive)}"
SHOWN_OF = {
    "facility": {
        "geom": "atlas.shown_point(t.kinds, t.geom) AS geom",
        "address": f"CASE WHEN {_SENSITIVE} THEN NULL ELSE t.address END AS address",
        "position_quality": (
            f"CASE WHEN {_SENSITIVE} THEN 'approximate' ELSE t.position_quality END"
            " AS position_quality"
        ),
        "position_note": (
            f"CASE WHEN {_SENSITIVE} THEN '位置已概略到约 1 千米 · shown to about 1 km'"
            " ELSE t.position_note END AS position_note"
        ),
    }
}
"""Table → the columns that the public sees otherwise than they are kept."""

SOURCE_REGISTER = """
CREATE VIEW atlas_public.source_register AS
SELECT d.id, d.kind, d.file_name, d.sha256, d.size_bytes, d.licence, d.received_at, d.crs_stated,
       d.crs_used, d.report -> 'about' AS about
FROM atlas.delivery d
WHERE d.status = 'loaded' AND d.secrecy = 'public'
""".strip()

# Where an estate is and what it is called; what it provides and owes stays with the office. It has
# a name of its own: reads of estates as the public sees them go on finding the owner's table.
ESTATE_NAMES = """
CREATE VIEW atlas_public.estate_name AS
SELECT e.code, e.name, ST_PointOnSurface(e.geom) AS geom, e.admin_code, e.validity,
       e.is_synthetic
FROM atlas.estate e
WHERE e.is_published AND e.geom IS NOT NULL
""".strip()


def public_columns(table: Table) -> list[str]:
    """The columns of a table that the public may read."""
    return [column.name for column in table.columns if not column.info.get("private")]


def view_statements() -> list[str]:
    """The DDL of every public view, in the order of the declaration above."""
    made = []
    for name, rows in PUBLIC_ROWS.items():
        columns = ", ".join(
            {**PUBLIC_VALUES, **SHOWN_OF.get(name, {})}.get(column, f"t.{column}")
            for column in public_columns(Base.metadata.tables[name])
        )
        body = f"SELECT {columns}\nFROM atlas.{name} t\nWHERE {rows}"
        made.append(f"CREATE VIEW atlas_public.{name} AS\n{body}")
    return [*made, SOURCE_REGISTER, ESTATE_NAMES]
