"""Are tri-junctions those that noding all borders by GEOS finds, and are their units in order?"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely

from geo.errors import BadInput
from geo.survey.lines import GRS80, shared_lines
from geo.survey.topology.units import Units
from geo.survey.trijunctions import junctions, trijunctions
from tests.geo.survey.coverages import beijing_repaired, city, coloured, of_beijing, units_of


def noded_points(units: Units) -> dict[tuple[float, float], tuple[int, int]]:
    """An independent count: where pieces of the noded borders end, how many, how many sides.

    Sides are counted by looking round each point on a tiny circle.
    """
    net = shapely.line_merge(shapely.unary_union(shapely.boundary(units.shapes)))
    ends: Counter[tuple[float, float]] = Counter()
    for piece in shapely.get_parts(net):
        ends[piece.coords[0]] += 1
        ends[piece.coords[-1]] += 1
    tree = shapely.STRtree(units.shapes)
    turn = np.linspace(0, 2 * np.pi, 721)[:-1] + 1e-3
    found = {}
    for (x, y), count in ends.items():
        if count >= 3:
            circle = np.column_stack([x + 1e-9 * np.cos(turn), y + 1e-9 * np.sin(turn)])
            held = tree.query(shapely.points(circle), predicate="intersects")
            sides = set(held[1].tolist()) | ({-1} if len(set(held[0].tolist())) < 720 else set())
            found[x, y] = (count, len(sides))
    return found


def assert_as_noded(units: Units) -> None:
    expected = noded_points(units)
    met = junctions(shared_lines(units))
    assert {(one.lon, one.lat): one.lines for one in met} == {
        at: count for at, (count, _) in expected.items()
    }
    three = {at for at, (count, sides) in expected.items() if count == sides == 3}
    assert {(one.lon, one.lat) for one in met if one.kind == "trijunction"} == three
    four = {at for at, (_, sides) in expected.items() if sides >= 4}
    assert {(one.lon, one.lat) for one in met if one.kind == "quadripoint"} == four


@pytest.mark.parametrize("neighbours", [False, True])
@pytest.mark.parametrize("code", ["320400", "500000"])
def test_real_cities_as_by_noding(code: str, neighbours: bool) -> None:
    units = city(code, neighbours=neighbours)
    assert_as_noded(units)
    expected = {("320400", False): 10, ("320400", True): 40, ("500000", False): 74,
                ("500000", True): 158}  # fmt: skip
    assert len(trijunctions(shared_lines(units))) == expected[code, neighbours]


@pytest.mark.parametrize("seed", range(8))
def test_random_coverages_as_by_noding(seed: int) -> None:
    assert_as_noded(coloured(9, 8, 7, seed))


@of_beijing
def test_beijing_as_by_noding() -> None:
    units = beijing_repaired().units
    net = shapely.line_merge(shapely.unary_union(shapely.boundary(units.shapes)))
    pieces = shapely.get_parts(net)
    ends = np.concatenate([
        shapely.get_coordinates(shapely.get_point(pieces, at)) for at in (0, -1)
    ])  # fmt: skip
    points, times = np.unique(ends, axis=0, return_counts=True)
    met = junctions(shared_lines(units))
    assert sorted((one.lon, one.lat) for one in met) == sorted(map(tuple, points[times >= 3]))
    assert sum(one.kind == "trijunction" for one in met) > 500


BOXES = [
    shapely.box(118, 31, 118.1, 31.1), shapely.box(118.1, 31, 118.2, 31.1),
    shapely.box(118, 31.1, 118.1, 31.2), shapely.box(118.1, 31.1, 118.2, 31.2),
]  # fmt: skip


def test_four_units_at_a_point_are_flagged() -> None:
    met = junctions(shared_lines(units_of(BOXES)))
    [four] = [one for one in met if one.kind == "quadripoint"]
    assert (four.lon, four.lat, four.lines) == (118.1, 31.1, 4)
    assert four.codes == ("320401", "320403", "320404", "320402"), "clockwise from the smallest"
    assert not four.with_outside
    outer = [one for one in met if one.kind == "trijunction"]
    assert len(outer) == 4
    assert all(one.with_outside and None in one.codes for one in outer)


def test_units_stand_clockwise_from_the_smallest_code() -> None:
    south = shapely.box(118, 30.9, 118.2, 31)
    lines = shared_lines(units_of([south, *BOXES[:2]], ["320409", "320401", "320402"]))
    [inner] = [one for one in trijunctions(lines) if not one.with_outside]
    assert inner.codes == ("320401", "320402", "320409"), "west, east, then south"


def test_a_unit_that_touches_itself_makes_no_tri_junction() -> None:
    crossed = shapely.MultiPolygon([BOXES[0], BOXES[3]])
    met = junctions(shared_lines(units_of([crossed, BOXES[1]])))
    [middle] = [one for one in met if one.kind == "touch"]
    assert (middle.lon, middle.lat, middle.lines) == (118.1, 31.1, 4)


def test_near_points_are_one_within_a_tolerance() -> None:
    step = 2e-5  # about two metres
    shapes = [
        shapely.box(118, 31, 118.1, 31.1), shapely.box(118, 31.1, 118.1, 31.2),
        shapely.box(118.1, 31, 118.2, 31.1 + step), shapely.box(118.1, 31.1 + step, 118.2, 31.2),
    ]  # fmt: skip
    lines = shared_lines(units_of(shapes))
    apart = float(GRS80.inv(118.1, 31.1, 118.1, 31.1 + step)[2])
    exact = [one for one in junctions(lines) if not one.with_outside]
    assert [one.kind for one in exact] == ["trijunction", "trijunction"]
    still = [one for one in junctions(lines, tolerance_m=apart - 0.01) if not one.with_outside]
    assert [one.spread_m for one in still] == [0.0, 0.0]
    [joined] = [one for one in junctions(lines, tolerance_m=apart + 0.01) if not one.with_outside]
    assert joined.kind == "quadripoint"
    assert joined.lines == 4
    assert joined.codes == ("320401", "320402", "320404", "320403")
    assert joined.spread_m == pytest.approx(apart, abs=1e-3)


@pytest.mark.parametrize("wrong", [-1.0, 1001.0, float("nan")])
def test_a_tolerance_that_makes_no_sense_is_refused(wrong: float) -> None:
    with pytest.raises(BadInput, match="容差"):
        junctions(shared_lines(units_of(BOXES)), tolerance_m=wrong)
