"""Are gaps on foot the same when nobody looks farther for a way than the snap limit?"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from sqlalchemy.orm import Session

from geo.access.gaps import gaps
from geo.access.network import Network, snap, straight_lines
from geo.access.walking.ways import Places, Ways
from tests.factories import make_cell, make_city, make_facility, make_unit, square
from tests.geo.test_walking import east, make_road

LIMIT_M = 200.0


@pytest.mark.parametrize("seed", range(4))
def test_looking_no_farther_than_the_limit_finds_the_same(seed: int) -> None:
    random = np.random.default_rng(seed)
    nodes = random.uniform(0, 3000, (60, 2))
    tails, heads = random.integers(0, 60, (2, 80))
    apart = tails != heads
    tails, heads = tails[apart], heads[apart]
    network = Network.from_edges(60, tails, heads, np.hypot(*(nodes[tails] - nodes[heads]).T))
    lines = straight_lines(network, nodes)
    points = random.uniform(-4000, 7000, (3000, 2))
    far, near = (snap(network, lines, points, limit_m=LIMIT_M, beyond=b) for b in (True, False))
    within = far.distance_m <= LIMIT_M
    assert 50 < within.sum() < 2950
    for name in ("edge", "fraction", "distance_m"):
        assert np.array_equal(getattr(far, name)[within], getattr(near, name)[within])
    assert np.isinf(near.distance_m[~within]).all()
    assert set(near.edge[~within]) == {-1}
    assert np.array_equal(far.too_far, near.too_far)
    assert set(near.on_island) <= set(far.on_island)


def test_gaps_on_foot_are_those_of_the_slow_definition(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=square(119.79, 31.69, 0.04))
    for one, other in (((0, 0), (0, 600)), ((0, 600), (100, 600)), ((100, 600), (100, 0))):
        make_road(session, east(*one), east(*other))
    make_road(session, east(2500, 0), east(2500, 300))
    make_facility(session, east(100), code="A")
    for place in (east(0), east(90, 300), east(2500, 100), east(2000, 2000), east(250, 300)):
        make_cell(session, place, 40)
    asked: dict[str, Any] = {
        "city": "320400", "kind": "canteen", "radius_m": 500, "on": date(2026, 6, 1),
        "measure": "walk",
    }  # fmt: skip
    quick = gaps(session, **asked)
    look = Ways.places_at

    def all_the_way(self: Ways, xy: Any, limit_m: float, *, beyond: bool = True) -> Places:
        return look(self, xy, limit_m, beyond=True)

    monkeypatch.setattr(Ways, "places_at", all_the_way)
    slow = gaps(session, **asked)
    assert quick.coverage.rows == slow.coverage.rows
    assert quick.coverage.on_foot == slow.coverage.on_foot
    assert len(quick.gaps) == len(slow.gaps) > 0
    for one, other in zip(quick.gaps, slow.gaps, strict=True):
        assert (one.people_60, one.nearest_m) == (other.people_60, other.nearest_m)
        assert shapely.equals(one.shape, other.shape)
