"""Which hub serves whom: 1+N groups of an area centre with the homes and stations around it?

A spoke belongs to the hub that its record names (`hub_code`), else to the nearest one; both are
told, so that a record that sends people past a nearer hub shows. An area is served by the hub that
is nearest to most of its elders. Travel times follow from a stated rule unless a network is given.
"""

from __future__ import annotations

from geo.access.groups.formed import HUB, SPOKES, groups
from geo.access.groups.told import Group, Groups, ServedArea, Spoke
from geo.access.groups.travel import (
    DETOUR,
    SPEED_KMH,
    TRAVELS,
    MinutesOf,
    road_minutes,
    straight_minutes,
)

__all__ = [
    "DETOUR",
    "HUB",
    "SPEED_KMH",
    "SPOKES",
    "TRAVELS",
    "Group",
    "Groups",
    "MinutesOf",
    "ServedArea",
    "Spoke",
    "groups",
    "road_minutes",
    "straight_minutes",
]
