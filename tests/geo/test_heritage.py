"""Are lists counted once a place, do eras and steps follow their rules, and is history kept?"""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotAllowed, NotFound
from geo.gazetteer.heritage.counts import Membership, counted
from geo.gazetteer.heritage.nominated import NEXT, STEP_WORDS, Nomination, nominations
from geo.gazetteer.heritage.places import (
    Wanted,
    by_era,
    counts_of,
    listed_place,
    listed_places,
)
from geo.gazetteer.heritage.protection import latest, record, records, withdraw
from geo.gazetteer.heritage.sheets import Mark, score, sheet_named, sheets, summed
from geo.gazetteer.heritage.steps import Proposed, nominate, take_step
from geo.gazetteer.heritage.typed import holds
from geo.gazetteer.heritage.words import classes, era_of, eras, levels
from geo.models.place_history import PlaceRelation
from geo.validity import today_in_china
from tests.conftest import AsPublic
from tests.factories import make_city, make_listing, make_name, make_place, make_unit

DAY = date(2026, 3, 2)
OFFICE, ASKED = "天宁区民政局区划地名科", "文化广电和旅游局"


def test_levels_are_never_added() -> None:
    entries = [
        Membership("a", "heritage", "province", "古镇地名"),
        Membership("a", "heritage", "city", "古镇"),
        Membership("a", "red", "city"),
        Membership("b", "red", "district"),
    ]
    found = counted(entries)
    assert found.places == 2 < sum(found.by_level.values()) == 3
    assert found.by_level == {"province": 1, "city": 1, "district": 1}
    assert (found.by_family, found.on_several_levels, found.entries) == (
        {"heritage": 1, "red": 2}, 1, 4,
    )  # fmt: skip
    assert counted(entries, {"b": "a"}).places == 1, "another register of the same place"
    assert not {"total", "sum"} & set(found.__slots__)


@pytest.mark.parametrize(
    ("said", "year", "code", "derived"),
    [
        ("西晋", None, "six", False), ("新民主主义革命时期", None, "modern", False),
        ("唐代至北宋", None, "sui-tang", False), ("改革开放时期", 1500, "present", False),
        (None, -546, "pre-qin", True), (None, 1839, "ming-qing", True),
        (None, 1840, "modern", True), ("年代不详", None, "unknown", False),
        (None, None, "unknown", False),
    ],
)  # fmt: skip
def test_an_era_follows_words_then_years(
    said: str | None, year: int | None, code: str, derived: bool
) -> None:
    era, is_derived = era_of(said, year)
    assert (era.code, is_derived) == (code, derived)


def test_eras_leave_no_gap_and_classes_say_how_sure_they_are() -> None:
    line = list(eras().values())
    for before, after in pairwise(line):
        assert before.to_year is not None
        assert after.from_year == before.to_year + 1
    assert list(levels()) == ["national", "province", "city", "district"]
    of = {one.system for one in classes()}
    assert {"sichuan", "jiangsu", "national"} <= of
    assert sum(one.system == "sichuan" for one in classes()) == 11
    assert all(one.source and one.status in ("verified", "unverified") for one in classes())


@pytest.fixture
def place(session: Session) -> str:
    make_city(session)
    make_unit(session)
    made = make_place(session, located_in="320402000000")
    make_name(session, made, "旧名", kind="former", start_earliest=1368, start_latest=1368)
    make_listing(session, made)
    make_listing(session, made, list_name="市名录", list_level="city", batch="第一批")
    return made.code


def proposed(place: str, **given: Any) -> Proposed:
    return Proposed(place, "red", "区红色地名", "district", "320402", **given)


def moved(session: Session, found: Nomination, *steps: str) -> Nomination:
    for step in steps:
        verdict = "agree" if step in ("opinion", "expert") else None
        found = take_step(
            session, found.code, step, on=DAY, role=OFFICE, reasons="理由", verdict=verdict
        )
    return found


