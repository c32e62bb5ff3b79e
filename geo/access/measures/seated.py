"""Whom do the beds or meals suffice for, when the nearest are served first?"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from geo.access.network.searches import compiled
from geo.access.radius.distance import Floats, Indices


def seated_nearest_first(cost: csr_array, people: Floats, room: Floats) -> Floats:
    """How many people of each cell find room, when pairs are served from the nearest on.

    cost: (cells, sites), absent = not within reach. Pairs of one distance go by cell, then site. A
    greedy rule, not an optimum: it says whom the nearest facilities with room would take.
    """
    pairs = cost.tocoo()
    order = np.lexsort((pairs.col, pairs.row, pairs.data))
    left = people.astype(np.float64).copy()
    _seat(
        pairs.row[order].astype(np.int64), pairs.col[order].astype(np.int64), left,
        room.astype(np.float64).copy(),
    )  # fmt: skip
    return people - left


@compiled
def _seat(cell: Indices, site: Indices, left: Floats, room: Floats) -> None:
    for at in range(cell.shape[0]):
        taken = min(left[cell[at]], room[site[at]])
        left[cell[at]] -= taken
        room[site[at]] -= taken
