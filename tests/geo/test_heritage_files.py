"""Does the directory leave as a table without formulas, and come in row by row or with a reason?"""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import DeliveryRefused
from geo.gazetteer.heritage.files import HEADINGS, as_csv, as_xlsx
from geo.gazetteer.heritage.places import listed_place, listed_places
from geo.gazetteer.heritage.protection import records, withdraw
from geo.gazetteer.heritage.taken import take_in
from geo.loaders.undo import undo_delivery
from geo.validity import today_in_china
from tests.factories import make_city, make_listing, make_name, make_place, make_unit


@pytest.fixture
def code(session: Session) -> str:
    make_city(session)
    make_unit(session)
    made = make_place(session, located_in="320402000000")
    make_name(session, made, "=HYPERLINK(1)", kind="alias")
    make_listing(session, made, list_name="+名录", citation="@出处")
    make_listing(session, made, list_name="市名录", list_level="city")
    return made.code


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_one_row_an_entry_and_no_formula(session: Session, code: str) -> None:
    places = listed_places(session)
    rows = table(as_csv(places))
    assert [row["保护级别"] for row in rows] == ["省级", "市级"]
    assert rows[0]["名录"] == "'+名录"
    assert rows[0]["其他名称"] == "'=HYPERLINK(1)"
    assert rows[0]["标志"] == rows[0]["时代"] == "未知"
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(places, on=date(2026, 3, 2))))
    cells = book.get_sheet_by_name("名录").to_python()
    assert cells[0] == list(HEADINGS)
    assert cells[1][5] == "+名录"
    notes = {str(row[0]): row[1] for row in book.get_sheet_by_name("说明").to_python()}
    assert notes["地名（一地一计）"] == "1"
    assert notes["其中列入省级名录"] == notes["其中列入市级名录"] == "1"
    assert notes["列入不止一级名录"] == "1"
    assert not [what for what in notes if "合计" in what or "总" in what]


def write(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADINGS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_table_comes_in_and_is_taken_back(session: Session, code: str, tmp_path: Path) -> None:
    good = {
        "地名代码": code, "名录": "区红色地名", "名录种类": "红色地名", "保护级别": "区",
        "公布年份": "2026", "时代": "民国", "存续状况": "在用", "标志": "已设，损坏",
        "调查日期": "2026-01-31", "下次调查": "2027-01-31",
    }  # fmt: skip
    bad = [
        {"地名代码": "none"}, {"名录种类": "其他"}, {"保护级别": "乡级"}, {"公布年份": "二〇二六"},
        {"标志": "新"}, {"调查日期": ""}, {"调查日期": "31/1/2026"}, {"下次调查": "2020-01-01"},
        {"时代": "联系人 13912345678"},
    ]  # fmt: skip
    path = write(tmp_path / "名录.csv", good, *(good | one for one in bad))
    with pytest.raises(DeliveryRefused, match="public"):
        take_in(session, path)
    taken = take_in(session, path, secrecy="public", by="天宁区民政局")
    assert (taken.rows, taken.entries, taken.records, len(taken.refused)) == (10, 1, 3, 9)
    found = listed_place(session, code)
    assert (found.sign, found.protection) == ("damaged", "in_use")
    assert (found.surveyed_on, found.survey_due) == (date(2026, 1, 31), date(2027, 1, 31))
    assert len(found.lists) == 3
    kept = session.execute(
        text("SELECT row_number, column_name, data::text FROM refused_row ORDER BY row_number")
    ).all()
    assert [row.row_number for row in kept] == list(range(2, 11))
    assert [row.column_name for row in kept][:4] == ["地名代码", "名录种类", "保护级别", "公布年份"]
    assert not [row for row in kept if "13912345678" in row.data]
    again = take_in(session, write(tmp_path / "b.csv", good), secrecy="public")
    assert (again.entries, again.records, again.unchanged) == (0, 0, 1)
    for one in records(session, code):
        withdraw(session, code, one.id, on=today_in_china(), role="民政局", reasons="看错了地点")
    back = take_in(session, write(tmp_path / "c.csv", good), secrecy="public")
    assert (back.records, back.unchanged) == (3, 0), "what was withdrawn can be entered again"
    undo_delivery(session, back.delivery_id)
    assert all(one.withdrawn for one in records(session, code))
    undo_delivery(session, taken.delivery_id)
    assert records(session, code) == (), "a withdrawal goes with the delivery of its entry"
    found = listed_place(session, code)
    assert len(found.lists) == 2
    assert (found.sign, found.surveyed_on) == (None, None)


def test_what_left_comes_in_unchanged(session: Session, code: str, tmp_path: Path) -> None:
    path = tmp_path / "名录.xlsx"
    path.write_bytes(as_xlsx(listed_places(session), on=date(2026, 3, 2)))
    taken = take_in(session, path, secrecy="public")
    assert (taken.rows, taken.unchanged, taken.refused) == (2, 2, ())


def test_a_name_that_is_two_places_is_not_guessed(
    session: Session, code: str, tmp_path: Path
) -> None:
    twin = make_place(session, code="test:twin")
    row = {"地名": "测试地名", "名录": "一", "名录种类": "red", "保护级别": "district"}
    assert twin.code != code
    path = write(tmp_path / "a.csv", row, row | {"所在区划代码": "320402"})
    taken = take_in(session, path, secrecy="public")
    assert [one.number for one in taken.refused] == [1]
    assert "同名" in taken.refused[0].reason
    assert taken.entries == 1


def test_a_file_without_its_columns_is_refused(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("地名,名录\n甲,乙\n", encoding="utf-8")
    with pytest.raises(DeliveryRefused, match="名录种类"):
        take_in(session, path, secrecy="public")
