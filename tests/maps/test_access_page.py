"""Does the page of coverage and gaps say on foot what the API says, and is it for everybody?"""

from __future__ import annotations

import pytest

from maps.assets import VENDOR
from tests.browser import Watched
from tests.conftest import OpenPage
from tests.maps.access_table import address, cells
from tests.maps.test_newcomer import SMALL_TEXT
from tests.maps.test_pages import DESK, PHONE, api, settle, visit

WALK = "kind=canteen&measure=walk&minutes=15"


def test_walking_is_told_apart_from_the_line(town: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{town}/access?kind=canteen")
    by_line = api(tab, town, "/access/coverage?kind=canteen&radius_m=500")["features"][0]
    assert cells(tab, "西区")[0] == f"{by_line['properties']['covered_60']:,}"
    tab.get_by_role("button", name="步行", exact=True).click()
    settle(tab)
    assert address(tab)["measure"] == ["walk"]
    on_foot = api(tab, town, f"/access/coverage?{WALK}")["features"][0]["properties"]
    assert cells(tab, "西区")[0] == f"{on_foot['covered_60']:,}"
    assert on_foot["covered_60"] != by_line["properties"]["covered_60"]
    assert "步行 15 分钟（720 米）内" in tab.inner_text(".headline")
    tab.get_by_role("button", name="5 分钟", exact=True).press("Enter")
    settle(tab)
    assert "步行 5 分钟（240 米）内" in tab.inner_text(".headline")
    assert tab.evaluate("document.activeElement.textContent") == "5 分钟"
    tab.locator("#controls select").nth(1).focus()
    tab.locator("#controls select").nth(1).select_option("served_2")
    settle(tab)
    assert tab.evaluate("document.activeElement.tagName") == "SELECT", "the keyboard stays there"
    assert browser_page.errors == []


def test_no_network_is_said_and_the_line_is_only_asked_for(
    town: str, browser_page: Watched
) -> None:
    tab = visit(browser_page, f"{town}/access?{WALK}")
    assert "东区没有步行路网，结果未知，未计入合计；未用直线代替" in tab.inner_text("#no-network")
    assert cells(tab, "东区") == ["未知", "900", "未知"]
    assert tab.locator(".area.is-unknown").count() == 1
    tab.get_by_role("button", name="无路网处按直线计算").click()
    settle(tab)
    assert address(tab)["fallback"] == ["line"]
    assert "应您的要求按直线计算" in tab.inner_text("#fallen-back")
    assert cells(tab, "东区") == ["900", "900", "100.0%"]
    row = tab.locator("#tab-body tbody tr")
    assert row.filter(has_text="东区").locator(".tag").inner_text() == "按直线"
    assert row.filter(has_text="西区").locator(".tag").count() == 0
    tab.reload()
    settle(tab)
    assert tab.locator("#fallen-back").is_visible(), "the link shows the same view"
    tab.get_by_role("button", name="不用直线").click()
    settle(tab)
    assert cells(tab, "东区")[0] == "未知"


def test_a_facility_shows_its_minutes_on_foot(town: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{town}/access?kind=canteen&tab=sites")
    tab.locator("#site-list .row", has_text="对岸食堂").click()
    tab.locator("#around table").wait_for()
    assert address(tab)["facility"] == ["W"]
    answer = api(tab, town, "/access/isochrone?facility=W")
    assert tab.locator(".reach:not(.is-line)").count() == 3
    rows = tab.locator("#around tbody tr").all_inner_texts()
    for row, one in zip(rows, reversed(answer["features"]), strict=True):
        assert f"{one['properties']['minutes']:.0f} 分钟" in row
        assert f"{one['properties']['metres']} 米" in row
        assert "步行" in row
    assert "15 分钟" in tab.inner_text("#legend")
    assert "合成道路" in tab.inner_text("#around")


def test_without_ways_nothing_is_drawn_unless_asked(town: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{town}/access?kind=canteen&tab=sites&facility=E")
    tab.locator("#around .warning").wait_for()
    assert "没有步行路网，步行范围未知；未用直线代替" in tab.inner_text("#around")
    assert tab.locator(".reach").count() == 0
    tab.get_by_role("button", name="改画直线圆").click()
    tab.locator(".reach.is-line").first.wait_for()
    assert tab.locator(".reach.is-line").count() == 3
    assert address(tab)["fallback"] == ["line"]
    assert "应您的要求画直线圆" in tab.inner_text("#around")
    assert "（直线）" in tab.inner_text("#legend")
    tab.get_by_role("tab", name="分区").click()
    assert tab.locator(".reach").count() == 0
    assert "facility" not in address(tab)


PARTS = [
    f"{WALK}&tab=gaps",
    f"{WALK}&tab=sites&facility=E",
    "tab=years&area=320402000000",
    "tab=meals",
    "show=access&radius_m=3000",
]


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_for_everybody(town: str, open_page: OpenPage, part: str) -> None:
    axe = VENDOR / "axe-core" / "axe.min.js"
    if not axe.exists():
        pytest.skip("axe-core is not here: run python -m maps.assets --dev")
    for look, size in (("lang=en", DESK), ("large=1", PHONE)):
        watched = open_page(viewport=size, bypass_csp=True)
        tab = visit(watched, f"{town}/access?{part}&{look}")
        tab.wait_for_timeout(300)
        assert watched.errors == []
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if look == "large=1":
            assert tab.evaluate(SMALL_TEXT) == []
        tab.evaluate(axe.read_text(encoding="utf-8"))
        found = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        serious = [one for one in found if one["impact"] in ("serious", "critical")]
        assert not serious, [(look, one["id"], one["nodes"][0]["html"][:200]) for one in serious]
