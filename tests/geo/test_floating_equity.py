"""Are the shares of access counted as the books say, and is unknown not 0?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.access.floating import beds_per_thousand, catchment_radius, gini, lorenz, mean_by_group
from geo.errors import BadArray


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any))
def test_gini_is_half_the_mean_difference(values):
    x = np.array(values, dtype=float)
    expected = np.abs(x[:, None] - x[None, :]).sum() / (2 * x.size**2 * x.mean())
    assert gini(x) == pytest.approx(expected, abs=1e-12)


def test_weights_count_as_that_many_people():
    assert gini([1.0, 4.0], [3, 2]) == pytest.approx(gini([1, 1, 1, 4, 4]))


def test_lorenz_runs_from_nothing_to_all():
    curve = lorenz([3.0, 1.0], [1.0, 1.0])
    np.testing.assert_allclose(curve.people, [0, 0.5, 1])
    np.testing.assert_allclose(curve.share, [0, 0.25, 1])


def test_nothing_to_share_is_unknown():
    assert np.isnan(gini([0.0, 0.0]))
    assert np.isnan(gini([]))


def test_beds_per_thousand_elders():
    found = beds_per_thousand([40, 3, 0], [1000, 0, 500])
    assert found[0] == 40
    assert np.isnan(found[1])
    assert found[2] == 0


def test_means_by_street():
    found = mean_by_group([1.0, 3.0, 9.0, 7.0], [1, 3, 1, 5], np.array([0, 0, -1, 2]), 4)
    np.testing.assert_allclose(found, [2.5, np.nan, 7.0, np.nan])


def test_radius_by_size():
    found = catchment_radius([10, 50, 51, 500], [50, 200], [300, 500, 1000])
    assert found.tolist() == [300, 300, 500, 1000]


@pytest.mark.parametrize(
    "call",
    [
        lambda: gini([1.0, np.nan]),
        lambda: gini([1.0], [1.0, 2.0]),
        lambda: catchment_radius([1.0], [3.0, 2.0], [1.0, 2.0, 3.0]),
        lambda: mean_by_group([1.0], [1.0], np.array([5]), 2),
    ],
)
def test_wrong_arrays_are_refused(call):
    with pytest.raises(BadArray):
        call()
