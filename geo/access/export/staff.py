"""How do results that only staff may see leave: estates, candidates, sites, scenarios?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from geo.access.candidates import Candidate, candidates
from geo.access.comparison import compare
from geo.access.disclosure import publishable_area, publishable_count
from geo.access.estates import estates_checked
from geo.access.export.layer import PEOPLE, Layer, Value, area_shapes, layer_of, sources_in_words
from geo.access.radius.question import kind_name
from geo.access.scenario import scenario
from geo.access.sites import asks, best_sites, line_costs, method, status
from geo.access.sites.walk import walk_costs

if TYPE_CHECKING:
    from geo.access.export.results import Wanted
    from geo.queries.admin import Reader

ESTATE = ("code", "name", "estate_type", "district_code", "district_name", "households",
          "approved_on", "status", "status_zh", "required_m2", "provided_m2", "why", "rule",
          "rule_source")  # fmt: skip
CANDIDATE = ("code", "name", "candidate_kind", "floor", "land_use", "area_m2", "use_right",
             "build_cost_cny", "capacity", "is_usable", "reasons", "untold")  # fmt: skip
CHOSEN = ("plan", "rank_in_plan", "kind", "radius_m", "measure", "gained_60", "within_60",
          "served_60")  # fmt: skip
DIFFERENCE = ("scenario", "scenario_name", "area_code", "area_name", "kind", "radius_m",
              "people_60", "covered_today_60", "share_today_60", "covered_planned_60",
              "share_planned_60", "gained_60", "gained_65", "gained_80")  # fmt: skip


def estates_layer(session: Reader, wanted: Wanted) -> Layer:
    """Every estate with its verdict, what is required and provided, and the arithmetic."""
    found = estates_checked(session, city=wanted.city, on=wanted.on)
    rows = []
    for check in found.rows:
        one, rule = check.estate, check.rule
        said: dict[str, Value] = {
            "code": one.code, "name": one.name, "estate_type": one.estate_type,
            "district_code": one.district_code, "district_name": one.district_name,
            "households": one.households,
            "approved_on": one.approved_on.isoformat() if one.approved_on else None,
            "status": check.status, "status_zh": check.status_zh,
            "required_m2": check.required_m2, "provided_m2": check.provided_m2,
            "why": check.words, "rule": rule.code if rule else None,
            "rule_source": rule.source if rule else None,
            "source": _source(one.source, one.source_date), "is_synthetic": one.is_synthetic,
        }  # fmt: skip
        rows.append((said, _point(one.lon, one.lat)))
    return layer_of(
        "estates", "小区配建核查", rows, fields=ESTATE, unit="平方米 m²", on=wanted.on, source="",
        method=found.method, has_synthetic=found.has_synthetic, computed_at=found.computed_at,
    )  # fmt: skip


def candidates_layer(session: Reader, wanted: Wanted) -> Layer:
    """The candidate sites, usable or not, and why not."""
    found = candidates(session, city=wanted.city, kind=wanted.kind, on=wanted.on)
    rows = [(_candidate(one), _point(one.lon, one.lat)) for one in (*found.usable, *found.excluded)]
    return layer_of(
        "candidates", f"{kind_name(found.kind)}候选点", rows, fields=CANDIDATE,
        unit="平方米 m²；build_cost_cny 元", on=wanted.on, source="", method=found.in_words()[0],
        has_synthetic=found.has_synthetic,
    )  # fmt: skip


def sites_layer(session: Reader, wanted: Wanted) -> Layer:
    """The best sites for new ones of a kind, in the order of what each adds."""
    asked = asks(
        city=wanted.city, kind=wanted.kind, on=wanted.on, sites=wanted.sites,
        radius_m=wanted.radius_m, areas=wanted.areas, thin=True, measure=wanted.measure,
    )  # fmt: skip
    walks = wanted.measure == "walk"
    costs = walk_costs(session, network=wanted.network) if walks else line_costs
    found = best_sites(session, asked, costs=costs)
    rows = []
    for plan in found.plans:
        for one in plan.chosen:
            said = _candidate(one.candidate) | {
                "plan": plan.rank, "rank_in_plan": one.order, "kind": wanted.kind,
                "radius_m": wanted.radius_m, "measure": wanted.measure,
                "gained_60": publishable_count(one.gained, wanted.rounded_to),
                "within_60": publishable_count(one.within, wanted.rounded_to),
                "served_60": publishable_count(one.served, wanted.rounded_to),
                "is_synthetic": found.has_synthetic,
            }  # fmt: skip
            rows.append((said, _point(one.candidate.lon, one.candidate.lat)))
    return layer_of(
        "sites", f"{kind_name(asked.question.kind)}推荐选址", rows, fields=(*CHOSEN, *CANDIDATE),
        unit=PEOPLE, on=wanted.on, source=sources_in_words(found.sources),
        method=method(found)[0] + status(found.best, found.asked)[0],
        has_synthetic=found.has_synthetic, computed_at=found.computed_at,
    )  # fmt: skip


def scenario_layer(session: Reader, wanted: Wanted) -> Layer:
    """A stored scenario beside the day it begins with, area by area."""
    kept = scenario(session, wanted.scenario)
    walks = wanted.measure == "walk"
    costs = walk_costs(session, network=wanted.network) if walks else None
    found = compare(session, kept, radius_m=wanted.radius_m, areas=wanted.areas, costs=costs,
                    measure=wanted.measure)  # fmt: skip
    shapes = area_shapes(session, city=kept.city_code, areas=wanted.areas, on=kept.on_date)
    today = found.today.coverage
    rows = []
    for row in (*found.rows, found.total):
        first = publishable_area(row.today, wanted.rounded_to)
        then = publishable_area(row.planned, wanted.rounded_to)
        said: dict[str, Value] = {
            "scenario": kept.id, "scenario_name": kept.name, "kind": kept.kind,
            "radius_m": wanted.radius_m, "area_code": first.area_code,
            "area_name": first.area_name, "people_60": first.people_60,
            "covered_today_60": first.covered_60, "share_today_60": first.share_60,
            "covered_planned_60": then.covered_60, "share_planned_60": then.share_60,
            "gained_60": _more(first.covered_60, then.covered_60),
            "gained_65": _more(first.covered_65, then.covered_65),
            "gained_80": _more(first.covered_80, then.covered_80),
        }  # fmt: skip
        rows.append((said, shapes.get(first.area_code)))
    return layer_of(
        "scenario", f"方案「{kept.name}」与现状对照", rows, fields=DIFFERENCE, unit=PEOPLE,
        on=kept.on_date, source=sources_in_words(today.sources), method=today.method,
        has_synthetic=found.has_synthetic, computed_at=today.computed_at,
    )  # fmt: skip


def _more(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before


def _candidate(one: Candidate) -> dict[str, Value]:
    return {
        "code": one.code, "name": one.name, "candidate_kind": one.candidate_kind,
        "floor": one.floor, "land_use": one.land_use, "area_m2": one.area_m2,
        "use_right": one.use_right, "build_cost_cny": one.build_cost_cny,
        "capacity": one.capacity, "is_usable": not one.reasons,
        "reasons": "；".join(reason.zh for reason in one.reasons),
        "untold": "；".join(one.unknown), "source": _source(one.source, one.source_date),
        "is_synthetic": one.is_synthetic,
    }  # fmt: skip


def _source(name: str | None, day: object) -> str:
    return f"{name or '未知'}（{day or '日期未知'}）"


def _point(lon: float | None, lat: float | None) -> shapely.Point | None:
    return None if lon is None or lat is None else shapely.Point(lon, lat)
