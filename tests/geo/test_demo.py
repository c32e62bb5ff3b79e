"""Is the synthetic city exact, deterministic, flagged, and good enough to show every page?"""

from __future__ import annotations

import hashlib
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.access.candidates import candidates
from geo.access.work_items import history, work_items
from geo.demo import build_demo
from geo.demo.figures import CENSUS_2020, DAY
from geo.demo.people import apportion
from geo.errors import NotFound
from geo.loaders.city import load_city
from geo.models.kinds import KINDS
from tests.factories import make_unit

CHANGZHOU = 5_278_121
DEMO_TABLES = (
    "facility", "demand_cell", "planning_zone", "estate", "construction_project", "programme_tag",
    "operator", "candidate_site",
)  # fmt: skip

FOLLOWS = {
    "": {"found"}, "found": {"assigned", "done"}, "assigned": {"assigned", "done"},
    "done": {"verified", "returned"}, "returned": {"assigned", "done"}, "verified": set(),
}  # fmt: skip
"""Step → the steps that may come after it; a due day changes nothing."""


def one(session: Session, query: str) -> Any:
    return session.execute(text(query)).scalar()


def rows(session: Session, query: str) -> list[Any]:
    return list(session.execute(text(query)).all())


@pytest.fixture
def small(session: Session) -> Session:
    """Two unlike districts of an invented city, without townships or places."""
    make_unit(session, code="990100000000", name="某市", level=2, geom=None, parent_code=None)
    west, east = shapely.box(119.9, 31.7, 120.0, 31.8), shapely.box(120.0, 31.7, 120.07, 31.8)
    for code, shape in (("990101000000", west), ("990102000000", east)):
        make_unit(session, code=code, level=3, parent_code="990100000000", geom=shape)
    return session


def digest(session: Session) -> str:
    """All demo rows as one checksum, without what the database numbers itself."""
    made = hashlib.sha256()
    for table in (*DEMO_TABLES, "facility_rating", "facility_price"):
        left_out = "- 'id' - 'row_version' - 'delivery_id' - 'operator_id' - 'facility_id'"
        query = f"SELECT (to_jsonb(t) {left_out})::text AS row FROM {table} t ORDER BY 1"
        for row in session.execute(text(query)).scalars():
            made.update(row.encode())
    return made.hexdigest()


def test_apportioning_is_exact_and_fair() -> None:
    share = apportion(np.array([1.0, 1.0, 1.0, 0.0]), 100)
    assert share.sum() == 100
    assert share[3] == 0
    assert share[:3].max() - share[:3].min() <= 1


def test_the_census_of_beijing_adds_up_to_the_published_total() -> None:
    assert sum(n for code, n in CENSUS_2020.items() if code.startswith("11")) == 21_893_095


def test_the_same_seed_gives_the_same_rows_and_another_one_others(small: Session) -> None:
    first = build_demo(small, "990100", seed=1)
    before = digest(small)
    assert build_demo(small, "990100", seed=1).skipped
    other = build_demo(small, "990100", seed=2)
    assert not other.skipped
    assert digest(small) != before
    again = build_demo(small, "990100000000", seed=1)
    assert digest(small) == before
    assert (again.facilities, again.cells, again.zones) == (
        first.facilities,
        first.cells,
        first.zones,
    )


def test_an_older_making_is_replaced_and_what_is_real_stays(small: Session) -> None:
    small.execute(
        text("INSERT INTO facility (code, name, kinds, geom) VALUES "
             "('R1', '真实', '{canteen}', 'SRID=4490;POINT(119.95 31.75)')")
    )  # fmt: skip
    build_demo(small, "990100", seed=1)
    build_demo(small, "990100", seed=2)
    assert one(small, "SELECT count(*) FROM delivery WHERE kind = 'demo'") == 1
    assert one(small, "SELECT count(DISTINCT seed) FROM facility WHERE is_synthetic") == 1
    assert one(small, "SELECT count(*) FROM facility WHERE NOT is_synthetic") == 1


def test_a_real_row_that_names_a_made_up_operator_does_not_stop_a_new_making(
    small: Session,
) -> None:
    build_demo(small, "990100", seed=1)
    small.execute(
        text("INSERT INTO facility (code, name, kinds, geom, operator_id) "
             "SELECT 'R1', '真实', '{canteen}', 'SRID=4490;POINT(119.95 31.75)', min(id) "
             "FROM operator")
    )  # fmt: skip
    build_demo(small, "990100", seed=2)
    assert one(small, "SELECT operator_id FROM facility WHERE code = 'R1'") is None


