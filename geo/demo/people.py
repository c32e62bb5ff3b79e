"""How many people live in each cell of the synthetic city, and how old are they?

Whole people per cell, raked to the census total, so that every sum in the house is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import Array
from geo.demo import figures
from geo.demo.ground import District, Ground

Whole = NDArray[np.int64]
CELL_SIZES_M = (500, 1000, 2000, 4000)
MOST_CELLS = 90_000


@dataclass(frozen=True)
class People:
    """The cells with people: position of the representative point, district, counts by age.

    `xy` is in metres, `lonlat` in degrees, `district` an index; `shapes` are cells in degrees.
    """

    codes: list[str]
    district: Whole
    xy: Array
    lonlat: Array
    shapes: NDArray[np.object_]
    total: Whole
    over_60: Whole
    over_65: Whole
    over_80: Whole
    disabled: Whole
    alone: Whole
    cell_m: int
    method: str

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True)
class _Grid:
    """Pieces of grid cells by district, in metres."""

    codes: list[str]
    district: Whole
    shapes: NDArray[np.object_]
    points: Array


def settle(ground: Ground, seed: int) -> People:
    """Spread the city's people over a grid clipped to its districts; cells without people go."""
    rng = ground.rng(seed, 1)
    cell_m = next(
        (size for size in CELL_SIZES_M if ground.area_km2 * 1e6 / size**2 <= MOST_CELLS),
        CELL_SIZES_M[-1],
    )
    grid = _cut(ground, cell_m)
    lonlat = ground.to_degrees(grid.points)
    weight, remoteness = _density(ground, grid, rng)
    for index, district in enumerate(ground.districts):
        # The edge of a shape bends a little between degrees and metres: such points get nobody.
        own = grid.district == index
        weight[own] *= shapely.contains_xy(district.geom, lonlat[own])
    total, method = _rake(ground, grid.district, weight)
    method = f"{cell_m} m 格网（EPSG:{ground.epsg}）；{method}"
    lived = np.flatnonzero(total)
    ages = _ages(total[lived], remoteness[lived], rng)
    rings = shapely.transform(grid.shapes[lived], ground.to_degrees)
    return People(
        [grid.codes[i] for i in lived], grid.district[lived], grid.points[lived], lonlat[lived],
        rings, total[lived], *ages, cell_m, method,
    )  # fmt: skip


def _cut(ground: Ground, cell_m: int) -> _Grid:
    """Cut the districts into cells of a grid whose lines lie on whole multiples of its size."""
    codes: list[str] = []
    owners: list[Whole] = []
    shapes: list[NDArray[np.object_]] = []
    for index, district in enumerate(ground.districts):
        named, pieces = _cut_district(district, cell_m)
        codes.extend(named)
        shapes.append(pieces)
        owners.append(np.full(len(pieces), index))
    whole = np.concatenate(shapes)
    points = shapely.get_coordinates(shapely.point_on_surface(whole))
    return _Grid(codes, np.concatenate(owners), whole, points)


def _cut_district(district: District, cell_m: int) -> tuple[list[str], NDArray[np.object_]]:
    """The cells of one district, those on its edge clipped to it, part by part."""
    west, south, east, north = np.array(district.flat.bounds) // cell_m
    grid = np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1))
    columns, rows = grid[0].ravel(), grid[1].ravel()
    boxes = shapely.box(
        columns * cell_m, rows * cell_m, (columns + 1) * cell_m, (rows + 1) * cell_m
    )
    touched = shapely.intersects(district.flat, boxes)
    columns, rows, boxes = columns[touched], rows[touched], boxes[touched]
    edge = ~shapely.contains_properly(district.flat, boxes)
    boxes[edge] = shapely.intersection(boxes[edge], district.flat)
    pieces, origin = shapely.get_parts(boxes, return_index=True)
    kept = (shapely.get_type_id(pieces) == 3) & (shapely.area(pieces) > 1.0)
    pieces, origin = pieces[kept], origin[kept]
    part = np.arange(len(origin)) - np.searchsorted(origin, origin)
    named = [
        f"DEMO-{district.code[:6]}-E{int(columns[o])}N{int(rows[o])}" + (f"-{p + 1}" if p else "")
        for o, p in zip(origin, part, strict=True)
    ]
    return named, pieces


