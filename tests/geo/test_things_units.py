"""Are delivered divisions matched to the right units, by code, by name, and on the right day?"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.loaders.things.units import is_same_but_ending
from geo.loaders.undo import undo_delivery
from tests.factories import during, make_city, make_event, make_unit, square
from tests.geo.test_things import fates, geojson, load, rules

TODAY = date(2026, 10, 1)


@pytest.fixture
def town(session: Session) -> None:
    """Two districts with one township name in common, and a city above them."""
    make_city(session, "320400000000", name="常州市")
    for code, name, west in (("320402000000", "天宁区", 119.9), ("320411000000", "新北区", 120.1)):
        make_unit(session, code, name=name, geom=square(west, 31.7), source_date=date(2026, 7, 1))
    for code, name in (
        ("320402001000", "红梅街道"), ("320402100000", "良乡镇"), ("320411001000", "红梅街道"),
    ):  # fmt: skip
        make_unit(
            session, code, name=name, level=4, parent_code=f"{code[:6]}000000", geom=None,
            source_date=date(2026, 7, 1),
        )  # fmt: skip


def shape(west: float, n: int = 0) -> Any:
    return square(west + 0.01 + n * 0.02, 31.71, 0.01)


def drawn(session: Session) -> dict[str, str]:
    rows = session.execute(
        text("SELECT code, name FROM admin_unit WHERE level = 4 AND geom IS NOT NULL")
    )
    return {row.code: row.name for row in rows}


@pytest.mark.usefixtures("town")
def test_a_name_counts_within_its_stated_superior(session: Session, tmp_path: Path) -> None:
    file = geojson(
        tmp_path / "u.geojson",
        [(shape(119.9), {"名称": "红梅街道", "区": "天宁区"}),
         (shape(120.1), {"名称": "红梅街道", "区": "常州市新北区"}),
         (shape(119.9, 1), {"名称": "良乡地区办事处", "区": "天宁区"}),
         (shape(119.9, 2), {"名称": "某某街道", "区": "天宁区"}),
         (shape(119.9, 3), {"名称": "红梅街道", "区": "没有区"})],
    )  # fmt: skip
    report = load(session, "admin-units", file, on=TODAY, secrecy="public")
    assert fates(report) == (5, 0, 0, 3, 0, 2)
    assert drawn(session) == {
        "320402001000": "红梅街道", "320411001000": "红梅街道", "320402100000": "良乡镇",
    }  # fmt: skip
    assert sorted(rules(report)) == ["matched_by_suffix", "no_code", "parent"]
    assert fates(load(session, "admin-units", file, on=TODAY)) == (5, 0, 0, 0, 3, 2)


@pytest.mark.usefixtures("town")
def test_without_a_superior_the_ground_tells_and_a_city_is_too_wide(
    session: Session, tmp_path: Path
) -> None:
    file = geojson(tmp_path / "u.geojson", [(shape(120.1), {"名称": "红梅街道"})])
    assert load(session, "admin-units", file, on=TODAY).counts.updated == 1
    assert list(drawn(session)) == ["320411001000"]
    nowhere = geojson(
        tmp_path / "v.geojson", [(square(121, 30, 0.01), {"名称": "红梅街道", "区": "常州市"})]
    )
    report = load(session, "admin-units", nowhere, on=TODAY)
    assert report.problems[0].rule == "no_code"
    assert "320402001000" in report.problems[0].message
    assert "320411001000" in report.problems[0].message


@pytest.mark.usefixtures("town")
def test_codes_are_checked_against_the_record(session: Session, tmp_path: Path) -> None:
    make_event(session, [("320499000000", "旧区")], [("320402000000", "天宁区")], event_year=2010)
    make_event(
        session, [("320498000000", "分区")],
        [("320402000000", "天宁区"), ("320411000000", "新北区")], event_year=2010,
    )  # fmt: skip
    make_unit(session, "320403000000", name="撤区", validity=during(None, date(2020, 1, 1)))
    rows = [
        {"区划代码": "320499", "名称": "旧区"},
        {"区划代码": "320498", "名称": "分区"},
        {"区划代码": "320411", "名称": "新北区", "级别": "街道"},
        {"区划代码": "320411001", "名称": "红梅街道", "上级": "天宁区"},
        {"区划代码": "320411009", "名称": "新设街道", "上级": "新北区"},
        {"区划代码": "320477", "名称": None},
        {"区划代码": "320403", "名称": "撤区"},
    ]
    file = geojson(tmp_path / "u.geojson", [(shape(119.9, n), row) for n, row in enumerate(rows)])
    report = load(session, "admin-units", file, on=TODAY, secrecy="public")
    by_row = {p.row: p for p in report.problems if p.rule not in ("overlap_stored", "other_name")}
    assert by_row[1].rule == "old_code"
    assert "320499 旧区 →(2010 更名)→ 320402 天宁区" in by_row[1].message
    assert [by_row[n].rule for n in (2, 3, 4, 6, 7)] == [
        "old_code", "level", "parent", "unknown_code", "code_not_in_force",
    ]  # fmt: skip
    assert fates(report) == (7, 1, 0, 1, 0, 5)
    new = session.execute(
        text("SELECT level, parent_code, unit_type, short_name FROM admin_unit "
             "WHERE code = '320411009000'")
    ).one()  # fmt: skip
    assert tuple(new) == (4, "320411000000", "街道", "新设")


@pytest.mark.usefixtures("town")
def test_an_older_edition_is_a_version_that_ends_where_the_stored_source_begins(
    session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "320402.json"
    file.write_text(
        '{"type":"Polygon","coordinates":[[[119.9,31.7],[119.98,31.7],[119.98,31.8],[119.9,31.8],'
        "[119.9,31.7]]]}",
        encoding="utf-8",
    )
    before = session.execute(EVERYTHING).all()
    report = load(session, "admin-units", file, on=date(2016, 7, 31), crs="4490")
    assert fates(report) == (1, 0, 0, 1, 0, 0)
    versions = session.execute(
        text("SELECT lower(validity), upper(validity), round(ST_XMax(geom)::numeric, 2)::float8 "
             "FROM admin_unit WHERE code = '320402000000' ORDER BY validity")
    ).all()  # fmt: skip
    edge = date(2026, 7, 1)
    assert [tuple(row) for row in versions] == [
        (None, date(2016, 7, 31), 120.0), (date(2016, 7, 31), edge, 119.98), (edge, None, 120.0),
    ]  # fmt: skip
    again = load(session, "admin-units", file, on=date(2016, 7, 31), crs="4490")
    assert again.counts.unchanged == 1
    undo_delivery(session, again.delivery_id)
    undo_delivery(session, report.delivery_id)
    assert session.execute(EVERYTHING).all() == before


EVERYTHING = text(
    "SELECT id, code, name, validity, validity_note, geometry_note, source, is_published, "
    "ST_AsText(geom) FROM admin_unit ORDER BY id"
)


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [("良乡地区办事处", "良乡镇", True), ("花乡地区办事处", "花乡街道", True),
     ("北京市东城区东华门街道", "东华门街道", True), ("宛平城地区办事处", "宛平街道", False),
     ("长辛店镇", "长阳镇", False), ("镇", "东镇", False)],
)  # fmt: skip
def test_names_that_differ_only_in_their_ending(name: str, other: str, same: bool) -> None:
    assert is_same_but_ending(name, other) is same
