"""Does a map, saved or served, keep to itself what is not published and what is too small?"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from maps.gathering import Asked, coverage_data
from tests.browser import Watched
from tests.conftest import AsPublic
from tests.factories import (
    make_cell,
    make_city,
    make_facility,
    make_rule,
    make_unit,
    make_zone,
    square,
)
from tests.maps.test_pages import visit

HIDDEN = (119.97, 31.78)


class PublicReader:
    """The test's session as the public reads it: only `.execute` is asked of a reader."""

    def __init__(self, session: Session, as_public: AsPublic) -> None:
        self.session = session
        self.as_public = as_public

    def execute(self, *statement: Any) -> Any:
        with self.as_public(self.session):
            return self.session.execute(*statement)


def test_a_saved_map_holds_nothing_unpublished(session: Session, as_public: AsPublic) -> None:
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=square(119.90, 31.70))
    make_zone(session, "OPEN", name="公开片区", geom=square(119.90, 31.70))
    make_zone(session, "HIDDEN", name="内部片区", geom=square(119.95, 31.75), is_published=False)
    needs = {"kinds": ["canteen"], "unit_types": [], "value": 1}
    make_rule(session, "must_have", needs, is_published=True)
    make_facility(session, HIDDEN, name="内部食堂", source="内部.csv", is_published=False)
    make_facility(session, (119.91, 31.71), name="公开食堂")
    make_cell(session, HIDDEN, 300)
    make_cell(session, (119.91, 31.71), 1003)
    make_cell(session, (119.99, 31.71), 4)
    asked = Asked("320400000000", date(2026, 6, 1), threshold=10)
    data = coverage_data(PublicReader(session, as_public), session, asked)  # type: ignore[arg-type]
    told = json.dumps(data, ensure_ascii=False, default=str)
    assert "公开食堂" in told
    assert "内部" not in told
    assert "HIDDEN" not in told
    (district, zone) = data["coverage"]
    assert district["summary"]["facilities"] == 1
    assert [one["properties"]["area_code"] for one in zone["features"]] == ["OPEN"]
    for run in data["coverage"]:
        total = run["summary"]["total"]
        assert (total["people_60"], total["covered_60"]) == (1310, 1000), "not 1 307 and 1 003"
    for run in data["gaps"]:
        assert {one["properties"]["people_60"] for one in run["features"]} <= {300, None, 0}


@pytest.mark.parametrize("within", ["", "&within=320402000000"])
def test_a_withheld_total_is_said_to_be_withheld(
    server: str, browser_page: Watched, monkeypatch: pytest.MonkeyPatch, within: str
) -> None:
    monkeypatch.setenv("ATLAS_SMALL_COUNT_THRESHOLD", "3000000")
    tab = visit(browser_page, f"{server}/access?kind=canteen&radius_m=500{within}")
    headline = tab.inner_text(".headline")
    assert headline.count("不公布") == 3, headline
    assert "0.0%" not in headline
    sums = tab.locator("tfoot").first.locator("td").all_inner_texts()
    assert sums == ["不公布"] * 3


def test_a_sum_over_a_withheld_row_is_withheld(
    server: str, browser_page: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a district's zones one is too small: their sum must not count it as 0."""
    monkeypatch.setenv("ATLAS_SMALL_COUNT_THRESHOLD", "3000")
    address = f"{server}/access?kind=canteen&radius_m=500&areas=zone&within=320402000000"
    tab = visit(browser_page, address)
    rows = tab.locator("table.figures").first.locator("tbody tr").all_inner_texts()
    assert any("不公布" in row for row in rows)
    sums = tab.locator("tfoot").first.locator("td").all_inner_texts()
    assert sums[0] == sums[2] == "不公布"


def test_a_day_before_any_record_is_unknown(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/access?kind=canteen&radius_m=500&on=0001-01-01")
    assert "0.0%" not in tab.inner_text("#results")
    assert tab.locator(".headline").count() == 0 or "未知" in tab.inner_text(".headline")
