"""Which server answers a public read: a replica that is up to date, else the primary?"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from itertools import count

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

log = logging.getLogger("atlas.database")

LOOK_S = 1.0

# A replica that has replayed all that it received is up to date while it still receives; without a
# receiver only the age of the last change tells, and an idle primary then looks like a lag.
LAG = text("""
SELECT CASE
    WHEN to_regclass('atlas_public.facility') IS NULL THEN NULL
    WHEN NOT pg_is_in_recovery() THEN 0
    WHEN EXISTS (SELECT FROM pg_stat_wal_receiver)
        AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
    ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
END""")


class Readers:
    """The engines of the public's reads: the primary's, and those of its replicas.

    A replica is asked in turn while it lags by at most `most_lag_s` seconds; a watch looks every
    second, from the first read on. Without one that is fit the primary answers, so a replica that
    stops costs at most the reads that were under way there.
    """

    def __init__(
        self, primary: Engine, replicas: Sequence[Engine] = (), *, most_lag_s: float = 10.0
    ) -> None:
        self.primary = primary
        self.replicas = tuple(replicas)
        self.most_lag_s = most_lag_s
        self._fit: tuple[Engine, ...] = ()
        self._turn = count()
        self._ending = threading.Event()
        self._watch: threading.Thread | None = None
        self._lock = threading.Lock()

    def connect(self) -> Connection:
        """Open a connection to whichever server has the turn."""
        if not self.replicas:
            return self.primary.connect()
        if self._watch is None:
            self._begin()
        fit = self._fit
        if fit:
            engine = fit[next(self._turn) % len(fit)]
            try:
                return engine.connect()
            except SQLAlchemyError as problem:
                self._set_aside(engine, type(problem).__name__)
        return self.primary.connect()

    def lags_s(self) -> list[float | None]:
        """How far each replica lags behind, in seconds; None where it cannot be used."""
        return [_lag(engine) for engine in self.replicas]

    def close(self) -> None:
        """End the watch and every connection."""
        self._ending.set()
        if self._watch is not None:
            self._watch.join(timeout=10)
        for engine in (self.primary, *self.replicas):
            engine.dispose()

    def _begin(self) -> None:
        with self._lock:
            if self._watch is None:
                self._look()
                self._watch = threading.Thread(
                    target=self._go_on_looking, name="replicas", daemon=True
                )
                self._watch.start()

    def _go_on_looking(self) -> None:
        while not self._ending.wait(LOOK_S):
            self._look()

    def _look(self) -> None:
        fit = tuple(
            engine
            for engine, lag in zip(self.replicas, self.lags_s(), strict=True)
            if lag is not None and lag <= self.most_lag_s
        )
        for number, engine in enumerate(self.replicas, 1):
            if (engine in fit) != (engine in self._fit):
                log.warning("replica %d %s", number, "reads" if engine in fit else "is set aside")
        self._fit = fit

    def _set_aside(self, engine: Engine, why: str) -> None:
        log.warning("a replica does not answer (%s)", why)
        self._fit = tuple(other for other in self._fit if other is not engine)


def _lag(engine: Engine) -> float | None:
    try:
        with engine.connect() as connection:
            lag = connection.execute(LAG).scalar()
    except DBAPIError:
        return None
    return None if lag is None else float(lag)
