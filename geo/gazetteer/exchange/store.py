"""How do records reach the database, so that nothing stored is lost and all can be taken back?

What is new is added; what is stored stays as it is, and where a record says otherwise the report
says so. Every written row stands in the journal of the delivery: `atlas undo` takes it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.gazetteer.exchange.lpf_in import Faulty
from geo.gazetteer.exchange.read import AT_A_TIME, PARTS, ids_of, read
from geo.gazetteer.exchange.record import SCALARS, NameRecord, PlaceRecord
from geo.gazetteer.exchange.rows import insert_rows
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.stored_readings import NameReader
from geo.loaders.personal import redact
from geo.loaders.report import Problem

MOST_TOLD = 10_000
Reading = tuple[int, str | None, str]
"""Key of a name, its pinyin, its status."""


@dataclass(slots=True)
class Stored:
    """What became of the records of a file; `read` is the sum of the four fates."""

    read: int = 0
    added: int = 0
    widened: int = 0
    unchanged: int = 0
    refused: list[Faulty] = field(default_factory=list)
    rows: int = 0
    problems: list[Problem] = field(default_factory=list)


def store(
    session: Session, found: Iterable[PlaceRecord | Faulty], *, delivery_id: int, published: bool
) -> Stored:
    """Write records into the session's transaction; the caller commits.

    A place of a category that is never public stays unpublished. Readings that a record states are
    kept; the others are made, and the search keys of all.
    """
    done = Stored()
    waiting = iter(found)
    reader = NameReader(session)
    stated: list[Reading] = []
    while batch := list(islice(waiting, AT_A_TIME)):
        done.read += len(batch)
        done.refused += [one for one in batch if isinstance(one, Faulty)]
        places = _once([_clean(one) for one in batch if isinstance(one, PlaceRecord)], done)
        stated += _store_batch(session, places, done, delivery_id, published, reader)
    refresh_keys(session, reader=reader)
    _restore_readings(session, stated)
    return done


def _once(places: Sequence[PlaceRecord], done: Stored) -> list[PlaceRecord]:
    """The records of a batch, each code once: a second one is refused, not silently merged."""
    kept: dict[str, PlaceRecord] = {}
    for one in places:
        if one.code in kept:
            message = "代码在文件中重复 · the code comes twice in the file"
            done.refused.append(Faulty(done.read, "@id", message, one.title[:100]))
        else:
            kept[one.code] = one
    return list(kept.values())


def _store_batch(
    session: Session,
    places: list[PlaceRecord],
    done: Stored,
    delivery_id: int,
    published: bool,
    reader: NameReader,
) -> list[Reading]:
    """Write some records; answer the readings that their new names state."""
    known = ids_of(session, [place.code for place in places])
    stored = read(session, list(known.values()), with_superiors=True)
    new = [place for place in places if place.code not in known]
    made = insert_rows(session, delivery_id, "place", [
        {"code": p.code, **{name: getattr(p, name) for name in SCALARS},
         "extra": None if p.original is None else {"original": p.original},
         "is_published": published and p.may_be_public, "delivery_id": delivery_id}
        for p in new
    ])  # fmt: skip
    ids = known | {place.code: key for place, key in zip(new, made, strict=True)}
    stated: list[Reading] = []
    widened: set[str] = set()
    for part, (table, *_) in PARTS.items():
        added = [
            (place, row)
            for place in places
            for row in _added(place, stored.get(known.get(place.code, 0)), part)
        ]
        rows = [_row(ids[place.code], place, row, reader) for place, row in added]
        keys = insert_rows(session, delivery_id, table, rows)
        done.rows += len(keys)
        widened |= {place.code for place, _ in added if place.code in known}
        if part == "names":
            stated += [
                (key, row.pinyin, row.reading_status)
                for key, (_, row) in zip(keys, added, strict=True)
                if row.reading_status is not None
            ]
    _confirm(session, delivery_id, [known[p.code] for p in places if p.code in known])
    done.problems += _differences(places, stored, known, done)
    done.added += len(new)
    done.widened += len(widened)
    done.unchanged += len(places) - len(new) - len(widened)
    return stated


def _added(place: PlaceRecord, here: PlaceRecord | None, part: str) -> Sequence[Any]:
    """The rows of a part that are not stored yet."""
    said: Sequence[Any] = getattr(place, part)
    if here is None:
        return said
    before = set(map(_told, getattr(here, part)))
    return [row for row in said if _told(row) not in before]


def _told(row: Any) -> Any:
    """What makes a row the same as a stored one: all but the reading, which may be made anew."""
    return replace(row, pinyin=None, reading_status=None) if isinstance(row, NameRecord) else row


def _row(place_id: int, place: PlaceRecord, row: Any, reader: NameReader) -> dict[str, Any]:
    """The columns of a row of a part, a name without a stated reading with the one made for it."""
    said = {name: getattr(row, name) for name in row.__dataclass_fields__}
    if "years" in said:
        said |= said.pop("years").as_dict()
    if "wkb" in said:
        said["geom"] = said.pop("wkb")
    if isinstance(row, NameRecord) and row.reading_status is None:
        made = reader.read(
            row.name, feature_class=place.feature_class, joined=row.kind == "short",
            unit=place.unit_code or place.located_in,
        )  # fmt: skip
        pinyin = None if made.status == "none" else made.text
        said |= {"pinyin": pinyin, "reading_status": made.status}
    return {"place_id": place_id, **said}


def _confirm(session: Session, delivery_id: int, ids: list[int]) -> None:
    """Journal the places that the file says again: undoing an earlier delivery must know."""
    session.execute(
        text("""
