"""What stands on a card: how far, open or not, what matters first, what is not known?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from geo.access.finder import FILTERS, Card
from geo.models.kinds import KINDS
from maps.elder_care.address import Address
from maps.elder_care.facts import Fact, facts_of, kind_names, source_line, tel
from maps.elder_care.past import known_on
from maps.elder_care.sketch import Sign, sign_of
from maps.elder_care.words import (
    CARE,
    FIRE,
    UNIT,
    UNKNOWN,
    Say,
    count,
    is_known,
    metres,
    price_range,
    word,
    yes_or_no,
)

Brief = tuple[str, tuple[str, ...], bool]
"""A name, what is told in parts that stay on one line each, and whether it is known."""


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
    say: Say, one: Card, here: Address, *, today: date, shows_kind: bool, at: datetime | None = None
) -> CardTold:
    """Say what a card of the finder holds; `shows_kind`: the list mixes kinds; `at`: a past day."""
    one = known_on(one, at.date() if at else None)
    walk, way = _way(say, one)
    state, opening = _open(say, one)
    home = KINDS[one.kind].is_residential
    return CardTold(
        one.number, one.code, one.name, one.kind,
        kind_names(say, one) if shows_kind or len(one.kinds) > 1 else "",
        sign_of(one.kind), here.to(f"facility/{one.code}"), here.to("report", code=one.code),
        one.lon, one.lat, _is_near(one), opening, state, walk, way,
        tuple(_home(say, one, today.year) if home else _service(say, one)),
        _short(say, one, today.year),
        _unknown_for(say, one), one.is_synthetic, source_line(say, one), one.phone, tel(one.phone),
        one.address, tuple(one.ways), one.code in here.picked, facts_of(say, one),
    )  # fmt: skip


def _short(say: Say, one: Card, year: int) -> dict[str, tuple[str, ...]]:
    """What a comparison tells as shortly as the card does; () is unknown."""
    told = {"beds": _beds(say, one, year), "price": _price(say, one), "fire": _fire(say, one),
            "rating": _rating(say, one)}  # fmt: skip
    return {key: parts if is_known else () for key, (_, parts, is_known) in told.items()}


def _is_near(one: Card) -> bool:
    """Whether the position is only near the true one."""
    exact = one.position_quality in ("surveyed", "point")
    return not exact or "近似" in (one.position_note or "")


def _way(say: Say, one: Card) -> tuple[str, str]:
    """「步行约 9 分钟（430 米）」 and 「直线 350 米」; empty without a start."""
    if one.line_m is None:
        return "", ""
    line = say(f"直线 {metres(say, one.line_m)}", f"{metres(say, one.line_m)} straight line")
    if one.walk_min is not None and one.walk_m is not None:
        minutes = max(1, round(one.walk_min))
        far = metres(say, one.walk_m)
        return say(f"步行约 {minutes} 分钟（{far}）", f"about {minutes} min on foot ({far})"), line
    unknown = {
        "too_far": ("步行超过 1 小时", "more than an hour on foot"),
        "off_network": ("步行时间未知", "walking time unknown"),
    }.get(one.on_foot or "")
    return say(*unknown) if unknown else "", line


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
    return [_today(say, one), _price(say, one), _access(say, one)]


def _today(say: Say, one: Card) -> Brief:
    name, told = say("今天", "Today"), one.open
    if told.today is None:
        return _unknown(say, name)
    if told.today == (("00:00", "24:00"),):
        return name, (say("全天", "all day"),), True
    spans = [
        f"{_meal(say, start)} {start}–{end}" if "canteen" in one.kinds else f"{start}–{end}"
        for start, end in told.today
    ]
    if not spans:
        spans = [say("休息", "closed")]
    is_later = told.opens_at and not any(start == told.opens_at for start, _ in told.today)
    if is_later and told.opens_on:
        spans.append(say(f"{told.opens_on:%m-%d} {told.opens_at} 开",
                         f"opens {told.opens_on:%m-%d} {told.opens_at}"))  # fmt: skip
    return name, tuple(spans), True


def _unknown(say: Say, name: str) -> Brief:
    return name, (say(*UNKNOWN),), False


def _meal(say: Say, start: str) -> str:
    if start < "09:30":
        return say("早餐", "breakfast")
    return say("午餐", "lunch") if start < "14:30" else say("晚餐", "dinner")


def _price(say: Say, one: Card) -> Brief:
    """「8–12 元 · 每餐」, or for a home 「每月 2,600–4,800 元（半失能，含床位、护理、伙食）」."""
    price = one.price
    if price is None:
        return _unknown(say, say("价格", "Price"))
    named = {"month": ("每月", "Monthly"), "meal": ("每餐", "A meal"), "day": ("每天", "A day")}
    name = say(*named.get(price.unit, ("价格", "Price")))
    notes = [say(price.item_zh, price.item_en)]
    if is_known(price.includes):
        notes.append(say(f"含{price.includes}", f"incl. {price.includes}"))
    if price.unit not in named:
        notes.append(say("每", "per ") + word(say, UNIT, price.unit))
    told = [f"{price_range(price)} {say('元', 'yuan')}",
            say(f"（{'，'.join(notes)}）", f"({', '.join(notes)})")]  # fmt: skip
    if one.price_fits == "from":
        told.append(say("最低价符合，最高价超出", "the lowest price fits, the highest does not"))
    return name, tuple(told), True


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
    stale = say("，可能已变", ", may have changed") if one.beds_stale else ""
    told = say(f"{count(one.beds_free)} 张", f"{count(one.beds_free)}")
    return name, (told, say(f"（{day} 填报{stale}）", f"(as of {day}{stale})")), True


def _care(say: Say, one: Card) -> Brief:
    levels = [say(*CARE[level]) for level in one.care_levels or () if level in CARE]
    name = say("接收", "Takes in")
    return (name, (say("、", ", ").join(levels),), True) if levels else _unknown(say, name)


def _rating(say: Say, one: Card) -> Brief:
    name = say("等级", "Rating")
    best = next((rated for rated in one.ratings if not rated.is_expired), None)
    if best is None:
        gone = next(iter(one.ratings), None)
        if gone is None:
            return _unknown(say, name)
        return name, (say(f"{gone.level}（已过有效期）", f"{gone.level} (expired)"),), True
    year = str(best.rated_on.year) if best.rated_on else say("日期未知", "date unknown")
    return name, (say(f"{best.level}（{year} 评）", f"{best.level} ({year})"),), True


def _fire(say: Say, one: Card) -> Brief:
    name = say("消防", "Fire")
    if not is_known(one.fire_state):
        return _unknown(say, name)
    day = f"{one.fire_checked_on:%Y-%m}" if one.fire_checked_on else say("日期未知", "undated")
    told = word(say, FIRE, one.fire_state)
    return name, (say(f"{told}（{day}）", f"{told} ({day})"),), True


def _access(say: Say, one: Card) -> Brief:
    name = say("无障碍", "Step-free")
    if one.has_ramp is None and one.has_lift is None:
        return _unknown(say, name)
    parts = [
        say(f"{zh}{yes_or_no(say, value)}", f"{en} {yes_or_no(say, value)}")
        for zh, en, value in (("坡道", "ramp", one.has_ramp), ("电梯", "lift", one.has_lift))
    ]
    return name, (say(" · ", ", ").join(parts),), True


def _unknown_for(say: Say, one: Card) -> str:
    """What nobody knows of it although it was asked for."""
    if not one.unknown_for:
        return ""
    names = say("、", ", ").join(say(*FILTERS[name]) for name in one.unknown_for if name in FILTERS)
    return say(f"未知，请电话确认：{names}", f"Not known, please call: {names}")
