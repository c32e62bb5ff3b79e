"""What does one of several processes that serve together do? `atlas serve --workers`."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing import parent_process

from fastapi import FastAPI

from api.app import create_app
from api.logs import set_up_logs_as_set
from api.witness import forget_the_dead
from geo.access.warming import warm_up_beside


def worker_app() -> FastAPI:
    """Make the service of this process; it opens the database of the settings itself."""
    set_up_logs_as_set()
    forget_the_dead()
    threading.Thread(target=_end_with_the_watcher, daemon=True).start()
    warm_up_beside()
    return create_app()


def _end_with_the_watcher() -> None:
    """End in order when the process that watches over this one was killed, also before we began."""
    if (watcher := parent_process()) is not None:
        watcher.join()
        os.kill(os.getpid(), signal.SIGTERM)
