"""Are deviations, feet on a line and reference objects what an independent computation gives?"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.errors import BadInput
from geo.survey.deviations.along import feet_on
from geo.survey.deviations.compare import compare
from geo.survey.deviations.line_check import too_many_lines
from geo.survey.markers.positions import WITHOUT_PARAMETERS, Position, from_plane, gauss_kruger
from geo.survey.markers.references import against_seen, read_objects, recompute
from geo.survey.markers.rules import Tolerance

EARTH = Geod(a=6378137.0, rf=298.257222101)
FIVE = Tolerance(5.0, "5 m", "test", "unverified")
NORTH, EAST = 3_514_000.0, 640_000.0  # near the edge of zone 40


def at(north: float = NORTH, east: float = EAST, **said: Any) -> Position:
    lon, lat = (float(axis) for axis in from_plane(north, east, 120))
    given = {"sigma_m": 0.5} | said
    return Position("EPSG:4549", north, east, lon, lat, **given)


def test_differences_are_measured_minus_archived_on_the_plane() -> None:
    old = at(height_m=10.0, height_datum="1985 国家高程基准")
    new = at(NORTH + 3, EAST - 4, height_m=10.5, height_datum="1985国家高程基准")
    found = compare(old, new, FIVE)
    assert (found.d_north_m, found.d_east_m) == (
        pytest.approx(3, abs=1e-4), pytest.approx(-4, abs=1e-4),
    )  # fmt: skip
    assert found.distance_m == pytest.approx(5, abs=1e-4)
    assert found.d_height_m == pytest.approx(0.5)
    assert found.azimuth_deg == pytest.approx(360 - math.degrees(math.atan2(4, 3)), abs=1e-3)
    assert found.sigma_m == pytest.approx(math.hypot(0.5, 0.5))
    assert (found.verdict, found.meridian_deg) == ("check", 120)


@pytest.mark.parametrize(
    ("off", "sigmas", "verdict"),
    [
        (3.0, (0.6, 0.8), "within"),  # 3 + 2 ≤ 5
        (3.1, (0.6, 0.8), "check"),
        (6.9, (0.6, 0.8), "check"),
        (7.1, (0.6, 0.8), "over"),  # 7.1 − 2 > 5
        (0.0, (None, 0.1), "check"),
        (90.0, (0.1, None), "check"),
        (0.0, (0.1, 10.0), "check"),
    ],
)
def test_the_verdict_takes_both_errors_into_account(
    off: float, sigmas: tuple[float | None, float | None], verdict: str
) -> None:
    found = compare(at(sigma_m=sigmas[0]), at(NORTH + off, sigma_m=sigmas[1]), FIVE, k=2)
    assert found.verdict == verdict
    assert (None in sigmas) == (found.sigma_m is None)


@given(off=st.floats(0, 50), old=st.floats(0.01, 10), new=st.floats(0.01, 10), k=st.floats(0, 3))
@settings(max_examples=60, deadline=None)
def test_greater_errors_never_make_a_verdict_firmer(
    off: float, old: float, new: float, k: float
) -> None:
    firm = compare(at(sigma_m=old), at(NORTH + off, sigma_m=new), FIVE, k=k).verdict
    loose = compare(at(sigma_m=old), at(NORTH + off, sigma_m=new * 2), FIVE, k=k).verdict
    assert loose in ("check", firm)


def test_a_frame_of_another_epoch_widens_the_doubt() -> None:
    ppp = at(NORTH + 4.5, sigma_m=0.05, frame_epoch=2026.0)
    firm = compare(at(sigma_m=0.05), replace(ppp, frame_epoch=2000.0), FIVE, frame_m_per_year=0.03)
    moved = compare(at(sigma_m=0.05), ppp, FIVE, frame_m_per_year=0.03)
    assert (firm.verdict, firm.frame_m) == ("within", 0.0)
    assert (moved.verdict, moved.frame_m) == ("check", pytest.approx(0.78))


def test_no_verdict_without_a_firm_place_a_scale_or_an_archived_line() -> None:
    old = replace(at(), lon=None, lat=None, doubt=WITHOUT_PARAMETERS)
    approximate = replace(at(), doubt=WITHOUT_PARAMETERS)
    for archived, measured in ((old, at()), (approximate, at()), (at(), old), (None, at()),
                               (at(), None)):  # fmt: skip
        found = compare(archived, measured, FIVE)
        assert (found.verdict, found.distance_m, found.d_north_m) == ("none", None, None)
        assert found.reasons
    told = compare(at(), at(NORTH + 90), None)
    assert (told.verdict, round(told.distance_m or 0)) == ("none", 90)
    derived = compare(at(), at(NORTH + 90), FIVE, no_verdict="推导")
    assert (derived.verdict, derived.reasons) == ("none", ("推导",))


def test_heights_of_different_datums_are_not_subtracted() -> None:
    for old, new in (("1985 国家高程基准", "1956 黄海高程"), (None, "1985"), ("", "")):
        found = compare(at(height_m=10, height_datum=old), at(height_m=11, height_datum=new), FIVE)
        assert found.d_height_m is None
        assert any("高程" in reason for reason in found.reasons)


def test_an_assumed_error_of_the_archive_is_said() -> None:
    assumed = replace(FIVE, archived_sigma_m=0.5)
    found = compare(at(sigma_m=None), at(NORTH + 1), assumed)
    assert found.verdict == "within"
    assert "按规则取 0.5 m" in found.reasons[0]


# --- on the line ------------------------------------------------------------------------------


def test_the_foot_on_a_line_agrees_with_densified_geodesics() -> None:
    rng = np.random.default_rng(7)
    lon = np.linspace(118.2, 118.9, 12)  # across the edge of two zones at 118.5
    line = shapely.MultiLineString([np.column_stack([lon, 34.5 + rng.uniform(-0.05, 0.05, 12)])])
    places = rng.uniform([118.25, 34.45], [118.85, 34.55], (25, 2))
    dense = []
    xy = shapely.get_coordinates(line)
    for start, end in pairwise(xy):
        between = EARTH.npts(*start, *end, 4000)
        dense.append(np.array([start, *between, end]))
    for (lon_p, lat_p), foot in zip(places, feet_on(line, *places.T), strict=True):
        distances = [
            EARTH.inv(np.full(len(run), lon_p), np.full(len(run), lat_p), *run.T)[2]
            for run in dense
        ]
        edge = int(np.argmin([run.min() for run in distances]))
        best = int(np.argmin(distances[edge]))
        assert foot.distance_m == pytest.approx(float(distances[edge][best]), abs=0.5)
        before = sum(EARTH.line_length(*xy[i : i + 2].T) for i in range(edge))
        along = before + EARTH.line_length(*dense[edge][: best + 1].T)
        assert foot.chainage_m == pytest.approx(along, abs=5.0)
        assert abs(foot.offset_m) == foot.distance_m


def test_chainage_runs_through_parts_and_gaps_count_nothing() -> None:
    line = shapely.MultiLineString([[(120, 31), (120.01, 31)], [(120.05, 31), (120.06, 31)]])
    first = EARTH.inv(120, 31, 120.01, 31)[2]
    ends = feet_on(line, [120.0, 120.01, 120.05, 120.06], [31.0] * 4)
    assert [foot.chainage_m for foot in ends] == pytest.approx(
        [0, first, first, 2 * first], abs=1e-3
    )
    left, right = feet_on(line, [120.005] * 2, [31.001, 30.999])
    assert left.offset_m == pytest.approx(110.86, abs=0.1)
    assert right.offset_m == pytest.approx(-110.86, abs=0.1)


def test_a_line_without_length_is_refused() -> None:
    with pytest.raises(BadInput):
        feet_on(shapely.LineString([(120, 31), (120, 31)]), [120], [31])


def test_at_most_three_lines() -> None:
    rows = [("M1", ["a", "b", "c"]), ("M2", ["a", "b", "c", "d"])]
    assert [one.numbers for one in too_many_lines(rows)] == [("M2",)]


# --- reference objects ------------------------------------------------------------------------


def test_objects_of_a_delivery_and_of_a_form_are_read_alike() -> None:
    made = read_objects([
        {"名称": "独立树", "方位角": "227°10′", "距离": "35米"},
        {"name": "水塔", "azimuth_deg": 90, "distance_m": 120.5, "order": 3},
        {"名称": "桥", "方位角": "东", "距离": "约百米"}, "nonsense",
    ])  # fmt: skip
    assert [(one.order, one.name) for one in made] == [(1, "独立树"), (3, "水塔"), (3, "桥")]
    assert made[0].azimuth_deg == pytest.approx(227 + 10 / 60)
    assert (made[0].distance_m, made[1].azimuth_deg, made[1].distance_m) == (35, 90, 120.5)
    assert (made[2].azimuth_deg, made[2].distance_m) == (None, None), "unknown, not guessed"
    assert read_objects(None) == ()


def test_an_object_without_coordinates_is_put_where_the_archive_sees_it() -> None:
    objects = read_objects([{"name": "树", "azimuth_deg": 30.0, "distance_m": 200.0}])
    [same] = recompute(objects, at(), at(), meridian_deg=120, tolerance_m=20)
    assert (same.basis, same.is_beyond) == ("reconstructed", None)
    assert same.azimuth_deg == pytest.approx(30.0, abs=1e-6)
    assert same.distance_m == pytest.approx(200.0, abs=1e-3)
    [moved] = recompute(objects, at(NORTH + 10), at(), meridian_deg=120)
    assert moved.distance_m == pytest.approx(
        math.hypot(200 * math.cos(math.pi / 6) - 10, 100), abs=0.01
    )
    assert moved.offset_m == pytest.approx(10, abs=0.01)
    doubtful = replace(at(), doubt="x")
    assert recompute(objects, at(), doubtful, meridian_deg=120)[0].basis == "unknown"


def test_an_object_with_coordinates_is_measured_anew() -> None:
    objects = read_objects([{
        "name": "塔", "azimuth_deg": 91.0, "distance_m": 100.0, "x": NORTH, "y": EAST + 100,
        "crs": "EPSG:4549",
    }])  # fmt: skip
    [found] = recompute(objects, at(), None, meridian_deg=120, tolerance_m=1.0)
    assert found.basis == "surveyed"
    assert found.azimuth_deg == pytest.approx(90, abs=1e-4)
    assert found.d_azimuth_deg == pytest.approx(-1, abs=1e-4)
    assert found.is_beyond is True
    [near] = recompute(objects, at(), None, meridian_deg=120, tolerance_m=20.0)
    assert near.is_beyond is False
    old = read_objects([{"name": "塔", "x": NORTH, "y": EAST, "crs": "EPSG:2364"}])
    assert (old[0].lon, old[0].lat) == (None, None), "Xian 80 has no place in CGCS2000"


def test_what_was_seen_in_the_field_is_compared_by_order() -> None:
    recorded = read_objects(
        [{"azimuth_deg": 359.0, "distance_m": 10.0}, {"azimuth_deg": 90.0, "distance_m": None}]
    )
    seen = read_objects([
        {"order": 2, "azimuth_deg": 91.0, "distance_m": 5.0},
        {"order": 1, "azimuth_deg": 1.0, "distance_m": 12.0}, {"order": 7, "azimuth_deg": 1.0},
    ])  # fmt: skip
    first, second = against_seen(recorded, seen)
    assert (first.basis, first.d_azimuth_deg, first.d_distance_m) == ("seen", 2.0, 2.0)
    assert first.offset_m == pytest.approx(
        math.hypot(2, 2 * math.sqrt(120) * math.sin(math.pi / 180))
    )
    assert (second.d_azimuth_deg, second.d_distance_m, second.offset_m) == (1.0, None, None)


def test_planes_agree_across_the_test() -> None:
    plane = gauss_kruger(at().lon or 0, at().lat or 0, 120)
    assert (float(plane.north_m), float(plane.east_m)) == pytest.approx((NORTH, EAST), abs=1e-4)
