"""Are 97 real canteens recognised in the coordinate system they came in, and in others?"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod, Transformer
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import gcj02_to_bd09, gcj02_to_wgs84
from geo.db import Database, session_factory
from geo.db.embedded import Embedded
from geo.errors import CrsError, Unavailable
from geo.loaders.city import load_city
from geo.loaders.load import load_delivery
from geo.loaders.report import Report
from tests.acceptance.test_canteens import DAY, FILE
from tests.machine import worker_database

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not FILE.exists(), reason="../shared/acceptance is absent"),
]


@pytest.fixture(scope="module")
def shanghai(home: Path, cluster: Embedded) -> Database:
    """A database with the divisions of Shanghai."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"shanghai_{worker}")
    try:
        with session_factory(database).begin() as session:
            load_city(session, "上海市")
    except Unavailable as problem:
        pytest.skip(f"the boundary package cannot be had: {problem}")
    return database


@pytest.fixture
def there(shanghai: Database) -> Iterator[Session]:
    with session_factory(shanghai)() as session:
        yield session
        session.rollback()


class Canteens:
    """The rows of the real file with their coordinates as given (GCJ-02)."""

    def __init__(self) -> None:
        with FILE.open(encoding="utf-8") as lines:
            self.rows = list(csv.DictReader(lines, delimiter="\t"))
        self.lon = np.array([float(row["lon"]) for row in self.rows])
        self.lat = np.array([float(row["lat"]) for row in self.rows])
        self.true = gcj02_to_wgs84(self.lon, self.lat)

    def written(self, path: Path, x: object, y: object, header: str = "lon,lat") -> Path:
        pairs = zip(self.rows, np.asarray(x), np.asarray(y), strict=True)
        lines = [f"{r['区']},{r['名称']},{r['地址']},{a!s},{b!s}" for r, a, b in pairs]
        path.write_text("\n".join([f"区,名称,地址,{header}", *lines, ""]), encoding="utf-8")
        return path


def load(session: Session, path: Path, crs: str | None = "auto", on: date = DAY) -> Report:
    return load_delivery(session, "facilities", path, crs=crs, on=on, facility_kind="canteen")


def worst_m(session: Session, canteens: Canteens) -> float:
    """How far the stored canteens lie from where they are, at most."""
    stored = {
        row[0]: row[1:]
        for row in session.execute(
            text("SELECT address || name, ST_X(geom), ST_Y(geom) FROM facility")
        )
    }
    assert len(stored) == len(canteens.rows)
    found = np.array([stored[row["地址"] + row["名称"]] for row in canteens.rows])
    *_, away = Geod(ellps="GRS80").inv(*canteens.true, found[:, 0], found[:, 1])
    return float(np.max(away))


def named(report: Report, crs: str) -> dict[str, object]:
    return next(one for one in report.crs.candidates if one["crs"] == crs)


def test_gcj02_wins_by_the_stated_rule(there: Session) -> None:
    """96 of 97 against 89: the eight that tell both apart all speak for GCJ-02.

    The ninth, nine metres outside under GCJ-02, is too near to the border to tell anything.
    """
    report = load(there, FILE)
    assert (report.crs.declared, report.crs.used) == ("auto", "GCJ-02")
    assert [one["crs"] for one in report.crs.candidates] == ["GCJ-02", "EPSG:4490", "BD-09"]
    assert named(report, "GCJ-02")["score"] == round(96 / 97, 4)
    assert named(report, "EPSG:4490")["score"] == round(89 / 97, 4)
    assert (report.placement.inside, report.counts.kept) == (96, 97)


def test_undeclared_it_asks_and_shows_every_score(there: Session) -> None:
    with pytest.raises(CrsError, match=r"--crs auto") as asked:
        load(there, FILE, None)
    for shown in ("0.990  GCJ-02", "0.918  EPSG:4490", "97 行中 89 行", "BD-09"):
        assert shown in str(asked.value)


def test_declared_as_it_is_nothing_is_in_doubt(there: Session) -> None:
    report = load(there, FILE, "gcj02")
    assert report.crs.candidates[0] == {
        **report.crs.candidates[0], "crs": "GCJ-02", "score": round(96 / 97, 4)
    }  # fmt: skip
    assert "crs_doubtful" not in {problem.rule for problem in report.problems}


