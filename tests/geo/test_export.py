"""Does every result leave whole in each format, say what it rests on, and keep what it must?"""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
from sqlalchemy.orm import Session

from geo.access.coverage import coverage
from geo.access.export import RESULTS, Layer, Wanted, check_format, result, write
from geo.access.export.formats import FORMATS, plain
from geo.access.scenario import Change, keep_scenario
from geo.errors import BadInput, NotAllowed
from tests.factories import (
    make_candidate,
    make_cell,
    make_city,
    make_estate,
    make_facility,
    make_unit,
    make_zone,
    multi,
    square,
)

DAY = date(2026, 9, 1)
CITY = "320400000000"
EVIL = "=HYPERLINK(1)"
SAID = ("unit", "on_date", "source", "method", "is_synthetic", "mark", "computed_at")


@pytest.fixture
def town(session: Session) -> Session:
    """Two districts and a zone, elders, a canteen, an estate, two candidates; partly synthetic."""
    make_city(session)
    make_unit(session, "320402000000", name=EVIL, geom=square(119.9, 31.7))
    make_unit(session, "320404000000", name="乙区", geom=square(120.0, 31.7))
    make_zone(
        session, "Z1", name="片区", parent_code="320402000000", geom=multi(square(119.9, 31.7))
    )
    make_cell(session, (119.95, 31.75), 1234)
    make_cell(session, (120.05, 31.75), 6, is_synthetic=True)
    make_facility(session, (119.951, 31.75), code="A", is_published=True, beds_total=20)
    make_estate(session, code="E1", admin_code="320402000000")
    make_candidate(session, (120.05, 31.751), code="K1", name="示例一")
    make_candidate(session, (119.97, 31.78), code="K2", name="示例二", floor="-1")
    return session


def _wanted(session: Session, name: str, **given: Any) -> Wanted:
    asked: dict[str, Any] = {"city": CITY, "on": DAY}
    if name == "missing":
        asked["areas"] = "zone"
    if name == "series":
        asked["days"] = [date(2025, 12, 31), DAY]
    if name == "isochrones":
        asked["facility"] = "A"
    if name == "sites":
        asked["sites"] = 1
    if name == "scenario":
        kept = keep_scenario(
            session, city=CITY, name="方案", kind="canteen", on=DAY, owner_role="planner",
            changes=[Change("add", candidate_code="K1")],
        )  # fmt: skip
        asked["scenario"] = kept.id
    return Wanted(**(asked | given))


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_in_every_format(town: Session, tmp_path: Path, name: str) -> None:
    layer = result(town, name, _wanted(town, name))
    count = len(layer.shapes)
    assert all(len(values) == count for values in layer.columns.values())
    assert tuple(layer.columns)[-len(SAID) :] == SAID
    files = {ending: tmp_path / f"r{ending}" for ending in FORMATS}
    for ending, file in files.items():
        file.write_bytes(write(layer, ending))

    info = pyogrio.read_info(files[".gpkg"])
    assert info["features"] == count
    assert info["layer_name"] == name
    assert info["crs"] == "EPSG:4490"
    frame = gpd.read_parquet(files[".parquet"])
    assert frame.crs.to_epsg() == 4490
    sent = json.loads(files[".geojson"].read_bytes())
    assert "crs" not in sent
    rows = list(csv.DictReader(io.StringIO(files[".csv"].read_text(encoding="utf-8-sig"))))
    assert len(frame) == len(sent["features"]) == len(rows) == count
    for at, feature in enumerate(sent["features"]):
        for field, value in feature["properties"].items():
            if isinstance(value, str):
                assert rows[at][field] == plain(value)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                assert float(rows[at][field]) == pytest.approx(value)
                assert frame.iloc[at][field] == pytest.approx(value)


def test_the_numbers_are_those_of_the_question(town: Session) -> None:
    layer = result(town, "coverage", _wanted(town, "coverage"))
    found = coverage(town, city=CITY, kind="canteen", radius_m=500.0, on=DAY)
    assert list(layer.columns["covered_60"]) == [1234, 0, 1234]
    assert [row.covered_60 for row in (*found.rows, found.total)] == [1234, 0, 1234]
    assert layer.shapes[-1] is None, "a total has no territory"
    assert layer.has_synthetic
    assert set(layer.columns["mark"]) == {"合成"}


def test_the_public_is_told_no_small_count(town: Session) -> None:
    wanted = _wanted(town, "coverage", published_only=True, rounded_to=10.0)
    layer = result(town, "coverage", wanted)
    assert list(layer.columns["people_60"]) == [1230, None, 1240]
    assert b"1234" not in write(layer, ".csv")
    with pytest.raises(BadInput):
        result(town, "coverage", _wanted(town, "coverage", published_only=True))


@pytest.mark.parametrize("name", [name for name, one in RESULTS.items() if one.is_internal])
def test_what_is_for_staff_is_refused(town: Session, name: str) -> None:
    with pytest.raises(NotAllowed):
        result(town, name, _wanted(town, name, published_only=True, rounded_to=10.0))


def test_no_cell_of_a_csv_begins_a_formula(town: Session) -> None:
    sent = write(result(town, "coverage", _wanted(town, "coverage")), ".csv").decode("utf-8-sig")
    names = [row["area_name"] for row in csv.DictReader(io.StringIO(sent))]
    assert names[0] == "'" + EVIL
    for evil in ("+1", "-1", "@a", "\tx", " =1"):
        assert plain(evil) == "'" + evil
    assert plain(-1.5) == -1.5


def test_without_shapes_the_rows_stay(town: Session, tmp_path: Path) -> None:
    layer = result(town, "gaps", _wanted(town, "gaps")).without_shapes()
    assert isinstance(layer, Layer)
    assert len(layer.columns["rank"]) == len(layer.shapes) > 0
    assert all(one["geometry"] is None for one in json.loads(write(layer, ".geojson"))["features"])
    (tmp_path / "r.gpkg").write_bytes(write(layer, ".gpkg"))
    assert pyogrio.read_info(tmp_path / "r.gpkg")["features"] == len(layer.shapes)


def test_wrong_names_are_refused(town: Session) -> None:
    with pytest.raises(BadInput, match="coverage"):
        result(town, "nonsense", _wanted(town, "coverage"))
    with pytest.raises(BadInput, match=r"\.gpkg"):
        check_format(Path("a.shp"))
    with pytest.raises(BadInput, match="facility"):
        result(town, "isochrones", _wanted(town, "coverage"))
    with pytest.raises(BadInput, match="zone"):
        result(town, "missing", _wanted(town, "coverage"))
