"""Do the network's searches agree with scipy, networkx and counting by hand, ties and all?"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from geo.access.network import Components, Network, joined_at_zero, searches
from geo.errors import BadArray, GeoError

Edges = tuple[int, list[int], list[int], list[float]]
LENGTHS = {
    "ties": st.integers(1, 3).map(float),
    "decimals": st.integers(1, 9).map(lambda tenths: tenths / 10),
    "any": st.floats(0.001, 1000),
    "extreme": st.sampled_from([1e-300, 5e-324, 1e-17, 1e-9, 0.1, 0.2, 0.3, 1.0, 7.0, 1e6, 1e12]),
}


@st.composite
def edge_lists(draw: Any, kinds: tuple[str, ...] = tuple(LENGTHS)) -> Edges:
    """Small multigraphs with loops, parallel edges, lone nodes and lengths that tie."""
    nodes = draw(st.integers(1, 12))
    number = draw(st.integers(0, 30))
    node = st.integers(0, nodes - 1)
    length = LENGTHS[draw(st.sampled_from(kinds))]
    many = {"min_size": number, "max_size": number}
    return (
        nodes,
        draw(st.lists(node, **many)),
        draw(st.lists(node, **many)),
        draw(st.lists(length, **many)),
    )


def by_hand(edges: Edges) -> np.ndarray:
    """All distances by Bellman and Ford, each summed from the row's node outwards."""
    nodes, tails, heads, lengths = edges
    distance = np.full((nodes, nodes), np.inf)
    np.fill_diagonal(distance, 0.0)
    for _ in range(nodes):
        for a, b, length in zip(tails, heads, lengths, strict=True):
            distance[:, b] = np.minimum(distance[:, b], distance[:, a] + length)
            distance[:, a] = np.minimum(distance[:, a], distance[:, b] + length)
    return distance


@settings(max_examples=400, deadline=None)
@given(edge_lists(), st.data())
def test_nearest_is_the_least_row_and_its_lowest_position(edges: Edges, data: Any) -> None:
    sources = data.draw(st.lists(st.integers(0, edges[0] - 1), min_size=1, max_size=8))
    found = Network.from_edges(*edges).nearest(sources)
    rows = by_hand(edges)[sources]
    least = rows.min(axis=0)
    assert (found.distance_m == least).all()
    expected = np.where(np.isinf(least), -1, rows.argmin(axis=0))
    assert found.source.tolist() == expected.tolist()
    assert (found.distance_m.dtype, found.source.dtype) == (np.float64, np.int64)


@settings(max_examples=300, deadline=None)
@given(edge_lists(), st.data())
def test_within_holds_exactly_the_pairs_up_to_the_limit(edges: Edges, data: Any) -> None:
    sources = data.draw(st.lists(st.integers(0, edges[0] - 1), max_size=8))
    limit = data.draw(st.sampled_from([0.0, 0.3, 0.6, 1.0, 2.0, 3.5, 500.0, np.inf]))
    workers = data.draw(st.sampled_from([1, 2, 3]))
    found = Network.from_edges(*edges).within(sources, limit, workers=workers)
    rows = by_hand(edges)[sources].reshape(len(sources), edges[0])
    assert found.shape == rows.shape
    assert (found.indices.dtype, found.indptr.dtype) == (np.int64, np.int64)
    for i, row in enumerate(rows):
        part = slice(found.indptr[i], found.indptr[i + 1])
        expected = np.flatnonzero(np.isfinite(row) & (row <= limit))
        assert found.indices[part].tolist() == expected.tolist()
        assert found.data[part].tolist() == row[expected].tolist()


def city(side: int, seed: int, lengths: str = "any") -> tuple[Network, np.random.Generator]:
    """A square grid with gaps, its nodes numbered at random."""
    random = np.random.default_rng(seed)
    number = random.permutation(side * side).reshape(side, side)
    tails = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    heads = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    kept = random.random(tails.size) < 0.8
    tails, heads = tails[kept], heads[kept]
    size = {
        "any": random.uniform(20, 120, tails.size),
        "equal": np.full(tails.size, 33.3),
        "skewed": random.exponential(1, tails.size) ** 6 + 1e-9,
        "decimals": random.integers(1, 30, tails.size) / 10,
    }[lengths]
    return Network.from_edges(side * side, tails, heads, size), random


