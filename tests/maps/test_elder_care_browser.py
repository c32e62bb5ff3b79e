"""Is the public page good to read and touch: on a phone, by keyboard, without scripts, offline?"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from maps.assets import VENDOR
from tests.browser import Watched
from tests.conftest import OpenPage
from tests.maps.test_pages import DESK, PHONE, open_the_map, settle, shown_total, visit

PLACE = "lon=119.97&lat=31.78"
TABLET = {"width": 768, "height": 1024}
LOOKS = pytest.mark.parametrize("look", ["", "large=1", "lang=en", "large=1&lang=en"])

SMALL_TARGETS = """[...document.querySelectorAll(
  'button, a[href], select, input:not([type=hidden]), summary, textarea, [role=button]')]
  .map(one => ({one, box: (one.closest('label') ?? one).getBoundingClientRect()}))
  .filter(({one, box}) => box.width && one.checkVisibility() && !one.closest('.skip, .sr')
    && (box.height < 43.5 || box.width < 43.5))
  .map(({one, box}) => `${Math.round(box.width)}×${Math.round(box.height)} `
    + one.outerHTML.slice(0, 90))"""
TIGHT_LINES = """[...document.querySelectorAll('main *, header *, footer *')].filter(one => {
  const own = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  const style = getComputedStyle(one);
  return own && one.checkVisibility() && !one.closest('svg, .sr')
    && parseFloat(style.lineHeight) / parseFloat(style.fontSize) < 1.195;
}).map(one => one.outerHTML.slice(0, 90))"""
NEAREST_NUMBERS_PX = """(() => {
  const at = [...document.querySelectorAll('.num')].map(one => one.getBoundingClientRect());
  const far = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
  return Math.min(...at.flatMap((a, i) => at.slice(i + 1).map(b => far(a, b))));
})()"""
ROOM_FOR_PLACEHOLDER = """(() => {
  const field = document.getElementById('start'), style = getComputedStyle(field);
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = `${style.fontSize} ${style.fontFamily}`;
  return field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
    - pen.measureText(field.placeholder).width;
})()"""
SMALL_TEXT = """[...document.querySelectorAll('body *')].filter(one => {
  if (one.closest('svg, script, style, template, .sr')) return false;
  const own = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  return own && one.checkVisibility() && parseFloat(getComputedStyle(one).fontSize) < 17.99;
}).map(one => one.outerHTML.slice(0, 100))"""


def box_of(tab: Tab, place: str) -> dict[str, float]:
    """Where something stands on the screen."""
    box = tab.locator(place).first.bounding_box()
    assert box, place
    return {"y": box["y"], "height": box["height"]}


@LOOKS
def test_the_first_screen_of_a_phone_holds_the_first_card(
    server: str, open_page: OpenPage, look: str
) -> None:
    watched = open_page(viewport=PHONE)
    asked: list[str] = []
    watched.page.on("dialog", lambda dialog: asked.append(dialog.message))
    tab = visit(watched, f"{server}/elder-care?{look}")
    assert asked == [], "no pop-up"
    assert watched.errors == watched.failed == []
    banner, name = box_of(tab, "#synthetic"), box_of(tab, ".card h3")
    assert banner["y"] >= 0
    assert name["y"] + name["height"] <= PHONE["height"], "the first card's name is in sight"
    assert box_of(tab, ".tabs")["y"] < box_of(tab, "#start")["y"] < box_of(tab, "#see-map")["y"]
    assert tab.evaluate(ROOM_FOR_PLACEHOLDER) >= 0, "what to type is told in full"
    assert box_of(tab, "#mine")["height"] > 40
    assert "lang=en" in look or box_of(tab, "#ask-what")["height"] > 20, "the question is shown"
    if not look:
        acts = box_of(tab, ".card .acts")
        assert acts["y"] + acts["height"] <= PHONE["height"], "and its buttons"
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), "sideways scrolling"
    assert tab.locator(".chip").first.is_visible() == ("large" not in look), "folded when large"
    assert tab.evaluate(SMALL_TARGETS) == []
    if "large" in look:
        assert tab.evaluate(SMALL_TEXT) == []
        tab.locator(".narrow > summary").click()
        assert tab.locator(".chip").first.is_visible()
    for fold in (".more > summary", ".all > summary", ".go > summary"):
        tab.locator(fold).first.click()
    assert tab.evaluate(SMALL_TARGETS) == [], "nor inside what was folded"
    assert tab.evaluate(TIGHT_LINES) == []


def test_without_scripts_everything_is_reached(server: str, open_page: OpenPage) -> None:
    tab = open_page(viewport=PHONE, java_script_enabled=False).page
    tab.goto(f"{server}/elder-care?what=home")
    assert box_of(tab, ".card h3")["y"] < PHONE["height"]
    assert not tab.locator("#mine").is_visible()
    tab.locator("#start").fill("竹箦")
    tab.get_by_role("button", name="从这里找").click()
    tab.locator(".choices a, .clear").first.wait_for()
    if tab.locator(".choices a").count():
        tab.locator(".choices a").first.click()
    assert "直线" in tab.locator(".way").first.inner_text()
    tab.get_by_role("link", name="有空床").click()
    tab.wait_for_url("**free_beds=true**")
    assert parse_qs(urlsplit(tab.url).query)["free_beds"] == ["true"]
    assert "直线" in tab.locator(".way").first.inner_text(), "the start is kept"
    tab.locator(".pick").nth(0).click()
    tab.locator(".pick").nth(1).click()
    tab.get_by_role("button", name="比一比已选的").click()
    expect(tab.locator(".versus thead th")).to_have_count(2)
    assert tab.locator(".sketch svg").is_visible()
    tab.go_back()
    assert tab.locator("#sketch svg").is_visible(), "the map without scripts"


def test_little_is_fetched_before_the_first_card(server: str, open_page: OpenPage) -> None:
    watched = open_page(viewport=PHONE)
    sizes: dict[str, int] = {}

    def add(response: object) -> None:
        url = response.url  # type: ignore[attr-defined]
        if re.search(r"\.(js|css)(\?|$)", url):
            sizes[url] = len(response.body())  # type: ignore[attr-defined]

    watched.page.on("response", add)
    tab = visit(watched, f"{server}/elder-care?{PLACE}")
    tab.wait_for_timeout(300)
    assert 3 < len(sizes) < 25
    assert sum(sizes.values()) <= 300_000
    assert not any("leaflet" in url for url in sizes), "a phone has no map before it asks"
    assert watched.foreign_hosts(server) == set()
    open_the_map(tab)
    assert any("leaflet" in url for url in sizes)
    assert watched.foreign_hosts(server) == set()


@LOOKS
def test_axe_finds_nothing_serious_anywhere(server: str, open_page: OpenPage, look: str) -> None:
    axe = VENDOR / "axe-core" / "axe.min.js"
    if not axe.exists():
        pytest.skip("axe-core is not here: run python -m maps.assets --dev")
    script = axe.read_text(encoding="utf-8")
    watched = open_page(viewport=PHONE if "large" in look else DESK, bypass_csp=True)
    codes = _codes(watched.page, server)
    for path in (f"?what=home&care_level=partial&{PLACE}&", f"/compare?codes={codes}&",
                 f"/report?code={codes.split(',')[0]}&"):  # fmt: skip
        tab = visit(watched, f"{server}/elder-care{path}{look}")
        for fold in ("html.large #narrow > summary", "#more > summary"):
            if tab.locator(fold).count():
                tab.locator(fold).click()
        tab.evaluate(script)
        found = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        serious = [one for one in found if one["impact"] in ("serious", "critical")]
        assert not serious, [(path, one["id"], one["nodes"][0]["html"][:200]) for one in serious]


def _codes(tab: Tab, server: str) -> str:
    """Three homes."""
    answer = tab.request.get(f"{server}/api/elder-care/find?what=home&limit=3&{PLACE}")
    return ",".join(card["code"] for card in answer.json()["cards"])


def test_twice_as_large_nothing_is_cut_off(server: str, open_page: OpenPage) -> None:
    """200 % of 1280 × 1024 is a page of 640 × 512."""
    for path in ("?", f"?large=1&what=home&{PLACE}"):
        tab = visit(open_page(viewport={"width": 640, "height": 512}), f"{server}/elder-care{path}")
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert tab.locator(".card").count() == 20


def test_a_tap_changes_the_list_at_once_and_says_so(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/elder-care?what=home&{PLACE}")
    every = shown_total(tab)
    pages: list[str] = []
    tab.on("framenavigated", lambda frame: pages.append(frame.url))
    tab.evaluate("document.body.dataset.same = '1'")
    chip = tab.get_by_role("link", name="有空床")
    chip.focus()
    tab.keyboard.press("Enter")
    settle(tab)
    assert tab.evaluate("document.body.dataset.same") == "1", "the page stayed"
    assert 0 < shown_total(tab) < every
    assert tab.evaluate("document.activeElement.id") == "chip-free_beds-true", "focus stays"
    tab.locator("#more > summary").click()
    tab.get_by_label("照护等级").select_option("full")
    settle(tab)
    asked = parse_qs(urlsplit(tab.url).query)
    assert (asked["care_level"], asked["free_beds"]) == (["full"], ["true"])
    assert tab.locator("#more").get_attribute("open") is not None, "what was open stays open"
    fewer = shown_total(tab)
    tab.go_back()
    settle(tab)
    assert shown_total(tab) > fewer
    tab.goto(tab.url)
    settle(tab)
    assert tab.locator("#chip-free_beds-true.is-on").count() == 1, "the link shows the same view"


def test_the_numbers_on_the_map_are_those_of_the_list(server: str, browser_page: Watched) -> None:
    marks: list[str] = []
    browser_page.page.on("request", lambda one: "/marks" in one.url and marks.append(one.url))
    tab = visit(browser_page, f"{server}/elder-care?what=home&large=1&{PLACE}")
    open_the_map(tab)
    tab.locator(".num").first.wait_for()
    assert len(marks) == len({*marks}), "nothing is asked twice"
    assert tab.evaluate(NEAREST_NUMBERS_PX) >= 40, "no number covers another"
    assert re.search(r"\d (公里|米)$", tab.inner_text(".leaflet-control-scale-line"))
    assert tab.locator("#notices").evaluate("one => one.offsetHeight") < 100, "the map is seen"
    tab.locator("#sources summary").click()
    sources = tab.inner_text("#sources")
    assert sources.count("地名：") == sources.count("区划图形：") == 1
    assert not re.search("[,;()]", sources), "Chinese points in a Chinese line"
    numbers = sorted(int(text) for text in tab.locator(".num").all_inner_texts())
    assert numbers == list(range(1, 21))
    names = tab.locator(".card").evaluate_all("all => all.map(one => one.dataset.name)")
    titles = tab.locator(".leaflet-numbers-pane .mark").evaluate_all("all => all.map(o => o.title)")
    assert {f"{n} {name}" for n, name in enumerate(names, 1)} <= set(titles)
    others = tab.locator(".leaflet-marker-pane .mark")
    others.first.wait_for()
    told = re.search(r"另有 (\d+) 处", tab.inner_text("#map-told"))
    assert told
    counts = tab.locator(".leaflet-marker-pane .badge").evaluate_all(
        "all => all.map(one => Number(one.firstChild.textContent))"
    )
    alone = tab.locator(".leaflet-marker-pane .lone").count()
    assert sum(counts) + alone == int(told.group(1))
    tab.locator(".leaflet-numbers-pane .mark").first.click()
    assert tab.locator(".card.is-here").count() == 1
    tab.get_by_role("link", name="下一页").click()
    settle(tab)
    assert sorted(int(one) for one in tab.locator(".num").all_inner_texts()) == list(range(21, 41))
    assert "#" not in tab.url, "a new list, a new view"
    tab.locator("#map_atlas").focus()
    tab.keyboard.press("+")
    expect(tab).to_have_url(re.compile("#map="))
    seen, shown = tab.url, tab.evaluate("[map_atlas.getZoom(), map_atlas.getCenter().lat]")
    tab.goto("about:blank")
    visit(browser_page, seen)
    open_the_map(tab)
    again = tab.evaluate("[map_atlas.getZoom(), map_atlas.getCenter().lat]")
    assert again == pytest.approx(shown, abs=1e-3), "the link shows the same part of the map"


def test_a_tap_on_the_map_offers_a_start(server: str, open_page: OpenPage) -> None:
    tab = visit(open_page(viewport=PHONE), f"{server}/elder-care")
    open_the_map(tab)
    assert tab.locator("#map-close").evaluate("one => one === document.activeElement")
    tab.evaluate("map_atlas.fire('click', {latlng: L.latLng(31.78, 119.97)})")
    tab.locator("#peek").get_by_role("button", name="从这里找").click()
    settle(tab)
    asked = parse_qs(urlsplit(tab.url).query)
    assert (asked["lon"], asked["lat"]) == (["119.970000"], ["31.780000"])
    assert tab.url.endswith("#map"), "a link opens the map too"
    tab.get_by_role("button", name="看名单").click()
    assert "#" not in tab.url
    assert "直线" in tab.locator(".way").first.inner_text()
    assert tab.locator("#see-map").evaluate("one => one === document.activeElement")


def test_by_keyboard_from_the_first_link_to_the_comparison(
    server: str, browser_page: Watched
) -> None:
    tab = visit(browser_page, f"{server}/elder-care?what=home")
    reached: list[str] = []
    for _ in range(60):
        tab.keyboard.press("Tab")
        reached.append(tab.evaluate(
            """(() => { const one = document.activeElement;
            return ['.skip', '.tools', '.tabs', '#mine', '#start', '.go-from', '.chip', '#more',
              'h3', '.go', '.pick', '.all'].find(name => one.closest(name)) ?? ''; })()"""
        ))  # fmt: skip
        if reached[-1] == ".pick":
            tab.keyboard.press("Space")
        if reached.count(".pick") == 2:
            break
    order = list(dict.fromkeys(one for one in reached if one))
    assert order[:8] == [".skip", ".tools", ".tabs", "#mine", "#start", ".go-from", ".chip",
                         "#more"]  # fmt: skip
    assert {"h3", ".go", ".pick", ".all"} <= set(order)
    tab.locator("#compare-go").focus()
    tab.keyboard.press("Enter")
    tab.locator(".versus").wait_for()
    assert tab.locator(".versus thead th").count() == 2


def test_offers_while_typing_are_chosen_by_arrow_keys(server: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{server}/elder-care")
    field = tab.get_by_role("combobox", name="从哪里出发")
    field.press_sequentially("zhuze")
    tab.locator("#offers [role=option]").first.wait_for()
    tab.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == "offer-0"
    tab.keyboard.press("Enter")
    settle(tab)
    assert "竹箦" in field.input_value()
    field.fill("")
    field.press_sequentially("红梅公园")
    none = tab.locator("#offers [aria-disabled]")
    none.wait_for()
    assert none.inner_text() == "没有找到「红梅公园」，名字相近的有："
    tab.keyboard.press("ArrowDown")
    assert "距离只是大约" in tab.locator("#offer-0").inner_text()
    tab.keyboard.press("Enter")
    settle(tab)
    assert parse_qs(urlsplit(tab.url).query)["rough"] == ["true"]
    assert "距离只是大约" in tab.inner_text("#from-note")
    assert {"lon", "lat", "start"} <= parse_qs(urlsplit(tab.url).query).keys()
    assert "直线" in tab.locator(".way").first.inner_text()


def test_offline_what_is_loaded_goes_on_working(server: str, open_page: OpenPage) -> None:
    watched = open_page(viewport=PHONE, alone=True)
    tab = visit(watched, f"{server}/elder-care?what=home&{PLACE}")
    names = tab.locator(".card h3").all_inner_texts()
    watched.page.context.set_offline(True)
    tab.get_by_role("link", name="有空床").click()
    tab.locator("#told.problem").wait_for()
    assert "没有网络" in tab.inner_text("#told")
    assert tab.locator(".card h3").all_inner_texts() == names, "the list is still there"
    tab.locator("#see-map").click()
    tab.wait_for_timeout(300)
    assert tab.locator(".card").first.is_visible(), "no map, but the list"
    tab.locator(".all > summary").first.click()
    assert tab.locator(".facts").first.is_visible()
    for place in (0, 2):
        tab.locator(".pick").nth(place).click()
    tab.locator("#compare-go").click()
    tab.locator("#here-compared").wait_for()
    table = tab.inner_text("#here-compared")
    assert names[0] in table
    assert names[2] in table
    assert "没有网络" in table
    assert tab.locator("#here-compared .questions li").count() == 8
    assert tab.locator("#here-compared td.unknown").count() > 0
    watched.page.context.set_offline(False)
    tab.get_by_role("button", name="回到名单").click()
    tab.get_by_role("link", name="有空床").click()
    settle(tab)
    assert "free_beds=true" in tab.url
