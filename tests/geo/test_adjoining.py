"""Are overlaps and gaps between areas all found, whether or not the areas share whole edges?"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely

from geo.loaders.adjoining import compare_neighbours
from geo.loaders.shapes import area_m2

_STEP = 0.01


def net(wide: int = 8, high: int = 6, *, lon: float = 118.0, step: float = _STEP) -> np.ndarray:
    """Crooked cells that share whole edges."""
    rng = np.random.default_rng(3)
    x, y = np.meshgrid(lon + np.arange(wide + 1) * step, 31 + np.arange(high + 1) * step)
    x, y = (axis + rng.uniform(-0.2, 0.2, axis.shape) * step for axis in (x, y))
    corners = np.stack([x, y], -1)
    rings = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], 2)
    return shapely.polygons(rings.reshape(-1, 4, 2))


def discs() -> np.ndarray:
    middles = np.random.default_rng(4).uniform((118, 31), (118.1, 31.1), (40, 2))
    return shapely.buffer(shapely.points(middles), 0.01)


BOX = np.array([shapely.box(118.0, 31.0, 118.05, 31.05)], dtype=object)
CASES = {
    "a sound net": net(),
    "one cell left out": np.delete(net(), 20),
    "one cell moved": np.concatenate(
        [net()[:-1], shapely.transform(net()[-1:], lambda c: c + 1e-3)]
    ),
    "two nets, one on the other": np.concatenate([net(), net(step=0.9 * _STEP)]),
    "every cell twice": np.concatenate([net(), net()]),
    "every cell three times": np.concatenate([net(), net(), net()]),
    "a net within one area": np.concatenate([BOX, net(4, 4, lon=118.001, step=0.005)]),
    "areas with one side in common": shapely.box(118, 31, 118 + np.array([0.01, 0.02]), 31.01),
    "one area within another": np.concatenate([BOX, shapely.buffer(BOX, -0.02)]),
    "discs that share no edge": discs(),
}


@pytest.mark.parametrize("case", CASES)
def test_overlaps_are_those_of_comparing_every_pair(case: str) -> None:
    shapes = CASES[case]
    shared = {
        (one, other): area_m2(shapely.intersection(shapes[one], shapes[other]))
        for one, other in combinations(range(len(shapes)), 2)
    }
    expected = {pair: area for pair, area in shared.items() if area > 1}
    found = compare_neighbours(shapes).overlaps
    assert {(one.first, one.second): one.area_m2 for one in found} == pytest.approx(expected)
    assert [one.area_m2 for one in found] == sorted(expected.values(), reverse=True)


@pytest.mark.parametrize("case", CASES)
def test_gaps_are_the_holes_of_the_union_with_several_neighbours(case: str) -> None:
    shapes = CASES[case]
    whole = shapely.union_all(shapes)
    rings = [r for part in shapely.get_parts(whole) for r in shapely.get_rings(part)[1:]]
    holes = [shapely.polygons(ring) for ring in rings]
    expected = [
        area_m2(hole)
        for hole in holes
        if area_m2(hole) > 1 and np.count_nonzero(shapely.intersects(shapes, hole)) > 1
    ]
    found = compare_neighbours(shapes).gaps
    assert [one.area_m2 for one in found] == pytest.approx(sorted(expected, reverse=True))


def test_points_and_rows_without_a_shape_are_passed_over() -> None:
    shapes = np.array([None, *BOX, shapely.Point(118, 31), *shapely.buffer(BOX, -0.02)])
    [overlap] = compare_neighbours(shapes).overlaps
    assert (overlap.first, overlap.second) == (1, 3)


def test_a_sound_net_is_not_compared_shape_by_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    compare = shapely.coverage_invalid_edges

    def counted(shapes: np.ndarray) -> np.ndarray:
        seen.append(len(shapes))
        return compare(shapes)

    monkeypatch.setattr(shapely, "coverage_invalid_edges", counted)
    compare_neighbours(net(40, 40))
    assert sum(seen) < 40 * 40 / 2
