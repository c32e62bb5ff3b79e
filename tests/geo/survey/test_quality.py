"""Is each kind of fault found, with its size, its place and a suggestion that nobody applies?"""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely

from geo.errors import BadInput
from geo.loaders.shapes import area_m2
from geo.survey.lines import GRS80, shared_lines
from geo.survey.quality import as_geojson, check_lines, check_units, concerning
from geo.survey.topology.repair import repaired
from geo.survey.topology.units import Units
from tests.geo.survey.coverages import city, coloured, units_of

WEST, EAST = shapely.box(118, 31, 118.1, 31.1), shapely.box(118.1, 31, 118.2, 31.1)
NORTH = shapely.box(118, 31.1, 118.2, 31.2)


def kinds(units: Units) -> list[str]:
    return [one.kind for one in check_units(units).findings]


@pytest.mark.parametrize("code", ["320400", "500000"])
def test_a_city_fits(code: str) -> None:
    found = check_units(city(code))
    assert found.is_sound
    assert found.euler is not None
    assert found.euler.holds
    assert found.unmatched == 0


def test_enclaves_of_a_real_region_are_listed_and_no_faults() -> None:
    found = check_units(city("500000", neighbours=True))
    assert found.is_sound
    assert found.counts == {"enclave": 4}
    assert {one.names[0] for one in found.findings} == {"紫阳县", "邻水县"}


def test_an_overlap_has_its_area_and_the_larger_loses() -> None:
    wide = shapely.box(118.08, 31, 118.2, 31.1)
    [one] = check_units(units_of([WEST, wide])).findings
    assert one.kind == "overlap"
    assert one.codes == ("320402", "320401")
    assert one.area_m2 == pytest.approx(area_m2(shapely.intersection(WEST, wide)))
    assert shapely.area(shapely.symmetric_difference(one.repair, one.place)) == 0
    assert "从「单位02县」中划去" in one.suggestion_zh


def test_a_gap_goes_to_the_longest_border_and_a_narrow_one_is_a_sliver() -> None:
    notch = shapely.Polygon([(118.1, 31.1), (118.1, 31.06), (118.12, 31.1)])
    [gap] = check_units(units_of([WEST, EAST.difference(notch), NORTH])).findings
    assert gap.kind == "gap"
    assert gap.area_m2 == pytest.approx(area_m2(notch), rel=1e-9)
    assert gap.names[0] == "单位02县"
    crack = shapely.Polygon([(118.1, 31.1), (118.1, 31.0001), (118.1001, 31.1)])
    [sliver] = check_units(units_of([WEST, EAST.difference(crack), NORTH])).findings
    assert sliver.kind == "sliver"
    assert "空隙碎面" in sliver.suggestion_zh


def test_a_narrow_overlap_is_a_sliver() -> None:
    [one] = check_units(units_of([WEST, shapely.box(118.0999, 31, 118.2, 31.1)])).findings
    assert one.kind == "sliver"
    assert "重叠碎面" in one.suggestion_zh
    assert not check_units(units_of([WEST, shapely.box(118.0999, 31, 118.2, 31.1)])).is_sound


def test_the_thresholds_are_arguments() -> None:
    units = units_of([WEST, shapely.box(118.0999, 31, 118.2, 31.1)])
    assert [one.kind for one in check_units(units, sliver_m=1).findings] == ["overlap"]
    assert set(check_units(units, least_m2=1e6).counts) == {"crossing"}, "told, but not as large"


def test_a_self_crossing_has_its_place_and_a_mended_shape() -> None:
    bow = shapely.Polygon([(118, 31), (118.1, 31.1), (118.1, 31), (118, 31.1)])
    [one] = check_units(units_of([bow])).findings
    assert one.kind == "self_crossing"
    assert (round(one.place.x, 6), round(one.place.y, 6)) == (118.05, 31.05)
    assert one.repair.is_valid
    assert one.repair.geom_type == "MultiPolygon"


def test_a_hole_outside_its_shell_is_invalid() -> None:
    outside = shapely.Polygon(WEST.exterior.coords, [shapely.box(118.2, 31, 118.3, 31.1).exterior])
    [one] = check_units(units_of([outside])).findings
    assert one.kind == "invalid"
    assert "内环在外环之外" in one.suggestion_zh


