"""The public goes on seeing the last published version of units, lines and zones, too."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replace three public views by the frozen SQL beside this file."""
    sql = Path(__file__).with_name("0004_public_versions.sql").read_text(encoding="utf-8")
    cursor = op.get_bind().connection.cursor()
    cursor.execute(sql)
    cursor.close()
