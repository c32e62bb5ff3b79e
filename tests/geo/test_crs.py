"""Do delivered coordinates become CGCS2000 truthfully, and is a false conversion refused?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo import crs
from geo.errors import CrsError

GEOD = Geod(ellps="GRS80")


def test_cgcs2000_and_wgs84_are_stored_as_they_are() -> None:
    for name in ("cgcs2000", "EPSG:4490", "wgs84", "4326", "urn:ogc:def:crs:OGC:1.3:CRS84"):
        lon, lat, note = crs.to_stored([119.9, 120.1], [31.7, 31.8], name)
        assert lon.tolist() == [119.9, 120.1]
        assert lat.tolist() == [31.7, 31.8]
        assert note is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("CGCS2000 zone 40", "EPSG:4528"),
        ("CGCS2000 CM 120E", "EPSG:4549"),
        ("CGCS2000 CM 105", "EPSG:4544"),
        ("zone 25", "EPSG:4513"),
        ("zone 45", "EPSG:4533"),
        ("4549", "EPSG:4549"),
        ("epsg:4549", "EPSG:4549"),
        ("GCJ-02", "GCJ-02"),
        ("高德", "GCJ-02"),
        ("bd-09", "BD-09"),
        ("西安80", "EPSG:4610"),
        ("北京54", "EPSG:4214"),
        ("国家2000", "EPSG:4490"),
    ],
)
def test_names_people_use(name: str, code: str) -> None:
    assert crs.known_crs(name) == code


@pytest.mark.parametrize("name", ["", "mars", "CGCS2000 zone 24", "CGCS2000 CM 119", "EPSG:9999"])
def test_an_unknown_crs_is_refused_with_the_list(name: str) -> None:
    with pytest.raises(CrsError, match="cgcs2000"):
        crs.to_stored([1.0], [1.0], name)


@pytest.mark.parametrize("zone", range(25, 46))
def test_every_zone_agrees_with_its_central_meridian(zone: int) -> None:
    meridian = 3 * zone
    with_zone = crs.to_stored([zone * 1_000_000 + 512_345.6], [3_456_789.1], f"zone {zone}")
    without = crs.to_stored([512_345.6], [3_456_789.1], f"CGCS2000 CM {meridian}")
    assert with_zone.lon == pytest.approx(without.lon, abs=1e-12)
    assert with_zone.lat == pytest.approx(without.lat, abs=1e-12)
    assert meridian < with_zone.lon[0] < meridian + 0.2
    # On the meridian itself the northing is the length of the meridian arc from the equator.
    assert crs.to_stored([500_000.0], [0.0], f"CGCS2000 CM {meridian}").lon[0] == pytest.approx(
        meridian
    )


def test_eastings_with_the_wrong_zone_number_are_refused_with_the_right_name() -> None:
    with pytest.raises(CrsError, match="EPSG:4528"):
        crs.to_stored([40_500_000.0], [3_500_000.0], "EPSG:4549")
    with pytest.raises(CrsError, match="EPSG:4549"):
        crs.to_stored([500_000.0], [3_500_000.0], "EPSG:4528")


@pytest.mark.parametrize(
    ("easting", "name", "wanted"),
    [
        (39_539_000.0, "4528", "EPSG:4527"),
        (20_539_000.0, "4491", "EPSG:4498"),
        (40_539_000.0, "4498", "EPSG:4528"),
        (20_539_000.0, "4549", "EPSG:4498"),
        (3_519_000.0, "4549", "swap"),
        (3_519_000.0, "4528", "swap"),
    ],
)
def test_the_zone_of_an_easting_is_compared_with_the_stated_one(
    easting: float, name: str, wanted: str
) -> None:
    with pytest.raises(CrsError, match=wanted):
        crs.to_stored([easting], [3_519_000.0], name)
    right = {"4528": 40_539_000.0, "4491": 13_539_000.0, "4498": 20_539_000.0}.get(name, 539_000.0)
    mixed = crs.to_stored([easting, right], [3_519_000.0, 3_519_000.0], name)
    assert np.isnan(mixed.lon).tolist() == [True, False]


@pytest.mark.parametrize("edge", ["west", "east", "south", "north"])
def test_at_the_edge_of_its_rectangle_gcj02_comes_back_too(edge: str) -> None:
    lon, lat = np.meshgrid(np.linspace(73, 137, 60), np.linspace(2, 55, 60))
    beside = np.linspace(-0.02, 0.02, 60)
    if edge in ("west", "east"):
        lon = np.broadcast_to({"west": 72.004, "east": 137.8347}[edge] + beside, lon.shape)
    else:
        lat = np.broadcast_to({"south": 0.8293, "north": 55.8271}[edge] + beside, lat.shape).T
    there = crs.wgs84_to_gcj02(lon, lat)
    back = crs.gcj02_to_wgs84(*there)
    inside = crs.in_gcj02_area(lon, lat)
    assert np.allclose(back[0][inside], lon[inside], rtol=0, atol=1e-11)
    assert np.allclose(back[1][inside], lat[inside], rtol=0, atol=1e-11)
    # An unshifted position outside may also be the shifted one of a place inside; any answer leads
    # to what was given.
    assert np.allclose(crs.wgs84_to_gcj02(*back), there, rtol=0, atol=1e-11)


@pytest.mark.parametrize("name", ["xian80", "beijing54", "EPSG:2370", "EPSG:2437", "EPSG:3821"])
def test_a_datum_without_parameters_is_refused_not_passed_through(name: str) -> None:
    with pytest.raises(CrsError, match="datum-shift"):
        crs.to_stored([500_000.0], [3_500_000.0], name)


@pytest.mark.parametrize(
    ("name", "east", "north", "lon", "lat"),
    [
        ("EPSG:2326", 836_694.05, 819_069.80, 114.178_56, 22.312_13),  # origin: 22°18′43.68″N …
        ("EPSG:27700", 325_897, 673_996, -3.1883, 55.9533),  # Edinburgh, Waverley
        ("EPSG:2154", 652_381, 6_862_047, 2.3510, 48.8567),  # Paris, the town hall
        ("EPSG:6668", 139.7, 35.7, 139.7, 35.7),
    ],
)
def test_a_datum_of_another_country_goes_through_wgs84(
    name: str, east: float, north: float, lon: float, lat: float
) -> None:
    made = crs.to_stored([east], [north], name)
    assert made.lon[0] == pytest.approx(lon, abs=0.004)
    assert made.lat[0] == pytest.approx(lat, abs=0.004)
    assert made.note is not None
    assert "WGS 84" in made.note


def test_a_datum_with_parameters_moves_by_them() -> None:
    still = crs.to_stored([117.0], [31.0], "xian80", datum_shift=crs.DatumShift(0, 0, 0))
    moved = crs.to_stored([117.0], [31.0], "xian80", datum_shift=crs.DatumShift(0, 0, 100))
    _, _, distance = GEOD.inv(still.lon[0], still.lat[0], moved.lon[0], moved.lat[0])
    # A shift along the earth's axis moves the foot point by its part along the meridian.
    assert distance == pytest.approx(100 * np.cos(np.radians(31)), abs=0.1)
    gk = crs.to_stored(
        [500_000.0], [3_431_000.0], "EPSG:2384", datum_shift=crs.DatumShift(0, 0, 100)
    )
    assert gk.lon[0] == pytest.approx(117.0, abs=1e-6)


def test_what_is_no_number_becomes_nan_in_both_coordinates() -> None:
    for name in ("cgcs2000", "gcj02", "bd09", "CGCS2000 CM 120"):
        lon, lat, _ = crs.to_stored([np.nan, np.inf, 120.0], [31.0, 31.0, -np.inf], name)
        assert np.isnan(lon).all()
        assert np.isnan(lat).all()


def test_gcj02_shifts_by_hundreds_of_metres_inside_and_not_at_all_outside() -> None:
    lon, lat = crs.wgs84_to_gcj02([119.97, 106.55, 2.35], [31.78, 29.56, 48.85])
    _, _, moved = GEOD.inv([119.97, 106.55, 2.35], [31.78, 29.56, 48.85], lon, lat)
    assert moved[:2].min() > 100
    assert moved[:2].max() < 700
    assert moved[2] == 0


def test_conversions_from_phone_maps_say_that_they_are_approximate() -> None:
    for name in ("gcj02", "bd09"):
        stored = crs.to_stored([121.5], [31.2], name)
        assert "近似" in (stored.note or "")


@given(st.floats(73.5, 135.0), st.floats(18.0, 53.5))
def test_phone_map_coordinates_come_back(lon: float, lat: float) -> None:
    gcj = crs.wgs84_to_gcj02([lon], [lat])
    assert np.allclose(crs.gcj02_to_wgs84(*gcj), [[lon], [lat]], rtol=0, atol=1e-11)
    again = crs.bd09_to_gcj02(*crs.gcj02_to_bd09(*gcj))
    assert np.allclose(again, gcj, rtol=0, atol=1e-11)
