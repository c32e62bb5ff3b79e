"""How do a question of what to build in which year and its answer look?"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from api.schemas.answers import Answer
from api.schemas.coverage import SourceLine
from api.schemas.parameters import Division, Text
from api.schemas.sent import Dated, Sent
from api.schemas.siting.candidates import CandidateTold, candidate_told
from api.schemas.siting.plans import ChosenTold, chosen_told
from geo.access.disclosure import publishable_count
from geo.access.sites import PhasedPlan, PhasedYear, Year
from geo.access.sites.words import method_of_years, proven


class YearSent(Sent):
    """A year's means and its elders: a stored forecast, or today's elders times `factor`."""

    year: int = Field(ge=1900, le=2200)
    sites: int | None = Field(None, ge=0, le=1000, description="new ones at most")
    budget_cny: float | None = Field(None, ge=0, le=1e13, description="for every year or for none")
    base_year: int | None = Field(None, ge=1900, le=2200, description="of a stored forecast")
    projection: Text | None = Field(None, description="name of the stored forecast")
    factor: float = Field(1.0, ge=0, le=100, description="an assumption; told as one")


class PhasesSent(Sent):
    """What to build in which year so that most elders are covered; what is built stays."""

    kind: Text = Field(description="kind of facility", examples=["rehab_rental"])
    years: list[YearSent] = Field(min_length=1, max_length=15, description="rising years")
    city: Division | None = Field(None, description="default: the city that is loaded")
    on: Dated | None = Field(None, description="default today")
    radius_m: float = Field(500.0, ge=1, le=50_000)
    measure: Literal["line", "walk"] = Field("line", description="walk: along the stored roads")
    network: Text | None = Field(None, description="road network, where several lie there")
    age: Literal["60", "65", "80"] = "60"
    candidates: list[Text] | None = Field(None, max_length=5000, description="only these")
    close: list[Text] = Field([], max_length=500, description="open facilities to take out")
    least_m2: float | None = Field(None, ge=0, lt=1e7)
    highest_floor: int | None = Field(None, ge=1, le=120)
    cost_each: float | None = Field(None, ge=0, le=1e13)
    carry_over: bool = Field(False, description="money that is left may be spent later")
    time_limit_s: float = Field(10.0, ge=0.1, le=15)
    thin: bool = False


class PhaseTold(Answer):
    """What opens in a year, and who is covered at its end."""

    year: int
    elders_zh: str = Field(description="where the elders of the year come from")
    elders_en: str
    people: float | None
    before: float | None = Field(description="covered without any new site")
    covered: float | None
    cost_cny: float | None
    chosen: list[ChosenTold]


class PhasesAnswer(Answer):
    """A plan over years; status and gap hold for the elders covered, summed over the years."""

    city: str
    kind: str
    on: date
    radius_m: float
    measure: str
    age: str
    rounded_to: float = Field(description="counts are multiples of this, smaller ones withheld")
    has_synthetic: bool
    method: str
    method_en: str
    status: str = Field(description="optimal or feasible")
    status_zh: str
    status_en: str
    gap: float = Field(description="how far the best can be away at most")
    years: list[PhaseTold]
    excluded: list[CandidateTold]
    sources: list[SourceLine]


def years_of(sent: PhasesSent) -> list[Year]:
    """The years as the planner is asked."""
    return [Year(**one.model_dump()) for one in sent.years]


def phases_told(found: PhasedPlan, base: float) -> dict[str, Any]:
    """An answer with publishable counts: multiples of `base`."""
    asked, question, phases = found.asked, found.asked.question, found.phases
    zh, en = proven(phases.status, phases.gap)
    method, method_en = method_of_years(found)
    return {
        "city": question.city, "kind": question.kind, "on": question.on,
        "radius_m": question.radius_m, "measure": asked.measure, "age": asked.age,
        "rounded_to": base, "has_synthetic": found.has_synthetic,
        "method": method, "method_en": method_en,
        "status": phases.status, "status_zh": zh, "status_en": en, "gap": phases.gap,
        "years": [_year_told(year, base) for year in found.years],
        "excluded": [candidate_told(one) for one in found.candidates.excluded],
        "sources": found.sources,
    }  # fmt: skip


def _year_told(one: PhasedYear, base: float) -> dict[str, Any]:
    zh, en = one.year.in_words()
    counts = ("people", "before", "covered")
    return {
        "year": one.year.year, "elders_zh": zh, "elders_en": en, "cost_cny": one.cost_cny,
        "chosen": [chosen_told(site, base) for site in one.chosen],
        **{name: publishable_count(getattr(one, name), base) for name in counts},
    }  # fmt: skip
