"""Which phrases of a 走向说明 disagree with the line, and what was found in their place?"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from geo.survey.bearings import DIRECTIONS16, direction16, grid_azimuth
from geo.survey.course.align import Asked, direction_gap_deg, places_between, turns_between
from geo.survey.course.draft import chords_deg
from geo.survey.course.features import Feature, Met, marks_in, met_on
from geo.survey.course.found import Checked, CheckedLeg, Disagreement, DisagreementKind, Unchecked
from geo.survey.course.nodes import Nodes, nodes_of, sections_of
from geo.survey.course.parse import Phrase, Said, SaidLeg, parse_course
from geo.survey.course.rules import Rules
from geo.survey.course.stops import Marker, stops_on
from geo.survey.course.track import Floats, Track, tracks_of
from geo.survey.course.words import length_words


def check_course(
    line: Any,
    text: str,
    markers: Sequence[Marker] = (),
    features: Iterable[Feature] = (),
    *,
    rules: Rules | None = None,
) -> Checked:
    """Read a description and lay it on a line (degrees, EPSG:4490).

    Turns that the text does not name are put where it fits best (`align`): what is still said to
    disagree disagrees wherever it turned. Raises BadInput for an empty text or a line without
    length.
    """
    rules = rules or Rules()
    tracks = tracks_of(line)
    given = list(features)
    said = parse_course(text, (one.name.strip() for one in given if one.name))
    stops = stops_on(tracks, markers, rules)
    known = {marker.number for marker in markers}
    log = _Log(rules)
    for part, legs in sections_of(said.legs, stops.by_track):
        track = tracks[part - 1]
        nodes = nodes_of(legs, track, stops.by_track[part - 1], known)
        track = track.reversed() if nodes.backwards else track
        log.section(part, legs, nodes, track, met_on(track, given, rules))
    return log.made(said)


class _Log:
    """Gathers what is found, section by section."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.wrong: list[Disagreement] = []
        self.open: list[Unchecked] = []
        self.legs: list[CheckedLeg] = []
        self.backwards: list[int] = []
        self.near: dict[str, Met] = {}
        self.named: set[str] = set()

    def made(self, said: Said) -> Checked:
        self.open += [
            Unchecked(one.text, one.at, "无高程或流向数据，未核 · no heights or flow")
            for one in said.unchecked
        ]
        missing = sorted(name for name in self.near if name not in self.named)
        return Checked(
            tuple(sorted(self.wrong, key=lambda one: one.at)),
            tuple(sorted(self.open, key=lambda one: one.at)), said.unparsed, tuple(missing),
            tuple(self.backwards), tuple(self.legs), self.rules,
            any(one.is_synthetic for one in self.near.values()),
        )  # fmt: skip

    def section(
        self, part: int, legs: Sequence[SaidLeg], nodes: Nodes, track: Track, met: dict[str, Met]
    ) -> None:
        self.wrong += [Disagreement(*one) for one in nodes.wrong]
        self.open += [Unchecked(*one) for one in nodes.unknown]
        if nodes.backwards:
            self.backwards.append(part)
        at = _laid(track, legs, nodes, self.rules)
        self.named |= {phrase.value for leg in legs for phrase in leg.features}
        low, high = float(at.min()), float(at.max())
        for one in met.values():
            if not one.is_point and (
                one.crossed(low, high) is not None or one.share(low, high) > 0.5
            ):
                self.near[one.name] = one
        for k, leg in enumerate(legs):
            self._leg(part, leg, track, float(at[k]), float(at[k + 1]), met)

    def _leg(
        self, part: int, leg: SaidLeg, track: Track, start: float, end: float, met: dict[str, Met]
    ) -> None:
        for mark in marks_in(met, start, end, self.rules):
            if mark.relation != "past":
                self.near[mark.name] = met[mark.name]
        ends = np.array([start, end])
        true = float(chords_deg(track, ends)[0])
        if leg.direction is not None:
            self._direction(leg.direction, track, ends, true)
        if leg.length is not None:
            self._length(leg.length, end - start)
        for phrase in leg.features:
            self._feature(phrase, met.get(phrase.value), start, end)
        self.legs.append(CheckedLeg(
            part, leg.start.value if leg.start else "", leg.end.value if leg.end else "", start,
            end, leg.direction.value if leg.direction else None, direction16(true), true,
        ))  # fmt: skip

    def _direction(self, phrase: Phrase, track: Track, ends: Floats, true: float) -> None:
        if direction_gap_deg(phrase.value, np.array([true]))[0] <= self.rules.direction_deg:
            return
        (lon, lat), (to_lon, to_lat) = track.points_at(ends)
        grid = float(np.nan_to_num(grid_azimuth(lon, lat, to_lon, to_lat)))
        found = f"{direction16(true)}（真方位角 {true:.1f}°）"
        if direction16(grid) == phrase.value:
            found += f"；按坐标北则相合（坐标方位角 {grid:.1f}°）"
        elif DIRECTIONS16.index(phrase.value) == (DIRECTIONS16.index(direction16(true)) + 8) % 16:
            found += "；方向相反"
        self._wrong(
            "direction", phrase, phrase.value, found, f"扇区外 {self.rules.direction_deg:g}°"
        )

    def _length(self, phrase: Phrase, found: float) -> None:
        allowed = self.rules.length_tolerance_m(found, step_m=phrase.step, about=phrase.about)
        if abs(found - phrase.number) > allowed:
            self._wrong(
                "length", phrase, length_words(phrase.number), f"{length_words(found)}（量算值）",
                f"±{allowed:.0f} 米",
            )  # fmt: skip

    def _feature(self, phrase: Phrase, met: Met | None, start: float, end: float) -> None:
        if met is None:
            reason = "地名库和道路层中没有此名，未核 · no such name in the data"
            self.open.append(Unchecked(phrase.text, phrase.at, reason))
            return
        slack = self.rules.place_tolerance_m(end - start)
        if met.is_point and phrase.kind != "past":
            self.open.append(
                Unchecked(phrase.text, phrase.at, "仅有点位，未核 · only a point known")
            )
            return
        if _is_met(phrase, met, start, end, slack, self.rules):
            return
        self._wrong("feature", phrase, phrase.text, _found(met, start, end, self.rules),
                    f"{_within(phrase, self.rules)}，段端外 {slack:.0f} 米")  # fmt: skip

    def _wrong(
        self, kind: DisagreementKind, phrase: Phrase, said: str, found: str, tolerance: str
    ) -> None:
        self.wrong.append(Disagreement(kind, phrase.text, phrase.at, said, found, tolerance))


