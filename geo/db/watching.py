"""Who starts the private PostGIS again when it was killed while a service uses it?"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.db.cluster import open_cluster, start
from geo.db.embedded import state
from geo.db.sharing import gate
from geo.errors import GeoError

log = logging.getLogger("atlas.database")

LOOK_S = 1.0


@contextmanager
def kept_running(home: Path, pg_bin: Path | None = None, *, durable: bool = True) -> Iterator[None]:
    """For the length of a `with` block, start the server of `home` again when it is gone.

    Looks every second whether its process lives, which costs one signal; whoever asked the database
    meanwhile got an error that passes. A start that fails (the old server's children still hold its
    memory) is tried again.
    """
    ending = threading.Event()
    watch = threading.Thread(
        target=_watch, args=(home, pg_bin, durable, ending), name="database watch", daemon=True
    )
    watch.start()
    try:
        yield
    finally:
        ending.set()
        watch.join(timeout=60)


def _watch(home: Path, pg_bin: Path | None, durable: bool, ending: threading.Event) -> None:
    pid = state(home).pid
    while not ending.wait(LOOK_S):
        if pid is not None and _lives(pid):
            continue
        try:
            with gate(home):
                if ending.is_set():
                    return
                pid = start(open_cluster(home, pg_bin, durable=durable)).pid
            log.warning("the database had gone and was started again (pid %d)", pid)
        except (GeoError, OSError) as problem:
            log.error("the database is gone and does not start: %s", problem)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
