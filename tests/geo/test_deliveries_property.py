"""Does every made-up delivery, whatever its kind, format, system and defects, find its fates?

Checked of each: the sum of the fates, the fate of every single row by its own number, that loading
again changes nothing, that undoing leaves nothing, that no personal value is anywhere, and that
positions are where they were put.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from pyproj import Geod
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import GeoError
from geo.loaders.load import load_delivery
from geo.loaders.refused import write_refused
from geo.loaders.report import Report
from geo.loaders.things import KINDS_OF_THING
from geo.loaders.undo import undo_delivery
from geo.models import Base
from tests.factories import make_city, make_unit, square
from tests.geo.made_up import KINDS, SOUTH, WEST, Made, Plan, make, plans

FULL = os.environ.get("ATLAS_TEST_FULL", "") not in ("", "0")
EXAMPLES = 300 if FULL else 15
DAY, LATER, LATEST = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1)
GEOD = Geod(ellps="GRS80")
LOG = (
    "delivery", "refused_row", "delivery_change", "data_stamp", "change_box", "change_commit",
)  # fmt: skip
"""What stays when a delivery is taken back: that it came, what was refused, that tables changed."""
often = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=not FULL, report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture
def divisions(session: Session) -> None:
    make_city(session, "320400000000", name="常州市")
    make_unit(session, "320402000000", name="天宁区", geom=square(WEST, SOUTH))
    make_unit(session, "320411000000", name="新北区", geom=square(WEST + 0.1, SOUTH))


def table_of(kind: str) -> str:
    return "facility" if kind == "facilities" else KINDS_OF_THING[kind].table


def everything(session: Session, *, but: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Every row of every table as text, without the numbers of versions."""
    names = [table.name for table in Base.metadata.sorted_tables if table.name not in but]
    parts = (f"SELECT '{n}', (to_jsonb(t) - 'row_version')::text FROM {n} t" for n in names)
    found: dict[str, list[str]] = {name: [] for name in names}
    for name, row in session.execute(text(" UNION ALL ".join(parts) + " ORDER BY 1, 2")):
        found[name].append(row)
    return found


def stored(session: Session, kind: str) -> dict[str, Any]:
    """The shapes in force that stand for the serial numbers of rows."""
    table = table_of(kind)
    geometry = {"place": "(SELECT geom FROM place_position o WHERE o.place_id = t.id)",
                "demand_cell": "coalesce(t.area, t.geom)"}.get(table, "t.geom")  # fmt: skip
    in_force = "upper_inf(validity)" if "validity" in Base.metadata.tables[table].c else "true"
    rows = session.execute(
        text(f"SELECT t.extra, ST_AsBinary({geometry}) FROM {table} t "
             f"WHERE delivery_id IS NOT NULL AND {in_force}")
    )  # fmt: skip
    return {
        (extra.get("流水号") or extra.get("流水號")): wkb and shapely.from_wkb(bytes(wkb))
        for extra, wkb in rows
    }


def apart_m(one: Any, other: Any) -> float:
    """How far the corner of one shape that is farthest from the other's corners is, in metres."""
    a, b = shapely.get_coordinates(one), shapely.get_coordinates(other)
    assert len(a) == len(b)
    first, second = (grid.ravel() for grid in np.meshgrid(range(len(a)), range(len(b))))
    metres = GEOD.inv(*a[first].T, *b[second].T)[2].reshape(len(b), len(a))
    return float(max(metres.min(axis=0).max(), metres.min(axis=1).max()))