def test_an_assumed_total_says_that_it_is_one(small: Session) -> None:
    build_demo(small, "990100")
    assert "假设" in one(small, "SELECT min(method) FROM demand_cell")


def test_findings_outlast_a_new_making_and_keep_the_rules_of_steps(small: Session) -> None:
    build_demo(small, "990100", seed=1)
    before = rows(small, "SELECT id, title FROM work_item ORDER BY id")
    assert before
    assert one(small, "SELECT count(*) FROM work_item WHERE NOT is_synthetic OR is_published") == 0
    items = work_items(small, within="990100000000", on=DAY)
    assert {item.id for item in items} == {row[0] for row in before}
    for item in items:
        steps = [step.step for step in history(small, item.id)]
        pairs = list(pairwise(["", *steps]))
        assert all(step in FOLLOWS[former] for former, step in pairs), steps
        days = [step.on_date for step in history(small, item.id)]
        assert days == sorted(days)
    build_demo(small, "990100", seed=2)
    assert rows(small, "SELECT id, title FROM work_item ORDER BY id") == before


def test_most_homes_had_their_yearly_check_and_some_did_not(small: Session) -> None:
    build_demo(small, "990100")
    checked = rows(small, "SELECT fire_checked_on FROM facility WHERE fire_checked_on IS NOT NULL")
    overdue = [day for (day,) in checked if (DAY - day).days > 365]
    assert max(day for (day,) in checked) < DAY
    assert 0 < len(overdue) < 0.2 * len(checked)


def test_candidates_show_each_ground_for_exclusion_and_most_can_be_used(small: Session) -> None:
    build_demo(small, "990100")
    found = candidates(small, city="990100", kind="rehab_rental", on=DAY)
    assert found.has_synthetic
    assert len(found.usable) > len(found.excluded) > 0
    assert {"basement", "wrong_use"} <= set(found.counts)


def test_a_city_that_is_not_loaded_is_named(session: Session) -> None:
    with pytest.raises(NotFound, match="999900"):
        build_demo(session, "999900")


@pytest.fixture
def changzhou(session: Session) -> Session:
    load_city(session, "常州市")
    build_demo(session, "320400")
    return session


def test_changzhou_is_exact(changzhou: Session) -> None:
    """One long journey: the city is made once and looked at from all sides."""
    s = changzhou
    people_are_exact(s)
    zones_partition_the_districts(s)
    facilities_are_plausible(s)
    every_row_is_flagged(s)
    lines_are_derived_and_rightly_sided(s)


def people_are_exact(s: Session) -> None:
    assert one(s, "SELECT sum(people_total) FROM demand_cell") == CHANGZHOU
    assert one(s, "SELECT count(*) FROM demand_cell WHERE people_total < 1") == 0
    fractions = "people_total <> floor(people_total) OR people_60 <> floor(people_60)"
    assert one(s, f"SELECT count(*) FROM demand_cell WHERE {fractions}") == 0
    assert one(s, "SELECT count(*) FROM demand_cell WHERE base_year <> 2020") == 0
    outside = one(
        s,
        "SELECT count(*) FROM demand_cell c JOIN admin_unit u ON u.code = c.admin_code "
        "AND upper_inf(u.validity) WHERE NOT ST_Covers(u.geom, c.geom)",
    )
    assert outside == 0
    assert "5278121" in one(s, "SELECT min(method) FROM demand_cell")


def zones_partition_the_districts(s: Session) -> None:
    found = rows(
        s,
        "SELECT u.code, ST_AsBinary(u.geom), array_agg(ST_AsBinary(z.geom)), "
        "(SELECT count(*) FROM admin_unit t WHERE t.parent_code = u.code AND t.level = 4 "
        " AND upper_inf(t.validity)) "
        "FROM planning_zone z JOIN admin_unit u ON u.code = z.parent_code "
        "AND upper_inf(u.validity) GROUP BY u.code, u.geom",
    )
    assert len(found) == 6
    every = []
    for _, unit, zones, townships in found:
        shapes = [shapely.from_wkb(bytes(zone)) for zone in zones]
        every.extend(shapes)
        whole = shapely.from_wkb(bytes(unit))
        assert len(shapes) == townships
        assert all(shape.is_valid for shape in shapes)
        # A square millimetre is about 1e-16 square degrees.
        assert shapely.union_all(shapes).symmetric_difference(whole).area < 1e-13
        assert abs(sum(shape.area for shape in shapes) - whole.area) < 1e-13
    assert shapely.coverage_is_valid(every)
    names = {row[0] for row in rows(s, "SELECT name FROM planning_zone")}
    assert "示例片区-天宁-01" in names
    real = {row[0] for row in rows(s, "SELECT name FROM admin_unit")}
    assert not names & real


