"""What does a layout plan for a city's elder-care facilities say? One structure for every format.

All numbers come as answers to questions (`geo.access.figures`), so that each can be asked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import text

from geo.access.estates import EstateReport, estates_checked
from geo.access.explain import Delivered, deliveries_behind
from geo.access.figures import TOPICS, Answer, Asked, Figure, Line, Origin, figure, stock
from geo.access.figures.stock import ELDER_KINDS, Listed, facilities_listed
from geo.access.figures.topics import (
    Basis,
    basis_of,
    beds_answer,
    coverage_answer,
    estate_answer,
    gap_lines,
    gaps_for,
    must_have_answer,
    people_answer,
)
from geo.access.radius.gap import Gaps
from geo.access.radius.seen import as_seen
from geo.access.standards import Missing, WrittenRule, missing, rules_for
from geo.errors import BadInput, NotFound, both
from geo.progress import Progress, silent
from geo.queries.admin import BELOW, Reader, Unit, unit
from geo.queries.filters import check_radius

HORIZONS = (2030, 2035)
"""The years that the national guide of 2025 plans for."""

CIRCLES = {"day_care": "circle-5-min"}
"""Which walking circle a kind belongs to; all others to the 15-minute one."""
WIDEST = "circle-15-min"

GAP_KINDS = ("canteen", "care_complex", "day_care")
"""Kinds whose gaps are drawn and listed, where the city has any of them."""

TARGETS = (
    "beds_per_1000_elders", "nursing_bed_share", "area_centre_share", "estate_pass_rate",
    "life_circle",
)  # fmt: skip

_BELOW_DISTRICT = text(
    f"""WITH RECURSIVE {BELOW} SELECT
    EXISTS (SELECT FROM below b JOIN admin_unit u ON u.code = b.code AND u.level = 4
        AND u.validity @> CAST(:on AS date) AND u.geom IS NOT NULL) AS townships,
    EXISTS (SELECT FROM below b JOIN planning_zone z ON z.parent_code = b.code
        AND z.validity @> CAST(:on AS date)) AS zones"""
)
_COUNTS = text(
    f"""WITH RECURSIVE {BELOW} SELECT DISTINCT c.base_year, c.projection FROM demand_cell c
    WHERE c.basis = :basis AND c.base_year = ANY(CAST(:years AS smallint[]))
      AND (c.admin_code IN (SELECT code FROM below) OR ST_Intersects(c.geom, (
        SELECT u.geom FROM admin_unit u WHERE u.code = :code AND u.validity @> CAST(:on AS date))))
    ORDER BY c.base_year, c.projection"""
)


@dataclass(frozen=True, slots=True)
class Place:
    """An area as it is drawn; shape None where no territory is known. parent: code above it."""

    code: str
    name: str
    parent: str | None
    shape: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class ReportData:
    """All that a report says. `street`: township where these have territories, else zone, district.

    coverage: by (areas, kind). gaps with shapes by kind. demand: by (year, projection), empty
    where no forecast is stored. estates None and facilities without projects: not for the public.
    sites, scenarios: what the planner's own tools found, None where nothing was handed in.
    """

    city: Unit
    on: date
    street: str
    radii_m: Mapping[str, float]
    radius_reason: str
    published_only: bool
    rounded_to: float
    approval_number: str
    districts: tuple[Place, ...]
    streets: tuple[Place, ...]
    people: Mapping[str, Answer]
    stock: Answer
    stock_by_street: Answer
    beds: Mapping[str, Answer]
    coverage: Mapping[tuple[str, str], Answer]
    gaps: Mapping[str, Gaps]
    gap_answers: Mapping[str, Answer]
    must_have: Answer
    missing: Missing
    estates: EstateReport | None
    estate_answer: Answer | None
    measures: Answer
    facilities: tuple[Listed, ...]
    facilities_by_street: Mapping[str, str]
    demand: Mapping[tuple[int, str], Answer]
    targets: tuple[WrittenRule, ...]
    deliveries: tuple[Delivered, ...]
    sites: Any | None
    scenarios: Any | None
    made_at: datetime

    def answers(self) -> Iterator[Answer]:
        """Every answer, in the order of the report."""
        yield from self.people.values()
        yield self.stock
        yield self.stock_by_street
        yield from self.beds.values()
        yield from self.coverage.values()
        yield from self.gap_answers.values()
        yield self.must_have
        if self.estate_answer is not None:
            yield self.estate_answer
        yield self.measures
        yield from self.demand.values()

    def figures(self) -> tuple[Figure, ...]:
        """Every figure, each once."""
        made = {one.digest: one for answer in self.answers() for one in figures_of(answer)}
        return tuple(made.values())

    @property
    def has_synthetic(self) -> bool:
        """Some number rests on made-up rows."""
        return any(answer.has_synthetic for answer in self.answers())

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Where the rows behind the numbers come from, each source once."""
        most: dict[tuple[Any, ...], Origin] = {}
        for answer in self.answers():
            for one in answer.origins:
                key = (one.what, one.source, one.source_date, one.is_synthetic)
                if key not in most or most[key].rows < one.rows:
                    most[key] = one
        return tuple(most.values())