def matrix_of(network: Network) -> Any:
    from scipy.sparse import csr_array

    arcs = network.arcs
    shape = (network.node_count, network.node_count)
    return csr_array((arcs.lengths, arcs.ends.astype(np.int32), arcs.starts), shape=shape)


@pytest.mark.parametrize("lengths", ["any", "equal", "skewed", "decimals"])
def test_a_larger_grid_agrees_with_scipy_bit_for_bit(lengths: str) -> None:
    network, random = city(60, 5, lengths)
    sources = random.choice(network.node_count, 40)
    rows = dijkstra(matrix_of(network), indices=sources)
    found = network.nearest(sources)
    least = rows.min(axis=0)
    assert (found.distance_m == least).all()
    assert (found.source == np.where(np.isinf(least), -1, rows.argmin(axis=0))).all()
    limit = float(np.quantile(rows[np.isfinite(rows)], 0.3))
    near = network.within(sources, limit)
    dense = np.full(rows.shape, np.inf)
    row = np.repeat(np.arange(sources.size), np.diff(near.indptr))
    dense[row, near.indices] = near.data
    assert (dense == np.where(rows <= limit, rows, np.inf)).all()
    assert all(
        (np.diff(near.indices[a:b]) > 0).all()
        for a, b in zip(near.indptr, near.indptr[1:], strict=False)
    )


@pytest.mark.parametrize("most", [0, 1e9])
def test_with_and_without_buckets_the_answer_is_the_same(
    monkeypatch: pytest.MonkeyPatch, most: float
) -> None:
    network, random = city(40, 9, "skewed")
    sources = random.choice(network.node_count, 15)
    expected = network.nearest(sources)
    rows = network.within(sources, 3.0)
    monkeypatch.setattr(searches, "MOST_BUCKETS", min(most, 2**22))
    found = network.nearest(sources)
    assert (found.distance_m == expected.distance_m).all()
    assert (found.source == expected.source).all()
    again = network.within(sources, 3.0)
    assert (again.data == rows.data).all()
    assert (again.indices == rows.indices).all()


def test_lengths_that_would_make_buckets_slow_move_to_the_heap() -> None:
    """Forty short cuts within one bucket, each found late: 2⁴⁰ steps, were there no heap."""
    stages = 40
    tails, heads, lengths = [], [], []
    for stage in range(stages):
        here, cut, there = 2 * stage, 2 * stage + 1, 2 * stage + 2
        tails += [here, cut, here]
        heads += [cut, there, there]
        lengths += [1e-6, 1e-6, 2e-6 + 1e-6 / 2**stage]
    network = Network.from_edges(
        2 * stages + 2, [*tails, 2 * stages], [*heads, 2 * stages + 1], [*lengths, 1e3]
    )
    expected = dijkstra(matrix_of(network), indices=[0, 7])
    assert (network.within([0, 7], np.inf).toarray() == expected).all()
    assert (network.nearest([0, 7]).distance_m == expected.min(axis=0)).all()


def test_a_tie_takes_the_lowest_position_not_the_lowest_node() -> None:
    network = Network.from_edges(5, [0, 1, 2, 3], [1, 2, 3, 4], [10, 10, 10, 10])
    assert network.nearest([4, 0]).source.tolist() == [1, 1, 0, 0, 0]
    assert network.nearest([0, 4]).source.tolist() == [0, 0, 0, 1, 1]
    assert network.nearest([2, 2, 0]).source.tolist() == [2, 0, 0, 0, 0]


def test_a_tie_made_by_rounding_is_a_tie() -> None:
    """0.1 + 0.2 is just above 0.3, but 10 metres on the two sums are the same float."""
    network = Network.from_edges(5, [0, 1, 2, 3], [1, 3, 3, 4], [0.1, 0.2, 0.3, 10])
    found = network.nearest([0, 2])
    assert found.source.tolist() == [0, 0, 1, 1, 0]


def test_many_grids_with_ties_agree_with_brute_force() -> None:
    for seed in range(30):
        network, random = city(12, seed, ["equal", "decimals"][seed % 2])
        sources = random.choice(network.node_count, 9)
        rows = dijkstra(matrix_of(network), indices=sources)
        least = rows.min(axis=0)
        expected = np.where(np.isinf(least), -1, rows.argmin(axis=0))
        assert (network.nearest(sources).source == expected).all()


