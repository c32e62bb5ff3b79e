"""Does the finder list what fits, nearest on foot first, and keep what is unknown apart?"""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.access.finder import Question, WalkingGrounds, compare, find, report_wrong, told
from geo.access.finder.ranking import CANDIDATES, Spot, in_walking_order
from geo.access.finder.words import FILTERS
from geo.access.work_items import work_item
from geo.errors import BadInput, NotFound, Unavailable
from geo.models import WorkItem
from tests.conftest import AsPublic
from tests.factories import make_city, make_facility, make_price, make_rating, make_unit, square
from tests.geo.test_walking import WEST, east, make_road

NOON = datetime.fromisoformat("2026-06-02T11:00")  # an ordinary Tuesday
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LUNCH = {day: [["10:30", "12:30"]] for day in WEEK}


def asked(**given: Any) -> Question:
    return Question(**({"lon": WEST[0], "lat": WEST[1], "at": NOON} | given))


def codes(cards: Any) -> list[str]:
    return [card.code for card in cards]


def grounds(session: Session) -> WalkingGrounds:
    @contextmanager
    def look() -> Any:
        yield session

    return WalkingGrounds(look, look)


# --- filters: yes, no and unknown ---------------------------------------------

FULL = {
    "ownership": "public",
    "operation": "public",
    "care_levels": ["partial"],
    "beds_free": 3,
    "medical_link": "own",
    "services": ["助餐"],
    "has_lift": True,
    "has_ramp": True,
    "fire_state": "passed",
    "hours": LUNCH,
}
NONE = dict.fromkeys(FULL)
AGAINST = FULL | {
    "ownership": "private",
    "operation": "private_profit",
    "care_levels": ["full"],
    "beds_free": 0,
    "medical_link": "none",
    "services": ["堂会"],
    "has_lift": False,
    "has_ramp": False,
    "fire_state": "failed",
    "hours": {"mon": [["08:00", "09:00"]]},
}
WISHES = {
    "ownership": "public",
    "operation": "public",
    "care_level": "partial",
    "free_beds": True,
    "medical": True,
    "meals": True,
    "barrier_free": True,
    "lift": True,
    "ramp": True,
    "fire_ok": True,
    "open_now": True,
    "max_price": 4000.0,
    "rating": 3,
}


@pytest.fixture
def homes(session: Session) -> Session:
    """Three homes: one of which all is known and good, one all bad, one of which nothing is."""
    for code, values, price, level in (
        ("YES", FULL, 3500, "四级"), ("NO", AGAINST, 5000, "一级"), ("MAYBE", NONE, None, None),
    ):  # fmt: skip
        home = make_facility(session, east(100), code=code, kinds=["nursing_home"], **values)
        if price:
            make_price(session, home, item="partial", low=price, high=price + 900)
            make_rating(session, home, level=level)
    return session


@pytest.mark.parametrize(("wish", "value"), WISHES.items(), ids=list(WISHES))
def test_unknown_is_neither_a_yes_nor_dropped(homes: Session, wish: str, value: Any) -> None:
    found = find(homes, asked(what="home", **{wish: value}))
    assert (codes(found.cards), codes(found.unknown_cards)) == (["YES"], ["MAYBE"])
    assert (found.found, found.unknown) == (1, 1)
    assert found.unknown_cards[0].unknown_for == (wish,)
    apart = find(homes, asked(what="home", part="unknown", **{wish: value}))
    assert codes(apart.cards) == ["MAYBE"]
    assert apart.cards[0].unknown_for == (wish,)


def test_all_wishes_together_and_one_known_no_decides(homes: Session) -> None:
    found = find(homes, asked(what="home", **WISHES))
    assert codes(found.cards) == ["YES"]
    assert set(found.unknown_cards[0].unknown_for) == set(WISHES)
    make_facility(homes, east(50), code="NO2", kinds=["nursing_home"], beds_free=0)
    assert find(homes, asked(what="home", **WISHES)).unknown == 1


