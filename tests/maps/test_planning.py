"""Does the planner's desk open for planners only, and say what the service says?"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from sqlalchemy import text

from api.security import issue, revoke
from geo.db import Database, session_factory
from maps.assets import VENDOR
from tests.browser import Held
from tests.conftest import OpenPage
from tests.maps.test_pages import DESK, LOADING, PHONE, settle

VIEWS = (
    "view=siting", "view=siting&run=1", "view=siting&of=groups", "view=scenarios",
    "view=indicators&areas=zone",
    "view=indicators&as=league&since=2024-12-31", "view=estates", "view=estates&of=standards",
    "view=safety", "view=safety&of=projects", "view=work", "view=work&new=1",
)  # fmt: skip
KEY = "atlas-planner-token"
Token = Callable[..., str]


@pytest.fixture
def token(bureau: Database) -> Token:
    """Makes a token of a role, for a division or everywhere."""

    def make(role: str = "planner", division: str | None = None) -> str:
        with session_factory(bureau).begin() as session:
            made = issue(session, label="test", role=role, division_code=division, days=1)
        return made.secret

    return make


def sign_in(tab: Tab, secret: str) -> None:
    """Give the token and wait for what it opens."""
    tab.get_by_label("访问令牌", exact=True).fill(secret)
    tab.get_by_role("button", name="进入工作台").click()
    settle_desk(tab)


def settle_desk(tab: Tab) -> None:
    """Wait until a view has its answer; a form or a problem has no status to wait for."""
    settle(tab, LOADING)


def api(tab: Tab, desk: str, path: str, secret: str) -> Any:
    """What the service answers to a planner."""
    answer = tab.request.get(
        f"{desk}/api/access{path}", headers={"Authorization": f"Bearer {secret}"}
    )
    assert answer.ok, answer.text()
    return answer.json()


def test_without_a_token_there_is_no_data(desk: str, open_page: OpenPage, token: Token) -> None:
    tab = open_page(viewport=DESK, alone=True).page
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{desk}/planning?view=work")
    expect(tab.get_by_label("访问令牌", exact=True)).to_be_visible()
    assert "./atlas token create" in tab.inner_text("#results")
    assert not [url for url in asked if "/api/access" in url or "/api/facilities" in url]
    assert tab.locator(".leaflet-numbers-pane .mark, .area").count() == 0
    for wrong, words in (
        ("mza_wrong", "令牌无效、已过期或已撤销"), ("令牌", "只含英文字母"),
        (token("surveyor"), "没有规划权限"),
    ):  # fmt: skip
        sign_in(tab, wrong)
        expect(tab.locator("#sign-in-problem")).to_contain_text(words)
        assert tab.evaluate(f"sessionStorage.getItem('{KEY}')") is None
    sign_in(tab, token(division="320402000000"))
    expect(tab.locator("#sign-in-problem")).to_contain_text("只能查看区划 320402000000")
    tab.get_by_role("link", name="打开该区划的工作台").click()
    expect(tab.locator(".views [aria-current]")).to_have_text("任务")
    assert "city=320402" in tab.url


def test_the_token_lasts_for_the_tab_and_stands_nowhere_else(
    desk: str, open_page: OpenPage, token: Token, bureau: Database
) -> None:
    tab, secret = open_page(viewport=DESK, alone=True).page, token()
    tab.goto(f"{desk}/planning")
    sign_in(tab, secret)
    tab.get_by_role("link", name="任务").click()
    settle_desk(tab)
    assert "view=work" in tab.url
    assert secret not in tab.url
    assert secret not in tab.evaluate("JSON.stringify(localStorage) + document.cookie")
    tab.reload()
    settle_desk(tab)
    expect(tab.locator("#results .row").first).to_be_visible()
    tab.go_back()
    expect(tab.locator(".views [aria-current]")).to_have_text("选址")
    tab.get_by_role("button", name="退出").click()
    expect(tab.get_by_label("访问令牌", exact=True)).to_be_visible()
    assert tab.evaluate("sessionStorage.length") == 0
    assert tab.locator("#results .row").count() == 0

    sign_in(tab, secret)
    tab.get_by_role("link", name="消防与项目").wait_for()
    with session_factory(bureau).begin() as session:
        number = session.execute(text("SELECT max(id) FROM api_token")).scalar_one()
        revoke(session, number)
    tab.get_by_role("link", name="消防与项目").click()
    expect(tab.locator("#sign-in-problem")).to_contain_text("已撤销")
    assert tab.evaluate("sessionStorage.length") == 0


def test_a_view_that_still_loads_draws_nothing_over_the_sign_in(
    desk: str, open_page: OpenPage, token: Token
) -> None:
    tab = open_page(viewport=DESK, alone=True).page
    held = Held(tab, "**/api/zones?*")
    tab.goto(f"{desk}/planning")
    tab.get_by_label("访问令牌", exact=True).fill(token())
    tab.get_by_role("button", name="进入工作台").click()
    held.wait()
    tab.get_by_role("button", name="退出").click()
    field = tab.get_by_label("访问令牌", exact=True)
    field.fill("mza_half")
    held.release()
    settle_desk(tab)
    assert field.input_value() == "mza_half"
    assert tab.locator("#question").inner_html() == ""
    assert tab.evaluate("sessionStorage.length") == 0


def test_a_late_answer_draws_nothing_over_another_view(
    desk: str, open_page: OpenPage, token: Token
) -> None:
    tab = open_page(viewport=DESK, alone=True).page
    tab.goto(f"{desk}/data")
    tab.evaluate(f"sessionStorage.setItem('{KEY}', '{token()}')")
    for late in ("view=siting&of=groups", "view=siting"):
        held = Held(tab, "**/api/facilities?*")
        with tab.expect_response(re.compile("/api/access/siting/(groups|candidates)")):
            tab.goto(f"{desk}/planning?{late}")
        held.wait()
        tab.get_by_role("link", name="任务").click()
        expect(tab.locator("#new-item")).to_be_visible()
        held.release()
        settle_desk(tab)
        expect(tab.locator("#results h2").first).to_contain_text("任务清单")


def test_a_task_pressed_twice_is_sent_once(desk: str, open_page: OpenPage, token: Token) -> None:
    tab = open_page(viewport=DESK, alone=True).page
    tab.goto(f"{desk}/data")
    tab.evaluate(f"sessionStorage.setItem('{KEY}', '{token()}')")
    tab.goto(f"{desk}/planning?view=work&new=1")
    settle_desk(tab)
    tab.get_by_label("发现了什么").fill("消防通道被占")
    tab.get_by_label("所在区划").select_option(index=1)
    held = Held(tab, "**/api/access/planning/work-items")
    tab.locator("#enter-item").dblclick()
    held.wait()
    tab.get_by_role("link", name="消防与项目").click()
    expect(tab.locator("#results h2").first).to_contain_text("消防检查")
    assert len(held.routes) == 1
    held.release(status=201, json={"item": {"id": 1}, "history": []})
    settle_desk(tab)
    assert "item=" not in tab.url
    expect(tab.locator("#results h2").first).to_contain_text("消防检查")


LOOKS = {
    "desk": (DESK, VIEWS),
    # A phone draws the same views; large type and English each meet the long ones.
    "phone": (
        PHONE,
        ("view=siting&run=1&large=1", "view=safety&large=1", "view=indicators&as=league&lang=en",
         "view=work&lang=en"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("look", LOOKS)
def test_every_view_opens_cleanly_for_everybody(
    desk: str, open_page: OpenPage, token: Token, look: str
) -> None:
    size, views = LOOKS[look]
    watched = open_page(viewport=size, bypass_csp=True, alone=True)
    tab, axe = watched.page, VENDOR / "axe-core" / "axe.min.js"
    tab.goto(f"{desk}/data")
    tab.evaluate(f"sessionStorage.setItem('{KEY}', '{token()}')")
    for view in views:
        tab.goto(f"{desk}/planning?{view}")
        tab.locator(".views [aria-current]").wait_for()
        settle_desk(tab)
        assert tab.locator("[role=alert]:not(:empty)").count() == 0, view
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
        if axe.exists():
            tab.evaluate(axe.read_text(encoding="utf-8"))
            found = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
            bad = [one for one in found if one["impact"] in ("serious", "critical")]
            assert not bad, [(view, b["id"], b["nodes"][0]["html"][:300]) for b in bad]
    assert watched.errors == []
    assert watched.foreign_hosts(desk) == set()


def test_tables_say_what_the_service_says(desk: str, open_page: OpenPage, token: Token) -> None:
    tab, secret = open_page(viewport=DESK, alone=True).page, token()
    tab.goto(f"{desk}/planning?view=indicators&indicator=beds-per-1000&as=league")
    sign_in(tab, secret)
    league = api(tab, desk, "/planning/indicators/beds-per-1000/league?areas=district", secret)
    rows = tab.locator("table.figures tbody tr").all_inner_texts()
    for row, one in zip(rows, league["rows"], strict=True):
        assert one["area_name"] in row
        assert f"{one['numerator']:,} ÷ {one['denominator']:,.0f}" in row
        assert "合成" in row
    assert "合成" in tab.locator(".answer-title").inner_text()
    assert tab.locator(".area").count() == len(rows)
    assert "转引，待核实" in tab.locator(".rule").inner_text()

    tab.get_by_role("link", name="小区与标准").click()
    settle_desk(tab)
    estates = api(tab, desk, "/planning/estates", secret)
    failed = [one for one in estates["rows"] if one["status"] == "fail"]
    assert tab.locator(".leaflet-numbers-pane .mark").count() == len(estates["rows"])
    tab.get_by_role("button", name=re.compile("^✗ 不达标")).click()
    assert tab.locator(".leaflet-numbers-pane .mark").count() == len(failed)
    tab.locator("#results .row").first.click()
    expect(tab.locator(".arithmetic:visible")).to_contain_text(failed[0]["words"])

    tab.get_by_role("link", name="消防与项目").click()
    settle_desk(tab)
    fire = api(tab, desk, "/planning/fire", secret)
    late = [one for one in fire["rows"] if one["is_overdue"]]
    expect(tab.get_by_role("button", name=re.compile("^! 检查逾期"))).to_contain_text(
        str(len(late))
    )
    assert tab.locator(".ring.is-hazard:not(.key)").count() == sum(
        bool(one["hazards"]) for one in fire["rows"]
    ), "open hazards stand out on the map"


def test_a_task_goes_its_way_and_keeps_its_history(
    desk: str, open_page: OpenPage, token: Token
) -> None:
    tab = open_page(viewport=DESK, alone=True).page
    tab.goto(f"{desk}/planning?view=work")
    sign_in(tab, token())
    tab.get_by_role("button", name="登记事项").click()
    tab.get_by_label("发现了什么").fill("示例地图核对事项")
    tab.get_by_role("button", name="登记", exact=True).click()
    expect(tab.get_by_role("alert")).to_contain_text("请选择区划")
    tab.get_by_label("类别").select_option("wrong_information")
    tab.get_by_label("所在区划").select_option("320402000000")
    tab.get_by_role("button", name="登记", exact=True).click()
    expect(tab.locator(".answer-title")).to_contain_text("示例地图核对事项")
    assert "item=" in tab.url
    for step, fields, state in (
        ("assigned", {"交办给": "天宁区民政局"}, "已交办"), ("done", {}, "已整改"),
        ("returned", {"说明": "照片不清"}, "已退回"), ("done", {}, "已整改"),
        ("verified", {}, "已核验"),
    ):  # fmt: skip
        tab.get_by_label("办什么").select_option(step)
        for label, value in fields.items():
            tab.get_by_label(re.compile(f"^{label}")).fill(value)
        tab.get_by_role("button", name="记录这一步").click()
        expect(tab.locator(".state-line")).to_contain_text(state)
    history = tab.locator(".events > li").all_inner_texts()
    assert [re.sub(r"\s+", " ", line)[11:14] for line in history] == [
        "已发现", "已交办", "已整改", "已退回", "已整改", "已核验",
    ]  # fmt: skip
    assert tab.get_by_role("button", name="记录这一步").count() == 0
    tab.get_by_role("button", name="← 回到任务清单").click()
    settle(tab)
    tab.get_by_role("button", name=re.compile("^已核验")).click()
    expect(tab.locator("#results")).to_contain_text("示例地图核对事项")


def test_paper_holds_the_answer_and_not_the_form(
    desk: str, open_page: OpenPage, token: Token
) -> None:
    tab = open_page(viewport=DESK, alone=True).page
    tab.goto(f"{desk}/planning?view=siting&run=1")
    sign_in(tab, token())
    expect(tab.locator(".proof")).to_be_visible()
    tab.emulate_media(media="print")
    for shown in (".headline", ".proof", ".chosen", "#notices"):
        expect(tab.locator(shown).first).to_be_visible()
    for hidden in (".views", ".who", ".card-form", "#asked"):
        expect(tab.locator(hidden).first).to_be_hidden()
