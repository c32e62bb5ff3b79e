"""Which ways may be walked around some areas, ready to be searched and snapped to?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import text

from geo.access.network import Network, WayGrid, snap, way_grid
from geo.access.radius.distance import Floats, Indices
from geo.access.walking.plane import Plane
from geo.errors import Ambiguous, both
from geo.queries.admin import Reader
from geo.queries.roads import PROFILES, Bounds, RoadEdges, edges_within

_AROUND = """SELECT DISTINCT e.network FROM road_edge e
WHERE e.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490) AND {profile}
ORDER BY 1"""

_SOURCES = text(
    """SELECT e.source, e.source_date, e.is_synthetic, count(*) AS rows FROM road_edge e
    WHERE e.network = :network AND e.walkable IS NOT FALSE
      AND e.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)
    GROUP BY 1, 2, 3 ORDER BY 4 DESC"""
)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Places (n,) on the nearest way: edge, fraction along it, metres beside it.

    is_far: farther beside than the limit, or there are no ways. is_apart: the way does not hang
    together with the main part of the ways that were read.
    """

    edge: Indices
    fraction: Floats
    beside_m: Floats
    is_far: NDArray[np.bool_]
    is_apart: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.edge)

    def some(self, chosen: Indices | slice) -> Places:
        """Some of the places."""
        return Places(
            self.edge[chosen], self.fraction[chosen], self.beside_m[chosen],
            self.is_far[chosen], self.is_apart[chosen],
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Ways of one network: the graph, with geodesic lengths, and its lines on a plane."""

    name: str
    graph: Network
    grid: WayGrid
    plane: Plane

    @classmethod
    def of(
        cls,
        edges: RoadEdges,
        lengths: Floats | None = None,
        plane: Plane | None = None,
        *,
        directed: bool = False,
    ) -> Ways:
        """Make ways of edges as they are stored. lengths: other costs for them, e.g. seconds.

        plane: where places are snapped; None: that around the middle of the ways. directed: one-way
        streets lead one way.
        """
        lines = shapely.from_wkb(edges.lines)
        at = shapely.total_bounds(lines) if len(lines) else np.zeros(4)
        plane = plane or Plane(float(at[0] + at[2]) / 2, float(at[1] + at[3]) / 2)
        costs = edges.lengths_m if lengths is None else lengths
        graph = Network.from_edges(
            edges.node_count, edges.tails, edges.heads, costs,
            oneway=edges.oneway if directed else None,
        )  # fmt: skip
        return cls(edges.network, graph, way_grid(graph, plane.flat(lines)), plane)

    def places(self, lon: Floats, lat: Floats, limit_m: float, *, beyond: bool = True) -> Places:
        """Snap places in degrees to the nearest way; those beyond `limit_m` are marked.

        beyond=False: nobody looks farther, where it does not matter how far they are.
        """
        return self.places_at(self.plane.metres(lon, lat), limit_m, beyond=beyond)

    def places_at(self, xy: Floats, limit_m: float, *, beyond: bool = True) -> Places:
        """The same for positions on the plane."""
        found = snap(self.graph, self.grid, xy, limit_m=limit_m, beyond=beyond)
        far, apart = np.zeros(len(xy), dtype=bool), np.zeros(len(xy), dtype=bool)
        far[found.too_far] = apart[found.on_island] = True
        return Places(found.edge, found.fraction, found.distance_m, far, apart)


def ways_within(
    session: Reader, box: Bounds, *, network: str | None = None, profile: str = "walk"
) -> RoadEdges | None:
    """The edges that touch a box in degrees, or None where no network has any there.

    network None: the only one there. Raises Ambiguous where there are several, and NotFound for a
    name that no network has.
    """
    name = network or network_around(session, box, profile=profile)
    if name is None:
        return None
    found = edges_within(session, box, network=name, profile=profile)
    return found if found.node_count else None


def network_around(session: Reader, box: Bounds, *, profile: str = "walk") -> str | None:
    """The name of the only network that has ways in a box, or None; Ambiguous for several."""
    asked = text(_AROUND.format(profile=PROFILES[profile]))
    names = list(session.execute(asked, _corners(box)).scalars())
    if len(names) > 1:
        listed = "、".join(names)
        raise Ambiguous(
            both(
                f"此处有几个路网：{listed}；请用 network 指定一个。",
                f"several road networks lie here, {listed}; name one by network.",
            )
        )
    return names[0] if names else None


def sources_of(session: Reader, network: str, box: Bounds) -> list[Any]:
    """Rows (source, source_date, is_synthetic, rows): where the ways in a box come from."""
    return list(session.execute(_SOURCES, {"network": network, **_corners(box)}).all())


def wider(box: Bounds, metres: float) -> Bounds:
    """A box in degrees, grown by at least so many metres on every side."""
    west, south, east, north = box
    up = metres / 110_000
    aside = up / max(float(np.cos(np.radians(min(max(abs(south), abs(north)) + up, 89.0)))), 0.01)
    return west - aside, south - up, east + aside, north + up


def _corners(box: Bounds) -> dict[str, float]:
    return dict(zip(("west", "south", "east", "north"), map(float, box), strict=True))
