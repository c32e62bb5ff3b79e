"""Which coordinate system are these numbers in, on what evidence, and is it clear enough?

A row speaks for one reading against another when it lies in the division that it states under the
first only, or much nearer to a stored facility of its name, to what is stored at its address, or to
the road that its address names; outside means by more than 30 m, for drawn borders and house
numbers are no more exact. The rule: a reading wins clearly when at least
90 % of the rows that can be checked fit it, and against every other reading the rows that tell the
two apart speak for it so unanimously that chance does so in one case of a hundred at most
(one-sided sign test; that takes seven rows at least). Rows at one spot count once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import comb
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geo.crs import Array
from geo.loaders.crs_readings import CrsGuess, guesses, is_meridian, older_datums, read_in

MIN_FIT = 0.9
"""Share of the checkable rows that must fit the winner: a reading that nobody listed fits less.

Real lists state a wrong or a former division in some rows of a hundred, and stand 30 m over drawn
borders in some more: true readings of the real lists at hand fit 0.93 to 0.99 of the rows. The
share is no measure of one reading against another: the sign test tells those apart.
"""
MAX_CHANCE = 0.01
"""Chance of so many rows speaking for the wrong reading; seven of seven are 1/128."""
NEAR_M = 100.0
"""A row this near to the stored facility of its name fits: different surveys of one house do."""
ON_ROAD_M = 150.0
"""A house this near to the road of its address fits: those of a lane stand far behind the road."""
TELLING_M = 25.0
"""Distances to the stored facility must differ by more than this to tell two readings apart."""
BORDER_DEG = 0.0003
"""About 30 m. A row so little outside its division tells nothing, though it counts as outside."""
FAR_M = 1_000.0
"""No reading moves a row so far: what lies farther at its address is in another town."""
SAME_M = 1.0
SAME_DATUM_M, SAME_DATUM_ROWS = 10.0, 7
"""Median distance to stored namesakes that only the right datum gives, and how many it takes."""
MOST_ROWS = 2000
"""Rows that are weighed; more do not make the evidence clearer."""
SHOWN = 8

_EARTH = Geod(ellps="GRS80")


def _none() -> NDArray[np.object_]:
    return np.empty(0, dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of the rows apart from their numbers, row by row.

    `stated` is the index in `areas` of the division that the row states, -1 where none is known.
    `lon`, `lat` (EPSG:4490) are of the stored facility of the row's name, NaN where there is none.
    `near` (EPSG:4490) is what the address tells, None where nothing: the point of what is stored at
    the same address, or the line of the road. Where the row is a road itself `drawn` is its line as
    delivered, and `near` the stored houses on it.
    """

    stated: NDArray[np.intp]
    areas: Sequence[Any]
    lon: Array
    lat: Array
    near: NDArray[np.object_] = field(default_factory=_none)
    drawn: NDArray[np.object_] = field(default_factory=_none)

    def __post_init__(self) -> None:
        """Without addresses nothing is known of any."""
        for name in ("near", "drawn"):
            if len(getattr(self, name)) != len(self.stated):
                object.__setattr__(self, name, np.full(len(self.stated), None, dtype=object))

    @classmethod
    def nothing(cls, rows: int) -> Known:
        """Rows of which nothing is known."""
        return cls(
            np.full(rows, -1, dtype=np.intp), (), np.full(rows, np.nan), np.full(rows, np.nan)
        )

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Known:
        """What is known of some of the rows."""
        return Known(
            self.stated[rows], self.areas, self.lon[rows], self.lat[rows], self.near[rows],
            self.drawn[rows],
        )  # fmt: skip

    @property
    def checkable(self) -> NDArray[np.bool_]:
        """The rows of which anything is known."""
        has_near = np.array([shape is not None for shape in self.near], dtype=bool)
        return np.asarray((self.stated >= 0) | np.isfinite(self.lon) | has_near)

    @property
    def reach_m(self) -> Array:
        """How near each row must be to what is known of it: to a thing, or to a road."""
        is_spot = [shape is None or shape.geom_type == "Point" for shape in self.near]
        is_spot_or_named = np.array(is_spot, dtype=bool) | np.isfinite(self.lon)
        return np.where(is_spot_or_named, NEAR_M, ON_ROAD_M)


@dataclass(frozen=True, slots=True, eq=False)
class CrsEvidence:
    """A reading with its score: the share of the checkable rows that fit it, None without any.

    Per weighed row `inside` is 1, 0 or -1 (not known), `at_border` says that it is outside by so
    little that it tells nothing, and `away_m` is the distance to the stored namesake, or to what
    the address tells; `is_namesake` says which. Up to `reach_m` it fits.
    """

    crs: str
    score: float | None
    evidence: str
    swapped: bool
    why_stated: str | None
    guess: CrsGuess = field(repr=False)
    inside: NDArray[np.int8] = field(repr=False)
    at_border: NDArray[np.bool_] = field(repr=False)
    away_m: Array = field(repr=False)
    is_namesake: NDArray[np.bool_] = field(repr=False)
    reach_m: Array = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """The reading as the report tells it."""
        score = None if self.score is None else round(self.score, 4)
        return {"crs": self.crs, "score": score, "evidence": self.evidence}


