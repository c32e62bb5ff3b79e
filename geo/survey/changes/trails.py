"""Which unit is meant by a code, and which changes lead to and from it?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import text

from geo.errors import NotFound, both
from geo.queries.admin import Reader, unknown_code, versions
from geo.queries.succession import Event, Member, events_around
from geo.survey.changes.succession import Shares, Succession

_SHARES = text(
    """SELECT event_id, from_code, to_code, area_share, people_share FROM succession_share
    WHERE event_id = ANY(CAST(:events AS bigint[]))"""
)


def stated_shares(session: Reader, events: Iterable[Event]) -> Shares:
    """The shares that sources state for the pairs of some changes."""
    rows = session.execute(_SHARES, {"events": [event.id for event in events]})
    return {(r.event_id, r.from_code, r.to_code): (r.area_share, r.people_share) for r in rows}


class Trails:
    """A code's versions, the changes around it, and the units that bore it."""

    def __init__(self, session: Reader, code: str) -> None:
        self.versions = versions(session, code)
        events = events_around(session, code)
        self.succession = Succession(events, stated_shares(session, events))
        names = [(v.name, v.parent_code) for v in self.versions]
        names += [(name, None) for name in self.succession.names_of(code)]
        parents: dict[str, str | None] = {}
        for said, parent in names:
            parents.setdefault(said, parent)
        self.known = [Member(code, said, parent) for said, parent in parents.items()]
        if not self.known:
            raise NotFound(unknown_code(session, code))

    def meant(self, name: str | None, day: date) -> Member:
        """The unit of that name; without one that of the day, else the last that bore the code."""
        if name is not None:
            for one in self.known:
                if one.name == name.strip():
                    return one
            code = self.known[0].code
            raise NotFound(
                both(
                    f"没有代码为 {code}、名为「{name[:40]}」的区划。",
                    f"no unit of code {code} was ever called {name[:40]!r}",
                )
            )
        begun = [v for v in self.versions if v.valid_from is None or v.valid_from <= day]
        said = begun[-1].name if begun else self.known[-1].name
        return next(one for one in self.known if one.name == said)

    def first(self) -> Member:
        """The earliest unit that bore the code."""
        return self.known[0]
