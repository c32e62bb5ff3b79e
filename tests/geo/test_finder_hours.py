"""Is a place open on an ordinary day, a holiday, a worked Saturday; do SQL and Python agree?"""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from geo.access.finder import Question, find
from geo.access.finder.hours import calendar, day_of, opening, speak_for
from tests.factories import make_facility

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAILY = {day: [["10:30", "12:30"], ["16:30", "18:00"]] for day in WEEK}
OFFICE = {day: [["08:00", "17:00"]] for day in WEEK[:5]}
ALWAYS = {day: [["00:00", "24:00"]] for day in WEEK}
NIGHT = {day: [["20:00", "02:00"]] for day in WEEK}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("hours", "moment", "state", "closes_at", "opens"),
    [
        (DAILY, "2026-06-02T10:29", "closed", None, "2026-06-02 10:30"),
        (DAILY, "2026-06-02T10:30", "open", "12:30", None),
        (DAILY, "2026-06-02T12:30", "closed", None, "2026-06-02 16:30"),
        (DAILY, "2026-06-02T18:00", "closed", None, "2026-06-03 10:30"),
        (OFFICE, "2026-06-05T17:30", "closed", None, "2026-06-08 08:00"),  # Friday evening
        (ALWAYS, "2026-06-02T03:00", "open", None, None),
        (NIGHT, "2026-06-02T01:59", "open", "02:00", None),
        (NIGHT, "2026-06-02T02:00", "closed", None, "2026-06-02 20:00"),
        (NIGHT, "2026-06-02T23:00", "open", "02:00", None),
        (None, "2026-06-02T11:00", "unknown", None, None),
        ({}, "2026-06-02T11:00", "unknown", None, None),
        # National Day: only who never closes is known to be open.
        (DAILY, "2026-10-01T11:00", "unknown", None, None),
        (ALWAYS, "2026-10-01T11:00", "open", None, None),
        (DAILY, "2026-09-30T19:00", "closed", None, None),  # the next day is a holiday
        # Saturday 2026-10-10 is worked: who keeps the same hours all week is open.
        (DAILY, "2026-10-10T11:00", "open", "12:30", None),
        (OFFICE, "2026-10-10T11:00", "unknown", None, None),
        (OFFICE, "2026-10-17T11:00", "closed", None, "2026-10-19 08:00"),  # an ordinary Saturday
    ],
)
def test_open_closed_or_unknown(
    hours: Any, moment: str, state: str, closes_at: str | None, opens: str | None
) -> None:
    found = opening(hours, at(moment))
    assert (found.state, found.closes_at) == (state, closes_at)
    told = f"{found.opens_on} {found.opens_at}" if found.opens_at else None
    assert told == opens


def test_closes_soon_by_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert opening(DAILY, at("2026-06-02T11:59")).closes_soon is False
    assert opening(DAILY, at("2026-06-02T12:00")).closes_soon is True
    monkeypatch.setenv("ATLAS_CLOSES_SOON_MIN", "10")
    assert opening(DAILY, at("2026-06-02T12:00")).closes_soon is False


def test_what_is_no_time_is_left_out() -> None:
    odd = {"tue": [["25:00", "26:00"], "x", ["10:00"], ["09:00", "10:00"], [None, 1]], "wed": "y"}
    assert opening(odd, at("2026-06-02T09:30")).state == "open"
    assert opening(odd, at("2026-06-03T09:30")).state == "closed"


def test_the_calendar_of_2026_as_the_notice_has_it() -> None:
    kinds = {day: row["kind"] for day, row in calendar().items() if row["year"] == "2026"}
    assert sum(kind == "holiday" for kind in kinds.values()) == 3 + 9 + 3 + 5 + 3 + 3 + 7
    worked = sorted(day for day, kind in kinds.items() if kind == "workday")
    assert [f"{day:%m-%d}" for day in worked] == [
        "01-04", "02-14", "02-28", "05-09", "09-20", "10-10",
    ]  # fmt: skip
    assert all(day.weekday() >= 5 for day in worked)
    assert day_of(date(2026, 2, 17)).name == "春节"
    for row in calendar().values():
        assert row["source"]
        assert row["status"] in ("verified", "unverified")
        assert row["kind"] in ("holiday", "workday")


def test_a_year_that_is_not_held_says_so() -> None:
    day = day_of(date(2031, 10, 1))
    assert (day.kind, day.year_held) == ("ordinary", False)
    assert day.note is not None
    assert "2031 年节假日安排尚未载入" in day.note[0]
    assert day_of(date(2026, 6, 2)).note is None
    assert "国庆节" in (day_of(date(2026, 10, 1)).note or ("",))[0]


def test_sql_says_what_python_says(session: Session) -> None:
    """Random weeks at random moments: the filter `open_now` and the card agree on every place."""
    dice = random.Random(3)
    clocks = [f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in (0, 30)] + ["24:00"]
    weeks: list[Any] = [None, {}, DAILY, OFFICE, ALWAYS, NIGHT]
    for _ in range(25):
        weeks.append(
            {
                day: [dice.choices(clocks, k=2) for _ in range(dice.randint(0, 2))]
                for day in dice.sample(WEEK, dice.randint(1, 7))
            }
        )
    hours = {f"H{n}": week for n, week in enumerate(weeks)}
    for code, week in hours.items():
        make_facility(session, code=code, hours=week)
    moments = ["2026-10-01T11:00", "2026-10-10T11:00", "2026-06-02T00:15", "2026-06-07T23:45"]
    moments += [f"2026-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}T12:15" for _ in range(8)]
    for moment in moments:
        asked = Question(open_now=True, at=at(moment), limit=100, what="canteen")
        apart = Question(open_now=True, at=at(moment), limit=100, part="unknown")
        by_sql = {card.code: "open" for card in find(session, asked).cards}
        by_sql |= {card.code: "unknown" for card in find(session, apart).cards}
        by_python = {code: opening(week, at(moment)).state for code, week in hours.items()}
        assert {c: by_sql.get(c, "closed") for c in hours} == by_python, moment


@pytest.mark.parametrize(
    ("kinds", "asked", "speak"),
    [
        (["canteen"], ["canteen"], True),
        (["nursing_home", "canteen"], ["canteen"], False),
        (["nursing_home", "canteen"], ["nursing_home", "welfare_home"], True),
        (["day_care", "canteen"], ["canteen"], True),
        (["small_home", "day_care"], ["day_care"], False),
        (["nursing_home"], ["canteen"], True),  # a home's own page
    ],
)
def test_the_hours_of_a_home_are_not_those_of_its_canteen(
    kinds: list[str], asked: list[str], speak: bool
) -> None:
    assert speak_for(kinds, asked) == speak


def test_who_asks_for_an_open_canteen_gets_no_open_home(session: Session) -> None:
    make_facility(session, code="home", kinds=["nursing_home", "canteen"], hours=ALWAYS)
    make_facility(session, code="canteen", hours=ALWAYS)
    late = at("2026-11-18T22:16")
    found = find(session, Question(what="canteen", open_now=True, at=late))
    assert [card.code for card in found.cards] == ["canteen"]
    assert [(card.code, card.open.state) for card in found.unknown_cards] == [("home", "unknown")]
    homes = find(session, Question(what="home", open_now=True, at=late))
    assert [(card.code, card.open.state) for card in homes.cards] == [("home", "open")]
