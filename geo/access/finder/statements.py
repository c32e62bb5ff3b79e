"""Which SQL judges, counts and orders the facilities of a question? Each text is built once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import TextClause, text

from geo.access.finder.conditions import BEST_LEVEL, CONDITIONS, FOR_ALL, JOINED, LOWEST
from geo.queries.within import HERE, IN_TERRITORY, Territory

Shape = tuple[str, ...]

_LINE = f"ST_Distance(f.geom::geography, {HERE})"
_SPOT = f"f.id, f.code, ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat, {_LINE} AS line_m"
_KEPT = "f.id, f.code, f.name, f.kinds, f.admin_code, f.geom, f.beds_free, f.checked_on"
"""What the orders need of a facility that was judged."""

_MAINLY = "(f.kinds[1] = ANY(CAST(:kinds AS text[]))) DESC"
"""First whose main service it is: a site's first kind is what it is, the others are beside it."""

_ORDERS = {
    "price": f"{LOWEST} NULLS LAST",
    "rating": f"{BEST_LEVEL} DESC NULLS LAST",
    "beds": "f.beds_free DESC NULLS LAST",
    "checked": "f.checked_on DESC NULLS LAST",
    "name": f"{_MAINLY}, f.admin_code NULLS LAST, f.name",
}
"""Order → its SQL on `f`; line, main service, name and code decide among equals."""

PLACES = text(f"SELECT {_SPOT} FROM facility f WHERE f.id = ANY(:ids)")


def base(territory: Territory) -> str:
    """SQL: the facilities that are asked about at all."""
    return f"""f.kinds && :kinds AND f.state = 'open' AND f.validity @> CAST(:on AS date)
        AND {IN_TERRITORY[territory]}"""


def all_of(shape: Shape, conditions: Mapping[str, str] = CONDITIONS) -> str:
    """All conditions together: TRUE, FALSE or NULL."""
    return " AND ".join(f"({conditions[name]})" for name in shape) or "true"


def _gathered(shape: Shape) -> str:
    """FROM: facilities beside the facts that the conditions FOR_ALL need."""
    return " ".join(["FROM facility f", *(JOINED[name] for name in shape if name in JOINED)])


def _keys(order: str, from_start: bool) -> str:
    if order == "near":
        return f"{_LINE}, {_MAINLY}, f.code"
    line = [_LINE] if from_start else []
    return ", ".join([_ORDERS[order], *line, _MAINLY, "f.name", "f.code"])


@lru_cache(maxsize=512)
def survey(shape: Shape, territory: Territory, order: str, from_start: bool) -> TextClause:
    """Counts of what fits and of what may, and a stretch of both lists in their order.

    Every facility is judged once. Rows: found, unknown, fits (true or NULL), place, and the spot;
    one row without a spot where both stretches are empty.
    """
    columns = _SPOT if from_start else "f.id, f.code, 0.0 AS lon, 0.0 AS lat, NULL AS line_m"
    keys = _keys(order, from_start)

    def stretch(fits: str, part: str) -> str:
        return f"""(SELECT f.fits, row_number() OVER (ORDER BY {keys}) AS place, {columns}
            FROM judged f WHERE {fits} ORDER BY {keys}
            LIMIT :{part}_limit OFFSET :{part}_offset)"""

    return text(f"""WITH judged AS MATERIALIZED (
        SELECT {_KEPT}, ({all_of(shape, FOR_ALL)}) AS fits
        {_gathered(shape)} WHERE {base(territory)})
    SELECT told.found, told.unknown, spot.* FROM (
        SELECT count(*) FILTER (WHERE fits) AS found,
            count(*) FILTER (WHERE fits IS NULL) AS unknown FROM judged) AS told
    LEFT JOIN ({stretch("f.fits", "found")}
        UNION ALL {stretch("f.fits IS NULL", "unknown")}) AS spot ON true""")


@lru_cache(maxsize=64)
def nearest(territory: Territory) -> TextClause:
    """The nearest where no condition is set, by the index: see geo.queries.nearest for the bound"""
    return text(f"""SELECT {_SPOT} FROM facility f
    WHERE {base(territory)} AND ST_DWithin(f.geom::geography, {HERE}, (
        SELECT max(ST_Distance(first.geog, {HERE})) + 0.001 FROM (
            SELECT f.geom::geography AS geog FROM facility f WHERE {base(territory)}
            ORDER BY f.geom::geography <-> {HERE} LIMIT :most) AS first))
    ORDER BY line_m, {_MAINLY}, f.code LIMIT :most""")


@lru_cache(maxsize=512)
def tally(shape: Shape, territory: Territory) -> TextClause:
    """How many fit (found), and of how many it is not known (unknown)."""
    return text(f"""SELECT count(*) FILTER (WHERE fits) AS found,
        count(*) FILTER (WHERE fits IS NULL) AS unknown
    FROM (SELECT ({all_of(shape, FOR_ALL)}) AS fits {_gathered(shape)}
        WHERE {base(territory)}) AS judged""")


@lru_cache(maxsize=512)
def without_each(shape: Shape, territory: Territory) -> TextClause:
    """For each condition of a shape the two counts without it: one row of 2 × n numbers."""
    columns = ", ".join(f"({FOR_ALL[name]}) AS c{i}" for i, name in enumerate(shape))
    counts = []
    for left_out in range(len(shape)):
        rest = " AND ".join(f"c{i}" for i in range(len(shape)) if i != left_out) or "true"
        counts += [f"count(*) FILTER (WHERE {rest})", f"count(*) FILTER (WHERE ({rest}) IS NULL)"]
    return text(f"""WITH judged AS MATERIALIZED (
        SELECT {columns} {_gathered(shape)} WHERE {base(territory)})
    SELECT {", ".join(counts)} FROM judged""")


@lru_cache(maxsize=512)
def judged_within(shape: Shape, territory: Territory) -> TextClause:
    """Everything within `:radius_m` in a straight line, with the verdict of each condition."""
    verdicts = "".join(f", ({CONDITIONS[name]}) AS c{i}" for i, name in enumerate(shape))
    return text(f"""SELECT {_SPOT}{verdicts} FROM facility f
    WHERE {base(territory)}
      AND ST_DWithin(f.geom::geography, {HERE}, CAST(:radius_m AS float8))
    ORDER BY line_m, {_MAINLY}, f.code""")


@lru_cache(maxsize=16)
def in_order(order: str, from_start: bool) -> TextClause:
    """Some facilities in an order."""
    return text(
        f"SELECT f.id FROM facility f WHERE f.id = ANY(:ids) ORDER BY {_keys(order, from_start)}"
    )


@lru_cache(maxsize=512)
def unknowns(shape: Shape) -> TextClause:
    """Of some facilities which conditions are unknown."""
    flags = "".join(f", ({CONDITIONS[name]}) IS NULL" for name in shape)
    return text(f"SELECT f.id{flags} FROM facility f WHERE f.id = ANY(:ids)")
