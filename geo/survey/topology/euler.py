"""Does Euler's formula V − E + F = 1 + C hold for the net of borders?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.survey.topology.arcs import Arcs


@dataclass(frozen=True, slots=True)
class Euler:
    """Counts of a planar net. faces: what the arcs enclose, found by GEOS, and the outside."""

    nodes: int
    arcs: int
    faces: int
    components: int

    @property
    def holds(self) -> bool:
        """V − E + F = 1 + C. It fails where arcs cross without a node."""
        return self.nodes - self.arcs + self.faces == 1 + self.components


def euler(arcs: Arcs) -> Euler:
    """Count nodes, arcs, connected components, and faces by a way of their own (polygonizing)."""
    count = len(arcs.nodes)
    ties = coo_array((np.ones(len(arcs)), (arcs.start, arcs.end)), shape=(count, count))
    components = int(connected_components(ties, directed=False)[0]) if count else 0
    faces = len(shapely.get_parts(shapely.polygonize(arcs.lines)))
    return Euler(count, len(arcs), faces + 1, components)
