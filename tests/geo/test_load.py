"""Does a delivered file become trusted rows, with nothing lost and every fate told?"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import wgs84_to_gcj02
from geo.errors import BadInput, CrsError, DeliveryRefused
from geo.loaders.load import load_delivery
from geo.loaders.report import Report
from tests.factories import make_unit

DAY = date(2026, 1, 1)
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a CSV of canteens."""

    def written(content: str, name: str = "canteens.csv") -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return written


def load(session: Session, path: Path, **options: Any) -> Report:
    options = {"crs": "cgcs2000", "on": DAY, **options}
    return load_delivery(session, "facilities", path, **options)


def stored(session: Session, columns: str = "name") -> list[Any]:
    query = f"SELECT {columns} FROM facility ORDER BY name, lower(validity)"
    return list(session.execute(text(query)).all())


def rules(report: Report) -> list[str]:
    return [problem.rule for problem in report.problems]


def test_a_plain_file_is_kept_whole(session: Session, write: Write) -> None:
    path = write(
        "区,名称,地址,经度,纬度,床位,电话\n天宁区,甲食堂,某路1号,119.98,31.78,12,0519-81234567\n"
    )
    report = load(session, path)
    assert (report.counts.rows_read, report.counts.kept) == (1, 1)
    assert report.exit_code == 0
    columns = "name, kinds, address, stated_unit, beds_total, phone, ST_AsText(geom), is_published"
    assert stored(session, columns) == [
        (
            "甲食堂",
            ["canteen"],
            "某路1号",
            "天宁区",
            12,
            "0519-81234567",
            "POINT(119.98 31.78)",
            False,
        )
    ]


def test_the_delivery_remembers_how_it_was_read(session: Session, write: Write) -> None:
    path = write("名称\tlng\tlat\tAB\n甲食堂\t119.98\t31.78\tx\n", "canteens.tsv")
    report = load(session, path, crs="gcj02", secrecy="public")
    row = session.execute(
        text(
            "SELECT sha256, crs_stated, crs_used, encoding, columns, report, secrecy FROM delivery"
        )
    ).one()
    assert row.sha256 == report.sha256
    assert (row.crs_stated, row.crs_used) == ("gcj02", "GCJ-02")
    assert row.columns == {"名称": "name", "lng": "lon", "lat": "lat", "AB": "extra"}
    assert row.report["kept"] == 1
    assert stored(session, "extra, is_published, position_quality") == [
        ({"AB": "x"}, True, "approximate")
    ]


def test_the_report_has_the_agreed_keys(session: Session, write: Write) -> None:
    made = load(session, write("名称,经度,纬度\n甲食堂,119.98,31.78\n")).as_json()
    agreed = {
        "rows_read", "kept", "merged", "updated", "unchanged", "refused", "review", "encoding",
        "crs", "repairs", "problems", "seconds",
    }  # fmt: skip
    assert agreed <= set(made)
    assert set(made["crs"]) == {"declared", "used", "candidates"}
    json.dumps(made)


def test_loading_again_changes_nothing(session: Session, write: Write) -> None:
    path = write("名称,经度,纬度,备注\n甲食堂,119.98,31.78,好\n乙食堂,119.99,31.78,\n")
    load(session, path)
    before = stored(session, "id, row_version, validity")
    again = load(session, path, on=date(2026, 3, 1))
    assert (again.counts.unchanged, again.counts.kept) == (2, 0)
    assert stored(session, "id, row_version, validity") == before


def test_a_change_begins_a_version_and_keeps_the_old_one(session: Session, write: Write) -> None:
    load(
        session,
        write("名称,经度,纬度,床位\n甲养老院,119.98,31.78,50\n乙养老院,119.9,31.7,9\n", "a.csv"),
    )
    session.execute(
        text("INSERT INTO facility_rating (facility_id, scheme, level) "
             "SELECT id, 'GB/T 37276', '三级' FROM facility WHERE name = '甲养老院'")
    )  # fmt: skip
    newer = write("名称,经度,纬度,床位\n甲养老院,119.98,31.78,80\n乙养老院,119.9,31.7,9\n", "b.csv")
    report = load(session, newer, on=date(2026, 6, 1))
    assert (report.counts.updated, report.counts.unchanged) == (1, 1)
    versions = stored(session, "beds_total, lower(validity), upper(validity)")
    assert sorted(versions) == [
        (9, DAY, None),
        (50, DAY, date(2026, 6, 1)),
        (80, date(2026, 6, 1), None),
    ]
    ratings = session.execute(text("SELECT count(*) FROM facility_rating")).scalar()
    assert ratings == 2  # the rating stands with both versions


