"""Which figures stand in a report, what was asked for each, and is it still so?"""

from __future__ import annotations

from geo.access.figures.asked import Answer, Asked, Figure, Line, Origin, figure, shortest
from geo.access.figures.topics import TOPICS, answer

__all__ = [
    "TOPICS",
    "Answer",
    "Asked",
    "Figure",
    "Line",
    "Origin",
    "answer",
    "figure",
    "shortest",
]
