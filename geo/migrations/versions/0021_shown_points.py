"""The public sees where shelters and children's homes are to about a kilometre, and no address.

The function is written so that PostgreSQL puts its body in its place: the view stays a plain one,
and a search by place finds the indexes on the same expression.
"""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None

SENSITIVE = "ARRAY['minor_station', 'child_home', 'rescue_station']"
VALUES = {
    "geom": "atlas.shown_point(t.kinds, t.geom) AS geom",
    "address": f"CASE WHEN t.kinds && {SENSITIVE} THEN NULL ELSE t.address END AS address",
    "position_quality": (
        f"CASE WHEN t.kinds && {SENSITIVE} THEN 'approximate' ELSE t.position_quality END"
        " AS position_quality"
    ),
    "position_note": (
        f"CASE WHEN t.kinds && {SENSITIVE} THEN '位置已概略到约 1 千米 · shown to about 1 km'"
        " ELSE t.position_note END AS position_note"
    ),
    "validity": "coalesce(t.public_validity, t.validity) AS validity",
}
COLUMNS = (
    "id", "code", "name", "kinds", "state", "address", "stated_unit", "admin_code", "geom",
    "position_quality", "position_note", "phone", "website", "hours", "services", "care_levels",
    "beds_total", "beds_nursing", "beds_free", "beds_on", "meals_per_day", "floor_area_m2",
    "ownership", "operation", "fire_state", "fire_checked_on", "has_lift", "has_ramp",
    "medical_link", "uscc", "filing_no", "filed_on", "hub_code", "operator_id", "checked_on",
    "validity", "validity_note", "source", "source_date", "is_synthetic", "method", "seed",
    "is_published", "row_version",
)  # fmt: skip


def upgrade() -> None:
    """Make the function, its indexes, and the view anew."""
    op.execute(f"""
CREATE FUNCTION shown_point(kinds text[], geom geometry) RETURNS geometry
    IMMUTABLE PARALLEL SAFE LANGUAGE sql
    RETURN CASE WHEN kinds && {SENSITIVE} THEN public.ST_SnapToGrid(geom, 0.01) ELSE geom END""")
    op.execute("""
CREATE INDEX ix_facility_shown ON facility USING gist (shown_point(kinds, geom))""")
    op.execute("""
CREATE INDEX ix_facility_shown_geog ON facility
    USING gist ((shown_point(kinds, geom)::geography))""")
    shown = ", ".join(VALUES.get(column, f"t.{column}") for column in COLUMNS)
    op.execute("DROP VIEW atlas_public.facility")
    op.execute(f"""
CREATE VIEW atlas_public.facility AS
SELECT {shown}
FROM atlas.facility t
WHERE t.is_published""")
    op.execute("""
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'atlas_public') THEN
        GRANT SELECT ON atlas_public.facility TO atlas_public;
    END IF;
END $$""")
