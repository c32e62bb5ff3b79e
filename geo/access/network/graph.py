"""Which ways join which nodes, and how far is every node from the nearest of some of them?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.access.network import checks, searches
from geo.access.network.arcs import (
    Points,
    arcs_of,
    merged,
    not_met,
    pieces_of,
    same_roads,
    stacked,
)
from geo.access.network.checks import Floats, Ints, Truths
from geo.access.network.searches import Arcs


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """For each node: metres to the nearest source, and the position of that source in `sources`.

    Unreachable: inf and -1. Of equally near sources the lowest position.
    """

    distance_m: Floats
    source: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """The connected parts of a network, the one with most metres of ways first (number 0).

    component: the part of each node. length_m: of each part. nodes: how many each part has.
    """

    component: Ints
    length_m: Floats
    nodes: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Ways that are used in both directions, or some in one; build it with `Network.from_edges`.

    tails, heads, lengths_m: the edges as given. An edge is always named by its position there, also
    after `with_points`. road: for each edge the first edge that is the same way, i.e. joins the
    same two nodes with exactly the same length, in either direction (ways are often stored twice).
    points: places that became nodes. arcs: what is searched. oneway: edges that lead from tail to
    head only. All searches run outwards from their sources, along those directions.
    All arrays are read-only.
    """

    node_count: int
    tails: Ints
    heads: Ints
    lengths_m: Floats
    road: Ints
    points: Points
    arcs: Arcs
    oneway: Truths

    @classmethod
    def from_edges(
        cls,
        node_count: int,
        tails: ArrayLike,
        heads: ArrayLike,
        lengths_m: ArrayLike,
        *,
        oneway: ArrayLike | None = None,
    ) -> Network:
        """The network of nodes 0 … node_count - 1 and edges with lengths in metres.

        Edges are undirected, but for those that `oneway` marks (shape (edges,), truths), which lead
        from tail to head; two of one length that lead to and fro are one undirected edge.

        tails, heads, lengths_m: shape (edges,). Of parallel edges the shortest counts; a loop from
        a node to itself is allowed and shortens nothing. `lengths_m` may be any cost that adds up,
        for example seconds; every limit and distance is then in that unit.
        Raises BadArray for wrong shapes, indices out of range, NaN, infinite, negative and zero
        lengths (`joined_at_zero` merges nodes that a zero-length edge joins).
        """
        node_count = checks.count("node_count", node_count)
        tail = checks.indices("tails", tails, below=node_count)
        head = checks.indices("heads", heads, below=node_count)
        length = checks.positive("lengths_m", lengths_m)
        checks.same_length(tails=tail, heads=head, lengths_m=length)
        none = Points(np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64))
        single = np.zeros(tail.size, dtype=np.bool_)
        if oneway is not None:
            single = checks.truths("oneway", oneway)
            checks.same_length(tails=tail, oneway=single)
            single = not_met(node_count, tail, head, length, single)
        road = same_roads(node_count, tail, head, length, single)
        return cls._build(node_count, tail, head, length, road, none, single)

    @classmethod
    def _build(
        cls,
        node_count: int,
        tails: Ints,
        heads: Ints,
        lengths_m: Floats,
        road: Ints,
        points: Points,
        oneway: Truths,
    ) -> Network:
        whole = road == np.arange(road.size)
        whole[points.edge] = False
        pieces = pieces_of(tails, heads, lengths_m, points)
        arcs = arcs_of(
            node_count,
            np.concatenate([tails[whole], pieces[0]]),
            np.concatenate([heads[whole], pieces[1]]),
            np.concatenate([lengths_m[whole], pieces[2]]),
            np.concatenate([oneway[whole], oneway[pieces[3]]]),
        )
        for array in (tails, heads, lengths_m, road, oneway, arcs.starts, arcs.ends, arcs.lengths):
            array.setflags(write=False)
        for array in (points.edge, points.position_m, points.node):
            array.setflags(write=False)
        return cls(node_count, tails, heads, lengths_m, road, points, arcs, oneway)

    def with_points(self, edge: ArrayLike, fraction: ArrayLike) -> tuple[Network, Ints]:
        """A network in which places along edges are nodes, and the node of each place.

        edge: shape (places,), positions in the edges of `from_edges` (also when this network has
        points already). fraction: 0 at the edge's tail … 1 at its head. At 0 and 1 the node is the
        existing one; places at the same point share a node; new nodes are numbered from
        `node_count` in the order of `edge`. A place on a parallel edge that is longer than another
        lies on that longer way. Raises BadArray for wrong shapes, indices, NaN and fractions
        outside 0 … 1.
        """
        given = checks.indices("edge", edge, below=self.tails.size)
        part = checks.fractions("fraction", fraction)
        checks.same_length(edge=given, fraction=part)
        road = self.road[given]
        length = self.lengths_m[road]
        against = self.tails[given] != self.tails[road]
        position = np.where(against, length - part * length, part * length)
        node = np.full(given.size, -1, dtype=np.int64)
        at_tail = position <= 0
        at_head = position >= length
        node[at_tail] = self.tails[road[at_tail]]
        node[at_head] = self.heads[road[at_head]]
        inside = node < 0
        points, node[inside] = merged(self.points, road[inside], position[inside], self.node_count)
        node_count = self.node_count + points.node.size - self.points.node.size
        network = Network._build(
            node_count, self.tails, self.heads, self.lengths_m, self.road, points, self.oneway
        )
        return network, node

    def nearest(self, sources: ArrayLike) -> Nearest:
        """For every node the distance to the nearest source and its position in `sources`.

        sources: node numbers, shape (sources,); duplicates are allowed, none at all leaves every
        node unreachable. The answer equals the least row, and its lowest position, of the
        distances from each source by itself, to the last bit. Raises BadArray.
        """
        seeds = checks.indices("sources", sources, below=self.node_count)
        distance, source = self.reach(seeds, np.zeros(seeds.size), np.inf)
        searches.settle_ties(self.arcs, seeds, distance, source)
        return Nearest(distance, source)

    def within(self, sources: ArrayLike, limit_m: float, *, workers: int = 1) -> csr_array:
        """The nodes within `limit_m` of each source, with their distances.

        Gives a matrix of shape (sources, nodes): row i belongs to sources[i], its indices ascend,
        only distances ≤ limit_m are stored, and a source has a stored 0 to itself. Absent means not
        within the limit. (scipy's sums, maxima and `eliminate_zeros` lose stored zeros.)
        workers: threads that search side by side; the answer is the same for any number.
        Raises BadArray for bad sources and for a limit that is NaN or negative (inf is no limit).
        """
        seeds = checks.indices("sources", sources, below=self.node_count)
        limit = checks.amount("limit_m", limit_m)
        parts = np.array_split(seeds, max(1, min(checks.count("workers", workers), seeds.size)))
        if len(parts) == 1:
            rows = [self._rows(seeds, limit)]
        else:
            with ThreadPoolExecutor(len(parts)) as pool:
                rows = list(pool.map(lambda part: self._rows(part, limit), parts))
        return stacked(rows, self.node_count)

    def reach(self, seeds: Ints, used_m: Floats, limit_m: float) -> tuple[Floats, Ints]:
        """For each node the metres from the nearest seed, and its position; inf, -1 past the limit.

        used_m: what each seed has walked before it starts. Unchecked; `nearest` asks this.
        """
        scratch = searches.scratch(self.arcs, seeds.size, limit_m)
        searches.spread(self.arcs, seeds, used_m, limit_m, scratch)
        scratch.owner[np.isinf(scratch.distance)] = -1
        return scratch.distance, scratch.owner

    def _rows(self, seeds: Ints, limit: float) -> tuple[Ints, Ints, Floats]:
        """Row starts, columns and values of the rows of some sources."""
        scratch = searches.scratch(self.arcs, 1, limit)
        starts = np.zeros(seeds.size + 1, dtype=np.int64)
        columns = np.empty(max(1024, self.node_count), dtype=np.int64)
        values = np.empty(columns.size)
        row = 0
        while True:
            row = searches.search_rows(
                self.arcs, seeds, limit, row, scratch, starts, columns, values
            )
            if row == seeds.size:
                break
            expected = int(starts[row] / max(row, 1) * seeds.size * 1.1)
            room = starts[row] + max(self.node_count, expected - int(starts[row]))
            columns.resize(room, refcheck=False)
            values.resize(room, refcheck=False)
        columns.resize(starts[-1], refcheck=False)
        values.resize(starts[-1], refcheck=False)
        return starts, columns, values

    def components(self) -> Components:
        """The connected parts, that with most metres of ways first; a lone node is a part."""
        shape = (self.node_count, self.node_count)
        matrix = csr_array(
            (self.arcs.lengths, self.arcs.ends.astype(np.int64), self.arcs.starts), shape=shape
        )
        parts, label = connected_components(matrix, directed=False)
        roads = np.flatnonzero(self.road == np.arange(self.road.size))
        weights = self.lengths_m[roads]
        length = np.bincount(label[self.tails[roads]], weights, minlength=parts).astype(np.float64)
        nodes = np.bincount(label, minlength=parts)
        order = np.lexsort((np.arange(parts), -nodes, -length))
        rank = np.empty(parts, dtype=np.int64)
        rank[order] = np.arange(parts)
        return Components(rank[label], length[order], nodes[order].astype(np.int64))


def joined_at_zero(
    node_count: int, tails: ArrayLike, heads: ArrayLike, lengths_m: ArrayLike
) -> tuple[Ints, Ints, Ints, Floats]:
    """Edges without those of length 0, whose ends become one node.

    Gives for each old node its new number (the first old node of a group keeps the order), and the
    edges with new numbers, in their order, without the zero-length ones. Raises BadArray.
    """
    node_count = checks.count("node_count", node_count)
    tail = checks.indices("tails", tails, below=node_count)
    head = checks.indices("heads", heads, below=node_count)
    length = checks.finite("lengths_m", lengths_m, least=0.0)
    checks.same_length(tails=tail, heads=head, lengths_m=length)
    zero = length == 0
    shape = (node_count, node_count)
    joins = csr_array((np.ones(zero.sum()), (tail[zero], head[zero])), shape=shape)
    label = connected_components(joins, directed=False)[1] if node_count else np.empty(0, np.int64)
    _, first, group = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(first.size, dtype=np.int64)
    rank[np.argsort(first)] = np.arange(first.size)
    new = rank[group]
    return new, new[tail[~zero]], new[head[~zero]], length[~zero]
