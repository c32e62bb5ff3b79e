"""How do all stored names get their pinyin and their search keys?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.orm import Session

from geo.gazetteer.stored_readings import NameReader
from geo.progress import Progress, silent
from geo.text import name_keys

CHUNK = 20_000
LINES_AT_ONCE = 10_000
ANALYZE_FROM = 1_000

# A name's own rank follows the place's standing; what people call a place today comes first.
NAME_RANKS = {
    "standard": 0, "short": 0, "reused_in_place": 0, "reused_moved": 0,
    "alias": 4, "minority": 4, "popular": 6, "former": 8, "vanished": 9,
}  # fmt: skip

_WAITING = text(
    """
    SELECT n.id, n.name, n.kind, p.feature_class, p.unit_code, p.located_in,
           EXISTS (SELECT FROM heritage_listing h WHERE h.place_id = p.id) AS is_listed
    FROM place_name n JOIN place p ON p.id = n.place_id
    WHERE n.id = ANY(CAST(:ids AS bigint[]))
    ORDER BY n.id
    """
)
_WHICH = text(
    """
    SELECT n.id FROM place_name n
    WHERE :everything OR n.reading_status IS NULL
       OR NOT EXISTS (SELECT FROM name_key k WHERE k.name_id = n.id)
    ORDER BY n.id
    """
)
_READINGS = text(
    """
    UPDATE place_name n SET pinyin = r.pinyin, reading_status = r.status
    FROM unnest(CAST(:ids AS bigint[]), CAST(:pinyins AS text[]), CAST(:statuses AS text[]))
        AS r (id, pinyin, status)
    WHERE n.id = r.id AND (n.pinyin, n.reading_status) IS DISTINCT FROM (r.pinyin, r.status)
    """
)
_FORGET = text("DELETE FROM name_key WHERE name_id = ANY(CAST(:ids AS bigint[]))")


def refresh_keys(
    session: Session | Connection,
    progress: Progress = silent,
    *,
    everything: bool = False,
    reader: NameReader | None = None,
) -> int:
    """Fill pinyin, reading status and search keys of names that lack them; answer how many.

    A name is done when its `reading_status` is NULL or it has no key: a loader that changes a name
    clears one of them. `everything` does all names again, after a change of the reviewed readings.
    The reading of each distinct name is computed once; `reader` has those computed before by the
    same transaction. Nothing is committed.
    """
    waiting = session.execute(_WHICH, {"everything": everything}).scalars().all()
    read = reader or NameReader(session)
    for start in range(0, len(waiting), CHUNK):
        ids = list(waiting[start : start + CHUNK])
        chunk = session.execute(_WAITING, {"ids": ids}).all()
        _write_readings(session, chunk, read)
        _write_keys(session, chunk, read)
        progress(start + len(chunk), len(waiting), "names")
    if len(waiting) >= ANALYZE_FROM:
        session.execute(text("ANALYZE place_name, name_key"))
    return len(waiting)


def _write_readings(
    session: Session | Connection,
    chunk: Sequence[Row[Any]],
    read: NameReader,
) -> None:
    results = [read.of(row) for row in chunk]
    session.execute(
        _READINGS,
        {
            "ids": [row.id for row in chunk],
            "pinyins": [None if r.status == "none" else r.text for r in results],
            "statuses": [r.status for r in results],
        },
    )


def _write_keys(
    session: Session | Connection,
    chunk: Sequence[Row[Any]],
    read: NameReader,
) -> None:
    session.execute(_FORGET, {"ids": [row.id for row in chunk]})
    lines = [
        f"{key.key}\t{key.kind}\t{key.rank}\t{row.id}\n"
        for row in chunk
        for key in name_keys(
            row.name,
            rank=standing(row.feature_class, row.unit_code, is_listed=row.is_listed)
            + NAME_RANKS[row.kind],
            romanised=read.of(row),
        )
    ]
    lines.sort()  # neighbours of the index come together
    _copy(session, lines)


def _copy(session: Session | Connection, lines: Sequence[str]) -> None:
    """COPY lines of the text format: keys hold letters, digits and our marks, nothing to escape."""
    connection = session.connection() if isinstance(session, Session) else session
    raw = connection.connection.driver_connection
    assert raw is not None, "a connection in use has its driver's connection"
    with (
        raw.cursor() as cursor,
        cursor.copy("COPY name_key (key, kind, rank, name_id) FROM STDIN") as copy,
    ):
        for start in range(0, len(lines), LINES_AT_ONCE):
            copy.write("".join(lines[start : start + LINES_AT_ONCE]))


def standing(feature_class: str, unit_code: str | None, *, is_listed: bool) -> int:
    """Answer how far from the top a place stands among namesakes, 0 (province) to 60.

    Only the level of the division is read from the shape of its code, never its parent.
    """
    if unit_code is not None:
        if unit_code.endswith("0000000000"):
            return 0
        return (10, 20, 30, 40)[
            0 if unit_code.endswith("00000000") else
            1 if unit_code.endswith("000000") else
            2 if unit_code.endswith("000") else 3
        ]  # fmt: skip
    if is_listed:
        return 35
    return {"A": 42, "P": 45, "T": 48, "H": 48, "L": 50, "S": 55, "R": 58}.get(feature_class, 60)
