"""What do workers do in tests of workers? A module of its own, so that they import it quickly."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import BadInput

if TYPE_CHECKING:
    from geo.batch.foot import WalkedPiece
    from geo.batch.piece import Tally


def slowly(number: int, folder: Path) -> int:
    """Go on once a worker was killed; a file tells which process began which piece."""
    (folder / f"{number}-{os.getpid()}").touch()
    while not (folder / "killed").exists():
        time.sleep(0.01)
    return number


def refuse(number: int) -> int:
    """Bad input, each time."""
    raise BadInput(f"no piece {number}")


def die(number: int) -> int:
    """End the worker as the system does when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def walk_but_die_once(
    folder: Path, piece: WalkedPiece, number: int, radius_m: float, areas: tuple[str, ...]
) -> tuple[int, Tally]:
    """Walk a piece; the first worker that is asked to dies in the middle of it."""
    from geo.batch.foot import do_walk  # heavy: other tasks start without it

    done = do_walk(piece, number, radius_m, areas, None)
    try:
        (folder / "died").touch(exist_ok=False)
    except FileExistsError:
        return done
    return die(number), done[1]
