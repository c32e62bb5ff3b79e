"""What is a facility to a question, and what is known of its distances?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geo.access.radius.distance import Floats, Indices

ANYWHERE = -2
"""Stands for the home of a facility that need not be told."""


@dataclass(frozen=True, slots=True)
class Site:
    """An open facility that can count: where it is and which areas (by number) hold it."""

    id: int
    code: str
    name: str
    kinds: tuple[str, ...]
    lon: float
    lat: float
    homes: tuple[int, ...]
    source: str | None
    source_date: date | None
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """Distances of one kind: per row a cell, a home area and the smallest distance in metres.

    cell: index into `Ground.cell_…`; home: number of the area that holds the facility, −1 = none,
    ANYWHERE = not told; outsider: id of the facility where home is −1, else −1.
    """

    cell: Indices
    home: Indices
    outsider: Indices
    distance_m: Floats
