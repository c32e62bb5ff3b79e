"""What is a plan of where to build, and what is told beside it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from geo.access.candidates import Candidate, Candidates
from geo.access.radius.answer import AreaCoverage
from geo.access.radius.ground import Source
from geo.access.sites.question import Asked
from geo.access.siting import Siting


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate that a plan opens; `order` 1 adds most, 2 most after it, and so on.

    gained: elders within the radius whom neither what stands nor those before reach. within: all
    elders within the radius. served: elders who go to it (the nearest; by capacity: given to it).
    """

    order: int
    candidate: Candidate
    gained: float
    within: float
    served: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan: what it opens, what is proven of it, what it loses against the best.

    covered: elders within reach (by capacity: those given a place). mean_m: mean distance to the
    nearest site, worst_m the largest; both for goals of distance only. loss: in the unit of the
    goal; loss_share None where it is not defined.
    """

    rank: int
    chosen: tuple[Chosen, ...]
    siting: Siting
    loss: float
    loss_share: float | None
    covered: float
    mean_m: float | None
    worst_m: float | None
    cost_cny: float | None


@dataclass(frozen=True, slots=True)
class BestSites:
    """The plans, best first, and before and after the best one, area by area.

    uncovered: elders (and cells with elders) who stay out of reach; unreachable: those among them
    whom no usable site could reach. mean_before_m: as `Plan.mean_m`, today.
    """

    asked: Asked
    plans: tuple[Plan, ...]
    before: tuple[AreaCoverage, ...]
    after: tuple[AreaCoverage, ...]
    total_before: AreaCoverage
    total_after: AreaCoverage
    people: float
    covered_before: float
    uncovered: float
    uncovered_cells: int
    unreachable: float
    unreachable_cells: int
    mean_before_m: float | None
    standing: int
    candidates: Candidates
    thinning: tuple[str, str] | None
    sources: tuple[Source, ...]
    computed_at: datetime

    @property
    def best(self) -> Plan:
        """The best plan; it opens nothing where none is possible."""
        return self.plans[0]

    @property
    def has_synthetic(self) -> bool:
        """Some of the people, facilities or candidates are made up."""
        return any(one.is_synthetic for one in self.sources)