def test_every_filter_has_words() -> None:
    assert set(FILTERS) == set(WISHES) | {"within_min", "q", "within", "kind"}


def test_price_is_that_of_the_asked_care_level(session: Session) -> None:
    home = make_facility(session, kinds=["nursing_home"], care_levels=["partial", "full"])
    make_price(session, home, item="partial", low=2600, high=4800, includes="床位、护理、伙食")
    make_price(session, home, item="full", low=6000, high=7000)
    cheap = find(session, asked(what="home", max_price=4000, care_level="partial"))
    assert cheap.found == 1
    assert cheap.cards[0].price is not None
    assert cheap.cards[0].price.item == "partial"
    assert cheap.cards[0].price_fits == "from"
    assert "每月 2600–4800 元（半失能，含床位、护理、伙食" in told(cheap.cards[0])["price"]
    assert find(session, asked(what="home", max_price=4000, care_level="full")).found == 0
    dementia = find(session, asked(what="home", max_price=4000, care_level="dementia"))
    assert (dementia.found, dementia.unknown) == (0, 0)  # it is known not to take dementia


def test_price_of_another_unit_is_not_compared(session: Session) -> None:
    canteen = make_facility(session)
    make_price(session, canteen, item="card", low=5, high=9, unit="month")
    found = find(session, asked(max_price=10))
    assert (found.found, found.unknown) == (0, 1)
    make_price(session, canteen, item="lunch", low=8, high=12, unit="meal")
    assert find(session, asked(max_price=10)).found == 1
    assert find(session, asked(max_price=7.99)).found == 0
    make_price(session, make_facility(session), item="meal", low=None, high=10, unit="meal")
    assert find(session, asked(max_price=10, sort="price")).found == 2
    found = find(session, asked(max_price=8))
    assert (found.found, found.unknown) == (1, 1), "「10元以下」 may be more than 8"
    home = make_facility(session, kinds=["nursing_home", "day_care"])
    make_price(session, home, item="day_care", low=900, high=900)
    found = find(session, asked(what="home", max_price=4000))
    assert (found.found, found.unknown) == (0, 1), "day care by the month is no home"
    assert found.unknown_cards[0].price is None


def test_rating_counts_by_the_national_scale_while_it_is_valid(session: Session) -> None:
    for code, given in (
        ("GOOD", {"level": "五级"}), ("STAR", {"level": "4星"}),
        ("OLD", {"level": "五级", "valid_until": date(2026, 1, 1)}),
        ("LEAF", {"level": "五叶", "scheme": "地方叶级"}), ("WORD", {"level": "优秀"}),
        ("BARE", {"level": "五级", "scheme": None, "rated_on": None, "rated_in": "2024"}),
    ):  # fmt: skip
        make_rating(session, make_facility(session, code=code, kinds=["nursing_home"]), **given)
    found = find(session, asked(what="home", rating=3, sort="rating"))
    assert codes(found.cards) == ["GOOD", "STAR"]
    assert found.unknown == 4
    unknown = find(session, asked(what="home", rating=3, part="unknown")).cards
    words = {card.code: told(card)["rating"] for card in unknown}
    assert {*words} == {"BARE", "LEAF", "OLD", "WORD"}
    assert words["BARE"] == "等级 五级（标准未注明，2024 年评）"
    assert "已过有效期" in words["OLD"]


def test_beds_tell_their_date_and_age(session: Session) -> None:
    for code, days in (("NEW", 30), ("OLD", 31), ("NODATE", None)):
        counted = None if days is None else NOON.date() - timedelta(days=days)
        make_facility(session, code=code, kinds=["nursing_home"], beds_free=6, beds_total=40,
                      beds_on=counted)  # fmt: skip
    found = find(session, asked(what="home", free_beds=True))
    said = {card.code: (card.beds_stale, told(card)["beds"]) for card in found.cards}
    assert said["NEW"] == (False, "空床 6 张（2026-05-03 填报），共 40 张")
    assert said["OLD"] == (True, "空床 6 张（2026-05-02 填报，可能已变），共 40 张")
    assert said["NODATE"][0] is True
    assert "日期未知 填报，可能已变" in said["NODATE"][1]


