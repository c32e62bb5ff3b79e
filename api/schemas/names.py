"""How do the answers about the life of a place, about a spot and about an address line look?"""

from __future__ import annotations

from pydantic import Field

from api.schemas.answers import Answer
from geo.gazetteer.exchange.record import MediaRecord, TextRecord
from geo.gazetteer.life import Linked, Period


class LifeTold(Answer):
    """A place through time. Years are astronomical (0 = 1 BCE); null is unknown."""

    code: str
    name: str
    periods: list[Period] = Field(description="names, the oldest first, undated ones last")
    preceded_by: list[Linked]
    followed_by: list[Linked]
    parents: list[Linked] = Field(description="superiors through time")
    same_as: list[Linked] = Field(description="other entries of this place, counted once")
    related: list[Linked] = Field(description="records elsewhere and further relations")
    texts: list[TextRecord] = Field(description="origin, meaning, history, with their source")
    media: list[MediaRecord]
    is_synthetic: bool
