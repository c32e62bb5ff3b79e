"""Does the loader read the CRS that is declared, find one that is not, and put axes right?"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import gcj02_to_bd09, wgs84_to_gcj02
from geo.errors import CrsError
from geo.loaders.load import load_delivery
from geo.loaders.report import Report
from tests.factories import make_unit

DAY = date(2026, 1, 1)
TOWNS = [("天宁区", 119.9), ("钟楼区", 119.95), ("新北区", 120.0)]
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*rows: str, header: str = "区,名称,经度,纬度") -> Path:
        path = tmp_path / "canteens.csv"
        path.write_text("\n".join([header, *rows, ""]), "utf-8")
        return path

    return written


def load(session: Session, path: Path, crs: str | None = "cgcs2000", **options: Any) -> Report:
    return load_delivery(session, "facilities", path, crs=crs, on=DAY, **options)


def districts(session: Session) -> None:
    for number, (name, west) in enumerate(TOWNS, 1):
        box = shapely.box(west, 31.7, west + 0.05, 31.75)
        make_unit(session, code=f"32040{number}000000", name=name, level=3, geom=box)


def spots(rows: int, seed: int = 1) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The districts and positions of so many canteens."""
    random = np.random.default_rng(seed)
    which = random.integers(0, len(TOWNS), rows)
    west = np.array([west for _, west in TOWNS])[which]
    lon, lat = west + random.uniform(0.0005, 0.0495, rows), random.uniform(31.7005, 31.7495, rows)
    return [TOWNS[i][0] for i in which], lon, lat


def lines(units: list[str], x: Any, y: Any) -> list[str]:
    return [
        f"{unit},第{n}食堂,{a!s},{b!s}"
        for n, (unit, a, b) in enumerate(zip(units, x, y, strict=True))
    ]


def found(session: Session) -> dict[str, tuple[float, float]]:
    rows = session.execute(text("SELECT name, ST_X(geom), ST_Y(geom) FROM facility"))
    return {row[0]: (row[1], row[2]) for row in rows}


def rules(report: Report) -> list[str]:
    return [problem.rule for problem in report.problems]


def test_degrees_minutes_seconds_in_a_file(session: Session, write: Write) -> None:
    path = write(
        "天宁区,甲食堂,119°54′36″E,31°42′36″N", "天宁区,乙食堂,东经119度54分36秒,北纬31度42分36秒",
        "天宁区,丙食堂,119 54 36.0,31 42 36.0", "天宁区,丁食堂,１１９．９１,３１．７１",
        "天宁区,戊食堂,31°42′36″N,119°54′36″E", "天宁区,己食堂,31°42′36″N,31°42′36″N",
    )  # fmt: skip
    report = load(session, path)
    assert (report.counts.kept, report.counts.refused) == (5, 1)
    assert sorted(rules(report)) == ["axes_swapped", "coordinate_number"]
    for position in found(session).values():
        assert position == pytest.approx((119.91, 31.71))


def test_packed_degrees_only_when_declared(session: Session, write: Write) -> None:
    path = write("天宁区,甲食堂,1195436.0,314236.0", "天宁区,乙食堂,1195437,314236")
    with pytest.raises(CrsError, match="EPSG:4490 dms"):
        load(session, path, "auto")
    report = load(session, path, "cgcs2000 dms")
    assert (report.crs.used, report.counts.kept) == ("EPSG:4490", 2)
    assert found(session)["甲食堂"] == pytest.approx((119.91, 31.71))


def test_one_swapped_row_is_put_right_and_told(session: Session, write: Write) -> None:
    report = load(session, write("天宁区,甲食堂,119.91,31.71", "天宁区,乙食堂,31.72,119.92"))
    assert (report.counts.kept, report.counts.refused) == (2, 0)
    [problem] = report.problems
    assert (problem.rule, problem.row, problem.value) == ("axes_swapped", 2, "31.72, 119.92")
    assert "1 行两轴颠倒" in report.crs.candidates[0]["evidence"]
    assert found(session)["乙食堂"] == (119.92, 31.72)


def test_swapped_columns_are_put_right_and_told_once(session: Session, write: Write) -> None:
    report = load(session, write("天宁区,甲食堂,31.71,119.91", "天宁区,乙食堂,31.72,119.92"))
    assert (report.counts.kept, rules(report)) == (2, ["axes_swapped"])
    assert report.problems[0].row is None
    assert found(session)["乙食堂"] == (119.92, 31.72)


def test_a_row_that_only_looks_swapped_is_refused(session: Session, write: Write) -> None:
    report = load(session, write("天宁区,甲食堂,119.91,31.71", "天宁区,乙食堂,39.5,76.0"))
    assert (report.counts.kept, rules(report)) == (1, ["axes_swapped"])


