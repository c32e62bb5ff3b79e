"""Is a workbook read as a person sees it: titles, merged cells, dates, codes, several sheets?"""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from geo.errors import DeliveryRefused
from geo.loaders.reading import read_table
from geo.loaders.tables import Table

HEADING = ["区", "名称", "经度", "纬度"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "养老机构.xlsx"


def write(path: Path, *rows: list[Any], sheet: str = "名单") -> None:
    with xlsxwriter.Workbook(path) as book:
        made = book.add_worksheet(sheet)
        for n, row in enumerate(rows):
            made.write_row(n, 0, row)


def cells(table: Table) -> list[list[str]]:
    return [row.cells for row in table.rows]


def test_a_plain_sheet(path: Path) -> None:
    write(path, HEADING, ["天宁区", "甲", 119.98, 31.78], ["天宁区", "乙", 120, 31.7712345678])
    table = read_table(path)
    assert (table.format, table.layer, table.columns) == ("XLSX", "名单", HEADING)
    assert cells(table) == [
        ["天宁区", "甲", "119.98", "31.78"],
        ["天宁区", "乙", "120", "31.7712345678"],
    ]


def test_titles_merged_cells_and_a_heading_of_two_lines(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("B2:G2", "某市养老机构一览表")
        sheet.write_row("B3", ["填报单位：某局", "", "2025年"])
        sheet.merge_range("B5:B6", "区")
        sheet.merge_range("C5:C6", "名称")
        sheet.merge_range("D5:E5", "坐标")
        sheet.merge_range("F5:G5", "床位")
        sheet.write_row("D6", ["经度", "纬度", "总数", "护理型"])
        sheet.merge_range("B7:B8", "天宁区")
        sheet.write_row("C7", ["甲", 119.98, 31.78, 10, 5])
        sheet.write_row("C8", ["乙", 119.99, 31.79, 20, 6])
        sheet.write_row("B10", ["钟楼区", "丙", 119.9, 31.7, 30, 7])
    table = read_table(path)
    assert table.columns == ["区", "名称", "经度", "纬度", "总数", "护理型"]
    assert [row[:2] for row in cells(table)] == [
        ["天宁区", "甲"],
        ["天宁区", "乙"],
        ["钟楼区", "丙"],
    ]
    assert [row.number for row in table.rows] == [1, 2, 3]
    assert any("第 5 行" in note and "第 7 行" in note for note in table.notes)
    assert any("2 title" in note for note in table.notes)
    assert not any("某局" in note for note in table.notes)


def test_parts_of_a_heading_that_repeat_take_the_name_above(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:A2", "名称")
        sheet.merge_range("B1:C1", "2024")
        sheet.merge_range("D1:E1", "2025")
        sheet.write_row("B2", ["床位", "人数", "床位", "人数"])
        sheet.write_row("A3", ["甲", 1, 2, 3, 4])
    assert read_table(path).columns == ["名称", "2024 床位", "2024 人数", "2025 床位", "2025 人数"]


def test_a_wide_heading_over_data_is_one_line(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row("A1", ["名称", "地址"])
        sheet.merge_range("B1:C1", "地址")
        sheet.write_row("A2", ["甲", "一路", "1号"])
        sheet.write_row("A3", ["乙", "二路", "2号"])
    table = read_table(path)
    assert table.columns == ["名称", "地址", "列3"]
    assert cells(table) == [["甲", "一路", "1号"], ["乙", "二路", "2号"]]


def test_dates_codes_and_truth_are_the_text_of_what_is_seen(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        clock = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, ["名称", "代码", "日期", "时间", "有", "公式", "文字"])
        sheet.write_row(1, 0, ["甲", 320402000000])
        sheet.write_datetime(1, 2, datetime(2025, 6, 30), day)  # noqa: DTZ001
        sheet.write_datetime(1, 3, datetime(2025, 6, 30, 8, 30), clock)  # noqa: DTZ001
        sheet.write_boolean(1, 4, True)
        sheet.write_formula(1, 5, "=1+1", None, 2)
        sheet.write_string(1, 6, "=1+1")
    assert cells(read_table(path)) == [
        ["甲", "320402000000", "2025-06-30", "2025-06-30 08:30:00", "TRUE", "2", "=1+1"]
    ]


def test_long_numbers_have_no_exponent_and_a_warning(path: Path) -> None:
    write(
        path, ["名称", "代码", "小"], ["甲", 320402198001010012, 1e-7], ["乙", "320402198001010012"]
    )
    table = read_table(path)
    assert table.rows[0].cells[1].isdigit()
    assert len(table.rows[0].cells[1]) == 18
    assert table.rows[0].cells[2] == "0.0000001"
    assert table.rows[1].cells[1] == "320402198001010012"
    assert any("代码" in note and "format columns of codes" in note for note in table.notes)


def test_several_sheets(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("说明").write_row(0, 0, ["甲", "乙"])
        for name, heading in (("机构", HEADING), ("附表", ["编号", "名称"])):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, heading)
            sheet.write_row(1, 0, ["天宁区", "甲", 119.9, 31.7][: len(heading)])
        hidden = book.add_worksheet("隐藏")
        hidden.write_row(0, 0, HEADING)
        hidden.hide()
    table = read_table(path)
    assert table.layer == "机构"
    assert any("附表" in note for note in table.notes)
    assert read_table(path, "附表").columns[:2] == ["编号", "名称"]
    with pytest.raises(DeliveryRefused, match="没有工作表「无」"):
        read_table(path, "无")


def test_sheets_of_one_heading_are_never_dropped_silently(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        for name in ("天宁区", "钟楼区"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEADING)
            sheet.write_row(1, 0, [name, "甲", 119.9, 31.7])
    with pytest.raises(DeliveryRefused, match="天宁区, 钟楼区"):
        read_table(path)
    assert read_table(path, "钟楼区").rows[0].cells[0] == "钟楼区"


def test_an_empty_workbook_and_one_with_headings_only(path: Path) -> None:
    write(path)
    with pytest.raises(DeliveryRefused, match="没有数据"):
        read_table(path)
    write(path, HEADING)
    with pytest.raises(DeliveryRefused, match="没有数据"):
        read_table(path)


def test_a_workbook_within_a_zip_is_to_be_unpacked_first(path: Path, tmp_path: Path) -> None:
    write(path, HEADING, ["天宁区", "甲", 119.98, 31.78])
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(path, "a.xlsx")
    with pytest.raises(DeliveryRefused, match="解开一层"):
        read_table(packed)
    path.rename(tmp_path / "b.csv")
    table = read_table(tmp_path / "b.csv")
    assert table.format == "XLSX"
    assert ".csv" in table.notes[0]


def test_an_old_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(biff([["名称", "经度"], ["甲食堂", 119.98], ["乙", 120.0]]))
    table = read_table(path)
    assert (table.format, table.columns) == ("XLS", ["名称", "经度"])
    assert cells(table) == [["甲食堂", "119.98"], ["乙", "120"]]


def test_a_web_page_named_xls_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text("<html><table><tr><td>名称</td></tr></table></html>", "utf-8")
    with pytest.raises(DeliveryRefused, match="另存为 XLSX"):
        read_table(path)


def biff(rows: list[list[Any]]) -> bytes:
    """A BIFF8 stream in a compound file, as Excel 97 wrote it (no writer of it is installed)."""

    def record(code: int, data: bytes) -> bytes:
        return code.to_bytes(2, "little") + len(data).to_bytes(2, "little") + data

    def u16(*numbers: int) -> bytes:
        return b"".join(number.to_bytes(2, "little") for number in numbers)

    begin = record(0x0809, u16(0x0600, 0x0005, 0, 0) + bytes(8))
    name = "名单".encode("utf-16-le")
    bound_length = 4 + 4 + 2 + 2 + len(name)
    sheet_at = len(begin) + bound_length + 4
    bound = record(0x0085, sheet_at.to_bytes(4, "little") + b"\x00\x00" + b"\x02\x01" + name)
    sheet = io.BytesIO()
    sheet.write(record(0x0809, u16(0x0600, 0x0010, 0, 0) + bytes(8)))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                sheet.write(record(0x0204, u16(r, c, 0, len(value)) + b"\x01" + text))
            else:
                sheet.write(record(0x0203, u16(r, c, 0) + struct.pack("<d", value)))
    sheet.write(record(0x000A, b""))
    stream = (begin + bound + record(0x000A, b"") + sheet.getvalue()).ljust(4096, b"\x00")
    sectors = len(stream) // 512 + (len(stream) % 512 > 0)
    stream = stream.ljust(sectors * 512, b"\x00")
    end, free, fat_mark = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16))
    header += u16(0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<IIIIIIIII", 1, 1, 0, 4096, end, 0, end, 0, 0)
    header += struct.pack("<108I", *([free] * 108))
    fat = [fat_mark, end, *range(3, sectors + 2), end]
    fat += [free] * (128 - len(fat))

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = title.encode("utf-16-le")
        made = raw.ljust(64, b"\x00") + u16(len(raw) + 2) + bytes([kind, 1])
        made += struct.pack("<III", free, free, child) + bytes(36)
        return made + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, 2, len(stream))
    directory = directory.ljust(512, b"\x00")
    return bytes(header)[:512].ljust(512, b"\xff") + struct.pack("<128I", *fat) + directory + stream


def test_what_is_hidden_is_read_and_told(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("名单 & 表")
        for n in range(6):
            sheet.write_row(n + 2, 1, HEADING if n == 0 else ["天宁区", f"甲{n}", 119.9, 31.7])
        sheet.set_row(3, options={"hidden": True})
        sheet.set_row(5, options={"hidden": True})
        sheet.set_row(60, options={"hidden": True})  # below the data
        sheet.set_column(3, 3, options={"hidden": True})
        sheet.set_column(9, 200, options={"hidden": True})  # beside the data
        kept = book.add_worksheet("存档")
        kept.write_row(0, 0, ["年", "数"])
        kept.hide()
    table = read_table(path)
    assert [row[1] for row in cells(table)] == ["甲1", "甲2", "甲3", "甲4", "甲5"]
    told = [note.split(" · ")[0] for note in table.notes]
    assert "有 2 个隐藏行（筛选或手工隐藏），已一并读取，请核对" in told
    assert "隐藏的列已一并读取：经度" in told
    assert "隐藏的工作表未读：存档" in told


def test_of_what_is_in_sight_nothing_is_told(path: Path) -> None:
    write(path, HEADING, ["天宁区", "甲", 119.98, 31.78])
    assert not any("隐藏" in note for note in read_table(path).notes)
