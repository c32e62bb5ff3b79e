"""How do the answers about facilities and the service look? Documented here, checked by the tests.

Answers leave as bytes that PostGIS wrote; these models are their description in the OpenAPI
document, and `tests/api` reads every kind of answer through them so that neither can drift.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """An answer holds what it says here and nothing else."""

    model_config = ConfigDict(extra="forbid")


class Geometry(Answer):
    """A GeoJSON geometry; longitude first."""

    type: Literal["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"]
    coordinates: list[Any]


Properties = TypeVar("Properties")


class Feature(Answer, Generic[Properties]):
    """One thing with its place; geometry is null where that is not known."""

    type: Literal["Feature"]
    geometry: Geometry | None
    properties: Properties


class Collection(Answer, Generic[Properties]):
    """A FeatureCollection."""

    type: Literal["FeatureCollection"]
    numberReturned: int
    has_synthetic: bool = Field(description="some row is made up for demonstration")
    features: list[Feature[Properties]]


class Health(Answer):
    """The service works."""

    status: Literal["ok"]


class Version(Answer):
    """What is running here."""

    name: str
    version: str


class GroupOfKinds(Answer):
    """Kinds that are asked for together."""

    code: str
    zh: str
    en: str
    colour: str


class KindOfFacility(Answer):
    """One kind of facility and its mark on a map."""

    code: str
    zh: str
    en: str
    group: str
    shape: str
    glyph: str
    is_residential: bool
    is_sensitive: bool


class KindList(Answer):
    """All kinds and groups."""

    groups: list[GroupOfKinds]
    kinds: list[KindOfFacility]


class Price(Answer):
    """A price range in yuan with its date; an end that is not stated is null."""

    item: str
    low: float | None
    high: float | None
    unit: str
    includes: str | None
    priced_on: date | None


class Rating(Answer):
    """A rating by one scheme; the scheme is null where nobody stated it."""

    scheme: str | None
    level: str
    rated_on: date | None
    rated_in: str | None = Field(description="year or month where no day is stated: 2024, 2024-12")
    valid_until: date | None
    issuer: str | None


class FacilityProperties(Answer):
    """What is published of a facility; null is unknown (未知), never zero."""

    code: str
    name: str
    kinds: list[str] = Field(description="see /api/kinds")
    state: str
    address: str | None
    admin_code: str | None
    position_quality: str | None
    position_note: str | None
    phone: str | None
    website: str | None
    hours: dict[str, list[list[str]]] | None = Field(
        description='opening times by day: {"mon": [["08:00", "17:00"]]}'
    )
    services: list[str] | None
    care_levels: list[str] | None
    beds_total: int | None
    beds_nursing: int | None
    beds_free: int | None
    beds_on: date | None = Field(description="date of the bed counts")
    meals_per_day: int | None
    floor_area_m2: float | None
    ownership: str | None
    operation: str | None
    fire_state: str | None
    fire_checked_on: date | None
    has_lift: bool | None
    has_ramp: bool | None
    medical_link: str | None
    uscc: str | None
    filing_no: str | None
    filed_on: date | None
    hub_code: str | None
    checked_on: date | None
    source: str | None
    source_date: date | None
    is_synthetic: bool
    method: str | None
    prices: list[Price] | None
    ratings: list[Rating] | None


class FacilityNearProperties(FacilityProperties):
    """A facility with its distance from the point that was asked about."""

    rank: int = Field(description="1 = nearest")
    distance_m: float = Field(description="geodesic on the ellipsoid, metres")


class Facilities(Collection[FacilityProperties]):
    """Facilities."""


class FacilitiesNear(Collection[FacilityNearProperties]):
    """Facilities, nearest first."""
