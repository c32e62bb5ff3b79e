"""Does the surveyors' desk open for surveyors only, and say what the service says?"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from api.app import create_app
from api.serving import take_port
from geo.db import session_factory
from geo.db.embedded import Embedded
from maps.base import Page
from maps.survey import draw_survey
from tests.browser import Held
from tests.conftest import OpenPage
from tests.frontier import CITY, MOVED_M, build_frontier, surveyor
from tests.machine import worker_database
from tests.maps.test_pages import DESK, PHONE, settle

KEY = "atlas-surveyor-token"


@pytest.fixture(scope="module")
def border(home: Any, cluster: Embedded) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a service on the small border, and tokens by role."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"frontier_maps_{worker}")
    with session_factory(database).begin() as session:
        build_frontier(session)
        tokens = {role: surveyor(session, role=role) for role in ("surveyor", "planner")}
    with take_port("127.0.0.1", 0) as taken:
        config = uvicorn.Config(create_app(database, city_code=CITY), log_level="warning")
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, args=([taken],), daemon=True)
        thread.start()
        deadline = time.monotonic() + 120
        while not running.started:
            assert time.monotonic() < deadline, "the server did not start within 120 s"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{taken.getsockname()[1]}", tokens
        running.should_exit = True
        thread.join(timeout=10)


def enter(tab: Tab, address: str, secret: str) -> None:
    """Open the desk with a token and wait for its answer."""
    tab.goto(address)
    tab.get_by_label("访问令牌", exact=True).fill(secret)
    tab.get_by_role("button", name="进入工作台").click()
    said(tab)


def said(tab: Tab) -> str:
    """What the status says once the view has its answer."""
    expect(tab.locator("#status")).to_have_text(re.compile(r"\d"))
    return tab.inner_text("#status")


def test_without_a_token_there_is_no_data(
    border: tuple[str, dict[str, str]], open_page: OpenPage
) -> None:
    address, tokens = border
    tab = open_page(viewport=DESK).page
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{address}/survey?view=markers")
    expect(tab.get_by_label("访问令牌", exact=True)).to_be_visible()
    assert "./atlas token create" in tab.inner_text("#results")
    assert not [url for url in asked if "/api/" in url]
    assert tab.locator(".ground, .bline, .mark").count() == 0
    for wrong, words in (("mza_wrong", "令牌无效"), (tokens["planner"], "没有勘界权限")):
        tab.get_by_label("访问令牌", exact=True).fill(wrong)
        tab.get_by_role("button", name="进入工作台").click()
        expect(tab.locator("#sign-in-problem")).to_contain_text(words)
        assert tab.evaluate(f"sessionStorage.getItem('{KEY}')") is None


def test_the_desk_says_what_the_service_says(
    border: tuple[str, dict[str, str]], open_page: OpenPage
) -> None:
    address, tokens = border
    watched = open_page(viewport=DESK)
    tab = watched.page
    enter(tab, f"{address}/survey?view=markers&line=3204", tokens["surveyor"])
    assert "界桩 3 座" in said(tab)
    assert tab.locator(".leaflet-marker-pane .marker-sign").count() == 3
    legend = tab.inner_text("#legend")
    assert re.search(r"放大 [\d,]+ 倍", legend), "the factor is stated"
    assert tab.locator(".leaflet-numbers-pane path.arrow").count() == 1
    listed = tab.inner_text("#results")
    for word in ("倾斜", "完好", "丢失", "超限", "不作判定"):
        assert word in listed
    rows = tab.locator(".profile + .wide-table tbody tr")
    assert rows.count() == 3
    assert f"{MOVED_M:.2f}" in rows.filter(has_text="3204001Q").inner_text()
    tab.locator("[data-view=register]").click()
    expect(tab.locator("#results")).to_contain_text("未定甲丙线")
    expect(tab.locator("#results")).to_contain_text("有争议")
    tab.locator("[data-view=inspections]").click()
    expect(tab.locator("#results")).to_contain_text("甲乙线")
    expect(tab.locator("#results")).to_contain_text("已逾期")
    tab.locator("[data-view=quality]").click()
    expect(tab.locator("#results")).to_contain_text("没有发现差错")
    tab.locator("[data-view=register]").click()
    expect(tab.locator("#results")).to_contain_text("未定甲丙线")
    held = Held(tab, "**/api/survey/quality?*")
    tab.locator("[data-view=quality]").click()
    held.wait()
    tab.locator("[data-view=register]").click()
    expect(tab.locator("#results")).to_contain_text("未定甲丙线")
    held.release()  # it comes late, and draws nothing over another view
    settle(tab)
    expect(tab.locator("#results")).to_contain_text("未定甲丙线")
    assert tokens["surveyor"] not in tab.url
    tab.locator("#sign-out").click()
    expect(tab.get_by_label("访问令牌", exact=True)).to_be_visible()
    assert tab.locator(".bline, .leaflet-marker-pane .mark").count() == 0
    assert tab.evaluate(f"sessionStorage.getItem('{KEY}')") is None
    assert watched.errors == []


def test_the_desk_stands_on_a_phone(
    border: tuple[str, dict[str, str]], open_page: OpenPage
) -> None:
    address, tokens = border
    watched = open_page(viewport=PHONE)
    for view in ("markers", "inspections"):
        enter(watched.page, f"{address}/survey?view={view}&lang=zh&large=1", tokens["surveyor"])
        wide = watched.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert wide, view
        watched.page.evaluate("sessionStorage.clear()")
    assert watched.errors == []


def test_the_page_itself_keeps_the_law() -> None:
    html = draw_survey(Page())
    assert "未经地图审核，仅限内部演示" in html
    assert "示意，不作为划界依据" in html
    assert "folium-map" not in draw_survey(Page(public_mode=True))
    assert "甲乙线" not in html
