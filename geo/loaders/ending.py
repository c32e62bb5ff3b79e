"""How does one stored facility end, so that the journal can bring it back?"""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from sqlalchemy import text

from geo.errors import BadInput, both
from geo.loaders.journal import ONE_AT_A_TIME, journalled
from geo.loaders.register import register_delivery
from geo.loaders.report import CrsReading
from geo.loaders.single import FeatureRefused, Reason
from geo.loaders.staging import Target
from geo.loaders.tables import Table
from geo.loaders.undo import undo_delivery

SECRECIES = ("public", "internal", "unknown")


def take_turns(session: Target) -> None:
    """Wait until no other loading is under way; held to the end of the transaction."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})


def end_facility(session: Target, code: str, *, on: date, secrecy: str, by: str) -> int | None:
    """End the version of a facility that is in force on a day; the caller commits.

    What began on that very day through this door is taken back, its delivery undone; what went
    before it ends on the day. Without a public delivery the public goes on seeing what it saw.
    Answers the delivery that ended it, None where taking back was enough. Raises FeatureRefused
    where a larger delivery of that day brought it.
    """
    if secrecy not in SECRECIES:
        raise BadInput(
            both(f"密级须为 {'、'.join(SECRECIES)}。", f"secrecy: {', '.join(SECRECIES)}"),
            parameter="secrecy",
        )
    take_turns(session)
    while (begun := _begun_today(session, code, on)) is not None:
        undo_delivery(session, begun)
    row = session.execute(_IN_FORCE, {"code": code, "on": on}).one_or_none()
    if row is None:
        return None
    delivery = _register(session, code, secrecy, by)
    session.execute(
        text(journalled(_END, "facility", "t", "ended", changed=("validity", "public_validity"))),
        {"id": row.id, "on": on, "public": secrecy == "public", "delivery": delivery},
    )
    if secrecy == "public":
        session.execute(
            text(journalled(_END_SEEN, "facility", "t", "ended", changed=("public_validity",))),
            {"id": row.id, "code": code, "on": on, "delivery": delivery},
        )
    return delivery


_IN_FORCE = text(
    "SELECT id FROM facility WHERE code = :code AND validity @> CAST(:on AS date) FOR UPDATE"
)
# A version that the public sees goes on being seen when what ends it is not public.
_END = """
UPDATE facility t SET validity = daterange(lower(t.validity), CAST(:on AS date)),
    public_validity = CASE
        WHEN :public THEN CASE WHEN t.public_validity IS NOT NULL
            THEN daterange(lower(t.public_validity), CAST(:on AS date)) END
        WHEN t.is_published THEN coalesce(t.public_validity, t.validity) END
WHERE t.id = :id"""

# Earlier versions that the public went on seeing end as well, once a public delivery says so.
_END_SEEN = """
UPDATE facility t SET public_validity = daterange(lower(t.public_validity), CAST(:on AS date))
WHERE t.code = :code AND t.id <> :id AND t.public_validity @> CAST(:on AS date)
    AND coalesce(lower(t.public_validity) < CAST(:on AS date), true)"""

# The latest delivery of one row that wrote the version which began on the day.
_LATEST = text("""
SELECT c.delivery_id, d.file_name FROM facility t
JOIN delivery_change c ON c.table_name = 'facility' AND c.row_id = t.id
JOIN delivery d ON d.id = c.delivery_id
WHERE t.code = :code AND lower(t.validity) = CAST(:on AS date)
    AND t.validity @> CAST(:on AS date)
ORDER BY c.delivery_id DESC LIMIT 1""")
_STARTED = text("""
SELECT EXISTS (SELECT FROM facility WHERE code = :code AND lower(validity) = CAST(:on AS date)
    AND validity @> CAST(:on AS date))""")


def _begun_today(session: Target, code: str, on: date) -> int | None:
    """The delivery to undo, while the version in force began on the day; None once none did."""
    bound = {"code": code, "on": on}
    if not session.execute(_STARTED, bound).scalar_one():
        return None
    found = session.execute(_LATEST, bound).one_or_none()
    if found is None or found.file_name != DOOR:
        raise FeatureRefused(
            [
                Reason(
                    None, "began_today",
                    "该设施当日由整批交付导入，不能当日单独终止；请撤销该交付或改日再办 · "
                    "a delivery brought it on this very day: undo that, or end it on a later day",
                )
            ],
            is_conflict=True,
        )  # fmt: skip
    return int(found.delivery_id)


DOOR = "OGC API"
"""The name of the file that features of the OGC doors are said to come from."""


def _register(session: Target, code: str, secrecy: str, by: str) -> int:
    """The delivery that says that a facility ended."""
    raw = code.encode()
    table = Table(
        ["code"], [], [], "utf-8", DOOR, None, hashlib.sha256(raw).hexdigest(), len(raw)
    )  # fmt: skip
    reading = CrsReading("EPSG:4490", "EPSG:4490", [])
    return register_delivery(
        session, table, Path(DOOR), "facilities", secrecy, reading, {"code": "code"}, by
    )
