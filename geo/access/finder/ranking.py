"""Which facilities fit, how many, and in which order from where someone stands?

Order on foot: the `CANDIDATES` nearest in a straight line are walked to. Everything outside them
lies farther in a straight line than the last of them, so it is farther on foot too: whoever is
reached within that distance is in the right place for certain and comes first, by the walk; the
others follow by the straight line. No facility that is nearer on foot can be missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geo.access.finder import statements
from geo.access.finder.conditions import binds_of, filter_of, shape_of
from geo.access.finder.question import SWITCHES, Question
from geo.access.finder.walking import LONGEST_MIN, NotOnFoot, OnFoot, WalkingGrounds
from geo.access.finder.words import FILTERS
from geo.access.walking.pace import metres_in
from geo.queries.admin import Reader
from geo.queries.within import Territory, territory_of

CANDIDATES = 200
BESIDE = 3
"""So many of the unknown ones are shown beside the first page of what fits."""
ROUNDING = 0.999
"""A walk is measured on a plane of its own: a thousandth may be lost against the straight line."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One facility of a list: metres in a straight line and on foot, None where not known.

    on_foot: reached; too_far (not within an hour); off_network (beside every way); None: not asked.
    unknown_for: the filters of which it is not known whether it passes.
    """

    id: int
    line_m: float | None = None
    walk_m: float | None = None
    on_foot: str | None = None
    unknown_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A page of the asked part, the first of the unknown ones, and how many there are in all.

    measured_by: walk or line, None without a start. why: why not on foot. roads: their sources.
    """

    spots: tuple[Spot, ...]
    beside: tuple[Spot, ...]
    found: int
    unknown: int
    measured_by: str | None = None
    why: str | None = None
    roads: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """A question made ready: conditions, territory and bound values."""

    asked: Question
    shape: statements.Shape
    territory: Territory
    binds: dict[str, Any]

    @classmethod
    def of(cls, session: Reader, asked: Question) -> Ground:
        """Raises NotFound for a division that is not there on the day."""
        territory, within = territory_of(session, asked.within, asked.moment.date())
        price = {"price_unit": asked.asked.price_unit, "price_item": asked.care_level}
        return cls(asked, shape_of(asked), territory, price | binds_of(asked) | within)

    @property
    def other(self) -> str:
        """The part that is not asked for."""
        return "unknown" if self.asked.part == "found" else "found"

    @property
    def shows_beside(self) -> bool:
        """Whether some of the unknown ones are shown under the page."""
        return self.asked.part == "found" and self.asked.offset == 0

    @property
    def page(self) -> slice:
        """The asked rows of a list."""
        return slice(self.asked.offset, self.asked.offset + self.asked.limit)


def rank(session: Reader, asked: Question, grounds: WalkingGrounds | None) -> Ranked:
    """The asked page of the asked part. grounds: None measures in straight lines."""
    ground = Ground.of(session, asked)
    if asked.within_min is not None and asked.has_start:
        return _within_minutes(session, ground, grounds)
    found, unknown, rows = _surveyed(session, ground)
    walked = _walks(asked, grounds, [*rows["found"], *rows["unknown"]])
    spots = _spots([*rows["found"], *rows["unknown"]], walked)
    parts = {"found": spots[: len(rows["found"])], "unknown": spots[len(rows["found"]) :]}
    if asked.sorted_by == "near":
        parts = {part: _by_walk(listed, walked) for part, listed in parts.items()}
        parts[asked.part] = parts[asked.part][ground.page]
    beside = parts["unknown"][:BESIDE] if ground.shows_beside else []
    return _ranked(asked, parts[asked.part], beside, (found, unknown), walked)


def counts(session: Reader, asked: Question, grounds: WalkingGrounds | None) -> tuple[int, int]:
    """How many fit, and of how many it is not known."""
    ground = Ground.of(session, asked)
    if asked.within_min is not None and asked.has_start:
        whole = _within_minutes(session, ground, grounds)
        return whole.found, whole.unknown
    row = session.execute(statements.tally(ground.shape, ground.territory), ground.binds).one()
    return row.found, row.unknown


