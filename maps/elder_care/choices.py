"""Which choices does the page offer, as links and as a form, and which of them are taken?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo.access.finder import FILTERS, SORTS, WHAT, Question
from geo.models.kinds import KINDS
from maps.elder_care.address import Address
from maps.elder_care.words import CARE, OPERATION, OWNERSHIP, Say

FORM = (
    "within", "kind", "care_level", "max_price", "rating", "ownership", "operation", "within_min",
    "sort", "free_beds", "medical", "meals", "barrier_free", "lift", "ramp", "fire_ok", "open_now",
    "q",
)  # fmt: skip
"""The fields of the form of all conditions."""
TICKS = {
    "home": ("free_beds", "medical", "fire_ok", "barrier_free", "lift", "ramp"),
    "canteen": ("open_now", "barrier_free", "lift", "ramp", "fire_ok"),
    "day_care": ("open_now", "meals", "medical", "barrier_free", "lift", "ramp", "fire_ok"),
    "more": ("open_now", "meals", "barrier_free", "lift", "ramp", "fire_ok"),
}
RATINGS = tuple(enumerate("一二三四五", 1))
MINUTES = (5, 10, 15, 30, 60)
PRICES = {
    "canteen": (8, 10, 12, 15, 20),
    "home": (2000, 3000, 4000, 5000, 6000, 8000),
    "day_care": (30, 50, 80, 100),
    "more": (20, 50, 100, 200),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """What is looked for: one of four."""

    code: str
    name: str
    href: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class ChipTold:
    """A condition by one tap; the same tap takes it away."""

    id: str
    name: str
    href: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of the form with its options: value, words, whether it is chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A condition that is on or off."""

    name: str
    label: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class District:
    """A division to choose: its code, its name, and whether it lies under a chosen one."""

    code: str
    name: str
    is_street: bool = False


def tabs(say: Say, here: Address, asked: Question) -> tuple[Tab, ...]:
    """The four things that one may look for; a change drops the conditions of the other."""
    dropped = dict.fromkeys((*FILTERS, "sort", "part"), None) | {
        "within": here.chosen.get("within")
    }
    return tuple(
        Tab(what.code, say(what.zh, what.en), here.to_finder(**dropped | {"what": what.code}),
            what.code == asked.what)
        for what in WHAT.values()
    )  # fmt: skip


def chips(say: Say, here: Address, asked: Question) -> tuple[ChipTold, ...]:
    """The common conditions; one that needs a start is offered when there is one."""
    made = []
    for chip in WHAT[asked.what].chips:
        if chip.filter == "within_min" and not asked.has_start:
            continue
        is_on = _same(getattr(asked, chip.filter), chip.value)
        changes: dict[str, str | None] = {chip.filter: None if is_on else chip.value, "part": None}
        made.append(
            ChipTold(f"{chip.filter}-{chip.value}", say(chip.zh, chip.en),
                     here.to_finder(**changes), is_on)
        )  # fmt: skip
    return tuple(made)


def selects(
    say: Say, asked: Question, districts: Sequence[District], sorted_by: str
) -> tuple[Choice, ...]:
    """The fields of the form that have several values."""
    anything = ("", say("不限", "Any"))
    what = WHAT[asked.what]
    unit = {"month": ("每月", "a month"), "meal": ("每餐", "a meal"), "day": ("每天", "a day")}
    zh, en = unit.get(what.price_unit or "", ("", ""))
    per = say(zh and f"，{zh}", en and f" {en}")
    indent = "\u2003"
    fields: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("within", say("区县、街道", "District, street"), [
            ("", say("全市", "Whole city")),
            *((one.code, f"{indent if one.is_street else ''}{one.name}") for one in districts)]),
        ("kind", say("具体种类", "Exact kind"), [
            anything, *((kind, say(KINDS[kind].zh, KINDS[kind].en)) for kind in what.kinds)]),
        ("max_price", say(f"价格最高（元{per}）", f"Price at most (yuan{per})"),
         [anything, *((str(price), f"{price:,}") for price in PRICES[asked.what])]),
        ("care_level", say("照护等级", "Care level"),
         [anything, *((code, say(*pair)) for code, pair in CARE.items())]),
        ("rating", say("等级（GB/T 37276）至少", "Rating (GB/T 37276) at least"),
         [anything, *((str(n), say(f"{zh}级", f"level {n}")) for n, zh in RATINGS)]),
        ("ownership", say("公办或民办", "Owned by"),
         [anything, *((code, say(*pair)) for code, pair in OWNERSHIP.items())]),
        ("operation", say("谁来运营", "Run by"),
         [anything, *((code, say(*pair)) for code, pair in OPERATION.items())]),
        ("within_min", say("步行时间", "Walking time"),
         [anything, *((str(n), say(f"{n} 分钟内", f"within {n} min")) for n in MINUTES)]),
        ("sort", say("排列", "Order"), [(code, say(*pair)) for code, pair in SORTS.items()]),
    ]  # fmt: skip
    only_home = {"care_level", "rating"}
    left_out = only_home if asked.what != "home" else set()
    left_out |= {"kind"} if len(what.kinds) < 2 else set()
    left_out |= set() if asked.has_start else {"within_min"}
    return tuple(
        Choice(name, label, _options(name, options, asked, sorted_by))
        for name, label, options in fields
        if name not in left_out
    )


def ticks(say: Say, asked: Question) -> tuple[Tick, ...]:
    """The conditions of the form that are on or off."""
    return tuple(
        Tick(name, say(FILTERS[name][0], FILTERS[name][1].capitalize()), getattr(asked, name))
        for name in TICKS[asked.what]
    )


def _options(
    name: str, options: Sequence[tuple[str, str]], asked: Question, sorted_by: str
) -> tuple[tuple[str, str, bool], ...]:
    """The options with the chosen one marked; a value that is not offered is added, never lost."""
    value = sorted_by if name == "sort" else getattr(asked, name)
    if name == "sort" and not asked.has_start:
        options = [one for one in options if one[0] != "near"]
    made = [(code, words, _same(value, code)) for code, words in options]
    if value is not None and not any(is_on for *_, is_on in made):
        plain = f"{value:g}" if isinstance(value, float) else str(value)
        made.append((plain, plain, True))
    return tuple(made)


def _same(value: object, text: str) -> bool:
    if value is None or value is False:
        return text == ""
    if value is True:
        return text == "true"
    if isinstance(value, float | int):
        return text != "" and text.replace(".", "", 1).isdigit() and float(text) == float(value)
    return str(value) == text or (len(text) == 12 and text == str(value).ljust(12, "0"))
