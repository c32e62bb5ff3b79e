"""An entry about a listed name that was a mistake is taken back; both stay on record.

The entry itself is not touched, so that its delivery can still be undone: its withdrawal goes with
it then, and only then.
"""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_KINDS = "t.kind IN ('protection', 'sign', 'survey')"
_PUBLISHED = "EXISTS (SELECT FROM atlas.place p WHERE p.code = t.place_code AND p.is_published)"
_STANDING = "NOT EXISTS (SELECT FROM atlas.heritage_withdrawal w WHERE w.record_id = t.id)"


def upgrade() -> None:
    """Make the table and what keeps it, and leave what is withdrawn out of the public's view."""
    op.execute("""
CREATE TABLE heritage_withdrawal (
    record_id BIGINT NOT NULL,
    on_date DATE NOT NULL,
    role TEXT NOT NULL,
    reasons TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_heritage_withdrawal PRIMARY KEY (record_id),
    CONSTRAINT fk_heritage_withdrawal_record_id FOREIGN KEY(record_id)
        REFERENCES heritage_record (id) ON DELETE CASCADE
)""")
    op.execute("""
CREATE FUNCTION stands_with_its_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM atlas.heritage_record r WHERE r.id = OLD.record_id) THEN
        RAISE EXCEPTION 'the history of a listed name is added to, never changed or taken away';
    END IF;
    RETURN OLD;
END $$""")
    op.execute("""
CREATE TRIGGER keep_history BEFORE UPDATE OR TRUNCATE ON heritage_withdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION keep_heritage_history()""")
    op.execute("""
CREATE TRIGGER stand_with_record BEFORE DELETE ON heritage_withdrawal
    FOR EACH ROW EXECUTE FUNCTION stands_with_its_record()""")
    _make_view(f"{_KINDS} AND {_PUBLISHED} AND {_STANDING}")
    op.execute("""
CREATE VIEW atlas_public.heritage_withdrawal AS
SELECT t.record_id, t.on_date
FROM atlas.heritage_withdrawal t
WHERE false""")
    op.execute("""
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'atlas_public') THEN
        GRANT SELECT ON atlas_public.heritage_withdrawal TO atlas_public;
    END IF;
END $$""")


def downgrade() -> None:
    """Drop it again: what was withdrawn counts as before."""
    op.execute("DROP VIEW atlas_public.heritage_withdrawal")
    _make_view(f"{_KINDS} AND {_PUBLISHED}")
    op.execute("DROP TABLE heritage_withdrawal")
    op.execute("DROP FUNCTION stands_with_its_record()")


def _make_view(rows: str) -> None:
    """The public's records, in place: its columns and who may read it stay as they are."""
    op.execute(f"""
CREATE OR REPLACE VIEW atlas_public.heritage_record AS
SELECT t.id, t.place_code, t.kind, t.value, t.on_date, t.due_on, t.source, t.is_synthetic,
    t.row_version
FROM atlas.heritage_record t
WHERE {rows}""")
