"""Do card and own page tell the same of a place, warn by sign and word, and speak English?"""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy.orm import Session

from geo.access.finder import Card, Question, find, one_card
from geo.loaders.load import load_delivery
from geo.validity import today_in_china
from maps.base import Page
from maps.elder_care.address import Address
from maps.elder_care.cards import CardTold, card_told
from maps.elder_care.listing import draw_finder
from maps.elder_care.sheets import draw_facility
from maps.elder_care.shown import Ground
from maps.elder_care.vocabulary import in_words
from tests.factories import make_city, make_facility, make_price, make_rating
from tests.maps.test_elder_care import plain

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS: dict[str, list[list[str]]] = {day: [["00:00", "24:00"]] for day in WEEK}
TODAY = today_in_china()
LONG_AGO = TODAY - timedelta(days=400)
HAN = re.compile(r"[\u3400-\u9fff]+")
ZH, EN = Page(city_name="常州市"), Page(city_name="常州市", lang="en")


@pytest.fixture
def mixed(session: Session) -> Session:
    """A home with a canteen of which all is told, and a canteen."""
    make_city(session)
    home = make_facility(
        session, (119.95, 31.75), code="H", name="甲养老院", kinds=["nursing_home", "canteen"],
        hours=ALWAYS, beds_total=30, beds_free=6, beds_on=LONG_AGO, care_levels=["partial"],
        services=["助餐", "康复护理"], fire_state="failed", fire_checked_on=date(2026, 5, 1),
        ownership="public", operation="private_nonprofit", has_lift=True, has_ramp=False,
    )  # fmt: skip
    make_price(session, home, item="partial", low=2600, high=4800, unit="month",
               includes="床位、护理、伙食", priced_on=LONG_AGO)  # fmt: skip
    make_rating(session, home, level="五级", scheme="GB/T 37276", rated_on=date(2020, 1, 1),
                valid_until=date(2023, 1, 1))  # fmt: skip
    make_facility(session, (119.95, 31.75), code="Z", name="乙食堂", kinds=["canteen"])
    return session


def listed(session: Session, page: Page, what: str) -> CardTold:
    """The home as a list shows it."""
    found = find(session, Question(what=what))
    [one] = [card for card in found.cards if card.code == "H"]
    return told_of(page, one)


def told_of(page: Page, one: Card) -> CardTold:
    return card_told(page.say, one, Address("", {}), today=TODAY, shows_kind=True)


@pytest.mark.parametrize("page", [ZH, EN], ids=["zh", "en"])
def test_every_list_and_the_own_page_tell_the_same_facts(mixed: Session, page: Page) -> None:
    own = told_of(page, one_card(mixed, "H", Question()))
    assert listed(mixed, page, "canteen").facts == own.facts == listed(mixed, page, "home").facts
    assert own.facts == told_of(page, one_card(mixed, "H", Question(what="home"))).facts


def test_the_hours_of_the_beds_are_told_apart_from_those_of_the_canteen(mixed: Session) -> None:
    facts = {fact.code: fact.lines for fact in listed(mixed, ZH, "canteen").facts}
    assert facts["hours"] == ("住养：每天全天", "老年食堂：未知，请先打电话")
    assert facts["meals"] == ("有老年食堂，每天几份未知",)
    assert "设在养老院内，是否对外请先打电话问" in listed(mixed, ZH, "canteen").beside
    assert listed(mixed, ZH, "home").beside == ""
    canteen = told_of(ZH, one_card(mixed, "Z", Question()))
    assert {fact.code: fact.lines for fact in canteen.facts}["meals"] == ("每天几份未知",)


def test_what_is_old_is_marked_alike_on_card_and_page(mixed: Session) -> None:
    one = listed(mixed, ZH, "home")
    facts = {fact.code: fact.lines for fact in one.facts}
    brief = {fact.name: "".join(fact.parts) for fact in one.brief}
    assert brief["空床"].endswith("填报，可能已变）")
    assert facts["beds"][0].endswith("填报，可能已变）")
    assert f"{LONG_AGO} 的价格，可能已变）" in brief["每月"]
    assert facts["prices"][-1] == f"价格日期 {LONG_AGO}，可能已变"
    assert brief["等级"] == "五级（已过有效期）"
    assert facts["rating"][0].startswith("五级（已过有效期） · GB/T 37276")


def test_a_failed_fire_check_warns_by_a_sign_and_a_word(mixed: Session) -> None:
    for page, words in ((ZH, "⚠ 警告：未达标"), (EN, "⚠ Warning: failed")):
        card = one_card(mixed, "H", Question(what="home"))
        one = told_of(page, card)
        assert one.short["fire"][0].startswith(words)
        assert [fact.name for fact in one.brief if fact.is_warning] == [page.say("消防", "Fire")]
        [fact] = [fact for fact in one.facts if fact.is_warning]
        assert fact.lines[0].startswith(words)
        assert words in plain(draw_facility(page, Address("", {}), card, Ground(), TODAY))


