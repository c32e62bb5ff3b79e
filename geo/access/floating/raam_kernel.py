"""How do people spread over crowded facilities until nobody gains by going elsewhere?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True)
def settle(
    starts: Any, sites: Any, travel: Any, people: Any, room: Any, tolerance: float, sweeps: int
) -> Any:
    """Sweep over the places until the savings left are below `tolerance` of the whole cost.

    A place fills the facilities it reaches like water: from the cheapest up to one level, at which
    its people are used up. Returns the level of each place, the load of each facility, the gap.
    """
    flow = np.zeros(sites.size)
    load = np.zeros(room.size)
    level = np.full(people.size, np.inf)
    gap = 0.0
    for _ in range(sweeps):
        for i in range(people.size):
            first, last = starts[i], starts[i + 1]
            if first == last or people[i] == 0.0:
                continue
            for k in range(first, last):
                load[sites[k]] -= flow[k]
            empty = np.empty(last - first)
            for k in range(first, last):
                load[sites[k]] = max(load[sites[k]], 0.0)
                empty[k - first] = travel[k] + load[sites[k]] / room[sites[k]]
            width, held, height = 0.0, 0.0, np.inf
            for k in np.argsort(empty):
                if empty[k] >= height:
                    break
                width += room[sites[first + k]]
                held += room[sites[first + k]] * empty[k]
                height = (people[i] + held) / width
            for k in range(first, last):
                flow[k] = max(0.0, height - empty[k - first]) * room[sites[k]]
                load[sites[k]] += flow[k]
        spent, least = 0.0, 0.0
        for i in range(people.size):
            low = np.inf
            for k in range(starts[i], starts[i + 1]):
                price = travel[k] + load[sites[k]] / room[sites[k]]
                spent += flow[k] * price
                low = min(low, price)
            level[i] = low
            if starts[i] < starts[i + 1]:
                least += low * people[i]
        gap = max(0.0, spent - least) / spent if spent > 0.0 else 0.0
        if gap <= tolerance:
            break
    return level, load, gap
