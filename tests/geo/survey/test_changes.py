"""Are changes of divisions followed in both directions, and is nothing made up on the way?"""

from __future__ import annotations

import json
from datetime import date

import pytest
import shapely
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotFound
from geo.loaders.rules import read_rules, rule_files
from geo.models import StandardRule, SuccessionShare
from geo.queries.succession import Event, Member, history
from geo.survey.changes.between import changed, changed_geojson
from geo.survey.changes.crosswalk.links import crosswalk
from geo.survey.changes.crosswalk.series import restate, series
from geo.survey.changes.law import approver, law_kinds_of, months_after, rules, terms
from geo.survey.changes.lifeline import life_line
from geo.survey.changes.record import record_change
from geo.survey.changes.succession import Succession
from geo.survey.changes.today import code_today
from tests.conftest import AsPublic
from tests.factories import during, make_cell, make_city, make_event, make_unit, multi

TODAY = date(2026, 1, 1)
TURN = date(2010, 5, 1)
A, B, C = "320402000000", "320404000000", "320411000000"


def event(kind: str, old: list[Member], new: list[Member], **given: object) -> Event:
    told = dict.fromkeys(Event.__slots__) | {
        "id": given.pop("id", 1), "kind": kind, "event_year": 2010,
        "predecessors": tuple(old), "successors": tuple(new),
    }  # fmt: skip
    return Event(**(told | given))  # type: ignore[arg-type]


def one(code: str, name: str, parent: str | None = None) -> Member:
    return Member(code, name, parent)


@pytest.mark.parametrize(
    ("kind", "kinds"),
    [
        ("设立", ("establish",)), ("撤销", ("abolish",)), ("更名", ("rename",)),
        ("撤县设区", ("abolish", "establish")), ("撤地设市", ("abolish", "establish")),
        ("驻地迁移", ("seat",)), ("区划调整", ("line",)), ("部分界线变更", ("line_part",)),
        ("同名改码", ()), ("从未听说", ()),
    ],
)  # fmt: skip
def test_words_of_sources_as_kinds_of_the_law(kind: str, kinds: tuple[str, ...]) -> None:
    assert law_kinds_of(event(kind, [one(A, "甲")], [one(B, "乙")])) == kinds


def test_a_new_superior_is_a_kind_of_its_own_and_the_record_comes_first() -> None:
    moved = event("同名改码", [one(A, "甲", "32")], [one(B, "甲", "33")])
    assert law_kinds_of(moved) == ("superior",)
    stated = event("同名改码", [one(A, "甲", "32")], [one(B, "甲", "33")], law_kinds=("rename",))
    assert law_kinds_of(stated) == ("rename",)


def law(session: Session) -> None:
    [path] = [path for path in rule_files() if path.stem == "division-changes"]
    session.add_all(StandardRule(**rule) for rule in read_rules(path))
    session.flush()


def test_terms_are_rows_with_source_and_run_from_the_decision(session: Session) -> None:
    assert rules(session, "division_change_term", TODAY) == (), "no rule stored: no term"
    law(session)
    held = rules(session, "division_change_term", TODAY)
    decided = event("更名", [one(A, "甲")], [one(A, "乙")], decided_on=date(2024, 8, 31))
    carried, code = terms(decided, held, date(2025, 12, 1))
    assert (carried.due_on, carried.latest_on) == (date(2025, 8, 31), date(2026, 2, 28))
    assert (carried.state, code.due_on, code.state) == ("extension", date(2024, 9, 30), "overdue")
    assert all(term.source and term.status == "second_hand" for term in (carried, code))
    states = {on: terms(decided, held, on)[0].state for on in (date(2025, 8, 31), date(2026, 3, 1))}
    assert list(states.values()) == ["open", "overdue"]
    done = event("更名", [], [one(A, "乙")], decided_on=date(2024, 8, 31),
                 finished_on=date(2025, 9, 1), recoded_on=date(2024, 10, 1))  # fmt: skip
    assert [term.state for term in terms(done, held, TODAY)] == ["done", "late"]
    assert {term.state for term in terms(event("更名", [], []), held, TODAY)} == {"unknown"}
    assert months_after(date(2024, 1, 31), 1) == date(2024, 2, 29)


