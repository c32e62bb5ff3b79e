"""How did a place live: its names and superiors through time, what was before it and after it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.orm import Session

from geo.gazetteer.card import place_id
from geo.gazetteer.exchange.read import read
from geo.gazetteer.exchange.record import PlaceRecord, TextRecord, Years

_INVERSE = {"preceded_by": "followed_by", "followed_by": "preceded_by", "same_as": "same_as"}


@dataclass(frozen=True, slots=True)
class Period:
    """A name with the years of its use, of which any may be unknown (0 = 1 BCE)."""

    name: str
    kind: str
    language: str
    years: Years
    certainty: str | None
    citation: str | None


@dataclass(frozen=True, slots=True)
class Linked:
    """Another place (or record elsewhere) and the years of the relation; `code` may be an address.

    `name` is None for what is not stored here.
    """

    code: str
    name: str | None
    years: Years
    citation: str | None


@dataclass(frozen=True, slots=True)
class LifeLine:
    """A place through time: the oldest period first, periods without any year last."""

    periods: tuple[Period, ...]
    preceded_by: tuple[Linked, ...]
    followed_by: tuple[Linked, ...]
    parents: tuple[Linked, ...]
    same_as: tuple[Linked, ...]
    texts: tuple[TextRecord, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many places there are, and how many entries say one of them again."""

    places: int
    entries: int

    @property
    def twins(self) -> int:
        """Entries that were linked to another and not counted."""
        return self.entries - self.places


_LINKED_HERE = text(
    """
    SELECT p.code, r.kind, r.start_earliest, r.start_latest, r.end_earliest, r.end_latest,
           r.citation
    FROM place_relation r JOIN place p ON p.id = r.place_id
    WHERE r.other = :code AND r.kind IN ('preceded_by', 'followed_by', 'same_as')
    ORDER BY r.id
    """
)
_TITLES = text(
    """
    SELECT p.code, (SELECT n.name FROM place_name n WHERE n.place_id = p.id
                    ORDER BY n.kind = 'standard' DESC, n.id LIMIT 1) AS name
    FROM place p WHERE p.code = ANY(CAST(:codes AS text[]))
    """
)
# An entry that is the same as another stored place is that place; of two that point at each other
# the one stored first counts.
_COUNTED = text(
    """
    SELECT count(*) AS entries, count(*) FILTER (WHERE NOT EXISTS (
        SELECT FROM place_relation r JOIN place o ON o.code = r.other
        WHERE r.place_id = p.id AND r.kind = 'same_as' AND o.id <> p.id
          AND (o.id < p.id OR NOT EXISTS (
               SELECT FROM place_relation b WHERE b.place_id = o.id AND b.other = p.code
               AND b.kind = 'same_as')))) AS places
    FROM place p
    WHERE (CAST(:category AS text) IS NULL OR p.category LIKE :category || '%')
      AND (CAST(:units AS text[]) IS NULL OR p.located_in = ANY(CAST(:units AS text[])))
    """
)


def life_line(session: Session | Connection, place_code: str) -> LifeLine:
    """Answer the life of a place. Relations stored with the other place count too.

    Raises NotFound for an unknown code.
    """
    key = place_id(session, place_code)
    place = read(session, [key])[key]
    here = session.execute(_LINKED_HERE, {"code": place_code}).all()
    codes = {r.other for r in place.relations} | {row.code for row in here}
    titles = {r.code: r.name for r in session.execute(_TITLES, {"codes": sorted(codes)})}
    parts = {
        kind: _linked(place, kind, here, titles)
        for kind in ("preceded_by", "followed_by", "same_as", "part_of")
    }
    periods = [
        Period(n.name, n.kind, n.language, n.years, n.certainty, n.citation) for n in place.names
    ]
    return LifeLine(
        tuple(sorted(periods, key=lambda one: _order(one.years))), parts["preceded_by"],
        parts["followed_by"], parts["part_of"], parts["same_as"], place.texts,
    )  # fmt: skip


def count_once(
    session: Session | Connection,
    *,
    category: str | None = None,
    units: Sequence[str] | None = None,
) -> Counted:
    """Count places of a category (its first digits) in divisions, each once.

    A village that is registered as an area (216xx) and as a unit (276xx) is one place.
    """
    asked = {"category": category, "units": None if units is None else list(units)}
    row = session.execute(_COUNTED, asked).one()
    return Counted(row.places, row.entries)


def _linked(
    place: PlaceRecord, kind: str, here: Sequence[Row[Any]], titles: dict[str, str]
) -> tuple[Linked, ...]:
    found: dict[str, Linked] = {}
    for one in place.relations:
        if one.kind == kind:
            name = titles.get(one.other) or one.label
            found[f"{one.other} {one.years}"] = Linked(one.other, name, one.years, one.citation)
    told = {one.code for one in found.values()}
    for row in here:
        if _INVERSE[row.kind] == kind and row.code not in told:
            years = Years(row.start_earliest, row.start_latest, row.end_earliest, row.end_latest)
            found[row.code] = Linked(row.code, titles.get(row.code), years, row.citation)
    return tuple(sorted(found.values(), key=lambda one: _order(one.years)))


def _order(years: Years) -> tuple[bool, int]:
    known = [year for year in years.as_dict().values() if year is not None]
    return (not known, min(known, default=0))