def test_the_same_way_stored_twice_is_one_way() -> None:
    network = Network.from_edges(3, [0, 1, 1, 2], [1, 0, 2, 1], [5, 5, 7, 7])
    assert network.nearest([0]).distance_m.tolist() == [0, 5, 12]
    assert network.road.tolist() == [0, 0, 2, 2]
    with_points, node = network.with_points([0, 1], [0.2, 0.2])
    assert with_points.node_count == 5
    between = with_points.nearest([node[0]]).distance_m
    assert between[node[1]] == pytest.approx(3.0)


def test_parallel_edges_keep_the_shortest_and_loops_shorten_nothing() -> None:
    network = Network.from_edges(2, [0, 1, 0, 0], [1, 0, 1, 0], [9, 4, 6, 0.001])
    assert network.nearest([0]).distance_m.tolist() == [0, 4]


def test_a_lone_source_and_no_source() -> None:
    network = Network.from_edges(3, [0], [1], [2.5])
    found = network.nearest([2])
    assert found.distance_m.tolist() == [np.inf, np.inf, 0]
    assert found.source.tolist() == [-1, -1, 0]
    nothing = network.nearest([])
    assert np.isinf(nothing.distance_m).all()
    assert (nothing.source == -1).all()
    assert network.within([], 10).shape == (0, 3)
    itself = network.within([2, 2], 0)
    assert (itself.nnz, itself.indices.tolist(), itself.data.tolist()) == (2, [2, 2], [0, 0])


def test_a_network_without_nodes_or_edges() -> None:
    empty = Network.from_edges(0, [], [], [])
    assert empty.nearest([]).distance_m.shape == (0,)
    assert empty.within([], 5).shape == (0, 0)
    assert empty.components().component.shape == (0,)
    same, node = empty.with_points([], [])
    assert (same.node_count, node.shape) == (0, (0,))
    lone = Network.from_edges(2, [], [], [])
    assert lone.within([1], np.inf).toarray().tolist() == [[0, 0]]


def as_graph(edges: Edges, places: list[tuple[int, float]]) -> tuple[nx.MultiGraph, list[Any]]:
    """The same in networkx: each road with its places in a row. Same roads are one."""
    nodes, tails, heads, lengths = edges
    roads: dict[tuple[int, int, float], tuple[int, list[float]]] = {}
    for a, b, length in zip(tails, heads, lengths, strict=True):
        roads.setdefault((min(a, b), max(a, b), length), (a, []))
    names = []
    for edge, fraction in places:
        a, b, length = tails[edge], heads[edge], lengths[edge]
        key = (min(a, b), max(a, b), length)
        tail, on_road = roads[key]
        at = fraction * length if a == tail else length - fraction * length
        on_road.append(at)
        other = b if a == tail else a
        names.append(tail if at <= 0 else other if at >= length else (key, at))
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(nodes))
    for key, (tail, on_road) in roads.items():
        low, high, length = key
        stops = sorted({at for at in on_road if 0 < at < length})
        chain = [tail, *((key, at) for at in stops), high if tail == low else low]
        for one, other, gap in zip(
            chain[:-1], chain[1:], np.diff([0.0, *stops, length]), strict=True
        ):
            graph.add_edge(one, other, weight=gap)
    return graph, names


@settings(max_examples=300, deadline=None)
@given(edge_lists(("ties", "decimals", "any")), st.data())
def test_places_along_edges_lie_where_networkx_puts_them(edges: Edges, data: Any) -> None:
    if not edges[1]:
        return
    place = st.tuples(
        st.integers(0, len(edges[1]) - 1),
        st.one_of(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), st.floats(0, 1)),
    )
    places = data.draw(st.lists(place, min_size=1, max_size=6))
    cut = data.draw(st.integers(0, len(places)))
    graph, names = as_graph(edges, places)
    network = Network.from_edges(*edges)
    node = []
    for part in (places[:cut], places[cut:]):  # in two steps: edges keep their numbers
        network, found = network.with_points([p[0] for p in part], [p[1] for p in part])
        node += found.tolist()
    for name, source in zip(names, node, strict=True):
        expected = nx.single_source_dijkstra_path_length(graph, name)
        got = network.nearest([source]).distance_m
        for other_name, other in zip(
            [*range(edges[0]), *names], [*range(edges[0]), *node], strict=True
        ):
            assert got[other] == pytest.approx(expected.get(other_name, np.inf), abs=1e-9)


