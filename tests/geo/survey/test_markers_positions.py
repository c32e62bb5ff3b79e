"""Do bearings, zones and positions of markers agree with independent computations?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from pyproj import Geod, Transformer

from geo.crs import DatumShift
from geo.errors import BadInput, CrsError
from geo.survey.bearings import (
    DIRECTIONS16,
    direction16,
    grid_azimuth,
    meridian_convergence,
    plane_azimuth,
    true_azimuth,
    turn_deg,
    within_circle,
    zone_meridian,
)
from geo.survey.markers.positions import (
    doubt_of_archive,
    from_plane,
    gauss_kruger,
    meridian_of,
    rests_on_old_datum,
    to_cgcs2000,
)

EARTH = Geod(a=6378137.0, rf=298.257222101)
RNG = np.random.default_rng(5)


# --- 16 directions ----------------------------------------------------------------------------

BOUNDS = [11.25 + 22.5 * number for number in range(16)]


@pytest.mark.parametrize("bound", BOUNDS)
def test_each_bound_belongs_to_the_sector_that_begins_there(bound: float) -> None:
    at = BOUNDS.index(bound)
    assert direction16(bound) == DIRECTIONS16[(at + 1) % 16]
    assert direction16(math.nextafter(bound, 0)) == DIRECTIONS16[at]
    assert direction16(bound - 360) == direction16(bound) == direction16(bound + 360)


def test_the_words_of_the_sixteen_directions() -> None:
    said = {
        0: "北", 22.5: "北偏东北", 45: "东北", 67.5: "东偏东北", 90: "东", 112.5: "东偏东南",
            135: "东南", 157.5: "南偏东南", 180: "南", 202.5: "南偏西南", 225: "西南",
            247.5: "西偏西南", 270: "西", 292.5: "西偏西北", 315: "西北", 337.5: "北偏西北",
    }  # fmt: skip
    assert {azimuth: direction16(azimuth) for azimuth in said} == said
    assert direction16(-1e-300) == "北"
    for bad in (math.nan, math.inf):
        with pytest.raises(BadInput):
            direction16(bad)


@pytest.mark.parametrize("lon", [121.4999, 118.5001, 105.0 + 1.4999, 108.0 - 1.4999])
@pytest.mark.parametrize("bound", BOUNDS)
def test_directions_go_by_true_north_at_the_edge_of_a_zone(lon: float, bound: float) -> None:
    """At 53° N and 1.5° off the meridian grid north is 1.2° from true north: words would differ."""
    lat = 53.0
    for side in (-0.3, 0.3):
        to_lon, to_lat, _ = EARTH.fwd(lon, lat, bound + side, 800.0)
        azimuth = float(true_azimuth(lon, lat, to_lon, to_lat))
        assert azimuth == pytest.approx(bound + side, abs=1e-6)
        by_grid = float(grid_azimuth(lon, lat, to_lon, to_lat))
        convergence = float(meridian_convergence(lon, lat))
        assert abs(convergence) > 1.19
        turned = float(turn_deg(by_grid + convergence, azimuth))
        assert abs(turned) * 3600 < 1.0, "the bend of the geodesic is under 1″ in 800 m"
        expected = DIRECTIONS16[(BOUNDS.index(bound) + (side > 0)) % 16]
        assert direction16(by_grid + convergence) == direction16(azimuth) == expected
    wrong = {
        direction16(float(grid_azimuth(lon, lat, *EARTH.fwd(lon, lat, bound + side, 800.0)[:2])))
        for side in (-0.3, 0.3)
    }  # fmt: skip
    assert len(wrong) == 1, "by grid north both sides of the bound would get one word"


def test_convergence_is_positive_east_of_the_meridian_and_follows_its_series() -> None:
    lon, lat = RNG.uniform(73.6, 136.4, 500), RNG.uniform(3, 54, 500)
    made = meridian_convergence(lon, lat)
    away, phi = np.radians(lon - zone_meridian(lon)), np.radians(lat)
    eta2 = 0.006739496775479 * np.cos(phi) ** 2
    series = away * np.sin(phi) * (
        1 + away**2 * np.cos(phi) ** 2 / 3 * (1 + 3 * eta2 + 2 * eta2**2)
    )  # fmt: skip
    assert np.abs(made - np.degrees(series)).max() * 3600 < 0.01
    assert (np.sign(made) == np.sign(away)).all()
    assert float(meridian_convergence(120.0, 31.0)) == 0.0


def test_azimuths_of_a_point_to_itself_are_unknown() -> None:
    assert math.isnan(float(true_azimuth(120, 31, 120, 31)))
    assert math.isnan(float(grid_azimuth(120, 31, 120, 31)))
    assert float(plane_azimuth(0, 0, 1, 1)) == 45
    assert float(within_circle(-1e-300)) == 0.0
    assert true_azimuth([120, 121], 31, 120.5, 31).shape == (2,)


def test_zones_have_their_edge_in_the_east() -> None:
    assert zone_meridian([118.5, 118.4999, 73.5, 136.49]).tolist() == [120, 117, 75, 135]
    for lon in (73.4, 136.5, math.nan):
        with pytest.raises(BadInput):
            zone_meridian(lon)
    with pytest.raises(BadInput):
        true_azimuth(120, math.nan, 121, 31)


# --- the plane --------------------------------------------------------------------------------


def krueger(lon: float, lat: float, meridian: float) -> tuple[float, float]:
    """Krüger's series in the third flattening to the fourth order, written from the formulas."""
    a, f = 6378137.0, 1 / 298.257222101
    n = f / (2 - f)
    radius = a / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    alpha = (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180,
        13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440,
        61 * n**3 / 240 - 103 * n**4 / 140,
        49561 * n**4 / 161280,
    )
    e = math.sqrt(f * (2 - f))
    phi, away = math.radians(lat), math.radians(lon - meridian)
    t = math.sinh(math.atanh(math.sin(phi)) - e * math.atanh(e * math.sin(phi)))
    xi = math.atan2(t, math.cos(away))
    eta = math.atanh(math.sin(away) / math.sqrt(1 + t**2))
    north = xi + sum(
        c * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, c in enumerate(alpha, 1)
    )
    east = eta + sum(
        c * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, c in enumerate(alpha, 1)
    )
    return radius * north, radius * east + 500_000.0


