"""What is each synthetic facility like: beds, prices, ratings, hours, owners, and its life so far?

Plausible and invented; what an office often does not know stays NULL here too, and phones always.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from geo.demo.figures import CHECKED_LATELY, DAY, LATELY_DAYS, LONGEST_DAYS
from geo.demo.lives import Life, day_before, filed_on, lives_of
from geo.demo.siting import Site
from geo.models.kinds import KINDS

Rng = np.random.Generator
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ALL_DAY = [["00:00", "24:00"]]
_OFFICE = [["09:00", "12:00"], ["13:30", "17:00"]]
_HOURS: dict[str, tuple[list[list[str]], int]] = {
    "canteen": ([["10:30", "12:30"], ["16:30", "18:00"]], 7),
    "day_care": ([["08:00", "17:30"]], 6),
    "care_complex": ([["08:00", "20:00"]], 7),
    "service_station": ([["08:30", "17:00"]], 6),
    "activity_centre": ([["08:30", "20:30"]], 7),
    "mutual_aid_home": ([["08:00", "17:00"]], 7),
    "rehab_rental": ([["09:00", "17:00"]], 6),
    "bathing": ([["13:00", "18:00"]], 5),
    "rescue_station": (_ALL_DAY, 7),
    "funeral_home": (_ALL_DAY, 7),
}
_BEDS = {
    "welfare_home": (150, 400), "rural_home": (50, 180), "nursing_home": (60, 320),
    "senior_apartment": (80, 300), "small_home": (10, 49), "care_complex": (20, 80),
    "child_home": (60, 160), "rescue_station": (20, 80), "day_care": (10, 30),
}  # fmt: skip
_SERVICES = {
    "elder_home": ("全日照料", "康复护理", "助餐", "精神关爱", "临终关怀", "短期托养"),
    "community": ("日间照料", "助餐", "助浴", "助洁", "康复训练", "文化娱乐", "健康管理"),
    "meal": ("堂食", "送餐上门", "助浴", "上门助浴"),
    "protection": ("临时救助", "心理疏导", "法律援助", "物资发放"),
    "affairs": ("咨询", "受理", "预约办理"),
}
_OWNERS = (("public", "public"), ("public", "private_nonprofit"), ("public", "private_profit"),
           ("private", "private_nonprofit"), ("private", "private_profit"))  # fmt: skip
_LEVELS = ("一级", "二级", "三级", "四级", "五级")


@dataclass
class Made:
    """A synthetic facility: its site, its lives, its values, and its ratings and prices."""

    site: Site
    lives: list[Life]
    values: dict[str, Any]
    ratings: list[dict[str, Any]] = field(default_factory=list)
    prices: list[dict[str, Any]] = field(default_factory=list)


def describe(site: Site, rng: Rng, operators: list[str]) -> Made:
    """Make up one facility; `operators` are the codes of those that may run a private one."""
    kind = KINDS[site.kind]
    lives = lives_of(site, rng)
    values: dict[str, Any] = {
        "kinds": _kinds(site.kind, rng),
        "services": _some(_SERVICES[kind.group], rng),
        "floor_area_m2": float(round(rng.lognormal(6.3, 0.7), -1)),
        "has_lift": _maybe(rng, 0.5, known=0.85),
        "has_ramp": _maybe(rng, 0.75, known=0.85),
        "checked_on": day_before(DAY, 300, rng),
    }
    _describe_beds(site.kind, lives[-1].state, values, rng)
    _describe_owner(site.kind, values, rng, operators)
    _describe_fire(lives[-1].state, values, rng)
    hours, days = _HOURS.get(site.kind, (_ALL_DAY if kind.is_residential else _OFFICE, 5))
    if kind.is_residential:
        days = 7
    values["hours"] = dict.fromkeys(_WEEK[:days], hours) if rng.random() < 0.93 else None
    if site.kind == "canteen":
        values["meals_per_day"] = int(rng.integers(4, 30)) * 10
    if kind.is_residential:
        values["medical_link"] = str(rng.choice(["own", "contract", ""], p=[0.3, 0.5, 0.2])) or None
        values["filed_on"] = filed_on(lives)
    made = Made(site, lives, values)
    _rate(made, rng)
    _price(made, rng)
    return made


def _kinds(kind: str, rng: Rng) -> list[str]:
    """What the place does: an area centre often has a canteen or day care under its roof."""
    more = {"care_complex": (("day_care", 0.5), ("canteen", 0.4), ("bathing", 0.2)),
            "service_station": (("canteen", 0.15),), "day_care": (("canteen", 0.15),),
            "nursing_home": (("canteen", 0.1),)}  # fmt: skip
    extra = [other for other, share in more.get(kind, ()) if rng.random() < share]
    return [kind, *extra]


def _describe_beds(kind: str, state: str, values: dict[str, Any], rng: Rng) -> None:
    if kind not in _BEDS:
        return
    low, high = _BEDS[kind]
    beds = int(rng.integers(low, high + 1))
    values["beds_total"] = beds
    if kind in ("child_home", "rescue_station"):
        return
    values["beds_nursing"] = int(beds * rng.uniform(0.3, 0.85))
    if state == "open" and rng.random() < 0.9:  # some do not tell how many are free
        values["beds_free"] = int(beds * rng.beta(2, 4)) if rng.random() < 0.88 else 0
        values["beds_on"] = day_before(DAY, 60, rng)
    levels = ["independent", "partial", "full", "dementia"]
    shares = (0.8, 0.95, 0.75, 0.35)
    took = [level for level, share in zip(levels, shares, strict=True) if rng.random() < share]
    values["care_levels"] = took or ["partial"]


def _describe_owner(kind: str, values: dict[str, Any], rng: Rng, operators: list[str]) -> None:
    """Ownership × operation; nine of fifteen public homes are run privately (公建民营)."""
    group = KINDS[kind].group
    if group in ("protection", "affairs") or kind == "welfare_home":
        owner = _OWNERS[0]
    elif kind == "rural_home":
        owner = _OWNERS[int(rng.choice(3, p=[0.4, 0.4, 0.2]))]
    else:
        owner = _OWNERS[int(rng.choice(5, p=[0.15, 0.25, 0.1, 0.3, 0.2]))]
    values["ownership"], values["operation"] = owner
    if owner[1] != "public":
        values["operator"] = operators[int(rng.integers(len(operators)))]


def _describe_fire(state: str, values: dict[str, Any], rng: Rng) -> None:
    if state in ("planned", "under_construction") or rng.random() < 0.06:
        return
    values["fire_state"] = str(rng.choice(["passed", "pending", "failed"], p=[0.88, 0.09, 0.03]))
    longest = LATELY_DAYS if rng.random() < CHECKED_LATELY else LONGEST_DAYS
    values["fire_checked_on"] = day_before(DAY, longest, rng)


def _rate(made: Made, rng: Rng) -> None:
    """Homes by the national scheme; small homes by an invented local one as well."""
    kind, opened = made.site.kind, made.lives[0].state == "open"
    if not opened or not (KINDS[kind].is_residential or kind == "care_complex"):
        return
    if rng.random() < 0.62:
        level = _LEVELS[int(rng.choice(5, p=[0.12, 0.26, 0.36, 0.18, 0.08]))]
        made.ratings.append(_rating("GB/T 37276", level, made.lives[0].start, rng))
    if kind == "small_home" and rng.random() < 0.5:
        level = f"{'一二三四五'[int(rng.integers(5))]}叶"
        made.ratings.append(_rating("示例叶级（合成）", level, made.lives[0].start, rng))


def _rating(scheme: str, level: str, opened: date, rng: Rng) -> dict[str, Any]:
    rated = min(max(day_before(DAY, 900, rng), opened + timedelta(days=180)), DAY)
    return {
        "scheme": scheme, "level": level, "rated_on": rated,
        "valid_until": date(rated.year + 3, rated.month, min(rated.day, 28)),
        "issuer": "示例评定机构（合成）",
    }  # fmt: skip


def _price(made: Made, rng: Rng) -> None:
    """Prices in yuan by care level or item, low to high, with their date."""
    kind = made.site.kind
    if made.lives[-1].state in ("planned", "under_construction") or rng.random() < 0.05:
        return
    items: list[tuple[str, float, float, str, str | None]] = []
    if KINDS[kind].is_residential:
        base = rng.uniform(1100, 2600) * (0.7 if kind == "rural_home" else 1.0)
        more = {"independent": 0, "partial": 700, "full": 1700, "dementia": 2400}
        for level in made.values.get("care_levels", ()):
            low = base + more[level]
            items.append((level, low, low * rng.uniform(1.1, 1.7), "month", "床位、护理、伙食"))
    elif kind == "canteen":
        low = rng.uniform(6, 12)
        items = [("lunch", low, low + rng.uniform(2, 10), "meal", None),
                 ("dinner", low - 1, low + rng.uniform(1, 8), "meal", None)]  # fmt: skip
    elif kind in ("day_care", "care_complex"):
        items = [("day_care", low := rng.uniform(20, 60), low + rng.uniform(0, 40), "day", None)]
    elif kind == "bathing":
        items = [("bath", low := rng.uniform(20, 60), low + rng.uniform(0, 60), "time", None)]
    elif kind == "rehab_rental":
        items = [("rental", low := rng.uniform(20, 80), low + rng.uniform(20, 300), "month", None)]
    priced = day_before(DAY, 400, rng)
    step = 10 if KINDS[kind].is_residential else 1
    for item, low, high, unit, includes in items:
        made.prices.append(
            {"item": item, "low": float(low // step * step), "high": float(high // step * step),
             "unit": unit, "includes": includes, "priced_on": priced}
        )  # fmt: skip


def _some(of: tuple[str, ...], rng: Rng) -> list[str]:
    """Two to four of the words, in their own order."""
    chosen = rng.permutation(len(of))[: int(rng.integers(2, 5))]
    return [of[index] for index in sorted(chosen)]


def _maybe(rng: Rng, share: float, *, known: float) -> bool | None:
    """True with the share, None where it is not known."""
    yes, told = rng.random(2)
    return bool(yes < share) if told < known else None