def telling_rows(x: Array, y: Array, known: Known) -> NDArray[np.intp]:
    """Indexes of the rows to weigh: distinct spots, those of which something is known first."""
    usable = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & ~((x == 0) & (y == 0)))
    _, first = np.unique(np.column_stack((x[usable], y[usable])), axis=0, return_index=True)
    rows = usable[np.sort(first)]
    checkable = known.checkable[rows]
    rows = rows[checkable] if checkable.any() else rows
    if rows.size > MOST_ROWS:
        rows = rows[np.linspace(0, rows.size - 1, MOST_ROWS).astype(np.intp)]
    return rows


def weigh(x: Array, y: Array, known: Known | None = None) -> list[CrsEvidence]:
    """Every possible reading of the numbers, best first; x is the column that is called east.

    WGS 84 and CGCS2000 are not told apart: what is stored is the same. Xian 80 and Beijing 54 are
    listed beside the CGCS2000 zone that has their numbers, unless stored namesakes lie so near
    (10 m in the middle of seven or more) that the datum can only be CGCS2000.
    """
    known = known or Known.nothing(len(x))
    rows = telling_rows(x, y, known)
    part, made = known.take(rows), guesses(x[rows], y[rows])
    found = [evidence_of(guess, part) for guess in made]
    part = in_this_town(part, found)
    found = [evidence_of(guess, part) for guess in made]
    found += [older for one in found for older in _older(one)]
    return sorted(
        found,
        key=lambda one: (
            -(one.score or 0.0),
            one.score is not None and one.why_stated is not None,
            one.swapped,
        ),
    )


def in_this_town(known: Known, found: Sequence[CrsEvidence]) -> Known:
    """Without what addresses tell where it is far from the row in every reading."""
    if not found or not any(shape is not None for shape in known.near):
        return known
    apart = np.array([np.where(np.isnan(one.away_m), np.inf, one.away_m) for one in found])
    is_far = ~np.isfinite(known.lon) & (apart.min(axis=0) > FAR_M)
    near = known.near.copy()
    near[is_far] = None
    return replace(known, near=near)


def _older(one: CrsEvidence) -> list[CrsEvidence]:
    """The same zone in older datums, where it fits and nothing tells the datum."""
    near = one.away_m[np.isfinite(one.away_m) & one.is_namesake]
    told = near.size >= SAME_DATUM_ROWS and np.median(near) <= SAME_DATUM_M
    if told or (one.score or 0.0) < MIN_FIT:
        return []
    return [
        replace(
            one, crs=older.label, evidence=f"{older.words}; {older.why_stated}",
            why_stated=older.why_stated, guess=older,
        )
        for older in older_datums(one.guess)
    ]  # fmt: skip


def evidence_of(guess: CrsGuess, known: Known) -> CrsEvidence:
    """Check one reading against what is known of its rows."""
    inside, at_border = _inside(guess, known)
    away_m = _away_m(guess, known)
    checkable, is_namesake = known.checkable, np.isfinite(known.lon)
    fits = np.where(inside >= 0, inside == 1, away_m <= known.reach_m) & checkable
    score = float(fits.sum() / checkable.sum()) if checkable.any() else None
    words = [guess.words]
    if (inside >= 0).any():
        n, of = int((inside == 1).sum()), int((inside >= 0).sum())
        words.append(f"{of} 行中 {n} 行在所述区划内 · {n} of {of} rows in their stated division")
    for zh, en, which in (
        ("同名设施", "stored namesakes", is_namesake),
        ("同地址或所在道路", "stored things or roads of the same address", ~is_namesake),
    ):
        near = away_m[np.isfinite(away_m) & which]
        if near.size:
            words.append(
                f"距库中{zh}中位数 {np.median(near):.0f} 米（{near.size} 行） · median "
                f"{np.median(near):.0f} m from {near.size} {en}"
            )
    if score is None:
        words.append("仅凭数值范围 · by its range of values only")
    if guess.why_stated:
        words.append(guess.why_stated)
    return CrsEvidence(
        guess.label, score, "; ".join(words), guess.swapped, guess.why_stated, guess, inside,
        at_border, away_m, is_namesake, known.reach_m,
    )  # fmt: skip


def _inside(guess: CrsGuess, known: Known) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    inside = np.full(guess.lon.shape, -1, dtype=np.int8)
    at_border = np.zeros(guess.lon.shape, dtype=bool)
    for index, area in enumerate(known.areas):
        rows = np.flatnonzero(known.stated == index)
        if rows.size:
            shapely.prepare(area)
            inside[rows] = shapely.intersects_xy(area, guess.lon[rows], guess.lat[rows])
            outside = rows[(inside[rows] == 0) & np.isfinite(guess.lon[rows])]
            points = shapely.points(guess.lon[outside], guess.lat[outside])
            at_border[outside] = shapely.dwithin(area, points, BORDER_DEG)
    return inside, at_border


