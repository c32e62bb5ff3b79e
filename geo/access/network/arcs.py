"""How do edges become arcs: which are the same way, which are split, which lead back?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geo.access.network.checks import Floats, Ints, Truths
from geo.access.network.searches import Arcs


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Places along edges that became nodes: by edge, then by metres from the edge's tail."""

    edge: Ints
    position_m: Floats
    node: Ints


def not_met(node_count: int, tails: Ints, heads: Ints, lengths_m: Floats, oneway: Truths) -> Truths:
    """Those one-way edges that no other of the same length leads back along."""
    nodes = np.int64(max(node_count, 1))
    there, back = tails * nodes + heads, heads * nodes + tails
    left = oneway.copy()
    known = set(zip(there[oneway].tolist(), lengths_m[oneway].tolist(), strict=True))
    at = np.flatnonzero(oneway)
    ways = zip(back[at].tolist(), lengths_m[at].tolist(), strict=True)
    left[at] = [way not in known for way in ways]
    return left


def same_roads(
    node_count: int, tails: Ints, heads: Ints, lengths_m: Floats, oneway: Truths
) -> Ints:
    """For each edge the first that joins the same nodes with exactly the same length.

    A one-way edge is the same as another that leads the same way only.
    """
    nodes = np.int64(max(node_count, 1))
    pair = np.minimum(tails, heads) * nodes + np.maximum(tails, heads)
    pair[oneway] = (nodes + tails[oneway]) * nodes + heads[oneway]
    order = np.lexsort((lengths_m, pair))  # stable: equal edges stay in their order
    is_first = np.ones(order.size, dtype=np.bool_)
    is_first[1:] = (np.diff(pair[order]) != 0) | (np.diff(lengths_m[order]) != 0)
    road = np.empty(order.size, dtype=np.int64)
    road[order] = order[is_first][np.cumsum(is_first) - 1]
    return road


def merged(points: Points, road: Ints, position_m: Floats, next_node: int) -> tuple[Points, Ints]:
    """The points with places added, and the node of each place; known points keep their node."""
    edge = np.concatenate([points.edge, road])
    position = np.concatenate([points.position_m, position_m])
    order = np.lexsort((position, edge))  # stable: known points first, then in the order given
    is_first = np.ones(order.size, dtype=np.bool_)
    is_first[1:] = (np.diff(edge[order]) != 0) | (np.diff(position[order]) != 0)
    first = order[is_first]
    old = points.edge.size
    node = np.empty(first.size, dtype=np.int64)
    known = first < old
    node[known] = points.node[first[known]]
    fresh = np.flatnonzero(~known)
    node[fresh[np.argsort(first[fresh])]] = next_node + np.arange(fresh.size)
    of_place = np.empty(order.size, dtype=np.int64)
    of_place[order] = node[np.cumsum(is_first) - 1]
    return Points(edge[first], position[first], node), of_place[old:]


def pieces_of(
    tails: Ints, heads: Ints, lengths_m: Floats, points: Points
) -> tuple[Ints, Ints, Floats, Ints]:
    """The edges between neighbouring points of the split ways, and to their ends; of which way."""
    starts_edge = np.ones(points.edge.size, dtype=np.bool_)
    starts_edge[1:] = np.diff(points.edge) != 0
    ends_edge = np.roll(starts_edge, -1)
    last = points.edge[ends_edge]
    before = np.where(starts_edge, tails[points.edge], np.roll(points.node, 1))
    reached = np.where(starts_edge, 0.0, np.roll(points.position_m, 1))
    return (
        np.concatenate([before, points.node[ends_edge]]),
        np.concatenate([points.node, heads[last]]),
        np.concatenate(
            [points.position_m - reached, lengths_m[last] - points.position_m[ends_edge]]
        ),
        np.concatenate([points.edge, last]),
    )


def arcs_of(node_count: int, one: Ints, other: Ints, length: Floats, oneway: Truths) -> Arcs:
    """Each direction of each edge in CSR form; of parallel edges the shortest, loops left out."""
    real = one != other
    back = real & ~oneway
    begin = np.concatenate([one[real], other[back]])
    end = np.concatenate([other[real], one[back]])
    both = np.concatenate([length[real], length[back]])
    pair = begin * np.int64(max(node_count, 1)) + end
    order = np.lexsort((both, pair))
    keep = np.ones(order.size, dtype=np.bool_)
    keep[1:] = np.diff(pair[order]) != 0
    order = order[keep]
    starts = np.zeros(node_count + 1, dtype=np.int64)
    np.cumsum(np.bincount(begin[order], minlength=node_count), out=starts[1:])
    narrow = np.uint32 if node_count < 2**32 else np.int64  # unsigned is quicker to index with
    lengths = both[order]
    mean, longest = (lengths.mean(), lengths.max()) if lengths.size else (1.0, 1.0)
    return Arcs(starts, end[order].astype(narrow), lengths, float(mean), float(longest))


def stacked(rows: list[tuple[Ints, Ints, Floats]], node_count: int) -> csr_array:
    """One matrix of the rows, with 64-bit indices and with its stored zeros."""
    if len(rows) == 1:
        starts, columns, values = rows[0]
    else:
        offsets = np.cumsum([0, *(part[0][-1] for part in rows)])
        starts = np.concatenate(
            [[0], *(part[0][1:] + offset for part, offset in zip(rows, offsets, strict=False))]
        ).astype(np.int64)
        columns = np.concatenate([part[1] for part in rows])
        values = np.concatenate([part[2] for part in rows])
    matrix = csr_array((starts.size - 1, node_count), dtype=np.float64)
    matrix.data, matrix.indices, matrix.indptr = values, columns, starts
    matrix.has_sorted_indices = True
    matrix.has_canonical_format = True
    return matrix
