"""A price may be known at one end only, a rating by its year only, and without its scheme.

「10元以下」 says nothing of the other end, 「2024年评」 nothing of the day: no number and no day
are made up for them.
"""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the ends be unknown, add the year of a rating, and make its view anew."""
    op.execute("""
ALTER TABLE facility_price ALTER low DROP NOT NULL, ALTER high DROP NOT NULL,
    DROP CONSTRAINT ck_facility_price_range,
    ADD CONSTRAINT ck_facility_price_range
        CHECK (coalesce(low, high, -1) >= 0 AND coalesce(low <= high, true))""")
    op.execute(r"""
ALTER TABLE facility_rating ALTER scheme DROP NOT NULL, ADD rated_in TEXT,
    ADD CONSTRAINT ck_facility_rating_rated_in
        CHECK (rated_in ~ '^[0-9]{4}(-(0[1-9]|1[0-2]))?$')""")
    op.execute("DROP VIEW atlas_public.facility_rating")
    op.execute("""
CREATE VIEW atlas_public.facility_rating AS
SELECT t.id, t.facility_id, t.scheme, t.level, t.rated_on, t.rated_in, t.valid_until, t.issuer,
       t.row_version
FROM atlas.facility_rating t
WHERE EXISTS (SELECT FROM atlas.facility f WHERE f.id = t.facility_id AND f.is_published)""")
    op.execute("""
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'atlas_public') THEN
        GRANT SELECT ON atlas_public.facility_rating TO atlas_public;
    END IF;
END $$""")