def test_what_lies_around_is_left_out_where_only_some_units_are_meant() -> None:
    far = [shapely.box(118.5, 31, 118.6, 31.1), shapely.box(118.58, 31, 118.7, 31.1)]
    found = check_units(units_of([WEST, EAST, *far]))
    assert not found.is_sound
    assert concerning(found, {"320401", "320402"}).is_sound
    assert not concerning(found, {"320403"}).is_sound


def test_a_spike_is_a_dangling_line_with_its_length() -> None:
    spiked = shapely.Polygon(
        [(118, 31), (118.1, 31), (118.1, 31.05), (118.2, 31.05), (118.1, 31.05), (118.1, 31.1),
         (118, 31.1)]
    )  # fmt: skip
    found = [one for one in check_units(units_of([spiked])).findings if one.kind == "dangling"]
    assert len(found) == 1
    assert found[0].length_m == pytest.approx(GRS80.inv(118.1, 31.05, 118.2, 31.05)[2], rel=1e-9)


def test_one_code_on_both_sides_has_the_length_of_the_border() -> None:
    [one] = check_units(units_of([WEST, EAST], ["320401", "320401"])).findings
    assert one.kind == "same_code"
    assert one.length_m == pytest.approx(GRS80.inv(118.1, 31, 118.1, 31.1)[2], rel=1e-6)
    assert shapely.equals(one.repair, shapely.union(WEST, EAST))
    far = shapely.transform(EAST, lambda xy: xy + 1)
    [apart] = check_units(units_of([WEST, far], ["320401", "320401"])).findings
    assert (apart.kind, apart.length_m) == ("same_code", None)


def test_a_hole_is_a_fault_and_a_filled_one_an_enclave() -> None:
    lake = shapely.box(118.04, 31.04, 118.06, 31.06)
    [hole] = check_units(units_of([WEST.difference(lake)])).findings
    assert hole.kind == "hole"
    assert hole.area_m2 == pytest.approx(area_m2(lake), rel=1e-9)
    found = check_units(units_of([WEST.difference(lake), lake]))
    assert [one.kind for one in found.findings] == ["enclave"]
    assert found.is_sound
    assert "之内" in found.findings[0].suggestion_zh


def test_a_detached_part_is_an_enclave_and_an_island_is_nothing() -> None:
    inner = shapely.box(118.14, 31.04, 118.16, 31.06)
    island = shapely.box(118.5, 31, 118.6, 31.05)
    west = shapely.MultiPolygon([WEST, inner, island])
    found = check_units(units_of([west, EAST.difference(inner)]))
    [one] = found.findings
    assert one.kind == "enclave"
    assert one.codes == ("320401", "320402")
    assert one.area_m2 == pytest.approx(area_m2(inner))
    assert found.is_sound


def test_a_tiny_narrow_part_is_a_sliver() -> None:
    scrap = shapely.box(118.2, 31.05, 118.2001, 31.0501)
    assert kinds(units_of([shapely.MultiPolygon([WEST, scrap]), EAST])) == ["sliver"]


def test_unshared_vertices_are_counted() -> None:
    halves = [shapely.box(118.1, 31, 118.2, 31.03), shapely.box(118.1, 31.03, 118.2, 31.1)]
    found = check_units(units_of([WEST, *halves]))
    assert found.is_sound
    assert found.unmatched == 1


def test_nothing_is_changed_unasked() -> None:
    units = units_of([WEST, shapely.box(118.08, 31, 118.2, 31.1)])
    before = shapely.to_wkb(units.shapes).tolist()
    check_units(units)
    repaired(units)
    assert shapely.to_wkb(units.shapes).tolist() == before


def test_a_repair_that_was_asked_for_leaves_a_sound_coverage() -> None:
    inner = shapely.box(118.02, 31.02, 118.03, 31.03)
    crack = shapely.Polygon([(118.1, 31.1), (118.1, 31.0999), (118.1001, 31.1)])
    shapes = [WEST, shapely.box(118.08, 31, 118.2, 31.1).difference(crack), NORTH, inner]
    made = repaired(units_of(shapes), fill_gaps_m2=1000)
    assert made.lost == ()
    assert check_units(made.units).is_sound
    assert shared_lines(made.units).is_shared.sum() > 3
    whole = shapely.union_all(shapes)
    assert made.overlap_m2 > 0
    assert shapely.area(made.units.shapes).sum() == pytest.approx(whole.area, rel=1e-6)
    assert area_m2(made.units.shapes[3]) == pytest.approx(area_m2(inner)), "the small one is kept"


