"""Which facilities fit, how many, and in which order from where someone stands?

Order on foot: the `CANDIDATES` nearest in a straight line are walked to. Everything outside them
lies farther in a straight line than the last of them, so it is farther on foot too: whoever is
reached within that distance is in the right place for certain and comes first, by the walk; the
others follow by the straight line. No facility that is nearer on foot can be missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import TextClause, text

from geo.access.finder.conditions import CONDITIONS, LEVEL, all_of, binds_of, filter_of, shape_of
from geo.access.finder.question import Question
from geo.access.finder.walking import NotOnFoot, OnFoot, WalkingGrounds
from geo.access.walking.pace import metres_in
from geo.queries.admin import Reader
from geo.queries.within import HERE, IN_TERRITORY, Territory, territory_of

CANDIDATES = 200
ROUNDING = 0.999
"""A walk is measured on a plane of its own: a thousandth may be lost against the straight line."""

_ORDERS = {
    "price": """(SELECT min(p.low) FROM facility_price p WHERE p.facility_id = f.id
        AND (CAST(:price_unit AS text) IS NULL OR p.unit = :price_unit)
        AND (CAST(:price_item AS text) IS NULL OR p.item = :price_item)) NULLS LAST""",
    "rating": f"{LEVEL} DESC NULLS LAST",
    "beds": "f.beds_free DESC NULLS LAST",
    "checked": "f.checked_on DESC NULLS LAST",
    "name": "f.admin_code NULLS LAST, f.name",
    "near": "",
}


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
    """A page of a list, and how many there are in all.

    measured_by: walk or line, None without a start. why: why not on foot. roads: their sources.
    """

    spots: tuple[Spot, ...]
    found: int
    unknown: int
    measured_by: str | None = None
    why: str | None = None
    roads: tuple[Any, ...] = ()

    def size(self, part: str) -> int:
        """How many there are in a part."""
        return self.found if part == "found" else self.unknown


@dataclass(frozen=True, slots=True)
class Ground:
    """A question made ready: conditions, territory and bound values."""

    asked: Question
    shape: tuple[str, ...]
    territory: Territory
    binds: dict[str, Any]

    @classmethod
    def of(cls, session: Reader, asked: Question) -> Ground:
        """Raises NotFound for a division that is not there on the day."""
        territory, within = territory_of(session, asked.within, asked.moment.date())
        price = {"price_unit": asked.asked.price_unit, "price_item": asked.care_level}
        return cls(asked, shape_of(asked), territory, price | binds_of(asked) | within)


def rank(session: Reader, asked: Question, grounds: WalkingGrounds | None) -> Ranked:
    """The asked page of the asked part. grounds: None measures in straight lines."""
    ground = Ground.of(session, asked)
    if asked.within_min is not None and asked.has_start:
        return _within_minutes(session, ground, grounds)
    found, unknown = _counted(session, ground)
    if asked.sorted_by == "near":
        return _nearest(session, ground, grounds, found, unknown)
    ids = _in_order(session, ground, None)
    return _on_foot(session, ground, grounds, ids, found, unknown)


def counts(session: Reader, asked: Question, grounds: WalkingGrounds | None) -> tuple[int, int]:
    """How many fit, and of how many it is not known."""
    ground = Ground.of(session, asked)
    if asked.within_min is not None and asked.has_start:
        whole = _within_minutes(session, ground, grounds)
        return whole.found, whole.unknown
    return _counted(session, ground)


def unknown_filters(session: Reader, asked: Question, ids: Sequence[int]) -> dict[int, list[str]]:
    """Of some facilities the filters of which it is not known whether they pass, by id."""
    shape = shape_of(asked)
    if not shape or not ids:
        return {}
    rows = session.execute(_flags(shape), binds_of(asked) | {"ids": list(ids)})
    return {
        row[0]: [filter_of(n) for n, is_null in zip(shape, row[1:], strict=True) if is_null]
        for row in rows
    }


def _nearest(
    session: Reader, ground: Ground, grounds: WalkingGrounds | None, found: int, unknown: int
) -> Ranked:
    """The page by walking distance, else by the straight line."""
    asked = ground.asked
    rows = _candidates(session, ground, CANDIDATES)
    walked = _walks(asked, grounds, rows)
    spots = _spots(rows, walked)
    if isinstance(walked, OnFoot):
        horizon = rows[-1].line_m if len(rows) == CANDIDATES else np.inf
        spots = in_walking_order(spots, min(horizon, walked.limit_m))
    last = asked.offset + asked.limit
    if last > CANDIDATES == len(rows):
        more = _candidates(session, ground, last)[CANDIDATES:]
        spots += _spots(more, _walks(asked, grounds, more))
    return _ranked(tuple(spots[asked.offset : last]), found, unknown, walked)


def in_walking_order(spots: list[Spot], horizon_m: float) -> list[Spot]:
    """Spots that come by the straight line: first those surely in the right place, by the walk.

    horizon_m: everything within this many metres in a straight line is among the spots.
    """
    sure = [s for s in spots if s.walk_m is not None and s.walk_m <= horizon_m * ROUNDING]
    first = {spot.id for spot in sure}
    return sorted(sure, key=lambda spot: spot.walk_m or 0.0) + [
        spot for spot in spots if spot.id not in first
    ]


def _within_minutes(session: Reader, ground: Ground, grounds: WalkingGrounds | None) -> Ranked:
    """What is reached within the asked minutes: few enough to be judged one by one."""
    asked = ground.asked
    limit_m = metres_in(asked.within_min or 0.0)
    rows = session.execute(
        _judged(ground.shape, ground.territory), ground.binds | {"radius_m": limit_m}
    ).all()
    walked = _walks(asked, grounds, rows)
    parts: dict[str, list[Spot]] = {"found": [], "unknown": []}
    for row, spot in zip(rows, _spots(rows, walked), strict=True):
        verdicts = [*row[5:], _in_time(spot, limit_m)]
        if False not in verdicts:
            parts["unknown" if None in verdicts else "found"].append(
                _named(spot, [*ground.shape, "within_min"], verdicts)
            )
    chosen = parts[asked.part]
    if asked.sorted_by == "near":
        chosen.sort(
            key=lambda s: (s.walk_m is None and s.on_foot is not None, s.walk_m or s.line_m)
        )
    else:
        place = {n: i for i, n in enumerate(_in_order(session, ground, [s.id for s in chosen]))}
        chosen.sort(key=lambda spot: place[spot.id])
    page = tuple(chosen[asked.offset : asked.offset + asked.limit])
    return _ranked(page, len(parts["found"]), len(parts["unknown"]), walked)


def _in_time(spot: Spot, limit_m: float) -> bool | None:
    """Whether a spot within the straight line is reached in time; without ways the line decides."""
    if spot.on_foot == "off_network":
        return None
    return spot.on_foot is None or (spot.walk_m is not None and spot.walk_m <= limit_m)


def _named(spot: Spot, names: Sequence[str], verdicts: Sequence[bool | None]) -> Spot:
    """The spot with the filters that are unknown for it."""
    unknown = tuple(filter_of(n) for n, v in zip(names, verdicts, strict=True) if v is None)
    return Spot(spot.id, spot.line_m, spot.walk_m, spot.on_foot, unknown)


def _on_foot(
    session: Reader, ground: Ground, grounds: WalkingGrounds | None, ids: list[int],
    found: int, unknown: int,
) -> Ranked:  # fmt: skip
    """A page in another order, with distances where there is a start."""
    if not ground.asked.has_start:
        return Ranked(tuple(Spot(id_) for id_ in ids), found, unknown)
    rows = session.execute(_PLACES, ground.binds | {"ids": ids}).all()
    walked = _walks(ground.asked, grounds, rows)
    spots = {spot.id: spot for spot in _spots(rows, walked)}
    return _ranked(tuple(spots[id_] for id_ in ids), found, unknown, walked)


def distances(
    session: Reader, asked: Question, grounds: WalkingGrounds | None, ids: list[int]
) -> Ranked:
    """Some facilities in the given order, with distances where there is a start."""
    return _on_foot(session, Ground.of(session, asked), grounds, ids, len(ids), 0)


def _ranked(
    spots: tuple[Spot, ...], found: int, unknown: int, walked: OnFoot | NotOnFoot
) -> Ranked:
    if isinstance(walked, OnFoot):
        return Ranked(spots, found, unknown, "walk", None, walked.sources)
    return Ranked(spots, found, unknown, "line", walked.why)


def _walks(
    asked: Question, grounds: WalkingGrounds | None, rows: Sequence[Any]
) -> OnFoot | NotOnFoot:
    if grounds is None or asked.lon is None or asked.lat is None:
        return NotOnFoot("no_ways")
    to = np.array([(row.lon, row.lat) for row in rows], dtype=np.float64).reshape(-1, 2)
    return grounds.walks(asked.lon, asked.lat, to)


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


def _counted(session: Reader, ground: Ground) -> tuple[int, int]:
    row = session.execute(_count(ground.shape, ground.territory), ground.binds).one()
    return row.found, row.unknown


def _candidates(session: Reader, ground: Ground, most: int) -> list[Any]:
    asked = ground.asked
    if asked.part == "unknown" and not ground.shape:
        return []
    statement = _near(ground.shape, ground.territory, asked.part)
    return list(session.execute(statement, ground.binds | {"most": most}).all())


def _in_order(session: Reader, ground: Ground, ids: list[int] | None) -> list[int]:
    """The ids of the page by the asked order; or all the given ones."""
    asked = ground.asked
    statement = _sorted(
        ground.shape, ground.territory, asked.part, asked.sorted_by, asked.has_start,
        ids is not None,
    )  # fmt: skip
    page = {"limit": asked.limit, "offset": asked.offset}
    if ids is not None:
        page = {"limit": len(ids), "offset": 0, "ids": ids}  # type: ignore[dict-item]
    return list(session.execute(statement, ground.binds | page).scalars())


def base(territory: Territory) -> str:
    """SQL: the facilities that are asked about at all."""
    return f"""f.kinds && :kinds AND f.state = 'open' AND f.validity @> CAST(:on AS date)
        AND {IN_TERRITORY[territory]}"""


def _part(shape: tuple[str, ...], part: str) -> str:
    condition = all_of(shape)
    return condition if part == "found" else f"({condition}) IS NULL"


@lru_cache(maxsize=512)
def _count(shape: tuple[str, ...], territory: Territory) -> TextClause:
    return text(f"""SELECT count(*) FILTER (WHERE fits) AS found,
        count(*) FILTER (WHERE fits IS NULL) AS unknown
    FROM (SELECT ({all_of(shape)}) AS fits FROM facility f WHERE {base(territory)}) AS judged""")


@lru_cache(maxsize=512)
def _near(shape: tuple[str, ...], territory: Territory, part: str) -> TextClause:
    condition = f"{base(territory)} AND {_part(shape, part)}"
    return text(f"""SELECT f.id, f.code, ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat,
        ST_Distance(f.geom::geography, {HERE}) AS line_m
    FROM facility f
    WHERE {condition} AND ST_DWithin(f.geom::geography, {HERE}, (
        SELECT max(ST_Distance(first.geog, {HERE})) + 0.001 FROM (
            SELECT f.geom::geography AS geog FROM facility f WHERE {condition}
            ORDER BY f.geom::geography <-> {HERE} LIMIT :most) AS first))
    ORDER BY line_m, f.code LIMIT :most""")


@lru_cache(maxsize=512)
def _judged(shape: tuple[str, ...], territory: Territory) -> TextClause:
    verdicts = "".join(f", ({CONDITIONS[name]}) AS is_{i}" for i, name in enumerate(shape))
    return text(f"""SELECT f.id, f.code, ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat,
        ST_Distance(f.geom::geography, {HERE}) AS line_m{verdicts}
    FROM facility f
    WHERE {base(territory)}
      AND ST_DWithin(f.geom::geography, {HERE}, CAST(:radius_m AS float8))
    ORDER BY line_m, f.code""")


@lru_cache(maxsize=512)
def _sorted(
    shape: tuple[str, ...], territory: Territory, part: str, order: str, from_start: bool,
    only_some: bool,
) -> TextClause:  # fmt: skip
    far = f"ST_Distance(f.geom::geography, {HERE})" if from_start else ""
    keys = ", ".join(key for key in (_ORDERS[order], far, "f.name", "f.code") if key)
    chosen = (
        "f.id = ANY(:ids)" if only_some else f"{base(territory)} AND {_part(shape, part)}"
    )  # fmt: skip
    return text(f"""SELECT f.id FROM facility f WHERE {chosen}
    ORDER BY {keys} LIMIT :limit OFFSET :offset""")


@lru_cache(maxsize=512)
def _flags(shape: tuple[str, ...]) -> TextClause:
    flags = "".join(f", ({CONDITIONS[name]}) IS NULL" for name in shape)
    return text(f"SELECT f.id{flags} FROM facility f WHERE f.id = ANY(:ids)")


_PLACES = text(
    f"""SELECT f.id, ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat,
        ST_Distance(f.geom::geography, {HERE}) AS line_m
    FROM facility f WHERE f.id = ANY(:ids)"""
)
