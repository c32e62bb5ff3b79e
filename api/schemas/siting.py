"""How do questions and answers about where to build, scenarios and 1+N groups look?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.schemas.answers import Answer
from api.schemas.coverage import SourceLine
from api.schemas.parameters import Division, Text, read_day
from geo.access.candidates import LIMITS, STATUS_ZH, Candidate, Candidates
from geo.access.comparison import AreaDifference, Comparison, Side
from geo.access.disclosure import publishable_area, publishable_count
from geo.access.groups import Groups
from geo.access.radius.answer import AreaCoverage
from geo.access.scenario import Scenario
from geo.access.sites import BestSites, Plan, method, status

Day = Annotated[date, BeforeValidator(read_day)]
AreasWord = Literal["district", "township", "zone"]
ScenarioNumber = Annotated[int, Path(ge=1, le=2**62, description="方案编号 · number of a scenario")]
DueBy = Annotated[
    Annotated[int, Field(ge=2000, le=2100)] | None,
    Query(description="截至年份 · only what is to be done by this year"),
]
LimitMinutes = Annotated[
    float, Query(gt=0, le=600, description="行程上限(分钟)· minutes to a hub at most")
]


class Sent(BaseModel):
    """A body holds what it says here and nothing else."""

    model_config = ConfigDict(extra="forbid")


class SitingSent(Sent):
    """Where to build. What is open and stays counts; codes are those of `candidates`."""

    kind: Text = Field(description="kind of facility", examples=["rehab_rental"])
    goal: Literal["cover_most", "cover_all", "minimise_distance", "minimise_worst"] = "cover_most"
    sites: int | None = Field(None, ge=1, le=1000, description="how many to build; not: cover_all")
    city: Division | None = Field(None, description="default: the city that is loaded")
    on: Day | None = Field(None, description="default today")
    radius_m: float = Field(500.0, ge=1, le=50_000)
    measure: Literal["line", "walk"] = Field("line", description="walk: along the stored roads")
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


class ChangeSent(Sent):
    """One change of a scenario: add and move need a candidate or lon and lat."""

    action: Literal["add", "close", "move"]
    facility_code: Text | None = None
    candidate_code: Text | None = None
    name: Text | None = None
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    year: int | None = Field(None, ge=2000, le=2100)


class ScenarioSent(Sent):
    """A scenario to keep; its owner is the role of the token."""

    name: Text
    kind: Text
    city: Division | None = None
    on: Day | None = Field(None, description="the day whose stock it begins with; default today")
    note: Text | None = None
    changes: list[ChangeSent] = Field(min_length=1, max_length=500)


class ReasonTold(Answer):
    """Why a candidate is excluded."""

    code: str
    zh: str
    en: str
    source: str
    status: str = Field(description="verified, second_hand or assumed (待核实)")


class CandidateTold(Answer):
    """A candidate site; null is unknown."""

    code: str
    name: str
    candidate_kind: str | None
    floor: str | None = Field(description="1 = ground, -1 = basement, M = mezzanine")
    land_use: str | None
    area_m2: float | None
    use_right: str | None
    build_cost_cny: float | None
    capacity: int | None
    admin_code: str | None
    lon: float | None
    lat: float | None
    source: str | None
    source_date: date | None
    is_synthetic: bool
    unknown: list[str] = Field(description="what the limits ask for and it does not tell")
    reasons: list[ReasonTold]


class LimitTold(Answer):
    """A ground for exclusion and where it comes from."""

    code: str
    zh: str
    en: str
    source: str
    status: str
    status_zh: str


class CandidatesAnswer(Answer):
    """The candidates of a city for a kind of facility."""

    city: str
    kind: str
    on: date
    has_synthetic: bool
    method: str
    method_en: str
    limits: list[LimitTold]
    usable: list[CandidateTold]
    excluded: list[CandidateTold]


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


class AreaTold(Answer):
    """One area on both sides; null is unknown or withheld."""

    area_code: str
    area_name: str
    status: str
    people_60: float | None
    covered_60_before: float | None
    covered_60_after: float | None
    gained_60: float | None
    people_80: float | None
    covered_80_before: float | None
    covered_80_after: float | None


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


class ChangeTold(Answer):
    """One change as it is kept."""

    action: str
    facility_code: str | None
    candidate_code: str | None
    name: str | None
    lon: float | None
    lat: float | None
    year: int | None


class ScenarioTold(Answer):
    """A scenario as it is kept."""

    id: int
    city_code: str
    name: str
    kind: str
    on_date: date
    owner_role: str
    note: str | None
    made_at: datetime
    changes: list[ChangeTold]


class ScenarioList(Answer):
    """Scenarios, the newest first."""

    numberReturned: int
    scenarios: list[ScenarioTold]


class SideTold(Answer):
    """One side of a comparison."""

    facilities: int | None
    mean_m: float | None = Field(description="mean distance of elders to the nearest one")
    beyond_60: float | None = Field(description="elders without any within 20 km")


class ComparisonAnswer(Answer):
    """A scenario beside today, by the same measures."""

    scenario: ScenarioTold
    year: int | None
    radius_m: float
    rounded_to: float
    has_synthetic: bool
    method: str
    method_en: str
    today: SideTold
    planned: SideTold
    areas: list[AreaTold]
    total: AreaTold
    sources: list[SourceLine]


class ScenarioDropped(Answer):
    """A scenario that is gone."""

    deleted: int


class SpokeTold(Answer):
    """A facility of the second rank and the hub that serves it."""

    code: str
    name: str
    kind: str
    stated: str | None
    nearest: str | None
    served_by: str | None
    minutes: float | None
    distance_m: float | None
    why: str


class ServedTold(Answer):
    """An area and the hub nearest to most of its elders."""

    area_code: str
    area_name: str
    status: str
    hub: str | None
    share: float | None
    minutes: float | None


class GroupTold(Answer):
    """A hub with its spokes and areas."""

    code: str
    name: str
    spokes: list[SpokeTold]
    areas: list[ServedTold]


class GroupsAnswer(Answer):
    """1+N groups and whom no hub serves."""

    city: str
    on: date
    hub_kind: str
    limit_min: float
    has_synthetic: bool
    method: str
    method_en: str
    groups: list[GroupTold]
    unserved_spokes: list[SpokeTold]
    unserved_areas: list[ServedTold]
    unknown_areas: list[ServedTold]


def candidate_told(one: Candidate) -> dict[str, Any]:
    """A candidate with its reasons."""
    names = set(CandidateTold.model_fields) - {"reasons", "unknown"}
    reasons = [
        {"code": r.code, "zh": r.zh, "en": r.en, "source": r.limit.source, "status": r.limit.status}
        for r in one.reasons
    ]
    told = {name: getattr(one, name) for name in names}
    return told | {"unknown": list(one.unknown), "reasons": reasons}


def candidates_told(found: Candidates) -> dict[str, Any]:
    """All candidates, and every limit with its source."""
    zh, en = found.in_words()
    return {
        "city": found.city, "kind": found.kind, "on": found.on,
        "has_synthetic": found.has_synthetic, "method": zh, "method_en": en,
        "limits": [
            {"code": one.code, "zh": one.zh, "en": one.en, "source": one.source,
             "status": one.status, "status_zh": STATUS_ZH[one.status]}
            for one in LIMITS.values()
        ],
        "usable": [candidate_told(one) for one in found.usable],
        "excluded": [candidate_told(one) for one in found.excluded],
    }  # fmt: skip


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
        "areas": [_area_told(before, after, base) for before, after in pairs],
        "total": _area_told(found.total_before, found.total_after, base),
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
        "mean_m": _rough(plan.mean_m), "worst_m": _rough(plan.worst_m), "cost_cny": plan.cost_cny,
        "chosen": [
            {"order": one.order, "code": one.candidate.code, "name": one.candidate.name,
             "lon": one.candidate.lon, "lat": one.candidate.lat,
             "is_synthetic": one.candidate.is_synthetic,
             **{name: publishable_count(getattr(one, name), base)
                for name in ("gained", "within", "served")}}
            for one in plan.chosen
        ],
    }  # fmt: skip


def _rough(metres: float | None) -> float | None:
    """Distances of people leave in tens of metres: finer ones would tell where few of them live."""
    return None if metres is None else round(metres, -1)


def _area_told(before: AreaCoverage, after: AreaCoverage, base: float) -> dict[str, Any]:
    first, then = publishable_area(before, base), publishable_area(after, base)
    was, will = first.covered_60, then.covered_60
    return {
        "area_code": first.area_code, "area_name": first.area_name, "status": first.status,
        "people_60": first.people_60, "covered_60_before": was, "covered_60_after": will,
        "gained_60": None if was is None or will is None else will - was,
        "people_80": first.people_80, "covered_80_before": first.covered_80,
        "covered_80_after": then.covered_80,
    }  # fmt: skip


def scenario_told(one: Scenario) -> dict[str, Any]:
    """A scenario as it is kept."""
    names = set(ScenarioTold.model_fields) - {"changes"}
    changes = [{name: getattr(c, name) for name in ChangeTold.model_fields} for c in one.changes]
    return {name: getattr(one, name) for name in names} | {"changes": changes}


def comparison_told(found: Comparison, base: float) -> dict[str, Any]:
    """A comparison with publishable counts."""
    today = found.today.coverage
    return {
        "scenario": scenario_told(found.scenario), "year": found.year,
        "radius_m": today.question.radius_m, "rounded_to": base,
        "has_synthetic": found.has_synthetic, "method": today.method,
        "method_en": today.method_en, "today": _side_told(found.today, base),
        "planned": _side_told(found.planned, base),
        "areas": [_row_told(row, base) for row in found.rows],
        "total": _row_told(found.total, base), "sources": today.sources,
    }  # fmt: skip


def _row_told(row: AreaDifference, base: float) -> dict[str, Any]:
    return _area_told(row.today, row.planned, base)


def _side_told(side: Side, base: float) -> dict[str, Any]:
    return {
        "facilities": side.coverage.facilities, "mean_m": _rough(side.mean_m),
        "beyond_60": publishable_count(side.beyond, base),
    }  # fmt: skip


def groups_told(found: Groups) -> dict[str, Any]:
    """1+N groups; no count of people leaves."""

    def some(model: type[BaseModel], rows: Any) -> list[dict[str, Any]]:
        return [{name: getattr(row, name) for name in model.model_fields} for row in rows]

    return {
        "city": found.city, "on": found.on, "hub_kind": found.hub_kind,
        "limit_min": found.limit_min, "has_synthetic": found.has_synthetic,
        "method": found.method, "method_en": found.method_en,
        "groups": [
            {"code": group.code, "name": group.name, "spokes": some(SpokeTold, group.spokes),
             "areas": some(ServedTold, group.areas)}
            for group in found.groups
        ],
        "unserved_spokes": some(SpokeTold, found.unserved_spokes),
        "unserved_areas": some(ServedTold, found.unserved_areas),
        "unknown_areas": some(ServedTold, found.unknown_areas),
    }  # fmt: skip
