"""Are the people counted as covered the right ones, person for person?"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from pyproj import Geod
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from geo.access.coverage import compute_city, coverage, coverage_of
from geo.access.disclosure import publishable_area
from geo.access.features import coverage_geojson
from geo.access.radius import far
from geo.errors import BadInput, NotFound
from geo.models import AdminUnit, CoverageRun, DemandCell, Facility
from geo.models.kinds import kinds_of
from tests.factories import (
    HOME,
    during,
    make_cell,
    make_city,
    make_facility,
    make_unit,
    make_zone,
    square,
)

TODAY = date(2026, 6, 1)
GRS80 = Geod(ellps="GRS80")


@pytest.fixture
def two_districts(session: Session) -> Session:
    """A city with two districts that meet at 119.95° E, west and east of it."""
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=square(119.75, 31.6, 0.2))
    make_unit(session, "320404000000", name="东区", geom=square(119.95, 31.6, 0.2))
    return session


def asked(session: Session, **given):
    """Coverage of the test city by canteens within 500 m."""
    return coverage(
        session, **({"city": "320400", "kind": "canteen", "radius_m": 500, "on": TODAY} | given)
    )


def by_name(found) -> dict[str, tuple[float | None, float | None]]:
    """Area name → (people, covered) aged 60 and over."""
    return {row.area_name: (row.people_60, row.covered_60) for row in found.rows}


def test_covered_means_not_further_than_the_radius_to_the_millimetre(two_districts) -> None:
    site = (119.85, 31.7)
    make_facility(two_districts, site)
    weight = 1
    expected = 0
    for azimuth in range(0, 360, 15):
        for metres in (499.999, 500.001):
            lon, lat, _ = GRS80.fwd(*site, azimuth, metres)
            make_cell(two_districts, (lon, lat), weight)
            expected += weight if metres < 500 else 0
            weight *= 2  # every cell has its own bit: no wrong sum can look right
    assert by_name(asked(two_districts))["西区"] == (weight - 1, expected)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("across", [True, False])
def test_random_cities_equal_an_independent_count(two_districts, seed: int, across: bool) -> None:
    random = np.random.default_rng(seed)
    box = ((119.9, 31.65), (120.0, 31.75))
    sites = random.uniform(*box, (15, 2))
    cells = random.uniform(*box, (150, 2))
    people = random.integers(0, 1000, 150)
    for at in sites:
        make_facility(two_districts, tuple(at))
    for at, count in zip(cells, people, strict=True):
        make_cell(two_districts, tuple(at), int(count))
    for radius_m in (300, 1000):
        found = by_name(asked(two_districts, radius_m=radius_m, across_border=across))
        for name, is_west in (("西区", True), ("东区", False)):
            covered = 0
            for (lon, lat), count in zip(cells, people, strict=True):
                near = [
                    GRS80.inv(lon, lat, *site)[2] <= radius_m
                    and (across or (site[0] < 119.95) == is_west)
                    for site in sites
                ]
                covered += count if (lon < 119.95) == is_west and any(near) else 0
            whole = people[(cells[:, 0] < 119.95) == is_west].sum()
            assert found[name] == (whole, covered)


@pytest.mark.parametrize("across", [True, False])
def test_both_ways_to_the_nearest_agree(two_districts, monkeypatch, across: bool) -> None:
    random = np.random.default_rng(2)
    for at in random.uniform((119.7, 31.6), (120.2, 31.8), (30, 2)):
        make_facility(two_districts, tuple(at))
    for at in random.uniform((119.75, 31.6), (120.15, 31.8), (300, 2)):
        make_cell(two_districts, tuple(at), int(random.integers(0, 500)))
    for radius_m in (700, 2900):
        listed = asked(two_districts, radius_m=radius_m, across_border=across)
        monkeypatch.setattr(far, "FAR_M", 0.0)
        nearest = asked(two_districts, radius_m=radius_m, across_border=across)
        monkeypatch.undo()
        assert (nearest.rows, nearest.facilities) == (listed.rows, listed.facilities)
        assert 0 < listed.total.covered_60 < listed.total.people_60


def test_reached_three_times_counts_once(two_districts) -> None:
    for _ in range(3):
        make_facility(two_districts, (119.85, 31.7), kinds=["canteen", "bathing"])
    make_cell(two_districts, (119.85, 31.7), 40)
    found = asked(two_districts, kind="meal")
    assert by_name(found)["西区"] == (40, 40)
    assert found.total.share_60 == 1
    assert found.facilities == 3


def test_only_open_facilities_in_force_count(two_districts) -> None:
    make_cell(two_districts, (119.85, 31.7), 40)
    for state in ("paused", "planned", "under_construction", "closed"):
        make_facility(two_districts, (119.85, 31.7), state=state)
    make_facility(two_districts, (119.85, 31.7), validity=during(None, TODAY))
    make_facility(two_districts, (119.85, 31.7), kinds=["day_care"])
    assert by_name(asked(two_districts))["西区"] == (40, 0)
    assert by_name(asked(two_districts, on=TODAY - timedelta(days=1)))["西区"] == (40, 40)


def test_counts_of_people_are_never_mixed(two_districts) -> None:
    make_cell(two_districts, (119.85, 31.7), 40)
    make_cell(two_districts, (119.85, 31.7), 7, basis="registered")
    make_cell(two_districts, (119.85, 31.7), 50, base_year=2025)
    make_cell(two_districts, (119.85, 31.7), 90, base_year=2035, projection="high")
    west = [by_name(asked(two_districts, **given))["西区"][0] for given in (
        {}, {"basis": "registered"}, {"base_year": 2020}, {"on": date(2021, 1, 1)},
        {"projection": "high"},
    )]  # fmt: skip
    assert west == [50, 7, 40, 40, 90]
    assert asked(two_districts).question.base_year == 2025


def test_the_border_is_a_switch(two_districts) -> None:
    make_cell(two_districts, (119.949, 31.7), 10)
    make_cell(two_districts, (119.951, 31.7), 20)
    make_cell(two_districts, (119.751, 31.7), 5)
    make_facility(two_districts, (119.952, 31.7))
    make_facility(two_districts, (119.749, 31.7), name="beyond the city")
    make_facility(two_districts, (119.7, 31.5), name="beyond the city, reaches nobody")
    across, own = asked(two_districts), asked(two_districts, across_border=False)
    assert by_name(across) == {"西区": (15, 15), "东区": (20, 20)}
    assert by_name(own) == {"西区": (15, 0), "东区": (20, 20)}
    assert (across.facilities, own.facilities) == (2, 1)


def test_unknown_is_never_zero(two_districts) -> None:
    make_unit(two_districts, "320411000000", name="无界区", geom=None)
    make_cell(two_districts, (119.85, 31.7), 40, people_80=None)
    make_cell(two_districts, (119.86, 31.7), 60)
    found = asked(two_districts)
    rows = {row.area_name: row for row in found.rows}
    assert (rows["无界区"].status, rows["无界区"].people_60) == ("no_geometry", None)
    assert (rows["东区"].status, rows["东区"].share_60) == ("no_cells", None)
    assert rows["西区"].people_80 is None
    assert rows["西区"].covered_80 is None
    assert rows["西区"].covered_65 == 0
    assert found.total.status == "partial"
    assert found.total.people_60 == 100


def test_no_people_no_share(two_districts) -> None:
    make_cell(two_districts, (119.85, 31.7), 0)
    row = asked(two_districts).rows[0]
    assert (row.people_60, row.covered_60, row.share_60) == (0, 0, None)


def test_people_outside_every_area_are_reported(two_districts) -> None:
    make_cell(two_districts, (119.85, 31.7), 10)
    make_cell(two_districts, (119.5, 31.3), 3)  # in the city, in no district
    make_cell(two_districts, (118.0, 30.0), 4, admin_code="320402000000")  # only by code
    make_cell(two_districts, (118.0, 30.0), 99)  # elsewhere
    found = asked(two_districts)
    assert (found.unplaced.cells, found.unplaced.people_60) == (2, 7)
    assert found.total.people_60 == 10
    make_unit(two_districts, "320402001000", level=4, parent_code="320402000000", geom=None)
    townships = asked(two_districts, areas="township")
    assert (townships.total.status, townships.total.people_60) == ("no_geometry", None)
    assert townships.unplaced.people_60 == 17


def test_shared_borders_and_overlaps_count_once_for_the_smallest_code(two_districts) -> None:
    make_cell(two_districts, (119.95, 31.7), 10)
    make_facility(two_districts, (119.95, 31.7))
    assert by_name(asked(two_districts, across_border=False)) == {
        "西区": (10, 10),
        "东区": (None, None),
    }
    for code in ("b", "a"):
        make_zone(two_districts, code, name=code, geom=square(119.9, 31.65, 0.1))
    zones = asked(two_districts, areas="zone")
    assert by_name(zones) == {"a": (10, 10), "b": (None, None)}
    polygons = [("2", "two", square(119.9, 31.65)), ("1", "one", square(119.9, 31.65))]
    given = coverage_of(two_districts, polygons, kind="canteen", radius_m=1, on=TODAY)
    assert by_name(given) == {"one": (10, 10), "two": (None, None)}
    assert given.unplaced is None


def test_fractions_of_people_are_kept(two_districts) -> None:
    make_cell(two_districts, (119.85, 31.7), 0.5, people_65=0.25, people_80=0.125)
    make_facility(two_districts, (119.85, 31.7))
    row = asked(two_districts).rows[0]
    assert (row.covered_60, row.covered_65, row.covered_80) == (0.5, 0.25, 0.125)


def test_stored_runs_answer_until_an_input_is_written(two_districts) -> None:
    make_cell(two_districts, (119.85, 31.7), 40)
    site = make_facility(two_districts, (119.85, 31.7))
    fresh = asked(two_districts, store=True)
    again = asked(two_districts)
    assert not fresh.is_stored
    assert again.is_stored
    assert (again.rows, again.total, again.unplaced, again.sources, again.facilities) == (
        fresh.rows, fresh.total, fresh.unplaced, fresh.sources, fresh.facilities,
    )  # fmt: skip
    assert again.method == fresh.method
    two_districts.execute(delete(Facility).where(Facility.id == site.id))
    gone = asked(two_districts)
    assert not gone.is_stored
    assert by_name(gone)["西区"] == (40, 0)


@pytest.mark.parametrize(
    "write",
    [
        lambda s: s.execute(update(DemandCell).values(people_60=39)),
        lambda s: s.execute(update(AdminUnit).values(name="改名")),
        lambda s: make_zone(s),
        lambda s: s.execute(text("TRUNCATE demand_cell CASCADE")) and make_cell(s, HOME, 1),
    ],
)
def test_every_sort_of_write_makes_a_run_stale(two_districts, write) -> None:
    make_cell(two_districts, (119.85, 31.7), 40)
    asked(two_districts, store=True)
    write(two_districts)
    assert not asked(two_districts).is_stored


def test_a_slow_writer_with_a_small_stamp_is_noticed(two_districts) -> None:
    make_cell(two_districts, (119.85, 31.7), 40)
    make_facility(two_districts, (119.85, 31.7))
    make_zone(two_districts)  # the largest stamp is not the facilities'
    asked(two_districts, store=True)
    two_districts.execute(
        text("UPDATE data_stamp SET stamp = stamp + 1 WHERE table_name = 'facility'")
    )
    assert not asked(two_districts).is_stored


def test_a_stored_run_holds_on_days_between_changes(two_districts) -> None:
    make_cell(two_districts, (119.85, 31.7), 40)
    make_facility(two_districts, (119.85, 31.7), validity=during(None, date(2026, 7, 1)))
    asked(two_districts, store=True)
    assert asked(two_districts, on=date(2026, 6, 30)).is_stored
    after = asked(two_districts, on=date(2026, 7, 1))
    assert not after.is_stored
    assert by_name(after)["西区"] == (40, 0)
    assert not asked(two_districts, on=date(2019, 12, 31)).is_stored


@pytest.mark.parametrize("on", [date(1, 1, 1), date(2019, 12, 31)])
def test_before_the_first_count_of_people_nothing_is_known(two_districts, on: date) -> None:
    make_cell(two_districts, (119.85, 31.7), 40)
    make_facility(two_districts, (119.85, 31.7))
    assert_unrecorded(asked(two_districts, on=on))
    polygons = [("a", "A", square(119.8, 31.65))]
    given = coverage_of(two_districts, polygons, kind="canteen", radius_m=500, on=on)
    assert_unrecorded(given)
    assert compute_city(two_districts, "320400", on=on).runs == 0


def test_before_the_first_facility_on_record_nothing_is_known(two_districts) -> None:
    make_cell(two_districts, (119.85, 31.7), 40)
    opened = {"validity": during(date(2026, 1, 1))}
    make_facility(two_districts, (119.85, 31.7), kinds=["day_care"], **opened)
    assert_unrecorded(asked(two_districts, on=date(2025, 12, 31)))
    recorded = asked(two_districts, on=date(2026, 1, 1))
    assert by_name(recorded)["西区"] == (40, 0), "other kinds are on record: no canteen is a fact"
    make_facility(two_districts, (119.85, 31.7), is_published=False)
    assert by_name(asked(two_districts, on=date(2025, 12, 31)))["西区"] == (40, 40)
    assert_unrecorded(asked(two_districts, on=date(2025, 12, 31), published_only=True))


def assert_unrecorded(found) -> None:
    """Areas without any number, for the reason that nothing is on record."""
    assert {row.status for row in (*found.rows, found.total)} == {"no_record"}
    assert {row.people_60 for row in found.rows} == {None}
    assert {found.total.people_60, found.total.share_60, found.facilities} == {None}
    assert found.unplaced is None
    assert found.question.base_year is None


def test_the_public_is_told_of_published_things_only(two_districts) -> None:
    make_cell(two_districts, (119.85, 31.7), 40)
    make_cell(two_districts, (120.05, 31.7), 30)
    make_facility(two_districts, (119.85, 31.7), source="open register")
    make_facility(two_districts, (120.05, 31.7), is_published=False, source="secret.csv")
    make_zone(two_districts, "Z", geom=square(119.8, 31.65), is_published=False)
    make_zone(two_districts, "Y", geom=square(120.0, 31.65))
    for store in (True, False):  # computed and stored, then both read: never one for the other
        staff = asked(two_districts, store=store)
        public = asked(two_districts, store=store, published_only=True)
        assert staff.is_stored == public.is_stored == (not store)
        assert by_name(staff) == {"西区": (40, 40), "东区": (30, 30)}
        assert by_name(public) == {"西区": (40, 40), "东区": (30, 0)}
        assert (staff.facilities, public.facilities) == (2, 1)
        assert "secret.csv" in {source.source for source in staff.sources}
        assert "secret.csv" not in {source.source for source in public.sources}
        assert "未公开的设施也计入" in staff.method
        assert "仅计已公开的设施" in public.method
    zones = asked(two_districts, areas="zone", published_only=True)
    assert [row.area_code for row in zones.rows] == ["Y"]
    two_districts.execute(
        update(AdminUnit).where(AdminUnit.code == "320404000000").values(is_published=False)
    )
    assert by_name(asked(two_districts, published_only=True)) == {"西区": (40, 40)}
    two_districts.execute(
        update(AdminUnit).where(AdminUnit.code == "320400000000").values(is_published=False)
    )
    with pytest.raises(NotFound):
        asked(two_districts, published_only=True)


def test_compute_city_stores_what_the_public_is_told(two_districts) -> None:
    make_cell(two_districts, (119.85, 31.7), 40)
    make_facility(two_districts, (119.85, 31.7), is_published=False)
    compute_city(two_districts, "320400", on=TODAY)
    public = asked(two_districts, published_only=True)
    assert public.is_stored
    assert by_name(public)["西区"] == (40, 0)
    assert not asked(two_districts).is_stored


def test_compute_city_stores_what_pages_offer_and_then_skips(two_districts) -> None:
    make_cell(two_districts, (119.949, 31.7), 40)
    make_facility(two_districts, (119.952, 31.7))
    make_zone(two_districts, "Z", geom=square(119.94, 31.69, 0.01))
    first = compute_city(two_districts, "320400", on=TODAY)
    assert not first.skipped
    stored = two_districts.scalar(select(func.count()).select_from(CoverageRun))
    assert first.runs == stored == 25 * 3 * 2 * 2
    assert compute_city(two_districts, "320400", on=TODAY).skipped
    for areas in ("district", "zone"):
        for across in (True, False):
            given = {
                "areas": areas, "across_border": across, "kind": "meal", "radius_m": 300,
                "published_only": True,
            }  # fmt: skip
            kept = asked(two_districts, **given)
            assert kept.is_stored
            assert kept.rows == asked(two_districts, **given, base_year=2020).rows
    make_facility(two_districts, (119.949, 31.7))
    assert not compute_city(two_districts, "320400", on=TODAY).skipped
    assert two_districts.scalar(select(func.count()).select_from(CoverageRun)) == stored


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"city": "999999"}, NotFound),
        ({"city": "changzhou"}, BadInput),
        ({"areas": "village"}, BadInput),
        ({"areas": "zone"}, NotFound),
        ({"kind": "castle"}, BadInput),
        ({"radius_m": 0}, BadInput),
        ({"basis": "guessed"}, BadInput),
        ({"basis": "registered"}, NotFound),
    ],
)
def test_bad_questions_are_told_apart(two_districts, given, error) -> None:
    make_cell(two_districts, (119.85, 31.7), 40)
    with pytest.raises(error):
        asked(two_districts, **given)


@pytest.mark.parametrize(
    "polygons",
    [
        [],
        [("a", "A", square(119, 31)), ("a", "B", square(120, 31))],
        [("a", "A", shapely.Point(119, 31))],
        [("a", "A", shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]))],
    ],
)
def test_unusable_polygons_are_refused(session: Session, polygons) -> None:
    with pytest.raises(BadInput):
        coverage_of(session, polygons, kind="canteen", radius_m=500, on=TODAY)


def test_as_geojson_unknown_is_null(two_districts) -> None:
    import json

    make_unit(two_districts, "320411000000", name="无界区", geom=None)
    make_cell(two_districts, (119.85, 31.7), 40, is_synthetic=True)
    found = asked(two_districts)
    made = json.loads(coverage_geojson(two_districts, found))
    rows = {f["properties"]["area_name"]: f for f in made["features"]}
    assert rows["无界区"]["geometry"] is None
    assert rows["无界区"]["properties"]["people_60"] is None
    assert rows["西区"]["properties"]["people_60"] == 40
    assert rows["西区"]["geometry"]["type"] == "MultiPolygon"
    assert made["has_synthetic"] is True
    assert made["summary"]["total"]["people_60"] == 40
    assert {source["what"] for source in made["sources"]} == {"areas", "people"}
    public = [publishable_area(row, 50) for row in found.rows]
    assert [row.people_60 for row in public] == [None, None, None]


@pytest.mark.parametrize(
    ("kind", "radius_m"), [("canteen", 500), ("meal", 1000), ("elder_home", 300)]
)
@pytest.mark.parametrize("across", [True, False])
def test_the_demo_city_person_for_person(city_session: Session, kind, radius_m, across) -> None:
    """It must show 2: an independent count with pyproj and shapely, without PostGIS geometry."""
    today = date.today()  # noqa: DTZ011
    rows = city_session.execute(
        text("""SELECT code, ST_AsBinary(geom) AS wkb FROM admin_unit
        WHERE parent_code = '320400000000' AND level = 3 AND upper(validity) IS NULL
        ORDER BY code""")
    ).all()
    districts = [(row.code, shapely.from_wkb(row.wkb)) for row in rows if row.wkb is not None]
    cells = city_session.execute(
        text("""SELECT ST_X(geom), ST_Y(geom), people_60, people_65, people_80 FROM demand_cell
        WHERE basis = 'resident' AND projection = 'none'""")
    ).all()
    sites = city_session.execute(
        text("""SELECT ST_X(geom), ST_Y(geom) FROM facility
        WHERE kinds && :kinds AND state = 'open' AND validity @> current_date
          AND is_published"""),
        {"kinds": kinds_of(kind)},
    ).all()
    at = np.array([(cell[0], cell[1]) for cell in cells], dtype=float)
    people = np.array([cell[2:] for cell in cells], dtype=float)
    placed = np.array([(site[0], site[1]) for site in sites], dtype=float)
    assert len(districts) == 6
    assert len(cells) > 5000
    assert len(sites) > 20

    home = np.full(len(at), -1)
    site_home = np.full(len(placed), -1)
    for number, (_, shape) in reversed(list(enumerate(districts))):
        home[shapely.intersects_xy(shape, at[:, 0], at[:, 1])] = number
        site_home[shapely.intersects_xy(shape, placed[:, 0], placed[:, 1])] = number
    covered = np.zeros(len(at), dtype=bool)
    for (lon, lat), own in zip(placed, site_home, strict=True):
        # A degree box that surely holds the circle: 1° has at least 90 km here in both directions.
        near = np.flatnonzero((np.abs(at - (lon, lat)) <= radius_m / 90_000).all(axis=1))
        _, _, metres = GRS80.inv(
            np.full(len(near), lon), np.full(len(near), lat), at[near, 0], at[near, 1]
        )
        reached = near[np.asarray(metres) <= radius_m]
        covered[reached if across else reached[home[reached] == own]] = True

    found = coverage(
        city_session, city="320400", kind=kind, radius_m=radius_m, on=today, across_border=across,
        published_only=True,
    )  # fmt: skip
    assert found.is_stored
    for number, (code, _) in enumerate(districts):
        row = next(row for row in found.rows if row.area_code == code)
        own = home == number
        assert [row.people_60, row.people_65, row.people_80] == people[own].sum(axis=0).tolist()
        expected = people[own & covered].sum(axis=0).tolist()
        assert [row.covered_60, row.covered_65, row.covered_80] == expected


def test_areas_without_outlines_are_unknown_and_not_without_people(session: Session) -> None:
    make_city(session)
    make_unit(session, "320402101000", name="丁镇", level=4, unit_type="镇", geom=None)
    make_cell(session, (119.95, 31.75), 40)
    make_facility(session, (119.95, 31.75))
    asked = {"city": "320400", "kind": "canteen", "radius_m": 500, "on": date(2026, 6, 1)}
    found = coverage(session, areas="township", **asked)
    assert [row.status for row in found.rows] == ["no_geometry"]
    assert found.question.base_year == 2020
    with pytest.raises(NotFound, match="户籍人口"):
        coverage(session, areas="township", basis="registered", **asked)