def test_columns_that_a_delivery_lacks_stay_as_they_are(session: Session, write: Write) -> None:
    load(session, write("名称,经度,纬度,床位,备注\n甲养老院,119.98,31.78,50,旧\n", "a.csv"))
    newer = write("名称,经度,纬度,电话\n甲养老院,119.98,31.78,0519-81234567\n", "b.csv")
    load(session, newer, on=date(2026, 6, 1))
    rows = stored(session, "beds_total, phone, extra")
    assert rows == [(50, None, {"备注": "旧"}), (50, "0519-81234567", {"备注": "旧"})]


def test_a_correction_on_the_same_day_makes_no_empty_version(
    session: Session, write: Write
) -> None:
    load(session, write("名称,经度,纬度,床位\n甲养老院,119.98,31.78,50\n", "a.csv"))
    report = load(session, write("名称,经度,纬度,床位\n甲养老院,119.98,31.78,80\n", "b.csv"))
    assert report.counts.updated == 1
    assert stored(session, "beds_total, lower(validity), upper(validity)") == [(80, DAY, None)]


def test_an_older_delivery_does_not_rewrite_history(session: Session, write: Write) -> None:
    load(session, write("名称,经度,纬度,床位\n甲养老院,119.98,31.78,50\n", "a.csv"))
    older = write("名称,经度,纬度,床位\n甲养老院,119.98,31.78,40\n", "b.csv")
    report = load(session, older, on=date(2025, 1, 1))
    assert report.counts.refused == 1
    assert rules(report) == ["newer_version"]
    assert stored(session, "beds_total") == [(50,)]


def test_identical_repeats_are_merged_and_look_alikes_reviewed(
    session: Session, write: Write
) -> None:
    path = write(
        "名称,地址,经度,纬度\n甲食堂,一号,119.98,31.78\n甲食堂,一号,119.98,31.78\n"
        "甲食堂,二号,119.99,31.78\n甲食堂,一号,119.97,31.78\n"
    )
    report = load(session, path)
    counts = report.counts
    assert (counts.rows_read, counts.kept, counts.merged, counts.review) == (4, 3, 1, 2)
    assert rules(report).count("same_name") == 2
    again = load(session, path).counts
    assert (again.unchanged, again.merged, again.kept) == (3, 1, 0)


def test_a_second_site_of_one_name_in_a_later_file(session: Session, write: Write) -> None:
    load(session, write("名称,地址,经度,纬度\n甲食堂,一号,119.98,31.78\n", "canteen1.csv"))
    both = write(
        "名称,地址,经度,纬度\n甲食堂,二号,119.99,31.78\n甲食堂,一号,119.98,31.78\n", "canteen2.csv"
    )
    counts = load(session, both, on=date(2026, 2, 1)).counts
    assert (counts.kept, counts.unchanged) == (1, 1)
    only = write("名称,地址,经度,纬度\n甲食堂,二号,119.99,31.78\n", "canteen3.csv")
    assert load(session, only, on=date(2026, 3, 1)).counts.unchanged == 1


def test_sites_of_different_kinds_are_never_one(session: Session, write: Write) -> None:
    path = write(
        "名称,类型,经度,纬度\n幸福,养老院,119.98,31.78\n幸福,老年食堂,119.98,31.78\n", "a.csv"
    )
    report = load(session, path)
    assert (report.counts.kept, report.counts.review) == (2, 0)


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        (",119.98,31.78", "name"),
        ("甲食堂,,31.78", "coordinate_number"),
        ("甲食堂,NaN,31.78", "coordinate_number"),
        ("甲食堂,inf,31.78", "coordinate_number"),
        ("甲食堂,1e999,31.78", "coordinate_number"),
        ("甲食堂,0,0", "zero_position"),
        ("甲食堂,38.78,79.98", "axes_swapped"),
        ("甲食堂,219.98,31.78", "coordinate_range"),
        ("甲食堂,119.98,31.78,多余", "cells"),
    ],
)
def test_a_row_that_cannot_be_a_facility_is_kept_as_refused(
    session: Session, write: Write, cells: str, rule: str
) -> None:
    report = load(session, write(f"名称,经度,纬度\n{cells}\n乙食堂,119.9,31.7\n"))
    assert (report.counts.refused, report.counts.kept) == (1, 1)
    assert report.exit_code == 3
    row = session.execute(text("SELECT row_number, rule, message FROM refused_row")).one()
    assert (row.row_number, row.rule) == (1, rule)
    assert row.message