def test_swapped_rows_of_a_zone(session: Session, write: Write) -> None:
    path = write(
        "天宁区,甲食堂,491000.0,3510000.0", "天宁区,乙食堂,491100.0,3510000.0",
        "天宁区,丙食堂,3510000.0,491200.0",
        header="区,名称,east,north",
    )  # fmt: skip
    report = load(session, path, "EPSG:4549")
    assert (report.counts.kept, rules(report)) == (3, ["axes_swapped"])
    assert found(session)["丙食堂"][1] == pytest.approx(found(session)["甲食堂"][1], abs=1e-5)


def test_coordinates_with_eleven_decimals_are_no_mobile_numbers(
    session: Session, write: Write
) -> None:
    path = write("天宁区,甲食堂,119.91381234567,31.7113912345678")
    report = load(session, path)
    assert (report.counts.kept, report.problems) == (1, [])
    assert found(session)["甲食堂"] == (119.91381234567, 31.7113912345678)
    refused = load(session, write("天宁区,乙食堂,13812345678,31.71"))
    assert refused.counts.refused == 1
    assert "13812345678" not in json.dumps(refused.as_json())


def test_auto_goes_on_when_one_wins_clearly(session: Session, write: Write) -> None:
    districts(session)
    units, lon, lat = spots(150)
    x, y = wgs84_to_gcj02(lon, lat)
    report = load(session, write(*lines(units, x, y)), "auto")
    assert (report.crs.declared, report.crs.used, report.counts.kept) == ("auto", "GCJ-02", 150)
    assert report.crs.candidates[0]["score"] == 1
    json.dumps(report.as_json())
    delivered = session.execute(text("SELECT crs_stated, crs_used FROM delivery")).one()
    assert tuple(delivered) == ("auto", "GCJ-02")


def test_a_files_own_statement_yields_only_to_clear_evidence(
    session: Session, tmp_path: Path
) -> None:
    """GeoJSON says WGS 84 by its rule, and often is not."""
    districts(session)
    for rows, used in ((150, "GCJ-02"), (3, "EPSG:4326")):
        units, lon, lat = spots(rows)
        x, y = wgs84_to_gcj02(lon, lat)
        features = [
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [float(a), float(b)]},
             "properties": {"区": unit, "名称": f"第{n}食堂"}}
            for n, (unit, a, b) in enumerate(zip(units, x, y, strict=True))
        ]  # fmt: skip
        path = tmp_path / "canteens.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        assert load(session, path, "auto", dry_run=True).crs.used == used
        plain = load(session, path, None, dry_run=True)
        assert plain.crs.used == "EPSG:4326"
        assert ("crs_doubtful" in rules(plain)) == (rows == 150)


def test_a_file_is_no_witness_for_itself(session: Session, write: Write) -> None:
    units, lon, lat = spots(60)
    x, y = wgs84_to_gcj02(lon, lat)
    path = write(*lines(units, x, y))
    load(session, path, "cgcs2000")  # wrongly
    with pytest.raises(CrsError, match="仅凭数值范围"):
        load(session, path, "auto")


def test_stored_namesakes_are_evidence(session: Session, write: Write) -> None:
    units, lon, lat = spots(60)
    load(session, write(*lines(units, lon, lat)), "cgcs2000")
    x, y = gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))
    report = load(session, write(*lines(units, x, y)), "auto")
    assert report.crs.used == "BD-09"
    assert "60 行" in report.crs.candidates[0]["evidence"]


@given(
    crs=st.sampled_from(["cgcs2000", "gcj02", "bd09"]), swapped=st.booleans(),
    rows=st.sampled_from([5, 40, 160]), seed=st.integers(0, 99),
)  # fmt: skip
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_file_is_stored_right_or_asked_about(
    session: Session, tmp_path: Path, crs: str, swapped: bool, rows: int, seed: int
) -> None:
    taken_back = session.begin_nested()
    districts(session)
    units, lon, lat = spots(rows, seed)
    x, y = (lon, lat) if crs == "cgcs2000" else wgs84_to_gcj02(lon, lat)
    if crs == "bd09":
        x, y = gcj02_to_bd09(x, y)
    path = tmp_path / "canteens.csv"
    content = ["区,名称,经度,纬度", *lines(units, *((y, x) if swapped else (x, y))), ""]
    path.write_text("\n".join(content), "utf-8")
    try:
        load(session, path, "auto")
    except CrsError:
        pass  # it asks
    else:
        stored = found(session)
        for n in range(rows):
            assert stored[f"第{n}食堂"] == pytest.approx((lon[n], lat[n]), abs=1e-8)
    finally:
        taken_back.rollback()
