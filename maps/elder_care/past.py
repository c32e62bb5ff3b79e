"""What was known of a facility on a past day? What was only found out later was not known then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from geo.access.finder import Card


def known_on(one: Card, day: date | None) -> Card:
    """The card without what bears a later date than `day`; None: today, so all of it."""
    if day is None:
        return one
    prices = tuple(price for price in one.prices if not _is_later(price.priced_on, day))
    then = replace(
        one,
        prices=prices,
        price=one.price if one.price in prices else None,
        ratings=tuple(rated for rated in one.ratings if (rated.rated or "") <= str(day)),
        checked_on=None if _is_later(one.checked_on, day) else one.checked_on,
    )
    if _is_later(one.beds_on, day):
        then = replace(then, beds_total=None, beds_nursing=None, beds_free=None, beds_on=None)
    if _is_later(one.fire_checked_on, day):
        then = replace(then, fire_state=None, fire_checked_on=None)
    return then


def _is_later(found: date | None, day: date) -> bool:
    return found is not None and found > day
