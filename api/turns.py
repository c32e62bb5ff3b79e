"""Who may do heavy work now, and who waits? So many at one time, of one address fewer.

Whoever waits holds a thread of the service, so only some may wait: one caller who asks a hundred
heavy questions, or reads his files slowly on purpose, keeps nobody from the rest.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from geo.errors import Unavailable


class Turns:
    """The turns of one kind of work in this process.

    `at_once` have a turn at one time, `of_one` of them from one address; `waiting` may wait.
    """

    def __init__(self, at_once: int, *, of_one: int | None = None, waiting: int = 2) -> None:
        self.at_once = at_once
        self.of_one = at_once if of_one is None else of_one
        self.waiting = waiting
        self._held: Counter[str] = Counter()
        self._wait = 0
        self._changed = Condition()

    @contextmanager
    def held(self, told: str, *, patience_s: float, address: str = "") -> Iterator[None]:
        """Hold a turn. Raises Unavailable with what is `told` where none comes in time."""
        if not self._take(address, patience_s):
            raise Unavailable(told)
        try:
            yield
        finally:
            with self._changed:
                self._held[address] -= 1
                self._held += Counter()  # forget addresses that hold none
                self._changed.notify_all()

    def _is_free(self, address: str) -> bool:
        return self._held.total() < self.at_once and self._held[address] < self.of_one

    def _take(self, address: str, patience_s: float) -> bool:
        until = time.monotonic() + patience_s
        with self._changed:
            if not self._is_free(address):
                if self._wait >= self.waiting:
                    return False
                self._wait += 1
                try:
                    self._changed.wait_for(lambda: self._is_free(address), until - time.monotonic())
                finally:
                    self._wait -= 1
                if not self._is_free(address):
                    return False
            self._held[address] += 1
            return True
