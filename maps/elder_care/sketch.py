"""How do numbered places lie to each other? A small map of our own, for paper and without scripts.

The numbers are those of the list. Marks that would hide each other are moved apart and tied to
their places by a line; districts are simplified to what the scale can show.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.models.kinds import GROUPS, KINDS

WIDTH, HEIGHT, MARGIN = 720, 430, 46
SMALL = (360, 270)
"""Size of a drawing that stands beside text, in its own units."""
APART = 26.0
_LEAST_DEGREES = 0.012
"""A lone place is shown with about a kilometre around it."""


@dataclass(frozen=True, slots=True)
class Sign:
    """How a kind is drawn: shape, letter, colour."""

    shape: str
    glyph: str
    colour: str


@dataclass(frozen=True, slots=True)
class Point:
    """A place to draw: its number, where it is, what it is."""

    number: int
    lon: float
    lat: float
    sign: Sign


@dataclass(frozen=True, slots=True)
class Area:
    """A district under the marks; is_around: of the neighbourhood, drawn fainter."""

    name: str
    geom: BaseGeometry
    is_around: bool


@dataclass(frozen=True, slots=True)
class Land:
    """A district as a path of SVG."""

    path: str
    is_around: bool


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the ground."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Spot:
    """A numbered mark, and the place that it marks where it had to be moved."""

    number: int
    sign: Sign
    x: float
    y: float
    at_x: float
    at_y: float

    @property
    def is_moved(self) -> bool:
        """Whether a line has to lead to its place."""
        return math.hypot(self.x - self.at_x, self.y - self.at_y) > 5


@dataclass(frozen=True, slots=True)
class Sketch:
    """A drawing in its own units, with a scale bar of `bar` units."""

    width: int
    height: int
    lands: tuple[Land, ...]
    labels: tuple[Label, ...]
    spots: tuple[Spot, ...]
    start: tuple[float, float] | None
    bar: float
    bar_words: str
    credit: str


def sign_of(kind: str) -> Sign:
    """How a kind of facility is drawn."""
    known = KINDS.get(kind)
    if known is None:
        return Sign("circle", "·", "#56708A")
    return Sign(known.shape, known.glyph, GROUPS[known.group].colour)


def sketch_of(
    points: Sequence[Point],
    areas: Sequence[Area],
    *,
    start: tuple[float, float] | None = None,
    km: str = "公里",
    metres: str = "米",
    credit: str = "",
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> Sketch | None:
    """Draw places (and a start) on their districts, north up, to one scale. None: no place."""
    if not points:
        return None
    lonlat = [(one.lon, one.lat) for one in points] + ([start] if start else [])
    frame = _Frame.around(np.array(lonlat), *size)
    true = frame.place([(one.lon, one.lat) for one in points])
    spots = tuple(
        Spot(one.number, one.sign, *_rounded(moved), *_rounded(at))
        for one, moved, at in zip(points, _apart(true, size), true, strict=True)
    )
    lands, labels = _ground(areas, frame)
    metre = frame.scale / 111_320
    steps = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
    bar_m = max((m for m in steps if m * metre <= size[0] / 4), default=50)
    words = f"{bar_m // 1000} {km}" if bar_m >= 1000 else f"{bar_m} {metres}"
    here = _rounded(frame.place([start])[0]) if start else None
    return Sketch(*size, lands, labels, spots, here, round(bar_m * metre, 1), words, credit)


@dataclass(frozen=True, slots=True)
class _Frame:
    """From degrees to the drawing."""

    west: float
    north: float
    squeeze: float
    scale: float
    width: int
    height: int

    @classmethod
    def around(cls, lonlat: Any, width: int, height: int) -> _Frame:
        squeeze = math.cos(math.radians(float(lonlat[:, 1].mean())))
        low, high = lonlat.min(axis=0), lonlat.max(axis=0)
        middle = (low + high) / 2
        across = max(float(high[0] - low[0]) * squeeze, _LEAST_DEGREES)
        up = max(float(high[1] - low[1]), _LEAST_DEGREES)
        scale = min((width - 2 * MARGIN) / across, (height - 2 * MARGIN) / up)
        west = float(middle[0]) - width / 2 / scale / squeeze
        north = float(middle[1]) + height / 2 / scale
        return cls(west, north, squeeze, scale, width, height)

    def place(self, lonlat: Any) -> Any:
        flat = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
        x = (flat[:, 0] - self.west) * self.squeeze * self.scale
        return np.column_stack([x, (self.north - flat[:, 1]) * self.scale])

    @property
    def box(self) -> BaseGeometry:
        """What of the ground is seen, in degrees."""
        east = self.west + self.width / self.scale / self.squeeze
        return shapely.box(self.west, self.north - self.height / self.scale, east, self.north)


def _ground(areas: Sequence[Area], frame: _Frame) -> tuple[tuple[Land, ...], tuple[Label, ...]]:
    """The districts inside the frame, no finer than the drawing, and their names."""
    lands, labels = [], []
    for area in areas:
        seen = shapely.intersection(area.geom, frame.box)
        if seen.is_empty:
            continue
        plain = shapely.simplify(seen, 0.8 / frame.scale)
        rings = [
            "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in frame.place(ring.coords)) + "Z"
            for part in shapely.get_parts(plain)
            if part.geom_type == "Polygon"
            for ring in (part.exterior, *part.interiors)
        ]
        lands.append(Land("".join(rings), area.is_around))
        [at] = frame.place(shapely.get_coordinates(seen.representative_point()))
        if 40 < at[0] < frame.width - 60 and 24 < at[1] < frame.height - 30:
            labels.append(Label(area.name, *_rounded(at)))
    return tuple(sorted(lands, key=lambda one: not one.is_around)), tuple(labels)


def _apart(places: Any, size: tuple[int, int]) -> Any:
    """Marks pushed off each other until none hides another, inside the drawing."""
    moved = np.array(places, dtype=np.float64)
    turn = np.arange(len(moved)) * 2.4  # equal places part in different directions
    moved += 0.01 * np.column_stack([np.cos(turn), np.sin(turn)])
    for _ in range(80):
        way = moved[:, None, :] - moved[None, :, :]
        gap = np.hypot(way[..., 0], way[..., 1])
        np.fill_diagonal(gap, np.inf)
        lack = np.clip(APART - gap, 0, None)
        if not lack.any():
            break
        push = way / np.maximum(gap, 1e-9)[..., None] * (lack / 2)[..., None]
        moved += push.sum(axis=1)
        moved = np.clip(moved, 18, [size[0] - 18, size[1] - 18])
    return moved


def _rounded(at: Any) -> tuple[float, float]:
    return round(float(at[0]), 1), round(float(at[1]), 1)
