"""Are listed names told without scripts, chosen by keyboard and address, printed and cited?"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from geo.db import Database, read_engine, session_factory
from geo.db.embedded import Embedded
from geo.models import PlaceText
from geo.validity import today_in_china
from maps.base import STATIC, Page
from maps.cli import KINDS
from maps.gathering import Asked
from tests.conftest import OpenPage, served
from tests.factories import make_city, make_listing, make_place, make_unit, square, stored
from tests.machine import worker_database

AXE = STATIC / "vendor" / "axe-core" / "axe.min.js"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
CITY, NORTH = "320400000000", "320402000000"
EVIL = "</script><script>window.bad=1</script>"

pytestmark = pytest.mark.browser


def fill(session: Session) -> None:
    """A city with a name of each form: point, line, area, and one known to its district only."""
    make_city(session, name="常州市", geom=square(119.6, 31.6, 0.4))
    make_unit(session, NORTH, name="北城区", geom=square(119.6, 31.6, 0.2))
    make_unit(session, "320404000000", name="南城区", geom=square(119.8, 31.6, 0.2))
    well = make_place(session, "双桂坊", (119.7, 31.7), code="t:well", located_in=NORTH)
    make_listing(session, well, era="北宋", list_class="古街巷")
    make_listing(session, well, list_name="市级名录", list_level="city")
    session.add(PlaceText(place_id=well.id, kind="history", value=f"故事{EVIL}", citation="出处"))
    road = make_place(session, "老官路", (119.72, 31.7), code="t:road", feature_class="R")
    bend = shapely.LineString([(119.62, 31.62), (119.7, 31.65), (119.78, 31.64)])
    _moved(session, road, bend)
    make_listing(session, road, era="明代")
    field = make_place(session, "校场", (119.7, 31.7), code="t:field", feature_class="L")
    _moved(session, field, square(119.85, 31.65, 0.05))
    make_listing(session, field)
    camp = make_place(session, "营房旧址", None, code="t:camp", located_in=NORTH, is_synthetic=True)
    make_listing(session, camp, family="red", list_name="红色名录", era="新民主主义革命时期")
    for place in (road, field):
        place.located_in = CITY
    session.flush()


def _moved(session: Session, place: Any, shape: Any) -> None:
    from sqlalchemy import update

    from geo.models import PlacePosition

    session.flush()
    session.execute(
        update(PlacePosition).where(PlacePosition.place_id == place.id).values(geom=stored(shape))
    )


@pytest.fixture(scope="module")
def listed(home: Any, cluster: Embedded) -> Database:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"heritage_pages_{worker}")
    with session_factory(database).begin() as session:
        fill(session)
    return database


@pytest.fixture(scope="module")
def address(listed: Database) -> Iterator[str]:
    with served(listed) as found:
        yield found


def cards(tab: Tab) -> list[str]:
    found = tab.locator("#results .old-card").evaluate_all(
        "all => all.map(one => one.dataset.code)"
    )
    return [str(code) for code in found]


def settle(tab: Tab) -> None:
    expect(tab.locator("#legend li").first).to_be_attached()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(
    "path", ["/heritage", "/heritage?lang=en&large=true", "/heritage/t:well?large=true"]
)
def test_it_is_clean_for_everybody(
    address: str, open_page: OpenPage, size: dict[str, int], path: str
) -> None:
    watched = open_page(viewport=size)
    tab = watched.page
    tab.goto(address + path)
    if "t:well" not in path:
        settle(tab)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.evaluate("window.bad") is None
    if AXE.exists():
        tab.evaluate(AXE.read_text(encoding="utf-8"))
        found = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [
            (one["id"], one["nodes"][0]["html"][:120])
            for one in found
            if one["impact"] in ("serious", "critical")
        ] == []
    assert watched.errors == []


def test_the_list_is_whole_without_scripts(address: str, open_page: OpenPage) -> None:
    tab = open_page(viewport=DESK, java_script_enabled=False).page
    answer = tab.goto(f"{address}/heritage")
    assert answer is not None
    assert answer.ok, answer.text()
    assert cards(tab) == ["t:well", "t:road", "t:camp", "t:field"], "the oldest era first"
    assert "早的见于宋元，近的到近代，另有 1 个年代未知；" in tab.locator(".old-lead").inner_text()
    told = tab.locator("#results").inner_text()
    assert EVIL in told
    assert "故事未知" in told
    assert "合成" in told
    assert tab.locator("#status").inner_text() == "4 个地名（一地一计）"
    tab.locator("summary").click()
    tab.locator("select[name=list_level]").select_option("city")
    tab.locator("button[type=submit]").click()
    tab.wait_for_url("**list_level=city**")
    assert cards(tab) == ["t:well"]
    tab.goto(f"{address}/heritage")
    tab.locator("a.era-modern").click()
    tab.wait_for_url("**era=modern**")
    assert cards(tab) == ["t:camp"]
    tab.goto(f"{address}/heritage")
    levels = " ".join(tab.locator(".old-levels").inner_text().split())
    assert levels == "省级名录 4 市级名录 1", "no sum of levels"


def test_the_map_says_what_the_list_says(address: str, open_page: OpenPage) -> None:
    tab = open_page(viewport=DESK).page
    tab.goto(f"{address}/heritage")
    settle(tab)
    assert tab.locator(".slip-name").all_inner_texts() == ["营房旧址"]
    drawn = tab.evaluate(
        "['places', 'lines', 'areas']"
        ".map(code => window['feature_group_' + code].getLayers().length)"
    )
    assert drawn == [1, 2, 1], "a seal, a line of two strokes, an area"
    number = [int(one) for one in tab.locator("#legend .figure").all_inner_texts()]
    assert sum(number) == len(cards(tab)) == 4
    assert "未经地图审核" in tab.locator("#notices").inner_text()
    assert tab.locator("#synthetic").is_visible()
    tab.locator(".slip-name").click()
    expect(tab.locator(".old-card.is-open h3 a")).to_have_text("营房旧址")
    assert "place=t%3Acamp" in tab.url


def test_the_time_line_goes_by_keyboard_and_stands_in_the_address(
    address: str, open_page: OpenPage
) -> None:
    tab = open_page(viewport=DESK).page
    tab.goto(f"{address}/heritage?list_level=province")
    settle(tab)
    tab.locator("a.era-pre-qin").focus()
    for _ in range(4):
        tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    expect(tab.locator("#status")).to_have_text("1 个地名（一地一计）")
    assert cards(tab) == ["t:well"]
    assert "era=song-yuan" in tab.url
    assert "list_level=province" in tab.url
    assert tab.evaluate("document.activeElement.dataset.era") == "song-yuan"
    link = tab.url
    other = open_page(viewport=PHONE).page
    other.goto(link)
    assert cards(other) == ["t:well"]
    assert other.locator("a.era[aria-current]").get_attribute("data-era") == "song-yuan"
    tab.locator("input[type=search]").fill("没有这个名字")
    expect(tab.locator("#status")).to_have_text("0 个地名（一地一计）")
    assert tab.evaluate("document.activeElement.name") == "q"


def test_a_leaf_is_printed_and_cited(address: str, open_page: OpenPage) -> None:
    tab = open_page(viewport=DESK).page
    assert tab.goto(f"{address}/heritage/nowhere").status == 404  # type: ignore[union-attr]
    tab.goto(f"{address}/heritage/t:well")
    cited = tab.locator("#cite").inner_text()
    assert f"/id/t:well，查询日期 {today_in_china()}" in cited
    assert "测试名录（省级，年份未知）" in cited
    assert "市级名录（市级，年份未知）" in cited
    stable = tab.locator("link[rel=canonical]").get_attribute("href") or ""
    assert stable.startswith(address)
    assert tab.request.get(stable).status == 200
    assert "北宋 · 居民点 · 北城区" in tab.locator(".leaf-what").inner_text()
    facts = tab.locator(".leaf-facts").inner_text()
    assert facts.count("未知") == 4, "state, sign and both surveys"
    assert "第二十五条" in tab.locator(".leaf").inner_text()
    assert tab.locator(".leaf-map svg .leaf-point").count() == 1
    paper = tab.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1, "one sheet holds it, with its citation"
    [box] = set(re.findall(rb"/MediaBox \[([^\]]+)\]", paper))
    assert [round(float(one)) for one in box.split()] in ([0, 0, 595, 842], [0, 0, 594, 842])
    tab.goto(f"{address}/heritage/t:camp")
    assert tab.locator(".leaf-area.is-here").count() == 1
    assert tab.locator(".leaf-point").count() == 0, "known to its district only"


def test_a_saved_file_needs_nobody(listed: Database, open_page: OpenPage, tmp_path: Path) -> None:
    engine = read_engine(listed)
    with engine.connect() as public, session_factory(listed)() as owner:
        data = KINDS["heritage"].gather(public, owner, Asked(CITY, today_in_china()))
    engine.dispose()
    page = Page(city_code=CITY, city_name="常州市", bounds=(119.6, 31.6, 120.0, 31.8))
    data = json.loads(json.dumps(data, default=str))
    file = tmp_path / "heritage.html"
    file.write_text(KINDS["heritage"].draw(page, data), encoding="utf-8")
    watched = open_page(viewport=DESK, alone=True)
    tab = watched.page
    tab.context.set_offline(True)
    tab.goto(file.as_uri())
    settle(tab)
    assert tab.evaluate("window.bad") is None
    assert len(cards(tab)) == 4
    tab.locator("a.era-modern").click()
    assert tab.locator(".old-card:visible").count() == 1
    tab.locator(".old-card:visible h3 a").click()
    assert tab.locator(".old-card.is-open").count() == 1
    assert watched.errors == []
