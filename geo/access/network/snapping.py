"""Where on the ways does a place lie, and how far beside them?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import LineString

from geo.access.network import checks
from geo.access.network.checks import Floats, Ints
from geo.access.network.graph import Network
from geo.access.network.searches import compiled

Lines = NDArray[np.object_]

FAR_M = 200.0


@dataclass(frozen=True, slots=True, eq=False)
class Snap:
    """For each place the nearest edge, where on it, and the metres beside it; nothing is hidden.

    edge: its position in the edges (-1 where there are no edges at all; then fraction is 0 and
    distance_m inf). fraction: 0 at the edge's tail … 1 at its head. too_far: the places farther
    than the limit from every way. on_island: the places whose edge is not in the part of the
    network with most metres (see `Network.components`).
    """

    edge: Ints
    fraction: Floats
    distance_m: Floats
    too_far: Ints
    on_island: Ints


@dataclass(frozen=True, slots=True, eq=False)
class WayGrid:
    """The straight stretches of the ways, sorted into squares: built once, asked often.

    lines: of every edge; ways: the edges that are drawn once (one of those drawn alike).
    edge, begin, end: of each stretch; walked, size: metres before it and of it; total: of its edge.
    on_island: whether it lies apart from the main part of the network.
    low, side, columns, rows: the squares; starts, held: the stretches in each of them.
    """

    lines: Lines
    ways: Ints
    edge: Ints
    begin: Floats
    end: Floats
    walked: Floats
    size: Floats
    total: Floats
    on_island: NDArray[np.bool_]
    low: Floats
    side: float
    columns: int
    rows: int
    starts: Ints
    held: Ints


def way_grid(network: Network, lines: Sequence[LineString] | Lines) -> WayGrid:
    """The lines of the edges made ready for `snap`; raises BadArray. lines: see `snap`.

    An edge that is drawn like an edge before it, in either direction, is left out.
    """
    drawn = as_lines(lines, network.tails.size)
    checks.points("lines", shapely.get_coordinates(drawn))
    same = shapely.equals_exact(drawn, drawn[network.road])
    turned = shapely.equals_exact(shapely.reverse(drawn), drawn[network.road])
    first = network.road == np.arange(drawn.size)
    ways = np.flatnonzero(~(same | turned) | first)
    vertex, of_way = shapely.get_coordinates(drawn[ways], return_index=True)
    step = np.flatnonzero(of_way[1:] == of_way[:-1])
    begin, end = np.ascontiguousarray(vertex[step]), np.ascontiguousarray(vertex[step + 1])
    edge = ways[of_way[step]]
    size = np.hypot(*(end - begin).T)
    total = np.bincount(edge, size, minlength=drawn.size).astype(np.float64)[edge]
    walked = _walked(edge, size)
    on_island = network.components().component[network.tails[edge]] > 0
    low = vertex.min(axis=0, initial=np.inf) if vertex.size else np.zeros(2)
    span = vertex.max(axis=0) - low if vertex.size else np.zeros(2)
    # About one stretch to a square; of a long narrow area no more than four squares to a stretch.
    stretches = max(step.size, 1)
    side = max(math.sqrt(span[0] * span[1] / stretches), float(span.max()) / (4 * stretches), 1e-9)
    columns, rows = (int(length / side) + 1 for length in span)
    starts, held = _squares(begin, end, low, side, columns, rows)
    return WayGrid(
        drawn,
        ways,
        edge,
        begin,
        end,
        walked,
        size,
        total,
        on_island,
        low,
        side,
        columns,
        rows,
        starts,
        held,
    )


def snap(
    network: Network,
    lines: WayGrid | Sequence[LineString] | Lines,
    points_xy: ArrayLike,
    *,
    limit_m: float = FAR_M,
    beyond: bool = True,
) -> Snap:
    """The place of each point on the nearest edge (not node); at equal distance the lowest edge.

    lines: the line of each edge of the network, from its tail to its head (`straight_lines` draws
    them where only nodes are known), or their `way_grid`, which is quicker the second time.
    points_xy: shape (places, 2), in the plane coordinates of the lines, in metres. limit_m: beyond
    it a place is listed as too far; it is snapped all the same, unless beyond=False: then nobody
    looks farther than the limit, and it has the edge -1 and distance_m inf.
    `network.with_points(snap.edge, snap.fraction)` makes nodes of the places. Raises BadArray.
    """
    points = checks.points("points_xy", points_xy)
    limit = checks.amount("limit_m", limit_m)
    grid = lines if isinstance(lines, WayGrid) else way_grid(network, lines)
    edge, fraction, distance, island = _nearest_ways(grid, points, np.inf if beyond else limit)
    too_far, on_island = np.flatnonzero(distance > limit), np.flatnonzero(island)
    return Snap(edge, fraction, distance, too_far, on_island)


def straight_lines(network: Network, node_xy: ArrayLike) -> Lines:
    """A straight line for each edge. node_xy: plane coordinates in metres, shape (nodes, 2)."""
    nodes = checks.points("node_xy", node_xy)
    ends = np.stack([network.tails, network.heads], axis=1)
    if nodes.shape[0] <= ends.max(initial=-1):
        raise checks.refuse(
            "node_xy",
            f"只有 {nodes.shape[0]} 个节点的坐标，边用到节点 {ends.max()}。",
            f"holds {nodes.shape[0]} nodes, but an edge ends at node {ends.max()}.",
        )
    return np.asarray(shapely.linestrings(nodes[ends]), dtype=object)


def as_lines(lines: Sequence[LineString] | Lines, edges: int) -> Lines:
    """The lines as an array, one for each edge; raises BadArray for anything else."""
    array = np.asarray(lines, dtype=object)
    if array.shape != (edges,):
        raise checks.refuse(
            "lines",
            f"应有 {edges} 条线（每条边一条），现有形状 {array.shape}。",
            f"must be {edges} lines, one for each edge, not the shape {array.shape}.",
        )
    bad = np.flatnonzero(~shapely.is_geometry(array))
    if not bad.size:
        bad = np.flatnonzero((shapely.get_type_id(array) != 1) | shapely.is_empty(array))
    if bad.size:
        raise checks.refuse(
            "lines",
            f"第 {bad[0]} 个不是 LineString 或为空（共 {bad.size} 处）。",
            f"the one at position {bad[0]} is no LineString or is empty ({bad.size} such).",
        )
    return array


def _nearest_ways(
    grid: WayGrid, points: Floats, most_m: float
) -> tuple[Ints, Floats, Floats, NDArray[np.bool_]]:
    """For each point the nearest edge, the fraction along it, the metres beside; is it apart?

    A point with no way within most_m has none.
    """
    if grid.edge.size == 0:
        count = points.shape[0]
        nowhere = np.full(count, -1, dtype=np.int64)
        return nowhere, np.zeros(count), np.full(count, np.inf), np.zeros(count, dtype=np.bool_)
    chosen, along, distance = _look(
        points, grid.begin, grid.end, grid.starts, grid.held,
        grid.low, grid.side, grid.columns, grid.rows, most_m,
    )  # fmt: skip
    whole = grid.total[chosen]
    metres = np.minimum(grid.walked[chosen] + along * grid.size[chosen], whole)
    fraction = np.divide(metres, whole, out=np.zeros_like(metres), where=whole > 0)
    is_last = np.append(np.diff(grid.edge) != 0, True)
    fraction[(along == 1.0) & is_last[chosen]] = 1.0
    edge, island = grid.edge[chosen], grid.on_island[chosen]
    none = np.isinf(distance)
    edge[none], fraction[none], island[none] = -1, 0.0, False
    return edge, fraction, distance, island


@compiled
def _walked(edge: Ints, size: Floats) -> Floats:
    """Metres before each stretch on its own edge, the same whatever other edges there are."""
    before = np.zeros(size.size)
    for at in range(1, size.size):
        if edge[at] == edge[at - 1]:
            before[at] = before[at - 1] + size[at - 1]
    return before


@compiled
def _squares(
    begin: Floats, end: Floats, low: Floats, side: float, columns: int, rows: int
) -> tuple[Ints, Ints]:
    """Which stretches pass through each square? Two passes: count, then fill, in CSR form."""
    starts = np.zeros(columns * rows + 1, dtype=np.int64)
    held = np.empty(0, dtype=np.int64)
    for turn in range(2):
        for stretch in range(begin.shape[0]):
            x0, y0 = (begin[stretch, 0] - low[0]) / side, (begin[stretch, 1] - low[1]) / side
            x1, y1 = (end[stretch, 0] - low[0]) / side, (end[stretch, 1] - low[1]) / side
            if x0 > x1:
                x0, y0, x1, y1 = x1, y1, x0, y0
            slope = (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0
            for column in range(int(x0), min(int(x1), columns - 1) + 1):
                ya, yb = y0, y1
                if x1 > x0:  # the part of the stretch that lies in this column
                    if column > x0:
                        ya = y0 + (column - x0) * slope
                    if column + 1 < x1:
                        yb = y0 + (column + 1 - x0) * slope
                # A steep stretch is cut where a tiny step across is a large one up: some slack.
                slack = 1e-9 + 1e-12 * abs(slope)
                lowest = max(min(ya, yb) - slack, min(y0, y1))
                highest = min(max(ya, yb) + slack, max(y0, y1))
                bottom = max(math.floor(lowest), 0)
                top = min(math.floor(highest), rows - 1)
                for row in range(bottom, top + 1):
                    square = row * columns + column
                    if turn == 0:
                        starts[square + 1] += 1
                    else:
                        held[starts[square]] = stretch
                        starts[square] += 1
        if turn == 0:
            starts = np.cumsum(starts)
            held = np.empty(starts[-1], dtype=np.int64)
    starts[1:] = starts[:-1].copy()
    starts[0] = 0
    return starts, held


@compiled
def _look(
    points: Floats,
    begin: Floats,
    end: Floats,
    starts: Ints,
    held: Ints,
    low: Floats,
    side: float,
    columns: int,
    rows: int,
    most_m: float,
) -> tuple[Ints, Floats, Floats]:
    """For each point the nearest stretch, the share of it walked, and the metres beside it.

    Squares are looked at in rings around the point's own until no farther ring can hold a nearer
    stretch, or one within most_m: then the metres are inf. A point outside the squares starts at
    the square nearest to it.
    """
    count = points.shape[0]
    chosen = np.zeros(count, dtype=np.int64)
    along = np.zeros(count)
    distance = np.empty(count)
    for index in range(count):
        x, y = points[index, 0], points[index, 1]
        across = (x - low[0]) / side
        up = (y - low[1]) / side
        column = int(min(max(across, 0.0), columns - 1.0))
        row = int(min(max(up, 0.0), rows - 1.0))
        least = np.inf
        for ring in range(max(columns, rows) + 1):
            for r in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
                edge_row = r == row - ring or r == row + ring
                c = column - ring
                while c <= column + ring:
                    if 0 <= c < columns:
                        square = r * columns + c
                        for at in range(starts[square], starts[square + 1]):
                            stretch = held[at]
                            x0, y0 = begin[stretch, 0], begin[stretch, 1]
                            dx, dy = end[stretch, 0] - x0, end[stretch, 1] - y0
                            square_length = dx * dx + dy * dy
                            share = 0.0
                            if square_length > 0:
                                share = ((x - x0) * dx + (y - y0) * dy) / square_length
                                share = min(max(share, 0.0), 1.0)
                            if share == 1.0:
                                beside_x, beside_y = x - end[stretch, 0], y - end[stretch, 1]
                            else:
                                beside_x, beside_y = x - x0 - share * dx, y - y0 - share * dy
                            beside = beside_x * beside_x + beside_y * beside_y
                            if beside < least or (beside == least and stretch < chosen[index]):
                                least = beside
                                chosen[index] = stretch
                                along[index] = share
                    c += 1 if edge_row or ring == 0 else 2 * ring
            # Sides of a square from the point to the nearest square that was not looked at.
            reach = min(
                max(across - (column - ring), 0.0) if column - ring > 0 else np.inf,
                max(column + ring + 1 - across, 0.0) if column + ring + 1 < columns else np.inf,
                max(up - (row - ring), 0.0) if row - ring > 0 else np.inf,
                max(row + ring + 1 - up, 0.0) if row + ring + 1 < rows else np.inf,
            )
            bound = (reach * side) ** 2 * (1 - 1e-9)
            if reach == np.inf or least < bound or bound > most_m * most_m:
                break
        beside = math.sqrt(least)
        distance[index] = beside if beside <= most_m else np.inf
    return chosen, along, distance
