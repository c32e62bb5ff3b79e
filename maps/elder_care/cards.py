"""What stands on a card: how far, open or not, what matters first, what is not known?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from geo.access.finder import FILTERS, Card
from geo.models.kinds import KINDS
from maps.elder_care.address import Address
from maps.elder_care.facts import Fact, facts_of, is_warned_of, kind_names, tel
from maps.elder_care.past import known_on
from maps.elder_care.sketch import Sign, sign_of
from maps.elder_care.times import today_told
from maps.elder_care.vocabulary import in_words
from maps.elder_care.whereabouts import is_near, source_line, way_told
from maps.elder_care.words import (
    CARE,
    FIRE,
    UNIT,
    UNKNOWN,
    Say,
    count,
    is_known,
    may_have_changed,
    price_range,
    rated,
    word,
    yes_or_no,
)


@dataclass(frozen=True, slots=True)
class Brief:
    """A name, what is told in parts that stay on one line each, and whether it is known."""

    name: str
    parts: tuple[str, ...]
    is_known: bool = True
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class CardTold:
    """One card in the reader's language."""

    number: int
    code: str
    name: str
    kind: str
    kinds: str
    sign: Sign
    href: str
    wrong_href: str
    lon: float
    lat: float
    is_hollow: bool
    open: str
    open_state: str
    walk: str
    way: str
    brief: tuple[Brief, ...]
    short: Mapping[str, tuple[str, ...]]
    beside: str
    unknown_for: str
    is_synthetic: bool
    checked: str
    phone: str | None
    tel: str | None
    address: str | None
    ways: tuple[Any, ...]
    is_picked: bool
    facts: tuple[Fact, ...]


def card_told(
    say: Say, one: Card, here: Address, *, today: date, shows_kind: bool,
    at: datetime | None = None, is_rough: bool = False,
) -> CardTold:  # fmt: skip
    """Say what a card of the finder holds.

    shows_kind: the list mixes kinds; at: a past day; is_rough: the start stands for an area.
    """
    one = known_on(one, at.date() if at else None)
    walk, way = way_told(say, one, is_rough=is_rough)
    state, opening = _open(say, one)
    home = KINDS[one.kind].is_residential
    return CardTold(
        one.number, one.code, one.name, one.kind,
        kind_names(say, one) if shows_kind or len(one.kinds) > 1 else "",
        sign_of(one.kind), here.to(f"facility/{one.code}"), here.to("report", code=one.code),
        one.lon, one.lat, is_near(one), opening, state, walk, way,
        tuple(_home(say, one, today.year) if home else _service(say, one)),
        _short(say, one, today.year),
        _beside(say, one), _unknown_for(say, one), one.is_synthetic, source_line(say, one),
        one.phone, tel(one.phone), one.address, tuple(one.ways),
        one.code in here.picked, facts_of(say, one),
    )  # fmt: skip


def _short(say: Say, one: Card, year: int) -> dict[str, tuple[str, ...]]:
    """What a comparison tells as shortly as the card does; () is unknown."""
    told = {"beds": _beds(say, one, year), "price": _price(say, one),
            "fire": _fire(say, one), "rating": _rating(say, one)}  # fmt: skip
    return {key: one.parts if one.is_known else () for key, one in told.items()}


def _open(say: Say, one: Card) -> tuple[str, str]:
    """The state and its words: 「营业中」; nothing for a home, which is always open."""
    if one.state != "open":
        told = {"paused": ("暂停服务", "paused"), "closed": ("已关停", "closed for good")}
        return "closed", say(*told.get(one.state, ("尚未开业", "not open yet")))
    if KINDS[one.kind].is_residential:
        return "", ""
    if one.open.state == "open":
        return ("soon", say("即将休息", "closes soon")) if one.open.closes_soon else (
            "open", say("营业中", "open now"))  # fmt: skip
    if one.open.state == "closed":
        return "closed", say("休息中", "closed now")
    return "unknown", say("时间未知", "hours unknown")


def _service(say: Say, one: Card) -> list[Brief]:
    """Canteens, day care and the rest: hours of the day, price, step-free."""
    name, today = say("今天", "Today"), today_told(say, one)
    hours = Brief(name, today) if today else _unknown(say, name)
    return [hours, _price(say, one), _access(say, one)]


def _unknown(say: Say, name: str) -> Brief:
    return Brief(name, (say(*UNKNOWN),), is_known=False)


