"""Between which markers does a line run: its stops, in order, with their names?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from geo.survey.course.rules import Rules
from geo.survey.course.track import Track


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker as the register has it. lon, lat: degrees (EPSG:4490), None where unknown."""

    number: str
    lon: float | None
    lat: float | None
    type_code: str | None = None
    serial: int | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on a track that a text can name. at_m: chainage; offset_m: from it, for markers."""

    name: str
    kind: Literal["end", "marker", "turn"]
    at_m: float
    numbers: tuple[str, ...] = ()
    offset_m: float | None = None


@dataclass(frozen=True, slots=True)
class Stops:
    """The stops of each track in order; unplaced, off: markers that are none, with the reason."""

    by_track: tuple[tuple[Stop, ...], ...]
    unplaced: tuple[str, ...]
    off: tuple[tuple[str, float], ...]


def stops_on(tracks: Sequence[Track], markers: Sequence[Marker], rules: Rules) -> Stops:
    """The ends of each track and the markers on it; each marker on its nearest track.

    Markers of one number but for the letter (双立, 三立) are one stop, at their middle.
    """
    placed = [one for one in markers if one.lon is not None and one.lat is not None]
    unplaced = tuple(sorted({m.number for m in markers} - {m.number for m in placed}))
    found: list[list[tuple[float, float, Marker]]] = [[] for _ in tracks]
    off = []
    for marker in sorted(placed, key=lambda one: one.number):
        where = [track.locate((marker.lon or 0.0, marker.lat or 0.0)) for track in tracks]
        nearest = int(np.argmin([distance[0] for _, distance in where]))
        at, distance = (float(one[0]) for one in where[nearest])
        if distance > rules.marker_m:
            off.append((marker.number, distance))
        else:
            found[nearest].append((at, distance, marker))
    made = tuple(
        _with_ends(track, _grouped(found[k]), rules, "界线" if len(tracks) == 1 else f"第{k + 1}段")
        for k, track in enumerate(tracks)
    )
    return Stops(made, unplaced, tuple(off))


def _grouped(found: list[tuple[float, float, Marker]]) -> list[Stop]:
    groups: dict[str, list[tuple[float, float, Marker]]] = {}
    for one in found:
        marker = one[2]
        several = marker.type_code in ("A", "B", "C", "D", "E") and marker.number[-1:].isalpha()
        groups.setdefault(marker.number[:-1] if several else marker.number, []).append(one)
    return [
        Stop(
            "、".join(m.number for _, _, m in rows) + "号界桩", "marker",
            float(np.mean([at for at, _, _ in rows])), tuple(m.number for _, _, m in rows),
            max(distance for _, distance, _ in rows),
        )
        for rows in groups.values()
    ]  # fmt: skip


def _with_ends(track: Track, stops: list[Stop], rules: Rules, words: str) -> tuple[Stop, ...]:
    """Stops in order with both ends; a marker beside an end is that end."""
    made = sorted(_merged(stops), key=lambda one: one.at_m)
    ends: dict[float, Stop] = {}
    for at, side in ((0.0, "起点"), (track.length_m, "止点")):
        near = [one for one in made if abs(one.at_m - at) <= rules.end_m]
        if at > 0 and track.is_closed and ends[0.0].numbers:
            ends[at] = replace(ends[0.0], at_m=at)
        elif near:
            chosen = min(near, key=lambda one: abs(one.at_m - at))
            made.remove(chosen)
            ends[at] = Stop(chosen.name, "marker", at, chosen.numbers, chosen.offset_m)
        else:
            ends[at] = Stop(words + side, "end", at)
    first, last = ends[0.0], ends[track.length_m]
    return (first, *made, last)


def _merged(stops: list[Stop]) -> list[Stop]:
    """Stops at one chainage are one, named by all."""
    made: list[Stop] = []
    for one in sorted(stops, key=lambda stop: (stop.at_m, stop.name)):
        if made and one.at_m - made[-1].at_m < 0.5:
            numbers = (*made[-1].numbers, *one.numbers)
            offset = max(made[-1].offset_m or 0.0, one.offset_m or 0.0)
            name = "、".join(numbers) + "号界桩"
            made[-1] = Stop(name, "marker", made[-1].at_m, numbers, offset)
        else:
            made.append(one)
    return made
