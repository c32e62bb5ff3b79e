"""How well is each area served beyond "covered or not": twice, within capacity, fairly, by whom?

One read of the ground answers all: people served by one, two and three facilities; whom the beds or
meals suffice for (nearest first); supply per 1 000 elders; floating catchments; Gini; estimated
disabled people; and what facilities across the border add. Rules: docs/methods.md.
"""

from __future__ import annotations

from geo.access.measures.asked import measures
from geo.access.measures.counted import measure_ground
from geo.access.measures.published import publishable_measures
from geo.access.measures.seated import seated_nearest_first
from geo.access.measures.told import SUPPLIES, AreaMeasures, Measures

__all__ = [
    "SUPPLIES",
    "AreaMeasures",
    "Measures",
    "measure_ground",
    "measures",
    "publishable_measures",
    "seated_nearest_first",
]