@pytest.mark.parametrize(
    ("typed", "is_held"),
    [
        ("晉陵", True), ("Jìnlíng", True), ("jin ling", True), ("ＪＩＮ", True), ("季札", True),
        ("毗陵", False), ("jinlin ge", False), ("%", False), ("\\", False), ("😀", False),
    ],
)  # fmt: skip
def test_words_are_read_as_the_search_of_names_reads_them(typed: str, is_held: bool) -> None:
    assert holds(typed, ("晋陵", None, "季札的封邑"), "Jìnlíng") is is_held


def test_a_place_is_told_once_with_all_its_lists(session: Session, place: str) -> None:
    [found] = listed_places(session)
    assert [one.level for one in found.lists] == ["city", "province"]
    assert (found.era, found.era_derived, found.others) == ("ming-qing", True, ("旧名",))
    assert (found.protection, found.sign, found.surveyed_on) == (None, None, None)
    assert counts_of([found]).places == 1
    assert by_era([found])["ming-qing"] == sum(by_era([found]).values()) == 1
    assert not listed_places(session, Wanted(level="city", family="red"))
    assert listed_places(session, Wanted(text="旧名", era="ming-qing", within="320402"))
    for written in ("舊名", " 旧 名 ", "《旧名》"):
        assert listed_places(session, Wanted(text=written)), "as the search of names reads it"
    for written in ("%", "😀", "旧名名"):
        assert not listed_places(session, Wanted(text=written))
    twin = make_place(session, located_in="320402000000")
    make_name(session, twin, "名", start_earliest=1400, start_latest=1400)
    make_listing(session, twin)
    session.add(PlaceRelation(place_id=twin.id, kind="same_as", other=place))
    session.flush()
    both = listed_places(session)
    assert [one.same for one in sorted(both, key=lambda one: one.code != place)] == [
        (twin.code,), (place,),
    ]  # fmt: skip
    assert (counts_of(both).places, by_era(both)["ming-qing"]) == (1, 1), "one place, two entries"
    with pytest.raises(BadInput, match="era"):
        listed_places(session, Wanted(era="唐"))
    with pytest.raises(NotFound):
        listed_place(session, "nowhere")


def test_a_name_is_nominated_reviewed_and_published(session: Session, place: str) -> None:
    found = nominate(session, proposed(place), on=DAY, role=OFFICE, reasons="有故事")
    with pytest.raises(BadInput, match=found.code):
        nominate(session, proposed(place), on=DAY, role=OFFICE, reasons="再提")
    assert (found.state, found.steps[0].role) == ("nominated", OFFICE)
    found = moved(session, found, "opinion")
    with pytest.raises(NotAllowed, match="专家意见"):
        moved(session, found, "published")
    assert counts_of(listed_places(session)).by_family == {"heritage": 1}
    found = moved(session, found, "expert", "published")
    assert found.state == "published"
    told = counts_of(listed_places(session))
    assert told.by_family == {"heritage": 1, "red": 1}
    assert told.places == 1
    [entry] = [one for one in listed_place(session, place).lists if one.family == "red"]
    assert entry.year == 2026
    assert found.code in (entry.citation or "")
    found = moved(session, found, "withdrawn")
    assert counts_of(listed_places(session)).by_family == {"heritage": 1}
    assert [one.step for one in found.steps] == [
        "nominated", "opinion", "expert", "published", "withdrawn",
    ]  # fmt: skip
    again = nominate(session, proposed(place), on=DAY, role=OFFICE, reasons="再提")
    assert again.code == "R-0002"


def test_what_was_returned_is_looked_at_anew(session: Session, place: str) -> None:
    found = nominate(session, proposed(place), on=DAY, role=OFFICE, reasons="有故事")
    found = moved(session, found, "opinion", "expert", "returned", "resubmitted", "opinion")
    with pytest.raises(NotAllowed, match="专家意见"):
        moved(session, found, "published")
    assert nominations(session, state="reviewing")[0].code == found.code


