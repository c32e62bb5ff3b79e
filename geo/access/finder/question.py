"""What does someone who looks for a canteen, a home or day care ask?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geo.access.finder.words import SORTS, WHAT, What
from geo.errors import BadInput, both
from geo.models.facility import CARE_LEVELS
from geo.queries.filters import check_point
from geo.validity import CHINA_TIME

MOST = 100
FARTHEST_OFFSET = 10_000
LONGEST_MIN = 60.0
PARTS = ("found", "unknown")
_WORDS: dict[str, tuple[str, ...]] = {
    "what": tuple(WHAT),
    "ownership": ("public", "private"),
    "operation": ("public", "private_nonprofit", "private_profit"),
    "care_level": CARE_LEVELS,
    "sort": tuple(SORTS),
    "part": PARTS,
    "lang": ("zh", "en"),
}
SWITCHES = (
    "free_beds", "medical", "meals", "barrier_free", "lift", "ramp", "fire_ok", "open_now",
)  # fmt: skip
"""Filters that are on or off."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for, from where, under which conditions, in which order.

    what: a code of WHAT; kind: one of its kinds. lon, lat: degrees, EPSG:4490, both or neither;
    start: what was typed; rough: its position stands for an area. max_price: yuan in the unit of
    `what`. rating: least level of GB/T 37276.
    within_min: minutes on foot from the start. at: local time in China, None: now. part: those
    that fit, or those of which it is not known.
    """

    what: str = "canteen"
    kind: str | None = None
    start: str | None = None
    lon: float | None = None
    lat: float | None = None
    rough: bool = False
    within: str | None = None
    ownership: str | None = None
    operation: str | None = None
    max_price: float | None = None
    care_level: str | None = None
    rating: int | None = None
    free_beds: bool = False
    medical: bool = False
    meals: bool = False
    barrier_free: bool = False
    lift: bool = False
    ramp: bool = False
    fire_ok: bool = False
    open_now: bool = False
    within_min: float | None = None
    q: str | None = None
    sort: str | None = None
    part: str = "found"
    limit: int = 20
    offset: int = 0
    at: datetime | None = None
    lang: str = "zh"

    def __post_init__(self) -> None:
        """Refuse what cannot be answered, naming the parameter."""
        for name, known in _WORDS.items():
            _one_of(name, getattr(self, name), known)
        if self.kind is not None:
            _one_of("kind", self.kind, self.asked.kinds)
        if (self.lon is None) != (self.lat is None):
            missing = "lat" if self.lat is None else "lon"
            raise _bad(missing, "经度和纬度要一起给出。", "longitude and latitude come together")
        if self.lon is not None and self.lat is not None:
            check_point(self.lon, self.lat)
        _in_range("max_price", self.max_price, 0, 1_000_000)
        _in_range("rating", self.rating, 1, 5)
        _in_range("within_min", self.within_min, 1, LONGEST_MIN)
        _in_range("limit", self.limit, 1, MOST)
        _in_range("offset", self.offset, 0, FARTHEST_OFFSET)
        for name in ("q", "start"):
            _short(name, getattr(self, name))
        if self.within_min is not None and self.lon is None and not self.start:
            raise _bad(
                "within_min", "请先告诉我们从哪里出发。", "tell us first where you start from"
            )

    @property
    def asked(self) -> What:
        """What it is about."""
        return WHAT[self.what]

    @property
    def kinds(self) -> list[str]:
        """The kinds of facility that are meant."""
        return list(self.asked.kinds) if self.kind is None else [self.kind]

    @property
    def has_start(self) -> bool:
        """Whether a position is known to measure from."""
        return self.lon is not None

    @property
    def sorted_by(self) -> str:
        """The order of the answer: nearest first only where there is a start."""
        wanted = self.sort or "near"
        return "name" if wanted == "near" and not self.has_start else wanted

    @property
    def moment(self) -> datetime:
        """The local time that is asked about."""
        return self.at or datetime.now(CHINA_TIME).replace(tzinfo=None)

    @property
    def conditions(self) -> tuple[str, ...]:
        """The filters that are set and decided by the stored facts of a facility."""
        # What is quickly told comes first: the rest is not looked up where it says no.
        names = ("q", "ownership", "operation", "care_level", *SWITCHES, "rating", "max_price")
        return tuple(name for name in names if getattr(self, name) not in (None, False, ""))


def _one_of(name: str, value: Any, known: tuple[str, ...]) -> None:
    if value is not None and value not in known:
        said = str(value)[:40]
        raise _bad(
            name,
            f"{name} 没有「{said}」这个值；可用：{'、'.join(known)}。",
            f"unknown {name} {said!r}; known: {', '.join(known)}",
        )


def _in_range(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not (math.isfinite(value) and low <= value <= high):
        raise _bad(
            name,
            f"{name} 须在 {low:g} 至 {high:g} 之间，现为 {value}。",
            f"{name} must lie in {low:g} … {high:g}, not {value}",
        )


def _short(name: str, value: str | None) -> None:
    if value is not None and (len(value) > 100 or "\0" in value):
        raise _bad(name, "最多 100 个字，不能有空字符。", "at most 100 characters, without NUL")


def _bad(name: str, zh: str, en: str) -> BadInput:
    return BadInput(both(zh, en), parameter=name)
