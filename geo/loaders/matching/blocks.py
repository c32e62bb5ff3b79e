"""Which pairs of rows are worth comparing, out of all, at a cost that grows with the rows?

Rows meet in blocks: those of one name, one credit code, one phone, one address, or one square of
ground. In a block each row meets only its next few in order, so that a number shared by thousands
of rows (a hotline) costs as many comparisons as rows and not their square.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from geo.crs import Array
from geo.loaders.columns import Numbers

WINDOW = 6
"""Rows of a block that each one meets."""
_METRES_PER_DEGREE = 111_320.0
_FARTHEST_NORTH_DEG = 54.0
"""Longitudes are shortest there (in China): squares made wide enough for it are so everywhere."""


def combined(*codes: NDArray[np.int32]) -> Numbers:
    """One number per combination of codes; -1 where any of them is unknown (-1)."""
    key = np.zeros(len(codes[0]), dtype=np.int64)
    known = np.ones(len(codes[0]), dtype=bool)
    for part in codes:
        key = key * (int(part.max(initial=0)) + 2) + part
        known &= part >= 0
    return np.where(known, key, -1)


def squares(lon: Array, lat: Array, reach_m: float) -> Iterable[Numbers]:
    """Four grids, shifted by half a square: points within `reach_m` share a square in one of them.

    Coordinates are degrees. Squares are at least twice `reach_m` wide.
    """
    high = 2 * reach_m / _METRES_PER_DEGREE
    wide = high / np.cos(np.radians(_FARTHEST_NORTH_DEG))
    for east, north in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)):
        column = np.floor((lon + 180) / wide + east).astype(np.int64)
        row = np.floor((lat + 90) / high + north).astype(np.int64)
        yield row * 10_000_000 + column


def pairs_in_blocks(keys: Numbers, order: Array, *, window: int = WINDOW) -> NDArray[np.int64]:
    """Pairs (n × 2, the smaller place first) of rows with one key and near to each other in order.

    Rows with key -1 are in no block.
    """
    places = (keys >= 0).nonzero()[0]
    places = places[np.lexsort((order[places], keys[places]))]
    sorted_keys = keys[places]
    found = []
    for step in range(1, window + 1):
        same = (sorted_keys[:-step] == sorted_keys[step:]).nonzero()[0]
        if not len(same):
            break
        found.append(np.column_stack([places[same], places[same + step]]))
    if not found:
        return np.empty((0, 2), dtype=np.int64)
    return np.sort(np.concatenate(found), axis=1)


def distinct(pairs: list[NDArray[np.int64]], rows: int) -> NDArray[np.int64]:
    """The pairs of all blocks, each once."""
    whole = np.concatenate([np.empty((0, 2), dtype=np.int64), *pairs])
    keys = np.unique(whole[:, 0] * rows + whole[:, 1])
    return np.column_stack([keys // max(rows, 1), keys % max(rows, 1)])