@pytest.mark.parametrize("state", list(NEXT))
def test_only_allowed_steps(session: Session, place: str, state: str) -> None:
    way = {
        "nominated": (), "reviewing": ("opinion",), "returned": ("returned",),
        "published": ("opinion", "expert", "published"), "withdrawn": ("withdrawn",),
    }[state]  # fmt: skip
    found = moved(
        session, nominate(session, proposed(place), on=DAY, role=OFFICE, reasons="理由"), *way
    )
    for step in set(STEP_WORDS) - set(NEXT[state]):
        with pytest.raises(BadInput, match="下一步"):
            moved(session, found, step)


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({"role": "王建国"}, "role"), ({"role": " "}, "role"), ({"reasons": ""}, "reasons"),
        ({"reasons": "电话 13912345678"}, "reasons"), ({"on": date(2026, 3, 1)}, "on"),
        ({"on": today_in_china() + timedelta(2)}, "on"), ({"verdict": None}, "verdict"),
        ({"verdict": "maybe"}, "verdict"), ({"step": "withdrawn"}, "verdict"),
    ],
)  # fmt: skip
def test_a_step_needs_role_reasons_day_and_verdict(
    session: Session, place: str, given: dict[str, Any], parameter: str
) -> None:
    found = nominate(session, proposed(place), on=DAY, role=ASKED, reasons="理由")
    said = {"step": "opinion", "on": DAY, "role": ASKED, "reasons": "理由", "verdict": "agree"}
    with pytest.raises(BadInput) as problem:
        take_step(session, found.code, **(said | given))  # type: ignore[arg-type]
    assert problem.value.parameter == parameter


def test_history_is_kept_and_not_for_the_public(
    session: Session, place: str, as_public: AsPublic
) -> None:
    moved(session, nominate(session, proposed(place), on=DAY, role=OFFICE, reasons="理由"))
    record(session, place, "measure", "archive", on=DAY, role=OFFICE, note="内部说明")
    record(session, place, "sign", "damaged", on=DAY, role=OFFICE)
    for statement in (
        "UPDATE heritage_step SET reasons = 'x'", "DELETE FROM heritage_step",
        "DELETE FROM heritage_record", "TRUNCATE heritage_score",
    ):  # fmt: skip
        with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
            session.execute(text(statement))
    with as_public(session) as seen:
        assert seen.execute(text("SELECT kind FROM heritage_record")).scalars().all() == ["sign"]
        assert listed_place(seen, place).sign == "damaged"
        for table in ("heritage_step", "heritage_nomination", "heritage_score"):
            with pytest.raises(DBAPIError), seen.begin_nested():
                seen.execute(text(f"SELECT * FROM {table}"))
        with pytest.raises(DBAPIError), seen.begin_nested():
            seen.execute(text("SELECT note FROM heritage_record"))


def test_a_place_that_is_not_public_is_not_published(session: Session, place: str) -> None:
    found = nominate(session, proposed(place), on=DAY, role=OFFICE, reasons="理由")
    session.execute(text("UPDATE place SET is_published = false"))
    with pytest.raises(NotAllowed, match="尚未公开"):
        moved(session, found, "opinion", "expert", "published")


def test_marks_that_are_missing_are_unknown() -> None:
    sheet = sheet_named("example")
    assert (sheet.status, sheet.whole) == ("example", 10.0)
    assert all("不是官方" in one.source for one in sheets().values() if one.status == "example")
    full = {one.code: 8.0 for one in sheet.criteria}
    marks = [Mark(c, "甲组", v, DAY) for c, v in full.items()]
    marks += [Mark(c, "乙组", 6.0, DAY) for c in full] + [Mark("age", "丙组", 0.0, DAY)]
    found = summed(sheet, marks)
    assert found.by_role == {"甲组": 8.0, "乙组": 6.0, "丙组": None}
    assert (found.mean, found.least, found.most, found.deviation) == (7.0, 6.0, 8.0, 1.0)
    age = found.criteria[0]
    assert (age.mean, age.least) == (round(14 / 3, 4), 0.0)
    assert found.missing["丙组"] == tuple(one.code for one in sheet.criteria[1:])
    assert summed(sheet, []).mean is None


