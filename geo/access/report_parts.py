"""What do walks, best sites, scenarios and indicators add to a report, or why do they not?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geo.access.comparison import Comparison
from geo.access.figures import Answer, Asked, stock
from geo.access.figures.planned import (
    SCENARIO_TABLES,
    SITE_TABLES,
    compared_for,
    scenario_lines,
    siting_for,
    siting_lines,
)
from geo.access.figures.reached import basis_of, walk_answer
from geo.access.figures.watched import indicator_answer
from geo.access.indicators import Indicator, catalogue
from geo.access.report_ground import part_of
from geo.access.scenario import Scenario, scenarios
from geo.access.sites import BestSites
from geo.errors import Ambiguous, GeoError, NotFound, both
from geo.queries.admin import Reader


@dataclass(frozen=True, slots=True)
class SiteStudy:
    """What was found about where to build new ones of a kind; problem: why nothing was."""

    kind: str
    radius_m: float
    sites: int
    found: BestSites | None
    answer: Answer | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ScenarioStudy:
    """A stored scenario beside its day, by sort of area; problem: why it could not be compared."""

    scenario: Scenario
    radius_m: float
    found: Mapping[str, Comparison]
    answers: Mapping[str, Answer]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class OnFoot:
    """Coverage on foot by (areas, kind); network None and a problem where there is none."""

    network: str | None
    answers: Mapping[tuple[str, str], Answer]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """An indicator of the catalogue with its values; its targets are rules of its subject."""

    indicator: Indicator
    answer: Answer


def walked(
    session: Reader, asked: Asked, radii: Mapping[str, float], areas: Sequence[str]
) -> OnFoot:
    """Coverage on foot of every kind, where one road network lies there."""
    if not radii:
        return OnFoot(None, {}, "没有可计算的设施类别。")
    answers: dict[tuple[str, str], Answer] = {}
    network: str | None = None
    for sort in areas:
        on_foot = part_of(asked, areas=sort, measure="walk")
        try:
            basis = basis_of(session, on_foot, list(radii), max(radii.values()))
        except Ambiguous as several:
            return OnFoot(None, {}, str(several).partition("\n")[0] + "请用 --network 指定。")
        except NotFound as unknown:
            return OnFoot(None, {}, str(unknown).partition("\n")[0])
        if basis.network is None:
            return OnFoot(
                None, {}, "没有载入路网，步行覆盖未知；载入路网（atlas load roads）后自动给出。"
            )
        network = basis.network
        for kind, radius_m in radii.items():
            question = part_of(
                on_foot, topic="walk", kind=kind, radius_m=radius_m, network=network
            )  # fmt: skip
            answers[sort, kind] = walk_answer(session, question, basis)
    return OnFoot(network, answers)


def site_studies(
    session: Reader, asked: Asked, radii: Mapping[str, float], kinds: Sequence[str], sites: int
) -> tuple[SiteStudy, ...]:
    """The best sites for each of some kinds; what cannot be computed says why."""
    made = []
    for kind in kinds:
        question = part_of(asked, topic="siting", kind=kind, radius_m=radii[kind], sites=sites)
        stamp = stock.stamp_of(session, SITE_TABLES)
        try:
            found = siting_for(session, question)
        except GeoError as problem:
            told = str(problem).partition("\n")[0]
            made.append(SiteStudy(kind, radii[kind], sites, None, None, told))
            continue
        answer = siting_lines(question, found, stamp)
        made.append(SiteStudy(kind, radii[kind], sites, found, answer))
    return tuple(made)


def chosen_scenarios(
    session: Reader, city: str, names: Sequence[str] | None
) -> tuple[Scenario, ...]:
    """Stored scenarios of a city by name or number; None: all of them, oldest first.

    Raises NotFound for one that is not stored.
    """
    stored = tuple(reversed(scenarios(session, city=city)))
    if names is None:
        return stored
    chosen = []
    for said in names:
        fitting = [one for one in stored if said in (one.name, str(one.id))]
        if not fitting:
            known = "、".join(one.name for one in stored) or "无"
            raise NotFound(
                both(
                    f"本市没有名为「{said[:60]}」的方案；已存：{known}。",
                    f"there is no scenario {said[:60]!r} of this city",
                )
            )
        chosen.append(fitting[0])
    return tuple(dict.fromkeys(chosen))


def scenario_studies(
    session: Reader, asked: Asked, radii: Mapping[str, float], kept: Sequence[Scenario],
    areas: Sequence[str],
) -> tuple[ScenarioStudy, ...]:  # fmt: skip
    """Each scenario beside its day, by each sort of area; what cannot be compared says why."""
    made = []
    for one in kept:
        radius_m = radii.get(one.kind, max(radii.values()))
        found, answers, told = {}, {}, ""
        for sort in dict.fromkeys(areas):
            question = part_of(
                asked, topic="scenario", areas=sort, kind=one.kind, radius_m=radius_m,
                scenario=one.id, on=one.on_date,
            )  # fmt: skip
            stamp = stock.stamp_of(session, SCENARIO_TABLES)
            try:
                found[sort] = compared_for(session, question)
            except GeoError as problem:
                told = str(problem).partition("\n")[0]
                break
            answers[sort] = scenario_lines(question, found[sort], stamp)
        made.append(ScenarioStudy(one, radius_m, found, answers, told))
    return tuple(made)


def watched(session: Reader, asked: Asked) -> tuple[Watched, ...]:
    """Every indicator of the catalogue that may be told, by district where it is so defined."""
    made = []
    for one in catalogue().values():
        if asked.published_only and one.is_internal:
            continue
        sort = "district" if "district" in one.levels else "city"
        question = part_of(asked, topic="indicator", areas=sort, indicator=one.id)
        made.append(Watched(one, indicator_answer(session, question)))
    return tuple(made)
