"""Does what leaves the house keep its small numbers, in rows, totals and gaps together?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from geo.access.coverage import coverage_of
from geo.access.gaps import gaps_of
from geo.access.publishing import publishable_coverage, publishable_gaps
from geo.access.radius.answer import Coverage
from tests.factories import make_cell, make_facility

DAY = date(2026, 6, 1)


def squares() -> list[tuple[str, str, object]]:
    from shapely.geometry import box

    return [
        ("a", "甲", box(119.90, 31.70, 119.95, 31.75)),
        ("b", "乙", box(119.95, 31.70, 120.00, 31.75)),
    ]


@pytest.fixture
def lopsided(session: Session) -> Coverage:
    """In 甲 all but 5 of 1 000 are covered; in 乙 nobody of 400 is."""
    make_facility(session, (119.92, 31.72))
    make_cell(session, (119.92, 31.72), 995)
    make_cell(session, (119.94, 31.74), 5)
    make_cell(session, (119.99, 31.74), 400)
    return coverage_of(session, squares(), kind="canteen", radius_m=300, on=DAY)


def test_a_total_does_not_give_the_only_hidden_row_away(lopsided: Coverage) -> None:
    assert [row.covered_60 for row in lopsided.rows] == [995, 0]
    shown = publishable_coverage(lopsided, 10)
    assert [row.covered_60 for row in shown.rows] == [None, 0]
    assert shown.total.covered_60 is None, "995 covered in all would tell the 5 that are not"
    assert shown.total.people_60 == 1400


def test_without_small_numbers_nothing_is_hidden(lopsided: Coverage) -> None:
    assert publishable_coverage(lopsided, 0) == lopsided


def test_gaps_and_their_coverage_are_hidden_by_one_rule(
    session: Session, lopsided: Coverage
) -> None:
    found = gaps_of(session, squares(), kind="canteen", radius_m=300, on=DAY)
    shown = publishable_gaps(found, 10)
    assert sum(gap.people_60 or 0 for gap in found.gaps) == 405
    assert all(
        gap.people_60 is None or gap.people_60 == 0 or gap.people_60 >= 10 for gap in shown.gaps
    )
    assert shown.coverage == publishable_coverage(found.coverage, 10)
    assert [gap.rank for gap in shown.gaps] == [gap.rank for gap in found.gaps]
    assert replace(shown, gaps=found.gaps, coverage=found.coverage) == found