def counts_without(
    session: Reader, asked: Question, grounds: WalkingGrounds | None
) -> dict[str, tuple[int, int]]:
    """For each filter that is set how many fit without it, and of how many it is not known."""
    ground = Ground.of(session, asked)
    made: dict[str, tuple[int, int]] = {}
    if ground.shape and not (asked.within_min is not None and asked.has_start):
        statement = statements.without_each(ground.shape, ground.territory)
        row = session.execute(statement, ground.binds).one()
        for at, name in enumerate(ground.shape):
            made[filter_of(name)] = (row[2 * at], row[2 * at + 1])
    for name in FILTERS:
        if name not in made and getattr(asked, name) not in (None, False, ""):
            empty: dict[str, Any] = {name: False if name in SWITCHES else None}
            made[name] = counts(session, replace(asked, **empty), grounds)
    return made


def unknown_filters(session: Reader, asked: Question, ids: Sequence[int]) -> dict[int, list[str]]:
    """Of some facilities the filters of which it is not known whether they pass, by id."""
    shape = shape_of(asked)
    if not shape or not ids:
        return {}
    rows = session.execute(statements.unknowns(shape), binds_of(asked) | {"ids": list(ids)})
    return {
        row[0]: [filter_of(n) for n, is_null in zip(shape, row[1:], strict=True) if is_null]
        for row in rows
    }


def distances(
    session: Reader, asked: Question, grounds: WalkingGrounds | None, ids: list[int]
) -> Ranked:
    """Some facilities in the given order, with distances where there is a start."""
    if not asked.has_start:
        return Ranked(tuple(Spot(id_) for id_ in ids), (), len(ids), 0)
    rows = session.execute(statements.PLACES, binds_of(asked) | {"ids": ids}).all()
    walked = _walks(asked, grounds, rows)
    spots = {spot.id: spot for spot in _spots(rows, walked)}
    return _ranked(asked, [spots[id_] for id_ in ids], [], (len(ids), 0), walked)


def in_walking_order(spots: list[Spot], horizon_m: float) -> list[Spot]:
    """Spots that come by the straight line: first those surely in the right place, by the walk.

    horizon_m: everything within this many metres in a straight line is among the spots.
    """
    sure = [s for s in spots if s.walk_m is not None and s.walk_m <= horizon_m * ROUNDING]
    first = {spot.id for spot in sure}
    return sorted(sure, key=lambda spot: spot.walk_m or 0.0) + [
        spot for spot in spots if spot.id not in first
    ]


def _by_walk(spots: list[Spot], walked: OnFoot | NotOnFoot) -> list[Spot]:
    """A list by the straight line, the nearest of it by the walk; the same for every page."""
    if not isinstance(walked, OnFoot):
        return spots
    near = spots[:CANDIDATES]
    horizon = near[-1].line_m if len(near) == CANDIDATES else None
    most = walked.limit_m if horizon is None else min(horizon, walked.limit_m)
    return in_walking_order(near, most) + spots[CANDIDATES:]


def _surveyed(session: Reader, ground: Ground) -> tuple[int, int, dict[str, list[Any]]]:
    """How many fit and may fit, and the rows of both that are needed."""
    asked = ground.asked
    is_near = asked.sorted_by == "near"
    if is_near:
        wanted = {asked.part: (max(CANDIDATES, ground.page.stop), 0)}
        wanted[ground.other] = (CANDIDATES if ground.shows_beside else 0, 0)
    else:
        wanted = {asked.part: (asked.limit, asked.offset)}
        wanted[ground.other] = (BESIDE if ground.shows_beside else 0, 0)
    if is_near and not ground.shape:
        found, unknown = counts(session, replace(asked, within_min=None), None)
        most = wanted["found"][0]
        rows = session.execute(
            statements.nearest(ground.territory), ground.binds | {"most": most}
        ).all()
        return found, unknown, {"found": list(rows) if most else [], "unknown": []}
    stretches = {
        f"{part}_{word}": value
        for part, window in wanted.items()
        for word, value in zip(("limit", "offset"), window, strict=True)
    }
    statement = statements.survey(ground.shape, ground.territory, asked.sorted_by, asked.has_start)
    told = session.execute(statement, ground.binds | stretches).all()
    parts: dict[str, list[Any]] = {"found": [], "unknown": []}
    for row in sorted((row for row in told if row.id is not None), key=lambda row: row.place):
        parts["found" if row.fits else "unknown"].append(row)
    return told[0].found, told[0].unknown, parts


