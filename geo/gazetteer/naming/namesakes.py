"""In which way is an existing name like a proposed one?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pyproj import Geod

from geo.gazetteer.matching import KINDS as NAME_KINDS
from geo.gazetteer.matching import PAST_KINDS
from geo.gazetteer.naming.lists import Lists
from geo.gazetteer.naming.proposal import Subject, dialect_sound, subject_of
from geo.gazetteer.naming.rules import RuleBook

GEOD = Geod(ellps="GRS80")

RELATIONS = {
    "same-name": ("名称相同", "the same name"),
    "same-sound": ("读音相同", "the same sound"),
    "near-sound": ("声母韵母相同，声调不同", "the same sound but for tones"),
    "dialect-sound": ("方言读音相同", "the same sound in the dialect"),
    "same-specific": ("专名相同", "the same specific part"),
    "look-alike": ("字形相近", "looks alike"),
}
"""What a relation is called; the keys are ids of rules."""


@dataclass(frozen=True)
class Existing:
    """A name that is stored: of which place and kind, where, and whether it is in use.

    `kind` is None where what is stored does not tell it; `path` holds the divisions around (and
    the place's own), `unit_code` the division that it is, `listed` the families of lists.
    """

    place_code: str
    unit_code: str | None
    name: str
    name_kind: str
    kind: str | None
    is_current: bool
    path: frozenset[str]
    in_unit_name: str | None
    lon: float | None
    lat: float | None
    position_quality: str
    start_year: int | None
    end_year: int | None
    feature_class: str
    listed: tuple[str, ...]
    source: str | None
    is_synthetic: bool
    place_name: str


@dataclass(frozen=True)
class Evidence:
    """What a rule found: a name with its kind, division and position; distance in metres.

    `distance_m` is geodesic (GRS80), None where a position is not known as a point.
    """

    name: str
    name_kind: str
    name_kind_zh: str
    place_code: str
    place_name: str
    kind: str | None
    in_unit_name: str | None
    lon: float | None
    lat: float | None
    position_quality: str
    distance_m: float | None
    start_year: int | None
    end_year: int | None
    relation_zh: str
    relation_en: str
    source: str | None
    is_synthetic: bool


def kind_of(
    unit_code: str | None, feature_class: str, category: str | None, name: str, book: RuleBook
) -> str | None:
    """Answer the kind of a stored place: by its division, its category, then its generic part."""
    if unit_code is not None:
        if unit_code.endswith("000000"):
            return "division"
        return "township" if unit_code.endswith("000") else "village"
    code = category or ""
    by_category = {
        "1": "nature", "2351": "street", "232": "facility", "233": "facility", "234": "facility",
        "236": "facility", "24": "facility", "261": "estate", "216": "village", "276": "village",
        "222": "village",
    }  # fmt: skip
    for length in (4, 3, 2, 1):
        if len(code) >= length and code[:length] in by_category:
            return by_category[code[:length]]
    if feature_class in ("H", "T"):
        return "nature"
    if feature_class == "R":
        return "street"
    for kind in {"P": ("village", "estate"), "S": ("facility", "estate")}.get(feature_class, ()):
        if name.endswith(book.kinds[kind].generics):
            return kind
    return "village" if feature_class == "P" else None


def relation(subject: Subject, existing: Existing, book: RuleBook, lists: Lists) -> str | None:
    """Answer the closest relation between a proposed and a stored name, or None.

    A pure function of the two names: whether kind, scope and time make it matter is not its
    question.
    """
    other = subject_of(existing.name, book.kinds[existing.kind or "facility"])
    if other.key == subject.key:
        return "same-name"
    if len(other.key) == len(subject.key):
        if subject.toned & other.toned:
            return "same-sound"
        if is_look_alike(subject.key, other.key, lists.alike):
            return "look-alike"
        if subject.plain & other.plain:
            return "near-sound"
        sound = dialect_sound(subject.key, lists.dialect) if lists.dialect else None
        if sound is not None and sound == dialect_sound(other.key, lists.dialect):
            return "dialect-sound"
    if subject.generic and other.generic and subject.specific == other.specific:
        return "same-specific"
    return None


def is_look_alike(one: str, other: str, alike: Mapping[str, frozenset[str]]) -> bool:
    """Do two keys differ only in characters that are taken for each other?"""
    differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return bool(differing) and all(b in alike.get(a, ()) for a, b in differing)


def is_past(existing: Existing) -> bool:
    """Is the name no longer that of its place?"""
    return existing.name_kind in PAST_KINDS or not existing.is_current


def evidence_of(
    found: Sequence[Existing], relation_id: str, lon: float | None, lat: float | None
) -> tuple[Evidence, ...]:
    """Answer stored names as evidence, nearest first, those without a point last."""
    distances = distances_m(found, lon, lat)
    zh, en = RELATIONS.get(relation_id, ("名称相同", "the same name"))
    made = [
        Evidence(
            name=one.name, name_kind=one.name_kind, name_kind_zh=NAME_KINDS[one.name_kind][0],
            place_code=one.place_code, place_name=one.place_name, kind=one.kind,
            in_unit_name=one.in_unit_name, lon=one.lon, lat=one.lat,
            position_quality=one.position_quality, distance_m=distance,
            start_year=one.start_year, end_year=one.end_year, relation_zh=zh, relation_en=en,
            source=one.source, is_synthetic=one.is_synthetic,
        )
        for one, distance in zip(found, distances, strict=True)
    ]  # fmt: skip
    return tuple(sorted(made, key=lambda e: (e.distance_m is None, e.distance_m or 0, e.name)))


def distances_m(
    found: Sequence[Existing], lon: float | None, lat: float | None
) -> list[float | None]:
    """Geodesic distances in metres from a point to stored names; None where either is unknown."""
    if lon is None or lat is None or not found:
        return [None] * len(found)
    known = np.array([one.lon is not None and one.lat is not None for one in found])
    lons = np.array([one.lon if one.lon is not None else lon for one in found], dtype=float)
    lats = np.array([one.lat if one.lat is not None else lat for one in found], dtype=float)
    _, _, metres = GEOD.inv(np.full(len(found), lon), np.full(len(found), lat), lons, lats)
    return [round(float(m), 1) if k else None for m, k in zip(metres, known, strict=True)]