def test_who_approves_depends_on_kind_level_and_agency(session: Session) -> None:
    law(session)
    held = rules(session, "division_change_approver", TODAY)
    said = [
        approver(held, *asked).told["value"]  # type: ignore[union-attr]
        for asked in (("establish", 3), ("seat", 3), ("rename", 4), ("rename", 4, "街道"))
    ]
    assert said[0] == "国务院"
    assert "省级" in said[1]
    assert said[2] == "省级人民政府"
    assert "派出机关" in said[3]
    assert approver(held, "establish", 5) is None


def test_a_trail_follows_names_because_codes_change_hands() -> None:
    first = event("码位改派", [one(A, "甲县")], [one(B, "甲市")], id=1, event_year=1990)
    other = event("更名", [one(A, "乙县")], [one(A, "乙区")], id=2, event_year=2000)
    [trail] = Succession([first, other]).forward(one(A, "甲县"), None, TODAY)
    assert (trail.end.name, trail.share_area) == ("甲市", 1.0)
    [late] = Succession([first, other]).forward(one(A, "乙县"), date(1995, 1, 1), TODAY)
    assert late.end.name == "乙区"
    [before] = Succession([first]).forward(one(A, "甲县"), None, date(1989, 12, 31))
    assert before.steps == ()


def test_a_split_told_as_two_changes_of_one_day_has_no_share() -> None:
    pair = [event("撤销", [one(A, "甲")], [one(code, "丙")], id=n) for n, code in ((1, B), (2, C))]
    trails = Succession(pair).forward(one(A, "甲"), None, TODAY)
    assert [(t.end.code, t.share_area) for t in trails] == [(B, None), (C, None)]
    stated = {(1, A, B): (0.25, None), (2, A, C): (0.75, 0.4)}
    trails = Succession(pair, stated).forward(one(A, "甲"), None, TODAY)
    assert [(t.share_area, t.share_people) for t in trails] == [(0.25, None), (0.75, 0.4)]


def test_shares_multiply_along_a_path_and_a_line_change_ends_nobody() -> None:
    split = event("撤销", [one(A, "甲")], [one(B, "乙"), one(C, "丙")], id=1)
    part = event("部分界线变更", [one(B, "乙")], [one(C, "丙")], id=2, event_year=2015)
    stated = {(1, A, B): (0.5, None), (1, A, C): (0.5, None), (2, B, B): (0.9, None),
              (2, B, C): (0.1, None)}  # fmt: skip
    trails = Succession([split, part], stated).forward(one(A, "甲"), None, TODAY)
    shares = {(t.end.code, len(t.steps)): t.share_area for t in trails}
    assert shares == {(B, 2): pytest.approx(0.45), (C, 2): pytest.approx(0.05), (C, 1): 0.5}
    assert sum(t.share_area or 0 for t in trails) == pytest.approx(1)


@pytest.fixture
def split_city(session: Session) -> Session:
    """甲区 (west of 119.9) and 乙区; since TURN 甲区 is divided between 乙区 and 丙区."""
    make_city(session, geom=shapely.box(119.7, 31.7, 120.0, 31.8))
    left, right = shapely.box(119.7, 31.7, 119.9, 31.8), shapely.box(119.9, 31.7, 120.0, 31.8)
    make_unit(session, A, name="甲区", geom=multi(left), validity=during(None, TURN))
    make_unit(session, B, name="乙区", geom=multi(right), validity=during(None, TURN))
    wider = shapely.box(119.85, 31.7, 120.0, 31.8)
    make_unit(session, B, name="乙区", geom=multi(wider), validity=during(TURN))
    rest = shapely.box(119.7, 31.7, 119.85, 31.8)
    make_unit(session, C, name="丙区", geom=multi(rest), validity=during(TURN))
    make_event(session, [(A, "甲区")], [(B, "乙区"), (C, "丙区")], kind="撤销", event_year=2010,
               effective_on=TURN)  # fmt: skip
    return session


def test_an_old_code_of_a_split_unit_has_several_answers_with_shares(split_city: Session) -> None:
    found = code_today(split_city, "320402", on=TODAY)
    assert [(a.name, a.year, a.share_basis) for a in found.answers] == [
        ("丙区", 2010, "measured"), ("乙区", 2010, "measured"),
    ]  # fmt: skip
    assert [a.share_area for a in found.answers] == pytest.approx([0.75, 0.25], abs=1e-6)
    assert found.answers[0].path == ("320402 甲区 →(2010 撤销)→ 320411 丙区",)


