"""How did a place live: its names and superiors through time, what was before it and after it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.orm import Session

from geo.errors import NotFound
from geo.gazetteer.card import place_id
from geo.gazetteer.exchange.read import read
from geo.gazetteer.exchange.record import MediaRecord, PlaceRecord, TextRecord, Years
from geo.queries.succession import Event, History
from geo.queries.succession import history as unit_history

_LINE = ("preceded_by", "followed_by", "part_of", "same_as")
_OTHERS = ("close_match", "related_to", "topic_of", "subject_of", "see_also")
_INVERSE = {"preceded_by": "followed_by", "followed_by": "preceded_by", "same_as": "same_as"}


@dataclass(frozen=True, slots=True)
class Period:
    """A name with the years of its use, of which any may be unknown (0 = 1 BCE).

    `basis` is `name` for a stored name and `division` where dated versions of the division give
    the years; `language` is a BCP 47 tag, `script` ISO 15924.
    """

    name: str
    kind: str
    language: str
    years: Years
    certainty: str | None
    citation: str | None
    script: str | None = None
    pinyin: str | None = None
    reading_status: str | None = None
    basis: str = "name"


@dataclass(frozen=True, slots=True)
class Linked:
    """Another place (or record elsewhere) and the years of the relation; `code` may be an address.

    `name` is None for what is not stored here. `kind` is the relation's, `label` says it in words:
    of a change of divisions its kind as the record has it (撤市设区).
    """

    code: str
    name: str | None
    years: Years
    citation: str | None
    kind: str = ""
    label: str | None = None


@dataclass(frozen=True, slots=True)
class LifeLine:
    """A place through time: the oldest period first, periods without any year last.

    `same_as` holds its other entries in the register (an area and a unit of one village), which
    are counted once; `related` every further relation, `media` pictures and recordings.
    """

    periods: tuple[Period, ...]
    preceded_by: tuple[Linked, ...]
    followed_by: tuple[Linked, ...]
    parents: tuple[Linked, ...]
    same_as: tuple[Linked, ...]
    texts: tuple[TextRecord, ...]
    code: str = ""
    name: str = ""
    related: tuple[Linked, ...] = ()
    media: tuple[MediaRecord, ...] = ()
    is_synthetic: bool = False


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
    """Answer the life of a place. Relations stored with the other place count too, and of a
    division its dated versions and the changes that it took part in.

    Raises NotFound for an unknown code.
    """
    key = place_id(session, place_code)
    place = read(session, [key])[key]
    here = session.execute(_LINKED_HERE, {"code": place_code}).all()
    codes = {r.other for r in place.relations} | {row.code for row in here}
    titles = {r.code: r.name for r in session.execute(_TITLES, {"codes": sorted(codes)})}
    division = _division(session, place.unit_code)
    parts = {kind: _linked(place, kind, here, titles) for kind in (*_LINE, *_OTHERS)}
    for kind, changed in _changes(division).items():
        parts[kind] = _joined(parts[kind], changed)
    return LifeLine(
        periods=tuple(sorted(_periods(place, division), key=lambda one: _order(one.years))),
        preceded_by=parts["preceded_by"],
        followed_by=parts["followed_by"],
        parents=parts["part_of"],
        same_as=parts["same_as"],
        texts=place.texts,
        code=place.code,
        name=place.title,
        related=tuple(one for kind in _OTHERS for one in parts[kind]),
        media=place.media,
        is_synthetic=place.is_synthetic,
    )


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


def _division(session: Session | Connection, unit_code: str | None) -> History | None:
    """The versions and changes of the division that the place is, None where none are stored."""
    if unit_code is None:
        return None
    try:
        return unit_history(session, unit_code)
    except NotFound:
        return None


def _periods(place: PlaceRecord, division: History | None) -> list[Period]:
    """Names with their years; an undated name takes those of the division's dated versions."""
    stored = [
        Period(n.name, n.kind, n.language, n.years, n.certainty, n.citation, n.script, n.pinyin,
               n.reading_status)
        for n in place.names
    ]  # fmt: skip
    for state in _states(division):
        same = next((one for one in stored if one.name == state.name), None)
        if same is None:
            stored.append(state)
        elif not same.years.is_known:
            cited = "；".join(dict.fromkeys(c for c in (same.citation, state.citation) if c))
            dated = replace(same, years=state.years, citation=cited or None, basis="division")
            stored[stored.index(same)] = dated
    return stored


def _states(division: History | None) -> list[Period]:
    """The dated names of a division, versions of one name that follow each other as one."""
    found: list[Period] = []
    for unit in division.versions if division else ():
        start = None if unit.valid_from is None else unit.valid_from.year
        end = None if unit.valid_until is None else (unit.valid_until - timedelta(days=1)).year
        if found and found[-1].name == unit.name:
            start = found[-1].years.start_latest
            found.pop()
        years = Years(start, start, end, end)
        kind = "former" if unit.valid_until is not None else "standard"
        found.append(Period(unit.name, kind, "zh", years, None, unit.source, basis="division"))
    return [one for one in found if one.years.is_known]


def _changes(division: History | None) -> dict[str, list[Linked]]:
    """Which divisions came before and after this one, by the changes that are on record."""
    found: dict[str, list[Linked]] = {"preceded_by": [], "followed_by": []}
    for event in division.events if division else ():
        before = {member.code for member in event.predecessors}
        after = {member.code for member in event.successors}
        assert division is not None
        for kind, own, others in (
            ("preceded_by", after, event.predecessors), ("followed_by", before, event.successors)
        ):  # fmt: skip
            if division.code in own:
                found[kind] += [
                    _change(kind, event, member.code, member.name)
                    for member in others if member.code != division.code
                ]  # fmt: skip
    return found


def _change(kind: str, event: Event, code: str, name: str) -> Linked:
    year = event.counted_from.year
    cited = "，".join(part for part in (event.document_no, event.source) if part)
    years = Years(year, year, None, None)
    return Linked(f"unit:{code}", name, years, cited or None, kind, event.kind)


def _joined(stored: tuple[Linked, ...], changed: list[Linked]) -> tuple[Linked, ...]:
    """Stored relations first; a change that says the same of the same place adds nothing."""
    told = {one.code for one in stored}
    more = [one for one in dict.fromkeys(changed) if one.code not in told]
    return tuple(sorted([*stored, *more], key=lambda one: _order(one.years)))


def _linked(
    place: PlaceRecord, kind: str, here: Sequence[Row[Any]], titles: dict[str, str]
) -> tuple[Linked, ...]:
    found: dict[str, Linked] = {}
    for one in place.relations:
        if one.kind == kind:
            name = titles.get(one.other) or one.label
            linked = Linked(one.other, name, one.years, one.citation, kind, one.label)
            found[f"{one.other} {one.years}"] = linked
    told = {one.code for one in found.values()}
    for row in here:
        if _INVERSE[row.kind] == kind and row.code not in told:
            years = Years(row.start_earliest, row.start_latest, row.end_earliest, row.end_latest)
            found[row.code] = Linked(row.code, titles.get(row.code), years, row.citation, kind)
    return tuple(sorted(found.values(), key=lambda one: _order(one.years)))


def _order(years: Years) -> tuple[bool, int]:
    known = [year for year in years.as_dict().values() if year is not None]
    return (not known, min(known, default=0))
