"""Where should be built, what would a scenario change, which hub serves whom? For planners only.

Candidates and scenarios are never public. Counts of people leave rounded, small ones not at all.
"""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.deps import CityAsked, Day, DoorsHere, checked
from api.measuring import Basis
from api.planners import BODY, Planner, lies_within, private, reaches, sends_json, threshold
from api.schemas.geojson import Json
from api.schemas.parameters import (
    Areas,
    City,
    Fallback,
    KindAsked,
    Measure,
    NetworkAsked,
    RadiusM,
    TravelledHow,
)
from api.schemas.problem import ALWAYS, problems
from api.schemas.siting import (
    CandidatesAnswer,
    ComparisonAnswer,
    DueBy,
    GroupsAnswer,
    LimitMinutes,
    PhasesAnswer,
    PhasesSent,
    ScenarioDropped,
    ScenarioList,
    ScenarioNumber,
    ScenarioSent,
    ScenarioTold,
    SitingAnswer,
    SitingSent,
    candidates_told,
    comparison_told,
    groups_told,
    phases_told,
    scenario_told,
    siting_told,
    years_of,
)
from geo.access.candidates import Limits, candidates
from geo.access.comparison import compare
from geo.access.groups import groups
from geo.access.scenario import Change, drop_scenario, keep_scenario, scenario, scenarios
from geo.access.sites import CostsOf, asks, best_sites, best_years, line_costs
from geo.access.sites.walk import walk_costs
from geo.errors import BadInput, both
from geo.queries.admin import Reader
from geo.validity import today_in_china

router = APIRouter(
    prefix="/api/access",
    tags=["siting"],
    dependencies=[Depends(checked)],
    default_response_class=Json,
    responses={**ALWAYS, **problems(401, 403, 404)},
)


@router.post(
    "/siting",
    summary="选址 · Where to build",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": SitingAnswer}, **BODY},
)
def sited(request: Request, doors: DoorsHere, caller: Planner, sent: SitingSent) -> Response:
    """The best places for new ones of a kind among the candidates, and what is proven of them."""
    city, day = sent.city or request.app.state.home_city.resolve(), sent.on or today_in_china()
    asked = asks(
        city=city, on=day, close=tuple(sent.close),
        **sent.model_dump(
            exclude={
                "city", "on", "close", "candidates", "least_m2", "highest_floor", "network"
            }
        ),
    )  # fmt: skip
    limits = Limits(least_m2=sent.least_m2, highest_floor=sent.highest_floor)
    _check_network(sent)
    with doors.counting() as connection:
        lies_within(connection, caller, city, day)
        costs = _costs(connection, sent)
        found = best_sites(connection, asked, limits=limits, codes=sent.candidates, costs=costs)
    return private(siting_told(found, threshold()))


@router.post(
    "/siting/phases",
    summary="分年建设 · What to build in which year",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": PhasesAnswer}, **BODY},
)
def phased(request: Request, doors: DoorsHere, caller: Planner, sent: PhasesSent) -> Response:
    """What to open in each year, planned together: what is built stays, demand may change."""
    city, day = sent.city or request.app.state.home_city.resolve(), sent.on or today_in_china()
    asked = asks(
        city=city, kind=sent.kind, on=day, close=tuple(sent.close), radius_m=sent.radius_m,
        sites=1, age=sent.age, measure=sent.measure, cost_each=sent.cost_each,
        time_limit_s=sent.time_limit_s, thin=sent.thin,
    )  # fmt: skip
    limits = Limits(least_m2=sent.least_m2, highest_floor=sent.highest_floor)
    _check_network(sent)
    with doors.counting() as connection:
        lies_within(connection, caller, city, day)
        found = best_years(
            connection, asked, years_of(sent), limits=limits, codes=sent.candidates,
            costs=_costs(connection, sent), carry_over=sent.carry_over,
        )  # fmt: skip
    return private(phases_told(found, threshold()))


def _check_network(sent: SitingSent | PhasesSent) -> None:
    """Raise BadInput where a road network is named that nobody walks along."""
    if sent.network is not None and sent.measure != "walk":
        raise BadInput(
            both("路网仅用于步行（measure=walk）。", "a network is for measure=walk"),
            parameter="network",
        )


