"""Do access, Gini, its curve and 失能 leave where many stand behind them, and only there?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from geo.access.floating import floating_catchment, gini, lorenz
from geo.access.measures import Measures, publishable_measures
from geo.access.measures.counted import STEPS, steps_of_lorenz
from tests.factories import make_cell
from tests.geo.test_measures import asked, at, by_name, home, town

__all__ = ["town"]

BASE = 10


def told(session: Session, **given: Any) -> Measures:
    return publishable_measures(asked(session, **given), BASE)


def many(session: Session, people: int = 400) -> None:
    """Six homes in the west with 400 elders each around them, and a seventh place."""
    for metres in range(-9000, -2999, 1000):
        make_cell(session, at(metres), people)
    for metres in range(-8000, -2999, 1000):
        home(session, metres, 40)


def test_a_thin_catchment_no_longer_hides_a_large_area(town: Session) -> None:
    many(town)
    make_cell(town, at(-2000), 12)
    home(town, -2000, 2)  # twelve people and two beds of 242
    west = by_name(told(town))["西区"]
    assert west.access == pytest.approx(1000 * 242 / 2812, rel=0.03)
    assert told(town).gini is not None


def test_what_few_hold_much_of_is_withheld(town: Session) -> None:
    many(town)
    make_cell(town, at(-2000), 12)
    home(town, -2000, 40)  # twelve people hold a seventh of all beds
    found = told(town)
    assert (by_name(found)["西区"].access, found.gini, found.lorenz) == (None, None, None)
    assert found.total.access is None
    exact = asked(town)
    assert by_name(exact)["西区"].held_by_few == pytest.approx(40 * 10 / 12 / 280)


def test_no_ten_people_move_what_is_told_by_more_than_a_step() -> None:
    random = np.random.default_rng(8)
    tried = 0
    for _ in range(60):
        cost = random.uniform(0, 1400, (80, 12))
        cost[cost > 500] = np.inf
        people = random.integers(1, 160, 80).astype(float)
        beds = random.integers(5, 90, 12).astype(float)
        area = np.arange(80) < 50
        found = floating_catchment(beds, people, cost, radius=500)
        held = (np.isfinite(cost) * np.minimum(beds, BASE * found.ratio)).sum(axis=1)
        given = found.access * people
        is_told = people[area].sum() >= 1000 and 100 * held[area].max() <= given[area].sum()
        if not is_told:
            continue
        tried += 1
        for cell in range(0, 50, 7):
            more = people.copy()
            more[cell] += BASE
            again = floating_catchment(beds, more, cost, radius=500)
            before, after = (
                np.average(one.access[area], weights=heads[area])
                for one, heads in ((found, people), (again, more))
            )
            assert abs(after - before) / before <= 0.02
            spread = gini(again.access, more) - gini(found.access, people)
            assert abs(spread) <= 0.01
    assert tried > 5


def test_the_curve_has_equal_steps_of_many_people() -> None:
    random = np.random.default_rng(9)
    access, people = random.exponential(1, 500), random.integers(1, 60, 500).astype(float)
    points = steps_of_lorenz(access, people, BASE)
    assert points is not None
    assert len(points) == STEPS + 1
    x, y = np.array(points).T
    assert np.diff(x) == pytest.approx(np.full(STEPS, 1 / STEPS))
    curve = lorenz(access, people)
    assert y == pytest.approx(np.interp(x, curve.people, curve.share))
    assert (points[0], points[-1]) == ((0, 0), (1, 1))
    below = np.sum(np.diff(x) * (y[1:] + y[:-1]))
    assert 1 - below == pytest.approx(gini(access, people), abs=0.01)
    assert len(steps_of_lorenz(access[:40], np.full(40, 10.0), BASE) or ()) == 5, "100 each"
    assert steps_of_lorenz(access[:9], np.full(9, 20.0), BASE) is None


def test_the_curve_leaves_rounded(town: Session) -> None:
    many(town)
    found = told(town)
    assert found.lorenz is not None
    assert all(share == round(share, 2) for _, share in found.lorenz)
    assert found.lorenz[-1] == (1, 1)
    few = publishable_measures(replace(asked(town), lorenz=None), BASE)
    assert few.lorenz is None
    assert publishable_measures(asked(town), 0).lorenz == asked(town).lorenz


def test_disabled_people_within_reach(town: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    home(town, -100, 10)
    make_cell(town, at(-100), 40, disabled_est=14)
    make_cell(town, at(-9000), 60, disabled_est=26)
    make_cell(town, at(100), 50)
    make_cell(town, at(9000), 50)
    found = by_name(asked(town))
    assert (found["西区"].disabled, found["西区"].disabled_covered) == (40, 14)
    assert (found["东区"].disabled_covered, asked(town).total.disabled_covered) == (None, None)
    west = by_name(told(town))["西区"]
    assert (west.disabled, west.disabled_covered) == (40, 10)
    monkeypatch.setenv("ATLAS_DISABLED_RATE", "0.2")
    found = by_name(asked(town))
    assert (found["东区"].disabled, found["东区"].disabled_covered) == (20, 10)
    assert asked(town).total.disabled_covered == 24
    assert by_name(asked(town, across_border=False))["东区"].disabled_covered == 0
    early = asked(town, on=date(1990, 1, 1))
    assert early.total.disabled_covered is None
