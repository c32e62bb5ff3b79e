"""The journal of deliveries: what each one began, ended, corrected and confirmed."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table `delivery_change`; deliveries that came before it have no journal."""
    op.execute("""
CREATE TABLE delivery_change (
    delivery_id BIGINT NOT NULL,
    table_name TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    action TEXT NOT NULL,
    former JSONB,
    version_after BIGINT NOT NULL,
    CONSTRAINT pk_delivery_change PRIMARY KEY (delivery_id, table_name, row_id),
    CONSTRAINT ck_delivery_change_action
        CHECK (action IN ('began', 'ended', 'corrected', 'confirmed'))
)""")
