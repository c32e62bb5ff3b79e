"""Is the public list whole as plain HTML: cards, links, forms, comparison, report?"""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from api.app import create_app
from geo.access.finder import Question, find
from geo.access.finder.marks import marks
from geo.db import Database
from geo.errors import BadInput
from maps.base import Page
from maps.elder_care.address import Address, old_address
from maps.elder_care.listing import draw_finder
from maps.elder_care.past import known_on
from maps.elder_care.shown import Ground
from maps.elder_care.sketch import Area, Point, sign_of, sketch_of
from tests.factories import make_city, make_facility, make_price, make_unit, square

PLACE = "lon=119.97&lat=31.78"
EVIL = "</script><script>window.broken=1</script><img src=x onerror=alert(1)>\"'"


def plain(html: str) -> str:
    """What a page says, without its marks."""
    body = re.sub(r"<(script|style|template)\b.*?</\1>", "", html, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


@pytest.fixture
def hamlet(session: Session) -> Session:
    """A town with a canteen of which little is known and a home of which more is."""
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=square(119.9, 31.7))
    make_facility(session, (119.95, 31.75), code="C", name="真食堂", kinds=["canteen"],
                  source="某局名录", source_date=date(2026, 10, 1), checked_on=date(2026, 11, 1),
                  phone="0519-1234567", is_synthetic=False)  # fmt: skip
    home = make_facility(session, (119.96, 31.76), code="H", name="示例养老院",
                         kinds=["nursing_home"], beds_total=30, beds_free=6,
                         beds_on=date(2026, 11, 15), care_levels=["partial"],
                         is_synthetic=True)  # fmt: skip
    make_price(session, home, item="partial", low=2600, high=4800, unit="month",
               includes="床位、护理、伙食")  # fmt: skip
    return session


def drawn(session: Session, page: Page | None = None, **asked: object) -> str:
    """The list as HTML."""
    question = Question(within="320400000000", **asked)  # type: ignore[arg-type]
    answer = find(session, question)
    here = Address("", {})
    return "".join(draw_finder(page or Page(city_name="常州市"), here, answer, Ground()))


def test_the_first_card_stands_in_the_html(client: TestClient) -> None:
    page = client.get(f"/elder-care?{PLACE}").text
    found = client.get(f"/api/elder-care/find?{PLACE}&within=320400").json()
    names = re.findall(r'data-name="([^"]+)"', page)
    assert names == [card["name"] for card in found["cards"]]
    assert f"共 {found['found']} 家" in plain(page)
    assert "直线" in plain(page)


def test_without_a_start_no_distance_is_shown(client: TestClient) -> None:
    told = plain(client.get("/elder-care").text)
    assert "请先告诉我们从哪里出发" in told
    assert "直线 " not in told
    assert " 0 米" not in told


def test_real_data_says_who_checked_it_and_dials(hamlet: Session) -> None:
    html = drawn(hamlet)
    assert "2026-11-01 核实 · 来源：某局名录" in plain(html)
    assert 'href="tel:05191234567"' in html
    assert re.search(r'id="synthetic"[^>]* hidden', html), "nothing here is made up"


def test_what_is_not_known_reads_so_and_never_zero(hamlet: Session) -> None:
    told = plain(drawn(hamlet))
    assert "今天 未知" in told
    assert "价格 未知" in told
    assert "无障碍 未知" in told
    assert not re.search(r"\b0 (张|元|米)", told)


def test_a_home_tells_beds_price_rating_and_fire(hamlet: Session) -> None:
    html = drawn(hamlet, what="home", care_level="partial")
    told = plain(html)
    assert re.search(r"空床 6 张 （.*11-15 填报", told)
    assert re.search(r"每月 2,600–4,800 元 （半失能，含床位、护理、伙食，价格日期未知", told)
    assert "等级 未知" in told
    assert "消防 未知" in told
    assert not re.search(r'id="synthetic"[^>]* hidden', html)
    assert "合成数据" in told
    assert "电话：未知" in told
    assert "tel:" not in html, "a made-up place has no phone"