def _within_minutes(session: Reader, ground: Ground, grounds: WalkingGrounds | None) -> Ranked:
    """What is reached within the asked minutes: few enough to be judged one by one."""
    asked = ground.asked
    limit_m = metres_in(asked.within_min or 0.0)
    rows = session.execute(
        statements.judged_within(ground.shape, ground.territory),
        ground.binds | {"radius_m": limit_m},
    ).all()
    walked = _walks(asked, grounds, rows)
    parts: dict[str, list[Spot]] = {"found": [], "unknown": []}
    names = [*ground.shape, "within_min"]
    for row, spot in zip(rows, _spots(rows, walked), strict=True):
        verdicts = [*row[5:], _in_time(spot, limit_m)]
        if False not in verdicts:
            reasons = tuple(filter_of(n) for n, v in zip(names, verdicts, strict=True) if v is None)
            parts["unknown" if reasons else "found"].append(replace(spot, unknown_for=reasons))
    for listed in parts.values():
        _sort(session, ground, listed)
    beside = parts["unknown"][:BESIDE] if ground.shows_beside else []
    sizes = len(parts["found"]), len(parts["unknown"])
    return _ranked(asked, parts[asked.part][ground.page], beside, sizes, walked)


def _sort(session: Reader, ground: Ground, spots: list[Spot]) -> None:
    """Put a whole list into the asked order."""
    asked = ground.asked
    if asked.sorted_by == "near":
        spots.sort(key=lambda s: (s.on_foot == "off_network", s.walk_m or s.line_m or 0.0))
    elif spots:
        statement = statements.in_order(asked.sorted_by, asked.has_start)
        ids = session.execute(statement, ground.binds | {"ids": [s.id for s in spots]}).scalars()
        place = {id_: at for at, id_ in enumerate(ids)}
        spots.sort(key=lambda spot: place[spot.id])


def _in_time(spot: Spot, limit_m: float) -> bool | None:
    """Whether a spot within the straight line is reached in time; without ways the line decides."""
    if spot.on_foot == "off_network":
        return None
    return spot.on_foot is None or (spot.walk_m is not None and spot.walk_m <= limit_m)


def _ranked(
    asked: Question, spots: Sequence[Spot], beside: Sequence[Spot], sizes: tuple[int, int],
    walked: OnFoot | NotOnFoot,
) -> Ranked:  # fmt: skip
    if not asked.has_start:
        return Ranked(tuple(spots), tuple(beside), *sizes)
    if isinstance(walked, OnFoot):
        return Ranked(tuple(spots), tuple(beside), *sizes, "walk", None, walked.sources)
    return Ranked(tuple(spots), tuple(beside), *sizes, "line", walked.why)


def _walks(
    asked: Question, grounds: WalkingGrounds | None, rows: Sequence[Any]
) -> OnFoot | NotOnFoot:
    if grounds is None or asked.lon is None or asked.lat is None:
        return NotOnFoot("no_ways")
    longest_m = metres_in(LONGEST_MIN)
    near = np.array([row.line_m <= longest_m for row in rows], dtype=bool)
    to = np.array([(row.lon, row.lat) for row in rows], dtype=np.float64).reshape(-1, 2)
    walked = grounds.walks(asked.lon, asked.lat, to[near])
    if isinstance(walked, OnFoot):
        metres = np.full(len(rows), np.inf)  # farther in a straight line than the longest walk
        metres[near] = walked.metres
        walked = replace(walked, metres=metres)
    return walked


def _spots(rows: Sequence[Any], walked: OnFoot | NotOnFoot) -> list[Spot]:
    """Rows with their straight lines, and with walks where they are known."""
    if not isinstance(walked, OnFoot):
        return [Spot(row.id, row.line_m) for row in rows]
    made = []
    for row, metres in zip(rows, walked.metres.tolist(), strict=True):
        if np.isfinite(metres):
            made.append(Spot(row.id, row.line_m, metres, "reached"))
        else:
            made.append(
                Spot(row.id, row.line_m, None, "off_network" if np.isnan(metres) else "too_far")
            )
    return made
