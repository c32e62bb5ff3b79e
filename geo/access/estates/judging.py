"""Does one estate provide the elder-care floor area that its rule asks for?"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from geo.access.estates.facts import (
    FAIL,
    NOT_DUE,
    PASS,
    STATUS_WORDS,
    UNKNOWN,
    Estate,
    EstateCheck,
)
from geo.access.standards.written import WrittenRule

Finding = tuple[str, str, str]
"""A verdict on one condition with its words in Chinese and English; empty words say nothing."""


def check_estate(estate: Estate, rule: WrittenRule | None, on: date) -> EstateCheck:
    """Judge one estate by itself on a day; no rule, or facts that are missing, give unknown."""
    if rule is None:
        return _said(
            estate, UNKNOWN, None, area_provided(estate, on), None,
            "没有适用于该地、该类型和批准日期的规则", "no rule applies to the place, type and day",
        )  # fmt: skip
    due_on = _due_on(estate, rule)
    required, sum_zh, sum_en = area_required(estate, rule)
    if due_on is not None and due_on > on:
        return _said(
            estate, NOT_DUE, required, area_provided(estate, on), rule,
            f"{sum_zh}；{due_on} 到期", f"{sum_en}; due on {due_on}",
        )  # fmt: skip
    return judged(estate, rule, on, required, area_provided(estate, on), (sum_zh, sum_en))


def area_required(estate: Estate, rule: WrittenRule) -> tuple[float | None, str, str]:
    """The area that the rule asks for, and the arithmetic in two languages."""
    if rule.unit == "m2 per 100 households":
        need = estate.households / 100 * rule.value
        rate = f"{rule.value:g}"
        return (
            need,
            f"{estate.households:,} 户 ÷ 100 × {rate} ㎡ = {in_words(need)}",
            f"{estate.households:,} households / 100 × {rate} m² = {in_words(need)}",
        )
    if estate.residential_m2 is None:
        return None, "地上住宅建筑面积未知", "above-ground residential floor area unknown"
    need = estate.residential_m2 * rule.value
    sum_ = f"{estate.residential_m2:,.0f} ㎡ × {rule.value:g} = {in_words(need)}"
    return need, sum_, sum_


def judged(
    estate: Estate,
    rule: WrittenRule,
    on: date,
    required: float | None,
    provided: float | None,
    sums: tuple[str, str],
    further: Sequence[Finding] = (),
) -> EstateCheck:
    """Compare: one proven shortfall fails, a missing fact else leaves it unknown."""
    zh, en = [sums[0]], [sums[1]]
    if required == 0:
        return _said(estate, PASS, 0.0, provided, rule, f"{sums[0]}；无需配建",
                     f"{sums[1]}; nothing is required")  # fmt: skip
    findings = [
        *further,
        _area_enough(required, provided),
        _room_enough(rule, estate.largest_room_m2, provided),
        _handed_over(estate, provided, on),
    ]
    for _, words_zh, words_en in findings:
        if words_zh:
            zh.append(words_zh)
            en.append(words_en)
    verdicts = [verdict for verdict, _, _ in findings]
    status = FAIL if FAIL in verdicts else UNKNOWN if UNKNOWN in verdicts else PASS
    return _said(estate, status, required, provided, rule, "；".join(zh), "; ".join(en))


def _area_enough(required: float | None, provided: float | None) -> Finding:
    if provided is None:
        return UNKNOWN, "已移交面积未知", "area handed over unknown"
    if required is None:
        return UNKNOWN, f"已移交 {in_words(provided)}", f"handed over {in_words(provided)}"
    is_enough = provided >= required * (1 - 1e-12)
    sign = "≥" if is_enough else "<"
    return (
        PASS if is_enough else FAIL,
        f"已提供 {in_words(provided)} {sign} {in_words(required)}",
        f"provided {in_words(provided)} {sign} {in_words(required)}",
    )


def _room_enough(rule: WrittenRule, largest: float | None, provided: float | None) -> Finding:
    least = rule.rule.get("single_room_min_m2")
    if least is None:
        return PASS, "", ""
    if largest is None and provided is not None and provided < least:
        largest = provided  # no room is larger than all of them together
    if largest is None:
        return (
            UNKNOWN,
            f"单处面积未知（下限 {least:g} ㎡）",
            f"largest room unknown (at least {least:g} m²)",
        )
    sign = "≥" if largest >= least else "<"
    return (
        PASS if largest >= least else FAIL,
        f"单处最大 {in_words(largest)} {sign} {least:g} ㎡",
        f"largest room {in_words(largest)} {sign} {least:g} m²",
    )


def _handed_over(estate: Estate, provided: float | None, on: date) -> Finding:
    if estate.handed_over_on is not None and estate.handed_over_on <= on:
        return PASS, f"{estate.handed_over_on} 移交", f"handed over on {estate.handed_over_on}"
    if estate.handed_over_on is not None:
        late = estate.handed_over_on
        return FAIL, f"{late} 才移交", f"handed over only on {late}"
    if provided == 0:
        return FAIL, "没有移交", "nothing was handed over"
    return UNKNOWN, "移交日期未知", "day of hand-over unknown"


def area_provided(estate: Estate, on: date) -> float | None:
    """The area that the estate has handed over by the day; what comes later is not there yet."""
    if estate.handed_over_on is not None and estate.handed_over_on > on:
        return 0.0
    return estate.handed_over_m2


def _due_on(estate: Estate, rule: WrittenRule) -> date | None:
    """The day by which it must have provided, where the rule grants months after approval."""
    months = rule.rule.get("due_months")
    if not months or estate.approved_on is None:
        return None
    whole = estate.approved_on.year * 12 + estate.approved_on.month - 1 + int(months)
    year, month = whole // 12, whole % 12 + 1
    day = min(estate.approved_on.day, calendar.monthrange(year, month)[1])
    return date(year, month, day)


def _said(
    estate: Estate,
    status: str,
    required: float | None,
    provided: float | None,
    rule: WrittenRule | None,
    zh: str,
    en: str,
) -> EstateCheck:
    """A check that closes with its verdict and cites its rule."""
    word_zh, word_en = STATUS_WORDS[status]
    cited_zh, cited_en = (f"。{rule.cited()}", f". {rule.cited_en()}") if rule else ("", "")
    return EstateCheck(
        estate, status, required, provided, rule,
        f"{zh};{word_zh}{cited_zh}", f"{en}; {word_en}{cited_en}",
    )  # fmt: skip


def noted(check: EstateCheck, zh: str, en: str) -> EstateCheck:
    """The same check with a remark in front."""
    return replace(check, words=f"{zh};{check.words}", words_en=f"{en}; {check.words_en}")


def in_words(value: float | None) -> str:
    """An area in m², or 未知."""
    return "未知" if value is None else f"{value:,.1f} ㎡"