def test_ends_are_existing_nodes_and_equal_places_share_a_node() -> None:
    network = Network.from_edges(2, [0], [1], [8.0])
    with_points, node = network.with_points([0, 0, 0, 0, 0], [0.0, 1.0, 0.75, 0.25, 0.75])
    assert node.tolist() == [0, 1, 2, 3, 2]
    assert with_points.node_count == 4
    assert with_points.nearest([0]).distance_m.tolist() == [0, 8, 6, 2]
    assert network.node_count == 2  # the network itself stays as it was


def test_a_place_on_a_longer_parallel_way_lies_on_that_way() -> None:
    network = Network.from_edges(2, [0, 0], [1, 1], [10.0, 30.0])
    with_points, node = network.with_points([1], [0.5])
    assert with_points.nearest([node[0]]).distance_m.tolist() == [15, 15, 0]


def test_a_place_on_a_loop_is_reached_from_both_sides() -> None:
    network = Network.from_edges(1, [0], [0], [12.0])
    with_points, node = network.with_points([0, 0], [0.25, 0.9])
    assert with_points.nearest([0]).distance_m == pytest.approx([0, 3, 1.2])
    assert with_points.nearest([node[0]]).distance_m[node[1]] == pytest.approx(4.2)


def test_parts_are_told_apart_the_longest_first() -> None:
    network = Network.from_edges(7, [0, 2, 3, 4], [1, 3, 4, 4], [5, 30, 30, 1000])
    parts = network.components()
    assert isinstance(parts, Components)
    assert parts.component.tolist() == [1, 1, 0, 0, 0, 2, 3]
    assert parts.length_m.tolist() == [1060, 5, 0, 0]
    assert parts.nodes.tolist() == [3, 2, 1, 1]


def test_nodes_that_nothing_divides_become_one() -> None:
    new, tails, heads, lengths = joined_at_zero(5, [0, 1, 3, 3], [1, 2, 0, 4], [4, 0, 0, 2])
    assert new.tolist() == [0, 1, 1, 0, 2]
    assert (tails.tolist(), heads.tolist(), lengths.tolist()) == ([0, 0], [1, 2], [4, 2])


GOOD = (3, [0, 1], [1, 2], [1.0, 2.0])
BAD_EDGES = {
    "negative node count": (-1, [], [], []),
    "fractional node count": (2.5, [], [], []),
    "node count is truth": (True, [], [], []),
    "head out of range": (3, [0, 1], [1, 3], [1, 2]),
    "negative tail": (3, [-1, 1], [1, 2], [1, 2]),
    "fractional tail": (3, [0.5, 1], [1, 2], [1, 2]),
    "NaN tail": (3, [np.nan, 1], [1, 2], [1, 2]),
    "mask as tails": (3, [True, False], [1, 2], [1, 2]),
    "words": (3, ["a", "b"], [1, 2], [1, 2]),
    "unequal lengths": (3, [0, 1], [1, 2], [1]),
    "unequal heads": (3, [0, 1], [1], [1, 2]),
    "two dimensions": (3, [[0, 1]], [[1, 2]], [[1, 2]]),
    "ragged": (3, [[0], [1, 2]], [1, 2], [1, 2]),
    "zero length": (3, [0, 1], [1, 2], [1, 0]),
    "negative length": (3, [0, 1], [1, 2], [1, -2]),
    "NaN length": (3, [0, 1], [1, 2], [1, np.nan]),
    "infinite length": (3, [0, 1], [1, 2], [1, np.inf]),
    "complex length": (3, [0, 1], [1, 2], [1j, 2]),
    "no length": (3, [0, 1], [1, 2], [None, 2]),
    "wraps around": (3, np.array([2**64 - 1, 1], dtype=np.uint64), [1, 2], [1, 2]),
}


