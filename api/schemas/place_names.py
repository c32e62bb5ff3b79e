"""How do the answers about place names look?"""

from __future__ import annotations

from pydantic import Field

from api.schemas.answers import Answer, Collection, Geometry
from geo.gazetteer.history import Card, NameInYear


class PlaceProperties(Answer):
    """A place as it is shown in a list; null is unknown."""

    code: str
    name: str = Field(description="the standard name on the day")
    pinyin: str | None
    feature_class: str = Field(
        description="A division, H water, L area, P settlement, R road, S site, T terrain"
    )
    category: str | None
    unit_code: str | None = Field(description="the division that the place is, when it is one")
    in_unit_code: str | None
    in_unit_name: str | None
    position_quality: str = Field(
        description="only a surveyed, point or approximate one is a point"
    )
    position_unit: str | None = Field(description="the division that the position is known by")
    listed: list[str] = Field(description="heritage, red")
    source: str | None
    attribution: str | None
    is_synthetic: bool


class HitProperties(PlaceProperties):
    """A place that was found, and why."""

    matched_name: str
    matched_kind: str
    how: str
    how_zh: str
    how_en: str
    score: float = Field(description="0 to 100")


class PlaceHits(Collection[HitProperties]):
    """Places that fit what was typed, likeliest first; geometry null where the place is vague."""

    query: str


class NearProperties(PlaceProperties):
    """A place near the point, and its name in the year asked about."""

    distance_m: float
    in_year: NameInYear | None


class NamesNear(Collection[NearProperties]):
    """Places near a point, nearest first."""

    year: int | None


class PlaceCard(Answer):
    """All that is known of a place; `called` is what it was called in the year asked about."""

    place: Card
    year: int | None
    called: list[NameInYear] | None


class ListedProperties(Answer):
    """An entry of a list of heritage or red names."""

    code: str
    name: str
    pinyin: str | None
    aliases: list[str]
    name_kind: str
    feature_class: str
    family: str
    family_zh: str
    family_en: str
    list_name: str
    list_class: str | None
    list_level: str
    batch: str | None
    listed_year: int | None
    era: str | None
    citation: str | None
    position_quality: str
    position_unit: str | None
    position_unit_name: str | None
    position_note: str | None
    attribution: str | None


class ListedFeature(Answer):
    """An entry with its place; geometry null where only the division is known."""

    type: str
    id: str
    geometry: Geometry | None
    properties: ListedProperties


class HeritagePlaces(Answer):
    """Entries of the lists, in the order of the lists."""

    type: str
    numberReturned: int
    features: list[ListedFeature]
