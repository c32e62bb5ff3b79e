"""Do the boundaries of 2016, which nobody here drew, work as a second geometry version?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo.loaders.city import load_city
from geo.loaders.load import load_delivery
from geo.queries.admin import unit_at
from geo.survey.changes.between import changed, changed_geojson
from geo.survey.changes.crosswalk.links import crosswalk
from geo.survey.changes.crosswalk.outlines import drawn_below
from geo.survey.changes.crosswalk.series import restate
from geo.survey.changes.crosswalk.weights import area_m2
from geo.survey.changes.lifeline import life_line

FOLDER = Path(__file__).resolve().parents[3] / "shared/acceptance/boundaries_2016"
OLD, NEW, TODAY = date(2016, 7, 31), date(2026, 7, 3), date(2026, 11, 1)

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/acceptance is absent"),
]


@pytest.fixture(scope="module")
def changzhou(engine: Engine) -> Iterator[Session]:
    """Changzhou with today's outlines and, delivered in GCJ-02, those of 2016."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            load_city(session, "常州市")
            for path in sorted(FOLDER.glob("3204*.json")):
                load_delivery(session, "admin-units", path, crs="gcj02", on=OLD, secrecy="public")
            yield session
        outer.rollback()


def test_a_point_has_a_district_with_an_outline_of_that_day(changzhou: Session) -> None:
    for on in (OLD, TODAY):
        held = [u for u in unit_at(changzhou, 119.97, 31.70, on) if u.level == 3]
        assert [u.name for u in held] == ["武进区"]
        assert not held[0].outline_is_later
    line = life_line(changzhou, "320412", on=TODAY)
    drawn = [(s.valid_from, s.valid_until) for s in line.stages if s.has_geometry]
    assert drawn[-2:] == [(OLD, NEW), (NEW, None)]
    assert line.stages[0].name in ("武进县", "戚墅堰区")


def test_figures_of_2016_by_todays_districts_lose_nobody(changzhou: Session) -> None:
    walk = crosswalk(changzhou, since=OLD, until=TODAY, within="320400")
    assert len(walk.old) == len(walk.new) == 6
    assert {link.basis for link in walk.links} == {"outlines"}
    stays = {k.from_code: k.share for k in walk.links if k.from_code == k.to_code}
    assert all(share is not None and share > 0.95 for share in stays.values())
    figures = {side.code: 500_001 + 77_777 * n for n, side in enumerate(walk.old)}
    for one in (walk, crosswalk(changzhou, since=OLD, until=TODAY, within="320400", closed=True)):
        made = restate(one, figures)
        total = sum(row.value for row in made.rows) + made.unallocated.value
        assert total == made.total == sum(figures.values())
        assert made.check.adds_up
        for side in one.old:
            parts = [p for row in (*made.rows, made.unallocated) for p in row.parts]
            assert sum(p.value for p in parts if p.from_code == side.code) == figures[side.code]
    assert made.unallocated.value == 0, "closed: nothing lies outside"


def test_shares_agree_with_an_independent_measurement(changzhou: Session) -> None:
    old = {one.code: one.outline for one in drawn_below(changzhou, "320400000000", 3, OLD)}
    new = {one.code: one.outline for one in drawn_below(changzhou, "320400000000", 3, TODAY)}
    walk = crosswalk(changzhou, since=OLD, until=TODAY, within="320400", least_share=0.0)
    for link in walk.links:
        before = old[link.from_code]
        assert before is not None
        after = new[link.to_code] if link.to_code else None
        if after is not None and link.share is not None:
            # In the zone of Changzhou (120 E), another way than the equal-area map.
            inside = shapely.intersection(before, after)
            assert link.share == pytest.approx(inside.area / before.area, abs=2e-3)
    whole = sum(area_m2(shape) for shape in old.values() if shape is not None)
    assert np.isclose(whole / 1e6, 4385, rtol=0.01), "published area of the city: 4 385 km²"


def test_what_changed_between_the_two_outlines(changzhou: Session) -> None:
    found = changed(changzhou, since=OLD, until=TODAY, within="320400")
    assert {row.kinds for row in found.rows} == {("outline",)}
    assert all(0 < (row.outline_change or 0) < 0.1 for row in found.rows)
    assert changed_geojson(found).count(b'"part":"lost"') >= 4


def test_before_2016_only_changes_speak(changzhou: Session) -> None:
    walk = crosswalk(changzhou, since=date(1985, 6, 1), until=TODAY, within="320400")
    old = {side.code: side.name for side in walk.old}
    new = {side.code: side.name for side in walk.new}
    links = {(old[k.from_code], new.get(k.to_code or "")): k for k in walk.links}
    assert {pair for pair, link in links.items() if link.share == 1.0} == {
        ("天宁区", "天宁区"), ("钟楼区", "钟楼区"), ("戚墅堰区", "武进区"), ("郊区", "新北区"),
        ("武进县", "武进区"), ("金坛县", "金坛区"), ("溧阳县", "溧阳市"),
    }  # fmt: skip
    assert links["广化区", None].share is None
    assert {link.basis for link in walk.links} == {"events", "unknown"}
    made = restate(walk, {side.code: 100_000 for side in walk.old})
    assert (made.unallocated.value, made.check.adds_up) == (100_000, True)
