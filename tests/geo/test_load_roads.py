"""Do road networks of every format become edges that are counted once and meet where they do?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pytest
import shapely
from pyproj import Geod
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import Ambiguous, CrsError, DeliveryRefused, NotFound
from geo.loaders.load import load_delivery
from geo.loaders.report import Report
from geo.loaders.roads.classes import oneway_of, slope_of, speed_of, use_of
from geo.loaders.things import Options
from geo.loaders.undo import undo_delivery
from geo.queries.roads import edges_within, networks

GEOD = Geod(ellps="GRS80")
PLACES = {1: (120.0, 31.0), 2: (120.001, 31.0), 3: (120.002, 31.0), 4: (120.001, 31.001),
          5: (120.003, 31.0), 6: (120.003, 31.001)}  # fmt: skip


def load(session: Session, path: Path, **options: Any) -> Report:
    return load_delivery(session, "roads", path, **options)


def fates(report: Report) -> tuple[int, ...]:
    c = report.counts
    return c.rows_read, c.kept, c.merged, c.updated, c.unchanged, c.refused


def rules(report: Report) -> list[str]:
    return [problem.rule for problem in report.problems]


def stored(session: Session, columns: str) -> list[tuple[Any, ...]]:
    rows = session.execute(text(f"SELECT {columns} FROM road_edge ORDER BY code"))
    return [tuple(row) for row in rows]


def metres(*places: tuple[float, float]) -> float:
    lon, lat = zip(*places, strict=True)
    return float(GEOD.line_length(lon, lat))


# --- OpenStreetMap extracts --------------------------------------------------


def extract(path: Path, ways: list[tuple[int, list[int], dict[str, str]]]) -> Path:
    writer = osmium.SimpleWriter(str(path), overwrite=True)
    for number, place in PLACES.items():
        writer.add_node(osmium.osm.mutable.Node(id=number, location=place, version=1))
    for number, nodes, tags in ways:
        writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags, version=1))
    writer.close()
    return path


def test_ways_are_parted_where_they_meet(session: Session, tmp_path: Path) -> None:
    file = extract(
        tmp_path / "city.osm.pbf",
        [(10, [1, 2, 3], {"highway": "residential", "name": "示例路", "maxspeed": "30"}),
         (11, [2, 4], {"highway": "steps", "incline": "10%"}),
         (12, [3, 5], {"highway": "primary", "oneway": "-1", "bridge": "yes"})],
    )  # fmt: skip
    report = load(session, file)
    assert fates(report) == (4, 4, 0, 0, 0, 0)
    found = stored(session, "code, from_node, to_node, road_class, walkable, drivable, oneway, "
                            "is_steps, slope, speed_kmh, name")  # fmt: skip
    assert found == [
        ("w10:1-2", "1", "2", "residential", True, True, False, False, None, 30, "示例路"),
        ("w10:2-3", "2", "3", "residential", True, True, False, False, None, 30, "示例路"),
        ("w11:2-4", "2", "4", "steps", True, False, False, True, 0.1, None, None),
        ("w12:3-5", "5", "3", "primary", True, True, True, False, None, None, None),
    ]
    lengths = dict(stored(session, "code, length_m"))
    assert lengths["w11:2-4"] == pytest.approx(metres(PLACES[2], PLACES[4]), abs=1e-6)
    bridge = text("SELECT extra ->> 'bridge' FROM road_edge WHERE code = 'w12:3-5'")
    assert session.scalar(bridge) == "yes"
    licence = session.scalar(
        text("SELECT licence FROM delivery WHERE id = :id"), {"id": report.delivery_id}
    )
    assert "ODbL" in licence
    assert "OpenStreetMap" in licence
    assert fates(load(session, file)) == (4, 0, 0, 0, 4, 0)


def test_military_and_private_roads_are_never_taken(session: Session, tmp_path: Path) -> None:
    ring = [2, 3, 5, 6, 4, 2]
    file = extract(
        tmp_path / "city.osm.pbf",
        [(10, [1, 2], {"highway": "residential"}),
         (11, [1, 4], {"highway": "service", "access": "private"}),
         (12, [1, 3], {"highway": "service", "military": "yes"}),
         (13, [4, 5], {"highway": "track"}),
         (14, ring, {"landuse": "military"}),
         (15, [2, 4], {"highway": "construction"})],
    )  # fmt: skip
    report = load(session, file)
    assert [code for (code,) in stored(session, "code")] == ["w10:1-2"]
    told = " ".join(report.notes)
    assert "军事用地 military 2" in told
    assert "private 1" in told


def test_a_way_that_leaves_the_extract_is_cut_and_told(session: Session, tmp_path: Path) -> None:
    file = extract(
        tmp_path / "city.osm.pbf",
        [(10, [1, 2, 99, 3, 5], {"highway": "footway"}), (11, [98, 97], {"highway": "footway"})],
    )
    report = load(session, file)
    assert [code for (code,) in stored(session, "code")] == ["w10:1-2", "w10:3-5"]
    assert "2 ways leave the extract" in " ".join(report.notes)


def test_a_ring_is_parted_so_that_no_edge_ends_where_it_begins(
    session: Session, tmp_path: Path
) -> None:
    file = extract(
        tmp_path / "city.osm.pbf",
        [(10, [1, 2], {"highway": "service"}), (11, [2, 3, 6, 4, 2], {"highway": "service"})],
    )
    assert load(session, file).counts.kept == 3
    assert session.scalar(text("SELECT count(*) FROM road_edge WHERE from_node = to_node")) == 0


def test_a_broken_extract_is_refused_whole(session: Session, tmp_path: Path) -> None:
    file = extract(tmp_path / "city.osm.pbf", [(10, [1, 2], {"highway": "footway"})])
    data = file.read_bytes()
    file.write_bytes(data[: len(data) - 20])
    with pytest.raises(DeliveryRefused, match="damaged"):
        load(session, file)
    with pytest.raises(DeliveryRefused, match="no roads"):
        load(session, extract(file, [(10, [1, 2], {"waterway": "river"})]))


# --- graphs ------------------------------------------------------------------


def graphml(path: Path, edges: str, *, head: str = "", nodes: str | None = None) -> Path:
    places = nodes or "".join(
        f'<node id="{n}"><data key="y">{lat}</data><data key="x">{lon}</data></node>'
        for n, (lon, lat) in PLACES.items()
    )
    keys = "".join(
        f'<key id="{k}" for="{"node" if k in "xy" else "edge"}" attr.name="{n}"/>'
        for k, n in (
            ("x", "x"),
            ("y", "y"),
            ("l", "length"),
            ("h", "highway"),
            ("o", "oneway"),
            ("g", "geometry"),
            ("n", "name"),
            ("i", "osmid"),
            ("a", "access"),
            ("r", "reversed"),
        )
    )
    path.write_text(
        f'<?xml version="1.0"?>{head}<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        f'{keys}<key id="c" for="graph" attr.name="crs"/><graph edgedefault="directed">'
        f'<data key="c">epsg:4326</data>{places}{edges}</graph></graphml>',
        encoding="utf-8",
    )
    return path


def edge(tail: int, head: int, **said: str) -> str:
    data = "".join(f'<data key="{key}">{value}</data>' for key, value in said.items())
    return f'<edge source="{tail}" target="{head}">{data}</edge>'


LINE = "LINESTRING (120.0 31.0, 120.0005 31.0005, 120.001 31.0)"
BACK = "LINESTRING (120.001 31.0, 120.0005 31.0005, 120.0 31.0)"


def test_a_graph_counts_an_edge_of_both_directions_once(session: Session, tmp_path: Path) -> None:
    both = {"i": "7", "h": "residential", "o": "False", "n": "['示例路', '样例路']"}
    file = graphml(
        tmp_path / "g.graphml",
        edge(1, 2, **both, g=LINE, l="150", r="False")
        + edge(2, 1, **both, g=BACK, l="150", r="True")
        + edge(2, 3, h="primary", o="True", l="95.4")
        + edge(3, 2, h="primary", o="True", l="95.4")
        + edge(3, 9, h="primary", l="1")
        + edge(4, 4, h="primary", l="1")
        + edge(1, 4, h="service", a="private", l="1")
        + edge(2, 4, h="['steps', 'footway']", l="x")
        + edge(4, 3, h="footway", l="0"),
    )
    report = load(session, file)
    assert fates(report) == (9, 3, 1, 0, 0, 5)
    assert sorted(rules(report)[:5]) == [
        "length", "length_number", "private", "self_loop", "unknown_node"
    ]  # fmt: skip
    found = stored(session, "code, oneway, name, stated_length_m, ST_NPoints(geom)")
    assert found == [
        ("1-2", False, "样例路;示例路", 150, 3), ("2>3", True, None, 95.4, 2),
        ("3>2", True, None, 95.4, 2),
    ]  # fmt: skip
    kept = session.execute(text("SELECT data FROM refused_row WHERE rule = 'private'")).scalar_one()
    assert kept == {}
    differs = [p.message for p in report.problems if p.rule == "length_differs"]
    assert ["150.0" in message for message in differs] == [True]
    assert fates(load(session, file)) == (9, 0, 1, 0, 3, 5)


def test_a_graph_without_places_or_with_entities_is_refused(
    session: Session, tmp_path: Path
) -> None:
    bomb = '<!DOCTYPE g [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    with pytest.raises(DeliveryRefused, match="entities"):
        load(session, graphml(tmp_path / "a.graphml", edge(1, 2, n="&b;"), head=bomb))
    with pytest.raises(DeliveryRefused, match="coordinates"):
        load(session, graphml(tmp_path / "b.graphml", edge(1, 2), nodes='<node id="1"/>'))
    cut = tmp_path / "c.graphml"
    cut.write_text(graphml(cut, edge(1, 2)).read_text()[:-30])
    with pytest.raises(DeliveryRefused, match="broken"):
        load(session, cut)


def test_a_node_without_a_number_refuses_its_edges(session: Session, tmp_path: Path) -> None:
    nodes = "".join(
        f'<node id="{n}"><data key="y">{y}</data><data key="x">{x}</data></node>'
        for n, x, y in ((1, "120", "31"), (2, "NaN", "31"), (3, "120.001", "31"))
    )
    file = graphml(tmp_path / "g.graphml", edge(1, 2) + edge(1, 3), nodes=nodes)
    report = load(session, file)
    assert fates(report) == (2, 1, 0, 0, 0, 1)
    assert rules(report)[0] == "coordinate_number"


# --- lists of edges ----------------------------------------------------------

CO = "# latitude, longitude\n" + "".join(f"{lat} {lon}\n" for lon, lat in PLACES.values())


def pair(folder: Path, edges: str, co: str = CO) -> Path:
    (folder / "town.co").write_text(co)
    (folder / "town.road-d").write_text(edges)
    return folder


def test_a_pair_of_edges_and_places_counts_each_edge_once(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    pair(folder, "# u, v, m\n0 1 100.5\n1 0 100.5\n1 2 96\n2 1 96\n2 1 99\n"
                 "3 77 5\n4 4 5\n4 5 -1\n4 5 abc\n4 5\n0 3 1e2\n")  # fmt: skip
    with pytest.raises(CrsError, match="--crs"):
        load(session, folder)
    report = load(session, folder, crs="wgs84")
    assert fates(report) == (11, 4, 2, 0, 0, 5)
    assert rules(report)[:5] == [
        "unknown_node", "self_loop", "length", "length_number", "length_number"
    ]  # fmt: skip
    assert stored(session, "code, stated_length_m, walkable, oneway, network") == [
        ("0-1", 100.5, None, None, "town"), ("0-3", 100, None, None, "town"),
        ("1-2", 96, None, None, "town"), ("1-2#2", 99, None, None, "town"),
    ]  # fmt: skip
    for path in (folder / "town.co", folder / "town.road-d"):
        assert fates(load(session, path, crs="wgs84")) == (11, 0, 2, 0, 4, 5)


def test_places_may_be_numbered_from_one_or_have_ids(session: Session, tmp_path: Path) -> None:
    for name, co, edges in (
        ("one", CO, "1 2 100\n5 6 100\n2 3 100\n"),
        ("ids", "a 31.0 120.0\nb 31.0 120.001\n# lat lon\n", "a b 100\n"),
    ):
        folder = tmp_path / name
        folder.mkdir()
        load(session, pair(folder, edges, co), crs="wgs84", options=Options(network=name))
    found = stored(session, "network, code, round(ST_X(ST_StartPoint(geom))::numeric, 4)::text")
    assert ("one", "1-2", "120.0000") in found
    assert ("ids", "a-b", "120.0000") in found
    assert networks(session) == {"ids": 1, "one": 3}


def test_which_column_is_the_latitude_is_not_guessed(session: Session, tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="latitude"):
        load(session, pair(tmp_path, "0 1 5\n", "31 30\n31 30.001\n"), crs="wgs84")


@pytest.mark.parametrize("with_places", [True, False])
def test_a_csv_of_edges(session: Session, tmp_path: Path, with_places: bool) -> None:
    if with_places:
        (tmp_path / "edges.csv").write_text(
            "from,to,长度(公里),道路等级,备注\n1,2,0.1,主干路,甲\n2,1,0.1,主干路,甲\n2,3,0.09,台阶,\n"
            "3,nowhere,1,支路,\n"
        )
        (tmp_path / "edges.co").write_text(
            "id,lon,lat\n" + "".join(f"{n},{x},{y}\n" for n, (x, y) in PLACES.items())
        )
    else:
        (tmp_path / "edges.csv").write_text(
            "from,to,from_lon,from_lat,to_lon,to_lat,长度(公里),道路等级,备注\n"
            "1,2,120,31,120.001,31,0.1,主干路,甲\n2,1,120.001,31,120,31,0.1,主干路,甲\n"
            "2,3,120.001,31,120.002,31,0.09,台阶,\n3,4,120.001,31,nan,31,1,支路,\n"
        )
    report = load(session, tmp_path / "edges.csv", crs="cgcs2000")
    assert fates(report) == (4, 2, 1, 0, 0, 1)
    assert rules(report)[0] == ("unknown_node" if with_places else "coordinate_number")
    found = stored(session, "code, stated_length_m, road_class, is_steps, extra")
    assert found == [
        ("1-2", 100, "primary", False, {"备注": "甲"}),
        ("2-3", 90, "steps", True, None),
    ]


def test_edges_without_any_place_are_refused_whole(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "edges.csv"
    file.write_text("from,to,length_m\n1,2,3\n")
    with pytest.raises(DeliveryRefused, match=r"\.co"):
        load(session, file, crs="wgs84")


# --- layers of lines ---------------------------------------------------------


def lines(path: Path, rows: list[tuple[str, dict[str, Any]]]) -> Path:
    features = [
        {"type": "Feature", "properties": said,
         "geometry": json.loads(shapely.to_geojson(shapely.from_wkt(wkt)))}
        for wkt, said in rows
    ]  # fmt: skip
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False),
        encoding="utf-8",
    )
    return path


def test_lines_are_parted_where_they_share_a_vertex(session: Session, tmp_path: Path) -> None:
    file = lines(
        tmp_path / "roads.geojson",
        [("LINESTRING (120 31, 120.001 31, 120.002 31)", {"fclass": "primary", "name": "示例路"}),
         ("LINESTRING (120.001 31, 120.001 31.001)", {"fclass": "residential", "oneway": "F"}),
         ("LINESTRING (120.0015 30.999, 120.0015 31.001)", {"fclass": "motorway", "oneway": "B"}),
         ("LINESTRING (120 31, 120 31)", {"fclass": "primary"}),
         ("POINT (120 31)", {"fclass": "primary"})],
    )  # fmt: skip
    report = load(session, file)
    assert fates(report) == (6, 4, 0, 0, 0, 2)
    assert {"length", "geometry_type"} <= set(rules(report))
    edges = edges_within(session, (119.9, 30.9, 120.1, 31.1), profile="walk")
    assert (len(edges.tails), edges.node_count) == (3, 4)
    assert edges_within(session, (119.9, 30.9, 120.1, 31.1), profile="drive").node_count == 6
    assert fates(load(session, file)) == (6, 0, 0, 0, 4, 2)


def test_names_of_places_are_no_nodes(session: Session, tmp_path: Path) -> None:
    file = lines(
        tmp_path / "roads.geojson",
        [("LINESTRING (120 31, 120.01 31)", {"起点": "人民路", "终点": "解放路"}),
         ("LINESTRING (120.01 31, 120.02 31)", {"起点": "人民路", "终点": "解放路"})],
    )  # fmt: skip
    report = load(session, file)
    assert "nodes_ignored" in rules(report)
    assert edges_within(session, (119.9, 30.9, 120.1, 31.1)).node_count == 3


def test_two_edges_of_one_own_code_contradict_each_other(session: Session, tmp_path: Path) -> None:
    file = lines(
        tmp_path / "roads.geojson",
        [("LINESTRING (120 31, 120.01 31)", {"路段编码": "A1"}),
         ("LINESTRING (120.02 31, 120.03 31)", {"路段编码": "A1"}),
         ("LINESTRING (120.04 31, 120.05 31)", {"路段编码": "A2"})],
    )  # fmt: skip
    report = load(session, file)
    assert fates(report) == (3, 1, 0, 0, 0, 2)
    assert stored(session, "code") == [("A2",)]


def test_what_a_later_delivery_is_silent_on_stays(session: Session, tmp_path: Path) -> None:
    wkt = "LINESTRING (120 31, 120.01 31)"
    said = {"路段编码": "A1", "name": "示例路", "联系人": "王小明", "备注": "13912345678"}
    first = load(session, lines(tmp_path / "a.geojson", [(wkt, said)]))
    assert "联系人" in first.personal_columns
    bent = "LINESTRING (120 31, 120.005 31.001, 120.01 31)"
    other = lines(tmp_path / "a.geojson", [(bent, {"路段编码": "A1"}), (wkt, {"路段编码": "A2"})])
    assert fates(load(session, other)) == (2, 1, 0, 1, 0, 0)
    assert stored(session, "code, name, is_published") == [
        ("A1", "示例路", False), ("A2", None, False)
    ]  # fmt: skip
    kept = session.scalar(text("SELECT string_agg(e::text, ' ') FROM road_edge e"))
    assert "王小明" not in kept
    assert "13912345678" not in kept
    again = load(session, lines(tmp_path / "a.geojson", [(wkt, {"路段编码": "A3"})]))
    assert "not_in_delivery" in rules(again)


def test_roads_are_never_public_and_undone_whole(session: Session, tmp_path: Path) -> None:
    file = lines(tmp_path / "a.geojson", [("LINESTRING (120 31, 120.01 31)", {"name": "甲路"})])
    report = load(session, file, secrecy="public")
    assert stored(session, "is_published") == [(False,)]
    seen = text("SELECT to_regclass('atlas_public.road_edge')")
    assert session.scalar(seen) is None
    undone = undo_delivery(session, report.delivery_id or 0)
    assert (undone.removed, stored(session, "id")) == (1, [])
    dry = load(session, file, dry_run=True)
    assert (dry.counts.kept, stored(session, "id")) == (1, [])


# --- reading back ------------------------------------------------------------


def test_edges_within_answers_arrays(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    load(session, pair(folder, "0 1 150\n1 2 10\n4 5 120\n"), crs="cgcs2000")
    edges = edges_within(session, (119.9, 30.9, 120.0015, 31.0005))
    assert edges.node_ids.tolist() == ["0", "1", "2"]
    assert [edges.node_ids[n] for n in edges.tails] == ["0", "1"]
    assert edges.lengths_m[0] == 150, "a bent road is as long as it is stated"
    assert edges.lengths_m[1] == pytest.approx(metres(PLACES[2], PLACES[3]))
    assert np.column_stack([edges.lon, edges.lat]).tolist() == [list(PLACES[n]) for n in (1, 2, 3)]
    assert shapely.from_wkb(edges.lines[0]).coords[0] == PLACES[1]
    with pytest.raises(NotFound, match="town"):
        edges_within(session, (0, 0, 1, 1), network="other")
    load(session, folder, crs="cgcs2000", options=Options(network="second"))
    with pytest.raises(Ambiguous, match="second"):
        edges_within(session, (0, 0, 1, 1))
    none = edges_within(session, (0.0, 0.0, 1.0, 1.0), network="second")
    assert (none.node_count, none.tails.size) == (0, 0)


def test_edges_within_uses_the_spatial_index(fresh_session: Session, tmp_path: Path) -> None:
    from geo.queries.roads import _EDGES, PROFILES

    fresh_session.execute(
        text("""
