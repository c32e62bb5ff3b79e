"""Which edges of a road network lie in an area, as arrays for the analysis of distances?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.errors import Ambiguous, BadInput, NotFound

PROFILES = {"walk": "e.walkable IS NOT FALSE", "drive": "e.drivable IS NOT FALSE"}
"""Profile → which edges it uses; where a source does not tell, the edge is taken for open."""
Bounds = tuple[float, float, float, float]


def networks(session: Session | Connection) -> dict[str, int]:
    """The stored road networks, and how many edges each has."""
    rows = session.execute(
        text("SELECT network, count(*) FROM road_edge GROUP BY network ORDER BY network")
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class RoadEdges:
    """The edges of a network within an area; tails and heads are positions in the nodes.

    `lengths_m` are geodesic; where a straight line stands for a road whose stated length is
    greater, that one. `oneway` edges let vehicles go from tail to head only; on foot it means
    nothing. `slopes` (rise over length, tail to head) are NaN where unknown. Lines are WKB in
    EPSG:4490, `lon` and `lat` degrees in the same.
    """

    network: str
    tails: NDArray[np.int64]
    heads: NDArray[np.int64]
    lengths_m: NDArray[np.float64]
    oneway: NDArray[np.bool_]
    is_steps: NDArray[np.bool_]
    slopes: NDArray[np.float64]
    edge_ids: NDArray[np.int64]
    lines: NDArray[np.object_]
    node_ids: NDArray[np.object_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    @property
    def node_count(self) -> int:
        """How many junctions there are."""
        return len(self.node_ids)


_EDGES = """
SELECT e.id, e.from_node, e.to_node,
       CASE WHEN ST_NPoints(e.geom) = 2 THEN greatest(e.length_m, e.stated_length_m)
            ELSE e.length_m END,
       coalesce(e.oneway, false), coalesce(e.is_steps, false), e.slope, ST_AsBinary(e.geom)
FROM road_edge e
WHERE e.network = :network AND {profile}
  AND ST_Intersects(e.geom, ST_GeomFromWKB(:area, 4490))
ORDER BY e.id
"""


def edges_within(
    session: Session | Connection, area: Bounds | shapely.Geometry, *, network: str | None = None,
    profile: str = "walk",
) -> RoadEdges:  # fmt: skip
    """The edges that touch an area, by one look into the spatial index.

    `area` is (west, south, east, north) or a polygon, in degrees, EPSG:4490. Edges of several
    networks share no nodes: where more than one is stored, `network` names it (Ambiguous lists
    them). Raises NotFound for an unknown network, BadInput for an unknown profile.
    """
    if profile not in PROFILES:
        raise BadInput(
            f"没有出行方式 {profile!r}，可用：{' '.join(PROFILES)}。\n"
            f"There is no profile {profile!r}; use {' '.join(PROFILES)}.",
            parameter="profile",
        )
    shape = shapely.box(*area) if isinstance(area, tuple) else area
    chosen = _network(session, network)
    rows = session.execute(
        text(_EDGES.format(profile=PROFILES[profile])),
        {"network": chosen, "area": shapely.to_wkb(shape)},
    ).all()
    return _as_arrays(chosen, rows)


def _network(session: Session | Connection, wanted: str | None) -> str:
    """The network that is meant."""
    if wanted is not None:
        known = session.execute(
            text("SELECT EXISTS (SELECT FROM road_edge WHERE network = :network)"),
            {"network": wanted},
        ).scalar_one()
        if known:
            return wanted
    stored = networks(session)
    shown = "、".join(stored) or "–"
    if wanted is not None or not stored:
        raise NotFound(
            f"没有路网「{wanted or ''}」；现有：{shown}。请用 ./atlas load roads 导入。\n"
            f"There is no road network {wanted or ''!r}; stored: {shown}. Load one by "
            "./atlas load roads."
        )
    if len(stored) > 1:
        raise Ambiguous(
            f"有几个路网：{shown}；请指定一个。\nThere are several networks, {shown}: name one."
        )
    return next(iter(stored))


def _as_arrays(network: str, rows: Any) -> RoadEdges:
    count = len(rows)
    columns = list(zip(*rows, strict=True)) if rows else [()] * 8
    ends = np.array([*columns[1], *columns[2]], dtype=object)
    names = ends.astype(str) if count else np.empty(0, dtype="U1")
    nodes, first, inverse = np.unique(names, return_index=True, return_inverse=True)
    lines = np.empty(count, dtype=object)
    lines[:] = [bytes(line) for line in columns[7]]
    shapes = shapely.from_wkb(lines)
    places = np.concatenate(
        [shapely.get_coordinates(shapely.get_point(shapes, end)) for end in (0, -1)]
    ).reshape(-1, 2)
    slopes = [np.nan if slope is None else slope for slope in columns[6]]
    return RoadEdges(
        network=network,
        tails=inverse[:count].astype(np.int64),
        heads=inverse[count:].astype(np.int64),
        lengths_m=np.array(columns[3], dtype=np.float64),
        oneway=np.array(columns[4], dtype=bool),
        is_steps=np.array(columns[5], dtype=bool),
        slopes=np.array(slopes, dtype=np.float64),
        edge_ids=np.array(columns[0], dtype=np.int64),
        lines=lines,
        node_ids=nodes.astype(object),
        lon=places[first, 0],
        lat=places[first, 1],
    )
