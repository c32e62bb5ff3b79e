"""Does the planner learn how many rows there are, where it took the tables for empty?"""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.loaders.load import load_delivery
from tests.factories import make_city

ROWS = 1200


def test_tables_that_were_emptied_are_counted_anew(fresh_session: Session, tmp_path: Path) -> None:
    session = fresh_session
    # What a large loading that was rolled back leaves behind: pages, and a count of no rows.
    session.execute(
        text("INSERT INTO place (code, feature_class) SELECT 'x' || i, 'P'"
             " FROM generate_series(1, 20000) i")
    )  # fmt: skip
    session.rollback()
    session.execute(text("ANALYZE place, delivery_change"))
    session.commit()
    make_city(session, "320400000000")
    path = tmp_path / "names.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"地名": f"示例村{n}", "类别": "村"},
         "geometry": {"type": "Point", "coordinates": [119.2 + n / 10_000, 31.8]}}
        for n in range(ROWS)
    ]}), encoding="utf-8")  # fmt: skip
    thought = text("SELECT reltuples FROM pg_class WHERE oid = 'atlas.place'::regclass")
    assert session.scalar(thought) == 0
    for kept, unchanged in ((ROWS, 0), (0, ROWS)):
        counts = load_delivery(session, "place-names", path, crs="cgcs2000").counts
        assert (counts.kept, counts.unchanged) == (kept, unchanged)
        assert session.scalar(thought) >= ROWS
