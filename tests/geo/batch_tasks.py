"""What do workers do in tests of workers? A module of its own, so that they import it quickly."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from geo.errors import BadInput


def slowly(number: int, folder: Path) -> int:
    """Half a second of work; a file tells which process began which piece."""
    (folder / f"{number}-{os.getpid()}").touch()
    time.sleep(0.5)
    return number


def refuse(number: int) -> int:
    """Bad input, each time."""
    raise BadInput(f"no piece {number}")


def die(number: int) -> int:
    """End the worker as the system does when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)
    return number
