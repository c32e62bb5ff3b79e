"""Do gaps hold exactly the uncovered people, and lie where nobody reaches?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely
from pyproj import Geod
from sqlalchemy.orm import Session

from geo.access.coverage import compute_city, coverage
from geo.access.features import gaps_geojson
from geo.access.gaps import gaps
from geo.access.radius.distance import nearest_site
from geo.access.radius.drawing import reach_circles
from geo.access.radius.gap import Gaps
from geo.errors import BadInput
from tests.factories import make_cell, make_city, make_facility, make_unit, make_zone, square

TODAY = date(2026, 6, 1)
GRS80 = Geod(ellps="GRS80")


@pytest.fixture
def two_districts(session: Session) -> Session:
    """A city with two districts that meet at 119.95° E."""
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=square(119.75, 31.6, 0.2))
    make_unit(session, "320404000000", name="东区", geom=square(119.95, 31.6, 0.2))
    return session


def asked(session: Session, **given) -> Gaps:
    """Gaps of the test city for canteens within 1 000 m."""
    return gaps(
        session, **({"city": "320400", "kind": "canteen", "radius_m": 1000, "on": TODAY} | given)
    )


def assert_sums_hold(found: Gaps) -> None:
    """Per area and age: people in gaps = people − covered, exactly."""
    for row in found.coverage.rows:
        own = [gap for gap in found.gaps if gap.area_code == row.area_code]
        if row.people_60 is None:
            continue
        for age in ("60", "65", "80"):
            inside = sum(getattr(gap, f"people_{age}") for gap in own)
            assert inside == getattr(row, f"people_{age}") - getattr(row, f"covered_{age}")


@pytest.mark.parametrize("across", [True, False])
@pytest.mark.parametrize("radius_m", [300, 1000, 3000])
def test_sums_are_exact_and_parts_are_disjoint(two_districts, across, radius_m) -> None:
    random = np.random.default_rng(3)
    for at in random.uniform((119.75, 31.6), (120.15, 31.8), (40, 2)):
        make_facility(two_districts, tuple(at))
    for at in random.uniform((119.75, 31.6), (120.15, 31.8), (400, 2)):
        make_cell(two_districts, tuple(at), int(random.integers(0, 500)))
    found = asked(two_districts, across_border=across, radius_m=radius_m)
    assert_sums_hold(found)
    assert found.count == len(found.gaps) > 0
    assert [gap.rank for gap in found.gaps] == list(range(1, found.count + 1))
    people = [gap.people_60 for gap in found.gaps]
    assert people == sorted(people, reverse=True)
    whole = shapely.union_all([gap.shape for gap in found.gaps])
    assert whole.area == pytest.approx(sum(gap.shape.area for gap in found.gaps), rel=1e-9)
    assert found.coverage.rows == coverage(
        two_districts, city="320400", kind="canteen", radius_m=radius_m, on=TODAY,
        across_border=across,
    ).rows  # fmt: skip


def test_without_facilities_each_area_is_one_gap(two_districts) -> None:
    make_cell(two_districts, (119.85, 31.7), 40)
    found = asked(two_districts)
    assert [(gap.area_name, gap.people_60) for gap in found.gaps] == [("西区", 40), ("东区", 0)]
    assert found.gaps[0].nearest_m is None
    measured = abs(GRS80.geometry_area_perimeter(square(119.75, 31.6, 0.2))[0])
    assert found.gaps[0].area_m2 == pytest.approx(measured, rel=1e-9)


def test_a_wall_of_reach_cuts_an_area_in_two(two_districts) -> None:
    for lat in np.arange(31.59, 31.82, 0.005):
        make_facility(two_districts, (119.85, float(lat)))
    make_cell(two_districts, (119.80, 31.7), 10)
    make_cell(two_districts, (119.90, 31.7), 30)
    west = [gap for gap in asked(two_districts).gaps if gap.area_name == "西区"]
    assert [gap.people_60 for gap in west] == [30, 10]


def test_people_at_the_drawn_edge_stay_in_their_area(two_districts) -> None:
    site = (119.85, 31.7)
    make_facility(two_districts, site)
    expected = 0
    for azimuth in np.arange(0, 360, 2.8125):  # at corners of the drawn circle and between them
        for metres in (999.999, 1000.001):
            make_cell(two_districts, GRS80.fwd(*site, azimuth, metres)[:2], 8)
            expected += 8 if metres > 1000 else 0
    found = asked(two_districts)
    assert_sums_hold(found)
    assert found.gaps[0].people_60 == expected


def test_uncovered_people_in_a_fully_drawn_area_still_get_a_gap(two_districts) -> None:
    make_zone(two_districts, "Z", geom=square(119.94, 31.69, 0.01), name="片")
    make_facility(two_districts, (119.951, 31.695))
    make_cell(two_districts, (119.945, 31.695), 12)
    zones = {"areas": "zone", "radius_m": 2000}
    assert asked(two_districts, **zones).gaps == ()
    alone = asked(two_districts, **zones, across_border=False)
    assert [gap.people_60 for gap in alone.gaps] == [12]
    assert alone.gaps[0].nearest_m == pytest.approx(
        GRS80.inv(119.945, 31.695, 119.951, 31.695)[2], abs=1e-6
    )


def test_mean_distance_is_weighted_and_looks_beyond_the_city(two_districts) -> None:
    make_facility(two_districts, (118.9, 31.7))
    make_cell(two_districts, (119.80, 31.7), 10)
    make_cell(two_districts, (119.85, 31.7), 30)
    metres = [GRS80.inv(118.9, 31.7, lon, 31.7)[2] for lon in (119.80, 119.85)]
    gap = asked(two_districts).gaps[0]
    assert gap.nearest_m == pytest.approx((10 * metres[0] + 30 * metres[1]) / 40, abs=1e-6)


def test_slivers_without_people_are_dropped_and_reported(two_districts) -> None:
    radius_m = 1000.0
    make_zone(two_districts, "Z", geom=square(119.85, 31.7, 0.0126), name="片")
    middle = (119.85 + 0.0063, 31.7 + 0.0063)
    make_facility(two_districts, middle)
    corner_m = GRS80.inv(*middle, 119.85, 31.7)[2]
    assert radius_m - 100 < corner_m < radius_m, "the circle must just reach the corners"
    make_cell(two_districts, middle, 5)
    close = asked(two_districts, areas="zone", radius_m=corner_m - 20)
    assert close.gaps == ()
    assert close.dropped == 4
    assert 0 < close.dropped_m2 < 4 * 10_000


def test_order_and_limit(two_districts) -> None:
    make_zone(two_districts, "big", geom=square(119.75, 31.6, 0.1), name="big")
    make_zone(two_districts, "full", geom=square(119.95, 31.7, 0.01), name="full")
    make_cell(two_districts, (119.955, 31.705), 99)
    names = [gap.area_name for gap in asked(two_districts, areas="zone").gaps]
    assert names == ["full", "big"]
    by_area = asked(two_districts, areas="zone", order="area", limit=1)
    assert [gap.area_name for gap in by_area.gaps] == ["big"]
    assert by_area.count == 2
    for bad in ({"order": "name"}, {"limit": 0}):
        with pytest.raises(BadInput):
            asked(two_districts, **bad)


def test_as_geojson(two_districts) -> None:
    make_cell(two_districts, (119.85, 31.7), 40, people_80=None)
    made = json.loads(gaps_geojson(asked(two_districts)))
    first = made["features"][0]
    assert first["geometry"]["type"] == "Polygon"
    assert first["properties"]["rank"] == 1
    assert first["properties"]["people_60"] == 40
    assert first["properties"]["people_80"] is None
    assert made["summary"]["gap_count"] == 2


def test_nearest_site_equals_brute_force_everywhere_on_the_globe() -> None:
    random = np.random.default_rng(5)
    sites = np.column_stack([random.uniform(-180, 180, 60), random.uniform(-89, 89, 60)])
    points = np.column_stack([random.uniform(-180, 180, 300), random.uniform(-89, 89, 300)])
    found = nearest_site(points[:, 0], points[:, 1], sites[:, 0], sites[:, 1])
    for (lon, lat), metres, site in zip(points, found.distance_m, found.site, strict=True):
        every = GRS80.inv(np.full(60, lon), np.full(60, lat), sites[:, 0], sites[:, 1])[2]
        assert metres == pytest.approx(np.min(every), abs=1e-6)
        assert site == np.argmin(every)


def test_nearest_site_with_ties_and_without_sites() -> None:
    one, two = np.array([120.0]), np.array([120.0, 120.0])
    tied = nearest_site(one, np.array([31.0]), two, np.array([31.5, 31.5]))
    assert tied.site.tolist() == [0]
    none = nearest_site(one, np.array([31.0]), np.array([]), np.array([]))
    assert (none.distance_m.tolist(), none.site.tolist()) == ([np.inf], [-1])


def test_circles_lie_at_the_radius() -> None:
    circle = reach_circles(np.array([119.9]), np.array([31.7]), 500.0)[0]
    corners = np.array(circle.exterior.coords)
    metres = GRS80.inv(np.full(65, 119.9), np.full(65, 31.7), corners[:, 0], corners[:, 1])[2]
    assert metres == pytest.approx(np.full(65, 500.0), abs=1e-6)


def test_the_demo_city(city_session: Session) -> None:
    today = date.today()  # noqa: DTZ011
    for areas in ("district", "zone"):
        found = asked(city_session, areas=areas, radius_m=500, on=today)
        assert_sums_hold(found)
        assert all(gap.shape.is_valid for gap in found.gaps)


def test_stored_gaps_answer_until_an_input_is_written(two_districts) -> None:
    random = np.random.default_rng(9)
    for at in random.uniform((119.75, 31.6), (120.15, 31.8), (20, 2)):
        make_facility(two_districts, tuple(at))
    for at in random.uniform((119.75, 31.6), (120.15, 31.8), (100, 2)):
        make_cell(two_districts, tuple(at), int(random.integers(0, 500)))
    drawn = asked(two_districts)
    compute_city(two_districts, "320400", on=TODAY)
    kept = asked(two_districts, published_only=True)
    assert kept.coverage.is_stored
    assert not drawn.coverage.is_stored
    assert kept.coverage.rows == drawn.coverage.rows
    assert (kept.count, kept.dropped, kept.dropped_m2) == (
        drawn.count, drawn.dropped, drawn.dropped_m2,
    )  # fmt: skip
    for one, other in zip(kept.gaps, drawn.gaps, strict=True):
        assert replace(one, shape=None) == replace(other, shape=None)
        assert one.shape.equals(other.shape)
    largest = asked(two_districts, order="area", limit=1, published_only=True)
    assert largest.gaps[0].area_m2 == max(gap.area_m2 for gap in drawn.gaps)
    make_facility(two_districts)
    assert not asked(two_districts, published_only=True).coverage.is_stored


def test_an_unpublished_facility_leaves_no_hole_in_public_gaps(two_districts) -> None:
    hidden = (119.85, 31.7)
    make_facility(two_districts, hidden, is_published=False)
    make_cell(two_districts, hidden, 40)
    public = asked(two_districts, published_only=True)
    assert public.gaps[0].shape.contains(shapely.Point(hidden))
    assert (public.gaps[0].people_60, public.gaps[0].nearest_m) == (40, None)
    assert not asked(two_districts).gaps[0].shape.contains(shapely.Point(hidden))


def test_before_anything_is_on_record_there_is_no_number_of_gaps(two_districts) -> None:
    make_cell(two_districts, (119.85, 31.7), 40)
    found = asked(two_districts, on=date(1999, 1, 1))
    assert (found.gaps, found.count) == ((), None)
    assert json.loads(gaps_geojson(found))["summary"]["gap_count"] is None
