"""Do the forms of a pack come back as they were filled in, and is nothing in it that leaks?"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from html import unescape

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from geo.survey.inspections.files.keep import import_file
from geo.survey.inspections.log import log
from geo.survey.inspections.progress import Progress, progress_of
from geo.validity import CHINA_TIME
from maps.pack.bundle import make_pack
from maps.pack.forms import as_workbook
from maps.pack.pages import draw_form, draw_map
from maps.pack.told import pack_data
from tests.geo.survey.inspected import ROLE_A, ROLE_B, begin, make_ground

MADE = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA_TIME)


@pytest.fixture
def found(session: Session) -> Progress:
    make_ground(session)
    one = begin(session, title="甲乙线</script><script>alert(1)</script>")
    return progress_of(session, one.code, on=date(2026, 4, 1))


def test_a_pack_is_whole(found: Progress) -> None:
    made = make_pack(found, made_at=MADE)
    with zipfile.ZipFile(io.BytesIO(made)) as pack:
        assert len(pack.namelist()) == 9
        assert pack.testzip() is None


def test_pages_hold_everything_and_nothing_from_the_title_runs(found: Progress) -> None:
    data = pack_data(found, made_at=MADE, approval="")
    for html in (draw_map(data), draw_form(data)):
        assert "<script>alert(1)" not in html
        assert "内部资料" in html
        assert re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=", html) == []
        assert "default-src 'none'" in unescape(html)


def refilled(content: bytes, filled: dict[tuple[str, int, str], object]) -> bytes:
    """The workbook as a team sends it back: (sheet, row, heading) → what it wrote there."""
    source = CalamineWorkbook.from_filelike(io.BytesIO(content))
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True}) as book:
        for name in source.sheet_names:
            rows = source.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for (sheet, row, head), value in filled.items():
                if sheet == name:
                    rows[row - 1][rows[2].index(head)] = value
            page = book.add_worksheet(name)
            for at, row in enumerate(rows):
                page.write_row(at, 0, row)
    return raw.getvalue()


def test_a_filled_workbook_comes_back(session: Session, found: Progress) -> None:
    one, ground = found.campaign, found.ground
    form, part = "界桩记录表", "界线段记录表"
    told = {
        (form, 4, "状态"): "倾斜", (form, 4, "时间"): "2026-04-01 10:30",
        (form, 4, "字迹清晰"): "否",
        (form, 4, "甲方确认岗位"): ROLE_A, (form, 4, "乙方确认岗位"): ROLE_B,
        (form, 4, "纵坐标 X 或纬度"): 3_524_820.5, (form, 4, "横坐标 Y 或经度"): 40_495_270.0,
        (form, 5, "状态"): "很好", (form, 5, "时间"): "2026-04-01", (form, 6, "备注"): "只写了备注",
        (part, 4, "界线清楚"): "清楚", (part, 4, "时间"): "2026-04-01 11:00",
    }  # fmt: skip
    content = refilled(as_workbook(one, ground, one.sides[0]), told)
    (report,) = import_file(
        session, one, ground, "a.xlsx", content, role=ROLE_A, on=date(2026, 4, 2)
    )
    assert report.forms == 2
    assert [place for place, _ in report.refused] == ["界桩记录表 第 5 行", "界桩记录表 第 6 行"]
    filed, clear = log(session, one.id)
    assert filed.data["values"]["state"] == "leaning"
    assert filed.data["values"]["legible"] is False
    assert set(filed.data["confirmed"]) == {"A", "B"}
    assert filed.data["values"]["position"]["crs"] == "EPSG:4528"
    assert (filed.side, filed.role, str(filed.on_date)) == ("A", ROLE_A, "2026-04-01")
    assert str(clear.subject).endswith("#01")


def test_choices_stand_in_the_workbook(found: Progress) -> None:
    content = as_workbook(found.campaign, found.ground, found.campaign.sides[0])
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet2.xml").decode()
    assert sheet.count("<dataValidation ") == 7
    assert "完好,倾斜,损坏,丢失,移位,掩埋,未查到" in sheet


def test_an_untouched_workbook_holds_no_form(session: Session, found: Progress) -> None:
    one = found.campaign
    content = as_workbook(one, found.ground, one.sides[0])
    (report,) = import_file(
        session, one, found.ground, "a.xlsx", content, role=ROLE_A, on=date(2026, 4, 2)
    )
    assert (report.forms, report.refused) == (0, [])
