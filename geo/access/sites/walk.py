"""How far is each site from each of many people on foot, along the stored roads?"""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.access.radius.distance import Floats
from geo.access.sites.costs import CostsOf
from geo.access.walking.walks import Walks
from geo.access.walking.ways import Ways, ways_within, wider
from geo.errors import NotFound, both
from geo.queries.admin import Reader
from geo.settings import WalkSettings, read

HALO_M = 2_000.0


def walk_costs(session: Reader, *, network: str | None = None) -> CostsOf:
    """Metres on foot as `best_sites` and `compare` take them; those off the ways are unreachable.

    network None: the only one there. Calling it raises NotFound where no roads are stored,
    Ambiguous where several networks lie there.
    """

    def costs(demand: Floats, sites: Floats, limit_m: float) -> Any:
        every = np.concatenate([demand, sites])
        (west, south), (east, north) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
        edges = ways_within(session, wider((west, south, east, north), HALO_M), network=network)
        if edges is None:
            raise NotFound(
                both(
                    "此处没有路网；请用 ./atlas load roads 导入，或按直线计算。",
                    "no road network lies here; load one by ./atlas load roads, or ask for lines",
                )
            )
        ways, snap_m = Ways.of(edges), read(WalkSettings).snap_limit_m
        people = ways.places(demand[:, 0], demand[:, 1], snap_m)
        places = ways.places(sites[:, 0], sites[:, 1], snap_m)
        walks = Walks.between(ways, people, places)
        if np.isfinite(limit_m):
            return walks.pairs(np.arange(len(sites), dtype=np.int64), limit_m)
        columns = [walks.to_nearest(np.array([site]), limit_m) for site in range(len(sites))]
        return np.stack(columns, axis=1)

    return costs
