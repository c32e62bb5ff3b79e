"""Which readings count: the project's table, and before it what was recorded here?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.orm import Session

from geo.text import Reading, Romanised, reviewed_readings, romanise
from geo.text.readings import reading_key, split_syllables

_LAST = text(
    """
    SELECT DISTINCT ON (name, within_code) name, within_code, pinyin, status, role, source,
           source_date
    FROM name_reading ORDER BY name, within_code, id DESC
    """
)
_SUPERIORS = text(
    """
    WITH RECURSIVE up (code, step) AS (
        SELECT CAST(:code AS text), 0
        UNION
        SELECT a.parent_code, up.step + 1 FROM up JOIN admin_unit a ON a.code = up.code
        WHERE a.parent_code IS NOT NULL AND up.step < 6
    )
    SELECT code FROM up GROUP BY code ORDER BY min(step)
    """
)


def known_readings(session: Session | Connection) -> Mapping[str, Reading]:
    """Answer the readings of the project's table, and over them the last ones recorded here.

    Keys as in `geo.text.readings.reading_key`; what was withdrawn counts no longer.
    """
    found = dict(reviewed_readings())
    for row in session.execute(_LAST):
        if row.pinyin is None:
            continue
        syllables = split_syllables(row.name, row.pinyin)
        if syllables is not None:
            day = row.source_date.isoformat() if row.source_date else ""
            found[reading_key(row.name, row.within_code)] = Reading(
                row.name, syllables, row.status, row.source, row.role, day, row.within_code
            )
    return found


def superiors(session: Session | Connection, code: str) -> tuple[str, ...]:
    """Answer a division's code and those above it by stated superiors, the smallest first."""
    return tuple(session.execute(_SUPERIORS, {"code": code}).scalars())


class NameReader:
    """Reads names by what counts now; each distinct name once."""

    def __init__(self, session: Session | Connection) -> None:
        """Take the readings that count now; the session is asked again for local ones only."""
        self.known = known_readings(session)
        self._session = session
        self._local = tuple({r.name for r in self.known.values() if r.within})
        self._read: dict[tuple[Any, ...], Romanised] = {}
        self._above: dict[str, tuple[str, ...]] = {}

    def of(self, row: Row[Any]) -> Romanised:
        """The reading of a stored name: columns name, kind, feature_class, unit_code, located_in.

        A short name has no generic part: 沙市 is Shāshì.
        """
        return self.read(
            row.name, feature_class=row.feature_class, joined=row.kind == "short",
            unit=row.unit_code or row.located_in,
        )  # fmt: skip

    def read(
        self, name: str, *, feature_class: str | None, joined: bool, unit: str | None
    ) -> Romanised:
        """The reading of a name in a division."""
        around: tuple[str, ...] = ()
        if unit and self._local and name.startswith(self._local):
            if unit not in self._above:
                self._above[unit] = superiors(self._session, unit)
            around = self._above[unit]
        key = (name, joined or feature_class, around)
        if key not in self._read:
            self._read[key] = romanise(
                name, self.known, feature_class=feature_class, joined=joined, around=around
            )
        return self._read[key]
