"""Does the page of coverage and gaps say by every measure what the API says?"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import Watched
from tests.maps.access_table import address, cells
from tests.maps.test_pages import api, settle, visit

SHOWN: dict[str, Callable[[dict[str, Any]], tuple[float | None, ...]]] = {
    "served_2": lambda row: (row["served_2"], row["people_60"]),
    "seated": lambda row: (row["seated_60"], row["people_60"]),
    "supply": lambda row: (row["supply"], row["people_60"]),
    "gain": lambda row: (row["gain_60"], row["own_60"], row["people_60"]),
    "disabled": lambda row: (row["disabled_covered"], row["disabled"]),
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
    points = tab.locator("#tab-body table").nth(1).locator("tbody tr").all_inner_texts()
    assert len(points) == len(answer["lorenz"]) - 1 == 20
    assert points[-1].count("100.0%") == 2
    for text, (people, held) in zip(points, answer["lorenz"][1:], strict=True):
        assert f"{people * 100:.1f}%" in text
        assert f"{held * 100:.1f}%" in text


def test_dependent_people_are_a_group_with_a_map(
    town: str, browser_page: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_DISABLED_RATE", "0.1")
    monkeypatch.setenv("ATLAS_DISABLED_RATE_SOURCE", "示例来源")
    tab = visit(browser_page, f"{town}/access?kind=canteen")
    tab.locator("#fold-more > summary").click()
    tab.get_by_label("人群").select_option("disabled")
    settle(tab)
    assert address(tab)["show"] == ["disabled"]
    answer = api(tab, town, "/access/measures?kind=canteen&radius_m=500")
    for row in answer["rows"]:
        covered, whole = row["disabled_covered"], row["disabled"]
        assert cells(tab, row["area_name"]) == [
            f"{covered:,.0f}", f"{whole:,.0f}", f"{covered / whole:.1%}"
        ]  # fmt: skip
    assert "失能老人覆盖率（估计）" in tab.inner_text("#legend")
    assert tab.locator(".area").count() == 2
    assert tab.locator(".area.is-unknown").count() == 0
    said = tab.inner_text("#results .source")
    assert "按 60 岁以上人口乘失能率估计" in said
    assert "失能率 10.0%，来源：示例来源" in said
    tab.get_by_label("人群").select_option("80")
    settle(tab)
    assert (address(tab)["age"], "show" in address(tab)) == (["80"], False)


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


def test_registered_people_are_never_mixed_in(town: str, browser_page: Watched) -> None:
    tab = visit(browser_page, f"{town}/access?kind=canteen&basis=registered")
    assert "户籍人口" in tab.inner_text(".headline")
    assert cells(tab, "西区")[1] == "1,000"
    assert cells(tab, "东区")[1] in ("未知", "0")