def test_text_and_exact_kind_and_state(session: Session) -> None:
    make_facility(session, code="A", name="红梅食堂", address="延陵西路1号")
    make_facility(session, code="B", name="茶山食堂")
    make_facility(session, code="P", name="红梅二食堂", state="paused")
    make_facility(session, code="S", name="红梅救助站", kinds=["rescue_station"])
    assert codes(find(session, asked(q="红梅")).cards) == ["A"]
    assert codes(find(session, asked(q="延陵")).cards) == ["A"]
    assert find(session, asked(q="延陵")).unknown == 0
    assert find(session, asked(what="more")).found == 0
    assert find(session, asked(q="%_'")).found == 0


# --- order -------------------------------------------------------------------


@pytest.fixture
def river(session: Session) -> Session:
    """A way north, over a bridge 600 m up, and back: across the river it is near, yet far."""
    make_road(session, east(0), east(0, 600))
    make_road(session, east(0, 600), east(100, 600))
    make_road(session, east(100, 600), east(100))
    make_facility(session, east(100), code="ACROSS")  # 100 m by line, 1300 m on foot
    make_facility(session, east(0, 450), code="NORTH")  # 450 m either way
    make_facility(session, east(1500), code="FIELD")  # beside every way
    return session


def test_the_walk_decides_and_both_distances_are_told(river: Session) -> None:
    found = find(river, asked(), grounds(river))
    assert found.measured_by == "walk"
    assert codes(found.cards) == ["NORTH", "ACROSS", "FIELD"]
    across = found.cards[1]
    assert across.line_m == pytest.approx(100, abs=0.1)
    assert across.walk_m == pytest.approx(1300, rel=1e-3)
    assert across.walk_min == pytest.approx(1300 / 0.8 / 60, rel=1e-3)
    assert told(across)["distance"].startswith("步行约 27 分钟（1,300 米）· 直线 100 米")
    field = found.cards[2]
    assert (field.walk_m, field.on_foot, field.measured_by) == (None, "off_network", "line")
    assert "步行距离未知" in told(field)["distance"]


def test_without_ways_the_line_is_said_to_be_a_line(river: Session) -> None:
    found = find(river, asked())
    assert found.measured_by == "line"
    assert codes(found.cards) == ["ACROSS", "NORTH", "FIELD"]
    assert found.notes[0][0] == "此处没有步行路网，距离为直线。"
    away = find(river, asked(lon=100.0, lat=30.0), grounds(river))
    assert away.measured_by == "line"


def test_without_a_start_there_is_no_distance(river: Session) -> None:
    found = find(river, Question(at=NOON), grounds(river))
    assert (found.sorted_by, found.measured_by) == ("name", None)
    assert {card.line_m for card in found.cards} == {None}
    assert found.notes[0][0] == "请先告诉我们从哪里出发。"
    assert told(found.cards[0])["distance"] == "请先告诉我们从哪里出发"


def test_minutes_are_minutes_on_foot(river: Session) -> None:
    within = find(river, asked(within_min=15.0), grounds(river))  # 720 m
    assert codes(within.cards) == ["NORTH"]
    assert within.unknown == 0  # the field lies farther in a straight line already
    longer = find(river, asked(within_min=40.0), grounds(river))
    assert codes(longer.cards) == ["NORTH", "ACROSS"]
    assert codes(longer.unknown_cards) == ["FIELD"]
    assert longer.unknown_cards[0].unknown_for == ("within_min",)
    by_line = find(river, asked(within_min=15.0))
    assert codes(by_line.cards) == ["ACROSS", "NORTH"]
    assert by_line.measured_by == "line"