def test_a_stated_share_comes_before_a_measured_one(split_city: Session) -> None:
    [happened] = history(split_city, A).events
    for to, share in ((B, 0.3), (C, 0.7)):
        split_city.add(
            SuccessionShare(event_id=happened.id, from_code=A, to_code=to, area_share=share)
        )
    split_city.flush()
    answers = code_today(split_city, A, on=TODAY).answers
    assert [(a.share_area, a.share_basis) for a in answers] == [(0.7, "stated"), (0.3, "stated")]


def test_figures_of_old_districts_by_those_of_today(split_city: Session) -> None:
    walk = crosswalk(split_city, since=date(2009, 1, 1), until=TODAY, within="320400")
    assert {(k.from_code, k.to_code, k.basis) for k in walk.links} == {
        (A, C, "outlines"), (A, B, "outlines"), (B, B, "outlines"),
    }  # fmt: skip
    made = restate(walk, {"320402": 1001, "320404": 500})
    assert {row.name: row.value for row in made.rows} == {"乙区": 750, "丙区": 751}
    assert made.check.adds_up
    assert made.total == 1501
    assert all(row.is_complete for row in made.rows)
    partly = restate(walk, {"320402": 1001})
    assert {row.name: row.is_complete for row in partly.rows} == {"乙区": False, "丙区": True}
    assert partly.without_figure == (B,)
    both = series(
        split_city, {date(2009, 1, 1): {A: 10, B: 10}, date(2000, 1, 1): {A: 7, B: 1}},
        until=TODAY, within="320400",
    )  # fmt: skip
    assert [one.total for one in both] == [8, 20]
    back = crosswalk(split_city, since=TODAY, until=date(2009, 1, 1), within="320400")
    assert restate(back, {B: 150, C: 150}).check.adds_up


def test_people_weigh_by_where_they_are_counted(split_city: Session) -> None:
    asked = {"since": date(2009, 1, 1), "until": date(2021, 1, 1), "within": "320400"}
    with pytest.raises(NotFound, match="no cells"):
        crosswalk(split_city, **asked, by="people")
    for lon, people in ((119.75, 20), (119.87, 5), (119.95, 40)):
        make_cell(split_city, (lon, 31.75), people, is_synthetic=True)
    walk = crosswalk(split_city, **asked, by="people_60")
    shares = {(k.from_code, k.to_code): k.share for k in walk.links}
    assert shares == {(A, C): 0.8, (A, B): 0.2, (B, B): 1.0}, "by area it were 0.75 and 0.25"
    assert walk.has_synthetic
    made = restate(walk, {A: 1001, B: 3})
    assert {row.name: row.value for row in made.rows} == {"乙区": 203, "丙区": 801}


def test_without_outlines_no_weight_is_made_up(session: Session) -> None:
    make_city(session)
    for code, name, when in ((A, "甲区", during(None, TURN)), (B, "乙区", during(TURN)),
                             (C, "丙区", during(TURN))):  # fmt: skip
        make_unit(session, code, name=name, geom=None, validity=when)
    make_event(session, [(A, "甲区")], [(B, "乙区"), (C, "丙区")], kind="撤销", event_year=2010,
               effective_on=TURN)  # fmt: skip
    walk = crosswalk(session, since=date(2009, 1, 1), until=TODAY, within="320400")
    assert [(k.to_code, k.share, k.basis) for k in walk.links] == [
        (B, None, "unknown"), (C, None, "unknown"),
    ]  # fmt: skip
    assert not walk.is_complete
    made = restate(walk, {A: 900})
    assert [row.value for row in made.rows] == [0, 0]
    assert (made.unallocated.value, made.check.adds_up) == (900, True)
    assert not any(row.is_complete for row in made.rows)


def test_an_outline_of_a_later_day_does_not_weigh_an_earlier_one(session: Session) -> None:
    make_city(session)
    make_unit(session, A, name="甲区", source_date=date(2020, 1, 1), validity=during(None, TURN))
    make_unit(session, A, name="甲区", source_date=date(2020, 1, 1), validity=during(TURN))
    walk = crosswalk(session, since=date(2009, 1, 1), until=TODAY, within="320400")
    assert [(k.share, k.basis) for k in walk.links] == [(1.0, "events")]
    assert not walk.old[0].has_outline


