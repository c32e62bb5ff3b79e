"""How do the answers about the life of a place, about a spot and about an address line look?"""

from __future__ import annotations

from datetime import date

from pydantic import Field

from api.schemas.answers import Answer, Collection
from api.schemas.place_names import PlaceProperties
from geo.gazetteer.address import AddressReading
from geo.gazetteer.exchange.record import MediaRecord, TextRecord
from geo.gazetteer.life import Linked, Period
from geo.gazetteer.years import NameInYear
from geo.queries.admin import Unit


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


class SpotProperties(PlaceProperties):
    """A place near the spot, how far and which way it lies as seen from there."""

    distance_m: float = Field(description="geodesic on GRS80, metres")
    bearing_deg: float | None = Field(description="from true north, clockwise; null: it is here")
    direction_zh: str | None = Field(description="one of sixteen")
    direction_en: str | None
    standing: str = Field(description="its name on the day: in_force, possible or not_in_force")
    in_year: NameInYear | None


class SpotTold(Collection[SpotProperties]):
    """The names near a spot, those in force on the day first, and the divisions that hold it."""

    on: date
    radius_m: float
    divisions: list[Unit] = Field(description="by their outlines, the largest first")
    divisions_note: str | None = Field(description="what is not known of them on that day")


class AddressTold(Answer):
    """The ways to read an address line, likeliest first; only what the register holds has a code.

    `is_ambiguous`: the first two weigh alike, a person decides.
    """

    line: str
    readings: list[AddressReading]
    is_ambiguous: bool
