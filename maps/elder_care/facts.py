"""What is known of one facility, fact by fact, with dates, and what is not known?

The same facts stand in a card's full part, on a facility's own page and in the rows of a
comparison, so that two places never tell two things.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from geo.access.finder import Card
from geo.models.kinds import KINDS
from maps.elder_care.words import (
    CARE,
    FIRE,
    MEDICAL,
    OPERATION,
    OWNERSHIP,
    STATE,
    Say,
    count,
    hour_lines,
    is_known,
    native,
    price_line,
    word,
    yes_or_no,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: a code that stays, its name, what is known in lines (empty: unknown), a link."""

    code: str
    name: str
    lines: tuple[str, ...]
    link: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether anything is known of it."""
        return bool(self.lines)


def is_home(p: Card) -> bool:
    """Whether someone may live there."""
    return any(KINDS[kind].is_residential for kind in p.kinds if kind in KINDS)


def kind_names(say: Say, p: Card) -> str:
    """「综合养老服务中心、老年食堂」."""
    named = (KINDS[kind] for kind in p.kinds if kind in KINDS)
    return say("、", ", ").join(say(kind.zh, kind.en) for kind in named)


def tel(phone: str | None) -> str | None:
    """The link that a phone dials."""
    digits = "".join(one for one in phone or "" if one.isdigit() or one == "+")
    return f"tel:{digits}" if len(digits) > 2 else None


def facts_of(say: Say, p: Card) -> tuple[Fact, ...]:
    """All facts of a facility, known or not, in the order of what a family asks first."""
    home = is_home(p)
    facts = [
        _fact("kinds", say("类型", "Kind"), kind_names(say, p)),
        _fact("state", say("状态", "State"), word(say, STATE, p.state)),
        _fact("address", say("地址", "Address"), p.address),
        Fact("phone", say("电话", "Phone"), _known(p.phone), tel(p.phone)),
        Fact("hours", say("时间", "Hours"), tuple(_hours(say, p))),
        Fact("prices", say("收费", "Prices"), tuple(_prices(say, p))),
        *(_living(say, p) if home else ()),
        *([_meals(say, p)] if "canteen" in p.kinds else ()),
        Fact("services", say("服务", "Services"), _joined(say, p.services)),
        _fact("barrier", say("无障碍", "Step-free"), _barrier(say, p)),
        Fact("rating", say("等级", "Rating"), tuple(_ratings(say, p))),
        _fact("fire", say("消防", "Fire safety"), _fire(say, p)),
        _fact("medical", say("医疗", "Medical care"), _medical(say, p)),
        _fact("nature", say("性质", "Run by"), _nature(say, p)),
        _fact("filing", say("备案", "Filing"), _filing(say, p)),
        _fact("stop", say("公交站", "Bus stop"), None),
        _fact("photos", say("照片", "Photos"), None),
        Fact("website", say("网址", "Website"), _known(p.website), _web(p.website)),
        _fact("position", say("位置", "Position"), _position(say, p)),
        _fact("source", say("来源", "Source"), source_line(say, p)),
    ]
    return tuple(facts)


def _living(say: Say, p: Card) -> tuple[Fact, ...]:
    levels = [say(*CARE[level]) for level in p.care_levels or () if level in CARE]
    return (
        Fact("beds", say("床位", "Beds"), tuple(_beds(say, p))),
        Fact("care", say("接收", "Cares for"), _joined(say, levels)),
    )


def _fact(code: str, name: str, told: str | None) -> Fact:
    return Fact(code, name, _known(told))


def _known(told: str | None) -> tuple[str, ...]:
    return (told,) if is_known(told) and told is not None else ()


def _joined(say: Say, told: Iterable[str] | None) -> tuple[str, ...]:
    return (say("、", ", ").join(told),) if told else ()


def _on(say: Say, day: object, what: tuple[str, str] = ("", "")) -> str:
    """「（2026-09-12 填报）」; a date that is not known is said to be so."""
    told = str(day) if is_known(day) else say("日期未知", "date unknown")
    zh, en = what
    return say(f"（{told}{' ' + zh if zh else ''}）", f" ({(en + ' ') if en else ''}{told})")


def _hours(say: Say, p: Card) -> list[str]:
    return hour_lines(say, p.hours) if p.hours else []


def _prices(say: Say, p: Card) -> list[str]:
    prices = p.prices
    days = sorted({str(one.priced_on) for one in prices if is_known(one.priced_on)})
    told = "、".join(days) or say("未知", "unknown")
    dated = [say(f"价格日期 {told}", f"priced {told}")] if prices else []
    return [price_line(say, one) for one in prices] + dated


def _beds(say: Say, p: Card) -> list[str]:
    parts = [
        say(f"{zh} {count(getattr(p, key))} 张", f"{count(getattr(p, key))} {en}")
        for key, zh, en in (
            ("beds_free", "空床", "free"),
            ("beds_total", "共", "in all"),
            ("beds_nursing", "护理型", "nursing"),
        )
        if is_known(getattr(p, key))
    ]
    if not parts:
        return []
    if not is_known(p.beds_free):
        parts.insert(0, say("空床未知", "free beds unknown"))
    return [" · ".join(parts) + _on(say, p.beds_on, ("填报", "as of"))]


def _meals(say: Say, p: Card) -> Fact:
    number = p.meals_per_day
    told = None if number is None else say(f"每天 {count(number)} 份", f"{count(number)} a day")
    return _fact("meals", say("供餐", "Meals"), told)


def _barrier(say: Say, p: Card) -> str | None:
    if p.has_ramp is None and p.has_lift is None:
        return None
    return say(
        f"坡道 {yes_or_no(say, p.has_ramp)} · 电梯 {yes_or_no(say, p.has_lift)}",
        f"ramp {yes_or_no(say, p.has_ramp)} · lift {yes_or_no(say, p.has_lift)}",
    )


def _ratings(say: Say, p: Card) -> list[str]:
    return [f"{one.level} · {one.scheme}{_rated(say, one)}" for one in p.ratings or ()]


def _rated(say: Say, one: Any) -> str:
    until = one.valid_until
    told = str(one.rated_on) if is_known(one.rated_on) else say("日期未知", "date unknown")
    if not is_known(until):
        return say(f"（{told} 评）", f" (rated {told})")
    return say(f"（{told} 评，有效至 {until}）", f" (rated {told}, valid until {until})")


def _fire(say: Say, p: Card) -> str | None:
    if not is_known(p.fire_state):
        return None
    return word(say, FIRE, p.fire_state) + _on(say, p.fire_checked_on, ("检查", "checked"))


def _medical(say: Say, p: Card) -> str | None:
    link = p.medical_link
    return word(say, MEDICAL, link) if is_known(link) else None


def _nature(say: Say, p: Card) -> str | None:
    if not (is_known(p.ownership) or is_known(p.operation)):
        return None
    return f"{word(say, OWNERSHIP, p.ownership)} · {word(say, OPERATION, p.operation)}"


def _filing(say: Say, p: Card) -> str | None:
    number, day = p.filing_no, p.filed_on
    if not (is_known(number) or is_known(day)):
        return None
    told = say(f"备案号 {number}", f"no. {number}") if is_known(number) else say("已备案", "filed")
    return told + _on(say, day)


def _position(say: Say, p: Card) -> str | None:
    note = p.position_note
    if is_known(note):
        return native(say, str(note))
    exact = {"surveyed": ("实测", "surveyed"), "point": ("点位已知", "known to the point")}
    quality = p.position_quality
    if quality in exact:
        return say(*exact[quality])
    return say("近似", "approximate") if is_known(quality) else None


def _web(address: str | None) -> str | None:
    """A plain web address; a stored `javascript:` must not run."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.netloc else None


def source_line(say: Say, p: Card) -> str:
    """「合成数据 · 生成日期 2026-10-31」 or 「2026-11-01 核实 · 来源：××」."""
    day = str(p.source_date) if is_known(p.source_date) else say("未知", "unknown")
    if p.is_synthetic:
        return say(f"合成数据 · 生成日期 {day}", f"Synthetic data · generated {day}")
    source = str(p.source) if is_known(p.source) else say("未知", "unknown")
    if is_known(p.checked_on):
        checked = p.checked_on
        return say(f"{checked} 核实 · 来源：{source}", f"Checked {checked} · source: {source}")
    return say(
        f"核实日期未知 · 来源：{source}（{day}）", f"Check date unknown · source: {source} ({day})"
    )
