"""Who is asking now, for the record? Known to whatever a request does, in any of its threads."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from geo.db.auditing import Entry, note, note_if_written

if TYPE_CHECKING:
    from api.reads import Doors
    from api.security import Caller

log = logging.getLogger("atlas.api")


@dataclass
class Asking:
    """One request: what it asks, who turned out to ask, and whether it has written."""

    scope: Mapping[str, Any]
    request_id: str
    caller: Caller | None = None
    wrote: bool = False
    is_of_rows: bool = True
    """Whether the answer tells anything of what is stored: what does not needs no entry."""

    @property
    def what(self) -> str:
        """What is asked, for the record: of a query the names alone, for values may be a home."""
        given = parse_qsl(self.scope["query_string"].decode("latin-1"))
        names = sorted({name[:50] for name, _ in given})
        asked = f"{self.scope['method']} {self.scope['path'][:500]}"
        told = f"{asked}?{'&'.join(names[:20])}" if names else asked
        # A NUL has no place in a text of the database: it must not keep anybody off the record.
        return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in told)

    def entry(self, action: str, status: int | None = None) -> Entry:
        """This request as an entry of the record."""
        caller = self.caller
        return Entry(
            action=action,
            what=self.what,
            token_id=None if caller is None else caller.token_id,
            role=None if caller is None else caller.role,
            division_code=None if caller is None else caller.division_code,
            status=status,
            request_id=self.request_id,
        )


asking: ContextVar[Asking | None] = ContextVar("asking", default=None)


def came_in(caller: Caller) -> None:
    """Note who is asking, once that is known."""
    if (now := asking.get()) is not None:
        now.caller = caller


def shows_no_rows() -> None:
    """Say that the answer to this request tells of the service alone."""
    if (now := asking.get()) is not None:
        now.is_of_rows = False


def note_write(session: Session) -> None:
    """Put the writing of the request on record, in its own transaction."""
    now = asking.get()
    if now is not None and note_if_written(session, now.entry("write")):
        now.wrote = True


def note_reading(doors: Doors, now: Asking, status: int) -> None:
    """Put on record that somebody with a token read, or was refused; call it after the answer."""
    action = "refused" if status == 403 else "read"
    try:
        with doors.owner_engine.begin() as connection:
            note(connection, now.entry(action, status))
    except SQLAlchemyError as problem:  # the answer is sent: only the log can tell
        log.error("a request is not on record: %s %s", now.what, type(problem).__name__)
