"""What does a layout plan for a city's elder-care facilities say? One structure for every format.

All numbers come as answers to questions (`geo.access.figures`), so that each can be asked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from geo.access.estates import EstateReport
from geo.access.explain import Delivered
from geo.access.figures import TOPICS, Answer, Figure, Line, Origin, figure
from geo.access.figures.stock import Listed
from geo.access.radius.gap import Gaps
from geo.access.report_ground import Place
from geo.access.report_parts import OnFoot, ScenarioStudy, SiteStudy, Watched
from geo.access.standards import Missing, WrittenRule
from geo.queries.admin import Unit


@dataclass(frozen=True, slots=True)
class ReportData:
    """All that a report says. `street`: township where these have territories, else zone, district.

    coverage: by (areas, kind). gaps with shapes by kind. demand: by (year, projection), empty
    where no forecast is stored. Not for the public: estates (then None), deliveries, projects.
    on_foot: coverage along the roads beside the straight line. sites, scenarios: what the planner's
    tools find; empty for the public. watched: the catalogue of indicators with values.
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
    on_foot: OnFoot
    sites: tuple[SiteStudy, ...]
    scenarios: tuple[ScenarioStudy, ...]
    watched: tuple[Watched, ...]
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
        yield from self.on_foot.answers.values()
        yield from (study.answer for study in self.sites if study.answer is not None)
        for compared in self.scenarios:
            yield from compared.answers.values()
        yield from (one.answer for one in self.watched)

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
