"""Are the seconds of walking and driving those of the formulas?"""

from __future__ import annotations

import numpy as np
import pytest

from geo.access.network import costs
from geo.errors import BadArray


def test_an_elder_walks_720_metres_in_15_minutes_and_a_plan_900() -> None:
    assert costs.walking_seconds([720]).tolist() == [900]
    assert costs.walking_seconds([900], speed_m_s=costs.PLANNING_M_S).tolist() == [900]


def test_steps_take_longer_and_their_slope_is_not_counted_twice() -> None:
    seconds = costs.walking_seconds(
        [8, 8, 8], steps=[False, True, True], rise_m=[0, 4, np.nan], steps_factor=2.5
    )
    assert seconds.tolist() == [10, 25, 25]


def test_slopes_take_the_mean_of_toblers_ways_up_and_down() -> None:
    def speed(slope: float) -> float:
        return float(6 * np.exp(-3.5 * abs(slope + 0.05)))

    for slope in (0.0, 0.03, 0.1, 0.2, 0.5):
        mean = (1 / speed(slope) + 1 / speed(-slope)) / 2 * speed(0)
        assert costs.slope_factor([slope, -slope]) == pytest.approx([mean, mean])
    assert costs.slope_factor([0.0, 0.1, 0.2]).round(2).tolist() == [1.0, 1.21, 1.72]


def test_an_unknown_rise_counts_as_flat() -> None:
    assert costs.walking_seconds([80], rise_m=[np.nan]) == pytest.approx([100])


def test_driving_takes_the_speed_of_the_class_and_other_ways_are_not_driven() -> None:
    seconds = costs.driving_seconds(
        [1000, 1000, 1000], ["primary", "primary_link", "steps"], speeds_km_h={"primary": 36.0}
    )
    assert seconds.tolist() == [100, 100, np.inf]
    assert costs.driving_seconds([], []).size == 0


def test_bad_numbers_are_refused() -> None:
    for bad in (
        lambda: costs.walking_seconds([0.0]),
        lambda: costs.walking_seconds([np.nan]),
        lambda: costs.walking_seconds([1.0], speed_m_s=0),
        lambda: costs.walking_seconds([1.0], rise_m=[1.0, 2.0]),
        lambda: costs.walking_seconds([1.0], rise_m=[np.inf]),
        lambda: costs.walking_seconds([1.0], steps=[1.0]),
        lambda: costs.walking_seconds([1.0], steps=[True], steps_factor=np.nan),
        lambda: costs.slope_factor([np.nan]),
        lambda: costs.driving_seconds([1.0, 2.0], ["primary"]),
        lambda: costs.driving_seconds([1.0], ["primary"], speeds_km_h={"primary": -5}),
        lambda: costs.driving_seconds([1.0], ["primary"], speeds_km_h={"primary": np.nan}),
    ):
        with pytest.raises(BadArray):
            bad()
