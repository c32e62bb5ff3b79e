"""Do people walk along the roads, and is whoever stands beside them told and never hidden?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import networkx as nx
import numpy as np
import orjson
import pytest
import shapely
from pyproj import Geod
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.access.coverage import compute_city, coverage, coverage_of
from geo.access.gaps import gaps
from geo.access.publishing import publishable_coverage
from geo.access.walking.around import around_facility, around_geojson
from geo.access.walking.pace import metres_in
from geo.access.walking.travel import travel_minutes
from geo.errors import Ambiguous, BadInput, NotFound
from geo.models import CoverageRun, RoadEdge
from tests.factories import (
    make_cell,
    make_city,
    make_facility,
    make_unit,
    make_zone,
    square,
    stored,
)

TODAY = date(2026, 6, 1)
GEOD = Geod(ellps="GRS80")
WEST = (119.80, 31.70)


def east(metres: float, north: float = 0.0, start: tuple[float, float] = WEST):
    """The place so many metres east, then north, of a start."""
    lon, lat, _ = GEOD.fwd(*start, 90, metres)
    lon, lat, _ = GEOD.fwd(lon, lat, 0, north)
    return lon, lat


def make_road(session: Session, *places: tuple[float, float], network: str = "test", **given):
    """A way along places; its ends are junctions by their coordinates."""
    lon, lat = zip(*places, strict=True)
    names = [f"{x:.7f},{y:.7f}" for x, y in (places[0], places[-1])]
    edge = RoadEdge(
        **{
            "network": network,
            "code": f"{network}-{names[0]}-{names[1]}",
            "from_node": names[0],
            "to_node": names[1],
            "length_m": GEOD.line_length(lon, lat),
            "geom": stored(shapely.LineString(places)),
            "walkable": True,
            "source": "test roads",
        }
        | given
    )
    session.add(edge)
    session.flush()
    return edge


@pytest.fixture
def river(session: Session) -> Session:
    """West of a river a home street, east of it a canteen; the bridge lies 600 m to the north."""
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=square(119.7, 31.6, 0.2))
    make_unit(session, "320404000000", name="东区", geom=square(119.9, 31.6, 0.1))
    make_road(session, east(0), east(0, 600))
    make_road(session, east(0, 600), east(100, 600))
    make_road(session, east(100, 600), east(100))
    make_facility(session, east(100), name="对岸食堂")
    return session


def asked(session: Session, **given):
    question = {
        "city": "320400", "kind": "canteen", "radius_m": 500, "on": TODAY, "measure": "walk",
    }  # fmt: skip
    return coverage(session, **(question | given))


def west_of(found):
    return next(row for row in found.rows if row.area_name == "西区")


def test_a_river_is_walked_around(river: Session) -> None:
    make_cell(river, east(0), 40)
    assert west_of(asked(river, measure="line")).covered_60 == 40
    assert west_of(asked(river)).covered_60 == 0
    assert west_of(asked(river, radius_m=1299)).covered_60 == 0
    assert west_of(asked(river, radius_m=1301)).covered_60 == 40


def test_what_lies_beside_the_way_is_walked_straight(river: Session) -> None:
    make_cell(river, east(-150, 300), 7)  # 150 m beside the street, 300 m from its end
    along = 150 + 300 + 100 + 600
    assert west_of(asked(river, radius_m=along - 1)).covered_60 == 0
    assert west_of(asked(river, radius_m=along + 1)).covered_60 == 7


def test_cell_and_facility_on_one_stretch(river: Session) -> None:
    make_facility(river, east(0, 200))
    make_cell(river, east(0, 50), 5)
    make_cell(river, east(0, 450), 9)
    assert west_of(asked(river, radius_m=149)).covered_60 == 0
    assert west_of(asked(river, radius_m=151)).covered_60 == 5
    assert west_of(asked(river, radius_m=251)).covered_60 == 14


def test_too_far_and_on_an_island_are_counted_and_not_covered(river: Session, monkeypatch) -> None:
    make_road(river, east(-900), east(-900, 50))  # apart from everything
    make_cell(river, east(-880, 20), 11)
    make_cell(river, east(-400, 300), 13)  # 400 m from any way
    make_facility(river, east(-400, 310), name="远离道路食堂")
    make_facility(river, east(400), name="孤处食堂", kinds=["bathing"])
    found = asked(river, radius_m=5000)
    row = west_of(found)
    assert (row.people_60, row.covered_60, row.too_far_60, row.island_60) == (24, 0, 13, 11)
    assert (found.on_foot.too_far_cells, found.on_foot.island_cells) == (1, 1)
    assert [(f.name, f.why, round(f.beside_m)) for f in found.on_foot.facilities] == [
        ("远离道路食堂", "too_far", 400)
    ]
    monkeypatch.setenv("ATLAS_SNAP_LIMIT_M", "450")
    assert west_of(asked(river, radius_m=5000)).covered_60 == 13
    make_facility(river, east(-900, 40))  # who lives on the island reaches what is there
    assert west_of(asked(river, radius_m=100)).covered_60 == 11


def test_an_area_without_a_network_is_unknown_or_falls_back_when_asked(river: Session) -> None:
    make_cell(river, east(0), 40)
    make_cell(river, (119.95, 31.65), 30)
    make_facility(river, (119.951, 31.65))
    found = asked(river)
    row = found.rows[1]
    assert (row.area_name, row.status, row.people_60, row.covered_60) == (
        "东区", "no_network", 30, None,
    )  # fmt: skip
    assert (found.total.status, found.total.people_60) == ("partial", 40)
    fallen = asked(river, fallback="line")
    assert [(row.measured_by, row.covered_60) for row in fallen.rows] == [("walk", 0), ("line", 30)]
    assert fallen.total.measured_by == "mixed"
    assert fallen.total.too_far_60 == 0
    assert "直线" in fallen.method


def test_no_roads_at_all(session: Session) -> None:
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=square(119.7, 31.6, 0.2))
    make_cell(session, WEST, 10)
    make_facility(session, WEST)
    found = asked(session)
    assert (found.rows[0].status, found.total.covered_60) == ("no_network", None)
    assert found.question.network is None
    assert "无路网" in found.method
    fallen = asked(session, fallback="line")
    assert (fallen.rows[0].measured_by, fallen.rows[0].covered_60) == ("line", 10)
    with pytest.raises(NotFound):
        asked(session, network="nowhere")


def test_several_networks_must_be_told_apart(river: Session) -> None:
    make_road(river, east(0), east(100), network="other")
    make_cell(river, east(0), 40)
    with pytest.raises(Ambiguous, match="other"):
        asked(river)
    assert west_of(asked(river, network="other")).covered_60 == 40
    assert west_of(asked(river, network="test")).covered_60 == 0
    with pytest.raises(BadInput):
        asked(river, measure="line", network="test")
    with pytest.raises(BadInput):
        asked(river, measure="fly")


def test_motorways_are_not_walked_and_one_way_streets_are(river: Session) -> None:
    make_cell(river, east(0), 40)
    make_road(river, east(0), east(100), walkable=False)
    assert west_of(asked(river)).covered_60 == 0
    make_road(river, east(100), east(50, -20), east(0), oneway=True)
    assert west_of(asked(river)).covered_60 == 40


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("across", [True, False])
def test_random_towns_equal_an_independent_count(session: Session, seed: int, across: bool) -> None:
    random = np.random.default_rng(seed)
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=shapely.box(119.79, 31.69, 119.805, 31.72))
    make_unit(session, "320404000000", name="东区", geom=shapely.box(119.805, 31.69, 119.83, 31.72))
    graph = nx.Graph()
    spots = {(i, j): east(i * 200, j * 200) for i in range(8) for j in range(6)}
    for (i, j), spot in spots.items():
        for other in ((i + 1, j), (i, j + 1)):
            if other in spots and random.random() < 0.7:
                edge = make_road(session, spot, spots[other])
                graph.add_edge((i, j), other, weight=edge.length_m)
    ways = list(graph.edges)

    def somewhere():
        a, b = ways[random.integers(len(ways))]
        part = random.random()
        (x0, y0), (x1, y1) = spots[a], spots[b]
        at = (x0 + part * (x1 - x0), y0 + part * (y1 - y0))
        ends = [(n, GEOD.inv(*at, *spots[n])[2]) for n in (a, b)]
        return (a, b), at, ends

    sites, cells = [somewhere() for _ in range(7)], [somewhere() for _ in range(60)]
    counts = 2.0 ** np.arange(60 % 40, 60 % 40 + 60) % 997
    for _, at, _ in sites:
        make_facility(session, at)
    for (_, at, _), count in zip(cells, counts, strict=True):
        make_cell(session, at, float(count))
    far = dict(nx.all_pairs_dijkstra_path_length(graph))
    expected = {"西区": 0.0, "东区": 0.0}
    for (way, at, ends), count in zip(cells, counts, strict=True):
        name = "西区" if at[0] < 119.805 else "东区"
        best = np.inf
        for site_way, site_at, site_ends in sites:
            if not across and (site_at[0] < 119.805) != (at[0] < 119.805):
                continue
            for a, to_a in ends:
                for b, to_b in site_ends:
                    best = min(best, to_a + far[a].get(b, np.inf) + to_b)
            if way == site_way:
                best = min(best, GEOD.inv(*at, *site_at)[2])
        expected[name] += count if best <= 450 else 0
    found = asked(session, radius_m=450, across_border=across)
    assert {row.area_name: row.covered_60 for row in found.rows} == pytest.approx(expected)
    assert 0 < sum(expected.values()) < counts.sum()


def test_stored_walks_answer_until_a_road_is_written(river: Session) -> None:
    make_cell(river, east(0), 40)
    first = asked(river, store=True)
    line = asked(river, measure="line", store=True)
    run = river.query(CoverageRun).filter_by(measure="walk").one()
    assert (run.network, run.fallback) == ("test", "none")
    again = asked(river)
    assert again.is_stored
    assert (again.rows, again.on_foot, again.question) == (
        first.rows, first.on_foot, first.question,
    )  # fmt: skip
    assert asked(river, network="test").is_stored
    assert not asked(river, fallback="line").is_stored
    make_road(river, east(0), east(100))
    assert west_of(asked(river)).covered_60 == 40
    assert not asked(river).is_stored
    assert asked(river, measure="line").is_stored
    assert asked(river, measure="line").rows == line.rows
    asked(river, store=True)
    assert river.query(CoverageRun).filter_by(measure="walk").count() == 1


def test_a_city_on_foot_is_computed_once_and_again_for_another_limit(
    river: Session, monkeypatch
) -> None:
    make_cell(river, east(0), 40)
    first = compute_city(river, "320400", on=TODAY, measure="walk")
    assert first.runs == 25 * 3 * 2
    public = {"published_only": True, "radius_m": 480}
    kept = asked(river, **public)
    assert kept.is_stored
    assert kept.question.network == "test"
    assert not asked(river, measure="line", **public).is_stored
    assert compute_city(river, "320400", on=TODAY, measure="walk") == replace(first, skipped=True)
    monkeypatch.setenv("ATLAS_SNAP_LIMIT_M", "100")
    assert not compute_city(river, "320400", on=TODAY, measure="walk").skipped
    monkeypatch.undo()
    river.execute(text("DELETE FROM road_edge"))
    assert compute_city(river, "320400", on=TODAY, measure="walk").runs == 0
    assert river.query(CoverageRun).filter_by(measure="walk").count() == 0


def test_another_snap_limit_is_another_answer(river: Session, monkeypatch) -> None:
    make_cell(river, east(-150), 40)
    asked(river, store=True, radius_m=2000)
    monkeypatch.setenv("ATLAS_SNAP_LIMIT_M", "100")
    narrow = asked(river, store=True, radius_m=2000)
    assert (narrow.is_stored, west_of(narrow).covered_60) == (False, 0)


def test_gaps_on_foot_hold_everybody_uncovered(river: Session) -> None:
    make_cell(river, east(0), 40)
    make_cell(river, east(90, 400), 21)
    make_cell(river, east(-3000), 17)
    found = gaps(river, city="320400", kind="canteen", radius_m=500, on=TODAY, measure="walk")
    row = west_of(found.coverage)
    assert sum(gap.people_60 for gap in found.gaps) == row.people_60 - row.covered_60 == 57
    whole = square(119.7, 31.6, 0.2)
    assert all(whole.buffer(1e-9).covers(gap.shape) for gap in found.gaps)
    reached, unreached = shapely.Point(east(95, 100)), shapely.Point(east(5, 100))
    assert not any(gap.shape.covers(reached) for gap in found.gaps)
    holding = [gap for gap in found.gaps if gap.shape.covers(unreached)]
    assert len(holding) == 1
    assert holding[0].nearest_m == pytest.approx(1300, abs=1)  # the 17 have no way to any


def test_polygons_and_zones_and_the_public(river: Session) -> None:
    make_cell(river, east(0), 40)
    make_cell(river, east(0, 500), 4)
    make_zone(river, "a", geom=square(119.75, 31.65, 0.1))
    zones = asked(river, areas="zone", radius_m=900, published_only=True)
    assert (zones.rows[0].people_60, zones.rows[0].covered_60) == (44, 4)
    told = publishable_coverage(zones, 10)
    assert (told.rows[0].people_60, told.rows[0].covered_60) == (40, None)
    given = [("1", "one", square(119.75, 31.65, 0.1))]
    drawn = coverage_of(
        river, given, kind="canteen", radius_m=900, on=TODAY, measure="walk", fallback="line"
    )
    assert drawn.rows[0].covered_60 == 4


def test_minutes_are_metres_at_a_pace(monkeypatch) -> None:
    assert metres_in(15) == 720
    assert metres_in(15, "planning") == 900
    monkeypatch.setenv("ATLAS_WALK_SPEED_MS", "1.1")
    assert metres_in(10) == 660
    for wrong in (0, -5, 121, float("nan")):
        with pytest.raises(BadInput):
            metres_in(wrong)


def test_roads_are_a_source(river: Session) -> None:
    make_cell(river, east(0), 40)
    river.execute(text("UPDATE road_edge SET is_synthetic = true"))
    found = asked(river)
    assert [(s.source, s.rows, s.is_synthetic) for s in found.sources if s.what == "roads"] == [
        ("test roads", 3, True)
    ]
    assert found.has_synthetic


# --- isochrones and travel times ---------------------------------------------


def test_isochrones_of_a_facility(river: Session) -> None:
    site = make_facility(river, east(100, 300))
    found = around_facility(river, site.code, on=TODAY, minutes=(10, 5))
    assert [(area.minutes, area.metres) for area in found.areas] == [(5, 240), (10, 480)]
    small, large = (area.shape for area in found.areas)
    assert large.contains(small)
    assert found.areas[0].ways_m == pytest.approx(480, abs=1)  # both ways from the middle
    assert large.contains(shapely.Point(east(50, 600)))
    assert not large.contains(shapely.Point(east(0, 300)))
    planned = around_facility(river, site.code, on=TODAY, minutes=(5,), pace="planning")
    assert planned.areas[0].metres == 300
    told = orjson.loads(around_geojson(found))
    assert [f["properties"]["minutes"] for f in told["features"]] == [10, 5]
    assert told["network"] == "test"


def test_isochrones_without_ways_say_so(session: Session) -> None:
    site = make_facility(session, WEST, is_published=False)
    found = around_facility(session, site.code, on=TODAY)
    assert (found.network, [area.shape for area in found.areas]) == (None, [None] * 3)
    drawn = around_facility(session, site.code, on=TODAY, fallback="line")
    area = abs(GEOD.geometry_area_perimeter(drawn.areas[0].shape)[0])
    assert area == pytest.approx(np.pi * 240**2, rel=0.01)
    make_road(session, east(900), east(1000))
    assert around_facility(session, site.code, on=TODAY).is_too_far
    for wrong in ((), (0,), (61,), tuple(range(1, 9)), (float("nan"),)):
        with pytest.raises(BadInput):
            around_facility(session, site.code, on=TODAY, minutes=wrong)
    for unseen in ({"published_only": True}, {"on": date(2026, 6, 1), "published_only": True}):
        with pytest.raises(NotFound):
            around_facility(session, site.code, **({"on": TODAY} | unseen))


def test_minutes_by_car_and_on_foot(session: Session) -> None:
    make_road(session, east(0), east(6000), road_class="primary", drivable=True, walkable=True)
    make_road(session, east(6000), east(7000), road_class="footway", drivable=False)
    make_road(session, east(6000), east(6000, 1000), road_class="residential")
    places = [east(0), east(3000), east(6000, 1000), east(7000)]
    driven = travel_minutes(session, places[:1], places)
    assert driven[0] == pytest.approx([0, 3.6, 7.2 + 2.4, 7.2 + 4.0], abs=0.01)
    assert travel_minutes(session, places, places[:1])[:, 0] == pytest.approx(driven[0])
    walked = travel_minutes(session, places, places, "walk", pace="planning")
    assert walked == pytest.approx(walked.T)
    assert walked[0] == pytest.approx([0, 50, 117, 117], abs=0.5)
    make_road(session, east(20000), east(20100), road_class="primary")
    assert np.isinf(travel_minutes(session, places[:1], [east(20050)])[0, 0])
    with pytest.raises(NotFound):
        travel_minutes(session, [(10.0, 50.0)], [(10.0, 50.1)])


def test_cars_keep_to_one_way_streets_and_people_do_not(session: Session) -> None:
    make_city(session)
    corners = [east(0), east(1000), east(1000, 1000), east(0, 1000)]
    ring = {"road_class": "residential", "drivable": True, "oneway": True}
    for begin, end in zip(corners, corners[1:] + corners[:1], strict=True):
        make_road(session, begin, end, **ring)
    here, there = east(250), east(750)
    there_and_back = [here, there]
    driven = travel_minutes(session, there_and_back, there_and_back, "drive")
    along = 1000 / (25 / 3.6) / 60
    assert driven[0, 1] == pytest.approx(along / 2, rel=1e-3)
    assert driven[1, 0] == pytest.approx(3.5 * along, rel=1e-3)
    # One search from each target, against the traffic, gives the same.
    more = [here, there, east(500)]
    assert travel_minutes(session, more, there_and_back, "drive")[:2] == pytest.approx(driven)
    walked = travel_minutes(session, there_and_back, there_and_back, "walk")
    assert walked[0, 1] == pytest.approx(walked[1, 0])
