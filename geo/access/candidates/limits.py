"""What excludes a candidate site from a kind of facility on a day, and which written rule says so?

Limits are data: `data/standards/candidate-limits.toml`, and rules of the same subject that an
office delivered. Of several for one limit the nearest place decides, then the one for named kinds,
then the newest. What a question sets itself goes before every rule, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from geo.access.standards.written import WrittenRule, rules_for
from geo.errors import BadInput, both
from geo.loaders.packages import DATA
from geo.loaders.rules import read_rules
from geo.models.kinds import KINDS
from geo.queries.admin import Reader

SUBJECT = "candidate_limit"
FILE = DATA / "standards" / "candidate-limits.toml"
GIVEN = "given"
STATUS_ZH = {
    "verified": "已核实", "second_hand": "转引", "unverified": "待核实", GIVEN: "本次设定",
}  # fmt: skip
WORDS = {
    "basement": ("位于地下或半地下", "in a basement"),
    "mezzanine": ("位于夹层", "on a mezzanine"),
    "too_high": ("楼层过高", "too many storeys up"),
    "too_small": ("面积不足", "too small"),
    "wrong_use": ("用途不符", "wrong use"),
    "outside_city": ("不在本市范围内", "outside the city"),
    "forbidden_zone": ("位于禁止建设的片区", "in a forbidden zone"),
    "no_position": ("没有位置", "without a position"),
}
"""Code of a reason → its words in Chinese and English, in the order in which they are told."""
REASONS = {
    "basement": "basement", "mezzanine": "mezzanine", "highest_floor": "too_high",
    "least_area": "too_small", "forbidden_use": "wrong_use", "permitted_use": "wrong_use",
    "forbidden_zone": "forbidden_zone",
}  # fmt: skip
"""Limit of a rule → the code of its reason."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a question sets itself; None leaves it to the rules.

    least_m2: 0 switches the limit off. basement, mezzanine: False lets them pass. wrong_uses: words
    in the stated use, instead of both lists of the rules; forbidden_zones: kinds of planning zones;
    () switches either off.
    """

    least_m2: float | None = None
    highest_floor: int | None = None
    basement: bool | None = None
    mezzanine: bool | None = None
    wrong_uses: tuple[str, ...] | None = None
    forbidden_zones: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """One ground for exclusion as it holds for a question.

    rule: code of the written rule; None where the question, the divisions or the delivery say so.
    value: m² or storey. words: uses or kinds of zones. status: of the rule, or `given`.
    """

    limit: str
    code: str
    title: str
    title_en: str
    source: str
    status: str
    rule: str | None = None
    value: float | None = None
    words: tuple[str, ...] = ()

    @property
    def zh(self) -> str:
        """Why a candidate is excluded by it, in Chinese."""
        return WORDS[self.code][0]

    @property
    def en(self) -> str:
        """The same in English."""
        return WORDS[self.code][1]


@dataclass(frozen=True, slots=True)
class InForce:
    """The limits of a question by their name, and every use that some rule knows."""

    by_name: dict[str, Limit]
    known_uses: tuple[str, ...]

    def get(self, name: str) -> Limit | None:
        """The limit of this name; None where none is in force."""
        return self.by_name.get(name)

    @property
    def all(self) -> tuple[Limit, ...]:
        """All that can exclude a candidate, also what needs no rule."""
        return (*self.by_name.values(), *SELF_EVIDENT.values())


SELF_EVIDENT = {
    "outside_city": Limit(
        "outside_city", "outside_city", "在本市范围内", "Inside the city", "区划边界 · divisions",
        "verified",
    ),
    "no_position": Limit(
        "no_position", "no_position", "有位置", "With a position", "交付数据 · the delivery",
        "verified",
    ),
}  # fmt: skip


def limits_in_force(
    session: Reader, *, city: str, kind: str, on: date, given: Limits | None = None
) -> InForce:
    """The limits for a kind of facility in a city on a day. Raises BadInput for impossible ones."""
    own = _checked(given or Limits())
    delivered = rules_for(session, SUBJECT, place=city, today=on)
    codes = {rule.code for rule in delivered}
    every = [*delivered, *(rule for rule in written_limits() if rule.code not in codes)]
    rules = [rule for rule in every if rule.in_force(on)]
    chosen = {}
    for name in REASONS:
        found = _deciding([rule for rule in rules if _is_for(rule, name, kind)])
        if found is not None:
            chosen[name] = _limit_of(found)
    known = [_words(rule) for rule in rules if rule.rule["limit"].endswith("_use")]
    return InForce(_overruled(chosen, own), tuple(dict.fromkeys(w for ws in known for w in ws)))


@cache
def written_limits() -> tuple[WrittenRule, ...]:
    """The limits of the data file; they hold for the nation, farther off than any place's own."""
    return tuple(
        WrittenRule(
            row["code"], row["subject"], row["scope_code"], row["title"], row["status"],
            row["source"], row["rule"], row["validity"].lower, row["validity"].upper, 99,
        )
        for row in read_rules(FILE)
        if row["scope_code"] is None
    )  # fmt: skip


