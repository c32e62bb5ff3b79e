"""Does a nation cut into pieces give the very answer of the whole, whatever the cut?"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.batch.cells import Window, grid_of, pieces_of, window_of
from geo.batch.cluster import each_done, open_cluster
from geo.batch.piece import nearest_within
from geo.batch.run import (
    BatchCoverage,
    coverage_of_arrays,
    coverage_of_files,
    coverage_stored,
)
from geo.batch.stored import Asked
from geo.db import Database
from geo.errors import BadArray, BadInput, NotFound, Unavailable
from tests.factories import make_cell, make_facility
from tests.geo.batch_tasks import die, refuse, slowly

GRS80 = Geod(ellps="GRS80")
TODAY = date(2026, 6, 1)


def counts(made: BatchCoverage) -> tuple[Any, ...]:
    """All that may not depend on the cut, bit for bit."""
    return (
        made.area_codes, made.places.tolist(), made.covered_places.tolist(),
        made.people.tobytes(), made.covered.tobytes(), made.unknown.tolist(),
    )  # fmt: skip


def town(seed: int, points: int, sites: int, middle: tuple[float, float], wide: float) -> Any:
    """Points, people, areas and sites around a middle, longitudes turned into −180 … 180."""
    random = np.random.default_rng(seed)

    def around(count: int) -> tuple[Any, Any]:
        lon = middle[0] + random.uniform(-wide, wide, count)
        lat = np.clip(middle[1] + random.uniform(-wide, wide, count), -90, 90)
        return (lon + 180) % 360 - 180, lat

    people = random.uniform(0, 500, points)
    area = random.choice(["320402", "320404", "320411"], points)
    return around(points), people, area, around(sites)


def nearest_by_force(lon: Any, lat: Any, site_lon: Any, site_lat: Any) -> Any:
    """Every pair measured."""
    shape = (len(lon), len(site_lon))
    pairs = [np.broadcast_to(a, shape).ravel() for a in (lon[:, None], lat[:, None])]
    pairs += [np.broadcast_to(a, shape).ravel() for a in (site_lon, site_lat)]
    return np.asarray(GRS80.inv(*pairs)[2]).reshape(shape).min(axis=1)


MIDDLES = st.sampled_from(
    [(119.95, 31.77), (180.0, 20.0), (-179.99, -45.0), (30.0, 89.9), (87.6, 43.8), (0.0, 0.0)]
)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6), middle=MIDDLES, wide=st.sampled_from([0.01, 0.1, 0.6]),
    points=st.integers(1, 60), sites=st.integers(0, 30),
    radius_m=st.sampled_from([0.0, 300.0, 1000.0, 20_000.0, float("inf")]),
    size=st.floats(0.01, 40), labels=st.integers(1, 5),
)  # fmt: skip
def test_the_answer_does_not_depend_on_the_cut(
    seed: int, middle: tuple[float, float], wide: float, points: int, sites: int,
    radius_m: float, size: float, labels: int,
) -> None:  # fmt: skip
    (lon, lat), people, area, (site_lon, site_lat) = town(seed, points, sites, middle, wide)
    if sites > 2:  # two facilities at one address, and one where somebody lives
        site_lon[1], site_lat[1] = site_lon[0], site_lat[0]
        site_lon[2], site_lat[2] = lon[0], lat[0]

    def run(cut: Any) -> BatchCoverage:
        return coverage_of_arrays(
            lon, lat, site_lon, site_lat, radius_m=radius_m, people=people, area=area, cut=cut
        )

    whole = run(360.0)
    assert counts(whole) == counts(run(size))
    assert counts(whole) == counts(run(np.random.default_rng(seed).integers(0, labels, points)))
    assert whole.places.sum() == points
    measured = nearest_by_force(lon, lat, site_lon, site_lat) if sites else np.full(points, np.inf)
    sure = np.abs(measured - radius_m) > 1e-6 if np.isfinite(radius_m) else np.ones(points, bool)
    found = nearest_within(lon, lat, site_lon, site_lat, radius_m)
    reached = (measured <= radius_m) & np.isfinite(measured)
    assert (np.isfinite(found) == reached)[sure].all()
    assert np.allclose(found[reached & sure], measured[reached & sure], rtol=0, atol=1e-6)


@settings(max_examples=200, deadline=None)
@given(
    lon=st.floats(-180, 180), lat=st.floats(-90, 90), radius_m=st.floats(0, 2e6),
    towards=st.floats(0, 360),
)  # fmt: skip
def test_whatever_is_within_the_radius_lies_in_the_halo(
    lon: float, lat: float, radius_m: float, towards: float
) -> None:
    there = GRS80.fwd(lon, lat, towards, radius_m)
    halo = Window(lon, lat, lon, lat).widened(radius_m)
    assert halo.holds(np.array([there[0]]), np.array([there[1]]))[0]


def test_a_point_on_a_cut_line_lies_in_one_piece() -> None:
    edges = np.array([-180.0, -0.5, 0.0, 0.5, 119.5, 120.0, 179.5, 180.0])
    lon, lat = (a.ravel() for a in np.meshgrid(edges, np.array([-90.0, -0.5, 0, 0.5, 90.0])))
    grid = grid_of(0.5)
    pieces = pieces_of(grid.cell_of(lon, lat), 3)
    assert sorted(np.concatenate(pieces).tolist()) == list(range(len(lon)))
    made = coverage_of_arrays(lon, lat, lon, lat, radius_m=0, cut=0.5)
    assert made.places.sum() == made.covered_places.sum() == len(lon)


def test_a_radius_reaches_across_a_cut_and_the_antimeridian() -> None:
    east, west = 179.9995, -179.9995
    apart = GRS80.inv(east, 10.0, west, 10.0)[2]
    assert 100 < apart < 120
    point = [np.array([east]), np.array([10.0])]
    site = [np.array([west]), np.array([10.0])]
    near = coverage_of_arrays(*point, *site, radius_m=120, cut=0.5)
    assert near.covered_places.sum() == 1
    assert coverage_of_arrays(*point, *site, radius_m=100, cut=0.5).covered_places.sum() == 0
    assert window_of(np.array([east, west]), np.array([10.0, 10.0])).west == east


def test_exactly_on_the_edge_is_covered() -> None:
    apart = GRS80.inv(119.95, 31.77, 119.96, 31.78)[2]
    given_ = [np.array([v]) for v in (119.95, 31.77, 119.96, 31.78)]
    assert nearest_within(*given_, apart)[0] == apart
    assert np.isinf(nearest_within(*given_, np.nextafter(apart, 0))[0])


def test_nothing_to_count_is_no_error() -> None:
    none = np.empty(0)
    made = coverage_of_arrays(none, none, none, none, radius_m=500)
    assert made.places.sum() == 0
    assert made.pieces == 0
    assert made.as_json()["share"] is None


def test_unknown_people_stay_unknown() -> None:
    lon, lat = np.array([120.0, 120.0, 121.0]), np.array([31.0, 31.0, 31.0])
    made = coverage_of_arrays(
        lon, lat, lon[:1], lat[:1], radius_m=500, people=np.array([5.0, np.nan, 7.0]),
        area=np.array(["a", "a", "b"]),
    )  # fmt: skip
    assert made.covered_places.tolist() == [2, 0]
    assert np.isnan(made.people[0])
    assert made.people[1] == 7
    assert made.as_json()["people"] is None
    assert made.as_json()["places_with_unknown_people"] == 1


@pytest.mark.parametrize(
    ("lon", "lat", "people"),
    [([200.0], [31.0], [1.0]), ([np.nan], [31.0], [1.0]), ([120.0], [95.0], [1.0]),
     ([120.0, 121.0], [31.0], [1.0]), ([120.0], [31.0], [-1.0]), ([120.0], [31.0], [np.inf]),
     ([120.0], [31.0], [1.0, 2.0])],
)  # fmt: skip
def test_bad_arrays_are_refused(lon: Any, lat: Any, people: Any) -> None:
    with pytest.raises(BadArray):
        coverage_of_arrays(
            np.array(lon), np.array(lat), np.array([120.0]), np.array([31.0]), radius_m=500,
            people=np.array(people),
        )  # fmt: skip


@pytest.mark.parametrize(("radius_m", "cut"), [(-1.0, 0.5), (float("nan"), 0.5), (500.0, 0.0)])
def test_bad_questions_are_refused(radius_m: float, cut: float) -> None:
    one = np.array([31.0])
    with pytest.raises(BadInput):
        coverage_of_arrays(one, one, one, one, radius_m=radius_m, cut=cut)


# --- files --------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Any]:
    """A town as two Parquet files in small row groups, and the same as arrays."""
    made = town(5, 3000, 120, (119.95, 31.77), 0.3)
    (lon, lat), people, area, (site_lon, site_lat) = made
    demand, sites = tmp_path / "demand.parquet", tmp_path / "sites.parquet"
    pq.write_table(
        pa.table({"lon": lon, "lat": lat, "elders": people, "county": area}), demand,
        row_group_size=170,
    )  # fmt: skip
    pq.write_table(pa.table({"lon": site_lon, "lat": site_lat}), sites)
    return demand, sites, made


@pytest.mark.parametrize("rows", [100, 1000, 10_000])
def test_files_give_what_arrays_give(files: tuple[Path, Path, Any], rows: int) -> None:
    demand, sites, ((lon, lat), people, area, site) = files
    out = demand.parent / "out"
    made = coverage_of_files(
        demand, sites, radius_m=800, people="elders", area="county", rows=rows, out=out
    )
    assert counts(made) == counts(
        coverage_of_arrays(lon, lat, *site, radius_m=800, people=people, area=area, cut=0.05)
    )
    kept = pa.concat_tables([pq.read_table(part) for part in sorted(out.glob("part-*.parquet"))])
    assert kept["id"].to_pylist() == list(range(len(lon)))
    nearest = np.asarray(kept["nearest_m"].to_numpy(), dtype=float)
    expected = nearest_within(lon, lat, *site, 800.0)
    assert np.array_equal(np.nan_to_num(nearest, nan=np.inf), expected)
    summary = json.loads((out / "summary.json").read_text())
    assert summary["covered_places"] == int(np.isfinite(expected).sum())
    assert summary["has_synthetic"] is None
    assert "测地线" in summary["method"]
    assert pq.read_table(out / "areas.parquet")["area"].to_pylist() == sorted(set(area))
    with pytest.raises(BadInput, match="空文件夹"):
        coverage_of_files(demand, sites, radius_m=800, out=out)


def test_geoparquet_is_read_and_projected_files_are_refused(
    files: tuple[Path, Path, Any], tmp_path: Path
) -> None:
    import geopandas

    demand, sites, ((lon, lat), _, _, _) = files
    frame = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lon, lat), crs=4490)
    frame.to_parquet(tmp_path / "geo.parquet")
    made = coverage_of_files(tmp_path / "geo.parquet", sites, radius_m=800)
    assert made.covered_places.sum() == coverage_of_files(
        demand, sites, radius_m=800
    ).covered_places.sum()  # fmt: skip
    frame.to_crs(4549).to_parquet(tmp_path / "projected.parquet")
    with pytest.raises(BadInput, match="EPSG:4490"):
        coverage_of_files(tmp_path / "projected.parquet", sites, radius_m=800)


def test_files_at_fault_are_named(files: tuple[Path, Path, Any], tmp_path: Path) -> None:
    demand, sites, _ = files
    with pytest.raises(NotFound):
        coverage_of_files(tmp_path / "none.parquet", sites, radius_m=800)
    (tmp_path / "text.parquet").write_text("lon,lat\n")
    with pytest.raises(BadInput):
        coverage_of_files(demand, tmp_path / "text.parquet", radius_m=800)
    with pytest.raises(BadInput, match="people_60"):
        coverage_of_files(demand, sites, radius_m=800, people="people_60")


# --- the database -------------------------------------------------------------


@pytest.fixture
def stored(engine: Engine) -> Iterator[Any]:
    """A committed town: workers read on connections of their own."""
    made = town(7, 300, 25, (119.95, 31.77), 0.3)
    (lon, lat), people, area, site = made
    lon[:3], lat[:3] = [119.5, 120.0, 119.75], [31.5, 31.75, 31.5]  # on the lines of the cuts
    with Session(engine) as session:
        for i in range(len(lon)):
            code = None if i == 9 else f"{area[i]}000000"
            whole = float(np.floor(people[i]))
            make_cell(session, (lon[i], lat[i]), whole, admin_code=code, is_synthetic=True)
        for at in zip(*site, strict=True):
            make_facility(session, at)
        make_facility(session, (lon[0], lat[0]), state="closed")
        make_facility(session, (lon[0], lat[0]), kinds=["nursing_home"])
        session.commit()
    yield (lon, lat), np.floor(people), site
    with Session(engine) as session:
        session.execute(text("DELETE FROM demand_cell"))
        session.execute(text("DELETE FROM facility"))
        session.commit()


def test_stored_data_give_what_arrays_give(stored: Any, database: Database) -> None:
    (lon, lat), people, site = stored
    url = str(database.owner_url)
    answers = [
        coverage_stored(url, Asked("canteen", TODAY), radius_m=1500, cut=cut)
        for cut in (360.0, 0.25, 0.05, "division")
    ]
    assert {repr(counts(made)) for made in answers} == {repr(counts(answers[0]))}
    whole = coverage_of_arrays(lon, lat, *site, radius_m=1500, people=people)
    first = answers[0]
    assert (first.places.sum(), first.people.sum()) == (300, people.sum())
    assert first.covered_places.sum() == whole.covered_places.sum()
    assert first.covered.sum() == whole.covered[0]
    assert first.area_codes[0] == ""
    assert first.places[0] == 1
    assert first.has_synthetic
    assert any("合成" in source for source in first.sources)


def test_stored_questions_at_fault(stored: Any, database: Database) -> None:
    url = str(database.owner_url)
    with pytest.raises(BadInput):
        Asked("canteen", TODAY, people="people_61; DROP TABLE facility")
    with pytest.raises(NotFound):
        coverage_stored(url, Asked("canteen", date(2000, 1, 1)), radius_m=500)
    none = Asked("canteen", TODAY, base_year=1999)
    with pytest.raises(NotFound):
        coverage_stored(url, none, radius_m=500)


# --- workers ------------------------------------------------------------------


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with open_cluster(2) as opened:
        yield opened


def test_workers_give_what_this_process_gives(client: Any, stored: Any, database: Database) -> None:
    (lon, lat), people, site = stored
    told: list[int] = []

    def tell(done: int, total: int | None, text: str) -> None:
        told.append(done)

    alone = coverage_of_arrays(lon, lat, *site, radius_m=1500, people=people, cut=0.05)
    shared = coverage_of_arrays(
        lon, lat, *site, radius_m=1500, people=people, cut=0.05, client=client, progress=tell
    )
    assert counts(alone) == counts(shared)
    assert told == list(range(shared.pieces + 1))
    url = str(database.owner_url)
    asked = Asked("canteen", TODAY)
    assert counts(coverage_stored(url, asked, radius_m=1500, client=client)) == counts(
        coverage_stored(url, asked, radius_m=1500)
    )


def test_a_scheduler_elsewhere_is_used(client: Any) -> None:
    lon, lat = np.array([120.0, 121.0]), np.array([31.0, 31.0])
    with open_cluster(scheduler=client.scheduler.address) as other:
        made = coverage_of_arrays(lon, lat, lon[:1], lat[:1], radius_m=5, client=other)
    assert made.covered_places.sum() == 1


def test_an_error_in_a_piece_ends_the_run_with_its_reason(client: Any) -> None:
    with pytest.raises(BadInput, match="no piece"):
        list(each_done(client, refuse, [(1,), (2,)]))


def test_a_worker_that_dies_costs_nothing(tmp_path: Path) -> None:
    killed: list[str] = []

    def kill() -> None:
        while not killed:
            time.sleep(0.01)
            for begun in tmp_path.iterdir():
                os.kill(int(begun.name.split("-")[1]), signal.SIGKILL)
                killed.append(begun.name.split("-")[0])
                (tmp_path / "killed").touch()
                break

    with open_cluster(2) as client:
        killer = threading.Thread(target=kill, daemon=True)
        killer.start()
        done = list(each_done(client, slowly, [(i, tmp_path) for i in range(8)]))
        killer.join()
    assert sorted(done) == list(range(8))
    begun = [path.name.split("-")[0] for path in tmp_path.iterdir()]
    assert begun.count(killed[0]) > 1, "the piece of the dead worker was begun again"


@pytest.mark.full
def test_a_piece_that_always_kills_its_worker_ends_the_run() -> None:
    with open_cluster(1) as client, pytest.raises(Unavailable, match="内存"):
        list(each_done(client, die, [(1,)]))


def test_no_scheduler_and_no_workers_are_told() -> None:
    with pytest.raises(BadInput), open_cluster(0):
        pass
    with pytest.raises(Unavailable, match="没有应答"), open_cluster(scheduler="nonsense"):
        pass


# --- the command --------------------------------------------------------------


def test_the_command_answers_for_files(files: tuple[Path, Path, Any], tmp_path: Path) -> None:
    from api.cli import app

    demand, sites, _ = files
    out = tmp_path / "answer"
    said = CliRunner().invoke(
        app,
        ["batch", "coverage", "--demand", str(demand), "--sites", str(sites), "--radius", "800",
         "--people", "elders", "--area", "county", "--workers", "1", "--out", str(out)],
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    assert "合计" in said.output
    assert "3,000" in said.output
    assert (out / "summary.json").exists()


def test_the_command_wants_both_files() -> None:
    from geo.batch.cli import app

    said = CliRunner().invoke(app, ["coverage", "--demand", "x.parquet"])
    assert isinstance(said.exception, BadInput)