def test_a_later_mark_counts_and_the_earlier_is_kept(session: Session, place: str) -> None:
    code = nominate(session, proposed(place), on=DAY, role=OFFICE, reasons="理由").code
    sheet = sheet_named("example")
    score(session, code, sheet, {"age": 5}, on=DAY, role="专家组")
    found = score(session, code, sheet, {"age": 7}, on=DAY, role="专家组")
    assert found.criteria[0].by_role == {"专家组": 7.0}
    assert session.execute(text("SELECT count(*) FROM heritage_score")).scalar() == 2
    unfit: list[dict[str, float]] = [{"age": 10.5}, {"age": -1}, {"era": 1}, {}]
    for bad in (*unfit, {"age": float("nan")}):
        with pytest.raises(BadInput):
            score(session, code, sheet, bad, on=DAY, role="专家组")
    moved(session, nominations(session)[0], "withdrawn")
    with pytest.raises(BadInput, match="不再评分"):
        score(session, code, sheet, {"age": 1}, on=DAY, role="专家组")


def test_a_listed_name_changes_only_after_a_measure(session: Session, place: str) -> None:
    with pytest.raises(NotAllowed, match="第二十五条"):
        record(session, place, "name_change", "新名", on=DAY, role=OFFICE)
    record(session, place, "measure", "sign", on=DAY, role=OFFICE)
    with pytest.raises(NotAllowed):
        record(session, place, "name_change", "新名", on=DAY - timedelta(1), role=OFFICE)
    found = record(session, place, "name_change", "新名", on=DAY, role=OFFICE)
    assert [one.kind for one in found] == ["name_change", "measure"]
    assert records(session, place) == found


def withdrawn(session: Session, place: str, entry: int, **given: Any) -> Any:
    said: dict[str, Any] = {"on": today_in_china(), "role": OFFICE, "reasons": "登记有误"} | given
    found = withdraw(session, place, entry, **said)
    return next(one for one in found if one.id == entry)


def test_a_mistaken_entry_is_withdrawn_and_kept(
    session: Session, place: str, as_public: AsPublic
) -> None:
    record(session, place, "sign", "standing", on=DAY, role=OFFICE)
    record(session, place, "survey", "done", on=DAY, role=OFFICE, due_on=date(2026, 4, 1))
    late = DAY + timedelta(30)
    wrong = [
        record(session, place, kind, value, on=late, role=OFFICE, due_on=due)[0].id
        for kind, value, due in (("sign", "missing", None), ("survey", "done", date(2999, 1, 1)))
    ]
    assert listed_place(session, place).survey_due == date(2999, 1, 1)
    for entry in wrong:
        gone = withdrawn(session, place, entry).withdrawn
        assert (gone.role, gone.reasons, gone.on_date) == (OFFICE, "登记有误", today_in_china())
        with pytest.raises(BadInput, match="如原本无误"):
            withdrawn(session, place, entry)
    assert [one.withdrawn is None for one in records(session, place)] == [False, False, True, True]
    found = listed_place(session, place)
    assert (found.sign, found.surveyed_on, found.survey_due) == (
        "standing", DAY, date(2026, 4, 1),
    )  # fmt: skip
    for statement in ("DELETE FROM heritage_withdrawal", "UPDATE heritage_withdrawal SET role='x'"):
        with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
            session.execute(text(statement))
    with as_public(session) as seen:
        assert listed_place(seen, place).survey_due == date(2026, 4, 1)
        assert latest(seen, place, on=today_in_china())["sign"].value == "standing"
        shown = seen.execute(text("SELECT value FROM heritage_record ORDER BY id")).scalars().all()
        assert shown == ["standing", "done"]
        assert not seen.execute(text("SELECT * FROM heritage_withdrawal")).all()
    record(session, place, "sign", "missing", on=late, role=OFFICE)
    assert listed_place(session, place).sign == "missing", "what was right after all comes back so"


