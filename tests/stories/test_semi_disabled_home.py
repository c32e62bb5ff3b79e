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
    marks = tab.locator(".sketch .sign text").evaluate_all("all => all.map(one => one.textContent)")
    assert sorted(marks) == ["1", "2", "3"], "the map's numbers are those of the table"
    assert tab.locator(".questions li").count() == 8
    paper = tmp_path / "three.pdf"
    tab.pdf(path=paper, prefer_css_page_size=True)
    assert sheets_of(paper) == 1, "one A4"
    tab.emulate_media(media="print")
    for place in (".versus", ".sketch svg", ".questions", ".legal", "#synthetic", ".printed"):
        assert tab.locator(place).first.is_visible(), place
    assert tab.evaluate("parseFloat(getComputedStyle(document.querySelector('.versus')).fontSize)"
                        ) >= 16, "large print: 12 pt and more"  # fmt: skip
    assert beyond == []
    assert watched.errors == []


def test_the_same_when_the_network_is_cut_after_loading(
    server: str, open_page: OpenPage, tmp_path: Path
) -> None:
    watched = open_page(viewport=PHONE, alone=True)
    tab = visit(watched, f"{server}/elder-care")
    names = choose_three(tab)
    watched.page.context.set_offline(True)
    tab.get_by_role("link", name="有医疗服务").click()
    tab.locator("#told.problem").wait_for()
    assert "没有网络" in tab.inner_text("#told")
    tab.locator("#compare-go").click()
    tab.locator("#here-compared").wait_for()
    assert all(name in tab.inner_text("#here-compared") for name in names)
    paper = tmp_path / "offline.pdf"
    tab.pdf(path=paper, prefer_css_page_size=True)
    assert 1 <= sheets_of(paper) <= 3
    tab.emulate_media(media="print")
    assert tab.locator("#here-compared .versus").is_visible()
    assert tab.locator("#here-compared .questions").is_visible()
    assert not tab.locator(".card").first.is_visible()