def test_who_owns_and_who_runs_it_is_told_in_one_word(mixed: Session) -> None:
    facts = {fact.code: fact.lines for fact in listed(mixed, ZH, "home").facts}
    assert facts["nature"] == ("公建民营（非营利）",)


def test_the_english_pages_keep_only_names_in_chinese(mixed: Session) -> None:
    card = one_card(mixed, "H", Question(what="home"))
    here = Address("", {"lang": "en"})
    own = plain(draw_facility(EN, here, card, Ground(), TODAY))
    answer = find(mixed, Question(what="home", lang="en"))
    for told in (own, plain("".join(draw_finder(EN, here, answer, Ground())))):
        assert set(HAN.findall(told)) <= {"甲养老院", "常州", "中文"}
        assert "bed, care, meals" in told
        assert "level 5" in told
    assert "GB/T 37276" in own


DELIVERED = """名称,类型,经度,纬度,空床,床位统计日期,接收对象,半失能收费,失能收费（元/月）,\
收费包含,价格日期,评定等级,评定标准,评定年份,消防检查结果,消防检查日期,医养结合方式
丙养老院,养老院,119.95,31.75,6,{day},半失能、失能,2600-4800元/月,5200以上,床位、护理、伙食,\
{day},三级,GB/T 37276,2024,达标,2025-06-10,无
"""


def test_what_a_delivery_brings_stands_on_the_card_as_it_was_written(
    session: Session, tmp_path: Path
) -> None:
    make_city(session)
    path = tmp_path / "homes.csv"
    path.write_text(DELIVERED.format(day=TODAY), encoding="utf-8")
    report = load_delivery(session, "facilities", path, crs="cgcs2000", on=TODAY, secrecy="public")
    assert (report.counts.kept, report.problems) == (1, [])
    [card] = find(session, Question(what="home", max_price=4000, care_level="partial")).cards
    one = told_of(ZH, card)
    assert [fact.name + "".join(fact.parts) for fact in one.brief] == [
        f"空床6 张（{TODAY:%m-%d} 填报）",
        "每月2,600–4,800 元（半失能，含床位、护理、伙食）最低价符合，最高价超出",
        "接收半失能、失能", "等级三级（2024 评）", "消防达标（2025-06）",
    ]  # fmt: skip
    [open_ended] = find(session, Question(what="home", max_price=5200, care_level="full")).cards
    told = told_of(ZH, open_ended).short["price"]
    assert told == ("5,200 元起", "（失能，含床位、护理、伙食）", "最低价符合，最高价未知")
    facts = {fact.code: fact.lines for fact in one.facts}
    assert facts["prices"][1:] == (
        "失能 5,200 元/月起（含床位、护理、伙食）", f"价格日期 {TODAY}",
    )  # fmt: skip
    assert facts["rating"] == ("三级 · GB/T 37276（2024 评）",)
    assert facts["medical"] == ("无医疗服务",)
    assert one.checked.endswith("来源：homes.csv（" + f"{TODAY}）"), one.checked


def test_words_that_nobody_listed_stay_as_they_are() -> None:
    assert in_words(EN.say, "助餐、某项特色服务") == "meals, 某项特色服务"
    assert in_words(EN.say, "三星级") == "3 of 5 stars"
    assert in_words(ZH.say, "助餐、某项特色服务") == "助餐、某项特色服务"


def test_no_blank_stands_before_a_full_width_bracket(mixed: Session) -> None:
    card = one_card(mixed, "H", Question(what="home"))
    answer = find(mixed, Question(what="home"))
    for html in (
        draw_facility(ZH, Address("", {}), card, Ground(), TODAY),
        "".join(draw_finder(ZH, Address("", {}), answer, Ground())),
    ):
        body = re.sub(r"<(script|style|template)\b.*?</\1>", "", html, flags=re.S)
        shown = re.sub(r"<[^>]+>", "", body)
        assert not re.search(r"\S *[ \t]（|。[ \t]+\S", shown)


def test_the_way_back_leads_to_the_list_one_came_from(mixed: Session) -> None:
    asked = {"what": "home", "care_level": "partial", "free_beds": "true", "sort": "price"}
    card = one_card(mixed, "H", Question(what="home"))
    there = card_told(ZH.say, card, Address("", asked), today=TODAY, shows_kind=True).href
    come_from = dict(parse_qsl(urlsplit(there).query))
    assert urlsplit(there).path == "/elder-care/facility/H"
    assert dict(parse_qsl(urlsplit(Address("", come_from).to_finder()).query)) == asked
    page = Address("", come_from, "/elder-care/facility/H")
    assert page.on_paper() == "/elder-care/facility/H", "paper holds what its facts need"
