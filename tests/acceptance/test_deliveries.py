"""Do real deliveries of every kind come through with a correct report?"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import DeliveryRefused, Unavailable
from geo.loaders.city import load_city
from geo.loaders.load import load_delivery
from geo.loaders.report import Report
from geo.loaders.things import Options

FOLDER = Path(__file__).resolve().parents[3] / "shared/acceptance"
BEIJING = FOLDER / "townships/beijing_331_wgs84_raw.geojson"
SHANGHAI = FOLDER / "townships/shanghai_8_wgs84_osm.json"
OLD = FOLDER / "boundaries_2016"
NAMES = FOLDER / "placenames"
DAY = date(2026, 10, 1)

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/acceptance is absent"),
]


def city(session: Session, name: str) -> None:
    try:
        load_city(session, name)
    except Unavailable as problem:
        pytest.skip(f"the boundary package cannot be had: {problem}")


def load(session: Session, kind: str, path: Path, **options: Any) -> Report:
    options.setdefault("on", DAY)
    report = load_delivery(session, kind, path, **options)
    counts = report.counts
    assert counts.rows_read == (
        counts.kept + counts.merged + counts.updated + counts.unchanged + counts.refused
    )
    return report


def rules(report: Report) -> Counter[str]:
    return Counter(problem.rule for problem in report.problems)


def test_beijings_townships_as_zones(session: Session) -> None:
    report = load(session, "zones", BEIJING)
    assert (report.counts.rows_read, report.counts.kept) == (331, 331)
    assert len(report.repairs) == 63
    assert all(repair["outcome"] == "repaired" for repair in report.repairs)
    assert all(repair["area_after_m2"] > 0 for repair in report.repairs)
    assert rules(report)["overlap"] == 64
    [total] = [p for p in report.problems if p.rule == "overlap_total"]
    assert "2616.6" in total.message
    assert rules(report)["gap"] == 30, "two of the 32 holes are smaller than 1 m²"
    twice = session.execute(
        text("SELECT count(*), count(DISTINCT code) FROM planning_zone WHERE name = '八里庄街道'")
    ).one()
    assert tuple(twice) == (2, 2), "a name is not a key"
    assert session.scalar(text("SELECT bool_and(ST_IsValid(geom)) FROM planning_zone"))
    assert load(session, "zones", BEIJING).counts.unchanged == 331


def test_beijings_townships_as_divisions(session: Session) -> None:
    city(session, "北京市")
    report = load(session, "admin-units", BEIJING)
    assert len(report.repairs) == 63
    assert rules(report)["overlap"] == 64
    counts = report.counts
    assert (counts.rows_read, counts.kept, counts.merged) == (331, 0, 0)
    unmatched = [p for p in report.problems if p.rule == "no_code"]
    assert counts.refused == len(unmatched) == 12
    assert {p.value for p in unmatched} >= {"万柳地区办事处", "宛平城地区办事处"}
    assert rules(report)["matched_by_suffix"] == 59
    assert session.scalar(text("SELECT count(DISTINCT code) FROM admin_unit WHERE level = 4")) == (
        session.scalar(
            text(
                "SELECT count(*) FROM admin_unit WHERE level = 4 AND validity @> CAST(:on AS date)"
            ),
            {"on": DAY},
        )
    )
    twice = session.execute(
        text("SELECT code, parent_code, ST_AsText(ST_PointOnSurface(geom)) FROM admin_unit "
             "WHERE name = '八里庄街道' AND validity @> CAST(:on AS date) AND geom IS NOT NULL"),
        {"on": DAY},
    ).all()  # fmt: skip
    assert {row.parent_code[:6] for row in twice} == {"110105", "110108"}
    assert len({tuple(row) for row in twice}) == 2
    assert load(session, "admin-units", BEIJING).counts.unchanged == counts.updated


def test_shanghais_townships_as_divisions(session: Session) -> None:
    city(session, "上海市")
    report = load(session, "admin-units", SHANGHAI)
    assert (report.counts.rows_read, report.counts.updated) == (8, 8)
    assert not report.repairs
    drawn = session.scalars(
        text("SELECT name FROM admin_unit WHERE level = 4 AND geom IS NOT NULL ORDER BY name")
    ).all()
    assert {"大宁路街道", "张江镇", "徐泾镇"} <= set(drawn)


VERSIONS = text("""
SELECT code, lower(validity) AS since, upper(validity) AS until, source,
       ST_Area(geom::geography) / 1e6 AS km2
