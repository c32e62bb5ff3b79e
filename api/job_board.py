"""How does each process of the service know of the loadings that the others run? By a table."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger("atlas.api")

BEAT_S = 1.0
SILENT_S = 6.0
"""A loading of which nothing was heard for so long ended with its process."""

_TELL = text(
    "INSERT INTO upload_job (id, token_id, told, is_over)"
    " VALUES (:id, :owner, CAST(:told AS jsonb), :is_over)"
    " ON CONFLICT (id) DO UPDATE SET told = excluded.told, is_over = excluded.is_over,"
    " beat_at = now()"
)
_READ = text(
    "SELECT CAST(told AS text) FROM upload_job WHERE id = :id AND token_id = :owner"
    " AND (is_over OR beat_at > now() - make_interval(secs => :silent))"
)
_SWEEP = text("DELETE FROM upload_job WHERE beat_at < now() - interval '1 day'")


@dataclass(frozen=True)
class Board:
    """The table `upload_job` through a pool of connections; nothing here fails a loading."""

    engine: Engine

    def tell(self, job_id: str, owner: int, told: bytes, *, is_over: bool) -> None:
        """Write down how a loading stands; where the database is away only the log hears of it."""
        values = {"id": job_id, "owner": owner, "told": told.decode(), "is_over": is_over}
        try:
            with self.engine.begin() as connection:
                connection.execute(_TELL, values)
                if is_over:
                    connection.execute(_SWEEP)
        except SQLAlchemyError as problem:
            log.warning("a loading could not be told of: %s", type(problem).__name__)

    def read(self, job_id: str, owner: int) -> bytes | None:
        """Answer what was told last of that token's loading; None where its process is gone."""
        values = {"id": job_id, "owner": owner, "silent": SILENT_S}
        with self.engine.connect() as connection:
            told = connection.execute(_READ, values).scalar()
        return None if told is None else str(told).encode()
