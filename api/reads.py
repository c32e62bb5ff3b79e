"""How do requests reach the database, as whom, and how many heavy ones at a time?

Three doors lead there. `public` is the read-only role that sees published rows and public columns
only, on AUTOCOMMIT connections, of a replica where there are any. `staff` is a read-only
transaction of the owner: for tokens, and for counts over cells of people, which the public may see
as sums but not as cells. `writing` is a session of the owner, for those who deliver.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from api.auditing import note_write
from api.job_board import Board
from api.turns import Turns
from geo.db import Database, make_engine, read_engine
from geo.db.replicas import Readers
from geo.errors import both
from geo.settings import DatabaseSettings, read

STATEMENT_TIMEOUT_S = 30
COUNTING_AT_ONCE = 4
COUNTING_WAITING = 4
COUNTING_PATIENCE_S = 3.0
_BUSY = both(
    "正在计算的请求过多，请稍后再试。", "too many counts are running; try again in a few seconds"
)


@dataclass(frozen=True)
class Doors:
    """The ways to the database that requests take."""

    readers: Readers
    owner_engine: Engine
    turns: Turns = field(default_factory=lambda: Turns(COUNTING_AT_ONCE, waiting=COUNTING_WAITING))

    @classmethod
    def of(cls, database: Database) -> Doors:
        """Make both engines; nothing connects before the first request."""
        settings = read(DatabaseSettings)
        readers = Readers(
            read_engine(database),
            [read_engine(database, url=url) for url in settings.replica_urls],
            most_lag_s=settings.read_lag_s,
        )
        return cls(readers, make_engine(database.owner_url, role="owner"))

    @contextmanager
    def public(self) -> Iterator[Connection]:
        """A connection for one request that sees what the public may see."""
        with self.readers.connect() as connection:
            yield connection

    @contextmanager
    def staff(self) -> Iterator[Connection]:
        """A read-only transaction of the owner with the same statement timeout."""
        with self.owner_engine.connect() as connection:
            connection.execute(text("SET TRANSACTION READ ONLY"))
            connection.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT_S}s'"))
            yield connection

    @contextmanager
    def counting(self) -> Iterator[Connection]:
        """The same for counts that may take seconds; only some at one time, so that a few heavy
        questions leave threads and connections for the light ones.

        Raises Unavailable when no turn comes within COUNTING_PATIENCE_S, or too many wait.
        """
        with self.turns.held(_BUSY, patience_s=COUNTING_PATIENCE_S), self.staff() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session of the owner that commits at the end, or not at all when something is raised.

        What was written goes on record in the same transaction. It has no statement timeout: a
        large delivery takes its time.
        """
        with Session(self.owner_engine, expire_on_commit=False) as session:
            yield session
            note_write(session)
            session.commit()

    def board(self) -> Board:
        """The table by which the processes of the service know of each other's loadings."""
        return Board(self.owner_engine)

    def ping(self) -> None:
        """Ask the database for an answer as the public; raises when it gives none."""
        with self.public() as connection:
            connection.execute(text("SELECT 1"))

    def in_use(self) -> dict[str, int]:
        """How many connections of each door are in use now, for the metrics."""
        engines = {"public": self.readers.primary, "owner": self.owner_engine}
        engines |= {f"replica {n}": engine for n, engine in enumerate(self.readers.replicas, 1)}
        return {
            door: engine.pool.checkedout()  # type: ignore[attr-defined]
            for door, engine in engines.items()
        }

    def close(self) -> None:
        """Close every connection."""
        self.readers.close()
        self.owner_engine.dispose()
