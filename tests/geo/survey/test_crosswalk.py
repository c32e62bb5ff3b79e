"""Are old figures shared out whole, by true shares, whatever is split and merged?"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geo.errors import BadArray
from geo.survey.changes.crosswalk.weights import (
    Weights,
    area_weights,
    areas_m2,
    largest_remainders,
    people_weights,
    share_out,
)

GRS80 = Geod(ellps="GRS80")


def strips(cuts: list[float], west: float = 119.0, east: float = 120.0) -> list[BaseGeometry]:
    """A rectangle cut at the given shares of its width."""
    edges = [west, *(west + (east - west) * cut for cut in sorted(set(cuts))), east]
    return [shapely.box(a, 31.0, b, 31.5) for a, b in itertools.pairwise(edges) if b > a]


cuts = st.lists(st.floats(0.01, 0.99).map(lambda x: round(x, 3)), max_size=8)


@given(cuts, cuts, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_sums_are_kept_to_the_last_person(a: list[float], b: list[float], chance: object) -> None:
    old, new = strips(a), strips(b)
    counts = np.array([chance.randint(0, 10**7) for _ in old], dtype=np.int64)  # type: ignore[attr-defined]
    weights = area_weights(old, new, least_share=0)
    pairs, outside = share_out(counts, weights, len(new))
    there = np.bincount(weights.new, weights=pairs, minlength=len(new))
    assert there.sum() + outside.sum() == counts.sum()
    assert outside.sum() == 0, "both cover the same ground"
    back = np.bincount(weights.old, weights=pairs, minlength=len(old))
    assert (back == counts).all(), "each old figure is kept by itself"
    assert (pairs >= 0).all()
    exact = counts[weights.old] * weights.share
    assert (np.abs(pairs - exact) < 1).all(), "no part is further than one person from its share"


@given(
    st.integers(0, 10**9),
    st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=30).filter(sum),
)
def test_largest_remainders_add_up_and_stay_within_one(total: int, shares: list[float]) -> None:
    parts = largest_remainders(total, np.array(shares))
    assert parts.sum() == total
    assert (parts >= 0).all()
    exact = total * np.array(shares) / sum(shares)
    assert (np.abs(parts - exact) <= 1 + 1e-6).all()
    assert (parts[np.array(shares) == 0] == 0).all()


def test_hamiltons_method_on_a_case_worked_by_hand() -> None:
    # 7 seats by 0.5, 0.3, 0.2: 3.5, 2.1, 1.4 → 3, 2, 1 and the last one to the remainder 0.5.
    assert largest_remainders(7, np.array([0.5, 0.3, 0.2])).tolist() == [4, 2, 1]
    assert largest_remainders(1, np.array([1.0, 1.0, 1.0])).tolist() == [1, 0, 0]


def test_shares_by_area_are_those_of_the_ellipsoid() -> None:
    old = [shapely.box(119.0, 31.0, 120.0, 32.0)]
    new = [shapely.box(119.0, 31.0, 120.0, 31.5), shapely.box(119.0, 31.5, 120.0, 32.0)]
    weights = area_weights(old, new)
    geodesic = [abs(GRS80.geometry_area_perimeter(shape.segmentize(0.001))[0]) for shape in new]
    assert weights.share == pytest.approx([g / sum(geodesic) for g in geodesic], rel=1e-9)
    assert weights.share[0] > 0.5, "the southern half of a box of degrees is the larger one"
    assert areas_m2(np.array(new)) == pytest.approx(geodesic, rel=1e-9)


def test_what_lies_in_no_new_division_is_kept_apart() -> None:
    old = [shapely.box(119, 31, 120, 32), shapely.box(121, 31, 122, 32)]
    new = [shapely.box(119, 31, 119.75, 32)]
    weights = area_weights(old, new)
    assert weights.outside == pytest.approx([0.25, 1.0])
    pairs, outside = share_out(np.array([1001, 7]), weights, 1)
    assert (pairs.tolist(), outside.tolist()) == ([751], [250, 7])


def test_slivers_of_drawing_move_nobody_and_are_told() -> None:
    old = strips([0.5])
    new = strips([0.501])
    weights = area_weights(old, new, least_share=0.005)
    assert list(zip(weights.old, weights.new, strict=True)) == [(0, 0), (1, 1)]
    assert weights.share.tolist() == [1.0, 1.0]
    assert weights.drawn_away == pytest.approx([0.0, 0.002])
    exact = area_weights(old, new, least_share=0)
    assert len(exact.share) == 3


def test_people_weigh_where_they_live() -> None:
    old = [shapely.box(119, 31, 120, 32)]
    new = strips([0.5])
    new = [shapely.box(119, 31, 119.5, 32), shapely.box(119.5, 31, 120, 32)]
    points = np.array([[119.1, 31.2], [119.5, 31.2], [119.9, 31.2], [130.0, 31.2]])
    weights = people_weights(old, new, points, np.array([30.0, 10.0, 60.0, 99.0]))
    assert weights.share.tolist() == [0.4, 0.6], "on the border: the first, and only once"
    assert weights.outside.tolist() == [0.0]


def test_without_people_nothing_is_known() -> None:
    new = strips([0.5])
    weights = people_weights(strips([]), new, np.zeros((0, 2)), np.zeros(0))
    assert np.isnan(weights.outside).all()
    pairs, outside = share_out(np.array([12]), weights, 2)
    assert (pairs.tolist(), outside.tolist()) == ([], [12])


def test_overlapping_new_divisions_do_not_make_people() -> None:
    old = strips([])
    weights = area_weights(old, [*strips([]), *strips([])])
    pairs, outside = share_out(np.array([101]), weights, 2)
    assert pairs.sum() + outside.sum() == 101


@pytest.mark.parametrize(
    ("counts", "match"), [([-1], "≥ 0"), ([1, 2], "1 whole numbers"), ([], "1 whole numbers")]
)
def test_figures_that_do_not_fit_are_refused(counts: list[int], match: str) -> None:
    with pytest.raises(BadArray, match=match):
        share_out(np.array(counts, dtype=np.int64), area_weights(strips([]), strips([])), 1)


def test_shapes_that_are_no_polygons_are_refused() -> None:
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    for shape, match in ((shapely.Point(1, 1), "no polygon"), (bow, "not valid")):
        with pytest.raises(BadArray, match=match):
            area_weights([shape], strips([]))
    with pytest.raises(BadArray, match="shares"):
        largest_remainders(3, np.array([0.0, 0.0]))
    one = np.array([0])
    astray = Weights(one, one + 1, one + 1.0, one * 0.0, one * 0.0)
    with pytest.raises(BadArray, match="out of range"):
        share_out(np.array([1]), astray, 1)
