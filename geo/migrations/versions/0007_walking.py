"""How a stored run measured: by line or on foot, on which network, and whom it left out."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Runs before this one all measured straight lines; the key of a question grows by three."""
    op.execute("""
ALTER TABLE coverage_run
    ADD COLUMN measure TEXT DEFAULT 'line' NOT NULL,
    ADD COLUMN network TEXT DEFAULT '' NOT NULL,
    ADD COLUMN fallback TEXT DEFAULT 'none' NOT NULL""")
    op.execute("DROP INDEX uq_coverage_run_question")
    op.execute("""
CREATE UNIQUE INDEX uq_coverage_run_question ON coverage_run
    (city_code, areas, kind, radius_m, on_date, basis, base_year, projection, across_border,
     published_only, measure, network, fallback)""")
    op.execute("""
ALTER TABLE coverage_row
    ADD COLUMN measured_by TEXT DEFAULT 'line' NOT NULL,
    ADD COLUMN too_far_60 DOUBLE PRECISION,
    ADD COLUMN island_60 DOUBLE PRECISION""")
