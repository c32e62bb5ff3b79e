"""Is a delivery taken back whole, and only when nothing was built on it?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, DeliveryRefused, NotFound
from geo.loaders.load import load_delivery
from geo.loaders.undo import undo_delivery
from geo.models import Base
from tests.factories import make_unit

JANUARY, JUNE, AUGUST = date(2026, 1, 1), date(2026, 6, 1), date(2026, 8, 1)
HEADING = "区,名称,地址,经度,纬度,床位,服务内容,面积,备注\n"
FIRST = (
    "天宁区,甲养老院,一号,119.98,31.78,50,助餐、助浴,12.1,旧\n"
    "天宁区,乙养老院,二号,119.99,31.77,9,,0.3,\n"
    "天宁区,丙养老院,三号,119.97,31.76,7,,,\n"
    "天宁区,丁养老院,四号,0,0,7,,,\n"
)
NEWER = (
    "天宁区,甲养老院,一号,119.9812345678901,31.78,80,助医,12.2,新\n"
    "天宁区,乙养老院,二号,119.99,31.77,9,,0.3,\n"
    "天宁区,戊养老院,五号,119.96,31.75,1,,,\n"
    "天宁区,,六号,119.96,31.75,1,,,\n"
)
Deliver = Callable[..., int]


@pytest.fixture
def deliver(session: Session, tmp_path: Path) -> Deliver:
    """Load rows as a file and answer the delivery's id."""

    def delivered(rows: str, name: str = "a.csv", on: date = JANUARY, **options: Any) -> int:
        path = tmp_path / name
        path.write_text(HEADING + rows, encoding="utf-8")
        options = {"crs": "cgcs2000", **options}
        report = load_delivery(session, "facilities", path, on=on, **options)
        assert report.delivery_id is not None
        return report.delivery_id

    return delivered


