"""What does walking add to the ground of a question: ways, who stands beside them, and reaches?

The ways are those that touch the box of the areas, wider by the longest distance asked (at least
`HALO_M`): a walk that is not longer than that cannot leave it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.access.radius.distance import Floats, Indices, nearest_site
from geo.access.radius.far import far_reach
from geo.access.radius.sites import ANYWHERE, Reach, Site
from geo.access.walking.walks import Walks
from geo.access.walking.ways import Ways, sources_of, ways_within, wider
from geo.queries.admin import Reader
from geo.queries.roads import RoadEdges
from geo.settings import WalkSettings, read

HALO_M = 1000.0

Here = tuple[Indices, Floats, Floats]
"""Of each cell: the number of its area, longitude and latitude."""


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """The ways around some areas, with cells and facilities on them.

    network: its name, None where no network has ways there. measured_by: of each area walk, line
    (fallen back) or None (no way enters it). walks: None without a network. limit_m: the snap
    limit. sources: of the ways.
    """

    network: str | None
    measured_by: tuple[str | None, ...]
    limit_m: float
    longest_m: float
    walks: Walks | None
    here: Here
    sites: tuple[Site, ...]
    sources: tuple[Any, ...]

    def on_foot(self) -> NDArray[np.bool_]:
        """Which cells are measured on foot."""
        return self._cells("walk")

    def fallen_back(self) -> NDArray[np.bool_]:
        """Which cells are measured by the straight line, because no way enters their area."""
        return self._cells("line")

    def _cells(self, measured_by: str) -> NDArray[np.bool_]:
        chosen = np.array([by == measured_by for by in self.measured_by], dtype=bool)
        return chosen[self.here[0]] if len(self.here[0]) else np.zeros(0, dtype=bool)

    def reach(self, kind: str) -> Reach:
        """The distances of one kind that can decide anything, as `Ground.reaches` holds them."""
        parts = []
        if self.walks is not None:
            parts += self._walked(kind, self.walks)
        fallen = np.flatnonzero(self.fallen_back())
        if len(fallen):
            area, lon, lat = self.here
            line = far_reach(
                kind, self.sites, area[fallen], lon[fallen], lat[fallen], self.longest_m
            )
            parts.append((fallen[line.cell], line.home, line.outsider, line.distance_m))
        empty = (np.empty(0, np.int64),) * 3 + (np.empty(0),)
        cell, home, outsider, metres = (
            np.concatenate([part[i] for part in (*parts, empty)]) for i in range(4)
        )
        return Reach(cell, home, outsider, metres)

    def _walked(self, kind: str, walks: Walks) -> list[tuple[Indices, Indices, Indices, Floats]]:
        """On foot: to the nearest anywhere, the nearest at home, and from those at home nowhere."""
        own = np.array([i for i, s in enumerate(self.sites) if kind in s.kinds], dtype=np.int64)
        cells = np.flatnonzero(self.on_foot())
        parts = [(cells, ANYWHERE, walks.to_nearest(own, self.longest_m, cells))]
        homes: dict[int, list[int]] = {}
        for site in own:
            for number in self.sites[site].homes:
                homes.setdefault(number, []).append(site)
        area = self.here[0][cells]
        for number, at_home in sorted(homes.items()):
            inside = cells[area == number]
            metres = walks.to_nearest(np.array(at_home), self.longest_m, inside)
            parts.append((inside, number, metres))
        rows = [_rows(*part) for part in parts]
        outside = own[[not self.sites[site].homes for site in own]]
        if len(outside):
            metres, nearest = walks.from_sites(cells, self.longest_m)
            reached = outside[np.isfinite(metres[outside])]
            ids = np.array([self.sites[site].id for site in reached], dtype=np.int64)
            home = np.full(len(reached), -1)
            rows.append((nearest[reached], home, ids, metres[reached]))
        return rows


def walked_ground(
    session: Reader,
    shapes: Sequence[BaseGeometry | None],
    here: Here,
    sites: tuple[Site, ...],
    asked: tuple[str | None, str, float],
) -> Walked:
    """Read the ways around areas and put cells and facilities on them.

    here: of each cell its area, longitude, latitude. asked: network, fallback and longest distance.
    Raises Ambiguous where several networks lie there and none is named.
    """
    network, fallback, longest_m = asked
    limit_m = read(WalkSettings).snap_limit_m
    known = [shape for shape in shapes if shape is not None]
    edges = None
    sources: tuple[Any, ...] = ()
    if known:
        west, south, east, north = shapely.total_bounds(np.array(known, dtype=object)).tolist()
        box = wider((west, south, east, north), max(longest_m, HALO_M))
        edges = ways_within(session, box, network=network)
        if edges is not None:
            sources = tuple(tuple(row) for row in sources_of(session, edges.network, box))
    otherwise = "line" if fallback == "line" else None
    measured_by = tuple("walk" if touched else otherwise for touched in _touched(shapes, edges))
    walks = None
    if edges is not None:
        ways = Ways.of(edges)
        at = np.array([(site.lon, site.lat) for site in sites]).reshape(-1, 2)
        walks = Walks.between(
            ways,
            ways.places(here[1], here[2], limit_m, beyond=False),
            ways.places(at[:, 0], at[:, 1], limit_m),
        )
    name = None if edges is None else edges.network
    return Walked(name, measured_by, limit_m, longest_m, walks, here, sites, sources)


def nearest_on_foot(walked: Walked, kinds: Sequence[str]) -> Floats:
    """Metres from each cell to the nearest facility of some kinds along the ways that were read.

    In areas that fell back to the straight line that one. inf where no way leads to any.
    """
    own = np.array(
        [i for i, site in enumerate(walked.sites) if set(site.kinds).intersection(kinds)],
        dtype=np.int64,
    )
    metres = np.full(len(walked.here[0]), np.inf)
    if walked.walks is not None:
        metres = walked.walks.to_nearest(own, np.inf)
    metres[~walked.on_foot()] = np.inf
    fallen = np.flatnonzero(walked.fallen_back())
    if len(fallen):
        at = np.array([(walked.sites[i].lon, walked.sites[i].lat) for i in own]).reshape(-1, 2)
        lon, lat = walked.here[1][fallen], walked.here[2][fallen]
        metres[fallen] = nearest_site(lon, lat, at[:, 0], at[:, 1]).distance_m
    return metres


def _touched(shapes: Sequence[BaseGeometry | None], edges: RoadEdges | None) -> list[bool]:
    """Which areas does a way enter?"""
    if edges is None:
        return [False] * len(shapes)
    lines = shapely.from_wkb(edges.lines)
    tree = shapely.STRtree(lines)
    return [shape is not None and _enters(shape, lines, tree) for shape in shapes]


def _enters(shape: BaseGeometry, lines: NDArray[np.object_], tree: shapely.STRtree) -> bool:
    """Does a line lie in the inside of an area? One along or at its border does not."""
    if len(tree.query(shape, predicate="contains_properly")):
        return True
    met = tree.query(shape, predicate="intersects")
    return bool(shapely.relate_pattern(shape, lines[met], "T********").any())


def _rows(cells: Indices, home: int, metres: Floats) -> tuple[Indices, Indices, Indices, Floats]:
    kept = np.isfinite(metres)
    count = int(kept.sum())
    return cells[kept], np.full(count, home), np.full(count, -1), metres[kept]