def _laid(track: Track, legs: Sequence[SaidLeg], nodes: Nodes, rules: Rules) -> Floats:
    """The chainage of every node: as it is named, else where the text fits best."""
    at = np.array([np.nan if one is None else one for one in nodes.at_m])
    known = np.flatnonzero(np.isfinite(at))
    bounds = [
        *([(0, int(known[0]))] if len(known) and known[0] > 0 else []),
        *[(int(a), int(b)) for a, b in itertools.pairwise(known) if b - a > 1],
        *([(int(known[-1]), len(legs))] if len(known) and known[-1] < len(legs) else []),
    ] or ([] if len(known) else [(0, len(legs))])
    for first, last in bounds:
        low = float(at[first]) if np.isfinite(at[first]) else 0.0
        high = float(at[last]) if np.isfinite(at[last]) else track.length_m
        asked = [
            Asked(
                leg.direction.value if leg.direction else None,
                leg.length.number if leg.length else None,
                leg.length.step if leg.length else 0.0, bool(leg.length and leg.length.about),
            )
            for leg in legs[first:last]
        ]  # fmt: skip
        places = places_between(track, nodes.stops, low, high, rules, len(asked))
        at[first : last + 1] = turns_between(
            track, places, asked, rules,
            is_start_known=bool(np.isfinite(at[first])), is_end_known=bool(np.isfinite(at[last])),
        )  # fmt: skip
    return at


def _is_met(phrase: Phrase, met: Met, start: float, end: float, slack: float, rules: Rules) -> bool:
    if phrase.kind == "along":
        return met.share(start, end) >= 0.8 * rules.follow_share
    if phrase.kind == "across":
        return met.crossed(start, end, slack) is not None
    inside = start - slack <= met.nearest_at_m <= end + slack
    return (inside and met.nearest_m <= 1.5 * rules.near_m) or (
        met.crossed(start, end, slack) is not None
    )


def _within(phrase: Phrase, rules: Rules) -> str:
    if phrase.kind == "along":
        return f"{rules.follow_m:g} 米内占 {0.8 * rules.follow_share:.0%}"
    return f"{1.5 * rules.near_m:g} 米内" if phrase.kind == "past" else "相交"


def _found(met: Met, start: float, end: float, rules: Rules) -> str:
    """Where the named feature is met instead."""
    told = []
    if (share := met.share(start, end)) > 0:
        told.append(f"本段 {share:.0%} 在 {rules.follow_m:g} 米内")
    if met.crossings:
        places = "、".join(length_words(a) for a, _ in met.crossings[:3])
        told.append(f"相交处距起点 {places}")
    elif met.runs:
        a, b = met.runs[0]
        told.append(f"距起点 {length_words(a)}至{length_words(b)}处伴行")
    else:
        told.append(
            f"未相交，最近 {met.nearest_m:.0f} 米（距起点 {length_words(met.nearest_at_m)}）"
        )
    return "；".join(told)