@pytest.mark.parametrize("zone", range(25, 46))
def test_gauss_kruger_agrees_with_pyproj_and_with_the_series_to_a_millimetre(zone: int) -> None:
    lon = zone * 3 + RNG.uniform(-1.5, 1.4999, 20)
    lat = RNG.uniform(3, 54, 20)
    made = gauss_kruger(lon, lat, zone * 3)
    zoned = Transformer.from_crs("EPSG:4490", f"EPSG:{4513 + zone - 25}")  # lat, lon → north, east
    north, east = zoned.transform(lat, lon)
    assert np.abs(made.north_m - north).max() < 0.001
    assert np.abs(made.zoned_m - east).max() < 0.001
    assert (made.zone, made.epsg) == (zone, 4513 + zone - 25)
    own = np.array([krueger(*place, zone * 3) for place in zip(lon, lat, strict=True)])
    assert np.abs(own[:, 0] - made.north_m).max() < 0.001
    assert np.abs(own[:, 1] - made.east_m).max() < 0.001
    back = from_plane(made.north_m, made.east_m, zone * 3)
    assert np.abs(np.array(back) - [lon, lat]).max() < 1e-9


def test_a_register_in_a_zone_of_cgcs2000_keeps_its_numbers() -> None:
    told = to_cgcs2000(3_514_000.5, 40_500_100.25, "EPSG:4528")
    assert told.doubt is None
    assert told.lon is not None
    plane = gauss_kruger(told.lon, told.lat, 120)
    assert float(plane.north_m) == pytest.approx(3_514_000.5, abs=0.001)
    assert float(plane.zoned_m) == pytest.approx(40_500_100.25, abs=0.001)
    for crs, meridian in (("EPSG:4528", 120), ("EPSG:4549", 120), ("EPSG:4527", 117),
                          ("EPSG:4490", 120), ("EPSG:2364", 120), (None, 120)):  # fmt: skip
        assert meridian_of(crs, 120.3) == meridian


# --- what must not be taken for CGCS2000 ------------------------------------------------------

OLD = ["EPSG:4610", "EPSG:2364", "EPSG:2385", "西安80", "EPSG:4214", "EPSG:2436", "北京54", "4555"]


@pytest.mark.parametrize("crs", OLD)
def test_old_datums_without_parameters_have_no_place_in_cgcs2000(crs: str) -> None:
    assert rests_on_old_datum(crs)
    told = to_cgcs2000(31.75, 120.0, crs)
    assert (told.lon, told.lat) == (None, None)
    assert told.doubt is not None
    assert "CGCS2000" in told.doubt
    # also where a row of the register claims to be exact
    for transformation in (None, "", "近似：未经转换参数"):
        assert doubt_of_archive(crs, transformation, False, True) is not None
    assert doubt_of_archive(crs, "由 Xian 1980 换算 (给定参数)", False, True) is None
    assert doubt_of_archive(crs, "由 Xian 1980 换算 (给定参数)", True, True) is not None


def test_with_parameters_an_old_datum_has_a_place() -> None:
    shift = DatumShift(10.0, -20.0, 5.0, 0.1, 0.2, 0.3, 1.5)
    told = to_cgcs2000(31.75, 120.0, "EPSG:4610", shift=shift)
    assert told.doubt is None
    assert told.lon is not None
    assert told.transformation is not None
    assert told.lon != 120.0
    assert abs(told.lon - 120.0) < 0.01


def test_other_doubts_of_an_archive() -> None:
    assert doubt_of_archive("EPSG:4490", None, False, True) is None
    assert doubt_of_archive("EPSG:4490", None, False, False) is not None
    assert doubt_of_archive(None, None, False, True) is not None
    assert doubt_of_archive("GCJ-02", "", False, True) is not None
    assert doubt_of_archive("nonsense", None, False, True) is not None
    assert doubt_of_archive("EPSG:4490", None, True, True) is not None


@pytest.mark.parametrize(
    ("x", "y", "crs"),
    [
        (31.7, 120.0, "GCJ-02"), (31.7, 120.0, "bd09"), (math.nan, 120.0, "4490"),
        (120.0, 31.7, "4490"), (3_514_000.5, 39_500_100.25, "4528"),
        (3_514_000.5, 500_100.0, "4528"),
        (31.7, 120.0, "no such"), (0.0, 0.0, "4490"), (1e12, 500_000.0, "4549"),
    ],
)  # fmt: skip
def test_what_is_no_survey_is_refused(x: float, y: float, crs: str) -> None:
    with pytest.raises(CrsError):
        to_cgcs2000(x, y, crs)
