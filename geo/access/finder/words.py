"""What may a person ask for in plain words: which kinds, which filters, in which order?"""

from __future__ import annotations

from dataclasses import dataclass

Words = tuple[str, str]
"""Chinese, English."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter with a value that the page offers as one tap."""

    filter: str
    value: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class What:
    """What someone looks for: the kinds of geo.models.kinds that it stands for, and its chips.

    price_unit: the unit that a price cap is about; None: whatever unit the price has.
    """

    code: str
    zh: str
    en: str
    kinds: tuple[str, ...]
    price_unit: str | None
    chips: tuple[Chip, ...]


_NOW = Chip("open_now", "true", "现在营业", "Open now")
_NEAR = Chip("within_min", "15", "15分钟内", "Within 15 min")
_STEP_FREE = Chip("barrier_free", "true", "无障碍", "Step-free")

WHAT = {
    what.code: what
    for what in (
        What(
            "canteen", "老年食堂", "Canteens", ("canteen",), "meal",
            (_NOW, _NEAR, Chip("max_price", "10", "10元以下", "Up to ¥10"), _STEP_FREE),
        ),
        What(
            "home", "养老院", "Care homes",
            ("nursing_home", "welfare_home", "rural_home", "senior_apartment", "small_home"),
            "month",
            (
                Chip("free_beds", "true", "有空床", "Free beds"),
                Chip("care_level", "independent", "能自理", "Independent"),
                Chip("care_level", "partial", "半失能", "Some care"),
                Chip("care_level", "full", "失能", "Full care"),
                Chip("care_level", "dementia", "认知症", "Dementia"),
                Chip("max_price", "4000", "每月4000元以下", "Up to ¥4000 a month"),
                Chip("medical", "true", "有医疗服务", "Medical care"),
                _NEAR, _STEP_FREE,
            ),
        ),
        What(
            "day_care", "日间照料", "Day care", ("day_care", "mutual_aid_home"), "day",
            (_NOW, _NEAR, Chip("meals", "true", "有餐食", "Meals"), _STEP_FREE),
        ),
        What(
            "more", "更多服务", "More services",
            ("care_complex", "service_station", "activity_centre", "bathing", "rehab_rental"),
            None, (_NOW, _NEAR, _STEP_FREE),
        ),
    )
}  # fmt: skip
"""Code → what it stands for, in the order of the first screen."""

FILTERS: dict[str, Words] = {
    "ownership": ("公办或民办", "who owns it"),
    "operation": ("谁来运营", "who runs it"),
    "max_price": ("价格上限", "price cap"),
    "care_level": ("照护等级", "care level"),
    "rating": ("等级评定", "rating"),
    "free_beds": ("有空床", "free beds"),
    "medical": ("有医疗服务", "medical care"),
    "meals": ("有餐食", "meals"),
    "barrier_free": ("无障碍（电梯和坡道）", "step-free (lift and ramp)"),
    "lift": ("有电梯", "lift"),
    "ramp": ("有坡道", "ramp"),
    "fire_ok": ("消防达标", "fire check passed"),
    "open_now": ("现在营业", "open now"),
    "within_min": ("步行时间", "walking time"),
    "q": ("名称或地址", "name or address"),
    "within": ("区县街道", "district"),
    "kind": ("具体种类", "exact kind"),
}
"""Filter → what it is called; in the order in which they are told."""

SORTS: dict[str, Words] = {
    "near": ("离我最近的在前", "Nearest first"),
    "price": ("便宜的在前", "Lowest price first"),
    "rating": ("等级高的在前", "Best rating first"),
    "beds": ("空床多的在前", "Most free beds first"),
    "checked": ("最近核实的在前", "Latest check first"),
    "name": ("按区县和名称", "By district and name"),
}
"""Order → what it is called."""

CARE_WORDS: dict[str, Words] = {
    "independent": ("能自理", "independent"),
    "partial": ("半失能", "needs some care"),
    "full": ("失能", "needs full care"),
    "dementia": ("认知症", "dementia"),
}
ITEM_WORDS: dict[str, Words] = CARE_WORDS | {
    "breakfast": ("早餐", "breakfast"),
    "lunch": ("午餐", "lunch"),
    "meal": ("餐费", "a meal"),
    "dinner": ("晚餐", "dinner"),
    "day_care": ("日间照料", "day care"),
    "bath": ("助浴", "bath"),
    "rental": ("租赁", "rental"),
    "general": ("未分项目", "not itemised"),
}
"""Item of a price → what it is called; other items are shown as they are written."""

UNIT_WORDS: dict[str, Words] = {
    "month": ("每月", "a month"),
    "meal": ("每餐", "a meal"),
    "day": ("每天", "a day"),
    "time": ("每次", "each time"),
}
OWNERSHIP_WORDS: dict[str, Words] = {"public": ("公办", "public"), "private": ("民办", "private")}
OPERATION_WORDS: dict[str, Words] = {
    "public": ("公营", "publicly run"),
    "private_nonprofit": ("民营非营利", "run by a non-profit"),
    "private_profit": ("民营营利", "run for profit"),
}
NATURE_WORDS: dict[tuple[str, str], Words] = {
    ("public", "public"): ("公办公营", "public, publicly run"),
    ("public", "private_nonprofit"): ("公建民营（非营利）", "public, run by a non-profit"),
    ("public", "private_profit"): ("公建民营（营利）", "public, run for profit"),
    ("private", "private_nonprofit"): ("民办（非营利）", "private, non-profit"),
    ("private", "private_profit"): ("民办（营利）", "private, for profit"),
}
"""Who owns it and who runs it → what offices call that."""
WARNINGS = ("failed",)
"""States of a fire check that are told with a sign and a word, for colour alone says nothing."""
FIRE_WORDS: dict[str, Words] = {
    "passed": ("达标", "passed"),
    "failed": ("⚠ 警告：未达标", "⚠ Warning: failed"),
    "pending": ("办理中", "pending"),
}
WEEKDAYS: tuple[Words, ...] = (
    ("周一", "Mon"), ("周二", "Tue"), ("周三", "Wed"), ("周四", "Thu"), ("周五", "Fri"),
    ("周六", "Sat"), ("周日", "Sun"),
)  # fmt: skip
