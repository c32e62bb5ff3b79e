"""Can a hidden small number be worked out from what is still shown?"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.access.disclosure import suppress_coverage, suppress_small
from geo.access.radius.answer import AreaCoverage
from geo.errors import BadInput


@dataclass(frozen=True)
class Row:
    """A row with one count."""

    people_60: float | None


def shown(values: list[float | None], threshold: float = 10, **more) -> list[float | None]:
    """What is left of a column."""
    rows = [Row(value) for value in values]
    made = suppress_small(rows, threshold, columns=("people_60",), **more)
    return [row.people_60 for row in made.rows]


def test_small_numbers_take_a_second_one_with_them() -> None:
    assert shown([3, 50, 100]) == [None, None, 100]


def test_without_a_total_only_the_small_ones_go() -> None:
    assert shown([3, 50, 100], has_total=False) == [None, 50, 100]


def test_two_small_ones_that_stay_small_together_take_a_third() -> None:
    assert shown([3, 4, 50, 100]) == [None, None, None, 100]
    assert shown([6, 7, 50, 100]) == [None, None, 50, 100]


def test_zero_and_unknown_stay_as_they_are() -> None:
    assert shown([0, None, 50]) == [0, None, 50]
    assert shown([0, None, 5]) == [0, None, None]


def test_a_total_that_gives_a_lone_small_count_away_is_named() -> None:
    lone = suppress_small([Row(0), Row(5)], 10, columns=("people_60",))
    assert lone.totals == {"people_60"}
    paired = suppress_small([Row(50), Row(5)], 10, columns=("people_60",))
    assert paired.totals == frozenset()


def test_the_threshold_itself_is_shown_and_zero_hides_nothing() -> None:
    assert shown([10, 50]) == [10, 50]
    assert shown([1, 2], threshold=0) == [1, 2]
    with pytest.raises(BadInput):
        shown([1], threshold=-1)


@given(st.lists(st.integers(0, 40), min_size=2, max_size=8), st.integers(1, 15))
def test_the_total_tells_nothing_small(values: list[int], threshold: int) -> None:
    left = shown(list(values), threshold)
    hidden = [value for value, seen in zip(values, left, strict=True) if seen is None]
    assert all(seen is None or seen == 0 or seen >= threshold for seen in left)
    if hidden:
        positive = sum(1 for value in values if value > 0)
        assert len(hidden) > 1 or positive == 1
        assert sum(hidden) >= threshold or len(hidden) == positive


def area(people: float, covered: float) -> AreaCoverage:
    """An area with the same numbers at each age."""
    return AreaCoverage("a", "A", "measured", people, people, people, covered, covered, covered)


def test_a_small_rest_hides_the_covered_part() -> None:
    rows = suppress_coverage([area(100, 95), area(200, 80), area(300, 0)], 10).rows
    assert [row.people_60 for row in rows] == [100, 200, 300]
    assert [row.covered_60 for row in rows] == [None, None, 0]
    assert rows[0].share_60 is None


def test_few_people_hide_everything_about_them() -> None:
    rows = suppress_coverage([area(4, 4), area(200, 80), area(300, 150)], 10).rows
    assert (rows[0].people_60, rows[0].covered_60) == (None, None)
    assert rows[2].people_60 == 300
