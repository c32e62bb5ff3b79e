"""How far is it on foot from one place to some facilities, along ways that stay in memory?

The ways around a square of about a kilometre are read once, wide enough for the longest walk from
anywhere in the square, and kept until the roads are written to. A question then costs one search
from its start. No walk is shorter than the straight line: whoever is reached within some metres on
foot stands within those metres in a straight line.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from math import floor
from threading import Lock

import numpy as np
from sqlalchemy import text

from geo.access.radius.distance import Floats
from geo.access.walking.pace import metres_in
from geo.access.walking.walks import Walks
from geo.access.walking.ways import Ways, sources_of, ways_within, wider
from geo.errors import Ambiguous, Unavailable
from geo.queries.admin import Reader
from geo.settings import WalkSettings, read

SQUARE_DEG = 0.01
KEPT = 12
LONGEST_MIN = 60.0
FRESH_S = 5.0
"""The roads' stamp is looked up at most this often."""

_STAMP = text(
    "SELECT coalesce(sum(stamp), 0)::bigint FROM data_stamp WHERE table_name = 'road_edge'"
)

Source = tuple[str | None, date | None, bool, int]
Opened = Callable[[], AbstractContextManager[Reader]]


@dataclass(frozen=True, slots=True, eq=False)
class OnFoot:
    """Walks from a start: metres to each place, inf beyond `limit_m`, NaN beside every way.

    network: its name. sources: of the ways (source, date, is_synthetic, rows).
    """

    network: str
    limit_m: float
    metres: Floats
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, eq=False)
class NotOnFoot:
    """Why nothing can be said of walks: no_ways, several networks, start_far or busy."""

    why: str


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """The ways around a square, or why there are none."""

    stamp: int
    ways: Ways | None
    sources: tuple[Source, ...]
    why: str


class WalkingGrounds:
    """The ways around the squares that were asked about last, for one database.

    look: opens the roads for a moment, to see whether they were written to; open_heavy: the same
    for reading many ways, and may raise Unavailable when too many do so at one time.
    """

    def __init__(self, look: Opened, open_heavy: Opened) -> None:
        self._look = look
        self._open_heavy = open_heavy
        self._held: OrderedDict[tuple[int, int, float], _Held] = OrderedDict()
        self._lock = Lock()
        self._reading = Lock()
        self._stamp = (0, float("-inf"))

    def walks(self, lon: float, lat: float, to: Floats) -> OnFoot | NotOnFoot:
        """The walks from a start to places, shape (n, 2), all in degrees, EPSG:4490.

        Places that lie beyond the longest walk in a straight line may be left out by the caller.
        """
        limit_m = metres_in(LONGEST_MIN)
        try:
            held = self._around(lon, lat, limit_m)
        except Unavailable:
            return NotOnFoot("busy")
        if held.ways is None:
            return NotOnFoot(held.why)
        snap_m = read(WalkSettings).snap_limit_m
        start = held.ways.places(np.array([lon]), np.array([lat]), snap_m, beyond=False)
        if start.is_far[0]:
            return NotOnFoot("start_far")
        places = held.ways.places(to[:, 0], to[:, 1], snap_m, beyond=False)
        walks = Walks.between(held.ways, places, start)
        metres = walks.to_nearest(np.array([0]), limit_m)
        metres[places.is_far] = np.nan
        return OnFoot(held.ways.name, limit_m, metres, held.sources)

    def _around(self, lon: float, lat: float, limit_m: float) -> _Held:
        key = (floor(lon / SQUARE_DEG), floor(lat / SQUARE_DEG), limit_m)
        stamp = self._current()
        held = self._held_at(key, stamp)
        if held is None:
            with self._reading:  # one reads; who waited finds what was read
                held = self._held_at(key, stamp) or self._read(key, stamp)
            with self._lock:
                self._held[key] = held
                self._held.move_to_end(key)
                while len(self._held) > KEPT:
                    self._held.popitem(last=False)
        return held

    def _held_at(self, key: tuple[int, int, float], stamp: int) -> _Held | None:
        with self._lock:
            held = self._held.get(key)
            if held is None or held.stamp != stamp:
                return None
            self._held.move_to_end(key)
            return held

    def _current(self) -> int:
        """The stamp of the roads."""
        stamp, seen = self._stamp
        if time.monotonic() - seen > FRESH_S:
            with self._look() as session:
                stamp = int(session.execute(_STAMP).scalar_one())
            self._stamp = (stamp, time.monotonic())
        return stamp

    def _read(self, key: tuple[int, int, float], stamp: int) -> _Held:
        """The ways that a walk from anywhere in the square can use."""
        if stamp == 0:  # nothing was ever written
            return _Held(stamp, None, (), "no_ways")
        west, south = key[0] * SQUARE_DEG, key[1] * SQUARE_DEG
        square = (west, south, west + SQUARE_DEG, south + SQUARE_DEG)
        box = wider(square, key[2] + read(WalkSettings).snap_limit_m)
        with self._open_heavy() as session:
            try:
                edges = ways_within(session, box)
            except Ambiguous:
                return _Held(stamp, None, (), "several")
            if edges is None:
                return _Held(stamp, None, (), "no_ways")
            rows = sources_of(session, edges.network, box)
        sources = tuple((r.source, r.source_date, r.is_synthetic, r.rows) for r in rows)
        return _Held(stamp, Ways.of(edges), sources, "")
