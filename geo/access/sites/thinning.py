"""What if there are more candidates than a plan can be made of? One of each square is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from geo.access.candidates import Candidate
from geo.access.radius.distance import Floats
from geo.errors import BadInput, both

MOST_CANDIDATES = 5_000


@dataclass(frozen=True, slots=True)
class Thinned:
    """The candidates that were kept of `given`: of each square of `side_m` the one that has most
    elders around it (of equals the one with the smallest code)."""

    kept: tuple[Candidate, ...]
    given: int
    side_m: float

    def in_words(self) -> tuple[str, str]:
        """What was done, in Chinese and in English."""
        return (
            f"候选点 {self.given:,} 处过多，按 {self.side_m:.0f} 米方格各留周边老人最多的一处，"
            f"余 {len(self.kept):,} 处；最优性仅就保留的候选点而言。",
            f"{self.given:,} candidates are too many: of each square of {self.side_m:.0f} m the "
            f"one with most elders around it was kept, {len(self.kept):,} in all; what is proven "
            "holds among these.",
        )


def thin_out(
    usable: Sequence[Candidate],
    demand: Floats,
    weights: Floats,
    radius_m: float,
    *,
    is_asked: bool,
    most: int = MOST_CANDIDATES,
) -> Thinned | None:
    """Keep at most `most` candidates; None where there are no more than that anyway.

    demand (n, 2): people's longitude and latitude, weights (n,): how many. Raises BadInput where
    thinning is not asked for.
    """
    if len(usable) <= most:
        return None
    if not is_asked:
        raise BadInput(
            both(
                f"可用候选点 {len(usable):,} 处，超过 {most:,}；请筛选，或用 thin 按方格抽稀。",
                f"{len(usable):,} candidates can be used, more than {most:,}: choose some, or let "
                "them be thinned out (thin)",
            ),
            parameter="thin",
        )
    lonlat = np.array([(one.lon, one.lat) for one in usable], dtype=np.float64)
    xy, people = _flat(lonlat, lonlat), _flat(demand, lonlat)
    near = KDTree(people).query_ball_point(xy, radius_m)
    around = np.array([weights[cells].sum() for cells in near])
    best_first = np.lexsort((np.arange(len(usable)), -around))
    side_m = radius_m / 8
    while True:
        square = np.floor(xy[best_first] / side_m).astype(np.int64)
        _, first = np.unique(square, axis=0, return_index=True)
        if len(first) <= most:
            break
        side_m *= 1.25
    return Thinned(tuple(usable[i] for i in np.sort(best_first[first])), len(usable), side_m)


def _flat(lonlat: Floats, around: Floats) -> Floats:
    """Metres on a plane that touches the candidates' middle: good enough to sort by squares."""
    middle = around.mean(axis=0)
    metre = np.array([111_320.0 * np.cos(np.radians(middle[1])), 110_574.0])
    return np.asarray((lonlat - middle) * metre)
