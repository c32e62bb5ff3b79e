"""Do coordinates leave and boxes come in every reference system, axes as its authority says?"""

from __future__ import annotations

from typing import Any

import pyproj
import pytest
from fastapi.testclient import TestClient

from geo.queries.reference_systems import SYSTEMS

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
POINTS = "/ogc/collections/facilities/items"
BY_AUTHORITY = {
    f"{EPSG}4490": (4490, True), f"{EPSG}4326": (4326, True), CRS84: (4326, False),
    f"{EPSG}3857": (3857, False), f"{EPSG}4528": (4528, True), f"{EPSG}4549": (4549, True),
}  # fmt: skip


def items(client: TestClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:300]
    return answer


def test_every_system_is_announced(client: TestClient) -> None:
    told = items(client, "/ogc/collections").json()
    assert told["crs"] == [*SYSTEMS]
    assert len(told["crs"]) == 4 + 42
    assert {f"{EPSG}{number}" for number in range(4513, 4555)} < set(told["crs"])
    *features, catalogue = told["collections"]
    assert all(one["crs"] == ["#/crs"] for one in features)
    assert "crs" not in catalogue, "records stand in CRS84 alone"
    assert all(one["storageCrs"] == f"{EPSG}4490" for one in features)


@pytest.mark.parametrize("uri", [*BY_AUTHORITY])
def test_axes_stand_as_the_authority_has_them(client: TestClient, uri: str) -> None:
    plain = items(client, f"{POINTS}?limit=5")
    assert plain.headers["content-crs"] == f"<{CRS84}>"
    moved = items(client, f"{POINTS}?limit=5&crs={uri}")
    assert moved.headers["content-crs"] == f"<{uri}>"
    number, north_first = BY_AUTHORITY[uri]
    # PROJ's own order of the axes is the authority's; 4326 to 4490 is a mere relabelling.
    source = 4326 if number in (3857, 4326) else 4490
    convert = pyproj.Transformer.from_crs(source, number, always_xy=False)
    for one, other in zip(plain.json()["features"], moved.json()["features"], strict=True):
        lon, lat = one["geometry"]["coordinates"]
        expected = convert.transform(lat, lon)
        if uri == CRS84:
            expected = (lon, lat)
        found = other["geometry"]["coordinates"]
        digits = 1e-6 if number in (4326, 4490) else 0.02
        assert found == pytest.approx(expected, abs=digits)
        if number > 4500:
            assert found[0] > 3_000_000, "X is north"
        assert north_first == (uri not in (CRS84, f"{EPSG}3857"))
    one = items(client, f"{POINTS}/{plain.json()['features'][0]['id']}?crs={uri}")
    assert one.headers["content-crs"] == f"<{uri}>"
    assert one.json()["geometry"] == moved.json()["features"][0]["geometry"]


@pytest.mark.parametrize("uri", [*BY_AUTHORITY])
def test_the_same_box_in_every_system(client: TestClient, uri: str) -> None:
    corners = ((119.9, 31.7), (120.0, 31.8))
    number, _ = BY_AUTHORITY[uri]
    source = 4326 if number in (3857, 4326) else 4490
    convert = pyproj.Transformer.from_crs(source, number, always_xy=False)
    box = [
        value
        for lon, lat in corners
        for value in ((lon, lat) if uri == CRS84 else convert.transform(lat, lon))
    ]
    words = ",".join(repr(value) for value in box)
    # What lies in the box by the coordinates of its own system, whatever shape it has in degrees.
    whole = items(client, f"{POINTS}?limit=10000&crs={uri}").json()["features"]
    at = [one["geometry"]["coordinates"] for one in whole]
    expected = sum(box[0] <= x <= box[2] and box[1] <= y <= box[3] for x, y in at)
    found = items(client, f"{POINTS}?bbox={words}&bbox-crs={uri}&limit=1").json()["numberMatched"]
    assert found == expected > 10


@pytest.mark.parametrize("parameter", ["crs", "bbox-crs", "filter-crs"])
@pytest.mark.parametrize(
    "uri", ["", "4326", "EPSG:9999", f"{EPSG}4479", f"{EPSG}4555", "http://example.com", "\n"]
)
def test_unknown_systems_are_400(client: TestClient, parameter: str, uri: str) -> None:
    answer = client.get(POINTS, params={parameter: uri})
    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter


@pytest.mark.parametrize(
    "words",
    ["[EPSG:4490]", "urn:ogc:def:crs:EPSG::4490", "https://www.opengis.net/def/crs/EPSG/0/4490"],
)
def test_other_names_of_a_system(client: TestClient, words: str) -> None:
    assert items(client, f"{POINTS}?limit=1&crs={words}").headers["content-crs"].endswith("4490>")


@pytest.mark.parametrize(
    "address",
    [f"{POINTS}?bbox=1,1,2,2&bbox-crs={EPSG}4528",
     f"{POINTS}?bbox=9e9,0,9.1e9,1&bbox-crs={EPSG}3857",
     f"{POINTS}?bbox=100,0,101,1&bbox-crs={EPSG}4326"],
)  # fmt: skip
def test_a_box_outside_its_system_is_400(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer.json()["parameter"] == "bbox"


def test_a_zoomed_out_map_asks_for_more_than_the_system_covers(client: TestClient) -> None:
    whole = items(client, f"{POINTS}?limit=1").json()["numberMatched"]
    for box, number in (
        ("-90000000,-90000000,90000000,90000000", 3857),
        ("-9000000,-90000000,90000000,90000000", 4528),
    ):
        found = items(client, f"{POINTS}?limit=1&bbox={box}&bbox-crs={EPSG}{number}")
        assert found.json()["numberMatched"] == whole
