"""How do the answers about coverage, gaps and missing facilities look?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.schemas.answers import Answer, Feature
from geo.access.standards import Held, Missing, Rule


class CoverageProperties(Answer):
    """People of an area and those within reach; null is unknown, or too small to be published."""

    area_code: str
    area_name: str
    status: str = Field(
        description="measured, no_geometry, no_cells, no_record, no_network; a total also partial"
    )
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
    measured_by: str | None = Field(description="line or walk; a total also mixed; null: not")
    too_far_60: float | None = Field(
        description="on foot: people farther from any way than the snap limit"
    )
    island_60: float | None = Field(
        description="on foot: not covered, on ways apart from the main network"
    )


class BesideWays(Answer):
    """A facility that stands too far from any way, or on ways apart from the main network."""

    code: str
    name: str
    why: str = Field(description="too_far or island")
    beside_m: float | None


class OnFootTold(Answer):
    """What walking rests on, and whom it leaves out."""

    snap_limit_m: float = Field(description="places farther from any way are not covered")
    too_far_cells: int
    island_cells: int
    facilities: list[BesideWays]


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
    radius_m: float = Field(description="metres, as `measure` counts them")
    on: date
    basis: str = Field(description="resident 常住 or registered 户籍")
    base_year: int | None
    projection: str
    across_border: bool
    published_only: bool = Field(description="rests on published facilities and areas only")
    measure: str = Field(description="line: geodesic on the ellipsoid; walk: along the roads")
    network: str | None = Field(description="on foot: the road network, or `none`")
    fallback: str | None = Field(description="on foot: line where areas without roads take it")
    on_foot: OnFootTold | None
    rounded_to: float | None = Field(
        description="counts of people are multiples of this; smaller ones are withheld (null)"
    )
    facilities: int | None = Field(description="how many facilities counted; null: unknown")
    total: CoverageProperties
    unplaced: Outside | None


class GapSummary(Summary):
    """The same, and how many gaps there are."""

    gap_count: int | None = Field(description="in all, before `limit`; null: unknown")
    dropped_count: int = Field(description="slivers without people that are left out")
    dropped_m2: float


class SourceLine(Answer):
    """Where some of the counted rows come from."""

    what: str = Field(description="areas, people, facilities or roads")
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
    """Uncovered stretches, most people first or largest first."""

    summary: GapSummary
    features: list[Feature[GapProperties]]


class JudgementTold(Answer):
    """One area under one rule."""

    area_code: str
    area_name: str
    parent_code: str | None
    rule_code: str
    rule_title: str
    rule_status: str = Field(description="verified, second_hand or unverified (待核实)")
    kinds: list[str] = Field(description="of these it must have at least `value`")
    value: int
    status: str = Field(
        description="lacking, planned, under_construction, paused, unknown, present"
    )
    status_zh: str
    judged_by: str = Field(description="position, or stated where no outline is known")
    facilities: list[Held]


class MissingAnswer(Answer):
    """Every area under every rule, the most pressing first; present ones last."""

    city: str
    areas: str
    on: date
    has_synthetic: bool
    numberReturned: int
    rules: list[Rule]
    rows: list[JudgementTold]


def missing_told(found: Missing, city: str, on: date) -> dict[str, Any]:
    """Answer the judgements, each with the words of its rule."""
    rules = {rule.code: rule for rule in found.rules}
    rows = [
        {
            "area_code": row.area_code,
            "area_name": row.area_name,
            "parent_code": row.parent_code,
            "rule_code": row.rule_code,
            "rule_title": rules[row.rule_code].title,
            "rule_status": rules[row.rule_code].status,
            "kinds": rules[row.rule_code].kinds,
            "value": rules[row.rule_code].value,
            "status": row.status,
            "status_zh": row.status_zh,
            "judged_by": row.judged_by,
            "facilities": row.facilities,
        }
        for row in found.rows
    ]
    return {
        "city": city,
        "areas": found.areas,
        "on": on,
        "has_synthetic": found.has_synthetic,
        "numberReturned": len(rows),
        "rules": found.rules,
        "rows": rows,
    }
