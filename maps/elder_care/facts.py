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
from geo.access.finder.words import NATURE_WORDS, WARNINGS
from geo.models.kinds import KINDS
from maps.elder_care.times import hours_told, meals_told
from maps.elder_care.vocabulary import in_words
from maps.elder_care.whereabouts import position_told, source_line
from maps.elder_care.words import (
    CARE,
    FIRE,
    MEDICAL,
    OPERATION,
    OWNERSHIP,
    STATE,
    Say,
    count,
    is_known,
    may_have_changed,
    price_line,
    rated,
    word,
    yes_or_no,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: a code that stays, its name, what is known in lines (empty: unknown), a link.

    is_warning: something that a family must not overlook; its lines begin with a sign.
    """

    code: str
    name: str
    lines: tuple[str, ...]
    link: str | None = None
    is_warning: bool = False

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
        Fact("hours", say("时间", "Hours"), tuple(hours_told(say, p))),
        Fact("prices", say("收费", "Prices"), tuple(_prices(say, p))),
        *(_living(say, p) if home else ()),
        *_meals(say, p),
        Fact("services", say("服务", "Services"), tuple(_services(say, p))),
        _fact("barrier", say("无障碍", "Step-free"), _barrier(say, p)),
        Fact("rating", say("等级", "Rating"), tuple(_ratings(say, p))),
        Fact("fire", say("消防", "Fire safety"), _known(_fire(say, p)), None, is_warned_of(p)),
        _fact("medical", say("医疗", "Medical care"), _medical(say, p)),
        _fact("nature", say("性质", "Run by"), _nature(say, p)),
        _fact("filing", say("备案", "Filing"), _filing(say, p)),
        _fact("stop", say("公交站", "Bus stop"), None),
        _fact("photos", say("照片", "Photos"), None),
        Fact("website", say("网址", "Website"), _known(p.website), _web(p.website)),
        _fact("position", say("位置", "Position"), position_told(say, p)),
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


def _on(say: Say, day: object, what: tuple[str, str] = ("", ""), more: str = "") -> str:
    """「（2026-09-12 填报，可能已变）」; a date that is not known is said to be so."""
    told = str(day) if is_known(day) else say("日期未知", "date unknown")
    zh, en = what
    return say(
        f"（{told}{' ' + zh if zh else ''}{more}）", f" ({(en + ' ') if en else ''}{told}{more})"
    )


def is_warned_of(p: Card) -> bool:
    """Whether its fire check failed: told with a sign and a word, never by colour alone."""
    return p.fire_state in WARNINGS


def _services(say: Say, p: Card) -> list[str]:
    return [in_words(say, "、".join(p.services))] if p.services else []


def _prices(say: Say, p: Card) -> list[str]:
    prices = p.prices
    days = sorted({str(one.priced_on) for one in prices if is_known(one.priced_on)})
    told = "、".join(days) or say("未知", "on an unknown day")
    stale = may_have_changed(say, is_stale=any(one.is_stale for one in prices))
    dated = [say(f"价格日期 {told}{stale}", f"priced {told}{stale}")] if prices else []
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
    stale = may_have_changed(say, is_stale=p.beds_stale)
    return [" · ".join(parts) + _on(say, p.beds_on, ("填报", "as of"), stale)]


def _meals(say: Say, p: Card) -> tuple[Fact, ...]:
    """Always told of a home, of another place where something is known of it."""
    told = tuple(meals_told(say, p))
    return (Fact("meals", say("供餐", "Meals"), told),) if told or is_home(p) else ()


def _barrier(say: Say, p: Card) -> str | None:
    if p.has_ramp is None and p.has_lift is None:
        return None
    return say(
        f"坡道 {yes_or_no(say, p.has_ramp)} · 电梯 {yes_or_no(say, p.has_lift)}",
        f"ramp {yes_or_no(say, p.has_ramp)} · lift {yes_or_no(say, p.has_lift)}",
    )


def _ratings(say: Say, p: Card) -> list[str]:
    return [f"{rated(say, one)} · {_scheme(say, one)}{_rated(say, one)}" for one in p.ratings or ()]


def _scheme(say: Say, one: Any) -> str:
    return in_words(say, one.scheme) if one.scheme else say("标准未注明", "scheme not stated")


def _rated(say: Say, one: Any) -> str:
    until = one.valid_until
    told = say("评定日期未知", "date of rating unknown")
    if one.rated:
        told = say(f"{one.rated} 评", f"rated {one.rated}")
    if not is_known(until):
        return say(f"（{told}）", f" ({told})")
    return say(f"（{told}，有效至 {until}）", f" ({told}, valid until {until})")


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
    if words := NATURE_WORDS.get((p.ownership or "", p.operation or "")):
        return say(*words)
    owner, runner = word(say, OWNERSHIP, p.ownership), word(say, OPERATION, p.operation)
    return say(f"举办 {owner} · 运营 {runner}", f"owned: {owner} · run: {runner}")


def _filing(say: Say, p: Card) -> str | None:
    number, day = p.filing_no, p.filed_on
    if not (is_known(number) or is_known(day)):
        return None
    told = say(f"备案号 {number}", f"no. {number}") if is_known(number) else say("已备案", "filed")
    return told + _on(say, day)


def _web(address: str | None) -> str | None:
    """A plain web address; a stored `javascript:` must not run."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.netloc else None
