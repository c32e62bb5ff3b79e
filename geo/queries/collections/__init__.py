"""Which collections of features are served, and what is there to know of each? Declared here.

A collection that is not named here is not served, whatever tables there are. Each says from which
rows it is read (the public's views and the staff's tables carry the same names, so one text serves
both), which columns leave as properties, and which may be filtered and sorted by.
"""

from __future__ import annotations

from geo.errors import NotFound, both
from geo.queries.collections.declared import Collection, Days, Property, Years
from geo.queries.collections.divisions import LINES, UNITS, ZONES
from geo.queries.collections.facilities import FACILITIES
from geo.queries.collections.names import HERITAGE_NAMES, PLACE_NAMES

__all__ = [
    "COLLECTIONS", "FACILITIES", "HERITAGE_NAMES", "LINES", "PLACE_NAMES", "UNITS", "ZONES",
    "Collection", "Days", "Property", "Years", "collection",
]  # fmt: skip

COLLECTIONS = {
    one.id: one for one in (UNITS, LINES, FACILITIES, ZONES, PLACE_NAMES, HERITAGE_NAMES)
}
"""Every collection that is served, by id."""


def collection(id: str) -> Collection:
    """The collection of that id. Raises NotFound for any other."""
    if id not in COLLECTIONS:
        known = "、".join(COLLECTIONS)
        raise NotFound(
            both(f"没有集合「{id[:60]}」；可用：{known}。", f"no collection {id[:60]!r}")
        )
    return COLLECTIONS[id]
