"""Is what leaves the screen whole and true: printed links, part of a list, comparisons, links?"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from geo.access.finder.question import MOST
from geo.db import Database
from maps.elder_care.address import Address
from tests.maps.test_elder_care import PLACE, plain

TRACKED = "from=singlemessage&isappinstalled=0&utm_source=wechat&bd_vid=1"


def homes(client: TestClient, number: int) -> list[str]:
    """The codes of some homes."""
    found = client.get(f"/api/elder-care/find?what=home&{PLACE}&limit={number}").json()
    return [card["code"] for card in found["cards"]]


def printed(page: str) -> str:
    """The link that stands on paper."""
    told = re.search(r'class="printed.*?(http[^<\s]+)', page, re.S)
    assert told, "no link with a host"
    return unescape(told.group(1))


def test_a_printed_link_can_be_read_typed_and_followed(client: TestClient) -> None:
    two = ",".join(homes(client, 2))
    asked = f"codes={two}&start={quote('竹箦')}&lon=119.970000&lat=31.780000"
    page = client.get(f"/elder-care/compare?{asked}", headers={"Host": "dm.example.cn"}).text
    link = printed(page)
    assert link == (
        f"http://dm.example.cn/elder-care/compare?codes={two}&start=竹箦&lon=119.97&lat=31.78"
    )
    parts = urlsplit(link)
    followed = client.get(f"{parts.path}?{parts.query}")
    assert re.findall(r"<tbody>.*?</tbody>", followed.text, re.S) == re.findall(
        r"<tbody>.*?</tbody>", page, re.S
    ), "the typed link shows the same comparison"
    one = client.get(f"/elder-care/facility/{two.split(',')[0]}").text
    assert printed(one) == f"http://testserver/elder-care/facility/{two.split(',')[0]}"


@pytest.mark.parametrize("host", ['evil"><b>x', "a.cn/elsewhere?", "a b", "u:p@a.cn"])
def test_a_host_that_is_none_is_not_printed(client: TestClient, host: str) -> None:
    page = client.get("/elder-care?what=home", headers={"Host": host}).text
    assert printed(page).startswith("http://testserver/elder-care?what=home")
    assert host not in page


def test_the_stated_address_overrules_what_a_caller_names(
    city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_PUBLIC_URL", "https://dm.example.cn/atlas/")
    with TestClient(create_app(city), root_path="/atlas") as client:
        page = client.get("/atlas/elder-care", headers={"Host": "evil.example"}).text
    assert printed(page) == "https://dm.example.cn/atlas/elder-care"
    monkeypatch.delenv("ATLAS_PUBLIC_URL")
    with TestClient(create_app(city), root_path="/atlas") as client:
        assert printed(client.get("/atlas/elder-care").text) == "http://testserver/atlas/elder-care"


def test_ones_own_place_is_not_printed() -> None:
    chosen = {"what": "home", "start": "我的位置", "lon": "119.97", "lat": "31.78",
              "within_min": "15", "pick": "A,B", "large": "1"}  # fmt: skip
    assert Address("", chosen, base="http://h").on_paper() == "http://h/elder-care?what=home"
    elsewhere = Address("", {"start": "a b&c=100%#?", "q": "老年 食堂"})
    assert elsewhere.on_paper() == "/elder-care?start=a%20b%26c%3D100%25%23%3F&q=老年%20食堂"


def test_a_list_in_parts_says_so_and_how_to_print_the_rest(client: TestClient) -> None:
    first = client.get("/elder-care?what=home").text
    total = client.get("/api/elder-care/find?what=home&within=320400").json()["found"]
    assert 20 < total <= MOST * 2
    told = plain(first)
    assert f"共 {total} 家，这里是第 1–20 家" in told
    assert f"这张纸只有第 1–20 家，共 {total} 家" in told
    assert "打印这 20 家" in told
    whole = re.search(r'id="print-all" href="([^"]+)">([^<]+)<', first)
    assert whole
    most = min(total, MOST)
    assert whole.group(2) in (f"打印全部 {total} 家", f"打印前 {most} 家")
    every = client.get(unescape(whole.group(1))).text
    assert every.count('class="card"') == most
    assert "limit=100" in printed(every), "its link shows as many"
    chip = re.search(r'id="chip-free_beds-true" href="([^"]+)"', every)
    assert chip
    assert "limit" not in chip.group(1), "another question begins with its first page"
    narrow = client.get("/elder-care?what=home&q=示例养老院-001")
    assert "共 1 家。" in plain(narrow.text)
    assert 'id="print-all"' not in narrow.text
    assert "这张纸只有" not in narrow.text


def test_what_apps_hang_on_a_link_breaks_nothing(client: TestClient) -> None:
    two = ",".join(homes(client, 2))
    one = two.split(",")[0]
    for path in (
        f"/elder-care?what=home&{PLACE}",
        f"/elder-care/compare?codes={two}&{PLACE}",
        f"/elder-care/facility/{one}?{PLACE}",
        f"/elder-care/report?code={one}",
    ):
        led = client.get(f"{path}&{TRACKED}&large=&within_min=", follow_redirects=False)
        assert led.status_code == 303, path
        kept, asked = (parse_qs(urlsplit(at).query) for at in (led.headers["location"], path))
        assert kept == asked, "the start is kept, and the link is clean again"
        assert client.get(path, follow_redirects=False).status_code == 200
    strict = client.get(f"/api/elder-care/compare?codes={two}&utm_source=wechat")
    assert strict.status_code == 400, "the API stays strict"


def test_the_lists_conditions_do_not_break_a_page_of_one(client: TestClient) -> None:
    two = ",".join(homes(client, 2))
    listed = "within_min=15&limit=0&at=x&sort=near&q=x&kind=canteen&offset=-1"
    for path in (f"/elder-care/compare?codes={two}&", f"/elder-care/facility/{two.split(',')[0]}?"):
        assert client.get(f"{path}{listed}").status_code == 200, path


def test_a_typed_start_is_measured_from_and_drawn(client: TestClient) -> None:
    two = ",".join(homes(client, 2))
    page = client.get(f"/elder-care/compare?codes={two}&start=示例养老院-009").text
    assert 'data-row="distance"' in page
    assert 'class="here"' in page, "the start stands on the sketch"
    bare = client.get(f"/elder-care/compare?codes={two}").text
    assert 'data-row="distance"' not in bare, "no start, no distance"


def table_of(page: str) -> list[tuple[str, list[list[str]]]]:
    """The rows of a comparison: name, lines of each cell."""
    rows = re.findall(r'<tr data-row="\w+"><th scope="row">(.*?)</th>(.*?)</tr>', page, re.S)
    return [
        (name, [re.findall(r'class="(?:line|phone)"[^>]*>(.*?)<', cell)
                for cell in re.findall(r"<td.*?</td>", cells, re.S)])
        for name, cells in rows
    ]  # fmt: skip


def columns_of(page: str) -> dict[str, Any]:
    """What a list brings along for a comparison without a network."""
    told = re.search(r'id="columns">(.*?)</script>', page, re.S)
    assert told
    brought: dict[str, Any] = json.loads(told.group(1))
    return brought


@pytest.mark.parametrize(("what", "lang"), [("home", "zh"), ("home", "en"), ("canteen", "zh")])
def test_the_list_brings_what_the_comparison_tells(
    client: TestClient, what: str, lang: str
) -> None:
    """Same rows, same words, same order, whoever draws them."""
    asked = f"what={what}&lang={lang}&{PLACE}"
    brought = columns_of(client.get(f"/elder-care?{asked}").text)
    three = list(brought["columns"])[:3]
    page = client.get(f"/elder-care/compare?codes={','.join(three)}&{asked}").text
    chosen = [brought["columns"][code]["cells"] for code in three]
    expected = [
        (row[1], [list(cell[0]) for cell in cells])
        for row, *cells in zip(brought["rows"], *chosen, strict=True)
        if any(len(cell) < 2 or cell[1] != "none" for cell in cells)
    ]
    names = [name for name, _ in expected]
    assert [(name, [[unescape(one) for one in cell] for cell in cells])
            for name, cells in table_of(page)] == expected  # fmt: skip
    assert ("空床" in names) == (what == "home" and lang == "zh"), "a canteen has no beds"
    assert len(names) == len(set(names))
    if lang == "zh":
        assert {"时间", "服务", "性质", "备案"} <= set(names)


def test_an_error_page_has_a_main_part_and_a_way_back(client: TestClient) -> None:
    for path in ("/elder-care/facility/nobody", "/elder-care/compare", "/elder-care?lang=xx"):
        page = client.get(path, headers={"Accept": "text/html"})
        assert page.status_code in (400, 404)
        assert page.text.count("<main>") == 1
        assert 'href="/elder-care"' in page.text
