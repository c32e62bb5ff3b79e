"""Does the desk of names officers open for them only, say all that the rules say, and keep days?"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from api.security import issue
from geo.db import Database, session_factory
from geo.db.embedded import Embedded
from geo.gazetteer.heritage.steps import Proposed, nominate
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.naming.approving import Named, enter
from geo.validity import today_in_china
from maps.assets import VENDOR
from tests.browser import Held
from tests.conftest import OpenPage, served
from tests.factories import make_city, make_listing, make_name, make_place, make_unit, square
from tests.machine import worker_database
from tests.maps.test_pages import DESK, LOADING, PHONE, settle
from tests.papers import paper

KEY = "atlas-names-token"
NORTH = "320402000000"
LETTER = "各单位：\n拟在旧江路设站，扬子江路照旧。🌉旧江路另行通知。\n"


@dataclass(frozen=True)
class Office:
    """A service on a small town, and a token of a names officer."""

    address: str
    token: str
    database: Database


def make_town(session: Session) -> None:
    make_city(session, name="常州市")
    make_unit(session, NORTH, name="北城区", geom=square(119.9, 31.7))
    make_unit(session, "320404000000", name="南城区", geom=square(119.6, 31.7))
    place: dict[str, Any] = {"feature_class": "R", "located_in": NORTH}
    road = make_place(session, "长江路", (119.96, 31.76), **place)
    make_name(session, road, "旧江路", kind="former", end_latest=1966)
    make_name(session, road, "扬子江路", kind="popular")
    avenue = make_place(session, "长江大道", None, **place)
    make_listing(session, avenue, list_class="古街巷")
    refresh_keys(session)
    today = today_in_china()
    for name, ago in (("迟路", 20), ("近路", 12), ("远路", 1)):
        on = today - timedelta(ago)
        enter(session, Named(name, "street", NORTH, on, is_synthetic=True), role="地名科")
    proposed = Proposed(avenue.code, "heritage", "试验名录", "city", NORTH, is_synthetic=True)
    nominate(session, proposed, on=today, role="地名科", reasons="试验")


@pytest.fixture(scope="module")
def office(home: Path, cluster: Embedded) -> Iterator[Office]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"naming_desk_{worker}")
    with session_factory(database).begin() as session:
        make_town(session)
        made = issue(session, label="t", role="names_officer", division_code=None, days=1)
    with served(database) as address:
        yield Office(address, made.secret, database)


def at_desk(office: Office, open_page: OpenPage, query: str = "", **more: Any) -> Tab:
    """The desk with the token in its tab."""
    tab = open_page(viewport=more.pop("viewport", DESK), alone=True, **more).page
    tab.goto(f"{office.address}/data")
    tab.evaluate(f"sessionStorage.setItem('{KEY}', '{office.token}')")
    tab.goto(f"{office.address}/naming?{query}")
    tab.locator(".views [aria-current]").wait_for()
    settle_desk(tab)
    return tab


def settle_desk(tab: Tab) -> None:
    settle(tab, LOADING)


def check_name(tab: Tab, name: str, point: tuple[float, float] | None = (119.95, 31.75)) -> None:
    tab.locator("#name").fill(name)
    if point:
        tab.evaluate(f"map_atlas.fire('click', {{latlng: L.latLng({point[1]}, {point[0]})}})")
    tab.locator("#check").click()
    tab.locator("#answer").wait_for()
    settle_desk(tab)


def test_without_a_token_there_is_no_data(office: Office, open_page: OpenPage) -> None:
    watched = open_page(viewport=DESK, alone=True)
    tab, asked = watched.page, []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{office.address}/naming?view=due")
    expect(tab.get_by_label("访问令牌", exact=True)).to_be_visible()
    assert "--role names_officer" in tab.inner_text("#results")
    assert not [url for url in asked if "/api/names" in url]
    with session_factory(office.database).begin() as session:
        wrong = issue(session, label="t", role="planner", division_code=None, days=1).secret
    tab.get_by_label("访问令牌", exact=True).fill(wrong)
    tab.get_by_role("button", name="进入工作台").click()
    expect(tab.locator("#sign-in-problem")).to_contain_text("没有地名权限")
    tab.get_by_label("访问令牌", exact=True).fill(office.token)
    tab.get_by_role("button", name="进入工作台").click()
    expect(tab.locator("#due-list .row")).to_have_count(3)
    tab.get_by_role("button", name="退出").click()
    assert tab.evaluate("sessionStorage.length") == 0
    assert tab.locator("#results .row").count() == 0


def test_every_rule_answers_with_its_evidence(office: Office, open_page: OpenPage) -> None:
    tab = at_desk(office, open_page)
    check_name(tab, "长江路")
    told = tab.request.post(
        f"{office.address}/api/names/check",
        data=json.dumps({"name": "长江路", "kind": "street", "lon": 119.95, "lat": 31.75}),
        headers={"Authorization": f"Bearer {office.token}", "Content-Type": "application/json"},
    ).json()
    assert tab.locator(".rule-row").count() == len(told["results"])
    same = tab.locator("[data-rule=same-name]")
    text = same.inner_text()
    for words in ("不得", "重名", "相距", "公里", "北城区", "第九条", "现行规定", "来源"):
        assert words in text, words
    assert same.locator(".sign-of").inner_text() == "⊘", "a sign stands beside the colour"
    assert "未提供" in tab.locator("[data-rule=person]").inner_text()
    assert "位置未知" in tab.locator("[data-rule=same-specific]").inner_text()
    assert "不是审批意见" in tab.inner_text(".statement")
    assert tab.locator(".leaflet-numbers-pane .ring").count() == 2, "the place and one namesake"
    assert "长江路" not in tab.url, "a name in the address would reach a log"
    assert "%E9%95%BF" not in tab.url
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="下载 JSON").click()
    assert json.loads(Path(saved.value.path()).read_text(encoding="utf-8"))["name"] == "长江路"
    with tab.expect_download() as sheet:
        tab.get_by_role("button", name="下载 XLSX").click()
    assert Path(sheet.value.path()).read_bytes()[:2] == b"PK"
    tab.emulate_media(media="print")
    assert not tab.locator(".check-form").is_visible()
    assert tab.locator(".sheet-head").is_visible()


def test_a_list_is_judged_and_filtered(office: Office, open_page: OpenPage) -> None:
    tab = at_desk(office, open_page, "view=list")
    tab.locator("#names").fill("长江路\n扬子江路\n旧江路\n新河路\n=1+1路\n新河路")
    tab.locator("#judge").click()
    expect(tab.locator("#judged .row")).to_have_count(6)
    words = [row.split("\n")[-1].strip() for row in tab.locator("#judged .row").all_inner_texts()]
    assert [word.lstrip("✓▲◷…⊘ ") for word in words] == [
        "标准", "非标准", "曾用", "未收录", "未收录", "未收录",
    ]  # fmt: skip
    assert "标准名称：长江路" in tab.locator("#judged .row").nth(1).inner_text()
    assert "与第 6 行重名" in tab.locator("#judged .row").nth(3).inner_text()
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="下载 CSV").click()
    rows = list(csv.reader(io.StringIO(Path(saved.value.path()).read_text(encoding="utf-8-sig"))))
    assert rows[5][1] == "'=1+1路", "no cell begins a formula"
    tab.get_by_role("button", name=re.compile("^◷ 曾用")).click()
    expect(tab.locator("#judged .row")).to_have_count(1)
    table = "名称\t类别\t区划\n长江路\t街路巷\t北城区\n坏路\t星球\t\n"
    tab.locator("#names").fill(table)
    tab.locator("#judge").click()
    expect(tab.locator("#judged .row")).to_have_count(2)
    assert "未知类别" in tab.locator("#judged .row").nth(1).inner_text()
    tab.set_input_files("#file", {"name": "x.csv", "mimeType": "text/csv",
                                  "buffer": "名称\n旧江路\n".encode("gb18030")})  # fmt: skip
    tab.locator("#judge").click()
    expect(tab.locator("#judged .row-name")).to_have_text(["旧江路"])


PRINTED = "拟增设公共服务站点若干处，沿旧江路、和平路和建设路一带的站点由街道负责日常维护。"


def printed(tab: Tab) -> bytes:
    """A PDF as Chromium prints it, the first name broken by the width of the page."""
    sheet = tab.context.new_page()
    sheet.set_content(
        "<style>@page{size:A5;margin:0}body{margin:0}div{width:17em;font-size:16px}</style>"
        f"<div>{PRINTED}</div><div style='break-before:page'>在扬子江路办理。</div>"
    )
    made = sheet.pdf(prefer_css_page_size=True)
    sheet.close()
    return made


def upload(tab: Tab, data: bytes) -> None:
    tab.locator("#other-text summary").click()
    file = {"name": "通知.bin", "mimeType": "application/octet-stream", "buffer": data}
    tab.set_input_files("#file", file)
    tab.locator("#proofread").click()


def test_a_document_is_marked_and_replaced_by_choice(office: Office, open_page: OpenPage) -> None:
    tab = at_desk(office, open_page, "view=text")
    tab.locator("#text").fill(LETTER)
    tab.locator("#proofread").click()
    expect(tab.locator("#document mark")).to_have_count(3)
    marked = [text.rstrip("0123456789") for text in tab.locator("#document mark").all_inner_texts()]
    assert marked == ["旧江路", "扬子江路", "旧江路"], "also behind a sign of two code units"
    assert "不保存、不记入日志" in tab.inner_text(".statement")
    assert "今标准名称「长江路」" in tab.locator(".finding").first.inner_text()
    assert tab.locator("#replaced-text").count() == 0, "nothing is replaced unasked"
    tab.locator("#document").focus()
    for key, shown in (("n", "2 / 3"), ("n", "3 / 3"), ("n", "1 / 3"), ("p", "3 / 3")):
        tab.keyboard.press(key)
        expect(tab.locator("#which")).to_have_text(shown)
    tab.locator(".finding input").last.check()
    replaced = tab.locator("#replaced-text").input_value()
    assert replaced == LETTER.replace("🌉旧江路", "🌉长江路")
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="下载标注稿 .docx").click()
    assert Path(saved.value.path()).read_bytes()[:2] == b"PK"
    tab.locator("#other-text summary").click()
    tab.set_input_files("#file", {"name": "t.txt", "mimeType": "text/plain",
                                  "buffer": "在旧江路。".encode("gb18030")})  # fmt: skip
    tab.locator("#proofread").click()
    expect(tab.locator("#document mark")).to_have_count(1)
    assert "在旧江路" in tab.inner_text("#document")
    upload(tab, printed(tab))
    place = tab.locator(".finding .row-note")
    expect(place).to_have_text(["第 1 页", "第 2 页"])
    expect(tab.locator("#document mark").first).to_have_text(re.compile("^旧江路"))
    assert PRINTED in tab.inner_text("#document").replace("旧江路1", "旧江路"), "lines are joined"
    assert tab.locator("#unread-pages").count() == 0
    scanned_in_part = paper([["在旧江路。"], []], resources="/XObject<</I<</Subtype/Image>>>>")
    upload(tab, scanned_in_part)
    expect(tab.locator("#unread-pages")).to_contain_text("第 2 页没有文字层")
    expect(tab.locator("#status")).to_contain_text("1 页未校对")
    upload(tab, paper([[]]))
    expect(tab.locator("#text-problem")).to_contain_text("请先做文字识别")


def enter_approval(tab: Tab, role: str, *, is_held: bool = False) -> None:
    tab.get_by_role("button", name="登记批准").click()
    tab.get_by_label("批准的名称").fill("云路")
    tab.get_by_label("批准日期").fill(str(today_in_china() - timedelta(16)))
    tab.get_by_label("经办单位或岗位（不写个人）").fill(role)
    if not is_held:
        tab.locator("#enter-approval").click()


def go_on_while_it_is_entered(tab: Tab) -> None:
    """Another view is opened before the answer comes: it draws nothing there, and is not lost."""
    held = Held(tab, "**/approvals")
    tab.locator("#enter-approval").click()
    held.wait()
    tab.locator(".views a[data-view=check]").click()
    tab.locator("#name").wait_for()
    with tab.expect_response("**/approvals"):
        held.release()
    settle_desk(tab)
    assert tab.locator("#due-side").count() == 0


def test_days_are_entered_corrected_and_taken_back(office: Office, open_page: OpenPage) -> None:
    tab = at_desk(office, open_page, "view=due")
    assert [name.split()[0] for name in tab.locator("#due-list .row-name").all_inner_texts()] == [
        "迟路", "近路", "远路",
    ]  # fmt: skip
    assert "合成" in tab.locator("#due-list .row").first.inner_text()
    assert "逾期 5 天" in tab.locator("#due-list .row").first.inner_text()
    assert "15 日内（自然日）" in (tab.locator(".fold.method").text_content() or "")
    enter_approval(tab, "地名科 13800138000")
    expect(tab.locator("#due-side .problem")).to_contain_text("手机号")
    go_on_while_it_is_entered(tab)
    expect(tab.locator("#status")).to_contain_text("手机号")
    tab.locator(".views a[data-view=due]").click()
    enter_approval(tab, "地名科", is_held=True)
    go_on_while_it_is_entered(tab)
    tab.locator(".views a[data-view=due]").click()
    expect(tab.locator("#due-list .row")).to_have_count(4)
    tab.locator("#due-list .row", has_text="云路").click()
    for button, state in (("#enter-step", "逾期办结"), ("#take-back", "已逾期")):
        tab.locator("#due-side select").first.select_option("filed")
        tab.locator(button).click()
        expect(tab.locator("#due-side .term").first).to_contain_text(state)
    history = tab.locator("#due-side .events li").all_inner_texts()
    assert len(history) == 3, "what was taken back stays on record"
    assert "撤回" in history[-1]
    tab.get_by_role("button", name=re.compile("^▲ 即将到期")).click()
    expect(tab.locator("#due-list .row")).to_have_count(1)


def test_a_name_is_nominated_looked_at_and_published(office: Office, open_page: OpenPage) -> None:
    tab = at_desk(office, open_page, "view=nominations&state=published")
    expect(tab.locator("#nominations")).to_contain_text("没有这一类提名")
    tab.get_by_role("button", name=re.compile("^全部")).click()
    expect(tab.locator("#nominations .row-name")).to_have_text(["长江大道 合成"])
    tab.locator("#nominate").click()
    tab.locator("#enter-nomination").click()
    expect(tab.locator(".where + div .problem")).to_have_text("请先查找并选定地名。")
    tab.get_by_role("combobox", name="查找地名").fill("旧江路")
    tab.get_by_role("option", name=re.compile("^长江路")).click()
    expect(tab.locator(".leaflet-numbers-pane .ring")).to_have_count(1)
    tab.get_by_label("名录名称").fill("常州市红色地名名录")
    tab.get_by_label("名录种类").select_option("red")
    tab.get_by_label("名录级别").select_option("city")
    tab.get_by_label("经办单位或岗位（不写个人）").fill("地名科")
    tab.get_by_label("理由与出处").fill("见志书，联系电话 13800138000")
    tab.locator("#enter-nomination").click()
    expect(tab.locator(".field:has([name=reasons]) + div .problem")).to_contain_text("手机号")
    assert "it holds" not in tab.inner_text("#results"), "in the reader's language only"
    tab.get_by_label("理由与出处").fill("见志书")
    tab.locator("#enter-nomination").click()
    history = tab.locator("#nomination ~ .events li")
    expect(history).to_have_count(1)
    assert "地名科" in history.first.inner_text()
    assert "未知" in tab.locator(".facts").first.inner_text(), "no class, era or batch was given"

    def step(what: str, verdict: str = "") -> None:
        tab.get_by_label("办什么").select_option(what)
        if verdict:
            tab.get_by_label("意见结论").select_option(verdict)
        tab.get_by_label("理由（1000").fill("情况属实")
        tab.locator("#take-step").click()

    step("opinion")
    expect(tab.locator("#results .problem")).to_have_text("请选意见结论。")
    step("opinion", "agree")
    expect(history).to_have_count(2)
    step("published")
    expect(tab.locator("#results .problem")).to_have_text("公布前尚缺：专家意见。")
    assert tab.evaluate(f"sessionStorage.getItem('{KEY}')"), "what is refused signs nobody out"
    step("expert", "disagree")
    expect(history).to_have_count(3)
    expect(tab.locator("p.state-line")).to_contain_text("审核中")
    step("published")
    expect(tab.locator("p.state-line")).to_contain_text("已公布")
    tab.locator("#after summary").click()
    assert tab.get_by_label("办什么").locator("option").all_inner_texts() == ["撤回提名"]
    expect(tab.locator("#about-place")).to_contain_text("常州市红色地名名录")
    tab.locator("#to-list").click()
    expect(tab.locator("#nominations .row")).to_contain_text(["专家意见：不同意", "专家意见未登记"])
    listed = tab.request.get(f"{office.address}/api/heritage?family=red").json()
    assert [one["properties"]["name"] for one in listed["features"]] == ["长江路"]
    keep_what_was_seen(tab)


def keep_what_was_seen(tab: Tab) -> None:
    """A listed name among those to survey: what was refused stays typed, what was kept shows."""
    tab.locator(".views a[data-view=protection]").click()
    expect(tab.locator("#names .row-name")).to_have_text(["长江路", "长江大道"])
    tab.get_by_label("名录类别").select_option("古街巷")
    expect(tab.locator("#names .row")).to_have_count(1)
    row = tab.locator("#names .row").first
    expect(row).to_contain_text("标志：未知")
    row.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#protected")).to_be_focused()
    tab.get_by_label("登记什么").select_option("name_change")
    tab.get_by_label("新名称").fill("大江路")
    tab.get_by_label("来源（公众可见").fill("实地巡查")
    tab.locator("#enter-record").click()
    expect(tab.locator("#results .problem")).to_contain_text("第二十五条")
    tab.get_by_label("登记什么").select_option("sign")
    tab.locator("#enter-record").click()
    expect(tab.locator(".field:has([name=value]) + div .problem")).to_be_visible()
    tab.get_by_label("现状").select_option("damaged")
    tab.get_by_label("备注（内部").fill("电话 13800138000")
    tab.locator("#enter-record").click()
    expect(tab.locator(".field:has([name=note]) + div .problem")).to_contain_text("手机号")
    tab.get_by_label("备注（内部").fill("立柱倾斜")
    tab.locator("#enter-record").click()
    expect(tab.locator("#protected")).to_be_focused()
    expect(tab.locator("#results .facts").first).to_contain_text("已设，损坏")
    tab.get_by_label("登记什么").select_option("survey")
    tab.get_by_label("日期", exact=True).fill("2020-01-01")
    tab.get_by_label("下次调查").fill("2021-01-01")
    tab.locator("#enter-record").click()
    history = tab.locator("#results .events li")
    expect(history).to_have_count(2)
    assert "立柱倾斜" in history.first.inner_text(), "in order of date, the newest first"
    assert history.last.inner_text().count("实地巡查") == 1, "a source stays for the next entry"
    expect(tab.locator("p.state-line")).to_contain_text("调查到期")
    take_back_the_newest(tab)
    tab.locator("#to-list").click()
    expect(tab.locator("#names .row")).to_be_focused()
    tab.get_by_label("名录类别").select_option("")
    expect(tab.locator("#names .row-name")).to_have_text(["长江大道", "长江路"])
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="下载 CSV").click()
    table = Path(saved.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [(one["地名"], one["标志"], one["调查状态"]) for one in rows] == [
        ("长江大道", "已设，损坏", "调查到期"), ("长江路", "未知", "从未调查"),
    ]  # fmt: skip


def take_back_the_newest(tab: Tab) -> None:
    """A sign entered by mistake: refused beside its field, then struck through and not counted."""
    tab.get_by_label("登记什么").select_option("sign")
    tab.get_by_label("现状").select_option("missing")
    tab.get_by_label("日期", exact=True).fill("2024-05-06")
    tab.locator("#enter-record").click()
    expect(tab.locator("#results .events li")).to_have_count(3)
    entry = tab.locator("#results .events li", has_text="2024-05-06")
    entry.get_by_role("button", name="撤回：2024-05-06").click()
    expect(entry.get_by_label("撤回理由")).to_be_focused()
    entry.locator("#withdraw-record").click()
    expect(entry.locator(".field:has([name=reasons]) + div .problem")).to_have_text("请写理由。")
    entry.get_by_label("撤回理由").fill("看错了地点")
    entry.locator("#withdraw-record").click()
    expect(entry.locator("s")).to_contain_text("已设，缺失")
    expect(entry.locator(".withdrawn")).to_contain_text("看错了地点")
    expect(entry.get_by_role("button")).to_have_count(0)
    expect(tab.locator("#protected")).to_be_focused()
    expect(tab.locator("#results .facts").first).to_contain_text("已设，损坏")


def take_back_a_measure(tab: Tab, office: Office) -> None:
    """Two measures of the last name listed, one of them withdrawn."""
    code = tab.locator("#names .row").last.get_attribute("data-code")

    def post(below: str, **sent: Any) -> list[dict[str, Any]]:
        signed = {"Authorization": f"Bearer {office.token}", "Content-Type": "application/json"}
        body = json.dumps({"role": "地名科", **sent})
        address = f"{office.address}/api/heritage/{code}/{below}"
        told = tab.request.post(address, data=body, headers=signed)
        assert told.ok, told.text()
        records: list[dict[str, Any]] = told.json()["records"]
        return records

    for value in ("archive", "events"):
        made = post("records", kind="measure", value=value)
    post("withdrawals", entry=max(one["id"] for one in made), reasons="重复登记")


LOOKS = {"desk": (DESK, "lang=en"), "phone": (PHONE, "large=1")}


@pytest.mark.parametrize("look", LOOKS)
def test_every_view_is_clean_for_everybody(office: Office, open_page: OpenPage, look: str) -> None:
    size, words = LOOKS[look]
    tab = at_desk(office, open_page, words, viewport=size, bypass_csp=True)
    axe = VENDOR / "axe-core" / "axe.min.js"
    fill = {"list": ("#names", "长江路\n旧江路", "#judge"), "text": ("#text", LETTER, "#proofread")}
    for view in ("check", "list", "text", "due", "nominations", "protection"):
        tab.locator(f".views a[data-view={view}]").click()
        settle_desk(tab)
        if view == "check":
            check_name(tab, "长江路")
        elif view in fill:
            box, text, button = fill[view]
            tab.locator(box).fill(text)
            tab.locator(button).click()
            tab.locator("#judged .row, #document mark").first.wait_for()
        elif view == "nominations":
            tab.locator("#nominations .row").last.click()
            tab.locator("#scores summary").click()
            tab.locator("#enter-marks").wait_for()
        elif view == "protection":
            take_back_a_measure(tab, office)
            tab.locator("#names .row").last.click()
            tab.locator(".is-withdrawn").last.wait_for()
            tab.locator("#results .withdraw").first.click()
            tab.locator("#withdraw-record").wait_for()
        else:
            tab.locator("#due-list .row").first.click()
            tab.locator("#due-side .events").wait_for()
        settle_desk(tab)
        assert tab.locator(".problem").count() == 0, view
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
        if axe.exists():
            tab.evaluate(axe.read_text(encoding="utf-8"))
            found = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
            bad = [one for one in found if one["impact"] in ("serious", "critical")]
            assert not bad, [(view, b["id"], b["nodes"][0]["html"][:300]) for b in bad]
    settle(tab)
