"""Does the page of place names find, filter and say why; is the life of a name told?"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from geo.db import session_factory
from geo.db.embedded import Embedded
from geo.gazetteer.exchange.record import Years
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.life import Period
from geo.models import PlaceMedia, PlaceRelation, PlaceText
from maps.assets import VENDOR
from maps.place_page import bars_of, own_half, years_in_words
from tests.browser import Held, Watched
from tests.conftest import OpenPage, served
from tests.factories import make_city, make_listing, make_name, make_place, make_unit, square
from tests.machine import worker_database
from tests.maps.test_pages import DESK, PHONE, settle, visit

NORTH, SOUTH = "320402000000", "320404000000"
EVIL = "<img src=x onerror='window.broken=1'>桥堍"


def make_town(session: Session) -> None:
    make_city(session, name="常州市")
    make_unit(session, NORTH, name="北城区", geom=square(119.9, 31.7))
    make_unit(session, SOUTH, name="南城区", geom=square(119.6, 31.7))
    north: dict[str, Any] = {"located_in": NORTH}
    road = make_place(session, "长江路", (119.96, 31.76), code="R-1", feature_class="R", **north)
    make_name(
        session, road, "旧江路", kind="former", start_earliest=1920, start_latest=1930,
        end_earliest=1966, end_latest=1966,
    )  # fmt: skip
    make_place(session, "长江村", (119.65, 31.75), code="P-1", located_in=SOUTH)
    temple = make_place(session, "长江寺", (119.97, 31.77), code="S-1", feature_class="S", **north)
    make_listing(session, temple)
    told = f"因临江得名。{EVIL}"
    picture = "https://example.org/a.jpg"
    session.add_all([
        PlaceText(place_id=road.id, kind="origin", value=told, citation="《地名志》"),
        PlaceRelation(place_id=road.id, kind="followed_by", other="S-1", start_earliest=1999),
        PlaceMedia(place_id=road.id, kind="image", uri=picture, title="旧影", licence="CC BY 4.0"),
        PlaceMedia(place_id=road.id, kind="audio", uri="javascript:alert(1)", title="读音"),
    ])  # fmt: skip
    session.flush()
    refresh_keys(session)


@pytest.fixture(scope="module")
def town(home: Path, cluster: Embedded) -> Iterator[str]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"names_page_{worker}")
    with session_factory(database).begin() as session:
        make_town(session)
    with served(database) as address:
        yield address


def names_of(tab: Tab) -> list[str]:
    return [name.split()[0] for name in tab.locator("#names-list .row-name").all_inner_texts()]


def test_what_is_typed_is_offered_with_the_reason(town: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{town}/names")
    box = tab.get_by_role("combobox", name="查找地名")
    box.fill("jiujiang")
    options = tab.get_by_role("option")
    expect(options.first).to_contain_text("曾用名 旧江路")
    expect(options.first).to_contain_text("拼音")
    assert box.get_attribute("aria-expanded") == "true"
    tab.keyboard.press("ArrowDown")
    active = box.get_attribute("aria-activedescendant")
    assert active
    assert tab.locator(f"#{active}").get_attribute("aria-selected") == "true"
    tab.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    box.fill("旧江路")
    expect(options.first).to_be_visible()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    settle(tab)
    expect(tab.locator("#names-list .row").first).to_have_attribute("aria-expanded", "true")
    assert "place=R-1" in tab.url, "a link shows the same view"


def test_filters_narrow_what_is_found(town: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{town}/names?q=长江")
    assert set(names_of(tab)) == {"长江路", "长江村", "长江寺"}
    assert tab.locator(".leaflet-numbers-pane .ring").count() == 3, "the map shows the list"
    assert "/heritage?" in (tab.locator("#to-heritage").get_attribute("href") or "")
    tab.locator("#more-filters summary").click()
    for label, choice, left in (
        ("地名类别", "R", {"长江路"}), ("地名类别", "", {"长江路", "长江村", "长江寺"}),
        ("所在区划", SOUTH, {"长江村"}), ("所在区划", "", {"长江路", "长江村", "长江寺"}),
    ):  # fmt: skip
        tab.get_by_label(label).select_option(choice)
        settle(tab)
        assert set(names_of(tab)) == left, (label, choice)
    tab.get_by_role("button", name="地名文化遗产", exact=True).click()
    settle(tab)
    assert names_of(tab) == ["长江寺"]
    tab.get_by_role("button", name="全部", exact=True).click()
    tab.evaluate("map_atlas.setView([31.75, 119.65], 13, {animate: false})")
    tab.get_by_label("只看图上范围").check()
    settle(tab)
    assert names_of(tab) == ["长江村"]
    assert "here=1" in tab.url
    tab.get_by_label("地名类别").select_option("R")
    settle(tab)
    assert "去掉一些筛选条件" in tab.inner_text("#results")


def test_a_late_answer_draws_nothing_over_a_newer_question(town: str, open_page: OpenPage) -> None:
    tab = visit(open_page(alone=True), f"{town}/names")
    listed = names_of(tab)
    held = Held(tab, "**/api/places?*")
    box = tab.get_by_role("combobox", name="查找地名")
    box.fill("长江村")
    tab.keyboard.press("Enter")
    held.wait()
    box.fill("")
    expect(tab.locator("#status")).to_contain_text("名录地名")
    held.release()
    settle(tab)
    assert names_of(tab) == listed
    assert "名录地名" in tab.inner_text("#status")


def test_the_card_tells_the_life_of_a_name(town: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{town}/names?q=旧江路&place=R-1&year=1950")
    card = tab.locator(".card-place")
    card.locator(".told").wait_for()
    text = card.inner_text()
    for words in ("1950 年叫什么", "旧江路", "约1920–1966", "后继", "长江寺", "因临江得名"):
        assert words in text, words
    for words in ("《地名志》", "旧影", "CC BY 4.0", "许可未知", "地名页"):
        assert words in text, words
    assert card.locator(".time-bar").count() == 1, "a name of unknown years has no bar"
    assert card.locator(".vague-part").count() == 1, "the start is known to ten years only"
    assert EVIL in text
    assert tab.evaluate("window.broken") is None
    assert card.locator("a[href^=javascript]").count() == 0
    assert card.locator("img").count() == 0, "nothing is taken from another host"
    assert browser_page.foreign_hosts(town) == set()
    card.get_by_role("link", name="长江寺").click()
    settle(tab)
    assert "place=S-1" in tab.url
    tab.go_back()
    settle(tab)
    page = tab.locator(".card-links a").get_attribute("href")
    assert page == "/id/R-1"


def test_the_year_slider_asks_for_the_year(town: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{town}/names?near=119.96,31.76")
    slider = tab.get_by_label("年份滑块")
    assert slider.get_attribute("aria-valuetext") == "今天"
    slider.focus()
    tab.keyboard.press("Home")
    tab.wait_for_timeout(300)
    settle(tab)
    assert "year=-600" in tab.url
    assert "不详" in tab.inner_text("#division")
    tab.get_by_label("某年叫什么").fill("1950")
    tab.keyboard.press("Enter")
    tab.wait_for_timeout(300)
    settle(tab)
    assert names_of(tab)[0] == "旧江路"
    assert "今名 长江路" in tab.locator("#names-list .row").first.inner_text()
    visit(browser_page, f"{town}/names?year=1990")
    assert "名录不分年代，要看 1990 年" in tab.locator("main").inner_text()


@pytest.mark.parametrize(
    ("size", "words"), [(DESK, "lang=en"), (PHONE, "large=1")], ids=["desk", "phone"]
)
def test_card_and_page_are_clean_for_everybody(
    town: str, open_page: OpenPage, size: dict[str, int], words: str
) -> None:
    tab = open_page(viewport=size, bypass_csp=True, alone=True).page
    axe = VENDOR / "axe-core" / "axe.min.js"
    for path in (f"/names?q=旧江路&place=R-1&{words}", f"/id/R-1?{words}"):
        tab.goto(town + path)
        if path.startswith("/names"):
            tab.locator(".told").wait_for()
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert tab.evaluate("window.broken") is None
        if axe.exists():
            tab.evaluate(axe.read_text(encoding="utf-8"))
            found = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
            bad = [one for one in found if one["impact"] in ("serious", "critical")]
            assert not bad, json.dumps([(path, b["id"], b["nodes"][0]["html"][:300]) for b in bad])


def test_the_page_of_a_place_tells_its_life(town: str, browser_page: Watched) -> None:
    tab = browser_page.page
    tab.goto(f"{town}/id/R-1")
    text = tab.inner_text("main")
    for words in (
        "旧江路",
        "1920年至1930年—1966年",
        "后继",
        "长江寺",
        "因临江得名",
        "旧影",
        "引用",
    ):
        assert words in text, words
    assert tab.locator(".stretch").count() == 1
    assert tab.locator("a[href^=javascript], img, script").count() == 0
    tab.get_by_role("link", name="在地图上看").click()
    settle(tab)
    expect(tab.locator("#names-list .row").first).to_contain_text("长江路")


def period(kind: str, *years: int | None) -> Period:
    return Period("名", kind, "zh", Years(*years), None, None)


def test_bars_leave_open_what_is_unknown() -> None:
    bars = bars_of(
        [period("former", 1900, 1900, 1950, 1950), period("former", None, None, 1900, 1900),
         period("standard", 1950, 1950, None, None), period("former", 1940, 1940, None, None),
         period("short", None, None, None, None)],
        2000,
    )  # fmt: skip
    assert bars[4] is None
    first, unknown_start, lasting, unknown_end = (bar for bar in bars if bar)
    assert (first.has_start, first.has_end) == (True, True)
    assert (unknown_start.left, unknown_start.has_start) == (0, False)
    assert unknown_start.width < first.left + 1
    assert lasting.has_end
    assert lasting.left + lasting.width == pytest.approx(100, abs=0.1)
    assert not unknown_end.has_end
    assert bars_of([period("short", None, None, None, None)], 2000) == [None]
    assert bars_of([], 2000) == []


def test_words_of_years_and_halves() -> None:
    assert years_in_words(Years(2002, 2002, None, None), "zh", lasts=True) == "2002年起"
    assert years_in_words(Years(2002, 2002, None, None), "en", lasts=True) == "since 2002"
    assert years_in_words(Years(2002, 2002, None, None), "zh") == "2002年—未知"
    assert own_half("逐年变更 · yearly changes", "en") == "yearly changes"
    assert own_half("甲 · 乙", "en") == "甲 · 乙", "no pair of languages"
    assert own_half(None, "zh") == ""
