"""Do rasters of people become demand cells, with the sum of the people kept?"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, CrsError, DeliveryRefused
from geo.loaders.load import load_delivery
from geo.loaders.reading import raster
from geo.loaders.report import Report
from geo.loaders.things import Options
from geo.loaders.undo import undo_delivery
from tests.factories import make_unit, square

YEAR = Options(basis="resident", base_year=2020)


def tif(
    path: Path, values: Any, *, crs: str | None = "EPSG:4326", nodata: float | None = -99999.0,
    at: tuple[float, float] = (119.9, 31.8), size: float = 0.001, names: tuple[str, ...] = (),
    **options: Any,
) -> Path:  # fmt: skip
    bands = np.atleast_3d(np.asarray(values))
    bands = bands.transpose(2, 0, 1) if np.ndim(values) == 2 else np.asarray(values)
    with rasterio.open(
        path, "w", driver="GTiff", height=bands.shape[1], width=bands.shape[2],
        count=bands.shape[0], dtype=bands.dtype, crs=crs, nodata=nodata,
        transform=from_origin(*at, size, size), **options,
    ) as made:  # fmt: skip
        made.write(bands)
        for number, name in enumerate(names, 1):
            made.set_band_description(number, name)
    return path


def load(session: Session, path: Path, **options: Any) -> Report:
    options.setdefault("options", YEAR)
    return load_delivery(session, "demand", path, **options)


def fates(report: Report) -> tuple[int, ...]:
    c = report.counts
    return c.rows_read, c.kept, c.merged, c.updated, c.unchanged, c.refused


def people(session: Session) -> float:
    return math.fsum(session.execute(text("SELECT people_60 FROM demand_cell")).scalars())


def test_cells_with_people_are_rows_and_nobody_is_lost(session: Session, tmp_path: Path) -> None:
    make_unit(session, "320402000000", name="天宁区", geom=square(119.9, 31.7))
    values = np.array([[1.5, -99999, 0], [np.nan, -3, 0.1]], dtype=np.float32)
    report = load(session, tif(tmp_path / "p.tif", values))
    assert fates(report) == (2, 2, 0, 0, 0, 0)
    rows = session.execute(
        text("SELECT round(ST_X(geom)::numeric, 7), round(ST_Y(geom)::numeric, 7), people_60, "
             "basis, base_year, admin_code, ST_Area(area), ST_Contains(area, geom) "
             "FROM demand_cell ORDER BY 1")
    ).all()  # fmt: skip
    assert [(float(x), float(y), n) for x, y, n, *_ in rows] == [
        (119.9005, 31.7995, 1.5), (119.9025, 31.7985, float(np.float32(0.1)))
    ]  # fmt: skip
    assert rows[0][3:6] == ("resident", 2020, "320402000000")
    assert rows[0][6] == pytest.approx(1e-6)
    assert all(row[7] for row in rows)
    told = " ".join(report.notes)
    assert "无数据 without data 1" in told
    assert "负数 negative 1" in told
    assert "不是有限的数 no finite number 1" in told
    assert "0 人 with nobody 1" in told
    total = next(p for p in report.problems if p.rule == "people_sum")
    assert float(total.value or 0) == pytest.approx(1.5 + float(np.float32(0.1)), abs=1e-6)
    assert report.crs.used == "EPSG:4326"
    assert fates(load(session, tmp_path / "p.tif")) == (2, 0, 0, 0, 2, 0)


def test_the_sum_is_kept_to_a_millionth(session: Session, tmp_path: Path) -> None:
    values = np.random.default_rng(7).lognormal(2, 2, (120, 130))
    report = load(session, tif(tmp_path / "p.tif", values, tiled=True, blockxsize=64,
                               blockysize=64, compress="deflate"))  # fmt: skip
    assert report.counts.kept == values.size
    assert people(session) == pytest.approx(math.fsum(values.ravel()), abs=1e-6)
    undone = undo_delivery(session, report.delivery_id or 0)
    assert (undone.removed, people(session)) == (values.size, 0)


def test_windows_see_every_cell_once(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.arange(1, 61, dtype=np.float64).reshape(6, 10)
    monkeypatch.setattr(raster, "WINDOW", 20)
    assert load(session, tif(tmp_path / "p.tif", values)).counts.kept == 60
    assert people(session) == 1830


def test_a_projected_raster_lies_where_its_crs_says(session: Session, tmp_path: Path) -> None:
    values = np.full((2, 2), 4.0)
    file = tif(tmp_path / "p.tif", values, crs="EPSG:4549", at=(500000, 3520000), size=100)
    report = load(session, file)
    assert report.crs.used == "EPSG:4549"
    lon, lat, area = session.execute(
        text("SELECT ST_X(geom), ST_Y(geom), ST_Area(area::geography) FROM demand_cell LIMIT 1")
    ).one()
    assert lon == pytest.approx(120.0005, abs=1e-3)
    assert lat == pytest.approx(31.8, abs=0.02)
    assert area == pytest.approx(10_000, rel=1e-3)


def test_a_corrected_raster_updates_its_cells(session: Session, tmp_path: Path) -> None:
    load(session, tif(tmp_path / "p.tif", np.array([[1.0, 2.0]])))
    report = load(session, tif(tmp_path / "p.tif", np.array([[1.0, 5.0]])))
    assert fates(report) == (2, 0, 0, 1, 1, 0)
    assert people(session) == 6
    other = load(session, tmp_path / "p.tif", options=Options(basis="registered", base_year=2020))
    assert other.counts.kept == 2, "another basis is another count"


def test_cells_that_fall_to_nobody_are_told(session: Session, tmp_path: Path) -> None:
    first = load(session, tif(tmp_path / "p.tif", np.array([[1.0, 2.0, 4.5]])))
    assert "cells_left" not in {problem.rule for problem in first.problems}
    report = load(session, tif(tmp_path / "p.tif", np.array([[1.0, 0.0, 4.5]])))
    [left] = [problem for problem in report.problems if problem.rule == "cells_left"]
    assert left.value == "1"
    assert "2.000000 人" in left.message
    for delivery in (report, first):
        undo_delivery(session, delivery.delivery_id or 0)
    again = load(session, tmp_path / "p.tif")
    assert "cells_left" not in {problem.rule for problem in again.problems}
    assert people(session) == 5.5


def test_a_band_is_chosen_and_must_count_the_old(session: Session, tmp_path: Path) -> None:
    bands = np.stack([np.full((1, 1), 9.0), np.full((1, 1), 3.0)])
    file = tif(tmp_path / "p.tif", bands, names=("population", "60岁及以上"))
    with pytest.raises(DeliveryRefused, match="--layer"):
        load(session, file)
    with pytest.raises(DeliveryRefused, match="60"):
        load(session, file, layer="1")
    assert load(session, file, layer="60岁及以上").counts.kept == 1
    assert people(session) == 3
    with pytest.raises(DeliveryRefused, match="no band"):
        load(session, file, layer="7")


def test_what_the_raster_does_not_say_must_be_stated(session: Session, tmp_path: Path) -> None:
    file = tif(tmp_path / "p.tif", np.full((1, 1), 3.0))
    with pytest.raises(DeliveryRefused, match="basis"):
        load(session, file, options=Options(base_year=2020))
    with pytest.raises(DeliveryRefused, match="year"):
        load(session, file, options=Options(basis="resident"))
    with pytest.raises(BadInput, match="1950"):
        load(session, file, options=Options(basis="resident", base_year=20200))
    bare = tif(tmp_path / "q.tif", np.full((1, 1), 3.0), crs=None)
    with pytest.raises(CrsError, match="--crs"):
        load(session, bare)
    assert load(session, bare, crs="cgcs2000").counts.kept == 1


def test_unfit_rasters_are_refused_whole(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tif(tmp_path / "a.tif", np.full((3, 2, 2), 9, dtype=np.uint8), nodata=None,
                  photometric="RGB")  # fmt: skip
    with pytest.raises(DeliveryRefused, match="picture"):
        load(session, picture)
    with pytest.raises(DeliveryRefused, match="no cell"):
        load(session, tif(tmp_path / "b.tif", np.zeros((2, 2))))
    cut = tif(tmp_path / "c.tif", np.random.default_rng(1).random((300, 300)))
    cut.write_bytes(cut.read_bytes()[:200_000])
    with pytest.raises(DeliveryRefused, match="damaged"):
        load(session, cut)
    far = tif(tmp_path / "d.tif", np.ones((2, 2)), at=(500, 31))
    with pytest.raises(DeliveryRefused, match="outside"):
        load(session, far)
    with pytest.raises(DeliveryRefused, match="密级"):
        load(session, far, secrecy="secret")
    monkeypatch.setattr(raster, "MAX_ROWS", 3)
    with pytest.raises(DeliveryRefused, match="over 3"):
        load(session, tif(tmp_path / "e.tif", np.ones((2, 2))))
    assert people(session) == 0


def test_a_huge_raster_is_refused_before_it_is_read(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "huge.tif"
    with rasterio.open(
        file, "w", driver="GTiff", height=200_000, width=200_000, count=1, dtype="float32",
        crs="EPSG:4326", transform=from_origin(100, 40, 1e-4, 1e-4), tiled=True,
        sparse_ok=True, bigtiff="YES",
    ):  # fmt: skip
        pass
    with pytest.raises(DeliveryRefused, match="200000"):
        load(session, file)
