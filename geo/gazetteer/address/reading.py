"""Where does an address line lead: which divisions, which place, and what is left as rest?

Read from the left, each division inside the one before it; levels may be missing, names may be old
ones. What the register does not hold is told by its shape only and never gets a code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.orm import Session

from geo.errors import BadInput, GeoError, NotFound, both
from geo.gazetteer.address.shapes import (
    Folded,
    cuts_a_name,
    denies,
    folded,
    shaped_parts,
    unknown_division,
    without_country,
)
from geo.gazetteer.address.told import (
    DIVISIONS,
    PLACES,
    AddressAnswer,
    AddressPart,
    AddressReading,
    part_of,
    weight_of,
)
from geo.gazetteer.places import units_within
from geo.queries.admin import ancestors
from geo.queries.succession import history
from geo.text import search_key

LONGEST_LINE = 200
LONGEST_NAME = 20
BEAM = 8
"""So many ways to read the line are followed at one time."""
PER_KEY = 40
MOST_READINGS = 100
_PART_OF_ROUND = 0.01

Reader = Session | Connection


@dataclass(frozen=True, slots=True)
class _State:
    """How far a line is read, what was found, and the divisions in which the next part lies."""

    at: int
    weight: float
    parts: tuple[AddressPart, ...]
    level: int
    units: tuple[str, ...] | None
    rank: int


def read_address(
    session: Reader, line: str, *, on: date, within: str | None = None, limit: int = 3
) -> AddressAnswer:
    """Answer the ways to read an address line, the likeliest first.

    `within`: code of a division that the line is known to lie in. Levels may be missing, written
    without separators, in traditional characters or with old names; the divisions are those of
    `on`, and ended ones are told with what followed. Raises BadInput for an empty or overlong line.
    """
    _check(line, limit)
    whole = folded(line)
    start = without_country(whole.key)
    known = None if within is None else tuple(units_within(session, within, on))
    states = _divisions(session, whole, _State(start, 0.0, (), 0, known, 0), on)
    readings: dict[tuple[Any, ...], AddressReading] = {}
    for state in states:
        for reading in _completed(session, whole, state, start):
            key = (reading.unit_code, reading.place_code, reading.rest)
            if key not in readings or reading.score > readings[key].score:
                readings[key] = reading
    best = sorted(readings.values(), key=lambda one: (-one.score, one.unit_code or "~"))
    best = [one for one in best if one.score > 0] or best[:1]
    ambiguous = len(best) > 1 and best[0].score - best[1].score < _PART_OF_ROUND
    return AddressAnswer(line, tuple(best[:limit]), ambiguous)


def _check(line: str, limit: int) -> None:
    if not folded(line).key:
        raise BadInput(both("请输入地址。", "give an address line"), parameter="q")
    if len(line) > LONGEST_LINE:
        raise BadInput(
            both(
                f"地址最多 {LONGEST_LINE} 字，现有 {len(line)} 字。",
                f"an address has at most {LONGEST_LINE} characters, not {len(line)}",
            ),
            parameter="q",
        )
    if not 1 <= limit <= MOST_READINGS:
        raise BadInput(
            both(f"条数须在 1 至 {MOST_READINGS} 之间。", f"limit is 1 to {MOST_READINGS}"),
            parameter="limit",
        )


def _divisions(session: Reader, whole: Folded, first: _State, on: date) -> list[_State]:
    """Every way to read divisions from the left, each inside the one before it."""
    done, open_ = [first], [first]
    while open_:
        found: list[_State] = []
        for state in open_:
            known = _next_divisions(session, whole, state, on)
            found += known or _passed_over(whole, state)
        found.sort(key=lambda one: (-one.weight, one.rank))
        open_ = found[:BEAM]
        done += open_
    done.sort(key=lambda one: (-one.weight, one.rank))
    return done[:BEAM]


def _next_divisions(session: Reader, whole: Folded, state: _State, on: date) -> list[_State]:
    keys = _beginnings(whole.key, state.at)
    if not keys or state.level >= 5:
        return []
    asked = {"keys": keys, "level": state.level, "on": on}
    rows = session.execute(
        DIVISIONS, {**asked, "units": None if state.units is None else list(state.units)}
    ).all()
    best: dict[tuple[str, int], Row[Any]] = {}
    for row in rows:
        # A name without its generic part may be the beginning of another one: 常州路.
        is_whole = row.key_kind == "exact" and row.matched_kind not in ("short", "former")
        if not is_whole and cuts_a_name(whole.key, state.at + len(row.key)):
            continue
        full = search_key(row.matched_name)
        if len(full) > len(row.key) and whole.key.startswith(full, state.at):
            continue  # 常州 of 常州市, which is there as a whole
        key = (row.unit_code, len(row.key))
        if key not in best or weight_of(row) > weight_of(best[key]):
            best[key] = row
    ordered = sorted(best.values(), key=lambda row: (-weight_of(row), row.rank))[:BEAM]
    passed = [part.written for part in state.parts if part.code is None]
    if passed:
        ordered = [row for row in ordered if not _is_denied(session, passed, row, on)]
    return [_stepped(session, whole, state, row, on) for row in ordered]


def _is_denied(session: Reader, passed: Sequence[str], row: Row[Any], on: date) -> bool:
    """Whether the superiors that are loaded show that it lies elsewhere than the line says."""
    try:
        above = ancestors(session, row.unit_code if row.is_current else row.parent_code or "", on)
    except GeoError:
        return False
    return any(denies(one, unit.level, unit.name) for unit in above for one in passed)


def _passed_over(whole: Folded, state: _State) -> list[_State]:
    """The line behind a division that is not loaded, 江苏省 where only 常州市 is: without code."""
    end = unknown_division(whole.key, state.at)
    if end is None or end == len(whole.key) or len(state.parts) >= 5:
        return []
    part = AddressPart("division", whole.written(state.at, end))
    return [replace(state, at=end, parts=(*state.parts, part))]


def _stepped(session: Reader, whole: Folded, state: _State, row: Row[Any], on: date) -> _State:
    end = state.at + len(row.key)
    part = part_of(whole.written(state.at, end), "division", row)
    part = replace(part, level=row.level, code=f"unit:{row.unit_code}", is_current=row.is_current)
    inside = row.unit_code
    if not row.is_current:
        part = replace(part, successors=_successors(session, row.unit_code))
        inside = row.parent_code or row.unit_code
    try:
        units = tuple(code for code in units_within(session, inside, on) if code != row.unit_code)
    except NotFound:
        units = ()
    return _State(end, state.weight + weight_of(row), (*state.parts, part), row.level, units,
                  state.rank + row.rank)  # fmt: skip


def _successors(session: Reader, code: str) -> tuple[tuple[str, str], ...]:
    """What followed a division that has ended, by the changes on record."""
    try:
        events = history(session, code).events
    except NotFound:
        return ()
    found = [
        (f"unit:{after.code}", after.name)
        for event in events if code in {one.code for one in event.predecessors}
        for after in event.successors if after.code != code
    ]  # fmt: skip
    return tuple(dict.fromkeys(found))


def _completed(session: Reader, whole: Folded, state: _State, start: int) -> list[AddressReading]:
    """The line with a place of the register after its divisions, or with none."""
    keys = [key for key in _beginnings(whole.key, state.at)
            if not cuts_a_name(whole.key, state.at + len(key))]  # fmt: skip
    units = None if state.units is None else [*state.units, *_own_unit(state)]
    rows: Sequence[Row[Any]] = []
    if keys:
        asked = {"keys": keys, "units": units, "most": PER_KEY}
        rows = session.execute(PLACES, asked).all()
    longest: list[Row[Any] | None] = [row for row in rows if len(row.key) == len(rows[0].key)]
    readings = []
    for row in longest[:BEAM] or [None]:
        at, parts, weight, place = state.at, list(state.parts), state.weight, None
        if row is not None:
            at, place = state.at + len(row.key), row.code
            parts.append(part_of(whole.written(state.at, at), "place", row))
            weight += weight_of(row)
        shaped = list(shaped_parts(whole.key, at))
        parts += [AddressPart(kind, whole.written(a, b)) for kind, a, b in shaped]
        end = shaped[-1][2] if shaped else at
        named = sum(b - a for kind, a, b in shaped if kind in ("township", "community", "road"))
        length = max(at - start + named + (len(whole.key) - end), 1)
        readings.append(
            AddressReading(
                tuple(parts), whole.rest(end), round(100 * weight / length, 1),
                next(iter(_own_unit(state)), None), place,
            )
        )  # fmt: skip
    return readings


def _own_unit(state: _State) -> Sequence[str]:
    """The code of the deepest division that was found."""
    codes = [part.code for part in state.parts if part.code is not None]
    return (codes[-1].removeprefix("unit:"),) if codes else ()


def _beginnings(key: str, at: int) -> list[str]:
    """The names that the line may go on with: two characters at least."""
    most = min(len(key) - at, LONGEST_NAME)
    return [key[at : at + length] for length in range(2, most + 1)]
