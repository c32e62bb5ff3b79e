"""Which stored names may be like a proposed one? Found by index, judged elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import product
from math import prod
from typing import Any

import shapely
from sqlalchemy import Connection, Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from geo.gazetteer.naming.lists import Lists
from geo.gazetteer.naming.namesakes import Existing, kind_of
from geo.gazetteer.naming.proposal import Subject
from geo.gazetteer.naming.rules import Kind, RuleBook
from geo.gazetteer.naming.scopes import Scope
from geo.gazetteer.places import EXACT_ENOUGH, PlaceFacts, facts_of, units_within

MOST_PER_KEY = 2_000
MOST_VARIANTS = 200
MOST_DIALECT_VARIANTS = 5_000

# Found by (key, kind) of the index; the scope stands inside, so that a limit cannot starve it.
_FIND = text(
    """
    SELECT DISTINCT found.* FROM unnest(CAST(:keys AS text[]), CAST(:kinds AS text[]))
        AS probe (key, kind)
    CROSS JOIN LATERAL (
        SELECT n.id, n.place_id, n.name, n.kind, n.start_earliest, n.end_latest, n.citation
        FROM name_key k JOIN place_name n ON n.id = k.name_id JOIN place p ON p.id = n.place_id
        WHERE k.key = probe.key AND k.kind = probe.kind AND n.language LIKE 'zh%'
          AND (NOT :only_units OR p.unit_code IS NOT NULL)
          AND (CAST(:classes AS text[]) IS NULL OR p.feature_class = ANY(:classes))
          AND (CAST(:units AS text[]) IS NULL
               OR p.unit_code = ANY(:units) OR p.located_in = ANY(:units)
               OR (p.unit_code IS NULL AND p.located_in IS NULL AND EXISTS (
                   SELECT FROM place_position s
                   LEFT JOIN admin_unit a ON a.code = CAST(:scope AS text)
                                         AND a.validity @> CAST(:on AS date)
                   WHERE s.place_id = p.id
                     AND (s.unit_code = ANY(:units) OR ST_Intersects(s.geom, a.geom)))))
        ORDER BY k.rank, n.id
        LIMIT :most
    ) AS found
    """
).bindparams(bindparam("units", type_=ARRAY(Text)), bindparam("classes", type_=ARRAY(Text)))

_UP = text(
    """
    WITH RECURSIVE up (start, code, step) AS (
        SELECT c, c, 0 FROM unnest(CAST(:codes AS text[])) AS c
        UNION
        SELECT up.start, above.parent_code, up.step + 1 FROM up
        CROSS JOIN LATERAL (
            SELECT a.parent_code FROM admin_unit a WHERE a.code = up.code
            ORDER BY a.validity @> CAST(:on AS date) DESC, upper(a.validity) DESC NULLS FIRST
            LIMIT 1
        ) AS above
        WHERE above.parent_code IS NOT NULL AND up.step < 6
    )
    SELECT start, array_agg(code) FROM up GROUP BY start
    """
)


def probes(subject: Subject, kind: Kind, lists: Lists) -> list[tuple[str, str]]:
    """Answer the (key, kind of key) under which names like the proposed one are stored."""
    found = {(subject.key, "exact")}
    found |= {("".join(syllables), "pinyin") for syllables in subject.plain}
    found |= {(variant, "exact") for variant in _variants(subject.key, lists)}
    if subject.specific != subject.key:
        found |= {(subject.specific + generic, "exact") for generic in kind.generics}
        if kind.id in ("division", "township", "village"):
            found |= {(subject.specific, "core"), (subject.specific, "exact")}
    found |= {(sound, "exact") for sound in dialect_variants(subject, lists) or ()}
    return sorted(found)


def dialect_variants(subject: Subject, lists: Lists) -> list[str] | None:
    """Answer the keys that sound the same in the dialect; None where they are too many to ask."""
    by_sound: dict[str, list[str]] = {}
    for character, sound in lists.dialect.items():
        by_sound.setdefault(sound, []).append(character)
    tail = subject.key[len(subject.specific) :] if subject.key.startswith(subject.specific) else ""
    head = subject.key[: len(subject.key) - len(tail)]
    options = [by_sound.get(lists.dialect.get(c, ""), [c]) for c in head]
    if prod(map(len, options)) > MOST_DIALECT_VARIANTS:
        return None
    return ["".join(one) + tail for one in product(*options)]


def _variants(key: str, lists: Lists) -> Iterable[str]:
    """The key with characters replaced by those that are taken for them."""
    options = [(c, *sorted(lists.alike.get(c, ()))) for c in key]
    made = ("".join(one) for one in product(*options))
    return [one for one, _ in zip(made, range(MOST_VARIANTS), strict=False) if one != key]


def like(
    session: Session | Connection, wanted: list[tuple[str, str]], on: date, book: RuleBook,
    *, kind: Kind | None = None, scope: Scope | None = None,
) -> list[Existing]:  # fmt: skip
    """Answer the stored names under these keys, of the kind's classes and inside the scope.

    A place without any known division or position is left out of a scope that is a division.
    """
    code = None if scope is None else scope.code
    by_units = code is not None and scope is not None and scope.id != "province"
    rows = session.execute(
        _FIND,
        {
            "keys": [key for key, _ in wanted], "kinds": [of for _, of in wanted],
            "only_units": kind is not None and kind.id in ("division", "township"),
            "classes": ["T", "H"] if kind is not None and kind.id == "nature" else None,
            "units": units_within(session, code, on) if by_units and code else None,
            "scope": code, "on": on, "most": MOST_PER_KEY,
        },
    ).all()  # fmt: skip
    found = _existing(session, rows, on, book)
    if code is not None:
        found = [one for one in found if by_units or code in one.path]
    if scope is not None and scope.area is not None:
        shapely.prepare(scope.area)
        found = [one for one in found if _inside(scope.area, one)]
    return found


def _inside(area: Any, one: Existing) -> bool:
    return one.lon is None or one.lat is None or bool(shapely.contains_xy(area, one.lon, one.lat))


def paths_of(
    session: Session | Connection, codes: Iterable[str], on: date
) -> dict[str, frozenset[str]]:
    """Answer, for each division, its own code and those of the divisions above it on a date."""
    rows = session.execute(_UP, {"codes": sorted(set(codes)), "on": on})
    return {start: frozenset(path) for start, path in rows}


def _existing(
    session: Session | Connection, rows: Iterable[Row[Any]], on: date, book: RuleBook
) -> list[Existing]:
    rows = list(rows)
    facts = facts_of(session, list({row.place_id for row in rows}), on)
    codes = {_code(fact) for fact in facts.values()} - {None}
    paths = paths_of(session, map(str, codes), on)
    return [
        _one(row, facts[row.place_id], paths.get(str(_code(facts[row.place_id])), frozenset()),
             on, book)
        for row in rows if row.place_id in facts
    ]  # fmt: skip


def _code(fact: PlaceFacts) -> str | None:
    return fact.unit_code or fact.in_unit_code or fact.position_unit


def _one(
    row: Row[Any], fact: PlaceFacts, path: frozenset[str], on: date, book: RuleBook
) -> Existing:
    drawn = fact.position_quality in EXACT_ENOUGH or fact.unit_code is not None
    return Existing(
        place_code=fact.code, unit_code=fact.unit_code, name=row.name, name_kind=row.kind,
        kind=kind_of(fact.unit_code, fact.feature_class, fact.category, row.name, book),
        is_current=(row.end_latest is None or row.end_latest >= on.year)
        and (row.start_earliest is None or row.start_earliest <= on.year),
        path=path, in_unit_name=fact.in_unit_name,
        lon=fact.lon if drawn else None, lat=fact.lat if drawn else None,
        position_quality=fact.position_quality, start_year=row.start_earliest,
        end_year=row.end_latest, feature_class=fact.feature_class, listed=fact.listed,
        source=row.citation or fact.source, is_synthetic=fact.is_synthetic, place_name=fact.name,
    )  # fmt: skip
