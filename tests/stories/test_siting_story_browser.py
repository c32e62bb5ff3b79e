"""A planner in a browser: in with a token, look at the candidates, site 康复辅具租赁点, keep the
plan by years, see it beside today, and take it away again."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from api.security import issue
from geo.db import Database, session_factory
from tests.conftest import OpenPage

DESK = {"width": 1440, "height": 900}
IN_STEP = """hosts => {
  const boxOf = (one) => document.querySelector(one).getBoundingClientRect();
  const [here, there] = hosts.map((host) => {
    const [frame, area] = [boxOf(host), boxOf(`${host} .leaflet-areas-pane .area`)];
    return [area.x - frame.x, area.y - frame.y, area.width];
  });
  return here.every((value, i) => Math.abs(value - there[i]) < 4);
}"""
NAME = "浏览器故事：辅具五点"


def test_from_candidates_to_a_compared_scenario(
    desk: str, bureau: Database, open_page: OpenPage
) -> None:
    with session_factory(bureau).begin() as session:
        token = issue(session, label="story", role="planner", division_code=None, days=1).secret
    watched = open_page(viewport=DESK, alone=True)
    tab = watched.page

    def api(path: str, body: dict[str, object] | None = None) -> dict[str, object]:
        asked = {"Authorization": f"Bearer {token}"}
        url = f"{desk}/api/access{path}"
        answer = (
            tab.request.post(url, data=body, headers=asked)
            if body
            else tab.request.get(url, headers=asked)
        )
        assert answer.ok, answer.text()
        found: dict[str, object] = answer.json()
        return found

    tab.goto(f"{desk}/planning")
    tab.get_by_label("访问令牌", exact=True).fill(token)
    tab.keyboard.press("Enter")

    listed = api("/siting/candidates?kind=rehab_rental")
    usable, excluded = listed["usable"], listed["excluded"]
    assert isinstance(usable, list)
    assert isinstance(excluded, list)
    said = f"候选点 {len(usable)} 处可用，{len(excluded)} 处排除"
    expect(tab.locator("#status")).to_have_text(said)
    shown = tab.locator("#candidates-excluded")
    for one in excluded[:5]:
        expect(shown).to_contain_text(one["name"])
        expect(shown).to_contain_text(one["reasons"][0]["zh"])
    assert tab.locator(".spot:not(.is-out)").count() >= len(usable)

    tab.get_by_label("新建几处").fill("5")
    tab.get_by_role("button", name="计算选址").click()
    expect(tab.locator(".proof")).to_contain_text("已证明最优")
    asked = {"kind": "rehab_rental", "sites": 5, "radius_m": 1000, "areas": "zone"}
    answer = api("/siting", asked)
    plan = answer["plans"][0]  # type: ignore[index]
    names = [one["name"] for one in plan["chosen"]]
    rows = tab.locator(".chosen .row-name").all_inner_texts()
    assert [row.split(" ")[0].removesuffix("合成") for row in rows] == names
    expect(tab.locator(".headline")).to_contain_text(f"{plan['covered']:,.0f}")
    expect(tab.locator(".leaflet-numbers-pane .ring.solid")).to_have_count(5)
    expect(tab.locator(".reach.is-new")).to_have_count(5)
    tab.get_by_role("button", name="次优 1").click()
    expect(tab.locator("#results")).to_contain_text(re.compile(r"比最优方案差 \d"))
    tab.get_by_role("button", name="最优方案").click()

    tab.get_by_role("button", name="每年 2 处").click()
    tab.get_by_label("情景名称").fill(NAME)
    tab.get_by_role("button", name="保存为情景").click()
    expect(tab.locator(".card-form .done")).to_contain_text(NAME)
    kept = api("/scenarios")["scenarios"][0]  # type: ignore[index]
    years = [change["year"] for change in kept["changes"]]
    assert [year - years[0] for year in years] == [0, 0, 1, 1, 2]

    tab.get_by_role("button", name="与今天对照").click()
    expect(tab.locator(".beside-title")).to_contain_text(NAME)
    beside = api(f"/scenarios/{kept['id']}?radius_m=1000&areas=district")
    total = beside["total"]
    gained = total["gained_60"]  # type: ignore[index]
    expect(tab.locator("table.beside")).to_contain_text(f"+{gained:,.0f}")
    expect(tab.locator("table.figures tfoot")).to_contain_text(f"+{gained:,.0f}")
    expect(tab.locator(".twin-map .ring.solid")).to_have_count(5)
    before = tab.evaluate("map_atlas.getZoom()")
    tab.locator(".leaflet-control-zoom-in").click()
    tab.wait_for_function("zoom => map_atlas.getZoom() > zoom", arg=before)
    # After the zoom both maps show the same place: an area lies alike in both frames.
    tab.wait_for_function(IN_STEP, arg=[".folium-map", ".twin-map"])

    tab.get_by_label("建到哪一年").select_option(str(years[0]))
    expect(tab.locator(".beside-title")).to_contain_text(f"至 {years[0]} 年")
    tab.get_by_role("button", name="删除").click()
    tab.get_by_role("button", name="确认删除？").click()
    expect(tab.locator("#question")).not_to_contain_text(NAME)
    expect(tab.locator(".twin-map")).to_have_count(0)
    assert watched.errors == []
    assert watched.foreign_hosts(desk) == set()
