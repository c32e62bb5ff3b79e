"""What does a scenario change for whom, area by area, beside today?

Both sides are measured by one rule on one reading of the data, so that every difference is the
scenario's and the same scenario on the same data gives the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from geo.access.costs import reachable_pairs
from geo.access.radius.answer import AreaCoverage, Coverage, answer, nearest_counting
from geo.access.radius.far import far_reach
from geo.access.radius.ground import Floats, Ground, read_ground
from geo.access.radius.question import ask
from geo.access.radius.record import on_record
from geo.access.radius.sites import Reach, Site
from geo.access.radius.stored import data_stamp
from geo.access.scenario import Change, Scenario
from geo.access.sites.costs import CostsOf
from geo.access.walking.ground import Walked
from geo.access.walking.walks import Walks
from geo.errors import NotFound, both
from geo.queries.admin import Reader

FARTHEST_M = 20_000.0
"""Up to here a nearest facility is looked for; elders farther off are counted as `beyond`."""
PLANNED = "方案 · scenario"


@dataclass(frozen=True, slots=True)
class Side:
    """One side: who is covered, and how far elders (60+) have to the nearest one on average.

    beyond: elders without any within FARTHEST_M; they are not in the mean.
    """

    coverage: Coverage
    mean_m: float | None
    beyond: float


@dataclass(frozen=True, slots=True)
class AreaDifference:
    """One area on both sides; gained: elders covered then and not today, less those who lose."""

    today: AreaCoverage
    planned: AreaCoverage
    gained_60: float | None
    gained_65: float | None
    gained_80: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Today and the scenario side by side; year None: all of it. measure: how it was measured."""

    scenario: Scenario
    year: int | None
    measure: str
    today: Side
    planned: Side
    rows: tuple[AreaDifference, ...]
    total: AreaDifference

    @property
    def has_synthetic(self) -> bool:
        """Some of what the figures rest on is made up."""
        return self.today.coverage.has_synthetic or self.planned.coverage.has_synthetic


def compare(
    session: Reader,
    scenario: Scenario,
    *,
    radius_m: float = 500.0,
    areas: str = "district",
    basis: str = "resident",
    base_year: int | None = None,
    projection: str = "none",
    across_border: bool = True,
    year: int | None = None,
    measure: str = "line",
    network: str | None = None,
    fallback: str = "none",
    costs: CostsOf | None = None,
) -> Comparison:
    """A scenario beside the day that it begins with, by the same measures.

    year: only what is to be done by then. measure: line, or walk along the stored roads; network
    and fallback as `geo.access.coverage.coverage` takes them, and areas without roads are told as
    no_network. costs: another way of measuring, then named by `measure`. Raises BadInput for a
    malformed question, NotFound where people, areas, records of that day or a facility of the
    scenario are not there any more, Ambiguous where several networks lie there.
    """
    question = on_record(
        session,
        ask(
            city=scenario.city_code, areas=areas, kind=scenario.kind, radius_m=radius_m,
            on=scenario.on_date, basis=basis, base_year=base_year, projection=projection,
            across_border=across_border, measure=measure if costs is None else "line",
            network=network, fallback=fallback,
        ),
    )  # fmt: skip
    if question is None:
        raise NotFound(
            both(f"{scenario.on_date} 尚无记录。", f"nothing is on record on {scenario.on_date}")
        )
    stamp = data_stamp(session, question.measure)
    longest_m = max(radius_m, FARTHEST_M)
    ground = read_ground(session, question, kinds=[question.kind], longest_m=longest_m)
    changes = scenario.by(year).changes
    sides = []
    for sites in (ground.sites, changed_sites(ground, question.kind, changes)):
        told = _measured(ground, sites, question.kind, costs)
        nearest_m = nearest_counting(told, question.kind, across_border=across_border)
        sides.append(Side(answer(told, question, stamp, nearest_m), *_mean(told, nearest_m)))
    today, planned = sides
    rows = tuple(map(_difference, today.coverage.rows, planned.coverage.rows))
    total = _difference(today.coverage.total, planned.coverage.total)
    return Comparison(scenario, year, measure, today, planned, rows, total)


