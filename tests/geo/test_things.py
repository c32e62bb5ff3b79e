"""Do zones, units, lines, markers, estates, projects, demand and names load as facilities do?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import DatumShift
from geo.errors import CrsError, DeliveryRefused
from geo.loaders.load import load_delivery
from geo.loaders.report import Report
from geo.loaders.things import Options
from geo.loaders.undo import undo_delivery
from tests.factories import make_event, make_line, make_unit, square

DAY = date(2026, 1, 1)


def geojson(path: Path, rows: list[tuple[Any, dict[str, Any]]]) -> Path:
    """A FeatureCollection of (shape or None, properties)."""
    features = [
        {"type": "Feature", "properties": values,
         "geometry": None if shape is None else json.loads(shapely.to_geojson(shape))}
        for shape, values in rows
    ]  # fmt: skip
    whole = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    return path


def load(session: Session, kind: str, path: Path, **options: Any) -> Report:
    options.setdefault("on", DAY)
    return load_delivery(session, kind, path, **options)


def rules(report: Report) -> list[str]:
    return [problem.rule for problem in report.problems]


def fates(report: Report) -> tuple[int, ...]:
    c = report.counts
    return c.rows_read, c.kept, c.merged, c.updated, c.unchanged, c.refused


SIDE = 0.01


def test_zones_are_kept_with_the_division_around_them(session: Session, tmp_path: Path) -> None:
    make_unit(session, "320402000000", name="天宁区", geom=square(119.9, 31.7))
    file = geojson(
        tmp_path / "zones.geojson",
        [(square(119.91, 31.71, SIDE), {"名称": "甲片区", "类型": "分析片区", "备注": "一"}),
         (square(119.92, 31.71, SIDE), {"名称": "乙片区", "类型": "分析片区", "备注": None})],
    )  # fmt: skip
    report = load(session, "zones", file)
    assert fates(report) == (2, 2, 0, 0, 0, 0)
    rows = session.execute(
        text("SELECT name, kind, parent_code, extra, lower(validity) FROM planning_zone ORDER BY 1")
    ).all()
    assert [tuple(row) for row in rows] == [
        ("乙片区", "分析片区", "320402000000", None, DAY),
        ("甲片区", "分析片区", "320402000000", {"备注": "一"}, DAY),
    ]
    assert fates(load(session, "zones", file, on=date(2026, 2, 1))) == (2, 0, 0, 0, 2, 0)


def test_an_invalid_polygon_is_mended_or_refused_with_its_areas(
    session: Session, tmp_path: Path
) -> None:
    bow = shapely.Polygon([(120, 31), (120.01, 31.01), (120.01, 31), (120, 31.01)])
    shell = [(120.1, 31), (120.2, 31), (120.2, 31.1), (120.1, 31.1)]
    apart = [(120.3, 31), (120.4, 31), (120.4, 31.1), (120.3, 31.1)]
    flattened = shapely.Polygon(shell, [apart])
    file = geojson(tmp_path / "z.geojson", [(bow, {"名称": "甲"}), (flattened, {"名称": "乙"})])
    report = load(session, "zones", file)
    assert fates(report) == (2, 1, 0, 0, 0, 1)
    refused, mended = report.repairs
    assert (refused["outcome"], mended["outcome"]) == ("refused", "repaired")
    assert refused["area_before_m2"] < refused["area_after_m2"] / 100
    assert mended["change_percent"] < 1e-6
    assert mended["area_after_m2"] == pytest.approx(2 * 1.06e8, rel=0.02)
    assert report.problems[0].rule == "invalid_geometry"
    parts = session.scalar(text("SELECT ST_NumGeometries(geom) FROM planning_zone"))
    assert parts == 2


def test_overlaps_and_gaps_between_neighbours_are_listed_with_areas(
    session: Session, tmp_path: Path
) -> None:
    ring = shapely.Polygon(shapely.box(120, 31, 120.03, 31.03).exterior.coords,
                           [shapely.box(120.01, 31.01, 120.02, 31.02).exterior.coords])  # fmt: skip
    left = ring.intersection(shapely.box(120, 31, 120.015, 31.03))
    right = ring.intersection(shapely.box(120.0149, 31, 120.03, 31.03))
    file = geojson(tmp_path / "z.geojson", [(left, {"名称": "西"}), (right, {"名称": "东"})])
    report = load(session, "zones", file)
    assert rules(report).count("overlap") == 1
    assert rules(report).count("gap") == 1
    gap = next(p for p in report.problems if p.rule == "gap")
    assert "105." in gap.message or "106." in gap.message  # hectares of 0.01° × 0.01° at 31° N


@pytest.mark.parametrize(
    ("at", "rule"),
    [((0, 0), "zero_position"), ((500, 31), "coordinate_range")],
)
def test_a_shape_in_an_impossible_place_is_refused(
    session: Session, tmp_path: Path, at: tuple[float, float], rule: str
) -> None:
    shape = shapely.Polygon([at, (at[0] + 0.1, at[1]), (at[0], at[1] + 0.1)])
    report = load(session, "zones", geojson(tmp_path / "z.geojson", [(shape, {"name": "甲"})]))
    assert [p.rule for p in report.problems] == [rule]
    assert report.counts.refused == 1


def test_exchanged_axes_are_put_right_and_told(session: Session, tmp_path: Path) -> None:
    shapes = [(shapely.box(31.7, 119.9 + n / 10, 31.71, 119.91 + n / 10), {"name": str(n)})
              for n in range(3)]  # fmt: skip
    report = load(session, "zones", geojson(tmp_path / "z.geojson", shapes))
    assert (report.counts.kept, set(rules(report))) == (3, {"axes_swapped"})
    middle = text("SELECT min(ST_X(ST_Centroid(geom))) FROM planning_zone")
    assert session.scalar(middle) == pytest.approx(119.905)


def test_degrees_minutes_seconds_and_unreadable_coordinates(
    session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "estates.csv"
    file.write_text(
        "小区名称,类型,户数,经度,纬度\n示例一村,新建,12,119°57′00″E,31°45′00″N\n"
        "示例二村,新建,12,某处,31°45′00″N\n示例三村,新建,12,,\n",
        encoding="utf-8",
    )
    report = load(session, "estates", file, crs="4490")
    assert (fates(report), rules(report)) == ((3, 2, 0, 0, 0, 1), ["coordinate_number"])
    at = session.execute(text("SELECT ST_X(geom), ST_Y(geom) FROM estate WHERE geom IS NOT NULL"))
    assert tuple(at.one()) == pytest.approx((119.95, 31.75))


def test_a_zone_outside_its_stated_division_is_kept_with_the_share(
    session: Session, tmp_path: Path
) -> None:
    make_unit(session, "320402000000", name="天宁区", geom=square(119.9, 31.7))
    half = shapely.box(119.99, 31.71, 120.01, 31.72)
    far = square(121.0, 31.7, SIDE)
    file = geojson(
        tmp_path / "z.geojson",
        [(half, {"名称": "甲", "所属区": "天宁区"}), (far, {"名称": "乙", "所属区": "天宁区"})],
    )
    report = load(session, "zones", file)
    assert report.counts.kept == 2
    assert (report.placement.inside, report.placement.outside) == (0, 2)
    assert "50%" in report.problems[0].message
    assert "米" in report.problems[1].message


def test_a_new_edition_of_a_zone_is_a_version(session: Session, tmp_path: Path) -> None:
    file = geojson(tmp_path / "z.geojson", [(square(120, 31, SIDE), {"编码": "Z1", "名称": "甲"})])
    load(session, "zones", file)
    wider = geojson(
        tmp_path / "z.geojson", [(square(120, 31, 2 * SIDE), {"编码": "Z1", "名称": "甲"})]
    )
    assert load(session, "zones", wider, on=date(2026, 6, 1)).counts.updated == 1
    days = session.execute(
        text("SELECT lower(validity), upper(validity) FROM planning_zone ORDER BY 1")
    ).all()
    assert [tuple(row) for row in days] == [(DAY, date(2026, 6, 1)), (date(2026, 6, 1), None)]
    late = load(session, "zones", file, on=date(2025, 6, 1))
    assert [p.rule for p in late.problems] == ["newer_version"]


def test_rows_of_one_own_code_that_differ_are_both_refused(
    session: Session, tmp_path: Path
) -> None:
    file = geojson(
        tmp_path / "z.geojson",
        [(square(120, 31, SIDE), {"编码": "Z1", "名称": "甲"}),
         (square(121, 31, SIDE), {"编码": "Z1", "名称": "乙"}),
         (square(122, 31, SIDE), {"编码": "Z2", "名称": "丙"}),
         (square(122, 31, SIDE), {"编码": "Z2", "名称": "丙"})],
    )  # fmt: skip
    assert fates(load(session, "zones", file)) == (4, 1, 1, 0, 0, 2)


def test_wkt_in_a_csv_and_points_where_polygons_are_needed(
    session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "z.csv"
    file.write_text(
        '名称,WKT\n甲,"POLYGON((120 31,120.1 31,120.1 31.1,120 31))"\n乙,POINT(120 31)\n丙,\n',
        encoding="utf-8",
    )
    with pytest.raises(CrsError):
        load(session, "zones", file)
    report = load(session, "zones", file, crs="4490")
    assert fates(report) == (3, 1, 0, 0, 0, 2)
    assert sorted(p.rule for p in report.problems) == ["geometry_type", "no_geometry"]


def test_a_file_without_shapes_says_what_is_missing(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "z.csv"
    file.write_text("名称\n甲\n", encoding="utf-8")
    with pytest.raises(DeliveryRefused, match=r"Polygon/MultiPolygon"):
        load(session, "zones", file, crs="4490")


# --- estates, projects ---------------------------------------------------------


def test_estates_need_their_type_and_dwellings(session: Session, tmp_path: Path) -> None:
    make_unit(session, "320402000000", name="天宁区", geom=square(119.9, 31.7))
    file = tmp_path / "estates.csv"
    file.write_text(
        "小区名称,类型,户数,移交面积,移交日期,批准日期,经度,纬度,物业经理手机,开发商\n"
        "示例一村,新建,1200户,360㎡,2025-01-01,2020-05-01,119.95,31.75,13800138000,甲公司\n"
        "示例二村,已建,,200,,,119.95,31.76,13800138001,乙公司\n"
        "示例三村,旧的,300,100,,,119.95,31.77,,\n"
        "示例四村,新建,300,100,2019-01-01,2020-01-01,119.95,31.77,,\n",
        encoding="utf-8",
    )
    report = load(session, "estates", file, crs="4490")
    assert fates(report) == (4, 1, 0, 0, 0, 3)
    assert {"households", "estate_type", "date_order"} <= set(rules(report)) or {
        "number",
        "estate_type",
        "date_order",
    } <= set(rules(report))
    row = session.execute(
        text("SELECT name, estate_type, households, handed_over_m2, admin_code, extra FROM estate")
    ).one()
    assert tuple(row) == ("示例一村", "new", 1200, 360.0, "320402000000", {"开发商": "甲公司"})
    assert report.personal_columns == ["物业经理手机"]


def test_projects_in_ten_thousands_of_yuan_and_without_positions(
    session: Session, tmp_path: Path
) -> None:
    make_unit(session, "320402000000", name="天宁区", geom=square(119.9, 31.7))
    file = tmp_path / "projects.csv"
    file.write_text(
        "项目名称,总投资(万元),已拨付,进度,牵头单位,负责人,区,竣工日期,开工日期\n"
        "示例养老中心,1200,3.5万元,45%,区民政局,某人,天宁区,,2025-01-01\n"
        "示例改造,100,,145%,区民政局,某人,天宁区,2024-01-01,2025-01-01\n",
        encoding="utf-8",
    )
    report = load(session, "projects", file)
    assert report.counts.kept == 1, report.problems
    row = session.execute(
        text("SELECT funding_planned_cny, funding_paid_cny, progress_percent, lead_role, "
             "admin_code, geom IS NULL FROM construction_project")
    ).one()  # fmt: skip
    assert tuple(row) == (12_000_000, 35_000, 45, "区民政局", "320402000000", True)
    assert report.problems[0].rule == "date_order"
    everything = session.execute(text("SELECT report::text FROM delivery")).scalar_one()
    assert "某人" not in everything


# --- lines, markers -------------------------------------------------------------


def test_lines_know_both_sides_and_follow_old_codes(session: Session, tmp_path: Path) -> None:
    make_unit(session, "320402000000", name="天宁区")
    make_unit(session, "320413000000", name="金坛区")
    make_event(
        session, [("320482000000", "金坛市")], [("320413000000", "金坛区")], kind="撤市设区",
        event_year=2015,
    )  # fmt: skip
    line = shapely.LineString([(119.9, 31.7), (119.91, 31.71)])
    file = geojson(
        tmp_path / "lines.geojson",
        [(line, {"界线代码": "A1", "左侧": "320402", "右侧": "320482", "依据": "协议"}),
         (line, {"界线代码": "A2", "左侧": "天宁区", "右侧": "天宁区", "依据": "详图"}),
         (line, {"界线代码": "A3", "左侧": "天宁区", "右侧": "没有区", "依据": "详图"}),
         (line, {"界线代码": "A4", "左侧": "天宁区", "右侧": "金坛区", "依据": "传说"})],
    )  # fmt: skip
    report = load(session, "boundary-lines", file)
    assert fates(report) == (4, 1, 0, 0, 0, 3)
    [old] = [p for p in report.problems if p.rule == "old_code"]
    assert "320482 金坛市 →(2015 撤市设区)→ 320413 金坛区" in old.message
    row = session.execute(text("SELECT code, left_code, right_code, level FROM boundary_line"))
    assert tuple(row.one()) == ("A1", "320402000000", "320413000000", 3)


def test_markers_are_held_against_the_lines_on_record(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "markers.csv"
    file.write_text("界桩编号,界线代码,纵坐标,横坐标\n3204001A,3204,31.7,119.9\n"
                    "3299002A,3299、3204,31.71,119.9\n", "utf-8")  # fmt: skip
    report = load(session, "boundary-markers", file, crs="cgcs2000", dry_run=True)
    assert [p for p in report.problems if p.rule == "unknown_line"] == []  # no line to compare with
    make_line(session, "320402000000", "320411000000", code="3204")
    report = load(session, "boundary-markers", file, crs="cgcs2000")
    [unknown] = [p for p in report.problems if p.rule == "unknown_line"]
    assert (unknown.row, unknown.column) == (2, "界线代码")
    assert "3299，" in unknown.message
    assert report.counts.kept == 2


def test_markers_keep_their_archived_coordinates(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "markers.csv"
    file.write_text(
        "界桩编号,纵坐标,横坐标,高程,材质,一号方位物名称,一号方位物距离\n"
        "3204001A,3514000.5,40500100.25,12.3,石质,独立树,35米\n"
        "无线桩,3514000.5,40500100.25,12.3,石质,,\n",
        encoding="utf-8",
    )
    report = load(session, "boundary-markers", file, crs="EPSG:2364")  # Xian 80, zone 40
    assert fates(report) == (2, 1, 0, 0, 0, 1), report.problems
    row = session.execute(
        text("SELECT number, line_codes, serial, type_code, archived_crs, archived_x, archived_y, "
             "is_approximate, reference_objects, ST_X(geom), ST_Y(geom) FROM boundary_marker")
    ).one()  # fmt: skip
    assert tuple(row[:8]) == (
        "3204001A", ["3204"], 1, "A", "EPSG:2364", 3514000.5, 40500100.25, True,
    )  # fmt: skip
    assert row[8] == [{"名称": "独立树", "距离": "35米"}]
    assert (row[9], row[10]) == pytest.approx((120.001, 31.75), abs=0.01)
    shifted = load(
        session, "boundary-markers", file, crs="EPSG:2364", datum_shift=DatumShift(1, 2, 3),
        on=date(2026, 2, 1),
    )  # fmt: skip
    assert shifted.counts.updated == 1
    now = text("SELECT is_approximate FROM boundary_marker WHERE upper_inf(validity)")
    assert session.scalar(now) is False


# --- demand ---------------------------------------------------------------------


def test_demand_needs_its_basis_and_year(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "grid.csv"
    file.write_text("格网编码,经度,纬度,60岁及以上\nG1,119.95,31.75,120\n", encoding="utf-8")
    with pytest.raises(DeliveryRefused, match="--basis"):
        load(session, "demand", file, crs="4490")
    stated = Options(basis="resident", base_year=2020)
    assert load(session, "demand", file, crs="4490", options=stated).counts.kept == 1
    other = Options(basis="registered", base_year=2020)
    assert load(session, "demand", file, crs="4490", options=other).counts.kept == 1
    assert load(session, "demand", file, crs="4490", options=other).counts.unchanged == 1
    file.write_text("格网编码,经度,纬度,60岁及以上\nG1,119.95,31.75,121\n", encoding="utf-8")
    assert load(session, "demand", file, crs="4490", options=other).counts.updated == 1
    rows = session.execute(text("SELECT basis, people_60 FROM demand_cell ORDER BY 1")).all()
    assert [tuple(row) for row in rows] == [("registered", 121), ("resident", 120)]


def test_demand_polygons_stand_for_their_point_and_ages_nest(
    session: Session, tmp_path: Path
) -> None:
    year = {"年份": 2020, "口径": "常住"}
    file = geojson(
        tmp_path / "cells.geojson",
        [(square(120, 31, SIDE), {"60+": 10, "65+": 6, "80+": 1, **year}),
         (square(121, 31, SIDE), {"60+": 10, "65+": 60, "80+": 1, **year}),
         (square(122, 31, SIDE), {"60+": "很多", "65+": 60, **year})],
    )  # fmt: skip
    report = load(session, "demand", file)
    assert fates(report) == (3, 1, 0, 0, 0, 2)
    row = session.execute(
        text("SELECT ST_Covers(area, geom), people_60, people_65, people_80 FROM demand_cell")
    ).one()
    assert tuple(row) == (True, 10, 6, 1)


def test_a_list_of_persons_becomes_counts_and_nothing_else(
    session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "名单.csv"
    file.write_text(
        "姓名,身份证号,出生日期,联系电话,备注,经度,纬度\n"
        "张某一,,1950-01-01,13800138000,秘语甲,119.9501,31.7501\n"
        "张某二,,1938-05-05,13800138001,秘语乙,119.9502,31.7502\n"
        "张某三,,1990-05-05,13800138002,秘语丙,119.9502,31.7502\n"
        "张某四,,不详,13800138003,秘语丁,119.9502,31.7502\n",
        encoding="utf-8",
    )
    options = Options(basis="registered", base_year=2025)
    report = load(session, "demand", file, crs="4490", options=options)
    assert fates(report) == (4, 1, 1, 0, 0, 2)
    row = session.execute(
        text("SELECT people_60, people_65, people_80, people_total, extra FROM demand_cell")
    ).one()
    assert tuple(row) == (2, 2, 1, None, None)
    stored = " ".join(
        session.execute(text(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t"))
        .scalar_one() for table in ("demand_cell", "refused_row", "delivery", "delivery_change")
    )  # fmt: skip
    for word in ("张某", "1950", "1938", "1990", "13800", "秘语"):
        assert word not in stored
        assert word not in report.dumps()
    assert load(session, "demand", file, crs="4490", options=options).counts.unchanged == 1


# --- place names ----------------------------------------------------------------


def test_place_names_with_other_names_years_and_listing(session: Session, tmp_path: Path) -> None:
    make_unit(session, "320402000000", name="天宁区", geom=square(119.9, 31.7))
    road = shapely.LineString([(119.95, 31.75), (119.96, 31.76)])
    values = {
        "地名代码": "32040223510000000001", "标准名称": "示例路", "曾用名": "旧一路、旧二路",
        "启用年份": "1950年", "来历": "因桥得名", "名录": "示例名录", "名录级别": "市级",
        "公布年份": 2020, "备注": "一",
    }  # fmt: skip
    file = geojson(tmp_path / "names.geojson", [(road, values)])
    report = load(session, "place-names", file, secrecy="public")
    assert fates(report) == (1, 1, 0, 0, 0, 0), report.problems
    place = session.execute(
        text("SELECT id, feature_class, located_in, origin, is_published FROM place")
    ).one()
    assert tuple(place[1:]) == ("R", "320402000000", "因桥得名", True)
    names = session.execute(
        text("SELECT name, kind, start_earliest FROM place_name ORDER BY kind DESC, name")
    ).all()
    assert [tuple(row) for row in names] == [
        ("示例路", "standard", 1950), ("旧一路", "former", None), ("旧二路", "former", None),
    ]  # fmt: skip
    kind = session.scalar(text("SELECT ST_GeometryType(geom) FROM place_position"))
    assert kind == "ST_LineString"
    said = "SELECT list_name, list_level, listed_year FROM heritage_listing"
    listing = session.execute(text(said))
    assert tuple(listing.one()) == ("示例名录", "city", 2020)
    assert load(session, "place-names", file, secrecy="public").counts.unchanged == 1
    longer = shapely.LineString([(119.95, 31.75), (119.97, 31.77)])
    more = geojson(tmp_path / "names.geojson", [(longer, {**values, "别名": "又一路"})])
    changed = load(session, "place-names", more, secrecy="public")
    assert changed.counts.updated == 1
    assert session.scalar(text("SELECT count(*) FROM place_name")) == 4
    assert session.scalar(text("SELECT count(*) FROM place_position")) == 1
    undo_delivery(session, changed.delivery_id)
    assert session.scalar(text("SELECT count(*) FROM place_name")) == 3
    length = session.scalar(text("SELECT ST_Length(geom) FROM place_position"))
    assert length == pytest.approx(road.length)
    undo_delivery(session, report.delivery_id + 1)
    undo_delivery(session, report.delivery_id)
    assert session.scalar(text("SELECT count(*) FROM place_name")) == 0


def test_names_of_an_unstated_kind_are_uncertain_aliases(session: Session, tmp_path: Path) -> None:
    file = geojson(tmp_path / "n.geojson", [(shapely.Point(119.95, 31.75), {"title": "某宅"})])
    report = load(session, "place-names", file)
    assert rules(report) == ["name_kind"]
    row = session.execute(text("SELECT kind, certainty FROM place_name")).one()
    assert tuple(row) == ("alias", "uncertain")
