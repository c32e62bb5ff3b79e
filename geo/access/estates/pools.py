"""Do estates that provide together provide enough, and which estates may do so?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from geo.access.estates.facts import PASS, STATUS_WORDS, SUBJECT, UNKNOWN, Estate, EstateCheck
from geo.access.estates.judging import (
    Finding,
    area_provided,
    area_required,
    check_estate,
    in_words,
    judged,
    noted,
)
from geo.access.standards.written import WrittenRule, most_specific


def check_all(
    estates: Sequence[Estate], rules: dict[str | None, tuple[WrittenRule, ...]], on: date
) -> list[EstateCheck]:
    """Judge estates, those of one pool together; the most pressing first.

    rules: district code → the rules of estates and life circles that hold there.
    """
    pools: dict[str, list[Estate]] = defaultdict(list)
    for estate in estates:
        pools[f"pool {estate.pool_code}" if estate.pool_code else estate.code].append(estate)
    checks: list[EstateCheck] = []
    for members in pools.values():
        chosen = [_rule_of(estate, rules[estate.district_code], on) for estate in members]
        if len(members) == 1:
            checks.append(check_estate(members[0], chosen[0], on))
        else:
            circle = most_specific(rules[members[0].district_code], "life_circle", on, minutes=5)
            checks += check_pool(members, chosen, on, circle.value if circle else None)
    urgency = list(STATUS_WORDS)
    return sorted(checks, key=lambda c: (urgency.index(c.status), c.estate.code))


def _rule_of(estate: Estate, rules: Sequence[WrittenRule], on: date) -> WrittenRule | None:
    """The rule of the day of approval; of `on` where that day is not known."""
    day = estate.approved_on or on
    return most_specific(rules, SUBJECT, day, estate_type=estate.estate_type)


def check_pool(
    members: Sequence[Estate], rules: Sequence[WrittenRule | None], on: date, circle_m: float | None
) -> list[EstateCheck]:
    """Judge estates that provide together; each of them gets the verdict of the whole.

    circle_m: how far (m) an estate may lie from the one that handed over most; None: no rule says.
    A member that lies further, or whose rule forbids pooling, is judged by itself and takes its own
    area out of the pool. A pool without any known distance is unknown.
    """
    joined, alone = [], []
    for estate, rule in zip(members, rules, strict=True):
        far = circle_m is not None and estate.to_host_m is not None and estate.to_host_m > circle_m
        if rule is None or not may_pool(rule) or far:
            reason = (
                ("不在五分钟生活圈内，单独判定", "lies outside the circle, judged alone")
                if far
                else ("规则不允许合并配建，单独判定", "its rule allows no pooling, judged alone")
            )
            alone.append(noted(check_estate(estate, rule, on), *reason))
        else:
            joined.append((estate, rule))
    if len(joined) < 2:
        return [*alone, *(check_estate(estate, rule, on) for estate, rule in joined)]
    return [*alone, *_pooled(joined, on, circle_m)]


def may_pool(rule: WrittenRule) -> bool:
    """Whether a rule lets estates provide together."""
    return bool(rule.rule.get("may_pool") or rule.rule.get("pooled_min_m2"))


def _pooled(
    joined: Sequence[tuple[Estate, WrittenRule]], on: date, circle_m: float | None
) -> list[EstateCheck]:
    """The common verdict of estates that may pool."""
    needs = [area_required(estate, rule) for estate, rule in joined]
    given = [area_provided(estate, on) for estate, _ in joined]
    required = None if any(n[0] is None for n in needs) else sum(n[0] or 0.0 for n in needs)
    known = sum(value for value in given if value is not None)
    is_complete = None not in given
    names = "、".join(estate.name for estate, _ in joined)
    parts = " + ".join("未知" if n[0] is None else f"{n[0]:,.1f}" for n in needs)
    zh = f"与 {names} 合并配建：应配建 {parts} = {in_words(required)}"
    en = f"pooled with {names}: required {parts} = {in_words(required)}"
    host = max((estate for estate, _ in joined), key=lambda e: e.handed_over_m2 or 0.0)
    is_placed = circle_m is not None and all(e.to_host_m is not None for e, _ in joined)
    circle: Finding = (
        (PASS, "", "")
        if is_placed
        else (UNKNOWN, "是否在五分钟生活圈内未知", "whether they lie within the circle is unknown")
    )
    made = []
    for estate, rule in joined:
        least = rule.rule.get("pooled_min_m2") or 0.0
        need = None if required is None else max(required, least)
        words: Finding = (PASS, "", "")
        if required is not None and least > required:
            words = (PASS, f"合并配建不少于 {least:g} ㎡", f"pooled area no less than {least:g} m²")
        provided = known if is_complete or (need is not None and known >= need) else None
        together = replace(
            estate, largest_room_m2=host.largest_room_m2, handed_over_on=host.handed_over_on
        )
        check = judged(together, rule, on, need, provided, (zh, en), (circle, words))
        made.append(replace(check, estate=estate, pool=tuple(e.code for e, _ in joined)))
    return made
