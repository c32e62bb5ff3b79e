"""Is coverage on foot the very same for every cut, for several workers, and after one is lost?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geo.access.coverage import coverage_of
from geo.batch.cluster import each_done, open_cluster
from geo.batch.foot import on_foot
from geo.batch.piece import no_tally
from geo.batch.run import BatchCoverage, coverage_stored
from geo.batch.stored import Asked, stored_pieces
from geo.db import Database
from geo.errors import Ambiguous, BadInput, NotFound
from tests.factories import make_cell, make_facility
from tests.geo.batch_tasks import walk_but_die_once
from tests.geo.test_walking import make_road

TODAY = date(2026, 6, 1)
ASKED = Asked("canteen", TODAY)
RADIUS_M = 900.0
CUTS = (360.0, 0.25, 0.03, 0.011, "division")
AROUND = (119.998, 31.498)
"""The middle of the town: four tiles of half a degree meet in it."""


@pytest.fixture(scope="module")
def town(engine: Engine) -> Iterator[None]:
    """A bent net of streets with gaps, people and canteens on and beside it, all committed."""
    random = np.random.default_rng(11)
    side, step = 16, 0.004
    corner = np.array(AROUND) - side * step / 2
    at = corner + step * np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1)
    at += random.uniform(-0.0012, 0.0012, at.shape)
    with Session(engine) as session:
        for i in range(side):
            for j in range(side):
                for to in ((i + 1, j), (i, j + 1)):
                    if max(to) < side and random.random() < 0.8:
                        bend = (at[i, j] + at[to]) / 2 + random.uniform(-3e-4, 3e-4, 2)
                        make_road(session, *map(tuple, (at[i, j], bend, at[to])))
        low, high = corner - 0.004, corner + (side + 1) * step
        for n, place in enumerate(random.uniform(low, high, (400, 2))):
            code = None if n == 7 else f"3204{2 + n % 3:02d}000000"
            make_cell(session, tuple(place), int(random.integers(0, 60)), admin_code=code)
        make_cell(session, (120.0, 31.5), 5)  # where the tiles meet
        for place in random.uniform(low, high, (30, 2)):
            make_facility(session, tuple(place))
        session.commit()
    yield
    with Session(engine) as session:
        for table in ("demand_cell", "facility", "road_edge"):
            session.execute(text(f"DELETE FROM {table}"))
        session.commit()


def counts(made: BatchCoverage) -> tuple[Any, ...]:
    """All that may not depend on the cut, bit for bit."""
    assert made.too_far is not None
    return (
        made.area_codes, made.places.tolist(), made.covered_places.tolist(),
        made.people.tolist(), made.covered.tolist(), made.too_far.tolist(),
    )  # fmt: skip


def walks(folder: Path) -> list[tuple[int, float | None]]:
    """The walk of every point as it was kept."""
    kept = pa.concat_tables([pq.read_table(part) for part in folder.glob("part-*.parquet")])
    return sorted(zip(kept["id"].to_pylist(), kept["nearest_m"].to_pylist(), strict=True))


def run(database: Database, cut: float | str, **given: Any) -> BatchCoverage:
    return coverage_stored(
        str(database.owner_url), ASKED, radius_m=RADIUS_M, cut=cut, measure="walk", **given
    )


def test_walks_do_not_depend_on_the_cut(town: None, database: Database, tmp_path: Path) -> None:
    found = {cut: run(database, cut, out=tmp_path / str(cut)) for cut in CUTS}
    whole = found[360.0]
    kept = walks(tmp_path / "360.0")
    for cut in CUTS:
        assert counts(found[cut]) == counts(whole)
        assert walks(tmp_path / str(cut)) == kept
    assert found[0.011].pieces > 20
    assert whole.pieces == 1
    assert whole.network == "test"
    assert 50 < whole.covered_places.sum() < 300
    assert whole.too_far is not None
    assert whole.too_far.sum() > 10
    assert whole.as_json()["measure"] == "walk"
    assert pq.read_table(tmp_path / "0.25" / "areas.parquet")["too_far"].to_pylist() == list(
        whole.too_far
    )
    line = coverage_stored(str(database.owner_url), ASKED, radius_m=RADIUS_M)
    assert line.covered_places.sum() > whole.covered_places.sum()


def test_walks_in_pieces_are_those_of_a_city(
    town: None, database: Database, engine: Engine
) -> None:
    box = shapely.box(119.9, 31.4, 120.1, 31.6)
    with Session(engine) as session:
        asked = {"kind": "canteen", "radius_m": RADIUS_M, "on": TODAY, "measure": "walk"}
        total = coverage_of(session, [("a", "全部", box)], **asked).total
    made = run(database, 0.05)
    assert (made.people.sum(), made.covered.sum()) == (total.people_60, total.covered_60)


def test_workers_walk_alike_and_a_lost_one_costs_nothing(
    town: None, database: Database, tmp_path: Path
) -> None:
    alone = run(database, 0.25)
    with open_cluster(2) as client:
        assert counts(run(database, 0.25, client=client)) == counts(alone)
        with stored_pieces(str(database.owner_url), ASKED, 0.25) as source:
            pieces = on_foot(source.pieces, "walk", None, RADIUS_M)
            tasks = [
                (tmp_path, piece, number, RADIUS_M, source.areas)
                for number, piece in enumerate(pieces)
            ]
            done = list(each_done(client, walk_but_die_once, tasks))
    assert (tmp_path / "died").exists()
    assert sorted(number for number, _ in done) == list(range(len(pieces)))
    counted = no_tally(len(source.areas))
    for _, part in done:
        counted = counted.plus(part)
    assert counted.covered_places.sum() == alone.covered_places.sum()
    assert counted.covered.sum() == alone.covered.sum() * 2**20


def test_questions_on_foot_at_fault(town: None, database: Database, engine: Engine) -> None:
    url = str(database.owner_url)
    with pytest.raises(BadInput, match="measure"):
        coverage_stored(url, ASKED, radius_m=500, measure="fly")
    with pytest.raises(BadInput, match="finite"):
        coverage_stored(url, ASKED, radius_m=float("inf"), measure="walk")
    with pytest.raises(NotFound, match="elsewhere"):
        run(database, 0.5, network="elsewhere")
    with Session(engine) as session:
        make_road(session, (121.0, 31.0), (121.001, 31.0), network="other")
        session.commit()
        with pytest.raises(Ambiguous):
            run(database, 0.5)
        assert run(database, 0.5, network="other").covered_places.sum() == 0
        session.execute(text("DELETE FROM road_edge WHERE network = 'other'"))
        session.commit()
