"""What does a place cost and how is it rated, by stored rows, and may that have changed since?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from geo.access.finder.words import ITEM_WORDS


@dataclass(frozen=True, slots=True)
class Price:
    """A price range in yuan for one care level or item, with what it includes and its date.

    is_stale: its date is older than the setting allows, or not known.
    """

    item: str
    item_zh: str
    item_en: str
    low: float
    high: float
    unit: str
    includes: str | None
    priced_on: date | None
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating by one scheme."""

    scheme: str
    level: str
    rated_on: date | None
    valid_until: date | None
    issuer: str | None
    is_expired: bool


def price_of(stored: dict[str, Any], today: date, stale_days: int) -> Price:
    """A stored price as it is told today."""
    zh, en = ITEM_WORDS.get(stored["item"], (stored["item"], stored["item"]))
    priced_on = _day(stored["priced_on"])
    return Price(
        stored["item"], zh, en, float(stored["low"]), float(stored["high"]), stored["unit"],
        stored["includes"], priced_on, is_stale(priced_on, today, stale_days),
    )  # fmt: skip


def rating_of(stored: dict[str, Any], today: date) -> Rating:
    """A stored rating as it is told today."""
    until = _day(stored["valid_until"])
    return Rating(
        stored["scheme"], stored["level"], _day(stored["rated_on"]), until, stored["issuer"],
        until is not None and until < today,
    )  # fmt: skip


def is_stale(told_on: date | None, today: date, days: int) -> bool:
    """Whether what was told on a day may have changed: more than `days` ago, or nobody knows."""
    return told_on is None or told_on < today - timedelta(days=days)


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
