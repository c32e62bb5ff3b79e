"""How does a boundary line run, in words: a draft of its 走向说明 from marker to marker?

Said is what the data show: direction from true north, length, named features, markers. Ridges,
valleys, heights and flow are never said: there are no heights here to tell them from.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.survey.bearings import direction16, grid_azimuth, meridian_convergence, true_azimuth
from geo.survey.course.features import Feature, Mark, Met, marks_in, met_on
from geo.survey.course.rules import NOT_FINAL, Rules
from geo.survey.course.stops import Marker, Stop, stops_on
from geo.survey.course.track import Floats, Track, tracks_of
from geo.survey.course.words import length_words, mark_words

NOTES = (
    "方向按真北十六方位（坐标方位角经子午线收敛角改正）；长度为量算值，不作界线长度公布；山脊、山谷、"
    "高地和水流方向未述（无高程数据），须人工补充"
)


@dataclass(frozen=True, slots=True)
class Leg:
    """From one stop to the next. part: number of the stretch of the line, from 1.

    true_deg, grid_deg: azimuth of the chord at its start, from true north and from the grid north
    of its 3° zone; convergence_deg: true minus grid north there. direction: of 16, from true north.
    length_m: geodesic metres along the line (量算值).
    """

    part: int
    start: Stop
    end: Stop
    true_deg: float
    grid_deg: float
    convergence_deg: float
    direction: str
    length_m: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft: its text, marked as such, and what each word rests on.

    unplaced: markers without a known place; off: markers too far from the line, with the distance.
    """

    title: str
    text: str
    legs: tuple[Leg, ...]
    unplaced: tuple[str, ...]
    off: tuple[tuple[str, float], ...]
    sources: tuple[str, ...]
    has_synthetic: bool
    rules: Rules
    notes: str
    status: str = NOT_FINAL

    @property
    def whole(self) -> str:
        """Mark, title, text and notes: what is written to a file."""
        return f"【{self.status}】\n{self.title}走向说明\n{self.text}\n说明：{self.notes}。\n"


def draft_course(
    line: Any,
    markers: Sequence[Marker] = (),
    features: Iterable[Feature] = (),
    *,
    title: str = "边界线",
    basis: str | None = None,
    rules: Rules | None = None,
) -> Draft:
    """Tell a line (LineString or MultiLineString in degrees, EPSG:4490) in words.

    From each stop (end, marker) to the next; between them the line turns where its simplified
    course (`rules.turn_m`) takes another of the 16 directions. `basis`: what the line rests on, for
    the notes. Raises BadInput for a line without length.
    """
    rules = rules or Rules()
    tracks = tracks_of(line)
    stops = stops_on(tracks, markers, rules)
    given = list(features)
    legs: list[Leg] = []
    used: dict[str, Met] = {}
    for part, track in enumerate(tracks, 1):
        met = met_on(track, given, rules)
        turns = sum(leg.end.kind == "turn" for leg in legs)
        legs += _legs(part, track, stops.by_track[part - 1], met, rules, turns)
        used |= {m.name: met[m.name] for leg in legs if leg.part == part for m in leg.marks}
    return Draft(
        title, "\n".join(_paragraphs(legs, len(tracks))), tuple(legs), stops.unplaced, stops.off,
        tuple(sorted({one.source for one in used.values() if one.source})),
        any(one.is_synthetic for one in used.values()), rules, _notes(basis, rules, len(tracks)),
    )  # fmt: skip


def turning_points(track: Track, start_m: float, end_m: float, rules: Rules) -> Floats:
    """Chainages between two others at which the direction in a word changes."""
    at = np.r_[start_m, track.bends(start_m, end_m, rules.turn_m), end_m]
    while True:
        said = [direction16(one) for one in chords_deg(track, at)]
        keep = [k for k in range(1, len(said)) if said[k] != said[k - 1]]
        if len(keep) == len(at) - 2:
            turns: Floats = at[1:-1]
            return turns
        at = at[[0, *keep, len(at) - 1]]


def chords_deg(track: Track, at_m: Floats) -> Floats:
    """True azimuths of the chords between chainages; 0 where a chord has no length."""
    places = track.points_at(at_m)
    azimuth = true_azimuth(*places[:-1].T, *places[1:].T)
    made: Floats = np.where(np.isnan(azimuth), 0.0, azimuth)
    return made


def _legs(
    part: int, track: Track, stops: tuple[Stop, ...], met: dict[str, Met], rules: Rules, turns: int
) -> list[Leg]:
    made = []
    for start, end in itertools.pairwise(stops):
        nodes = [start]
        for at in turning_points(track, start.at_m, end.at_m, rules):
            turns += 1
            nodes.append(Stop(f"转折点{turns}", "turn", float(at)))
        nodes.append(end)
        made += [
            _leg(part, track, a, b, met, rules)
            for a, b in itertools.pairwise(nodes)
        ]  # fmt: skip
    return made


def _leg(part: int, track: Track, a: Stop, b: Stop, met: dict[str, Met], rules: Rules) -> Leg:
    (lon, lat), (to_lon, to_lat) = track.points_at([a.at_m, b.at_m])
    true = float(chords_deg(track, np.array([a.at_m, b.at_m]))[0])
    grid = float(np.nan_to_num(grid_azimuth(lon, lat, to_lon, to_lat)))
    return Leg(
        part, a, b, true, grid, float(meridian_convergence(lon, lat)), direction16(true),
        b.at_m - a.at_m, marks_in(met, a.at_m, _upto(track, b), rules),
    )  # fmt: skip


def _upto(track: Track, stop: Stop) -> float:
    """The last leg holds its end; others leave theirs to the next."""
    return stop.at_m + (1e-3 if stop.at_m >= track.length_m else 0.0)


def _notes(basis: str | None, rules: Rules, parts: int) -> str:
    told = [
        NOTES,
        f"转折点为简化（偏离弦线超过 {rules.turn_m:g} 米）后方向改变之处",
        f"距线 {rules.follow_m:g} 米以内占本段 {rules.follow_share:.0%} 以上为「沿」",
        f"点状地物距线 {rules.near_m:g} 米以内为「经…附近」",
        *([f"本界线有 {parts} 段"] if parts > 1 else []),
        *([basis] if basis else []),
    ]
    return "；".join(told)


def _paragraphs(legs: list[Leg], parts: int) -> list[str]:
    """One paragraph per stretch, one sentence from each marker or end to the next."""
    made = []
    for part in range(1, parts + 1):
        sentences: list[str] = []
        for leg in (one for one in legs if one.part == part):
            begins = leg.start.kind != "turn"
            head = f"从{leg.start.name}起，边界线向" if begins else "；再转向"
            words = [f"{head}{leg.direction}", *(mark_words(mark) for mark in leg.marks)]
            told = "，".join([*words, f"至{leg.end.name}", f"长{length_words(leg.length_m)}"])
            sentences.append(told + ("" if leg.end.kind == "turn" else "。"))
        head = f"第{part}段：" if parts > 1 else ""
        made.append(head + "".join(sentences))
    return made
