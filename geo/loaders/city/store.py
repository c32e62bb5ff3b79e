"""How do a city's rows reach the tables, neither doubled nor over what others brought?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from geo.loaders.city.changes import ABOLISHED, Change, Member
from geo.loaders.city.places import PlaceRecord, name_values
from geo.loaders.city.units import (
    CHANGE_SOURCE,
    COLUMNS,
    CONTEXT,
    SOURCE_DATE,
    SOURCE_DATES,
    UnitRow,
    joined,
    twelve,
)
from geo.models import STORED_SRID, HeritageListing, Place, PlaceName, PlacePosition

Json = dict[str, Any]


def merge_units(session: Session, rows: list[UnitRow], kind: str) -> list[str]:
    """Store the rows; returns the codes that another kind of delivery holds and that stay as is."""
    _copy_units(session, rows)
    kept = session.scalars(
        text("""
            DELETE FROM incoming_unit i USING (
                SELECT DISTINCT u.code
                FROM admin_unit u LEFT JOIN delivery d ON d.id = u.delivery_id
                WHERE d.kind IS DISTINCT FROM :kind
            ) held
            WHERE held.code = i.code RETURNING i.code
        """),
        {"kind": kind},
    ).all()
    values = ", ".join(f"{column} = i.{column}" for column in COLUMNS)
    content = [column for column in COLUMNS if column != "delivery_id"]
    old, new = (", ".join(f"{side}.{column}" for column in content) for side in ("u", "i"))
    for statement in (
        # A unit that is mere context here may have been loaded in full for its own city.
        """DELETE FROM incoming_unit i USING admin_unit u
           WHERE u.code = i.code AND u.validity = i.validity AND u.geom IS NOT NULL
             AND i.geometry_note = :context""",
        """DELETE FROM admin_unit u USING (SELECT DISTINCT code FROM incoming_unit) c
           WHERE u.code = c.code AND NOT EXISTS (
               SELECT FROM incoming_unit i WHERE i.code = u.code AND i.validity = u.validity)
             AND NOT (u.geom IS NOT NULL AND EXISTS (
               SELECT FROM incoming_unit i
               WHERE i.code = u.code AND i.geometry_note = :context))""",
        f"""UPDATE admin_unit u SET {values} FROM incoming_unit i
            WHERE u.code = i.code AND u.validity = i.validity
              AND ({old}) IS DISTINCT FROM ({new})""",
        f"""INSERT INTO admin_unit ({", ".join(COLUMNS)})
            SELECT {", ".join(f"i.{column}" for column in COLUMNS)} FROM incoming_unit i
            WHERE NOT EXISTS (SELECT FROM admin_unit u
                              WHERE u.code = i.code AND u.validity && i.validity)""",
    ):
        bound = {"context": CONTEXT} if ":context" in statement else {}
        session.execute(text(statement), bound)
    return sorted(set(kept))


def _copy_units(session: Session, rows: list[UnitRow]) -> None:
    session.execute(text("DROP TABLE IF EXISTS incoming_unit"))
    session.execute(
        text(
            "CREATE TEMP TABLE incoming_unit ON COMMIT DROP AS "
            f"SELECT {', '.join(COLUMNS)} FROM admin_unit WITH NO DATA"
        )
    )
    connection: Any = session.connection().connection.driver_connection
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY incoming_unit ({', '.join(COLUMNS)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row.record())


def store_changes(session: Session, changes: Iterable[Change], delivery_id: int) -> int:
    """Store change events with both sides; events stored before are replaced, not doubled.

    A link in doubt keeps only the side that is certain, and says why in its note.
    """
    events, members = [], []
    for change in changes:
        source = f"{CHANGE_SOURCE}, event {change.number}"
        note = joined(change.doubt, change.note)
        events.append(
            {
                "kind": change.kind, "year": change.year, "number": change.document_no,
                "note": note, "source": source, "date": SOURCE_DATE, "method": change.method,
                "delivery": delivery_id,
            }
        )  # fmt: skip
        for side, member in (("predecessor", change.old), ("successor", change.new)):
            is_certain = not change.doubt or member is _certain_side(change)
            if member and is_certain:
                members.append(
                    {"source": source, "side": side, "code": member.code.ljust(12, "0"),
                     "name": member.name, "parent": twelve(member.parent)}
                )  # fmt: skip
    if not events:
        return 0
    session.execute(
        text("DELETE FROM succession_event WHERE source = ANY(:sources)"),
        {"sources": [event["source"] for event in events]},
    )
    session.execute(
        text("""
            INSERT INTO succession_event
                (kind, event_year, document_no, note, source, source_date, method, is_published,
                 delivery_id)
            VALUES (:kind, :year, :number, :note, :source, :date, :method, true, :delivery)
        """),
        events,
    )
    session.execute(
        text("""
            INSERT INTO succession_member (event_id, side, code, name, parent_code)
            SELECT e.id, :side, :code, :name, :parent
            FROM succession_event e WHERE e.source = :source
        """),
        members,
    )
    return len(events)


def _certain_side(change: Change) -> Member | None:
    """What a doubtful event still tells: which unit ended, or which one appeared."""
    return change.old if change.kind == ABOLISHED else change.new


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