def check_rows(session: Session, made: Made, report: Report) -> None:
    """Each row is stored, the same as one that is or that was refused, or refused itself."""
    counts = report.counts
    assert counts.rows_read == len(made.rows)
    refused = {
        row.row_number: row.rule
        for row in session.execute(
            text("SELECT row_number, rule FROM refused_row WHERE delivery_id = :id"),
            {"id": report.delivery_id},
        )
    }
    assert len(refused) == counts.refused
    shapes = stored(session, made.kind)
    handed_back = [made.rows[number - 1].cells for number in refused]
    for number, row in enumerate(made.rows, 1):
        if number in refused:
            assert not row.is_sound, f"row {number} was refused: {refused[number]}"
            continue
        if counts.merged and row.serial not in shapes and row.cells in handed_back:
            continue
        assert row.serial in shapes, f"row {number} is nowhere: {report.problems}"
        if row.truth is not None:
            assert shapes[row.serial] is not None, f"row {number} lost its place"
            kept = shapely.get_parts(shapes[row.serial])[0]
            assert apart_m(kept, row.truth) <= made.tolerance_m, f"row {number} lies elsewhere"
    assert len(shapes) == counts.kept + counts.updated + counts.unchanged
    told = {problem.row for problem in report.problems}
    assert set(refused) <= told, "a refusal that the report does not tell"


def check_secrecy(session: Session, made: Made, report: Report, folder: Path) -> None:
    """No personal value in any table, in the report, or in the file of refused rows."""
    whole = "\n".join(line for lines in everything(session).values() for line in lines)
    for value in made.personal:
        assert value not in whole, "stored"
        assert value not in report.dumps(), "told"
    if report.counts.refused and report.delivery_id:
        write_refused(session, report.delivery_id, folder / "退回.xlsx")
        with zipfile.ZipFile(folder / "退回.xlsx") as book:
            handed_back = "".join(book.read(name).decode() for name in book.namelist())
        assert not any(value in handed_back for value in made.personal), "handed back"


def check(session: Session, plan: Plan) -> None:
    outer = session.begin_nested()
    try:
        with tempfile.TemporaryDirectory() as place:
            check_in(session, plan, Path(place))
    finally:
        outer.rollback()


def check_in(session: Session, plan: Plan, folder: Path) -> None:
    made = make(plan, folder)
    if not any(row.truth is not None for row in made.rows):
        check_hopeless(session, made)
        return
    before = everything(session, but=LOG)
    earlier = None
    if plan.has_earlier:
        former = make(replace(plan, saying="的旧说法"), folder)
        earlier = load(session, former, DAY)
        made = make(plan, folder)
    start = everything(session, but=LOG)
    report = load(session, made, LATER)
    check_rows(session, made, report)
    check_secrecy(session, made, report, folder)
    if earlier:
        assert report.counts.kept == 0, "a thing that was there began anew"
    after = everything(session, but=LOG)
    again = load(session, made, LATEST)
    assert (again.counts.kept, again.counts.updated) == (0, 0), again.problems
    assert again.counts.refused == report.counts.refused
    assert again.counts.merged == report.counts.merged
    assert everything(session, but=LOG) == after
    undo_delivery(session, again.delivery_id or 0)
    assert everything(session, but=LOG) == after
    undo_delivery(session, report.delivery_id or 0)
    assert everything(session, but=LOG) == start
    if earlier:
        undo_delivery(session, earlier.delivery_id or 0)
    assert everything(session, but=LOG) == before


def check_hopeless(session: Session, made: Made) -> None:
    """A file without one believable position is refused whole, or row by row."""
    before = everything(session)
    report, said = None, ""
    try:
        report = load(session, made, DAY)
    except GeoError as problem:
        said = str(problem)
    if report:
        check_rows(session, made, report)
    else:
        assert not any(value in said for value in made.personal)
        assert everything(session) == before


def load(session: Session, made: Made, on: date) -> Report:
    return load_delivery(session, made.kind, made.path, crs=made.crs, on=on)


@pytest.mark.timeout(3600 if FULL else 300)
@pytest.mark.usefixtures("divisions")
@often
@given(plan=plans(("facilities",)))
def test_facilities_find_their_fates(session: Session, plan: Plan) -> None:
    check(session, plan)


@pytest.mark.timeout(3600 if FULL else 300)
@pytest.mark.usefixtures("divisions")
@often
@given(plan=plans(tuple(kind for kind in KINDS if kind != "facilities")))
def test_other_kinds_find_their_fates(session: Session, plan: Plan) -> None:
    check(session, plan)
