"""Does a planned change stay off, apart and out of every answer, and are its effects right?"""

from __future__ import annotations

import json
from datetime import date

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotAllowed, NotFound
from geo.joint.planned_effects import planned_effects
from geo.models.public import PUBLIC_ROWS
from geo.queries.admin import descendants, unit_at
from geo.queries.features import units_geojson
from geo.queries.succession import history
from geo.survey.changes.planned import Plan, PlannedUnit, drop_plan, keep_plan, plan, plans
from geo.survey.changes.sketch import sketch, sketch_geojson
from tests.conftest import AsPublic
from tests.factories import make_cell, make_city, make_facility, make_unit, multi

DAY = date(2026, 1, 1)
A, B = "320402000000", "320404000000"
WEST, EAST = shapely.box(119.7, 31.7, 119.8, 31.8), shapely.box(119.8, 31.7, 119.9, 31.8)


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planned changes are switched on."""
    monkeypatch.setenv("ATLAS_PLANNED_CHANGES", "true")


@pytest.fixture
def ground(session: Session) -> Session:
    """甲区 beside 乙区; elders and a home in each, and elders of 甲区 just by the border."""
    make_city(session, geom=shapely.box(119.7, 31.7, 119.9, 31.8))
    make_unit(session, A, name="甲区", geom=multi(WEST), source_date=date(2025, 1, 1))
    make_unit(session, B, name="乙区", geom=multi(EAST), source_date=date(2025, 1, 1))
    make_cell(session, (119.75, 31.75), 100)
    make_cell(session, (119.79, 31.75), 40)
    make_cell(session, (119.85, 31.75), 70)
    make_facility(session, (119.85, 31.75), code="F-1", name="东院", kinds=["nursing_home"])
    make_facility(session, (119.792, 31.75), code="F-2", name="界院", kinds=["nursing_home"])
    return session


def kept(session: Session, **given: object) -> Plan:
    strip = shapely.box(119.78, 31.7, 119.8, 31.8)
    told = {
        "title": "甲区东缘划入乙区", "within": "320400", "level": 3, "law_kinds": ["line_part"],
        "units": [PlannedUnit("乙区", outline=shapely.union(EAST, strip))], "on": DAY,
        "owner_role": "planner",
    }  # fmt: skip
    return keep_plan(session, **(told | given))  # type: ignore[arg-type]


def test_off_by_default_every_door_is_shut(ground: Session) -> None:
    for ask in (
        lambda: kept(ground), lambda: plans(ground), lambda: plan(ground, 1),
        lambda: drop_plan(ground, 1),
    ):  # fmt: skip
        with pytest.raises(NotAllowed, match="ATLAS_PLANNED_CHANGES"):
            ask()


def test_a_plan_is_in_no_answer_about_divisions(
    ground: Session, on: None, as_public: AsPublic
) -> None:
    before = units_geojson(ground, on=DAY, within="320400")
    made = kept(ground, units=[PlannedUnit("新区", (A, B))], law_kinds=["abolish", "establish"])
    assert plans(ground, within="320400") == (made,)
    assert units_geojson(ground, on=DAY, within="320400") == before
    assert {u.name for u in descendants(ground, "320400", DAY)} == {"甲区", "乙区"}
    assert "新区" not in {u.name for u in unit_at(ground, 119.75, 31.75, date(2030, 1, 1))}
    assert history(ground, A).events == ()
    assert not {"planned_change", "planned_unit"} & PUBLIC_ROWS.keys()
    with as_public(ground) as public:
        seen = public.scalars(
            text(
                "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'v', 'm')"
                " AND c.relname LIKE 'planned%' AND has_table_privilege(c.oid, 'SELECT')"
            )
        ).all()
    assert seen == []
    drop_plan(ground, made.id)
    assert plans(ground) == ()
    assert ground.scalar(text("SELECT count(*) FROM planned_unit")) == 0


def test_no_view_reads_the_tables_of_plans(session: Session) -> None:
    views = session.scalars(
        text("SELECT definition FROM pg_views WHERE definition ~ 'planned_(change|unit)'")
    )
    assert views.all() == []


def test_before_map_and_sketch(ground: Session, on: None) -> None:
    made = kept(ground)
    drawing = sketch(ground, made.units, within=made.within_code, level=3, on=DAY)
    assert [(area.code, area.name) for area in drawing.before] == [(A, "甲区"), (B, "乙区")]
    assert [(area.code, area.name, area.is_planned) for area in drawing.after] == [
        ("P1", "乙区", True), (A, "甲区（余部）", False),
    ]  # fmt: skip
    assert drawing.after[1].outline.bounds == pytest.approx((119.7, 31.7, 119.78, 31.8))
    drawn = json.loads(sketch_geojson(drawing))
    assert [f["properties"]["side"] for f in drawn["features"]] == ["before"] * 2 + ["after"] * 2


def test_what_it_does_to_facilities_elders_and_coverage(ground: Session, on: None) -> None:
    found = planned_effects(ground, kept(ground), kind="nursing_home", radius_m=1500)
    moves = {(m.from_name, m.to_name): (m.elders_60, [c for c, _ in m.facilities])
             for m in found.moved}  # fmt: skip
    assert moves == {
        ("甲区", "乙区"): (40.0, ["F-2"]), ("乙区", "乙区"): (70.0, ["F-1"]),
        ("甲区", "甲区（余部）"): (100.0, []),
    }  # fmt: skip
    counts = {(f.side, f.name): f.facilities for f in found.facilities}
    assert counts == {("before", "甲区"): 1, ("before", "乙区"): 1, ("after", "乙区"): 2,
                      ("after", "甲区（余部）"): 0}  # fmt: skip
    totals = [c.total.covered_60 for c in (found.open_before, found.open_after) if c]
    assert totals == [110.0, 110.0], "across borders nobody gains or loses in sum"
    assert found.own_after is not None
    rest = {row.area_name: row.people_60 for row in found.own_after.rows}
    assert rest == {"乙区": 110.0, "甲区（余部）": 100.0}
    assert sum(m.elders_60 or 0 for m in found.moved) == 210
    assert "未生效" in found.warning


def test_without_people_they_are_unknown_and_not_none(session: Session, on: None) -> None:
    make_city(session, geom=shapely.union(WEST, EAST))
    make_unit(session, A, name="甲区", geom=multi(WEST))
    made = kept(session, units=[PlannedUnit("新区", (A,))])
    make_facility(session, (119.75, 31.75), kinds=["nursing_home"])
    found = planned_effects(session, made, kind="nursing_home", radius_m=500)
    assert [m.elders_60 for m in found.moved] == [None]
    assert found.open_before is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"law_kinds": []}, "law_kinds"), ({"law_kinds": ["magic"]}, "law_kinds"),
        ({"level": 2}, "level"), ({"owner_role": "king"}, "owner_role"), ({"title": " "}, "title"),
        ({"units": []}, "units"), ({"units": [PlannedUnit("无")]}, "units.1"),
        ({"units": [PlannedUnit("点", outline=shapely.Point(1, 1))]}, "units.1"),
        ({"units": [PlannedUnit("米", outline=shapely.box(5e5, 3e6, 6e5, 4e6))]}, "units.1"),
        ({"units": [PlannedUnit("结", outline=shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]))]},
         "units.1"),
        ({"units": [PlannedUnit("一", outline=EAST), PlannedUnit("二", (B,))]}, "units.2"),
        ({"units": [PlannedUnit("旧", ("320499",))]}, "units"),
        ({"note": "联系人电话 13812345678"}, "note"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused_by_field(
    ground: Session, on: None, given: dict[str, object], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        kept(ground, **given)
    assert refused.value.parameter == field


def test_a_title_is_taken_once_and_unknown_plans_are_told(ground: Session, on: None) -> None:
    made = kept(ground)
    with pytest.raises(BadInput, match="already"):
        kept(ground)
    with pytest.raises(NotFound):
        plan(ground, made.id + 1)
    with pytest.raises(NotFound):
        drop_plan(ground, made.id + 1)
    far = kept(ground, title="远处", units=[PlannedUnit("远", outline=shapely.box(1, 1, 2, 2))])
    with pytest.raises(NotFound, match="touches no"):
        planned_effects(ground, far, kind="nursing_home")
