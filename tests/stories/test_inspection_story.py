"""Does a campaign run from the due list to the report, with the pack opened where no network is?"""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pyogrio
import pytest
from docx import Document
from PIL import Image
from playwright.sync_api import Browser, Page
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from geo.access.work_items import history, take_step, work_item
from geo.joint.inspection_work import open_work
from geo.survey.inspections import campaign as campaigns
from geo.survey.inspections.both_sides import confirm
from geo.survey.inspections.desk import enter_desk_check
from geo.survey.inspections.due import due_lines
from geo.survey.inspections.files.keep import import_file
from geo.survey.inspections.log import undo
from geo.survey.inspections.measured import measured_markers
from geo.survey.inspections.progress import Progress, progress_of
from geo.validity import CHINA_TIME
from maps.inspection.photos import photos_of
from maps.inspection.register import as_register
from maps.inspection.report import as_report
from maps.pack.bundle import make_pack
from tests.geo.survey.inspected import (
    LINE,
    ROLE_A,
    ROLE_B,
    begin,
    make_ground,
    marker_form,
    phone_file,
    segment_form,
)

pytestmark = pytest.mark.browser
IN_FIELD, AT_END = date(2026, 4, 1), date(2026, 5, 6)
SLOW_PICTURES = """() => {
    const read = Pictures.read;
    const rest = () => new Promise((done) => setTimeout(done, 500));
    Pictures.read = async (file) => { await rest(); return read(file); };
}"""
GPX = """<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{}</trkseg></trk>
</gpx>"""


def store(page: Page) -> None:
    """Press the button and stay until the form says that the phone has it."""
    page.locator("#told").evaluate("told => { told.textContent = '' }")
    page.get_by_role("button", name="存入手机").click()
    page.locator("#told", has_text="已存入手机。").wait_for()


def fill_in(browser: Browser, pack: Path, photo: Path) -> bytes:
    """Side A opens map and form from a file, without a network, and brings one file home."""
    context = browser.new_context(
        locale="zh-CN", geolocation={"longitude": 119.95003, "latitude": 31.80002, "accuracy": 4},
        permissions=["geolocation"], viewport={"width": 390, "height": 844},
    )  # fmt: skip
    context.set_offline(True)
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)

    page.goto((pack / "离线地图.html").as_uri())
    assert page.locator("#rows .row").count() == 4
    page.locator("#rows .row", has_text="M2").click()
    assert "示例桥" in page.locator(".leaflet-popup").inner_text()

    page.goto((pack / "手机表单.html").as_uri())
    page.get_by_role("radio", name="甲方 甲区").check()
    page.locator("[data-subject=M2]").click()
    page.get_by_role("radio", name="倾斜").check()
    page.get_by_role("button", name="取当前位置").click()
    page.wait_for_function("document.querySelector('[name=x]').value !== ''")
    page.get_by_label("拍照").set_input_files(photo)
    page.get_by_label("照片 1 方位角（度）").fill("45")
    store(page)
    page.reload()  # what was filled in survives
    assert "倾斜" in page.locator("[data-subject=M2]").inner_text()
    page.locator("[data-subject=M1]").click()
    page.get_by_role("radio", name="完好").check()
    page.get_by_label("纵坐标 X 或纬度").fill("31.84501")
    page.get_by_label("横坐标 Y 或经度").fill("119.95")
    page.get_by_label("点位中误差（米）").fill("0.03")
    page.evaluate(SLOW_PICTURES)
    page.get_by_label("拍照").set_input_files(photo)
    store(page)  # pressed before the photo is read
    with page.expect_download() as saved:
        page.get_by_role("button", name="保存文件").click()
    content = Path(saved.value.path()).read_bytes()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert errors == []
    context.close()
    return content


def camera_photo(path: Path) -> Path:
    """A photo that tells more than its picture."""
    picture = Image.new("RGB", (2000, 1500), (110, 140, 110))
    exif = picture.getexif()
    exif[0x010F], exif[0x013B] = "CAMERA-SERIAL", "PHOTOGRAPHER"
    picture.save(path, exif=exif)
    return path


