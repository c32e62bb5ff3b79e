"""How do a question of where to build and its answer look?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.schemas.answers import Answer
from api.schemas.coverage import SourceLine
from api.schemas.parameters import Division, Text
from api.schemas.sent import Dated, Sent
from api.schemas.siting.candidates import CandidateTold, candidate_told
from api.schemas.siting.sides import AreaTold, area_told, rough
from geo.access.disclosure import publishable_count
from geo.access.sites import BestSites, Chosen, Plan, method, status

AreasWord = Literal["district", "township", "zone"]


class SitingSent(Sent):
    """Where to build. What is open and stays counts; codes are those of `candidates`."""

    kind: Text = Field(description="kind of facility", examples=["rehab_rental"])
    goal: Literal["cover_most", "cover_all", "minimise_distance", "minimise_worst"] = "cover_most"
    sites: int | None = Field(None, ge=1, le=1000, description="how many to build; not: cover_all")
    city: Division | None = Field(None, description="default: the city that is loaded")
    on: Dated | None = Field(None, description="default today")
    radius_m: float = Field(500.0, ge=1, le=50_000)
    measure: Literal["line", "walk"] = Field("line", description="walk: along the stored roads")
    network: Text | None = Field(None, description="road network, where several lie there")
    areas: AreasWord = "district"
    age: Literal["60", "65", "80"] = "60"
    candidates: list[Text] | None = Field(None, max_length=5000, description="only these")
    close: list[Text] = Field([], max_length=500, description="open facilities to take out")
    least_m2: float | None = Field(None, ge=0, lt=1e7)
    highest_floor: int | None = Field(None, ge=1, le=120)
    use_capacity: bool = False
    capacity_each: float | None = Field(None, ge=0, le=1e9)
    units_per_elder: float = Field(1.0, ge=1e-6, le=1e6)
    budget_cny: float | None = Field(None, ge=0, le=1e13)
    cost_each: float | None = Field(None, ge=0, le=1e13)
    plans: int = Field(0, ge=0, le=5, description="next-best plans")
    time_limit_s: float = Field(10.0, ge=0.1, le=15)
    thin: bool = False
    leave_unreachable: bool = False


class ChosenTold(Answer):
    """A candidate that a plan opens; 1 adds most, 2 most after it."""

    order: int
    code: str
    name: str
    lon: float | None
    lat: float | None
    is_synthetic: bool
    gained: float | None = Field(description="elders whom nothing before it reaches")
    within: float | None
    served: float | None


class PlanTold(Answer):
    """A plan and what is proven of it; numbers are null where there is none."""

    rank: int
    status: str = Field(description="optimal, feasible or infeasible")
    status_zh: str
    status_en: str
    gap: float | None = Field(description="how far the best can be away at most")
    loss_share: float | None = Field(description="loss against the best plan")
    covered: float | None
    mean_m: float | None
    worst_m: float | None
    cost_cny: float | None
    chosen: list[ChosenTold]


class SitingAnswer(Answer):
    """The plans, before and after, and what they rest on."""

    city: str
    kind: str
    goal: str
    on: date
    radius_m: float
    age: str
    rounded_to: float = Field(description="counts are multiples of this, smaller ones withheld")
    has_synthetic: bool
    method: str
    method_en: str
    computed_at: datetime
    people: float | None
    covered_before: float | None
    uncovered: float | None
    unreachable: float | None = Field(description="of them, beyond every usable site")
    standing: int
    plans: list[PlanTold]
    areas: list[AreaTold]
    total: AreaTold
    excluded: list[CandidateTold]
    sources: list[SourceLine]


def siting_told(found: BestSites, base: float) -> dict[str, Any]:
    """An answer with publishable counts: multiples of `base`."""
    asked, question = found.asked, found.asked.question
    zh, en = method(found)
    pairs = zip(found.before, found.after, strict=True)
    return {
        "city": question.city, "kind": question.kind, "goal": asked.goal, "on": question.on,
        "radius_m": question.radius_m, "age": asked.age, "rounded_to": base,
        "has_synthetic": found.has_synthetic, "method": zh, "method_en": en,
        "computed_at": found.computed_at, "standing": found.standing,
        "people": publishable_count(found.people, base),
        "covered_before": publishable_count(found.covered_before, base),
        "uncovered": publishable_count(found.uncovered, base),
        "unreachable": publishable_count(found.unreachable, base),
        "plans": [_plan_told(found, plan, base) for plan in found.plans],
        "areas": [area_told(before, after, base) for before, after in pairs],
        "total": area_told(found.total_before, found.total_after, base),
        "excluded": [candidate_told(one) for one in found.candidates.excluded],
        "sources": found.sources,
    }  # fmt: skip


def _plan_told(found: BestSites, plan: Plan, base: float) -> dict[str, Any]:
    zh, en = status(plan, found.asked)
    is_plan = plan.siting.status != "infeasible"
    return {
        "rank": plan.rank, "status": plan.siting.status, "status_zh": zh, "status_en": en,
        "gap": plan.siting.gap if is_plan else None, "loss_share": plan.loss_share,
        "covered": publishable_count(plan.covered, base) if is_plan else None,
        "mean_m": rough(plan.mean_m), "worst_m": rough(plan.worst_m), "cost_cny": plan.cost_cny,
        "chosen": [chosen_told(one, base) for one in plan.chosen],
    }  # fmt: skip


def chosen_told(one: Chosen, base: float) -> dict[str, Any]:
    """A candidate that is opened, with publishable counts."""
    site, counts = one.candidate, ("gained", "within", "served")
    return {
        "order": one.order, "code": site.code, "name": site.name, "lon": site.lon,
        "lat": site.lat, "is_synthetic": site.is_synthetic,
        **{name: publishable_count(getattr(one, name), base) for name in counts},
    }  # fmt: skip
