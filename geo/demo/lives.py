"""When did each synthetic facility open, pause or close, and when was it filed?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from geo.demo.figures import DAY
from geo.demo.siting import Site

Rng = np.random.Generator
_FILING_FROM = date(2019, 1, 2)
"""Since then no licence is given out; homes are filed (老年人权益保障法, art. 43)."""
_LICENCE_YEARS = 5


@dataclass(frozen=True)
class Life:
    """One version of a facility: its state from a day until another (None: lasting)."""

    state: str
    start: date
    end: date | None


def lives_of(site: Site, rng: Rng) -> list[Life]:
    """Its states over time; the first of a kind is open, so that one can be found."""
    opened = date(1998, 1, 1) + timedelta(days=int(rng.integers(0, 27 * 365)))
    turn = day_before(DAY, 500, rng)
    opened = min(opened, turn - timedelta(days=200))
    draw = 0.0 if site.is_first else rng.random()
    if draw < 0.91:
        return [Life("open", opened, None)]
    if draw < 0.94:
        return [Life("open", opened, turn), Life("paused", turn, None)]
    if draw < 0.96:
        return [Life("open", opened, turn), Life("closed", turn, None)]
    if draw < 0.98:
        return [Life("planned", turn, None)]
    begun = turn - timedelta(days=180)
    return [Life("planned", begun, turn), Life("under_construction", turn, None)]


def filed_on(lives: list[Life]) -> date | None:
    """When a home was filed (备案), None where it was not: the amended law on the rights of elders
    replaced the licence by filing. An older home kept its licence until its five years were over.
    """
    open_life = next((life for life in lives if life.state == "open"), None)
    if open_life is None:
        return None
    filed = open_life.start + timedelta(days=10)
    if open_life.start < _FILING_FROM:
        year = open_life.start.year
        while filed < _FILING_FROM:
            year += _LICENCE_YEARS
            filed = date(year, open_life.start.month, min(open_life.start.day, 28))
    return filed if filed < (open_life.end or DAY) else None


def day_before(day: date, days: int, rng: Rng) -> date:
    """A day among the `days` before another."""
    return day - timedelta(days=int(rng.integers(1, days)))
