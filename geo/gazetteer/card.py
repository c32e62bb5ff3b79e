"""What is all that is known of one place, and from which source?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.orm import Session

from geo.errors import NotFound, both
from geo.gazetteer.places import PlaceFacts, facts_of
from geo.queries.succession import History
from geo.queries.succession import history as unit_history
from geo.validity import today_in_china


@dataclass(frozen=True)
class CardName:
    """A name with its years (None: unknown) and citation; `reading_status` of its pinyin."""

    name: str
    kind: str
    language: str
    pinyin: str | None
    reading_status: str | None
    start_earliest: int | None
    start_latest: int | None
    end_earliest: int | None
    end_latest: int | None
    certainty: str | None
    citation: str | None


@dataclass(frozen=True)
class CardPosition:
    """A position: a GeoJSON geometry (lon, lat) where known as such, else the unit around it."""

    quality: str
    unit_code: str | None
    start_year: int | None
    end_year: int | None
    citation: str | None
    geometry: dict[str, Any] | None


@dataclass(frozen=True)
class CardListing:
    """An entry on a list of heritage or red names."""

    list_name: str
    family: str
    list_class: str | None
    list_level: str
    batch: str | None
    listed_year: int | None
    era: str | None
    citation: str | None


@dataclass(frozen=True)
class Card(PlaceFacts):
    """All that is known of a place; `division` holds its versions and changes when it is one."""

    origin: str | None
    source_date: date | None
    names: tuple[CardName, ...]
    positions: tuple[CardPosition, ...]
    listings: tuple[CardListing, ...]
    division: History | None
    sources: tuple[str, ...]


_PLACE = text("SELECT id, origin, source, source_date, attribution FROM place WHERE code = :code")
_NAMES = text(
    """
    SELECT name, kind, language, pinyin, reading_status, start_earliest, start_latest,
           end_earliest, end_latest, certainty, citation
    FROM place_name WHERE place_id = :place
    ORDER BY array_position(ARRAY['standard', 'short', 'reused_in_place', 'reused_moved', 'alias',
                                  'popular', 'minority', 'former', 'vanished'], kind),
             end_latest DESC NULLS LAST, id
    """
)
_POSITIONS = text(
    """
    SELECT quality, unit_code, start_year, end_year, citation,
           CASE WHEN quality IN ('surveyed', 'point', 'approximate')
                THEN ST_AsGeoJSON(ST_SetSRID(geom, 4326), 7)::json END AS geometry
    FROM place_position WHERE place_id = :place ORDER BY start_year NULLS FIRST, id
    """
)
_LISTINGS = text(
    """
    SELECT list_name, family, list_class, list_level, batch, listed_year, era, citation
    FROM heritage_listing WHERE place_id = :place ORDER BY listed_year, id
    """
)


def card(session: Session | Connection, place_code: str, *, on: date | None = None) -> Card:
    """Answer everything that is known of a place with its sources, as of `on` (default today).

    Raises NotFound for an unknown code.
    """
    place = _place(session, place_code)
    facts = facts_of(session, [place.id], on or today_in_china()).get(place.id)
    if facts is None:
        raise NotFound(
            both(
                f"地名 {place_code} 没有名称记录，请重新导入其来源。",
                f"place {place_code!r} has no stored name; load its source again",
            )
        )
    of = {"place": place.id}
    names = tuple(CardName(**row._mapping) for row in session.execute(_NAMES, of))
    positions = tuple(CardPosition(**row._mapping) for row in session.execute(_POSITIONS, of))
    listings = tuple(CardListing(**row._mapping) for row in session.execute(_LISTINGS, of))
    division = _division(session, facts.unit_code)
    cited = [place.source, place.attribution, *(n.citation for n in names)]
    cited += [p.citation for p in positions] + [entry.citation for entry in listings]
    sources = tuple(dict.fromkeys(source for source in cited if source))
    return Card(
        **vars(facts),
        origin=place.origin,
        source_date=place.source_date,
        names=names,
        positions=positions,
        listings=listings,
        division=division,
        sources=sources,
    )


def place_id(session: Session | Connection, place_code: str) -> int:
    """Answer the key of a place's row. Raises NotFound for an unknown code."""
    found: int = _place(session, place_code).id
    return found


def _place(session: Session | Connection, place_code: str) -> Row[Any]:
    if "\x00" in place_code:  # PostgreSQL cannot even be asked for it
        raise _unknown(place_code)
    place = session.execute(_PLACE, {"code": place_code}).one_or_none()
    if place is None:
        raise _unknown(place_code)
    return place


def _unknown(place_code: str) -> NotFound:
    return NotFound(
        both(
            f"没有代码为「{place_code[:60]}」的地名；按名称查找可得到代码。",
            f"no place has the code {place_code[:60]!r}; search by name gives codes",
        )
    )


def _division(session: Session | Connection, unit_code: str | None) -> History | None:
    if unit_code is None:
        return None
    try:
        return unit_history(session, unit_code)
    except NotFound:  # the place names a division of which no version is stored (or published)
        return None
