"""What is told of a walk along a boundary: a story to read on the way, and to print? Two pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from geo.joint.walks.found import KIND_ZH
from geo.joint.walks.kept import KeptWalk, PictureKept
from maps.base import Page, draw_sheet

KIND_EN = {"start": "start", "name": "old name", "junction": "tri-junction", "end": "end"}
WIDTH, TALLEST, SHORTEST, MARGIN, FOOT = 720.0, 520.0, 240.0, 44.0, 36.0
APART = 44.0
"""Marks closer than this, in units of the sketch, would hide each other on a phone."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A numbered mark of the sketch, in its own units; at_x, at_y: the place that it marks, from
    which it was moved where marks would hide each other."""

    number: int
    x: float
    y: float
    at_x: float
    at_y: float
    kind: str

    @property
    def is_moved(self) -> bool:
        """Whether a thin line has to lead to its place."""
        return math.hypot(self.x - self.at_x, self.y - self.at_y) > 4


@dataclass(frozen=True, slots=True)
class Sketch:
    """The route as a drawing: paths for SVG, marks, and a scale bar."""

    width: float
    height: float
    paths: tuple[str, ...]
    spots: tuple[Spot, ...]
    bar_m: int
    bar: float


@dataclass(frozen=True, slots=True)
class Station:
    """A stop with its number, its chapters and their pictures."""

    number: int
    kind: str
    kind_words: str
    name: str
    km: str
    aside_m: int
    told: tuple[Any, ...]
    lists: tuple[str, ...]
    source: str | None
    is_synthetic: bool
    chapters: tuple[tuple[dict[str, Any], tuple[PictureKept, ...]], ...]


def draw_walks(page: Page, walks: Sequence[KeptWalk]) -> str:
    """Answer the list of published walks as HTML."""
    shown = replace(page, has_synthetic=any(one.is_synthetic for one in walks))
    title = page.say("老地名·边界行", "Walks along boundaries")
    return draw_sheet(shown, "walks.html.j2", "boundaries", title, walks=walks)


def draw_walk(page: Page, walk: KeptWalk, *, drawn: bool) -> str:
    """Answer the story of a walk as HTML; without `drawn` its route is not shown."""
    shown = replace(page, has_synthetic=walk.is_synthetic)
    layer = "lines" if walk.is_current else "old-lines"
    told = {one["stop"] for one in walk.story["chapters"]} - {None}
    here = {one["code"] for one in walk.stops}
    rest = [
        (one, _pictures(walk, k))
        for k, one in enumerate(walk.story["chapters"], 1)
        if one["stop"] not in (told & here)
    ]
    return draw_sheet(
        shown, "walk.html.j2", "boundaries", walk.title, walk=walk,
        stations=tuple(_stations(page, walk)), chapters=rest,
        top=_pictures(walk, None), sketch=sketch_of(walk) if drawn else None,
        approval=page.approvals.get(layer, ""), km=f"{walk.length_m / 1000:.1f}",
        time=_time(page, walk.minutes),
    )  # fmt: skip


def sketch_of(walk: KeptWalk) -> Sketch:
    """The route and its stops drawn to one scale, north up: a sketch without surroundings."""
    lonlat = shapely.get_coordinates(walk.geom)
    squeeze = math.cos(math.radians(float(lonlat[:, 1].mean())))
    stops = [one for one in walk.stops if one["lon"] is not None and one["lat"] is not None]
    extra = np.array([(one["lon"], one["lat"]) for one in stops]).reshape(-1, 2)
    every = np.vstack([lonlat, extra]) * (squeeze, 1.0)
    low, high = every.min(axis=0), every.max(axis=0)
    across, up = np.maximum(high - low, 1e-6)
    scale = min((WIDTH - 2 * MARGIN) / across, (TALLEST - 2 * MARGIN) / up)
    height = max(up * scale + 2 * MARGIN, SHORTEST)
    shift = ((WIDTH - across * scale) / 2, (height - up * scale) / 2)

    def place(points: Any) -> Any:
        flat = (np.asarray(points).reshape(-1, 2) * (squeeze, 1.0) - low) * scale
        return np.column_stack([flat[:, 0] + shift[0], height - flat[:, 1] - shift[1]])

    paths = tuple(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in place(shapely.get_coordinates(part)))
        for part in shapely.get_parts(walk.geom)
    )
    numbers = {id(one): k for k, one in enumerate(walk.stops, 1)}
    true = place(extra)
    spots = tuple(
        Spot(
            numbers[id(one)],
            float(moved[0]),
            float(moved[1]),
            float(at[0]),
            float(at[1]),
            one["kind"],
        )
        for one, moved, at in zip(stops, _apart(true, height), true, strict=True)
    )
    metre = scale / 111_320
    bar_m = max((m for m in (50, 100, 200, 500, 1000, 2000, 5000, 10_000) if m * metre <= 180),
                default=50)  # fmt: skip
    return Sketch(WIDTH, round(height + FOOT, 1), paths, spots, bar_m, round(bar_m * metre, 1))


def _apart(places: Any, height: float) -> Any:
    """Marks pushed off each other until none hides another, within the sketch."""
    moved = np.array(places, dtype=np.float64)
    for _ in range(60):
        still = True
        for a in range(len(moved)):
            for b in range(a + 1, len(moved)):
                way = moved[b] - moved[a]
                gap = float(np.hypot(*way))
                if gap >= APART:
                    continue
                push = way / gap if gap > 1e-6 else np.array([0.8, 0.6])
                moved[a] -= push * (APART - gap) / 2
                moved[b] += push * (APART - gap) / 2
                still = False
        moved = np.clip(moved, 24, [WIDTH - 24, height - 12])
        if still:
            break
    return moved


def _stations(page: Page, walk: KeptWalk) -> list[Station]:
    made = []
    for number, one in enumerate(walk.stops, 1):
        chapters = tuple(
            (chapter, _pictures(walk, k))
            for k, chapter in enumerate(walk.story["chapters"], 1)
            if chapter["stop"] is not None and chapter["stop"] == one["code"]
        )
        kind = page.say(KIND_ZH[one["kind"]], KIND_EN[one["kind"]])
        name = kind if one["kind"] in ("start", "end") else one["name"]
        made.append(Station(
            number, one["kind"], kind, name, f"{one['at_m'] / 1000:.1f}", round(one["offset_m"]),
            tuple(one["told"]), tuple(one["lists"]), one["source"], one["is_synthetic"], chapters,
        ))  # fmt: skip
    return made


def _pictures(walk: KeptWalk, chapter: int | None) -> tuple[PictureKept, ...]:
    return tuple(one for one in walk.pictures if one.chapter == chapter)


def _time(page: Page, minutes: float) -> str:
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return page.say(f"{rest} 分钟", f"{rest} min")
    return page.say(f"{hours} 小时 {rest} 分", f"{hours} h {rest} min")
