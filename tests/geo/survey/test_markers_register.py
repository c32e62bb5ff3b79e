"""Does the register keep measurements, photographs and changes, and judge markers of a line?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from geo.crs import DatumShift
from geo.errors import BadInput, NotFound
from geo.loaders.load import load_delivery
from geo.survey.deviations.line_check import check_line
from geo.survey.deviations.of_line import standings
from geo.survey.markers.kept import marker_record
from geo.survey.markers.record import record_event, record_observation
from geo.survey.markers.register import marker, markers, public_markers
from tests.factories import make_city, make_line, make_marker, make_unit
from tests.geo.survey.marker_rows import DAY, MEASURED, PROVINCES, put, put_line


@pytest.fixture
def line(session: Session) -> str:
    return put_line(session)


def test_measurements_make_verdicts(session: Session, line: str) -> None:
    put(session, "3741001Q", 115.0)
    put(session, "3741002Q", 115.05)
    put(session, "3741003Q", 115.1)
    record_observation(session, "3741001Q", MEASURED | {"x": 35.00001}, role="甲县勘界办")
    record_observation(
        session, "3741002Q", MEASURED | {"x": 35.001, "y": 115.05}, role="甲县勘界办"
    )
    good, over, none = standings(session, on=DAY, line=line)
    assert [one.deviation.verdict for one in (good, over, none)] == ["within", "over", "none"]
    assert good.deviation.d_north_m == pytest.approx(1.11, abs=0.01)
    assert good.deviation.tolerance is not None
    assert good.deviation.tolerance.metres == 5.0
    [on] = over.on_lines
    assert on.archived is not None
    assert on.measured is not None
    assert on.measured.offset_m == pytest.approx(110.9, abs=0.2)
    assert on.archived.chainage_m == pytest.approx(4564, abs=2)
    assert none.deviation.reasons == ("没有实测坐标 · not measured",)
    assert [one.basis for one in good.references] == ["reconstructed"] * 3
    before = standings(session, on=date(2026, 4, 30), line=line)
    assert all(one.observation is None for one in before), "not measured yet on that day"


def test_a_derived_line_and_an_old_datum_yield_no_verdict(session: Session, line: str) -> None:
    make_line(session, *PROVINCES, code="9999", level=1, basis="derived", archive_scale=10_000,
              geom=shapely.LineString([(115.0, 35.0), (115.1, 35.0)]))  # fmt: skip
    put(session, "9999001Q", 115.0)
    put(session, "3741005Q", 115.05, archived_crs="EPSG:4610")
    put(session, "8888001Q", 115.05)
    for number in ("9999001Q", "3741005Q", "8888001Q"):
        record_observation(session, number, MEASURED, role="甲县勘界办")
    [derived] = standings(session, on=DAY, line="9999")
    [old] = standings(session, on=DAY, line=line)
    [unknown] = standings(session, on=DAY, line="8888")
    assert [one.deviation.verdict for one in (derived, old, unknown)] == ["none"] * 3
    assert derived.deviation.distance_m == pytest.approx(0, abs=1e-3)
    assert "示意线" in derived.deviation.reasons[0]
    assert old.deviation.distance_m is None, "Xian 80 without parameters is not subtracted"
    assert old.on_lines[0].archived is None
    assert "未登记" in unknown.deviation.reasons[0]


@pytest.mark.parametrize("shift", [None, DatumShift(1, 2, 3)])
def test_a_delivery_on_xian_80(session: Session, tmp_path: Path, shift: DatumShift | None) -> None:
    file = tmp_path / "markers.csv"
    file.write_text(
        "界桩编号,纵坐标,横坐标,所在地代码,点位中误差,位置描述,托管单位,一号方位物名称,一号方位物方位角,一号方位物距离\n"
        "3741001A,3514000.5,40500100.25,370000、410000,0.3,路西,某县民政局,独立树,227°10′,35米\n",
        encoding="utf-8",
    )  # fmt: skip
    load_delivery(
        session, "boundary-markers", file, crs="EPSG:2364", datum_shift=shift, on=DAY
    )  # fmt: skip
    one = marker(session, "3741001A", DAY)
    assert one.archived is not None
    assert one.archived.is_firm == (shift is not None)
    assert (one.archived.x, one.archived.y, one.archived.sigma_m) == (3514000.5, 40500100.25, 0.3)
    assert one.place_codes == PROVINCES
    assert (one.position_text, one.custodian) == ("路西", "某县民政局")
    assert one.objects[0].azimuth_deg == pytest.approx(227.1667, abs=1e-3)
    make_line(session, *PROVINCES, code="3741", level=1, basis="agreement", archive_scale=50_000,
              geom=shapely.LineString([(120.0, 31.7), (120.1, 31.8)]))  # fmt: skip
    record_observation(session, "3741001A", MEASURED | {"x": 31.75, "y": 120.0, "measured_at":
                       datetime(2026, 6, 1, 1, tzinfo=UTC)}, role="甲县勘界办")  # fmt: skip
    [found] = standings(session, on=DAY, line="3741")
    assert (found.deviation.verdict == "none") == (shift is None)
    assert (found.deviation.distance_m is None) == (shift is None)


def test_a_measurement_on_an_old_datum_has_no_place(session: Session, line: str) -> None:
    put(session, "3741001Q", 115.0)
    record_observation(session, "3741001Q", MEASURED | {"crs": "西安80"}, role="甲县勘界办")
    [found] = standings(session, on=DAY, line=line)
    assert found.observation is not None
    assert found.observation.position.lon is None
    assert found.deviation.verdict == "none"


def test_a_mistaken_measurement_is_corrected_by_another(session: Session, line: str) -> None:
    put(session, "3741001Q", 115.0)
    wrong = record_observation(session, "3741001Q", MEASURED | {"x": 36.0}, role="甲县勘界办")
    right = MEASURED | {"replaces_id": wrong}
    record_observation(session, "3741001Q", right, role="甲县勘界办")
    record = marker_record(session, "3741001Q", DAY)
    assert [one.position.x for one in record.observations] == [35.0]
    with pytest.raises(BadInput, match="replaces_id"):
        record_observation(session, "3741001Q", right, role="甲县勘界办")
    for statement in ("UPDATE marker_observation SET x = 1", "DELETE FROM marker_observation"):
        with pytest.raises(ProgrammingError), session.begin_nested():
            session.execute(text(statement))


def test_a_state_is_a_version_and_an_event(session: Session, line: str) -> None:
    put(session, "3741001Q", 115.0, state="intact", is_published=True, material="石质")
    there = [{"side": "A", "role": "勘界办代表", "office": "甲县民政局"},
             {"side": "B", "role": "勘界办代表", "office": "乙县民政局"}]  # fmt: skip
    day = date(2026, 5, 1)
    record_event(session, "3741001Q", kind="state", on=day, role="甲县勘界办", state="leaning",
                 there=there, note="联系人 13912345678")  # fmt: skip
    record_event(session, "3741001Q", kind="state", on=day, role="甲县勘界办", state="damaged")
    record_event(session, "3741001Q", kind="repainted", on=DAY, role="乙县勘界办")
    assert marker(session, "3741001Q", date(2026, 4, 30)).state == "intact"
    now = marker(session, "3741001Q", DAY)
    assert (now.state, now.material, now.is_published) == ("damaged", "石质", True)
    record = marker_record(session, "3741001Q", DAY)
    assert [(one.state_before, one.state) for one in record.events] == [
        ("intact", "leaning"), ("leaning", "damaged"), (None, None),
    ]  # fmt: skip
    assert len(record.versions) == 2
    assert "13912345678" not in str(record.events)
    assert record.events[0].present[1]["office"] == "乙县民政局"
    with pytest.raises(BadInput, match="改写历史"):
        record_event(session, "3741001Q", kind="state", on=date(2026, 3, 1), role="甲县勘界办",
                     state="lost")  # fmt: skip


def test_the_register_of_a_line_is_checked_whole(session: Session, line: str) -> None:
    put(session, "3741001Q", 115.0)
    put(session, "3741002A", 115.02, place_codes=["410000000000"])
    put(session, "3741002B", 115.02, place_codes=["370000000000"])
    put(session, "3741004Q", 115.01)  # back along the line
    put(session, "3741005Q", 115.08)
    put(session, "3741006Q", 115.09, reference_objects=[])
    put(session, "3741007Q", 115.09, archived_crs="EPSG:4610")
    make_marker(session, [line], number="无号", serial=9)
    found = check_line(session, line, DAY)
    assert [one.kind for one in found.findings] == [
        "unread", "missing_serial", "first_letter", "few_references", "few_references", "chainage",
    ]  # fmt: skip
    assert [one.numbers for one in found.findings if one.kind == "chainage"] == [("3741004Q",)]
    assert (found.markers, found.placed) == (8, 6)
    assert set(found.unplaced) == {"3741007Q", "无号"}
    with pytest.raises(NotFound):
        check_line(session, "0000", DAY)


def test_a_county_line_has_no_rule_of_its_own(session: Session) -> None:
    make_line(session, "320402000000", "320411000000", code="A1", basis="agreement")
    make_marker(session, ["A1"], number="12345678")
    found = check_line(session, "A1", DAY)
    assert found.rules == ()
    assert "没有适用" in found.findings[0].words


def test_markers_within_a_division_and_what_the_public_sees(
    session: Session, line: str, as_public: Any
) -> None:
    make_city(session)
    make_unit(session, "370000000000", name="某省", level=1, parent_code=None, unit_type="省")
    put(session, "3741001Q", 115.0, is_published=True, state="intact")
    put(session, "3741002Q", 115.01)
    assert [one.number for one in markers(session, on=DAY, within="370000")] == [
        "3741001Q", "3741002Q",
    ]  # fmt: skip
    assert markers(session, on=DAY, within="320400") == []
    with pytest.raises(BadInput):
        markers(session, on=DAY)
    with as_public(session) as public:
        [seen] = public_markers(public, on=DAY, line="3741")
        assert (seen.number, seen.line_codes, seen.state) == ("3741001Q", ("3741",), "intact")
        columns = set(public.execute(text("SELECT * FROM boundary_marker")).keys())
    assert not columns & {
        "geom", "archived_x", "archived_y", "archived_crs", "height_m", "reference_objects",
        "extra", "position_text", "custodian", "place_codes", "transformation", "is_approximate",
    }  # fmt: skip
