"""Loadings asked for over HTTP are told of by every process of the service."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; not logged: what a crash empties had lost its process too."""
    op.execute("""
CREATE UNLOGGED TABLE upload_job (
    id TEXT NOT NULL,
    token_id BIGINT NOT NULL,
    told JSONB NOT NULL,
    is_over BOOLEAN NOT NULL,
    beat_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    CONSTRAINT pk_upload_job PRIMARY KEY (id)
)""")
