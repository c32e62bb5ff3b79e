"""Which reading does a name have, who confirmed it, and which names wait for somebody?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotFound, both
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.stored_readings import NameReader, known_readings, superiors
from geo.loaders.register import refuse_person
from geo.text import Romanised, romanise, search_key
from geo.text.readings import UNVERIFIED, are_syllables, split_syllables

LONGEST_NAME = 30
LONGEST_SOURCE = 300


@dataclass(frozen=True)
class Uncertain:
    """A name whose reading waits: its present pinyin, the doubtful characters, how often it is."""

    name: str
    pinyin: str | None
    doubtful: str
    in_table: bool
    times: int


@dataclass(frozen=True)
class Decision:
    """One recorded decision on a reading; `recorded_at` in ISO 8601."""

    name: str
    within: str | None
    pinyin: str | None
    status: str
    role: str
    source: str
    source_date: date | None
    recorded_at: str


_UNCERTAIN = text(
    """
    SELECT n.name, p.feature_class, n.kind = 'short' AS is_short, min(n.pinyin) AS pinyin,
           min(coalesce(p.unit_code, p.located_in)) AS unit, count(*) AS times
    FROM place_name n JOIN place p ON p.id = n.place_id
    WHERE n.reading_status = 'uncertain'
    GROUP BY n.name, p.feature_class, n.kind = 'short'
    ORDER BY count(*) DESC, n.name, p.feature_class
    LIMIT :most
    """
)
_HISTORY = text(
    """
    SELECT name, within_code, pinyin, status, role, source, source_date,
           to_char(recorded_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') AS recorded_at
    FROM name_reading WHERE name = :name
      AND within_code IS NOT DISTINCT FROM CAST(:within AS text)
    ORDER BY id DESC
    """
)
_RECORD = text(
    """
    INSERT INTO name_reading (name, within_code, pinyin, status, role, source, source_date)
    VALUES (:name, :within, :pinyin, :status, :role, :source, :source_date)
    """
)
# The reading counts for every name that begins with the reviewed one.
_AGAIN = text(
    """
    UPDATE place_name SET reading_status = NULL
    WHERE starts_with(name, :name) AND reading_status IS DISTINCT FROM 'none'
    """
)


def uncertain_readings(session: Session | Connection, *, limit: int = 200) -> list[Uncertain]:
    """Answer the names with several likely readings and none that somebody confirmed.

    The commonest first; each with the characters in doubt.
    """
    reader = NameReader(session)
    table = {reading.name for reading in reader.known.values()}
    found = []
    for row in session.execute(_UNCERTAIN, {"most": limit}):
        read = reader.read(
            row.name, feature_class=row.feature_class, joined=row.is_short, unit=row.unit
        )
        in_table = any(row.name[:length] in table for length in range(1, len(row.name) + 1))
        pinyin = row.pinyin or read.text
        found.append(Uncertain(row.name, pinyin, read.doubtful, in_table, row.times))
    return found


def spelling_of(
    session: Session | Connection,
    name: str,
    *,
    feature_class: str | None = None,
    within: str | None = None,
) -> Romanised:
    """Answer how a name is written in pinyin, with the rules and the reading that were taken.

    `within`: code of the division that it lies in, for readings that hold only there.
    """
    around = superiors(session, within) if within else ()
    return romanise(name, known_readings(session), feature_class=feature_class, around=around)


def decisions(
    session: Session | Connection, name: str, within: str | None = None
) -> list[Decision]:
    """Answer what was recorded on the reading of a name, the newest first."""
    rows = session.execute(_HISTORY, {"name": name, "within": within})
    return [_decision(row) for row in rows]


def record_reading(
    session: Session,
    name: str,
    pinyin: str,
    *,
    role: str,
    source: str,
    source_date: date | None = None,
    within: str | None = None,
    verified: bool = True,
) -> int:
    """Record a reading and read every name that begins so again; answer how many names that were.

    `pinyin` with tone marks, one syllable per character; `role` is an office or a post. The caller
    commits. Raises BadInput for a reading that does not fit the name, an empty role or source, a
    person's name as role.
    """
    _check(name, role, source)
    syllables = split_syllables(name, pinyin)
    if syllables is None or not are_syllables(syllables) or not set(pinyin) & _MARKED:
        raise BadInput(
            both(
                f"「{pinyin[:60]}」不是「{name}」的带调拼音：每字一个音节，如 Chóngqìng。",
                f"{pinyin[:60]!r} is no reading with tones of {name}: one syllable a character",
            ),
            parameter="reading",
        )
    status = "verified" if verified else UNVERIFIED
    return _enter(session, name, within, "".join(_apart(syllables)), status, role, source,
                  source_date)  # fmt: skip


def undo_reading(session: Session, name: str, *, role: str, within: str | None = None) -> int:
    """Take the last decision on a name back: what counted before it counts again.

    Nothing is deleted: the former decision (or a withdrawal) is entered anew. Answers how many
    names were read again. Raises NotFound where nothing was recorded.
    """
    _check(name, role, "—")
    before = decisions(session, name, within)
    if not before or before[0].status == "withdrawn":
        raise NotFound(
            both(
                f"「{name[:40]}」没有可撤销的读音记录。",
                f"no recorded reading of {name[:40]} can be taken back",
            )
        )
    former = _counted_before(before)
    if former is None:
        return _enter(session, name, within, None, "withdrawn", role, "撤销 · taken back", None)
    return _enter(session, name, within, former.pinyin, former.status, role, former.source,
                  former.source_date)  # fmt: skip


def _counted_before(recorded: Sequence[Decision]) -> Decision | None:
    """The decision that counted before the newest one; entries that repeat one are passed over."""
    stack: list[Decision] = []
    for one in reversed(recorded):
        said = (one.pinyin, one.status, one.source)
        if one.status == "withdrawn":
            stack.clear()
        elif len(stack) >= 2 and said == (stack[-2].pinyin, stack[-2].status, stack[-2].source):
            stack.pop()  # it took the last one back
        else:
            stack.append(one)
    return stack[-2] if len(stack) >= 2 else None


def _enter(
    session: Session, name: str, within: str | None, pinyin: str | None, status: str, role: str,
    source: str, source_date: date | None,
) -> int:  # fmt: skip
    session.execute(
        _RECORD,
        {"name": name, "within": within, "pinyin": pinyin, "status": status, "role": role.strip(),
         "source": source.strip(), "source_date": source_date},
    )  # fmt: skip
    session.execute(_AGAIN, {"name": name})
    return refresh_keys(session)


def _check(name: str, role: str, source: str) -> None:
    if not 1 <= len(name) <= LONGEST_NAME or search_key(name) != name:
        raise BadInput(
            both(
                f"名称须为 1 至 {LONGEST_NAME} 个规范汉字，不含空格与符号。",
                f"a name has 1 to {LONGEST_NAME} characters without spaces and signs",
            ),
            parameter="name",
        )
    if not role.strip() or not source.strip() or len(source) > LONGEST_SOURCE:
        raise BadInput(
            both("须写明核定岗位与依据（--role、--source）。", "state --role and --source"),
            parameter="role" if not role.strip() else "source",
        )
    refuse_person(role)


def _decision(row: Row[Any]) -> Decision:
    return Decision(row.name, row.within_code, row.pinyin, row.status, row.role, row.source,
                    row.source_date, row.recorded_at)  # fmt: skip


def _apart(syllables: Sequence[str]) -> list[str]:
    """Syllables with an apostrophe where they would run together."""
    return [("'" if at and one[0] in _VOWELS else "") + one for at, one in enumerate(syllables)]


_MARKED = frozenset("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜĀÁǍÀĒÉĚÈŌÓǑÒ")
_VOWELS = "aoeāáǎàēéěèōóǒò"
