"""The first schema: units, lines, names, facilities, demand, plans, results, deliveries, tokens."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the frozen SQL beside this file; a raw cursor, because it holds many statements."""
    sql = Path(__file__).with_name("0001_first.sql").read_text(encoding="utf-8")
    cursor = op.get_bind().connection.cursor()
    cursor.execute(sql)
    cursor.close()
