"""Where to build? Exact plans on a cost matrix, each with a proven bound."""

from __future__ import annotations

from geo.access.siting.center import minimise_worst
from geo.access.siting.cover import cover_all, cover_most
from geo.access.siting.frame import Options
from geo.access.siting.median import minimise_distance
from geo.access.siting.phases import Phases, cover_most_in_phases
from geo.access.siting.plans import NextBest, next_best
from geo.access.siting.result import Siting

__all__ = [
    "NextBest",
    "Options",
    "Phases",
    "Siting",
    "cover_all",
    "cover_most",
    "cover_most_in_phases",
    "minimise_distance",
    "minimise_worst",
    "next_best",
]
