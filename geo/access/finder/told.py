"""In which words does a card say what is known, and what is not?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from geo.access.finder.cards import Card
from geo.access.finder.offered import Price
from geo.access.finder.words import (
    CARE_WORDS,
    FIRE_WORDS,
    NATURE_WORDS,
    OPERATION_WORDS,
    OWNERSHIP_WORDS,
    UNIT_WORDS,
)

UNKNOWN = ("未知", "unknown")


def told(card: Card, lang: str = "zh") -> dict[str, str]:
    """Topic → one sentence; each topic is there, and says 未知 where nothing is known."""
    return {topic: say(card, lang == "zh") for topic, say in _TOPICS.items()}


def _distance(card: Card, zh: bool) -> str:
    if card.line_m is None:
        return "请先告诉我们从哪里出发" if zh else "Tell us first where you start from"
    line = f"{card.line_m:,.0f}"
    straight = f"直线 {line} 米" if zh else f"{line} m in a straight line"
    if card.walk_m is not None and card.walk_min is not None:
        minutes = max(1, round(card.walk_min))
        if zh:
            return f"步行约 {minutes} 分钟（{card.walk_m:,.0f} 米）· {straight}"
        return f"About {minutes} min on foot ({card.walk_m:,.0f} m) · {straight}"
    if card.on_foot == "too_far":
        return f"{straight} · {'步行一小时内走不到' if zh else 'more than an hour on foot'}"
    return f"{straight} · {'步行距离未知' if zh else 'walking distance unknown'}"


def _open(card: Card, zh: bool) -> str:
    now = card.open
    if now.state == "unknown":
        return "营业时间未知，请先打电话" if zh else "Opening hours unknown, please phone"
    if now.state == "open":
        if now.closes_at is None:
            return "全天营业" if zh else "Open round the clock"
        if now.closes_soon:
            return f"即将关门，{now.closes_at} 关门" if zh else f"Closes soon, at {now.closes_at}"
        return f"营业中，{now.closes_at} 关门" if zh else f"Open, closes at {now.closes_at}"
    if now.opens_at is None or now.opens_on is None:
        return "现在不营业" if zh else "Closed now"
    day = f"{now.opens_on:%m-%d} "
    return f"现在不营业，{day}{now.opens_at} 开门" if zh else f"Closed, opens {day}{now.opens_at}"


def _price(card: Card, zh: bool) -> str:
    return "价格未知" if zh and card.price is None else price_words(card.price, zh)


def price_words(price: Price | None, zh: bool) -> str:
    """A price with its unit, what it is for, what it includes, and its date."""
    if price is None:
        return "未知" if zh else "Price unknown"
    unit = UNIT_WORDS.get(price.unit, (price.unit, price.unit))[0 if zh else 1]
    item = price.item_zh if zh else price.item_en
    includes = price.includes or ("包含内容未知" if zh else "what it includes is unknown")
    when = _on(price.priced_on, zh) + _stale(price.is_stale, zh)
    amount = _amount(price, zh)
    if zh:
        included = f"含{includes}" if price.includes else includes
        return f"{unit} {amount}（{item}，{included}，{when}）"
    included = f"includes {includes}" if price.includes else includes
    return f"{amount} {unit} ({item}, {included}, {when})"


def _amount(price: Price, zh: bool) -> str:
    """「2600–4800 元」; of a price with one known end 「2600 元起」 or 「10 元以下」."""
    if price.low is None:
        return f"{price.high:g} 元以下" if zh else f"up to ¥{price.high:g}"
    if price.high is None:
        return f"{price.low:g} 元起" if zh else f"from ¥{price.low:g}"
    ends = f"{price.low:g}" if price.low == price.high else f"{price.low:g}–{price.high:g}"
    return f"{ends} 元" if zh else f"¥{ends}"


def _on(day: date | None, zh: bool) -> str:
    return ("日期未知" if zh else "date unknown") if day is None else day.isoformat()


def _stale(is_stale: bool, zh: bool) -> str:
    """That what was told may have changed since."""
    return "" if not is_stale else "，可能已变" if zh else ", may have changed"


def _beds(card: Card, zh: bool) -> str:
    total = ""
    if card.beds_total is not None:
        total = f"，共 {card.beds_total} 张" if zh else f" of {card.beds_total}"
    if card.beds_free is None:
        return f"空床未知{total}" if zh else "Free beds unknown" + total.replace(" of ", "; beds: ")
    when, stale = _on(card.beds_on, zh), _stale(card.beds_stale, zh)
    if zh:
        return f"空床 {card.beds_free} 张（{when} 填报{stale}）{total}"
    return f"{card.beds_free}{total} beds free (reported {when}{stale})"


def _rating(card: Card, zh: bool) -> str:
    if not card.ratings:
        return "等级未知" if zh else "Rating unknown"
    parts = []
    for rating in card.ratings:
        year = rating.rated[:4] if rating.rated else None
        rated = f"{year} 年评" if zh else f"rated {year}"
        rated = rated if year else "评定日期未知" if zh else "date unknown"
        scheme = rating.scheme or ("标准未注明" if zh else "scheme not stated")
        expired = ("，已过有效期" if zh else ", expired") if rating.is_expired else ""
        words = f"{rating.level}（{scheme}，{rated}{expired}）"
        parts.append(words if zh else words.translate(_NARROW))
    return ("等级 " if zh else "Rating: ") + ("；" if zh else "; ").join(parts)


_NARROW = str.maketrans({"（": " (", "）": ")", "，": ", "})


def _fire(card: Card, zh: bool) -> str:
    if card.fire_state is None:
        return "消防检查未知" if zh else "Fire check unknown"
    state = FIRE_WORDS.get(card.fire_state, (card.fire_state,) * 2)[0 if zh else 1]
    when = _on(card.fire_checked_on, zh)
    return f"消防 {state}（{when}）" if zh else f"Fire check {state} ({when})"


def _care(card: Card, zh: bool) -> str:
    if card.care_levels is None:
        return "接收对象未知" if zh else "Who is taken in is unknown"
    words = [CARE_WORDS.get(level, (level, level))[0 if zh else 1] for level in card.care_levels]
    return "可接收：" + "、".join(words) if zh else "Takes in: " + ", ".join(words)


def _medical(card: Card, zh: bool) -> str:
    if card.medical_link is None:
        return "医疗服务未知" if zh else "Medical care unknown"
    known = {
        "own": ("自设医疗机构", "own clinic"),
        "contract": ("签约医疗机构", "contract with a clinic"),
        **dict.fromkeys(("none", "无", ""), ("无医疗服务", "no medical care")),
    }
    return known.get(card.medical_link, (card.medical_link,) * 2)[0 if zh else 1]


def _access(card: Card, zh: bool) -> str:
    words = {True: ("有", "yes"), False: ("无", "no"), None: UNKNOWN}
    at = 0 if zh else 1
    lift, ramp = words[card.has_lift][at], words[card.has_ramp][at]
    return f"电梯：{lift}；坡道：{ramp}" if zh else f"Lift: {lift}; ramp: {ramp}"


def _nature(card: Card, zh: bool) -> str:
    at = 0 if zh else 1
    owner = OWNERSHIP_WORDS.get(card.ownership or "", UNKNOWN)[at]
    runner = OPERATION_WORDS.get(card.operation or "", UNKNOWN)[at]
    if card.ownership is None and card.operation is None:
        return "性质未知" if zh else "Ownership unknown"
    if words := NATURE_WORDS.get((card.ownership or "", card.operation or "")):
        return words[at]
    if zh:
        return f"举办：{owner}；运营：{runner}"
    return f"Owned: {owner}; operation: {runner}"


def _phone(card: Card, zh: bool) -> str:
    return card.phone or ("电话未知" if zh else "Phone unknown")


def _checked(card: Card, zh: bool) -> str:
    source = card.source or UNKNOWN[0 if zh else 1]
    if card.is_synthetic:
        when = _on(card.source_date, zh)
        return f"合成数据 · 生成日期 {when}" if zh else f"Synthetic data · made {when}"
    if card.checked_on is None:
        dated = _on(card.source_date, zh)
        if zh:
            return f"核实日期未知 · 来源：{source}（{dated}）"
        return f"Never checked as far as known · source: {source} ({dated})"
    checked = card.checked_on.isoformat()
    return f"{checked} 核实 · 来源：{source}" if zh else f"Checked {checked} · source: {source}"


def _filing(card: Card, zh: bool) -> str:
    if card.filing_no is None and card.filed_on is None:
        return "备案未知" if zh else "Filing unknown"
    number = card.filing_no or ("编号未知" if zh else "number unknown")
    return f"备案：{number}（{_on(card.filed_on, zh)}）" if zh else (
        f"Filed: {number} ({_on(card.filed_on, zh)})"
    )  # fmt: skip


_TOPICS: dict[str, Callable[[Card, bool], str]] = {
    "distance": _distance,
    "open": _open,
    "price": _price,
    "beds": _beds,
    "rating": _rating,
    "fire": _fire,
    "care": _care,
    "medical": _medical,
    "access": _access,
    "nature": _nature,
    "phone": _phone,
    "checked": _checked,
    "filing": _filing,
}
"""Topic → how it is told."""
