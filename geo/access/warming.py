"""How does a service have its compiled searches ready before the first question needs them?

Compiled code is kept on disk beside the sources (or where NUMBA_CACHE_DIR says); the first process
after an installation compiles it, in about 15 seconds, and later ones read it in less than one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Thread, main_thread

import numpy as np

from geo.access.isochrones import isochrones
from geo.access.network import Network, snap, straight_lines, way_grid
from geo.access.siting import cover_all, minimise_distance, minimise_worst


def searches() -> Iterator[Callable[[], object]]:
    """Yield each compiled search with something small to find: calling it compiles or reads it."""
    node_xy = np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0], [200.0, 100.0]])
    network = Network.from_edges(4, [0, 1, 2], [1, 2, 3], [100.0, 100.0, 100.0])
    grid = way_grid(network, straight_lines(network, node_xy))
    yield lambda: snap(network, grid, [[50.0, 10.0]])
    yield lambda: network.nearest([0, 3])
    yield lambda: network.within([0], 150.0)
    yield lambda: isochrones(network, grid, 0, 0.5, minutes=[1.0], speed_m_s=1.0, used_m=0.0)
    random = np.random.default_rng(0)
    cost, weights = random.random((60, 8)), np.arange(1.0, 61.0)
    room = np.full(8, float(weights.sum()))
    yield lambda: cover_all(cost, 0.4)
    yield lambda: minimise_worst(cost, 3, time_limit_s=1.0)
    yield lambda: minimise_distance(cost, weights, 3, time_limit_s=1.0)
    yield lambda: minimise_distance(cost, weights, 3, capacity=room, time_limit_s=1.0)


def warm_up() -> None:
    """Call each compiled search, until the process is about to end."""
    for search in searches():
        if not main_thread().is_alive():
            return
        search()


def warm_up_beside() -> None:
    """The same in a thread: who asks meanwhile waits no longer than without it.

    The end of the process waits for the search under way: a thread that is cut off inside compiled
    code takes the whole process down with an abort.
    """
    Thread(target=warm_up, name="warm-up", daemon=False).start()