def test_full_width_digits_are_numbers(session: Session, write: Write) -> None:
    load(session, write("名称,经度,纬度,床位\n甲食堂,１１９.９８,３１.７８,１２张\n"))
    assert stored(session, "ST_X(geom), beds_total") == [(119.98, 12)]


def test_a_value_that_cannot_be_read_is_kept_and_reported(session: Session, write: Write) -> None:
    path = write(
        "名称,经度,纬度,床位,统一社会信用代码\n甲食堂,119.98,31.78,约五十,91350100M000100Y5\n"
    )
    report = load(session, path)
    assert sorted(rules(report)) == ["number", "uscc"]
    assert stored(session, "beds_total, uscc, extra") == [
        (None, None, {"床位": "约五十", "统一社会信用代码": "91350100M000100Y5"})
    ]


def test_more_free_beds_than_beds_are_not_believed(session: Session, write: Write) -> None:
    report = load(
        session, write("名称,经度,纬度,床位,空床\n甲养老院,119.98,31.78,10,12\n", "a.csv")
    )
    assert rules(report) == ["beds"]
    assert stored(session, "beds_total, beds_free") == [(10, None)]


def test_the_kind_comes_from_option_column_file_or_name(session: Session, write: Write) -> None:
    plain = "名称,经度,纬度\n幸福之家,119.98,31.78\n"
    report = load(session, write(plain, "a.csv"))
    assert rules(report) == ["kind"]
    assert load(session, write(plain, "a.csv"), facility_kind="日间照料中心").counts.kept == 1
    assert load(session, write(plain, "某市敬老院名单.csv")).counts.kept == 1
    path = write("名称,类型,经度,纬度\n幸福之家,助浴点,119.98,31.78\n", "canteens.csv")
    assert load(session, path).counts.kept == 1
    named = write("名称,经度,纬度\n久安养老院社区长者食堂,119.98,31.78\n", "list.csv")
    assert load(session, named).counts.kept == 1
    kinds = {row[0][0] for row in stored(session, "kinds")}
    assert kinds == {"day_care", "rural_home", "bathing", "canteen"}


def test_a_row_outside_its_stated_division_is_kept_with_the_distance(
    session: Session, write: Write
) -> None:
    square = shapely.box(119.9, 31.7, 120.0, 31.8)
    make_unit(session, code="320402000000", name="天宁区", short_name="天宁", level=3, geom=square)
    path = write(
        "区,名称,经度,纬度\n天宁区,甲食堂,119.95,31.75\n天宁,乙食堂,120.001,31.75\n"
        "江苏省常州市天宁区,丙食堂,119.95,31.76\n无此区,丁食堂,119.95,31.77\n"
    )
    report = load(session, path)
    placed = report.placement
    assert (placed.inside, placed.outside, placed.not_checked) == (2, 1, 1)
    assert report.counts.kept == 4
    problem = next(p for p in report.problems if p.rule == "outside_stated_unit")
    assert problem.row == 2
    assert "95 米" in problem.message  # 0.001° of longitude at 31.75° north
    found = dict(stored(session, "name, admin_code"))
    assert found["甲食堂"] == "320402000000"
    assert found["乙食堂"] is None


def test_without_units_nothing_is_claimed_of_the_division(session: Session, write: Write) -> None:
    report = load(session, write("区,名称,经度,纬度\n天宁区,甲食堂,119.95,31.75\n"))
    assert (report.placement.inside, report.placement.not_checked) == (0, 1)


def test_units_that_come_later_are_no_change_of_the_facility(
    session: Session, write: Write
) -> None:
    path = write("区,名称,经度,纬度\n天宁区,甲食堂,119.95,31.75\n")
    load(session, path)
    square = shapely.box(119.9, 31.7, 120.0, 31.8)
    make_unit(session, code="320402000000", name="天宁区", level=3, geom=square)
    assert load(session, path, on=date(2026, 5, 1)).counts.unchanged == 1
    assert stored(session, "admin_code, upper(validity)") == [("320402000000", None)]


def test_a_dry_run_leaves_no_trace(session: Session, write: Write) -> None:
    report = load(session, write("名称,经度,纬度\n甲食堂,119.95,31.75\n,1,1\n"), dry_run=True)
    assert (report.counts.kept, report.counts.refused, report.dry_run) == (1, 1, True)
    for table in ("facility", "refused_row", "delivery"):
        assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0


