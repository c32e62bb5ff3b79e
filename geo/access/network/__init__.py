"""How far is it on foot? A network of ways as arrays, its searches, snapping and costs."""

from __future__ import annotations

from geo.access.network.graph import Components, Nearest, Network, joined_at_zero
from geo.access.network.snapping import Snap, WayGrid, snap, straight_lines, way_grid

__all__ = [
    "Components",
    "Nearest",
    "Network",
    "Snap",
    "WayGrid",
    "joined_at_zero",
    "snap",
    "straight_lines",
    "way_grid",
]