INSERT INTO road_edge (network, code, from_node, to_node, length_m, geom)
SELECT 'grid', n::text, n::text, (n + 1)::text, 1, ST_SetSRID(ST_MakeLine(
    ST_Point(100 + n % 200 * 0.1, 20 + n / 200 * 0.1),
    ST_Point(100.05 + n % 200 * 0.1, 20 + n / 200 * 0.1)), 4490)
FROM generate_series(1, 20000) n""")
    )
    fresh_session.execute(text("ANALYZE road_edge"))
    plan = fresh_session.execute(
        text("EXPLAIN " + _EDGES.format(profile=PROFILES["walk"])),
        {"network": "grid", "area": shapely.to_wkb(shapely.box(100, 20, 100.5, 20.5))},
    ).scalars()
    assert any("ix_road_edge_geom" in line for line in plan)


# --- words -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "walkable", "drivable"),
    [
        ({"highway": "footway"}, True, False),
        ({"highway": "motorway"}, False, True),
        ({"highway": "trunk", "motorroad": "yes"}, False, True),
        ({"highway": "cycleway"}, False, False),
        ({"highway": "cycleway", "foot": "designated"}, True, False),
        ({"highway": "residential", "foot": "no"}, False, True),
        ({"highway": "service", "access": "no", "foot": "yes"}, True, False),
        ({"highway": "service", "access": "customers"}, True, True),
        ({"highway": "residential", "motor_vehicle": "no"}, True, False),
        ({"highway": "['footway', 'service']"}, True, False),
        ({"highway": "城市主干路"}, True, True),
        ({"highway": "人行天桥"}, True, False),
        ({}, None, None),
    ],
)
def test_what_a_class_is_open_to(
    tags: dict[str, str], walkable: bool | None, drivable: bool | None
) -> None:
    use = use_of(tags)
    assert (use.walkable, use.drivable) == (walkable, drivable)


def test_words_of_traffic_speed_and_slope() -> None:
    assert oneway_of({"oneway": "yes"}) == (True, False)
    assert oneway_of({"oneway": "-1"}) == (True, True)
    assert oneway_of({"oneway": ""}) == (False, False)
    assert oneway_of({"oneway": "reversible"}) == (None, False)
    assert oneway_of({}) == (None, False)
    assert oneway_of({"junction": "roundabout", "oneway": ""}) == (True, False)
    assert oneway_of({"highway": "motorway", "oneway": "no"}) == (False, False)
    assert (speed_of("40"), speed_of("['40', '60']"), speed_of("walk")) == (40, 40, None)
    assert speed_of("25 mph") == pytest.approx(40.2336)
    assert (slope_of("-10%"), slope_of("up")) == (-0.1, None)
    assert slope_of("45°") == pytest.approx(1)
