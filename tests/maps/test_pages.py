"""Does every page work in a real browser, say the same in list and map, and leave no one out?"""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from playwright.sync_api import Error, Route
from playwright.sync_api import Page as Tab

from maps.assets import VENDOR
from tests.browser import PATIENCE_MS, Watched, is_waiting
from tests.conftest import OpenPage

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
PATHS = ["/", "/elder-care", "/access", "/boundaries", "/names", "/data"]
EVIL = "</script><script>window.broken=1</script><img src=x onerror='window.broken=2'>示例"


BUSY = """(() => { if (document.querySelector('.leaflet-zoom-anim')) return true;
  const said = document.querySelector('#status')?.textContent;
  return said !== undefined && (said === '' && !document.querySelector('[role=alert]')
    || /^(正在|Looking|Computing)/.test(said)); })()"""
"""A page that always says how many it found, or what is wrong."""

LOADING = """/^(正在|Looking|Computing|Checking|Reading)/.test(
  document.querySelector('#status')?.textContent)"""
"""A desk, whose forms have nothing to say."""

QUIET_MS = 250
"""Longer than any rest that a page takes before it follows a change."""

PATIENCE_S = PATIENCE_MS / 1000


def settle(tab: Tab, busy: str = BUSY) -> None:
    """Wait until the page has its answers, has drawn them and wants nothing more."""
    # The page itself counts the time of quiet, so that it runs no faster than the page's own rests.
    # Polling from outside: the page's own policy forbids it to evaluate text.
    looks, calm = 5, 0
    deadline = time.monotonic() + PATIENCE_S
    while calm < looks:
        assert time.monotonic() < deadline, f"the page is still busy after {PATIENCE_S:.0f} s"
        calm = calm + 1 if _is_quiet(tab, busy, QUIET_MS // looks) else 0


def _is_quiet(tab: Tab, busy: str, rest_ms: int) -> bool:
    """Whether the page has rested this long and has nothing to do after it."""
    rest = f"new Promise((done) => setTimeout(done, {rest_ms})).then(() => {busy})"
    try:
        return not tab.evaluate(rest) and not is_waiting(tab)
    except Error as problem:
        if "navigat" not in str(problem) and "context was destroyed" not in str(problem):
            raise
        return False  # it went to another address meanwhile


def visit(watched: Watched, address: str) -> Tab:
    """Open an address and wait."""
    watched.page.goto(address)
    settle(watched.page)
    return watched.page


def open_the_map(tab: Tab) -> None:
    """On a phone the elder-care map comes when it is asked for; wide screens have it already."""
    if tab.locator("#see-map").is_visible():
        tab.locator("#see-map").click()
    tab.locator(".leaflet-control-scale-line").wait_for()
    settle(tab)


def api(tab: Tab, server: str, path: str) -> Any:
    """What the API answers."""
    answer = tab.request.get(f"{server}/api{path}")
    assert answer.ok, answer.text()
    return answer.json()


def shown_total(tab: Tab) -> int:
    """The number that the status line names first."""
    found = re.search(r"\d[\d,]*", tab.inner_text("#status"))
    assert found, tab.inner_text("#status")
    return int(found.group().replace(",", ""))


@SIZES
@pytest.mark.parametrize("path", PATHS)
def test_a_page_opens_cleanly(
    server: str, open_page: OpenPage, path: str, size: dict[str, int]
) -> None:
    watched = open_page(viewport=size)
    tab = visit(watched, server + path)
    assert watched.errors == []
    assert watched.failed == []
    assert watched.foreign_hosts(server) == set()
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), "sideways scrolling"
    assert tab.locator("[role=alert]").count() == 0
    if path == "/elder-care":
        open_the_map(tab)
    if path not in ("/", "/data"):
        assert tab.locator(".ground").count() > 5
        assert tab.locator(".leaflet-control-scale-line").is_visible()
        assert "未经地图审核，仅限内部演示" in tab.inner_text("#notices")
        assert "示意，不作为划界依据" in tab.inner_text("#notices")


@pytest.mark.parametrize("path", [*PATHS, "/elder-care?from=119.97,31.78", "/names?q=毗陵"])
def test_axe_finds_nothing_serious(server: str, open_page: OpenPage, path: str) -> None:
    axe = VENDOR / "axe-core" / "axe.min.js"
    if not axe.exists():
        pytest.skip("axe-core is not here: run python -m maps.assets --dev")
    script = axe.read_text(encoding="utf-8")
    for look, size in (("", DESK), ("", PHONE), ("large=1", PHONE), ("lang=en", PHONE)):
        watched = open_page(viewport=size, bypass_csp=True)
        tab = visit(watched, f"{server}{path}{'&' if '?' in path else '?'}{look}")
        tab.evaluate(script)
        found = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        serious = [one for one in found if one["impact"] in ("serious", "critical")]
        assert not serious, [(look, one["id"], one["nodes"][0]["html"][:200]) for one in serious]