@pytest.mark.parametrize("case", BAD_EDGES)
def test_bad_edges_are_refused(case: str) -> None:
    with pytest.raises(BadArray) as problem:
        Network.from_edges(*BAD_EDGES[case])  # type: ignore[arg-type]
    assert isinstance(problem.value, GeoError)
    assert isinstance(problem.value, ValueError)
    assert len(str(problem.value).splitlines()) == 2


@pytest.mark.parametrize(
    "sources", [[3], [-1], [0.5], [np.nan], [[0, 1]], 1, [True, False, True], ["0"], None]
)
def test_bad_sources_are_refused(sources: Any) -> None:
    network = Network.from_edges(*GOOD)
    with pytest.raises(BadArray):
        network.nearest(sources)
    with pytest.raises(BadArray):
        network.within(sources, 5)


@pytest.mark.parametrize("limit", [np.nan, -1, -np.inf, "far", None, [1, 2]])
def test_bad_limits_are_refused(limit: Any) -> None:
    with pytest.raises(BadArray):
        Network.from_edges(*GOOD).within([0], limit)


@pytest.mark.parametrize(
    ("edge", "fraction"),
    [
        ([2], [0.5]), ([-1], [0.5]), ([0], [1.5]), ([0], [-0.1]), ([0], [np.nan]),
        ([0, 1], [0.5]), ([[0]], [[0.5]]), (0, 0.5), ([0.5], [0.5]), ([True], [0.5]),
    ],
)  # fmt: skip
def test_bad_places_are_refused(edge: Any, fraction: Any) -> None:
    with pytest.raises(BadArray):
        Network.from_edges(*GOOD).with_points(edge, fraction)


def test_whole_floats_serve_as_indices_and_inputs_are_copied() -> None:
    tails = np.array([0.0, 1.0])
    lengths = np.array([1.0, 2.0])
    network = Network.from_edges(3, tails, [1, 2], lengths)
    lengths[:] = 99
    assert network.nearest(np.array([2.0])).distance_m.tolist() == [3, 2, 0]
    with pytest.raises(ValueError, match="read-only"):
        network.lengths_m[0] = 1


@pytest.mark.parametrize("seed", range(12))
def test_one_way_edges_lead_one_way(seed: int) -> None:
    random = np.random.default_rng(seed)
    nodes, edges = 12, 30
    tails, heads = random.integers(0, nodes, (2, edges))
    lengths = random.integers(1, 5, edges).astype(np.float64)
    oneway = random.random(edges) < 0.6
    tails[1], heads[1], lengths[1] = heads[0], tails[0], lengths[0]  # to and fro: both ways
    oneway[:2] = True
    network = Network.from_edges(nodes, tails, heads, lengths, oneway=oneway)
    split, at = network.with_points([4, 9, 4], [0.25, 0.5, 0.75])
    graph = nx.DiGraph()
    graph.add_nodes_from(range(split.node_count))

    def add(begin: int, end: int, length: float, one: bool) -> None:
        for a, b in [(begin, end)] if one else [(begin, end), (end, begin)]:
            if a != b and length < graph.get_edge_data(a, b, {"weight": np.inf})["weight"]:
                graph.add_edge(a, b, weight=length)

    on: dict[int, list[tuple[float, int]]] = {}
    for place, node in zip([(4, 0.25), (9, 0.5), (4, 0.75)], at.tolist(), strict=True):
        on.setdefault(place[0], []).append((place[1] * lengths[place[0]], node))
    for i in range(edges):
        add(tails[i], heads[i], lengths[i], oneway[i])
        stops = [(0.0, tails[i]), *on.get(i, []), (lengths[i], heads[i])]
        for (before, a), (after, b) in pairwise(stops):
            add(a, b, after - before, oneway[i])
    found = split.within(np.arange(split.node_count), np.inf)
    for source in range(split.node_count):
        expected = nx.single_source_dijkstra_path_length(graph, source)
        row = found[[source]].tocoo()
        got = dict(zip(row.col.tolist(), row.data.tolist(), strict=True))
        assert got.keys() == expected.keys()
        assert all(got[node] == pytest.approx(expected[node]) for node in expected)


def test_one_way_is_said_for_each_edge() -> None:
    with pytest.raises(BadArray, match="oneway"):
        Network.from_edges(2, [0], [1], [1.0], oneway=[1])
    with pytest.raises(BadArray):
        Network.from_edges(2, [0], [1], [1.0], oneway=[True, False])
