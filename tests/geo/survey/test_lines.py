"""Is each border found once, with its sides, direction, length and words?"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely
from pyproj import Geod

from geo.errors import BadArray, BadInput
from geo.survey.derived.names import edge_words, line_words, short_name
from geo.survey.lines import lines_by_level, shared_lines
from geo.survey.topology.euler import euler
from geo.survey.topology.noding import noded
from geo.survey.topology.rings import OUTSIDE
from geo.survey.topology.units import make_units
from tests.geo.survey.coverages import city, coloured, units_of

GRS80 = Geod(ellps="GRS80")
WEST, EAST = shapely.box(118, 31, 118.1, 31.1), shapely.box(118.1, 31, 118.2, 31.1)


@pytest.mark.parametrize("code", ["320400", "500000"])
def test_one_line_for_each_pair_of_neighbours(code: str) -> None:
    units = city(code)
    expected = set()
    for one, other in combinations(range(len(units)), 2):
        common = shapely.intersection(*shapely.boundary(units.shapes[[one, other]]))
        if common.length > 0:
            expected.add((units.codes[one], units.codes[other]))
    lines = shared_lines(units)
    pairs = [tuple(sorted((one.left, one.right))) for one in lines if one.left and one.right]
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == expected


@pytest.mark.parametrize("code", ["320400", "500000"])
def test_lengths_are_geodesic_and_add_up_to_the_perimeters(code: str) -> None:
    lines = shared_lines(city(code, neighbours=True))
    around = np.zeros(len(lines.units))
    for side in (lines.left, lines.right):
        known = side != OUTSIDE
        around += np.bincount(side[known], lines.length_m[known], len(lines.units))
    perimeters = [
        sum(GRS80.geometry_length(ring) for ring in shapely.get_rings(shapely.get_parts(one)))
        for one in lines.units.shapes
    ]
    assert around == pytest.approx(perimeters, abs=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_left_and_right_are_where_they_are_said_to_be(seed: int) -> None:
    lines = shared_lines(coloured(9, 8, 7, seed))
    for at in range(len(lines)):
        for part in shapely.get_parts(lines.geoms[at]):
            for start, end in zip(part.coords[:-1], part.coords[1:], strict=True):
                (x, y), (u, v) = start, end
                aside = 1e-6 * np.array([y - v, u - x]) / np.hypot(u - x, v - y)
                middle = np.array([(x + u) / 2, (y + v) / 2])
                for side, spot in ((lines.left, middle + aside), (lines.right, middle - aside)):
                    held = np.flatnonzero(shapely.contains_xy(lines.units.shapes, *spot))
                    assert held.tolist() == ([] if side[at] == OUTSIDE else [side[at]])


@pytest.mark.parametrize("code", ["320400", "500000"])
def test_lines_run_from_west_to_east_or_from_north_to_south(code: str) -> None:
    for line in shared_lines(city(code, neighbours=True)):
        parts = shapely.get_parts(line.geom)
        start, end = parts[0].coords[0], parts[-1].coords[-1]
        east = (end[0] - start[0]) * np.cos(np.radians(start[1]))
        south = start[1] - end[1]
        if len(parts) == 1 and start != end:
            assert (east if abs(east) >= abs(south) else south) > 0, line.label


def test_a_closed_line_runs_clockwise_from_its_westernmost_point() -> None:
    inner = shapely.Point(118.05, 31.05).buffer(0.02)
    for shapes in ([WEST.difference(inner), inner], [inner, WEST.difference(inner)]):
        lines = shared_lines(units_of(shapes))
        [around] = [one for one in lines if one.left and one.right]
        ring = shapely.LinearRing(around.geom.geoms[0].coords)
        assert not ring.is_ccw
        assert ring.coords[0][0] == min(x for x, _ in ring.coords)
        assert around.right == lines.units.codes[int(shapes[1].area < shapes[0].area)]


def test_stretches_follow_each_other_though_a_third_unit_lies_between() -> None:
    between = shapely.Polygon([(118.1, 31.04), (118.12, 31.05), (118.1, 31.06), (118.08, 31.05)])
    shapes = [WEST.difference(between), EAST.difference(between), between]
    line = shared_lines(units_of(shapes)).between("320401", "320402")
    assert line is not None
    north, south = shapely.get_parts(line.geom)
    assert north.coords[0] == (118.1, 31.1)
    assert north.coords[-1] == (118.1, 31.06)
    assert south.coords[0] == (118.1, 31.04)
    assert south.coords[-1] == (118.1, 31.0)
    assert (line.left, line.right) == ("320402", "320401"), "east is on the left going south"


def test_the_outer_edge_has_one_unknown_side() -> None:
    lines = shared_lines(units_of([WEST, EAST]))
    outer = [one for one in lines if one.left is None or one.right is None]
    assert len(outer) == 2
    assert len(lines) == 3
    assert all(one.grade is None and "对侧未知" in one.label for one in outer)


def test_vertices_on_a_neighbours_edge_are_noded() -> None:
    halves = [shapely.box(118.1, 31, 118.2, 31.03), shapely.box(118.1, 31.03, 118.2, 31.1)]
    assert noded(np.array([WEST, *halves])).inserted == 1
    lines = shared_lines(units_of([WEST, *halves]))
    assert lines.is_shared.sum() == 3
    west, south = (lines.between("320401", f"32040{n}") for n in (3, 2))
    assert west is not None
    assert south is not None
    assert west.geom.geoms[0].coords[-1] == south.geom.geoms[0].coords[0] == (118.1, 31.03)


def test_floating_point_dust_is_no_gap() -> None:
    dusty = shapely.transform(EAST, lambda xy: xy + np.array([3e-12, -2e-12]))
    found = noded(np.array([WEST, dusty]))
    assert found.moved > 0
    assert shared_lines(units_of([WEST, dusty])).is_shared.sum() == 1


def test_a_vertex_said_twice_is_one() -> None:
    twice = shapely.Polygon([p for point in EAST.exterior.coords for p in (point, point)])
    line = shared_lines(units_of([WEST, twice])).between("320401", "320402")
    assert line is not None
    assert shapely.get_num_coordinates(line.geom) == 2


def test_a_tenth_of_a_metre_is_a_gap_and_no_dust() -> None:
    apart = shapely.transform(EAST, lambda xy: xy + np.array([1e-6, 0]))
    assert shared_lines(units_of([WEST, apart])).is_shared.sum() == 0


def test_levels_and_grades() -> None:
    made = lines_by_level(city("320400", neighbours=True))
    assert sorted(made) == [1, 2, 3]
    counties = made[3].between("320481", "341821")
    assert counties is not None
    assert counties.grade == 1, "between 江苏 and 安徽"
    cities = made[2].between("320400", "320200")
    assert cities is not None
    assert cities.grade == 2
    inner = made[3].between("320402", "320404")
    assert inner is not None
    assert inner.grade == 3
    parts = [
        line.length_m for line in made[3]
        if {str(line.left)[:4], str(line.right)[:4]} == {"3204", "3202"}
    ]  # fmt: skip
    assert cities.length_m == pytest.approx(sum(parts), abs=1e-3)
    [province] = [one for one in made[1] if one.left and one.right]
    assert province.label == "苏皖线（示意线）"


def test_a_derived_line_has_no_official_name_or_code() -> None:
    for line in shared_lines(city("500000")):
        assert (line.name, line.code, line.basis) == (None, None, "derived")
        assert "示意线" in line.label


@pytest.mark.parametrize(
    ("one", "other", "level", "words"),
    [
        (("370000", "山东省"), ("410000", "河南省"), 1, "鲁豫线（示意线）"),
        (("510000", "四川省"), ("500000", "重庆市"), 1, "渝川线（示意线）"),
        (("411282", "灵宝市"), ("410881", "永城市"), 3, "永灵线（示意线）"),
        (("320115", "江宁区"), ("321012", "江都区"), 3, "江宁江都线（示意线）"),
        (("500243", "彭水苗族土家族自治县"), ("500242", "酉阳土家族苗族自治县"), 3,
         "酉彭线（示意线）"),
    ],
)  # fmt: skip
def test_words_come_from_the_short_names_of_both_sides(one, other, level, words) -> None:
    assert line_words(one, other, level) == line_words(other, one, level) == words


def test_two_lines_of_one_coverage_have_different_words() -> None:
    lines = shared_lines(city("320400", neighbours=True))
    assert len(set(lines.labels)) == len(lines)
    assert {"金坛丹徒线（示意线）", "金坛丹阳线（示意线）"} < set(lines.labels)
    assert "武金线（示意线）" in lines.labels


def test_the_rule_for_short_names_may_be_another() -> None:
    def whole(code: str, name: str, level: int) -> str:
        return name

    lines = shared_lines(units_of([WEST, EAST]), shorten=whole)
    assert "单位01县单位02县线（示意线）" in lines.labels
    assert edge_words("甲县") == "甲县外缘（对侧未知，示意线）"
    assert short_name("110112", "通县", 3) == "通"


@pytest.mark.parametrize("seed", range(12))
def test_eulers_formula_holds(seed: int) -> None:
    net = euler(shared_lines(coloured(10, 9, 8, seed)).arcs)
    assert net.nodes - net.arcs + net.faces == 1 + net.components
    assert net.holds


@pytest.mark.parametrize("neighbours", [False, True])
@pytest.mark.parametrize("code", ["320400", "500000"])
def test_eulers_formula_holds_for_real_cities(code: str, neighbours: bool) -> None:
    assert euler(shared_lines(city(code, neighbours=neighbours)).arcs).holds


def test_overlapping_areas_have_no_lines() -> None:
    wide = shapely.box(118.09, 31, 118.2, 31.1)
    with pytest.raises(BadInput, match="重叠") as raised:
        shared_lines(units_of([WEST, wide]))
    assert "atlas survey check" in str(raised.value)
    assert raised.value.parameter == "shapes"


def test_invalid_areas_have_no_lines() -> None:
    bow = shapely.Polygon([(118, 31), (118.1, 31.1), (118.1, 31), (118, 31.1)])
    with pytest.raises(BadInput, match="自相交"):
        shared_lines(units_of([bow]))


def test_repeated_codes_and_shapes_without_area_are_refused() -> None:
    with pytest.raises(BadInput, match="320401"):
        shared_lines(units_of([WEST, EAST], ["320401", "320401"]))
    with pytest.raises(BadArray, match="没有面状图形"):
        units_of([WEST, shapely.Point(118, 31)])
    with pytest.raises(BadArray):
        units_of([WEST, None])
    with pytest.raises(BadArray, match="个数不一致"):
        make_units(["320401"], ["甲", "乙"], 3, [WEST])


def test_nothing_has_no_lines() -> None:
    with pytest.raises(BadInput, match="没有任何单位"):
        shared_lines(units_of([]))


def test_a_single_unit_has_an_outer_edge() -> None:
    one = shared_lines(units_of([WEST]))
    assert len(one) == 1
    assert one[0].right is None or one[0].left is None