def _is_for(rule: WrittenRule, name: str, kind: str) -> bool:
    if rule.rule.get("limit") != name:
        return False
    group = KINDS[kind].group if kind in KINDS else None
    kinds = rule.rule.get("kinds")
    return not kinds or kind in kinds or group in kinds


def _deciding(rules: Sequence[WrittenRule]) -> WrittenRule | None:
    def order(rule: WrittenRule) -> tuple[Any, ...]:
        since = -(rule.valid_from or date.min).toordinal()
        return rule.nearness, not rule.rule.get("kinds"), since, rule.code

    return min(rules, key=order, default=None)


def _limit_of(rule: WrittenRule) -> Limit:
    said = rule.rule
    value = said.get("value")
    return Limit(
        said["limit"], REASONS[said["limit"]], rule.title, said.get("title_en", rule.title),
        rule.source or "来源未知 · unknown", rule.status, rule.code,
        None if value is None else float(value), _words(rule),
    )  # fmt: skip


def _words(rule: WrittenRule) -> tuple[str, ...]:
    return tuple(str(word) for word in rule.rule.get("uses", rule.rule.get("zones", ())))


def _overruled(chosen: dict[str, Limit], own: Limits) -> dict[str, Limit]:
    """The limits with what the question sets itself."""
    made = dict(chosen)
    for name, wanted in (("basement", own.basement), ("mezzanine", own.mezzanine)):
        if wanted is not None:
            made.pop(name, None)
        if wanted:
            made[name] = _given(name)
    if own.least_m2 is not None:
        made["least_area"] = replace(_given("least_area"), value=own.least_m2)
    if own.highest_floor is not None:
        made["highest_floor"] = replace(_given("highest_floor"), value=float(own.highest_floor))
    if own.wrong_uses is not None:
        made.pop("permitted_use", None)
        made["forbidden_use"] = replace(_given("forbidden_use"), words=own.wrong_uses)
    if own.forbidden_zones is not None:
        made["forbidden_zone"] = replace(_given("forbidden_zone"), words=own.forbidden_zones)
    return {name: made[name] for name in REASONS if name in made}


def _given(name: str) -> Limit:
    return Limit(
        name,
        REASONS[name],
        "本次提问给定",
        "Given in the question",
        "本次提问 · the question",
        GIVEN,
    )


def _checked(limits: Limits) -> Limits:
    if limits.least_m2 is not None and not 0 <= limits.least_m2 < 1e7:
        raise BadInput(
            both("面积下限应为 0 到一千万平方米。", "the least area is 0 to 10 million m²"),
            parameter="least_m2",
        )
    if limits.highest_floor is not None and not 1 <= limits.highest_floor <= 120:
        raise BadInput(
            both("最高楼层应为 1 到 120。", "the highest floor is 1 to 120"),
            parameter="highest_floor",
        )
    return limits
