"""Does what leaves the house keep its small numbers, whatever is subtracted from what?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise, product

import numpy as np
import pytest
import shapely
from sqlalchemy.orm import Session

from geo.access.coverage import coverage, coverage_of
from geo.access.gaps import gaps, gaps_of
from geo.access.publishing import publishable_coverage, publishable_gaps
from geo.access.radius.answer import AGES, AreaCoverage, Coverage
from tests.factories import make_cell, make_city, make_facility, make_unit, make_zone, square

DAY = date(2026, 6, 1)
COUNTS = [f"{what}_{age}" for what in ("people", "covered") for age in AGES]


def squares() -> list[tuple[str, str, shapely.Polygon]]:
    """Two squares side by side."""
    return [("a", "甲", square(119.90, 31.70, 0.05)), ("b", "乙", square(119.95, 31.70, 0.05))]


@pytest.fixture
def lopsided(session: Session) -> Coverage:
    """In 甲 all but 5 of 1 000 are covered; in 乙 nobody of 400 is."""
    make_facility(session, (119.92, 31.72))
    make_cell(session, (119.92, 31.72), 995)
    make_cell(session, (119.94, 31.74), 5)
    make_cell(session, (119.99, 31.74), 400)
    return coverage_of(session, squares(), kind="canteen", radius_m=300, on=DAY)


def test_no_total_gives_a_withheld_row_away(lopsided: Coverage) -> None:
    assert [row.covered_60 for row in lopsided.rows] == [995, 0]
    shown = publishable_coverage(lopsided, 10)
    assert [row.covered_60 for row in shown.rows] == [None, 0]
    assert shown.total.people_60 == 1400
    assert shown.total.covered_60 == 1000, "995 would tell the 5 that are not"
    assert "取整到 10" in shown.method
    assert "rounded to 10" in shown.method_en


def test_without_a_threshold_nothing_is_changed(session: Session, lopsided: Coverage) -> None:
    assert publishable_coverage(lopsided, 0) == lopsided
    found = gaps_of(session, squares(), kind="canteen", radius_m=300, on=DAY)
    assert publishable_gaps(found, 0) == found


def test_gaps_and_their_coverage_follow_one_rule(session: Session, lopsided: Coverage) -> None:
    found = gaps_of(session, squares(), kind="canteen", radius_m=300, on=DAY)
    shown = publishable_gaps(found, 10)
    assert sum(gap.people_60 or 0 for gap in found.gaps) == 405
    assert [(gap.rank, gap.people_60) for gap in shown.gaps] == [(1, 400), (2, None)]
    assert shown.gaps[0].nearest_m is not None
    assert shown.gaps[0].nearest_m % 100 == 0
    assert shown.gaps[1].nearest_m is None, "how far five people live is no public number"
    assert shown.coverage == publishable_coverage(found.coverage, 10)
    assert replace(shown, gaps=found.gaps, coverage=found.coverage) == found


def test_the_order_of_gaps_tells_no_more_than_their_counts(session: Session) -> None:
    people = {"a": 3, "b": 8, "c": 12, "d": 14, "e": 0}
    areas = []
    for number, (code, count) in enumerate(people.items()):
        shape = square(119.9 + number * 0.05, 31.7, 0.05 - number * 0.005)
        areas.append((code, code, shape))
        make_cell(session, shape.centroid.coords[0], count)
    found = gaps_of(session, areas, kind="canteen", radius_m=300, on=DAY)
    assert [gap.area_code for gap in found.gaps] == ["d", "c", "b", "a", "e"]
    shown = publishable_gaps(found, 10)
    assert [gap.area_code for gap in shown.gaps] == ["c", "d", "a", "b", "e"], "equals by area"
    largest = publishable_gaps(found, 10, order="area", limit=2)
    assert [(gap.rank, gap.area_code) for gap in largest.gaps] == [(1, "a"), (2, "b")]
    assert largest.count == 5


# --- subtraction across answers ----------------------------------------------


@pytest.fixture
def town(session: Session) -> Session:
    """A city of two districts with two zones each, and many cells of very few people."""
    make_city(session)
    for number, code in enumerate(("320402000000", "320404000000")):
        west = 119.90 + number * 0.04
        make_unit(session, code, name=code[:6], geom=square(west, 31.70, 0.04))
        for half in range(2):
            shape = shapely.box(west + half * 0.02, 31.70, west + half * 0.02 + 0.02, 31.74)
            make_zone(session, f"{code[:6]}-{half}", geom=shape, parent_code=code)
    random = np.random.default_rng(20)
    for at in random.uniform((119.90, 31.70), (119.98, 31.74), (15, 2)):
        make_facility(session, tuple(at))
    for at in random.uniform((119.90, 31.70), (119.98, 31.74), (400, 2)):
        make_cell(session, tuple(at), int(random.integers(1, 9)))
    return session


def told(session: Session, **given: object) -> Coverage:
    """What the public is told of the city (or of one of its districts)."""
    asked = {"city": "320400", "kind": "canteen", "radius_m": 500, "on": DAY} | given
    return publishable_coverage(coverage(session, published_only=True, **asked), 10)  # type: ignore[arg-type]


def rows_of(found: Coverage) -> dict[str, AreaCoverage]:
    """Area → row, with the total."""
    return {row.area_code: row for row in (*found.rows, found.total)}


def small_differences(one: Coverage, other: Coverage) -> Iterator[float]:
    """What stays small when one answer is subtracted from another, area by area."""
    mine, theirs = rows_of(one), rows_of(other)
    for code, column in product(mine.keys() & theirs.keys(), COUNTS):
        a, b = getattr(mine[code], column), getattr(theirs[code], column)
        if a is not None and b is not None and 0 < abs(a - b) < 10:
            yield a - b


def test_a_district_minus_its_zones_tells_nothing_small(town: Session) -> None:
    whole = rows_of(told(town))
    zones = rows_of(told(town, areas="zone"))
    for district in ("320402", "320404"):
        own = rows_of(told(town, city=district, areas="zone"))
        assert {code: own[code] for code in own if code} == {
            code: row for code, row in zones.items() if code.startswith(district)
        }, "the same is told of a zone, whatever is asked together with it"
        for column in COUNTS:
            parts = [getattr(row, column) for code, row in own.items() if code]
            rest = (getattr(whole[district + "000000"], column) or 0) - sum(p or 0 for p in parts)
            assert rest % 10 == 0


def test_two_radii_tell_nothing_small(town: Session) -> None:
    answers = [told(town, radius_m=radius_m) for radius_m in (300, 499, 500, 501, 502, 520, 1000)]
    assert answers[2].rows != answers[-1].rows
    for one, other in pairwise(answers):
        assert list(small_differences(one, other)) == []
    exact = [coverage(town, city="320400", kind="canteen", radius_m=r, on=DAY) for r in (500, 520)]
    assert list(small_differences(*exact)), "the exact answers would have told"


@pytest.mark.parametrize("areas", ["district", "zone"])
def test_both_border_rules_tell_nothing_small(town: Session, areas: str) -> None:
    across = told(town, areas=areas)
    own = told(town, areas=areas, across_border=False)
    assert across.rows != own.rows
    assert list(small_differences(across, own)) == []


@pytest.mark.parametrize("areas", ["district", "zone"])
def test_coverage_and_gaps_tell_nothing_small(town: Session, areas: str) -> None:
    found = publishable_gaps(
        gaps(
            town, city="320400", areas=areas, kind="canteen", radius_m=600, on=DAY,
            published_only=True,
        ),
        10,
    )  # fmt: skip
    assert found.coverage.rows == told(town, areas=areas, radius_m=600).rows
    assert any(gap.people_60 is None for gap in found.gaps), "some gaps are small"
    for row in found.coverage.rows:
        own = [gap for gap in found.gaps if gap.area_code == row.area_code]
        for age in AGES:
            people, covered = getattr(row, f"people_{age}"), getattr(row, f"covered_{age}")
            if people is not None and covered is not None:
                left = people - covered - sum(getattr(gap, f"people_{age}") or 0 for gap in own)
                assert left % 10 == 0
