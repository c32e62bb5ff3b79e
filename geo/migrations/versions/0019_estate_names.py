"""Names and places of published estates, for people who say where they start from."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the view; what estates provide and owe stays with the office."""
    op.execute("""
CREATE VIEW atlas_public.estate_name AS
SELECT e.code, e.name, ST_PointOnSurface(e.geom) AS geom, e.admin_code, e.validity,
       e.is_synthetic
FROM atlas.estate e
WHERE e.is_published AND e.geom IS NOT NULL""")
    op.execute("""
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'atlas_public') THEN
        GRANT SELECT ON atlas_public.estate_name TO atlas_public;
    END IF;
END $$""")