def _away_m(guess: CrsGuess, known: Known) -> Array:
    away_m = np.full(guess.lon.shape, np.nan)
    rows = np.flatnonzero(np.isfinite(known.lon) & np.isfinite(guess.lon))
    if rows.size:
        *_, away_m[rows] = _EARTH.inv(
            guess.lon[rows], guess.lat[rows], known.lon[rows], known.lat[rows]
        )
    for at, shape in enumerate(known.near):
        if shape is not None and np.isnan(away_m[at]) and np.isfinite(guess.lon[at]):
            away_m[at] = _from_address_m(guess, at, shape, known.drawn[at])
    return away_m


def metres(lon: Array, lat: Array, around: float) -> tuple[Array, Array]:
    """Small differences of degrees as metres east and north near a latitude, good to 1 %."""
    return np.asarray(lon) * 111_320 * np.cos(np.radians(around)), np.asarray(lat) * 111_000


def _from_address_m(guess: CrsGuess, at: int, near: Any, drawn: Any) -> float:
    """Metres from a row to what its address tells; of a road the middle one of its houses."""
    lat = float(guess.lat[at])

    def plane(points: Array) -> Array:
        return np.column_stack(metres(points[:, 0], points[:, 1], lat))

    if drawn is None:
        here = plane(np.array([[guess.lon[at], lat]]))
        return float(shapely.transform(near, plane).distance(shapely.Point(here[0])))
    line = shapely.transform(drawn, lambda given: np.column_stack(read_in(guess, *given.T)))
    if not np.isfinite(shapely.get_coordinates(line)).all():
        return float("nan")
    line = shapely.transform(line, plane)
    houses = shapely.get_parts(shapely.transform(near, plane))
    return float(np.median(shapely.distance(houses, line)))


def clear_winner(
    weighed: Sequence[CrsEvidence], most_chance: float = MAX_CHANCE
) -> CrsEvidence | None:
    """The reading that wins by the rule of this module, or None: then somebody has to say."""
    for best in weighed[:1]:
        if best.why_stated is None and all(
            is_clearly_better(best, other, most_chance) for other in weighed if other is not best
        ):
            return best
    return None


def is_clearly_better(
    one: CrsEvidence, other: CrsEvidence, most_chance: float = MAX_CHANCE
) -> bool:
    """Whether `one` fits and the rows that tell both apart speak for it beyond chance."""
    if one.score is None or one.score < MIN_FIT:
        return False
    if other.why_stated is None and _same_places(one.guess, other.guess):
        return True
    speaking = _votes(one, other)
    said_for, said = int((speaking > 0).sum()), int((speaking != 0).sum())
    chance = sum(comb(said, k) for k in range(said_for, said + 1)) / 2**said
    return bool(chance <= most_chance)


def _votes(one: CrsEvidence, other: CrsEvidence) -> NDArray[np.int8]:
    """1 where a row speaks for `one`, -1 where for `other`, 0 where it tells nothing."""
    tells = (one.inside >= 0) & (other.inside >= 0) & ~one.at_border & ~other.at_border
    division = np.where(tells, np.sign(one.inside - other.inside), 0)
    mine, others = (np.where(np.isnan(e.away_m), np.inf, e.away_m) for e in (one, other))
    nearer = np.where((mine <= one.reach_m) & (mine + TELLING_M < others), 1, 0)
    nearer -= np.where((others <= one.reach_m) & (others + TELLING_M < mine), 1, 0)
    votes: NDArray[np.int8] = np.where(division != 0, division, nearer).astype(np.int8)
    return votes


def _same_places(one: CrsGuess, other: CrsGuess) -> bool:
    """Whether both readings put every row on the same spot, to a metre."""
    both = np.isfinite(one.lon) & np.isfinite(other.lon)
    if not both.any() or (np.isfinite(one.lon) != np.isfinite(other.lon)).any():
        return False
    *_, apart = _EARTH.inv(one.lon[both], one.lat[both], other.lon[both], other.lat[both])
    return bool(np.max(apart) <= SAME_M)


def scores(weighed: Sequence[CrsEvidence]) -> str:
    """The readings with their scores, one a line, for a person who has to choose."""
    lines = []
    meridians = set()
    for one in weighed:
        if one.score is None and is_meridian(one.guess.crs):
            meridians.add(one.swapped)  # any of them, by values alone
            continue
        shown = "—" if one.score is None else f"{one.score:.3f}"
        lines.append(f"  {shown}  {one.crs}: {one.evidence}")
    lines += [
        "  —  EPSG:4534–4554" + (", axes swapped" if swapped else "")
        + ": CGCS2000 无带号，中央经线未知 · a zone without number, central meridian unknown"
        for swapped in sorted(meridians)
    ]  # fmt: skip
    more = len(lines) - SHOWN
    return "\n".join([*lines[:SHOWN], *([f"  … 另有 {more} 种 · {more} more"] if more > 0 else [])])
