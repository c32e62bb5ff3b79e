"""How do the answers about coverage, gaps and missing facilities look?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from api.schemas.answers import Answer, Feature


class CoveredPeople(Answer):
    """How many people there are and how many of them within reach; null is unknown or withheld."""

    people_60: float | None = Field(description="people aged 60 and over")
    people_65: float | None
    people_80: float | None
    covered_60: float | None
    covered_65: float | None
    covered_80: float | None
    share_60: float | None = Field(description="covered / people, 0 to 1; null without people")
    share_65: float | None
    share_80: float | None


class CoverageProperties(CoveredPeople):
    """Coverage of one area."""

    area_code: str
    area_name: str


class Question(Answer):
    """What was computed, from what, how, and when."""

    city: str
    areas: str
    kind: str
    radius_m: float = Field(description="straight line, geodesic on the ellipsoid")
    on: date
    basis: str = Field(description="resident 常住 or registered 户籍")
    base_year: int
    across_border: bool
    method: str
    sources: list[str]
    has_synthetic: bool
    computed_at: datetime
    threshold: int = Field(description="counts below this are withheld")


class CoverageAnswer(Question):
    """Coverage of every area of a city."""

    type: Literal["FeatureCollection"]
    features: list[Feature[CoverageProperties]]
    summary: CoveredPeople


class GapProperties(Answer):
    """One uncovered stretch of an area."""

    rank: int
    area_code: str
    area_name: str
    people_60: float | None
    people_65: float | None
    people_80: float | None
    area_m2: float
    nearest_m: float | None


class GapsAnswer(Question):
    """Uncovered areas, most people first."""

    type: Literal["FeatureCollection"]
    features: list[Feature[GapProperties]]


class MissingAnswer(Answer):
    """Areas and the facilities they must have."""

    city: str
