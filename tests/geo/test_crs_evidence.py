"""Is the right coordinate system found by evidence, and is nothing chosen that may be wrong?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from geo.crs import Array, gcj02_to_bd09, wgs84_to_gcj02
from geo.errors import CrsError
from geo.loaders.crs_evidence import Known, clear_winner, is_clearly_better, weigh
from geo.loaders.crs_settled import Settled, settle_crs
from geo.loaders.positions import locate

GRID = [shapely.box(119.7 + i / 20, 31.6 + j / 20, 119.75 + i / 20, 31.65 + j / 20)
        for i in range(6) for j in range(6)]  # fmt: skip
"""Thirty-six square townships of a made-up city, some five kilometres wide."""
TRUE = ("EPSG:4490", "GCJ-02", "BD-09", "EPSG:3857", "EPSG:4528", "EPSG:4549", "EPSG:4548",
        "EPSG:4550", "EPSG:4498", "Xian 80", "Beijing 54", "packed")  # fmt: skip


def city(rows: int, seed: int = 1) -> tuple[Array, Array, Known]:
    """Points spread over the townships, each stating its own."""
    random = np.random.default_rng(seed)
    stated = random.integers(0, len(GRID), rows)
    corner = np.array([box.bounds[:2] for box in GRID])[stated]
    place = corner + random.uniform(0.0001, 0.0499, (rows, 2))
    unknown = np.full(rows, np.nan)
    return place[:, 0], place[:, 1], Known(stated.astype(np.intp), GRID, unknown, unknown)


def written(lon: Array, lat: Array, crs: str) -> tuple[Array, Array]:
    """The numbers that a file in `crs` would hold."""
    if crs == "EPSG:4490":
        return lon, lat
    if crs == "GCJ-02":
        return wgs84_to_gcj02(lon, lat)
    if crs == "BD-09":
        return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))
    if crs == "packed":
        return packed(lon), packed(lat)
    older = {"Xian 80": (-118.0, 5.0), "Beijing 54": (-60.0, -40.0)}  # such shifts occur
    x, y = Transformer.from_crs("EPSG:4490", "EPSG:4549" if crs in older else crs,
                                always_xy=True).transform(lon, lat)  # fmt: skip
    east, north = older.get(crs, (0.0, 0.0))
    return np.asarray(x) + east, np.asarray(y) + north


def packed(angle: Array) -> Array:
    degrees, rest = np.divmod(angle * 3600, 3600)
    minutes, seconds = np.divmod(rest, 60)
    return np.asarray(degrees * 10_000 + minutes * 100 + seconds)


def settled(x: Array, y: Array, known: Known, declared: str | None = "auto") -> Settled:
    return settle_crs(x, y, name="a.csv", declared=declared, of_file=None, known=known)


def away_m(found: Settled, x: Array, y: Array, lon: Array, lat: Array) -> float:
    if found.swapped:
        x, y = y, x
    stored = locate(x, y, found.crs).stored
    *_, away = Geod(ellps="GRS80").inv(lon, lat, stored.lon, stored.lat)
    return float(np.max(away))


@given(
    crs=st.sampled_from(TRUE), swapped=st.booleans(), rows=st.integers(1, 150),
    seed=st.integers(0, 999), turned=st.sampled_from([0.0, 0.05, 0.3]),
    misstated=st.sampled_from([0.0, 0.02, 0.2]),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_right_to_a_metre_or_asked(
    crs: str, swapped: bool, rows: int, seed: int, turned: float, misstated: float
) -> None:
    """Never a wrong silent choice: swapped files, swapped rows, wrongly stated townships."""
    lon, lat, known = city(rows, seed)
    random = np.random.default_rng(seed)
    wrong = random.random(rows) < misstated
    stated = np.where(wrong, random.integers(0, len(GRID), rows), known.stated)
    known = replace(known, stated=stated.astype(np.intp))
    x, y = written(lon, lat, crs)
    exchange = (random.random(rows) < turned) ^ swapped
    x, y = np.where(exchange, y, x), np.where(exchange, x, y)
    try:
        found = settled(x, y, known)
    except CrsError:
        return  # it asks
    assert crs not in ("Xian 80", "Beijing 54", "packed")
    assert away_m(found, x, y, lon, lat) < 1


@pytest.mark.parametrize("crs", ["EPSG:4490", "GCJ-02", "BD-09", "EPSG:3857"])
@pytest.mark.parametrize("swapped", [False, True])
def test_enough_clear_rows_need_no_question(crs: str, swapped: bool) -> None:
    lon, lat, known = city(400)
    x, y = written(lon, lat, crs)
    if swapped:
        x, y = y, x
    found = settled(x, y, known)
    assert (found.crs, found.swapped) == (crs, swapped)
    assert away_m(found, x, y, lon, lat) < 1


@pytest.mark.parametrize("crs", ["EPSG:4528", "EPSG:4549", "EPSG:4498"])
def test_a_zone_is_first_but_never_chosen_without_its_datum(crs: str) -> None:
    lon, lat, known = city(400)
    weighed = weigh(*written(lon, lat, crs), known)
    assert weighed[0].crs == crs
    assert weighed[0].score == 1
    assert {one.score for one in weighed[1:3]} == {1}
    assert all("--datum-shift" in (one.why_stated or "") for one in weighed[1:3])
    assert clear_winner(weighed) is None


def test_exact_namesakes_tell_the_datum_of_a_zone() -> None:
    lon, lat, _ = city(8)
    known = Known(np.full(8, -1), (), lon + 2e-5, lat)
    weighed = weigh(*written(lon, lat, "EPSG:4549"), known)
    winner = clear_winner(weighed)
    assert winner is not None
    assert winner.crs == "EPSG:4549"
    for older in ("Xian 80", "Beijing 54"):
        assert clear_winner(weigh(*written(lon, lat, older), known)) is None


def test_namesakes_alone_tell_phone_maps_apart() -> None:
    lon, lat, _ = city(20)
    known = Known(np.full(20, -1), (), lon, lat)
    for crs in ("EPSG:4490", "GCJ-02", "BD-09"):
        found = settled(*written(lon, lat, crs), known)
        assert found.crs == crs
        assert "20 行" in found.reading.candidates[0]["evidence"]


def test_six_rows_are_too_few_and_seven_enough() -> None:
    lon, lat, _ = city(7)
    for rows in (6, 7):
        known = Known(np.full(rows, -1), (), lon[:rows], lat[:rows])
        winner = clear_winner(weigh(*written(lon[:rows], lat[:rows], "GCJ-02"), known))
        assert (winner is not None) == (rows == 7)


def test_one_spot_counts_once() -> None:
    lon, lat = np.full(50, 119.9), np.full(50, 31.8)
    known = Known(np.full(50, -1), (), lon, lat)
    assert clear_winner(weigh(*written(lon, lat, "GCJ-02"), known)) is None


def test_rows_at_the_border_tell_nothing() -> None:
    """Twenty metres outside is within what borders and house numbers are worth."""
    lat = np.linspace(31.601, 31.649, 20)
    inside, beside, far = (np.full(20, 119.7) + by for by in (1e-5, -2e-4, -8e-4))
    known = Known(np.zeros(20, dtype=np.intp), GRID, np.full(20, np.nan), np.full(20, np.nan))
    best, near, other = (
        next(one for one in weigh(x, lat, known) if one.crs == "EPSG:4490")
        for x in (inside, beside, far)
    )
    assert (best.score, near.score, other.score) == (1, 0, 0)
    assert is_clearly_better(best, other)
    assert not is_clearly_better(best, near)


def test_without_evidence_nothing_is_claimed() -> None:
    lon, lat, _ = city(100)
    nothing = Known.nothing(100)
    weighed = weigh(lon, lat, nothing)
    assert {one.crs for one in weighed} == {"EPSG:4490", "GCJ-02", "BD-09"}
    assert {one.score for one in weighed} == {None}
    with pytest.raises(CrsError, match="—  EPSG:4490"):
        settled(lon, lat, nothing)
    for declared in ("wgs84", "gcj02"):
        found = settled(lon, lat, nothing, declared)
        assert found.problems == []
        assert found.reading.candidates[0]["score"] is None


def test_a_declared_crs_is_used_and_checked() -> None:
    lon, lat, known = city(400)
    x, y = written(lon, lat, "GCJ-02")
    found = settled(x, y, known, "wgs84")
    assert found.crs == "EPSG:4326"
    assert [problem.rule for problem in found.problems] == ["crs_doubtful"]
    assert settled(x, y, known, "gcj02").problems == []
    few = Known(known.stated[:20], GRID, known.lon[:20], known.lat[:20])
    assert settled(x[:20], y[:20], few, "wgs84").problems == []  # too few tell them apart


def test_wgs84_and_cgcs2000_are_one() -> None:
    lon, lat, known = city(400)
    for declared in ("wgs84", "cgcs2000"):
        found = settled(lon, lat, known, declared)
        assert found.problems == []
        crs = [one["crs"] for one in found.reading.candidates]
        assert not {"EPSG:4326", "EPSG:4490"} <= set(crs)
    assert "不区分" in settled(lon, lat, known).reading.candidates[0]["evidence"]


def test_other_countries_are_not_taken_for_china() -> None:
    lon = np.linspace(-0.3, 0.2, 50)
    lat = np.linspace(51.3, 51.6, 50)
    london = shapely.box(-0.5, 51.2, 0.3, 51.7)
    known = Known(np.zeros(50, dtype=np.intp), [london], np.full(50, np.nan), np.full(50, np.nan))
    found = settled(lon, lat, known)
    assert (found.crs, found.swapped) == ("EPSG:4490", False)
    assert away_m(found, lon, lat, lon, lat) == 0


def test_a_row_of_another_zone_is_refused_not_misplaced() -> None:
    x, y = np.array([40_500_000.0, 39_500_000.0, 500_000.0]), np.full(3, 3_520_000.0)
    broken = {rule.rule: rule.broken.tolist() for rule in locate(x, y, "EPSG:4528").rules}
    assert broken["zone_prefix"] == [False, True, True]
    assert broken["coordinate_number"] == [False, False, False]


def test_nothing_but_missing_coordinates() -> None:
    empty = np.full(3, np.nan)
    assert weigh(empty, empty) == []
    with pytest.raises(CrsError, match="no usable coordinates"):
        settled(empty, empty, Known.nothing(3))
    assert settled(empty, empty, Known.nothing(3), "cgcs2000").crs == "EPSG:4490"
