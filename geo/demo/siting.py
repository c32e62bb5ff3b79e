"""Where do the synthetic facilities stand? Near people, thinner at the fringe, by kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo.crs import Array
from geo.demo.figures import SUPPLY, Supply
from geo.demo.ground import Ground
from geo.demo.people import People, Whole
from geo.models.kinds import KINDS


@dataclass(frozen=True)
class Site:
    """A place for a facility: code, name, kind, index of its district, position, number of zone."""

    code: str
    name: str
    kind: str
    district: int
    zone: int
    lon: float
    lat: float
    is_first: bool


def find_sites(ground: Ground, people: People, zone: Whole, seed: int) -> list[Site]:
    """Sites of every kind; `zone` is the zone of each cell."""
    away = _remoteness(people)
    sites: list[Site] = []
    for part, supply in enumerate(SUPPLY):
        rng = ground.rng(seed, 100 + part)
        cells = _cells_for(supply, people, zone, away, len(ground.districts), rng)
        cells = cells[np.lexsort((people.lonlat[cells, 0], people.district[cells]))]
        lonlat = _scatter(ground, people, cells, rng)
        zh = KINDS[supply.kind].zh
        for number, (cell, (lon, lat)) in enumerate(zip(cells, lonlat, strict=True), 1):
            sites.append(
                Site(
                    f"DEMO-{ground.key}-{supply.kind}-{number:03d}", f"示例{zh}-{number:03d}",
                    supply.kind, int(people.district[cell]), int(zone[cell]),
                    float(lon), float(lat), number == 1,
                )
            )  # fmt: skip
    return sites


def _remoteness(people: People) -> Array:
    """0 in the densest cells, 1 in the emptiest: the rank of the cell by its people."""
    rank = np.empty(len(people))
    rank[np.argsort(-people.total, kind="stable")] = np.arange(len(people))
    return rank / max(len(people) - 1, 1)


def _cells_for(
    supply: Supply, people: People, zone: Whole, away: Array, districts: int,
    rng: np.random.Generator,
) -> Whole:  # fmt: skip
    """The cells in which a kind's facilities stand, each at most once."""
    weight = (people.over_60 + 0.01) ** supply.pull
    if supply.fringe:
        weight = weight * (0.1 + away) ** 2
    keys = np.log(rng.random(len(people))) / weight  # weighted draw without replacement
    order = np.argsort(-keys, kind="stable")
    if supply.each_district is not None:
        return _first_of(order, people.district, np.arange(districts), supply.each_district)
    if supply.zone_share is not None:
        zones = np.unique(zone[zone >= 0])
        count = max(1, round(len(zones) * supply.zone_share))
        return _first_of(order, zone, np.sort(rng.permutation(zones)[:count]), 1)
    assert supply.residents_each is not None
    count = max(1, round(int(people.total.sum()) / supply.residents_each))
    return order[:count]


def _first_of(order: Whole, group: Whole, wanted: Whole, count: int) -> Whole:
    """The first cells in drawing order of each wanted group."""
    chosen = [order[group[order] == number][:count] for number in wanted]
    return np.concatenate(chosen)


def _scatter(ground: Ground, people: People, cells: Whole, rng: np.random.Generator) -> Array:
    """A point near the middle of each cell, never out of its district; degrees to six places."""
    spread = 0.4 * people.cell_m
    shifted = people.xy[cells] + rng.uniform(-spread, spread, (len(cells), 2))
    lonlat = np.round(ground.to_degrees(shifted), 6)
    owner = people.district[cells]
    for index, district in enumerate(ground.districts):
        own = owner == index
        strayed = own.copy()
        strayed[own] = ~shapely.contains_xy(district.geom, lonlat[own])
        lonlat[strayed] = people.lonlat[cells[strayed]]
    return lonlat
