"""Are due lines, campaigns, forms and both sides' differences as the rules want them?"""

from __future__ import annotations

import base64
import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pyproj import Transformer
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.crs import wgs84_to_gcj02
from geo.errors import BadInput, DeliveryRefused, GeoError, NotFound
from geo.survey.inspections.both_sides import confirm
from geo.survey.inspections.campaign import Campaign, campaign, campaigns, take_step
from geo.survey.inspections.due import due_lines, five_years_after, report_change
from geo.survey.inspections.files.keep import Imported, import_file
from geo.survey.inspections.files.photos import keep_photo
from geo.survey.inspections.log import log, undo, whole_log
from geo.survey.inspections.progress import Progress, progress_of
from tests.geo.survey.inspected import (
    EAST,
    LINE,
    OTHER,
    ROLE_A,
    ROLE_B,
    begin,
    make_ground,
    marker_form,
    phone_file,
    segment_form,
)

DAY = date(2026, 5, 6)


@pytest.fixture
def one(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    monkeypatch.setenv("ATLAS_HOME", str(tmp_path))
    make_ground(session)
    return begin(session)


def now(session: Session, one: Campaign) -> Progress:
    return progress_of(session, one.code, on=DAY)


def file_in(
    session: Session, one: Campaign, name: str, content: bytes, **given: Any
) -> Imported:  # fmt: skip
    ground = now(session, one).ground
    (report,) = import_file(session, one, ground, name, content, role=ROLE_A, on=DAY, **given)
    return report


def phone(session: Session, one: Campaign, side: str, *forms: dict[str, Any]) -> Imported:
    return file_in(session, one, "f.json", phone_file(one.code, side, list(forms)))


def test_five_years_after_a_leap_day_is_the_28th() -> None:
    assert five_years_after(date(2024, 2, 29)) == date(2029, 2, 28)


def test_a_reported_change_makes_a_line_due_until_it_is_inspected(session: Session) -> None:
    make_ground(session)
    third = "3204110412"
    entry = report_change(session, third, change="river", on=date(2026, 4, 1), role=ROLE_A)
    by_code = {each.code: each for each in due_lines(session, on=DAY)}
    assert by_code[third].status == "reported"
    assert by_code[LINE].status == "soon"
    assert by_code[LINE].days_left == 0
    assert {each.code: each.status for each in due_lines(session, on=date(2026, 5, 7))}[LINE] == (
        "overdue"
    )
    assert {each.code for each in due_lines(session, on=DAY, within=EAST)} == {LINE, third}
    undo(session, entry, role=ROLE_A, on=DAY)
    assert {e.code: e.status for e in due_lines(session, on=DAY)}[third] == "later"


def test_a_campaign_has_the_sides_of_its_lines(session: Session, one: Campaign) -> None:
    assert [(side.side, side.unit_name) for side in one.sides] == [("A", "甲区"), ("B", "乙区")]
    assert campaign(session, one.code) == one
    both_lines = begin(session, line_codes=[LINE, OTHER])
    assert [side.side for side in both_lines.sides] == ["A", "B", "C"]
    assert [each.code for each in campaigns(session)] == ["LJ2026-002", "LJ2026-001"]
    ground = progress_of(session, both_lines.code, on=DAY).ground
    assert len(ground.markers) == 4  # the marker on both lines stands once


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"line_codes": []}, "没有这些现行界线"), ({"line_codes": ["X"]}, "没有这些现行界线"),
        ({"role": "13812345678"}, "签署"), ({"role": "王小明"}, "签署"), ({"role": " "}, "签署"),
        ({"offices": {"110000000000": "某局"}}, "不是这些界线"), ({"reason": "x"}, "原因"),
        ({"until_on": date(2020, 1, 1)}, "结束早于开始"), ({"title": ""}, "名称"),
    ],
)  # fmt: skip
def test_a_campaign_that_cannot_be_is_refused(
    session: Session, given: dict[str, Any], words: str
) -> None:
    make_ground(session)
    with pytest.raises(BadInput, match=words):
        begin(session, **given)


def test_the_log_cannot_be_changed_by_anybody(session: Session, one: Campaign) -> None:
    phone(session, one, "A", marker_form("M1"))
    for statement in ("UPDATE inspection_entry SET role = 'x'", "DELETE FROM inspection_campaign"):
        with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
            session.execute(text(statement))