def test_the_coverage_table_is_the_answer(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/access?kind=canteen&radius_m=500&areas=district")
    answer = api(tab, server, "/access/coverage?kind=canteen&radius_m=500&areas=district")
    rows = tab.locator("table.figures").first.locator("tbody tr").all_inner_texts()
    for row, one in zip(rows, answer["features"], strict=True):
        properties = one["properties"]
        assert properties["area_name"] in row
        assert f"{properties['people_60']:,.0f}" in row
        assert f"{properties['covered_60']:,.0f}" in row
        assert f"{properties['share_60'] * 100:.1f}%" in row
    total = answer["summary"]["total"]
    assert f"{total['people_60']:,.0f}" in tab.locator("tfoot").first.inner_text()
    assert tab.locator(".area").count() == len(answer["features"])
    assert tab.locator("#legend").inner_text().count("个") >= 5
    gaps = api(tab, server, "/access/gaps?kind=canteen&radius_m=500&areas=district&limit=100")
    assert tab.locator(".gap").count() == len(gaps["features"])
    tab.get_by_role("tab", name="缺口").click()
    ranks = tab.locator("#gap-list .number").all_inner_texts()
    assert ranks == [str(one["properties"]["rank"]) for one in gaps["features"][:20]]
    numbered = tab.locator(".leaflet-numbers-pane .ring").all_inner_texts()
    assert sorted(numbered) == sorted(ranks), "the map's numbers are the list's"
    tab.get_by_role("tab", name="应有").click()
    tab.locator("#missing h3").first.wait_for()


def test_coverage_changes_with_the_question(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/access?kind=canteen&radius_m=300")
    before = tab.inner_text(".headline")
    tab.get_by_role("button", name="1.0 公里", exact=True).click()
    settle(tab)
    assert tab.inner_text(".headline") != before
    tab.get_by_text("更多条件", exact=True).click()
    tab.get_by_label("自定半径").fill("800")
    tab.keyboard.press("Tab")
    settle(tab)
    assert "800 米" in tab.inner_text(".headline")
    tab.get_by_role("button", name="片区").click()
    settle(tab)
    assert tab.locator(".area").count() > 20
    tab.get_by_role("button", name="乡镇街道").click()
    settle(tab)
    assert "无图形，不能计算" in tab.inner_text("#results")
    assert tab.locator(".area").count() == 0, "nothing is drawn that has no outline"


def test_neighbours_carry_measured_lengths(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/boundaries?unit=320412000000")
    tab.locator(".card-place table").wait_for()
    answer = api(tab, server, "/units/320412/neighbours")["neighbours"]
    assert tab.locator(".card-place tbody tr").count() == len(answer) > 4
    assert "量算值" in tab.locator(".card-place thead").inner_text()
    assert tab.locator(".unit.is-neighbour").count() == len(answer)
    assert "历次版本" in tab.locator(".card-place").inner_text()


def test_a_year_lists_what_has_no_outline_and_draws_none(
    server: str, browser_page: Watched
) -> None:
    tab = visit(browser_page, f"{server}/boundaries?year=1990")
    found = api(tab, server, "/units?within=320400&level=3&on=1990-12-31")["features"]
    bare = [one["properties"]["name"] for one in found if one["geometry"] is None]
    assert bare, "Changzhou of 1990 had counties whose outlines are not open"
    assert tab.locator(".unit").count() == len(found) - len(bare)
    listed = tab.inner_text("#results")
    assert f"无图形（{len(bare)} 个）" in listed
    assert "原因" in listed
    assert all(name in listed for name in bare)
    tab.get_by_role("button", name="乡级").click()
    settle(tab)
    assert tab.locator(".unit").count() == 0


def test_names_known_to_a_division_are_no_points(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/names")
    listed = api(tab, server, "/places/heritage?within=320400")["features"]
    assert f"{len(listed)} 个" in tab.inner_text("#status")
    bare = [one for one in listed[:20] if one["geometry"] is None]
    assert bare
    assert tab.locator(".leaflet-numbers-pane .ring").count() == 20 - len(bare)
    assert tab.locator(".vague").count() > 0
    assert "位置不详" in " ".join(tab.locator(".within-box").all_inner_texts())
    tab.get_by_role("button", name="红色地名", exact=True).click()
    settle(tab)
    red = [one for one in listed if one["properties"]["family"] == "red"]
    assert f"{len(red)} 个" in tab.inner_text("#status")


def test_an_old_name_leads_to_the_place(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/names")
    tab.get_by_role("combobox", name="查找地名").fill("毗陵")
    tab.keyboard.press("Enter")
    settle(tab)
    assert "常州市" in tab.locator("#results .row-name").all_inner_texts()[0]
    assert "毗陵" in tab.locator("#results .row").first.inner_text()
    tab.locator("#results .row").first.click()
    tab.locator(".names").first.wait_for()
    assert "曾用名" in tab.inner_text(".card-place")


def test_a_point_and_a_year_are_asked_together(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/names?near=119.97,31.78&year=1990")
    assert "1990 年" in tab.inner_text("#status")
    assert "CC BY 4.0" in tab.inner_text("#sources"), "GeoNames asks to be named"


@pytest.mark.parametrize("path", ["/elder-care", "/access", "/boundaries", "/names", "/data"])
def test_script_in_a_name_stays_text(server: str, browser_page: Watched, path: str) -> None:
    def poison(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=json.dumps(_poisoned(answer.json())))

    browser_page.page.route("**/api/**", poison)
    tab = visit(browser_page, server + path)
    assert "window.broken=1" in tab.inner_text("body")
    assert tab.evaluate("window.broken") is None
    assert tab.locator("img[src=x]").count() == 0
    assert browser_page.errors == []


def _poisoned(value: Any) -> Any:
    """The same answer with a script in every name, note and source."""
    if isinstance(value, dict):
        return {
            key: EVIL if key in ("name", "area_name", "note", "source", "title") else _poisoned(one)
            for key, one in value.items()
        }
    return [_poisoned(one) for one in value] if isinstance(value, list) else value


def test_the_sheet_folds_and_opens_on_a_phone(server: str, open_page: OpenPage) -> None:
    tab = visit(open_page(viewport=PHONE), f"{server}/access")
    height = "document.querySelector('#panel').getBoundingClientRect().height"
    half = tab.evaluate(height)
    tab.locator("#grip").focus()
    tab.keyboard.press("ArrowUp")
    assert tab.evaluate(height) > half
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    assert tab.evaluate(height) < half
    assert tab.locator("#grip").get_attribute("aria-expanded") == "false"
