"""Does every hot read of facilities and units run on an index, also through the public's views?"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from geo.access.finder import Question, find
from geo.queries import admin, features
from geo.queries.filters import FacilityFilter
from geo.queries.nearest import nearest
from geo.queries.within import within_area, within_radius
from tests.factories import HOME, make_unit, square

TODAY = date(2026, 6, 1)

READS = {
    "nearest": (lambda s: nearest(s, *HOME, on=TODAY), {"ix_facility_shown_geog"}),
    "nearest of a kind": (
        lambda s: nearest(s, *HOME, FacilityFilter(kinds=("canteen",)), on=TODAY),
        {"ix_facility_shown_geog"},
    ),
    "nearest, as features": (
        lambda s: features.nearest_geojson(s, *HOME, on=TODAY),
        {"ix_facility_shown_geog"},
    ),
    "radius": (lambda s: within_radius(s, *HOME, 800, on=TODAY), {"ix_facility_shown_geog"}),
    "area": (lambda s: within_area(s, "320402", on=TODAY), {"ix_facility_shown"}),
    "box": (
        lambda s: features.facilities_geojson(
            s, FacilityFilter(bbox=(119.9, 31.7, 119.92, 31.72)), on=TODAY
        ),
        {"ix_facility_shown"},
    ),
    "rare kind": (
        lambda s: features.facilities_geojson(s, FacilityFilter(kinds=("child_home",)), on=TODAY),
        {"ix_facility_kinds"},
    ),
    "first page of all": (
        lambda s: features.facilities_geojson(s, on=TODAY, limit=50),
        {"pk_facility"},
    ),
    "one facility": (
        lambda s: features.facility_geojson(s, "X-77", on=TODAY),
        {"ix_facility_code"},
    ),
    "finder, nearest": (
        lambda s: find(s, Question(lon=HOME[0], lat=HOME[1])),
        {"ix_facility_shown_geog"},
    ),
    "finder, within minutes": (
        lambda s: find(s, Question(lon=HOME[0], lat=HOME[1], within_min=15.0, open_now=True)),
        {"ix_facility_shown_geog"},
    ),
    "unit at a point": (lambda s: admin.unit_at(s, *HOME, TODAY), {"ix_admin_unit_geom"}),
    "unit by code": (lambda s: admin.unit(s, "320402", TODAY), {"ix_admin_unit_code"}),
    "children": (
        lambda s: admin.units(s, parent="320400", on=TODAY),
        {"ix_admin_unit_parent_code"},
    ),
}


@pytest.fixture
def crowded(fresh_session: Session) -> Session:
    """20 000 facilities and 3 000 units around Changzhou, with statistics."""
    fresh_session.execute(
        text("""INSERT INTO facility (code, name, kinds, geom, is_published)
        SELECT 'X-' || i, 'X', CASE i % 4000 WHEN 0 THEN ARRAY['child_home']
            ELSE ARRAY[(ARRAY['canteen', 'day_care', 'bathing'])[1 + i % 3]] END,
            ST_SetSRID(ST_Point(119 + (i * 7919 % 20000) / 1e4, 31 + (i * 104729 % 15000) / 1e4),
                4490), true
        FROM generate_series(1, 20000) AS i""")
    )
    fresh_session.execute(
        text("""INSERT INTO admin_unit (code, name, level, parent_code, geom, is_published)
        SELECT (330000000000 + i)::text, 'U', 4, (340000000000 + i / 20)::text,
            ST_Multi(ST_MakeEnvelope(100 + i / 100.0, 30, 100.009 + i / 100.0, 30.01, 4490)), true
        FROM generate_series(1, 3000) AS i""")
    )
    make_unit(fresh_session, "320402000000", geom=square(119.9, 31.7))
    fresh_session.execute(text("ANALYZE facility, admin_unit"))
    return fresh_session


def plans_of(session: Session, ask) -> str:
    """The plans of all statements that a read runs, one after the other."""
    ran: list[tuple[str, object]] = []

    def note(_conn, _cursor, statement, parameters, _context, _many) -> None:
        ran.append((statement, parameters))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        ask(session)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    lines = []
    for statement, parameters in ran:
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        lines += [row[0] for row in rows]
    return "\n".join(lines)


def test_reads_use_their_index(crowded: Session, as_public) -> None:
    with as_public(crowded):
        plans = {name: plans_of(crowded, ask) for name, (ask, _) in READS.items()}
    for name, (_, indexes) in READS.items():
        plan = plans[name]
        assert all(index in plan for index in indexes), f"{name}:\n{plan}"
        assert "Seq Scan on facility " not in plan, f"{name}:\n{plan}"
        assert "Seq Scan on admin_unit" not in plan, f"{name}:\n{plan}"
