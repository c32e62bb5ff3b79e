"""How far does a city reach? Measured once, and again when an outline changed.

Its shapes cost more to look at than the rest of what a page reads of its city; the log of changes
says whether the extent still holds. What has no shape is not in the log and not kept here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from threading import Lock
from weakref import WeakKeyDictionary

from api.reads import Doors
from geo.queries.admin import Reader, Unit, bounds_of
from geo.queries.matrices import Box
from geo.queries.tile_log import Seen, last_seen, untouched_since

_MOST = 64
_EVERYWHERE = Box(-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True, slots=True)
class Extent:
    """West, south, east, north in degrees (None: no outline is known), and as of which commit."""

    bounds: tuple[float, float, float, float] | None
    read: Seen


_Kept = dict[tuple[Unit, date], tuple[Extent, Seen]]
_KEPT: WeakKeyDictionary[Doors, _Kept] = WeakKeyDictionary()
_LOCK = Lock()


def extent_of(doors: Doors, reader: Reader, of: Unit, on: date) -> Extent:
    """The extent of a division as `reader`, a connection of the public's door, sees it on a day.

    The same answer, with the same `read`, until a commit changes a division's outline.
    """
    with _LOCK:
        kept = _KEPT.setdefault(doors, {})
    if (known := kept.get((of, on))) is not None:
        extent, before = known
        still, now = untouched_since(reader, before, ("admin_unit",), _EVERYWHERE)
        if still:
            kept[of, on] = (extent, now)
            return extent
    now = last_seen(reader)  # before the shapes: what commits in between is measured again later
    extent = Extent(bounds_of(reader, of, on=on), now)
    if len(kept) >= _MOST:
        kept.clear()
    kept[of, on] = (extent, now)
    return extent
