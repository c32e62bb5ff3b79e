"""At which places of a line does a description turn, where it does not name them?

Between two places that are known, the unnamed turns are put where the fewest of the directions and
lengths that are said disagree; a length weighs more than a direction. Ties go to the better length.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.survey.bearings import DIRECTIONS16, true_azimuth, turn_deg
from geo.survey.course.rules import Rules
from geo.survey.course.stops import Stop
from geo.survey.course.track import Floats, Track

MOST_PLACES = 240
MOST_EVER = 1200
"""Places are thinned to so many, but not coarser than the turns of a draft, unless there are more
than this."""
LENGTH_WEIGHS = 1.5


@dataclass(frozen=True, slots=True)
class Asked:
    """What is said of a stretch: direction word, length in metres, its tolerance's parts."""

    direction: str | None
    length_m: float | None
    step_m: float = 0.0
    about: bool = False


def places_between(
    track: Track, stops: Sequence[Stop], start_m: float, end_m: float, rules: Rules, least: int
) -> Floats:
    """Chainages at which the line may turn: stops and vertices, the coarser the more there are."""
    inner = [one.at_m for one in stops if start_m < one.at_m < end_m]
    ends = [start_m, *inner, end_m]
    tolerance = 0.0
    while True:
        bends = [track.bends(a, b, tolerance) for a, b in itertools.pairwise(ends)]
        found = np.unique(np.r_[ends, np.concatenate(bends)])
        if len(found) <= (MOST_PLACES if tolerance < rules.turn_m else MOST_EVER):
            break
        coarser = tolerance * 2 or rules.turn_m / 16
        tolerance = coarser if tolerance >= rules.turn_m else min(coarser, rules.turn_m)
    if len(found) <= least:
        found = np.unique(np.r_[found, np.linspace(start_m, end_m, least + 2)])
    return found


def turns_between(
    track: Track, places: Floats, asked: Sequence[Asked], rules: Rules,
    *, is_start_known: bool = True, is_end_known: bool = True,
) -> Floats:  # fmt: skip
    """The chainages of the nodes of so many stretches, first and last among them."""
    count = len(places)
    azimuth, length = _pairs(track, places)
    reached = np.full(count, np.inf)
    reached[0] = 0.0
    if not is_start_known:
        reached[:] = 0.0
    came: list[np.ndarray] = []
    for one in asked:
        total = reached[:, None] + _cost(one, azimuth, length, rules)
        came.append(np.argmin(total, axis=0))
        reached = np.min(total, axis=0)
    at = count - 1 if is_end_known else int(np.argmin(reached))
    made = [at]
    for back in reversed(came):
        at = int(back[at])
        made.append(at)
    return places[made[::-1]]


def direction_gap_deg(word: str, azimuth: Floats) -> Floats:
    """How far azimuths lie outside the sector of a direction word, 0 inside."""
    centre = DIRECTIONS16.index(word) * 22.5
    gap: Floats = np.maximum(np.abs(turn_deg(azimuth, centre)) - 11.25, 0.0)
    return gap


def _pairs(track: Track, places: Floats) -> tuple[Floats, Floats]:
    at = track.points_at(places)
    first, second = np.triu_indices(len(places), 1)
    azimuth = np.zeros((len(places), len(places)))
    found = true_azimuth(*at[first].T, *at[second].T)
    azimuth[first, second] = np.nan_to_num(found, nan=0.0)
    return azimuth, places[None, :] - places[:, None]


def _cost(asked: Asked, azimuth: Floats, length: Floats, rules: Rules) -> Floats:
    cost = np.zeros_like(length)
    if asked.direction is not None:
        gap = direction_gap_deg(asked.direction, azimuth)
        cost += (gap > rules.direction_deg) + gap / 1e4
    if asked.length_m is not None:
        share = rules.about_share if asked.about else rules.length_share
        allowed = share * np.abs(length) + rules.length_m + asked.step_m / 2
        miss = np.abs(length - asked.length_m)
        cost += LENGTH_WEIGHS * (miss > allowed) + miss / (1e3 * np.maximum(length, 1.0) + miss)
    return np.where(length > 0, cost, np.inf)


def longest_rise(values: Sequence[float]) -> set[int]:
    """Positions of a longest rising run of values: what is in order."""
    best: list[list[int]] = []
    for k, value in enumerate(values):
        before = [run for run in best if values[run[-1]] < value]
        best.append([*_longest(before), k])
    return set(_longest(best))


def _longest(runs: list[list[int]]) -> list[int]:
    return max(runs, key=lambda run: len(run), default=[])
