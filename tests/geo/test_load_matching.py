"""Which constructed pairs are found to be one site, which are likely one, and which never?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.loaders.load import load_delivery
from geo.loaders.matching.blocks import distinct, pairs_in_blocks, squares
from geo.loaders.matching.likely import Pairs, Sightings, likely_pairs
from geo.loaders.matching.names import branch_marks, likeness, proper_parts
from geo.loaders.matching.sites import keys_of
from geo.loaders.report import Report
from geo.settings import MatchSettings

METRE = 1 / 111_320
HOME = {"name": "示例养老院", "kind": "nursing_home", "stated_unit": "天宁区", "lon": 119.95,
        "lat": 31.75}  # fmt: skip
FAR_AWAY = {"lat": 31.75 + 8000 * METRE}
A_USCC, B_USCC = "91350100M000100Y43", "52320400MJ00000014"
DAY = date(2026, 1, 1)


def sightings(*rows: dict[str, Any]) -> Sightings:
    def column(name: str) -> pa.Array:
        return pa.array([row.get(name) for row in rows], pa.string())

    keys = {
        name: keys_of(column(name)) for name in ("name", "address", "stated_unit", "stated_city")
    }
    lon, lat = (np.array([row[axis] for row in rows], dtype=float) for axis in ("lon", "lat"))
    return Sightings(column("kind"), column("uscc"), column("phone"), keys, lon, lat)


def compared(*rows: dict[str, Any]) -> Pairs:
    return likely_pairs(
        sightings(*rows), np.ones(len(rows), dtype=bool), MatchSettings(), partners=None
    )


@pytest.mark.parametrize(
    "other",
    [
        {"name": "示例养老院有限公司", "lat": 31.75 + 20 * METRE},
        {"name": "天宁区示例养老院", "lat": 31.75 + 80 * METRE},
        {"name": "示例养老服务中心", "lat": 31.75 + 20 * METRE},
        {"name": "「示例」养老院"},
        {"phone": "0519-81234567", "lat": 31.75 + 900 * METRE},
        {"name": "改名养老院", "phone": "(0519)81234567", "uscc": A_USCC, "address": "和平路1号"},
        {"name": "示列养老院", "address": "和平路 1 号", "uscc": A_USCC},
    ],
)
def test_likely_the_same_site(other: dict[str, Any]) -> None:
    home = {**HOME, "phone": "0519-81234567", "uscc": A_USCC, "address": "和平路1号"}
    found = compared(home, {**HOME, **other})
    assert len(found.places) == 1
    assert found.score[0] >= 0.6
    assert found.reasons(0)


@pytest.mark.parametrize(
    "other",
    [
        {"name": "示例养老院二分院"},
        {"name": "示例养老院(分院)", "uscc": A_USCC, "phone": "0519-81234567"},
        {"name": "示例第二养老院", "address": "和平路1号"},
        {"stated_unit": "钟楼区", "lat": 31.75 + 3000 * METRE},
        {"stated_unit": "钟楼区", "lat": 31.75 + 20 * METRE},
        {"kind": "canteen"},
        {"name": "示例养老院食堂", "kind": "canteen", "address": "和平路1号", "uscc": A_USCC},
        {"uscc": B_USCC, "lat": 31.75 + 20 * METRE},
        {**FAR_AWAY},
        {"name": "另一家养老院"},
        {"name": "另一家养老院", "phone": "0519-81234567", "uscc": A_USCC, **FAR_AWAY},
        {"name": "别处养老院", "address": "和平路1号"},
    ],
)
def test_not_the_same_site(other: dict[str, Any]) -> None:
    home = {**HOME, "phone": "0519-81234567", "uscc": A_USCC, "address": "和平路1号"}
    assert len(compared(home, {**HOME, **other}).places) == 0


def test_a_name_alone_or_a_place_alone_is_not_sure() -> None:
    found = compared(HOME, {**HOME, "name": "示例养老院有限公司"})
    assert not found.sure(MatchSettings()).any()
    found = compared({**HOME, "uscc": A_USCC},
                     {**HOME, "uscc": A_USCC, "name": "示例养老院有限公司"})  # fmt: skip
    assert found.sure(MatchSettings()).all()


def test_a_hotline_shared_by_thousands_costs_no_square() -> None:
    rows = 20_000
    rng = np.random.default_rng(1)
    pairs = pairs_in_blocks(np.zeros(rows, dtype=np.int64), rng.random(rows))
    assert len(pairs) <= 6 * rows
    assert len(distinct([pairs, pairs], rows)) == len(pairs)


@settings(deadline=None)
@given(
    st.floats(73, 135), st.floats(18, 53.9), st.floats(0, 2 * np.pi), st.floats(0, 99.0)
)  # fmt: skip
def test_near_points_share_a_square(lon: float, lat: float, angle: float, away_m: float) -> None:
    other_lat = lat + away_m * np.cos(angle) * METRE
    other_lon = lon + away_m * np.sin(angle) * METRE / np.cos(np.radians(lat))
    grids = squares(np.array([lon, other_lon]), np.array([lat, other_lat]), 100.0)
    assert any(grid[0] == grid[1] for grid in grids)


def parts(name: str, unit: str = "", city: str = "") -> str:
    whole = proper_parts(*(keys_of(pa.array([word])) for word in (name, unit, city)))
    return str(whole[0].as_py())


@pytest.mark.parametrize(
    ("name", "proper"),
    [
        ("示例养老院", "示例"),
        ("示例养老服务有限公司", "示例"),
        ("天宁区示例敬老院", "示例"),
        ("天宁示例老年公寓", "示例"),
        ("示例第二养老院", "示例2"),
        ("养老院", ""),
    ],
)
def test_the_proper_part_of_a_name(name: str, proper: str) -> None:
    assert parts(name, "天宁区", "常州市") == proper


def test_branches_are_marked() -> None:
    marks = branch_marks(pa.array([parts("示例养老院二分院"), parts("示例养老院")])).to_pylist()
    assert marks == ["2分", ""]
    assert likeness("示例", "示列") == 0.5
    assert likeness("示例", "示例康乐") == 0.5


# --- through the loader ---------------------------------------------------------------------------

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*lines: str, name: str = "养老院.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return written


def load(session: Session, path: Path, **options: Any) -> Report:
    return load_delivery(session, "facilities", path, **{"crs": "cgcs2000", "on": DAY, **options})


HEADING = "区,名称,地址,经度,纬度,电话,统一社会信用代码"


def test_a_new_spelling_with_the_same_code_and_place_updates_the_stored_site(
    session: Session, write: Write
) -> None:
    load(session, write(HEADING, f"天宁区,示例养老院,和平路1号,119.95,31.75,,{A_USCC}"))
    newer = write(HEADING, f"天宁区,示例养老院有限公司,和平路1号,119.9501,31.75,,{A_USCC}")
    report = load(session, newer, on=date(2026, 6, 1))
    assert (report.counts.updated, report.counts.kept, report.counts.review) == (1, 0, 0)
    versions = session.execute(
        text("SELECT count(DISTINCT code), count(*), count(*) FILTER (WHERE upper_inf(validity)) "
             "FROM facility")
    ).one()  # fmt: skip
    assert tuple(versions) == (1, 2, 1)
    assert load(session, newer, on=date(2026, 7, 1)).counts.updated == 0


def test_a_file_without_the_division_means_the_stored_sites(session: Session, write: Write) -> None:
    load(session, write("区,名称,经度,纬度", "天宁区,示例养老院,119.95,31.75"))
    without = write("名称,经度,纬度", "示例养老院,119.95,31.75")
    report = load(session, without, on=date(2026, 6, 1))
    assert (report.counts.unchanged, report.counts.kept) == (1, 0)


def test_likely_ones_are_kept_and_listed_with_reasons(session: Session, write: Write) -> None:
    load(session, write(HEADING, "天宁区,示例养老院,和平路1号,119.95,31.75,,"))
    newer = write(
        HEADING,
        "天宁区,示例老年公寓,和平路1号,119.95,31.75,,",
        "天宁区,示例养老院二分院,和平路1号,119.95,31.75,,",
        "天宁区,甲养老院,,119.80,31.75,,",
        "天宁区,甲养老服务中心,,119.80,31.75,,",
        name="b.csv",
    )
    report = load(session, newer, on=date(2026, 6, 1), facility_kind="养老院")
    assert (report.counts.kept, report.counts.review) == (4, 2)
    stored = session.execute(text("SELECT code FROM facility WHERE name = '示例养老院'")).scalar()
    first, second = report.review_list
    assert (first["row"], first["other"], first["other_row"]) == (1, stored, None)
    assert (second["row"], second["other_row"]) == (4, 3)
    assert second["code"]
    assert second["other"]
    assert second["code"] != second["other"]
    assert 0.6 <= first["score"] <= 1
    assert any("地址相同" in reason for reason in first["reasons"])
    assert [p.rule for p in report.problems] == ["likely_same", "likely_same"]
    again = load(session, newer, on=date(2026, 7, 1), facility_kind="养老院")
    assert (again.counts.unchanged, again.counts.review, again.review_list) == (4, 0, [])


def test_two_rows_that_mean_one_stored_site_are_left_to_people(
    session: Session, write: Write
) -> None:
    load(session, write("区,名称,经度,纬度", "天宁区,示例养老院,119.95,31.75"))
    both = write(
        "名称,地址,经度,纬度", "示例养老院,一号,119.95,31.75", "示例养老院,二号,119.95,31.75"
    )
    counts = load(session, both, on=date(2026, 6, 1)).counts
    assert (counts.kept, counts.updated, counts.review) == (2, 0, 2)


def test_canteen_and_home_at_one_address_are_two(session: Session, write: Write) -> None:
    path = write(
        "名称,类型,地址,经度,纬度,电话",
        "示例养老院,养老院,和平路1号,119.95,31.75,0519-81234567",
        "示例养老院,老年食堂,和平路1号,119.95,31.75,0519-81234567",
    )
    counts = load(session, path).counts
    assert (counts.kept, counts.review) == (2, 0)
