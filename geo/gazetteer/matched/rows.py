"""Which place does each row mean? Names are looked up together, and singly only where none fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from geo.errors import GeoError
from geo.gazetteer.finding.distances import points_away
from geo.gazetteer.finding.lookup import Filters, Reader
from geo.gazetteer.matched.asked import Asked
from geo.gazetteer.matched.rounds import by_key, loosely, may_hold_a_division
from geo.gazetteer.matched.verdicts import STATES, Verdict, metres, verdict_of
from geo.gazetteer.matching import PAST_KINDS, Match
from geo.gazetteer.places import PlaceFacts, facts_of, units_within
from geo.gazetteer.search import Hit, search
from geo.progress import Progress, silent
from geo.queries.admin import code_of

CHUNK = 5_000
"""So many rows are matched together; memory does not grow with the table."""
SHOWN = 5
"""So many candidates of a row are told."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that a row may mean. `distance_m` from the row's position, None where unknown."""

    place: PlaceFacts
    matched_name: str
    matched_kind: str
    how: str
    how_zh: str
    how_en: str
    use: str
    score: float
    distance_m: float | None


@dataclass(frozen=True, slots=True)
class MatchedRow:
    """What became of a row: `state` is a key of `verdicts.STATES`, the candidates best first.

    `open_zh`, `open_en` say what a person still has to decide; '' where nothing is open.
    """

    asked: Asked
    state: str
    candidates: tuple[Candidate, ...]
    open_zh: str
    open_en: str

    @property
    def best(self) -> Candidate | None:
        """The place that is meant: None unless that is sure or likely."""
        return self.candidates[0] if self.state in ("matched", "likely") else None


@dataclass(frozen=True, slots=True)
class _Scope:
    """What rows that are looked up together share."""

    division: str | None
    feature_class: str | None
    on: date


def match_rows(
    session: Reader,
    asked: Iterable[Asked],
    *,
    on: date,
    within: str | None = None,
    progress: Progress = silent,
    total: int = 0,
) -> Iterator[MatchedRow]:
    """Answer each row once, in its order, with candidates, scores and what remains open.

    `on`: the day for rows without one; `within`: the division (code) for rows without one. Equal
    names are looked up once; some thousands together by key, then loosely, and by `search` only
    what may name a division and a place inside it. Raises NotFound for an unknown `within`.
    """
    scopes = _Scopes(session, within, on)
    rows = iter(asked)
    done = 0
    while chunk := list(islice(rows, CHUNK)):
        yield from _matched(session, chunk, scopes)
        done += len(chunk)
        progress(done, max(total, done), "rows")


class _Scopes:
    """The divisions that rows name, each looked up once."""

    def __init__(self, session: Reader, within: str | None, on: date) -> None:
        self._session, self._on = session, on
        self._within = within
        self._codes: dict[tuple[str, date], str | None] = {}
        self._units: dict[tuple[str, date], list[str]] = {}
        if within is not None:
            self._units[within, on] = units_within(session, within, on)

    def of(self, row: Asked) -> tuple[_Scope, bool]:
        """The scope of a row, and whether the division that it names is unknown."""
        on = row.on or self._on
        if row.division is None:
            return _Scope(self._within, row.feature_class, on), False
        key = (row.division, on)
        if key not in self._codes:
            self._codes[key] = self._code(row.division, on)
        code = self._codes[key]
        return _Scope(code or self._within, row.feature_class, on), code is None

    def _code(self, said: str, on: date) -> str | None:
        for day in (on, self._on):  # a division of today around an old name
            try:
                code = code_of(self._session, said, day)
                self._units[code, on] = units_within(self._session, code, day)
                return code
            except GeoError:
                continue
        return None

    def filters(self, scope: _Scope) -> Filters:
        """The filters that a scope means."""
        units = None
        if scope.division is not None:
            key = (scope.division, scope.on)
            if key not in self._units:
                self._units[key] = units_within(self._session, scope.division, self._on)
            units = self._units[key]
        return Filters(units=units, feature_class=scope.feature_class)