def _density(ground: Ground, grid: _Grid, rng: np.random.Generator) -> tuple[Array, Array]:
    """How strongly each cell draws people, and how remote it is (0 centre, 1 fringe).

    A city centre with exponential decay, a centre for each district, a kernel for each populated
    place, a thin background, and noise; each part with a fixed share of the people.
    """
    xy, area = grid.points, shapely.area(grid.shapes)
    flats = [district.flat for district in ground.districts]
    middles = shapely.get_coordinates(shapely.point_on_surface(np.array(flats)))
    sizes = np.array([district.area_km2 for district in ground.districts])
    # The districts of an old core are the small ones.
    core = np.average(middles, axis=0, weights=1 / sizes**2)
    reach = np.sqrt(ground.area_km2 / np.pi) * 1000
    away = np.hypot(*(xy - core).T)
    parts = [(0.45, np.exp(-away / (0.16 * reach)))]
    local = np.zeros(len(xy))
    for middle, size in zip(middles, sizes, strict=True):
        spread = 1000 * np.sqrt(size) / 6
        local += rng.lognormal(0, 0.3) * np.exp(-(((xy - middle) ** 2).sum(1)) / (2 * spread**2))
    parts.append((0.20, local))
    towns = np.zeros(len(xy))
    for centre in ground.to_metres(ground.centres) if len(ground.centres) else []:
        kernel = np.exp(-(((xy - centre) ** 2).sum(1)) / (2 * 1500.0**2))
        towns += rng.lognormal(0, 0.6) * kernel
    parts.append((0.25 if towns.any() else 0.0, towns))
    parts.append((0.10, np.ones(len(xy))))
    noise = rng.lognormal(0, 0.5, len(xy))
    weight = sum(share * part * area / max((part * area).sum(), 1e-12) for share, part in parts)
    return np.asarray(weight * noise), np.clip(away / reach, 0, 1)


def _rake(ground: Ground, district: Whole, weight: Array) -> tuple[Whole, str]:
    """Whole people per cell whose sum is the census total of the city, or of each district."""
    known = [figures.CENSUS_2020.get(d.code[:6]) for d in ground.districts]
    if all(known):
        total = np.zeros(len(weight), dtype=np.int64)
        for index, people in enumerate(known):
            own = district == index
            total[own] = apportion(weight[own], int(people or 0))
        return total, f"合成密度面，按区县普查总数校准（{figures.CENSUS_SOURCE}）"
    people = figures.CENSUS_2020.get(ground.key)
    if people is not None:
        method = f"合成密度面，按全市普查总数 {people} 校准（{figures.CENSUS_SOURCE}）"
        return apportion(weight, people), method
    people = round(ground.area_km2 * figures.ASSUMED_PER_KM2 / 1000) * 1000
    method = (
        f"合成密度面；全市总数 {people} 为假设（每平方公里 {figures.ASSUMED_PER_KM2} 人），"
        "并非普查数 · the total is an assumption, not a census figure"
    )
    return apportion(weight, people), method


def apportion(weight: Array, people: int) -> Whole:
    """Share whole people by weight: largest remainders, so that the sum is exactly `people`."""
    exact = weight / weight.sum() * people
    share: Whole = np.floor(exact).astype(np.int64)
    missing = people - int(share.sum())
    share[np.argsort(share - exact, kind="stable")[:missing]] += 1
    return share


def _ages(
    total: Whole, remoteness: Array, rng: np.random.Generator
) -> tuple[Whole, Whole, Whole, Whole, Whole]:
    """People over 60, 65 and 80, and estimates of disabled and alone, drawn cell by cell."""
    rise = figures.SHARE_60_AT_FRINGE - figures.SHARE_60
    share = np.clip(
        figures.SHARE_60 + rise * remoteness + rng.normal(0, 0.02, len(total)), 0.1, 0.5
    )
    over_60 = rng.binomial(total, share)
    over_65 = rng.binomial(over_60, figures.SHARE_65_OF_60)
    over_80 = rng.binomial(over_65, figures.SHARE_80_OF_65)
    disabled = rng.binomial(over_60, figures.SHARE_DISABLED)
    alone = rng.binomial(over_60, figures.SHARE_ALONE)
    return over_60, over_65, over_80, disabled, alone
