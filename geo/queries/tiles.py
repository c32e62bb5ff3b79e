"""What does a map tile hold? Mapbox Vector Tiles from PostGIS, kept while no row of them changes.

A tile holds every feature that touches it. Where there are more than `most`, one of each cell of a
fine grid is drawn, and the tile says how many of how many it shows.
"""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from sqlalchemy.engine import Row

from geo.queries.admin import Reader
from geo.queries.collections import Collection
from geo.queries.matrices import Box, MatrixSet
from geo.queries.moments import When
from geo.queries.tile_log import Seen, last_seen, untouched_since
from geo.queries.tile_sql import EXTENT, MARGIN, thinned_tile, whole_tile

MOST = 50_000
TOLERANCE = 2.0
"""How far a simplified outline may leave the true one, in cells of the tile's grid of 4096: an
eighth of a pixel where a tile is drawn 256 pixels wide."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which tile, on which days, seen by whom.

    audience: names all that decides what is seen, for the cache; conditions, binds: SQL on the
    collection's source that narrows it down to what the audience may see.
    """

    collection: Collection
    matrix_set: MatrixSet
    z: int
    row: int
    col: int
    when: When
    audience: str = "public"
    conditions: tuple[str, ...] = ()
    binds: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)

    @property
    def key(self) -> tuple[Any, ...]:
        """What the cache knows the tile by."""
        where = (self.matrix_set.id, self.z, self.row, self.col)
        return (self.collection.id, *where, self.when, self.audience)


@dataclass(frozen=True, slots=True)
class Tile:
    """A rendered tile: MVT bytes (empty: nothing there), a hash of them, how much is shown.

    etag: strong, of the bytes. shown, matched: features in it, and features that touch it.
    """

    body: bytes
    etag: str
    shown: int
    matched: int
    seen: Seen

    @property
    def is_thinned(self) -> bool:
        """Whether something that touches the tile is not drawn in it."""
        return self.shown < self.matched


class TileCache:
    """Tiles by what they were asked by, the least used thrown away beyond so many bytes.

    Used by many threads of one process. A tile in it may be out of date: `tile` asks the log.
    """

    def __init__(self, most_bytes: int = 64_000_000) -> None:
        self.most_bytes = most_bytes
        self._tiles: OrderedDict[tuple[Any, ...], Tile] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: tuple[Any, ...]) -> Tile | None:
        """The tile of that key, if it is kept."""
        with self._lock:
            if (found := self._tiles.get(key)) is not None:
                self._tiles.move_to_end(key)
            return found

    def put(self, key: tuple[Any, ...], tile: Tile) -> None:
        """Keep a tile; one that alone is larger than the cache is not kept."""
        size = _weight(tile)
        with self._lock:
            if (old := self._tiles.pop(key, None)) is not None:
                self._bytes -= _weight(old)
            if size > self.most_bytes:
                return
            self._tiles[key] = tile
            self._bytes += size
            while self._bytes > self.most_bytes:
                self._bytes -= _weight(self._tiles.popitem(last=False)[1])

    def __len__(self) -> int:
        return len(self._tiles)


def _weight(tile: Tile) -> int:
    """Bytes that a tile takes, its key and its place in the cache included."""
    return len(tile.body) + 600


def tile(connection: Reader, asked: Asked, cache: TileCache, *, most: int = MOST) -> Tile:
    """The tile as of now, from the cache if no commit touched it since it was rendered.

    most: features that are drawn without thinning. Raises NotFound for a tile outside the set.
    """
    box = asked.matrix_set.bounds(asked.z, asked.row, asked.col)
    near = asked.matrix_set.degrees(box.grown(MARGIN))
    kept = cache.get(asked.key)
    if kept is None:
        now = last_seen(connection)
    else:
        still, now = untouched_since(connection, kept.seen, asked.collection.tables, near)
        if still:
            if now != kept.seen:
                cache.put(asked.key, replace(kept, seen=now))
            return kept
    # `now` was read before the rows: what commits in between is drawn, and drawn again later.
    made = _rendered(connection, asked, box, near, now, most)
    cache.put(asked.key, made)
    return made


def _rendered(connection: Reader, asked: Asked, box: Box, near: Box, now: Seen, most: int) -> Tile:
    scale = near.north - near.south
    time, days = asked.when.condition(asked.collection.time)
    conditions = (*((f"({time})",) if time else ()), *asked.conditions)
    values = {
        **asked.binds, **days, "most": most,
        "west": near.west, "south": near.south, "east": near.east, "north": near.north,
        "left": box.west, "bottom": box.south, "right": box.east, "top": box.north,
        # The smaller of the two directions: on a Mercator tile a degree of latitude is longer.
        "tolerance": min(scale, near.east - near.west) / (1 + 2 * MARGIN) / EXTENT * TOLERANCE,
        "unit": (box.east - box.west) / EXTENT,
    }  # fmt: skip
    if asked.collection.geometry == "Point":
        del values["tolerance"], values["unit"]
    which = (asked.collection.id, asked.matrix_set.id, conditions)
    row: Row[Any] = connection.execute(whole_tile(*which), values).one()
    if row.matched > most or row.shown < row.matched:
        del values["most"]
        # So fine a grid that nothing shares a cell, where only shapes without a place are missing.
        values["side"] = max(1, math.isqrt(most)) if row.matched > most else 10**9
        row = connection.execute(thinned_tile(*which), values).one()
    body = bytes(row.body) if row.shown else b""
    digest = hashlib.sha256(body).hexdigest()[:32]
    return Tile(body, f'"{digest}"', int(row.shown), int(row.matched or 0), now)
