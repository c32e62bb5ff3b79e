"""Which listed names have to be surveyed next, and which were never surveyed?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from geo.gazetteer.heritage.places import ListedPlace

SURVEY_STATES = {
    "due": ("到期", "due"), "never": ("从未调查", "never surveyed"),
    "set": ("未到期", "not yet due"), "open": ("下次未定", "no next day set"),
}  # fmt: skip
"""State of the next survey → its words, the most urgent first."""


def survey_state(place: ListedPlace, on: date) -> str:
    """How the next survey of a place stands on a day, in a word of `SURVEY_STATES`.

    A survey is due on its day, not only after it.
    """
    if place.survey_due is not None:
        return "due" if place.survey_due <= on else "set"
    return "never" if place.surveyed_on is None else "open"


def by_urgency(places: Iterable[ListedPlace], on: date) -> list[ListedPlace]:
    """Due ones first, the longest due before the others; then never surveyed, then by next day."""
    order = {state: at for at, state in enumerate(SURVEY_STATES)}

    def urgency(place: ListedPlace) -> tuple[int, date, date]:
        state = survey_state(place, on)
        return order[state], place.survey_due or date.max, place.surveyed_on or date.min

    return sorted(places, key=urgency)
