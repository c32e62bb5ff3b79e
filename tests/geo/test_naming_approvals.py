"""Are approved names kept with their days, and is what is overdue or soon due told in time?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.errors import BadInput, GeoError, NotFound
from geo.gazetteer.naming.approvals import Approval, approval, approvals, entries
from geo.gazetteer.naming.approving import Named, enter, record
from geo.gazetteer.naming.rules import read_deadline, rule_book
from tests.factories import make_city, make_unit, square

TODAY = date(2026, 3, 20)
NORTH, NINGBO, HAISHU = "320402000000", "330200000000", "330203000000"
OFFICE = "地名科"


@pytest.fixture
def town(session: Session) -> Session:
    make_city(session, name="常州市")
    make_unit(session, NORTH, name="北城区", geom=square(119.9, 31.7))
    make_city(session, NINGBO, name="宁波市", geom=square(121.0, 29.0, 1.0))
    make_unit(session, HAISHU, name="海曙区", parent_code=NINGBO, geom=square(121.5, 29.8))
    return session


def named(
    session: Session, name: str = "新河路", on: date = date(2026, 3, 1), code: str = NORTH,
    **more: Any,
) -> int:  # fmt: skip
    return enter(session, Named(name, "street", code, on, **more), role=OFFICE, today=TODAY)


def states(found: Approval) -> dict[str, str]:
    return {due.what: due.state for due in found.duties}


def test_days_are_kept_and_what_is_due_is_told(town: Session) -> None:
    number = named(town, document_no="常地名〔2026〕1号", approver="常州市人民政府")
    found = approval(town, number, today=TODAY)
    assert states(found) == {"filing": "overdue", "notice": "overdue"}
    assert (found.state, found.admin_name, found.due_on) == ("overdue", "北城区", date(2026, 3, 16))
    assert "逾期 4 天" in found.duties[0].zh
    assert "4 days late" in found.duties[0].en
    found = record(town, number, "filed", on_date=date(2026, 3, 16), role=OFFICE, today=TODAY)
    assert states(found) == {"filing": "done", "notice": "overdue"}
    found = record(town, number, "noticed", on_date=date(2026, 3, 17), role=OFFICE, today=TODAY)
    assert states(found) == {"filing": "done", "notice": "done_late"}
    assert found.state == "done"


def test_the_term_of_signs_holds_in_its_city_alone(town: Session) -> None:
    here, there = named(town), named(town, code=HAISHU)
    assert set(states(approval(town, here, today=TODAY))) == {"filing", "notice"}
    sign = approval(town, there, today=TODAY).duties[-1]
    assert (sign.what, sign.status, sign.state) == ("sign", "local", "open")
    assert sign.due_on == date(2026, 4, 30)  # sixty calendar days after 1 March
    assert "宁波" in sign.article


def test_the_most_pressing_come_first(town: Session) -> None:
    late, soon, open_ = (
        named(town, name, on) for name, on in
        (("迟路", date(2026, 3, 1)), ("近路", date(2026, 3, 8)), ("远路", date(2026, 3, 19)))
    )  # fmt: skip
    away = named(town, code=HAISHU)
    found = approvals(town, within="320400", today=TODAY)
    assert [(one.number, one.state) for one in found] == [
        (late, "overdue"), (soon, "due_soon"), (open_, "open"),
    ]  # fmt: skip
    assert away in [one.number for one in approvals(town, today=TODAY)]
    with pytest.raises(NotFound):
        approvals(town, within="999999", today=TODAY)


def test_a_day_is_corrected_and_taken_back_and_nothing_is_lost(town: Session) -> None:
    number = named(town)
    for on in (date(2026, 3, 10), date(2026, 3, 11), None):
        found = record(town, number, "filed", on_date=on, role=OFFICE, note="更正", today=TODAY)
    assert states(found)["filing"] == "overdue"
    kept = entries(town, number)
    assert [(one.step, one.on_date) for one in kept] == [
        ("approved", date(2026, 3, 1)), ("filed", date(2026, 3, 10)),
        ("filed", date(2026, 3, 11)), ("filed", None),
    ]  # fmt: skip
    assert {one.role for one in kept} == {OFFICE}
    withdrawn = record(town, number, "withdrawn", on_date=TODAY, role=OFFICE, today=TODAY)
    assert (withdrawn.state, withdrawn.is_withdrawn) == ("withdrawn", True)
    with pytest.raises(BadInput, match="已撤销"):
        record(town, number, "filed", on_date=TODAY, role=OFFICE, today=TODAY)
    again = record(town, number, "withdrawn", on_date=None, role=OFFICE, today=TODAY)
    assert again.state == "overdue"
    for change in ("UPDATE name_approval_event SET role = 'x'", "DELETE FROM name_approval_event"):
        with pytest.raises(DBAPIError, match="never changed"), town.begin_nested():
            town.execute(text(change))


@pytest.mark.parametrize(
    ("step", "on", "words"),
    [("filed", date(2026, 2, 28), "不能早于批准日期"), ("filed", date(2026, 3, 21), "晚于今天"),
     ("eaten", TODAY, "未知步骤"), ("approved", None, "只能更正"), ("noticed", None, "尚未登记"),
     ("approved", date(2026, 3, 12), "「备案」不能早于")],
)  # fmt: skip
def test_days_that_cannot_be_are_refused(
    town: Session, step: str, on: date | None, words: str
) -> None:
    number = named(town)
    record(town, number, "filed", on_date=date(2026, 3, 10), role=OFFICE, today=TODAY)
    with pytest.raises(BadInput, match=words):
        record(town, number, step, on_date=on, role=OFFICE, today=TODAY)


def test_persons_and_nonsense_are_refused(town: Session) -> None:
    number = named(town)
    for role in ("", "经办 13800138000", "行\n行", "长" * 301):
        with pytest.raises(BadInput):
            record(town, number, "filed", on_date=TODAY, role=role, today=TODAY)
    with pytest.raises(BadInput, match="类别"):
        enter(town, Named("新河路", "星球", NORTH, TODAY), role=OFFICE, today=TODAY)
    with pytest.raises(BadInput):
        named(town, "")
    with pytest.raises(BadInput, match="晚于今天"):
        named(town, on=date(2026, 3, 21))
    with pytest.raises(NotFound):
        named(town, code="999999")
    with pytest.raises(NotFound, match="没有编号"):
        record(town, 10**9, "filed", on_date=TODAY, role=OFFICE, today=TODAY)


def test_a_term_in_working_days_is_refused() -> None:
    told = {
        "what": "filing", "step": "filed", "zh": "备案", "en": "filing", "days": 15, "warn_days": 5,
        "counts": "working", "article": "试验", "status": "local",
    }  # fmt: skip
    with pytest.raises(GeoError, match="工作日历"):
        read_deadline(told)
    assert read_deadline({**told, "counts": "calendar", "place": "330200"}).place == NINGBO
    assert {one.article for one in rule_book().deadlines if one.place is None} == {
        "地名管理条例 第十三条", "地名管理条例 第十四条",
    }  # fmt: skip