def _costs(connection: Reader, sent: SitingSent | PhasesSent) -> CostsOf:
    """How far it is: straight, or along the stored roads."""
    on_foot = sent.measure == "walk"
    return walk_costs(connection, network=sent.network) if on_foot else line_costs


@router.get(
    "/siting/candidates",
    summary="候选点 · Candidate sites",
    responses={200: {"model": CandidatesAnswer}},
)
def candidate_sites(
    doors: DoorsHere, day: Day, caller: Planner, city: CityAsked, kind: KindAsked
) -> Response:
    """Which candidate sites may be used for a kind of facility, and why others are excluded."""
    with doors.staff() as connection:
        lies_within(connection, caller, city, day)
        return private(candidates_told(candidates(connection, city=city, kind=kind, on=day)))


@router.get(
    "/siting/groups", summary="1+N · Hubs and spokes", responses={200: {"model": GroupsAnswer}}
)
def hub_groups(
    doors: DoorsHere,
    day: Day,
    caller: Planner,
    city: CityAsked,
    areas: Areas = "township",
    limit_min: LimitMinutes = 30.0,
    measure: TravelledHow = "line",
    network: NetworkAsked = None,
) -> Response:
    """Each area centre with its spokes, the areas that it serves, and whom no hub serves."""
    with doors.counting() as connection:
        lies_within(connection, caller, city, day)
        found = groups(
            connection, city=city, on=day, areas=areas, limit_min=limit_min, measure=measure,
            network=network,
        )  # fmt: skip
    return private(groups_told(found))


@router.post(
    "/scenarios",
    summary="保存方案 · Keep a scenario",
    dependencies=[Depends(sends_json)],
    responses={200: {"model": ScenarioTold}, **BODY},
)
def keep(request: Request, doors: DoorsHere, caller: Planner, sent: ScenarioSent) -> Response:
    """Keep a named plan of what is added, closed and moved; its owner is the token's role."""
    city, day = sent.city or request.app.state.home_city.resolve(), sent.on or today_in_china()
    with doors.writing() as session:
        lies_within(session, caller, city, day)
        made = keep_scenario(
            session, city=city, name=sent.name, kind=sent.kind, on=day, note=sent.note,
            owner_role=caller.role,
            changes=[Change(**change.model_dump()) for change in sent.changes],
        )  # fmt: skip
    return private(scenario_told(made))


@router.get("/scenarios", summary="方案 · Scenarios", responses={200: {"model": ScenarioList}})
def kept(doors: DoorsHere, caller: Planner, city: City = None) -> Response:
    """Scenarios that are kept, the newest first; of a token's division only."""
    with doors.staff() as connection:
        found = [
            one
            for one in scenarios(connection, city=city)
            if reaches(connection, caller, one.city_code, one.on_date)
        ]
    told = [scenario_told(one) for one in found]
    return private({"numberReturned": len(told), "scenarios": told})


@router.get(
    "/scenarios/{scenario_id}",
    summary="方案对照 · A scenario beside today",
    responses={200: {"model": ComparisonAnswer}},
)
def compared(
    doors: DoorsHere,
    caller: Planner,
    scenario_id: ScenarioNumber,
    areas: Areas = "district",
    radius_m: RadiusM = 500,
    year: DueBy = None,
    measure: Measure = "line",
    network: NetworkAsked = None,
    fallback: Fallback = "none",
    basis: Basis = "resident",
) -> Response:
    """What a scenario changes, area by area, by the same measures as today."""
    with doors.counting() as connection:
        one = scenario(connection, scenario_id)
        lies_within(connection, caller, one.city_code, one.on_date)
        found = compare(
            connection, one, radius_m=radius_m, areas=areas, year=year, measure=measure,
            network=network, fallback=fallback, basis=basis,
        )  # fmt: skip
    return private(comparison_told(found, threshold()))


@router.delete(
    "/scenarios/{scenario_id}",
    summary="删除方案 · Delete a scenario",
    responses={200: {"model": ScenarioDropped}},
)
def drop(doors: DoorsHere, caller: Planner, scenario_id: ScenarioNumber) -> Response:
    """Delete a scenario with its changes."""
    with doors.writing() as session:
        one = scenario(session, scenario_id)
        lies_within(session, caller, one.city_code, one.on_date)
        drop_scenario(session, scenario_id)
    return private({"deleted": scenario_id})
