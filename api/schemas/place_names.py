"""How do the answers about place names look?"""

from __future__ import annotations

from typing import Any

from api.schemas.answers import Answer, Collection
from geo.gazetteer.search import Hit


class PlaceHits(Answer):
    """Places that fit what was typed, best first."""

    query: str
    numberReturned: int
    hits: list[Hit]


class NamesNear(Answer):
    """The nearest names, nearest first."""

    year: int | None
    numberReturned: int
    names: list[Any]


class PlaceCard(Answer):
    """All that is known of a place."""

    place: Any
    year: int | None
    called: Any


class HeritagePlaces(Collection[Any]):
    """Places on lists of heritage and red names."""
