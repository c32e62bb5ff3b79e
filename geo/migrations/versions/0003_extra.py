"""Columns for what a delivery says beyond the fields of its kind."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("admin_unit", "planning_zone", "estate", "construction_project", "demand_cell")


def upgrade() -> None:
    """Add `extra` where facilities, lines, markers and places have it already."""
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN extra JSONB")
