"""Can a small group be worked out from counts that are published?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.access.disclosure import publishable_area, publishable_count
from geo.access.radius.answer import AreaCoverage
from geo.errors import BadInput

PEOPLE = st.integers(0, 60) | st.integers(0, 5000)
BASES = st.integers(2, 15)


def area(people: float, covered: float | None) -> AreaCoverage:
    """An area with the same numbers at each age."""
    return AreaCoverage("a", "A", "measured", people, people, people, covered, covered, covered)


def shown(people: float, covered: float | None, base: float = 10) -> tuple[float | None, ...]:
    """What is published of an area: people, covered and share, alike for each age."""
    made = publishable_area(area(people, covered), base)
    assert made.people_60 == made.people_65 == made.people_80
    assert made.covered_60 == made.covered_65 == made.covered_80
    return made.people_60, made.covered_60, made.share_60


@pytest.mark.parametrize(
    ("count", "published"),
    [(0, 0), (0.5, None), (1, None), (9, None), (10, 10), (14, 10), (15, 20), (61_817, 61_820)],
)
def test_small_counts_are_withheld_and_others_rounded(count: float, published: object) -> None:
    assert publishable_count(count, 10) == published


def test_unknown_stays_unknown_and_base_0_changes_nothing() -> None:
    assert publishable_count(None, 10) is None
    assert publishable_count(3, 0) == 3
    assert shown(3, 1, base=0) == (3, 1, pytest.approx(1 / 3))
    with pytest.raises(BadInput):
        publishable_count(1, -1)


def test_few_people_hide_everything_about_them() -> None:
    assert shown(4, 4) == (None, None, None)
    assert shown(4, 0) == (None, None, None)


def test_few_who_are_left_out_are_not_rounded_away() -> None:
    assert shown(1000, 995) == (1000, None, None)
    assert shown(1000, 5) == (1000, None, None)
    assert shown(1000, 0) == (1000, 0, 0)
    assert shown(1000, 1000) == (1000, 1000, 1)
    assert shown(100, None) == (100, None, None)


@given(PEOPLE, PEOPLE, BASES)
def test_the_difference_of_two_published_counts_is_no_small_one(
    one: int, other: int, base: int
) -> None:
    """Two districts, two radii, a district and its zones: whatever is subtracted."""
    a, b = publishable_count(one, base), publishable_count(other, base)
    if a is not None and b is not None:
        assert (a - b) % base == 0
        assert abs((a - b) - (one - other)) <= base


@given(PEOPLE, st.integers(1, 14), BASES)
def test_a_small_difference_could_as_well_be_another_one(count: int, more: int, base: int) -> None:
    """For what is seen of a count and of the count with a small group added, some other group
    explains it as well, or none at all: never just the one."""
    seen = publishable_count(count, base), publishable_count(count + more, base)
    if more < base and None not in seen:
        others = {
            group
            for start in range(max(count - base, 0), count + base + 1)
            for group in range(2 * base)
            if (publishable_count(start, base), publishable_count(start + group, base)) == seen
        }
        assert more in others
        assert len(others) >= max(2, base // 2)


@given(PEOPLE, PEOPLE, BASES)
def test_nothing_small_is_left_between_people_and_covered(
    people: int, covered: int, base: int
) -> None:
    covered = min(people, covered)
    whole, part, share = shown(people, covered, base)
    for value in (whole, part):
        assert value is None or value == 0 or value >= base
    if whole is not None and part is not None:
        assert whole - part == 0 or whole - part >= base
        assert (whole == part) == (people == covered)
        assert share is None or 0 <= share <= 1
