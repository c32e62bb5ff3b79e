"""Do lines, two dates and the sheet of history tell what the map shows, and keep the law?"""

from __future__ import annotations

import pytest

from geo.db import Database
from maps.assets import VENDOR
from tests.browser import Watched
from tests.conftest import OpenPage
from tests.maps.test_pages import DESK, PHONE, api, settle, visit

VIEWS = ("view=lines", "view=dates&since=2000-12-31", "view=panel")


def test_the_list_of_lines_says_what_the_map_says(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/boundaries?view=lines")
    told = api(tab, server, "/survey/lines?within=320400&level=3")["features"]
    drawn = tab.locator(".bline:not(.is-casing):not(.line-sign *)")
    assert drawn.count() == len(told) > 20
    listed = tab.inner_text("#results")
    for one in told:
        p = one["properties"]
        assert p["label"] in listed
        assert "示意线" in p["label"]
    assert "不作为划界依据" in listed
    assert listed.count("量算值") >= len(told)
    met = api(tab, server, "/survey/trijunctions?within=320400")["features"]
    assert tab.locator(".leaflet-marker-pane .junction").count() == len(met) > 10
    tab.locator("[data-code='DERIVED-3-320402-320404']").click()
    card = tab.locator(".card-place").inner_text()
    assert "没有官方名称和代码" in card
    assert "DERIVED-3-320402-320404" in card
    assert tab.locator(".bline.is-open").count() == 2, "the line and its casing"
    assert "line=DERIVED" in tab.url
    assert browser_page.errors == []


def test_files_are_offered_and_hold_the_lines(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/boundaries?view=lines")
    links = [one.get_attribute("href") or "" for one in tab.locator(".files a").all()]
    assert [link.split("?")[0].rsplit(".", 1)[1] for link in links] == [
        "gpkg", "gpx", "kml", "xlsx", "dxf",
    ]  # fmt: skip
    answer = tab.request.get(f"{server}{links[1]}")
    assert answer.ok
    assert "示意线" in answer.text()


def test_the_divider_parts_two_dates_by_keyboard_too(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/boundaries?view=dates&since=2000-12-31")
    clip = "document.querySelector('.leaflet-swipe-before-pane').style.clip"
    before = tab.evaluate(clip)
    slider = tab.locator(".swipe-range")
    slider.focus()
    tab.keyboard.press("ArrowLeft")
    assert tab.evaluate(clip) != before
    listed = tab.inner_text("#results")
    assert "武进市" in listed
    assert "武进区" in listed
    assert "无公开图形、只列不画" in listed
    assert tab.locator(".leaflet-swipe-before-pane .unit").count() == 3, "three have an outline"
    assert tab.locator(".leaflet-swipe-before-pane .unit.is-later").count() == 3
    assert tab.locator(".leaflet-swipe-after-pane .unit").count() == 6
    assert "区划对应" in listed
    assert "旧区划图层未经地图审核" in tab.inner_text("#notices")
    tab.get_by_role("button", name="2015 年").click()
    settle(tab)
    assert "since=2014-12-31" in tab.url
    assert "金坛市 → 金坛区" in tab.inner_text("#results")
    tab.locator("[data-view=lines]").click()
    settle(tab)
    assert tab.locator(".swipe, .leaflet-swipe-before-pane .unit").count() == 0
    assert browser_page.errors == []


def test_the_sheet_tells_every_change_and_fits_one_page(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/boundaries?view=panel")
    tab.locator(".exhibit").wait_for()
    names = " ".join(tab.locator(".chart text").all_text_contents())
    rows = tab.locator(".exhibit tbody tr")
    for name in ("武进县", "武进市", "武进区", "金坛县", "金坛市", "金坛区", "广化区", "戚墅堰区"):
        assert name in names, name
    listed = " ".join(rows.all_inner_texts())
    recorded = api(tab, server, "/survey/changes?city=320400&since=1980-01-02")["events"]
    assert rows.count() >= len(recorded) > 5
    for event in recorded:
        assert str(event["event_year"]) in listed
        for member in event["predecessors"] + event["successors"]:
            assert member["name"] in listed
    numbers = {int(one) for one in tab.locator(".event-number text").all_text_contents()}
    assert numbers == set(range(1, rows.count() + 1)), "every change stands on a lane"
    foot = tab.locator(".exhibit-foot").inner_text()
    assert "不作为划界依据" in foot
    assert "来源" in foot
    assert "只知年份" in foot
    paper = tab.pdf(prefer_css_page_size=True, print_background=True)
    assert paper.count(b"/Type /Page\n") == 1 or paper.count(b"/Type /Page ") == 1
    assert browser_page.errors == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_views_are_clean(server: str, open_page: OpenPage, size: dict[str, int]) -> None:
    axe = VENDOR / "axe-core" / "axe.min.js"
    watched = open_page(viewport=size)
    for view in VIEWS:
        tab = visit(watched, f"{server}/boundaries?{view}&lang=en")
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
        assert tab.locator("[role=alert]").count() == 0
        if axe.exists():
            tab.evaluate(axe.read_text(encoding="utf-8"))
            found = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
            assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert watched.errors == []


def test_public_mode_draws_nothing_on_any_view_and_keeps_the_lists(
    server: str, city: Database, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_PUBLIC_MODE", "true")
    watched = open_page(viewport=DESK)
    for view in ("", *VIEWS):
        tab = visit(watched, f"{server}/boundaries?{view}")
        assert tab.locator(".folium-map, .bline:not(.line-sign *), .unit, .panel-map").count() == 0
        assert len(tab.inner_text("#results")) > 100, view
    monkeypatch.setenv("ATLAS_MAP_APPROVAL_NUMBER", "示例号")
    tab = visit(watched, f"{server}/boundaries?view=dates&since=2000-12-31&until=2010-12-31")
    assert tab.locator(".folium-map").count() == 1
    assert tab.locator(".leaflet-overlay-pane .unit, .unit").count() == 0, "old ones need their own"
    tab = visit(watched, f"{server}/boundaries?view=lines")
    assert tab.locator(".bline").count() > 0
    assert "示例号" in tab.inner_text("#notices")
    assert watched.errors == []
