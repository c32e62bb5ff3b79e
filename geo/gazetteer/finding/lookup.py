"""Which stored names stand under these keys, inside these filters?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Row, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from geo.gazetteer.probes import Probe

Reader = Session | Connection
SCANNED = 20_000
"""A filter looks at so many names of a key at most, those of highest standing first."""
SCANNED_FOR_PART = 5_000
"""Of a part whose pairs are all common, so many names of its first pair are gone through."""
RANGE = 300
"""A beginning looks at so many keys of its range at most."""


@dataclass(frozen=True)
class Filters:
    """What a place must be to be found; None asks nothing.

    `units`: codes of divisions, of which the place is one or lies in one. `category` is the
    beginning of a category code, `level` a level of the heritage lists, `year` a year in which the
    name must not be known to be out of use, `area` a polygon as hexadecimal EWKB.
    """

    units: list[str] | None = None
    feature_class: str | None = None
    category: str | None = None
    family: str | None = None
    level: str | None = None
    year: int | None = None
    area: str | None = None

    def __bool__(self) -> bool:
        return any(value is not None for value in vars(self).values())


_COLUMNS = """n.id AS name_id, n.name, n.kind AS name_kind, n.pinyin, n.start_earliest,
               n.end_latest, n.place_id"""

# What holds of a place: a condition that was not asked for is cut away by the planner.
_FITS = """
      (CAST(:units AS text[]) IS NULL OR p.unit_code = ANY(:units) OR p.located_in = ANY(:units))
      AND (CAST(:feature_class AS text) IS NULL OR p.feature_class = :feature_class)
      AND (CAST(:category AS text) IS NULL OR starts_with(p.category, :category))
      AND (CAST(:year AS int) IS NULL
           OR ((n.start_earliest IS NULL OR n.start_earliest <= :year)
               AND (n.end_latest IS NULL OR n.end_latest >= :year)
               AND n.kind NOT IN ('former', 'vanished')))
      AND ((CAST(:family AS text) IS NULL AND CAST(:level AS text) IS NULL)
           OR EXISTS (SELECT FROM heritage_listing h WHERE h.place_id = p.id
                      AND h.family = COALESCE(:family, h.family)
                      AND h.list_level = COALESCE(:level, h.list_level)))
      AND (CAST(:area AS text) IS NULL
           OR EXISTS (SELECT FROM place_position s WHERE s.place_id = p.id
                      AND s.quality IN ('surveyed', 'point', 'approximate')
                      AND ST_Intersects(s.geom, CAST(:area AS geometry)))
           OR EXISTS (SELECT FROM admin_unit a WHERE a.code = p.unit_code
                      AND upper_inf(a.validity)
                      AND ST_Intersects(a.geom, CAST(:area AS geometry))))"""

# One index range (key, kind, rank) per probe. The outer limit keeps each probe a loop of its own:
# flattened, the planner would read a small table of places whole.
FIND = text(
    f"""
    SELECT probe.at AS probe, found.*
    FROM unnest(CAST(:keys AS text[]), CAST(:kinds AS text[]))
        WITH ORDINALITY AS probe (key, kind, at)
    CROSS JOIN LATERAL (
        SELECT k.key, k.rank, {_COLUMNS}
        FROM (SELECT key, rank, name_id FROM name_key
              WHERE key = probe.key AND kind = probe.kind
              ORDER BY rank, name_id LIMIT :most) k
        JOIN place_name n ON n.id = k.name_id
        LIMIT :most
    ) AS found
    """
)

# The beginning of a spelling is a range of keys; its size is bounded, see docs/gazetteer.md.
FIND_RANGE = text(
    f"""
    SELECT probe.at AS probe, found.*
    FROM unnest(CAST(:keys AS text[]), CAST(:ends AS text[]), CAST(:kinds AS text[]))
        WITH ORDINALITY AS probe (key, "end", kind, at)
    CROSS JOIN LATERAL (
        SELECT k.key, k.rank, {_COLUMNS}
        FROM (SELECT * FROM (SELECT key, rank, name_id FROM name_key
                             WHERE key >= probe.key AND key < probe."end" AND kind = probe.kind
                             ORDER BY key LIMIT :scanned) r
              ORDER BY r.rank, r.key LIMIT :most) k
        JOIN place_name n ON n.id = k.name_id
        LIMIT :most
    ) AS found
    """
)

# A part of a name, when every pair of it is common: the names of one pair that have all others.
# A name has one rank under all its pairs, so each other pair is one look-up in the index.
FIND_PART = text(
    f"""
    SELECT 1 AS probe, found.*
    FROM LATERAL (
        SELECT k.key, k.rank, {_COLUMNS}
        FROM (SELECT a.key, a.rank, a.name_id
              FROM (SELECT key, rank, name_id FROM name_key
                    WHERE key = :pair AND kind = 'bigram'
                    ORDER BY rank, name_id LIMIT :looked) a
              WHERE NOT EXISTS (
                  SELECT FROM unnest(CAST(:others AS text[])) AS other (key)
                  WHERE NOT EXISTS (
                      SELECT FROM name_key b WHERE b.key = other.key AND b.kind = 'bigram'
                      AND b.rank = a.rank AND b.name_id = a.name_id))
              ORDER BY a.rank, a.name_id LIMIT :most) k
        JOIN place_name n ON n.id = k.name_id
        LIMIT :most
    ) AS found
    """
)


def _filtered(statement: TextClause) -> TextClause:
    """The same with the filters inside, so that the limit of a probe cannot starve them."""
    whole = statement.text.replace("LIMIT :most) k", "LIMIT :looked) k").replace(
        "JOIN place_name n ON n.id = k.name_id\n        LIMIT :most\n",
        f"""JOIN place_name n ON n.id = k.name_id
        JOIN place p ON p.id = n.place_id
        WHERE {_FITS}
        ORDER BY k.rank
        LIMIT :most
