"""Which entry of an ascending list is the first that works, when each try costs time?"""

from __future__ import annotations


class Halving:
    """Halve a list between what fails and what works, around tries that ran out of time.

    `low` is the first position not proven to fail, `high` the best known to work (none yet: the
    first probe is the last position, for what fails there fails everywhere).
    """

    def __init__(self, count: int) -> None:
        self.low, self.high, self.count = 0, count, count
        self._open: tuple[int, int] | None = None  # from the first to the last undecided position

    @property
    def done(self) -> bool:
        """Is `high` proven to be the first that works?"""
        return self.low >= self.high

    def probe(self) -> int | None:
        """The next position to try; None when nothing is left to decide."""
        if self.done:
            return None
        if self.high == self.count:
            return self.count - 1
        if self._open is None:
            return (self.low + self.high) // 2
        first, last = self._open
        if self.high - last > 1:
            return (last + self.high) // 2
        return (self.low + first) // 2 if first > self.low else None

    def works(self, position: int) -> None:
        """The position works, and so do all after it."""
        self.high = min(self.high, position)
        self._trim()

    def fails(self, position: int) -> None:
        """The position fails, and so do all before it."""
        self.low = max(self.low, position + 1)
        self._trim()

    def unknown(self, position: int) -> None:
        """The try at the position ran out of time."""
        first, last = self._open or (position, position)
        self._open = (min(first, position), max(last, position))

    def _trim(self) -> None:
        if self._open is None:
            return
        first, last = max(self._open[0], self.low), min(self._open[1], self.high - 1)
        self._open = (first, last) if first <= last else None