@pytest.mark.parametrize("wrong", ["wgs84", "bd09"])
def test_declared_wrongly_it_is_used_and_doubted(there: Session, wrong: str) -> None:
    report = load(there, FILE, wrong)
    assert report.crs.used in ("EPSG:4326", "BD-09")
    [doubt] = [problem for problem in report.problems if problem.rule == "crs_doubtful"]
    assert "GCJ-02" in doubt.message
    assert "0.990" in doubt.message


def test_swapped_columns_are_recognised(there: Session, tmp_path: Path) -> None:
    canteens = Canteens()
    report = load(there, canteens.written(tmp_path / "a.csv", canteens.lat, canteens.lon))
    assert report.crs.used == "GCJ-02"
    assert report.crs.candidates[0]["crs"] == "GCJ-02, axes swapped"
    assert worst_m(there, canteens) < 0.001
    assert [p.row for p in report.problems if p.rule == "axes_swapped"] == [None]


def test_swapped_rows_are_put_right(there: Session, tmp_path: Path) -> None:
    canteens = Canteens()
    some = np.arange(97) % 4 == 0
    x = np.where(some, canteens.lat, canteens.lon)
    y = np.where(some, canteens.lon, canteens.lat)
    for crs in ("auto", "gcj02"):
        report = load(there, canteens.written(tmp_path / f"{crs}.csv", x, y), crs)
        assert (report.crs.used, report.counts.refused) == ("GCJ-02", 0)
        turned = [p.row for p in report.problems if p.rule == "axes_swapped"]
        assert turned == [int(i) + 1 for i in np.flatnonzero(some)]
        assert "25 行两轴颠倒" in report.crs.candidates[0]["evidence"]
        assert worst_m(there, canteens) < 0.001
        there.rollback()


def test_in_baidus_coordinates(there: Session, tmp_path: Path) -> None:
    canteens = Canteens()
    lon, lat = gcj02_to_bd09(canteens.lon, canteens.lat)
    report = load(there, canteens.written(tmp_path / "a.csv", lon, lat))
    assert report.crs.used == "BD-09"
    assert worst_m(there, canteens) < 0.001


def projected(canteens: Canteens, crs: str) -> tuple[np.ndarray, np.ndarray]:
    to = Transformer.from_crs("EPSG:4490", crs, always_xy=True)
    x, y = to.transform(*canteens.true)
    return np.asarray(x), np.asarray(y)


@pytest.mark.parametrize(
    ("crs", "older"),
    [("EPSG:4528", "EPSG:2364"), ("EPSG:4549", "EPSG:2385"), ("EPSG:4550", "EPSG:2386"),
     ("EPSG:4499", "EPSG:2335")],
)  # fmt: skip
@pytest.mark.parametrize("swapped", [False, True])
def test_a_zone_is_recognised_but_its_datum_is_asked_for(
    there: Session, tmp_path: Path, crs: str, older: str, swapped: bool
) -> None:
    """Xian 80 has the very same numbers 50–150 m away: no division can tell, so nobody guesses."""
    canteens = Canteens()
    x, y = projected(canteens, crs)
    header = "y坐标横,x坐标纵"
    path = canteens.written(tmp_path / "a.csv", *((y, x) if swapped else (x, y)), header)
    with pytest.raises(CrsError, match="--crs") as asked:
        load(there, path)
    lines = str(asked.value).splitlines()
    label = f"{crs}, axes swapped" if swapped else crs
    assert lines[1].split(":", 2)[:2] == [f"  0.990  {label.split(':')[0]}", label.split(":")[1]]
    assert any(older in line and "--datum-shift" in line for line in lines[2:4])
    report = load(there, path, crs)
    assert worst_m(there, canteens) < 0.001
    assert "crs_doubtful" not in {problem.rule for problem in report.problems}


def test_stored_namesakes_tell_the_datum(there: Session, tmp_path: Path) -> None:
    canteens = Canteens()
    load(there, canteens.written(tmp_path / "a.csv", *canteens.true), "cgcs2000")
    x, y = projected(canteens, "EPSG:4549")
    rows = canteens.written(tmp_path / "b.csv", x, y, "y坐标横,x坐标纵")
    report = load(there, rows, on=date(2026, 3, 1))
    assert report.crs.used == "EPSG:4549"
    assert worst_m(there, canteens) < 0.01


def test_web_mercator(there: Session, tmp_path: Path) -> None:
    canteens = Canteens()
    report = load(there, canteens.written(tmp_path / "a.csv", *projected(canteens, "EPSG:3857")))
    assert report.crs.used == "EPSG:3857"
    assert worst_m(there, canteens) < 1