INSERT INTO delivery_change (delivery_id, table_name, row_id, action, version_after)
SELECT :delivery, 'place', p.id, 'confirmed', p.row_version FROM place p
WHERE p.id = ANY(CAST(:ids AS bigint[])) ON CONFLICT DO NOTHING"""),
        {"delivery": delivery_id, "ids": ids},
    )


def _differences(
    places: list[PlaceRecord], stored: dict[int, PlaceRecord], known: dict[str, int], done: Stored
) -> list[Problem]:
    """What a file says otherwise of a place than is stored; what is stored was kept."""
    told: list[Problem] = []
    for place in places:
        here = stored.get(known.get(place.code, 0))
        if here is None:
            continue
        for name in ("feature_class", "category", "unit_code", "origin"):
            said, kept = getattr(place, name), getattr(here, name)
            if said is not None and said != kept and len(done.problems) + len(told) < MOST_TOLD:
                message = f"{place.code}：已存的值保留 · the stored value was kept"
                told.append(Problem(None, name, str(said)[:80], "differs", message))
    return told


def _restore_readings(session: Session, stated: list[Reading]) -> None:
    """Give names the readings that their record states, where making them anew said otherwise."""
    if stated:
        ids, pinyins, statuses = zip(*stated, strict=True)
        session.execute(
            _READINGS,
            {"ids": list(ids), "pinyins": list(pinyins), "statuses": list(statuses)},
        )


_READINGS = text(
    """
    UPDATE place_name n SET pinyin = s.pinyin, reading_status = s.status
    FROM unnest(CAST(:ids AS bigint[]), CAST(:pinyins AS text[]), CAST(:statuses AS text[]))
        AS s (id, pinyin, status)
    WHERE n.id = s.id AND (n.pinyin, n.reading_status) IS DISTINCT FROM (s.pinyin, s.status)
    """
)


# --- no personal data -----------------------------------------------------------------


def _clean(place: PlaceRecord) -> PlaceRecord:
    """The record without identity numbers, mobile numbers and names behind a role in its texts."""
    return replace(
        place,
        origin=_redacted(place.origin),
        names=tuple(replace(n, citation=_redacted(n.citation)) for n in place.names),
        texts=tuple(
            replace(t, value=redact(t.value), citation=_redacted(t.citation)) for t in place.texts
        ),
        original=_redacted(place.original),
    )


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        # Ten letters hold neither a mobile number nor a Chinese name: most texts of a file.
        short = len(value) <= 10 and value.isascii()
        return value if short else redact(value, serial=True)
    if isinstance(value, list):
        return [_redacted(one) for one in value]
    if isinstance(value, dict):
        return {name: _redacted(one) for name, one in value.items()}
    return value


__all__ = ["Stored", "store"]
