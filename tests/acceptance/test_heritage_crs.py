"""Is the coordinate system of Shanghai's heritage delivery found, file by file, as evidence allows?

Five GeoJSON files without a `crs` member, so WGS 84 by RFC 7946. What they hold says otherwise:
buildings and residences lie in their districts as GCJ-02, and both lie on the roads of the delivery
and beside each other as delivered: the three are in one system. Of the conservation areas and the
concessions nothing can be told; they are read by default and the contradiction is named.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.db import Database, session_factory
from geo.loaders.report import Report
from geo.loaders.several import Said, load_several
from geo.loaders.things import Options
from tests.acceptance.test_canteens_crs import shanghai
from tests.acceptance.test_deliveries import DAY, FOLDER, NAMES, SHANGHAIS_NAMES

__all__ = ["shanghai"]
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/acceptance is absent"),
]


@pytest.fixture
def there(shanghai: Database) -> Iterator[Session]:
    with session_factory(shanghai)() as session:
        yield session
        session.rollback()


def load(session: Session, crs: str | None, *subjects: str) -> dict[str, Report]:
    files = [NAMES / f"shanghai_table_{subject}.geojson" for subject in subjects]
    said = Said(on=DAY, options=Options(within="上海市"))
    loaded = load_several(session, "place-names", files, crs=[crs] if crs else [], said=said)
    assert [r.file_name for r in loaded.reports] == [f.name for f in files], "order as given"
    for report in loaded.reports:
        assert report.counts.kept == report.counts.rows_read
    return dict(zip(subjects, loaded.reports, strict=True))


def scores(report: Report) -> dict[str, float | None]:
    return {one["crs"]: one["score"] for one in report.crs.candidates}


def rules(report: Report) -> set[str]:
    return {problem.rule for problem in report.problems if problem.rule.startswith("crs")}


def test_three_files_are_settled_and_two_are_questioned(there: Session) -> None:
    found = load(there, "auto", *SHANGHAIS_NAMES)
    used = {subject: (report.crs.used, report.crs.by) for subject, report in found.items()}
    assert used == {
        "li_shi_jian_zhu": ("GCJ-02", "evidence"),
        "ren_wu_zhu_suo": ("GCJ-02", "evidence"),
        "li_shi_jiao_tong": ("GCJ-02", "evidence"),
        "feng_mao_bao_hu_qu": ("EPSG:4326", "default"),
        "li_shi_qu_hua": ("EPSG:4326", "default"),
    }
    buildings = found["li_shi_jian_zhu"]
    assert scores(buildings) == {
        "GCJ-02": round(579 / 624, 4), "EPSG:4490": round(539 / 624, 4),
        "BD-09": round(449 / 624, 4),
    }  # fmt: skip
    assert "624 行中 579 行" in buildings.crs.candidates[0]["evidence"]
    residences = found["ren_wu_zhu_suo"]
    assert scores(residences)["GCJ-02"] == round(130 / 137, 4)
    assert "（40 行）" in residences.crs.candidates[0]["evidence"], "what stands at their addresses"
    roads = scores(found["li_shi_jiao_tong"])
    assert (roads["GCJ-02"] or 0) > 0.9
    assert (roads["EPSG:4490"] or 0) < 0.1
    for subject in ("feng_mao_bao_hu_qu", "li_shi_qu_hua"):
        [told] = [p for p in found[subject].problems if p.rule == "crs_siblings"]
        assert "li_shi_jian_zhu.geojson: GCJ-02 0.928" in told.message
        assert "默认" in found[subject].crs.candidates[0]["evidence"]
    assert not rules(buildings) | rules(residences), "no group of rows differs clearly"


def test_no_group_of_rows_differs_by_its_decimals(there: Session) -> None:
    """390 buildings have computed decimals, 273 picked ones; both lie with the residences."""
    load(there, "auto", "li_shi_jian_zhu", "ren_wu_zhu_suo")
    apart = there.execute(
        text(
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY "
            "  ST_Distance(b.geom::geography, r.geom::geography)), count(*) "
            "FROM (SELECT p.extra->>'address' AS said, g.geom, g.citation FROM place p "
            "      JOIN place_position g ON g.place_id = p.id) b "
            "JOIN (SELECT p.extra->>'address' AS said, g.geom, g.citation FROM place p "
            "      JOIN place_position g ON g.place_id = p.id) r ON r.said = b.said "
            "WHERE b.citation LIKE '%jian_zhu%' AND r.citation LIKE '%zhu_suo%'"
        )
    ).one()
    assert apart[1] >= 15
    assert apart[0] < 20


def test_residences_alone_are_not_enough(there: Session) -> None:
    """Ten rows speak for GCJ-02 and four against it: nobody decides on that."""
    found = load(there, "auto", "ren_wu_zhu_suo")["ren_wu_zhu_suo"]
    assert (found.crs.used, found.crs.by) == ("EPSG:4326", "default")
    assert scores(found) == {
        "EPSG:4326": round(122 / 137, 4), "GCJ-02": round(130 / 137, 4),
        "BD-09": round(79 / 137, 4),
    }  # fmt: skip


def test_as_stated_nothing_is_in_doubt(there: Session) -> None:
    found = load(there, "gcj02", *SHANGHAIS_NAMES)
    assert {report.crs.used for report in found.values()} == {"GCJ-02"}
    assert {rule for report in found.values() for rule in rules(report)} == set()
