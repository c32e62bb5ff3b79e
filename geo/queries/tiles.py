"""What does a map tile hold? Mapbox Vector Tiles from PostGIS, kept while no row of them changes.

A tile holds every feature that touches it. Where there are more than `most`, one of each cell of a
fine grid is drawn, and the tile says how many of how many it shows.
"""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import Any

from sqlalchemy import Connection

from geo.db.plain import Rows, rows_of
from geo.queries.items import Question
from geo.queries.matrices import Box, MatrixSet
from geo.queries.tile_log import Seen, last_seen, untouched_since
from geo.queries.tile_sql import EXTENT, MARGIN, thinned_tile, whole_tile

MOST = 50_000
TOLERANCE = 2.0
"""How far a simplified outline may leave the true one, in cells of the tile's grid of 4096: an
eighth of a pixel where a tile is drawn 256 pixels wide."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which tile of the features that a question means; its area, order and CRS do not count.

    audience: "public" or "staff", as the connection sees.
    """

    question: Question
    matrix_set: MatrixSet
    z: int
    row: int
    col: int
    audience: str = "public"

    @property
    def key(self) -> tuple[Any, ...] | None:
        """What the cache knows the tile by; None where the log cannot tell when it changes.

        Which division a feature lies in hangs on the tree of divisions, not on a box.
        """
        one = self.question
        if one.division is not None or one.filter is not None or one.equal:
            return None
        where = (self.matrix_set.id, self.z, self.row, self.col)
        return (one.collection.id, *where, one.when, self.audience)


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


def tile(connection: Connection, asked: Asked, cache: TileCache, *, most: int = MOST) -> Tile:
    """The tile as of now, from the cache if no commit touched it since it was rendered.

    most: features that are drawn without thinning. Raises NotFound for a tile outside the set.
    """
    box = asked.matrix_set.bounds(asked.z, asked.row, asked.col)
    near = asked.matrix_set.degrees(box.grown(MARGIN))
    key = asked.key
    kept = None if key is None else cache.get(key)
    if key is None or kept is None:
        now = last_seen(connection)
    else:
        tables = asked.question.collection.tables
        still, now = untouched_since(connection, kept.seen, tables, near)
        if still:
            if now != kept.seen:
                kept = replace(kept, seen=now)
                cache.put(key, kept)
            return kept
    # `now` was read before the rows: what commits in between is drawn, and drawn again later.
    made = _rendered(connection, asked, box, near, now, most)
    if key is not None:
        cache.put(key, made)
    return made


def _rendered(
    connection: Connection, asked: Asked, box: Box, near: Box, now: Seen, most: int
) -> Tile:
    collection = asked.question.collection
    conditions, values = asked.question.conditions()
    side = min(near.north - near.south, near.east - near.west) / (1 + 2 * MARGIN)
    values |= {
        "west": near.west, "south": near.south, "east": near.east, "north": near.north,
        "left": box.west, "bottom": box.south, "right": box.east, "top": box.north,
    }  # fmt: skip
    if collection.geometry != "Point":
        values |= {"tolerance": side / EXTENT * TOLERANCE, "unit": (box.east - box.west) / EXTENT}
    which = (collection.id, asked.matrix_set.id, conditions)
    # Planned for each tile where that is quick: a kept plan takes any tile for a small part of all.
    # For the joins of the names planning takes longer than most of their tiles.
    prepare = False if len(collection.tables) == 1 else None
    ask = partial(rows_of, connection, binary=True, prepare=prepare)
    body, matched, shown = _read(ask(whole_tile(*which), {**values, "most": most}))
    if matched > most or shown < matched:
        # So fine a grid that nothing shares a cell, where only shapes without a place are missing.
        cells = max(1, math.isqrt(most)) if matched > most else 10**9
        body, matched, shown = _read(ask(thinned_tile(*which), {**values, "side": cells}))
    digest = hashlib.sha256(body).hexdigest()[:32]
    return Tile(body, f'"{digest}"', shown, matched, now)


def _read(row: Rows) -> tuple[bytes, int, int]:
    """Bytes (none where nothing is shown), and how many features touch the tile and are shown."""
    body, *numbers = (row.get_value(0, at) or b"" for at in range(3))
    matched, shown = (int.from_bytes(one, "big") for one in numbers)
    return (body if shown else b""), matched, shown
