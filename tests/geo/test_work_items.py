"""Does a work item say what its steps say, and can none of them be altered?"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.access.work_items import (
    KINDS,
    Finding,
    history,
    open_item,
    open_items,
    take_step,
    work_item,
    work_items,
)
from geo.errors import BadInput, NotFound
from geo.models.public import PUBLIC_ROWS
from tests.factories import HOME, make_city, make_rule, make_unit

D1, D2, D3, D4, D5 = (date(2026, 3, day) for day in (1, 5, 10, 20, 25))
LON, LAT = HOME


@pytest.fixture
def town(session: Session) -> Session:
    make_city(session)
    make_unit(session, "320402000000")
    make_unit(session, "320402001000", name="甲街道", level=4, parent_code="320402000000",
              geom=None)  # fmt: skip
    return session


def opened(session: Session, kind: str = "fire_hazard", **given) -> int:
    made = {"title": "疏散通道堵塞", "lon": LON, "lat": LAT} | given
    return open_item(session, Finding(kind, **made), on=D1, role="区民政局")


def test_from_found_to_verified_with_every_date(town: Session) -> None:
    number = opened(town)
    take_step(town, number, "assigned", on=D2, role="甲街道办事处", due_on=D3)
    take_step(town, number, "done", on=D3, role="甲街道办事处", note="已清理")
    take_step(town, number, "returned", on=D4, note="仍有杂物")
    item = take_step(town, number, "due", on=D4, due_on=D5)
    assert (item.state, item.due_on, item.assigned_to) == ("returned", D5, "甲街道办事处")
    take_step(town, number, "done", on=D5)
    item = take_step(town, number, "verified", on=D5, role="区民政局")
    assert (item.state_zh, item.found_on, item.done_on, item.verified_on) == ("已核验", D1, D5, D5)
    assert item.district_code == "320402000000"
    steps = history(town, number)
    assert [s.step for s in steps] == [
        "found", "assigned", "done", "returned", "due", "done", "verified",
    ]  # fmt: skip
    assert steps[3].note == "仍有杂物"


def test_the_past_can_be_asked_about(town: Session) -> None:
    number = opened(town)
    take_step(town, number, "assigned", on=D2, role="甲街道办事处", due_on=D3)
    take_step(town, number, "done", on=D4)
    states = [work_item(town, number, on=day).state for day in (D1, D2, D3, D5)]
    assert states == ["found", "assigned", "assigned", "done"]
    with pytest.raises(NotFound):
        work_item(town, number, on=date(2026, 2, 28))


@pytest.mark.parametrize("statement", [
    "UPDATE work_event SET note = 'x'", "DELETE FROM work_event", "TRUNCATE work_event",
    "DELETE FROM work_item",
])  # fmt: skip
def test_history_cannot_be_altered(town: Session, statement: str) -> None:
    opened(town)
    with pytest.raises(DBAPIError), town.begin_nested():
        town.execute(text(statement))


@pytest.mark.parametrize(
    ("step", "given", "parameter"),
    [
        ("verified", {}, "step"),
        ("found", {}, "step"),
        ("lost", {}, "step"),
        ("assigned", {}, "role"),
        ("assigned", {"role": " "}, "role"),
        ("due", {}, "due_on"),
        ("due", {"due_on": D1}, "due_on"),
        ("done", {"on": date(2026, 2, 1)}, "on"),
        ("assigned", {"role": "联系人 王小明"}, "role"),
        ("done", {"note": "请联系 13812345678"}, "note"),
        ("done", {"note": "长" * 501}, "note"),
    ],
)
def test_what_does_not_follow_is_refused(town: Session, step, given, parameter) -> None:
    number = opened(town)
    with pytest.raises(BadInput) as refused:
        take_step(town, number, step, **({"on": D2} | given))
    assert refused.value.parameter == parameter
    assert len(history(town, number)) == 1


def test_a_verified_item_is_closed(town: Session) -> None:
    number = opened(town)
    for step in ("done", "verified"):
        take_step(town, number, step, on=D2)
    with pytest.raises(BadInput, match="下一步可为：无"):
        take_step(town, number, "due", on=D3, due_on=D4)


def test_the_list_puts_overdue_ones_first(town: Session) -> None:
    late, soon, free, done = (opened(town, title=title) for title in "甲乙丙丁")
    for number, due in ((late, D2), (soon, D5), (done, D2)):
        take_step(town, number, "assigned", on=D2, role="某办", due_on=due)
    take_step(town, done, "done", on=D2)
    found = work_items(town, within="320400", on=D4)
    assert found[0].id == late
    assert {item.id for item in found} == {late, soon, free, done}
    assert [i.id for i in work_items(town, within="320400", on=D4, overdue_only=True)] == [late]
    assert [i.id for i in work_items(town, within="320402", on=D4, states=["done"])] == [done]
    assert work_items(town, within="320402", on=D4, kind="estate") == ()
    for bad in ({"kind": "zzz"}, {"states": ["zzz"]}):
        with pytest.raises(BadInput):
            work_items(town, within="320400", on=D4, **bad)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"lon": None, "lat": None}, BadInput),
        ({"lon": 1.0, "lat": 1.0}, BadInput),
        ({"lon": None, "lat": None, "admin_code": "320499"}, NotFound),
    ],
)
def test_an_item_lies_somewhere(town: Session, given, error) -> None:
    """Else no list would ever show it."""
    with pytest.raises(error):
        opened(town, **given)


def test_an_item_without_a_position_belongs_to_its_division(town: Session) -> None:
    number = opened(town, "funeral_rectification", lon=None, lat=None, admin_code="320402001")
    (item,) = work_items(town, within="320402", on=D2)
    assert (item.id, item.kind_zh, item.district_code) == (number, "殡葬整治", "320402000000")
    assert KINDS["funeral_rectification"].is_internal


def test_kinds_and_hazards_are_closed_lists(town: Session) -> None:
    make_rule(town, "hazard_code", {"unit": "code"}, code="hazard-unsafe-building")
    number = opened(town, hazard_code="hazard-unsafe-building")
    assert work_item(town, number, on=D1).hazard_code == "hazard-unsafe-building"
    for given in ({"kind": "zzz"}, {"hazard_code": "zzz"}, {"title": " "},
                  {"title": "身份证 320402195001011238 13812345678"}):  # fmt: skip
        with pytest.raises(BadInput):
            opened(town, **given)


def test_a_subject_has_one_open_item_of_a_kind(town: Session) -> None:
    findings = [Finding("gap", "缺口", "gap", f"G{n}", lon=LON, lat=LAT) for n in (1, 2, 2)]
    first = open_items(town, findings, on=D1)
    assert len(first) == 2
    assert open_items(town, findings, on=D2) == []
    for step in ("done", "verified"):
        take_step(town, first[0], step, on=D2)
    assert len(open_items(town, findings, on=D3)) == 1, "found again after it was closed"


def test_nothing_of_it_is_public() -> None:
    assert not {"work_item", "work_event", "stated_figure", "estate"} & PUBLIC_ROWS.keys()
