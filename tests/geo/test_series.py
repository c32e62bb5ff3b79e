"""Does a series tell each day as it was, and whence a change comes?"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from geo.access.series import days_of, publishable_series, series
from geo.errors import BadInput
from tests.factories import during, make_cell, make_city, make_facility, make_unit, square

TODAY = date(2026, 6, 1)
HERE, THERE = (119.85, 31.65), (119.87, 31.65)


@pytest.fixture
def town(session: Session) -> Session:
    """One district; a canteen of 2021, another that was open from 2022 to 2024."""
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=square(119.8, 31.6, 0.1))
    make_cell(session, HERE, 40, base_year=2020)
    make_cell(session, THERE, 20, base_year=2020)
    make_cell(session, HERE, 100, base_year=2025)
    make_facility(session, HERE, validity=during(date(2021, 3, 1)))
    make_facility(session, THERE, validity=during(date(2022, 1, 1), date(2024, 6, 1)))
    return session


def asked(session: Session, days: list[date], **given):
    return series(session, days, city="320400", kind="canteen", radius_m=300, **given)


def test_each_year_as_it_was(town: Session) -> None:
    found = asked(town, days_of("2019-2026", today=TODAY))
    told = [
        (each.question.on.year, each.total.people_60, each.total.covered_60)
        for each in found.answers
    ]
    assert told == [
        (2019, None, None), (2020, None, None), (2021, 60, 40), (2022, 60, 60), (2023, 60, 60),
        (2024, 60, 40), (2025, 100, 100), (2026, 100, 100),
    ]  # fmt: skip
    assert found.answers[-1].question.on == TODAY
    assert found.base_years[2:] == (2020, 2020, 2020, 2020, 2025, 2025)
    assert "基准年不同" in found.note
    assert "基准年不同" not in asked(town, [date(2022, 5, 1), date(2023, 5, 1)]).note
    fixed = asked(town, [date(2022, 5, 1), date(2025, 5, 1)], base_year=2020)
    assert [each.total.covered_60 for each in fixed.answers] == [60, 40]


def test_a_series_is_published_as_coverage_is(town: Session) -> None:
    make_cell(town, (119.81, 31.61), 4, base_year=2025)
    told = publishable_series(asked(town, [TODAY]), 10).answers[0]
    assert (told.total.people_60, told.total.covered_60) == (100, None)


def test_years_and_days_as_people_write_them() -> None:
    assert days_of("2023", today=TODAY) == [date(2023, 12, 31)]
    assert days_of("2026-06-30, 2020", today=TODAY) == [date(2020, 12, 31), date(2026, 6, 30)]
    assert days_of("2025-2026", today=TODAY) == [date(2025, 12, 31), TODAY]
    for wrong in ("", "x", "2026-2020", "1900-2026", "2026-13-01", "20", "2026-6-1", "٢٠٢٠"):
        with pytest.raises(BadInput, match="2020-2026"):
            days_of(wrong, today=TODAY)


def test_not_too_many_days(town: Session) -> None:
    for days in ([], [date(1980 + year, 1, 1) for year in range(41)]):
        with pytest.raises(BadInput):
            asked(town, days)