def _price(say: Say, one: Card) -> Brief:
    """「8–12 元 · 每餐」, or for a home 「每月 2,600–4,800 元（半失能，含床位、护理、伙食）」."""
    price = one.price
    if price is None:
        return _unknown(say, say("价格", "Price"))
    named = {"month": ("每月", "Monthly"), "meal": ("每餐", "A meal"), "day": ("每天", "A day")}
    name = say(*named.get(price.unit, ("价格", "Price")))
    notes = [] if price.item == price.unit else [say(price.item_zh, price.item_en)]
    if is_known(price.includes):
        notes.append(say(f"含{price.includes}", f"incl. {in_words(say, price.includes or '')}"))
    if price.unit not in named:
        notes.append(say("每", "per ") + word(say, UNIT, price.unit))
    if price.is_stale:
        day = price.priced_on
        told = (
            say(f"{day} 的价格", f"priced {day}") if day else say("价格日期未知", "undated price")
        )
        notes.append(told + may_have_changed(say, is_stale=True))
    parts = [price_range(say, price)]
    if notes:
        parts.append(say(f"（{'，'.join(notes)}）", f"({', '.join(notes)})"))
    if one.price_fits == "from" and price.high is None:
        parts.append(say("最低价符合，最高价未知", "the lowest price fits, the highest is unknown"))
    elif one.price_fits == "from":
        parts.append(say("最低价符合，最高价超出", "the lowest price fits, the highest does not"))
    return Brief(name, tuple(parts))


def _home(say: Say, one: Card, year: int) -> list[Brief]:
    return [
        _beds(say, one, year),
        _price(say, one),
        _care(say, one),
        _rating(say, one),
        _fire(say, one),
    ]


def _beds(say: Say, one: Card, year: int) -> Brief:
    name = say("空床", "Free beds")
    if one.beds_free is None:
        return _unknown(say, name)
    day = say("日期未知", "date unknown")
    if one.beds_on:
        day = f"{one.beds_on:%m-%d}" if one.beds_on.year == year else str(one.beds_on)
    stale = may_have_changed(say, is_stale=one.beds_stale)
    told = say(f"{count(one.beds_free)} 张", f"{count(one.beds_free)}")
    return Brief(name, (told, say(f"（{day} 填报{stale}）", f"(as of {day}{stale})")))


def _care(say: Say, one: Card) -> Brief:
    levels = [say(*CARE[level]) for level in one.care_levels or () if level in CARE]
    name = say("接收", "Takes in")
    return Brief(name, (say("、", ", ").join(levels),)) if levels else _unknown(say, name)


def _rating(say: Say, one: Card) -> Brief:
    name = say("等级", "Rating")
    best = next((rated for rated in one.ratings if not rated.is_expired), None)
    if best is None:
        gone = next(iter(one.ratings), None)
        if gone is None:
            return _unknown(say, name)
        return Brief(name, (rated(say, gone),))
    when = say("（评定日期未知）", " (date unknown)")
    if best.rated:
        when = say(f"（{best.rated[:4]} 评）", f" ({best.rated[:4]})")
    return Brief(name, (rated(say, best) + when,))


def _fire(say: Say, one: Card) -> Brief:
    name = say("消防", "Fire")
    if not is_known(one.fire_state):
        return _unknown(say, name)
    day = f"{one.fire_checked_on:%Y-%m}" if one.fire_checked_on else say("日期未知", "undated")
    told = word(say, FIRE, one.fire_state)
    return Brief(name, (say(f"{told}（{day}）", f"{told} ({day})"),), is_warning=is_warned_of(one))


def _access(say: Say, one: Card) -> Brief:
    name = say("无障碍", "Step-free")
    if one.has_ramp is None and one.has_lift is None:
        return _unknown(say, name)
    parts = [
        say(f"{zh}{yes_or_no(say, value)}", f"{en} {yes_or_no(say, value)}")
        for zh, en, value in (("坡道", "ramp", one.has_ramp), ("电梯", "lift", one.has_lift))
    ]
    return Brief(name, (say(" · ", ", ").join(parts),))


def _beside(say: Say, one: Card) -> str:
    """That a home offers it, which may be for those only who live there."""
    main = KINDS[one.kinds[0]]
    if not one.is_beside or not main.is_residential:
        return ""
    return say(
        f"设在{main.zh}内，是否对外请先打电话问",
        f"Inside a {main.en.lower()}: please phone whether it serves others",
    )


def _unknown_for(say: Say, one: Card) -> str:
    """What nobody knows of it although it was asked for."""
    if not one.unknown_for:
        return ""
    names = say("、", ", ").join(say(*FILTERS[name]) for name in one.unknown_for if name in FILTERS)
    return say(f"未知，请电话确认：{names}", f"Not known, please call: {names}")
