"""How is a place written in the Linked Places Format 1.3?

What the format has no member for stands in members of our own (`kind`, `pinyin`, `quality` …) and
in `atlas`, which JSON-LD readers pass over; reading the file again gives the same records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import orjson
import shapely
from shapely.geometry import mapping

from geo.gazetteer.exchange.addresses import Addresses
from geo.gazetteer.exchange.record import (
    SCALARS,
    MediaRecord,
    NameRecord,
    PlaceRecord,
    PositionRecord,
    RelationRecord,
    TextRecord,
    Years,
)
from geo.gazetteer.exchange.when import Json, iso, when_of

CONTEXT = (
    "https://raw.githubusercontent.com/LinkedPasts/linked-places-format/main/"
    "linkedplaces-context-v1.1.jsonld"
)
CCODES = ("CN",)
UNCITED = "来源未知 · source unknown"
UNDATED = "年代未知，登记时已有 · years unknown; it was there when registered"
LINKS = {
    "same_as": "exactMatch", "close_match": "closeMatch", "topic_of": "primaryTopicOf",
    "subject_of": "subjectOf", "see_also": "seeAlso",
}  # fmt: skip
"""Kind of relation → type of link."""
RELATIONS = {
    "part_of": "gvp:broaderPartitive", "related_to": "gvp:tgn3000_related_to",
    "preceded_by": "dcterms:replaces", "followed_by": "dcterms:isReplacedBy",
}  # fmt: skip
"""Kind of relation → relationType."""


def written(
    places: Iterable[PlaceRecord], addresses: Addresses, *, on: date, shapes: bool = True
) -> Iterator[bytes]:
    """A whole FeatureCollection in pieces; see `feature`."""
    head = {"type": "FeatureCollection", "@context": CONTEXT}
    yield orjson.dumps(head)[:-1] + b',"features":['
    for number, place in enumerate(places):
        yield (b"\n," if number else b"\n") + orjson.dumps(
            feature(place, addresses, on=on, shapes=shapes)
        )
    yield b"\n]}\n"


def feature(place: PlaceRecord, addresses: Addresses, *, on: date, shapes: bool = True) -> Json:
    """One Feature. `on` dates a place of which nothing else is dated; `shapes`: with outlines too.

    `ccodes` is CN for every place of the register.
    """
    positions = [one for one in place.positions if one.wkb is None]
    drawn = [geometry(one, shapes=shapes) for one in place.positions if one.wkb is not None]
    told = [one for one in drawn if one is not None]
    about = {name: value for name in SCALARS if (value := getattr(place, name)) is not None}
    about["code"] = place.code
    if positions:
        about["positions"] = [_plain(one, "wkb") for one in positions]
    if place.listings:
        about["listings"] = [_plain(one) for one in place.listings]
    made: Json = {
        "@id": addresses.of(place.code),
        "type": "Feature",
        "properties": {
            "title": place.title, "ccodes": list(CCODES), "fclasses": [place.feature_class],
        },
        "when": _whole(place, on),
        "names": _names(place),
        "geometry": {"type": "GeometryCollection", "geometries": told} if told else None,
        "atlas": about,
    }  # fmt: skip
    parts = {
        "types": _types(place),
        "links": [_link(one, addresses) for one in place.relations if one.kind in LINKS],
        "relations": [_relation(o, addresses) for o in place.relations if o.kind in RELATIONS],
        "descriptions": [_description(one) for one in place.texts],
        "depictions": [_depiction(one) for one in place.media],
    }
    return made | {name: part for name, part in parts.items() if part}


def geometry(position: PositionRecord, *, shapes: bool = True) -> Json | None:
    """A position as GeoJSON with its `when` and quality; None for an outline without `shapes`."""
    shape: Any = shapely.from_wkb(position.wkb)
    if not shapes and shape.geom_type not in ("Point", "MultiPoint"):
        return None
    # Not GEOS: its writer of GeoJSON loses the last digit of a coordinate.
    drawn: Json = dict(mapping(shape))
    years = Years(position.start_year, position.start_year, position.end_year, position.end_year)
    return drawn | _without(
        when=when_of(years), citations=_cited(position.citation), quality=position.quality,
        unit_code=position.unit_code, certainty=_CERTAINTY.get(position.quality),
    )  # fmt: skip


_CERTAINTY = {"surveyed": "certain", "point": "certain", "approximate": "less-certain"}


def _whole(place: PlaceRecord, on: date) -> Json:
    """The `when` of a place, which the format asks for: seen in the year of its source.

    It says nothing that the parts do not say, and is marked as derived.
    """
    year = iso(place.source_date.year if place.source_date else on.year)
    span: Json = {"start": {"latest": year}}
    if place.source_date:
        return {"timespans": [span | {"end": {"earliest": year}}], "derived": True}
    return {"timespans": [span], "label": UNDATED, "derived": True}


def _names(place: PlaceRecord) -> list[Json]:
    made = [_name(name) for name in place.names]
    if made and not any("citations" in name for name in made):
        said = place.source or UNCITED
        made[0]["citations"] = [{"label": said, "derived": True}]
    return made


def _name(name: NameRecord) -> Json:
    return _without(
        toponym=name.name, lang=name.language, citations=_cited(name.citation),
        when=when_of(name.years), certainty=name.certainty, kind=name.kind, script=name.script,
        pinyin=name.pinyin, reading_status=name.reading_status,
    )  # fmt: skip


def _types(place: PlaceRecord) -> list[Json]:
    if place.category is None:
        return []
    return [
        {"identifier": f"urn:gbt18521:{place.category}", "label": place.category,
         "sourceLabels": [{"label": f"GB/T 18521 {place.category}", "lang": "zh"}]}
    ]  # fmt: skip


def _link(one: RelationRecord, addresses: Addresses) -> Json:
    return {"type": LINKS[one.kind], "identifier": addresses.of(one.other)} | _about(one)


def _relation(one: RelationRecord, addresses: Addresses) -> Json:
    return {"relationType": RELATIONS[one.kind], "relationTo": addresses.of(one.other)} | _about(
        one
    )


def _about(one: RelationRecord) -> Json:
    return _without(
        label=one.label, when=when_of(one.years), certainty=one.certainty,
        citations=_cited(one.citation),
    )  # fmt: skip


def _description(one: TextRecord) -> Json:
    said = _without(value=one.value, lang=one.language, kind=one.kind)
    return said | _without(**{"@id": one.uri, "citations": _cited(one.citation)})


def _depiction(one: MediaRecord) -> Json:
    return {"@id": one.uri} | _without(
        title=one.title, license=one.licence, kind=one.kind, citations=_cited(one.citation)
    )


def _cited(citation: str | None) -> list[Json] | None:
    return None if citation is None else [{"label": citation}]


def _plain(row: Any, *left_off: str) -> Json:
    """A row as an object without what is unknown."""
    names = (name for name in row.__dataclass_fields__ if name not in left_off)
    return _without(**{name: getattr(row, name) for name in names})


def _without(**members: Any) -> Json:
    """The members that are not None."""
    return {name: value for name, value in members.items() if value is not None}