def test_what_a_superior_took_up_goes_nowhere_in_particular(session: Session) -> None:
    make_city(session)
    make_unit(session, A, name="甲区", geom=None, validity=during(None, TURN))
    make_unit(session, B, name="乙区", geom=None)
    happened = make_event(session, [(A, "甲区")], [("320400000000", "测试市")], kind="撤销",
                          event_year=2010)  # fmt: skip
    session.execute(
        SuccessionShare.__table__.metadata.tables["succession_member"].update()
        .where(SuccessionShare.__table__.metadata.tables["succession_member"].c.code == A)
        .values(parent_code="320400000000")
    )  # fmt: skip
    assert happened.id
    walk = crosswalk(session, since=date(2009, 1, 1), until=TODAY, within="320400")
    lost = [link for link in walk.links if link.from_code == A]
    assert [(k.to_code, k.share) for k in lost] == [(None, None)]
    [answer] = code_today(session, A, on=TODAY).answers
    assert (answer.name, answer.into_superior, answer.share_area) == ("测试市", True, None)


def test_ground_outside_is_kept_apart_unless_the_asker_knows_better(session: Session) -> None:
    make_city(session)
    make_unit(session, A, name="甲区", geom=multi(shapely.box(119.0, 31.0, 120.0, 31.5)),
              validity=during(None, TURN))  # fmt: skip
    make_unit(session, A, name="甲区", geom=multi(shapely.box(119.0, 31.0, 119.9, 31.5)),
              validity=during(TURN))  # fmt: skip
    asked = {"since": date(2009, 1, 1), "until": TODAY, "within": "320400"}
    made = restate(crosswalk(session, **asked), {A: 1000})
    assert (made.rows[0].value, made.unallocated.value) == (900, 100)
    closed = crosswalk(session, **asked, closed=True)
    made = restate(closed, {A: 1000})
    assert (made.rows[0].value, made.unallocated.value) == (1000, 0)
    assert closed.drawn_away == pytest.approx(0.1)
    assert "使用者给定" in closed.method


@pytest.mark.parametrize(
    ("figures", "match"),
    [({}, "1 to"), ({"999999": 1}, "not among"), ({A: -1}, "whole number"), ({A: True}, "whole"),
     ({A: 1, "320402": 2}, "twice")],
)  # fmt: skip
def test_bad_figures_are_refused(split_city: Session, figures: dict[str, int], match: str) -> None:
    walk = crosswalk(split_city, since=date(2009, 1, 1), until=TODAY, within="320400")
    with pytest.raises(BadInput, match=match):
        restate(walk, figures)


def test_bad_questions_are_refused(split_city: Session) -> None:
    asked = {"since": TODAY, "until": TODAY, "within": "320400"}
    with pytest.raises(BadInput, match="both days"):
        crosswalk(split_city, **asked)
    with pytest.raises(BadInput, match="level"):
        crosswalk(split_city, **(asked | {"level": 9}))
    with pytest.raises(NotFound, match="level 5"):
        crosswalk(split_city, **(asked | {"since": TURN, "level": 5}))
    with pytest.raises(BadInput, match="before"):
        changed(split_city, **asked)
    with pytest.raises(NotFound):
        life_line(split_city, "999999", on=TODAY)
    with pytest.raises(NotFound, match="called"):
        life_line(split_city, A, on=TODAY, name="无此区")


def test_what_changed_as_list_and_map(split_city: Session) -> None:
    found = changed(split_city, since=date(2009, 1, 1), until=TODAY, within="320400")
    kinds = {row.name_after or row.name_before: row.kinds for row in found.rows}
    assert kinds == {"甲区": ("ended",), "乙区": ("outline",), "丙区": ("appeared",)}
    [ended] = [row for row in found.rows if row.kinds == ("ended",)]
    assert {member.name for member in ended.became} == {"乙区", "丙区"}
    [appeared] = [row for row in found.rows if row.kinds == ("appeared",)]
    assert [member.name for member in appeared.came_from] == ["甲区"]
    assert [one.kind for one in found.events] == ["撤销"]
    drawn = json.loads(changed_geojson(found))
    parts = [(f["properties"]["code"], f["properties"]["part"]) for f in drawn["features"]]
    assert parts == [(A, "unit"), (B, "unit"), (B, "gained"), (C, "unit")]
    gained = shapely.from_geojson(json.dumps(drawn["features"][2]["geometry"]))
    assert gained.bounds == pytest.approx((119.85, 31.7, 119.9, 31.8))
    quiet = changed(split_city, since=TURN, until=TODAY, within="320400")
    assert quiet.rows == ()


