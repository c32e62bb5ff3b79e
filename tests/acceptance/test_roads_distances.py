"""Are walking distances on real road graphs right, one of them with every edge stored twice?"""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from pyproj import Transformer
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.access.isochrones import isochrones
from geo.access.network import Network, joined_at_zero, snap, straight_lines, way_grid
from geo.errors import BadArray

ROADS = Path(__file__).resolve().parents[2].parent / "shared/acceptance/roads"
HONGKONG = ROADS / "hongkong"
FUTIAN = ROADS / "shenzhen_futian_osm.graphml"

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not ROADS.exists(), reason="../shared/acceptance/roads is absent"),
]


def rows_of(path: Path) -> np.ndarray:
    """The rows of a file that has remarks and its count of rows before them."""
    lines = [line.split() for line in path.read_text().splitlines() if not line.startswith("#")]
    return np.array([line for line in lines if len(line) > 1], dtype=np.float64)


@pytest.fixture(scope="module")
def edges() -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    """Hong Kong Island as it is stored: node count, tails, heads, metres."""
    rows = rows_of(HONGKONG / "Hongkong.road-d")
    return 43_620, rows[:, 0].astype(int), rows[:, 1].astype(int), rows[:, 2]


@pytest.fixture(scope="module")
def hongkong(edges: tuple[int, np.ndarray, np.ndarray, np.ndarray]) -> tuple[Network, np.ndarray]:
    """The network without its two ways of no length, and the positions of its nodes in metres."""
    new, *rest = joined_at_zero(*edges)
    network = Network.from_edges(int(new.max()) + 1, *rest)
    latitude, longitude = rows_of(HONGKONG / "Hongkong.co").T
    to_zone = Transformer.from_crs(4490, 4527, always_xy=True)
    nodes = np.empty((network.node_count, 2))
    nodes[new] = np.stack(to_zone.transform(longitude, latitude), axis=1)
    return network, nodes


def shortest_pairs(
    node_count: int, tails: np.ndarray, heads: np.ndarray, metres: np.ndarray
) -> csr_array:
    """A matrix with the least length of each pair: scipy by itself would add doubled edges up."""
    low, high = np.minimum(tails, heads), np.maximum(tails, heads)
    order = np.lexsort((metres, high, low))
    pair = np.stack([low[order], high[order]])
    first = np.append(True, (np.diff(pair) != 0).any(axis=0))
    one, other = pair[:, first]
    return csr_array((metres[order][first], (one, other)), shape=(node_count, node_count))


def test_ways_of_no_length_are_refused_and_can_be_joined(edges: tuple) -> None:
    with pytest.raises(BadArray, match="4"):
        Network.from_edges(*edges)
    node_count, tails, _, metres = edges
    assert (tails.size, metres.sum()) == (91_542, pytest.approx(2 * 776_946.465, abs=0.01))
    new, *rest = joined_at_zero(*edges)
    assert (new.max() + 1, rest[0].size) == (node_count - 2, 91_538)


def test_edges_stored_twice_count_once(hongkong: tuple[Network, np.ndarray]) -> None:
    network, _ = hongkong
    parts = network.components()
    assert parts.length_m.tolist() == pytest.approx([776_946.465], abs=0.01)
    assert network.arcs.ends.size == 91_538
    assert np.unique(network.road).size == 45_769


def test_distances_agree_with_scipy_bit_for_bit(hongkong: tuple[Network, np.ndarray]) -> None:
    network, _ = hongkong
    random = np.random.default_rng(8)
    sources = random.choice(network.node_count, 60, replace=False)
    matrix = shortest_pairs(network.node_count, network.tails, network.heads, network.lengths_m)
    rows = dijkstra(matrix, directed=False, indices=sources)
    found = network.nearest(sources)
    assert (found.distance_m == rows.min(axis=0)).all()
    assert (found.source == rows.argmin(axis=0)).all()
    near = network.within(sources, 1000.0)
    row = np.repeat(np.arange(sources.size), np.diff(near.indptr))
    assert (near.data == rows[row, near.indices]).all()
    assert near.nnz == (rows <= 1000).sum()


def test_no_node_is_nearer_on_foot_than_in_a_straight_line(
    hongkong: tuple[Network, np.ndarray],
) -> None:
    """Doubled distances would show as well: half of the nodes lie within 1.6 straight lines."""
    network, nodes = hongkong
    walked = network.nearest([12_345]).distance_m
    straight = np.hypot(*(nodes - nodes[12_345]).T)
    far = straight > 500
    assert (walked[far] >= 0.98 * straight[far]).all()
    assert 1.0 < np.median(walked[far] / straight[far]) < 1.9