def _matched(session: Reader, chunk: Sequence[Asked], scopes: _Scopes) -> Iterator[MatchedRow]:
    of_row = [None if row.problem else scopes.of(row) for row in chunk]
    wanted: dict[_Scope, dict[str, None]] = defaultdict(dict)
    for row, known in zip(chunk, of_row, strict=True):
        if known is not None:
            wanted[known[0]][row.name] = None
    found: dict[tuple[_Scope, str], list[Match | Hit]] = {}
    for scope, names in wanted.items():
        for name, matches in _in_scope(session, list(names), scope, scopes).items():
            found[scope, name] = list(matches)
    facts = _facts(session, found)
    for row, known in zip(chunk, of_row, strict=True):
        if known is None:
            yield MatchedRow(row, "unreadable", (), row.problem or "", row.problem or "")
            continue
        scope, is_lost = known
        yield _row(row, found[scope, row.name], facts.get(scope.on, {}), is_lost=is_lost)


def _in_scope(
    session: Reader, names: Sequence[str], scope: _Scope, scopes: _Scopes
) -> Mapping[str, Sequence[Match | Hit]]:
    """What each name may mean: by its keys, else loosely, else by a search of its own."""
    filters = scopes.filters(scope)
    found: dict[str, Sequence[Match | Hit]] = {}
    close = by_key(session, names, filters, scope.on)
    rest = [name for name in names if not close[name]]
    loose = loosely(session, rest, filters, scope.on)
    found |= close | loose
    for name in may_hold_a_division(session, rest, loose):
        found[name] = _singly(session, name, scope) or found[name]
    return found


def _singly(session: Reader, name: str, scope: _Scope) -> list[Hit]:
    """What the search finds for a text that may name a division and a place inside it."""
    try:
        return search(
            session, name, on=scope.on, limit=SHOWN, within=scope.division,
            feature_class=scope.feature_class,
        )  # fmt: skip
    except GeoError:  # a division that was not there on the day
        return []


def _facts(
    session: Reader, found: dict[tuple[_Scope, str], list[Match | Hit]]
) -> dict[date, dict[int, PlaceFacts]]:
    """What is shown of every candidate that was found by its key, by day."""
    ids: dict[date, dict[int, None]] = defaultdict(dict)
    for (scope, _), matches in found.items():
        for match in matches:
            if isinstance(match, Match):
                ids[scope.on][match.place_id] = None
    return {on: facts_of(session, list(places), on) for on, places in ids.items()}


def _row(
    row: Asked, matches: Sequence[Match | Hit], facts: dict[int, PlaceFacts], *, is_lost: bool
) -> MatchedRow:
    candidates = [one for one in (_candidate(row, match, facts) for match in matches) if one]
    candidates.sort(key=lambda one: -one.score)
    verdict: Verdict = verdict_of(candidates, row, division_unknown=is_lost)
    assert verdict.state in STATES
    return MatchedRow(
        row, verdict.state, tuple(verdict.ordered[:SHOWN]), verdict.open_zh, verdict.open_en
    )


def _candidate(row: Asked, match: Match | Hit, facts: dict[int, PlaceFacts]) -> Candidate | None:
    if isinstance(match, Match):
        place = facts.get(match.place_id)
        if place is None:
            return None
        zh, en = match.words(place.name)
        name, kind = match.name, match.name_kind
    else:
        place, zh, en = match, match.how_zh, match.how_en
        name, kind = match.matched_name, match.matched_kind
    away = metres(row, place)
    score = match.score - (0.0 if row.lon is None else points_away(away))
    use = match.use if kind not in PAST_KINDS else "ended"
    return Candidate(place, name, kind, match.how, zh, en, use, round(max(score, 0.0), 1), away)
