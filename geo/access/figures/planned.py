"""How are recommended sites and scenarios answered for a report? For staff only, never public.

Candidates and scenarios are no published rows, so a public question about them is refused.
"""

from __future__ import annotations

from dataclasses import replace

from geo.access.comparison import AreaDifference, Comparison, compare
from geo.access.figures import stock
from geo.access.figures.asked import Answer, Asked, Line
from geo.access.figures.reached import origins_of
from geo.access.radius.stored import INPUTS
from geo.access.scenario import scenario
from geo.access.sites import BestSites, asks, best_sites, method, status
from geo.errors import NotAllowed, both
from geo.queries.admin import Reader

SITE_TABLES = (*INPUTS, "candidate_site")
SCENARIO_TABLES = (*INPUTS, "scenario_change")
TIME_LIMIT_S = 20.0


def siting_answer(session: Reader, asked: Asked) -> Answer:
    """The best sites for new ones of a kind; the key is the candidate, "" the plan as a whole."""
    stamp = stock.stamp_of(session, SITE_TABLES)
    return siting_lines(asked, siting_for(session, asked), stamp)


def siting_for(session: Reader, asked: Asked) -> BestSites:
    """The plan itself: `asked.sites` new ones that cover most people, among usable candidates.

    Raises NotAllowed for the public, NotFound without people or candidates.
    """
    _refuse_public(asked)
    question = asks(
        city=asked.city, kind=asked.kind, on=asked.on, goal="cover_most", sites=asked.sites,
        radius_m=asked.radius_m, areas=asked.areas, basis=asked.basis, base_year=asked.base_year,
        projection=asked.projection, thin=True, time_limit_s=TIME_LIMIT_S,
    )  # fmt: skip
    return best_sites(session, question)


def siting_lines(asked: Asked, found: BestSites, stamp: int) -> Answer:
    """A plan as an answer."""
    best, made_up = found.best, found.has_synthetic
    lines = [
        Line(
            one.candidate.code, one.candidate.name,
            {
                "order": one.order, "gained": one.gained, "within": one.within,
                "served": one.served, "area_m2": one.candidate.area_m2,
            },
            made_up, one.candidate.source or "",
        )
        for one in best.chosen
    ]  # fmt: skip
    is_possible = best.siting.status != "infeasible"
    whole = {
        "sites": len(best.chosen), "people": found.people, "covered_before": found.covered_before,
        "covered": best.covered, "gained": best.covered - found.covered_before,
        "uncovered": found.uncovered, "unreachable": found.unreachable,
        "bound": best.siting.bound if is_possible else None,
        "gap": best.siting.gap if is_possible else None,
        "usable": len(found.candidates.usable), "excluded": len(found.candidates.excluded),
    }  # fmt: skip
    lines.append(Line("", "合计", whole, made_up))
    asked = replace(asked, base_year=found.asked.question.base_year)
    said = method(found)[0] + status(best, found.asked)[0]
    return Answer(asked, tuple(lines), said, origins_of(found.sources), SITE_TABLES, stamp)


def scenario_answer(session: Reader, asked: Asked) -> Answer:
    """A stored scenario beside the day it begins with, area by area, total last (key "")."""
    stamp = stock.stamp_of(session, SCENARIO_TABLES)
    return scenario_lines(asked, compared_for(session, asked), stamp)


def compared_for(session: Reader, asked: Asked) -> Comparison:
    """The comparison itself. Raises NotAllowed for the public, NotFound for a scenario that is gone
    or rests on a facility that is."""
    _refuse_public(asked)
    kept = scenario(session, asked.scenario)
    return compare(
        session, kept, radius_m=asked.radius_m, areas=asked.areas, basis=asked.basis,
        base_year=asked.base_year, projection=asked.projection,
    )  # fmt: skip


def scenario_lines(asked: Asked, found: Comparison, stamp: int) -> Answer:
    """A comparison as an answer."""
    today = found.today.coverage
    lines = [
        Line(row.today.area_code, row.today.area_name, _difference(row), found.has_synthetic)
        for row in found.rows
    ]
    whole = _difference(found.total) | {
        "facilities_today": today.facilities,
        "facilities_planned": found.planned.coverage.facilities,
        "mean_today_m": found.today.mean_m, "mean_planned_m": found.planned.mean_m,
    }  # fmt: skip
    lines.append(Line("", "合计", whole, found.has_synthetic))
    said = (
        f"方案「{found.scenario.name}」自 {found.scenario.on_date} 的现状起，增减设施后以同一规则、"
        f"同一次读取的数据再算一遍，两次之差为方案的效果。{today.method}"
    )
    asked = replace(asked, base_year=today.question.base_year)
    return Answer(asked, tuple(lines), said, origins_of(today.sources), SCENARIO_TABLES, stamp)


def _difference(row: AreaDifference) -> dict[str, float | None]:
    return {
        "people_60": row.today.people_60, "covered_today": row.today.covered_60,
        "share_today": row.today.share_60, "covered_planned": row.planned.covered_60,
        "share_planned": row.planned.share_60, "gained_60": row.gained_60,
        "gained_80": row.gained_80,
    }  # fmt: skip


def _refuse_public(asked: Asked) -> None:
    if asked.published_only:
        raise NotAllowed(
            both("选址与方案仅供内部使用。", "sites and scenarios are for staff, not the public")
        )
