"""Are the areas of 5, 10 and 15 minutes true to the ways, nested, whole and always the same?"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon

from geo.access.isochrones import BESIDE_M, WIDER_M, Isochrone, isochrones
from geo.access.network import Network, straight_lines
from geo.access.network.outline import frame_of, outline
from geo.errors import BadArray


def town(side: int = 12, gap: float = 60.0, seed: int = 1) -> tuple[Network, Any]:
    """Streets with holes between them, in coordinates of a real zone, a fifth of them missing."""
    random = np.random.default_rng(seed)
    number = np.arange(side * side).reshape(side, side)
    tails = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    heads = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    kept = random.random(tails.size) < 0.8
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    nodes = np.stack([x.ravel(), y.ravel()], axis=1) * gap + random.uniform(-9, 9, (side * side, 2))
    nodes += [39_200_000, 2_460_000]
    tails, heads = tails[kept], heads[kept]
    length = np.hypot(*(nodes[tails] - nodes[heads]).T)
    network = Network.from_edges(side * side, tails, heads, length)
    return network, straight_lines(network, nodes)


def straight() -> tuple[Network, list[LineString]]:
    """One road of 2 000 m from west to east in two edges."""
    network = Network.from_edges(3, [0, 1], [1, 2], [1000.0, 1000.0])
    return network, [LineString([(0, 0), (1000, 0)]), LineString([(1000, 0), (2000, 0)])]


def test_on_a_straight_road_the_areas_end_where_the_minutes_do() -> None:
    network, lines = straight()
    five, ten, fifteen = isochrones(network, lines, 0, 0.9)
    assert [area.limit for area in (five, ten, fifteen)] == [240, 480, 720]
    assert [area.ways_m for area in (five, ten, fifteen)] == pytest.approx([480, 960, 1440])
    for rank, area in enumerate((five, ten, fifteen)):
        width = BESIDE_M + rank * WIDER_M
        expected = [900 - area.limit - width, -width, 900 + area.limit + width, width]
        assert area.area.bounds == pytest.approx(expected, abs=0.5)
        true = 2 * area.limit * 2 * width + np.pi * width**2
        assert area.area.area == pytest.approx(true, rel=0.005)


def test_within_an_edge_and_with_metres_used_up_before() -> None:
    network, lines = straight()
    (area,) = isochrones(network, lines, 0, 0.5, minutes=[1], used_m=28.0)
    assert area.ways_m == pytest.approx(40)
    assert area.area.centroid.x == pytest.approx(500, abs=0.5)
    (none,) = isochrones(network, lines, 0, 0.5, minutes=[1], used_m=50.0)
    assert (none.ways_m, none.area.is_empty) == (0, True)


def test_a_way_stored_twice_is_walked_once() -> None:
    network = Network.from_edges(2, [0, 1], [1, 0], [1000.0, 1000.0])
    east = LineString([(0, 0), (1000, 0)])
    found = isochrones(network, [east, east.reverse()], 1, 0.9, minutes=[1, 10])
    assert [area.ways_m for area in found] == pytest.approx([96, 580])
    assert found[0].area.centroid.x == pytest.approx(100, abs=0.5)


def test_both_ends_and_the_place_reach_into_one_edge() -> None:
    """A short cut around: the long edge is reached at its middle and from both its ends."""
    network = Network.from_edges(2, [0, 0], [1, 1], [1000.0, 600.0])
    lines = [LineString([(0, 0), (1000, 0)]), LineString([(0, 0), (500, 330), (1000, 0)])]
    (area,) = isochrones(network, lines, 1, 0.5, minutes=[1], speed_m_s=8.0)
    drawn = shapely.length(lines[1])
    assert area.ways_m == pytest.approx(drawn + 360)
    (apart,) = isochrones(network, lines, 0, 0.5, minutes=[1], speed_m_s=5.0)
    assert apart.ways_m == pytest.approx(600)


def test_a_bent_way_is_cut_along_its_bends() -> None:
    network = Network.from_edges(2, [0], [1], [200.0])
    bent = [LineString([(0, 0), (100, 0), (100, 100)])]
    (area,) = isochrones(network, bent, 0, 0.0, minutes=[2.5], speed_m_s=1.0)
    assert area.ways_m == pytest.approx(150)
    assert area.area.bounds == pytest.approx([-30, -30, 130, 80], abs=0.5)


@pytest.mark.parametrize("seed", range(6))
def test_areas_are_nested_valid_and_like_united_buffers(seed: int) -> None:
    network, lines = town(seed=seed)
    edge = seed * 7
    found = isochrones(network, lines, edge, 0.3)
    for smaller, larger in pairwise(found):
        assert larger.area.contains_properly(smaller.area)
    for area in found:
        assert area.area.is_valid
        assert isinstance(area.area, MultiPolygon)
    with_point, node = network.with_points([edge], [0.3])
    distance = with_point.nearest(node).distance_m
    for rank, area in enumerate(found):
        whole = np.flatnonzero(
            (distance[network.tails] <= area.limit)
            & (distance[network.heads] <= area.limit)
            & (
                distance[network.tails] + distance[network.heads] + network.lengths_m
                <= 2 * area.limit
            )
        )
        inner = shapely.union_all(shapely.buffer(lines[whole], BESIDE_M + rank * WIDER_M - 1.0))
        assert area.area.covers(inner)
        near = np.flatnonzero(
            np.minimum(distance[network.tails], distance[network.heads]) <= area.limit
        )
        outer = shapely.union_all(
            shapely.buffer(lines[np.append(near, edge)], BESIDE_M + rank * WIDER_M + 1.0)
        )
        closed = area.area.difference(outer).area  # gaps narrower than a step of the grid
        assert closed < 0.003 * area.area.area


def test_the_same_question_has_the_same_answer_to_the_last_bit() -> None:
    network, lines = town()
    first, again = (isochrones(network, lines, 5, 0.5) for _ in range(2))
    assert [one.area.wkb for one in first] == [one.area.wkb for one in again]


def test_a_network_with_points_gives_the_same_areas() -> None:
    network, lines = town()
    with_points, _ = network.with_points([5, 8, 9], [0.1, 0.6, 0.7])
    first, again = (isochrones(one, lines, 5, 0.5) for one in (network, with_points))
    assert [one.ways_m for one in first] == pytest.approx([one.ways_m for one in again])


def test_areas_are_geojson_and_minutes_come_in_order() -> None:
    network, lines = town()
    found = isochrones(network, lines, 0, 0.0, minutes=[10, 5, 5])
    assert [area.minutes for area in found] == [5, 10]
    assert isinstance(found[0], Isochrone)
    assert json.loads(shapely.to_geojson(found[0].area))["type"] == "MultiPolygon"


def test_seconds_work_like_metres() -> None:
    network, lines = straight()
    seconds = Network.from_edges(3, [0, 1], [1, 2], [100.0, 400.0])
    (area,) = isochrones(seconds, lines, 1, 0.0, minutes=[5], speed_m_s=1.0)
    assert area.area.bounds[0] == pytest.approx(-30, abs=0.5)
    assert area.area.bounds[2] == pytest.approx(1750 + 30, abs=0.5)
    assert network.node_count == seconds.node_count


def test_rings_within_rings_are_shells_and_holes() -> None:
    angle = np.linspace(0, 2 * np.pi, 200)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    rings = [circle * radius for radius in (50, 200, 400)]
    begin = np.concatenate([ring[:-1] for ring in rings])
    end = np.concatenate([ring[1:] for ring in rings])
    area = outline(begin, end, 20.0, frame_of(begin, 20.0))
    assert area.is_valid
    assert len(area.geoms) == 3
    assert sorted(len(part.interiors) for part in area.geoms) == [1, 1, 1]
    assert area.area == pytest.approx(2 * np.pi * (50 + 200 + 400) * 40, rel=0.005)


@pytest.mark.parametrize(
    "change",
    [
        {"edge": 2}, {"edge": -1}, {"fraction": 1.1}, {"fraction": np.nan}, {"minutes": [0]},
        {"minutes": [np.nan]}, {"speed_m_s": 0}, {"speed_m_s": -1}, {"used_m": np.nan},
        {"beside_m": 0}, {"lines": []}, {"lines": [None, None]},
    ],
)  # fmt: skip
def test_bad_questions_are_refused(change: dict[str, Any]) -> None:
    network, lines = straight()
    question: dict[str, Any] = {"lines": lines, "edge": 0, "fraction": 0.5} | change
    with pytest.raises(BadArray):
        isochrones(network, **question)