def everything(session: Session, *, but: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Every row of every table as text, without row versions and the stamps made of them."""
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name in ("data_stamp", *but):
            continue
        columns = ", ".join(
            f"t.{c.name}" for c in table.columns if c.name not in ("row_version", "version_after")
        )
        query = text(f"SELECT CAST(ROW({columns}) AS text) FROM {table.name} t ORDER BY 1")
        found[table.name] = list(session.scalars(query))
    return found


def rate(session: Session) -> None:
    session.execute(
        text("INSERT INTO facility_rating (facility_id, scheme, level) "
             "SELECT id, 'GB/T 37276', '三级' FROM facility WHERE name = '甲养老院'")
    )  # fmt: skip


def test_undoing_the_newer_delivery_leaves_the_database_as_before(
    session: Session, deliver: Deliver
) -> None:
    deliver(FIRST)
    rate(session)
    before = everything(session)
    newer = deliver(NEWER, "b.csv", JUNE)
    assert everything(session, but=("delivery",)) != before
    undone = undo_delivery(session, newer)
    assert (undone.removed, undone.reopened, undone.restored) == (2, 1, 0)
    after = everything(session)
    for name in before:
        if name not in ("delivery", "refused_row", "change_box", "change_commit"):
            assert after[name] == before[name], name
    status, kept = session.execute(
        text("SELECT status, (SELECT count(*) FROM refused_row r WHERE r.delivery_id = d.id) "
             "FROM delivery d WHERE id = :id"), {"id": newer}
    ).one()  # fmt: skip
    assert (status, kept) == ("undone", 1)  # its refused row stays readable


def test_corrections_in_place_get_their_former_values(session: Session, deliver: Deliver) -> None:
    deliver(FIRST)
    before = everything(session)["facility"]
    same_day = deliver(NEWER, "b.csv", crs="gcj02", secrecy="public")
    changed = everything(session)["facility"]
    assert changed != before
    undone = undo_delivery(session, same_day)
    assert (undone.removed, undone.reopened, undone.restored) == (1, 0, 2)
    assert everything(session)["facility"] == before


def test_a_refreshed_division_is_taken_back_too(session: Session, deliver: Deliver) -> None:
    deliver(FIRST)
    before = everything(session)["facility"]
    make_unit(session, name="天宁区")
    again = deliver(FIRST, on=JUNE, secrecy="public")
    assert everything(session)["facility"] != before
    undo_delivery(session, again)
    assert everything(session)["facility"] == before


def test_undone_and_loaded_again_is_as_if_loaded_once(session: Session, deliver: Deliver) -> None:
    deliver(FIRST)
    newer = deliver(NEWER, "b.csv", JUNE)
    columns = "code, name, beds_total, services, extra, validity, ST_AsEWKB(geom)"
    query = text(f"SELECT {columns} FROM facility ORDER BY code, validity")
    once = session.execute(query).all()
    undo_delivery(session, newer)
    again = deliver(NEWER, "b.csv", JUNE)
    assert again != newer
    assert session.execute(query).all() == once


def test_all_can_be_undone_from_the_newest_to_the_first(session: Session, deliver: Deliver) -> None:
    empty = everything(session)["facility"]
    ids = [deliver(FIRST), deliver(NEWER, "b.csv", JUNE), deliver(FIRST, "c.csv", AUGUST)]
    for delivery in reversed(ids):
        undo_delivery(session, delivery)
    assert everything(session)["facility"] == empty == []
    assert session.execute(text("SELECT count(*) FROM delivery_change")).scalar() == 0


def test_what_later_deliveries_built_on_is_not_undone(session: Session, deliver: Deliver) -> None:
    first = deliver(FIRST)
    deliver("天宁区,庚养老院,七号,119.9,31.7,1,,,\n", "other.csv", JUNE)
    newer = deliver(NEWER, "b.csv", JUNE)
    before = everything(session)
    with pytest.raises(DeliveryRefused, match=rf"b\.csv.*atlas undo {newer}"):
        undo_delivery(session, first)
    assert everything(session) == before
    undo_delivery(session, newer)
    undo_delivery(session, first)
    names = session.scalars(text("SELECT name FROM facility")).all()
    assert names == ["庚养老院"]


def test_rows_that_a_second_delivery_repeats_are_not_lost(
    session: Session, deliver: Deliver
) -> None:
    first = deliver(FIRST)
    again = deliver(FIRST, "again.csv", JUNE)
    with pytest.raises(DeliveryRefused, match=f"atlas undo {again}"):
        undo_delivery(session, first)
    undone = undo_delivery(session, again)
    assert (undone.removed, undone.reopened, undone.restored) == (0, 0, 0)
    assert undo_delivery(session, first).removed == 3


def test_undoing_twice_says_so(session: Session, deliver: Deliver) -> None:
    first = deliver(FIRST)
    undo_delivery(session, first)
    before = everything(session)
    with pytest.raises(BadInput, match="已经撤销过"):
        undo_delivery(session, first)
    assert everything(session) == before


def test_an_unknown_delivery(session: Session) -> None:
    with pytest.raises(NotFound, match="deliveries"):
        undo_delivery(session, 2**40)


def test_rows_changed_by_hand_are_not_overwritten(session: Session, deliver: Deliver) -> None:
    first = deliver(FIRST)
    session.execute(text("UPDATE facility SET phone = '0519-80000001' WHERE name = '甲养老院'"))
    with pytest.raises(DeliveryRefused, match="1 条"):
        undo_delivery(session, first)


def test_what_has_no_journal_is_refused(session: Session, deliver: Deliver) -> None:
    first = deliver(FIRST)
    session.execute(text("DELETE FROM delivery_change"))
    with pytest.raises(DeliveryRefused, match="journal"):
        undo_delivery(session, first)


def test_a_dry_run_keeps_no_journal(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADING + FIRST, encoding="utf-8")
    load_delivery(session, "facilities", path, crs="cgcs2000", dry_run=True)
    assert session.execute(text("SELECT count(*) FROM delivery_change")).scalar() == 0
