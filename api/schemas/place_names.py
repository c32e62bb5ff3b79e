"""How do the answers about place names look?"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from geojson_pydantic import MultiPolygon, Polygon
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from shapely import get_num_coordinates
from shapely.geometry.base import BaseGeometry

from api.schemas.answers import Answer, Collection, Geometry
from api.schemas.areas import MOST_VERTICES, polygon_of
from api.schemas.parameters import Division, Text
from api.schemas.written import read_category, read_day, read_spot
from geo.errors import BadInput, both
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

    matched_name: str = Field(description="which of its names matched")
    matched_kind: str = Field(description="the kind of that name: standard, former …")
    use: Literal["in_use", "ended", "not_yet"] = Field(
        description="whether that name is in use on the day; unknown years count as in use"
    )
    how: str = Field(description="how it matched, as a word for programs")
    how_zh: str
    how_en: str
    score: float = Field(description="0 to 100")
    distance_m: float | None = Field(
        description="from `near`, geodesic; null where none was asked or the position is vague"
    )


class PlaceHits(Collection[HitProperties]):
    """Places that fit what was typed, likeliest first; geometry null where the place is vague."""

    query: str


class SuggestedName(Answer):
    """A place that is perhaps being typed, and why it is offered."""

    place_id: int
    code: str
    name: str = Field(description="the standard name on the day")
    pinyin: str | None
    feature_class: str
    unit_code: str | None
    matched_name: str = Field(description="the name that is or begins as typed")
    matched_kind: str
    how: str
    how_zh: str
    how_en: str
    reason: str = Field(description="how_zh or how_en, as `lang` asks")
    score: float
    division: str | None = Field(description="the division around the place")
    division_code: str | None
    is_synthetic: bool


class SuggestedNames(Answer):
    """Places that are perhaps being typed, the likeliest first."""

    query: str
    on: date
    lang: Literal["zh", "en"]
    has_synthetic: bool
    items: list[SuggestedName]


class SearchSent(BaseModel):
    """A question with a polygon: the parameters of `GET /api/places`, and `area`."""

    model_config = ConfigDict(extra="forbid")

    q: Text
    on: Annotated[date, BeforeValidator(read_day)] | None = None
    limit: int = Field(10, ge=1, le=100)
    within: Division | None = None
    feature_class: Literal["A", "H", "L", "P", "R", "S", "T"] | None = None
    category: Annotated[str, AfterValidator(read_category)] | None = None
    family: Literal["heritage", "red"] | None = None
    list_level: Literal["national", "province", "city", "district"] | None = None
    in_use: bool = False
    near: tuple[float, float] | None = None
    area: Polygon | MultiPolygon | None = Field(None, description="GeoJSON, longitude first")

    def spot(self) -> tuple[float, float] | None:
        """The point to which near places come first. Raises BadInput off the globe."""
        if self.near is None:
            return None
        try:
            return read_spot(f"{self.near[0]},{self.near[1]}")
        except BadInput as problem:
            raise BadInput(str(problem), parameter="body.near") from None

    def polygon(self) -> BaseGeometry | None:
        """The polygon to search in. Raises BadInput for one that is not valid or too detailed."""
        if self.area is None:
            return None
        polygon = polygon_of(self.area, "body.area")
        if get_num_coordinates(polygon) > MOST_VERTICES:
            raise BadInput(
                both(
                    f"顶点过多，最多 {MOST_VERTICES}。",
                    f"too many vertices, at most {MOST_VERTICES}",
                ),
                parameter="body.area",
            )
        return polygon


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
