"""Does a mapping that somebody gave hold, and hold again for the next file of the same headings?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput
from geo.loaders.load import load_delivery
from geo.loaders.report import Report

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
