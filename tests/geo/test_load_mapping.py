"""Does a mapping that somebody gave hold, and hold again for the next file of the same headings?"""

from __future__ import annotations

import csv
import json
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, DeliveryRefused
from geo.loaders.load import load_delivery
from geo.loaders.refused import write_refused
from geo.loaders.report import Report
from geo.loaders.templates import columns_of
from geo.loaders.things import KINDS_OF_THING, Options
from tests.factories import make_unit, square
from tests.geo.test_things import geojson

HEADING = "机构全名,所在位置,甲,乙,名称,联系人"
ROW = "示例养老院,和平路1号,119.95,31.75,旧称,某某甲"
GIVEN = {"机构全名": "name", "所在位置": "address", "甲": "lon", "乙": "lat", "名称": "extra"}


def load(session: Session, path: Path, **options: Any) -> Report:
    options = {"crs": "cgcs2000", "on": date(2026, 1, 1), **options}
    return load_delivery(session, "facilities", path, **options)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "养老院.csv"
    path.write_text(f"{HEADING}\n{ROW}\n", "utf-8")
    return path


def mapping(folder: Path, said: Any) -> Path:
    path = folder / "mapping.json"
    path.write_text(said if isinstance(said, str) else json.dumps(said), "utf-8")
    return path


def test_what_was_said_once_holds_for_the_same_headings(
    session: Session, file: Path, tmp_path: Path
) -> None:
    with pytest.raises(Exception, match="坐标"):
        load(session, file)
    first = load(session, file, mapping=mapping(tmp_path, GIVEN))
    assert first.columns["机构全名"] == "name"
    assert first.mapping["given"] == GIVEN
    assert first.personal_columns == ["联系人"]
    stored = session.execute(text("SELECT name, address, extra FROM facility")).one()
    assert tuple(stored) == ("示例养老院", "和平路1号", {"名称": "旧称"})
    file.write_text(
        "名称,联系人,乙,甲,所在位置,机构全名\n旧称,,31.80,119.95,和平路2号,另一养老院\n", "utf-8"
    )
    second = load(session, file)
    assert second.counts.kept == 1
    assert second.mapping["learnt_from"] == first.delivery_id
    assert second.mapping["given"] == GIVEN