def test_a_measure_that_a_change_rests_on_is_withdrawn_after_it(
    session: Session, place: str
) -> None:
    one = record(session, place, "measure", "sign", on=DAY, role=OFFICE)[0].id
    change = record(session, place, "name_change", "新名", on=DAY, role=OFFICE)[0].id
    record(session, place, "measure", "archive", on=DAY + timedelta(1), role=OFFICE)
    with pytest.raises(BadInput, match=f"记录 {change}"):
        withdrawn(session, place, one)
    two = max(r.id for r in record(session, place, "measure", "events", on=DAY, role=OFFICE))
    assert withdrawn(session, place, one).withdrawn, "another measure stands before the change"
    with pytest.raises(BadInput, match="请先撤回该更名"):
        withdrawn(session, place, two)
    withdrawn(session, place, change)
    assert withdrawn(session, place, two).withdrawn
    with pytest.raises(NotAllowed, match="第二十五条"):
        record(session, place, "name_change", "新名", on=DAY, role=OFFICE)


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({"role": "王建国"}, "role"), ({"reasons": " "}, "reasons"),
        ({"reasons": "电话 13912345678"}, "reasons"), ({"on": DAY - timedelta(1)}, "on"),
        ({"on": today_in_china() + timedelta(1)}, "on"),
    ],
)  # fmt: skip
def test_a_withdrawal_needs_role_reasons_and_day(
    session: Session, place: str, given: dict[str, Any], parameter: str
) -> None:
    [one] = record(session, place, "sign", "none", on=DAY, role=OFFICE)
    with pytest.raises(BadInput) as problem:
        withdrawn(session, place, one.id, **given)
    assert problem.value.parameter == parameter
    with pytest.raises(NotFound, match="没有编号"):
        withdrawn(session, place, one.id + 1)
    assert records(session, place) == (one,)


def test_withdrawals_can_be_migrated_back_and_forth(
    session: Session, place: str, as_public: AsPublic
) -> None:
    [one] = record(session, place, "sign", "damaged", on=DAY, role=OFFICE)
    withdrawn(session, place, one.id)
    step = import_module("geo.migrations.versions.0026_withdrawals")
    with Operations.context(MigrationContext.configure(session.connection())):
        step.downgrade()
        with as_public(session) as seen:
            assert seen.execute(text("SELECT value FROM heritage_record")).scalar() == "damaged"
        step.upgrade()
    assert records(session, place) == (one,)
    with as_public(session) as seen:
        assert listed_place(seen, place).sign == "damaged", "the public may read both again"


def test_states_are_those_of_the_day(session: Session, place: str) -> None:
    record(session, place, "sign", "standing", on=date(2025, 1, 1), role=OFFICE)
    record(session, place, "sign", "missing", on=DAY, role=OFFICE)
    due = date(2027, 3, 2)
    record(session, place, "survey", "done", on=DAY, role=OFFICE, due_on=due)
    now, then = listed_place(session, place), listed_place(session, place, on=date(2025, 6, 1))
    assert (now.sign, now.surveyed_on, now.survey_due) == ("missing", DAY, due)
    assert (then.sign, then.surveyed_on) == ("standing", None)
    for bad in ({"value": "shiny"}, {"due_on": due}, {"on": today_in_china() + timedelta(1)}):
        with pytest.raises(BadInput):
            record(session, place, "sign", **({"value": "none", "on": DAY, "role": OFFICE} | bad))  # type: ignore[arg-type]
