"""What must a life circle of so many people hold, tier by tier, and does it?

The tiers do not contain each other: a 15-minute circle must hold what its own tier asks for and
also what every lower tier asks for (GB 50180-2018, explanatory text).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from geo.access.standards.written import WrittenRule
from geo.errors import BadInput, both

SUBJECT = "life_circle"


@dataclass(frozen=True, slots=True)
class Need:
    """What one tier asks for in an area: at least `least` facilities of `kinds`.

    least: persons ÷ the most persons that one circle of the tier may have, rounded up; most: by the
    fewest persons. Both None where the rule names no persons or no kinds.
    """

    minutes: int
    distance_m: float
    kinds: tuple[str, ...]
    least: int | None
    most: int | None
    rule: WrittenRule


@dataclass(frozen=True, slots=True)
class TierCheck:
    """One tier in an area: how many there are, and whether that is enough (pass, fail, unknown)."""

    need: Need
    present: int
    status: str
    words: str
    words_en: str


def circle_needs(
    rules: Sequence[WrittenRule], *, minutes: int, persons: float, on: date
) -> tuple[Need, ...]:
    """What an area that forms circles of `minutes` must hold: its own tier and every lower one.

    persons: people of all ages in the area. Raises BadInput for negative people or where no rule
    speaks of a circle of these minutes.
    """
    if not persons >= 0:
        raise BadInput(both("人口不能为负。", "people cannot be negative"), parameter="persons")
    tiers = [rule for rule in rules if rule.subject == SUBJECT and rule.in_force(on)]
    known = sorted({int(rule.rule["minutes"]) for rule in tiers})
    if minutes not in known:
        raise BadInput(
            both(
                f"没有 {minutes} 分钟生活圈的规则；已有：{known}。",
                f"no rule for a circle of {minutes} minutes; known: {known}",
            ),
            parameter="minutes",
        )
    lower = [rule for rule in tiers if int(rule.rule["minutes"]) <= minutes]
    return tuple(
        _need(rule, persons) for rule in sorted(lower, key=lambda rule: int(rule.rule["minutes"]))
    )


def check_circle(needs: Sequence[Need], present: Mapping[str, int]) -> tuple[TierCheck, ...]:
    """Compare what there is (open facilities by kind) with what each tier asks for."""
    return tuple(_checked(need, sum(present.get(kind, 0) for kind in need.kinds)) for need in needs)


def _need(rule: WrittenRule, persons: float) -> Need:
    few, many = rule.rule.get("persons", (None, None))
    kinds = tuple(rule.rule.get("kinds", ()))
    least = math.ceil(persons / many) if many and kinds else None
    most = math.ceil(persons / few) if few and kinds else None
    return Need(int(rule.rule["minutes"]), rule.value, kinds, least, most, rule)


def _checked(need: Need, present: int) -> TierCheck:
    if need.least is None:
        return TierCheck(
            need, present, "unknown",
            f"{need.minutes} 分钟生活圈：规则未列设施或人口规模，无法判定。{need.rule.cited()}",
            f"{need.minutes}-minute tier: the rule names no facility or no size; "
            f"{need.rule.cited_en()}",
        )  # fmt: skip
    status = "pass" if present >= need.least else "fail"
    sign = "≥" if status == "pass" else "<"
    is_sure = need.rule.rule.get("persons_status") != "unverified"
    doubt, doubt_en = ("", "") if is_sure else ("人口规模未核实；", "persons not verified; ")
    return TierCheck(
        need, present, status,
        f"{need.minutes} 分钟生活圈：现有 {present} 处 {sign} 至少 {need.least} 处"
        f"（上限口径 {need.most} 处）；{doubt}{need.rule.cited()}",
        f"{need.minutes}-minute tier: {present} {sign} at least {need.least} "
        f"(up to {need.most}); {doubt_en}{need.rule.cited_en()}",
    )  # fmt: skip
