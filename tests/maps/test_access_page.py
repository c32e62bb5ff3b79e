"""Does the page of coverage and gaps say on foot, by measure and over years what the API says?"""

from __future__ import annotations

import json
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn
from playwright.sync_api import Page as Tab
from sqlalchemy.orm import Session

from geo.db import make_engine
from geo.db.embedded import Embedded
from maps.assets import VENDOR
from tests.browser import Watched
from tests.conftest import OpenPage
from tests.factories import during, make_cell, make_city, make_facility, make_unit, square
from tests.geo.test_walking import east, make_road
from tests.machine import worker_database
from tests.maps.test_newcomer import SMALL_TEXT, replace_answer
from tests.maps.test_pages import DESK, PHONE, api, settle, visit

EAST = (119.95, 31.65)
WALK = "kind=canteen&measure=walk&minutes=15"


def make_town(session: Session) -> None:
    """Two districts: the west has streets and a river, the east has no ways at all."""
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=square(119.7, 31.6, 0.2))
    make_unit(session, "320404000000", name="东区", geom=square(119.9, 31.6, 0.1))
    for one, other in (((0, 0), (0, 600)), ((0, 600), (100, 600)), ((100, 600), (100, 0))):
        make_road(session, east(*one), east(*other), source="合成道路", is_synthetic=True)
    since = during(date(2024, 3, 1))
    make_facility(session, east(100), code="W", name="对岸食堂", meals_per_day=200)
    make_facility(
        session, east(100, 400), code="N", name="桥头食堂", meals_per_day=50, validity=since
    )
    make_facility(session, EAST, code="E", name="东区食堂")
    for place, people in ((east(0), 1200), (east(0, 500), 800), (east(90, 300), 400), (EAST, 900)):
        make_cell(session, place, people)
    make_cell(session, east(0), 1000, basis="registered")


@pytest.fixture(scope="module")
def town(home: Path, cluster: Embedded) -> Iterator[str]:
    """The address of a service on that town."""
    from api.app import create_app

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"access_page_{worker}")
    engine = make_engine(database.owner_url)
    with Session(engine) as session:
        make_town(session)
        session.commit()
    engine.dispose()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(database), log_level="warning", lifespan="on")
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, args=([taken],), daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not running.started:
            assert thread.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        running.should_exit = True
        thread.join(timeout=10)


def cells(tab: Tab, row: str) -> list[str]:
    """The numbers of a row of the table of areas."""
    found = tab.locator("#tab-body .sortable tbody tr", has_text=row)
    return [text.strip() for text in found.locator("td").all_inner_texts()]


def address(tab: Tab) -> dict[str, list[str]]:
    return parse_qs(urlsplit(tab.url).query)


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


SHOWN: dict[str, Callable[[dict[str, Any]], tuple[float | None, ...]]] = {
    "served_2": lambda row: (row["served_2"], row["people_60"]),
    "seated": lambda row: (row["seated_60"], row["people_60"]),
    "supply": lambda row: (row["supply"], row["people_60"]),
    "gain": lambda row: (row["gain_60"], row["own_60"], row["people_60"]),
    "disabled": lambda row: (row["disabled"], row["people_60"]),
}


@pytest.mark.parametrize("show", SHOWN)
def test_every_measure_has_its_numerator_and_denominator(
    town: str, browser_page: Watched, show: str
) -> None:
    tab = visit(browser_page, f"{town}/access?kind=canteen&radius_m=700&show={show}")
    answer = api(tab, town, "/access/measures?kind=canteen&radius_m=700")
    for row in (*answer["rows"], answer["total"]):
        place = "tfoot tr" if row is answer["total"] else "tbody tr"
        name = "合计" if row is answer["total"] else row["area_name"]
        found = tab.locator(f"#tab-body .sortable {place}", has_text=name).locator("td")
        expected = SHOWN[show](row)
        for number, text in zip(expected, found.all_inner_texts(), strict=False):
            said = text.strip()
            assert said in ("未知", "不公布") if number is None else said == f"{number:,.0f}"
        if show == "supply" and row["per_thousand"] is not None:
            assert found.last.inner_text().strip() == f"{row['per_thousand']:,.1f}"
    counts = re.findall(r"(\d+) 个", tab.inner_text("#legend"))
    assert sum(map(int, counts)) == len(answer["rows"]), "the legend counts every area once"


def test_access_is_told_where_enough_people_stand_behind_it(
    server: str, browser_page: Watched
) -> None:
    asked = "kind=elder_home&radius_m=10000"
    tab = visit(browser_page, f"{server}/access?{asked}&show=access")
    answer = api(tab, server, f"/access/measures?{asked}")
    assert answer["gini"] is not None
    assert f"基尼系数 {answer['gini']:.2f}" in tab.inner_text(".headline")
    for row in answer["rows"]:
        assert cells(tab, row["area_name"])[-1] == f"{row['access']:,.1f}"
    tab.locator("#tab-body .chart svg[role=img]").wait_for()
    last = tab.locator("#tab-body table").nth(1).locator("tbody tr").last.inner_text()
    assert last.count("100.0%") == 2


def test_the_table_sorts_by_mouse_keyboard_and_link(town: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{town}/access?kind=canteen")
    names = tab.locator("#tab-body tbody th button")
    first = names.all_inner_texts()
    tab.locator("[data-sort=part1]").click()
    assert tab.locator("th[aria-sort=descending]").inner_text().startswith("60 岁以上")
    assert names.all_inner_texts() == ["西区", "东区"]
    tab.keyboard.press("Enter")
    assert names.all_inner_texts() == ["东区", "西区"]
    assert address(tab)["sort"] == ["part1"]
    tab.reload()
    settle(tab)
    assert names.all_inner_texts() == ["东区", "西区"]
    assert sorted(first) == ["东区", "西区"]


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


def test_registered_people_are_never_mixed_in(town: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{town}/access?kind=canteen&basis=registered")
    assert "户籍人口" in tab.inner_text(".headline")
    assert cells(tab, "西区")[1] == "1,000"
    assert cells(tab, "东区")[1] in ("未知", "0")


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
