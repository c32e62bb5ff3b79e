"""Do the clients that people use read the doors: GDAL, OWSLib?"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pyogrio
import pytest
from owslib.ogcapi.features import Features
from owslib.ogcapi.records import Records

from geo.db import Database

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
# A process of its own: GDAL keeps Python's lock while it waits for an answer.
SERVE = """
import sys, uvicorn
from api.app import create_app
from api.serving import take_port
from geo.db import Database
taken = take_port("127.0.0.1", 0)
print(taken.getsockname()[1], flush=True)
app = create_app(Database(*sys.argv[1:]), city_code="320400000000")
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[taken])
"""
NAMES = ["units", "lines", "facilities", "zones", "place-names", "heritage-names"]
LISTED = [*NAMES, "catalogue"]


@pytest.fixture(scope="module")
def apart(city: Database) -> Iterator[str]:
    """The service on the city in a process of its own; its address."""
    running = subprocess.Popen(
        [sys.executable, "-c", SERVE, city.owner_url, city.public_url],
        cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stdout is not None
    address = f"http://127.0.0.1:{running.stdout.readline().strip()}"
    deadline = time.monotonic() + 120
    while True:
        try:
            httpx.get(f"{address}/ogc", timeout=30)
            break
        except httpx.HTTPError:
            assert time.monotonic() < deadline
            assert running.poll() is None
            time.sleep(0.1)
    yield address
    running.terminate()
    running.wait(timeout=60)


@pytest.mark.parametrize("root", ["/ogc", "/ogc/"])
def test_gdal_lists_the_collections(apart: str, root: str) -> None:
    assert [name for name, _ in pyogrio.list_layers(f"OAPIF:{apart}{root}")] == LISTED


@pytest.mark.parametrize("name", NAMES)
def test_gdal_reads_every_feature(apart: str, name: str) -> None:
    at = f"{apart}/ogc/collections/{name}/items"
    expected = httpx.get(f"{at}?limit=10000", timeout=60).json()["features"]
    frame = pyogrio.read_dataframe(f"OAPIF:{apart}/ogc", layer=name, PAGE_SIZE=50)
    assert len(frame) == len(expected)
    assert sorted(frame["id"]) == sorted(one["id"] for one in expected)
    if name != "heritage-names":
        with_shape = sum(one["geometry"] is not None for one in expected)
        assert int(frame.geometry.notna().sum()) == with_shape
        first = next(one for one in expected if one["geometry"])
        own = frame[frame["id"] == first["id"]].geometry.iloc[0]
        flat: Any = first["geometry"]["coordinates"]
        while isinstance(flat[0], list):
            flat = flat[0]
        assert own.bounds[0] <= flat[0] <= own.bounds[2]


def test_gdal_asks_with_a_box_a_filter_and_a_number(apart: str) -> None:
    source = f"OAPIF:{apart}/ogc"
    at = f"{apart}/ogc/collections/facilities/items?limit=1"
    box = (119.9, 31.7, 120.0, 31.8)
    boxed = pyogrio.read_dataframe(source, layer="facilities", bbox=box)
    expected = httpx.get(f"{at}&bbox={','.join(map(str, box))}", timeout=60).json()["numberMatched"]
    assert len(boxed) == expected > 0
    filtered = pyogrio.read_dataframe(
        source, layer="facilities", where="state = 'open' AND beds_total > 100"
    )
    asked = httpx.get(
        at, params={"limit": 1, "filter": "state = 'open' AND beds_total > 100"}, timeout=60
    )
    assert len(filtered) == asked.json()["numberMatched"] > 0
    told = pyogrio.read_info(source, layer="facilities", force_feature_count=True)
    assert told["features"] == httpx.get(at, timeout=60).json()["numberMatched"]


def test_gdal_reads_in_a_projected_system(apart: str) -> None:
    plain = pyogrio.read_dataframe(f"OAPIF:{apart}/ogc", layer="facilities")
    moved = pyogrio.read_dataframe(f"OAPIF:{apart}/ogc", layer="facilities", CRS=f"{EPSG}4528")
    assert moved.crs is not None
    assert moved.crs.to_epsg() == 4528
    expected = plain.to_crs(4490).to_crs(4528)
    both = expected.set_index("id").geometry.distance(moved.set_index("id").geometry)
    assert float(both.max()) < 0.05


def test_owslib_reads_features(apart: str) -> None:
    doors = Features(f"{apart}/ogc/")
    assert doors.links
    assert any(one.endswith("/conf/core") for one in doors.conformance()["conformsTo"])
    assert doors.feature_collections() == NAMES
    assert doors.collection("facilities")["id"] == "facilities"
    assert "name" in doors.collection_queryables("facilities")["properties"]
    found = doors.collection_items(
        "facilities", limit=5, bbox=[119, 31, 121, 33], filter="state = 'open'",
        datetime_=date(2026, 1, 1).isoformat(),
    )  # fmt: skip
    assert len(found["features"]) == 5
    one = found["features"][0]
    assert doors.collection_item("facilities", one["id"])["id"] == one["id"]
    assert doors.api()["openapi"].startswith("3.0")


def test_owslib_reads_the_catalogue_as_records(apart: str) -> None:
    records = Records(f"{apart}/ogc/")
    assert records.records() == ["catalogue"]
    assert records.feature_collections() == NAMES
    assert records.collection("catalogue")["itemType"] == "record"
    every = records.collection_items("catalogue", limit=100)["features"]
    assert [one["id"] for one in every] == NAMES
    first = records.collection_items("catalogue", limit=4)
    assert (first["numberMatched"], first["numberReturned"]) == (len(NAMES), 4)
    rest = httpx.get(
        next(one["href"] for one in first["links"] if one["rel"] == "next"), timeout=60
    ).json()
    assert [one["id"] for one in (*first["features"], *rest["features"])] == NAMES
    found = records.collection_items("catalogue", q="养老 elder")["features"]
    assert [one["id"] for one in found] == ["facilities"]
    here = records.collection_items("catalogue", bbox=[119.9, 31.7, 120, 31.8])["features"]
    assert {"units", "facilities"} <= {one["id"] for one in here}
    assert not records.collection_items("catalogue", bbox=[0, 0, 1, 1])["features"]
    early = records.collection_items("catalogue", datetime_="../1900-01-01")["features"]
    assert "facilities" not in [one["id"] for one in early]
    one = records.collection_item("catalogue", "facilities")
    assert one["properties"]["license"] == "CC0-1.0"
    assert one == next(each for each in every if each["id"] == "facilities") | {
        "links": one["links"]
    }


def test_gdal_reads_the_catalogue(apart: str) -> None:
    frame = pyogrio.read_dataframe(f"OAPIF:{apart}/ogc", layer="catalogue", PAGE_SIZE=2)
    assert list(frame["id"]) == NAMES
    assert frame.set_index("id").geometry["facilities"].bounds[0] > 119
