"""Which places are on lists of heritage and red names, of which era, with which story and state?

A place is told once, however many lists it stands on; its lists are told with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from geo.errors import BadInput, NotFound, both
from geo.gazetteer.heritage.counts import Counts, Membership, counted
from geo.gazetteer.heritage.typed import holds
from geo.gazetteer.heritage.words import UNKNOWN, era_of, eras, levels
from geo.gazetteer.places import units_within
from geo.gazetteer.search import FAMILIES, FEATURE_CLASSES
from geo.validity import today_in_china


@dataclass(frozen=True, slots=True)
class OnList:
    """That a place is on a list; `era` in the list's own words."""

    family: str
    list_name: str
    level: str
    list_class: str | None
    batch: str | None
    year: int | None
    era: str | None
    citation: str | None


@dataclass(frozen=True, slots=True)
class ListedPlace:
    """A place on one or more lists.

    `era` is a code of the time line, `era_said` the words of a list, `era_derived` True where it
    follows from the first year of a name. `same`: codes of its other entries in the register.
    `geometry` is GeoJSON (lon, lat) where the position is
    known as such, else None and `unit_code` names the division. States are None where unknown.
    """

    code: str
    name: str
    pinyin: str | None
    name_kind: str
    others: tuple[str, ...]
    feature_class: str
    lists: tuple[OnList, ...]
    era: str
    era_said: str | None
    era_derived: bool
    first_year: int | None
    story: str | None
    story_source: str | None
    quality: str
    unit_code: str | None
    unit_name: str | None
    district_code: str | None
    geometry: dict[str, Any] | None
    protection: str | None
    sign: str | None
    surveyed_on: date | None
    survey_due: date | None
    source: str | None
    attribution: str | None
    is_synthetic: bool
    same: tuple[str, ...] = ()

    @property
    def families(self) -> tuple[str, ...]:
        """Families of its lists: heritage, red."""
        return tuple(dict.fromkeys(one.family for one in self.lists))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which listed places are meant; None: all. Conditions are joined by AND."""

    family: str | None = None
    level: str | None = None
    era: str | None = None
    kind: str | None = None
    within: str | None = None
    list_class: str | None = None
    text: str | None = None

    def checked(self) -> Wanted:
        """The same, when every word of it is known. Raises BadInput with the words that are."""
        for name, value, known in (
            ("family", self.family, FAMILIES), ("level", self.level, levels()),
            ("era", self.era, (*eras(), UNKNOWN.code)), ("kind", self.kind, FEATURE_CLASSES),
        ):  # fmt: skip
            if value is not None and value not in known:
                raise BadInput(
                    both(
                        f"参数 {name} 没有「{value[:40]}」这个值；可用：{'、'.join(known)}。",
                        f"unknown {name} {value[:40]!r}; known: {', '.join(known)}",
                    ),
                    parameter=name,
                )
        return self


_PLACES = text(
    """
WITH listed AS (
    SELECT h.place_id, jsonb_agg(jsonb_build_object(
        'family', h.family, 'list_name', h.list_name, 'level', h.list_level,
        'list_class', h.list_class, 'batch', h.batch, 'year', h.listed_year, 'era', h.era,
        'citation', h.citation) ORDER BY h.family, h.list_name, h.id) AS lists
    FROM heritage_listing h
    WHERE h.listed_year IS NULL OR h.listed_year <= extract(year FROM CAST(:on AS date))
    GROUP BY h.place_id)
SELECT p.code, shown.name, shown.pinyin, shown.kind AS name_kind, p.feature_class, l.lists,
    names.others, names.first_year, coalesce(told.value, p.origin) AS story,
    CASE WHEN told.value IS NOT NULL THEN told.citation
         WHEN p.origin IS NOT NULL THEN p.source END AS story_source,
    coalesce(s.quality, 'unknown') AS quality, coalesce(s.unit_code, p.located_in) AS unit_code,
    around.name AS unit_name, around.district AS district_code,
    CASE WHEN s.quality IN ('surveyed', 'point', 'approximate')
         THEN ST_AsGeoJSON(ST_SetSRID(s.geom, 4326), 5)::json END AS geometry,
    state.protection, state.sign, state.surveyed_on, state.survey_due,
    p.source, p.attribution, p.is_synthetic, twins.same
FROM listed l JOIN place p ON p.id = l.place_id
JOIN LATERAL (
    SELECT n.id, n.name, n.pinyin, n.kind FROM place_name n WHERE n.place_id = p.id
    ORDER BY n.kind = 'standard' DESC, n.language LIKE 'zh%' AND n.language <> 'zh-Latn' DESC, n.id
    LIMIT 1) shown ON true
JOIN LATERAL (
    SELECT array_agg(n.name ORDER BY n.id) FILTER (WHERE n.id <> shown.id) AS others,
        min(coalesce(n.start_earliest, n.start_latest)) AS first_year
    FROM place_name n WHERE n.place_id = p.id) names ON true
LEFT JOIN LATERAL (
    SELECT t.value, t.citation FROM place_text t WHERE t.place_id = p.id
    ORDER BY array_position(ARRAY['history', 'origin', 'meaning', 'description',
        'government_history'], t.kind), t.id LIMIT 1) told ON true
LEFT JOIN LATERAL (
    SELECT q.quality, q.unit_code, q.geom FROM place_position q WHERE q.place_id = p.id
    ORDER BY array_position(ARRAY['surveyed', 'point', 'approximate', 'township', 'district',
                                  'city', 'unknown'], q.quality) LIMIT 1) s ON true
