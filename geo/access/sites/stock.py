"""What is a plan made of: people in cells, sites that stand, candidates that may be used?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import text

from geo.access.candidates import Candidate, Candidates, Limits, candidates
from geo.access.radius.ground import Floats, Ground, Source, read_ground
from geo.access.radius.record import on_record
from geo.access.radius.sites import Site
from geo.access.sites.question import AGES, Asked
from geo.access.sites.thinning import Thinned, thin_out
from geo.errors import BadInput, NotFound, both
from geo.queries.admin import Reader

NEIGHBOURS_M = 5_000.0
"""For questions of distance, facilities up to this far outside the areas count too."""

_FACTS = text(
    """SELECT f.id, CASE WHEN f.kinds && ARRAY['canteen'] THEN f.meals_per_day
        ELSE f.beds_total END AS capacity
    FROM facility f WHERE f.id = ANY(CAST(:ids AS bigint[]))"""
)


@dataclass(frozen=True, slots=True)
class Stock:
    """People in cells (c), columns of sites (s): first those that stand, then the candidates.

    weights (c,): elders of the asked age; demand (c, 2) and positions (s, 2): longitude, latitude;
    capacity (s,) in elders and build_cost (s,) in yuan, None where they are not asked for.
    """

    asked: Asked
    ground: Ground
    standing: tuple[Site, ...]
    options: tuple[Candidate, ...]
    judged: Candidates
    thinned: Thinned | None
    weights: Floats
    demand: Floats
    positions: Floats
    capacity: Floats | None
    build_cost: Floats | None

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where areas, people, facilities and candidates come from, with how many rows each."""
        counts: dict[Source, int] = {}
        for what, rows in (("facilities", self.standing), ("candidates", self.options)):
            for row in rows:
                key = Source(what, row.source, row.source_date, row.is_synthetic, 0)
                counts[key] = counts.get(key, 0) + 1
        found = (replace(key, rows=rows) for key, rows in counts.items())
        return (*self.ground.sources, *found)


def read_stock(
    session: Reader,
    asked: Asked,
    *,
    limits: Limits | None = None,
    codes: Sequence[str] | None = None,
) -> Stock:
    """Read everything that a plan for a question is made of; `codes`: only these candidates.

    Raises NotFound for an unknown city, without people, records on that day or candidates that can
    be used; BadInput where there are too many, or capacities or costs are not known.
    """
    question = on_record(session, asked.question)
    if question is None:
        raise NotFound(
            both(
                f"{asked.question.on} 尚无记录，无法计算。",
                f"nothing is on record on {asked.question.on} yet",
            )
        )
    asked = replace(asked, question=question)
    longest_m = question.radius_m if asked.covers else max(question.radius_m, NEIGHBOURS_M)
    ground = read_ground(session, question, kinds=[question.kind], longest_m=longest_m)
    judged = candidates(
        session, city=question.city, kind=question.kind, on=question.on, limits=limits, codes=codes
    )
    if not judged.usable:
        raise NotFound(
            both(
                "没有可用的候选点，请先导入（atlas load candidates）。" + judged.in_words()[0],
                "no candidate can be used; load some (atlas load candidates). "
                + judged.in_words()[1],
            )
        )
    return _stock(session, asked, ground, judged)


def weights_of(ground: Ground, age: str) -> Floats:
    """Elders of an age in each cell. Raises NotFound where a cell does not tell."""
    weights: Floats = ground.people[:, AGES[age]]
    if len(weights) == 0:
        raise NotFound(both("所选年份没有人口数据。", "there are no people for that year"))
    if np.isnan(weights).any():
        raise NotFound(
            both(
                f"部分格网没有 {age} 岁及以上人数，请改用 60。",
                f"some cells do not tell how many are {age} and over; ask for 60",
            )
        )
    return weights


def _stock(session: Reader, asked: Asked, ground: Ground, judged: Candidates) -> Stock:
    """Put what was read in the order of columns, thinned out where that is asked."""
    weights = weights_of(ground, asked.age)
    demand = np.column_stack([ground.cell_lon, ground.cell_lat])
    strange = sorted(set(asked.close) - {site.code for site in ground.sites})
    if strange:
        raise NotFound(
            both(
                f"没有这些在用设施：{'、'.join(strange[:5])}。",
                f"there are no such open facilities: {', '.join(strange[:5])}",
            )
        )
    standing = tuple(s for s in ground.sites if s.code not in asked.close)
    thinned = thin_out(judged.usable, demand, weights, asked.question.radius_m, is_asked=asked.thin)
    options = judged.usable if thinned is None else thinned.kept
    places = [(one.lon, one.lat) for one in options]
    capacity = build_cost = None
    if asked.use_capacity:
        rows = session.execute(_FACTS, {"ids": [site.id for site in standing]})
        told = {row.id: row.capacity for row in rows}
        known = [told[site.id] for site in standing] + [one.capacity for one in options]
        capacity = _filled(known, asked.capacity_each, "capacity_each") / asked.units_per_elder
    if asked.budget_cny is not None:
        prices = _filled([one.build_cost_cny for one in options], asked.cost_each, "cost_each")
        build_cost = np.concatenate([np.zeros(len(standing)), prices])
    return Stock(
        asked=asked,
        ground=ground,
        standing=standing,
        options=options,
        judged=judged,
        thinned=thinned,
        weights=weights,
        demand=demand,
        positions=np.array([*((s.lon, s.lat) for s in standing), *places], dtype=np.float64),
        capacity=capacity,
        build_cost=build_cost,
    )


def _filled(known: Sequence[float | None], otherwise: float | None, name: str) -> Floats:
    """The numbers, with `otherwise` where one is unknown. BadInput where that is not given."""
    lacking = sum(1 for value in known if value is None)
    if lacking and otherwise is None:
        raise BadInput(
            both(
                f"{lacking} 处没有给出数值，请用 {name} 说明按多少计。",
                f"{lacking} sites do not tell it: say with {name} what to count for them",
            ),
            parameter=name,
        )
    return np.array([otherwise if value is None else value for value in known], dtype=np.float64)
