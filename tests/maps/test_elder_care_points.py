"""Does the public page keep the eleven points by which the best elder-care maps are judged?"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.browser import Watched
from tests.conftest import OpenPage
from tests.maps.test_pages import PHONE, open_the_map, settle, shown_total, visit

PLACE = "lon=119.97&lat=31.78"
HOMES = f"/elder-care?what=home&{PLACE}"


def asked(tab: Tab) -> dict[str, list[str]]:
    """What stands in the address."""
    return parse_qs(urlsplit(tab.url).query)


def test_1_search_by_name_address_and_own_place(server: str, open_page: OpenPage) -> None:
    watched = open_page(
        viewport=PHONE, alone=True, geolocation={"latitude": 31.78123, "longitude": 119.97456}
    )
    tab = visit(watched, f"{server}/elder-care")
    name = tab.locator(".card").nth(3).get_attribute("data-name")
    assert name
    tab.locator("#start").fill(name)
    tab.locator("#offers [role=option]", has_text=name).first.click()
    settle(tab)
    assert asked(tab)["start"] == [name]
    tab.locator("#start").fill("示例路012号")
    tab.locator("#offers [role=option]").first.wait_for()
    assert "lon" in asked(tab), "an own place is asked for by a tap only"
    tab.locator("#start").blur()
    tab.locator("#mine").click()
    tab.locator("#told", has_text="没有同意").wait_for()
    watched.page.context.grant_permissions(["geolocation"], origin=server)
    tab.locator("#mine").click()
    tab.wait_for_url("**lon=119.9746*")
    settle(tab)
    assert asked(tab)["lon"] == ["119.974600"], "rounded to some ten metres"
    assert "我的位置" in tab.locator("#start").input_value()
    tab.evaluate("delete Navigator.prototype.share")
    watched.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server)
    tab.get_by_role("button", name="分享这一页").click()
    tab.locator("#told", has_text="不含您的位置").wait_for()
    assert "lon" not in tab.evaluate("navigator.clipboard.readText()")


def test_2_every_filter_holds(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, server + HOMES)
    every = shown_total(tab)
    tab.locator("#more > summary").click()
    offered = set(tab.locator("#more [name]").evaluate_all("all => all.map(one => one.name)"))
    assert {"within", "kind", "max_price", "care_level", "rating", "ownership", "operation",
            "free_beds", "medical", "fire_ok", "barrier_free", "lift",
            "ramp"} <= offered  # fmt: skip
    tab.locator("#f-within").select_option(label="武进区")
    settle(tab)
    assert 0 < shown_total(tab) < every
    streets = tab.locator("#f-within option").all_inner_texts()
    assert any("镇" in one for one in streets), "the streets of the chosen district"
    tab.get_by_label("消防达标").check()
    settle(tab)
    query: dict[str, str | float | bool] = {
        "what": "home",
        "within": asked(tab)["within"][0],
        "fire_ok": "true",
    }
    answer = tab.request.get(f"{server}/api/elder-care/find", params=query).json()
    assert shown_total(tab) == answer["found"]
    assert all(card["fire_state"] == "passed" for card in answer["cards"])
    assert tab.locator(".card").count() == len(answer["cards"])
    if answer["unknown"]:
        assert "未知，请电话确认" in tab.inner_text(".unsure")


def test_3_sorted_by_distance_with_line_and_walk(town: str, browser_page: Watched) -> None:
    """A town with streets and a river: near in a straight line is not near on foot."""
    found = browser_page.page.request.get(f"{town}/api/facilities?kind=canteen").json()
    [north] = [one for one in found["features"] if one["properties"]["code"] == "N"]
    lon, lat = north["geometry"]["coordinates"]
    tab = visit(browser_page, f"{town}/elder-care?lon={lon - 0.001}&lat={lat}")
    assert "按步行时间" in tab.inner_text("#found")
    ways = tab.locator(".way").all_inner_texts()
    assert re.search(r"步行约 \d+ 分钟（[\d.]+ (米|公里)）.*直线 [\d.]+ (米|公里)", ways[0]), ways
    minutes = [int(n) for way in ways for n in re.findall(r"约 (\d+) 分钟", way)]
    assert minutes == sorted(minutes)


def test_4_two_to_four_side_by_side(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, server + HOMES)
    for place in range(5):
        tab.locator(".pick").nth(place).click()
    assert "最多比较四家" in tab.inner_text("#status")
    assert tab.locator(".pick input:checked").count() == 4
    tab.locator("#compare-go").click()
    tab.locator(".versus").wait_for()
    assert tab.locator(".versus thead th").count() == 4
    assert tab.locator(".versus td.unknown").count() > 0
    assert "未知" in tab.locator("[data-row=phone] td").first.inner_text()
    link = tab.url
    tab.goto("about:blank")
    assert visit(browser_page, link).locator(".versus thead th").count() == 4, "one link"
    tab.get_by_role("link", name="去掉").first.click()
    expect(tab.locator(".versus thead th")).to_have_count(3)


def test_5_a_card_tells_all_with_dates(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/elder-care?what=home&rating=1&fire_ok=true")
    card = tab.locator(".card").first
    assert re.search(r"空床\s+(\d+ 张|未知)", card.inner_text())
    assert re.search(r"等级\s+[一二三四五]级\s*（20\d\d 评）", card.inner_text())
    assert re.search(r"消防\s+达标\s*（20\d\d-\d\d）", card.inner_text())
    card.locator(".all > summary").click()
    facts = dict(zip(card.locator("dt").all_inner_texts(), card.locator("dd").all_inner_texts(),
                     strict=True))  # fmt: skip
    assert {
        "电话",
        "时间",
        "收费",
        "床位",
        "等级",
        "备案",
        "照片",
        "公交站",
        "来源",
    } <= facts.keys()
    assert "价格日期 20" in facts["收费"] or facts["收费"] == "未知"
    assert facts["照片"] == facts["公交站"] == facts["电话"] == "未知"
    assert "生成日期" in facts["来源"]


def test_6_the_list_says_what_the_map_says(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, server + HOMES)
    open_the_map(tab)
    tab.locator(".num").first.wait_for()
    on_map = set(tab.locator(".leaflet-numbers-pane .mark[title]").evaluate_all(
        "all => all.map(one => one.title).filter(title => /^\\d/.test(title))"))  # fmt: skip
    in_list = tab.locator(".card").evaluate_all(
        "all => all.map(one => `${one.dataset.number} ${one.dataset.name}`)"
    )
    assert on_map == set(in_list)
    tab = visit(browser_page, f"{server}{HOMES}&lang=en")
    open_the_map(tab)
    tab.locator(".lone text").first.wait_for(state="attached")
    letters = tab.locator(".lone text").all_text_contents()
    assert all(one.isascii() for one in letters), "the signs of the map speak English too"


def test_7_large_type_reads_well_and_prints(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, server + HOMES)
    tab.get_by_role("link", name="大字版").click()
    tab.wait_for_url("**large=1*")
    settle(tab)
    assert tab.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
    tab.get_by_role("link", name="English").click()
    tab.wait_for_url("**lang=en*")
    settle(tab)
    query = asked(tab)
    assert (query["large"], query["lang"], query["what"]) == (["1"], ["en"], ["home"])
    assert tab.evaluate("document.documentElement.lang") == "en"
    assert tab.locator("h2").first.inner_text().startswith("What")
    tab.emulate_media(media="print")
    assert tab.locator(".sketch svg").is_visible()
    numbers = tab.locator(".sketch .sign text").evaluate_all("all => all.map(o => o.textContent)")
    assert sorted(map(int, numbers)) == list(range(1, 21))
    assert "Phone: unknown" in tab.locator(".card .on-paper").first.inner_text()
    assert not tab.locator(".acts").first.is_visible()
    assert tab.locator(".legal").is_visible()
    assert tab.locator("#synthetic").is_visible()
    tab.goto(tab.locator(".card h3 a").first.evaluate("one => one.href.replace('large=1', '')"))
    sheet = tab.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1, "one place is one sheet"


def test_8_any_view_has_a_link(server: str, open_page: OpenPage) -> None:
    tab = visit(open_page(viewport=PHONE), server + HOMES)
    tab.get_by_role("link", name="半失能").click()
    settle(tab)
    names = tab.locator(".card h3").all_inner_texts()
    again = visit(open_page(viewport=PHONE, alone=True), tab.url)
    assert again.locator(".card h3").all_inner_texts() == names
    again.locator(".card h3 a").first.click()
    assert again.inner_text("h1") == names[0]
    assert again.locator(".facts dt").count() > 12


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_9_an_error_is_reported_without_a_name(
    desk: str, open_page: OpenPage, scripts: bool
) -> None:
    tab = open_page(viewport=PHONE, java_script_enabled=scripts).page
    tab.goto(f"{desk}/elder-care")
    tab.locator(".all > summary").first.click()
    tab.get_by_role("link", name="信息有误").first.click()
    tab.get_by_label("营业时间有误").check()
    tab.locator("#text").fill("周日不开门")
    tab.get_by_role("button", name="提交").click()
    assert re.search(r"收到了.*编号 \d+", tab.inner_text(".thanks"))


def test_10_nothing_personal_is_kept_or_shown(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, server + HOMES)
    tab.locator("#start").fill("张三家")
    settle(tab)
    assert tab.context.cookies() == []
    assert tab.evaluate("localStorage.length") == 0
    assert "张三" not in str(tab.evaluate("({...sessionStorage})"))
    told = tab.inner_text("main")
    assert not re.search(r"1[3-9]\d{9}|\d{17}[\dXx]", told)
    assert "联系人" not in told
    assert "位置只用来算距离，不保存" in told


def test_11_unknown_is_never_nought(server: str, browser_page: Watched) -> None:
    answer = browser_page.page.request.get(f"{server}/api/elder-care/find?what=home&limit=100")
    cards = answer.json()["cards"]
    unknown = [card for card in cards if card["beds_free"] is None]
    none = [card for card in cards if card["beds_free"] == 0]
    assert unknown
    assert none
    for card, said in ((unknown[0], r"空床未知|床位\s+未知"), (none[0], r"空床 0 张")):
        tab = visit(browser_page, f"{server}/elder-care/facility/{card['code']}")
        assert re.search(said, tab.inner_text("main")), card["code"]
