"""By which distances and tolerances is a course told and checked? All of them are settings."""

from __future__ import annotations

from dataclasses import dataclass

from geo.errors import BadInput, both

NOT_FINAL = "草稿，须人工核定"
"""Stands on every text that is written here."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Distances in metres, angles in degrees, shares of 1; own choices, no standard's values.

    turn_m: a bend counts as a turning point where the line leaves its chord by more (Douglas and
    Peucker), unless the direction in a word stays the same. marker_m: a marker further off the
    line is no stop. end_m: a marker as near to an end of the line is that end. follow_m,
    follow_share: a feature is followed (沿) that stays as near over such a share of the stretch.
    near_m: a point is passed (经…附近) within it. direction_deg: beyond a sector's bound, a said
    direction still agrees. length_share, length_m: by so much a said length may differ; ten per
    cent where it says 约. place_m: a feature may be met as far outside its stretch.
    """

    turn_m: float = 50.0
    marker_m: float = 100.0
    end_m: float = 20.0
    follow_m: float = 30.0
    follow_share: float = 0.5
    near_m: float = 100.0
    direction_deg: float = 2.0
    length_share: float = 0.02
    about_share: float = 0.1
    length_m: float = 10.0
    place_m: float = 50.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if not 0 < value <= 10_000:
                raise BadInput(
                    both(
                        f"{name} 须大于 0、不超过 10000，现为 {value}。",
                        f"{name} lies above 0 and up to 10000, not {value}",
                    ),
                    parameter=name,
                )

    def length_tolerance_m(self, found_m: float, *, step_m: float, about: bool) -> float:
        """By how many metres a said length may differ; `step_m` is the last digit's worth."""
        share = self.about_share if about else self.length_share
        return share * found_m + self.length_m + step_m / 2

    def place_tolerance_m(self, length_m: float) -> float:
        """How far beyond its stretch a feature may be met."""
        return max(self.place_m, self.length_share * length_m)


def turn_for_scale(denominator: int | None) -> float:
    """Metres of 1 mm on the archive's map, at least 20; 50 where the scale is unknown."""
    return 50.0 if denominator is None else max(20.0, min(denominator / 1000.0, 1000.0))
