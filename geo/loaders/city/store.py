"""How do a city's rows reach the tables, neither doubled nor over what others brought?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
from geo.models import (
    STORED_SRID,
    HeritageListing,
    Place,
    PlaceName,
    PlacePosition,
    PlaceText,
    SuccessionEvent,
    SuccessionMember,
)

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
    """Store change events with both sides; returns how many were new or had changed.

    Events are known by their number in the source; those stored before in the same words stay. A
    link in doubt keeps only the side that is certain, and says why in its note.
    """
    by_source = {f"{CHANGE_SOURCE}, event {change.number}": change for change in changes}
    stored = session.execute(
        select(SuccessionEvent.source, *(getattr(SuccessionEvent, word) for word in _WORDS)).where(
            SuccessionEvent.source.in_(list(by_source))
        )
    )
    same = {row.source for row in stored if tuple(row)[1:] == _words(by_source[row.source or ""])}
    new = {source: change for source, change in by_source.items() if source not in same}
    if not new:
        return 0
    session.execute(delete(SuccessionEvent).where(SuccessionEvent.source.in_(list(new))))
    made = session.execute(
        insert(SuccessionEvent)
        .returning(SuccessionEvent.source, SuccessionEvent.id)
        .execution_options(render_nulls=True),
        [
            dict(zip(_WORDS, _words(change), strict=True))
            | {
                "source": source,
                "source_date": SOURCE_DATE,
                "is_published": True,
                "delivery_id": delivery_id,
            }
            for source, change in new.items()
        ],
    )
    members = [
        {"event_id": row.id, "side": side, "code": twelve(member.code), "name": member.name,
         "parent_code": twelve(member.parent)}
        for row in made
        for side, member in _certain_sides(new[row.source or ""])
    ]  # fmt: skip
    if members:
        session.execute(insert(SuccessionMember).execution_options(render_nulls=True), members)
    return len(new)


_WORDS = ("kind", "event_year", "document_no", "note", "method")


def _words(change: Change) -> tuple[str, int, str | None, str | None, str | None]:
    """What an event says: kind, year, document number, note, method."""
    note = joined(change.doubt, change.note)
    return change.kind, change.year, change.document_no, note, change.method


def _certain_sides(change: Change) -> Iterator[tuple[str, Member]]:
    """Both sides of a change; of a doubtful one only the unit that ended, or that appeared."""
    ended_for_sure = not change.doubt or change.kind == ABOLISHED
    if change.old and ended_for_sure:
        yield "predecessor", change.old
    if change.new and (not change.doubt or change.kind != ABOLISHED):
        yield "successor", change.new


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
            insert(Place).returning(Place.code, Place.id).execution_options(render_nulls=True),
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
    for table in (PlaceName, PlacePosition, PlaceText):
        session.execute(delete(table).where(table.place_id.in_(changed)))
    # What an office published by a nomination is its own and stays.
    session.execute(
        delete(HeritageListing).where(
            HeritageListing.place_id.in_(changed), HeritageListing.nomination_code.is_(None)
        )
    )


def _add_details(session: Session, records: list[PlaceRecord], ids: Mapping[str, int]) -> None:
    names: list[Json] = []
    positions: list[Json] = []
    listings: list[Json] = []
    stories: list[Json] = []
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
                "era": listing.era,
            }
            for listing in record.listings
        ]
        stories += [
            key | {"kind": "history", "value": story.value, "citation": story.citation}
            for story in record.stories
        ]
    for table, rows in (
        ("place_name", names),
        ("heritage_listing", listings),
        ("place_text", stories),
    ):
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
