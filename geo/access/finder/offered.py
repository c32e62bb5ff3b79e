"""What does a place cost and how is it rated, by stored rows, and may that have changed since?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from geo.access.finder.words import ITEM_WORDS

NOT_LIVING = ("day_care", "rental")
"""Items that may be paid by the month and are no price of living in a home."""


@dataclass(frozen=True, slots=True)
class Price:
    """A price range in yuan for one care level or item, with what it includes and its date.

    low, high: one of them may be unknown (「10元以下」, 「2600元起」). is_stale: its date is older
    than the setting allows, or not known.
    """

    item: str
    item_zh: str
    item_en: str
    low: float | None
    high: float | None
    unit: str
    includes: str | None
    priced_on: date | None
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating by one scheme, None where nobody stated it.

    rated_in: year or month where no day is stated (2024, 2024-12).
    """

    scheme: str | None
    level: str
    rated_on: date | None
    rated_in: str | None
    valid_until: date | None
    issuer: str | None
    is_expired: bool

    @property
    def rated(self) -> str | None:
        """The day, month or year of the rating, as finely as it is known."""
        return str(self.rated_on) if self.rated_on else self.rated_in


def price_of(stored: dict[str, Any], today: date, stale_days: int) -> Price:
    """A stored price as it is told today."""
    zh, en = ITEM_WORDS.get(stored["item"], (stored["item"], stored["item"]))
    priced_on = _day(stored["priced_on"])
    return Price(
        stored["item"], zh, en, _yuan(stored["low"]), _yuan(stored["high"]), stored["unit"],
        stored["includes"], priced_on, is_stale(priced_on, today, stale_days),
    )  # fmt: skip


def rating_of(stored: dict[str, Any], today: date) -> Rating:
    """A stored rating as it is told today."""
    until = _day(stored["valid_until"])
    return Rating(
        stored["scheme"], stored["level"], _day(stored["rated_on"]), stored["rated_in"], until,
        stored["issuer"], until is not None and until < today,
    )  # fmt: skip


def is_stale(told_on: date | None, today: date, days: int) -> bool:
    """Whether what was told on a day may have changed: more than `days` ago, or nobody knows."""
    return told_on is None or told_on < today - timedelta(days=days)


def _yuan(stored: float | None) -> float | None:
    return None if stored is None else float(stored)


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
