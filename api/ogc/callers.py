"""Whose eyes read a collection: the public's, or those of staff with the right to it?

Without a token, or with one of another role, the public's views answer. With the role of a
collection the tables themselves do, unpublished rows too, limited to the token's division.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from api.auditing import came_in
from api.ogc.answers import Call
from api.security import Caller, no_token, whose
from geo.approvals import is_served
from geo.errors import NotAllowed, both
from geo.queries.collections import Collection
from geo.queries.moments import When
from geo.validity import today_in_china

ROLES = {
    "facilities": ("planner",), "zones": ("planner",), "units": ("surveyor",),
    "lines": ("surveyor",), "place-names": ("names_officer",),
    "heritage-names": ("names_officer",),
}  # fmt: skip
"""Collection → roles that read all of it; the administrator always does."""


def caller(call: Call) -> Caller | None:
    """Who calls. None without a token; raises 401 for a token that is unknown or dead."""
    said = call.header(b"authorization")
    if not said:
        return None
    scheme, _, secret = said.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise no_token()
    found = whose(call.doors, secret.strip())
    if found is None:
        raise no_token()
    came_in(found)
    return found


def has_right(who: Caller | None, collection: Collection) -> bool:
    """Whether a caller reads and writes all of a collection."""
    return who is not None and who.role in (*ROLES.get(collection.id, ()), "administrator")


@dataclass(frozen=True, slots=True)
class Eyes:
    """A connection, the division it is limited to, whether it sees more than the public."""

    connection: Connection
    division: str | None
    is_staff: bool


@contextmanager
def eyes(call: Call, collection: Collection, when: When) -> Iterator[Eyes]:
    """The connection on which a question is answered.

    Raises NotAllowed for a map layer without 审图号 in public mode.
    """
    who = caller(call)
    if who is not None and has_right(who, collection):
        with call.doors.staff() as connection:
            yield Eyes(connection, who.division_code, True)
        return
    refuse_unapproved(collection, when)
    with call.doors.public() as connection:
        yield Eyes(connection, None, False)


def layers(collection: Collection, when: When) -> tuple[str, ...]:
    """The map layers of `geo.approvals` that a question shows: old ones for days that are past."""
    if collection.layer is None:
        return ()
    today: date = today_in_china()
    is_old = when.since is None or when.since < today
    is_now = when.until is None or when.until >= today
    names = (collection.layer, f"old-{collection.layer}")
    return tuple(name for name, shown in zip(names, (is_now, is_old), strict=True) if shown)


def refuse_unapproved(collection: Collection, when: When) -> None:
    """Raise NotAllowed where a map layer may not leave for want of an approval number."""
    if not all(is_served(layer) for layer in layers(collection, when)):
        raise NotAllowed(
            both(
                f"图层 {collection.id} 没有审图号，公开模式不提供。",
                f"the map layer {collection.id} has no approval number: public mode keeps it back",
            )
        )
