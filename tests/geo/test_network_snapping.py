"""Do places snap to the nearest edge, wherever they lie, and is nothing hidden?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from geo.access.network import Network, snap, straight_lines, way_grid
from geo.errors import BadArray

CITY = np.array([39_200_000, 2_460_000])
CORNER = [[0, 0], [100, 0], [100, 100], [300, 0], [400, 0]]


def corner() -> Network:
    """A right angle of two edges, the first stored twice, and an island to the right."""
    return Network.from_edges(5, [0, 1, 1, 3], [1, 0, 2, 4], [100, 100, 100, 100])


def test_a_place_goes_to_the_nearest_edge_not_to_the_nearest_node() -> None:
    network = corner()
    found = snap(network, straight_lines(network, CORNER), [[50, -20], [110, 75], [90, -30]])
    assert found.edge.tolist() == [0, 2, 0]
    assert found.fraction == pytest.approx([0.5, 0.75, 0.9])
    assert found.distance_m == pytest.approx([20, 10, 30])
    assert (found.too_far.size, found.on_island.size) == (0, 0)
    assert (found.edge.dtype, found.fraction.dtype) == (np.int64, np.float64)


def test_places_too_far_and_on_islands_are_listed_and_snapped_all_the_same() -> None:
    network = corner()
    places = [[50, 10], [350, 60], [50, 500], [1000, 0]]
    found = snap(network, straight_lines(network, CORNER), places, limit_m=50)
    assert found.too_far.tolist() == [1, 2, 3]
    assert found.on_island.tolist() == [1, 3]
    assert found.edge.tolist() == [0, 3, 2, 3]
    assert found.fraction.tolist() == [0.5, 0.5, 1.0, 1.0]
    assert found.distance_m[1] == 60


def test_at_equal_distance_the_lowest_edge_is_taken() -> None:
    network = corner()
    found = snap(network, straight_lines(network, CORNER), [[100, 0], [120, -20], [0, 0]])
    assert found.edge.tolist() == [0, 0, 0]
    assert found.fraction.tolist() == [1, 1, 0]


def test_on_a_bent_way_the_fraction_is_of_its_length() -> None:
    network = Network.from_edges(2, [0], [1], [1234.0])
    bent = [LineString([(0, 0), (30, 0), (30, 0), (30, 70)])]
    found = snap(network, bent, [[35, 20], [15, 3], [99, 99]])
    assert found.fraction == pytest.approx([0.5, 0.15, 1.0])
    with_point, node = network.with_points(found.edge[:1], found.fraction[:1])
    assert with_point.nearest(node).distance_m[:2] == pytest.approx([617, 617])


def test_equal_ways_with_different_lines_are_both_there() -> None:
    """The two halves of a circus are equally long: a place is beside the half where it stands."""
    network = Network.from_edges(2, [0, 1], [1, 0], [50.0, 50.0])
    halves = [
        LineString([(0, 0), (10, 20), (20, 0)]),
        LineString([(20, 0), (10, -20), (0, 0)]),
    ]
    found = snap(network, halves, [[10, 21], [10, -21]])
    assert found.edge.tolist() == [0, 1]
    assert found.distance_m.tolist() == [1, 1]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_place_and_any_ways_agree_with_shapely(data: Any) -> None:
    # Shapely's own distances fail on lengths below 1e-150, so places are whole micrometres.
    metres = st.floats(-1e3, 1e3).map(lambda value: round(value, 6))
    coordinate = st.integers(-9, 9).map(float) | metres | st.sampled_from([1e5, -1e5])
    vertex = st.tuples(coordinate, coordinate)
    shapes = data.draw(st.lists(st.lists(vertex, min_size=2, max_size=5), min_size=1, max_size=12))
    places = np.array(data.draw(st.lists(vertex, min_size=1, max_size=8)))
    lines = [LineString(shape) for shape in shapes]
    edges = len(lines)
    network = Network.from_edges(2 * edges, range(edges), range(edges, 2 * edges), [1.0] * edges)
    found = snap(network, lines, places)
    distance = np.array(
        [[line.distance(shapely.Point(place)) for line in lines] for place in places]
    )
    assert found.distance_m == pytest.approx(distance.min(axis=1), rel=1e-9, abs=1e-9)
    rows = np.arange(len(places))
    assert distance[rows, found.edge] == pytest.approx(distance.min(axis=1), rel=1e-9, abs=1e-9)
    spots = shapely.line_interpolate_point(
        np.array(lines)[found.edge], found.fraction, normalized=True
    )
    beside = shapely.distance(spots, shapely.points(places))
    assert beside == pytest.approx(found.distance_m, rel=1e-6, abs=1e-6)


def test_many_places_on_a_town_agree_with_a_search_tree() -> None:
    random = np.random.default_rng(3)
    nodes = random.uniform(0, 5000, (800, 2)) + CITY
    tails = random.integers(0, 800, 1500)
    heads = (tails + random.integers(1, 20, 1500)) % 800
    network = Network.from_edges(800, tails, heads, np.full(1500, 7.0))
    lines = straight_lines(network, nodes)
    places = random.uniform(-3000, 8000, (3000, 2)) + CITY
    found = snap(network, way_grid(network, lines), places)
    tree = shapely.STRtree(lines)
    expected = tree.query_nearest(shapely.points(places), return_distance=True, all_matches=False)[
        1
    ]
    assert found.distance_m == pytest.approx(expected, rel=1e-9)


def test_without_edges_and_without_places_nothing_is_found() -> None:
    network = Network.from_edges(2, [], [], [])
    found = snap(network, [], [[1, 2]])
    assert (found.edge.tolist(), found.distance_m.tolist()) == ([-1], [np.inf])
    assert found.too_far.tolist() == [0]
    nothing = snap(corner(), straight_lines(corner(), CORNER), [])
    assert (nothing.edge.size, nothing.too_far.size) == (0, 0)


LINE = LineString([(0, 0), (1, 0)])


@pytest.mark.parametrize(
    ("lines", "points"),
    [
        ([LINE], [[0, np.nan]]),
        ([LINE], [[0, np.inf]]),
        ([LINE], [0, 1]),
        ([LINE], [[0, 1, 2]]),
        ([LINE], [["a", "b"]]),
        ([LINE, LINE], [[0, 1]]),
        ([], [[0, 1]]),
        ([None], [[0, 1]]),
        (["LINESTRING (0 0, 1 1)"], [[0, 1]]),
        ([shapely.Point(0, 0)], [[0, 1]]),
        ([LineString()], [[0, 1]]),
        ([LineString([(0, 0), (np.nan, 1)])], [[0, 1]]),
    ],
)
def test_bad_lines_and_places_are_refused(lines: Any, points: Any) -> None:
    with pytest.raises(BadArray):
        snap(Network.from_edges(2, [0], [1], [1.0]), lines, points)


def test_too_few_positions_of_nodes_and_bad_limits_are_refused() -> None:
    with pytest.raises(BadArray):
        straight_lines(corner(), CORNER[:3])
    with pytest.raises(BadArray):
        snap(corner(), straight_lines(corner(), CORNER), [[0, 0]], limit_m=np.nan)