def changed_sites(ground: Ground, kind: str, changes: Sequence[Change]) -> tuple[Site, ...]:
    """The open facilities once the changes are made. Raises NotFound for one that is not there."""
    sites = {site.code: site for site in ground.sites}
    fresh_id = max((site.id for site in ground.sites), default=0)
    for one in changes:
        if one.facility_code is not None and one.facility_code not in sites:
            raise NotFound(
                both(
                    f"设施 {one.facility_code} 当日已不在用。",
                    f"the facility {one.facility_code} is not open on that day",
                )
            )
        fresh_id += 1
        old = sites.pop(one.facility_code) if one.facility_code is not None else None
        if one.lon is None or one.lat is None:
            continue
        at = {"lon": one.lon, "lat": one.lat, "homes": _homes(ground, one.lon, one.lat)}
        if old is not None:
            sites[old.code] = replace(old, **at)  # type: ignore[arg-type]
        else:
            code = f"+{fresh_id}"
            sites[code] = Site(
                id=fresh_id, code=code, name=one.name or "", kinds=(kind,), source=PLANNED,
                source_date=None, is_synthetic=False, **at,  # type: ignore[arg-type]
            )  # fmt: skip
    return tuple(sorted(sites.values(), key=lambda site: site.id))


def _homes(ground: Ground, lon: float, lat: float) -> tuple[int, ...]:
    """The numbers of the areas that hold a point, border included."""
    point = shapely.Point(lon, lat)
    return tuple(
        number
        for number, shape in enumerate(ground.area_shapes)
        if shape is not None and shape.intersects(point)
    )


def _measured(ground: Ground, sites: tuple[Site, ...], kind: str, costs: CostsOf | None) -> Ground:
    """The same ground with these facilities and their distances."""
    own = tuple(site for site in sites if kind in site.kinds)
    if ground.walked is not None:
        walked = _walked_to(ground.walked, own)
        return replace(ground, sites=own, reaches={kind: walked.reach(kind)}, walked=walked)
    if costs is None:
        cells = (ground.cell_area, ground.cell_lon, ground.cell_lat)
        reach = far_reach(kind, own, *cells, ground.longest_m)
    else:
        reach = _reach_of(ground, own, costs)
    return replace(ground, sites=own, reaches={kind: reach})


def _walked_to(walked: Walked, sites: tuple[Site, ...]) -> Walked:
    """The same ways and people with other facilities on them."""
    if walked.walks is None:
        return replace(walked, sites=sites)
    at = np.array([(s.lon, s.lat) for s in sites], dtype=np.float64).reshape(-1, 2)
    ways = walked.walks.ways
    places = ways.places(at[:, 0], at[:, 1], walked.limit_m)
    return replace(walked, sites=sites, walks=Walks.between(ways, walked.walks.places, places))


def _reach_of(ground: Ground, sites: tuple[Site, ...], costs: CostsOf) -> Reach:
    """Distances by another measure: a row for every home of every facility within reach."""
    demand = np.column_stack([ground.cell_lon, ground.cell_lat])
    at = np.array([(s.lon, s.lat) for s in sites], dtype=np.float64).reshape(-1, 2)
    pairs = reachable_pairs(costs(demand, at, ground.longest_m))
    homes = [site.homes or (-1,) for site in sites]
    count = np.array([len(home) for home in homes], dtype=np.int64)
    start = np.concatenate(([0], np.cumsum(count)))[:-1]
    flat = np.array([number for home in homes for number in home], dtype=np.int64)
    row = np.repeat(np.arange(len(pairs.cost)), count[pairs.site])
    first = np.repeat(np.cumsum(count[pairs.site]) - count[pairs.site], count[pairs.site])
    home = flat[start[pairs.site[row]] + np.arange(len(row)) - first]
    ids = np.array([site.id for site in sites], dtype=np.int64)
    outsider = np.where(home == -1, ids[pairs.site[row]], -1)
    return Reach(pairs.demand[row], home, outsider, pairs.cost[row])


def _mean(ground: Ground, nearest_m: Floats) -> tuple[float | None, float]:
    """The mean distance of elders (60+) who have one at all, and how many have none."""
    people = ground.people[:, 0]
    if ground.walked is not None:
        # Where no way enters an area, nothing is known: its people are neither near nor beyond.
        known = ground.walked.on_foot() | ground.walked.fallen_back()
        people = np.where(known, people, 0.0)
    near = np.isfinite(nearest_m) & (people > 0)
    beyond = float(people[~np.isfinite(nearest_m)].sum())
    if not near.any():
        return None, beyond
    return float(people[near] @ nearest_m[near] / people[near].sum()), beyond


def _difference(today: AreaCoverage, planned: AreaCoverage) -> AreaDifference:
    gains = []
    for age in ("60", "65", "80"):
        before, after = getattr(today, f"covered_{age}"), getattr(planned, f"covered_{age}")
        gains.append(None if before is None or after is None else after - before)
    return AreaDifference(today, planned, *gains)
