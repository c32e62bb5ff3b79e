"""Which named features does a stretch of line follow, cross or pass?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely

from geo.survey.course.rules import Rules
from geo.survey.course.track import Interval, Track

Relation = Literal["along", "across", "past"]


@dataclass(frozen=True, slots=True)
class Feature:
    """A named thing. geom in degrees (EPSG:4490), any type; kind: road, water or other."""

    name: str
    kind: Literal["road", "water", "other"]
    geom: Any
    source: str | None = None
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Met:
    """Where a track meets a name, as chainages: runs within `follow_m`; crossings (of an area:
    from where to where it lies inside); the nearest place of a point, and the distance to it.
    """

    name: str
    kind: str
    runs: tuple[Interval, ...]
    crossings: tuple[Interval, ...]
    nearest_at_m: float
    nearest_m: float
    is_point: bool
    is_synthetic: bool
    source: str | None

    def share(self, start_m: float, end_m: float) -> float:
        """How much of a stretch lies within `follow_m`, 0 to 1."""
        inside = [min(b, end_m) - max(a, start_m) for a, b in self.runs]
        return sum(one for one in inside if one > 0) / max(end_m - start_m, 1e-9)

    def crossed(self, start_m: float, end_m: float, slack_m: float = 0.0) -> float | None:
        """The chainage at which it is first crossed within a stretch, None where it is not."""
        for a, b in self.crossings:
            if b >= start_m - slack_m and a < end_m + max(slack_m, 1e-6):
                return max(a, start_m)
        return None


@dataclass(frozen=True, slots=True)
class Mark:
    """A feature in a stretch, as a draft tells it."""

    name: str
    kind: str
    relation: Relation
    at_m: float


def met_on(track: Track, features: Iterable[Feature], rules: Rules) -> dict[str, Met]:
    """Every name near the track with where it is met; rows of one name are one feature."""
    by_name: dict[str, list[Feature]] = {}
    for one in features:
        if one.name and one.name.strip():
            by_name.setdefault(one.name.strip(), []).append(one)
    flat = track.flat
    shapely.prepare(flat)
    return {name: _met(track, flat, name, rows, rules) for name, rows in by_name.items()}


def marks_in(met: dict[str, Met], start_m: float, end_m: float, rules: Rules) -> tuple[Mark, ...]:
    """What is followed, crossed or passed between two chainages, in order."""
    made: list[Mark] = []
    for one in met.values():
        if one.is_point:
            if one.nearest_m <= rules.near_m and start_m <= one.nearest_at_m < end_m:
                made.append(Mark(one.name, one.kind, "past", one.nearest_at_m))
            continue
        share = one.share(start_m, end_m)
        if share >= rules.follow_share and share * (end_m - start_m) >= 4 * rules.follow_m:
            begins = min(max(a, start_m) for a, b in one.runs if b > start_m and a < end_m)
            made.append(Mark(one.name, one.kind, "along", begins))
            continue
        crossed = one.crossed(start_m, end_m)
        if crossed is not None and crossed < end_m:
            made.append(Mark(one.name, one.kind, "across", crossed))
    return tuple(sorted(made, key=lambda mark: (mark.at_m, mark.name)))


def _met(
    track: Track, flat: shapely.LineString, name: str, rows: Sequence[Feature], rules: Rules
) -> Met:
    shape = shapely.union_all([track.on_plane(shapely.force_2d(row.geom)) for row in rows])
    west, south, east, north = shapely.bounds(flat)
    near = shapely.intersection(
        shape, shapely.box(west - 2000, south - 2000, east + 2000, north + 2000)
    )
    pieces = shapely.get_parts(near)
    areas = shapely.union_all([p for p in pieces if shapely.get_dimensions(p) == 2])
    lines = shapely.union_all([p for p in pieces if shapely.get_dimensions(p) == 1])
    rims = shapely.union(shapely.boundary(areas), lines) if not areas.is_empty else lines
    runs: list[Interval] = []
    crossings: list[Interval] = []
    if not rims.is_empty:
        runs = track.intervals(flat.intersection(rims.buffer(rules.follow_m)))
        crossings = _crossed_lines(track, flat, lines)
    if not areas.is_empty:
        crossings += track.intervals(flat.intersection(areas))
    at, _distance = track.locate(_nearest_on(flat, shape, track))
    return Met(
        name, rows[0].kind, tuple(runs), tuple(sorted(crossings)), float(at[0]),
        float(shapely.distance(flat, shape)), bool(shapely.get_dimensions(shape) == 0),
        any(row.is_synthetic for row in rows), next((r.source for r in rows if r.source), None),
    )  # fmt: skip


def _nearest_on(flat: shapely.LineString, shape: Any, track: Track) -> Any:
    """The point of the track that is nearest to a shape, in degrees."""
    here = shapely.get_point(shapely.shortest_line(flat, shape), 0)
    return np.column_stack(track.to_plane(*shapely.get_coordinates(here).T, inverse=True))


def _crossed_lines(track: Track, flat: shapely.LineString, lines: Any) -> list[Interval]:
    """Chainages where lines go from one side of the track to the other."""
    merged = shapely.line_merge(lines) if not lines.is_empty else lines
    made = []
    for line in shapely.get_parts(merged):
        for piece in shapely.get_parts(shapely.intersection(flat, line)):
            if piece.is_empty:
                continue
            point = piece
            if shapely.get_dimensions(piece) == 1:
                point = shapely.line_interpolate_point(piece, 0.5, normalized=True)
            if _changes_side(flat, line, piece, point):
                along = float(shapely.line_locate_point(flat, point))
                at = float(track.chainage(along))
                made.append((at, at))
    return made


def _changes_side(flat: Any, line: Any, piece: Any, point: Any) -> bool:
    """Whether a line lies on different sides of the track before and after it meets it."""
    half = 1.0 + shapely.length(piece) / 2
    where = shapely.line_locate_point(line, point)
    total = shapely.length(line)
    if where - half < 0 or where + half > total:
        return False
    sides = [_side(flat, shapely.line_interpolate_point(line, where + k * half)) for k in (-1, 1)]
    return sides[0] * sides[1] < 0


def _side(flat: Any, point: Any) -> float:
    """Positive left of the track, negative right of it, at the nearest place of the track."""
    along = shapely.line_locate_point(flat, point)
    total = shapely.length(flat)
    before, after = (
        shapely.get_coordinates(
            shapely.line_interpolate_point(flat, min(max(along + d, 0), total))
        )[0]
        for d in (-0.5, 0.5)
    )
    x, y = shapely.get_coordinates(point)[0]
    return float(
        (after[0] - before[0]) * (y - before[1]) - (after[1] - before[1]) * (x - before[0])
    )