def test_undoing_and_redoing_leave_every_entry_in_the_log(session: Session, one: Campaign) -> None:
    phone(session, one, "A", marker_form("M1"))
    (form,) = log(session, one.id)
    gone = undo(session, form.id, role=ROLE_A, on=DAY)
    assert log(session, one.id) == ()
    with pytest.raises(BadInput, match="已由记录"):
        undo(session, form.id, role=ROLE_A, on=DAY)
    undo(session, gone, role=ROLE_A, on=DAY)
    assert log(session, one.id) == (form,)
    assert len(whole_log(session, one.id)) == 3
    with pytest.raises(NotFound):
        undo(session, 10**9, role=ROLE_A, on=DAY)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (marker_form("M9"), "没有界桩"), (marker_form("M1", values={"state": "好"}), "可选项"),
        (marker_form("M1", values={"state": ""}), "没有填写状态"),
        (marker_form("M1", at="昨天"), "时间"), (marker_form("M1", at="2999-01-01"), "将来"),
        (marker_form("M1", role="张三丰"), "签署"), (marker_form("M1", "D"), "没有「D」方"),
        (marker_form("M1", values={"position": {"x": "31.8", "y": ""}}), "坐标不全"),
        (marker_form("M1", values={"position": {"x": "a", "y": "1"}}), "不是数字"),
        (marker_form("M1", values={"position": {"x": 119.95, "y": 31.845}}), "中国"),
        (marker_form("M1", values={"position": {"x": 31.845, "y": 119.8}}), "千米"),
        (marker_form("M1", values={"position": {"crs": "4610", "x": 31.845, "y": 119.95}}), "参数"),
        (marker_form("M1", photos=[{"data": "x"}]), "照片"), ({"kind": "marker"}, "没有界桩"),
        ({}, "表种"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_used_is_refused_with_its_reason(
    session: Session, one: Campaign, form: dict[str, Any], words: str
) -> None:
    report = phone(session, one, "A", form, marker_form("M2"))
    assert report.forms == 1
    ((place, reason),) = report.refused
    assert place == "第 1 份"
    assert words in reason
    assert now(session, one).refused[0][2].startswith(reason)


def test_coordinates_of_a_phone_map_are_found_out(session: Session, one: Campaign) -> None:
    lon, lat = (float(axis[0]) for axis in wgs84_to_gcj02([119.95], [31.80]))
    report = phone(session, one, "A", marker_form("M2", values={"position": {"x": lat, "y": lon}}))
    assert "GCJ-02" in report.refused[0][1]


def test_grid_coordinates_with_their_zone_are_the_same_place(
    session: Session, one: Campaign
) -> None:
    there = Transformer.from_crs(4490, 4528, always_xy=True).transform(119.9501, 31.8451)
    position = {"crs": "4528", "x": there[1], "y": there[0]}
    assert 40_490_000 < there[0] < 40_500_000, "the easting has its zone in front"
    report = phone(session, one, "A", marker_form("M1", values={"position": position}))
    assert report.refused == []
    (form,) = log(session, one.id)
    assert (form.geom.x, form.geom.y) == pytest.approx((119.9501, 31.8451), abs=1e-9)


def test_the_same_content_comes_in_once(session: Session, one: Campaign) -> None:
    form = marker_form("M1")
    assert phone(session, one, "A", form).forms == 1
    assert phone(session, one, "A", form).was_known
    again = phone(session, one, "A", form, marker_form("M2"))
    assert (again.forms, again.unchanged) == (1, 1)


def test_files_that_are_none_of_ours_are_refused_whole(session: Session, one: Campaign) -> None:
    for name, content in (
        ("a.pdf", b""), ("a.json", b"[]"), ("a.json", b"{"), ("a.xlsx", b"no"), ("a.zip", b"no"),
        ("a.json", phone_file("LJ1999-001", "A", [])), ("a.gpx", b"<gpx/>"),
    ):  # fmt: skip
        with pytest.raises(GeoError):
            file_in(session, one, name, content)
    with pytest.raises(DeliveryRefused):
        file_in(session, one, "机密.json", phone_file(one.code, "A", []))


def test_one_side_cannot_file_for_the_other(session: Session, one: Campaign) -> None:
    content = phone_file(one.code, "B", [marker_form("M1", "B")])
    report = file_in(session, one, "b.json", content, sides={"A"})
    assert report.forms == 0
    assert "不能代乙方" in report.refused[0][1]


def test_a_zip_of_several_files_is_read_file_by_file(session: Session, one: Campaign) -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as bundle:
        bundle.writestr("a.json", phone_file(one.code, "A", [marker_form("M1")]))
        bundle.writestr("b/b.json", phone_file(one.code, "B", [marker_form("M1", "B")]))
        bundle.writestr("__MACOSX/._b.json", b"junk")
    reports = import_file(
        session, one, now(session, one).ground, "x.zip", raw.getvalue(), role=ROLE_A, on=DAY
    )
    assert [report.forms for report in reports] == [1, 1]


def test_sides_that_agree_settle_and_those_that_differ_do_not(
    session: Session, one: Campaign
) -> None:
    near = {"position": {"x": 31.80001, "y": 119.95}}
    far = {"position": {"x": 31.8005, "y": 119.95}}
    phone(session, one, "A", marker_form("M1"), marker_form("M2", values=near))
    phone(session, one, "B", marker_form("M1", "B"), marker_form("M2", "B", values=far))
    by = {s.subject: s for s in now(session, one).standings}
    assert by["M1"].state == "settled"
    assert [d.field for d in by["M2"].differences] == ["position"]
    assert "相差" in by["M2"].differences[0].said["A"]
    assert by["M3"].state == "not_filed"
    with pytest.raises(BadInput, match="没有填报"):
        confirm(session, one, [by["M3"]], "M3", side="A", take="B", role=ROLE_A, on=DAY)


def test_confirmations_hold_for_the_forms_that_they_saw(session: Session, one: Campaign) -> None:
    phone(session, one, "A", marker_form("M1", values={"state": "leaning"}))
    phone(session, one, "B", marker_form("M1", "B"))

    def said(side: str, take: str) -> str:
        role = ROLE_A if side == "A" else ROLE_B
        found = now(session, one).standings
        confirm(session, one, found, "M1", side=side, take=take, role=role, on=DAY)
        return next(s.state for s in now(session, one).standings if s.subject == "M1")

    assert said("A", "A") == "differs"
    assert said("B", "B") == "differs"  # each insists on its own
    assert said("B", "A") == "settled"
    assert [fault.kind for fault in now(session, one).faults] == ["leaning"]
    later = marker_form("M1", "B", at="2026-04-02T09:00:00+08:00")
    phone(session, one, "B", later)
    state = next(s for s in now(session, one).standings if s.subject == "M1")
    assert state.state == "differs", "what came in later was confirmed by nobody"
    assert [f.told for f in now(session, one).faults] == [("A",)]


def test_one_form_with_both_confirmations_is_enough(session: Session, one: Campaign) -> None:
    phone(session, one, "A", marker_form("M1", confirmed={"A": ROLE_A}),
          marker_form("M2", confirmed={"A": ROLE_A, "B": ROLE_B}))  # fmt: skip
    by = {s.subject: s for s in now(session, one).standings}
    assert (by["M1"].state, by["M2"].state) == ("waiting", "settled")
    assert by["M1"].why_open == "界桩 M1：待乙方填报或确认"


def test_steps_follow_each_other_and_can_be_taken_back(session: Session, one: Campaign) -> None:
    def step(word: str) -> int:
        found = now(session, one)
        return take_step(session, found.campaign, found.entries, LINE, word, role=ROLE_A, on=DAY,
                         still_open=found.lines[0].still_open)  # fmt: skip

    with pytest.raises(BadInput, match="下一步"):
        step("field_done")
    first = step("desk_done")
    undo(session, first, role=ROLE_A, on=DAY)
    assert now(session, one).lines[0].state == "planned"
    second = step("desk_done")
    step("field_done")
    with pytest.raises(BadInput, match="请先撤销后面的"):
        undo(session, second, role=ROLE_A, on=DAY)
    with pytest.raises(BadInput, match="还有 8 项未解决"):
        step("concluded")


def test_the_desk_part_ends_whole_or_with_a_reason(session: Session, one: Campaign) -> None:
    found = now(session, one)
    asked = (session, found.campaign, found.entries, LINE, "desk_done")
    done, of = found.lines[0].desk
    assert done < of
    with pytest.raises(BadInput, match="未作内业核对"):
        take_step(*asked, role=ROLE_A, on=DAY, desk=(done, of))
    assert take_step(*asked, role=ROLE_A, on=DAY, desk=(done, of), note="其余段上年已核对")


def test_every_kind_of_fault_is_told(session: Session, one: Campaign) -> None:
    part = now(session, one).ground.stretches[0].id
    phone(
        session, one, "A",
        marker_form("M1", values={"state": "buried", "legible": False, "references_seen": False,
                                  "danger": "采砂", "one_sided_marks": True}),
        segment_form(part, values={"visible": "unclear", "cross_border_building": True,
                                   "feature_changed": "river"}),
    )  # fmt: skip
    found = now(session, one)
    assert {fault.kind for fault in found.faults} == {
        "buried", "letters", "reference_objects", "danger", "one_sided_marks", "unclear_line",
        "cross_border_building", "feature_changed",
    }  # fmt: skip
    assert all(fault.lon is not None for fault in found.faults)
    assert any(fault.title == "界桩 M1附近有危及界桩的活动：采砂" for fault in found.faults)


def test_a_photo_keeps_its_picture_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_HOME", str(tmp_path))
    raw = io.BytesIO()
    picture = Image.new("RGB", (60, 40), (200, 30, 30))
    exif = picture.getexif()
    exif[0x0112], exif[0x010F] = 6, "DEVICE-12345"  # turned by 90°, and a name of the device
    picture.save(raw, "JPEG", exif=exif)
    assert b"DEVICE-12345" in raw.getvalue()
    sha256 = keep_photo(raw.getvalue())
    assert keep_photo(raw.getvalue()) == sha256
    (kept,) = (tmp_path / "photos").rglob("*.jpg")
    assert b"DEVICE-12345" not in kept.read_bytes()
    assert Image.open(kept).size == (40, 60)
    for bad in (b"", b"GIF89a", base64.b64encode(b"x")):
        with pytest.raises(BadInput):
            keep_photo(bad)
