"""Do polygons come back from their lines without losing a vertex or a square millimetre?"""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.errors import BadArray, BadInput
from geo.loaders.shapes import areal
from geo.survey.lines import Lines, lines_by_level, shared_lines
from geo.survey.quality import check_units
from geo.survey.topology.euler import euler
from geo.survey.topology.rebuild import Rebuilt, polygons_from_lines
from geo.survey.topology.repair import Repaired
from geo.survey.topology.units import Units
from tests.geo.survey.coverages import beijing, beijing_repaired, city, coloured, of_beijing


def rebuilt(lines: Lines) -> Rebuilt:
    return polygons_from_lines(
        lines.geoms, [one.left for one in lines], [one.right for one in lines]
    )


def assert_same(units: Units, found: Rebuilt) -> None:
    """Zero area lost, and every polygon the same but for where its rings begin."""
    assert sorted(units.codes) == list(found.codes)
    made = dict(zip(found.codes, found.shapes, strict=True))
    back = np.array([made[code] for code in units.codes])
    lost = shapely.area(shapely.symmetric_difference(units.shapes, back))
    assert lost.tolist() == [0.0] * len(units)
    given = np.array([areal(one) for one in units.shapes])
    assert (shapely.normalize(given) == shapely.normalize(back)).all()


@pytest.mark.parametrize("neighbours", [False, True])
@pytest.mark.parametrize("code", ["320400", "500000"])
def test_real_cities_come_back_whole(code: str, neighbours: bool) -> None:
    units = city(code, neighbours=neighbours)
    assert len(units) == {"320400": (6, 19), "500000": (38, 78)}[code][neighbours]
    for lines in lines_by_level(units).values():
        assert_same(lines.units, rebuilt(lines))
    assert_same(units, rebuilt(shared_lines(units)))


@pytest.mark.parametrize("seed", range(25))
def test_holes_enclaves_and_touching_parts_come_back(seed: int) -> None:
    assert_same(units := coloured(8, 9, 6, seed), rebuilt(shared_lines(units)))


def test_the_random_coverages_have_what_they_are_for() -> None:
    parts = [shapely.get_parts(coloured(8, 9, 6, seed).shapes) for seed in range(25)]
    assert max(shapely.get_num_interior_rings(one).max() for one in parts) > 0
    assert min(map(len, parts)) > 10


@pytest.fixture
def mended() -> Repaired:
    """331 real townships with 63 invalid polygons and 64 overlapping pairs, repaired on request."""
    return beijing_repaired()


@of_beijing
def test_what_repairing_beijing_took(mended: Repaired) -> None:
    assert mended.lost == ()
    assert mended.mended == 63
    assert mended.overlap_m2 / 1e4 == pytest.approx(2617, abs=1)
    assert len(mended.units) == 331


@of_beijing
def test_faults_of_beijing_are_found_before_and_gone_after(mended: Repaired) -> None:
    before = check_units(beijing())
    assert before.counts["invalid"] + before.counts.get("self_crossing", 0) == 63
    shared = [one for one in before.findings if one.kind in ("overlap", "sliver")]
    assert sum("重叠" in one.suggestion_zh for one in shared) == 64
    assert not before.is_sound
    after = check_units(mended.units)
    assert set(after.counts) <= {"enclave", "sliver"}
    assert not any("重叠" in one.suggestion_zh for one in after.findings)


@of_beijing
def test_beijing_comes_back_whole(mended: Repaired) -> None:
    lines = shared_lines(mended.units)
    assert euler(lines.arcs).holds
    assert_same(mended.units, rebuilt(lines))


@of_beijing
def test_unrepaired_beijing_has_no_lines() -> None:
    with pytest.raises(BadInput, match="自相交"):
        shared_lines(beijing())


def test_lines_that_do_not_close_are_refused_with_the_place() -> None:
    lines = shared_lines(city("320400"))
    keep = np.arange(len(lines)) != int(np.argmax(lines.length_m))
    held = [one for one, kept in zip(lines, keep, strict=True) if kept]
    with pytest.raises(BadInput, match="不闭合"):
        polygons_from_lines(lines.geoms[keep], [o.left for o in held], [o.right for o in held])


def test_exchanged_sides_are_refused() -> None:
    lines = shared_lines(city("320400"))
    left, right = [one.left for one in lines], [one.right for one in lines]
    at = int(np.flatnonzero(lines.is_shared)[0])
    left[at], right[at] = right[at], left[at]
    with pytest.raises(BadInput, match="左右侧与界线走向不符"):
        polygons_from_lines(lines.geoms, left, right)
    with pytest.raises(BadArray):
        polygons_from_lines(lines.geoms, left[1:], right)


def test_a_reversed_island_is_told_and_not_lost() -> None:
    island = shapely.LineString([(118, 31), (118.001, 31), (118.001, 31.001), (118, 31)])
    main = shapely.LineString([(119, 31), (120, 31), (120, 32), (119, 31)])
    assert not main.is_empty
    lines = np.array([main, island])
    assert len(polygons_from_lines(lines, ["甲", "甲"], [None, None]).shapes[0].geoms) == 2
    with pytest.raises(BadInput, match="甲"):
        polygons_from_lines(lines, ["甲", None], [None, "甲"])


def test_no_lines_make_no_polygons() -> None:
    assert polygons_from_lines(np.zeros(0, dtype=object), [], []).codes == ()