FROM admin_unit WHERE code = ANY(:codes) AND geom IS NOT NULL ORDER BY code, validity""")


@pytest.mark.parametrize("name", ["常州市", "北京市", "上海市", "重庆市"])
def test_boundaries_of_2016_become_an_older_version(session: Session, name: str) -> None:
    city(session, name)
    prefix = {"常州市": "3204", "北京市": "11", "上海市": "31", "重庆市": "50"}[name]
    known = set(
        session.scalars(
            text(
                "SELECT rtrim(code, '0') FROM admin_unit "
                "WHERE validity @> CAST('2016-07-31' AS date)"
            )
        )
    )
    today = session.execute(TODAY).all()
    fates: Counter[str] = Counter()
    for path in sorted(OLD.glob(f"{prefix}*.json")):
        report = load(session, "admin-units", path, crs="gcj02", on=date(2016, 7, 31))
        is_known = path.stem.rstrip("0") in known
        assert report.counts.updated == is_known, report.problems
        fates["updated" if is_known else report.problems[0].rule] += 1
        if is_known:
            again = load(session, "admin-units", path, crs="gcj02", on=date(2016, 7, 31))
            assert again.counts.unchanged == 1
    assert fates["updated"] >= 6
    assert set(fates) <= {"updated", "unknown_code", "code_not_in_force"}
    assert session.execute(TODAY).all() == today, "today's boundaries stay"
    old = session.execute(
        text(
            "SELECT code FROM admin_unit WHERE source LIKE '%.json' AND source_date = '2016-07-31' "
            "AND validity @> CAST('2016-07-31' AS date) AND lower(validity) = '2016-07-31'"
        )
    ).all()
    assert len(old) == fates["updated"]


TODAY = text("""
SELECT id, code, name, md5(ST_AsBinary(geom)) FROM admin_unit
WHERE validity @> CAST('2026-10-01' AS date) ORDER BY code""")


SHANGHAIS_NAMES = {
    "li_shi_jiao_tong": (952, "former"),
    "li_shi_jian_zhu": (663, None),
    "ren_wu_zhu_suo": (137, None),
    "feng_mao_bao_hu_qu": (12, None),
    "li_shi_qu_hua": (2, "vanished"),
}


def test_shanghais_heritage_becomes_place_names(session: Session) -> None:
    for subject, (rows, kind) in SHANGHAIS_NAMES.items():
        path = NAMES / f"shanghai_table_{subject}.geojson"
        options = Options(name_kind=kind, within="上海市")
        report = load(session, "place-names", path, options=options)
        assert (report.counts.rows_read, report.counts.kept) == (rows, rows), report.problems
        assert rules(report)["name_kind"] == (0 if kind else 1)
        assert load(session, "place-names", path, options=options).counts.unchanged == rows
    found = session.execute(
        text("SELECT n.kind, ST_Dimension(g.geom), count(*) FROM place_name n "
             "JOIN place_position g USING (place_id) GROUP BY 1, 2 ORDER BY 1, 2")
    ).all()  # fmt: skip
    assert [tuple(row) for row in found] == [
        ("alias", 0, 800), ("alias", 2, 12), ("former", 1, 952), ("vanished", 2, 2),
    ]  # fmt: skip
    roads = session.scalar(text("SELECT count(*) FROM place WHERE feature_class = 'R'"))
    assert roads >= 952
    assert session.scalar(text("SELECT count(*) FROM place_name WHERE name = '窦乐安路'")) == 2
    assert session.scalar(text("SELECT bool_and(ST_IsValid(geom)) FROM place_position"))


def test_the_invalid_concession_is_mended_with_its_area(session: Session) -> None:
    path = NAMES / "shanghai_table_li_shi_qu_hua.geojson"
    [repair] = load(session, "place-names", path, options=Options(name_kind="vanished")).repairs
    assert repair["outcome"] == "repaired"
    assert 0 <= repair["change_percent"] <= 1


def test_totals_of_districts_are_no_demand_and_the_refusal_says_what_is_missing(
    session: Session,
) -> None:
    path = FOLDER / "population/beijing_2020_census_district_totals.csv"
    with pytest.raises(DeliveryRefused, match="--basis") as refused:
        load(session, "demand", path)
    assert "图形或坐标" in str(refused.value)
    assert "--base-year" in str(refused.value)
    assert "60 岁" not in str(refused.value), "pop60 is understood"
    assert session.scalar(text("SELECT count(*) FROM delivery")) == 0
