"""What does the log of an inspection say, and how is something undone? Nothing is ever changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotFound, both
from geo.loaders.personal import is_persons_name, redact
from geo.models.inspection import InspectionEntry
from geo.queries.admin import Reader
from geo.validity import today_in_china

LONGEST = 500

_COLUMNS = """e.id, e.campaign_id, e.kind, e.line_code, e.subject, e.side, e.on_date, e.data,
    ST_AsBinary(e.geom) AS geom, e.undoes_id, e.import_id, e.role, e.recorded_at"""
_OF_CAMPAIGN = text(
    f"SELECT {_COLUMNS} FROM inspection_entry e WHERE e.campaign_id = :id ORDER BY e.id"
)
_REPORTED = text(
    f"""SELECT {_COLUMNS} FROM inspection_entry e
    WHERE e.campaign_id IS NULL ORDER BY e.id"""
)
_STEPS = text(
    f"""SELECT {_COLUMNS} FROM inspection_entry e
    WHERE e.campaign_id IS NOT NULL AND e.kind IN ('step', 'undo') ORDER BY e.id"""
)
_ONE = text(f"SELECT {_COLUMNS} FROM inspection_entry e WHERE e.id = :id")
_UNDONE = text("SELECT id FROM inspection_entry WHERE undoes_id = :id")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('inspection'), CAST(:id AS int))")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log, as it was signed. geom: EPSG:4490."""

    id: int
    campaign_id: int | None
    kind: str
    line_code: str | None
    subject: str | None
    side: str | None
    on_date: date
    data: dict[str, Any]
    geom: Any
    undoes_id: int | None
    import_id: int | None
    role: str
    recorded_at: datetime


def whole_log(session: Reader, campaign_id: int) -> tuple[Entry, ...]:
    """Every entry of a campaign, also the undone ones and their undoing, in the order of entry."""
    return _read(session.execute(_OF_CAMPAIGN, {"id": campaign_id}))


def in_effect(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries that nothing in effect undoes, without the undoings themselves.

    An undoing can be undone too, which puts what it undid in effect again.
    """
    undone: set[int] = set()
    for entry in sorted(entries, key=lambda one: one.id, reverse=True):
        if entry.undoes_id is not None and entry.id not in undone:
            undone.add(entry.undoes_id)
    return tuple(e for e in entries if e.id not in undone and e.kind != "undo")


def log(session: Reader, campaign_id: int) -> tuple[Entry, ...]:
    """The entries of a campaign that are in effect, in the order of entry."""
    return in_effect(whole_log(session, campaign_id))


def reported_changes(session: Reader) -> tuple[Entry, ...]:
    """Changes that were reported outside of campaigns, and are in effect."""
    return in_effect(_read(session.execute(_REPORTED)))


def steps_of_all(session: Reader) -> tuple[Entry, ...]:
    """The steps of all campaigns that are in effect."""
    return in_effect(_read(session.execute(_STEPS)))


def append(
    session: Session,
    kind: str,
    *,
    role: str,
    on: date,
    campaign_id: int | None = None,
    line_code: str | None = None,
    subject: str | None = None,
    side: str | None = None,
    data: dict[str, Any] | None = None,
    geom: Any = None,
    undoes_id: int | None = None,
    import_id: int | None = None,
    content_key: str | None = None,
) -> int:
    """Add an entry and answer its number. The caller commits.

    Raises BadInput for a bad role and for a day in the future.
    """
    if on > today_in_china():
        raise BadInput(both(f"日期 {on} 在将来。", f"{on} lies in the future"), parameter="on")
    row = InspectionEntry(
        campaign_id=campaign_id, kind=kind, line_code=line_code, subject=subject, side=side,
        on_date=on, role=signed(role), data=data or {}, undoes_id=undoes_id, import_id=import_id,
        content_key=content_key,
        geom=None if geom is None else f"SRID=4490;{shapely.to_wkt(geom, rounding_precision=-1)}",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def undo(session: Session, entry_id: int, *, role: str, on: date, note: str = "") -> int:
    """Undo an entry by a new one and answer its number; undoing an undoing redoes.

    Raises NotFound for an unknown entry, BadInput where it is undone already or a later step of the
    line rests on it.
    """
    one_at_a_time(session)
    found = _read(session.execute(_ONE, {"id": entry_id}))
    if not found:
        raise NotFound(both(f"没有编号为 {entry_id} 的记录。", f"no entry {entry_id}"))
    taken = session.execute(_UNDONE, {"id": entry_id}).scalar()
    if taken is not None:
        raise BadInput(
            both(
                f"记录 {entry_id} 已由记录 {taken} 撤销；如需恢复，请撤销 {taken}。",
                f"entry {entry_id} was undone by {taken}; undo that one to bring it back",
            ),
            parameter="entry",
        )
    one = found[0]
    later = [
        entry.id for entry in log(session, one.campaign_id or 0)
        if entry.kind == one.kind == "step"
        and entry.line_code == one.line_code and entry.id > one.id
    ]  # fmt: skip
    if later:
        raise BadInput(
            both(
                f"记录 {entry_id} 之后还有步骤（记录 {later[-1]}），请先撤销后面的。",
                f"later steps rest on entry {entry_id}; undo entry {later[-1]} first",
            ),
            parameter="entry",
        )
    return append(
        session, "undo", role=role, on=on, campaign_id=one.campaign_id, line_code=one.line_code,
        subject=one.subject, data={"note": impersonal(note)} if note else {}, undoes_id=entry_id,
    )  # fmt: skip


def one_at_a_time(session: Session, campaign_id: int = 0) -> None:
    """Wait until nobody else writes to this campaign (0: to the list of campaigns or an undoing).

    Held until the transaction ends, so that whoever comes second sees what the first entered.
    """
    session.execute(_LOCK, {"id": campaign_id})


def content_key(parts: Iterable[Any]) -> str:
    """The checksum by which the same content is known again."""
    told = json.dumps(list(parts), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def signed(role: str) -> str:
    """A role that may sign. Raises BadInput where it is empty, too long or a person."""
    plain = role.replace("\0", "").strip()
    if not plain:
        raise BadInput(
            both("请写明签署岗位（单位和岗位，不写个人）。", "an office or role has to sign"),
            parameter="role",
        )
    if len(plain) > 100 or redact(plain) != plain or is_persons_name(plain):
        raise BadInput(
            both(
                "签署写单位和岗位（如 天宁区民政局区划地名科），不写个人姓名和号码。",
                "sign with an office or role, not with a person's name or number",
            ),
            parameter="role",
        )
    return plain


def impersonal(note: str) -> str:
    """Remarks without what is personal, cut to the longest that is kept."""
    return redact(str(note).replace("\0", "").strip())[:LONGEST]


def _read(rows: Any) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            **{
                **row._mapping,
                "geom": None if row.geom is None else shapely.from_wkb(bytes(row.geom)),
            }
        )
        for row in rows
    )
