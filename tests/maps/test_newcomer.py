"""Does someone who sees a page for the first time learn its day, its sources and its limits?"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import Route

from tests.browser import Watched
from tests.conftest import OpenPage
from tests.maps.test_pages import PHONE, SIZES, api, open_the_map, settle, visit

PAST = "/elder-care?kind=nursing_home&on=2010-01-01"


def replace_answer(watched: Watched, pattern: str, change: Any) -> None:
    """Let the page see a changed answer."""

    def give(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=json.dumps(change(answer.json())))

    watched.page.route(pattern, give)


def facts_of(tab: Tab) -> dict[str, str]:
    """The facts of the first card."""
    card = tab.locator(".card").first
    card.locator(".all > summary").click()
    rows = card.locator(".facts > div").all()
    return {row.locator("dt").inner_text(): row.locator("dd").inner_text() for row in rows}


def test_a_past_day_is_seen_and_left_by_one_click(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, server + PAST)
    assert "截至 2010-01-01" in tab.inner_text(".as-of")
    tab.get_by_role("link", name="回到今天").click()
    settle(tab)
    assert not {"on", "at"} & parse_qs(urlsplit(tab.url).query).keys()
    assert "kind=nursing_home" in tab.url
    assert tab.locator(".as-of").count() == 0


@pytest.mark.parametrize("path", ["/access", "/boundaries", "/names"])
def test_every_page_says_its_past_day(server: str, browser_page: Watched, path: str) -> None:
    tab = visit(browser_page, f"{server}{path}?on=2026-01-01")
    assert "截至 2026-01-01" in tab.inner_text("#when")


@pytest.mark.parametrize("path", ["/boundaries", "/names"])
def test_a_past_year_is_seen(server: str, browser_page: Watched, path: str) -> None:
    tab = visit(browser_page, f"{server}{path}?year=1995")
    assert "1995 年" in tab.inner_text("#when")
    tab.locator("#when button").click()
    settle(tab)
    assert "year=" not in tab.url


def test_what_was_found_out_later_was_not_known_then(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, server + PAST)
    then = facts_of(tab)
    assert then["床位"] == then["收费"] == then["等级"] == then["消防"] == "未知"
    tab = visit(browser_page, f"{server}/elder-care?kind=nursing_home")
    now = facts_of(tab)
    assert re.search(r"\d", now["床位"])
    assert re.search(r"\d", now["收费"])


def test_a_borrowed_outline_is_said_where_lengths_are(server: str, browser_page: Watched) -> None:
    warning = "邻接与长度按今天的图形量算，当年是否如此未知"
    tab = visit(browser_page, f"{server}/boundaries?year=1990&unit=320402000000")
    tab.locator(".card-place table").wait_for()
    assert warning in tab.inner_text(".card-place")
    tab = visit(browser_page, f"{server}/boundaries?unit=320402000000")
    tab.locator(".card-place table").wait_for()
    assert warning not in tab.inner_text(".card-place")


def test_a_year_is_not_told_as_a_day(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/boundaries?year=1990")
    row = tab.locator("#results .row", has_text="郊区").inner_text()
    assert "1983 年 – 2002 年" in row
    assert "01-01" not in row


def test_units_that_stood_elsewhere_are_named(server: str, browser_page: Watched) -> None:
    now = api(browser_page.page, server, "/units?parent=320400&level=3")["features"]
    then = api(browser_page.page, server, "/units?within=320400&level=3&on=1990-12-31")["features"]
    codes = {one["properties"]["code"] for one in then}
    moved = [one["properties"] for one in now if one["properties"]["code"] not in codes]
    assert moved
    tab = visit(browser_page, f"{server}/boundaries?year=1990")
    told = tab.inner_text(".elsewhere")
    assert f"另有 {len(moved)} 个单位" in told
    assert all(one["name"] in told for one in moved)
    tab.locator(".elsewhere a").first.click()
    settle(tab)
    tab.locator(".events").first.wait_for()
    assert "year=" not in tab.url


def test_an_unknown_kind_is_said(server: str, browser_page: Watched) -> None:
    browser_page.page.goto(f"{server}/elder-care?what=home&kind=zzz")
    assert "kind" in browser_page.page.inner_text("body")
    assert browser_page.page.locator(".card").count() == 0


def test_the_legend_of_names_counts_what_is_drawn(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/names")
    rows = tab.locator("#legend li").all_inner_texts()
    counts = {re.sub(r"\s+\d+$", "", row).strip(): int(row.split()[-1]) for row in rows}
    drawn = tab.locator(".leaflet-numbers-pane .ring").count()
    assert counts["位置已知"] + counts["位置近似"] == drawn
    assert sum(counts.values()) == tab.locator("#results .row").count() == 20
    boxed = 0
    for text in tab.locator(".within-box").all_inner_texts():
        for first, last in re.findall(r"(\d+)(?:–(\d+))?", text.split("：")[-1]):
            boxed += int(last or first) - int(first) + 1
    assert counts["仅知所在政区（画轮廓）"] == boxed
    assert counts.get("仅列表：乡镇无图形", 0) == 20 - drawn - boxed


def test_a_year_names_its_division_first(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/names?near=119.97,31.78&year=1990")
    names = api(tab, server, "/units/at?lon=119.97&lat=31.78&on=1990-12-31")["features"]
    told = tab.inner_text("#division")
    assert told.startswith("1990 年此处属：")
    assert all(one["properties"]["name"] in told for one in names)
    assert "当年是否如此未知" in told
    tab = visit(browser_page, f"{server}/names?near=119.97,31.78&year=1930")
    assert tab.inner_text("#division") == "1930 年此处属：不详"


def test_todays_names_are_not_a_years_names(server: str, browser_page: Watched) -> None:
    def certain_second(answer: Any) -> Any:
        found = answer["features"][1]["properties"]
        found["in_year"] = {**found["in_year"], "verdict": "certain", "name": "有据之名"}
        return answer

    replace_answer(browser_page, "**/api/places/near*", certain_second)
    tab = visit(browser_page, f"{server}/names?near=119.97,31.78&year=1990")
    assert "有据之名" in tab.locator("#results .row").first.inner_text()
    items = tab.locator("#names-list li").all_inner_texts()
    assert "今名，该年是否已用不详" not in items[0]
    assert "今名，该年是否已用不详" in items[1]
    assert "有据的地名 1 个" in tab.inner_text("#status")


def test_a_city_without_lists_says_so(server: str, browser_page: Watched) -> None:
    replace_answer(browser_page, "**/api/places/heritage*", lambda a: {**a, "features": []})
    tab = visit(browser_page, f"{server}/names")
    assert "本市名录尚未收录，可搜索地名" in tab.inner_text("#results")


SMALL_TEXT = """[...document.querySelectorAll('body *')].filter(one => {
  if (one.closest('svg, script, style, noscript, .sr, [hidden]')) return false;
  const own = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  return own && one.getClientRects().length && parseFloat(getComputedStyle(one).fontSize) < 17.99;
}).map(one => one.outerHTML.slice(0, 100))"""


@SIZES
@pytest.mark.parametrize("path", ["/", "/elder-care", "/access", "/boundaries", "/names", "/data"])
def test_large_type_leaves_no_small_text(
    server: str, open_page: OpenPage, path: str, size: dict[str, int]
) -> None:
    tab = visit(open_page(viewport=size), f"{server}{path}?large=1")
    if path == "/elder-care":
        tab.locator(".narrow > summary").click()
        tab.locator(".all > summary").first.click()
        open_the_map(tab)
    if tab.locator("#results .row").count():
        tab.locator("#results .row").first.click()
        settle(tab)
    assert tab.evaluate(SMALL_TEXT) == []


@pytest.mark.parametrize("look", ["", "large=1", "large=1&lang=en"])
def test_a_narrow_phone_reaches_every_page(server: str, open_page: OpenPage, look: str) -> None:
    tab = visit(open_page(viewport=PHONE), f"{server}/elder-care?{look}")
    assert tab.locator(".brand-name").is_visible()
    assert tab.locator(".foot .wings a:not(.brand-name)").count() == 5
    for place in (".brand-name", ".foot .wings a", ".tool"):
        for one in tab.locator(place).all():
            box = one.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE["width"]


@pytest.mark.parametrize("path", ["/elder-care", "/access", "/boundaries", "/names"])
def test_notices_are_whole_and_leave_a_map(server: str, open_page: OpenPage, path: str) -> None:
    for look in ("", "large=1"):
        tab = visit(open_page(viewport=PHONE), f"{server}{path}?{look}")
        if path == "/elder-care":
            open_the_map(tab)
        whole = "(() => { const n = document.querySelector('#notices'); "
        assert tab.evaluate(whole + "return n.scrollHeight <= n.clientHeight + 1; })()")
        share = "return n.offsetHeight / n.parentElement.offsetHeight; })()"
        assert tab.evaluate(whole + share) < 0.7


@pytest.mark.parametrize("path", ["/elder-care", "/access", "/boundaries", "/names"])
def test_every_map_names_the_source_of_its_outlines(
    server: str, browser_page: Watched, path: str
) -> None:
    tab = visit(browser_page, server + path)
    if path == "/elder-care":
        open_the_map(tab)
    unit = api(tab, server, "/units?parent=320400&level=3")["features"][0]["properties"]
    assert f"区划图形：{unit['source']} {unit['source_date']}" in tab.inner_text("#sources")


def test_texts_and_times_are_the_readers(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/data")
    said = """async ([name, value]) => (await import("atlas/words.js"))[name](value)"""
    pair = "示意图形 · schematic; 无公开图形 · no open outline"
    assert tab.evaluate(said, ["native", pair]) == "示意图形；无公开图形"
    assert tab.evaluate(said, ["native", "名录 · 第一批"]) == "名录 · 第一批"
    assert tab.evaluate(said, ["moment", "2026-11-22T18:30:00Z"]) == "2026-11-23 02:30"
    assert tab.evaluate(said, ["day", "2026-11-22T18:30:00+00:00"]) == "2026-11-23"
    assert tab.evaluate(said, ["day", "2026-11-22"]) == "2026-11-22"
    tab = visit(browser_page, f"{server}/data?lang=en")
    assert tab.evaluate(said, ["native", pair]) == "schematic; no open outline"
