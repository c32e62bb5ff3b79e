"""A city wants five more rental points for assistive devices (康复辅具租赁点): from a list of idle
buildings to a plan, a scenario beside today, and the same figures once they are built."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.access.candidates import candidates
from geo.access.comparison import compare
from geo.access.coverage import coverage
from geo.access.scenario import additions, keep_scenario
from geo.access.sites import Year, asks, best_sites, best_years, method, status
from geo.db import Database, session_factory
from geo.db.embedded import Embedded
from geo.loaders.load import load_delivery
from tests.machine import demo_database

ON = date(2026, 6, 1)
CITY = "320400000000"
KIND = "rehab_rental"
RADIUS_M = 1000.0
HEADING = ("房源编号", "名称", "类型", "楼层", "用途", "建筑面积", "权属", "经度", "纬度")


@pytest.fixture(scope="module")
def bureau(home: Path, cluster: Embedded) -> Database:
    """A bureau's own database: the real units of Changzhou, people and facilities made up."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = demo_database(home, cluster.socket, f"siting_story_{worker}")
    with session_factory(database).begin() as session:
        session.execute(text("DELETE FROM candidate_site"))  # the office has a list of its own
    return database


@pytest.fixture(scope="module")
def listed(bureau: Database, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The asset office's list: 60 places near people, and some that will not do."""
    rng = np.random.default_rng(20260601)
    with session_factory(bureau)() as session:
        cells = session.execute(
            text("SELECT ST_X(geom), ST_Y(geom) FROM demand_cell WHERE people_60 > 0 ORDER BY code")
        ).all()
    rows = []
    for number, at in enumerate(rng.choice(len(cells), 60, replace=False)):
        lon, lat = cells[int(at)]
        rows.append([f"K{number:02d}", f"示例闲置用房{number:02d}", "闲置用房", "1", "商业",
                     str(int(rng.integers(40, 400))), "国有", f"{lon}", f"{lat}"])  # fmt: skip
    for number, (column, word) in enumerate(((3, "地下一层"), (3, "夹层"), (5, "12"), (4, "仓储"))):
        spoiled = [*rows[number]]
        spoiled[0], spoiled[1], spoiled[column] = f"X{number}", f"示例不可用{number}", word
        rows.append(spoiled)
    rows.append(["X9", "示例市外", "闲置用房", "1", "商业", "90", "国有", "118.5", "31.0"])
    path = tmp_path_factory.mktemp("list") / "闲置用房.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEADING, *rows])
    with session_factory(bureau).begin() as session:
        report = load_delivery(session, "candidates", path, crs="4490", on=date(2026, 1, 1))
    return {"report": report, "rows": {row[0]: row for row in rows}}


@pytest.fixture
def desk(bureau: Database, listed: dict[str, Any]) -> Any:
    """The planner's session; what a test writes is taken back."""
    with session_factory(bureau)() as session:
        yield session
        session.rollback()


def test_from_a_list_of_idle_buildings_to_a_built_plan(
    desk: Session, listed: dict[str, Any], tmp_path: Path
) -> None:
    assert (listed["report"].counts.kept, listed["report"].counts.refused) == (65, 0)
    judged = candidates(desk, city=CITY, kind=KIND, on=ON)
    assert len(judged.usable) == 60
    told = {one.code: [reason.code for reason in one.reasons] for one in judged.excluded}
    assert told == {
        "X0": ["basement"], "X1": ["mezzanine"], "X2": ["too_small"], "X3": ["wrong_use"],
    }, "X9 lies so far outside that it is not this city's"  # fmt: skip

    asked = asks(city=CITY, kind=KIND, on=ON, sites=5, radius_m=RADIUS_M, areas="zone", plans=2)
    found = best_sites(desk, asked)
    assert found.has_synthetic
    assert found.best.siting.status == "optimal", status(found.best, asked)
    assert len(found.best.chosen) == 5
    gained = sum(one.gained for one in found.best.chosen)
    assert gained > 0
    assert found.best.covered == pytest.approx(found.covered_before + gained)
    assert [plan.loss >= 0 for plan in found.plans] == [True, True, True]
    assert "候选点 60 处可用，4 处排除" in method(found)[0]

    kept = keep_scenario(
        desk, city=CITY, name="辅具五点", kind=KIND, on=ON, owner_role="planner",
        changes=additions(found.best),
    )  # fmt: skip
    beside = compare(desk, kept, radius_m=RADIUS_M, areas="zone")
    assert beside.total.gained_60 == pytest.approx(gained)
    before = coverage(desk, city=CITY, kind=KIND, radius_m=RADIUS_M, areas="zone", on=ON)
    assert tuple(row.today for row in beside.rows) == before.rows == found.before

    chosen = [listed["rows"][one.candidate.code] for one in found.best.chosen]
    built = tmp_path / "康复辅具租赁点.csv"
    lines = [["名称", "类型", "经度", "纬度"]] + [
        [row[1], "康复辅具租赁点", *row[7:]] for row in chosen
    ]
    with built.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
    assert load_delivery(desk, "facilities", built, crs="4490", on=ON).counts.kept == 5
    after = coverage(desk, city=CITY, kind=KIND, radius_m=RADIUS_M, areas="zone", on=ON)
    planned = tuple(row.planned for row in beside.rows)
    for real, promised, told_so in zip(after.rows, planned, found.after, strict=True):
        assert real == promised == told_so


def test_no_five_others_reach_more(desk: Session) -> None:
    asked = asks(city=CITY, kind=KIND, on=ON, sites=5, radius_m=RADIUS_M)
    best = best_sites(desk, asked).best.covered
    codes = [one.code for one in candidates(desk, city=CITY, kind=KIND, on=ON).usable]
    rng = np.random.default_rng(5)
    for _ in range(8):
        some = [str(code) for code in rng.choice(codes, 5, replace=False)]
        assert best_sites(desk, asked, codes=some).best.covered <= best


def test_the_years_to_2030_are_planned_with_growing_need(desk: Session) -> None:
    years = [Year(2027, sites=2), Year(2028, sites=2, factor=1.03), Year(2030, sites=1, factor=1.1)]
    plan = best_years(desk, asks(city=CITY, kind=KIND, on=ON, sites=5, radius_m=RADIUS_M), years)
    assert [len(year.chosen) for year in plan.years] == [2, 2, 1]
    assert plan.phases.gap <= 0.02
    covered = [year.covered / year.people for year in plan.years]
    assert covered == sorted(covered), "what is built stays"


def test_nobody_outside_sees_the_list_or_the_plan(bureau: Database, listed: dict[str, Any]) -> None:
    from api.app import create_app

    with session_factory(bureau).begin() as session:
        best = best_sites(session, asks(city=CITY, kind=KIND, on=ON, sites=1, radius_m=RADIUS_M))
        keep_scenario(
            session, city=CITY, name="密", kind=KIND, on=ON, owner_role="planner",
            changes=additions(best.best),
        )  # fmt: skip
    with TestClient(create_app(bureau, city_code=CITY)) as visitor:
        shown = visitor.get("/api/facilities", params={"kind": KIND, "limit": 1000})
        names = shown.text + visitor.get("/api/sources").text
        assert "闲置" not in names
        for address in ("scenarios", f"siting/candidates?kind={KIND}"):
            assert visitor.get(f"/api/access/{address}").status_code == 401
