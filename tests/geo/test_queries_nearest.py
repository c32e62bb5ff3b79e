"""Are the nearest facilities truly the nearest, in metres on the ellipsoid?"""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from pyproj import Geod
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotFound
from geo.queries.filters import FacilityFilter
from geo.queries.nearest import nearest
from geo.queries.within import within_area, within_radius
from tests.factories import HOME, during, make_facility, make_unit, make_zone, square

TODAY = date(2026, 6, 1)
GRS80 = Geod(ellps="GRS80")


def placed_at(session: Session, azimuth: float, metres: float, **given) -> str:
    """A facility at an exact geodesic distance from HOME."""
    lon, lat, _ = GRS80.fwd(*HOME, azimuth, metres)
    return make_facility(session, (lon, lat), **given).code


def test_agrees_with_brute_force_by_pyproj(session: Session) -> None:
    random = np.random.default_rng(7)
    points = np.column_stack([random.uniform(119, 121, 400), random.uniform(31, 32.5, 400)])
    codes = [make_facility(session, tuple(point)).code for point in points]
    for lon, lat in random.uniform((119, 31), (121, 32.5), (25, 2)):
        _, _, metres = GRS80.inv(np.full(400, lon), np.full(400, lat), points[:, 0], points[:, 1])
        expected = sorted(zip(metres, codes, strict=True))[:12]
        found = nearest(session, lon, lat, on=TODAY, limit=12)
        assert [f.code for f in found] == [code for _, code in expected]
        assert [f.distance_m for f in found] == pytest.approx(
            [metre for metre, _ in expected], abs=1e-4
        )


def test_ellipsoid_decides_where_the_sphere_ranks_otherwise(session: Session) -> None:
    # At this latitude a step east is longer on the ellipsoid than on the sphere, one north shorter.
    north = [placed_at(session, azimuth, 9_990) for azimuth in (0, 180)]
    east = [placed_at(session, azimuth, 10_000) for azimuth in (90, 270)]
    here = f"ST_SetSRID(ST_Point({HOME[0]}, {HOME[1]}), 4490)::geography"
    by_sphere = session.execute(
        text(f"SELECT code FROM facility ORDER BY geom::geography <-> {here} LIMIT 2")
    ).scalars()
    assert set(by_sphere) == set(east), "the case must be one that the sphere gets wrong"
    assert {f.code for f in nearest(session, *HOME, on=TODAY, limit=2)} == set(north)


def test_equal_distances_rank_by_code(session: Session) -> None:
    for code in ("b", "c", "a"):
        make_facility(session, (HOME[0] + 0.01, HOME[1]), code=code)
    assert [f.code for f in nearest(session, *HOME, on=TODAY, limit=2)] == ["a", "b"]


def test_only_what_is_open_in_force_and_of_the_kind(session: Session) -> None:
    wanted = placed_at(session, 90, 500)
    placed_at(session, 90, 100, kinds=["funeral_home"])
    placed_at(session, 90, 110, state="planned")
    placed_at(session, 90, 120, validity=during(None, TODAY))
    placed_at(session, 90, 130, validity=during(date(2026, 6, 2), None))
    found = nearest(session, *HOME, FacilityFilter(kinds=("meal",)), on=TODAY)
    assert [f.code for f in found] == [wanted]
    assert found[0].distance_m == pytest.approx(500, abs=1e-6)


def test_nobody_fits(session: Session) -> None:
    assert nearest(session, *HOME, on=TODAY) == []


def test_radius_holds_its_own_edge(session: Session) -> None:
    inside = [placed_at(session, azimuth, 999.999) for azimuth in range(0, 360, 45)]
    for azimuth in range(0, 360, 45):
        placed_at(session, azimuth, 1000.001)
    found = within_radius(session, *HOME, 1000, on=TODAY)
    assert {f.code for f in found} == set(inside)


def test_area_by_unit_zone_and_stated_code(session: Session) -> None:
    make_unit(session, "320402000000", geom=square(119.9, 31.7))
    make_unit(session, "320402001000", level=4, parent_code="320402000000", geom=None)
    make_zone(session, "Z-A", geom=square(119.9, 31.7, 0.02))
    corner = make_facility(session, (119.9, 31.7)).code
    middle = make_facility(session, (119.95, 31.75), admin_code="320402001000").code
    make_facility(session, (120.5, 31.75))
    assert {f.code for f in within_area(session, "320402", on=TODAY)} == {corner, middle}
    assert [f.code for f in within_area(session, "Z-A", on=TODAY)] == [corner]
    assert [f.code for f in within_area(session, "320402001", on=TODAY)] == [middle]
    limited = nearest(session, *HOME, FacilityFilter(within="Z-A"), on=TODAY)
    assert [f.code for f in limited] == [corner]


def test_unknown_area_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        within_area(session, "nowhere", on=TODAY)


@pytest.mark.parametrize(
    ("lon", "lat", "parameter"),
    [(181, 31, "lon"), (float("nan"), 31, "lon"), (120, -91, "lat"), (120, float("inf"), "lat")],
)
def test_impossible_points_are_refused(session: Session, lon, lat, parameter) -> None:
    with pytest.raises(BadInput) as refused:
        nearest(session, lon, lat, on=TODAY)
    assert refused.value.parameter == parameter


@pytest.mark.parametrize("radius_m", [0, -1, float("nan"), 50_001])
def test_impossible_radii_are_refused(session: Session, radius_m: float) -> None:
    with pytest.raises(BadInput) as refused:
        within_radius(session, *HOME, radius_m, on=TODAY)
    assert refused.value.parameter == "radius_m"
