"""「找一家半失能、每月四千以内、有空床的」: does a daughter get from the first screen to paper?"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import Route

from tests.browser import Watched
from tests.conftest import OpenPage
from tests.maps.test_pages import PHONE, settle, shown_total, visit

pytestmark = pytest.mark.browser


def only_from(server: str, watched: Watched) -> list[str]:
    """Cut off everything beyond our server; answer what was asked there."""
    beyond: list[str] = []

    def judge(route: Route) -> None:
        if urlsplit(route.request.url).netloc == urlsplit(server).netloc:
            route.continue_()
        else:
            beyond.append(route.request.url)
            route.abort()

    watched.page.context.route("**/*", judge)
    return beyond


def sheets_of(paper: Path) -> int:
    """How many pages a PDF of Chromium has."""
    return len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes()))


def choose_three(tab: Tab) -> list[str]:
    """From the first screen to three ticked homes; their names."""
    tab.get_by_role("link", name="养老院", exact=True).click()
    settle(tab)
    tab.locator("#start").fill("竹箦")
    tab.locator("#offers [role=option]").first.click()
    settle(tab)
    for chip in ("半失能", "每月4000元以下", "有空床"):
        tab.get_by_role("link", name=chip, exact=True).click()
        settle(tab)
    asked = parse_qs(urlsplit(tab.url).query)
    assert asked["care_level"] == ["partial"]
    assert asked["max_price"] == ["4000"]
    assert asked["free_beds"] == ["true"]
    assert shown_total(tab) >= 3
    for card in tab.locator(".card").all()[:3]:
        told = card.inner_text()
        assert re.search(r"空床\s+[1-9]\d* 张", told), "a free bed, with its date"
        assert "填报" in told
        price = re.search(r"每月\s+([\d,]+)(?:–[\d,]+)? 元", told)
        assert price
        assert int(price.group(1).replace(",", "")) <= 4000
        assert "半失能" in told
        card.locator(".pick").click()
    return [card.get_attribute("data-name") or "" for card in tab.locator(".card").all()[:3]]


ROWS = ("距离", "电话", "空床", "价格", "接收", "医疗", "等级", "消防", "无障碍", "时间", "服务",
        "性质", "备案", "地址", "来源")  # fmt: skip
POINTS_PX = 96 / 72


def table_told(tab: Tab) -> list[str]:
    """A comparison as it reads: head, rows, questions."""
    places = (".versus thead", ".versus tbody", ".questions")
    return [tab.locator(f"main {one}").last.inner_text() for one in places]


def assert_paper_holds(tab: Tab, paper: Path) -> None:
    """One A4 in large print with every row of the screen, a map with the start, a link."""
    tab.pdf(path=paper, prefer_css_page_size=True)
    assert sheets_of(paper) == 1, "one A4: " + tab.locator(".sheet").first.evaluate(
        "o => o.style.cssText"
    )
    tab.emulate_media(media="print")
    for place in (".versus", ".sheet .sketch svg", ".sheet .here", ".sheet .questions", ".legal",
                  "#synthetic", ".sheet .printed-link"):  # fmt: skip
        assert tab.locator(place).first.is_visible(), place
    named = tab.locator(".versus tbody tr:visible > th").all_inner_texts()
    assert tuple(named) == ROWS, "paper has every row of the screen"
    sizes = tab.eval_on_selector_all(
        ".versus td, .questions li", "all => all.map(one => parseFloat(getComputedStyle(one)"
        ".fontSize)).filter(one => one)",
    )  # fmt: skip
    assert min(sizes) >= 14 * POINTS_PX - 0.1, "large print: 14 pt and more"
    link = tab.inner_text(".sheet .printed-link")
    assert link.startswith("http://")
    assert "start=竹箦" in link
    marks = tab.eval_on_selector_all(
        ".sheet .sketch .sign text", "all => all.map(o => o.textContent)"
    )
    assert sorted(marks) == ["1", "2", "3"], "the map's numbers are those of the table"
    tab.emulate_media(media="screen")


def test_from_the_first_screen_to_the_printed_comparison(
    server: str, open_page: OpenPage, tmp_path: Path
) -> None:
    watched = open_page(viewport=PHONE, alone=True)
    beyond = only_from(server, watched)
    tab = visit(watched, f"{server}/elder-care")
    names = choose_three(tab)
    tab.locator("#compare-go").click()
    tab.locator(".versus").wait_for()
    assert [name for name in names if name in tab.inner_text(".versus thead")] == names
    assert tab.locator(".questions li").count() == 8
    assert_paper_holds(tab, tmp_path / "three.pdf")
    assert beyond == []
    assert watched.errors == []


def test_the_same_when_the_network_is_cut_after_loading(
    server: str, open_page: OpenPage, tmp_path: Path
) -> None:
    watched = open_page(viewport=PHONE, alone=True)
    tab = visit(watched, f"{server}/elder-care")
    names = choose_three(tab)
    codes = [card.get_attribute("data-code") or "" for card in tab.locator(".card").all()[:3]]
    watched.page.context.set_offline(True)
    tab.get_by_role("link", name="有医疗服务").click()
    tab.locator("#told.problem").wait_for()
    assert "没有网络" in tab.inner_text("#told")
    tab.locator("#compare-go").click()
    tab.locator("#here-compared").wait_for()
    assert all(name in tab.inner_text("#here-compared") for name in names)
    assert_paper_holds(tab, tmp_path / "offline.pdf")
    assert not tab.locator(".card").first.is_visible()
    told = table_told(tab)
    tab.locator(".drop-row button").first.click()
    assert tab.inner_text("#here-compared h1") == "两家比一比"
    tab.get_by_role("button", name="回到名单").click()
    tab.locator(".pick").first.click()
    watched.page.context.set_offline(False)
    tab.locator("#compare-go").click()
    tab.wait_for_url("**/compare?*")
    tab.locator(".versus").wait_for()
    assert sorted(names) == sorted(tab.locator(".versus thead a").all_inner_texts())
    tab.goto(re.sub(r"codes=[^&]*", "codes=" + ",".join(codes), tab.url))
    assert table_told(tab) == told, "the same rows, words and order as without a network"
    tab.get_by_role("link", name="回到名单").click()
    settle(tab)
    asked = parse_qs(urlsplit(tab.url).query)
    assert asked["max_price"] == ["4000"], "the way back leads to the same list"
    clear = tab.get_by_role("link", name="全部清除")
    box = clear.bounding_box()
    assert box
    assert min(box["height"], box["width"]) >= 44
    clear.click()
    assert not tab.locator("#compare").is_visible()
    assert tab.locator(".pick input:checked").count() == 0
    tab.goto(f"{server}/elder-care?what=home")
    assert tab.locator("#picked li").count() == 0, "what was cleared stays so"


def test_ticks_are_forgotten_after_a_day(server: str, open_page: OpenPage) -> None:
    tab = visit(open_page(viewport=PHONE), f"{server}/elder-care?what=home")
    for place in (0, 1):
        tab.locator(".pick").nth(place).click()
    tab.reload()
    assert tab.locator(".pick input:checked").count() == 2, "in one tab, on one day"
    tab.evaluate("""() => { const kept = JSON.parse(sessionStorage.getItem("atlas-picked"));
        sessionStorage.setItem("atlas-picked", JSON.stringify({...kept, at: kept.at - 86400001}));
    }""")
    tab.reload()
    settle(tab)
    assert tab.locator(".pick input:checked").count() == 0
    assert not tab.locator("#compare").is_visible()


def test_all_of_a_list_prints_by_one_tap(server: str, open_page: OpenPage) -> None:
    tab = open_page(viewport=PHONE, alone=True).page
    tab.add_init_script("window.print = () => { document.body.dataset.printed = '1'; }")
    tab.goto(f"{server}/elder-care?what=home")
    settle(tab)
    tab.locator("#print-all").click()
    tab.locator("body[data-printed]").wait_for()
    assert tab.locator(".card").count() > 20, "all are there before the printer is asked"
    assert "limit=100" in tab.url
    tab.emulate_media(media="print")
    assert tab.locator(".partial").is_visible() == (shown_total(tab) > 100)
    assert "limit=100" in tab.locator(".printed").first.inner_text()