def figures_of(made: Answer) -> Iterator[Figure]:
    """The figures that an answer gives, one a line."""
    for line in made.lines:
        yield figure_of(made, line)


def figure_of(made: Answer, line: Line) -> Figure:
    """The figure of one line, under the letter of its topic."""
    return figure(made, line, TOPICS[made.asked.topic].letter)


def gather(
    session: Reader,
    *,
    city: str,
    on: date,
    radius_m: float | None = None,
    published_only: bool = False,
    rounded_to: float = 0.0,
    approval_number: str = "",
    sites: Any | None = None,
    scenarios: Any | None = None,
    progress: Progress = silent,
) -> ReportData:
    """Ask everything that the report of a city (code of a city or district) needs.

    radius_m: one radius in metres, straight line, for all kinds; None: each kind that of its
    walking circle. published_only, rounded_to: rest on published rows only and round counts of
    people, for a report that leaves the house. Raises NotFound for an unknown city or one without
    people, BadInput for a radius that cannot be.
    """
    if radius_m is not None:
        check_radius(radius_m)
    if published_only and not rounded_to:
        raise BadInput(both("公开报告须取整人数。", "a public report rounds its counts"))
    place = unit(session, city, on)
    asked = Asked("people", place.code, on, published_only=published_only, rounded_to=rounded_to)
    with as_seen(session, published_only=published_only):
        street = _streets(session, asked)
        rules = rules_for(session, *TARGETS, place=place.code, on=on, today=on)
    radii, reason = _radii(rules, radius_m)
    listed = facilities_listed(
        session, city=place.code, on=on, areas="district", published_only=published_only
    )
    kinds = [kind for kind in ELDER_KINDS if any(kind in one.kinds for one in listed)]
    bases = {}
    for number, areas in enumerate(("district", street)):
        progress(number, 6, "读取 reading")
        bases[areas] = basis_of(
            session, _with(asked, areas=areas), ELDER_KINDS, max(radii.values())
        )
    if bases["district"].ground is None:
        raise NotFound(
            both(f"{on} 尚无人口或设施记录,不能编制报告。", f"nothing is on record for {on}")
        )
    progress(2, 6, "覆盖 coverage")
    covered = {
        (areas, kind): coverage_answer(
            session, _with(asked, topic="coverage", areas=areas, kind=kind, radius_m=radii[kind]),
            basis,
        )
        for areas, basis in bases.items()
        for kind in kinds
    }  # fmt: skip
    progress(3, 6, "缺口 gaps")
    gaps = {}
    for kind in [kind for kind in GAP_KINDS if kind in kinds]:
        question = _with(asked, topic="gap", areas=street, kind=kind, radius_m=radii[kind])
        gaps[kind] = question, gaps_for(session, question, bases[street])
    progress(4, 6, "标准 standards")
    units = "township" if street == "district" else street  # judged by what facilities state
    judged = _with(asked, topic="must_have", areas=units)
    with as_seen(session, published_only=published_only):
        lacks = missing(session, city=place.code, areas=units, on=on)
    estates = None if published_only else estates_checked(session, city=place.code, on=on)
    by_street = facilities_listed(
        session, city=place.code, on=on, areas=street, published_only=published_only
    )
    progress(5, 6, "清单 lists")
    return ReportData(
        city=place, on=on, street=street, radii_m={kind: radii[kind] for kind in kinds},
        radius_reason=reason, published_only=published_only, rounded_to=rounded_to,
        approval_number=approval_number.strip(),
        districts=_places(bases["district"], None), streets=_places(bases[street], street),
        people={a: people_answer(session, _with(asked, areas=a), b) for a, b in bases.items()},
        stock=stock.stock_answer(session, _with(asked, topic="stock")),
        stock_by_street=stock.sites_answer(session, _with(asked, topic="sites", areas=street)),
        beds={
            areas: beds_answer(session, _with(asked, topic="beds", areas=areas), basis)
            for areas, basis in bases.items()
        },
        coverage=covered,
        gaps={kind: found for kind, (_, found) in gaps.items()},
        gap_answers={kind: gap_lines(question, found) for kind, (question, found) in gaps.items()},
        must_have=must_have_answer(session, judged), missing=lacks, estates=estates,
        estate_answer=None if estates is None
        else estate_answer(session, _with(asked, topic="estates")),
        measures=stock.measures_answer(session, _with(asked, topic="measures")),
        facilities=listed, facilities_by_street={one.code: one.area_code for one in by_street},
        demand=_demand(session, asked), targets=rules,
        deliveries=deliveries_behind(session, ("admin_unit", "planning_zone", "demand_cell",
                                               "facility", "standard_rule")),
        sites=sites, scenarios=scenarios, made_at=datetime.now(UTC),
    )  # fmt: skip