def bring_home(session: Session, code: str, name: str, content: bytes, role: str) -> list:
    found = progress_of(session, code, on=AT_END)
    return import_file(
        session, found.campaign, found.ground, name, content, role=role, on=IN_FIELD
    )  # fmt: skip


def now(session: Session, code: str) -> Progress:
    return progress_of(session, code, on=AT_END)


def test_a_campaign_from_the_due_list_to_the_report(
    session: Session, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_HOME", str(tmp_path / "home"))
    make_ground(session)

    # 1. What is due: the line that nobody ever inspected first, then the one that runs out.
    due = due_lines(session, on=date(2026, 3, 1))
    assert [(one.label, one.status, one.days_left) for one in due] == [
        ("甲丙线", "never", None), ("甲乙线", "soon", 66), ("乙丙线", "later", 1162),
    ]  # fmt: skip
    assert due[1].due_on == AT_END

    # 2. A campaign, its desk part, and the pack.
    one = begin(session, lead_code="320402000000")
    assert (one.code, one.lead_side) == ("LJ2026-001", "A")
    found = now(session, one.code)
    for part in found.ground.stretches:
        enter_desk_check(
            session, one, found.ground, part.id, agrees="agrees", role=ROLE_A, on=IN_FIELD
        )
    step(session, one.code, "desk_done")
    pack = tmp_path / "pack"
    made = make_pack(found, made_at=datetime(2026, 3, 2, 9, tzinfo=CHINA_TIME))
    zipfile.ZipFile(io.BytesIO(made)).extractall(pack)
    look_into(pack)

    # 3. Side A comes back with the phone's file and a track, side B with its own file.
    told = fill_in(browser, pack, camera_photo(tmp_path / "photo.jpg"))
    (report,) = bring_home(session, one.code, "phone.json", told, ROLE_A)
    assert (report.forms, report.photos, report.refused) == (2, 2, [])
    assert bring_home(session, one.code, "again.json", told, ROLE_A)[0].was_known
    points = "".join(f'<trkpt lat="{31.85 - n * 0.0005:.5f}" lon="119.9501"/>' for n in range(101))
    (report,) = bring_home(session, one.code, "a.gpx", GPX.format(points).encode(), ROLE_A)
    assert report.tracks == 1
    b_forms = [
        marker_form("M1", "B", values={"position": {"crs": "4490", "x": 31.845012, "y": 119.95,
                                                    "sigma_m": 0.03, "method": "gnss_rtk"}}),
        marker_form("M2", "B"),  # B found it sound
        marker_form("M3", "B", confirmed={"A": ROLE_A, "B": ROLE_B}),
        marker_form("M4C", "B", values={"state": "lost"}, confirmed={"A": ROLE_A, "B": ROLE_B}),
        *(segment_form(part.id, "B", confirmed={"A": ROLE_A, "B": ROLE_B})
          for part in found.ground.stretches),
        marker_form("M9", "B"),
    ]  # fmt: skip
    (report,) = bring_home(
        session, one.code, "b.json", phone_file(one.code, "B", b_forms), ROLE_B
    )  # fmt: skip
    assert report.forms == 8
    assert "没有界桩「M9」" in report.refused[0][1]

    # 4. The sides differ on M2 alone; the line cannot be concluded before both confirm.
    found = now(session, one.code)
    assert [s.subject for s in found.standings if s.state != "settled"] == ["M2"]
    (line,) = found.lines
    assert line.walked is not None
    assert 0.48 < line.walked.share < 0.52
    step(session, one.code, "field_done")
    with pytest.raises(ValueError, match="M2"):
        step(session, one.code, "concluded")
    for side, role in (("A", ROLE_A), ("B", ROLE_B)):
        entry = confirm(
            session, one, now(session, one.code).standings, "M2", side=side, take="A", role=role,
            on=AT_END,
        )  # fmt: skip
    undo(session, entry, role=ROLE_B, on=AT_END)
    assert now(session, one.code).standings[1].state == "differs"
    undo(session, entry + 1, role=ROLE_B, on=AT_END)  # undoing the undoing

    # 5. Faults become work, followed to closure.
    found = now(session, one.code)
    assert {fault.code for fault in found.faults} == {"M2/leaning", "M4C/lost"}
    items = open_work(session, found, on=AT_END)
    assert open_work(session, found, on=AT_END) == []
    for action in ("assigned", "done", "verified"):
        take_step(session, items[0], action, on=AT_END, role=ROLE_A)
    assert work_item(session, items[0], on=AT_END).state == "verified"
    assert len(history(session, items[0])) == 4

    # 6. Concluded, reported, and due again in five years.
    step(session, one.code, "concluded")
    look_at_the_papers(session, one.code)
    again = {each.label: each for each in due_lines(session, on=AT_END)}["甲乙线"]
    assert (again.last_on, again.due_on) == (AT_END, date(2031, 5, 6))


def step(session: Session, code: str, word: str) -> None:
    found = now(session, code)
    campaigns.take_step(
        session, found.campaign, found.entries, LINE, word, role=ROLE_A, on=AT_END,
        still_open=found.lines[0].still_open,
    )  # fmt: skip


def look_into(pack: Path) -> None:
    """GDAL reads every layer; each file says that it is internal."""
    (package,) = pack.glob("*.gpkg")
    assert {name for name, _ in pyogrio.list_layers(package)} == {
        "界线", "界线段", "界桩", "三交点"
    }  # fmt: skip
    markers = pyogrio.read_dataframe(package, layer="界桩")
    assert markers.crs.to_epsg() == 4490
    assert sorted(markers["界桩编号"]) == ["M1", "M2", "M3", "M4C"]
    assert markers.geometry.x.min() == 119.95
    assert len(pyogrio.read_dataframe(package, layer="三交点")) == 1
    (gpx,), (kml,) = pack.glob("*.gpx"), pack.glob("*.kml")
    assert len(pyogrio.read_dataframe(gpx, layer="waypoints")) == 5
    assert len(pyogrio.read_dataframe(gpx, layer="tracks")) == 1
    assert len(pyogrio.read_dataframe(kml, layer="界桩和三交点")) == 5
    for name in ("离线地图.html", "手机表单.html", "说明.txt", "清单.json", gpx.name, kml.name):
        assert "内部资料" in (pack / name).read_text(encoding="utf-8")
    (form, _) = sorted(pack.glob("*.xlsx"))
    rows = CalamineWorkbook.from_path(form).get_sheet_by_name("界桩记录表").to_python()
    assert "内部资料" in rows[0][0]


def look_at_the_papers(session: Session, code: str) -> None:
    found = now(session, code)
    measured = measured_markers(session, found)
    photos = photos_of(found)
    (photo,) = photos.values()
    assert b"CAMERA-SERIAL" not in photo
    assert not Image.open(io.BytesIO(photo)).getexif()
    content = as_report(found, measured, photos, made=AT_END)
    book = as_register(found)
    paper = Document(io.BytesIO(content))
    words = "\n".join(p.text for p in paper.paragraphs)
    cells = [c.text for table in paper.tables for row in table.rows for c in row.cells]
    assert words.startswith("内部资料")
    assert "已登记事项 2 个，已销号 1 个" in words
    assert "界桩 M2界桩倾斜" in cells
    assert len(paper.inline_shapes) == 3  # the map and two photos
    by_number = {one.number: one.deviation for one in measured}
    assert by_number["M1"].distance_m == pytest.approx(1.33, abs=0.01)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name("界桩成果表")
    told = {row[1]: row for row in rows.to_python()[3:]}
    assert (told["M2"][4], told["M4C"][4], told["M3"][13]) == ("倾斜", "丢失", "档案")
