"""What the public goes on seeing of an ended version, as a column; no view computes it any more."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "admin_unit", "boundary_line", "boundary_marker", "construction_project", "estate", "facility",
    "planning_zone", "standard_rule",
)  # fmt: skip


def upgrade() -> None:
    """Add the column, fill it as the view of facilities computed it, replace the public views."""
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN public_validity daterange")
    op.execute("""
UPDATE facility t
SET public_validity = daterange(lower(t.validity), (
    SELECT min(lower(n.validity)) FROM facility n
    WHERE n.code = t.code AND n.is_published AND lower(n.validity) >= upper(t.validity)))
WHERE t.is_published AND NOT upper_inf(t.validity) AND EXISTS (
    SELECT FROM facility n WHERE n.code = t.code AND NOT n.is_published
    AND lower(n.validity) = upper(t.validity))""")
    sql = Path(__file__).with_name("0004_public_versions.sql").read_text(encoding="utf-8")
    cursor = op.get_bind().connection.cursor()
    cursor.execute(sql)
    cursor.close()
