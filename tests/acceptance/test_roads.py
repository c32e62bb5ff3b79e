"""Do the delivered road networks load as they are, each edge once?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.loaders.load import load_delivery
from geo.loaders.report import Report
from geo.loaders.undo import undo_delivery
from geo.queries.roads import edges_within

ROADS = Path(__file__).parents[3] / "shared" / "acceptance" / "roads"
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not ROADS.is_dir(), reason=f"{ROADS} is not here"),
]


def fates(report: Report) -> tuple[int, ...]:
    c = report.counts
    return c.rows_read, c.kept, c.merged, c.updated, c.unchanged, c.refused


def test_hong_kong_counts_every_edge_once(session: Session) -> None:
    report = load_delivery(session, "roads", ROADS / "hongkong", crs="wgs84")
    assert fates(report) == (91_542, 45_769, 45_769, 0, 0, 4)
    assert {p.rule for p in report.problems if p.row} == {"length"}, "four edges of length zero"
    edges = edges_within(session, (113.8, 22.1, 114.5, 22.6))
    assert len(edges.tails) == 45_769
    given: dict[tuple[str, str], float] = {}
    for line in (ROADS / "hongkong" / "Hongkong.road-d").read_text().splitlines():
        cells = line.split()
        if len(cells) == 3 and float(cells[2] if line[0] != "#" else 0) > 0:
            given[min(cells[:2]), max(cells[:2])] = float(cells[2])
    ends = np.sort(
        np.column_stack([edges.node_ids[edges.tails], edges.node_ids[edges.heads]]).astype(str),
        axis=1,
    )
    assert {(a, b) for a, b in ends.tolist()} == set(given)
    assert edges.lengths_m.sum() == pytest.approx(sum(given.values()), rel=2e-3)
    again = load_delivery(session, "roads", ROADS / "hongkong" / "Hongkong.co", crs="wgs84")
    assert fates(again) == (91_542, 0, 45_769, 0, 45_769, 4)


def test_futian_merges_both_directions(session: Session) -> None:
    report = load_delivery(session, "roads", ROADS / "shenzhen_futian_osm.graphml")
    assert report.crs.used == "EPSG:4326"
    private = [p for p in report.problems if p.rule == "private"]
    counts = report.counts
    assert counts.rows_read == 4009
    assert counts.refused == len(private) == 46
    assert counts.kept + counts.merged == 4009 - 46
    assert counts.merged > 1350
    differing = [p for p in report.problems if p.rule == "length_differs"]
    assert len(differing) < 10, "the geodesic lengths agree with what is stated"
    doubled = session.scalar(
        text("""
SELECT count(*) FROM road_edge a JOIN road_edge b ON a.from_node = b.to_node
 AND a.to_node = b.from_node AND a.id < b.id WHERE NOT a.oneway AND NOT b.oneway
 AND ST_Equals(a.geom, b.geom)""")
    )
    assert doubled == 0
    first = report.delivery_id or 0
    assert undo_delivery(session, first).removed == counts.kept


def test_helsinki_is_parted_into_edges(session: Session) -> None:
    report = load_delivery(session, "roads", ROADS / "Helsinki.osm.pbf")
    assert report.counts.kept == report.counts.rows_read > 5000
    walk = edges_within(session, (24.9, 60.1, 25.0, 60.2), profile="walk")
    drive = edges_within(session, (24.9, 60.1, 25.0, 60.2), profile="drive")
    assert len(walk.tails) > len(drive.tails) > 500
    assert drive.oneway.any()
    assert walk.is_steps.any()
    private = text("SELECT count(*) FROM road_edge WHERE extra ->> 'access' IN ('private')")
    assert session.scalar(private) == 0
    licence = session.scalar(
        text("SELECT licence FROM delivery WHERE id = :id"), {"id": report.delivery_id}
    )
    assert "ODbL" in licence