def test_facilities_and_elders_beside_the_roads(hongkong: tuple[Network, np.ndarray]) -> None:
    """Places on edges, from snap to distance: equal to the best of the ways over both ends."""
    network, nodes = hongkong
    grid = way_grid(network, straight_lines(network, nodes))
    random = np.random.default_rng(4)
    places = nodes[random.integers(0, len(nodes), 240)] + random.normal(0, 40, (240, 2))
    snapped = snap(network, grid, places)
    assert snapped.on_island.size == 0
    with_points, node = network.with_points(snapped.edge, snapped.fraction)
    found = with_points.nearest(node[:40])
    ends = np.stack([network.tails[snapped.edge], network.heads[snapped.edge]], axis=1)
    length = network.lengths_m[snapped.edge]
    to_end = np.stack([snapped.fraction, 1 - snapped.fraction], axis=1) * length[:, None]
    between = dijkstra(
        shortest_pairs(network.node_count, network.tails, network.heads, network.lengths_m),
        directed=False,
        indices=ends[:40].ravel(),
    ).reshape(40, 2, -1)
    best = np.full((40, 240), np.inf)
    for one in range(2):
        for other in range(2):
            walk = to_end[:40, one][:, None] + between[:, one][:, ends[:, other]]
            best = np.minimum(best, walk + to_end[:, other])
    same = network.road[snapped.edge[:40]][:, None] == network.road[snapped.edge]
    assert (snapped.edge == network.road[snapped.edge]).all()  # so fractions run the same way
    along = np.abs(snapped.fraction[:40][:, None] - snapped.fraction) * length
    best = np.where(same, np.minimum(best, along), best)
    assert found.distance_m[node] == pytest.approx(best.min(axis=0), rel=1e-9, abs=1e-6)


def test_isochrones_are_quick_enough_for_a_click(hongkong: tuple[Network, np.ndarray]) -> None:
    network, nodes = hongkong
    grid = way_grid(network, straight_lines(network, nodes))
    snapped = snap(network, grid, nodes[[7, 20_000, 43_000]] + 12.0)
    places = list(zip(snapped.edge.tolist(), snapped.fraction.tolist(), strict=True))
    isochrones(network, grid, *places[0])  # compiled, or read from the disk
    for place in places:
        began = time.perf_counter()
        areas = isochrones(network, grid, *place)
        assert time.perf_counter() - began < 0.5
        assert all(area.area.is_valid for area in areas)
        assert all(
            larger.area.contains_properly(smaller.area) for smaller, larger in pairwise(areas)
        )
        assert areas[0].ways_m > 0


def test_a_graph_of_graphml_agrees_with_networkx() -> None:
    """Futian: one-way streets are walked both ways, parallel ways keep the shortest."""
    graph = nx.read_graphml(FUTIAN)
    number = {name: position for position, name in enumerate(graph)}
    assert (len(number), graph.number_of_edges()) == (1_751, 4_009)
    tails, heads, metres = zip(
        *((number[a], number[b], float(length)) for a, b, length in graph.edges(data="length")),
        strict=True,
    )
    network = Network.from_edges(len(number), tails, heads, metres)
    plain = nx.Graph()
    plain.add_nodes_from(range(len(number)))
    for a, b, length in zip(tails, heads, metres, strict=True):
        if not plain.has_edge(a, b) or plain[a][b]["weight"] > length:
            plain.add_edge(a, b, weight=length)
    sources = [3, 900, 1_750]
    found = network.nearest(sources)
    rows = np.full((3, len(number)), np.inf)
    for row, source in zip(rows, sources, strict=True):
        for node, distance in nx.single_source_dijkstra_path_length(plain, source).items():
            row[node] = distance
    assert (found.distance_m == rows.min(axis=0)).all()
    assert (found.source == np.where(np.isinf(rows.min(axis=0)), -1, rows.argmin(axis=0))).all()
    near = network.within(sources, 1500.0)
    assert near.nnz == (rows <= 1500).sum()
    matrix = shortest_pairs(len(number), np.array(tails), np.array(heads), np.array(metres))
    assert network.components().nodes.size == connected_components(matrix, directed=False)[0]