def test_minutes_join_with_other_filters_and_orders(river: Session) -> None:
    river.execute(text("UPDATE facility SET has_lift = true, has_ramp = true WHERE code = 'NORTH'"))
    river.execute(text("UPDATE facility SET has_ramp = false WHERE code = 'ACROSS'"))
    ways = grounds(river)
    found = find(river, asked(within_min=40.0, barrier_free=True, sort="name"), ways)
    assert codes(found.cards) == ["NORTH"]
    assert found.unknown_cards[0].unknown_for == ("barrier_free", "within_min")
    nothing = find(river, asked(within_min=5.0, barrier_free=True), ways)
    assert nothing.found == 0
    dropped = {one.filter: one.found for one in nothing.dropped}
    assert dropped == {"within_min": 1, "barrier_free": 0}


def test_new_ways_are_noticed(river: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.access.finder.walking.FRESH_S", 0.0)
    ways = grounds(river)
    assert codes(find(river, asked(), ways).cards)[0] == "NORTH"
    make_road(river, east(0), east(100))
    assert codes(find(river, asked(), ways).cards)[0] == "ACROSS"


def test_two_networks_are_not_guessed_between(river: Session) -> None:
    make_road(river, east(10), east(10, 300), network="other")
    found = find(river, asked(), grounds(river))
    assert (found.measured_by, found.notes[0][0][:6]) == ("line", "此处有几个路")


def test_nobody_nearer_on_foot_is_missed(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against walking to everyone: on a grid of streets with gaps, with few candidates."""
    dice = random.Random(7)
    step, size = 120.0, 8
    for x in range(size):
        for y in range(size):
            if x + 1 < size and dice.random() < 0.7:
                make_road(session, east(x * step, y * step), east((x + 1) * step, y * step))
            if y + 1 < size and dice.random() < 0.7:
                make_road(session, east(x * step, y * step), east(x * step, (y + 1) * step))
    for number in range(60):
        at = east(dice.uniform(0, size * step), dice.uniform(0, size * step))
        make_facility(session, at, code=f"G{number:02d}")
    ways = grounds(session)
    start = east(3 * step, 3 * step)
    here = asked(lon=start[0], lat=start[1], limit=60)
    whole = find(session, here, ways).cards
    reached = [card for card in whole if card.walk_m is not None]
    assert [c.walk_m for c in reached] == sorted(c.walk_m or 0 for c in reached)
    monkeypatch.setattr("geo.access.finder.ranking.CANDIDATES", 15)
    few = find(session, here, ways).cards
    assert sorted(codes(few)) == sorted(codes(whole))
    sure = [c for c in few if c.walk_m is not None and c.walk_m <= 0.999 * (few_horizon(few) or 0)]
    assert sure
    assert codes(few)[: len(sure)] == codes(whole)[: len(sure)]
    pages = [find(session, replace(here, limit=7, offset=at), ways) for at in range(0, 60, 7)]
    assert [c for page in pages for c in codes(page.cards)] == codes(few)
    assert [c.number for page in pages for c in page.cards] == list(range(1, 61))
    assert [page.next_offset for page in pages][-2:] == [56, None]


def few_horizon(cards: Any) -> float | None:
    """The straight line of the fifteenth nearest."""
    return sorted(card.line_m for card in cards)[14]


def test_the_bound_is_what_puts_a_walk_first() -> None:
    spots = [Spot(1, 10, 900, "reached"), Spot(2, 20, 30, "reached"), Spot(3, 50, None, "too_far")]
    assert [spot.id for spot in in_walking_order(spots, 50.0)] == [2, 1, 3]
    assert [spot.id for spot in in_walking_order(spots, 25.0)] == [1, 2, 3]
    assert CANDIDATES >= 100


def test_other_orders_put_unknown_last(session: Session) -> None:
    for code, low, free, checked in (
        ("A", 9, None, date(2026, 1, 1)), ("B", None, 5, None), ("C", 7, 2, date(2026, 5, 1)),
    ):  # fmt: skip
        made = make_facility(session, code=code, name=code, beds_free=free, checked_on=checked)
        if low:
            make_price(session, made, item="lunch", low=low, high=low, unit="meal")
    order = {sort: codes(find(session, asked(sort=sort)).cards) for sort in ("price", "beds")}
    assert order == {"price": ["C", "A", "B"], "beds": ["B", "C", "A"]}
    assert codes(find(session, asked(sort="checked")).cards) == ["C", "A", "B"]
    assert codes(find(session, asked(sort="name")).cards) == ["A", "B", "C"]


def test_what_is_mainly_looked_for_comes_first(session: Session) -> None:
    """A canteen before a home that has one too; with a start the distance decides."""
    home = make_facility(
        session, east(100), code="H", name="甲院", kinds=["nursing_home", "canteen"]
    )
    own = make_facility(session, east(200), code="Z", name="乙食堂", kinds=["canteen"])
    for place in (home, own):
        make_price(session, place, item="lunch", low=8, high=12, unit="meal")
    for order in (None, "price", "checked", "name"):
        for wish in ({}, {"max_price": 10.0}):
            found = find(session, asked(lon=None, lat=None, sort=order, **wish)).cards
            assert codes(found) == ["Z", "H"], (order, wish)
            assert [card.is_beside for card in found] == [False, True]
    assert codes(find(session, asked()).cards) == ["H", "Z"], "the nearest is the answer"
    make_facility(session, east(200), code="A", name="丙院", kinds=["nursing_home", "canteen"])
    for wish in ({}, {"max_price": 10.0}, {"within_min": 15.0}):
        near = codes(find(session, asked(**wish)).cards)
        assert near == [code for code in ("H", "Z", "A") if code in near], "among equals too"
    homes = find(session, asked(lon=None, lat=None, what="home")).cards
    assert codes(homes) == ["A", "H"], "of homes all are mainly homes: by name"


def test_old_prices_are_marked_by_the_setting(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = NOON.date()
    for code, priced_on in (
        ("NEW", day - timedelta(days=365)), ("OLD", day - timedelta(days=366)), ("NODATE", None),
    ):  # fmt: skip
        place = make_facility(session, east(100), code=code)
        make_price(session, place, item="lunch", low=8, high=12, unit="meal", priced_on=priced_on)

    def stale() -> dict[str, bool]:
        cards = find(session, asked()).cards
        told_so = {card.code: "可能已变" in told(card)["price"] for card in cards}
        assert told_so == {card.code: card.prices[0].is_stale for card in cards}
        return told_so

    assert stale() == {"NEW": False, "OLD": True, "NODATE": True}
    monkeypatch.setenv("ATLAS_PRICE_STALE_DAYS", "400")
    assert stale() == {"NEW": False, "OLD": False, "NODATE": True}


def test_nothing_found_says_what_would_be(homes: Session) -> None:
    wishes = asked(what="home", max_price=100.0, care_level="partial", q="示例", sort="near")
    found = find(homes, wishes)
    assert (found.found, found.cards) == (0, ())
    dropped = {one.filter: (one.found, one.unknown) for one in found.dropped}
    assert dropped == {"max_price": (1, 1), "care_level": (0, 1), "q": (0, 1)}
    assert found.dropped[0].filter == "max_price"
    assert find(homes, asked(what="home")).dropped == ()


def test_a_district_limits_and_may_be_dropped(session: Session) -> None:
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=square(119.7, 31.6, 0.2))
    make_unit(session, "320404000000", name="东区", geom=square(119.9, 31.6, 0.1))
    make_facility(session, east(10), code="W", admin_code="320402000000")
    found = find(session, asked(within="320402"))
    assert codes(found.cards) == ["W"]
    assert found.cards[0].district == "西区"
    empty = find(session, asked(within="320404"))
    assert [(one.filter, one.found) for one in empty.dropped] == [("within", 1)]
    with pytest.raises(NotFound):
        find(session, asked(within="990000"))


# --- what a card says ---------------------------------------------------------


def test_what_is_missing_reads_unknown_and_never_zero(session: Session) -> None:
    make_facility(session, kinds=["nursing_home"], source="区民政局", checked_on=date(2026, 5, 1))
    [card] = find(session, asked(what="home")).cards
    for lang, word in (("zh", "未知"), ("en", "nknown")):
        said = told(card, lang)
        known = {topic for topic, sentence in said.items() if word not in sentence}
        assert known <= {"distance", "checked", "care" if lang == "en" else "checked"}, known
    assert not any("0 " in sentence for topic, sentence in told(card).items() if topic == "beds")
    assert told(card)["checked"] == "2026-05-01 核实 · 来源：区民政局"
    assert (card.nearest_stop, card.photos) == (None, ())
    assert find(session, asked(what="home")).has_synthetic is False


def test_synthetic_says_so(session: Session) -> None:
    make_facility(session, is_synthetic=True, source_date=date(2026, 1, 1))
    found = find(session, asked())
    assert found.has_synthetic
    assert told(found.cards[0])["checked"] == "合成数据 · 生成日期 2026-01-01"


def test_map_links_shift_the_place_and_can_be_off(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_facility(session, name='甲,"<乙>|&丙')
    [card] = find(session, asked()).cards
    links = {link.app: link.href for link in card.ways}
    assert set(links) == {"amap", "baidu", "tencent", "apple"}
    assert all(link.startswith("https://") and "<" not in link and '"' not in link
               for link in links.values())  # fmt: skip
    assert "119.95,31.77" not in links["amap"]  # not the stored position
    assert "to=119.954" in links["amap"]  # GCJ-02 lies some hundred metres east there
    assert "location=31.77" in links["baidu"]
    monkeypatch.setenv("ATLAS_PHONE_MAPS", "false")
    assert find(session, asked()).cards[0].ways == ()


# --- comparison and reports -----------------------------------------------------


def test_compare_marks_unknown_and_best(homes: Session) -> None:
    compared = compare(homes, ["YES", "MAYBE", "NO", "YES"], asked(what="home"))
    assert codes(compared.cards) == ["YES", "MAYBE", "NO"]
    rows = {row.key: row.cells for row in compared.rows}
    assert [cell.is_unknown for cell in rows["beds"]] == [False, True, False]
    assert not any(cell.is_best for cell in rows["beds"])  # one of them is unknown
    assert led(homes, "price", "YES", "NO") == []  # prices of an unknown day
    assert led(homes, "beds", "YES", "NO") == []  # counts of an unknown day may have changed
    assert len(compared.questions) == 8
    assert compare(homes, ["NO", "NOBODY"], asked(what="home")).missing == ("NOBODY",)
    for wrong in (["YES"], ["YES", "YES"], list("ABCDE")):
        with pytest.raises(BadInput):
            compare(homes, wrong, asked(what="home"))


def led(session: Session, key: str, *codes: str) -> list[str]:
    """Who leads in a row of a comparison."""
    compared = compare(session, codes, asked(what="home", care_level="partial"))
    row = next(row for row in compared.rows if row.key == key)
    return [code for code, cell in zip(codes, row.cells, strict=True) if cell.is_best]


def test_nothing_old_unknown_or_of_another_kind_leads(session: Session) -> None:
    fresh = {"kinds": ["nursing_home"], "beds_on": NOON.date()}
    for code, free, more, low, includes in (
        ("A", 9, {}, 3500, "床位"), ("B", 4, {}, 5000, "床位"), ("ALL", 4, {}, 3000, "床位、伙食"),
        ("OLD", 30, {"beds_on": date(2026, 1, 1)}, 3500, "床位"),
        ("PAUSED", 40, {"state": "paused"}, 100, "床位"),
    ):  # fmt: skip
        home = make_facility(session, east(100), code=code, beds_free=free, **(fresh | more))
        make_price(session, home, item="partial", low=low, high=low, includes=includes,
                   priced_on=NOON.date())  # fmt: skip
    assert led(session, "beds", "A", "B") == ["A"]
    assert led(session, "beds", "A", "OLD") == [], "an old count is never the most"
    assert led(session, "beds", "A", "B", "OLD") == []
    assert led(session, "beds", "B", "ALL") == [], "equal counts"
    assert led(session, "beds", "A", "PAUSED") == [], "nobody can move in there"
    assert led(session, "price", "A", "B") == ["A"]
    assert led(session, "price", "A", "ALL") == [], "the one includes more than the other"


def test_a_report_is_a_work_item_without_place_or_sender(session: Session) -> None:
    make_city(session)
    make_unit(session, "320402000000", geom=square(119.7, 31.6, 0.2))
    make_facility(session, east(10), code="F", name="示例食堂", admin_code="320402000000")
    number = report_wrong(session, "F", "phone", "座机已换成 0519-88880000", on=NOON.date())
    item = work_item(session, number, on=NOON.date())
    assert (item.kind, item.subject_code, item.lon) == ("wrong_information", "F", None)
    assert item.title == "示例食堂：电话有误"
    assert session.get_one(WorkItem, number).is_published is False


@pytest.mark.parametrize(
    "told_",
    ["打 13812345678 找我", "身份证 320402195001011234", "联系人：王小明", "字" * 301, "\0"],
)
def test_a_report_with_personal_data_is_refused(session: Session, told_: str) -> None:
    make_city(session)
    make_unit(session, "320402000000", geom=square(119.7, 31.6, 0.2))
    make_facility(session, east(10), code="F", admin_code="320402000000")
    with pytest.raises(BadInput) as refused:
        report_wrong(session, "F", "other", told_, on=NOON.date())
    assert refused.value.parameter == "text"


def test_reports_are_about_published_things_and_not_without_end(session: Session) -> None:
    make_city(session)
    make_unit(session, "320402000000", geom=square(119.7, 31.6, 0.2))
    make_facility(session, east(10), code="F", admin_code="999999999999")  # not a known division
    make_facility(session, east(10), code="HIDDEN", is_published=False)
    with pytest.raises(NotFound):
        report_wrong(session, "HIDDEN", "phone", on=NOON.date())
    for _ in range(20):
        report_wrong(session, "F", "phone", on=NOON.date())
    with pytest.raises(Unavailable):
        report_wrong(session, "F", "phone", on=NOON.date())


def test_only_published_rows_are_found(session: Session, as_public: AsPublic) -> None:
    make_facility(session, code="OPEN")
    make_facility(session, code="HIDDEN", is_published=False)
    with as_public(session):
        assert codes(find(session, asked()).cards) == ["OPEN"]


@pytest.mark.parametrize(
    "given",
    [
        {"what": "x"}, {"kind": "day_care"}, {"lat": None}, {"lon": 200.0}, {"max_price": -1.0},
        {"max_price": float("nan")}, {"rating": 6}, {"within_min": 0.5}, {"limit": 0},
        {"offset": 10_001}, {"q": "x" * 101}, {"q": "\0"}, {"sort": "x"}, {"part": "x"},
        {"care_level": "x"}, {"lang": "fr"},
    ],
)  # fmt: skip
def test_strange_questions_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as refused:
        asked(**given)
    assert refused.value.parameter == next(iter(given))


def test_minutes_need_a_start() -> None:
    with pytest.raises(BadInput):
        Question(within_min=15.0)