def test_the_second_of_two_equal_areas_is_told_to_be_lost() -> None:
    made = repaired(units_of([WEST, WEST]))
    assert len(made.units) == 1
    assert len(made.lost) == 1


def test_places_as_geojson() -> None:
    units = units_of([WEST, shapely.box(118.08, 31, 118.2, 31.1)])
    made = json.loads(json.dumps(as_geojson(check_units(units)), ensure_ascii=False))
    place, suggestion = made["features"]
    assert place["properties"]["role"] == "place"
    assert suggestion["properties"]["role"] == "suggestion"
    assert place["properties"]["number"] == suggestion["properties"]["number"] == 1
    assert place["properties"]["measure"] == "量算值"
    assert place["geometry"]["type"] == "MultiPolygon"
    assert "未经采纳" in made["note"]


def test_lines_of_a_sound_city_are_sound() -> None:
    lines = shared_lines(city("320400"))
    sides = [one.left for one in lines], [one.right for one in lines]
    assert check_lines(lines.geoms, list(lines.labels), *sides).findings == ()


def test_faults_of_lines() -> None:
    given = np.array([
        shapely.LineString([(118, 31), (118.1, 31.1)]),
        shapely.LineString([(118, 31.1), (118.1, 31)]),
        shapely.LineString([(119, 31), (119.1, 31.1), (119.1, 31), (119, 31.1)]),
        shapely.LineString([(120, 31), (120.1, 31)]),
    ])  # fmt: skip
    found = check_lines(
        given, ["甲", "乙", "丙", "丁"], ["1", "1", None, "2"], ["2", "3", None, "2"]
    )
    assert found.counts == {"self_crossing": 1, "dangling": 8, "same_code": 1, "crossing": 1}
    [crossing] = [one for one in found.findings if one.kind == "crossing"]
    assert crossing.names == ("甲", "乙")
    assert (crossing.place.x, crossing.place.y) == pytest.approx((118.05, 31.05))
    [same] = [one for one in found.findings if one.kind == "same_code"]
    assert same.names == ("丁",)
    loose = [one for one in found.findings if one.kind == "dangling" and one.names == ("甲",)]
    assert loose[0].length_m is not None
    assert "米处" in loose[0].suggestion_zh


@pytest.mark.parametrize("seed", range(4))
def test_random_sound_coverages_have_no_overlaps_or_gaps(seed: int) -> None:
    assert set(kinds(coloured(8, 8, 6, seed))) <= {"enclave", "hole", "gap"}


def test_what_has_no_lines_is_never_called_sound() -> None:
    """Borders that run through each other by less than is told of overlaps."""
    small = shapely.box(118, 31, 118.001, 31.001), shapely.box(118.001 - 1e-8, 31, 118.002, 31.001)
    units = units_of(small)
    with pytest.raises(BadInput, match="互相矛盾"):
        shared_lines(units)
    found = check_units(units)
    assert set(found.counts) == {"crossing"}
    assert not found.is_sound
    assert "穿插" in found.findings[0].suggestion_zh
    assert shared_lines(repaired(units).units).is_shared.sum() == 1


FLAT = shapely.Polygon([(118, 31), (118.1, 31), (118, 31)])


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        ([], {}),
        ([shapely.Polygon()], {"invalid": 1}),
        ([WEST, shapely.Polygon()], {"invalid": 1}),
        ([FLAT], {"invalid": 1, "dangling": 1}),
        ([FLAT, WEST], {"invalid": 1, "dangling": 1}),
        ([WEST, WEST, WEST], {"overlap": 3}),
    ],
)
def test_nothing_empty_flat_and_repeated_areas(shapes: list, expected: dict) -> None:
    units = units_of(shapes)
    assert check_units(units).counts == expected
    assert len(repaired(units).units) == len({s for s in shapes if s.area})
    with pytest.raises(BadInput):
        shared_lines(units)
