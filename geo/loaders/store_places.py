"""How do places with their names, positions and listings reach the tables without doubling?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from geo.loaders.places import PlaceRecord, name_values
from geo.loaders.units import SOURCE_DATES
from geo.models import STORED_SRID, HeritageListing, Place, PlaceName, PlacePosition

Json = dict[str, Any]


def store_places(
    session: Session, records: Iterable[PlaceRecord], deliveries: Mapping[str, int]
) -> int:
    """Store the places by their code; returns how many names they have in all.

    A place whose content is unchanged keeps its rows, so that name keys stay valid; a changed one
    is written anew. Places that the records no longer name stay.
    """
    by_code = {record.code: record for record in records}
    known = {
        row.code: (row.id, (row.extra or {}).get("digest"))
        for row in session.execute(
            select(Place.code, Place.id, Place.extra).where(Place.code.in_(list(by_code)))
        )
    }
    new = [record for code, record in by_code.items() if code not in known]
    changed = [
        record
        for code, record in by_code.items()
        if code in known and known[code][1] != record.digest()
    ]
    ids = {code: place_id for code, (place_id, _) in known.items()}
    if changed:
        _rewrite(session, changed, ids, deliveries)
    if new:
        rows = session.execute(
            insert(Place).returning(Place.code, Place.id),
            [_place_values(record, deliveries) for record in new],
        )
        ids |= {row.code: row.id for row in rows}
    _add_details(session, [*new, *changed], ids)
    return sum(len(record.names) for record in by_code.values())


def _place_values(record: PlaceRecord, deliveries: Mapping[str, int]) -> Json:
    return {
        "code": record.code,
        "feature_class": record.feature_class,
        "unit_code": record.unit_code,
        "located_in": record.located_in,
        "attribution": record.attribution,
        "source": record.source,
        "source_date": SOURCE_DATES.get(record.source),
        "is_published": True,
        "delivery_id": deliveries[record.delivery],
        "extra": {**record.extra, "digest": record.digest()},
    }


def _rewrite(
    session: Session,
    records: list[PlaceRecord],
    ids: Mapping[str, int],
    deliveries: Mapping[str, int],
) -> None:
    """Bring changed places up to date; their details are deleted here and added again."""
    session.execute(
        update(Place),
        [{"id": ids[record.code], **_place_values(record, deliveries)} for record in records],
    )
    changed = [ids[record.code] for record in records]
    for table in (PlaceName, PlacePosition, HeritageListing):
        session.execute(delete(table).where(table.place_id.in_(changed)))


def _add_details(session: Session, records: list[PlaceRecord], ids: Mapping[str, int]) -> None:
    names: list[Json] = []
    positions: list[Json] = []
    listings: list[Json] = []
    for record in records:
        key = {"place_id": ids[record.code]}
        names += [key | values for values in name_values(record)]
        positions += [
            key
            | {
                "geom": _ewkb(position.point),
                "quality": position.quality,
                "unit_code": position.unit_code,
                "citation": position.citation,
            }
            for position in record.positions
        ]
        listings += [
            key
            | {
                "list_name": listing.list_name,
                "family": listing.family,
                "list_class": listing.list_class,
                "list_level": listing.list_level,
                "batch": listing.batch,
                "listed_year": listing.listed_year,
                "citation": listing.citation,
            }
            for listing in record.listings
        ]
    for table, rows in (("place_name", names), ("heritage_listing", listings)):
        _copy(session, table, rows)
    _copy(session, "place_position", positions)


def _ewkb(point: tuple[float, float] | None) -> str | None:
    if point is None:
        return None
    stored = shapely.set_srid(shapely.Point(*point), STORED_SRID)
    return str(shapely.to_wkb(stored, hex=True, include_srid=True))


def _copy(session: Session, table: str, rows: list[Json]) -> None:
    if not rows:
        return
    columns = list(rows[0])
    session.flush()
    connection: Any = session.connection().connection.driver_connection
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([row[column] for column in columns])
    session.execute(text(f"ANALYZE {table}"))
