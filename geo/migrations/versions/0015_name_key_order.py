"""Keys of names in one index that gives each kind of key by rank; short beginnings as keys."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0017"
branch_labels = None
depends_on = None

_VIEW = """
CREATE VIEW atlas_public.name_key AS
SELECT t.key, t.kind, t.rank, t.name_id
FROM atlas.name_key t
WHERE EXISTS (SELECT FROM atlas.place_name n JOIN atlas.place p ON p.id = n.place_id
              WHERE n.id = t.name_id AND p.is_published)
"""


def upgrade() -> None:
    """Order the index by (key, kind, rank) in bytes; add the keys of beginnings."""
    op.execute("DROP VIEW atlas_public.name_key")
    op.execute("ALTER TABLE name_key DROP CONSTRAINT pk_name_key")
    op.execute("DROP INDEX ix_name_key_key_rank")
    op.execute('ALTER TABLE name_key ALTER COLUMN key TYPE text COLLATE "C"')
    # The marked first character stood among the pairs; beginnings are a kind of their own now.
    op.execute("DELETE FROM name_key WHERE kind = 'bigram' AND key LIKE '~^%'")
    for kind, most, form in (("exact", 2, "[^ -~]"), ("pinyin", 4, "[a-z]")):
        op.execute(f"""
INSERT INTO name_key (key, kind, name_id, rank)
SELECT '^' || left(k.key, cut), 'begin', k.name_id, min(k.rank)
FROM name_key k, generate_series(1, {most}) cut
WHERE k.kind = '{kind}' AND length(k.key) >= cut AND k.key ~ '^{form}'
GROUP BY 1, 3""")
    op.execute(
        "ALTER TABLE name_key ADD CONSTRAINT pk_name_key PRIMARY KEY (key, kind, rank, name_id)"
    )
    op.execute(_VIEW)
    op.execute("""
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'atlas_public') THEN
        GRANT SELECT ON atlas_public.name_key TO atlas_public;
    END IF;
END $$""")
