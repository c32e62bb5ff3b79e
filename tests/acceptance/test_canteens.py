"""Do 97 real canteens, listed by seven districts in GCJ-02, load as they should?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import Unavailable
from geo.loaders.city import load_city
from geo.loaders.load import load_delivery

FILE = (
    Path(__file__).resolve().parents[2].parent
    / "shared/acceptance/facilities/shanghai_elder_canteens_gcj02.tsv"
)
DAY = date(2026, 1, 1)

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not FILE.exists(), reason="../shared/acceptance is absent"),
]


def test_without_units_nothing_is_claimed_of_the_districts(session: Session) -> None:
    report = load_delivery(session, "facilities", FILE, crs="gcj02", on=DAY)
    assert (report.counts.rows_read, report.counts.kept) == (97, 97)
    assert report.placement.not_checked == 97


def test_97_read_97_kept_96_in_their_district_and_again_unchanged(session: Session) -> None:
    try:
        load_city(session, "上海市")
    except Unavailable as problem:
        pytest.skip(f"the boundary package cannot be had: {problem}")
    report = load_delivery(session, "facilities", FILE, crs="gcj02", on=DAY)
    assert (report.counts.rows_read, report.counts.kept) == (97, 97)
    assert (report.placement.inside, report.placement.outside) == (96, 1)
    [problem] = report.problems
    assert problem.rule == "outside_stated_unit"
    assert "米" in problem.message
    kept = session.execute(
        text("SELECT count(*), count(DISTINCT code), bool_and(kinds = '{canteen}'), "
             "bool_and(position_note LIKE '%近似%') FROM facility")
    ).one()  # fmt: skip
    assert tuple(kept) == (97, 97, True, True)
    again = load_delivery(session, "facilities", FILE, crs="gcj02", on=date(2026, 2, 1))
    assert (again.counts.unchanged, again.counts.kept) == (97, 0)


def test_read_as_wgs84_fewer_lie_in_their_district(session: Session) -> None:
    """The declared CRS matters: taken as they are, only 89 points fall where they should."""
    try:
        load_city(session, "上海市")
    except Unavailable as problem:
        pytest.skip(f"the boundary package cannot be had: {problem}")
    report = load_delivery(session, "facilities", FILE, crs="wgs84", on=DAY)
    assert report.placement.inside == 89
