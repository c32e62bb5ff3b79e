"""How far do the people of a piece walk to a facility, along the stored ways around them?

The answer does not depend on the cut. A walk of r metres stays within r of where it begins, and
whatever decides it lies at most two snap limits farther: a facility stands up to one limit beside
its way, and the way nearest to it up to one limit from it. So that much is read around a piece.
Places are snapped on a plane of their own tile of half a degree, whatever piece they are in; sums
along a way are folded from the facility outwards, and what splits a way within r is always read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from sqlalchemy import Connection

from geo.access.radius.distance import Floats, Indices
from geo.access.walking.plane import Plane
from geo.access.walking.walks import Walks
from geo.access.walking.ways import Ways
from geo.batch.cells import Window, grid_of, pieces_of, window_of
from geo.batch.piece import Booleans, Tally, tally
from geo.batch.snapshot import StoredPiece, demand_of, reading, sites_around
from geo.batch.sources import write_part
from geo.errors import BadInput, both
from geo.queries.roads import RoadEdges, edges_within
from geo.settings import WalkSettings, read

TILE_DEG = 0.5
MARGIN = 1.001
"""A plane's metres differ from the ellipsoid's by 2 in 100 000 at the border of its tile."""


@dataclass(frozen=True, slots=True)
class WalkedPiece:
    """A stored piece whose people walk on a network; limit_m: how far beside a way they may be."""

    piece: StoredPiece
    network: str
    limit_m: float


def do_walk(
    piece: WalkedPiece, number: int, radius_m: float, areas: Sequence[str], out: Path | None
) -> tuple[int, Tally]:
    """Read one piece and the ways around it, measure it, keep its points; number and counts."""
    stored, halo_m = piece.piece, MARGIN * (radius_m + 2 * piece.limit_m) + 1
    with reading(stored) as connection:
        demand = demand_of(connection, stored)
        nearest_m = np.full(len(demand.id), np.inf)
        is_far = np.ones(len(demand.id), dtype=np.bool_)
        for rows, plane in tiles(demand.lon, demand.lat):
            lon, lat = demand.lon[rows], demand.lat[rows]
            box = window_of(lon, lat).widened(halo_m)
            edges = edges_within(connection, _shape(box), network=piece.network)
            sites = sites_around(connection, stored.asked, box)
            nearest_m[rows], is_far[rows] = walked_within(
                (lon, lat), sites, edges, plane, radius_m, piece.limit_m
            )
    if out is not None:
        write_part(out, number, demand, nearest_m, areas)
    is_covered = np.isfinite(nearest_m)
    return number, tally(demand.people, demand.area, is_covered, len(areas), is_far)


def tiles(lon: Floats, lat: Floats) -> Iterator[tuple[Indices, Plane]]:
    """The rows of each tile, and the plane around its middle."""
    grid = grid_of(TILE_DEG)
    cell = grid.cell_of(lon, lat)
    for rows in pieces_of(cell, max(len(lon), 1)) if len(lon) else []:
        row, column = divmod(int(cell[rows[0]]), len(grid.west_edges))
        window = grid.window(column, row)
        yield rows, Plane((window.west + window.east) / 2, (window.south + window.north) / 2)


def walked_within(
    places: tuple[Floats, Floats],
    sites: tuple[Floats, Floats],
    edges: RoadEdges,
    plane: Plane,
    radius_m: float,
    limit_m: float,
) -> tuple[Floats, Booleans]:
    """For each place the walk (m) to its nearest site, inf beyond `radius_m`; is it off the ways?

    places, sites: longitudes and latitudes in degrees of EPSG:4490. Off the ways: farther beside
    all of them than `limit_m`.
    """
    count = len(places[0])
    if not edges.node_count:
        return np.full(count, np.inf), np.ones(count, dtype=np.bool_)
    ways = Ways.of(edges, plane=plane)
    walks = Walks.between(ways, ways.places(*places, limit_m), ways.places(*sites, limit_m))
    every = np.arange(len(sites[0]), dtype=np.int64)
    return walks.to_nearest(every, radius_m), walks.places.is_far


def _shape(box: Window) -> shapely.Geometry:
    """A window as a polygon, of two parts where it spans the antimeridian."""
    if box.west <= box.east:
        return shapely.box(box.west, box.south, box.east, box.north)
    east = shapely.box(box.west, box.south, 180.0, box.north)
    return shapely.union(east, shapely.box(-180.0, box.south, box.east, box.north))


def the_network(connection: Connection, named: str | None) -> str:
    """The name of the network that is meant; NotFound without any, Ambiguous among several."""
    return edges_within(connection, (0.0, -90.0, 0.0, -90.0), network=named).network


def on_foot(
    pieces: Sequence[StoredPiece], measure: str, network: str | None, radius_m: float
) -> list[WalkedPiece]:
    """The same pieces to be walked. Raises BadInput for another measure or no finite radius."""
    if measure != "walk":
        raise BadInput(f"measure is line or walk, not {measure[:40]!r}", parameter="measure")
    if not np.isfinite(radius_m):
        raise BadInput(
            both("步行须给出有限的半径。", "on foot the radius must be finite"),
            parameter="radius_m",
        )
    with reading(pieces[0]) as connection:
        name = the_network(connection, network)
    limit_m = read(WalkSettings).snap_limit_m
    return [WalkedPiece(piece, name, limit_m) for piece in pieces]
