"""How does long work tell whoever waits how far it is, without knowing who that is?"""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """A callable that is told, now and then, how much of the present step is done."""

    def __call__(self, done: int, total: int | None, text: str) -> None:
        """Report `done` of `total` (None: not known yet) with a few words on what is going on."""


def silent(done: int, total: int | None, text: str) -> None:
    """Answer nobody: the progress of work that runs unwatched."""
