"""Do years, meals, gaps, files and paper of the page say what the API says?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browser import Watched
from tests.maps.access_table import address, cells
from tests.maps.test_newcomer import replace_answer
from tests.maps.test_pages import api, visit


def test_years_are_a_chart_and_a_table(town: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{town}/access?kind=canteen&tab=years&on=2025-06-30")
    tab.locator("#tab-body .chart").wait_for()
    answer = api(tab, town, "/access/series?kind=canteen&radius_m=500&years=2021-2025")["days"]
    rows = tab.locator("#tab-body tbody tr").all_inner_texts()
    assert len(rows) == len(answer) == 5
    for row, one in zip(rows, answer, strict=True):
        assert one["summary"]["on"] in row
        assert f"{one['summary']['total']['share_60'] * 100:.1f}%" in row
    assert len({one["summary"]["facilities"] for one in answer}) == 2, "one opened in 2024"
    chart = tab.locator("#tab-body .chart svg")
    assert "数值见下表" in (chart.get_attribute("aria-label") or "")
    assert chart.locator("circle").count() == 5


def test_canteens_stand_against_capacity_and_people(town: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{town}/access?kind=canteen&tab=meals&month=2026-06&on=2026-06-30")
    tab.locator("#tab-body tbody tr").first.wait_for()
    asked = "/access/canteens?month=2026-06&on=2026-06-30&radius_m=500"
    for row in api(tab, town, asked)["rows"]:
        capacity, meals, around, nearest, each = cells(tab, row["name"])
        known = row["capacity"] is not None
        assert capacity.split("\n")[0] == (f"{row['capacity']:,.0f}" if known else "未知")
        assert meals == "未知", "nobody delivered meals served"
        assert (around, nearest) == tuple(
            f"{row[name]:,.0f}" for name in ("catchment_60", "nearest_60")
        )
        if known:
            assert float(each) == pytest.approx(row["capacity"] / row["nearest_60"], abs=0.0501)
        else:
            assert each == "未知"
    assert "（按每日）" in tab.inner_text("#tab-body"), "opening hours are unknown"


def test_gaps_that_fail_leave_the_rest(town: str, browser_page: Watched) -> None:
    problem = json.dumps({"title": "unavailable", "detail": "现在算不过来，请稍后再试"})
    browser_page.page.route(
        "**/api/access/gaps?*", lambda route: route.fulfill(status=503, body=problem)
    )
    tab = visit(browser_page, f"{town}/access?kind=canteen&tab=gaps")
    assert "现在算不过来，请稍后再试" in tab.inner_text("#tab-body")
    assert "缺口没有算出，其余已更新" in tab.inner_text("#status")
    tab.get_by_role("tab", name="缺口").press("ArrowLeft")
    assert tab.locator("[role=tab][aria-selected=true]").inner_text() == "分区"
    assert len(cells(tab, "西区")) == 3


def test_a_gap_names_what_is_near(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/access?kind=canteen&tab=gaps")
    tab.locator("#gap-list .row").first.click()
    tab.locator("#nearby", has_text="附近").wait_for()
    assert address(tab)["area"] == ["gap-1"]
    assert tab.locator(".gap.is-open").count() == 1


def test_paper_holds_the_table_and_the_gaps(town: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{town}/access?kind=canteen&radius_m=300&tab=years")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    paper = tab.locator("#paper")
    assert paper.locator("tbody tr").count() == 2
    assert paper.locator("#gap-list .row").count() > 0
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert paper.inner_text() == ""


def test_a_withheld_meal_catchment_is_not_unknown(town: str, browser_page: Watched) -> None:
    def withhold(answer: Any) -> Any:
        answer["rows"] = [row | {"nearest_60": None} for row in answer["rows"]]
        return answer

    replace_answer(browser_page, "**/api/access/canteens?*", withhold)
    tab = visit(browser_page, f"{town}/access?kind=canteen&tab=meals")
    tab.locator("#tab-body tbody tr").first.wait_for()
    assert cells(tab, "对岸食堂")[3:] == ["不公布", "不公布"]


def test_a_result_is_saved_as_a_file(town: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{town}/access?kind=canteen&measure=walk&minutes=15")
    for part, name in (("分区", "coverage"), ("缺口", "gaps"), ("历年", "series")):
        tab.get_by_role("tab", name=part).click()
        tab.locator("#download > summary").click()
        with tab.expect_download() as waiting:
            tab.locator("#download").get_by_role("link", name="CSV").click()
        saved = waiting.value
        assert saved.suggested_filename.startswith(f"{name}-320400-")
        text = saved.path().read_text(encoding="utf-8-sig")
        assert "720" in text
        assert "walk" in text
    links = tab.locator("#download a")
    assert [one.strip() for one in links.all_inner_texts()] == [
        "CSV 表格", "GeoJSON", "GeoPackage", "GeoParquet"
    ]  # fmt: skip
    assert browser_page.errors == []
