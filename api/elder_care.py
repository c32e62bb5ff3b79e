"""How is a question of the elder-care page answered through the doors, and a report taken in?

Facilities are read as the public; the ways for walking as the owner, because the roads themselves
are not public. What a person typed or where they stand is used for the answer and kept nowhere.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import fields, replace
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from starlette.exceptions import HTTPException

from api.reads import Doors
from geo.access.finder import (
    Answer,
    Card,
    Comparison,
    Question,
    Start,
    StartTold,
    WalkingGrounds,
    compare,
    find,
    one_card,
    report_wrong,
    told,
)
from geo.access.finder.comparing import few
from geo.errors import GeoError, both
from geo.joint.starting import chosen, starts
from geo.queries.admin import Reader
from geo.settings import FinderSettings, read
from geo.validity import today_in_china

CHOICES = 8
HOUR_S, DAY_S = 3600.0, 86_400.0

_GROUNDS: WeakKeyDictionary[Doors, WalkingGrounds] = WeakKeyDictionary()


def grounds_of(doors: Doors) -> WalkingGrounds:
    """The ways in memory of the database behind these doors."""
    held = _GROUNDS.get(doors)
    if held is None:
        held = _GROUNDS.setdefault(doors, WalkingGrounds(doors.staff, doors.counting))
    return held


def answer_to(doors: Doors, asked: Question) -> Answer:
    """Everything that the list needs: the start looked up, the page, what is unknown."""
    with doors.public() as connection:
        start, located = _located(connection, asked)
        return replace(find(connection, located, grounds_of(doors)), start=start)


def comparison_of(doors: Doors, codes: Sequence[str], asked: Question) -> Comparison:
    """Two to four places side by side."""
    few(codes)  # what cannot be compared asks no database
    with doors.public() as connection:
        _, located = _located(connection, asked)
        return compare(connection, codes, located, grounds_of(doors))


def card_of(doors: Doors, code: str, asked: Question) -> Card:
    """One place."""
    with doors.public() as connection:
        return one_card(connection, code, asked, grounds_of(doors))


def starts_for(doors: Doors, typed: str, limit: int) -> list[Start]:
    """The places that what was typed may mean."""
    with doors.public() as connection:
        return starts(connection, typed, on=today_in_china(), limit=limit)


def _located(connection: Reader, asked: Question) -> tuple[StartTold | None, Question]:
    """The start as it is told, and the question with its position where one is known."""
    if asked.has_start:
        return StartTold(asked.start, asked.lon, asked.lat, is_vague=asked.rough), asked
    if not asked.start:
        return None, asked
    fitting = starts(connection, asked.start, on=asked.moment.date(), limit=CHOICES)
    one = chosen(fitting, asked.start)
    if one is None:
        return StartTold(asked.start, None, None, choices=tuple(fitting)), asked
    start = StartTold(
        one.label, one.lon, one.lat, one.how_zh, one.how_en, one.is_vague, one.about_zh,
        one.about_en,
    )  # fmt: skip
    return start, replace(asked, lon=one.lon, lat=one.lat, rough=one.is_vague)


# --- how it is sent ----------------------------------------------------------


def answer_sent(answer: Answer) -> dict[str, Any]:
    """An answer as JSON: its fields, with the sentences of each card."""
    lang = answer.question.lang
    zh, en = answer.method
    made = {one.name: getattr(answer, one.name) for one in fields(answer)}
    note = answer.day.note or (None, None)
    start = answer.start
    return made | {
        "question": _set(answer.question),
        "start": None if start is None else _shallow(start) | {"not_found": start.not_found},
        "day": _shallow(answer.day) | {"note_zh": note[0], "note_en": note[1]},
        "cards": [card_sent(card, lang) for card in answer.cards],
        "unknown_cards": [card_sent(card, lang) for card in answer.unknown_cards],
        "method_zh": zh,
        "method_en": en,
    }


def comparison_sent(found: Comparison) -> dict[str, Any]:
    """A comparison as JSON."""
    return {
        "cards": [card_sent(card, found.question.lang) for card in found.cards],
        "rows": found.rows,
        "questions": found.questions,
        "missing": found.missing,
        "measured_by": found.measured_by,
        "has_synthetic": found.has_synthetic,
    }


def card_sent(card: Card, lang: str) -> dict[str, Any]:
    """A card as JSON, with its sentences."""
    return _shallow(card) | {"told": told(card, lang)}


def _shallow(value: Any) -> dict[str, Any]:
    return {one.name: getattr(value, one.name) for one in fields(value)}


def _set(asked: Question) -> dict[str, Any]:
    """What was asked: the parameters that differ from nothing."""
    return {
        name: orjson.loads(orjson.dumps(value)) if name == "at" else value
        for name, value in _shallow(asked).items()
        if value not in (None, False)
    }


# --- reports -----------------------------------------------------------------


class Turnstile:
    """Lets so many through: in an hour from one address, in a day altogether.

    Addresses are kept as a keyed hash with a key of this process, for an hour, in memory only.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._seen: OrderedDict[bytes, deque[float]] = OrderedDict()
        self._all: deque[float] = deque()
        self._lock = Lock()

    def admit(self, address: str) -> None:
        """Count one; raises HTTPException 429 with Retry-After where it is one too many."""
        limits = read(FinderSettings)
        now = time.monotonic()
        who = self._hash(address)
        with self._lock:
            self._forget(now)
            own = self._seen.setdefault(who, deque())
            for times, most, span in (
                (own, limits.reports_per_hour, HOUR_S),
                (self._all, limits.reports_per_day, DAY_S),
            ):
                if len(times) >= most:
                    raise _too_many(span if not times else span - (now - times[0]))
            own.append(now)
            self._all.append(now)

    def take_back(self, address: str) -> None:
        """Uncount the last one of an address."""
        with self._lock:
            for times in (self._seen.get(self._hash(address)), self._all):
                if times:
                    times.pop()

    def _hash(self, address: str) -> bytes:
        return hashlib.blake2b(address.encode(), key=self._key, digest_size=16).digest()

    def _forget(self, now: float) -> None:
        while self._all and now - self._all[0] > DAY_S:
            self._all.popleft()
        for who in [
            who for who, times in self._seen.items() if not times or now - times[-1] > HOUR_S
        ]:
            del self._seen[who]
        for times in self._seen.values():
            while times and now - times[0] > HOUR_S:
                times.popleft()


def _too_many(wait_s: float) -> HTTPException:
    return HTTPException(
        429,
        both("反映得太频繁，请稍后再试，或直接打电话。", "too many reports; try later, or phone"),
        headers={"Retry-After": str(max(1, int(wait_s)))},
    )


_TURNSTILES: WeakKeyDictionary[Doors, Turnstile] = WeakKeyDictionary()


def take_report(doors: Doors, address: str, code: str, what: str, text: str | None) -> int:
    """Take in a report about a facility; the number of the work item."""
    turnstile = _TURNSTILES.setdefault(doors, Turnstile())
    turnstile.admit(address)
    try:
        with doors.writing() as session:
            return report_wrong(session, code, what, text, on=today_in_china())
    except GeoError:  # what is refused may be mended and sent again
        turnstile.take_back(address)
        raise
