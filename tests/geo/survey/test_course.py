"""Is a line told by true north, and does every draft agree with the line that it tells?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import BadInput
from geo.survey.bearings import DIRECTIONS16, EARTH, direction16, meridian_convergence
from geo.survey.course import Feature, Marker, Rules, check_course, draft_course, parse_course

LINE = shapely.LineString(
    [(119.9, 31.7), (119.93, 31.705), (119.96, 31.69), (119.97, 31.65), (120.0, 31.64)]
)
MARKERS = [
    Marker("3204001Q", 119.9001, 31.7),
    Marker("3204002Q", 119.96, 31.6905),
    Marker("3204003A", 119.9705, 31.65, "A", 3),
    Marker("3204003B", 119.9695, 31.65, "B", 3),
    Marker("3204009Q", None, None),
    Marker("3204010Q", 119.5, 31.0),
]
FEATURES = [
    Feature("至善路", "road", shapely.LineString([(119.92, 31.72), (119.92, 31.69)]), "道路层"),
    Feature(
        "向东河", "water",
        shapely.LineString([(119.96, 31.69), (119.9702, 31.65), (119.98, 31.6)]), None, True,
    ),
    Feature("张家村", "other", shapely.Point(119.98, 31.647)),
    Feature("远方路", "road", shapely.LineString([(119.92, 31.8), (119.92, 31.79)])),
    Feature("断头路", "road", shapely.LineString([(119.915, 31.72), (119.915, 31.7025)])),
]  # fmt: skip
TEXT = draft_course(LINE, MARKERS, FEATURES, title="甲乙线").text


def towards(lon: float, lat: float, azimuth: float, metres: float = 3000.0) -> shapely.LineString:
    to_lon, to_lat, _ = EARTH.fwd(lon, lat, azimuth, metres)
    return shapely.LineString([(lon, lat), (to_lon, to_lat)])


# --- the draft ------------------------------------------------------------------------------


def test_the_draft_tells_marker_direction_relation_length_marker() -> None:
    assert TEXT == (
        "从3204001Q号界桩起，边界线向东，穿过至善路，至转折点1，长2.90千米；再转向东偏东南，"
        "至3204002Q号界桩，长3.27千米。从3204002Q号界桩起，边界线向南偏东南，沿向东河，"
        "至3204003A、3204003B号界桩，长4.58千米。从3204003A、3204003B号界桩起，边界线向东偏东南，"
        "跨过向东河，经张家村附近，至界线止点，长3.04千米。"
    )


def test_the_draft_says_that_it_is_one_and_what_it_leaves_out() -> None:
    made = draft_course(LINE, MARKERS, FEATURES, title="甲乙线")
    assert made.whole.startswith("【草稿，须人工核定】\n甲乙线走向说明\n从")
    assert "量算值" in made.whole
    assert "山脊" in made.whole.split("说明：")[-1]
    assert not any(word in made.text for word in ("山脊", "山谷", "顺流", "沟", "高地"))
    assert made.unplaced == ("3204009Q",)
    assert [number for number, _ in made.off] == ["3204010Q"]
    assert made.has_synthetic
    assert made.sources == ("道路层",)
    assert "断头路" not in made.text, "a road that only touches the line is not crossed"


@pytest.mark.parametrize("sector", range(16))
@pytest.mark.parametrize("lon", [118.5001, 119.95, 121.4999])
def test_directions_at_every_bound_from_true_north(sector: int, lon: float) -> None:
    """Also at the edges of the 3° zone of 120° E, where grid and true north part by 0.8°."""
    bound = sector * 22.5 + 11.25
    for turn, word in ((-0.01, sector), (0.01, sector + 1)):
        leg = draft_course(towards(lon, 31.7, bound + turn)).legs[0]
        assert leg.direction == DIRECTIONS16[word % 16]
        assert leg.true_deg == pytest.approx((bound + turn) % 360, abs=1e-6)
        gamma = (leg.true_deg - leg.grid_deg + 180) % 360 - 180
        assert gamma == pytest.approx(float(meridian_convergence(lon, 31.7)), abs=2e-3)


def test_grid_north_would_say_another_direction_at_the_edge_of_a_zone() -> None:
    line = towards(121.4999, 31.7, 11.5)
    leg = draft_course(line).legs[0]
    assert leg.direction == "北偏东北"
    assert direction16(leg.grid_deg) == "北"
    assert leg.convergence_deg == pytest.approx(0.79, abs=0.01)
    told = check_course(
        towards(121.4999, 31.7, 11.3 + 0.5), "从界线起点起，向北，至界线止点。",
        rules=Rules(direction_deg=0.1),
    ).disagreements  # fmt: skip
    assert "按坐标北则相合" in told[0].found


def test_several_stretches_are_told_one_by_one() -> None:
    line = shapely.MultiLineString(
        [shapely.LineString([(119.9, 31.7), (119.92, 31.7)]), towards(120.0, 31.6, 180.0)]
    )
    made = draft_course(line)
    assert [leg.direction for leg in made.legs] == ["东", "南"]
    assert "第2段：从第2段起点起，边界线向南" in made.text
    assert check_course(line, made.whole).agrees


def test_a_closed_line_is_told_and_checked() -> None:
    ring = shapely.box(119.9, 31.7, 119.93, 31.72).exterior
    made = draft_course(shapely.LineString(ring), [Marker("1Q", *ring.coords[0])])
    assert len({leg.direction for leg in made.legs}) == 4
    assert made.text.endswith("至1Q号界桩，长2.84千米。")
    checked = check_course(shapely.LineString(ring), made.text, [Marker("1Q", *ring.coords[0])])
    assert checked.agrees, checked


def test_no_line_no_draft() -> None:
    with pytest.raises(BadInput, match="没有长度"):
        draft_course(shapely.LineString([(119.9, 31.7), (119.9, 31.7)]))
    with pytest.raises(BadInput, match="turn_m"):
        Rules(turn_m=0)


# --- draft → parse → check --------------------------------------------------------------------

NAMES = [
    "至善路",
    "向阳河",
    "转水渠",
    "南北大道",
    "沿江路",
    "G312",
    "长江路",
    "经十路",
    "后港",
    "再生河",
]


@st.composite
def ground(draw: Any) -> tuple[Any, list[Marker], list[Feature]]:
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    count = draw(st.integers(2, 40))
    centre = np.array([draw(st.sampled_from([104.0, 118.51, 119.95, 121.49])), 31.7])
    steps = rng.normal([0.01, 0.0], 0.012, (count, 2))
    line = shapely.LineString(np.round(centre + np.cumsum(steps, axis=0), 7))
    picked = np.sort(rng.choice(count, size=min(draw(st.integers(0, 5)), count), replace=False))
    markers = [
        Marker(f"{1253000 + k:07d}Q", *(line.coords[int(v)] + rng.normal(0, 1e-4, 2)))
        for k, v in enumerate(picked, 1)
    ]
    features = []
    for name in NAMES[: draw(st.integers(0, len(NAMES)))]:
        at = np.array(line.coords[int(rng.integers(count))])
        kind = rng.choice(["road", "water", "other"])
        across = shapely.LineString(at + rng.normal(0, 0.01, (3, 2)))
        shape = [across, shapely.Point(at + rng.normal(0, 0.002, 2)), across.buffer(0.001)][
            rng.integers(3)
        ]
        features.append(Feature(name, kind, shape))
    first, last = sorted(rng.choice(count, size=2, replace=False).tolist())
    if last > first:
        features.append(
            Feature("美林河", "water", shapely.LineString(line.coords[first : last + 1]))
        )
    return line, markers, features


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(ground())
def test_a_draft_agrees_with_its_own_line(made: Any) -> None:
    line, markers, features = made
    draft = draft_course(line, markers, features)
    checked = check_course(line, draft.whole, markers, features)
    assert not checked.disagreements, (draft.text, checked.disagreements)
    assert not checked.unparsed, (draft.text, checked.unparsed)
    assert not checked.unchecked
    assert not checked.unmentioned
    assert len(checked.legs) == len(draft.legs)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(ground(), st.integers(0, 2**16))
def test_a_wrong_direction_length_or_marker_is_found(made: Any, pick: int) -> None:
    line, markers, features = made
    draft = draft_course(line, markers, features)
    leg = draft.legs[pick % len(draft.legs)]
    opposite = DIRECTIONS16[(DIRECTIONS16.index(leg.direction) + 8) % 16]
    sentence = draft.text.split("至" + leg.end.name)[0]
    for old, new, kind in (
        (f"向{leg.direction}", f"向{opposite}", "direction"),
        (leg.start.name, "1999999Q号界桩", "marker"),
    ):
        if kind == "marker" and not leg.start.numbers:
            continue
        at = sentence.rindex(old) if kind == "direction" else draft.text.index(old)
        wrong = draft.text[:at] + new + draft.text[at + len(old) :]
        found = check_course(line, wrong, markers, features).disagreements
        assert found, (wrong, kind)
        if kind == "marker":
            assert any(one.kind == "marker" and "1999999Q" in one.said for one in found)


def test_a_wrong_length_is_found_where_it_stands() -> None:
    (found,) = check_course(
        LINE, TEXT.replace("4.58千米", "5.58千米"), MARKERS, FEATURES
    ).disagreements
    assert (found.kind, found.said, found.found) == ("length", "5.58千米", "4.58千米（量算值）")
    assert found.tolerance == "±107 米"
    assert not check_course(
        LINE, TEXT.replace("4.58千米", "约4.9公里"), MARKERS, FEATURES
    ).disagreements


def test_wrong_features_are_found_and_forgotten_ones_listed() -> None:
    checked = check_course(LINE, TEXT.replace("穿过至善路", "穿过远方路"), MARKERS, FEATURES)
    (found,) = checked.disagreements
    assert found.kind == "feature"
    assert "未相交" in found.found
    assert checked.unmentioned == ("至善路",)
    moved = TEXT.replace("，穿过至善路", "").replace("跨过向东河", "跨过向东河，穿过至善路")
    (found,) = check_course(LINE, moved, MARKERS, FEATURES).disagreements
    assert "相交处距起点 1.9" in found.found


def test_markers_in_a_wrong_order_are_found() -> None:
    swapped = TEXT.replace("3204001Q", "X").replace("3204002Q", "3204001Q").replace("X", "3204002Q")
    kinds = {one.kind for one in check_course(LINE, swapped, MARKERS, FEATURES).disagreements}
    assert "order" in kinds


def test_a_text_told_from_the_other_end_is_read_that_way() -> None:
    other = draft_course(shapely.reverse(LINE), MARKERS, FEATURES)
    checked = check_course(LINE, other.text, MARKERS, FEATURES)
    assert checked.agrees
    assert checked.backwards == (1,)


# --- what people write --------------------------------------------------------------------------

WRITTEN = (
    "从3204001Q号界桩起，边界线向东穿过至善路后沿山脊上山，经625m高地到637m高地，"
    "再向东偏东南顺沟下至3204002Q号界桩，转南偏东南沿向东河河道中心线顺流下行4.6公里至"
    "3204003A、3204003B号界桩，在此折向南南东。"
)


def test_a_text_as_people_write_it() -> None:
    said = parse_course(WRITTEN, ["至善路", "向东河"])
    assert [leg.direction.value if leg.direction else None for leg in said.legs] == [
        "东", "东偏东南", "南偏东南",
    ]  # fmt: skip
    assert [leg.end.value for leg in said.legs if leg.end] == [
        "637m高地", "3204002Q号界桩", "3204003A、3204003B号界桩",
    ]  # fmt: skip
    assert [(f.kind, f.value) for leg in said.legs for f in leg.features] == [
        ("across", "至善路"), ("past", "625m高地"), ("along", "向东河"),
    ]  # fmt: skip
    assert [leg.length.number for leg in said.legs if leg.length] == [4600.0]
    assert [text for text, _ in said.unparsed] == ["在此折向南南东"]
    assert {one.text for one in said.unchecked} == {"沿山脊", "上山", "顺沟", "顺流下行"}


def test_it_is_checked_as_far_as_the_data_go() -> None:
    checked = check_course(LINE, WRITTEN, MARKERS, FEATURES)
    assert not checked.disagreements, checked.disagreements
    assert not checked.agrees, "something was not understood"
    assert {"经625m高地", "沿山脊", "到637m高地"} <= {one.phrase for one in checked.unchecked}


@pytest.mark.parametrize("text", ["北偏东35°", "向北偏东35°前行", "方位角123°", "一路向前"])
def test_what_is_not_understood_is_listed_and_not_guessed(text: str) -> None:
    said = parse_course(text)
    assert said.unparsed
    assert not any(leg.direction for leg in said.legs)


def test_full_width_letters_and_places_in_the_text() -> None:
    text = "从１２５３００１Ｑ号界桩起，向西北，长１，234.5米。"
    said = parse_course(text)
    (leg,) = said.legs
    assert leg.start is not None
    assert leg.start.numbers == ("1253001Q",)
    assert leg.direction is not None
    assert text[leg.direction.at :].startswith("向西北")


@given(st.text(alphabet="从至向东南西北偏转沿经长123米千号界桩，。（）a路\n ", max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_listed(text: str) -> None:
    if not text.strip():
        with pytest.raises(BadInput):
            parse_course(text)
        return
    said = parse_course(text, ["东路"])
    for phrase in said.phrases:
        assert text[phrase.at :].startswith(phrase.text)
    check_course(LINE, text, MARKERS, FEATURES)
