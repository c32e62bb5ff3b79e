"""What exactly is asked about where to build?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.access.radius.question import Question, ask
from geo.errors import BadInput, both
from geo.models.kinds import KINDS
from geo.queries.filters import kind_code

GOALS = {
    "cover_most": "以给定处数覆盖最多老人（MCLP）",
    "cover_all": "以最少处数覆盖全部老人（LSCP）",
    "minimise_distance": "使老人到最近设施的总距离最小（p-中位）",
    "minimise_worst": "使最远一位老人的距离最小（p-中心）",
}
GOALS_EN = {
    "cover_most": "cover most elders with so many sites (MCLP)",
    "cover_all": "cover all elders with the fewest sites (LSCP)",
    "minimise_distance": "make the sum of distances to the nearest site least (p-median)",
    "minimise_worst": "make the longest distance least (p-center)",
}
AGES = {"60": 0, "65": 1, "80": 2}
"""Age → column of `Ground.people`."""
MOST_PLANS = 10
MOST_SITES = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be built. Build it with `asks`, which checks every part.

    sites: how many new ones (None only for cover_all). close: codes of open facilities that are
    taken out. use_capacity: sites have room for so many only; an elder takes up `units_per_elder`
    of it; `capacity_each` and `cost_each` stand in for what a site does not tell. plans: how many
    next-best ones. thin: too many candidates are thinned out, not refused. leave_unreachable:
    cover_all leaves out whom no site can reach, and counts them.
    """

    question: Question
    goal: str = "cover_most"
    sites: int | None = None
    age: str = "60"
    close: tuple[str, ...] = ()
    use_capacity: bool = False
    capacity_each: float | None = None
    units_per_elder: float = 1.0
    cost_each: float | None = None
    budget_cny: float | None = None
    time_limit_s: float = 20.0
    plans: int = 0
    thin: bool = False
    leave_unreachable: bool = False
    measure: str = "line"

    @property
    def covers(self) -> bool:
        """Is it a question of who is within the radius, and not of distances?"""
        return self.goal.startswith("cover")


def asks(
    *,
    city: str,
    kind: str,
    on: date,
    goal: str = "cover_most",
    sites: int | None = None,
    radius_m: float = 500.0,
    areas: str = "district",
    basis: str = "resident",
    base_year: int | None = None,
    projection: str = "none",
    **rest: Any,
) -> Asked:
    """Check the parts of a question about where to build; the rest are those of `Asked`.

    Raises BadInput that names the part at fault.
    """
    question = ask(
        city=city, areas=areas, kind=_one_kind(kind), radius_m=radius_m, on=on, basis=basis,
        base_year=base_year, projection=projection,
    )  # fmt: skip
    asked = Asked(question, goal, sites, **rest)
    _one_of(asked.goal, GOALS, "goal")
    _one_of(asked.age, AGES, "age")
    if asked.sites is None and goal != "cover_all":
        raise BadInput(
            both("须给出新建处数 sites。", "say how many to build: sites"), parameter="sites"
        )
    if asked.sites is not None and goal == "cover_all":
        raise BadInput(
            both(
                "cover_all 自己求处数，不给 sites。", "cover_all finds the number itself: no sites"
            ),
            parameter="sites",
        )
    _in_range("sites", asked.sites, 1, MOST_SITES)
    _in_range("plans", asked.plans, 0, MOST_PLANS)
    _in_range("units_per_elder", asked.units_per_elder, 1e-6, 1e6)
    _in_range("time_limit_s", asked.time_limit_s, 0.1, 3600)
    for name in ("capacity_each", "cost_each", "budget_cny"):
        _in_range(name, getattr(asked, name), 0, 1e13)
    return asked


def _one_kind(said: str) -> str:
    """One kind, not a group: what is built is one thing. Raises BadInput."""
    kind = kind_code(said)
    if kind not in KINDS:
        raise BadInput(
            both(
                f"「{said[:40]}」是一大类，请指明要建哪一种。",
                f"{said[:40]!r} is a group: say which kind is to be built",
            ),
            parameter="kind",
        )
    return kind


def _one_of(value: str, known: Any, parameter: str) -> None:
    if value not in known:
        listed = ", ".join(known)
        raise BadInput(
            both(f"{parameter} 只能是：{listed}。", f"{parameter} is one of {listed}"),
            parameter=parameter,
        )


def _in_range(name: str, value: float | None, least: float, most: float) -> None:
    if value is not None and not least <= value <= most:
        raise BadInput(
            both(
                f"{name} 应在 {least:g} 到 {most:g} 之间，得到 {value:g}。",
                f"{name} must lie in {least:g} … {most:g}; it is {value:g}",
            ),
            parameter=name,
        )
