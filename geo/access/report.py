"""How is everything that a layout plan says asked of the database, once for all formats?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from geo.access.estates import estates_checked
from geo.access.explain import deliveries_behind
from geo.access.figures import Answer, Asked, stock
from geo.access.figures.judged import beds_answer, estate_answer, must_have_answer
from geo.access.figures.reached import (
    Basis,
    basis_of,
    coverage_answer,
    gap_lines,
    gaps_for,
    people_answer,
)
from geo.access.figures.stock import ELDER_KINDS, facilities_listed
from geo.access.indicators import catalogue
from geo.access.radius.seen import as_seen
from geo.access.report_data import ReportData
from geo.access.report_ground import (
    forecasts,
    part_of,
    places_of,
    radii_of,
    streets_of,
)
from geo.access.report_parts import (
    OnFoot,
    ScenarioStudy,
    SiteStudy,
    chosen_scenarios,
    scenario_studies,
    site_studies,
    walked,
    watched,
)
from geo.access.standards import missing, rules_for
from geo.errors import BadInput, NotFound, both
from geo.models.kinds import KINDS
from geo.progress import Progress, silent
from geo.queries.admin import Reader, unit
from geo.queries.filters import check_radius, kind_code

GAP_KINDS = ("canteen", "care_complex", "day_care")
"""Kinds whose gaps are drawn and listed, where the city has any of them."""

SITES = 5
"""New sites that a report recommends, unless told otherwise."""
MOST_SITES = 50

DELIVERED = ("admin_unit", "planning_zone", "demand_cell", "facility", "standard_rule",
             "candidate_site", "road_edge")  # fmt: skip
STEPS = 7


@dataclass(frozen=True, slots=True)
class Planned:
    """What a planner wants besides the state of things.

    site_kinds: of which kinds `sites` new ones are recommended; None: those of the scenarios, else
    the first of GAP_KINDS that the city has. scenarios: by name or number; None: all of the city.
    walk: coverage on foot beside the straight line, along `network` (None: the only one there).
    """

    site_kinds: Sequence[str] | None = None
    sites: int = SITES
    scenarios: Sequence[str] | None = None
    walk: bool = True
    network: str | None = None


def gather(
    session: Reader,
    *,
    city: str,
    on: date,
    radius_m: float | None = None,
    published_only: bool = False,
    rounded_to: float = 0.0,
    approval_number: str = "",
    planned: Planned | None = None,
    progress: Progress = silent,
) -> ReportData:
    """Ask everything that the report of a city (code of a city or district) needs.

    radius_m: one radius in metres for all kinds; None: each kind that of its walking circle.
    published_only, rounded_to: rest on published rows only and round counts of people, for a report
    that leaves the house; it has neither sites nor scenarios, which are no published rows. Raises
    NotFound for an unknown city, one without people, or an unknown scenario, BadInput for a radius,
    a kind or a number of sites that cannot be.
    """
    wanted = planned or Planned()
    if radius_m is not None:
        check_radius(radius_m)
    if published_only and not rounded_to:
        raise BadInput(both("公开报告须取整人数。", "a public report rounds its counts"))
    place = unit(session, city, on)
    asked = Asked("people", place.code, on, published_only=published_only, rounded_to=rounded_to)
    with as_seen(session, published_only=published_only):
        street = streets_of(session, asked)
        rules = rules_for(session, *_subjects(), place=place.code, on=on, today=on)
    radii, reason = radii_of(rules, radius_m)
    listed = facilities_listed(
        session, city=place.code, on=on, areas="district", published_only=published_only
    )
    kinds = [kind for kind in ELDER_KINDS if any(kind in one.kinds for one in listed)]
    own = {kind: radii[kind] for kind in kinds}
    progress(0, STEPS, "读取 reading")
    bases = _bases(session, asked, street, radii)
    progress(2, STEPS, "覆盖 coverage")
    gaps = {}
    for kind in [kind for kind in GAP_KINDS if kind in kinds]:
        question = part_of(asked, topic="gap", areas=street, kind=kind, radius_m=radii[kind])
        gaps[kind] = question, gaps_for(session, question, bases[street])
    progress(3, STEPS, "步行 walking")
    on_foot = OnFoot(None, {}, "本次未要求步行口径。")
    if wanted.walk:
        on_foot = walked(session, part_of(asked, network=wanted.network), own, [*bases])
    progress(4, STEPS, "选址与方案 sites and scenarios")
    studies = _plans(session, asked, radii, kinds, street, wanted)
    progress(6, STEPS, "标准与清单 standards and lists")
    return ReportData(
        city=place, on=on, street=street, radii_m=own, radius_reason=reason,
        published_only=published_only, rounded_to=rounded_to,
        approval_number=approval_number.strip(),
        districts=places_of(bases["district"], None), streets=places_of(bases[street], street),
        coverage=_coverage(session, asked, bases, own),
        gaps={kind: found for kind, (_, found) in gaps.items()},
        gap_answers={kind: gap_lines(question, found) for kind, (question, found) in gaps.items()},
        facilities=listed, demand=forecasts(session, asked), targets=rules, on_foot=on_foot,
        sites=studies[0], scenarios=studies[1], watched=watched(session, asked),
        deliveries=() if published_only else deliveries_behind(session, DELIVERED),
        made_at=datetime.now(UTC),
        **_stock(session, asked, bases), **_standards(session, asked, street),
    )  # fmt: skip


def _subjects() -> tuple[str, ...]:
    """The subjects of rules that set radii and targets."""
    targets = (one.threshold_subject for one in catalogue().values())
    return tuple(sorted({"life_circle", *(one for one in targets if one is not None)}))


def _bases(
    session: Reader, asked: Asked, street: str, radii: Mapping[str, float]
) -> dict[str, Basis]:
    """The ground of districts and streets. Raises NotFound where nothing is on record."""
    longest_m = max(radii.values())
    bases = {
        areas: basis_of(session, part_of(asked, areas=areas), ELDER_KINDS, longest_m)
        for areas in dict.fromkeys(("district", street))
    }
    if bases["district"].ground is None:
        raise NotFound(
            both(
                f"{asked.on} 尚无人口或设施记录，不能编制报告。",
                f"nothing is on record for {asked.on}",
            )
        )
    return bases


def _coverage(
    session: Reader, asked: Asked, bases: Mapping[str, Basis], radii: Mapping[str, float]
) -> dict[tuple[str, str], Answer]:
    return {
        (areas, kind): coverage_answer(
            session, part_of(asked, topic="coverage", areas=areas, kind=kind, radius_m=radius_m),
            basis,
        )
        for areas, basis in bases.items()
        for kind, radius_m in radii.items()
    }  # fmt: skip


def _plans(
    session: Reader, asked: Asked, radii: Mapping[str, float], kinds: Sequence[str], street: str,
    wanted: Planned,
) -> tuple[tuple[SiteStudy, ...], tuple[ScenarioStudy, ...]]:  # fmt: skip
    """Sites and scenarios; none for the public."""
    if asked.published_only:
        return (), ()
    if not 1 <= wanted.sites <= MOST_SITES:
        raise BadInput(
            both(f"新建处数为 1 到 {MOST_SITES}。", f"1 to {MOST_SITES} sites"), parameter="sites"
        )
    kept = chosen_scenarios(session, asked.city, wanted.scenarios)
    named = wanted.site_kinds
    if named is None:
        named = [one.kind for one in kept] or [kind for kind in GAP_KINDS if kind in kinds][:1]
    chosen = list(dict.fromkeys(_kind(one) for one in named))
    every = dict.fromkeys((*chosen, *(one.kind for one in kept)), max(radii.values())) | dict(radii)
    return (
        site_studies(session, part_of(asked, areas=street), every, chosen, wanted.sites),
        scenario_studies(session, asked, every, kept, ("district", street)),
    )


def _kind(said: str) -> str:
    kind = kind_code(said)
    if kind not in KINDS:
        raise BadInput(
            both(f"「{said[:40]}」是一大类，请指明一种设施。", f"{said[:40]!r} is a group"),
            parameter="site_kind",
        )
    return kind


def _stock(session: Reader, asked: Asked, bases: Mapping[str, Basis]) -> dict[str, Any]:
    """People, facilities, beds and measures."""
    street = list(bases)[-1]
    by_street = facilities_listed(
        session, city=asked.city, on=asked.on, areas=street, published_only=asked.published_only
    )
    return {
        "people": {
            a: people_answer(session, part_of(asked, areas=a), b) for a, b in bases.items()
        },
        "stock": stock.stock_answer(session, part_of(asked, topic="stock")),
        "stock_by_street": stock.sites_answer(
            session, part_of(asked, topic="sites", areas=street)
        ),
        "beds": {
            areas: beds_answer(session, part_of(asked, topic="beds", areas=areas), basis)
            for areas, basis in bases.items()
        },
        "measures": stock.measures_answer(session, part_of(asked, topic="measures")),
        "facilities_by_street": {one.code: one.area_code for one in by_street},
    }  # fmt: skip


def _standards(session: Reader, asked: Asked, street: str) -> dict[str, Any]:
    """What units must have, and what estates provide; the latter not for the public."""
    units = "township" if street == "district" else street  # judged by what facilities state
    with as_seen(session, published_only=asked.published_only):
        lacks = missing(session, city=asked.city, areas=units, on=asked.on)
    is_public = asked.published_only
    estates = None if is_public else estates_checked(session, city=asked.city, on=asked.on)
    return {
        "must_have": must_have_answer(session, part_of(asked, topic="must_have", areas=units)),
        "missing": lacks,
        "estates": estates,
        "estate_answer": None
        if estates is None
        else estate_answer(session, part_of(asked, topic="estates")),
    }