def test_a_column_about_persons_stays_out_whatever_is_said(
    session: Session, file: Path, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="个人"):
        load(session, file, mapping=mapping(tmp_path, {**GIVEN, "联系人": "phone"}))


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("{", "JSON"),
        ("[]", "heading"),
        ({"机构全名": 1}, "heading"),
        ({"机构全名": "nombre"}, "nombre"),
        ({"机构全名": "name", "名称": "name"}, "name"),
        ({"没有的列": "name"}, "没有的列"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_named(
    session: Session, file: Path, tmp_path: Path, said: Any, wanted: str
) -> None:
    with pytest.raises(BadInput, match=wanted):
        load(session, file, mapping=mapping(tmp_path, said))
    with pytest.raises(BadInput, match="mapping"):
        load(session, file, mapping=tmp_path / "missing.json")


def test_a_mapping_wins_over_a_likelier_heading(
    session: Session, file: Path, tmp_path: Path
) -> None:
    file.write_text("名称,经度,纬度,东,北\n示例养老院,1,1,119.95,31.75\n", "utf-8")
    load(session, file, mapping=mapping(tmp_path, {"东": "lon", "北": "lat"}))
    stored = session.execute(text("SELECT ST_X(geom), extra FROM facility")).one()
    assert tuple(stored) == (119.95, {"经度": "1", "纬度": "1"})


# --- other kinds ----------------------------------------------------------------

FIELD_OF = {
    "admin-units": "code", "boundary-lines": "left_code", "boundary-markers": "number",
    "place-names": "name", "demand": "people_60", "estates": "households", "projects": "name",
    "zones": "name", "candidates": "name",
}  # fmt: skip
"""A field of each kind without which its row is refused."""


@pytest.mark.parametrize("kind", KINDS_OF_THING)
def test_every_kind_takes_a_mapping_and_learns_it(
    session: Session, tmp_path: Path, kind: str
) -> None:
    make_unit(session, "320402000000", name="天宁区", geom=square(119.9, 31.7))
    make_unit(session, "990101000000", name="某区", geom=square(119.8, 31.7))
    spec = KINDS_OF_THING[kind]
    row = {
        column.heading: column.example.replace("示例区", "天宁区") for column in columns_of(kind)
    }
    field = spec.field(FIELD_OF[kind])
    heading = field.headings[0]
    row["说了算"] = row.pop(heading)
    row["联系人"] = "某某甲"

    def file(name: str, row: dict[str, str]) -> Path:
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as made:
            csv.writer(made).writerows([row.keys(), row.values()])
        return tmp_path / name

    def bring(path: Path, **options: Any) -> Report:
        return load_delivery(session, kind, path, crs="4490", on=date(2026, 1, 1), **options)

    given = file("a.csv", row)
    with suppress(DeliveryRefused):  # a file of demand without counts is refused whole
        assert bring(given, dry_run=True).counts.refused == 1
    first = bring(given, mapping=mapping(tmp_path, {"说了算": field.name}))
    assert (first.counts.kept, first.columns["说了算"]) == (1, field.name)
    turned = file("b.csv", dict(reversed(row.items())))
    second = bring(turned)
    assert second.mapping["learnt_from"] == first.delivery_id
    assert second.counts.unchanged == 1
    without_persons = file("c.csv", {name: cell for name, cell in row.items() if name != "联系人"})
    assert bring(without_persons).mapping["learnt_from"] == second.delivery_id
    with pytest.raises(BadInput, match="beds_total"):
        bring(given, mapping=mapping(tmp_path, {"说了算": "beds_total"}))
    with pytest.raises(BadInput, match="个人"):
        bring(given, mapping=mapping(tmp_path, {"联系人": field.name}))


def test_of_two_sources_with_the_same_headings_each_has_its_own_meaning(
    session: Session, file: Path, tmp_path: Path
) -> None:
    other = {**GIVEN, "机构全名": "extra", "名称": "name"}
    ours = load(session, file, by="天宁区民政局", mapping=mapping(tmp_path, GIVEN))
    theirs = load(session, file, by="新北区民政局", mapping=mapping(tmp_path, other))
    assert load(session, file, by="天宁区民政局").mapping["learnt_from"] == ours.delivery_id
    newest = load(session, file, by="溧阳市民政局").mapping
    assert newest["learnt_from"] in (theirs.delivery_id, theirs.delivery_id + 1)


def test_a_list_of_persons_may_be_counted_by_a_mapping(session: Session, tmp_path: Path) -> None:
    given = tmp_path / "名单.csv"
    given.write_text("出生的那天,经度,纬度\n1950-01-01,119.95,31.75\n", "utf-8")
    said = mapping(tmp_path, {"出生的那天": "birth"})
    options = Options(basis="registered", base_year=2025)
    report = load_delivery(
        session, "demand", given, crs="4490", on=date(2026, 1, 1), mapping=said, options=options
    )
    assert report.counts.kept == 1
    assert "1950" not in report.dumps()


def test_refused_rows_of_a_mapped_file_are_read_by_the_same_mapping(
    session: Session, tmp_path: Path
) -> None:
    given = tmp_path / "片区.csv"
    given.write_text(f"叫什么,WKT,联系人\n,{AREA},某某甲\n", "utf-8")
    said = mapping(tmp_path, {"叫什么": "name"})
    options = {"crs": "4490", "on": date(2026, 1, 1)}
    first = load_delivery(session, "zones", given, mapping=said, **options)  # type: ignore[arg-type]
    assert first.counts.refused == 1
    out = tmp_path / "退回.xlsx"
    write_refused(session, first.delivery_id or 0, out)
    back = load_delivery(session, "zones", out, **options)  # type: ignore[arg-type]
    assert back.mapping["learnt_from"] == first.delivery_id
    assert back.columns["叫什么"] == "name"


AREA = '"POLYGON ((119.95 31.77, 119.96 31.77, 119.96 31.78, 119.95 31.77))"'


def test_geometry_goes_before_columns_that_repeat_it(session: Session, tmp_path: Path) -> None:
    given = tmp_path / "e.geojson"
    values = {"名称": "某小区", "类型": "新建", "户数": 3, "经度": "119", "name": "又名"}
    geojson(given, [(square(119.91, 31.71, 0.01), values)])
    report = load_delivery(session, "estates", given, on=date(2026, 1, 1))
    assert report.counts.kept == 1
    stored = session.execute(text("SELECT ST_XMin(geom), extra FROM estate")).one()
    assert tuple(stored) == (119.91, {"经度": "119", "name": "又名"})
    assert report.format == "GeoJSON"
