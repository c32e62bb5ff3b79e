"""Alembic's environment: one online connection, the schema `atlas`, one transaction."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import create_engine, pool, text

from geo.models import Base

OWN_SCHEMA = "atlas"


def include_object(thing: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
    """Compare only tables of ours: PostGIS keeps its own beside them."""
    return not (kind == "table" and reflected and name not in Base.metadata.tables)


def run() -> None:
    """Run the migrations on the URL that the caller put into the configuration."""
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {OWN_SCHEMA}"))
        connection.execute(text(f"SET search_path = {OWN_SCHEMA}, public"))
        # The schema may be new in this transaction; Alembic's own table must land in it.
        connection.commit()
        connection.execute(text(f"SET search_path = {OWN_SCHEMA}, public"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=include_object,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