LEFT JOIN LATERAL (
    SELECT a.name, CASE a.level WHEN 3 THEN a.code WHEN 4 THEN a.parent_code END AS district
    FROM admin_unit a WHERE a.code = coalesce(s.unit_code, p.located_in)
    ORDER BY (a.validity @> CAST(:on AS date)) DESC, upper(a.validity) DESC NULLS FIRST
    LIMIT 1) around ON true
LEFT JOIN LATERAL (
    SELECT (array_agg(r.value ORDER BY r.on_date DESC, r.id DESC)
                FILTER (WHERE r.kind = 'protection'))[1] AS protection,
        (array_agg(r.value ORDER BY r.on_date DESC, r.id DESC)
                FILTER (WHERE r.kind = 'sign'))[1] AS sign,
        max(r.on_date) FILTER (WHERE r.kind = 'survey') AS surveyed_on,
        (array_agg(r.due_on ORDER BY r.on_date DESC, r.id DESC)
                FILTER (WHERE r.kind = 'survey'))[1] AS survey_due
    FROM heritage_record r WHERE r.place_code = p.code AND r.on_date <= CAST(:on AS date)
        AND NOT EXISTS (SELECT FROM heritage_withdrawal w WHERE w.record_id = r.id)
    ) state ON true
LEFT JOIN LATERAL (
    SELECT array_agg(o.code) AS same FROM place_relation r JOIN place o
        ON (r.place_id = p.id AND o.code = r.other) OR (r.other = p.code AND o.id = r.place_id)
    WHERE r.kind = 'same_as' AND (r.place_id = p.id OR r.other = p.code)) twins ON true
WHERE (CAST(:code AS text) IS NULL OR p.code = :code)
  AND (CAST(:kind AS text) IS NULL OR p.feature_class = :kind)
  AND (CAST(:units AS text[]) IS NULL OR p.located_in = ANY(:units) OR p.unit_code = ANY(:units))
ORDER BY p.id
    """
).bindparams(bindparam("units", type_=ARRAY(Text)))


def listed_places(
    session: Session | Connection, wanted: Wanted | None = None, *, on: date | None = None
) -> list[ListedPlace]:
    """Answer the places on lists, the oldest era first, places of unknown era last.

    A list's entry of a year after `on` is left out. `wanted.text` compares names and stories.
    Raises BadInput for an unknown word, NotFound for an unknown division.
    """
    asked = (wanted or Wanted()).checked()
    day = on or today_in_china()
    rows = session.execute(
        _PLACES,
        {
            "on": day,
            "code": None,
            "kind": asked.kind,
            "units": None if asked.within is None else units_within(session, asked.within, day),
        },
    )
    order = {code: at for at, code in enumerate((*eras(), UNKNOWN.code))}
    found = [one for row in rows if _fits(one := _place(row._mapping), asked)]
    return sorted(found, key=lambda one: (order[one.era], one.first_year or 0))


def listed_place(
    session: Session | Connection, code: str, *, on: date | None = None
) -> ListedPlace:
    """Answer one place on lists. Raises NotFound where it is none."""
    asked = {"on": on or today_in_china(), "code": code, "kind": None, "units": None}
    row = session.execute(_PLACES, asked).first()
    if row is None:
        raise NotFound(
            both(f"「{code[:60]}」不在已公开的名录里。", f"{code[:60]!r} is on no public list")
        )
    return _place(row._mapping)


def counts_of(places: Iterable[ListedPlace]) -> Counts:
    """Count places by level, family and class, each once, whatever number of entries it has in the
    register (a village as an area and as a unit).
    """
    found = list(places)
    return counted(
        (
            Membership(place.code, one.family, one.level, one.list_class)
            for place in found
            for one in place.lists
        ),
        _same(found),
    )


def _same(places: Iterable[ListedPlace]) -> dict[str, str]:
    """Code → the code under which it is counted, among these places."""
    found = {place.code: {place.code, *place.same} for place in places}
    return {code: min(codes & found.keys()) for code, codes in found.items()}


def by_era(places: Iterable[ListedPlace]) -> dict[str, int]:
    """How many places of each era, each once, for every era of the time line and for unknown."""
    found = list(places)
    same = _same(found)
    numbers = dict.fromkeys((*eras(), UNKNOWN.code), 0)
    for place in found:
        numbers[place.era] += same[place.code] == place.code
    return numbers


def _place(row: Mapping[Any, Any]) -> ListedPlace:
    told = dict(row)
    lists = tuple(OnList(**one) for one in told.pop("lists"))
    same = tuple(told.pop("same") or ())
    said = next((one.era for one in lists if one.era), None)
    era, derived = era_of(said, told["first_year"])
    others = tuple(dict.fromkeys(n for n in told.pop("others") or () if n != told["name"]))
    return ListedPlace(
        **told,
        lists=lists,
        others=others,
        same=same,
        era=era.code,
        era_said=said,
        era_derived=derived,
    )


def _fits(place: ListedPlace, asked: Wanted) -> bool:
    """One list must fit level, family and class together; era and text are the place's own."""
    if asked.era is not None and place.era != asked.era:
        return False
    if asked.text:
        said = (place.name, *place.others, place.story)
        if not holds(asked.text, said, place.pinyin):
            return False
    return any(
        asked.family in (None, one.family)
        and asked.level in (None, one.level)
        and asked.list_class in (None, one.list_class)
        for one in place.lists
    )
