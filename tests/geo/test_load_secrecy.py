"""Is a secret refused wherever it is marked, and does nothing become public unless stated so?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, DeliveryRefused
from geo.loaders.load import load_delivery
from geo.loaders.report import Report
from geo.loaders.undo import undo_delivery
from tests.factories import make_facility, make_unit

JANUARY, JUNE, SEPTEMBER = date(2026, 1, 1), date(2026, 6, 1), date(2026, 9, 1)


def load(session: Session, folder: Path, content: str, **options: Any) -> Report:
    path = folder / options.pop("name", "养老院.csv")
    path.write_text(content, encoding="utf-8")
    return load_delivery(session, "facilities", path, **{"crs": "cgcs2000", **options})


def home(phone: str, beds: str, heading: str = "电话,床位") -> str:
    return f"名称,经度,纬度,{heading}\n甲养老院,119.97,31.78,{phone},{beds}\n"


def seen(session: Session, on: date) -> list[Any]:
    """Phone and beds as the public reads them on a day."""
    query = text(
        "SELECT phone, beds_total FROM atlas_public.facility WHERE validity @> CAST(:on AS date)"
    )
    return [tuple(row) for row in session.execute(query, {"on": on})]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("名称,经度,纬度,文件密级\n甲食堂,119.95,31.75,机密\n", "a.csv"),
        ("名称,经度,纬度,密 级（必填）\n甲食堂,119.95,31.75,机密★10年\n", "a.csv"),
        ("机密★10年\n名称,经度,纬度\n甲食堂,119.95,31.75\n", "a.csv"),
        ("名称,经度,纬度,备注\n甲食堂,119.95,31.75,绝密\n", "a.csv"),
        ("名称,经度,纬度,备注\n甲食堂,119.95,31.75,【秘密】\n", "a.csv"),
        ("名称,经度,纬度,是否涉密\n甲食堂,119.95,31.75,是\n", "a.csv"),
        ('{"type":"FeatureCollection","密级":"秘密","features":[]}', "a.geojson"),
        ("名称,经度,纬度\n甲食堂,119.95,31.75\n", "机密名单.csv"),
    ],
)
def test_a_mark_anywhere_refuses_the_file(
    session: Session, tmp_path: Path, content: str, name: str
) -> None:
    with pytest.raises(DeliveryRefused, match="密级"):
        load(session, tmp_path, content, name=name, on=JANUARY)
    assert session.execute(text("SELECT count(*) FROM delivery")).scalar() == 0


@pytest.mark.parametrize(
    "row", ["秘密花园食堂,公开,否", "甲食堂,非秘密,不涉密", "甲食堂,无,否", "甲食堂,内部,"]
)
def test_words_that_are_no_marks_pass(session: Session, tmp_path: Path, row: str) -> None:
    content = f"经度,纬度,名称,密级,是否涉密\n119.95,31.75,{row}\n"
    assert load(session, tmp_path, content, on=JANUARY).counts.kept == 1


@pytest.mark.parametrize("secrecy", ["unknown", "internal"])
def test_a_delivery_that_is_not_public_publishes_nothing(
    session: Session, tmp_path: Path, secrecy: str
) -> None:
    load(session, tmp_path, home("0519-11111111", "10"), on=JANUARY, secrecy="public")
    later = load(session, tmp_path, home("0519-99999999", "77"), on=JUNE, secrecy=secrecy)
    assert later.counts.updated == 1
    assert "not_published" in [problem.rule for problem in later.problems]
    # The public goes on seeing what was published, without an end that would tell of a change.
    assert seen(session, JUNE) == seen(session, SEPTEMBER) == [("0519-11111111", 10)]
    latest = "SELECT phone FROM facility WHERE upper_inf(validity)"
    assert session.execute(text(latest)).scalar() == "0519-99999999"
    load(session, tmp_path, home("0519-55555555", "80"), on=SEPTEMBER, secrecy="public")
    assert seen(session, JUNE) == [("0519-11111111", 10)]
    assert seen(session, SEPTEMBER) == [("0519-55555555", 80)]


def test_undoing_gives_the_public_back_what_it_saw(session: Session, tmp_path: Path) -> None:
    load(session, tmp_path, home("0519-11111111", "10"), on=JANUARY, secrecy="public")
    hidden = load(session, tmp_path, home("0519-99999999", "77"), on=JUNE)
    shown = load(session, tmp_path, home("0519-55555555", "80"), on=SEPTEMBER, secrecy="public")
    assert seen(session, SEPTEMBER) == [("0519-55555555", 80)]
    undo_delivery(session, shown.delivery_id or 0)
    assert seen(session, SEPTEMBER) == [("0519-11111111", 10)]
    undo_delivery(session, hidden.delivery_id or 0)
    assert seen(session, SEPTEMBER) == [("0519-11111111", 10)]
    assert session.execute(text("SELECT count(*), count(public_validity) FROM facility")).one() == (
        1, 0,
    )  # fmt: skip


def test_what_is_published_later_ends_what_was_seen(session: Session, tmp_path: Path) -> None:
    load(session, tmp_path, home("0519-11111111", "10"), on=JANUARY, secrecy="public")
    load(session, tmp_path, home("0519-99999999", "77"), on=JUNE)
    load(session, tmp_path, home("0519-99999999", "77"), on=SEPTEMBER, secrecy="public")
    assert seen(session, SEPTEMBER) == [("0519-99999999", 77)]
    assert seen(session, JANUARY) == [("0519-11111111", 10)]


def test_outlines_that_are_not_public_take_none_off_the_map(
    session: Session, tmp_path: Path
) -> None:
    old, new = shapely.box(119.9, 31.7, 120.0, 31.8), shapely.box(119.9, 31.7, 120.0, 31.9)
    code = "320402000000"
    make_unit(session, code=code, name="天宁区", level=3, geom=old, source_date=JANUARY)
    feature = {
        "type": "Feature", "geometry": shapely.geometry.mapping(new),
        "properties": {"区划代码": code, "名称": "天宁区"},
    }  # fmt: skip
    path = tmp_path / "u.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    report = load_delivery(session, "admin-units", path, on=JUNE)
    assert report.counts.updated == 1
    north = text(
        "SELECT ST_YMax(geom) FROM atlas_public.admin_unit WHERE validity @> CAST(:on AS date)"
    )
    assert session.scalars(north, {"on": SEPTEMBER}).all() == [31.8]
    load_delivery(session, "admin-units", path, on=SEPTEMBER, secrecy="public")
    assert session.scalars(north, {"on": SEPTEMBER}).all() == [31.9]


def test_the_same_day_does_not_overwrite_what_is_published(
    session: Session, tmp_path: Path
) -> None:
    load(session, tmp_path, home("0519-11111111", "10"), on=JUNE, secrecy="public")
    again = load(session, tmp_path, home("0519-99999999", "77"), on=JUNE)
    assert again.counts.refused == 1
    assert [problem.rule for problem in again.problems] == ["published_today"]
    assert seen(session, JUNE) == [("0519-11111111", 10)]
    assert load(session, tmp_path, home("0519-11111111", "10"), on=JUNE).counts.unchanged == 1
    assert seen(session, JUNE) == [("0519-11111111", 10)]


def test_a_public_delivery_does_not_publish_what_it_does_not_speak_of(
    session: Session, tmp_path: Path
) -> None:
    load(session, tmp_path, home("0519-11111111", "77"), on=JANUARY, secrecy="internal")
    phone_only = "名称,经度,纬度,电话\n甲养老院,119.97,31.78,0519-11111111\n"
    report = load(session, tmp_path, phone_only, on=JUNE, secrecy="public")
    assert [problem.rule for problem in report.problems] == ["not_published"]
    assert seen(session, JUNE) == []
    load(session, tmp_path, home("0519-11111111", "77"), on=JUNE, secrecy="public")
    assert seen(session, JUNE) == [("0519-11111111", 77)]


def test_a_correction_and_a_new_version_tell_their_own_source(
    session: Session, tmp_path: Path
) -> None:
    columns = "source, source_date, position_quality, position_note IS NULL"
    query = text(f"SELECT {columns} FROM facility WHERE upper_inf(validity)")
    first = home("0519-11111111", "10")
    load(session, tmp_path, first, on=JANUARY, name="一月养老院.csv")
    load(session, tmp_path, first, on=JANUARY, name="更正养老院.csv", crs="gcj02")
    assert session.execute(query).one() == ("更正养老院.csv", JANUARY, "approximate", False)
    load(session, tmp_path, first, on=JUNE, name="六月养老院.csv")
    assert session.execute(query).one() == ("六月养老院.csv", JUNE, "point", True)
    load(session, tmp_path, first, on=SEPTEMBER, name="九月养老院.csv", crs="bd09")
    assert session.execute(query).one() == ("九月养老院.csv", SEPTEMBER, "approximate", False)


def test_no_delivery_takes_the_code_of_a_made_up_facility(session: Session, tmp_path: Path) -> None:
    make_facility(session, code="DEMO-320400-canteen-001", is_synthetic=True, seed=1, method="x")
    make_facility(session, code="MADE-UP", is_synthetic=True, seed=1, method="x")
    rows = [("DEMO-320400-canteen-001", "甲"), ("DEMO-320400-canteen-999", "乙"), ("MADE-UP", "丙")]
    content = "设施编码,名称,经度,纬度\n" + "".join(
        f"{code},{name}食堂,119.97,31.7{n}\n" for n, (code, name) in enumerate(rows)
    )
    report = load(session, tmp_path, content, on=JUNE, secrecy="public", name="canteens.csv")
    assert report.counts.refused == 3
    assert {problem.rule for problem in report.problems} == {"synthetic_code"}
    assert session.execute(text("SELECT bool_and(is_synthetic) FROM facility")).scalar()


def test_a_position_outside_the_country_is_reported_or_refused(
    session: Session, tmp_path: Path
) -> None:
    content = "区,名称,经度,纬度\n天宁区,远方食堂,-119.95,31.75\n天宁区,近处食堂,119.95,31.75\n"
    report = load(session, tmp_path, content, on=JANUARY)
    assert report.counts.kept == 2
    assert [(p.row, p.rule) for p in report.problems] == [(1, "outside_country")]
    square = shapely.box(119.9, 31.7, 120.0, 31.8)
    make_unit(session, code="320402000000", name="天宁区", level=3, geom=square)
    other = load(session, tmp_path, content.replace("食堂", "养老院"), on=JANUARY)
    assert (other.counts.kept, other.counts.refused, other.placement.inside) == (1, 1, 1)
    assert [(p.row, p.rule) for p in other.problems if p.row == 1] == [(1, "outside_country")]


def test_who_delivered_is_remembered_as_an_office(session: Session, tmp_path: Path) -> None:
    office = "天宁区民政局养老服务科"
    load(session, tmp_path, home("0519-11111111", "10"), on=JANUARY, by=office)
    assert session.execute(text("SELECT delivered_by FROM delivery")).scalar() == office
    for person in ("王小明", "养老科 13912345678"):
        with pytest.raises(BadInput, match="--by"):
            load(session, tmp_path, home("0519-11111111", "10"), on=JANUARY, by=person)