def _with(asked: Asked, **parts: Any) -> Asked:
    """A question with some parts changed."""
    return Asked(**(asked.to_dict() | {"on": asked.on} | parts))


def _streets(session: Reader, asked: Asked) -> str:
    """The areas that stand for streets: whose territory is known; else the districts."""
    found = session.execute(_BELOW_DISTRICT, {"code": asked.city, "on": asked.on}).one()
    return "township" if found.townships else "zone" if found.zones else "district"


def _radii(rules: tuple[WrittenRule, ...], radius_m: float | None) -> tuple[dict[str, float], str]:
    """The radius of each kind, and where it comes from."""
    if radius_m is not None:
        return dict.fromkeys(ELDER_KINDS, float(radius_m)), "由编制人统一指定"
    circles = {rule.code: rule for rule in rules if rule.subject == "life_circle"}
    used = {kind: CIRCLES.get(kind, WIDEST) for kind in ELDER_KINDS}
    lacking = sorted({code for code in used.values() if code not in circles})
    if lacking:
        raise BadInput(
            both(
                f"没有生活圈规则 {'、'.join(lacking)},请用 --radius 指定半径。",
                f"no rule {', '.join(lacking)} is stored; give --radius",
            ),
            parameter="radius",
        )
    cited = ";".join(dict.fromkeys(circles[code].cited() for code in used.values()))
    return {kind: circles[code].value for kind, code in used.items()}, cited


def _places(basis: Basis, areas: str | None) -> tuple[Place, ...]:
    ground = basis.ground
    if ground is None:
        return ()
    return tuple(
        Place(code, name, code[:6] + "000000" if areas == "township" else None, shape)
        for code, name, shape in zip(
            ground.area_codes, ground.area_names, ground.area_shapes, strict=True
        )
    )


def drawn_places(session: Reader, asked: Asked) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """The districts of a question's city and the areas of the question itself, as drawn."""
    made = {
        areas: _places(basis_of(session, _with(asked, areas=areas), ("canteen",), 1.0), areas)
        for areas in ("district", asked.areas)
    }
    return made["district"], made[asked.areas]


def _demand(session: Reader, asked: Asked) -> dict[tuple[int, str], Answer]:
    """The forecasts of the horizon years that are stored."""
    values = {
        "code": asked.city, "on": asked.on, "basis": asked.basis, "years": list(HORIZONS),
    }  # fmt: skip
    found = session.execute(_COUNTS, values).all()
    return {
        (row.base_year, row.projection): people_answer(
            session, _with(asked, base_year=row.base_year, projection=row.projection),
            basis_of(
                session,
                _with(asked, base_year=row.base_year, projection=row.projection),
                ("canteen",), 1.0,
            ),
        )
        for row in found
    }  # fmt: skip
