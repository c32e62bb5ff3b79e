"""How does a database reach today's schema? Alembic, from the first commit."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory


def alembic_config(url: str | None = None) -> Config:
    """Alembic's configuration, without a file; `url` is SQLAlchemy's (postgresql+psycopg://…)."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    if url is not None:
        config.attributes["url"] = url
    return config


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest schema; does nothing when it is there already.

    The owner's role must be able to create the schemas `atlas` and `atlas_public`; the extensions
    postgis and btree_gist exist already. One transaction: a failed migration leaves no trace.
    """
    command.upgrade(alembic_config(url), "head")


def newest_revision() -> str:
    """The revision that this version of the software expects."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None
    return head


def known_revisions() -> frozenset[str]:
    """Every revision that this version of the software can bring to the newest one."""
    script = ScriptDirectory.from_config(alembic_config())
    return frozenset(revision.revision for revision in script.walk_revisions())