def facilities_are_plausible(s: Session) -> None:
    count = one(s, "SELECT count(DISTINCT code) FROM facility WHERE is_synthetic")
    assert 700 <= count <= 1200
    present = "SELECT DISTINCT unnest(kinds) FROM facility WHERE state = 'open'"
    assert {row[0] for row in rows(s, f"{present} AND upper_inf(validity)")} == set(KINDS)
    states = {row[0] for row in rows(s, "SELECT DISTINCT state FROM facility")}
    assert states == {"open", "paused", "planned", "under_construction", "closed"}
    assert one(s, "SELECT count(*) FROM facility WHERE phone IS NOT NULL OR uscc IS NOT NULL") == 0
    astray = one(
        s,
        "SELECT count(*) FROM facility f JOIN admin_unit u ON u.code = f.admin_code "
        "AND upper_inf(u.validity) WHERE NOT ST_Covers(u.geom, f.geom)",
    )
    assert astray == 0
    closed = one(
        s,
        "SELECT count(*) FROM facility c JOIN facility o ON o.code = c.code AND o.state = 'open' "
        "AND upper(o.validity) = lower(c.validity) WHERE c.state = 'closed'",
    )
    assert closed == one(s, "SELECT count(*) FROM facility WHERE state = 'closed'") > 0
    assert one(s, "SELECT count(*) FROM facility WHERE hub_code IS NOT NULL") > 10
    unknown_hub = "hub_code IS NOT NULL AND hub_code NOT IN (SELECT code FROM facility)"
    assert one(s, f"SELECT count(*) FROM facility WHERE {unknown_hub}") == 0
    assert one(s, "SELECT count(*) FROM facility_rating") > 50
    attributes_keep_the_law(s)
    assert one(s, "SELECT count(*) FROM facility_price") > 500


def attributes_keep_the_law(s: Session) -> None:
    """Filing replaced the licence on 2019-01-02; nothing is rated before it opened."""
    filed = one(s, "SELECT count(*) FROM facility WHERE filed_on IS NOT NULL")
    assert filed > 100
    assert one(s, "SELECT min(filed_on) FROM facility") >= date(2019, 1, 2)
    early = "filed_on <= lower(validity) AND state = 'open'"
    assert one(s, f"SELECT count(*) FROM facility WHERE {early}") == 0
    never_open = "filed_on IS NOT NULL AND state IN ('planned', 'under_construction')"
    assert one(s, f"SELECT count(*) FROM facility WHERE {never_open}") == 0
    first = "(SELECT min(lower(o.validity)) FROM facility o WHERE o.code = f.code)"
    rated = "SELECT count(*) FROM facility_rating r JOIN facility f ON f.id = r.facility_id"
    assert one(s, f"{rated} WHERE r.rated_on <= {first}") == 0
    assert one(s, "SELECT count(*) FROM facility WHERE ownership = 'private'"
                  " AND operation = 'public'") == 0  # fmt: skip


def every_row_is_flagged(s: Session) -> None:
    for table in DEMO_TABLES:
        flagged = (
            "is_synthetic AND method IS NOT NULL AND seed = 20221 AND source = '合成数据' "
            "AND source_date IS NOT NULL AND delivery_id IS NOT NULL"
        )
        assert one(s, f"SELECT count(*) FROM {table}") > 0, table
        assert one(s, f"SELECT count(*) FROM {table} WHERE NOT ({flagged})") == 0, table


def lines_are_derived_and_rightly_sided(s: Session) -> None:
    assert one(s, "SELECT count(*) FROM boundary_line") > 10
    assert one(s, "SELECT count(*) FROM boundary_line WHERE name IS NOT NULL") == 0
    assert one(s, "SELECT count(*) FROM boundary_line WHERE basis <> 'derived'") == 0
    # A step to the left of each line (0.00001°, about a metre) lies in the left unit.
    wrong = one(
        s,
        "SELECT count(*) FROM boundary_line l JOIN admin_unit u ON u.code = l.left_code "
        "AND upper_inf(u.validity), LATERAL (SELECT (ST_Dump(l.geom)).geom AS part) d, "
        "LATERAL ST_OffsetCurve(d.part, 0.00001) side "
        "WHERE ST_Length(d.part) > 0.01 "
        "AND ST_Length(ST_Intersection(side, u.geom)) < 0.8 * ST_Length(side)",
    )
    assert wrong == 0