""",
    )
    return text(whole).bindparams(bindparam("units", type_=ARRAY(Text)))


FIND_FILTERED, FIND_RANGE_FILTERED = _filtered(FIND), _filtered(FIND_RANGE)


def look_up_part(
    session: Reader, found: Sequence[tuple[Row[Any], Probe]], probes: Sequence[Probe], *, most: int
) -> list[tuple[Row[Any], Probe]]:
    """Answer names that hold all pairs of a text, where looking up each pair could not see all.

    `found` is what the pairs among `probes` found. A pair with fewer than `most` names was seen
    whole: then nothing is left to find. Else one common pair is gone through with all others.
    """
    pairs = [probe for probe in probes if probe.kind == "bigram"]
    seen = Counter(probe.key for _, probe in found if probe.kind == "bigram")
    if len(pairs) < 2 or any(seen[pair.key] < most for pair in pairs):
        return []
    values = {
        "pair": pairs[0].key, "others": [pair.key for pair in pairs[1:]],
        "looked": SCANNED_FOR_PART, "most": most,
    }  # fmt: skip
    return [(row, pairs[0]) for row in session.execute(FIND_PART, values)]


def hexadecimal(polygon: BaseGeometry) -> str:
    """Answer a polygon in degrees of CGCS2000 as hexadecimal EWKB, for `Filters.area`."""
    written: str = shapely.to_wkb(
        shapely.set_srid(shapely.force_2d(polygon), 4490), hex=True, include_srid=True
    )
    return written


def look_up(
    session: Reader, probes: Sequence[Probe], filters: Filters, *, most: int
) -> list[tuple[Row[Any], Probe]]:
    """Answer the names under each probe's key, at most `most` a probe, with the probe.

    One statement for all keys and one for all beginnings, whatever their number.
    """
    exact = [probe for probe in probes if not probe.is_beginning]
    ranges = [probe for probe in probes if probe.is_beginning]
    found: list[tuple[Row[Any], Probe]] = []
    for wanted, plain, filtered in (
        (exact, FIND, FIND_FILTERED), (ranges, FIND_RANGE, FIND_RANGE_FILTERED),
    ):  # fmt: skip
        if not wanted:
            continue
        values: dict[str, Any] = {
            "keys": [probe.key for probe in wanted], "kinds": [probe.kind for probe in wanted],
            "most": most,
        }  # fmt: skip
        if wanted is ranges:
            values |= {"ends": [probe.key + "\U0010ffff" for probe in wanted], "scanned": RANGE}
        if filters:
            values |= {**vars(filters), "looked": SCANNED}
        rows = session.execute(filtered if filters else plain, values)
        found += [(row, wanted[row.probe - 1]) for row in rows]
    return found
