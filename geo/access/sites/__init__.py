"""Where should the next ones of a kind be built, on stored people, facilities and candidates?

`best_sites` is the door to the database; `geo.access.siting` solves, `plan_on` needs arrays only.
"""

from __future__ import annotations

from collections.abc import Sequence

from geo.access.candidates import Limits
from geo.access.sites.answer import BestSites, Chosen, Plan, plan_on
from geo.access.sites.costs import CostsOf, line_costs
from geo.access.sites.question import GOALS, Asked, asks
from geo.access.sites.stock import Stock, read_stock
from geo.access.sites.words import method, status
from geo.access.sites.years import PhasedPlan, PhasedYear, Year, best_years
from geo.queries.admin import Reader

__all__ = [
    "GOALS",
    "Asked",
    "BestSites",
    "Chosen",
    "CostsOf",
    "Limits",
    "PhasedPlan",
    "PhasedYear",
    "Plan",
    "Stock",
    "Year",
    "asks",
    "best_sites",
    "best_years",
    "line_costs",
    "method",
    "plan_on",
    "read_stock",
    "status",
]


def best_sites(
    session: Reader,
    asked: Asked,
    *,
    limits: Limits | None = None,
    codes: Sequence[str] | None = None,
    costs: CostsOf = line_costs,
) -> BestSites:
    """The best places for new ones of a kind among the loaded candidates, and what is proven.

    `asks(city=…, kind=…, on=…, goal=…, sites=…)` makes the question. limits: what excludes a
    candidate; codes: only these candidates; costs: how far it is (`Asked.measure` names it). What
    stands and is open counts and stays. Raises NotFound for an unknown city, without people,
    candidates or records on that day, BadInput where there are too many candidates, or capacities
    or costs are not known.
    """
    return plan_on(read_stock(session, asked, limits=limits, codes=codes), costs)