def test_a_village_without_outline_has_a_life_line(session: Session) -> None:
    old, new = "320402100200", "320402100201"
    merged = "320402100202"
    for code, name, when in ((old, "上村村委会", during(None, TURN)),
                             (merged, "下村村委会", during(None, TURN)),
                             (new, "新村村委会", during(TURN))):  # fmt: skip
        make_unit(session, code, name=name, level=5, unit_type="村", geom=None, validity=when,
                  parent_code="320402100000")  # fmt: skip
    make_unit(session, "320402100000", name="测试镇", level=4, geom=None)
    make_event(session, [(old, "上村村委会"), (merged, "下村村委会")], [(new, "新村村委会")],
               kind="撤销", event_year=2010, effective_on=TURN)  # fmt: skip
    line = life_line(session, new, on=TODAY)
    assert [(s.name, s.role, s.has_geometry) for s in line.stages] == [
        ("上村村委会", "taken_up", False), ("下村村委会", "taken_up", False),
        ("新村村委会", "itself", False),
    ]  # fmt: skip
    walk = crosswalk(session, since=date(2009, 1, 1), until=TODAY, within="320402100", level=5)
    made = restate(walk, {old: 310, merged: 205})
    assert [(row.name, row.value) for row in made.rows] == [("新村村委会", 515)]


TOLD = {
    "kind": "撤县设区", "decided_on": "2010-04-01", "effective_on": "2010-05-01",
    "document_no": "测试〔2010〕1号", "approver": "国务院", "source": "测试公告",
    "law_kinds": ["abolish", "establish"],
    "predecessors": [{"code": "320402", "name": "甲县", "parent_code": "320400"}],
    "successors": [{"code": "320404", "name": "甲区"}, {"code": "320411", "name": "乙区"}],
    "shares": [{"from": "320402", "to": "320404", "people": 0.4}],
}  # fmt: skip


def test_a_change_is_recorded_as_told_and_compared_with_versions(session: Session) -> None:
    make_unit(session, A, name="甲县", geom=None)
    made = record_change(session, TOLD, is_public=True)
    assert (made.event.event_year, made.event.counted_from) == (2010, TURN)
    assert len(made.doubts) == 3
    assert any("仍有效" in doubt for doubt in made.doubts)
    [kept] = history(session, A).events
    assert (kept.approver, kept.law_kinds) == ("国务院", ("abolish", "establish"))
    with pytest.raises(BadInput, match="already"):
        record_change(session, TOLD)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": None}, "kind"), ({"source": " "}, "source"), ({"colour": 1}, "colour"),
        ({"effective_on": "2010-13-01"}, "effective_on"), ({"law_kinds": ["magic"]}, "law_kinds"),
        ({"decided_on": "2011-01-01"}, "decided_on"), ({"event_year": 2011}, "event_year"),
        ({"effective_on": None}, "event_year"), ({"predecessors": [{"code": "1"}]}, "predecessors"),
        ({"predecessors": [], "successors": [], "shares": []}, "predecessors"),
        ({"shares": [{"from": "320402", "to": "320404", "area": 2}]}, "shares"),
        ({"shares": [{"from": "320402", "to": "320404", "area": 0.7},
                     {"from": "320402", "to": "320411", "area": 0.7}]}, "shares"),
        ({"shares": [{"from": "320402", "to": "110000", "area": 0.7}]}, "shares"),
        ({"note": "联系人电话 13812345678"}, "note"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused_by_field(
    session: Session, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        record_change(session, TOLD | changes)
    assert refused.value.parameter == field


def test_the_public_sees_published_changes_and_shares_only(
    session: Session, as_public: AsPublic
) -> None:
    make_unit(session, A, name="甲县", geom=None)
    record_change(session, TOLD)
    with as_public(session) as public:
        assert history(public, A).events == ()
    session.rollback()
    make_unit(session, A, name="甲县", geom=None)
    record_change(session, TOLD, is_public=True)
    with as_public(session) as public:
        answers = code_today(public, A, on=TODAY).answers
        assert {a.share_people for a in answers} == {0.4, None}
