"""How far is a place, how surely is its position known, and who says what is told of it?"""

from __future__ import annotations

from geo.access.finder import Card
from maps.elder_care.words import Say, is_known, metres, native


def is_near(one: Card) -> bool:
    """Whether the position is only near the true one."""
    exact = one.position_quality in ("surveyed", "point")
    return not exact or "近似" in (one.position_note or "")


def way_told(say: Say, one: Card, *, is_rough: bool = False) -> tuple[str, str]:
    """「步行约 9 分钟（430 米）」 and 「直线 350 米」; empty without a start.

    is_rough: the start stands for an area; 「直线 1.0 公里（大约，出发地只知大概位置）」.
    """
    if one.line_m is None:
        return "", ""
    line = say(f"直线 {metres(say, one.line_m)}", f"{metres(say, one.line_m)} straight line")
    if is_rough:
        line += say("（大约，出发地只知大概位置）", " (roughly: the start stands for an area)")
    if one.walk_min is not None and one.walk_m is not None:
        minutes = max(1, round(one.walk_min))
        far = metres(say, one.walk_m)
        return say(f"步行约 {minutes} 分钟（{far}）", f"about {minutes} min on foot ({far})"), line
    unknown = {
        "too_far": ("步行超过 1 小时", "more than an hour on foot"),
        "off_network": ("步行时间未知", "walking time unknown"),
    }.get(one.on_foot or "")
    return say(*unknown) if unknown else "", line


def position_told(say: Say, p: Card) -> str | None:
    """How exact its position is; None is unknown."""
    note = p.position_note
    if is_known(note):
        return native(say, str(note))
    exact = {"surveyed": ("实测", "surveyed"), "point": ("点位已知", "known to the point")}
    quality = p.position_quality
    if quality in exact:
        return say(*exact[quality])
    return say("近似", "approximate") if is_known(quality) else None


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