def test_the_week_is_told_in_full(hamlet: Session) -> None:
    week = {day: [["10:30", "12:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    make_facility(hamlet, (119.95, 31.75), code="W", name="周食堂", kinds=["canteen"], hours=week)
    told = plain(drawn(hamlet, q="周食堂"))
    assert "周一至周五 10:30–12:30" in told
    assert "周六至周日 休息" in told


def test_a_past_day_knows_no_later_facts(hamlet: Session) -> None:
    [home] = find(hamlet, Question(what="home", within="320400000000")).cards
    then = known_on(home, date(2026, 11, 1))
    assert then.beds_free is None
    assert known_on(home, date(2026, 11, 15)).beds_free == 6
    assert known_on(home, None) is home


def test_names_and_sources_are_escaped(hamlet: Session) -> None:
    make_facility(hamlet, (119.95, 31.75), code="E", name=EVIL, address=EVIL, source=EVIL,
                  website="javascript:alert(1)", kinds=["canteen"])  # fmt: skip
    html = drawn(hamlet, Page(city_name=EVIL, approval_number=EVIL, attributions=(EVIL,)))
    assert "<script>window.broken" not in html
    assert "<img src=x" not in html
    assert 'href="javascript:' not in html


def test_the_public_gets_no_map_without_an_approval_number(hamlet: Session) -> None:
    html = drawn(hamlet, Page(public_mode=True))
    assert "尚无审图号" in html
    assert "真食堂" in html
    assert "map-side" not in html
    assert "leaflet" not in html
    assert '<svg viewBox="0 0 720' not in html
    shown = drawn(hamlet, Page(public_mode=True, approval_number="苏S(2026)000号"))
    assert "map-side" in shown
    assert "审图号：苏S(2026)000号" in shown


def test_the_list_builds_no_map(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A map's shell costs more than the list: it is built when somebody wants the map."""
    page = client.get("/elder-care").text
    built: list[object] = []
    monkeypatch.setattr("maps.base._board", lambda *asked: built.append(asked))
    assert client.get("/elder-care").status_code == 200
    assert built == []
    assert "leaflet.js" in page


def test_every_notice_stands_in_both_languages(client: TestClient) -> None:
    for look, words in (("", ("未经地图审核，仅限内部演示", "示意，不作为划界依据", "含合成数据")),
                        ("lang=en", ("Not reviewed as a map", "no basis for delimitation",
                                     "synthetic data"))):  # fmt: skip
        told = plain(client.get(f"/elder-care?{look}").text)
        assert all(word in told for word in words), look


def test_every_choice_is_a_link_that_keeps_the_rest(client: TestClient) -> None:
    page = client.get(f"/elder-care?what=home&free_beds=true&large=1&{PLACE}").text
    chip = re.search(r'id="chip-care_level-partial" href="([^"]+)"', page)
    assert chip
    asked = parse_qs(urlsplit(unescape(chip.group(1))).query)
    assert asked == {"what": ["home"], "free_beds": ["true"], "large": ["1"], "lon": ["119.97"],
                     "lat": ["31.78"], "care_level": ["partial"]}  # fmt: skip
    on = re.search(r'id="chip-free_beds-true" href="([^"]+)"', page)
    assert on
    assert "free_beds" not in on.group(1), "the same tap takes it away"


@pytest.mark.parametrize(
    ("old", "meant"),
    [
        ("kind=canteen", {"what": "canteen"}),
        ("kind=nursing_home&with_free_beds=1", {"what": "home", "kind": "nursing_home",
                                                "free_beds": "true"}),
        ("kind=elder_home,community&max_price=3000", {"what": "home", "max_price": "3000"}),
        ("from=119.97,31.78&from_name=某处&lat=31&lon=119&z=12",
         {"start": "某处", "lon": "119.97", "lat": "31.78"}),
        ("with_medical=1&on=2010-01-01&lang=en",
         {"medical": "true", "at": "2010-01-01T12:00", "lang": "en"}),
    ],
)  # fmt: skip
def test_old_addresses_lead_to_the_same_view(old: str, meant: dict[str, str]) -> None:
    found = old_address([(k, v[0]) for k, v in parse_qs(old).items()])
    assert found is not None
    assert found == (None, meant)


def test_old_and_untidy_addresses_are_led_on(client: TestClient) -> None:
    code = client.get("/api/elder-care/find?limit=1").json()["cards"][0]["code"]
    led = client.get(f"/elder-care?place={code}", follow_redirects=False)
    assert led.status_code == 303
    assert led.headers["location"] == f"/elder-care/facility/{code}"
    led = client.get("/elder-care?q=&start=&what=home&max_price=", follow_redirects=False)
    assert led.headers["location"] == "/elder-care?what=home"
    typed = "lon=119.9&lat=31.7&was=甲&start=乙"
    led = client.get(f"/elder-care?{typed}", follow_redirects=False)
    assert "lon" not in led.headers["location"], "another text was typed"
    assert client.get("/elder-care?lon=1&lat=2").status_code == 200, "no endless leading on"


def test_a_place_that_several_names_fit_is_chosen_from_links(client: TestClient) -> None:
    page = client.get("/elder-care?start=示例路001号").text
    found = client.get("/api/elder-care/starts?q=示例路001号&limit=8").json()["starts"]
    assert len(found) > 1
    links = re.findall(r'<li><a href="([^"]+)" data-live><strong>', page)
    assert len(links) == len(found)
    assert "lon=" in links[0]
    assert "没有找到「天涯海角无此处」" in client.get("/elder-care?start=天涯海角无此处").text
    alike = client.get("/elder-care?start=红梅公园").text
    assert re.search("没有找到「红梅公园」.*名字相近的有.*红梅街道.*距离只是大约", alike, re.DOTALL)
    link = re.findall(r'<li><a href="([^"]+)" data-live><strong>', alike)[0]
    rough = client.get(unescape(link)).text
    assert "从「红梅街道」算起（只知道大概位置" in rough
    ways = re.findall(r'<p class="way">(.*?)</p>', rough)
    assert ways
    assert all("大约，出发地只知大概位置" in way for way in ways)
    assert "出发地只知大概位置" not in client.get("/elder-care?lon=119.97&lat=31.78").text
    assert "是这里吗？" in client.get("/elder-care?start=兰陵").text


def test_nothing_found_says_what_one_condition_less_would_give(client: TestClient) -> None:
    asked = "what=home&max_price=10&free_beds=true"
    page = client.get(f"/elder-care?{asked}").text
    assert "没有全部符合的" in page
    link = re.search(r'<li><a href="([^"]+)" data-live>不要求「价格上限」：([\d,]+) 家', page)
    assert link
    without = client.get(unescape(link.group(1)))
    assert f"共 {link.group(2)} 家" in plain(without.text)


def test_a_comparison_marks_what_is_unknown(client: TestClient) -> None:
    codes = [card["code"] for card in client.get(
        f"/api/elder-care/find?what=home&{PLACE}&limit=4").json()["cards"]]  # fmt: skip
    page = client.get(f"/elder-care/compare?codes={','.join(codes[:3])}&{PLACE}")
    assert page.status_code == 200
    assert page.text.count('<th scope="col">') == 3
    assert re.search(r'data-row="phone">.*?<td class="unknown"><span class="line">未知', page.text)
    price = re.search(r'data-row="price">(.*?)</tr>', page.text)
    assert price
    assert "元" in price.group(1), "a home's price is a month's, whatever the link leaves out"
    assert page.text.count("<li>") >= 8
    repeated = client.get("/elder-care/compare?" + "&".join(f"codes={c}" for c in codes))
    assert repeated.text.count('<th scope="col">') == 4
    for bad in ("", f"?codes={codes[0]}", "?codes=" + ",".join(["a", "b", "c", "d", "e"])):
        assert client.get(f"/elder-care/compare{bad}").status_code == 400, bad
    lost = client.get(f"/elder-care/compare?codes={codes[0]},{codes[1]},nobody").text
    assert "没有找到：" in lost
    assert "nobody" in lost


def test_a_report_without_scripts_becomes_a_work_item(bureau: Database) -> None:
    with TestClient(create_app(bureau, city_code="320400000000")) as desk:
        code = desk.get("/api/elder-care/find?limit=1").json()["cards"][0]["code"]
        form = desk.get(f"/elder-care/report?code={code}").text
        assert 'method="post"' in form
        sent = {"code": code, "what": "phone", "text": "已经停机"}
        thanks = desk.post("/elder-care/report", data=sent)
        assert thanks.status_code == 200
        assert re.search(r"编号 \d+", plain(thanks.text))
        refused = desk.post("/elder-care/report", data=sent | {"text": "张三 13812345678"})
        assert refused.status_code == 400
        assert 'role="alert"' in refused.text
        assert desk.post("/elder-care/report", data=sent | {"what": "x"}).status_code == 400
        assert desk.post("/elder-care/report", data=sent | {"code": "nobody"}).status_code == 404
        assert desk.post("/elder-care/report", content=b"x" * 20_000).status_code == 413


def test_marks_of_a_map_stand_for_all_that_fits(city_session: Session) -> None:
    asked = Question(what="home", care_level="partial", within="320400000000")
    found = find(city_session, asked)
    whole = (118.0, 30.0, 122.0, 33.0)
    for cell in (0.5, 0.02):
        seen = marks(city_session, asked, whole, max(cell, 0.1) if cell > 0.1 else 0.1)
        assert seen.found == sum(mark.count for mark in seen.marks) == found.found
    fine = marks(city_session, asked, (119.9, 31.7, 120.0, 31.8), 0.004)
    alone = [mark for mark in fine.marks if mark.count == 1]
    assert alone
    assert all(mark.code and mark.name and mark.kind for mark in alone)
    first = alone[0].code
    assert first is not None
    rest = marks(city_session, asked, (119.9, 31.7, 120.0, 31.8), 0.004, [first])
    assert rest.found == fine.found - 1
    with pytest.raises(BadInput):
        marks(city_session, asked, whole, 0.001)


def test_the_marks_address_refuses_plainly(client: TestClient) -> None:
    assert client.get("/elder-care/marks?bbox=119,31,121,33&cell=0.2").json()["found"] > 100
    for bad in ("", "?bbox=119,31,121,33", "?bbox=x&cell=1", "?bbox=119,31,121,33&cell=0.00001"):
        assert client.get(f"/elder-care/marks{bad}").status_code == 400, bad


def test_a_sketch_keeps_numbers_apart_and_true() -> None:
    sign = sign_of("canteen")
    points = [Point(n, 119.95 + n * 1e-5, 31.75, sign) for n in range(1, 5)]
    ground = [Area("西区", square(119.9, 31.7), False)]
    drawn_map = sketch_of(points, ground, start=(119.951, 31.751))
    assert drawn_map is not None
    spots = drawn_map.spots
    assert [spot.number for spot in spots] == [1, 2, 3, 4]
    for one in spots:
        for other in spots:
            apart = ((one.x - other.x) ** 2 + (one.y - other.y) ** 2) ** 0.5
            assert one is other or apart > 20
    assert all(spot.is_moved for spot in spots if abs(spot.x - spot.at_x) > 6)
    assert [label.name for label in drawn_map.labels] == ["西区"]
    assert sketch_of([], ground) is None
    lone = sketch_of(points[:1], ground)
    assert lone is not None
    assert lone.bar_words.endswith(("米", "公里"))


def test_a_link_to_the_phones_map_can_be_switched_off(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "怎么去" in client.get("/elder-care").text
    monkeypatch.setenv("ATLAS_PHONE_MAPS", "false")
    page = client.get("/elder-care").text
    assert "怎么去" not in page
    assert "amap" not in page


def test_numbers_go_on_from_page_to_page(client: TestClient) -> None:
    first = client.get("/elder-care").text
    link = re.search(r'id="page-after" href="([^"]+)"', first)
    assert link
    second = client.get(unescape(link.group(1))).text
    numbers = [int(n) for n in re.findall(r'data-number="(\d+)"', second)]
    assert numbers == list(range(21, 41))
    assert '<ol class="cards" start="21">' in second
