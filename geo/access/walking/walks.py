"""How far is it on foot from places to sites? Pure arrays: ways in, metres out, no database.

walk(place, site) = beside(place) + shortest way along the network + beside(site)

What lies beside the ways is walked straight. Sites become nodes; a place does not: its distance is
that of the nodes before and after it on its way, and what lies between. So a million places cost no
more than reading them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo.access.network import Network
from geo.access.radius.distance import Floats, Indices
from geo.access.walking.ways import Places, Ways

DIGITS = 6
"""Distances are kept to the micrometre: two searches that add in different order agree."""


@dataclass(frozen=True, slots=True, eq=False)
class Bracket:
    """For each place the node before and after it on its way, and the metres to each of them."""

    before: Indices
    after: Indices
    to_before_m: Floats
    to_after_m: Floats

    def some(self, chosen: Indices | slice) -> Bracket:
        """Those of some places."""
        return Bracket(
            self.before[chosen], self.after[chosen],
            self.to_before_m[chosen], self.to_after_m[chosen],
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """Places and sites on the same ways, with sites as nodes of `graph`."""

    ways: Ways
    sites: Places
    places: Places
    graph: Network
    site_node: Indices
    bracket: Bracket

    @classmethod
    def between(cls, ways: Ways, places: Places, sites: Places) -> Walks:
        """Make them ready; those that are too far beside the ways take no part."""
        known = np.flatnonzero(~sites.is_far)
        node = np.full(len(sites), -1, dtype=np.int64)
        graph, node[known] = ways.graph.with_points(sites.edge[known], sites.fraction[known])
        return cls(ways, sites, places, graph, node, bracket(graph, places))

    def to_nearest(self, sites: Indices, limit_m: float, places: Indices | None = None) -> Floats:
        """For each place (or some of them) the metres to the nearest of some sites; inf beyond."""
        chosen = slice(None) if places is None else places
        field = self.field(sites, limit_m)
        return read(field, self.places.some(chosen), self.bracket.some(chosen), limit_m)

    def field(self, sites: Indices, limit_m: float) -> Floats:
        """For each node the metres to the nearest of some sites, what lies beside counted."""
        known = sites[~self.sites.is_far[sites]]
        return self._spread(self.site_node[known], self.sites.beside_m[known], limit_m)[0]

    def from_sites(self, places: Indices, limit_m: float) -> tuple[Floats, Indices]:
        """For each site the metres to the nearest of some places, and that place; inf, -1 beyond"""
        kept = places[~self.places.is_far[places]]
        around = self.bracket.some(kept)
        seeds = np.concatenate([around.before, around.after])
        used = np.tile(self.places.beside_m[kept], 2)
        used += np.concatenate([around.to_before_m, around.to_after_m])
        field, owner = self._spread(seeds, used, limit_m)
        metres = np.full(len(self.sites), np.inf)
        nearest = np.full(len(self.sites), -1, dtype=np.int64)
        known = np.flatnonzero(~self.sites.is_far)
        node = self.site_node[known]
        metres[known] = np.round(field[node] + self.sites.beside_m[known], DIGITS)
        reached = known[metres[known] <= limit_m]
        metres[metres > limit_m] = np.inf
        nearest[reached] = np.tile(kept, 2)[owner[self.site_node[reached]]]
        return metres, nearest

    def pairs(self, sites: Indices, limit_m: float) -> csr_array:
        """Metres of every pair within the limit, shape (places, sites); absent = not within it.

        Columns are positions in `sites`.
        """
        column = np.flatnonzero(~self.sites.is_far[sites] & (self.sites.beside_m[sites] <= limit_m))
        known = sites[column]
        near = self.graph.within(self.site_node[known], limit_m)
        found = [
            _columns(near, node, beyond + self.places.beside_m)
            for node, beyond in (
                (self.bracket.before, self.bracket.to_before_m),
                (self.bracket.after, self.bracket.to_after_m),
            )
        ]
        row, place, metres = (np.concatenate(part) for part in zip(*found, strict=True))
        metres = np.round(metres + self.sites.beside_m[known[row]], DIGITS)
        kept = (metres <= limit_m) & np.isfinite(metres) & ~self.places.is_far[place]
        shape = (len(self.places), len(sites))
        return least(place[kept], column[row[kept]], metres[kept], shape)

    def _spread(self, seeds: Indices, used_m: Floats, limit_m: float) -> tuple[Floats, Indices]:
        """Metres from the nearest seed to every node, and its position; the least use counts."""
        order = np.lexsort((used_m, seeds))
        first = np.ones(order.size, dtype=np.bool_)
        first[1:] = np.diff(seeds[order]) != 0
        own = order[first]
        own = own[used_m[own] <= limit_m]
        distance_m, owner = self.graph.reach(seeds[own], used_m[own], limit_m)
        return distance_m, np.append(own, -1)[owner]


def read(field: Floats, places: Places, around: Bracket, limit_m: float) -> Floats:
    """For each place what a field of nodes says; inf beyond the limit and for those too far."""
    metres = np.minimum(
        field[around.before] + around.to_before_m, field[around.after] + around.to_after_m
    )
    metres = np.round(metres + places.beside_m, DIGITS)
    metres[places.is_far | (metres > limit_m)] = np.inf
    return metres


def bracket(graph: Network, places: Places) -> Bracket:
    """Find each place between the nodes on its way, the points of `graph` among them.

    A place on a one-way edge is reached from before it only.
    """
    road = graph.road[places.edge]
    length = graph.lengths_m[road]
    against = graph.tails[places.edge] != graph.tails[road]
    position = np.where(against, 1 - places.fraction, places.fraction) * length
    points = graph.points
    count = points.edge.size
    order = np.lexsort(
        (
            np.repeat([0, 1], [count, road.size]),
            np.concatenate([points.position_m, position]),
            np.concatenate([points.edge, road]),
        )
    )
    passed = np.cumsum(order < count)  # points up to here, in the order of all
    following = np.empty(order.size, dtype=np.int64)
    following[order] = passed
    after_at = following[count:]
    before_at = after_at - 1
    # One more entry at the end stands for no point at all.
    edge = np.append(points.edge, -1)
    has_before = edge[before_at] == road
    has_after = edge[np.minimum(after_at, count)] == road
    node, at = np.append(points.node, 0), np.append(points.position_m, 0.0)
    before_at, after_at = np.where(has_before, before_at, -1), np.where(has_after, after_at, -1)
    return Bracket(
        np.where(has_before, node[before_at], graph.tails[road]),
        np.where(has_after, node[after_at], graph.heads[road]),
        position - np.where(has_before, at[before_at], 0.0),
        np.where(graph.oneway[road], np.inf, np.where(has_after, at[after_at], length) - position),
    )


def least(row: Indices, column: Indices, values: Floats, shape: tuple[int, int]) -> csr_array:
    """A sparse matrix with the least value of each pair; zeros are stored."""
    order = np.lexsort((values, column, row))
    row, column, values = row[order], column[order], values[order]
    first = np.ones(row.size, dtype=np.bool_)
    first[1:] = (np.diff(row) != 0) | (np.diff(column) != 0)
    return csr_array((values[first], (row[first], column[first])), shape=shape)


def _columns(near: csr_array, node: Indices, beyond_m: Floats) -> tuple[Indices, Indices, Floats]:
    """Of a matrix (sites, nodes) the entries at the node of each place, and what lies beyond."""
    columns = near.tocsc()
    starts, sizes = columns.indptr[node], np.diff(columns.indptr)[node]
    place = np.repeat(np.arange(node.size), sizes)
    step = np.arange(place.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    at = np.repeat(starts, sizes) + step
    row: NDArray[np.int64] = columns.indices[at].astype(np.int64)
    return row, place, columns.data[at] + beyond_m[place]