def test_geojson_points_are_read_in_its_own_crs(session: Session, tmp_path: Path) -> None:
    lon, lat = 119.9512345, 31.7512345
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {"name": "甲食堂", "beds": 12, "tags": ["a"], "nothing": None},
    }
    line = {"type": "Feature", "geometry": {"type": "LineString", "coordinates": []}}
    empty = {"type": "Feature", "geometry": None, "properties": {"name": "乙食堂"}}
    path = tmp_path / "canteens.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature, line, empty]}))
    report = load(session, path, crs=None)
    assert (report.counts.kept, report.counts.refused) == (1, 2)
    assert stored(session, "ST_X(geom), ST_Y(geom), beds_total, extra") == [
        (lon, lat, 12, {"tags": '["a"]'})
    ]


@pytest.mark.parametrize(
    "header",
    ["名称,纵坐标,横坐标", "名称,X,Y", "名称,north,east"],
)
def test_in_a_surveyors_file_x_is_north(session: Session, write: Write, header: str) -> None:
    load(session, write(f"{header}\n甲食堂,3516000.0,497000.0\n"), crs="CGCS2000 CM 120")
    lon, lat = stored(session, "ST_X(geom), ST_Y(geom)")[0]
    assert (lon, lat) == (pytest.approx(119.968, abs=0.01), pytest.approx(31.767, abs=0.01))


def test_phone_map_coordinates_come_back_to_the_ground(session: Session, write: Write) -> None:
    lon, lat = wgs84_to_gcj02([119.95], [31.75])
    load(
        session, write(f"名称,经度,纬度\n甲食堂,{float(lon[0])!r},{float(lat[0])!r}\n"), crs="gcj02"
    )
    note, x, y = stored(session, "position_note, ST_X(geom), ST_Y(geom)")[0]
    assert "近似" in note
    assert (x, y) == (pytest.approx(119.95, abs=1e-9), pytest.approx(31.75, abs=1e-9))


@pytest.mark.parametrize(
    ("content", "name", "wanted"),
    [
        ("", "a.csv", "空"),
        ("名称,经度,纬度\n", "a.csv", "没有数据行"),
        ("地址,经度,纬度\n某路,1,2\n", "a.csv", "名称"),
        ("名称,地址\n甲,某路\n", "a.csv", "坐标"),
        ("名称,经度,lon,纬度\n甲,1,1,2\n", "a.csv", "坐标"),
        ("名称,名称,经度,纬度\n甲,乙,1,2\n", "a.csv", "重复"),
        ('名称,经度,纬度\n"甲,1,2\n', "a.csv", "引号"),
        ("{", "a.geojson", "GeoJSON"),
        ("[]", "a.geojson", "GeoJSON"),
        ("x", "a.pdf", "不支持|支持"),
        ("名称,密级,经度,纬度\n甲,机密,1,2\n", "a.csv", "密级"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(
    session: Session, write: Write, content: str, name: str, wanted: str
) -> None:
    path = write(content, name)  # type: ignore[call-arg]
    with pytest.raises(DeliveryRefused, match=wanted):
        load(session, path)
    assert session.execute(text("SELECT count(*) FROM delivery")).scalar() == 0


def test_what_the_caller_gets_wrong_is_named(session: Session, write: Write) -> None:
    path = write("名称,经度,纬度\n甲食堂,119.95,31.75\n")
    with pytest.raises(CrsError, match="--crs"):
        load(session, path, crs=None)
    with pytest.raises(BadInput, match="facilities"):
        load_delivery(session, "roads", path)
    with pytest.raises(BadInput, match="canteen"):
        load(session, path, facility_kind="网吧")
    with pytest.raises(DeliveryRefused, match="密级"):
        load(session, path, secrecy="秘密")
    with pytest.raises(BadInput, match="internal"):
        load(session, path, secrecy="whatever")
    with pytest.raises(DeliveryRefused, match="cannot be read"):
        load(session, path.parent / "missing.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_comes_through_in_every_encoding(
    session: Session, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "canteens.csv"
    rows = "".join(f"天宁区,第{n}社区老年食堂,119.95,31.75{n}\n" for n in range(9))
    path.write_bytes(("区,名称,经度,纬度\n" + rows).encode(encoding))
    report = load(session, path)
    assert report.counts.kept == 9
    assert report.encoding_evidence
    assert stored(session)[0] == ("第0社区老年食堂",)
