"""How well is each place served, counting distance, supply and the others who compete for it?"""

from __future__ import annotations

from geo.access.floating.catchment import METHODS, FloatingCatchment, floating_catchment
from geo.access.floating.equity import (
    Lorenz,
    beds_per_thousand,
    catchment_radius,
    gini,
    lorenz,
    mean_by_group,
)
from geo.access.floating.raam import RationalAgents, raam

__all__ = [
    "METHODS",
    "FloatingCatchment",
    "Lorenz",
    "RationalAgents",
    "beds_per_thousand",
    "catchment_radius",
    "floating_catchment",
    "gini",
    "lorenz",
    "mean_by_group",
    "raam",
]
