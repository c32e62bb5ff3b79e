"""How do the answers about coverage, gaps and missing facilities look?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from api.schemas.answers import Answer, Feature


class CoverageProperties(Answer):
    """People of an area and those within reach; null is unknown, or too small to be published."""

    area_code: str
    area_name: str
    status: str = Field(description="measured, no_geometry, no_cells; a total also partial")
    status_zh: str
    people_60: float | None = Field(description="people aged 60 and over")
    people_65: float | None
    people_80: float | None
    covered_60: float | None
    covered_65: float | None
    covered_80: float | None
    share_60: float | None = Field(description="covered / people, 0 to 1; null without people")
    share_65: float | None
    share_80: float | None


class Outside(Answer):
    """People of the city whom none of the areas holds."""

    cells: int
    people_60: float | None
    people_65: float | None
    people_80: float | None


class Summary(Answer):
    """The question as it was understood, and its total."""

    city: str | None = Field(description="12 digits; null for polygons of one's own")
    areas: str
    kind: str
    radius_m: float = Field(description="straight line, geodesic on the ellipsoid")
    on: date
    basis: str = Field(description="resident 常住 or registered 户籍")
    base_year: int | None
    projection: str
    across_border: bool
    facilities: int = Field(description="how many facilities counted")
    total: CoverageProperties
    unplaced: Outside | None


class GapSummary(Summary):
    """The same, and how many gaps there are."""

    gap_count: int = Field(description="in all, before `limit`")
    dropped_count: int = Field(description="slivers without people that are left out")
    dropped_m2: float


class SourceLine(Answer):
    """Where some of the counted rows come from."""

    what: str = Field(description="areas, people or facilities")
    source: str | None
    source_date: date | None
    is_synthetic: bool
    rows: int


class Computed(Answer):
    """What was computed, from what, how, and when."""

    type: Literal["FeatureCollection"]
    numberReturned: int
    method: str = Field(description="the rule in Chinese")
    method_en: str
    sources: list[SourceLine]
    has_synthetic: bool
    computed_at: datetime
    is_stored: bool = Field(description="read from an earlier computation on the same data")


class CoverageAnswer(Computed):
    """Coverage of every area."""

    summary: Summary
    features: list[Feature[CoverageProperties]]


class GapProperties(Answer):
    """One uncovered stretch of an area; a count that is too small to be published is null."""

    rank: int
    area_code: str
    area_name: str
    people_60: float | None
    people_65: float | None
    people_80: float | None
    area_m2: float = Field(description="量算值 · measured on the ellipsoid")
    nearest_m: float | None = Field(description="mean distance of its people to the nearest one")


class GapsAnswer(Computed):
    """Uncovered stretches, most people first."""

    summary: GapSummary
    features: list[Feature[GapProperties]]


class MissingAnswer(Answer):
    """Areas and the facilities that they must have."""

    city: str
